"""Random terms by the million: printed, read back, and compared."""

from __future__ import annotations

import random
from typing import Any

from agents.bdi.order import compare
from agents.bdi.printing import term_text
from agents.bdi.syntax import parse_term
from agents.bdi.terms import Atom, Functor, Struct, make, make_list
from agents.bdi.unification import resolve

NAMES = ["a", "b", "go", "patient_1", "begin", "end", "x.y", "'It is'", "'A'", "Room-1", "not"]
TEXTS = ["", "a", 'say "no"', "two\nlines", "µ ✓", "50 %", "// no comment", "/*", "{[("]


def term(rnd: random.Random, depth: int = 0) -> Any:
    """One ground term, mostly small."""
    roll = rnd.random() if depth < 4 else rnd.random() * 0.5
    if roll < 0.2:
        return Atom(rnd.choice(NAMES))
    if roll < 0.4:
        return _number(rnd)
    if roll < 0.5:
        return rnd.choice(TEXTS)
    if roll < 0.65:
        return make_list([term(rnd, depth + 1) for _ in range(rnd.randrange(4))])
    if roll < 0.9:
        args = [term(rnd, depth + 1) for _ in range(rnd.randrange(1, 4))]
        ann = [term(rnd, 4) for _ in range(rnd.randrange(3))] if roll > 0.8 else []
        return Struct(
            rnd.choice(NAMES[:4] + NAMES[-2:]), args, [a for a in ann if isinstance(a, Atom)]
        )
    name = rnd.choice(NAMES[:4])
    return make(Functor(name, 1, rnd.choice(["default", "m"]), roll > 0.95), (term(rnd, 4),))


def _number(rnd: random.Random) -> float:
    kind = rnd.randrange(4)
    if kind == 0:
        return float(rnd.randrange(-1000, 1000))
    if kind == 1:
        return round(rnd.uniform(-1000, 1000), rnd.randrange(6))
    if kind == 2:
        return rnd.uniform(-1, 1) * 10.0 ** rnd.randrange(-300, 300)
    return float(rnd.randrange(-(2**53), 2**53))


def first_difference(count: int, seed: int) -> str | None:
    """The first term of so many that is read back as another one, if there is one."""
    rnd = random.Random(seed)
    for _ in range(count):
        one = term(rnd)
        text = term_text(one)
        again = resolve(parse_term(text))
        if compare(again, one) != 0 or term_text(again) != text:
            return text
    return None

"""A trace: what agents do, step by step, as JSON lines.

What does not change of a line is known beforehand: of a step all but its terms, of a run its time.
Long terms are shown again and again (a list and its rest, a goal and the event that it raises), so
the texts of the latest are kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from agents.bdi.beliefs import SELF
from agents.bdi.bodies import StepInfo
from agents.bdi.plans import Plan, Trigger, flat_causes
from agents.bdi.printing import literal_head, term_text
from agents.bdi.templates import Frame
from agents.bdi.terms import (
    NIL_BODY,
    Atom,
    Cons,
    Functor,
    Slot,
    Struct,
    Term,
    Var,
    deref,
    is_ground,
)

#: Lines that are kept before they are handed over (engineering default).
BATCH = 1000
#: Terms whose text is known (engineering default).
_MOST_TEXTS = 1000
#: Longest text of a list whose rests are remembered too, so that memory stays linear.
_LONGEST = 4000

_KINDS = {"!": "goal", "!!": "goal", "?": "test", "act": "action"}


class Texts:
    """The texts of the latest terms, as they stand between the quotes of a JSON string."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}  # by identity
        self._held: list[Term] = []  # so that no identity is used twice
        self._names: dict[Atom, str] = {}
        self._strings: dict[str, str] = {}
        self._heads: dict[Functor, str] = {}

    def of(self, term: Term) -> str:
        """The text of a term."""
        cls = term.__class__
        if cls is float:
            return str(int(term)) if -1e15 < term < 1e15 and term.is_integer() else term_text(term)
        if cls is str:
            return self._strings.get(term) or self._short(self._strings, term)
        if cls is Atom:
            return self._names.get(term) or self._short(self._names, term)
        known = self._known.get(id(term))
        if known is not None:
            return known
        if cls is Var:
            term = deref(term)
            return term.name if term.__class__ is Var else self.of(term)
        if not getattr(term, "ground", False):  # a variable may be bound later
            return escaped(term_text(term))
        if len(self._known) > _MOST_TEXTS:
            self._known.clear()
            self._held.clear()
        if cls is Cons:
            text = self._list(term)
        elif cls is Struct and not term.ann:
            text = self._struct(term)
        else:
            text = escaped(term_text(term))
        self._known[id(term)] = text
        self._held.append(term)
        return text

    def _struct(self, term: Struct) -> str:
        """The text of a structure without annotations, from those of its arguments."""
        functor = term.functor
        head = self._heads.get(functor)
        if head is None:
            head = self._heads[functor] = escaped(literal_head(functor))
        if not head:
            return escaped(term_text(term))
        return f"{head}({','.join([self.of(a) for a in term.args])})" if term.args else head

    def _short(self, known: dict[Any, str], term: Term) -> str:
        if len(known) > _MOST_TEXTS:
            known.clear()
        text = known[term] = escaped(term_text(term))
        return text

    def _list(self, cell: Cons) -> str:
        """The text of a list, from that of the longest rest whose text is known."""
        cells: list[Cons] = []
        rest: Any = cell
        texts, known = self._known, ""
        while rest.__class__ is Cons:
            if id(rest) in texts:
                known = f",{texts[id(rest)][1:-1]}"
                break
            cells.append(rest)
            rest = deref(rest.tail)
        heads = [self.of(c.head) for c in cells]
        if sum(map(len, heads)) + len(known) > _LONGEST:
            return f"[{','.join(heads)}{known}]"
        for at in range(len(cells) - 1, -1, -1):
            shown = f"{heads[at]}{known}"
            texts[id(cells[at])] = f"[{shown}]"  # held by the whole list
            known = f",{shown}"
        return f"[{known[1:]}]"


class TracedStep:
    """One step of a plan: what is known of its text, and where terms go."""

    __slots__ = ("_begin", "_head", "_info", "_parts", "place", "plan")

    def __init__(self, info: StepInfo) -> None:
        self._info, self.plan = info, info.plan
        self.place = place_of(info.plan, info.line)
        self._begin = f', "kind": "{_KINDS.get(info.kind, "belief")}", "step": "'
        self._head = self._begin
        self._parts: list[tuple[int, str]] | None = None  # slot or -1, name or text
        term = info.term
        if term.__class__ is Atom:
            self._head, self._parts = self._begin + escaped(info.text(None)), []
        elif term.__class__ is Struct and not term.ann and _is_simple(term):
            kind = "" if info.kind == "act" else info.kind
            self._head = f"{self._begin}{escaped(f'{kind}{literal_head(term.functor)}')}("
            self._parts = [_part(t) for t in term.args]

    def text(self, frame: Frame, texts: Texts) -> str:
        """Kind and step as bound in a frame, as they stand in a line but for the last quote."""
        parts = self._parts
        if parts is None:
            return f"{self._begin}{escaped(self._info.text(frame))}"
        if not parts:
            return self._head
        shown = []
        for at, text in parts:
            if at < 0 or frame[at] is None:
                shown.append(text)
            else:
                shown.append(texts.of(frame[at]))
        return f"{self._head}{','.join(shown)})"


def traced_step(info: StepInfo) -> TracedStep | None:
    """How a step is written, known from the second time on; None for an empty body."""
    if info.term is NIL_BODY:
        return None
    if info.traced is None:
        info.traced = TracedStep(info)
    known: TracedStep = info.traced
    return known


class Trace:
    """Where the agents of a run write what they do; `flush` hands over what is kept.

    One object a line: `n` counts the lines of the trace, `t` is the agent's time in seconds.
    `write` gets whole lines, many at a time.
    """

    def __init__(self, write: Callable[[str], object], batch: int = BATCH) -> None:
        self._write, self._batch = write, batch
        self.lines: list[str] = []
        self.count = 0  # of lines, also those handed over
        self.texts = Texts()
        self._heads: dict[Trigger, str] = {}

    def full(self) -> bool:
        """Whether so much is kept that it should be handed over."""
        return len(self.lines) >= self._batch

    def flush(self) -> None:
        """Hand over what is kept."""
        if self.lines:
            self._write("".join(self.lines))
            self.lines.clear()

    def event(self, trigger: Trigger, args: tuple[Term, ...], ann: tuple[Term, ...]) -> str:
        """A chosen event, as it stands in a line but for the last quote."""
        head = self._heads.get(trigger)
        if head is None:
            name = literal_head(trigger.functor)
            if not name:
                return f', "kind": "select", "step": "{escaped(trigger.text(args, ann))}'
            head = self._heads[trigger] = (
                f', "kind": "select", "step": "{trigger.op}{escaped(name)}'
            )
        of = self.texts.of
        if args:
            head = f"{head}({','.join([of(a) for a in args])})"
        if ann is SELF:
            return f"{head}[source(self)]"
        return f"{head}[{','.join([of(a) for a in ann])}]" if ann else head


def _is_simple(term: Struct) -> bool:
    """Whether a literal is written as its name with arguments that are slots or ground."""
    return bool(literal_head(term.functor)) and all(
        t.__class__ is Slot or is_ground(t) for t in term.args
    )


def _part(term: Term) -> tuple[int, str]:
    """An argument: its slot and name, or -1 and its text."""
    if term.__class__ is Slot:
        return (term.index, escaped(term.name))
    return (-1, escaped(term_text(term)))


def place_of(plan: Plan, line: int) -> str:
    """Where a step stands, up to its causes."""
    return f'"plan": {encode_basestring(plan.label)}, "line": {line}, "cause": '


def escaped(text: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    return encode_basestring(text)[1:-1]


def causes_text(cause: Any) -> str:
    """The causes of a step, as JSON."""
    if cause.__class__ is int:
        return f"[{cause}]"
    return json.dumps(list(flat_causes(cause)), ensure_ascii=False, default=str)

"""Numbers: operators and functions, with the edges of IEEE arithmetic as Java has them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from agents.bdi.order import compare
from agents.bdi.terms import (
    ARITHMETIC_NAMES,
    CONSTANTS,
    EMPTY,
    Cons,
    Functor,
    Struct,
    Term,
    deref,
    list_items,
)


class ArithmeticFailure(Exception):  # noqa: N818 - an outcome of a step, not a mistake
    """A division that has no result: the step that asked for it fails."""

    error = "arithmetic"


def _power(a: float, b: float) -> float:
    try:
        result = a**b
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    return math.nan if isinstance(result, complex) else result


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    if a == 0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _to_int32(x: float) -> int:
    if x != x:
        return 0
    if not math.isfinite(x):
        return 2**31 - 1 if x > 0 else -(2**31)
    return max(-(2**31), min(2**31 - 1, int(x)))


def _div(a: float, b: float) -> float:
    x, y = _to_int32(a), _to_int32(b)
    if y == 0:
        raise ArithmeticFailure("div: division by zero")
    quotient = abs(x) // abs(y)
    return float(quotient if (x < 0) == (y < 0) else -quotient)


def _mod(a: float, b: float) -> float:
    if not b or math.isinf(a):
        return math.nan
    return math.fmod(a, b)


OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "div": _div,
    "mod": _mod,
    "**": _power,
}


def _round(x: float) -> float:
    return float(math.floor(x + 0.5)) if math.isfinite(x) else x


def _guarded(f: Callable[[float], float]) -> Callable[[float], float]:
    def call(x: float) -> float:
        try:
            return float(f(x))
        except (ValueError, OverflowError):
            return math.nan

    return call


def _floats(items: list[Term]) -> list[float]:
    values: list[float] = []
    for item in items:
        value = evaluate(item)
        if value.__class__ is not float:
            raise TypeError("not a number")
        values.append(value)
    return values


def _extreme(sign: int) -> Callable[..., Term]:
    def pick(*args: Term) -> Term:
        items = list_items(args[0]) if len(args) == 1 else [deref(a) for a in args]
        if not items:
            raise ArithmeticFailure("math.max, math.min: the list is empty")
        best = items[0]
        for item in items[1:]:
            if compare(item, best) * sign > 0:
                best = item
        return best

    return pick


def _mean(items: Term) -> float:
    values = _floats(list_items(items))
    return sum(values) / len(values) if values else math.nan


def _median(items: Term) -> float:
    values = sorted(_floats(list_items(items)))
    if not values:
        return math.nan
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def _std_dev(items: Term) -> float:
    values = _floats(list_items(items))
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))


def _length(x: Term) -> float:
    if x.__class__ is str:
        return float(len(x))
    if x.__class__ is Cons or x is EMPTY:
        return float(len(list_items(x)))
    return float(len(x))


# Functions that need only their arguments, by (name, arity).
FUNCTIONS: dict[tuple[str, int], Callable[..., Any]] = {
    ("math.abs", 1): abs,
    ("math.acos", 1): _guarded(math.acos),
    ("math.asin", 1): _guarded(math.asin),
    ("math.atan", 1): math.atan,
    ("math.average", 1): _mean,
    ("math.mean", 1): _mean,
    ("math.ceil", 1): lambda x: float(math.ceil(x)) if math.isfinite(x) else x,
    ("math.cos", 1): _guarded(math.cos),
    ("math.e", 0): lambda: math.e,
    ("math.pi", 0): lambda: math.pi,
    ("math.floor", 1): lambda x: float(math.floor(x)) if math.isfinite(x) else x,
    ("math.log", 1): lambda x: math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan),
    ("math.max", 1): _extreme(1),
    ("math.max", 2): _extreme(1),
    ("math.min", 1): _extreme(-1),
    ("math.min", 2): _extreme(-1),
    ("math.median", 1): _median,
    ("math.round", 1): _round,
    ("math.sin", 1): _guarded(math.sin),
    ("math.sqrt", 1): _guarded(math.sqrt),
    ("math.std_dev", 1): _std_dev,
    ("math.sum", 1): lambda items: float(sum(_floats(list_items(items)))),
    ("math.tan", 1): _guarded(math.tan),
    (".length", 1): _length,
}
# Functions that need the agent (its clock, its chance, its beliefs), by (name, arity).
AGENT_FUNCTIONS: set[tuple[str, int]] = {
    ("math.random", 0),
    ("math.random", 1),
    ("system.time", 0),
    (".count", 1),
}


class _Running:
    """The agent that is running now: its clock, chance, beliefs and functions are meant."""

    agent: Any = None


RUNNING = _Running()
ARITHMETIC_NAMES.update(name for name, _ in FUNCTIONS)
ARITHMETIC_NAMES.update(name for name, _ in AGENT_FUNCTIONS)
CONSTANTS.update(Functor(n, 0) for n, arity in (*FUNCTIONS, *AGENT_FUNCTIONS) if not arity)
_LISTS = {"math.average", "math.mean", "math.median", "math.std_dev", "math.sum", ".length"}


def evaluate(term: Term) -> Term:
    """The value of an expression; a term that is none, or holds a free variable, stays."""
    term = deref(term)
    if term.__class__ is not Struct or not term.functor.arithmetic:
        return term
    return apply(term.functor.name, tuple([evaluate(a) for a in term.args]), term)


def apply(name: str, args: tuple[Term, ...], otherwise: Term) -> Term:
    """The result of an operator or function, ``otherwise`` where an argument is still free."""
    if len(args) == 2:
        operator = OPERATORS.get(name)
        if operator is not None:
            a, b = args
            if a.__class__ is float and b.__class__ is float:
                return operator(a, b)
            return _odd_operands(args, otherwise)
    if len(args) == 1 and name in ("-", "+"):
        if args[0].__class__ is float:
            return -args[0] if name == "-" else args[0]
        return _odd_operands(args, otherwise)
    function = FUNCTIONS.get((name, len(args)))
    if function is None:
        return _of_agent(name, args, otherwise)
    if name in _LISTS or name in ("math.max", "math.min"):
        from agents.bdi.unification import has_free

        if any(has_free(a) for a in args):
            return otherwise
        try:
            return function(*args)
        except TypeError:
            return math.nan
    if any(a.__class__ is not float for a in args):
        return _odd_operands(args, otherwise)
    return function(*args)


def _of_agent(name: str, args: tuple[Term, ...], otherwise: Term) -> Term:
    """Functions that ask the running agent."""
    ag = RUNNING.agent
    if ag is None:
        return otherwise
    if name == "system.time" and not args:
        return float(math.floor(ag.now() * 1000.0))
    if name == "math.random" and len(args) <= 1:
        scale = args[0] if args else 1.0
        return ag.random.random() * scale if scale.__class__ is float else otherwise
    if name == ".count" and len(args) == 1:
        from agents.bdi.formulas import node_of, solve
        from agents.bdi.unification import undo

        trail: list[Any] = []
        count = sum(1 for _ in solve(ag, node_of(args[0]), [], trail))
        undo(trail)
        return float(count)
    rule = ag.program.functions.get((name, len(args)))
    return otherwise if rule is None else _by_rule(ag, rule, args, otherwise)


def _by_rule(ag: Any, rule: str, args: tuple[Term, ...], otherwise: Term) -> Term:
    """A function that the program registered: a rule with one argument more."""
    from agents.bdi.formulas import node_of, solve
    from agents.bdi.terms import Functor, Var, make
    from agents.bdi.unification import resolve, undo

    result = Var("Result")
    trail: list[Any] = []
    goal = make(Functor(rule, len(args) + 1), (*args, result))
    for _ in solve(ag, node_of(goal), [], trail):
        value = resolve(result)
        undo(trail)
        return value
    return otherwise


def _odd_operands(args: tuple[Term, ...], otherwise: Term) -> Term:
    from agents.bdi.unification import has_free

    return otherwise if any(has_free(a) for a in args) else math.nan

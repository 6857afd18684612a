"""What generated functions are written with, and what they call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agents.bdi.actions import Actions
from agents.bdi.arithmetic import apply
from agents.bdi.beliefs import INDEX_FROM, SELF, Belief, Predicate
from agents.bdi.bodies import MOVED, SUSPENDED
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import Rule, solve
from agents.bdi.order import compare
from agents.bdi.plans import VARS, merge_causes, note_used
from agents.bdi.templates import build
from agents.bdi.terms import (
    EMPTY,
    Atom,
    Cons,
    Functor,
    Struct,
    Term,
    Var,
    deref,
    make,
    make_list,
)
from agents.bdi.unification import Trail, resolve, undo, unify

if TYPE_CHECKING:
    from agents.bdi.plans import Plan

FLAT = frozenset((float, str, Atom))
LOOSE = frozenset((Var, Struct))


#: Each predicate that has rules, with the rules; None when beliefs stand among them.
RuleTable = Mapping[Functor, "tuple[Rule, ...] | None"]


class Odd(Exception):  # noqa: N818 - not an error: the interpreter takes over
    """What a generated rule function was not made for."""


class Cannot(Exception):  # noqa: N818 - not an error: the interpreter takes over
    """Leaves a part of a plan to the interpreter."""


class Writer:
    """Collects the lines of a generated module and the objects that they name."""

    def __init__(self, plan: Plan, explain: bool) -> None:
        self.plan = plan
        self.explain = explain
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self.predicates: dict[str, Functor] = {}
        self.triggers: dict[str, tuple[str, Functor]] = {}
        self.late: dict[str, tuple[str, int]] = {}
        self.loaded: set[str] = set()
        self.unsure: set[int] = set()  # slots that may be empty after the context
        self.loops = 0
        self.base = VARS  # number of the first variable in a frame
        self.names: list[str] = list(plan.names)
        self.generic = "return GENERIC(ag, e)"  # hands the call to the interpreter
        self.rules: dict[str, Rule] = {}  # name -> a rule whose row an agent gives
        self.functions: dict[tuple[Functor, str], str] = {}  # of rules -> name
        self.texts: list[str] = []  # of those functions
        self.writing: list[Functor] = []  # rules being written, to see recursion
        self._depth = 0
        self._names = 0
        self._by_object: dict[int, str] = {}
        self._by_functor: dict[tuple[str, Any], str] = {}

    @property
    def fail(self) -> str:
        """The statement that gives up the current way."""
        return "continue" if self.loops else "return None"

    def line(self, text: str) -> None:
        """Writes a line at the current depth."""
        self.lines.append("    " * self._depth + text)

    def indent(self) -> None:
        """One level deeper, into a function."""
        self._depth += 1
        self.loaded = set()

    def dedent(self) -> None:
        """One level up."""
        self._depth -= 1

    def open_loop(self) -> None:
        """One level deeper, into a loop."""
        self._depth += 1
        self.loops += 1

    def close(self) -> None:
        """Ends the select function."""
        self._depth = 0
        self.loops = 0

    def mark(self) -> tuple[int, int, int, set[str]]:
        """Where the text is now."""
        return len(self.lines), self._depth, self.loops, set(self.loaded)

    def back_to(self, mark: tuple[int, int, int, set[str]]) -> None:
        """Takes back everything since."""
        count, self._depth, self.loops, self.loaded = mark
        del self.lines[count:]

    def reset(self) -> None:
        """Takes back everything."""
        self.back_to((0, 0, 0, set()))

    def name(self, prefix: str) -> str:
        """A name that is used once."""
        self._names += 1
        return f"{prefix}_{self._names}"

    def constant(self, value: Term) -> str:
        """A literal number or string, or the name of a constant."""
        if value.__class__ is float and value == value and abs(value) != float("inf"):
            return repr(value)
        if value.__class__ is str:
            return repr(value)
        return self.constant_of(value)

    def constant_of(self, value: Any) -> str:
        """The name of any object."""
        known = self._by_object.get(id(value))
        if known is None:
            known = self._by_object[id(value)] = f"K{len(self.constants)}"
            self.constants[known] = value
        return known

    def predicate(self, functor: Functor) -> str:
        """The name of a predicate of the agent."""
        key = ("P", functor)
        known = self._by_functor.get(key)
        if known is None:
            known = self._by_functor[key] = f"P{len(self.predicates)}"
            self.predicates[known] = functor
        return known

    def trigger(self, op: str, functor: Functor) -> str:
        """The name of a trigger of the agent."""
        key = (op, functor)
        known = self._by_functor.get(key)
        if known is None:
            known = self._by_functor[key] = f"T{len(self.triggers)}"
            self.triggers[known] = (op, functor)
        return known

    def rule(self, rule: Rule) -> str:
        """The name of the row that a rule has in the base of an agent."""
        name = f"RULE{len(self.rules)}"
        self.rules[name] = rule
        return name

    def begin_function(self, functor: Functor) -> tuple[Any, ...]:
        """Put the function at hand aside and begin one for rules; returns what to go back to."""
        outer = (
            self.lines, self._depth, self.loops, self.base, self.names, self.generic,
            self.loaded, self.unsure,
        )  # fmt: skip
        self.lines, self._depth, self.loops, self.base = [], 0, 0, 0
        self.generic, self.loaded, self.unsure = "raise Odd", set(), set()
        self.writing.append(functor)
        return outer

    def end_function(self, outer: tuple[Any, ...], *, keep: bool) -> None:
        """Go back to the function that was put aside."""
        if keep:
            self.texts.append("\n".join(self.lines))
        self.writing.pop()
        (
            self.lines, self._depth, self.loops, self.base, self.names, self.generic,
            self.loaded, self.unsure,
        ) = outer  # fmt: skip

    def close_to(self, mark: tuple[int, int, int, set[str]]) -> None:
        """Ends all loops since; the text stays."""
        _, self._depth, self.loops, self.loaded = mark

    def guard_select(self) -> None:
        """What a rule function cannot do, the interpreter does for the whole call."""
        self.lines = [
            *(line.replace("def select(ag, e):", "def chosen(ag, e):") for line in self.lines),
            "def select(ag, e):",
            "    try: return chosen(ag, e)",
            "    except Odd: return GENERIC(ag, e)",
        ]

    def source(self) -> str:
        """The module's text."""
        return "\n".join([*self.texts, *self.lines]) + "\n"


def arith(op: str, a: Term, b: Term) -> Term:
    """An operation on anything but two numbers, or one that needs care."""
    if a.__class__ is Struct:
        a = resolve(a)
    if b.__class__ is Struct:
        b = resolve(b)
    return apply(op, (a, b), make(Functor(op, 2), (a, b)))


def settle(value: Term) -> Term:
    """A variable's value with its own variables and expressions worked out."""
    value = deref(value)
    if value.__class__ is Struct and not value.ground:
        return resolve(value)
    return value


def exists(pred: Predicate, pattern: tuple[Term, ...], ann: tuple[Term, ...]) -> bool:
    """Whether a belief fits a pattern in which None stands for anything."""
    for row in pred.rows(pattern):
        for want, have in zip(pattern, row.args, strict=True):
            if want is not None and want != have:
                break
        else:
            if all(a in row.ann for a in ann):
                return True
    return False


def row_by_first(pred: Predicate, first: Term) -> Belief | None:
    """The first belief with a first argument, where nothing is known of the others."""
    index = pred.by_first
    if index is None:
        if len(pred.by_args) <= INDEX_FROM:
            return first_row(pred, (first, *[None] * (pred.functor.arity - 1)))
        index = pred.first_index()
    rows = index.get(first)
    return rows[-1] if isinstance(rows, list) else rows


def first_row(pred: Predicate, pattern: tuple[Term, ...]) -> Belief | None:
    """The first belief that fits a pattern in which None stands for anything."""
    for row in pred.rows(pattern):
        for want, have in zip(pattern, row.args, strict=True):
            if want is not None and want != have:
                break
        else:
            found: Belief = row
            return found
    return None


def action_call(actions: Actions, name: str, arity: int) -> Any:
    """The function behind an action."""
    found = actions.find(name, arity)
    if found is None:
        known = name in actions.by_name
        raise StepFailure(
            "wrong_arguments" if known else "action_failed", actions.complaint(name, arity)
        )
    return found.call


def after_action(
    fr: list[Any], result: Any, trail: Trail, nxt: Any, last: Any, name: str, step: Any
) -> Any:
    """What follows an action that waits, fails, or has several solutions."""
    if result is SUSPENDED:
        if fr[0] is step:
            fr[0] = nxt
        return MOVED
    if result is False or next(result, False) is False:
        undo(trail)
        raise StepFailure("ia_failed", f"{name} failed")
    if fr[0] is step:
        fr[0] = nxt
    return last


def chained(rest: Any, parts: tuple[Any, ...]) -> Any:
    """What a solution rests on, as `formulas.solve` tells it: rows, or chains of rows."""
    for part in parts:
        if part.__class__ is tuple:
            rows = []
            while part is not None:
                row, part = part
                rows.append(row)
            for row in reversed(rows):
                rest = (row, rest)
        elif part is not None:
            rest = (part, rest)
    return rest


RUNTIME: dict[str, Any] = {
    "Atom": Atom,
    "Cons": Cons,
    "EMPTY": EMPTY,
    "FLAT": FLAT,
    "LOOSE": LOOSE,
    "ONCE": (None,),
    "Odd": Odd,
    "chained": chained,
    "SELF": SELF,
    "Struct": Struct,
    "Var": Var,
    "action_call": action_call,
    "after_action": after_action,
    "arith": arith,
    "build": build,
    "compare": compare,
    "deref": deref,
    "exists": exists,
    "first_row": first_row,
    "row_by_first": row_by_first,
    "make": make,
    "make_list": make_list,
    "merge_causes": merge_causes,
    "note_used": note_used,
    "settle": settle,
    "solve": solve,
    "unify": unify,
}

"""Waiting, and things to come. All times are those of the given clock."""

from __future__ import annotations

import datetime
import re
from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.bodies import SUSPENDED
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import Question, first_solution, node_of
from agents.bdi.printing import term_text
from agents.bdi.terms import EVENT, Atom, Struct, Term, Var, deref, literal_parts
from agents.bdi.unification import Trail, copy_term, undo, unify
from agents.bdi.waiting import Wait, wait_reason

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNIT_NAMES = {
    "s": "s",
    "second": "s",
    "seconds": "s",
    "m": "m",
    "minute": "m",
    "minutes": "m",
    "h": "h",
    "hour": "h",
    "hours": "h",
    "d": "d",
    "day": "d",
    "days": "d",
    "ms": "ms",
}


@builtin(".wait", 1, 3, body_only=True)
def wait(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Waits for a time in ms, an event or a condition, at most so many ms."""
    what = args[0]
    it = ag.current
    if what.__class__ is float:
        held = Wait(ag, it, wait_reason(what))
        it.waiting = held
        held.cancel = ag.due.at(ag.now() + what / 1000.0, held.go_on)
        _note(ag, it)
        return SUSPENDED
    held = Wait(ag, it, wait_reason(what))
    if what.__class__ is Struct and what.functor is EVENT:
        held.pattern = what
    else:
        if what.__class__ is Var or what.__class__ is str:
            raise StepFailure("wrong_arguments", f".wait: cannot wait for {term_text(what)}")
        held.question = Question(node_of(what), [], what)
        own: Trail = []
        if first_solution(ag, held.question.node, held.question.env, own) is not False:
            if len(args) > 2:
                unify(args[2], 0.0, trail)
            return True
        undo(own)
    it.waiting = held
    ag.waits.append(held)
    if len(args) > 1:
        if args[1].__class__ is not float:
            raise StepFailure("wrong_arguments", ".wait: the time-out must be a number (ms)")
        if len(args) > 2:
            held.elapsed = args[2]
            task = held.go_on
        else:

            def task() -> None:
                held.fail(StepFailure("wait_timeout", "timeout in .wait"))

        held.cancel = ag.due.at(ag.now() + args[1] / 1000.0, task)
    elif False:
        return None
    _note(ag, it)
    return SUSPENDED


def _note(ag: Any, it: Any) -> None:
    if ag.library.has_meta:
        ag.goal_states(it, "waiting")


def seconds_from(text: str) -> float:
    """``"now +3 s"`` as seconds from now."""
    match = re.fullmatch(r"\s*now\s*\+\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text)
    if match is None:
        raise StepFailure("internal_action", f".at: '{text}' is no time. Write \"now +3 s\"")
    unit = _UNIT_NAMES.get(match.group(2) or "ms")
    if unit is None:
        raise StepFailure(
            "internal_action",
            f".at: unknown unit '{match.group(2)}'. Known: {', '.join(_UNIT_NAMES)}",
        )
    return float(match.group(1)) * _UNITS_S[unit]


def raise_event(ag: Any, event: Term, cause: Any) -> None:
    """Queues an event given as a term."""
    op = event.args[0].name
    parts = literal_parts(event.args[1])
    if parts is None:
        raise StepFailure("wrong_arguments", f"{term_text(event)} is no event")
    from agents.bdi.beliefs import with_source

    if op == "+!":
        ag.spawn_goal(parts[0], parts[1], with_source(parts[2]), cause)
    else:
        ag.external_event(op, parts[0], parts[1], with_source(parts[2]), cause)


@builtin(".at", 2, body_only=True)
def at(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Raises an event later, as in .at("now +3 s", {+!g})."""
    event = args[1]
    if event.__class__ is not Struct or event.functor is not EVENT:
        raise StepFailure("wrong_arguments", ".at: an event is expected, as in {+!g}")
    kept = copy_term(event)
    delay = seconds_from(args[0] if args[0].__class__ is str else term_text(args[0]))
    cause = ag.current.stack[-1][5] if ag.current is not None else None
    ag.due.at(ag.now() + delay, lambda: raise_event(ag, kept, cause))
    return True


@builtin(".signal", 1, 2, body_only=True)
def signal(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Puts an event into the agent's own queue."""
    event = args[0]
    if event.__class__ is not Struct or event.functor is not EVENT:
        raise StepFailure("wrong_arguments", ".signal: an event is expected, as in {+x}")
    raise_event(ag, copy_term(event), ag.current.stack[-1][5] if ag.current is not None else None)
    return True


def _instant(ag: Any) -> datetime.datetime:
    start = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return start + datetime.timedelta(seconds=ag.now())


@builtin(".date", 3)
def date(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Year, month and day of the given clock (seconds since 1970)."""
    now = _instant(ag)
    return (
        unify(args[0], float(now.year), trail)
        and unify(args[1], float(now.month), trail)
        and unify(args[2], float(now.day), trail)
    )


@builtin(".time", 3, 4)
def time_of_day(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Hour, minute, second and millisecond of the given clock."""
    now = _instant(ag)
    values = (now.hour, now.minute, now.second, now.microsecond // 1000)
    return all(unify(a, float(v), trail) for a, v in zip(args, values, strict=False))


@builtin(".nano_time", 1)
def nano_time(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Nanoseconds of the given clock."""
    return unify(args[0], float(int(ag.now() * 1e9)), trail)


@builtin(".perceive", 0, body_only=True)
def perceive(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Percepts arrive by themselves."""
    return True


__all__ = ["Atom", "deref"]

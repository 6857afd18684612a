"""Why something is believed or done: back to percepts, messages, goals and first beliefs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.bdi.beliefs import SOURCE, SOURCE_PERCEPT, SOURCE_SELF, Belief
from agents.bdi.plans import flat_causes
from agents.bdi.printing import term_text
from agents.bdi.syntax import parse_term
from agents.bdi.terms import Struct, literal_parts, make
from agents.bdi.trace import Reason, reason_of
from agents.bdi.unification import Trail, undo, unify
from agents.errors import BadTermError

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent


@dataclass(frozen=True, slots=True)
class Because:
    """One link of a chain.

    ``kind`` is ``plan`` (its label, and ``file:line`` of the step), ``rule`` (its head and place),
    ``percept``, ``message`` (who sent it) or ``event`` (what is no longer believed), each with the
    host's number as ``id``; ``initial`` (a first belief) and ``goal`` (posted from outside).
    """

    kind: str
    name: str
    id: Any = None


def why(ag: Agent, what: str | int | Reason) -> list[Because]:
    """The chain behind a belief (its text), an intention (its number) or a reason."""
    if isinstance(what, str):
        row = _believed(ag, what)
        if row is None:
            raise BadTermError(f"{what} is not believed: nothing to explain. See beliefs().")
        return list(of_belief(ag, row))
    if isinstance(what, int):
        it = ag.alive.get(what)
        if it is None:
            raise BadTermError(f"No intention {what}. There are: {list(ag.alive)}.")
        info = ag.step_info(it.stack[-1]) if it.stack else None
        what = reason_of(ag, it, info)
    return list(_of_reason(ag, what))


def of_belief(ag: Agent, row: Belief) -> Iterator[Because]:
    """The chain behind a row of the belief base, the nearest link first."""
    info = getattr(row.made, "info", None)
    if info is not None:
        yield Because("plan", info.plan.label, f"{info.file}:{info.line}")
    seen: set[str] = set()
    for source in row.ann:
        if not (source.__class__ is Struct and source.functor is SOURCE):
            continue
        if source == SOURCE_SELF:
            if info is None and row.cause is None:
                yield Because("initial", term_text(make(_functor(row), row.args)))
        elif source == SOURCE_PERCEPT:
            yield Because("percept", _functor(row).name, row.cause)
            seen.update(map(str, flat_causes(row.cause)))
        else:
            yield Because("message", term_text(source.args[0]), row.cause)
            seen.update(map(str, flat_causes(row.cause)))
    yield from (c for c in _origins(ag, flat_causes(row.cause)) if str(c.id) not in seen)


def _of_reason(ag: Agent, reason: Reason) -> Iterator[Because]:
    for frame in reason.frames:
        yield Because("plan", frame.plan, f"{frame.file}:{frame.line}")
        for text, _, place in frame.beliefs:
            if place is not None:
                yield Because("rule", text, place)
    if not reason.causes() and reason.frames:
        yield Because("goal", reason.frames[-1].trigger)
    yield from _origins(ag, reason.causes())


def _origins(ag: Agent, causes: tuple[Any, ...]) -> Iterator[Because]:
    """What the host's numbers stand for, as far as it is still believed."""
    if not causes:
        return
    known: dict[Any, Because] = {}
    for row in ag.beliefs_base:
        if row.rule is None and row.cause in causes:
            for source in row.ann:
                if source == SOURCE_PERCEPT:
                    known[row.cause] = Because("percept", _functor(row).name, row.cause)
                elif _is_told(source):
                    name = term_text(source.args[0])
                    known.setdefault(row.cause, Because("message", name, row.cause))
    for cause in causes:
        yield known.get(cause) or Because("event", "", cause)


def _is_told(source: Any) -> bool:
    return source.__class__ is Struct and source.functor is SOURCE and source != SOURCE_SELF


def _functor(row: Belief) -> Any:
    assert row.pred is not None
    return row.pred.functor


def _believed(ag: Agent, text: str) -> Belief | None:
    """The first belief that unifies with a pattern."""
    parts = literal_parts(parse_term(text))
    if parts is None:
        raise BadTermError(f"'{text}' is no literal. Write it as in sbp(_) or low(p1).")
    functor, args, ann = parts
    for row in ag.beliefs_base.predicates.get(functor) or ():
        trail: Trail = []
        fits = row.rule is None and unify(make(functor, args, ann), row.term(), trail)
        undo(trail)
        if fits:
            found: Belief = row
            return found
    return None

"""Steps that choose and repeat: if, while, for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.bdi.formulas import first_solution, node_of, solve
from agents.bdi.templates import Frame
from agents.bdi.terms import (
    Term,
    Var,
)
from agents.bdi.unification import Trail, free_cells, undo

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.intentions import Intention
    from agents.bdi.plans import Plan

from agents.bdi.bodies import ENDED, Step, body_steps, link_body

_VARS = 6


def if_step(plan: Plan, term: Term, nxt: Step | None, last: Any) -> Step:
    """Goes on with one of two bodies; bindings stay."""
    node = node_of(term.args[0])
    then = link_body(plan, term.args[1], nxt) if has_steps(term.args[1]) else nxt
    other = nxt
    if len(term.args) > 2 and has_steps(term.args[2]):
        other = link_body(plan, term.args[2], nxt)

    def branch(ag: Agent, it: Intention, fr: Frame) -> Any:
        trail: Trail = []
        used = first_solution(ag, node, fr, trail)
        if used is False:
            undo(trail)
            fr[0] = other
        else:
            if used is not None and ag.explain:
                ag.note_used(fr, used)
            fr[0] = then
        return None if fr[0] is not None else ENDED

    return branch


def has_steps(body: Term) -> bool:
    """Whether a body does anything."""
    return bool(body_steps(body))


def while_step(plan: Plan, term: Term, nxt: Step | None, last: Any) -> Step:
    """Repeats a body while a formula holds; bindings are those from before, each round."""
    node = node_of(term.args[0])
    place = plan.hidden_place()
    size = _VARS + len(plan.names)

    def loop(ag: Agent, it: Intention, fr: Frame) -> Any:
        saved = fr[place]
        if saved is None:
            saved = fr[place] = (fr[_VARS:size], free_cells(fr[_VARS:size]))
        else:
            fr[_VARS:size] = saved[0]
            for cell in saved[1]:
                cell.ref = None
        trail: Trail = []
        used = first_solution(ag, node, fr, trail)
        if used is False:
            undo(trail)
            fr[place] = None
            fr[0] = nxt
            return last
        if used is not None and ag.explain:
            ag.note_used(fr, used)
        fr[0] = first
        return None

    first = link_body(plan, term.args[1], loop) if has_steps(term.args[1]) else loop
    return loop


def for_step(plan: Plan, term: Term, nxt: Step | None, last: Any) -> Step:
    """Repeats a body for each solution; bindings are those from before, each round."""
    node = node_of(term.args[0])
    place = plan.hidden_place()
    size = _VARS + len(plan.names)

    def loop(ag: Agent, it: Intention, fr: Frame) -> Any:
        state = fr[place]
        if state is None:
            own = list(fr)
            trail: Trail = []
            cells = free_cells(fr[_VARS:size])
            ways = solve(ag, node, own, trail, snapshot=True)
            state = fr[place] = (ways, own, trail, fr[_VARS:size], cells)
        ways, own, trail, saved, cells = state
        bound = [t for t in trail if t.__class__ is Var]
        for cell in cells:
            if not any(cell is b for b in bound):
                cell.ref = None
        used = next(ways, False)
        if used is False:
            fr[_VARS:size] = saved
            fr[place] = None
            fr[0] = nxt
            return last
        fr[_VARS:size] = own[_VARS:size]
        if used is not None and ag.explain:
            ag.note_used(fr, used)
        fr[0] = first
        return None

    first = link_body(plan, term.args[1], loop) if has_steps(term.args[1]) else loop
    return loop

"""Forks: ``a |&| b`` goes on when both have joined, ``a ||| b`` when the first has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.bdi.bodies import MOVED, Step, StepInfo, link_body, noted, shown
from agents.bdi.templates import Frame
from agents.bdi.terms import Atom, Term, Var, deref
from agents.bdi.unification import copy_term, unify

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.failure import StepFailure
    from agents.bdi.intentions import Intention
    from agents.bdi.plans import Plan

_VARS = 6


class Fork:
    """The branches of one fork while they run; each branch has its own map of cells."""

    __slots__ = ("base", "branches", "cells", "kind", "nxt", "parent")

    def __init__(self, kind: str, parent: Intention, nxt: Step | None) -> None:
        self.kind = kind
        self.parent = parent
        self.nxt = nxt
        self.base = len(parent.stack) - 1
        self.branches: list[Intention] = []
        self.cells: dict[int, list[tuple[Var, Var]]] = {}

    def start(self, ag: Agent, frame: Frame, first: Step | None) -> None:
        """Makes one branch: a copy of the frame over the shared lower stack."""
        branch = ag.new_intention()
        fresh: dict[int, Var] = {}
        copied = frame[:_VARS]
        olds: list[Var] = []
        for value in frame[_VARS:]:
            olds.extend(_cells(value))
            copied.append(None if value is None else _copy(value, fresh))
        copied[0] = first
        branch.stack = [*self.parent.stack[:-1], copied]
        branch.fork = self
        self.cells[branch.id] = [(old, fresh[id(old)]) for old in olds if id(old) in fresh]
        self.branches.append(branch)
        ag.running.append(branch)

    def join(self, ag: Agent, branch: Intention) -> None:
        """One branch is through."""
        if self.kind == "and" and len(self.branches) > 1:
            self.branches.remove(branch)
            ag.discard(branch)
            return
        self._drop(ag, branch)
        parent = self.parent
        own, frame = branch.stack[self.base], parent.stack[-1]
        for old, new in self.cells[branch.id]:
            value = deref(new)
            if value is not new:
                unify(old, value, [])
        for i in range(_VARS, len(frame)):
            if frame[i] is None:
                frame[i] = own[i]
        ag.discard(branch)
        frame[0] = self.nxt
        parent.forked = False
        ag.ready(parent)

    def branch_failed(
        self, ag: Agent, branch: Intention, failure: StepFailure, info: Any = None
    ) -> None:
        """A branch failed and nothing in it recovers."""
        if self.kind == "or" and len(self.branches) > 1:
            self.branches.remove(branch)
            ag.discard(branch)
            return
        from agents.bdi.failure import fail

        if failure.code is None and info is not None and branch.stack:
            failure = failure.at(copy_term(shown(info.term, branch.stack[-1])))
        self._drop(ag, branch)
        ag.discard(branch)
        self.parent.forked = False
        fail(ag, self.parent, failure, info=info)

    def abandon(self, ag: Agent) -> None:
        """Drops all branches and what they came from."""
        self._drop(ag, None)
        ag.discard(self.parent)

    def _drop(self, ag: Agent, winner: Intention | None) -> None:
        for other in self.branches:
            if other is not winner:
                ag.discard(other)
        self.branches = []


def _cells(value: Term) -> list[Var]:
    from agents.bdi.unification import free_cells

    return [] if value is None else free_cells([value])


def _copy(value: Any, fresh: dict[int, Var]) -> Any:
    if value.__class__ is tuple:  # the state of a loop around the fork: kept as it is
        return value
    return copy_term(value, fresh)


def fork_step(plan: Plan, term: Term, nxt: Step | None) -> Step:
    """The step function of ``.fork(and|or, {..}, {..})``."""
    kind = deref(term.args[0])
    info = StepInfo(plan, "act", Atom(".join"), plan.line)

    def join(ag: Agent, it: Intention, fr: Frame) -> Any:
        assert it.fork is not None
        it.fork.join(ag, it)
        return MOVED

    joined = noted(info, join)
    firsts = [link_body(plan, body, joined) for body in term.args[1:]]

    def fork(ag: Agent, it: Intention, fr: Frame) -> Any:
        made = Fork(kind.name, it, nxt)
        it.forked = True
        for first in firsts:
            made.start(ag, fr, first)
        return MOVED

    return fork

"""Intentions: stacks of plan frames, and what may be done to them from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agents.bdi.plans import CUT, EVENT_AT, PLAN_AT, Event
from agents.bdi.templates import Frame
from agents.bdi.terms import Functor, Term
from agents.bdi.unification import undo, unify

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.forks import Fork


class Intention:
    """One stack of frames, the newest last."""

    __slots__ = (
        "dead",
        "fork",
        "forked",
        "id",
        "parked",
        "reply",
        "stack",
        "suspended",
        "waiting",
    )

    def __init__(self, number: int) -> None:
        self.id = number
        self.stack: list[Frame] = []
        self.dead = False
        self.suspended: Term = None  # the reason, while `.suspend` holds it
        self.parked = False  # would run, were it not suspended
        self.waiting: Any = None  # a Wait or a running action
        self.fork: Fork | None = None  # of a branch: where it came from
        self.forked = False  # its branches run in its place
        self.reply: Any = None  # of an ask: how to answer

    def drop_finished(self, ag: Agent, frame: Frame) -> None:
        """Takes away a frame whose last step is the same goal again, so that the stack is flat."""
        event = frame[EVENT_AT]
        if ag.library.has_meta or event is None or self.stack[-1] is not frame:
            return
        if len(event[2]) > 1 or frame[PLAN_AT].until is not None:
            return  # a deadline or another annotation still watches this goal
        if self.fork is not None and len(self.stack) - 1 <= self.fork.base:
            return
        if ag.atomic is self and frame[PLAN_AT].atomic:
            return
        cut = frame[CUT]
        if cut is None:
            self.stack.pop()
        elif self.fork is None or cut > self.fork.base:
            del self.stack[cut:]

    def goals(self) -> Iterator[tuple[int, Event]]:
        """The achievement goals in the stack, newest first, with their height."""
        for height in range(len(self.stack) - 1, -1, -1):
            event = self.stack[height][EVENT_AT]
            if event is not None and event[0].op == "+!":
                yield height, event


def goal_matches(
    event: Event, functor: Functor, args: tuple[Term, ...], ann: tuple[Term, ...]
) -> bool:
    """Whether the goal of an event unifies with a pattern; nothing stays bound."""
    if event[0].functor is not functor:
        return False
    trail: list[Any] = []
    fits = all(unify(a, b, trail) for a, b in zip(args, event[1], strict=True))
    if fits and ann:
        from agents.bdi.unification import unify_annotations

        fits = unify_annotations(ann, event[2], trail)
    undo(trail)
    return fits

"""Intentions that wait: for a time, an event, a condition, or an action that runs outside."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from agents.bdi.failure import StepFailure, fail
from agents.bdi.formulas import Question, first_solution
from agents.bdi.terms import EVENT, Atom, Functor, Struct, Term, deref, literal_parts, struct
from agents.bdi.unification import undo, unify, unify_annotations

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.intentions import Intention


class Wait:
    """Why an intention stands still, and how it goes on."""

    __slots__ = (
        "ag",
        "cancel",
        "done",
        "elapsed",
        "info",
        "it",
        "pattern",
        "question",
        "reason",
        "started",
    )

    def __init__(self, ag: Agent, it: Intention, reason: Term) -> None:
        self.ag = ag
        self.it = it
        self.reason = reason
        self.info = ag.current_info()
        self.started = ag.now()
        self.done = False
        self.pattern: Term = None  # an event term
        self.question: Question | None = None
        self.elapsed: Term = None  # gets the milliseconds that passed
        self.cancel: Callable[[], Any] | None = None

    def finish(self) -> bool:
        """Marks the wait as over; false when it was before."""
        if self.done or self.it.dead:
            return False
        self.done = True
        if self in self.ag.waits:
            self.ag.waits.remove(self)
        self.it.waiting = None
        return True

    def go_on(self) -> None:
        """The intention runs again."""
        if not self.finish():
            return
        if self.elapsed is not None:
            unify(self.elapsed, round((self.ag.now() - self.started) * 1000.0, 6), [])
        if self.ag.library.has_meta:
            self.ag.goal_states(self.it, "resumed")
        self.ag.ready(self.it)

    def fail(self, failure: StepFailure) -> None:
        """The step that waits fails."""
        if self.finish():
            fail(self.ag, self.it, failure, info=self.info)

    def sees(self, trigger: Any, args: tuple[Term, ...], ann: tuple[Term, ...]) -> bool:
        """Whether an event is the one waited for; if so its values are bound."""
        op, literal = deref(self.pattern.args[0]), deref(self.pattern.args[1])
        if op.name != trigger.op:
            return False
        parts = literal_parts(literal)
        if parts is None or parts[0] is not trigger.functor:
            return False
        trail: list[Any] = []
        for a, b in zip(parts[1], args, strict=True):
            if not unify(a, b, trail):
                undo(trail)
                return False
        if parts[2] and not unify_annotations(parts[2], ann, trail):
            undo(trail)
            return False
        return True

    def holds(self) -> bool:
        """Whether the condition has come true; if so its values are bound."""
        assert self.question is not None
        trail: list[Any] = []
        if first_solution(self.ag, self.question.node, self.question.env, trail) is False:
            undo(trail)
            return False
        return True


class DueTasks:
    """What is to happen at a time, in order of that time and then of creation."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, list[Callable[[], None] | None]]] = []
        self._made = 0

    def at(self, when: float, task: Callable[[], None]) -> Callable[[], None]:
        """Plans a task; calling the result cancels it."""
        self._made += 1
        holder: list[Callable[[], None] | None] = [task]
        heapq.heappush(self._heap, (when, self._made, holder))

        def cancel() -> None:
            holder[0] = None

        return cancel

    def next_due(self) -> float | None:
        """When the next task is due."""
        heap = self._heap
        while heap and heap[0][2][0] is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def take(self, now: float) -> Iterator[Callable[[], None]]:
        """Everything that is due, one after the other."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            task = heapq.heappop(heap)[2][0]
            if task is not None:
                yield task

    def __bool__(self) -> bool:
        return bool(self._heap)


def wait_reason(term: Term) -> Term:
    """What ``.intention`` shows as the reason of a wait."""
    return struct("wait", term) if term is not None else Atom("wait")


def is_event(term: Term) -> bool:
    """Whether the term is an event in braces."""
    return term.__class__ is Struct and term.functor is EVENT


TIMEOUT = StepFailure("wait_timeout", "timeout in .wait")
__all__ = ["DueTasks", "Functor", "Wait", "is_event", "wait_reason"]

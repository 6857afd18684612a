"""Plans inside a plan, and goals that stay until a condition holds.

``+!g(X) <: cond <- body. { plans }``: as long as ``g`` stands in an intention its inner plans are
candidates before those of the library, and see the variables of the trigger around them. An event
that belongs to no intention starts them as intentions of their own, one for each goal that has an
inner plan for it; the library is asked only where there is none. The goal ends when ``cond``
holds, be it in the middle of its body; ``<: false`` waits for ``.succeed_goal``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agents.bdi import desires
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import Question, first_solution
from agents.bdi.intentions import Intention
from agents.bdi.plans import EVENT_AT, PLAN_AT, VARS, Event, Plan, Trigger
from agents.bdi.templates import Frame
from agents.bdi.terms import Atom, Var
from agents.bdi.unification import Trail, undo
from agents.bdi.waiting import Wait

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent

_GOALS = ("+!", "+?", "-!", "-?")


def select_in_scope(ag: Agent, event: Event) -> Frame | None:
    """The select function of all inner plans of a trigger: asks the goals that hold some."""
    trigger, it = event[0], event[3]
    if it is not None:
        return next(_frames(ag, it, trigger, event), None)
    if trigger.op in _GOALS:
        return None
    found = []
    for holder in desires.living(ag):
        frame = next(_frames(ag, holder, trigger, event), None)
        if frame is not None:
            found.append(frame)
    for frame in found[:-1]:  # the last one is begun by whoever asked
        extra = ag.new_intention()
        extra.stack.append(frame)
        if frame[PLAN_AT].atomic:
            ag.atomic = extra
        ag.running.append(extra)
    return found[-1] if found else None


def _frames(ag: Agent, it: Intention, trigger: Trigger, event: Event) -> Iterator[Frame]:
    for outer in reversed(it.stack):
        for plan in outer[PLAN_AT].inner:
            if plan.takes(trigger):
                frame = _selected(ag, plan, outer, event)
                if frame is not None:
                    yield frame


def _selected(ag: Agent, plan: Plan, outer: Frame, event: Event) -> Frame | None:
    frame: Frame = [plan.first, plan, event, None, None, event[5]]
    frame.extend([None] * (len(plan.names) + plan.extra))
    for own, theirs in plan.scope:
        if outer[theirs] is None:
            outer[theirs] = Var(plan.names[own - VARS])
        frame[own] = outer[theirs]
    return ag.library.fill(plan, ag, event, frame)


class GoalCondition(Wait):
    """The condition of one goal; it stands among the waits and is asked again as they are."""

    __slots__ = ("frame", "told")

    def __init__(self, ag: Agent, it: Intention, frame: Frame) -> None:
        super().__init__(ag, it, Atom("goal_condition"))
        self.frame = frame
        self.question = Question(frame[PLAN_AT].until, frame, None)
        self.told = False

    def holds(self) -> bool:
        """Whether the goal is reached; nothing stays bound."""
        if self.it.dead or not any(f is self.frame for f in self.it.stack):
            self.finish()
            return False
        assert self.question is not None
        trail: Trail = []
        found = first_solution(self.ag, self.question.node, self.frame, trail) is not False
        undo(trail)
        return found

    def finish(self) -> bool:
        """Marks the condition as over; false when it was before."""
        if self.done:
            return False
        self.done = True
        if self in self.ag.waits:
            self.ag.waits.remove(self)
        if self.it.waiting is self:
            self.it.waiting = None
        return True

    def go_on(self) -> None:
        """The goal succeeds: everything above it goes, the step after it follows."""
        self.finish()
        event = self.frame[EVENT_AT]
        for holder in desires.living(self.ag):
            for height, own in holder.goals():
                if own is event:
                    desires.succeed(self.ag, holder, height, event)
                    return

    def fail(self, failure: StepFailure) -> None:
        """A condition that raises does not hold; it is said once."""
        if not self.told:
            self.told = True
            plan = self.frame[PLAN_AT]
            self.ag.log(
                "warning",
                f"the goal condition of {plan.file}:{plan.line}: '{plan.label}' raised "
                f"{failure.message}",
            )


def watch(ag: Agent, it: Intention, frame: Frame) -> None:
    """Has the condition of a goal asked from now on."""
    ag.waits.append(GoalCondition(ag, it, frame))


def body_is_through(ag: Agent, it: Intention, frame: Frame) -> bool:
    """Whether a goal ends with its body; if not the intention waits for its condition."""
    for wait in ag.waits:
        if isinstance(wait, GoalCondition) and wait.frame is frame:
            if wait.holds():
                wait.finish()
                return True
            it.waiting = wait
            return False
    return True

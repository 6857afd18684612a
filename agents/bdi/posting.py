"""Events and goals: posting them, and how intentions go on or end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agents.bdi.desires import deadline
from agents.bdi.failure import StepFailure
from agents.bdi.intentions import Intention
from agents.bdi.order import sorted_annotations
from agents.bdi.plans import (
    CAUSE,
    PLAN_AT,
    Event,
    Trigger,
)
from agents.bdi.state import State
from agents.bdi.templates import Frame
from agents.bdi.terms import (
    Atom,
    Functor,
    Struct,
    Term,
    Var,
    all_ground,
    deref,
    struct,
)
from agents.bdi.trace import reason_of
from agents.bdi.unification import copy_term, free_cells

_DEADLINES = (Functor("deadline", 1), Functor("hard_deadline", 1))


class Posting(State):
    """An agent that posts goals and events."""

    def post_goal(
        self,
        it: Intention,
        op: str,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> None:
        """Posts a sub-goal of an intention."""
        trigger = self.library.trigger(op, functor)
        cells = None
        if trigger.fail is not None and trigger.fail.plans and not all_ground(args):
            cells = free_cells(args + ann) or None
        event = (trigger, args, ann, it, cells, cause)
        self.events.append(event)
        if len(ann) > 1:
            self._watch_deadline(it, event)
        if self.waits:
            self._tell_waits(trigger, args, ann)
        if self.library.has_meta:
            self.goal_state(event, "pending")

    def spawn_goal(
        self, functor: Functor, args: tuple[Term, ...], ann: tuple[Term, ...], cause: Any
    ) -> None:
        """Posts a goal that starts an intention of its own."""
        trigger = self.library.trigger("+!", functor)
        cells = None
        if not (all_ground(args) and all_ground(ann)):
            fresh: dict[int, Var] = {}
            args = tuple([copy_term(a, fresh) for a in args])
            ann = tuple([copy_term(a, fresh) for a in ann])
            if trigger.fail is not None and trigger.fail.plans:
                cells = free_cells(args + ann) or None
        it = None
        if len(ann) > 1 and any(a.__class__ is Struct and a.functor in _DEADLINES for a in ann):
            it = self.new_intention()
        event = (trigger, args, ann, it, cells, cause)
        self.events.append(event)
        if it is not None:
            self._watch_deadline(it, event)
        if self.waits:
            self._tell_waits(trigger, args, ann)
        if self.library.has_meta:
            self.goal_state(event, "pending")
        self._arrived()

    def spawn_ground(
        self, functor: Functor, args: tuple[Term, ...], ann: tuple[Term, ...], cause: Any
    ) -> None:
        """``spawn_goal`` for arguments without variables and annotations without a deadline."""
        library = self.library
        trigger = library.triggers.get(("+!", functor)) or library.trigger("+!", functor)
        event = (trigger, args, ann, None, None, cause)
        self.events.append(event)
        if self.waits:
            self._tell_waits(trigger, args, ann)
        if library.has_meta:
            self.goal_state(event, "pending")
        if self.idle and not self._is_running:
            self.idle = False
            self.wake()

    def spawn_test(
        self,
        trigger: Trigger,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
        answer_to: Callable[[bool], None],
    ) -> None:
        """Posts a test goal whose outcome is told to a function."""
        it = self.new_intention()
        it.reply = answer_to
        self.events.append((trigger, args, ann, it, None, cause))
        self._arrived()

    def start_body(self, body: Term, frame: Frame) -> None:
        """Runs a body term as an intention of its own (``!!A``)."""
        plan = frame[PLAN_AT].for_body(copy_term(body))
        it = self.new_intention()
        made: Frame = [plan.first, plan, None, None, None, frame[CAUSE]]
        made.extend([None] * (len(plan.names) + plan.extra))
        it.stack.append(made)
        self.running.append(it)

    def _watch_deadline(self, it: Intention, event: Event) -> None:
        for a in event[2]:
            if a.__class__ is Struct and a.functor in _DEADLINES:
                limit = deref(a.args[0])
                if limit.__class__ is float:
                    seconds = limit if a.functor is _DEADLINES[0] else limit / 1000.0
                    self.due.at(self.now() + seconds, lambda: deadline(self._agent, it, event))

    def external_event(
        self, op: str, functor: Functor, args: tuple[Term, ...], ann: tuple[Term, ...], cause: Any
    ) -> None:
        """Queues an event that belongs to no intention."""
        trigger = self.library.trigger(op, functor)
        if self.waits:
            self._tell_waits(trigger, args, ann)
        if trigger.plans:
            self.events.append((trigger, args, ann, None, None, cause))
        elif not self.waits:
            return
        self._arrived()

    def goal_state(self, event: Event, state: str, reason: Term = None) -> None:
        """Raises the meta event of a goal that changed its state, where a plan asks for it."""
        if event[0].op != "+!":
            return
        trigger = self.library.trigger("^!", event[0].functor)
        if trigger.plans:
            ann = sorted_annotations([*event[2], struct("state", Atom(state))])
            self.meta_events.append((trigger, event[1], ann, None, None, event[5]))

    def goal_states(self, it: Intention, state: str) -> None:
        """The same for all goals of an intention."""
        for _, event in list(it.goals()):
            self.goal_state(event, state)
            if state == "dropped":
                self.goal_state(event, "finished")

    def ready(self, it: Intention) -> None:
        """An intention that waited goes on, unless it is suspended."""
        if it.dead or it is self.current:
            return
        if not it.stack:
            self._end(it)
        elif it.suspended is not None:
            it.parked = True
        else:
            self.running.append(it)

    def discard(self, it: Intention) -> None:
        """Takes an intention out of everything; nobody is told."""
        it.dead = True
        self.alive.pop(it.id, None)
        if self.atomic is it:
            self.atomic = None
        if it.waiting is not None:
            wait = it.waiting
            wait.done = True
            if wait in self.waits:
                self.waits.remove(wait)
            if wait.cancel is not None:
                wait.cancel()
        if it.reply is not None:
            it.reply(False)

    def _end(self, it: Intention) -> None:
        self.alive.pop(it.id, None)
        it.dead = True
        if self.atomic is it:
            self.atomic = None
        if it.reply is not None:
            it.reply(True)

    def unhandled(self, it: Intention, failure: StepFailure, info: Any, goal: Any) -> None:
        """An intention ends by a failure that nobody recovers."""
        reason = reason_of(self._agent, it, info, failure.error, failure.message, goal)
        stack = " <- ".join(f"{f.trigger} ({f.file}:{f.line})" for f in reason.frames)
        self.log(
            "warning",
            f"intention {it.id} failed at {reason.file}:{reason.line} "
            f"{reason.step}: {failure.error}: {failure.message} [{stack}]",
        )
        if self.library.has_meta:
            for _, event in list(it.goals()):
                self.goal_state(event, "finished")
        self.discard(it)
        for listener in self._listeners:
            listener(reason)

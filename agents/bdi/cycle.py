"""The agent: beliefs, plans and intentions, and the cycle that turns events into steps.

One cycle: a message, what is due, one event, one step. The host gives the clock, the chance and
the actions, hands in percepts and messages, and calls ``run`` until the agent is idle.

Long because the cycle, the handling of one event and what a host asks belong to one class;
what lies below (state, goals, beliefs, actions) has files of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from random import Random
from typing import TYPE_CHECKING, Any

from agents.bdi import arithmetic, mailbox
from agents.bdi.actions import Actions
from agents.bdi.beliefs import (
    SELF,
    RuleRow,
    with_source,
)
from agents.bdi.bodies import ENDED, MOVED
from agents.bdi.desires import goal_term, living
from agents.bdi.failure import StepFailure, fail
from agents.bdi.formulas import Rule, node_of, solve
from agents.bdi.intentions import Intention
from agents.bdi.mailbox import Message
from agents.bdi.plans import (
    CUT,
    EVENT_AT,
    NEXT,
    PLAN_AT,
    Event,
    Plan,
    Trigger,
)
from agents.bdi.printing import term_text
from agents.bdi.program import Program
from agents.bdi.reloading import Changes, reload
from agents.bdi.scopes import body_is_through, watch
from agents.bdi.seams import Seams
from agents.bdi.state import literal_from
from agents.bdi.syntax import parse_term
from agents.bdi.templates import Frame
from agents.bdi.terms import (
    Functor,
    Term,
    Var,
    make,
    to_python,
)
from agents.bdi.unification import Trail, copy_term, free_cells, resolve, undo

if TYPE_CHECKING:
    from agents.bdi.trace import Reason
    from agents.bdi.why import Because

_SLEEPING = Functor("jag_sleeping", 0)
_AWAKING = Functor("jag_awaking", 0)


class Agent(Seams):
    """One mind: an AgentSpeak program at work."""

    def __init__(
        self,
        name: str,
        program: Program,
        *,
        now: Callable[[], float],
        random: Random,
        actions: Actions | None = None,
        host: object = None,
        printer: Callable[[str], None] = lambda line: None,
        log: Callable[[str, str], None] = lambda level, text: None,
        trusts: Collection[str] = (),
        explain: bool = True,
        compile_after: int = 10,
    ) -> None:
        super().__init__(
            name,
            program,
            now=now,
            random=random,
            actions=actions,
            host=host,
            printer=printer,
            log=log,
            trusts=trusts,
            explain=explain,
            compile_after=compile_after,
        )
        self._fit_seams()
        self.take_up(program)

    def take_up(self, program: Program) -> None:
        """Believes what a program believes at first, and posts its goals."""
        base = self.beliefs_base
        raised: list[tuple[Functor, tuple[Term, ...], tuple[Term, ...]]] = []
        for entry in program.initial:
            if isinstance(entry, Rule):
                pred = base.predicate(entry.functor)
                pred.link(RuleRow(pred, entry, SELF), last=True)
                continue
            functor, args, ann = entry
            fresh: dict[int, Var] = {}
            args = tuple([copy_term(a, fresh) for a in args])
            ann = with_source(tuple([copy_term(a, fresh) for a in ann]))
            new = base.add(base.predicate(functor), args, ann, None, last=True)
            if new is not None:
                raised.append((functor, args, new))
        for functor, args, ann in reversed(raised):
            self.external_event("+", functor, args, ann, None)
        for functor, args, ann in program.goals:
            self.spawn_goal(functor, args, with_source(ann), None)

    def receive(self, message: Message) -> None:
        """Takes a message into the mailbox; one is read in each cycle."""
        self.inbox.append(message)
        if self.idle and not self._is_running:
            self.idle = False
            self.wake()

    def query(self, formula: Any) -> list[dict[str, Any]]:
        """Every solution of a formula, as Python values by variable name."""
        term = parse_term(formula) if isinstance(formula, str) else make(*literal_from(formula))
        names: dict[str, Var] = {}
        for var in free_cells([term]):
            names.setdefault(var.name, var)
        named = {name: var for name, var in names.items() if not name.startswith("_")}
        trail: Trail = []
        with _RunningAgent(self):
            found = [
                {name: to_python(resolve(var)) for name, var in named.items()}
                for _ in solve(self, node_of(term), [], trail)
            ]
            undo(trail)
        return found

    def beliefs(self, pattern: str | None = None) -> list[str]:
        """The beliefs that match a pattern such as ``sbp(_)`` (all without one), as text."""
        if pattern is None:
            return [term_text(row.term()) for row in self.beliefs_base if row.rule is None]
        functor, args, ann = self._parts(pattern)
        found = []
        pred = self.beliefs_base.predicates.get(functor)
        for row in pred or ():
            if row.rule is None:
                trail: Trail = []
                from agents.bdi.unification import unify

                if unify(make(functor, args, ann), row.term(), trail):
                    found.append(term_text(row.term()))
                undo(trail)
        return found

    def reload(self, program: Program) -> Changes:
        """Takes up a changed program; beliefs, events and intentions stay."""
        return reload(self, program)

    def run(self, max_cycles: int = 10_000) -> float | None:
        """Runs until idle or until the cycles are used up; when to be called again, if ever."""
        if self._is_running:
            raise RuntimeError(f"agent '{self.name}' is running already: run() is not reentrant")
        self._is_running = True
        self.idle = False
        before = arithmetic.RUNNING.agent
        arithmetic.RUNNING.agent = self
        if self._asleep:
            self._wakes_up()
        try:
            return self._run(max_cycles)
        finally:
            arithmetic.RUNNING.agent = before
            self._is_running = False
            self.current = None

    def _run(self, max_cycles: int) -> float | None:
        events, running, inbox = self.events, self.running, self.inbox
        completed, due, waits = self.completed, self.due, self.waits
        heap = due._heap
        handle = self.handle
        take_event, take_intention = self._queues
        while max_cycles > 0:
            max_cycles -= 1
            self.cycle += 1
            if inbox:
                self._read(inbox.popleft())
            if heap or completed or waits:
                self._duties()
            if self.meta_events:
                handle(self.meta_events.popleft())
            elif self.atomic is not None:
                if not self._atomic_cycle() and not self._anything_due():
                    return self._fall_idle()
                continue
            else:
                while events:
                    if handle(take_event()):
                        break
            if running:
                it = take_intention()
                if not it.dead:
                    self._step(it)
                if not (running or events or inbox or heap or waits or completed) and self._rests():
                    return None
            elif not events and not inbox and not self.meta_events:
                if (heap or completed) and self._anything_due():
                    continue
                if self.library.says_sleep and self._says_good_night():
                    continue
                self.idle = True
                return due.next_due() if heap else None
        return self.now()

    def _rests(self) -> bool:
        """Falls idle at once where a further cycle could only find that nothing is left."""
        if self.meta_events or self.atomic is not None or self.library.says_sleep:
            return False
        self.idle = True
        return True

    def _says_good_night(self) -> bool:
        """Raises ``+jag_sleeping`` before the agent falls idle, where a plan is for it."""
        if self._asleep:
            return False
        self._asleep = True
        self.external_event("+", _SLEEPING, (), SELF, None)
        return bool(self.events)

    def _wakes_up(self) -> None:
        """Raises ``+jag_awaking`` first when there is something to do again."""
        if self.events or self.inbox or self.completed or self._anything_due():
            self._asleep = False
            trigger = self.library.trigger("+", _AWAKING)
            if trigger.plans:
                self.events.appendleft((trigger, (), SELF, None, None, None))

    def _anything_due(self) -> bool:
        if self.completed or self.inbox:
            return True
        due = self.due.next_due()
        return due is not None and due <= self.now()

    def _fall_idle(self) -> float | None:
        self.idle = True
        return self.due.next_due()

    def _read(self, message: Message) -> None:
        try:
            mailbox.process(self, message)
        except Exception as error:  # one bad message never ends a cycle
            self.log("error", f"a message from {message.sender}: {self.as_failure(error).message}")

    def _duties(self) -> None:
        if self.due:
            for task in self.due.take(self.now()):
                self._do(task)
        while self.completed:
            self._do(self.completed.popleft())
        for wait in list(self.waits):
            if wait.question is None or wait.done:
                continue
            try:
                holds = wait.holds()
            except Exception as error:  # the condition fails its own intention only
                wait.fail(self.as_failure(error))
                continue
            if holds:
                wait.go_on()

    def _do(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:  # what was planned may have become impossible
            self.log("error", f"a planned task: {self.as_failure(error).message}")

    def _atomic_cycle(self) -> bool:
        it = self.atomic
        assert it is not None
        did = False
        for event in self.events:
            if event[3] is it:
                self.events.remove(event)
                self.handle(event)
                did = True
                break
        if self.atomic is not None and it in self.running:
            self.running.remove(it)
            self._step(it)
            return True
        return did or self.atomic is None

    def _step(self, it: Intention) -> None:
        stack = it.stack
        frame = stack[-1]
        step = frame[NEXT]
        self.current = it
        self.current_step = step
        try:
            result = ENDED if step is None else step(self, it, frame)
        except Exception as error:  # any failure ends in the plan, never in the agent
            self._failed(it, error, getattr(step, "info", None))
            self.current = None
            return
        self.current = None
        if (result is None and stack) or (result != MOVED and self._finish(it)):
            self.running.append(it)

    def _failed(self, it: Intention, error: Exception, info: Any) -> None:
        if it.dead:
            return
        fail(self, it, self.as_failure(error), info=info)

    def _finish(self, it: Intention) -> bool:
        """Takes away every frame without a next step; whether any frame is left."""
        stack = it.stack
        while stack:
            frame = stack[-1]
            if frame[NEXT] is not None:
                return True
            plan = frame[PLAN_AT]
            if plan.until is not None and not body_is_through(self, it, frame):
                return False
            cut = frame[CUT]
            if self.library.has_meta and frame[EVENT_AT] is not None:
                self._achieved(stack, cut)
            if cut is None:
                stack.pop()
            else:
                del stack[cut:]
            if self.atomic is it and not any(f[PLAN_AT].atomic for f in stack):
                self.atomic = None
        self._end(it)
        return False

    def _achieved(self, stack: list[Frame], cut: int | None) -> None:
        for frame in stack[len(stack) - 1 if cut is None else cut :]:
            event = frame[EVENT_AT]
            if event is not None and event[0].op == "+!":
                self.goal_state(event, "achieved")
                self.goal_state(event, "finished")

    def handle(self, event: Event) -> bool:
        """Finds the plan for one event; false when the event does not count."""
        trigger, args, it = event[0], event[1], event[3]
        if it is not None and it.dead:
            return False
        for select in trigger.candidates(args):
            try:
                frame = select(self, event)
            except Exception as error:  # a context never fails an intention: false, and said
                self.context_raised(trigger, error)
                continue
            if frame is not None:
                break
        else:
            return self._no_plan(event, trigger, it)
        plan = frame[PLAN_AT]
        if len(event) > 6 and event[6] is not None:
            frame[CUT] = event[6]
        if it is None:
            it = self.new_intention()
        it.stack.append(frame)
        if self.library.has_meta and trigger.op == "+!":
            self.goal_state(event, "executing")
        if plan.special:
            if plan.atomic:
                self.atomic = it
            if plan.until is not None:
                watch(self, it, frame)
        if it.suspended is None:
            self.running.append(it)
        else:
            it.parked = True
        return True

    def _no_plan(self, event: Event, trigger: Trigger, it: Intention | None) -> bool:
        op = trigger.op
        if op in ("+!", "+?"):
            if len(event) > 7:
                mailbox.by_table(self, *event[7])
                return True
            self._goal_without_plan(event, trigger, it)
            return True
        if op in ("-!", "-?"):
            if it is not None:
                failure = StepFailure(
                    "no_applicable",
                    "no applicable recovery plan for " + trigger.text(event[1], event[2]),
                )
                if it.fork is not None:
                    it.fork.branch_failed(self, it, failure)
                else:
                    self.unhandled(it, failure, None, event)
            return True
        if it is not None:
            if it.suspended is None:
                self.running.appendleft(it)
            else:
                it.parked = True
            return True
        return False

    def _goal_without_plan(self, event: Event, trigger: Trigger, it: Intention | None) -> None:
        if it is None:
            it = self.new_intention()
        text = trigger.text(event[1], event[2])
        if trigger.op == "+?":
            failure = StepFailure(
                "test_goal_failed",
                f"Failed to test '{term_text(make(trigger.functor, event[1]))}'",
                code=goal_term(event),
            )
        elif any(self._fits(p, event) for p in trigger.plans):
            failure = StepFailure(
                "no_applicable",
                f"Found a goal for which there is no applicable plan: {text}",
                code=goal_term(event),
            )
        else:
            failure = StepFailure(
                "no_relevant",
                f"Found a goal for which there is no relevant plan: {text}",
                code=goal_term(event),
            )
        if self.library.has_meta:
            self.goal_state(event, "failed")
        fail(self, it, failure, goal=event)

    def _fits(self, plan: Plan, event: Event) -> bool:
        try:
            return plan.select_relevant(event)
        except RecursionError:  # a term that holds itself
            return False

    def why_not(self, label: str, event: str = "") -> str:
        """What keeps a plan from running now, for an event or for any, in one sentence."""
        from agents.bdi.why_not import why_not

        with _RunningAgent(self):
            return why_not(self, label, event)

    def why(self, what: str | int | Reason) -> list[Because]:
        """What led to a belief (its text), an intention (its number) or a step (its reason)."""
        from agents.bdi.why import why

        with _RunningAgent(self):
            return why(self, what)

    def intentions(self) -> list[dict[str, Any]]:
        """The intentions as plain values, for the mind page."""
        found = []
        for it in living(self):
            if it.suspended is not None:
                state = "suspended"
            elif it.waiting is not None:
                state = "waiting"
            else:
                state = "running"
            frames = []
            for frame in reversed(it.stack):
                plan, info = frame[PLAN_AT], self.step_info(frame)
                event = frame[EVENT_AT]
                frames.append(
                    {
                        "plan": plan.label,
                        "file": plan.file,
                        "line": info.line if info is not None else plan.line,
                        "trigger": event[0].text(event[1]) if event is not None else "",
                        "next": info.text(frame) if info is not None else "",
                        "bindings": plan.bindings(frame),
                    }
                )
            reason = term_text(it.waiting.reason) if it.waiting is not None else ""
            found.append({"id": it.id, "state": state, "reason": reason, "frames": frames})
        return found


class _RunningAgent:
    """Tells expressions whose clock, chance and beliefs they mean, while an agent runs."""

    def __init__(self, ag: Agent) -> None:
        self.ag = ag
        self.before: Any = None

    def __enter__(self) -> None:
        self.before = arithmetic.RUNNING.agent
        arithmetic.RUNNING.agent = self.ag

    def __exit__(self, *_: object) -> None:
        arithmetic.RUNNING.agent = self.before


__all__ = ["Agent"]

"""The agent: beliefs, plans and intentions, and the cycle that turns events into steps.

One cycle: a message, what is due, one event, one step. The host gives the clock, the chance and
the actions, hands in percepts and messages, and calls ``run`` until the agent is idle.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Hashable, Iterable
from random import Random
from typing import Any

from agents.bdi import arithmetic, mailbox
from agents.bdi.actions import ActionDefinition, Actions, Call, finish
from agents.bdi.beliefs import (
    SELF,
    SOURCE,
    SOURCE_PERCEPT,
    SOURCE_SELF,
    Belief,
    BeliefBase,
    Predicate,
    RuleRow,
    with_source,
)
from agents.bdi.bodies import ENDED, MOVED, SUSPENDED, StepInfo, link_body
from agents.bdi.desires import deadline, goal_term, living
from agents.bdi.failure import ActionFailed, StepFailure, fail
from agents.bdi.formulas import Frame, Rule, node_of, solve
from agents.bdi.intentions import Intention
from agents.bdi.mailbox import Message, PendingAsk
from agents.bdi.order import sorted_annotations
from agents.bdi.plans import (
    CAUSE,
    CUT,
    EVENT_AT,
    NEXT,
    PLAN_AT,
    Event,
    Plan,
    PlanLibrary,
    Trigger,
    note_used,
)
from agents.bdi.printing import term_text
from agents.bdi.program import Program
from agents.bdi.reloading import Changes, reload
from agents.bdi.syntax import parse_term
from agents.bdi.terms import (
    Atom,
    Functor,
    Struct,
    Term,
    Var,
    all_ground,
    deref,
    literal_parts,
    make,
    struct,
    to_python,
    to_term,
)
from agents.bdi.trace import Reason, reason_of
from agents.bdi.unification import Trail, copy_term, free_cells, resolve, undo
from agents.bdi.waiting import DueTasks, Wait

_DEADLINES = (Functor("deadline", 1), Functor("hard_deadline", 1))
_WATCHED = ("deadline", "hard_deadline")


def _unknown_receiver(receiver: str, message: Message) -> bool:
    return False


def _no_wake() -> None:
    return None


class Agent:
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
        compile_after: int = 3,
    ) -> None:
        self.name = name
        self.program = program
        self.now = now
        self.random = random
        self.actions = actions if actions is not None else Actions.standard()
        self.host = host
        self.printer = printer
        self.log = log
        self.trusts = tuple(trusts)
        self.explain = explain
        self.wake: Callable[[], None] = _no_wake
        self.outbox: Callable[[str, Message], bool] = _unknown_receiver
        self.spawn: Callable[[Coroutine[Any, Any, Any]], Any] = _create_task
        self.peers: Callable[[], Iterable[str]] = tuple  # names for `.broadcast`, `.all_names`
        self.beliefs_base = BeliefBase()
        self.library = PlanLibrary(program.plans, compile_after)
        self.events: deque[Event] = deque()
        self.meta_events: deque[Event] = deque()
        self.running: deque[Intention] = deque()
        self.inbox: deque[Message] = deque()
        self.completed: deque[Callable[[], None]] = deque()
        self.due = DueTasks()
        self.waits: list[Wait] = []
        self.asks: dict[str, PendingAsk] = {}
        self.late_asks: dict[str, None] = {}
        self.alive: dict[int, Intention] = {}
        self.atomic: Intention | None = None
        self.current: Intention | None = None
        self.current_step: Any = None
        self.cycle = 0
        self.idle = True
        self.has_listeners = False
        self._listeners: list[Callable[[Reason], None]] = []
        self._percepts: dict[Hashable, tuple[Belief, tuple[Term, ...]]] = {}
        self._made = 0
        self._messages = 0
        self._is_running = False
        self.extras: dict[str, Any] = {}  # what internal actions keep for this agent
        self._start(program)

    # -- start -----------------------------------------------------------------------------

    def _start(self, program: Program) -> None:
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

    # -- from outside ------------------------------------------------------------------------

    def _arrived(self) -> None:
        if self.idle and not self._is_running:
            self.idle = False
            self.wake()

    def percept(self, key: Hashable, literal: Any, cause: Any = None) -> None:
        """Replaces what is perceived under a key; None removes it."""
        old = self._percepts.get(key)
        if literal is None:
            if old is not None:
                del self._percepts[key]
                self._lose_percept(key, old, cause)
            return
        functor, args, ann = _literal(literal)
        ann = sorted_annotations((*ann, SOURCE_PERCEPT))
        if old is not None:
            row = old[0]
            if row.args == args and row.pred is not None and row.pred.functor is functor:
                self._percepts[key] = (row, ann)
                assert row.keys is not None
                self._refresh(row, old[1], ann)
                row.cause = cause
                return
            del self._percepts[key]
            self._lose_percept(key, old, cause)
        base = self.beliefs_base
        pred = base.predicate(functor)
        new = base.add(pred, args, ann, cause)
        found = base.find(pred, args)
        assert found is not None
        found.keys = [key] if found.keys is None else [*found.keys, key]
        self._percepts[key] = (found, ann)
        if new is None:
            found.cause = cause
        else:
            self.external_event("+", functor, args, new, cause)

    def _refresh(self, row: Belief, old: tuple[Term, ...], new: tuple[Term, ...]) -> None:
        if old == new:
            return
        if len(row.ann) == len(old):
            row.ann = new
        else:
            others = [a for a in row.ann if a not in old]
            row.ann = sorted_annotations([*others, *new])

    def _lose_percept(
        self, key: Hashable, old: tuple[Belief, tuple[Term, ...]], cause: Any
    ) -> None:
        row, ann = old
        assert row.keys is not None
        assert row.pred is not None
        row.keys.remove(key)
        if row.keys:
            kept: list[Term] = []
            for other in row.keys:
                kept.extend(self._percepts[other][1])
            row.ann = sorted_annotations([*[a for a in row.ann if a not in ann], *kept])
            return
        left = [a for a in row.ann if a not in ann]
        if any(a.__class__ is Struct and a.functor is SOURCE for a in left):
            row.ann = tuple(left)
            row.keys = None
        else:
            self.beliefs_base.discard(row)
        self.external_event("-", row.pred.functor, row.args, ann, cause)

    def signal(
        self,
        functor: str,
        args: Iterable[Any] = (),
        annotations: Iterable[Any] = (),
        cause: Any = None,
    ) -> None:
        """An external event ``+f(args)`` without a belief."""
        name, terms, ann = _literal((functor, tuple(args), tuple(annotations)))
        if not any(a.__class__ is Struct and a.functor is SOURCE for a in ann):
            ann = sorted_annotations((*ann, SOURCE_PERCEPT))
        self.external_event("+", name, terms, ann, cause)

    def receive(self, message: Message) -> None:
        """Takes a message into the mailbox; one is read in each cycle."""
        self.inbox.append(message)
        self._arrived()

    def add_belief(self, literal: Any, cause: Any = None) -> None:
        """Adds a belief, as a text or (functor, args, annotations), with its event."""
        parts = self._parts(literal)
        self.believe(None, parts[0], parts[1], with_source(parts[2]), cause)

    def achieve(self, goal: Any, cause: Any = None) -> None:
        """Posts a goal, as a text or (functor, args, annotations)."""
        parts = self._parts(goal)
        self.spawn_goal(parts[0], parts[1], with_source(parts[2]), cause)

    def _parts(self, literal: Any) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
        if isinstance(literal, str):
            parts = literal_parts(resolve(parse_term(literal)))
            if parts is None:
                raise ValueError(f"no literal: {literal!r}")
            return parts
        return _literal(literal)

    def query(self, formula: Any) -> list[dict[str, Any]]:
        """Every solution of a formula, as Python values by variable name."""
        term = parse_term(formula) if isinstance(formula, str) else make(*_literal(formula))
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

    def on_failure(self, callback: Callable[[Reason], None]) -> None:
        """Calls back when an intention ends by a failure that nobody recovers."""
        self._listeners.append(callback)

    # -- running -------------------------------------------------------------------------------

    def run(self, max_cycles: int = 10_000) -> float | None:
        """Runs until idle or until the cycles are used up; when to be called again, if ever."""
        if self._is_running:
            raise RuntimeError(f"agent '{self.name}' is running already: run() is not reentrant")
        self._is_running = True
        self.idle = False
        before = arithmetic.RUNNING.agent
        arithmetic.RUNNING.agent = self
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
        while max_cycles > 0:
            max_cycles -= 1
            self.cycle += 1
            if inbox:
                mailbox.process(self, inbox.popleft())
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
                    if handle(events.popleft()):
                        break
            if running:
                it = running.popleft()
                if not it.dead:
                    self._step(it)
            elif not events and not inbox and not self.meta_events and not self._anything_due():
                return self._fall_idle()
        return self.now()

    def _anything_due(self) -> bool:
        if self.completed or self.inbox:
            return True
        due = self.due.next_due()
        return due is not None and due <= self.now()

    def _fall_idle(self) -> float | None:
        self.idle = True
        return self.due.next_due()

    def _duties(self) -> None:
        if self.due:
            self.due.run(self.now())
        while self.completed:
            self.completed.popleft()()
        for wait in list(self.waits):
            if wait.question is not None and not wait.done and wait.holds():
                wait.go_on()

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
        if result is None or (result == ENDED and self._finish(it)):
            self.running.append(it)

    def _failed(self, it: Intention, error: Exception, info: Any) -> None:
        if it.dead:
            return
        fail(self, it, self.as_failure(error), info=info)

    def as_failure(self, error: BaseException) -> StepFailure:
        """Any exception as the failure of a step."""
        if isinstance(error, StepFailure):
            return error
        if isinstance(error, ActionFailed):
            return error.step_failure()
        if isinstance(error, arithmetic.ArithmeticFailure):
            return StepFailure("arithmetic", str(error))
        self.log("error", "".join(traceback.format_exception(error)))
        return StepFailure("internal_action", f"{type(error).__name__}: {error}")

    def failure(self, error: str, message: str) -> StepFailure:
        """A failure to raise."""
        return StepFailure(error, message)

    def context_raised(self, trigger: Trigger, error: Exception, plan: Plan | None = None) -> None:
        """A context raised: it counts as false."""
        where = (
            f"{plan.file}:{plan.line}: '{plan.label}'"
            if plan is not None
            else (f"a plan for {trigger.op}{trigger.functor}")
        )
        self.log("warning", f"the context of {where} raised {type(error).__name__}: {error}")

    def step_info(self, frame: Frame) -> StepInfo | None:
        """Text and place of the step that a frame is at."""
        return getattr(frame[NEXT], "info", None)

    def current_info(self) -> StepInfo | None:
        """Text and place of the running step."""
        return getattr(self.current_step, "info", None)

    def _finish(self, it: Intention) -> bool:
        """Takes away every frame without a next step; whether any frame is left."""
        stack = it.stack
        while stack:
            frame = stack[-1]
            if frame[NEXT] is not None:
                return True
            plan = frame[PLAN_AT]
            if plan.until is not None and not self._goal_reached(it, frame):
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

    def _goal_reached(self, it: Intention, frame: Frame) -> bool:
        """Whether the condition of a goal holds; if not the intention waits for it."""
        from agents.bdi.formulas import Question, first_solution

        until = frame[PLAN_AT].until
        trail: Trail = []
        if first_solution(self, until, frame, trail) is not False:
            return True
        undo(trail)
        wait = Wait(self, it, Atom("goal_condition"))
        wait.question = Question(until, frame, None)
        it.waiting = wait
        self.waits.append(wait)
        return False

    def _end(self, it: Intention) -> None:
        self.alive.pop(it.id, None)
        it.dead = True
        if self.atomic is it:
            self.atomic = None
        if it.reply is not None:
            it.reply(True)

    # -- events and goals ------------------------------------------------------------------------

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
        if plan.atomic:
            self.atomic = it
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
        elif any(p.select_relevant(event) for p in trigger.plans):
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

    def new_intention(self) -> Intention:
        """A new intention without frames."""
        self._made += 1
        it = self.alive[self._made] = Intention(self._made)
        return it

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
                    self.due.at(self.now() + seconds, lambda: deadline(self, it, event))

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

    def _tell_waits(self, trigger: Trigger, args: tuple[Term, ...], ann: tuple[Term, ...]) -> None:
        for wait in list(self.waits):
            if wait.pattern is not None and not wait.done and wait.sees(trigger, args, ann):
                self.waits.remove(wait)
                wait.pattern = None
                self.completed.append(wait.go_on)

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

    def note_failure(self, it: Intention, failure: StepFailure, info: Any) -> None:
        """Told of every failure while somebody listens (coverage, trace)."""

    def unhandled(self, it: Intention, failure: StepFailure, info: Any, goal: Any) -> None:
        """An intention ends by a failure that nobody recovers."""
        reason = reason_of(self, it, info, failure.error, failure.message, goal)
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

    # -- beliefs ---------------------------------------------------------------------------------

    def note_used(self, frame: Frame, used: Any) -> None:
        """Keeps what a test rested on."""
        note_used(frame, used)

    def believe(
        self,
        owner: Intention | None,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
        last: bool = False,
    ) -> int | None:
        """Adds a belief; MOVED when the owner has to wait for the plan of its event."""
        if not all_ground(args):
            fresh: dict[int, Var] = {}
            args = tuple([copy_term(a, fresh) for a in args])
        base = self.beliefs_base
        new = base.add(base.predicate(functor), args, ann, cause, last)
        if new is None:
            return None
        return self._changed(owner, "+", functor, args, new, cause)

    def believe_at(
        self,
        owner: Intention | None,
        pred: Predicate,
        trigger: Trigger,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """``believe`` for compiled steps, which know predicate and trigger."""
        row = pred.by_args.get(args)
        if row is None:
            if pred.odd or not all_ground(args):
                return self.believe(owner, pred.functor, args, ann, cause)
            pred.link(Belief(pred, args, ann, cause), False)
            new = ann
        else:
            if row.ann is ann:
                return None
            merged = self.beliefs_base.add(pred, args, ann, cause)
            if merged is None:
                return None
            new = merged
        if trigger.plans or self.waits:
            return self._changed(owner, "+", pred.functor, args, new, cause)
        return None

    def forget_at(
        self,
        owner: Intention | None,
        pred: Predicate,
        trigger: Trigger,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """``forget`` for compiled steps, which know predicate and trigger."""
        row = pred.by_args.get(args)
        if row is None:
            if not pred.odd and all_ground(args):
                return None
            return self.forget(owner, pred.functor, args, ann, cause)
        if row.ann is ann:
            pred.unlink(row)
        elif not self.beliefs_base.remove(row, ann):
            return None
        if trigger.plans or self.waits:
            return self._changed(owner, "-", pred.functor, args, ann, cause)
        return None

    def forget(
        self,
        owner: Intention | None,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """Removes the first belief that matches, for the sources named."""
        base = self.beliefs_base
        pred = base.predicates.get(functor)
        if pred is None:
            return None
        trail: Trail = []
        row = base.match(pred, args, ann, trail)
        if row is None or not base.remove(row, ann):
            undo(trail)
            return None
        return self._changed(owner, "-", functor, tuple([resolve(a) for a in args]), ann, cause)

    def replace_belief(
        self,
        owner: Intention | None,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """``-+b``: the first belief of that functor goes, the new one comes."""
        base = self.beliefs_base
        pred = base.predicate(functor)
        for row in pred:
            if row.rule is None:
                gone = row.args
                if gone == args and row.ann == ann:
                    break
                if base.remove(row, SELF):
                    self._changed(None, "-", functor, gone, SELF, cause)
                break
        return self.believe(owner, functor, args, ann, cause)

    def _changed(
        self,
        owner: Intention | None,
        op: str,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        trigger = self.library.trigger(op, functor)
        if self.waits:
            self._tell_waits(trigger, args, ann)
        if not trigger.plans:
            if owner is None and self.waits:
                self._arrived()
            return None
        self.events.append((trigger, args, ann, owner, None, cause))
        if owner is None:
            self._arrived()
            return None
        return MOVED

    # -- actions ---------------------------------------------------------------------------------

    def _definition(self, name: str, arity: int) -> ActionDefinition:
        found = self.actions.find(name, arity)
        if found is None:
            known = name in self.actions.by_name
            raise StepFailure(
                "wrong_arguments" if known else "action_failed", self.actions.complaint(name, arity)
            )
        return found

    def ask_action(self, name: str, args: tuple[Term, ...], trail: Trail) -> Any:
        """Calls an internal action in a formula: true, false, or an iterator of ways."""
        definition = self._definition(name, len(args))
        if definition.body_only:
            raise StepFailure("internal_action", f"{name} cannot stand in a context or formula")
        return definition.call(self, args, trail)

    def do_action(self, name: str, args: tuple[Term, ...], trail: Trail) -> Any:
        """Calls an internal action as a step: only its first solution counts."""
        result = self._definition(name, len(args)).call(self, args, trail)
        if result is None or result is True or result is False or result is SUSPENDED:
            return result
        return next(result, False)

    def do_body_action(self, functor: Functor, args: tuple[Term, ...], trail: Trail) -> Any:
        """Calls an action of the agent's body, given without a dot."""
        definition = self.actions.find(functor.name, len(args))
        if definition is None:
            raise StepFailure("action_failed", self.actions.complaint(functor.name, len(args)))
        result = definition.call(self, args, trail)
        if result is None or result is True or result is False or result is SUSPENDED:
            return result
        return next(result, False)

    def start_action(
        self,
        name: str,
        coroutine: Coroutine[Any, Any, Any],
        about: Call,
        outs: tuple[Term, ...],
        trail: Trail,
    ) -> Any:
        """Starts an asynchronous action; its intention waits, others run."""
        it = self.current
        if it is None:
            coroutine.close()
            raise StepFailure("internal_action", f"{name} can only be a step of a plan")
        wait = Wait(self, it, Atom(name))
        it.waiting = wait
        task = self.spawn(coroutine)
        wait.cancel = task.cancel

        def settle() -> None:
            if wait.done or it.dead:
                return
            try:
                result = task.result()
            except asyncio.CancelledError:
                wait.fail(StepFailure("action_failed", f"{name} was cancelled"))
                return
            except Exception as error:  # whatever an action raises fails its step only
                wait.fail(self.as_failure(error))
                return
            bound: Trail = []
            try:
                fits = finish(name, result, outs, bound)
            except StepFailure as error:
                wait.fail(error)
                return
            if fits:
                wait.go_on()
            else:
                undo(bound)
                wait.fail(StepFailure("ia_failed", f"the result of {name} does not fit"))

        def done(_: Any) -> None:
            if task.cancelled():
                if it.dead or wait.done:
                    return
            elif it.dead or wait.done:
                task.exception()  # seen, so that nobody warns about it
                return
            self.completed.append(settle)
            self._arrived()

        task.add_done_callback(done)
        return SUSPENDED

    # -- messages --------------------------------------------------------------------------------

    def new_message_id(self) -> str:
        """An id that is unique for this agent, and the same in every run."""
        self._messages += 1
        return f"{self.name}mid{self._messages}" if self.name.isalnum() else f"mid{self._messages}"

    def trusted(self, sender: str) -> bool:
        """Whether plans and the like are taken from this sender."""
        if sender == self.name or sender in self.trusts:
            return True
        pred = self.beliefs_base.predicates.get(Functor("trusts", 2))
        return any(
            row.rule is None and row.args[0] is Atom(sender) and SOURCE_SELF in row.ann
            for row in pred or ()
        )

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

    @property
    def plans(self) -> list[Plan]:
        """The plans of the library, in order."""
        return list(self.library.plans)


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


def _create_task(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.get_running_loop().create_task(coroutine)


def _literal(literal: Any) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
    """Functor, arguments and annotations of (name, args, annotations), or of a term."""
    if literal.__class__ is tuple:
        name = literal[0]
        args = tuple([to_term(a) for a in literal[1]]) if len(literal) > 1 else ()
        ann: tuple[Term, ...] = ()
        if len(literal) > 2 and literal[2]:
            ann = tuple([to_term(a) for a in literal[2]])
        name = name.name if name.__class__ is Atom else str(name)
        return Functor(name, len(args)), args, ann
    parts = literal_parts(to_term(literal))
    if parts is None:
        raise TypeError(f"a literal is (functor, args, annotations) or a structure: {literal!r}")
    return parts


__all__ = ["Agent", "link_body"]

"""What an agent is made of, and the small questions about it."""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Hashable, Iterable
from random import Random
from typing import TYPE_CHECKING, Any, cast

from agents.bdi import arithmetic
from agents.bdi.actions import Actions
from agents.bdi.beliefs import (
    SOURCE_SELF,
    Belief,
    BeliefBase,
)
from agents.bdi.bodies import StepInfo
from agents.bdi.failure import ActionFailed, StepFailure
from agents.bdi.intentions import Intention
from agents.bdi.mailbox import Message, PendingAsk
from agents.bdi.plans import (
    NEXT,
    Event,
    Plan,
    PlanLibrary,
    Trigger,
    note_used,
)
from agents.bdi.program import Program
from agents.bdi.templates import Frame
from agents.bdi.terms import (
    Atom,
    Functor,
    Term,
    literal_parts,
    to_term,
    written_name,
)
from agents.bdi.trace import Reason
from agents.bdi.waiting import DueTasks, Wait

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent


def _unknown_receiver(receiver: str, message: Message) -> bool:
    return False


def _no_wake() -> None:
    return None


def _create_task(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.get_running_loop().create_task(coroutine)


def literal_from(literal: Any) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
    """Functor, arguments and annotations of (name, args, annotations), or of a term."""
    if literal.__class__ is tuple:
        name = literal[0]
        args = tuple([to_term(a) for a in literal[1]]) if len(literal) > 1 else ()
        ann: tuple[Term, ...] = ()
        if len(literal) > 2 and literal[2]:
            ann = tuple([to_term(a) for a in literal[2]])
        name = name.name if name.__class__ is Atom else written_name(str(name))
        return Functor(name, len(args)), args, ann
    parts = literal_parts(to_term(literal))
    if parts is None:
        raise TypeError(f"a literal is (functor, args, annotations) or a structure: {literal!r}")
    return parts


class State:
    """Beliefs, plans, intentions, queues, and the ways in and out."""

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
        self.stop: Callable[[], None] = _no_wake  # what `.stopMAS` calls
        self.peers: Callable[[], Iterable[str]] = tuple  # names for `.broadcast`, `.all_names`
        self.beliefs_base = self.make_beliefs()
        self.library = self.make_library(program.plans, compile_after)
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
        self.rested_on: list[Any] = []  # rows behind what `.findall` and its like found just now
        self.has_listeners = False
        self._listeners: list[Callable[[Reason], None]] = []
        self._percepts: dict[Hashable, tuple[Belief, tuple[Term, ...]]] = {}
        self._queues: Any = None  # how the next event and intention are taken
        self._made = 0
        self._messages = 0
        self._message_prefix = f"{name}mid" if name.isalnum() else "mid"
        self._is_running = False
        self._asleep = False  # has been told so, where the program wants to know
        self.extras: dict[str, Any] = {}  # what internal actions keep for this agent

    def make_beliefs(self) -> BeliefBase:
        """The belief base that the agent starts with; a seam."""
        return BeliefBase()

    def make_library(self, plans: list[Plan], compile_after: int) -> PlanLibrary:
        """The plan library that the agent starts with."""
        return PlanLibrary(plans, compile_after)

    def _arrived(self) -> None:
        if self.idle and not self._is_running:
            self.idle = False
            self.wake()

    def new_intention(self) -> Intention:
        """A new intention without frames."""
        self._made += 1
        it = self.alive[self._made] = Intention(self._made)
        return it

    def step_info(self, frame: Frame) -> StepInfo | None:
        """Text and place of the step that a frame is at."""
        return getattr(frame[NEXT], "info", None)

    def current_info(self) -> StepInfo | None:
        """Text and place of the running step."""
        return getattr(self.current_step, "info", None)

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

    def note_failure(self, it: Intention, failure: StepFailure, info: Any) -> None:
        """Told of every failure while somebody listens (coverage, trace)."""

    def note_used(self, frame: Frame, used: Any) -> None:
        """Keeps what a test rested on."""
        note_used(frame, used)

    def _tell_waits(self, trigger: Trigger, args: tuple[Term, ...], ann: tuple[Term, ...]) -> None:
        for wait in list(self.waits):
            if wait.pattern is not None and not wait.done and wait.sees(trigger, args, ann):
                self.waits.remove(wait)
                wait.pattern = None
                self.completed.append(wait.go_on)

    def new_message_id(self) -> str:
        """An id that is unique for this agent, and the same in every run."""
        self._messages += 1
        return f"{self._message_prefix}{self._messages}"

    def trusted(self, sender: str) -> bool:
        """Whether plans and the like are taken from this sender."""
        if sender == self.name or sender in self.trusts:
            return True
        pred = self.beliefs_base.predicates.get(Functor("trusts", 2))
        return any(
            row.rule is None and row.args[0] is Atom(sender) and SOURCE_SELF in row.ann
            for row in pred or ()
        )

    @property
    def plans(self) -> list[Plan]:
        """The plans of the library, in order."""
        return list(self.library.plans)

    def on_failure(self, callback: Callable[[Reason], None]) -> None:
        """Calls back when an intention ends by a failure that nobody recovers."""
        self._listeners.append(callback)

    @property
    def _agent(self) -> Agent:
        return cast("Agent", self)

"""An agent's body: it perceives, runs its mind, acts and talks; the engine is its mind.

Its messages go by `connection`. The mind runs when something arrives (a percept, a message, a
result, a timer) and never polls.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from random import Random

import structlog

from agents import actions
from agents.address import Address
from agents.attention import attend
from agents.bdi import Agent as Mind
from agents.bdi import Atom, Call, Message, Program, Reason, Trace, TracedAgent, term_text
from agents.connection import Connection
from agents.messages import MAX_BODY, AgentMessage, cause_in, decode
from agents.mind import MindTwin
from agents.perception import Focus
from environment.client import TwinClient
from environment.model.change import Change

log = structlog.get_logger()

#: Steps of a mind before the others get their turn (engineering default).
BUDGET = 20_000

Cancel = Callable[[], None]


class Timer:
    """The part of the run's clock that a body needs."""

    def __init__(
        self,
        now: Callable[[], float],
        call_at: Callable[[float, Callable[[], None]], Cancel],
        schedule: Callable[[float, str, Callable[[], None]], Cancel],
        every: Callable[[float, Callable[[float], None]], Cancel],
        start: datetime,
    ) -> None:
        self.now, self.call_at, self.schedule, self.every = now, call_at, schedule, every
        self.start = start


def _text(content: object) -> str:
    return content if isinstance(content, str) else term_text(content)


class Body:
    """One agent: starts, perceives, runs its mind, acts, talks, stops."""

    def __init__(
        self,
        name: str,
        role: str,
        program: Program,
        client: TwinClient,
        timer: Timer,
        random: Random,
        *,
        address: Address | None = None,
        peers: Mapping[str, str] | None = None,
        trusts: tuple[str, ...] = (),
        mind_twin: str = "",
        trace: Trace | None = None,
    ) -> None:
        self.name, self.role = name, role
        self.client, self.timer = client, timer
        self.address = address or Address()
        self._peers = dict(peers or {})  # bare address -> name: who is listened to
        self._twin = MindTwin(client, mind_twin or f"mind_{name}")
        made = Mind if trace is None else partial(TracedAgent, trace=trace)
        self.mind = made(
            name,
            program,
            now=timer.now,
            random=random,
            actions=actions.registry(),
            host=self,
            printer=lambda text: self._twin.said("print", text),
            log=self._twin.said,
            trusts=trusts,
        )
        self.mind.wake = self._wake
        self.mind.outbox = self._post
        self.mind.peers = lambda: [other for other in self._peers.values() if other != name]
        self.mind.on_failure(self._failed)
        self.focus = Focus(self.mind, client, self._wake)
        self._connection = Connection(name, self.address, self._deliver)
        self._scheduled: asyncio.Handle | None = None
        self._due: Cancel | None = None
        self._reminders = 0
        self._ends: list[Cancel] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._running = False
        self.attention = attend(self.mind, program)
        self.started = timer.start

    # -- life ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Come to life; with a server, connect to it first."""
        await self._connection.start()
        self._running = True
        self._wake()

    async def stop(self) -> None:
        """End; what is running is dropped, the mind twin stays readable."""
        self._running = False
        self.focus.close()
        for end in self._ends:
            end()
        if self._due is not None:
            self._due()
        if self._scheduled is not None:
            self._scheduled.cancel()
        for task in tuple(self._sending):
            task.cancel()
        await self._connection.stop()

    # -- the mind --------------------------------------------------------------------------

    def _wake(self) -> None:
        if self._running and self._scheduled is None:
            self._scheduled = asyncio.get_running_loop().call_soon(self._run)

    def _run(self) -> None:
        self._scheduled = None
        if not self._running:
            return
        self.focus.flush()
        due = self.mind.run(BUDGET)
        if self._due is not None:
            self._due()
            self._due = None
        if due is None:
            return
        if due <= self.timer.now():
            self._wake()
        else:
            self._due = self.timer.call_at(due, self._wake)

    def _failed(self, reason: Reason) -> None:
        self._twin.failed(reason)

    # -- what actions need -----------------------------------------------------------------

    def decided(self, act: str, call: Call) -> Change:
        """Publish an act and its reason."""
        return self._twin.decided(act, call.reason)

    def believe(self, name: str, value: str) -> None:
        """Give the mind a fact about itself before it starts."""
        self.mind.add_belief((name, (Atom(value),)))

    def remind(self, at_s: float, name: str) -> None:
        """Signal `reminder(name)` at a scenario time."""
        self._reminders += 1
        job = f"{self.name}-reminder-{self._reminders}"

        def signal() -> None:
            self.mind.signal("reminder", (Atom(name),))
            self._wake()

        self._ends.append(self.timer.schedule(at_s, job, signal))

    def tick(self, period_s: float) -> None:
        """Perceive the time, `clock(T)`, at each period from now on."""

        def beat(at_s: float) -> None:
            self.mind.percept(("self", "clock"), ("clock", (at_s,), ()))
            self.mind.signal("observed", ([Atom("clock")],))
            self._wake()

        beat(self.timer.now())
        self._ends.append(self.timer.every(period_s, beat))

    # -- messages --------------------------------------------------------------------------

    def _post(self, receiver: str, message: Message) -> bool:
        """Send; False when nobody of that name is known, or it is too long."""
        jid = self.address.jid(receiver)
        text = AgentMessage(
            sender=self.name,
            performative=message.performative,
            content=_text(message.content),
            id=str(message.id or ""),
            in_reply_to=str(message.in_reply_to or ""),
        )
        if len(text.content) > MAX_BODY or not self._connection.reaches(jid, self._peers):
            return False
        sent = self._twin.sent(receiver, text.performative, text.content)
        task = asyncio.get_running_loop().create_task(self._send(jid, text, sent))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return True

    async def _send(self, jid: str, text: AgentMessage, sent: Change) -> None:
        """Send with the number of the change that records it, which another process may hold."""
        cause = str(await self.client.seq_of(sent))
        await self._connection.send(jid, text.content, {**text.metadata(), "cause": cause})

    def _deliver(self, sender: str, body: str, metadata: dict[str, str]) -> None:
        name = self._peers.get(sender)
        if not self._running:
            return
        if name is None:
            log.warning("message_refused", agent=self.name, why="sender is not known")
            return
        if len(body) > MAX_BODY:
            log.warning("message_refused", agent=self.name, why="too long", sender=name)
            answer = Message(self.name, "not-understood", Atom("too_long"))
            self._post(name, answer)
            return
        got = decode(name, body, metadata)
        cause = cause_in(metadata)
        change = self._twin.received(name, got.performative, got.content, cause)
        self.mind.receive(
            Message(
                sender=name,
                performative=got.performative,
                content=got.content,
                id=got.id,
                in_reply_to=got.in_reply_to,
                cause=change.seq,
            )
        )
        self._wake()

"""An agent's body: SPADE carries its messages and its life, the engine is its mind.

The only file that imports spade. An agent without a connection talks to the agents of its process
through SPADE's container; a connected one is on an XMPP server too, so that others can join. The
mind runs when something arrives (a percept, a message, a result, a timer) and never polls.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Literal

import structlog
from loguru import logger as loguru_logger
from spade.agent import Agent as SpadeAgent
from spade.agent import AuthenticationFailure, DisconnectedException
from spade.behaviour import CyclicBehaviour
from spade.container import Container
from spade.message import Message as SpadeMessage

from agents import actions
from agents.attention import attend
from agents.bdi import Agent as Mind
from agents.bdi import Atom, Call, Message, Program, Reason, term_text
from agents.errors import NoServerError
from agents.messages import MAX_BODY, AgentMessage, decode
from agents.mind import MindTwin
from agents.perception import Focus
from environment.client import TwinClient
from environment.model.change import Change

loguru_logger.remove()  # the XMPP server writes to standard error at debug level
logging.getLogger("spade").setLevel(logging.ERROR)

log = structlog.get_logger()

#: Seconds in which a connection to an XMPP server must be made (engineering default).
CONNECT_WITHIN_S = 10.0
#: Steps of a mind before the others get their turn (engineering default).
BUDGET = 20_000

#: What is read beside a message's body.
METADATA = (
    "performative",
    "ilf",
    "language",
    "ontology",
    "message_id",
    "in_reply_to",
    "cause",
)

Cancel = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where agents live: the XMPP domain, and a server if there is one.

    `ca_file` names the authority that must have signed the server's certificate; without one the
    certificate is not checked, which is right for the embedded server on loopback alone.
    """

    domain: str = "traumatwin.local"
    port: int = 0  # 0: no server, messages go through the container
    password: str = ""
    ca_file: str = ""
    registers: bool = False  # accounts are made when agents start (the embedded server)

    def jid(self, name: str) -> str:
        """The bare address of an agent."""
        return f"{name}@{self.domain}"


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


class _Local(SpadeAgent):  # type: ignore[misc]  # spade has no types
    """A SPADE agent without a connection."""

    async def _async_start(self, auto_register: bool = True) -> None:
        await self.setup()
        self._alive.set()
        for behaviour in self.behaviours:
            if not behaviour.is_running:
                behaviour.set_agent(self)
                behaviour.start()

    async def _async_stop(self) -> None:
        for behaviour in self.behaviours:
            behaviour.kill()
        self._alive.clear()
        self.container.unregister(self.jid)


class _Connected(SpadeAgent):  # type: ignore[misc]  # spade has no types
    """A SPADE agent on an XMPP server."""

    ca_file = ""

    async def _async_connect(self) -> None:
        if self.ca_file:
            self.client.ca_certs = self.ca_file
        await super()._async_connect()


class _Mailbox(CyclicBehaviour):  # type: ignore[misc]  # spade has no types
    """Takes every message, decodes it at once, and gives it to the body."""

    __slots__ = ("_deliver",)

    def __init__(self, deliver: Callable[[str, str, dict[str, str]], None]) -> None:
        super().__init__()
        self._deliver = deliver

    async def run(self) -> None:
        got: SpadeMessage = await self.queue.get()
        self._deliver(str(got.sender.bare), got.body or "", _metadata_of(got))


def _text(content: object) -> str:
    return content if isinstance(content, str) else term_text(content)


def _metadata_of(message: SpadeMessage) -> dict[str, str]:
    return {key: value for key in METADATA if (value := message.get_metadata(key)) is not None}


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
    ) -> None:
        self.name, self.role = name, role
        self.client, self.timer = client, timer
        self.address = address or Address()
        self._peers = dict(peers or {})  # bare address -> name: who is listened to
        self._twin = MindTwin(client, mind_twin or f"mind_{name}")
        self.mind = Mind(
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
        self._agent: SpadeAgent | None = None
        self._mailbox: _Mailbox | None = None
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
        jid = self.address.jid(self.name)
        address = self.address
        if address.port:
            self._agent = _Connected(
                jid, address.password, port=address.port, verify_security=bool(address.ca_file)
            )
            self._agent.ca_file = address.ca_file
        else:
            self._agent = _Local(jid, "")
        self._mailbox = _Mailbox(self._deliver)
        self._agent.add_behaviour(self._mailbox)
        try:
            await asyncio.wait_for(
                self._agent.start(auto_register=address.registers), CONNECT_WITHIN_S
            )
        except (TimeoutError, AuthenticationFailure, DisconnectedException) as error:
            why = {
                TimeoutError: f"no answer within {CONNECT_WITHIN_S:g} s",
                AuthenticationFailure: "it knows no such account, or another password",
            }.get(type(error), "it hung up; is its certificate signed by the given authority?")
            raise NoServerError(
                f"Agent '{jid}' could not connect to the XMPP server at "
                f"{address.domain}:{address.port}: {why}."
            ) from error
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
        if self._mailbox is not None:
            self._mailbox.kill()
            self._mailbox.queue.put_nowait(SpadeMessage(sender=self.address.jid(self.name)))
        if self._agent is not None:
            await self._agent.stop()
            Container().unregister(self.address.jid(self.name))

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
        """Send; False when nobody of that name is known."""
        jid = self.address.jid(receiver)
        if self._agent is None or self._mailbox is None:
            return False
        if not Container().has_agent(jid) and not (self.address.port and jid in self._peers):
            return False
        text = AgentMessage(
            sender=self.name,
            performative=message.performative,
            content=_text(message.content),
            id=str(message.id or ""),
            in_reply_to=str(message.in_reply_to or ""),
        )
        sent = self._twin.sent(receiver, text.performative, text.content)
        carrier = SpadeMessage(to=jid, body=text.content, metadata=text.metadata())
        task = asyncio.get_running_loop().create_task(self._send(self._mailbox, carrier, sent))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return True

    async def _send(self, mailbox: "_Mailbox", carrier: SpadeMessage, sent: Change) -> None:
        """Send with the number of the change that records it, which another process may hold."""
        carrier.set_metadata("cause", str(await self.client.seq_of(sent)))
        await mailbox.send(carrier)

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
        cause = int(metadata["cause"]) if metadata.get("cause", "").isdigit() else None
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


Transport = Literal["container", "xmpp"]

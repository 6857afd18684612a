"""How an agent is reached: through SPADE's container, or over an XMPP server.

The only file that imports spade. An agent without a connection talks to the agents of its process
through the container. A connected one sends everything through its server, which vouches for the
sender: encrypted, the certificate verified, no account made on the way, and back by itself when
the server was away.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog
from loguru import logger as loguru_logger
from spade.agent import Agent as SpadeAgent
from spade.agent import AuthenticationFailure, DisconnectedException
from spade.behaviour import CyclicBehaviour
from spade.container import Container as InProcess
from spade.message import Message as SpadeMessage

from agents.address import Address
from agents.errors import NoServerError

loguru_logger.remove()  # the XMPP server writes to standard error at debug level
logging.getLogger("spade").setLevel(logging.ERROR)
logging.getLogger("slixmpp").setLevel(logging.CRITICAL)  # what matters of it is said below

log = structlog.get_logger()

#: Seconds in which a connection to an XMPP server must be made (engineering default).
CONNECT_WITHIN_S = 10.0
#: Seconds after which a lost connection is tried again (engineering default).
RETURNS_AFTER_S = 1.0
#: Seconds in which a connection must have ended (engineering default).
LEAVES_WITHIN_S = 2.0
#: Longest stanza that is sent (bytes); a server's own limit must not lie below it, since a server
#: hangs up on whoever exceeds it.
MAX_STANZA = 262_144

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

#: (bare address of the sender, body, metadata)
Deliver = Callable[[str, str, dict[str, str]], None]


class Local(SpadeAgent):  # type: ignore[misc]  # spade has no types
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

    def __init__(self, name: str, address: Address) -> None:
        super().__init__(
            address.jid(name),
            address.password(name),
            port=address.port,
            verify_security=not address.is_embedded,
        )
        self.address = address
        self.distrusts: ssl.SSLError | None = None
        self.is_leaving = False
        self.is_up = False
        self._returning: asyncio.TimerHandle | None = None

    async def _async_connect(self) -> None:
        client, address = self.client, self.address
        if address.ca_file:
            client.ca_certs = Path(address.ca_file)
        client.add_event_handler("ssl_invalid_chain", self._distrust)
        connect = client.connect
        if address.host:  # the server is not where the domain's name points to
            client.connect = lambda host, port: connect(host=address.host, port=port)
        client.add_event_handler("session_start", self._came)
        await super()._async_connect()
        client.add_event_handler("disconnected", self._lost)

    @property
    def is_encrypted(self) -> bool:
        """Whether the server has begun encryption."""
        return self.client is not None and "starttls" in self.client.features

    def _distrust(self, error: ssl.SSLError) -> None:
        self.distrusts = error
        self.client.disconnect()

    def _came(self, _: object) -> None:
        self.is_up = True

    def _lost(self, _: object) -> None:
        self.is_up = False
        if self.is_leaving:
            return
        log.warning("connection_lost", agent=str(self.jid), server=self.address.where)
        client, address = self.client, self.address
        host = address.host or address.domain
        self._returning = asyncio.get_running_loop().call_later(
            RETURNS_AFTER_S, client.connect, host, address.port
        )

    async def hang_up(self) -> None:
        """End the connection, or what a failed start has left of one, and wait until it is gone."""
        self.is_leaving = True
        for behaviour in self.behaviours:
            behaviour.kill()
        if self._returning is not None:
            self._returning.cancel()
        client = self.client
        if client is None:
            return
        client.cancel_connection_attempt()
        if client.transport is not None:
            gone = client.disconnected
            client.abort()
            await asyncio.wait([gone], timeout=LEAVES_WITHIN_S)


class _Mailbox(CyclicBehaviour):  # type: ignore[misc]  # spade has no types
    """Takes every message, decodes it at once, and gives it to the body."""

    __slots__ = ("_deliver",)

    def __init__(self, deliver: Deliver) -> None:
        super().__init__()
        self._deliver = deliver

    async def run(self) -> None:
        got: SpadeMessage = await self.queue.get()
        self._deliver(str(got.sender.bare), got.body or "", _metadata_of(got))


def _metadata_of(message: SpadeMessage) -> dict[str, str]:
    return {key: value for key in METADATA if (value := message.get_metadata(key)) is not None}


class Connection:
    """One agent's way to the others; `deliver` is given what comes."""

    def __init__(self, name: str, address: Address, deliver: Deliver) -> None:
        self.jid, self.address, self._deliver = address.jid(name), address, deliver
        self._name = name
        self._agent: SpadeAgent | None = None
        self._mailbox: _Mailbox | None = None

    async def start(self) -> None:
        """Be reachable; with a server, connect to it first. `NoServerError` when it fails."""
        address = self.address
        with _same_loops():
            InProcess()
        agent = _Connected(self._name, address) if address.port else Local(self.jid, "")
        self._mailbox = _Mailbox(self._deliver)
        agent.add_behaviour(self._mailbox)
        try:
            await asyncio.wait_for(agent.start(auto_register=address.is_embedded), CONNECT_WITHIN_S)
        except (TimeoutError, AuthenticationFailure, DisconnectedException) as error:
            await agent.hang_up()
            InProcess().unregister(self.jid)
            raise NoServerError(
                f"Agent '{self.jid}' could not connect to the XMPP server at {address.where}: "
                f"{_why(agent, error)}"
            ) from error
        self._agent = agent

    async def stop(self) -> None:
        """Leave."""
        if self._agent is None or self._mailbox is None:
            return
        agent, self._agent = self._agent, None
        agent.is_leaving = True
        self._mailbox.kill()
        self._mailbox.queue.put_nowait(SpadeMessage(sender=self.jid))
        await agent.stop()
        if self.address.port:
            await agent.hang_up()
        InProcess().unregister(self.jid)

    @property
    def is_up(self) -> bool:
        """Whether messages can be sent now; a lost server comes back by itself."""
        if self._agent is None:
            return False
        return not self.address.port or bool(self._agent.is_up)

    def reaches(self, jid: str, peers: Container[str]) -> bool:
        """Whether a message to a bare address can be sent: a peer on the server, or one here."""
        if self._agent is None:
            return False
        return jid in peers if self.address.port else bool(InProcess().has_agent(jid))

    async def send(self, jid: str, body: str, metadata: Mapping[str, str]) -> None:
        """Send; a message too long for a server is dropped, and the log says so."""
        if self._agent is None or self._mailbox is None:
            return
        carrier = SpadeMessage(to=jid, body=body, metadata=dict(metadata))
        if not self.address.port:
            await self._mailbox.send(carrier)
            return
        carrier.sender = self.jid
        stanza = carrier.prepare(self._agent.client)
        size = len(str(stanza).encode())
        if size > MAX_STANZA:
            log.warning("message_not_sent", agent=self.jid, to=jid, why="too long", bytes=size)
            return
        stanza.send()


def _why(agent: _Connected, error: BaseException) -> str:
    """What kept an agent out, and the way in."""
    address: Address = agent.address
    if agent.distrusts is not None:
        reason = getattr(agent.distrusts, "verify_message", "") or agent.distrusts.reason
        trusted = address.ca_file or "the system's authorities"
        return (
            f"its certificate is not trusted ({reason}). It is checked against {trusted} and must "
            f"name the domain '{address.domain}'; give the right authority with --ca."
        )
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_WITHIN_S:g} s. Does it run, and listen there?"
    if not address.is_embedded and not agent.is_encrypted:
        return "it offers no encryption, and no password is sent in the clear."
    if isinstance(error, AuthenticationFailure):
        return "it knows no such account, or another password."
    return "it hung up."


def begin() -> None:
    """Bind SPADE's container, which outlives an event loop, to the running one."""
    with _same_loops():
        InProcess().reset()


@contextmanager
def _same_loops() -> Iterator[None]:
    """SPADE's container makes uvloop the loop of everybody; the process keeps its own."""
    policy = asyncio.get_event_loop_policy()
    try:
        yield
    finally:
        asyncio.set_event_loop_policy(policy)

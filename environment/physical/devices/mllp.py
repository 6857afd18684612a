"""MLLP, the envelope of HL7 v2 on TCP: a door for monitors, and a sender that loses nothing."""

from __future__ import annotations

import asyncio
from asyncio import IncompleteReadError
from collections import Counter, deque
from collections.abc import Mapping
from typing import Protocol

import structlog
from hl7 import mllp

from environment.errors import InvocationFailedError
from environment.physical.adapter import Clock
from environment.physical.devices.hl7v2 import read_acknowledgement, sender_of
from environment.physical.devices.monitor import LARGEST_BYTES, RealMonitor

log = structlog.get_logger()

#: More devices than this at one door are a mistake (engineering default).
MOST_CONNECTIONS = 64
#: A device that is refused the line tries again after this time (engineering default).
TRIES_AGAIN_S = 1.0
#: What does not answer within this time has lost the message (engineering default).
ANSWERS_WITHIN_S = 10.0


class _Reader(Protocol):
    async def readblock(self) -> bytes:
        """One message without its envelope."""


class _Writer(Protocol):
    def writeblock(self, data: bytes) -> None:
        """Send one message in its envelope."""

    async def drain(self) -> None:
        """Wait until there is room."""

    def close(self) -> None:
        """End the line."""

    async def wait_closed(self) -> None:
        """Wait until it has ended."""


class Door:
    """A TCP port at which monitors deliver; `monitors` by the sender's name in MSH-3.

    A door with one monitor takes every sender. Whoever delivers is acknowledged after the message
    has been recorded, so what was acknowledged cannot be lost.
    """

    def __init__(self, monitors: Mapping[str, RealMonitor]) -> None:
        self._monitors = dict(monitors)
        self._tasks: set[asyncio.Task[None]] = set()
        self._lines: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Begin to listen; returns the port."""
        try:
            server: asyncio.Server = await mllp.start_hl7_server(
                self._welcome, host=host, port=port, limit=LARGEST_BYTES
            )
        except OSError as wrong:
            raise InvocationFailedError(
                f"Port {port} of {host} cannot be listened at for HL7 v2: {wrong.strerror}. "
                "Choose another one with --hl7-port or in the scenario.",
                "cannot_listen",
            ) from wrong
        self._server = server
        self.port = int(server.sockets[0].getsockname()[1])
        return self.port

    async def close(self) -> None:
        """End all lines."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def _welcome(self, reader: _Reader, writer: _Writer) -> None:
        if len(self._tasks) >= MOST_CONNECTIONS:
            log.warning("device_turned_away", connections=len(self._tasks))
            writer.close()
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: _Reader, writer: _Writer) -> None:
        here: set[str] = set()
        try:
            goes_on = True
            while goes_on:
                answer, goes_on = await self._one(reader, here)
                if answer:
                    writer.writeblock(answer.encode())
                    await writer.drain()
        except (ConnectionError, TimeoutError) as wrong:
            log.info("device_line_lost", why=str(wrong))
        finally:
            for name in here:
                self._lines[name] -= 1
                monitor = self._monitors[name]
                if not self._lines[name] and monitor.intake.is_open:
                    monitor.connection(False)
            writer.close()

    async def _one(self, reader: _Reader, here: set[str]) -> tuple[str, bool]:
        """Take one message; returns the answer, and whether the line goes on."""
        try:
            block = await reader.readblock()
        except IncompleteReadError as wrong:
            if wrong.partial.strip():  # the line broke inside a message: its sender knows
                log.info("device_message_cut", bytes=len(wrong.partial))
            return "", False
        except mllp.InvalidBlockError:
            first = next(iter(self._monitors.values()))
            return first.refuse("malformed", "an envelope without its beginning"), True
        except ValueError as wrong:  # beyond the limit; the library has thrown it away
            # If its end has not come yet, what follows cannot be told from another message.
            first = next(iter(self._monitors.values()))
            answer = first.refuse("oversized", f"more than {LARGEST_BYTES} bytes")
            return answer, "not found" not in str(wrong)
        name = self._named(sender_of(block))
        if not name:
            first = next(iter(self._monitors.values()))
            known = ", ".join(sorted(self._monitors))
            why = f"no monitor is called {sender_of(block) or 'nothing'} in MSH-3; known: {known}"
            return first.refuse("unknown_sender", why, block), True
        if name not in here:
            here.add(name)
            self._lines[name] += 1
            if self._lines[name] == 1:
                self._monitors[name].connection(True)
        return self._monitors[name].receive(block), True

    def _named(self, sender: str) -> str:
        if len(self._monitors) == 1:
            return next(iter(self._monitors))
        return sender if sender in self._monitors else ""


class Sender:
    """A device's side: messages go out in order, one at a time, each until it is acknowledged.

    What could not be delivered is kept and goes first when the line is back.
    """

    def __init__(self, host: str, port: int, clock: Clock) -> None:
        self._host, self._port, self._clock = host, port, clock
        self._waiting: deque[str] = deque()
        self._more = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.answers: Counter[str] = Counter()
        self.connections = 0

    def put(self, message: str) -> None:
        """Send a message as soon as there is a line."""
        self._waiting.append(message)
        self._idle.clear()
        self._more.set()

    @property
    def waiting(self) -> int:
        """Messages that have not been acknowledged."""
        return len(self._waiting)

    async def delivered(self) -> None:
        """Wait until everything has been acknowledged."""
        await self._idle.wait()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                reader, writer = await mllp.open_hl7_connection(
                    self._host, self._port, limit=LARGEST_BYTES
                )
            except OSError:
                await self._clock.sleep(TRIES_AGAIN_S)
                continue
            self.connections += 1
            try:
                await self._deliver(reader, writer)
            except (OSError, IncompleteReadError, TimeoutError) as wrong:
                log.info("device_reconnects", why=str(wrong), waiting=len(self._waiting))
                await self._clock.sleep(TRIES_AGAIN_S)
            finally:
                writer.close()

    async def _deliver(self, reader: _Reader, writer: _Writer) -> None:
        while True:
            while self._waiting:
                writer.writeblock(self._waiting[0].encode())
                await writer.drain()
                async with asyncio.timeout(ANSWERS_WITHIN_S):
                    code, _ = read_acknowledgement(await reader.readblock())
                self._waiting.popleft()
                self.answers[code or "none"] += 1
            self._idle.set()
            self._more.clear()
            await self._more.wait()

"""A TCP port at which a GPS receiver delivers NMEA 0183, one sentence a line."""

from __future__ import annotations

import asyncio

from environment.errors import InvocationFailedError
from environment.physical.devices.locator import VehicleLocator

#: A sentence has at most 82 characters; whatever goes on for longer than this is none.
LONGEST = 1024


class NmeaDoor:
    """Listens for one receiver's sentences."""

    def __init__(self, vehicle: VehicleLocator) -> None:
        self._vehicle = vehicle
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Begin to listen; returns the port."""
        try:
            self._server = await asyncio.start_server(self._welcome, host, port, limit=LONGEST)
        except OSError as wrong:
            raise InvocationFailedError(
                f"Port {port} of {host} cannot be listened at for NMEA 0183: {wrong.strerror}. "
                "Choose another one in the scenario.",
                "cannot_listen",
            ) from wrong
        self.port = int(self._server.sockets[0].getsockname()[1])
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

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._vehicle.connection(True)
        try:
            while True:
                try:
                    line = await reader.readline()
                except ValueError:  # endless: not a sentence; what was read is thrown away
                    self._vehicle.hear("nmea", b"")
                    continue
                if not line:
                    return
                if line.strip():
                    self._vehicle.hear("nmea", line)
        except ConnectionError:
            return
        finally:
            self._vehicle.connection(False)
            writer.close()

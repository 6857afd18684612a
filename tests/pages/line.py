"""A line between a tablet and the server that can fall silent, as where a wireless network ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Line:
    """Passes bytes on to a server; while it is silent, they wait, and nobody is told."""

    def __init__(self, to_port: int) -> None:
        self._to = to_port
        self._passes = asyncio.Event()
        self._passes.set()
        self._work: set[asyncio.Task[None]] = set()
        self.port = 0

    def silence(self) -> None:
        """Pass nothing on any more."""
        self._passes.clear()

    def mend(self) -> None:
        """Pass everything on again."""
        self._passes.set()

    def through(self, link: str) -> str:
        """The same address through this line."""
        return urlunsplit(urlsplit(link)._replace(netloc=f"127.0.0.1:{self.port}"))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.close()
            return
        for source, sink in ((reader, to), (there, writer)):
            task = asyncio.ensure_future(self._pump(source, sink))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                while data := await reader.read(65536):
                    await self._passes.wait()
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _end(self) -> None:
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    """A line to the server at this address."""
    line = Line(urlsplit(url).port or 80)
    server = await asyncio.start_server(line._accept, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line._end()

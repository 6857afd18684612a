"""Connections before anybody has said who he is: how many there may be, and for how long silent.

A slow or hostile client must harm nobody: one that sends its request by the byte, or nothing at
all, is hung up on (`Limits.silent_s`), and makes room first when too many have come.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import cast
from weakref import WeakSet

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


@dataclass(slots=True)
class Door:
    """Makes the protocol of each connection: aiohttp's own, or one that hangs up at once."""

    server: web.Server
    most: int
    #: Connections over which a whole request has come.
    heard: "WeakSet[asyncio.BaseTransport]"

    def __call__(self) -> asyncio.Protocol:
        """The protocol of a connection that has just come."""
        there = self.server.connections
        if len(there) >= self.most:
            silent = next((h for h in there if h.transport not in self.heard), None)
            if silent is None:
                return _Full()
            silent.force_close()
        return self.server()


class _Full(asyncio.Protocol):
    """Nobody is let in any more: everybody who is there has something to say."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).abort()


def reading_log() -> logging.Logger:
    """What aiohttp says of a request that cannot be read, without that request.

    Its traceback shows the line at fault, in which a token or a ticket can stand; and anybody could
    fill the log with it. That a peer has gone before its answer is nothing to log at all.
    """
    logger = logging.getLogger("environment.web.reading")

    def plain(record: logging.LogRecord) -> bool:
        wrong = record.exc_info[0] if record.exc_info else None
        if wrong is not None and issubclass(wrong, ConnectionResetError):
            return False
        if wrong is None or not issubclass(wrong, HttpProcessingError):
            return True
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.INFO, "INFO"
        return logger.isEnabledFor(logging.INFO)

    if not logger.filters:
        logger.addFilter(plain)
    return logger

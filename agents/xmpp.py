"""An XMPP server for a live run: embedded, on loopback only, on free ports.

The only file that imports pyjabber. It is for sessions on one machine and for tests: it delivers
forged senders, so no plan text is taken over it. Between machines, Prosody or ejabberd.
"""

import asyncio
import secrets
import socket
import warnings
from dataclasses import dataclass
from typing import Any

import pyjabber.server
from pyjabber.queues.QueueManager import QueueManager
from pyjabber.server_parameters import Parameters
from pyjabber.utils import Singleton

from agents.address import Address
from agents.connection import begin
from agents.errors import NoServerError

#: Seconds in which the server must be ready (engineering default).
READY_WITHIN_S = 10.0
#: Seconds in which it must have ended.
ENDS_WITHIN_S = 5.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _loopback_only() -> None:
    """The server looks up the machine's address on the network; it must not listen there."""


@dataclass(slots=True)
class EmbeddedServer:
    """A running server; `address` is where agents connect."""

    address: Address
    task: "asyncio.Task[Any]"  # what the server's own coroutine returns is its affair

    async def stop(self) -> None:
        """End it and free its globals, so that another run of this process can start one."""
        self.task.cancel()
        await asyncio.wait([self.task], timeout=ENDS_WITHIN_S)
        QueueManager._queues.clear()
        Singleton._instances.clear()
        begin()


async def serve() -> EmbeddedServer:
    """Start the embedded server; `NoServerError` when it is not ready in time."""
    # Two warnings of the server's own shutdown, which nobody here can mend.
    warnings.filterwarnings("ignore", message=".*update_memory_from_database.*")
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="pyjabber")
    pyjabber.server.setup_query_local_ip = _loopback_only
    begin()
    port = _free_port()
    server = pyjabber.server.Server(
        Parameters(
            host="localhost", client_port=port, server_port=_free_port(), database_in_memory=True
        )
    )
    server._http_server = None  # its admin page, on a fixed port
    task = asyncio.get_running_loop().create_task(server.start())
    ready = asyncio.get_running_loop().create_task(server.ready.wait())
    done, _ = await asyncio.wait(
        [task, ready], timeout=READY_WITHIN_S, return_when=asyncio.FIRST_COMPLETED
    )
    if ready not in done:
        ready.cancel()
        task.cancel()
        raise NoServerError(
            f"The embedded XMPP server on 127.0.0.1:{port} was not ready within "
            f"{READY_WITHIN_S:g} s. Try again, or run with --transport container."
        )
    password = secrets.token_urlsafe(16)  # live runs only; nothing of it is recorded
    address = Address(domain="localhost", port=port, shared_password=password, is_embedded=True)
    return EmbeddedServer(address, task)

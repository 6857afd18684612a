"""What all tests share: virtual time unless asked otherwise, and no network beyond loopback."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from environment.runtime.clock import VirtualLoop
from tests.databases import database, postgresql

__all__ = ["database", "postgresql"]  # fixtures


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Virtual time everywhere; `wall_time` marks the tests that need a real clock."""
    if item.get_closest_marker("wall_time"):
        return {"wall": asyncio.SelectorEventLoop}
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to any other machine fails at once, and says which."""
    connect = socket.socket.connect

    # `Any`: an address is a tuple or a path, by family.
    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wanted to talk to {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)

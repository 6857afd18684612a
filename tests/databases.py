"""A PostgreSQL server of the tests' own: made once a session, on loopback, ended with it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import pytest

from tests.services import free_port, program

#: Seconds in which the server must take connections.
STARTS_WITHIN_S = 20.0


def _as_user(folder: Path) -> list[str]:
    """What goes before a command: initdb refuses root."""
    if os.geteuid() != 0:
        return []
    setpriv = program("setpriv", package="util-linux")
    subprocess.run(["chown", "postgres", folder], check=True)
    return [str(setpriv), "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of an empty database.

    It lies beside pytest's own folders, which every session of pytest shuts to other users.
    """
    with TemporaryDirectory(prefix="traumatwin-postgresql-") as folder:
        yield from _served(Path(folder))


def _served(folder: Path) -> Iterator[str]:
    initdb = program("initdb", package="postgresql")
    postgres = program("postgres", package="postgresql")
    program("psql", package="postgresql-client")
    data, port = folder / "data", free_port()
    user = _as_user(folder)
    made = [*user, str(initdb), "-D", str(data), "-A", "trust", "-U", "test", "--no-sync"]
    subprocess.run([*made, "-E", "UTF8", "--locale=C"], check=True, capture_output=True, cwd="/")
    options = ["-p", str(port), "-h", "127.0.0.1", "-c", "unix_socket_directories=", "-c"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*user, str(postgres), "-D", str(data), *options, "fsync=off"],
            stdout=log,
            stderr=log,
            cwd="/",
        )
    try:
        ready = ["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        for _ in range(200):
            if server.poll() is not None:
                pytest.fail(f"PostgreSQL did not start: {(folder / 'log').read_text()[-500:]}")
            if subprocess.run(ready, check=False).returncode == 0:
                break
            try:
                server.wait(STARTS_WITHIN_S / 200)
            except subprocess.TimeoutExpired:
                continue
        yield f"postgresql://test@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        server.wait(STARTS_WITHIN_S)


@pytest.fixture
def database(postgresql: str) -> str:
    """A place for a run of one test in the session's database."""
    return f"{postgresql}?run={token_hex(4)}"

"""Real programs that tests start for themselves: where they are, and what if they are not.

A missing one is a visible skip, but a failure where `TRAUMATWIN_SERVICES=required` is set.
"""

import os
import shutil
import socket
from pathlib import Path

import pytest

#: Where Debian keeps programs that are not on everybody's path.
ELSEWHERE = ("/usr/sbin", "/usr/lib/postgresql/15/bin")


def program(name: str, *, package: str) -> Path:
    """Where a program is; skips the test if its Debian package is not installed."""
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(ELSEWHERE))
    if found is None:
        missing = f"needs `{name}`: apt-get install {package}"
        if os.environ.get("TRAUMATWIN_SERVICES") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    return Path(found)


def free_port() -> int:
    """A loopback port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

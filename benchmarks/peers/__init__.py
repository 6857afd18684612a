"""Other Python engines on the same programs, each in an environment of its own that is made here.

They are never dependencies: python-agentspeak (GPL) and maspy are installed into a folder outside
the project, measured in processes of their own, and only their figures come back.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = Path(tempfile.gettempdir()) / "traumatwin-peers"
LONGEST_S = 300.0


class PeerMissingError(Exception):
    """A peer cannot be installed or run here; says why."""


def _python(least: tuple[int, int]) -> Path:
    """An interpreter that is new enough: this one, or another one of this machine."""
    if sys.version_info[:2] >= least:
        return Path(sys.executable)
    names = [shutil.which(f"python3.{minor}") for minor in range(least[1], least[1] + 3)]
    pyenv = sorted(Path.home().glob(f".pyenv/versions/3.{least[1]}*/bin/python"))
    for found in [*(Path(n) for n in names if n), *pyenv]:
        done = subprocess.run([found, "--version"], capture_output=True, check=False)
        if done.returncode == 0:
            return found
    raise PeerMissingError(f"needs Python {least[0]}.{least[1]}, which is not here")


def _environment(package: str, least: tuple[int, int]) -> Path:
    """The interpreter of the peer's environment, made at its first use."""
    folder = FOLDER / package
    inside = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if (folder / "ready").exists():
        return inside
    base = _python(least)
    if base == Path(sys.executable):
        venv.create(folder, with_pip=True, clear=True)
    else:
        subprocess.run([base, "-m", "venv", "--clear", folder], check=True, capture_output=True)
    done = subprocess.run(
        [inside, "-m", "pip", "install", "--quiet", package],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PeerMissingError(done.stderr.strip().splitlines()[-1])
    (folder / "ready").touch()
    return inside


def _measured(package: str, least: tuple[int, int], script: str) -> dict[str, float]:
    inside = _environment(package, least)
    done = subprocess.run(
        [inside, HERE / script], capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise PeerMissingError((done.stderr.strip() or "no result").splitlines()[-1])
    figures: dict[str, float] = json.loads(lines[-1])
    return figures


def python_agentspeak() -> dict[str, float]:
    """Microseconds by row of the engine's table."""
    return _measured("agentspeak", (3, 8), "with_agentspeak.py")


def maspy() -> dict[str, float]:
    """Microseconds by row of the engine's table."""
    return _measured("maspy-ml", (3, 12), "with_maspy.py")


PEERS = {"python-agentspeak": python_agentspeak, "maspy": maspy}

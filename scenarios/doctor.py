"""Whether this machine is ready to run scenarios, and what to do where it is not."""

import importlib.metadata
import importlib.util
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PYTHON = ((3, 11), (3, 14))  # spade excludes 3.14.1 and later
#: Module -> distribution, for everything that a run imports.
PACKAGES = {
    "spade": "spade",
    "greenlet": "greenlet",
    "aiohttp": "aiohttp",
    "lark": "lark",
    "sqlalchemy": "sqlalchemy",
    "apscheduler": "apscheduler",
    "pydantic": "pydantic",
    "pydantic_settings": "pydantic-settings",
    "jinja2": "jinja2",
    "structlog": "structlog",
    "typer": "typer",
    "rich": "rich",
}
#: What only real devices need: an extra.
EXTRA = {"hl7": "hl7", "aiomqtt": "aiomqtt", "pynmea2": "pynmea2"}
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    found: str
    do: str = ""  # what mends it


def examine(runs: Path) -> list[Finding]:
    """Look at everything that a run needs."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _extra,
        _names,
        _port,
    )
    return [finding for check in checks for finding in check()] + [_runs(runs)]


def _python() -> Iterator[Finding]:
    low, high = PYTHON
    now = sys.version_info[:2]
    wanted = f"{low[0]}.{low[1]} to {high[0]}.{high[1] - 1}"
    yield Finding(
        what="Python",
        ok=low <= now < high,
        found=".".join(map(str, sys.version_info[:3])),
        do=f"Use Python {wanted}, for instance `uv venv --python 3.12`.",
    )


def _packages() -> Iterator[Finding]:
    for module, name in PACKAGES.items():
        there = importlib.util.find_spec(module) is not None
        try:
            found = importlib.metadata.version(name) if there else "not installed"
        except importlib.metadata.PackageNotFoundError:
            found = "version unknown"
        ok = there and not (name == "apscheduler" and found.startswith("4"))
        do = f"Install it: `uv pip install '{name}'`."
        if there and not ok:
            do = "APScheduler 4 is another library: `uv pip install 'apscheduler<4'`."
        yield Finding(what=f"package {name}", ok=ok, found=found, do=do)


def _extra() -> Iterator[Finding]:
    """Nobody needs real devices to be ready."""
    missing = [name for module, name in EXTRA.items() if importlib.util.find_spec(module) is None]
    yield Finding(
        what="real devices",
        ok=True,
        found=f"not here: {', '.join(missing)}; uv pip install 'traumatwin[devices]'"
        if missing
        else "HL7 v2, MQTT and NMEA can be spoken",
    )


def _names() -> Iterator[Finding]:
    """Other distributions bring packages of the same names; ours must win."""
    for name in ("agents", "environment", "scenarios"):
        spec = importlib.util.find_spec(name)
        where = Path(spec.origin).parent if spec and spec.origin else None
        owners = importlib.metadata.packages_distributions().get(name, [])
        others = sorted(set(owners) - {"traumatwin"})
        ok = where == ROOT / name
        remove = " ".join(others) or "the other package"
        yield Finding(
            what=f"package {name} is ours",
            ok=ok,
            found=str(where) if where else "not found",
            do=f"Remove what hides it (`uv pip uninstall {remove}`), or use a virtual "
            "environment of its own.",
        )


def _port() -> Iterator[Finding]:
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        yield Finding(what="loopback port", ok=True, found=f"127.0.0.1:{port} was free")
    except OSError as wrong:
        yield Finding(
            what="loopback port",
            ok=False,
            found=str(wrong.strerror),
            do="Allow this user to listen on 127.0.0.1.",
        )


def _runs(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as wrong:
        return Finding(
            what="runs folder",
            ok=False,
            found=f"{folder}: {wrong.strerror}",
            do="Choose another with --runs or TRAUMATWIN_RUNS.",
        )
    return Finding(what="runs folder", ok=True, found=str(folder.resolve()))

"""Runs one program from the command line: ``python -m agents.bdi program.asl``."""

from __future__ import annotations

import argparse
import importlib
import random
import sys
from pathlib import Path
from typing import Any

from agents.bdi.actions import Actions
from agents.bdi.coverage import Coverage, CoveredAgent
from agents.bdi.cycle import Agent
from agents.bdi.lint_beliefs import World
from agents.bdi.program import Program
from agents.bdi.records import Trace
from agents.bdi.tracing import TracedAgent
from agents.errors import AgentError, UnknownActionError


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit code."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    command = argv.pop(0) if argv and argv[0] in ("check", "run", "test") else "run"
    parser = argparse.ArgumentParser(
        prog=f"python -m agents.bdi {command}",
        description={
            "run": "Runs an AgentSpeak program as the agent 'agt' and prints its lines.",
            "check": "Reads AgentSpeak programs and tells what looks wrong.",
            "test": "Runs the plans labelled [test] of AgentSpeak programs.",
        }[command],
    )
    parser.add_argument("files", nargs="+" if command != "run" else 1, type=Path)
    if command == "run":
        parser.add_argument(
            "--timeout",
            type=float,
            default=10.0,
            help="seconds of the agent's own clock (default 10)",
        )
        parser.add_argument("--seed", type=int, default=0, help="seed of the agent's chance")
        parser.add_argument("--trace", type=Path, help="file that gets one JSON object a line")
    if command == "check":
        parser.add_argument(
            "--actions",
            metavar="MODULE",
            help="module whose registry() gives the actions of the host, such as agents.actions",
        )
    else:
        parser.add_argument(
            "--coverage",
            type=Path,
            help="file that gets what was run: .json, or else a table and the marked texts",
        )
    options = parser.parse_args(argv)
    coverage = Coverage() if command != "check" and options.coverage is not None else None
    try:
        if command == "check":
            return check(options.files, options.actions)
        if command == "test":
            from agents.bdi.plan_tests import run_files

            return run_files(options.files, coverage=coverage)
        return run(options.files[0], options.timeout, options.seed, options.trace, coverage)
    except AgentError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except FileNotFoundError as error:
        sys.stderr.write(f"No file '{error.filename}'.\n")
        return 3
    finally:
        if coverage is not None:
            coverage.write(options.coverage)


def run(
    path: Path,
    timeout_s: float,
    seed: int,
    trace: Path | None = None,
    coverage: Coverage | None = None,
) -> int:
    """Runs one agent until it is idle or the time is over; the clock jumps over waits."""
    time = [0.0]
    options: dict[str, Any] = {
        "now": lambda: time[0],
        "random": random.Random(seed),
        "printer": lambda line: _write(f"{line}\n"),
        "log": _complain,
    }
    program = Program.load(path)
    if coverage is not None:
        return _until_idle(
            CoveredAgent("agt", program, coverage=coverage, **options), time, timeout_s
        )
    if trace is None:
        return _until_idle(Agent("agt", program, **options), time, timeout_s)
    with trace.open("w", encoding="utf-8") as file:
        written = Trace(file.write)
        try:
            return _until_idle(
                TracedAgent("agt", program, trace=written, **options), time, timeout_s
            )
        finally:
            written.flush()


def _until_idle(agent: Agent, time: list[float], timeout_s: float) -> int:
    while True:
        due = agent.run()
        if not agent.idle:
            continue
        if due is None or due > timeout_s:
            return 0
        time[0] = max(time[0], due)


def check(files: list[Path], module: str | None = None) -> int:
    """Prints every problem of the files; `module` adds the actions of a host.

    A program with a host perceives what the host shows: only one that runs alone is asked who
    adds the beliefs that it reads.
    """
    actions = Actions.standard() if module is None else _actions_of(module)
    world = World() if module is None else None
    count = 0
    for path in files:
        for problem in Program.load(path).check(actions, world):
            count += 1
            _write(f"{problem}\n")
    return 1 if count else 0


def _actions_of(module: str) -> Actions:
    try:
        found = importlib.import_module(module).registry()
    except (ImportError, AttributeError) as wrong:
        raise UnknownActionError(
            f"--actions {module}: {wrong}. Name a module with a function registry(), "
            "such as agents.actions."
        ) from None
    if not isinstance(found, Actions):
        raise UnknownActionError(f"--actions {module}: registry() gives no Actions.")
    return found


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _complain(level: str, text: str) -> None:
    if level in ("warning", "error"):
        sys.stderr.write(f"{level}: {text}\n")


if __name__ == "__main__":
    raise SystemExit(main())

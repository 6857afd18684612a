"""A draft simulated for some minutes, in a process of its own, to look at its curves.

The process is started once, keeps what takes long to load, and answers one order a line; to stop
one under way it is ended.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from environment.model.change import JSON
from environment.runtime.clock import VirtualClock, VirtualLoop
from scenarios.errors import AuthoringError, ScenarioError
from scenarios.reading import parse
from scenarios.schema import Scenario
from scenarios.session import Session, load_programs
from scenarios.story import Story
from scenarios.truth import told_of
from scenarios.wording import in_words

#: What is shown of the body, as it truly is.
CURVES = ("hr", "sbp", "dbp", "spo2", "rr", "etco2", "bled_ml")
#: Points of a curve at most; more could not be told apart on a screen.
POINTS = 600
#: The longest answer, in bytes: curves of 600 points and all that happened (engineering default).
LONGEST = 16 * 1024 * 1024


class StoppedError(AuthoringError):
    """A preview that was stopped, or is not wanted any more."""

    code = "stopped"


def varied(scenario: Scenario, *, minutes: float, team: bool, agents: bool) -> Scenario:
    """The scenario up to some minutes, perhaps without what people or agents do."""
    ends_s = min(minutes * 60.0, scenario.ends_s)
    changed: dict[str, object] = {"ends_s": ends_s}
    if not team:
        changed |= {"events": [], "responses": [], "triggers": []}
    if not agents:
        changed["agents"] = []
    return scenario.model_copy(update=changed)


async def simulate(scenario: Scenario) -> dict[str, JSON]:
    """Curves of the true vital signs, and what happened; in a `VirtualLoop`."""
    clock = VirtualClock(scenario.start)
    step_s = max(1.0, scenario.ends_s / POINTS)
    at: list[float] = []
    rows: dict[str, list[JSON]] = {name: [] for name in CURVES}
    async with asyncio.TaskGroup() as tasks:
        programs = load_programs(scenario, None)
        session = Session(scenario, clock, programs, seed=scenario.seed, tasks=tasks)
        try:
            await session.start()
            while True:
                told = told_of(session.body)
                at.append(clock.now())
                for name, values in rows.items():
                    values.append(told[name])
                if clock.now() >= scenario.ends_s:
                    break
                await clock.sleep(min(step_s, scenario.ends_s - clock.now()))
        finally:
            await session.stop()
    story = Story(session.world.journal)
    return {
        "ends_s": scenario.ends_s,
        "at": at,
        "curves": rows,
        "pulse": told["pulse"],
        "marks": _marks(scenario, story),
    }


def _marks(scenario: Scenario, story: Story) -> list[dict[str, JSON]]:
    """Injuries, what was done, what was refused, and alerts, by time."""
    marks = [
        {"at_s": i.at_s, "kind": "injury", "text": i.label or i.kind.replace("_", " ")}
        for i in scenario.injuries
        if i.at_s <= scenario.ends_s
    ]
    marks += [
        {"at_s": c.effective, "kind": "action", "text": in_words(c)[1], "by": c.by}
        for c in story.medical_events()
    ]
    marks += [
        {
            "at_s": a.at_s,
            "kind": "refused",
            "text": f"{a.twin}.{a.operation}: {a.reason or a.status}",
            "by": a.by,
        }
        for a in story.actions
        if a.status in ("refused", "failed")
    ]
    marks += [
        {"at_s": a.raised_s, "kind": "alert", "text": f"{a.rule} {a.text}", "priority": a.priority}
        for a in story.alerts
    ]
    return sorted(marks, key=lambda mark: mark["at_s"])


def answer(order: Mapping[str, Any]) -> dict[str, JSON]:
    """Carry out one order (`Any`: JSON): a text, a branch, minutes, with whom."""
    try:
        scenario = parse(order["text"], branch=order["branch"], checked=False)
        short = varied(
            scenario, minutes=order["minutes"], team=order["team"], agents=order["agents"]
        )
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(simulate(short))
    except ScenarioError as wrong:
        return {"error": str(wrong)}


class Simulator:
    """The process that simulates; one order at a time, the last one counts."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._busy = False
        self._order = 0  # the last one that was given; an earlier one is not wanted any more
        self._starting = asyncio.Lock()

    async def start(self) -> asyncio.subprocess.Process:
        """Have the process there, so that the first order need not wait for it."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                root = str(Path(__file__).parents[2])
                paths = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH")) if p)
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "scenarios.authoring.preview"),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    env={**os.environ, "PYTHONPATH": paths},
                    limit=LONGEST,
                    start_new_session=True,  # Ctrl-C is for us; it ends with its input
                )
            return self._process

    async def ask(self, order: Mapping[str, JSON]) -> dict[str, JSON]:
        """Simulate; an order that is under way is stopped for this one."""
        await self.stop()
        mine = self._order
        process = await self.start()
        if mine != self._order:
            raise StoppedError("The simulation was stopped.")
        self._busy = True
        assert process.stdin is not None  # both are pipes
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(dict(order)).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            line = b""
        if mine != self._order:
            raise StoppedError("The simulation was stopped.")
        self._busy = False
        if not line:
            self._process = None
            code = await process.wait()
            raise AuthoringError(
                f"The simulation broke off (exit code {code}); what it said last is where "
                "`traumatwin edit` was started."
            )
        told: dict[str, JSON] = json.loads(line)
        if "error" in told:
            raise AuthoringError(str(told["error"]))
        return told

    async def stop(self) -> None:
        """Stop what is under way."""
        self._order += 1
        if self._busy:
            self._busy = False
            await self.close()

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


def serve(orders: TextIO, answers: TextIO) -> None:
    """Answer one order a line, until there are no more."""
    for line in orders:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


def _main() -> None:
    from scenarios.reading import load, names
    from scenarios.session import programs_of

    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # whatever else is written goes to standard error
        programs_of({role for name in names() for role in load(name).agents}, None)
        serve(sys.stdin, answers)


if __name__ == "__main__":
    _main()

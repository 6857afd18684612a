"""Plan libraries under pytest: a collector for ``test_*.asl`` and the fixture ``asl``.

In a ``conftest.py``: ``from agents.bdi.pytest_plugin import asl, pytest_collect_file``; or on the
command line: ``pytest -p agents.bdi.pytest_plugin``. The plans labelled ``[test]`` of a file are
its tests, each in a fresh agent with a clock of its own.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.bdi.actions import Actions
from agents.bdi.mailbox import Message
from agents.bdi.plan_tests import is_test, run_test, with_assertions
from agents.bdi.plans import Plan
from agents.bdi.program import Program
from agents.bdi.records import Trace
from agents.bdi.tracing import TracedAgent

_CYCLES = 500  # of one agent before the next one's turn; engineering default
_ROUNDS = 10_000  # engineering default: more is a program that never rests


class PlanTestError(AssertionError):
    """A plan that is a test failed; says where and why."""


class PlanTest(pytest.Item):
    """One plan labelled ``[test]``."""

    def __init__(self, *, program: Program, plan: Plan, **options: Any) -> None:
        super().__init__(**options)
        self.program = program
        self.plan = plan

    def runtest(self) -> None:
        """Runs the plan until it ends or its time is over."""
        why = run_test(self.program, self.plan, with_assertions(Actions.standard()))
        if why:
            raise PlanTestError(why)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The reason alone; the Python stack says nothing about a plan."""
        if isinstance(excinfo.value, PlanTestError):
            return f"{self.plan.label}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the plan stands."""
        return self.path, self.plan.line - 1, f"plan {self.plan.label}"


class PlanFile(pytest.File):
    """A file ``test_*.asl``."""

    def collect(self) -> Iterator[PlanTest]:
        """One test for each plan labelled ``[test]``."""
        program = Program.load(self.path)
        for plan in program.plans:
            if is_test(plan):
                made: PlanTest = PlanTest.from_parent(
                    self, name=plan.label, program=program, plan=plan
                )
                yield made


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PlanFile | None:
    """Takes the files that hold tests as plans."""
    if file_path.suffix == ".asl" and file_path.name.startswith("test_"):
        made: PlanFile = PlanFile.from_parent(parent, path=file_path)
        return made
    return None


class Bench:
    """Agents that share a clock; it jumps to what is due when all are idle."""

    def __init__(self) -> None:
        self.time_s = 0.0
        self.agents: dict[str, TracedAgent] = {}
        self.lines: list[str] = []  # what was printed
        self._traced: list[dict[str, Any]] = []
        self._trace = Trace(
            lambda text: self._traced.extend(json.loads(line) for line in text.split("\n") if line)
        )
        self.log: list[tuple[str, str]] = []

    def load(
        self,
        program: str | Path,
        name: str = "agt",
        *,
        actions: Actions | None = None,
        trusts: Collection[str] = (),
        seed: int = 0,
    ) -> TracedAgent:
        """An agent with a program: a file (a ``Path``), or the text of one."""
        loaded = Program.load(program) if isinstance(program, Path) else Program.parse(program)
        agent = TracedAgent(
            name,
            loaded,
            now=lambda: self.time_s,
            random=random.Random(seed),
            actions=actions,
            printer=self.lines.append,
            log=lambda level, text: self.log.append((level, text)),
            trusts=trusts,
            trace=self._trace,
        )
        agent.outbox = self._deliver
        agent.peers = lambda: tuple(self.agents)
        self.agents[name] = agent
        return agent

    @property
    def trace(self) -> list[dict[str, Any]]:
        """What all agents did so far, in order."""
        self._trace.flush()
        return self._traced

    def _deliver(self, receiver: str, message: Message) -> bool:
        if receiver not in self.agents:
            return False
        self.agents[receiver].receive(message)
        return True

    def settle(self, until_s: float = 3600.0) -> list[str]:
        """Runs until nothing happens before the given time; what was printed so far."""
        for _ in range(_ROUNDS):
            due = [agent.run(_CYCLES) for agent in self.agents.values()]
            if not all(agent.idle for agent in self.agents.values()):
                continue
            coming = [d for d in due if d is not None and d <= until_s]
            if not coming:
                return self.lines
            self.time_s = max(self.time_s, min(coming))
        raise PlanTestError(f"the agents did not come to rest in {_ROUNDS} rounds")


@pytest.fixture
def asl() -> Bench:
    """Loads programs, takes percepts and messages, and gives lines, beliefs and trace."""
    return Bench()

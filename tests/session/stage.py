"""A whole session on the virtual clock, stopped where a test wants to look."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from environment.model.change import Change
from environment.runtime.clock import VirtualClock
from scenarios.reading import load
from scenarios.schema import Scenario
from scenarios.session import Session, load_programs


def minutes(text: str) -> float:
    """Scenario seconds of "mm:ss"."""
    m, s = text.split(":")
    return int(m) * 60.0 + int(s)


@asynccontextmanager
async def staged(
    name: str | Scenario = "pelvis", *, seed: int = 7, plans: Path | None = None
) -> AsyncIterator[Session]:
    """A session of a scenario that has just begun."""
    scenario = load(name) if isinstance(name, str) else name
    programs = load_programs(scenario, plans)
    async with asyncio.TaskGroup() as tasks:
        session = Session(scenario, VirtualClock(scenario.start), programs, seed=seed, tasks=tasks)
        try:
            await session.start()
            yield session
        finally:
            await session.stop()


def alerts(session: Session, rule: str) -> list[Change]:
    """What the displays said about a rule, in order."""
    return [
        c
        for c in session.world.journal
        if c.kind == "event" and c.name.startswith("alert_") and c.value["rule"] == rule
    ]

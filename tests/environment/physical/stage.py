"""A small world on virtual time, with a simulated patient and the devices around him."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from environment.client import InProcess, TwinClient
from environment.model.change import JSON, Change
from environment.physical.adapter import Adapter
from environment.physical.physiology import Body, injury
from environment.physical.physiology.injuries import Injury
from environment.runtime.clock import VirtualClock, VirtualLoop
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds

START = datetime(2031, 5, 6, 14, 0, tzinfo=UTC)


class Stage:
    """The world, a client who may do everything, and short words for looking."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.world = World(self.clock, kinds())
        operations = Operations(self.world, {"team": "instructor"})
        self.operations = operations
        self.client = TwinClient(InProcess(self.world, operations), "team")

    async def put(self, kind: str, asset: Adapter, twin: str = "") -> None:
        """Bring in a twin and the asset behind it."""
        twin = twin or kind
        if twin not in self.world.twins:
            self.world.add(kind, twin)
        await self.world.attach(asset, serves=[twin])

    async def until(self, at_s: float) -> None:
        """Let scenario time pass."""
        await self.clock.sleep(at_s - self.clock.now())

    async def ask(self, twin: str, operation: str, **named: JSON) -> JSON:
        """Invoke an operation."""
        return await self.client.invoke(twin, operation, **named)

    def value(self, twin: str, member: str) -> JSON:
        """A property's present value."""
        return self.world.twin(twin).value(member)

    def events(self, twin: str, name: str) -> list[Change]:
        """The events of that name so far."""
        return [
            c for c in self.world.journal if c.kind == "event" and c.twin == twin and c.name == name
        ]

    def history(self, twin: str, name: str) -> list[Change]:
        """What a property has been, reading by reading; that it grew stale is no reading."""
        return [
            c
            for c in self.world.journal
            if (c.kind, c.twin, c.name) == ("property", twin, name) and c.quality != "stale"
        ]


def play(scene: Callable[[Stage], Awaitable[None]]) -> Stage:
    """Run a scene to its end on virtual time."""

    async def run() -> Stage:
        stage = Stage()
        await scene(stage)
        await stage.world.close()
        await stage.operations.close()
        stage.clock.close()
        return stage

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(run())


def bleeding_body(*more: Injury) -> Body:
    """An adult with a bleeding left thigh and pelvis."""
    return Body(
        injuries=[
            injury("bleed", site="left_thigh", flow_ml_min=60),
            injury("bleed", site="pelvis", flow_ml_min=50, pressure_mmhg=15),
            *more,
        ]
    )


def numbers(changes: Sequence[Change]) -> list[float]:
    """The values of some changes."""
    return [c.value for c in changes]

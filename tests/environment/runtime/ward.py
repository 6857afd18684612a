"""A small world for tests: a monitor, a patient, a process that continues, and a lamp to switch."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from environment.errors import InvocationFailedError
from environment.model.change import JSON, Change, Observation
from environment.model.guards import HAS_REASON, STEP_IS_ALLOWED, value_is
from environment.model.members import Event, Link, Property, becomes, follows, operation
from environment.model.phase import PhaseMachine
from environment.model.twin import Twin
from environment.physical.adapter import Clock, Command, Feed
from environment.runtime.clock import VirtualClock
from environment.runtime.operations import Operations
from environment.runtime.world import World

START = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)


class Sensor(Twin):
    """Gives numbers once a second."""

    hr = Property("number", "Heart rate.", horizon_s=30, required=True, low=0, high=300)
    sbp = Property(
        "number", "Pressure.", unit="mm[Hg]", horizon_s=30, horizons_s={"cuff": 300}, required=True
    )


class Person(Twin):
    """Has what the sensor says, and an age."""

    hr = Property("number", "Heart rate.", horizon_s=30, required=True, via=("monitoredBy",))
    sbp = Property(
        "number", "P.", horizon_s=30, horizons_s={"cuff": 300}, required=True, via=("monitoredBy",)
    )
    age = Property("number", "Age.", required=True)
    mood = Property("word", "Mood.", choices=("well", "ill"))
    cough = Event("Coughs.", fields=("times",))
    monitored_by = Link("monitoredBy", "The sensor.", inverse="monitors", many=True)


class Course(Twin):
    """A process about the person."""

    machine = PhaseMachine(initial="begun", steps={"begun": ("over",), "over": ()}, ended=("over",))
    hr = Property("number", "Heart rate.", horizon_s=30, required=True, via=("hasPatient",))
    coughs = Property("integer", "How often the person has coughed.")
    has_patient = Link("hasPatient", "The person.", inverse="inProcess")

    @operation(guards=[STEP_IS_ALLOWED], roles=("doctor",))
    async def advance(self, to: str) -> JSON:
        """Take a step."""
        self.port.transition(to)
        return to

    @operation(guards=[HAS_REASON])
    async def note(self, reason: str) -> JSON:
        """Say why."""
        return reason

    @follows("hasPatient", "cough")
    def count(self, change: Change) -> Iterable[tuple[str, JSON]]:
        """One more."""
        yield "coughs", (self.value("coughs") or 0) + change.value["times"]


class Lamp(Twin):
    """Can be switched by whoever asks, while it has power."""

    on = Property("flag", "It shines.")
    power = Property("flag", "It has power.")

    @operation(effect=becomes("on", "on"), within_s=5, guards=[value_is("power", True)])
    async def switch(self, on: bool, level: float = 1.0) -> JSON:
        """Switch it."""
        return await self.port.command("switch", on=on, level=level)


class Bulb:
    """The lamp's asset: obeys after a while, unless it is broken, deaf, or slow."""

    source = "bulb"

    def __init__(self, *, broken: bool = False, silent: bool = False, takes_s: float = 1.0) -> None:
        self.broken, self.silent, self.takes_s = broken, silent, takes_s

    def provides(self) -> Mapping[str, Mapping[str, float]]:
        return {"lamp": {"on": 0.0}}

    async def start(self, feed: Feed, clock: Clock) -> None:
        self.feed, self.clock = feed, clock
        self.tell("power", True, None)

    async def stop(self) -> None:
        return

    def tell(self, member: str, value: JSON, cause: int | None) -> None:
        self.feed.observe(
            Observation(
                twin="lamp",
                member=member,
                value=value,
                effective=self.clock.now(),
                source=self.source,
                cause=cause,
            )
        )

    async def command(self, command: Command) -> JSON:
        await self.clock.sleep(self.takes_s)
        if self.broken:
            raise InvocationFailedError("The bulb is broken.", "broken")
        if not self.silent:
            self.tell("on", command.arguments["on"], command.cause)
        return "done"


KINDS = {"sensor": Sensor, "person": Person, "course": Course, "lamp": Lamp}


class Ward:
    """The world with its twins, and short ways to use it."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.world = World(self.clock, KINDS)
        self.operations = Operations(self.world, {"ann": "doctor", "bob": "visitor"})
        for kind in KINDS:
            self.world.add(kind, kind)
        self.world.link("person", "monitoredBy", "sensor")
        self.world.link("course", "hasPatient", "person")

    def sense(
        self, at: float | None = None, source_seq: int | None = None, **values: float
    ) -> None:
        """Readings of the sensor, now or as of an earlier moment."""
        for member, value in values.items():
            self.world.observe(
                Observation(
                    twin="sensor",
                    member=member,
                    value=value,
                    effective=self.clock.now() if at is None else at,
                    source="probe",
                    source_seq=source_seq,
                )
            )

    def tell(self, twin: str, member: str, value: JSON) -> Change | None:
        """One fact about a twin."""
        return self.world.observe(
            Observation(
                twin=twin, member=member, value=value, effective=self.clock.now(), source="people"
            )
        )

    async def sensed_for(self, seconds: int, **values: float) -> None:
        """Readings at 1 Hz while time passes."""
        for _ in range(seconds):
            self.sense(**values)
            await self.clock.sleep(1)

    def lives(self, twin: str) -> list[tuple[float, str]]:
        """When the life of a twin changed, and to what."""
        rows = self.world.journal.read(twin=twin, kind="life")
        return [(c.recorded, c.value) for c in rows]

    def statuses(self, twin: str) -> list[str]:
        """The steps of the invocations on a twin."""
        rows = self.world.journal.read(twin=twin, kind="operation")
        return [c.value["status"] for c in rows]


async def settle() -> None:
    """Let everything run that is ready."""
    for _ in range(10):
        await asyncio.sleep(0)

"""A monitor twin with a real device behind it, a patient, and messages to give it."""

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from environment.model.change import JSON
from environment.physical.body_sim import BodySim
from environment.physical.devices import hl7v2
from environment.physical.devices.monitor import RealMonitor
from environment.physical.devices.recorded import Line
from environment.physical.devices.transcript import transcribed
from environment.physical.monitor_sim import MonitorSim
from environment.physical.physiology import Body
from tests.environment.physical.stage import START, Stage, play

PATIENT = "MRN-1"


def at(seconds: float) -> datetime:
    """An instant of the case, as its devices tell it."""
    return START.astimezone(UTC) + timedelta(seconds=seconds)


def message(
    number: str,
    at_s: float,
    *,
    patient: str = PATIENT,
    sender: str = "mon",
    status: str = "F",
    method: str = "",
    **values: float | None,
) -> bytes:
    """An HL7 v2 message whose values were true at a scenario time."""
    rows = [
        hl7v2.observation(i, vital, value, status=status, method=method)  # type: ignore[arg-type]
        for i, (vital, value) in enumerate(values.items(), 1)
    ]
    return hl7v2.oru(number, at(at_s), at(at_s), patient, rows, sender=sender).encode()


class Bedside(Stage):
    """A patient on one real monitor."""

    monitor: RealMonitor

    async def set_up(self, *, patients: tuple[str, ...] = (PATIENT,)) -> None:
        """The case begins; devices' clocks agree with it."""
        self.world.add("patient", "patient")
        self.monitor = RealMonitor("monitor", patients=patients, epoch=at(0))
        await self.put("monitor", self.monitor)
        await self.ask("monitor", "attach", patient="patient")
        self.world.readings("patient", {"age": 40}, 0, "rescuer")

    def give(self, raw: bytes) -> tuple[str, str]:
        """Deliver a message; returns the acknowledgement's code and number."""
        return hl7v2.read_acknowledgement(self.monitor.receive(raw))

    def refused(self) -> list[JSON]:
        """What was not taken."""
        return [c.value for c in self.events("monitor", "message_refused")]


@cache
def good_hour() -> tuple[Line, ...]:
    """What a monitor on a healthy body says in an hour, every second one message."""

    async def scene(stage: Stage) -> None:
        body = Body()
        await stage.put("patient", BodySim("patient", body))
        monitor = MonitorSim("monitor", {"patient": body}, Random("devices"))
        await stage.put("monitor", monitor)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.until(3600.5)

    journal = play(scene).world.journal
    return tuple(transcribed(journal, {"monitor": PATIENT}, START))

"""A real vital-signs monitor behind its twin, whatever language it speaks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from environment.model.change import JSON
from environment.physical.adapter import Clock, Command, Feed
from environment.physical.devices import hl7v2, mqtt_payloads
from environment.physical.devices.device_clock import DeviceClock
from environment.physical.devices.intake import Intake, Verdict
from environment.physical.devices.readings import Reason, Report, UnreadableError
from environment.physical.simulated import SimulatedAsset

#: Values that come by the second, told before there is data.
EVERY_SECOND = ("hr", "rr", "spo2", "sbp", "dbp", "map", "etco2")
#: HL7 v2 messages beyond this size are no monitor's values (engineering default).
LARGEST_BYTES = 64 * 1024

Kept = Callable[[str, str], None]  # format and text of each message as it came


class RealMonitor(SimulatedAsset):
    """Feeds a monitor twin from messages; `receive` and `receive_json` are its ears.

    The device tells and cannot be told: to attach it, to take it off and how it measures are
    stated by the person who does it, and the device's own messages say the same sooner or later.
    `keep` is given every message that came, refused ones too.
    """

    def __init__(
        self,
        twin: str,
        *,
        patients: Collection[str],
        epoch: datetime | None = None,
        source: str = "",
        keep: Kept | None = None,
    ) -> None:
        super().__init__(source or twin)
        self.twin = twin
        self.intake = Intake(twin, self.source, patients=patients, time=DeviceClock(epoch))
        self.keep = keep

    def provides(self) -> Mapping[str, Mapping[str, float]]:
        """Vital signs at 1 Hz."""
        return {self.twin: dict.fromkeys(EVERY_SECOND, 1.0)}

    async def start(self, feed: Feed, clock: Clock) -> None:
        """Begin to listen."""
        self.intake.open(feed, clock)
        await super().start(feed, clock)

    async def stop(self) -> None:
        """Take nothing more."""
        self.intake.close()
        await super().stop()

    # -- what comes in -------------------------------------------------------------------------

    def receive(self, raw: bytes) -> str:
        """Take an HL7 v2 message; returns the acknowledgement."""
        return self._answer(self._take("hl7v2", raw, hl7v2.read))

    def receive_json(self, raw: bytes) -> Verdict:
        """Take a message in the JSON form that is documented beside `mqtt_payloads.py`."""
        return self._take("json", raw, mqtt_payloads.read_vitals)

    def hear(self, form: str, raw: bytes) -> None:
        """Take a message in a language of a recorded stream, with nobody to answer to."""
        if form == "json":
            self.receive_json(raw)
        else:
            self.receive(raw)

    def connection(self, is_up: bool) -> None:
        """The device's line has come up or gone down."""
        self.intake.know("connected", is_up)
        self.tell(self.twin, "connected", is_up)

    def refuse(self, reason: Reason, why: str, beginning: bytes = b"") -> str:
        """A message of which only the beginning could be had; returns the acknowledgement."""
        text = beginning.decode("utf-8", "replace")
        if self.keep is not None:
            self.keep("hl7v2", text)
        wrong = UnreadableError(reason, why, id=hl7v2.legible_id(text))
        return self._answer(self.intake.refuse(wrong, text))

    def _answer(self, verdict: Verdict) -> str:
        problems = [
            (
                f"OBX^{p.at}" if p.at else "",
                p.error,
                "E" if verdict.code != "AA" else "I" if p.reason == "duplicate" else "W",
                p.why,
            )
            for p in verdict.problems
        ]
        at = self.clock.start + timedelta(seconds=self.now())
        return hl7v2.acknowledgement(verdict.code, verdict.id, at, problems)

    def _take(self, form: str, raw: bytes, read: Callable[[bytes], Report]) -> Verdict:
        text = raw.decode("utf-8", "replace")
        if self.keep is not None:
            self.keep(form, text)
        if len(raw) > LARGEST_BYTES:
            why = f"{len(raw)} bytes; {LARGEST_BYTES} are taken"
            number = hl7v2.legible_id(text)
            return self.intake.refuse(UnreadableError("oversized", why, id=number), text)
        try:
            report = read(raw)
        except UnreadableError as wrong:
            return self.intake.refuse(wrong, text)
        return self.intake.take(report)

    # -- commands: what people do to it --------------------------------------------------------

    async def do_attach(self, command: Command, patient: str) -> JSON:
        """Somebody has put the sensors on a patient."""
        self.intake.know("attached", True)
        self.tell(self.twin, "attached", True, command)
        return patient

    async def do_detach(self, command: Command) -> JSON:
        """Somebody has taken the sensors off; a value that comes later says that they are on."""
        self.intake.know("attached", False)
        self.tell(self.twin, "attached", False, command)
        return True

    async def do_measure_by(self, command: Command, how: str, interval_s: float = 120.0) -> JSON:
        """Somebody has changed between arterial line and cuff."""
        if how == "cuff":
            self.tell(self.twin, "cuff_interval_s", interval_s, command)
        self.intake.know("pressure_by", how)
        self.tell(self.twin, "pressure_by", how, command)
        return how

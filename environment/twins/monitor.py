"""The vital-signs monitor: what the patient's sensors say, second by second."""

from typing import Literal

from environment.model.change import JSON
from environment.model.guards import CARERS
from environment.model.members import Event, Link, Property, becomes, operation
from environment.model.twin import Twin


class Monitor(Twin, vitals=("monitor",), required=("hr", "spo2", "sbp", "rr")):
    """A monitor beside a patient; heart rate, SpO2, breathing and EtCO2 at 1 Hz."""

    pressure_by = Property("word", "How pressure is measured.", choices=("arterial_line", "cuff"))
    cuff_interval_s = Property("number", "Seconds between cuff measurements.", unit="s", low=30)
    attached = Property("flag", "Sensors are on a patient.")
    poor_signal = Property("flag", "The pulse oximeter has no good signal.")

    connected = Property("flag", "The device's line is up, as far as its broker or socket knows.")

    artefact = Event("A value that the monitor itself doubts.", fields=("member", "value"))
    message_refused = Event(
        "A message, or a value in it, was not taken.",
        fields=("reason", "why", "id", "raw", "characters"),
    )
    code_unknown = Event("The device sends a quantity that is not known here.", fields=("code",))
    clock_set = Event("The device's clock was met anew.", fields=("by_s",))
    values_disagree = Event(
        "Two ways of measuring one quantity differ.", fields=("member", "value", "other", "by")
    )

    located_in = Link("locatedIn", "Where it stands.", inverse="holds")

    @operation(effect=becomes("attached", value=True), roles=CARERS, undo="detach")
    async def attach(self, patient: str) -> JSON:
        """Put the sensors on a patient: the patient's values come from here."""
        await self.port.command("attach", patient=patient)
        self.port.link("monitoredBy", self.id, twin=patient)
        return patient

    @operation(effect=becomes("attached", value=False), roles=CARERS)
    async def detach(self) -> JSON:
        """Take the sensors off."""
        return await self.port.command("detach")

    @operation(effect=becomes("pressure_by", "how"), roles=CARERS)
    async def measure_by(
        self, how: Literal["arterial_line", "cuff"], interval_s: float = 120.0
    ) -> JSON:
        """Measure pressure by an arterial line (continuously) or by a cuff (every `interval_s`)."""
        return await self.port.command("measure_by", how=how, interval_s=interval_s)

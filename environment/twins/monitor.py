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

    artefact = Event("A value that the monitor itself doubts.", fields=("member", "value"))

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

"""A diagnostic device: ultrasound, X-ray, CT, blood-gas analyser, ROTEM."""

from environment.model.catalogue import DIAGNOSTICS
from environment.model.change import JSON
from environment.model.guards import CARERS, is_one_of, value_is
from environment.model.members import Event, Link, Property, emits, operation
from environment.model.reach import SENSORS_REACH
from environment.model.twin import Twin


class Device(Twin):
    """A device that examines a patient and answers after its turnaround time."""

    type = Property(
        "word",
        "What it is.",
        choices=("ultrasound", "x_ray", "ct", "blood_gas", "rotem", "laboratory"),
    )
    status = Property(
        "word", "Whether it can be used.", choices=("available", "in_use", "unavailable")
    )
    patient = Property("word", "Whom it examines.")
    ready_s = Property("time", "When the running examination will be done.")
    last_result = Property("record", "The last result.")

    started = Event("An examination started.", fields=("diagnostic", "patient", "ready_s"))
    result = Event("An examination is done.", fields=("diagnostic", "patient", "result"))

    located_in = Link("locatedIn", "Where it stands.", inverse="holds")

    @operation(
        effect=emits("result", "diagnostic"),
        within_s=3600,
        guards=[
            is_one_of("diagnostic", tuple(DIAGNOSTICS), "diagnostic"),
            value_is("status", "available"),
            SENSORS_REACH,
        ],
        roles=CARERS,
    )
    async def examine(self, diagnostic: str, patient: str) -> JSON:
        """Start an examination; the result comes to the patient's twin after the turnaround."""
        return await self.port.command("examine", diagnostic=diagnostic, patient=patient)

    @operation(roles=("instructor", "team_member"))
    async def set_available(self, available: bool) -> JSON:
        """Take the device out of use, or back."""
        return await self.port.command("set_available", available=available)

"""The central unit of the rescue service: calls, vehicles, hospitals."""

from environment.model.change import JSON
from environment.model.members import Event, Link, Property, emits, operation
from environment.model.twin import Twin


class CentralUnit(Twin):
    """Takes emergency calls, knows the vehicles and what the hospitals can take."""

    call = Property(
        "map", "Calls taken, by pre-hospital process.", fields=("place", "code", "at_s")
    )
    capacity = Property("map", "Free trauma places, by hospital.", fields=("trauma", "minutes"))

    call_taken = Event("An emergency call.", fields=("process", "place", "code", "dynamic"))

    resumed = Event(
        "A new process took the run up where its journal ended: after which change, how many "
        "seconds may be missing, how many changes were made good.",
        fields=("after", "may_miss_s", "made_good"),
    )

    directs = Link("directs", "Vehicles of the service.", inverse="directedBy", many=True)

    @operation(effect=emits("call_taken", "process"), roles=("operator", "instructor"))
    async def take_call(
        self,
        process: str,
        place: str,
        patient: str,
        code: str = "red",
        dynamic: str = "",
        address: str = "",
    ) -> JSON:
        """Take a call: the pre-hospital process begins."""
        port, now = self.port, self.port.now()
        port.create("preh", process)
        port.link("hasPatient", patient, twin=process)
        port.link("locatedIn", place, twin=process)
        calls = dict(self.value("call") or {})
        calls[process] = {"place": place, "code": code, "at_s": now}
        port.report("call", calls)
        details = {"process": process, "place": place, "code": code, "dynamic": dynamic}
        port.report("call_taken", details)
        return process

    @operation(roles=("operator", "instructor", "agent"))
    async def set_capacity(self, hospital: str, trauma: int, minutes: float) -> JSON:
        """Say how many trauma patients a hospital can take, and how far it is."""
        capacity = dict(self.value("capacity") or {})
        capacity[hospital] = {"trauma": trauma, "minutes": minutes}
        self.port.report("capacity", capacity)
        return hospital

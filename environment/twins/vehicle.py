"""A rescue vehicle: where it is, where it goes, when it will be there."""

from environment.model.change import JSON
from environment.model.guards import value_is
from environment.model.members import Event, Link, Property, becomes, operation
from environment.model.twin import Twin


class Vehicle(Twin):
    """An ambulance, a doctor's car or a helicopter, with its position."""

    status = Property(
        "word",
        "What it does.",
        choices=("available", "assigned", "driving", "waiting", "unavailable"),
    )
    position = Property("record", "Latitude and longitude, degrees.", horizon_s=120)
    place = Property("word", "The last place on its route.")
    destination = Property("word", "Where it goes.")
    eta_s = Property("time", "Estimated arrival at the destination.", horizon_s=120)
    distance_km = Property("map", "Road distance to known places, in km.")
    crew = Property("words", "Who is aboard.")

    arrived = Event("It reached its destination.", fields=("place",))
    departed = Event("It left.", fields=("place", "destination"))

    located_in = Link("locatedIn", "Where it stands.", inverse="holds")
    carries = Link("carries", "The patient aboard.", inverse="carriedBy")

    @operation(
        effect=becomes("destination", "destination"),
        guards=[value_is("status", "available", "waiting", "assigned")],
        roles=("operator", "agent", "rescuer", "instructor"),
    )
    async def drive(self, destination: str) -> JSON:
        """Set out for a place; position and ETA follow."""
        return await self.port.command("drive", destination=destination)

"""A rescue vehicle: where it is, where it goes, when it will be there."""

from collections.abc import Iterable

from environment.model.change import JSON, Change
from environment.model.geography import place_at, seconds_left
from environment.model.guards import value_is
from environment.model.members import Event, Link, Property, becomes, follows, operation
from environment.model.twin import Twin


class Vehicle(Twin):
    """An ambulance, a doctor's car or a helicopter, with its position."""

    status = Property(
        "word",
        "What it does.",
        choices=("available", "assigned", "driving", "waiting", "unavailable"),
    )
    position = Property("record", "Latitude and longitude, degrees.", horizon_s=120)
    speed_kmh = Property(
        "number", "Speed over ground.", unit="km/h", horizon_s=120, low=0, high=400
    )
    place = Property("word", "The last place on its route.")
    destination = Property("word", "Where it goes.")
    eta_s = Property("time", "Estimated arrival at the destination.", horizon_s=120)
    distance_km = Property("map", "Road distance to known places, in km.")
    places = Property("map", "Where known places are, in degrees.", fields=("lat", "lon"))
    gps = Property("flag", "Its position comes from a receiver: place and arrival follow from it.")
    connected = Property("flag", "Its locator's line is up, as far as its broker or socket knows.")
    crew = Property("words", "Who is aboard.")

    arrived = Event("It reached its destination.", fields=("place",))
    departed = Event("It left.", fields=("place", "destination"))
    message_refused = Event(
        "A message of its locator was not taken.",
        fields=("reason", "why", "id", "raw", "characters"),
    )

    located_in = Link("locatedIn", "Where it stands.", inverse="holds")
    carries = Link("carries", "The patient aboard.", inverse="carriedBy")

    @follows("", "position")
    def locate(self, change: Change) -> Iterable[tuple[str, JSON]]:
        """From a receiver's fix: the place where it stands, its arrival there, or the time left."""
        if not self.value("gps"):
            return
        here = (change.value["lat"], change.value["lon"])
        places = {n: (p["lat"], p["lon"]) for n, p in self.value("places", {}).items()}
        stands, destination = place_at(here, places), self.value("destination")
        if stands and stands != self.value("place"):
            yield "place", stands
        if self.value("status") != "driving" or destination not in places:
            return
        if stands == destination:
            yield "status", "waiting"
            yield "eta_s", change.effective
            yield "arrived", {"place": stands}
        else:
            left = seconds_left(here, places[destination], self.value("speed_kmh"))
            yield "eta_s", round(change.effective + left, 1)

    @operation(
        effect=becomes("destination", "destination"),
        guards=[value_is("status", "available", "waiting", "assigned")],
        roles=("operator", "agent", "rescuer", "instructor"),
    )
    async def drive(self, destination: str) -> JSON:
        """Set out for a place; position and ETA follow."""
        return await self.port.command("drive", destination=destination)

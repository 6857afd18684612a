"""A person: rescuer, driver, trauma leader, member of the team."""

from environment.model.change import JSON
from environment.model.guards import STAFF
from environment.model.members import Event, Link, Property, becomes, operation
from environment.model.twin import Twin


class Person(Twin):
    """Somebody who works on the case, with a role and a device."""

    role = Property("word", "The role in the team.")
    title = Property("text", "What people call this person.")
    present = Property("flag", "On the spot.")
    place = Property("word", "Where the person is.")
    called = Property("flag", "Has been called to come.")
    reads = Property("word", "The display that this person looks at.")

    notified = Event("Something was told to this person.", fields=("text", "priority"))

    member_of = Link(
        "memberOf", "The process this person works on.", inverse="hasMember", many=True
    )
    located_in = Link("locatedIn", "Where the person is.", inverse="holds")

    @operation(effect=becomes("called", value=True), roles=STAFF)
    async def call(self, to: str) -> JSON:
        """Call the person to a place (pager, telephone)."""
        return await self.port.command("call", to=to)

    @operation(effect=becomes("place", "place"), roles=STAFF)
    async def arrive(self, place: str) -> JSON:
        """The person is there."""
        return await self.port.command("arrive", place=place)

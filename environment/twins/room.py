"""A room: shock room, CT, angiography, theatre, ICU bed."""

from environment.model.change import JSON
from environment.model.guards import STAFF, has_key
from environment.model.members import (
    Event,
    Finding,
    Guard,
    Invocation,
    Link,
    Property,
    becomes,
    operation,
)
from environment.model.twin import Twin


def _free(twin: Twin, call: Invocation) -> Finding | None:
    holder = twin.value("reserved_for")
    if holder in (None, "", call.arguments["case"]):
        return None
    reading = twin.ledger.readings["reserved_for"]
    return Finding("a room that is free", f"reserved for {holder}", reading.effective)


NOT_TAKEN = Guard("room_is_free", "Argument `case` may have the room: nobody else has.", _free)


class Room(Twin):
    """A place of care: what must be ready in it, who is there, for whom it is kept."""

    type = Property("word", "What it is for.")
    status = Property(
        "word", "State.", choices=("free", "reserved", "preparing", "ready", "occupied", "cleaning")
    )
    reserved_for = Property("word", "The case it is kept for.")
    reserved_until_s = Property("time", "How long it is kept.")
    checklist = Property("map", "What must be ready; true when it is.")
    people = Property("words", "Who is there.")
    patient = Property("word", "The patient in it.")

    prepared = Event("Everything on the checklist is ready.", fields=("case",))
    request = Event("Something is asked of the room's staff.", fields=("text",))

    shows_on = Link("shownOn", "Its display.", inverse="shows")

    @operation(
        effect=becomes("reserved_for", "case"), guards=[NOT_TAKEN], roles=STAFF, undo="release"
    )
    async def reserve(self, case: str, until_s: float = -1.0) -> JSON:
        """Keep the room for a case (`until_s` below 0: until it is released)."""
        return await self.port.command("reserve", case=case, until_s=until_s)

    @operation(roles=STAFF)
    async def release(self, case: str) -> JSON:
        """Give the room back."""
        return await self.port.command("release", case=case)

    @operation(roles=STAFF, guards=[has_key("checklist", "item")])
    async def prepare(self, item: str) -> JSON:
        """Ask the staff to make one thing ready; it is when they say so."""
        return await self.port.command("prepare", item=item)

    @operation(roles=STAFF)
    async def enter(self, who: str, is_patient: bool = False) -> JSON:
        """Somebody comes in."""
        return await self.port.command("enter", who=who, is_patient=is_patient)

    @operation(roles=STAFF)
    async def leave(self, who: str) -> JSON:
        """Somebody goes."""
        return await self.port.command("leave", who=who)

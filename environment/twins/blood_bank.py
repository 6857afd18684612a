"""The blood bank: stock, requests, issue."""

from typing import Literal

from environment.model.change import JSON
from environment.model.guards import STAFF
from environment.model.members import Event, Property, emits, operation
from environment.model.twin import Twin

Product = Literal[
    "red_cells", "plasma", "platelets", "cryoprecipitate", "whole_blood", "o_negative_red_cells"
]


class BloodBank(Twin):
    """What is in stock, what was asked for, what is on its way."""

    stock = Property("map", "Units in stock, by product.")
    request = Property(
        "map", "Requests, by number.", fields=("product", "units", "status", "ready_s")
    )
    issued = Property("map", "Units issued so far, by product.")
    protocol = Property("flag", "The massive transfusion protocol is running here.")

    requested = Event("Units were asked for.", fields=("request", "product", "units", "ready_s"))
    issue = Event("Units were handed out.", fields=("request", "product", "units", "to"))
    shortage = Event("Fewer units than asked for.", fields=("product", "asked", "available"))

    @operation(effect=emits("requested", "product"), roles=STAFF)
    async def ask_for(self, product: Product, units: int, to: str = "shock_room") -> JSON:
        """Ask for units; they are issued after their issue time."""
        return await self.port.command("ask_for", product=product, units=units, to=to)

    @operation(roles=STAFF)
    async def prepare_pack(self, to: str = "shock_room") -> JSON:
        """Prepare the first pack of the massive transfusion protocol, and keep ahead."""
        return await self.port.command("prepare_pack", to=to)

    @operation(roles=STAFF)
    async def stand_down(self) -> JSON:
        """End the protocol."""
        return await self.port.command("stand_down")

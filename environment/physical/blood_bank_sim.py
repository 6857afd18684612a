"""A blood bank: stock by product and group, thawed plasma, issue times, the transfusion protocol.

Times and stock are engineering defaults of a hospital with its own bank; set them per site.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from environment.errors import InvocationFailedError, did_you_mean
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.simulated import SimulatedAsset

#: Units by product, and by ABO group where it is known; a bare number fits every patient.
Stock = Mapping[str, Mapping[str, int] | int]
ANY = "any"

STOCK: Stock = MappingProxyType(
    {
        "o_negative_red_cells": {"0": 6},
        "red_cells": {"0": 12, "A": 14, "B": 6, "AB": 2},
        "plasma": {"0": 6, "A": 10, "B": 4, "AB": 8},
        "platelets": {"0": 2, "A": 2},
        "cryoprecipitate": {"A": 4, "0": 4},
        "whole_blood": {},
    }
)
ISSUE_S = {
    "o_negative_red_cells": 120.0,  # from the emergency refrigerator
    "red_cells": 600.0,  # group-specific, without a full cross-match
    "plasma": 300.0,
    "platelets": 600.0,
    "cryoprecipitate": 1500.0,  # thawed on request
    "whole_blood": 120.0,
}
THAW_S = 1200.0  # frozen plasma, thawed on request
PACK = (("red_cells", 4), ("plasma", 4), ("platelets", 1))  # one pack, plasma to cells 1:1
# Whose cells and whose plasma may be given to whom (ABO). Unknown: 0 cells, AB (then A) plasma.
CELLS_FOR = {"0": ("0",), "A": ("A", "0"), "B": ("B", "0"), "AB": ("AB", "A", "B", "0")}
PLASMA_FOR = {"0": ("0", "A", "B", "AB"), "A": ("A", "AB"), "B": ("B", "AB"), "AB": ("AB",)}
UNKNOWN_PLASMA = ("AB", "A")


class BloodBankSim(SimulatedAsset):
    """What is in stock, asked for and on its way."""

    def __init__(
        self,
        twin: str = "blood_bank",
        *,
        stock: Stock = STOCK,
        thawed_plasma: int = 4,
        group: str = "",
        pace: float = 1.0,
        source: str = "",
    ) -> None:
        super().__init__(source or twin)
        self.twin = twin
        self._stock: dict[str, dict[str, int]] = {}
        for product, units in stock.items():
            groups = {ANY: units} if isinstance(units, int) else units
            counted = self._stock.setdefault(product, {})
            for group, n in groups.items():
                counted[_abo(group)] = counted.get(_abo(group), 0) + n
        self._thawed = thawed_plasma
        self._group = _abo(group)
        self._pace = pace
        self._requests: dict[str, dict[str, JSON]] = {}
        self._issued: dict[str, int] = {}
        self._protocol = False
        self._ahead: dict[str, str] = {}  # requests of the next pack, kept here -> where to

    def begin(self) -> None:
        """Say what is there."""
        self.tell(self.twin, "protocol", False)
        self._report_stock(None)

    def know_group(self, group: str) -> None:
        """The patient's ABO group is known: `0`, `A`, `B` or `AB`, with or without Rhesus."""
        self._group = _abo(group)

    async def do_ask_for(
        self, command: Command, product: str, units: int, to: str = "shock_room"
    ) -> JSON:
        """Take a request; returns when it will be ready."""
        key = self._request(command, product, units, to)
        return self._requests[key]["ready_s"]

    async def do_prepare_pack(self, command: Command, to: str = "shock_room") -> JSON:
        """Send a pack, and prepare the next, which waits here until it is asked for."""
        if not self._protocol:
            self._protocol = True
            self.tell(self.twin, "protocol", True, command)
        if not self._ahead:
            self._pack(command, to)
        waiting, self._ahead = self._ahead, {}
        ready = self.now()
        for key in waiting:
            ready = max(ready, float(self._requests[key]["ready_s"]))
            if self._requests[key]["status"] == "ready":
                self._issue(command, key, to)
        self._thawed += 4  # while the protocol runs, plasma is thawed ahead
        self.later(ready, lambda: self._keep_ahead(command, to))
        return ready

    async def do_stand_down(self, command: Command) -> JSON:
        """End the protocol; nothing new is prepared."""
        self._protocol = False
        self.tell(self.twin, "protocol", False, command)
        return True

    def _keep_ahead(self, command: Command, to: str) -> None:
        if self._protocol and not self._ahead:
            self._pack(command, to)

    def _pack(self, command: Command, to: str) -> None:
        for product, units in PACK:
            if self._available(product) > 0:
                key = self._request(command, product, units, to)
                self._ahead[key] = to
            else:
                value = {"product": product, "asked": units, "available": 0}
                self.tell(self.twin, "shortage", value, command)

    def _request(self, command: Command, product: str, units: int, to: str) -> str:
        if product not in self._stock:
            raise InvocationFailedError(
                f"The blood bank has no '{product}'.{did_you_mean(product, self._stock)}",
                "unknown_product",
            )
        available = self._available(product)
        got = min(units, available)
        if got < units:
            value = {"product": product, "asked": units, "available": available}
            self.tell(self.twin, "shortage", value, command)
        if not got:
            raise InvocationFailedError(f"No unit of {product} is left.", "out_of_stock")
        self._remove(product, got)
        ready = self.now() + self._time(product, got) * self._pace
        key = str(len(self._requests) + 1)
        self._requests[key] = {
            "product": product, "units": got, "status": "preparing", "ready_s": ready
        }  # fmt: skip
        self._report_stock(command)
        self.tell(self.twin, "request", dict(self._requests), command)
        value = {"request": key, "product": product, "units": got, "ready_s": ready}
        self.tell(self.twin, "requested", value, command)
        self.later(ready, lambda: self._ready(command, key, to))
        return key

    def _time(self, product: str, units: int) -> float:
        if product != "plasma":
            return ISSUE_S[product]
        ready = min(units, self._thawed)
        self._thawed -= ready
        return ISSUE_S["plasma"] if ready == units else THAW_S

    def _ready(self, command: Command, key: str, to: str) -> None:
        if key in self._ahead:
            self._requests[key] = {**self._requests[key], "status": "ready"}
            self.tell(self.twin, "request", dict(self._requests), command)
        else:
            self._issue(command, key, to)

    def _issue(self, command: Command, key: str, to: str) -> None:
        request = self._requests[key] = {**self._requests[key], "status": "issued"}
        product, units = str(request["product"]), int(request["units"])
        self._issued[product] = self._issued.get(product, 0) + units
        self.tell(self.twin, "request", dict(self._requests), command)
        self.tell(self.twin, "issued", dict(self._issued), command)
        value = {"request": key, "product": product, "units": units, "to": to}
        self.tell(self.twin, "issue", value, command)

    # -- stock -------------------------------------------------------------------------------------

    def _groups(self, product: str) -> tuple[str, ...]:
        if product in ("plasma", "cryoprecipitate"):
            return (*PLASMA_FOR.get(self._group, UNKNOWN_PLASMA), ANY)
        if product in ("platelets", "o_negative_red_cells", "whole_blood"):
            return ("0", "A", "B", "AB", ANY)
        return (*CELLS_FOR.get(self._group, ("0",)), ANY)

    def _available(self, product: str) -> int:
        return sum(self._stock[product].get(group, 0) for group in self._groups(product))

    def _remove(self, product: str, units: int) -> None:
        for group in self._groups(product):
            taken = min(units, self._stock[product].get(group, 0))
            if taken:
                self._stock[product][group] -= taken
                units -= taken

    def _report_stock(self, command: Command | None) -> None:
        total: dict[str, JSON] = {p: sum(groups.values()) for p, groups in self._stock.items()}
        self.tell(self.twin, "stock", total, command)


def _abo(group: str) -> str:
    """The ABO group without Rhesus; the letter O is written 0."""
    return group.rstrip("+-").replace("O", "0")

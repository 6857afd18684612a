"""The patient as an asset: people and agents act on the simulated body, and it answers.

Commands come from the patient twin. Each takes its time, then the body is treated, and what
happened is reported: events, running totals, devices in place, findings.
"""

from __future__ import annotations

from collections.abc import Mapping

from environment.errors import BadValueError, InvocationFailedError
from environment.model.catalogue import BLOOD, PROCEDURES, key_of
from environment.model.change import JSON
from environment.physical import care, examination
from environment.physical.adapter import Command
from environment.physical.physiology import Body
from environment.physical.simulated import SimulatedAsset

NOTICE_S = 5.0  # until somebody notices that the pulse is gone; engineering default
COUNTERS = {
    "red_cells": "red_cells", "plasma": "plasma", "platelets": "platelets_given",
    "cryoprecipitate": "cryoprecipitate", "whole_blood": "whole_blood",
}  # fmt: skip
_CRYSTALLOIDS = ("crystalloid", "saline", "ringer_lactate")
_CALCIUM = ("calcium_chloride", "calcium_gluconate")
_AIRWAYS = ("tube", "surgical")
_DRAINS = ("chest_tube", "drainage")
DRAIN_READ_EVERY_S = 300.0  # engineering default


class BodySim(SimulatedAsset):
    """A simulated patient. `pace` scales how long procedures take; 0 is at once."""

    def __init__(
        self,
        twin: str,
        body: Body,
        *,
        facts: Mapping[str, JSON] | None = None,
        passport: Mapping[str, JSON] | None = None,
        notice_s: float = NOTICE_S,
        pace: float = 1.0,
        source: str = "body",
    ) -> None:
        super().__init__(source)
        self.twin = twin
        self.body = body
        self._facts = dict(facts or {})
        self._passport = dict(passport) if passport is not None else None
        self._notice_s = notice_s
        self._pace = pace
        self._maps: dict[str, dict[str, JSON]] = {
            name: {} for name in ("performed", "device", "drug", "infusion", "injury")
        }
        self._totals: dict[str, float] = {}
        self._seen: dict[str, JSON] = {}
        self._drains: dict[str, tuple[float, float]] = {}  # side -> when placed, mL at once

    def begin(self) -> None:
        """Say who it is, and watch the body by the second."""
        self.tell_all(self.twin, self._facts)
        self._look(self.now())
        self.every(1.0, self._look, first_at=float(int(self.now()) + 1))
        self.every(DRAIN_READ_EVERY_S, self._read_drains, first_at=self.now() + DRAIN_READ_EVERY_S)

    # -- what everybody sees ---------------------------------------------------------------------

    def _look(self, at_s: float) -> None:
        self.body.advance(at_s)
        s = self.body.s
        pulse = s.arrested_s is None
        if not pulse and at_s < (s.arrested_s or 0.0) + self._notice_s:
            return
        self._notice(
            pulse=pulse,
            rhythm=s.rhythm,
            intubated=s.airway in _AIRWAYS,
            ventilated=s.ventilated,
            sedated=s.sedated,
            on_oxygen=s.fio2 > 0.25,
            oxygen_fraction=round(s.fio2, 2),
        )

    def _read_drains(self, at_s: float) -> None:
        if not self._drains:
            return
        drains: dict[str, JSON] = {}
        for side, (since, first) in self._drains.items():
            ml = examination.pleural_blood(self.body, side)
            hours = max(1.0 / 12.0, (at_s - since) / 3600.0)
            drains[side] = {
                "first_ml": round(first), "ml": round(ml), "ml_h": round((ml - first) / hours)
            }  # fmt: skip
        self.tell(self.twin, "drain", drains, at_s=at_s)

    def _notice(self, **facts: JSON) -> None:
        for member, value in facts.items():
            if self._seen.get(member) != value:
                self._seen[member] = value
                self.tell(self.twin, member, value)

    # -- procedures ------------------------------------------------------------------------------

    async def do_perform(
        self, command: Command, procedure: str, site: str = "", details: Mapping[str, JSON] = {}
    ) -> JSON:
        """Carry out a procedure."""
        return await self._procedure(command, procedure, site, dict(details), "done")

    async def do_start_procedure(
        self, command: Command, procedure: str, site: str = "", details: Mapping[str, JSON] = {}
    ) -> JSON:
        """Start a procedure that lasts."""
        return await self._procedure(command, procedure, site, dict(details), "start")

    async def _procedure(
        self, command: Command, name: str, site: str, details: dict[str, JSON], change: str
    ) -> JSON:
        key = self._known(name)
        row = care.PROCEDURES.get(key, care.NOTHING)
        await self._take(row.takes_s)
        self._act(row.act, site, details)
        self._count(key, site)
        if row.stays:
            self._place(key, site)
        if key in _DRAINS and site not in self._drains:
            self._drains[site] = (self.now(), examination.pleural_blood(self.body, site))
            self._read_drains(self.now())
        self._report_procedure(command, name, site, change, details)
        self._look(self.now())
        return key

    async def do_stop_procedure(self, command: Command, procedure: str, site: str = "") -> JSON:
        """End a procedure that lasts."""
        key = self._known(procedure)
        row = care.PROCEDURES.get(key, care.NOTHING)
        self._act(row.end, site, {})
        self._maps["device"].pop(_key(key, site), None)
        self._report_procedure(command, procedure, site, "stop", {})
        self._look(self.now())
        return key

    def _known(self, name: str) -> str:
        key = key_of(name)
        if key not in PROCEDURES and key not in care.PROCEDURES:
            raise InvocationFailedError(f"Nobody knows a procedure '{name}'.", "unknown_procedure")
        return key

    def _act(self, act: care.Act | None, site: str, details: Mapping[str, JSON]) -> None:
        if act is None:
            return
        self.body.advance(self.now())
        try:
            act(self.body, site, details)
        except BadValueError as wrong:
            raise InvocationFailedError(str(wrong), "does_not_fit") from wrong

    def _count(self, key: str, site: str) -> None:
        done = self._maps["performed"]
        times = done[key]["times"] + 1 if key in done else 1
        done[key] = {"site": site, "at_s": self.now(), "times": times}

    def _place(self, key: str, site: str) -> None:
        self._maps["device"][_key(key, site)] = {"kind": key, "site": site, "at_s": self.now()}

    def _report_procedure(
        self, command: Command, name: str, site: str, change: str, details: Mapping[str, JSON]
    ) -> None:
        self._report_map("performed", command)
        self._report_map("device", command)
        value = {"procedure": name, "site": site, "change": change, "details": dict(details)}
        self.tell(self.twin, "procedure", value, command)

    # -- drugs, infusions, blood -----------------------------------------------------------------

    async def do_give_drug(
        self,
        command: Command,
        drug: str,
        amount: float,
        unit: str,
        route: str = "iv",
        over_min: float = 0.0,
    ) -> JSON:
        """Give a dose."""
        key = key_of(drug)
        self.body.advance(self.now())
        try:
            care.give(self.body, key, amount, unit, over_min * 60.0)
        except BadValueError as wrong:
            raise InvocationFailedError(str(wrong), "cannot_be_given") from wrong
        total = self._add_dose(key, amount, unit)
        if key in _CRYSTALLOIDS:
            self._total("crystalloid_ml", amount if unit in ("mL", "ml") else 1000.0 * amount)
            self._volume(command, over_min or 5.0)
        if key in _CALCIUM:
            self._totals["products_since_calcium"] = 0
            self.tell(self.twin, "products_since_calcium", 0, command)
        self._report_map("drug", command)
        self.tell(
            self.twin,
            "drug_given",
            {"drug": drug, "amount": amount, "unit": unit, "route": route, "total": total},
            command,
        )
        self._look(self.now())
        return total

    def _add_dose(self, key: str, amount: float, unit: str) -> float:
        before = self._maps["drug"].get(key)
        total = amount + (before["total"] if before and before["unit"] == unit else 0.0)
        doses = 1 + (before["doses"] if before else 0)
        self._maps["drug"][key] = {
            "total": total, "unit": unit, "doses": doses, "last_s": self.now()
        }  # fmt: skip
        return total

    async def do_start_infusion(self, command: Command, drug: str, rate: float, unit: str) -> JSON:
        """Start a continuous infusion."""
        return self._infuse(command, drug, "start", rate, unit)

    async def do_change_infusion(self, command: Command, drug: str, rate: float, unit: str) -> JSON:
        """Change its rate."""
        return self._infuse(command, drug, "variation", rate, unit)

    async def do_stop_infusion(self, command: Command, drug: str) -> JSON:
        """Stop it."""
        unit = self._maps["infusion"].get(drug, {}).get("unit", "")
        return self._infuse(command, drug, "stop", 0.0, unit)

    def _infuse(self, command: Command, drug: str, change: str, rate: float, unit: str) -> JSON:
        key = key_of(drug)
        self.body.advance(self.now())
        care.drip(self.body, key, rate)
        running = self._maps["infusion"]
        if change == "stop":
            running.pop(drug, None)
        else:
            since = running[drug]["since_s"] if drug in running else self.now()
            running[drug] = {"rate": rate, "unit": unit, "since_s": since}
        self._report_map("infusion", command)
        value = {"drug": drug, "change": change, "rate": rate, "unit": unit}
        self.tell(self.twin, "infusion_changed", value, command)
        return rate

    async def do_give_blood(
        self, command: Command, product: str, units: int = 1, over_min: float = 5.0, bag: str = ""
    ) -> JSON:
        """Hang blood products; they run in over some minutes."""
        key = key_of(product)
        fluid = care.BLOOD_FLUIDS.get(key) or care.BLOOD_FLUIDS.get(product)
        if fluid is None:
            raise InvocationFailedError(
                f"There is no blood product '{product}'.", "unknown_product"
            )
        each_ml = BLOOD[key].volume_ml if key in BLOOD else 300.0
        ml = each_ml * units
        self.body.advance(self.now())
        self.body.treat("infuse", fluid=fluid, volume_ml=ml, over_s=max(1.0, over_min * 60.0))
        self._total(COUNTERS[fluid], units)
        self._total("blood_products", units)
        self._total("products_since_calcium", units)
        for name in (COUNTERS[fluid], "blood_products", "products_since_calcium"):
            self.tell(self.twin, name, int(self._totals[name]), command)
        value = {"product": product, "units": units, "ml": ml, "bag": bag}
        self.tell(self.twin, "blood_given", value, command)
        self._volume(command, over_min)
        return units

    def _total(self, name: str, amount: float) -> None:
        self._totals[name] = self._totals.get(name, 0.0) + amount

    def _volume(self, command: Command, over_min: float) -> None:
        ml = self._totals.get("crystalloid_ml")
        if ml is not None:
            self.tell(self.twin, "crystalloid_ml", ml, command)
        enough = (ml or 0.0) >= 500.0 or self._totals.get("blood_products", 0.0) >= 2
        if enough and "volume_or_products_s" not in self._totals:
            self._totals["volume_or_products_s"] = due = self.now() + over_min * 60.0
            self.later(due, lambda: self.tell(self.twin, "volume_or_products_s", due, command))

    # -- looking, writing down, moving -------------------------------------------------------------

    async def do_examine(self, command: Command, what: str) -> JSON:
        """Look, listen or feel."""
        self.body.advance(self.now())
        found = examination.by_hand(self.body, what)
        self.tell_all(self.twin, found, command)
        self._seen.update(found)
        self.tell(self.twin, "finding", {"name": what, "value": found}, command)
        return found

    async def do_record_finding(self, command: Command, member: str, value: JSON) -> JSON:
        """Write down what somebody saw."""
        self.tell(self.twin, member, value, command)
        self.tell(self.twin, "finding", {"name": member, "value": value}, command)
        return value

    async def do_record_injury(
        self,
        command: Command,
        injury: str,
        region: str,
        kind: str,
        side: str = "",
        open: bool = False,
    ) -> JSON:
        """Write down an injury."""
        self._maps["injury"][injury] = {
            "region": region, "kind": kind, "side": side, "open": open
        }  # fmt: skip
        self._report_map("injury", command)
        return injury

    async def do_place_in(self, command: Command, position: str) -> JSON:
        """Change the position."""
        await self._take(5.0)
        self.body.advance(self.now())
        self.body.treat("position", supine=position == "supine")
        self.tell(self.twin, "position", position, command)
        return position

    async def do_identify(self, command: Command, name: str = "", passport: bool = False) -> JSON:
        """Say who it is; what a passport says becomes known."""
        if name:
            self.tell(self.twin, "name", name, command)
        self.tell(self.twin, "identified", True, command)
        if not passport:
            return "identified"
        if self._passport is None:
            self.tell(self.twin, "passport", "none", command)
            return "none"
        self.tell_all(self.twin, self._passport, command)
        self.tell(self.twin, "passport", "read", command)
        self.tell(self.twin, "passport_read_s", self.now(), command)
        return "read"

    # -- small things ------------------------------------------------------------------------------

    async def _take(self, seconds: float) -> None:
        if seconds * self._pace > 0.0:
            await self.clock.sleep(seconds * self._pace)

    def _report_map(self, name: str, command: Command) -> None:
        self.tell(self.twin, name, dict(self._maps[name]), command)


def _key(kind: str, site: str) -> str:
    return f"{kind}_{site}" if site else kind

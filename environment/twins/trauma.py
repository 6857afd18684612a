"""Trauma: the in-hospital process, from the severity decision to the hospital bed."""

from collections.abc import Iterable
from typing import Literal

from environment.model.catalogue import procedure
from environment.model.change import JSON, Change
from environment.model.guards import (
    CARERS,
    HAS_REASON,
    STAFF,
    STEP_IS_ALLOWED,
    has_key,
    phase_is,
    value_is,
)
from environment.model.members import Event, Link, Property, becomes, follows, gains, operation
from environment.model.phase import TRAUMA
from environment.model.reach import IN_HOSPITAL, PATIENT_HAS_COME
from environment.model.twin import Twin

Phase = Literal[
    "pre_alerted",
    "activated",
    "delivered",
    "shock_room",
    "diagnostics",
    "operating",
    "ready_for_hospitalisation",
    "closed",
]

#: Which phase a room stands for; a room that is none of these is diagnostics.
PHASE_OF_ROOM = {
    "shock_room": "shock_room",
    "ct": "diagnostics",
    "angiography": "operating",
    "theatre": "operating",
}


class Trauma(
    Twin,
    vitals=("monitor", "finding", "laboratory"),
    via=("hasPatient", "continues"),
    required=("hr", "sbp", "spo2", "rr"),
):
    """The course in hospital; before arrival its state comes live from the pre-hospital twin."""

    machine = TRAUMA

    eta_s = Property("time", "Estimated arrival.", via=("continues",))
    mechanism = Property("word", "Dominating mechanism.", via=("continues",))
    injury_at_s = Property("time", "When the injury happened.", via=("continues",))
    at_patient_s = Property("time", "Arrival of the crew at the patient.", via=("continues",))
    severity = Property(
        "word", "The decision that created this twin.", required=True, via=("continues",)
    )
    criterion_dynamic = Property("flag", "Major-trauma criterion: dynamic.", via=("continues",))
    criterion_physiological = Property(
        "flag", "Major-trauma criterion: physiological.", via=("continues",)
    )
    criterion_anatomical = Property(
        "flag", "Major-trauma criterion: anatomical.", via=("continues",)
    )

    activated_s = Property("time", "When the team was activated.")
    arrived_s = Property("time", "When the patient was delivered.")
    leader = Property("word", "Who leads the team.")
    team = Property("map", "Roles filled, by role.", fields=("person", "since_s"))
    stay = Property("map", "Rooms the patient was in.", fields=("in_s", "out_s"))
    room = Property("word", "Where the patient is.")
    mtp = Property("flag", "The massive transfusion protocol is running.")
    mtp_at_s = Property("time", "When it was started.")
    airway_secured_s = Property("time", "When a definitive airway was in place.")
    ct_started_s = Property("time", "When the first CT scan started.")
    haemorrhage_control_s = Property("time", "When bleeding was first controlled by procedure.")
    first_blood_s = Property("time", "When the first blood product was given.")
    txa_s = Property("time", "When tranexamic acid was first given.")
    fast = Property("map", "eFAST, by view.", fields=("positive", "at_s"))
    order = Property(
        "map",
        "Orders, before they are carried out.",
        fields=("kind", "what", "amount", "unit", "route", "status", "at_s", "by"),
    )
    order_site = Property("map", "Where an ordered procedure is to be done, by order.")
    destination = Property("word", "Where the patient goes next.")
    final_destination = Property(
        "word",
        "Where the process ends.",
        choices=("icu", "ward", "sub_intensive", "transfer", "mortuary"),
    )
    iss = Property("integer", "Injury severity score.", low=0, high=75)
    ais = Property("map", "Worst AIS by ISS region.", fields=("ais", "injury"))
    secondary_activation = Property("flag", "Activated late, after arrival.")
    risk = Property("map", "Feedback of the cognitive service.", fields=("value", "because"))

    phase_changed = Event("A step of the process.", fields=("from", "to", "reason", "place"))
    ordered = Event(
        "Something was ordered.", fields=("order", "kind", "what", "amount", "unit", "route")
    )
    room_in = Event("The patient came into a room.", fields=("room",))
    room_out = Event("The patient left a room.", fields=("room",))
    leader_changed = Event("Another leader.", fields=("leader",))
    note = Event("A note of the team.", fields=("text",))
    imported = Event(
        "The case was taken from another system's report: what was mended in it, and what it says "
        "that no twin holds.",
        fields=("report", "repairs", "facts"),
    )
    media = Event("A photo, video or vocal note.", fields=("kind", "reference"))

    continues = Link("continues", "The pre-hospital process.", inverse="continuedBy")
    has_patient = Link("hasPatient", "The patient.", inverse="inProcess")
    led_by = Link("ledBy", "The trauma leader.", inverse="leads")
    shown_on = Link("shownOn", "The displays.", inverse="shows", many=True)
    has_member = Link("hasMember", "The team.", inverse="memberOf", many=True)

    @operation(guards=[STEP_IS_ALLOWED, PATIENT_HAS_COME], roles=STAFF)
    async def advance(self, to: Phase, place: str = "", reason: str = "") -> JSON:
        """Take the next step."""
        self.port.transition(to, reason=reason, place=place)
        now = self.port.now()
        if to == "activated":
            self.port.report("activated_s", now)
        if to == "delivered":
            self.port.report("arrived_s", now)
        return to

    @operation(guards=[HAS_REASON], roles=STAFF)
    async def correct(self, to: Phase, reason: str) -> JSON:
        """Correct a wrong step by another one, with a reason; nothing is deleted."""
        self.port.transition(to, reason=reason)
        return to

    @operation(effect=becomes("room", "room"), guards=[phase_is(*IN_HOSPITAL)], roles=STAFF)
    async def move(self, room: str) -> JSON:
        """The patient is brought into a room; the phase follows."""
        now, stays = self.port.now(), dict(self.value("stay") or {})
        before = self.value("room")
        if before == room:
            return room
        if before is not None:
            stays[before] = {**stays[before], "out_s": now}
            self.port.report("room_out", {"room": before})
        stays[room] = {"in_s": now, "out_s": None}
        self.port.report("room_in", {"room": room})
        self.port.report("stay", stays)
        self.port.report("room", room)
        phase = PHASE_OF_ROOM.get(room, "diagnostics")
        if room == "icu":
            phase = "ready_for_hospitalisation"
        if self.phase != phase:
            self.port.transition(phase, place=room)
        for patient in self.linked("hasPatient"):
            self.port.link("locatedIn", room, twin=patient)
        return room

    @operation(effect=becomes("leader", "person"), roles=STAFF)
    async def set_leader(self, person: str) -> JSON:
        """Name the trauma leader."""
        self.port.report("leader", person)
        self.port.report("leader_changed", {"leader": person})
        return person

    @operation(effect=gains("team", "role"), roles=STAFF)
    async def fill_role(self, role: str, person: str) -> JSON:
        """A team member takes a role."""
        team = dict(self.value("team") or {})
        team[role] = {"person": person, "since_s": self.port.now()}
        self.port.report("team", team)
        return role

    @operation(effect=gains("fast", "view"), roles=STAFF)
    async def record_fast(
        self,
        view: Literal["ruq", "luq", "pelvis", "subxiphoid", "pleura_left", "pleura_right"],
        positive: bool,
    ) -> JSON:
        """Write down one view of the eFAST."""
        views = dict(self.value("fast") or {})
        views[view] = {"positive": positive, "at_s": self.port.now()}
        self.port.report("fast", views)
        return positive

    async def _order(self, kind: str, what: str, *, site: str = "", **details: JSON) -> str:
        orders = dict(self.value("order") or {})
        key = f"{what}_{1 + sum(1 for k in orders if k.rsplit('_', 1)[0] == what)}"
        orders[key] = {
            "kind": kind,
            "what": what,
            "amount": 1.0,
            "unit": "",
            "route": "",
            **details,
            "status": "open",
            "at_s": self.port.now(),
            "by": self.port.caller,
        }
        if site:
            self.port.report("order_site", {**(self.value("order_site") or {}), key: site})
        self.port.report("order", orders)
        told = {name: orders[key][name] for name in ("kind", "what", "amount", "unit", "route")}
        self.port.report("ordered", {"order": key, **told})
        return key

    @operation(roles=CARERS, undo="cancel_order")
    async def order_drug(self, drug: str, amount: float, unit: str, route: str = "iv") -> JSON:
        """Order a drug, before it is given, so that the assistant can check it."""
        return await self._order("drug", drug, amount=amount, unit=unit, route=route)

    @operation(roles=CARERS, undo="cancel_order")
    async def order_procedure(self, procedure: str, site: str = "") -> JSON:
        """Order a procedure of the catalogue (`orotracheal_intubation`, `chest_tube` left ...)."""
        return await self._order("procedure", procedure, site=site)

    @operation(roles=CARERS, undo="cancel_order")
    async def order_diagnostic(self, diagnostic: str) -> JSON:
        """Order a diagnostic (`whole_body_ct`, `blood_gas` ...)."""
        return await self._order("diagnostic", diagnostic)

    @operation(guards=[has_key("order", "order"), HAS_REASON], roles=CARERS)
    async def cancel_order(self, order: str, reason: str) -> JSON:
        """Take an order back."""
        self._close_order(order, "cancelled")
        return reason

    def _close_order(self, key: str, status: str) -> None:
        orders = dict(self.value("order") or {})
        orders[key] = {**orders[key], "status": status}
        self.port.report("order", orders)

    @operation(
        effect=becomes("mtp", value=True), guards=[value_is("mtp", None, False)], roles=STAFF
    )
    async def start_mtp(self) -> JSON:
        """Start the massive transfusion protocol."""
        self.port.report("mtp_at_s", self.port.now())
        self.port.report("mtp", True)
        return True

    @operation(effect=becomes("mtp", value=False), guards=[value_is("mtp", True)], roles=CARERS)
    async def stop_mtp(self) -> JSON:
        """End the massive transfusion protocol."""
        self.port.report("mtp", False)
        return False

    @operation(effect=becomes("destination", "destination"), roles=STAFF)
    async def set_destination(self, destination: str) -> JSON:
        """Say where the patient goes next (`ct`, `theatre`, `angiography`, `icu` ...)."""
        self.port.report("destination", destination)
        return destination

    @operation(roles=STAFF)
    async def record(self, member: str, value: object) -> JSON:
        """Fill in one field of the report."""
        self.member("property", member, self.id)
        self.port.report(member, value)
        return value

    @operation(roles=CARERS)
    async def write_note(self, text: str) -> JSON:
        """Write a note into the report."""
        self.port.report("note", {"text": text})
        return text

    @operation(
        effect=becomes("final_destination", "destination"),
        guards=[phase_is(*IN_HOSPITAL)],
        roles=CARERS,
    )
    async def finish(
        self, destination: Literal["icu", "ward", "sub_intensive", "transfer", "mortuary"]
    ) -> JSON:
        """The patient is ready for a bed: the process ends."""
        self.port.report("final_destination", destination)
        if self.phase not in ("ready_for_hospitalisation", "closed"):
            self.port.transition("ready_for_hospitalisation", reason=destination)
        return destination

    @follows("hasPatient", "procedure")
    def procedures(self, change: Change) -> Iterable[tuple[str, JSON]]:
        """What the patient's procedures mean for the process."""
        done, at = change.value, change.effective
        if done["change"] == "stop":
            return
        row = procedure(done["procedure"])
        if row.airway and self.value("airway_secured_s") is None:
            yield "airway_secured_s", at
        if row.haemorrhage_control and self.value("haemorrhage_control_s") is None:
            yield "haemorrhage_control_s", at
        yield from self._fulfilled(done["procedure"])

    @follows("hasPatient", "drug_given")
    def drugs(self, change: Change) -> Iterable[tuple[str, JSON]]:
        """The first dose of tranexamic acid, and orders that were carried out."""
        if change.value["drug"] == "tranexamic_acid" and self.value("txa_s") is None:
            yield "txa_s", change.effective
        yield from self._fulfilled(change.value["drug"])

    @follows("hasPatient", "blood_given")
    def blood(self, change: Change) -> Iterable[tuple[str, JSON]]:
        """The first blood product."""
        if self.value("first_blood_s") is None:
            yield "first_blood_s", change.effective
        yield from self._fulfilled(change.value["product"])

    @follows("hasPatient", "diagnostic")
    def diagnostics(self, change: Change) -> Iterable[tuple[str, JSON]]:
        """The first CT, the views of an eFAST."""
        name, result = change.value["diagnostic"], change.value["result"] or {}
        if name.endswith("_ct") and self.value("ct_started_s") is None:
            yield "ct_started_s", result.get("started_s", change.effective)
        if "views" in result:
            views = dict(self.value("fast") or {})
            for view, positive in result["views"].items():
                views[view] = {"positive": positive, "at_s": change.effective}
            yield "fast", views
        yield from self._fulfilled(name)

    def _fulfilled(self, what: str) -> Iterable[tuple[str, JSON]]:
        orders = dict(self.value("order") or {})
        for key, order in orders.items():
            if order["what"] == what and order["status"] == "open":
                orders[key] = {**order, "status": "done"}
                yield "order", orders
                return

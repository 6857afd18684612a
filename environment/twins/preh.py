"""PreH: the pre-hospital process, from the emergency call to the handover."""

from collections.abc import Iterable
from typing import Literal

from environment.model.change import JSON, Change
from environment.model.guards import CARERS, HAS_REASON, STAFF, STEP_IS_ALLOWED, is_one_of, phase_is
from environment.model.members import (
    Event,
    Finding,
    Guard,
    Invocation,
    Link,
    Property,
    becomes,
    follows,
    operation,
)
from environment.model.phase import PREH
from environment.model.reach import CREW_IS_THERE, CREW_IS_WITH_PATIENT
from environment.model.triage import ITEMS
from environment.model.twin import Twin

RED = tuple(i.id for i in ITEMS.values() if i.colour == "red")
YELLOW = tuple(i.id for i in ITEMS.values() if i.colour == "yellow")

#: What the emergency form holds beside vital signs (the status flags of Italian rescue services).
SIGNS = (
    "closed_trauma",
    "penetrating_trauma",
    "helmet_or_seatbelt",
    "external_haemorrhage",
    "airway_problem",
    "tachypnoea_or_dyspnoea",
    "thorax_deformity",
    "ecofast",
    "deformed_pelvis",
    "amputation",
    "depressed_skull_fracture",
    "otorrhagia",
    "paraparesis",
    "tetraparesis",
    "paraesthesia",
    "traumatic_condition",
)

#: The tracking time that belongs to a step.
TIMES = {
    "en_route": "crew_departure_s",
    "on_scene": "arrival_onsite_s",
    "transporting": "departure_onsite_s",
    "handed_over": "arrival_er_s",
}

Phase = Literal[
    "called",
    "dispatched",
    "en_route",
    "on_scene",
    "assessed",
    "transporting",
    "handed_over",
    "closed",
]


def _severity_is_supported(twin: Twin, call: Invocation) -> Finding | None:
    """A RED item decides; YELLOW items only by a rescuer's answer (field triage guideline 2021)."""
    # An assistant may pass on what a rescuer has answered; RED items it cannot decide away.
    answered = bool(call.arguments["decided_by"]) and bool(twin.value("yellow"))
    if call.arguments["severity"] == "not_severe":
        if call.role != "agent":
            return None
        if twin.value("red") or (twin.value("yellow") and not answered):
            return Finding("no RED item, YELLOW ones only by a rescuer's answer", "at least one")
        return None
    if twin.value("red") or answered or call.role in CARERS:
        return None
    return Finding("a RED item, or a rescuer who decides", f"no RED item, asked by {call.role}")


def _no_trauma_yet(twin: Twin, call: Invocation) -> Finding | None:
    if twin.value("severity") == "severe":
        return Finding("a severity that was not yet decided severe", "severe")
    return None


SEVERITY_IS_SUPPORTED = Guard(
    "severity_is_supported",
    "Argument `severity` follows from RED items, or a rescuer decides.",
    _severity_is_supported,
)
NO_TRAUMA_YET = Guard("not_yet_severe", "The patient is not yet severe.", _no_trauma_yet)


class Preh(
    Twin,
    vitals=("monitor", "finding"),
    via=("hasPatient",),
):
    """The course before the hospital; its severity decision creates the Trauma twin."""

    machine = PREH

    address = Property("text", "Where it happened.")
    dynamic = Property("text", "How it happened, as told.")
    notes = Property("text", "What else the caller said.")
    dispatch_code = Property("word", "Priority given by the central unit.")
    patients_number = Property("integer", "How many are hurt.", low=0)
    mechanism = Property(
        "word",
        "Dominating mechanism.",
        choices=("blunt", "penetrating", "blast", "burn", "unknown"),
    )
    entrapment = Property("flag", "The patient is trapped.")
    is_car_accident = Property("flag", "A road traffic accident.")

    injury_at_s = Property("time", "When the injury happened.")
    call_at_s = Property("time", "Tracking: the call.")
    crew_departure_s = Property("time", "Tracking: the crew left.")
    arrival_onsite_s = Property("time", "Tracking: arrival at the scene.")
    at_patient_s = Property("time", "Arrival at the patient.")
    departure_onsite_s = Property("time", "Tracking: left the scene.")
    landing_helipad_s = Property("time", "Tracking: landed, if by air.")
    arrival_er_s = Property("time", "Tracking: arrival at the emergency room.")
    d09z_s = Property("time", "Call to scene, seconds.")
    corrected = Property(
        "words", "Steps that were taken back: their times count again once they are taken anew."
    )

    red = Property("words", "RED criteria of field triage.", choices=RED)
    yellow = Property("words", "YELLOW criteria of field triage.", choices=YELLOW)
    sign = Property("words", "Ticked on the emergency form.", choices=SIGNS)
    severity = Property("word", "The decision.", choices=("undetermined", "not_severe", "severe"))
    severity_by = Property("word", "Who decided.")
    criterion_dynamic = Property("flag", "Major-trauma criterion: dynamic.")
    criterion_physiological = Property("flag", "Major-trauma criterion: physiological.")
    criterion_anatomical = Property("flag", "Major-trauma criterion: anatomical.")
    territorial_area = Property("word", "Area of the rescue service.")
    destination = Property("word", "The hospital to go to.")
    eta_s = Property("time", "Estimated arrival there.", via=("carriedBy",))
    pre_alerted_s = Property("time", "When the trauma team was pre-alerted.")
    atmist = Property(
        "record", "The handover card: age, time, mechanism, injuries, signs, treatment."
    )

    phase_changed = Event("A step of the process.", fields=("from", "to", "reason", "place"))
    question = Event("The rescuer is asked to decide.", fields=("text", "items"))
    pre_alert = Event("The trauma team is pre-alerted.", fields=("atmist", "eta_s"))
    handover = Event("The patient is handed over.", fields=("atmist", "to"))

    has_patient = Link("hasPatient", "The patient.", inverse="inProcess")
    carried_by = Link("carriedBy", "The vehicle.", inverse="carries")
    assessed_by = Link("assessedBy", "The rescuers.", inverse="assesses", many=True)
    located_in = Link("locatedIn", "The accident place.", inverse="placeOf")

    @follows("", "red", "yellow")
    def criteria(self, change: Change) -> Iterable[tuple[str, JSON]]:
        """The three major-trauma flags follow from the items (Italian major trauma criteria)."""
        red, yellow = (
            {ITEMS[i].group for i in (self.value(name) or ())} for name in ("red", "yellow")
        )
        flags = {
            "criterion_physiological": "physiology" in red,
            "criterion_anatomical": "injury" in red,
            "criterion_dynamic": "mechanism" in yellow,
        }
        for name, is_met in flags.items():
            if self.value(name) != is_met:
                yield name, is_met

    @operation(guards=[STEP_IS_ALLOWED, CREW_IS_THERE], roles=STAFF)
    async def advance(self, to: Phase, place: str = "", reason: str = "") -> JSON:
        """Take the next step; its time is kept as the tracking time that belongs to it."""
        self.port.transition(to, reason=reason, place=place)
        self._took_step(to)
        if to == "on_scene" and self.value("call_at_s") is not None:
            self.port.report("d09z_s", self.port.now() - self.value("call_at_s"))
        return to

    def _took_step(self, to: str) -> None:
        """Keep the time of a step: the first one, and of a step that was taken back the next."""
        undone = self.value("corrected") or ()
        if to in TIMES and (to in undone or self.value(TIMES[to]) is None):
            self.port.report(TIMES[to], self.port.now())
        if to in undone:
            self.port.report("corrected", [step for step in undone if step != to])

    @operation(guards=[HAS_REASON], roles=STAFF)
    async def correct(self, to: Phase, reason: str) -> JSON:
        """Correct a wrong step by another one, with a reason; nothing is deleted."""
        order = PREH.phases
        undone = order[order.index(to) + 1 : order.index(self.phase or to) + 1]
        self.port.transition(to, reason=reason)
        if undone:
            self.port.report("corrected", [*(self.value("corrected") or ()), *undone])
        return to

    @operation(guards=[phase_is("called", "dispatched")], roles=("operator", "agent"))
    async def dispatch(self, vehicle: str) -> JSON:
        """Send a vehicle."""
        self.port.link("carriedBy", vehicle)
        if self.phase == "called":
            self.port.transition("dispatched")
        return vehicle

    @operation(guards=[CREW_IS_WITH_PATIENT], roles=STAFF)
    async def reach_patient(self) -> JSON:
        """The crew is with the patient: the treatment clock starts."""
        now = self.port.now()
        self.port.report("at_patient_s", now)
        return now

    @operation(roles=STAFF)
    async def record(self, member: str, value: object) -> JSON:
        """Fill in one field of the emergency form."""
        self.member("property", member, self.id)
        self.port.report(member, value)
        return value

    @operation(guards=[is_one_of("item", (*RED, *YELLOW), "triage item")], roles=STAFF)
    async def flag(self, item: str) -> JSON:
        """Note a RED or YELLOW criterion."""
        name = "red" if item in RED else "yellow"
        self.port.report(name, [*(self.value(name) or ()), item])
        return name

    @operation(guards=[is_one_of("item", (*RED, *YELLOW), "triage item")], roles=STAFF)
    async def unflag(self, item: str) -> JSON:
        """Take a criterion back."""
        name = "red" if item in RED else "yellow"
        self.port.report(name, [i for i in (self.value(name) or ()) if i != item])
        return name

    @operation(guards=[NO_TRAUMA_YET], roles=STAFF)
    async def ask_severity(self, text: str) -> JSON:
        """Ask the rescuer to decide, where only YELLOW items are present."""
        self.port.report("question", {"text": text, "items": list(self.value("yellow") or ())})
        return text

    @operation(
        effect=becomes("severity", "severity"),
        guards=[NO_TRAUMA_YET, SEVERITY_IS_SUPPORTED],
        roles=STAFF,
    )
    async def decide_severity(
        self,
        severity: Literal["severe", "not_severe"],
        reason: str = "",
        trauma: str = "trauma",
        decided_by: str = "",
    ) -> JSON:
        """Decide; `severe` creates the Trauma twin, before the patient arrives.

        `decided_by` is the rescuer whose answer is passed on.
        """
        self.port.report("severity", severity)
        self.port.report("severity_by", decided_by or self.port.caller)
        if severity == "not_severe":
            return severity
        self.port.create("trauma", trauma)
        self.port.link("continues", self.id, twin=trauma)
        for patient in self.linked("hasPatient"):
            self.port.link("hasPatient", patient, twin=trauma)
        return trauma

    @operation(roles=STAFF)
    async def send_pre_alert(self, atmist: dict[str, object]) -> JSON:
        """Pre-alert the trauma team with the handover card."""
        self.port.report("atmist", atmist)
        self.port.report("pre_alert", {"atmist": atmist, "eta_s": self.value("eta_s")})
        if self.value("pre_alerted_s") is None:
            self.port.report("pre_alerted_s", self.port.now())
        return self.port.now()

    @operation(guards=[phase_is("assessed", "transporting")], roles=STAFF)
    async def hand_over(self, atmist: dict[str, object], to: str = "") -> JSON:
        """Hand the patient over; the pre-hospital process is complete."""
        self.port.report("atmist", atmist)
        self.port.report("handover", {"atmist": atmist, "to": to})
        self._took_step("handed_over")
        self.port.transition("handed_over")
        return "handed_over"

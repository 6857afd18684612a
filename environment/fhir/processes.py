"""The two processes: PreH and Trauma as two Encounters of one EpisodeOfCare.

`Encounter.partOf` would say that one is inside the other; they follow each other, so what joins
them is the episode. Every step keeps its period in `statusHistory` and `classHistory`.
"""

from collections.abc import Iterable, Iterator

from environment.fhir.assets import identifier
from environment.fhir.case import Case
from environment.fhir.elements import (
    ATC_CHECKED,
    SYSTEM,
    Element,
    Mapped,
    Resource,
    checked,
    clean,
    coding,
    concept,
    refer,
    status_concept,
    words,
)
from environment.model import catalogue
from environment.model.change import Change
from environment.model.codes import ATC, ORPHA
from environment.model.reversal import ANTICOAGULANTS, anticoagulant, is_anticoagulant

CONDITION = "http://terminology.hl7.org/CodeSystem/condition-"
ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-"
DIAGNOSIS_ROLE = "http://terminology.hl7.org/CodeSystem/diagnosis-role"

#: The ATC group of warfarin and its kin, read in a published profile (AKTIN).
VITAMIN_K_ANTAGONISTS = "B01AA"
#: Phase -> Encounter.status of R4. `planned` until somebody is with the patient.
PREH_STATUS = {
    "called": "planned",
    "dispatched": "planned",
    "en_route": "planned",
    "on_scene": "in-progress",
    "assessed": "in-progress",
    "transporting": "in-progress",
    "handed_over": "finished",
    "closed": "finished",
}
TRAUMA_STATUS = {
    "pre_alerted": "planned",
    "activated": "planned",
    "delivered": "arrived",
    "shock_room": "in-progress",
    "diagnostics": "in-progress",
    "operating": "in-progress",
    "ready_for_hospitalisation": "in-progress",
    "closed": "finished",
}
Steps = list[tuple[str, float]]


def processes(case: Case) -> Iterator[Mapped]:
    """Encounters, the episode, conditions, allergies and what the patient took before."""
    yield from conditions(case)
    yield from allergies(case)
    yield from _taken_before(case)
    if case.preh:
        yield _preh(case)
    if case.trauma:
        yield _trauma(case)
    if case.preh or case.trauma:
        yield Mapped(clean(_episode(case)))


def status_steps(phases: Iterable[Change], table: dict[str, str]) -> Steps:
    """The statuses with the times at which each began; closed without a patient: `cancelled`."""
    steps: Steps = []
    for change in phases:
        status = table[change.value]
        if change.value == "closed" and all(s == "planned" for s, _ in steps):
            status = "cancelled"
        if not steps or steps[-1][0] != status:
            steps.append((status, change.effective))
    return steps


def _history(case: Case, steps: Steps, name: str) -> list[Element]:
    """The past of a status: each with its period; the present one is the element itself."""
    return [
        {name: value, "period": case.at.period(since, steps[i + 1][1])}
        for i, (value, since) in enumerate(steps[:-1])
    ]


def _encounter(case: Case, twin: str, steps: Steps) -> Resource:
    is_over = steps[-1][0] in ("finished", "cancelled")
    begun = [since for status, since in steps if status not in ("planned", "cancelled")]
    period = case.at.period(begun[0], steps[-1][1] if is_over else None) if begun else {}
    return {
        "resourceType": "Encounter",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "status": steps[-1][0],
        "statusHistory": _history(case, steps, "status"),
        "subject": case.subject,
        "episodeOfCare": [refer(f"EpisodeOfCare/{case.id('episode')}")],
        "period": period,
    }


def _preh(case: Case) -> Mapped:
    phases = case.phases(case.preh)
    body = _encounter(case, case.preh, status_steps(phases, PREH_STATUS))
    body["class"] = _class("encounter_field")
    told = case.last(case.preh, "dynamic", "") or _as_told(case)
    body["reasonCode"] = [concept(told)] if told else []
    body["participant"] = [_participant(case, person) for person in _rescuers(case)]
    body["location"] = _road(case)
    body["diagnosis"] = _diagnoses(case, "CC")
    units = case.of_kind("central_unit")
    body["serviceProvider"] = case.ref(units[0]) if units else {}
    return Mapped(clean(body), tuple(phases))


def _as_told(case: Case) -> str:
    """How it happened, as the caller told the central unit."""
    for unit in case.of_kind("central_unit"):
        for change in case.changes(unit, "call_taken", "event"):
            if change.value["process"] == case.preh:
                return str(change.value["dynamic"])
    return ""


def _rescuers(case: Case) -> list[str]:
    named = [target for target, *_ in case.links(case.preh, "assessedBy")]
    for vehicle, *_ in case.links(case.preh, "carriedBy"):
        named += case.last(vehicle, "crew", [])
    return [person for person in dict.fromkeys(named) if case.kind(person) == "person"]


def _participant(case: Case, person: str, key: str = "primary_performer") -> Element:
    code = checked(key)
    kind = concept(code.display, code) if code else {}
    return {"type": [kind], "individual": case.ref(person)}


def _road(case: Case) -> list[Element]:
    """The accident place, then the vehicle."""
    arrived = case.time("arrival_onsite_s")
    left = case.time("departure_onsite_s")
    there = case.time("arrival_er_s")
    rows = []
    for place, *_ in case.links(case.preh, "locatedIn"):
        if arrived is not None:
            rows.append(_stay(case, place, arrived, left))
    for vehicle, *_ in case.links(case.preh, "carriedBy"):
        if left is not None:
            rows.append(_stay(case, vehicle, left, there))
    return rows


def _stay(case: Case, place: str, since: float, until: float | None) -> Element:
    return {
        "location": case.location(place),
        "status": "active" if until is None else "completed",
        "period": case.at.period(since, until),
    }


def _trauma(case: Case) -> Mapped:
    phases = case.phases(case.trauma)
    steps = status_steps(phases, TRAUMA_STATUS)
    body = _encounter(case, case.trauma, steps)
    classes: Steps = [("encounter_emergency", steps[0][1])]
    ready = [c for c in phases if c.value == "ready_for_hospitalisation"]
    destination = case.last(case.trauma, "final_destination")
    if ready and destination not in ("transfer", "mortuary"):
        classes.append(("encounter_inpatient", ready[0].effective))
    body["class"] = _class(classes[-1][0])
    body["classHistory"] = [
        {**row, "class": _class(row["class"])} for row in _history(case, classes, "class")
    ]
    members = [row["person"] for _, row in sorted(case.last(case.trauma, "team", {}).items())]
    leader = case.last(case.trauma, "leader", "")
    people = dict.fromkeys([leader, *members] if leader else members)
    body["participant"] = [
        _participant(case, p, "attender" if p == leader else "primary_performer")
        for p in people
        if case.kind(p) == "person"
    ]
    body["diagnosis"] = _diagnoses(case, "AD")
    body["location"] = [
        _stay(case, room, since, until)
        for room, since, until in case.links(case.patient, "locatedIn")
        if case.kind(room) == "room"
    ]
    if destination is not None:
        body["hospitalization"] = {
            "destination": case.location(destination),
            "dischargeDisposition": concept(words(destination)),
        }
    return Mapped(clean(body), tuple(phases), traced=True)


def _class(key: str) -> Element:
    row = checked(key)
    return coding(row) if row else {}


def _diagnoses(case: Case, use: str) -> list[Element]:
    role = concept("", {"system": DIAGNOSIS_ROLE, "code": use})
    return [
        {"condition": refer(m.reference), "use": {"coding": role["coding"]}} for m in injuries(case)
    ]


def _episode(case: Case) -> Resource:
    begins = case.phases(case.preh or case.trauma)[0].effective
    last = case.phases(case.trauma or case.preh)[-1]
    is_over = last.value == "closed"
    team = [refer(f"CareTeam/{case.id(case.trauma, 'team')}")] if case.trauma else []
    return {
        "resourceType": "EpisodeOfCare",
        "id": case.id("episode"),
        "identifier": [{"system": f"{SYSTEM}/episodes", "value": case.preh or case.trauma}],
        "status": "finished" if is_over else "active",
        "type": [concept("trauma, from the call to the hospital bed")],
        "diagnosis": [{"condition": refer(m.reference)} for m in injuries(case)],
        "patient": case.subject,
        "period": case.at.period(begins, last.effective if is_over else None),
        "team": team,
    }


# -- what the patient has --------------------------------------------------------------------------


def conditions(case: Case) -> Iterator[Mapped]:
    """Injuries found, conditions of the passport, an arrest."""
    yield from injuries(case)
    for change, key, row in _entries(case, "condition"):
        code = {"system": ORPHA, "code": key, "display": row["label"]} if key.isdigit() else None
        yield _condition(case, change, key, concept(row["label"], code), confirmed=True)
    lost = [c for c in case.changes(case.patient, "pulse") if c.value is False]
    if lost:
        code = concept("Cardiac arrest", checked("cardiac_arrest"))
        yield _condition(case, lost[0], "arrest", code, confirmed=True)


def injuries(case: Case) -> Iterator[Mapped]:
    """Each injury that was found or is suspected."""
    for change, key, row in _entries(case, "injury"):
        side = " ".join(words(x) for x in (row["side"], row["region"]) if x)
        text = f"{words(key)}{', open' if row['open'] else ''}"
        yield _condition(case, change, key, concept(text), site=side)


def _entries(case: Case, name: str) -> Iterator[tuple[Change, str, Element]]:
    """The entries of a map with the change that brought each."""
    first: dict[str, Change] = {}
    for change in case.changes(case.patient, name):
        for key in change.value:
            first.setdefault(key, change)
    present = case.last(case.patient, name, {})
    for key, row in sorted(present.items()):
        yield first[key], key, row


def _condition(
    case: Case, change: Change, key: str, code: Element, *, site: str = "", confirmed: bool = False
) -> Mapped:
    kind = "problem-list-item" if confirmed else "encounter-diagnosis"
    certain = "confirmed" if confirmed else "provisional"
    body: Resource = {
        "resourceType": "Condition",
        "id": case.id(case.patient, "condition", key),
        "clinicalStatus": status_concept(f"{CONDITION}clinical", "active"),
        "verificationStatus": status_concept(f"{CONDITION}ver-status", certain),
        "category": [status_concept(f"{CONDITION}category", kind)],
        "code": code,
        "bodySite": [concept(site)] if site else [],
        "subject": case.subject,
        "encounter": case.encounter(change.effective),
        "recordedDate": case.at(change.recorded),
        "recorder": case.person(change.by),
    }
    return Mapped(clean(body), (change,))


def allergies(case: Case) -> Iterator[Mapped]:
    """Allergies of the passport; a passport that names none says so."""
    rows = case.changes(case.patient, "allergy")
    for change, key, row in _entries(case, "allergy"):
        severity = str(row["severity"])
        code = checked(f"{catalogue.key_of(key)}_allergy")
        body = _allergy(case, change, key, concept(words(key), code))
        body["criticality"] = {"high": "high", "severe": "high", "low": "low", "mild": "low"}.get(
            severity, "unable-to-assess"
        )
        if row["group"]:
            body["note"] = [{"text": f"group: {words(row['group'])}"}]
        yield Mapped(clean(body), (change,))
    if rows and not rows[-1].value:
        none = concept("No known allergy", checked("no_known_allergy"))
        yield Mapped(clean(_allergy(case, rows[-1], "none", none)), (rows[-1],))


def _allergy(case: Case, change: Change, key: str, code: Element) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": case.id(case.patient, "allergy", key),
        "clinicalStatus": status_concept(f"{ALLERGY}clinical", "active"),
        "verificationStatus": status_concept(f"{ALLERGY}verification", "confirmed"),
        "code": code,
        "patient": case.subject,
        "recordedDate": case.at(change.recorded),
        "recorder": case.person(change.by),
    }


def _taken_before(case: Case) -> Iterator[Mapped]:
    """What thins the blood and was taken before the injury."""
    for name in ("anticoagulant", "antiplatelet"):
        rows = case.changes(case.patient, name)
        if not rows or rows[-1].value in ("", "none", "unknown"):
            continue
        change, taken = rows[-1], str(rows[-1].value)
        drug = catalogue.DRUGS.get(catalogue.key_of(taken))
        atc = drug.atc if drug and drug.atc in ATC_CHECKED else ""
        if is_anticoagulant(taken) and ANTICOAGULANTS[anticoagulant(taken)] == "vka":
            atc = VITAMIN_K_ANTAGONISTS
        code = {"system": ATC, "code": atc, "display": words(taken)} if atc else None
        body: Resource = {
            "resourceType": "MedicationStatement",
            "id": case.id(case.patient, name),
            "status": "active",
            "category": concept(name),
            "medicationCodeableConcept": concept(words(taken), code),
            "subject": case.subject,
            "context": case.encounter(change.effective),
            "dateAsserted": case.at(change.recorded),
            "informationSource": case.person(change.by),
        }
        yield Mapped(clean(body), (change, *rows[:-1]))

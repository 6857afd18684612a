"""Any property of a twin as an Observation: the same reading is the same resource everywhere."""

from collections.abc import Iterable, Iterator

from environment.fhir.case import Case
from environment.fhir.elements import (
    Element,
    Mapped,
    Resource,
    absent,
    category,
    checked,
    clean,
    concept,
    number,
    quantity,
    words,
)
from environment.model.change import JSON, canonical
from environment.model.frame import Reading
from environment.model.members import Property
from environment.runtime.states import reading_of

#: Kinds of twin whose state is about the patient.
OF_THE_PATIENT = ("patient", "preh", "trauma", "monitor", "ventilator")
#: Times of the mission, in order: property of PreH or Trauma -> what people call it.
TIMES = {
    "injury_at_s": "time of injury",
    "call_at_s": "time of the call",
    "crew_departure_s": "departure of the crew",
    "arrival_onsite_s": "arrival at the scene",
    "at_patient_s": "arrival at the patient",
    "departure_onsite_s": "departure from the scene",
    "landing_helipad_s": "landing at the helipad",
    "arrival_er_s": "arrival at the emergency room",
    "activated_s": "activation of the trauma team",
    "arrived_s": "delivery of the patient",
    "airway_secured_s": "definitive airway in place",
    "ct_started_s": "start of the first CT",
    "haemorrhage_control_s": "control of the bleeding",
}

#: Findings at the patient, and what is done to keep the patient breathing, as people saw them.
EXAM = (
    "voice",
    "breath_sounds_left",
    "breath_sounds_right",
    "respiratory_distress",
    "pulse",
    "rhythm",
    "vomits",
    "seizure",
    "focal_deficit",
    "amnesia_or_loc",
    "burn_tbsa",
    "smoke",
    "position",
)
THERAPY = ("sedated", "intubated", "ventilated", "on_oxygen", "oxygen_fraction")
#: What the emergency form holds about the event.
FORM = (
    "dynamic",
    "mechanism",
    "entrapment",
    "is_car_accident",
    "patients_number",
    "sign",
    "notes",
    "destination",
)
SETTINGS = ("rate", "tidal_ml", "peep")
#: Property -> key of its verified code.
CODED = {"dynamic": "loinc_cause_of_injury"}


def label(member: Property) -> str:
    """What a property is, in words."""
    return TIMES.get(member.name) or member.doc.rstrip(".") or words(member.name)


def fact(case: Case, member: Property, reading: Reading) -> Mapped:
    """A reading of a property as an Observation about the twin that it was observed on."""
    change = case.journal[reading.seq]
    body: Resource = {
        "resourceType": "Observation",
        "id": case.id(reading.twin, member.name, reading.seq),
        "status": "final",
        "category": _category(case, reading.twin, member.name),
        "code": concept(label(member), checked(CODED.get(member.name, ""))),
        **about(case, reading.twin, reading.effective),
        "effectiveDateTime": case.at(reading.effective),
        "issued": case.at(reading.recorded),
        "performer": [case.person(change.by)],
        "device": case.ref(reading.twin) if case.kind(reading.twin) == "ventilator" else {},
        **fact_value(case, member, reading.value),
    }
    return Mapped(clean(body), (change,))


def _category(case: Case, twin: str, name: str) -> list[Element]:
    if case.kind(twin) == "ventilator" or name in THERAPY:
        return category("therapy")
    return category("exam") if name in EXAM else []


def findings(case: Case) -> Iterator[Mapped]:
    """What people saw, wrote on the form and set on the ventilator, each when it changed."""
    yield from _course(case, case.patient, (*EXAM, *THERAPY))
    yield from _course(case, case.preh, FORM)
    for ventilator in case.of_kind("ventilator"):
        if any(c.value for c in case.changes(ventilator, "connected")):
            yield from _course(case, ventilator, SETTINGS)


def _course(case: Case, twin: str, names: Iterable[str]) -> Iterator[Mapped]:
    members = case.models[twin].properties if twin else {}
    for name in names:
        before: JSON = None
        for change in case.changes(twin, name):
            if change.value != before:
                yield fact(case, members[name], reading_of(change))
            before = change.value


def about(case: Case, twin: str, at_s: float) -> Element:
    """Subject, focus and encounter of what is said about a twin."""
    own = case.ref(twin)
    if case.kind(twin) in OF_THE_PATIENT:
        focus = [] if case.kind(twin) == "patient" else [own]
        return {"subject": case.subject, "focus": focus, "encounter": case.encounter(at_s)}
    # FHIR admits a person or an organisation as the focus, not as the subject.
    is_thing = str(own.get("reference", "")).startswith(("Device/", "Location/"))
    return {"subject": own} if is_thing else {"focus": [own]}


def fact_value(case: Case, member: Property, value: JSON) -> Element:
    """Any property's value as `value[x]`, or as components where it has parts."""
    if member.type == "flag":
        return {"valueBoolean": value}
    if member.type == "time":
        return {"valueDateTime": case.at(value)}
    if member.type == "integer" and not member.unit:
        return {"valueInteger": value}
    if member.type in ("number", "integer"):
        return {"valueQuantity": quantity(value, member.unit)}
    if member.type == "words":
        return {"valueString": ", ".join(value) or "none"}
    if member.type in ("map", "record"):
        if not value:
            return {"valueString": "none"}
        return {"component": [_part(key, inner) for key, inner in sorted(value.items())]}
    return {"valueString": value or "none"}


def _part(key: str, value: JSON) -> Element:
    code = concept(words(key) or "part")
    if isinstance(value, bool):
        return {"code": code, "valueBoolean": value}
    if isinstance(value, (int, float)):
        return {"code": code, "valueQuantity": {"value": number(value)}}
    if value is None:
        return {"code": code, "dataAbsentReason": absent("unknown")}
    text = value if isinstance(value, str) else canonical(value)
    return {"code": code, "valueString": text or "none"}

"""The things and people of a case: Patient, Device, DeviceMetric, Location, Practitioner, team."""

from collections.abc import Iterator

from environment.fhir.case import HOSPITAL, PLATFORM, TYPE_OF_KIND, Case
from environment.fhir.elements import (
    ABSENT_EXTENSION,
    SYSTEM,
    Element,
    Mapped,
    Resource,
    checked,
    clean,
    concept,
    refer,
    vital_concept,
    words,
)
from environment.fhir.facts import fact
from environment.model.codes import UCUM
from environment.model.vitals import VITALS
from environment.runtime.states import reading_of

GENDER = {"female": "female", "male": "male"}
#: Room type -> code of the kind of place.
PLACE_CODE = {"shock_room": "place_shock_room", "icu": "place_icu"}
DEVICE_CODE = {"monitor": "monitor", "vehicle": "ground_ambulance"}
#: A word in a person's role or title -> code of the occupation. The first that fits.
OCCUPATION = {
    "surgeon": "trauma_surgeon",
    "leader": "physician",
    "anaesthetist": "physician",
    "paramedic": "paramedic",
    "rescuer": "ambulance_crew",
    "driver": "ambulance_crew",
}


def assets(case: Case) -> Iterator[Mapped]:
    """Every asset of the case, each as the resource that stands for it."""
    yield from bearer(case)
    for twin in case.models:
        yield from asset(case, twin)
    yield from shared_assets(case)


def asset(case: Case, twin: str) -> Iterator[Mapped]:
    """What stands for one twin: a thing, a place or a person; processes have their own file."""
    kind = case.kind(twin)
    if kind in ("patient", "preh", "trauma"):
        return
    if kind in ("room", "place"):
        yield _mapped(_room(case, twin) if kind == "room" else _place(case, twin))
    elif kind == "person":
        yield _mapped(_practitioner(case, twin))
        yield _mapped(_role(case, twin))
    elif TYPE_OF_KIND.get(kind) == "Organization":
        yield _mapped(_organisation(case, twin))
    else:
        yield _mapped(_device(case, twin))
        if kind == "vehicle":
            yield _mapped(_vehicle_as_place(case, twin))
        elif kind == "monitor":
            yield from map(_mapped, _metrics(case, twin))


def shared_assets(case: Case) -> Iterator[Mapped]:
    """The building around the rooms, and the team around the patient."""
    if case.of_kind("room"):
        yield _mapped(_hospital(case))
    if case.trauma:
        yield _mapped(care_team(case))


def bearer(case: Case) -> Iterator[Mapped]:
    """The patient, and the software that keeps the record."""
    if case.patient:
        yield _mapped(patient(case))
    yield _mapped(_platform(case))


def _mapped(resource: Resource) -> Mapped:
    return Mapped(clean(resource))


def identifier(case: Case, twin: str) -> list[Element]:
    """The twin's own name, as an identifier."""
    return [{"system": f"{SYSTEM}/twins/{case.kind(twin)}", "value": twin}]


def patient(case: Case) -> Resource:
    """The patient; what nobody knows says so."""
    twin = case.patient
    name = case.last(twin, "name", "")
    unknown = {"extension": [{"url": ABSENT_EXTENSION, "valueCode": "unknown"}]}
    died = case.last(case.trauma, "final_destination") == "mortuary"
    return {
        "resourceType": "Patient",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "active": True,
        "name": [{"text": name}] if name else [{"use": "anonymous", "text": "Unknown patient"}],
        "gender": GENDER.get(case.last(twin, "sex", ""), "unknown"),
        "_birthDate": unknown,  # the twin knows an age, not a date
        "deceasedBoolean": True if died else None,
    }


# -- devices ---------------------------------------------------------------------------------------


def _platform(case: Case) -> Resource:
    return {
        "resourceType": "Device",
        "id": case.id(PLATFORM),
        "identifier": [{"system": f"{SYSTEM}/software", "value": PLATFORM}],
        "status": "active",
        "deviceName": [{"name": PLATFORM, "type": "user-friendly-name"}],
        "type": concept("software that keeps the twins; for training and research"),
    }


def _device(case: Case, twin: str) -> Resource:
    kind = case.kind(twin)
    what = {
        "mind": "software agent",
        "device": words(case.last(twin, "type", "device")),
        "vehicle": "rescue vehicle",
        "monitor": "vital-signs monitor",
    }.get(kind, words(kind))
    on_patient = any(target == twin for target, *_ in case.carriers)
    places = case.links(twin, "locatedIn")
    where = case.location(twin if kind == "vehicle" else places[-1][0] if places else "")
    return {
        "resourceType": "Device",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "status": "active",
        "deviceName": [{"name": words(twin), "type": "user-friendly-name"}],
        "type": concept(what, checked(DEVICE_CODE.get(kind, ""))),
        "patient": case.subject if on_patient else {},
        "location": where,
        "owner": case.ref(next(iter(case.of_kind("central_unit")), ""))
        if kind == "vehicle"
        else {},
    }


def _metrics(case: Case, monitor: str) -> Iterator[Resource]:
    for key, row in VITALS.items():
        if case.was_told(monitor, key):
            code = {"system": UCUM, "code": row.unit}
            yield {
                "resourceType": "DeviceMetric",
                "id": case.id(monitor, key),
                "identifier": [{"system": f"{SYSTEM}/twins/monitor", "value": f"{monitor}.{key}"}],
                "type": vital_concept(row),
                "unit": concept(row.shown_unit or row.unit, code),
                "source": case.ref(monitor),
                "operationalStatus": "on",
                "category": "measurement",
            }


# -- places ----------------------------------------------------------------------------------------


def _hospital(case: Case) -> Resource:
    return {
        "resourceType": "Location",
        "id": case.id(HOSPITAL),
        "status": "active",
        "name": "hospital",
        "mode": "instance",
        "physicalType": concept("Building", checked("physical_building")),
    }


def _room(case: Case, twin: str) -> Resource:
    type = case.last(twin, "type", "")
    return {
        "resourceType": "Location",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "status": "active",
        "operationalStatus": {"display": words(case.last(twin, "status", ""))},
        "name": words(twin),
        "mode": "instance",
        "type": [concept(words(type or "room"), checked(PLACE_CODE.get(type, "")))],
        "physicalType": concept("Room", checked("physical_room")),
        "partOf": refer(f"Location/{case.id(HOSPITAL)}", "hospital"),
    }


def _place(case: Case, twin: str) -> Resource:
    address = case.last(twin, "address", "") or case.last(case.preh, "address", "")
    return {
        "resourceType": "Location",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "status": "active",
        "name": words(twin),
        "mode": "instance",
        "type": [concept("accident site", checked("place_accident"))],
        "address": {"text": address},
        "physicalType": concept("Area", checked("physical_area")),
        "position": _position(case.last(twin, "position")),
    }


def _vehicle_as_place(case: Case, twin: str) -> Resource:
    return {
        "resourceType": "Location",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "status": "active",
        "name": words(twin),
        "mode": "instance",
        "type": [concept("Ambulance", checked("place_ambulance"))],
        "physicalType": concept("Vehicle", checked("physical_vehicle")),
        "position": _position(case.last(twin, "position")),
    }


def _position(value: Element | None) -> Element:
    if not value or "lat" not in value:
        return {}
    return {"longitude": value["lon"], "latitude": value["lat"]}


# -- people ----------------------------------------------------------------------------------------


def _organisation(case: Case, twin: str) -> Resource:
    return {
        "resourceType": "Organization",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "active": True,
        "type": [concept(words(case.kind(twin)))],
        "name": words(twin),
    }


def _practitioner(case: Case, twin: str) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": case.id(twin),
        "identifier": identifier(case, twin),
        "active": True,
        "name": [{"text": case.title(twin)}],
    }


def occupation(case: Case, twin: str) -> Element:
    """What a person is, with the code where one is verified."""
    role = words(case.last(twin, "role", "member of the team"))
    spoken = f"{twin} {role} {case.title(twin)}".lower()
    key = next((code for word, code in OCCUPATION.items() if word in spoken), "")
    return concept(case.title(twin), checked(key))


def _role(case: Case, twin: str) -> Resource:
    place = case.last(twin, "place", "")
    return {
        "resourceType": "PractitionerRole",
        "id": case.id(twin),
        "active": True,
        "practitioner": case.ref(twin),
        "code": [occupation(case, twin)],
        "location": [case.location(place)],
    }


def care_team(case: Case) -> Resource:
    """The trauma team: who fills which role since when."""
    team = case.last(case.trauma, "team", {})
    is_over = case.last(case.trauma, "final_destination") is not None
    return {
        "resourceType": "CareTeam",
        "id": case.id(case.trauma, "team"),
        "status": "inactive" if is_over else "active",
        "category": [concept("Encounter-focused care team", checked("loinc_care_team_encounter"))],
        "name": "trauma team",
        "subject": case.subject,
        "encounter": case.ref(case.trauma),
        "participant": [
            {
                "role": [concept(words(role))],
                "member": case.ref(row["person"]),
                "period": case.at.period(row["since_s"]),
            }
            for role, row in sorted(team.items())
        ],
    }


def patient_facts(case: Case) -> Iterator[Mapped]:
    """Age, weight and pregnancy as Observations; no verified code is known for them."""
    for name in ("age", "weight_kg", "pregnancy_weeks"):
        for change in case.changes(case.patient, name)[-1:]:
            if change.value or name != "pregnancy_weeks":
                member = case.models[case.patient].properties[name]
                yield fact(case, member, reading_of(change))

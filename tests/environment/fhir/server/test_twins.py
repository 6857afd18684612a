"""The server and the twins: what they say is found; what is told of them is judged."""

import pytest

from environment.fhir.bundle import resources
from environment.fhir.case import Case, models_of
from environment.fhir.checks import problems
from environment.fhir.server.texts import read
from environment.model.change import Observation
from environment.physical.adapter import Command
from tests.environment.fhir.server.ward import LOINC, UCUM, Ward, open_ward, patient, vital
from tests.environment.runtime.ward import START


async def test_a_monitors_value_is_found_a_second_after_the_reading(ward: Ward) -> None:
    await ward.reading(hr=88.0, sbp=120.0, dbp=80.0)
    told = await ward.get(f"Observation?patient=patient&code={LOINC}|8867-4")
    assert told.json["entry"][0]["resource"]["valueQuantity"]["value"] == 88
    panel = await ward.get("Observation?component-code-value-quantity=8480-6$120")
    assert len(panel.ids) == 1
    assert (await ward.get("DeviceMetric?source=monitor-1")).json["total"] == 3


async def test_the_server_holds_what_the_mapping_says_of_the_journal(ward: Ward) -> None:
    for n in range(30):
        await ward.reading(hr=80.0 + n, spo2=97.0)
    ward.tell("patient", "age", 42)
    await ward.post({"resourceType": "Organization", "name": "Laboratory"}, by="system")
    await ward.clock.sleep(1.0)
    ward.server.follow()
    journal = ward.world.journal
    wanted = resources(Case(journal, models_of(journal), START), every_s=0)
    assert len(wanted) > 60
    for resource in wanted:
        held = ward.server.fold.shelves.find(f"{resource['resourceType']}/{resource['id']}")
        assert held is not None, resource["id"]
        said = read(held.text)
        meta = {k: v for k, v in said.pop("meta").items() if k in ("profile", "tag")}
        assert said | ({"meta": meta} if meta else {}) == resource


async def test_a_version_is_made_only_where_something_changed(ward: Ward) -> None:
    await ward.clock.sleep(1.0)
    before = (await ward.get("Patient/patient")).headers["ETag"]
    for _ in range(5):
        await ward.reading(hr=80.0)
    ward.tell("patient", "name", "Anna Example")  # nothing new
    await ward.clock.sleep(1.0)
    assert (await ward.get("Patient/patient")).headers["ETag"] == before
    ward.tell("patient", "sex", "female")
    await ward.clock.sleep(1.0)
    told = await ward.get("Patient/patient/_history")
    assert [e["resource"]["gender"] for e in told.json["entry"]] == ["female", "unknown"]


async def test_a_value_told_from_outside_becomes_the_twins_and_stays_one_resource(
    ward: Ward,
) -> None:
    await ward.clock.sleep(1.0)
    sent = vital("8867-4", 121, "/min", ward.now())
    made = await ward.post(sent, by="system")
    assert made.status == 201
    assert ward.world.twin("patient").value("hr") == 121.0
    change = ward.world.journal.last("patient", "hr")
    assert change is not None
    assert (change.by, change.source) == ("system", "system")
    await ward.clock.sleep(2.0)
    told = await ward.get("Observation?patient=patient&code=8867-4")
    assert told.ids == [made.json["id"]]
    assert told.json["entry"][0]["resource"]["effectiveDateTime"] == sent["effectiveDateTime"]


REFUSED = {
    "the wrong unit": ("Observation.valueQuantity.code", {"code": "/h"}, {}),
    "a value that cannot be": ("Observation.value[x]", {"value": 2000}, {}),
    "a time to come": (
        "Observation.effective[x]",
        {},
        {"effectiveDateTime": "2027-01-01T00:00:00Z"},
    ),
    "a day without a time": ("Observation.effective[x]", {}, {"effectiveDateTime": "2026-01-15"}),
    "an unknown code": ("Observation.code", {}, {"code": {"text": "shoe size"}}),
    "no value yet": ("Observation.status", {}, {"status": "registered"}),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_fact_that_a_twin_cannot_take_is_refused_and_nothing_is_stored(
    ward: Ward, name: str
) -> None:
    path, value, more = REFUSED[name]
    await ward.clock.sleep(1.0)
    sent = vital("8867-4", 121, "/min", ward.now())
    sent["valueQuantity"] = {**sent["valueQuantity"], **value}
    before = len(ward.world.journal)
    told = await ward.post({**sent, **more}, by="system")
    assert told.status == 422
    assert path in [at for at, _ in told.issues]
    assert len(ward.world.journal) == before


async def test_the_wrong_patient_is_no_patient(ward: Ward) -> None:
    told = await ward.post(vital("8867-4", 121, "/min", ward.now(), "somebody"), by="system")
    assert told.status == 422
    assert told.issues[0][0] == "Observation.subject.reference"


async def test_a_late_value_is_restated_and_does_not_push_the_present_one_aside(
    ward: Ward,
) -> None:
    await ward.clock.sleep(60.0)
    await ward.post(vital("2524-7", 3, "mmol/L", ward.now(), "patient"), by="system")
    first = await ward.post(vital("8867-4", 121, "/min", ward.now()), by="system")
    late = await ward.post(vital("8867-4", 90, "/min", ward.now(-30.0)), by="system")
    assert (first.status, late.status) == (201, 201)
    assert ward.world.twin("patient").value("hr") == 121.0
    told = ward.world.journal.last("patient", "hr")
    assert told is not None
    assert told.quality == "restated"


async def test_facts_of_a_twin_are_neither_put_nor_deleted(ward: Ward) -> None:
    await ward.reading(hr=88.0)
    found = (await ward.get("Observation?code=8867-4")).json["entry"][0]["resource"]
    changed = {**found, "valueQuantity": {**found["valueQuantity"], "value": 40}}
    told = await ward.put(changed)
    assert (told.status, "only its asset" in told.issues[0][1]) == (409, True)
    told = await ward.ask("DELETE", f"Observation/{found['id']}")
    assert (told.status, "stays in the journal" in told.issues[0][1]) == (409, True)
    mine = await ward.post(vital("8867-4", 121, "/min", ward.now()), by="system")
    told = await ward.ask("DELETE", f"Observation/{mine.json['id']}")
    assert told.status == 409
    wrong = {**mine.json, "status": "entered-in-error"}
    assert (await ward.put(wrong, by="system")).status == 200


async def test_a_value_told_in_error_is_taken_back_out_of_the_twin(ward: Ward) -> None:
    await ward.clock.sleep(1.0)
    await ward.post(vital("8867-4", 80, "/min", ward.now(-1.0)), by="system")
    made = (await ward.post(vital("8867-4", 180, "/min", ward.now()), by="system")).json
    twin = ward.world.twin("patient")
    assert twin.value("hr") == 180.0
    assert (await ward.put({**made, "status": "entered-in-error"}, by="system")).status == 200
    assert twin.value("hr") == 80.0  # what was known before counts again
    assert (await ward.get(f"Observation/{made['id']}")).json["status"] == "entered-in-error"


async def test_a_value_of_the_wrong_patient_is_taken_back_when_it_finds_its_own(
    ward: Ward,
) -> None:
    await ward.clock.sleep(1.0)
    await ward.put(patient("p1"))
    made = (await ward.post(vital("8867-4", 180, "/min", ward.now()), by="system")).json
    right = {**made, "subject": {"reference": "Patient/p1"}}
    assert (await ward.put(right, by="system")).status == 200
    assert ward.world.twin("patient").value("hr") is None


async def test_a_corrected_value_takes_the_place_of_the_one_before(ward: Ward) -> None:
    await ward.clock.sleep(1.0)
    made = (await ward.post(vital("8867-4", 180, "/min", ward.now()), by="system")).json
    value = {**made["valueQuantity"], "value": 118}
    told = await ward.put({**made, "status": "corrected", "valueQuantity": value}, by="system")
    assert told.status == 200
    assert ward.world.twin("patient").value("hr") == 118.0
    await ward.clock.sleep(2.0)
    assert (await ward.get("Observation?code=8867-4")).ids == [made["id"]]


async def test_a_reading_that_its_monitor_takes_back_says_that_it_was_an_error(ward: Ward) -> None:
    at = ward.clock.now()
    await ward.reading(hr=188.0)
    (found,) = (await ward.get("Observation?code=8867-4")).ids
    said = Observation(
        twin="monitor_1",
        member="hr",
        value=None,
        effective=at,
        source="monitor_1",
        quality="withdrawn",
    )
    ward.world.observe(said)
    await ward.clock.sleep(1.0)
    told = await ward.get(f"Observation/{found}")
    assert (told.json["status"], told.headers["ETag"]) == ("entered-in-error", 'W/"2"')
    journal = ward.world.journal
    mapped = resources(Case(journal, models_of(journal), START), every_s=0)
    assert [r["status"] for r in mapped if r["id"] == found] == ["entered-in-error"]


DOSE = {
    "resourceType": "MedicationAdministration",
    "status": "completed",
    "medicationCodeableConcept": {"text": "tranexamic acid"},
    "subject": {"reference": "Patient/patient"},
    "effectiveDateTime": "2026-01-15T14:00:00Z",
    "dosage": {
        "route": {"text": "iv"},
        "dose": {"value": 1, "unit": "g", "system": UCUM, "code": "g"},
    },
}


class Body:
    """An asset that takes what it is given and says so."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward

    def provides(self) -> dict[str, dict[str, float]]:
        return {}

    async def start(self, feed: object, clock: object) -> None:
        """Nothing begins by itself."""

    async def stop(self) -> None:
        """Nothing goes on."""

    async def command(self, command: Command) -> None:
        given = command.arguments
        self.ward.world.record(
            "patient",
            "event",
            "drug_given",
            {key: given[key] for key in ("drug", "amount", "unit", "route")},
            by=command.by,
            cause=command.cause,
        )


async def test_a_dose_told_from_outside_is_an_operation_and_stays_one_resource(
    ward: Ward,
) -> None:
    await ward.world.attach(Body(ward), serves=["patient"])
    await ward.clock.sleep(1.0)
    made = await ward.post(DOSE, by="instructor")
    assert made.status == 201, made.body
    given = ward.world.journal.last("patient", "drug_given")
    assert given is not None
    chain = [c.name for c in ward.world.journal.why(given)]
    assert chain == ["received", "give_drug", "drug_given"]
    await ward.clock.sleep(2.0)
    told = await ward.get("MedicationAdministration?patient=patient")
    assert told.ids == [made.json["id"]]
    proof = await ward.get("AuditEvent?entity-name=patient.give")
    assert proof.json["total"] == 1


async def test_a_dose_that_the_catalogue_does_not_know_is_refused_with_its_path(
    ward: Ward,
) -> None:
    await ward.clock.sleep(1.0)
    told = await ward.post({**DOSE, "medicationCodeableConcept": {"text": "moonshine"}})
    assert (told.status, told.issues[0][0]) == (
        422,
        "MedicationAdministration.medicationCodeableConcept",
    )


async def test_a_role_that_may_not_treat_is_refused_by_the_guard_and_it_is_recorded(
    ward: Ward,
) -> None:
    await ward.clock.sleep(1.0)
    told = await ward.post(DOSE, by="system")
    assert told.status == 403
    assert "refused" in told.issues[0][1]
    last = ward.world.journal.last("patient", "give_drug")
    assert last is not None
    assert last.value["status"] == "refused"
    assert (await ward.get("MedicationAdministration?patient=patient")).ids == []


async def test_an_encounter_put_with_another_status_asks_the_process_for_its_step(
    ward: Ward,
) -> None:
    for phase in ("dispatched", "en_route"):
        await ward.operations.invoke("preh", "advance", [phase], by="instructor")
    await ward.clock.sleep(1.0)
    found = (await ward.get("Encounter/preh")).json
    assert found["status"] == "planned"
    told = await ward.put({**found, "status": "in-progress"})
    assert told.status == 200, told.body
    assert told.json["status"] == "in-progress"
    assert ward.world.twin("preh").phase == "on_scene"
    wrong = await ward.put({**told.json, "status": "onleave"})
    assert (wrong.status, wrong.issues[0][0]) == (422, "Encounter.status")
    more = await ward.put({**told.json, "serviceType": {"text": "x"}})
    assert (more.status, more.issues[0][0]) == (422, "Encounter.serviceType")


async def test_the_case_is_a_document_that_those_may_read_who_may_know_who_it_is(
    ward: Ward,
) -> None:
    await ward.reading(hr=88.0)
    await ward.operations.invoke("preh", "advance", ["dispatched"], by="instructor")
    await ward.clock.sleep(1.0)
    found = await ward.get("Composition?patient=patient&type=74209-8")
    told = (await ward.get(f"Composition/{found.ids[0]}/$document")).json
    assert (told["type"], told["entry"][0]["resource"]["id"]) == ("document", found.ids[0])
    assert told["entry"][0]["fullUrl"] == "http://ward.example/fhir/Composition/composition"
    assert list(problems(told)) == []
    assert (await ward.get(f"Composition/{found.ids[0]}", by="researcher")).status == 404
    leader = await ward.get(f"Composition/{found.ids[0]}/$document", by="trauma_leader")
    assert (leader.status, list(problems(leader.json))) == (200, [])
    assert b"Anna Example" in leader.body
    assert b"Via Roma" not in leader.body  # where it happened is not for the hospital
    assert b"Via Roma" in (await ward.get(f"Composition/{found.ids[0]}/$document")).body


async def test_a_step_that_the_process_does_not_allow_is_refused_with_its_guard(
    ward: Ward,
) -> None:
    await ward.clock.sleep(1.0)
    found = (await ward.get("Encounter/preh")).json
    told = await ward.put({**found, "status": "finished"})
    assert told.status == 409, told.body
    assert "expected" in told.issues[0][1]


async def test_whose_rights_do_not_reach_the_process_cannot_move_it_by_its_encounter(
    ward: Ward,
) -> None:
    await ward.clock.sleep(1.0)
    found = (await ward.get("Encounter/preh")).json
    told = await ward.put({**found, "status": "in-progress"}, by="trauma_leader")
    assert (told.status, "within_rights" in told.issues[0][1]) == (403, True)


async def test_everything_of_the_patient_and_of_an_encounter_refers_to_nothing_outside(
    ward: Ward,
) -> None:
    for _ in range(3):
        await ward.reading(hr=88.0, sbp=120.0, dbp=80.0)
    for id, above in (("trust", {}), ("ward", {"partOf": {"reference": "Organization/trust"}})):
        await ward.put({"resourceType": "Organization", "id": id, "name": id, **above})
    role = {"organization": {"reference": "Organization/ward"}}
    await ward.put({"resourceType": "PractitionerRole", "id": "nurse", **role})
    await ward.post(
        {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                        "code": "active",
                    }
                ]
            },
            "code": {"text": "latex"},
            "patient": {"reference": "Patient/patient"},
            "recorder": {"reference": "PractitionerRole/nurse"},
        },
        by="system",
    )
    for url in ("Patient/patient/$everything", "Encounter/preh/$everything"):
        told = await ward.get(url)
        held = {f"{r['resourceType']}/{r['id']}": r for r in map(_resource, told.json["entry"])}
        types = {name.split("/")[0] for name in held}
        assert {"Patient", "Encounter", "Observation", "AllergyIntolerance", "Device"} <= types
        for version in (ward.server.fold.shelves.find(name) for name in held):
            assert version is not None
            assert set(version.refs) <= set(held), version.reference
    sent = await ward.post(vital("8867-4", 90, "/min", ward.now()), by="system")
    assert sent.json["id"] in (await ward.get("Encounter/preh/$everything")).ids
    few = await ward.get("Patient/patient/$everything?_type=Observation&_count=2")
    await ward.reading(hr=91.0)
    seen, page = few.ids, few
    while page.next:
        page = await ward.get(page.next)
        seen += page.ids
    assert len(seen) == len(set(seen)) == 8
    assert seen[-1].startswith("monitor-1-hr-")
    none = await ward.get("Patient/patient/$everything?_type=Observation&_since=2027-01-01")
    assert none.ids == []


def _resource(entry: dict[str, dict[str, str]]) -> dict[str, str]:
    return entry["resource"]


async def test_a_glucose_of_another_patient_never_reaches_the_twin() -> None:
    async with open_ward() as ward:
        await ward.put({"resourceType": "Patient", "id": "p1", "active": True})
        await ward.post(vital("8867-4", 180, "/min", ward.now(), "p1"), by="system")
        assert ward.world.twin("patient").value("hr") is None

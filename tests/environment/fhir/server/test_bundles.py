"""Transactions, all or nothing; batches, each for itself; documents."""

from environment.model.change import JSON
from tests.environment.fhir.server.ward import BASE, Ward, patient, vital

URN = "urn:uuid:05efabf0-4be2-4561-91ce-51548425acb9"


def entry(method: str, url: str, resource: JSON = None, full: str = "", **more: str) -> JSON:
    row: JSON = {"request": {"method": method, "url": url, **more}}
    if resource is not None:
        row["resource"] = resource
    if full:
        row["fullUrl"] = full
    return row


def bundle(type: str, *rows: JSON) -> JSON:
    return {"resourceType": "Bundle", "type": type, "entry": list(rows)}


def about(who: str, ward: Ward) -> JSON:
    return {**vital("8867-4", 80, "/min", ward.now()), "subject": {"reference": who}}


def new_patient() -> JSON:
    return {k: v for k, v in patient("x").items() if k != "id"}


async def test_what_refers_to_each_other_is_stored_together_in_one_change(ward: Ward) -> None:
    before = len(ward.world.journal)
    told = await ward.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "Observation", about(URN, ward)),
            entry("POST", "Patient", new_patient(), URN),
            entry("GET", "Patient?family=bianchi&_summary=count"),
        ),
    )
    assert told.status == 200
    rows = told.json["entry"]
    assert [row["response"]["status"][:3] for row in rows] == ["201", "201", "200"]
    who = rows[1]["resource"]["id"]
    assert rows[0]["resource"]["subject"]["reference"] == f"Patient/{who}"
    assert rows[1]["response"]["location"] == f"{BASE}/Patient/{who}/_history/1"
    assert rows[2]["resource"]["total"] == 1
    stored = [c for c in ward.world.journal.read(since=before) if c.name == "person_stored"]
    assert [row["type"] for row in stored[0].value["rows"]] == ["Observation", "Patient"]
    assert len(stored) == 1


async def test_nothing_of_a_transaction_with_a_wrong_entry_is_stored(ward: Ward) -> None:
    before = len(ward.world.journal)
    wrong = {**about(URN, ward), "status": "finished"}
    told = await ward.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "Patient", new_patient(), URN),
            entry("POST", "Observation", wrong),
        ),
    )
    assert told.status == 422
    assert told.issues[0][0] == "Bundle.entry[1].resource.status"
    assert "finished" in told.issues[0][1]
    assert len(ward.world.journal) == before
    assert (await ward.get("Patient?family=bianchi")).ids == []


async def test_a_transaction_fails_as_a_whole_where_one_version_is_old(ward: Ward) -> None:
    await ward.put(patient("p1"))
    await ward.put(patient("p1"))
    told = await ward.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "Patient", new_patient()),
            entry("PUT", "Patient/p1", patient("p1", "Verdi"), ifMatch='W/"1"'),
        ),
    )
    assert told.status == 412
    assert told.issues[0][0] == "Bundle.entry[1].request"
    assert (await ward.get("Patient?family=verdi")).ids == []


async def test_conditions_and_conditional_references_are_resolved(ward: Ward) -> None:
    known = {**patient("p1"), "identifier": [{"system": "urn:x", "value": "7"}]}
    await ward.put(known)
    told = await ward.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "Patient", new_patient(), URN, ifNoneExist="identifier=urn:x|7"),
            entry("POST", "Observation", about(URN, ward)),
            entry("POST", "Observation", about("Patient?identifier=urn:x|7", ward)),
        ),
    )
    assert told.status == 200, told.body
    assert told.json["entry"][0]["response"]["status"] == "200 OK"
    found = await ward.get("Observation?patient=p1")
    assert len(found.ids) == 2
    vague = bundle(
        "transaction", entry("POST", "Observation", about("Patient?family=nobody", ward))
    )
    assert (await ward.ask("POST", "", vague)).status == 412


async def test_a_name_of_another_server_inside_the_bundle_becomes_the_one_here(ward: Ward) -> None:
    there = "http://other.example/fhir/Patient/7"
    told = await ward.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "Patient", new_patient(), there),
            entry("POST", "Observation", about(there, ward)),
        ),
    )
    who = told.json["entry"][0]["resource"]["id"]
    reference = told.json["entry"][1]["resource"]["subject"]["reference"]
    assert reference == f"Patient/{who}"


async def test_an_address_is_changed_once_only(ward: Ward) -> None:
    twice = bundle(
        "transaction",
        entry("PUT", "Patient/p1", patient("p1")),
        entry("DELETE", "Patient/p1"),
    )
    told = await ward.ask("POST", "", twice)
    assert (told.status, "once only" in told.issues[0][1]) == (400, True)


async def test_what_refers_to_each_other_can_go_together(ward: Ward) -> None:
    await ward.put(patient("p1"))
    await ward.put({**about("Patient/p1", ward), "id": "o1"})
    alone = bundle("transaction", entry("DELETE", "Patient/p1"))
    assert (await ward.ask("POST", "", alone)).status == 409
    both = bundle("transaction", entry("DELETE", "Patient/p1"), entry("DELETE", "Observation/o1"))
    assert (await ward.ask("POST", "", both)).status == 200
    assert (await ward.get("Patient/p1")).status == 410


async def test_each_entry_of_a_batch_has_an_answer_of_its_own(ward: Ward) -> None:
    told = await ward.ask(
        "POST",
        "",
        bundle(
            "batch",
            entry("PUT", "Patient/p1", patient("p1")),
            entry("POST", "Patient", {"resourceType": "Patient", "gender": "x"}),
            entry("GET", "Patient/p1"),
            entry("GET", "Patient/nobody"),
        ),
    )
    rows = told.json["entry"]
    assert [row["response"]["status"][:3] for row in rows] == ["201", "422", "200", "404"]
    assert rows[1]["response"]["outcome"]["issue"][0]["expression"] == ["Patient.gender"]
    assert rows[2]["resource"]["id"] == "p1"


async def test_what_is_no_bundle_of_requests_is_refused(ward: Ward) -> None:
    for wrong in (
        {"resourceType": "Patient", "active": True},
        {"resourceType": "Bundle", "type": "document"},
        {"resourceType": "Bundle", "type": "batch", "entry": {}},
        {"resourceType": "Bundle", "type": "batch", "entry": [1]},
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": {}}]},
        [],
    ):
        told = await ward.ask("POST", "", wrong)
        assert told.status in (400, 422), wrong
        assert told.issues


async def test_an_act_on_a_patient_is_no_part_of_all_or_nothing(ward: Ward) -> None:
    procedure = {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"text": "tourniquet"},
        "subject": {"reference": "Patient/patient"},
    }
    await ward.clock.sleep(1.0)
    told = await ward.ask("POST", "", bundle("transaction", entry("POST", "Procedure", procedure)))
    assert (told.status, "cannot be taken back" in told.issues[0][1]) == (422, True)


async def test_a_document_holds_its_composition_first_and_all_that_it_refers_to(
    ward: Ward,
) -> None:
    await ward.put(patient("p1"))
    await ward.put({"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Rossi"}]})
    await ward.put(
        {
            "resourceType": "Composition",
            "id": "c1",
            "status": "final",
            "type": {"text": "discharge letter"},
            "subject": {"reference": "Patient/p1"},
            "date": "2026-01-15",
            "author": [{"reference": "Practitioner/doc"}],
            "title": "Letter",
        }
    )
    told = (await ward.get("Composition/c1/$document")).json
    assert told["type"] == "document"
    kinds = [e["resource"]["resourceType"] for e in told["entry"]]
    assert kinds == ["Composition", "Patient", "Practitioner"]

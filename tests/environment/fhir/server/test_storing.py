"""Reading and writing: versions, conditions, deletions, histories, and what is refused why."""

import pytest

from environment.fhir.checks import problems
from environment.fhir.server.server import Server
from environment.fhir.server.texts import read, write
from tests.environment.fhir.server.ward import BASE, Ward, open_ward, patient, vital

ORGANISATION = {
    "resourceType": "Organization",
    "name": "Laboratory",
    "identifier": [{"system": "urn:x", "value": "1"}],
}


async def test_a_new_resource_is_answered_with_its_version_and_read_back_as_it_came_in(
    ward: Ward,
) -> None:
    made = await ward.post(ORGANISATION)
    id = made.json["id"]
    assert made.status == 201
    assert made.headers["Location"] == f"{BASE}/Organization/{id}/_history/1"
    assert made.headers["ETag"] == 'W/"1"'
    got = await ward.get(f"Organization/{id}")
    assert got.status == 200
    assert {k: v for k, v in got.json.items() if k not in ("id", "meta")} == ORGANISATION
    assert got.json["meta"]["versionId"] == "1"


async def test_a_decimal_keeps_the_digits_that_it_came_with(ward: Ward) -> None:
    text = (
        '{"resourceType":"Observation","status":"final","code":{"text":"creatinine"},'
        '"valueQuantity":{"value":1.10,"unit":"mg/dL"},"component":[{"code":{"text":"x"},'
        '"valueQuantity":{"value":100000000000000000.10}}]}'
    )
    made = await ward.ask("POST", "Observation", raw=text.encode())
    got = await ward.get(f"Observation/{made.json['id']}")
    assert b'"value":1.10,' in got.body
    assert b'"value":100000000000000000.10}' in got.body
    found = await ward.get("Observation?value-quantity=1.1")
    assert b'"value":1.10,' in found.body


async def test_every_version_stays_readable_and_the_history_tells_how_it_came(ward: Ward) -> None:
    for name in ("one", "two", "three"):
        await ward.put({"resourceType": "Organization", "id": "lab", "name": name})
    assert (await ward.get("Organization/lab/_history/2")).json["name"] == "two"
    await ward.ask("DELETE", "Organization/lab")
    past = (await ward.get("Organization/lab/_history")).json
    assert [e["request"]["method"] for e in past["entry"]] == ["DELETE", "PUT", "PUT", "PUT"]
    assert past["entry"][-1]["response"]["status"] == "201 Created"
    assert past["total"] == 4
    gone = await ward.get("Organization/lab")
    assert gone.status == 410
    assert (await ward.get("Organization/lab/_history/4")).status == 410
    assert (await ward.get("Organization/lab/_history/9")).status == 404
    back = await ward.put({"resourceType": "Organization", "id": "lab", "name": "again"})
    assert (back.status, back.headers["ETag"]) == (201, 'W/"5"')


async def test_histories_of_a_type_and_of_all_come_in_pages_that_do_not_shift(ward: Ward) -> None:
    for n in range(5):
        await ward.put({"resourceType": "Organization", "id": f"o{n}", "name": "x"})
    first = await ward.get("Organization/_history?_count=2")
    await ward.put({"resourceType": "Organization", "id": "late", "name": "x"})
    second = await ward.get(first.next)
    third = await ward.get(second.next)
    seen = [e["resource"]["id"] for page in (first, second, third) for e in page.json["entry"]]
    assert seen == ["o4", "o3", "o2", "o1", "o0"]
    assert not third.next
    assert (await ward.get("_history?_count=3")).json["entry"][0]["resource"]["id"] == "late"


async def test_whoever_writes_on_an_old_version_is_told_of_the_new_one(ward: Ward) -> None:
    await ward.put(patient("p1"))
    await ward.put(patient("p1", "Rossi"))
    stale = await ward.put(patient("p1", "Verdi"), headers={"If-Match": 'W/"1"'})
    assert stale.status == 412
    assert 'there is W/"2"' in stale.issues[0][1]
    fresh = await ward.put(patient("p1", "Verdi"), headers={"If-Match": 'W/"2"'})
    assert (fresh.status, fresh.headers["ETag"]) == (200, 'W/"3"')


async def test_a_conditional_create_makes_one_and_refuses_to_choose(ward: Ward) -> None:
    once = {"If-None-Exist": "identifier=urn:x|1"}
    made = await ward.post(ORGANISATION, headers=once)
    again = await ward.post(ORGANISATION, headers=once)
    assert (made.status, again.status) == (201, 200)
    assert made.json["id"] == again.json["id"]
    await ward.post(ORGANISATION)
    several = await ward.post(ORGANISATION, headers=once)
    assert several.status == 412
    vague = await ward.post(ORGANISATION, headers={"If-None-Exist": "nonsense=1"})
    assert vague.status == 400


async def test_a_conditional_update_finds_the_one_it_means(ward: Ward) -> None:
    made = await ward.ask("PUT", "Organization?identifier=urn:x|1", ORGANISATION)
    assert made.status == 201
    changed = await ward.ask(
        "PUT", "Organization?identifier=urn:x|1", {**ORGANISATION, "name": "Blood bank"}
    )
    assert (changed.status, changed.json["name"]) == (200, "Blood bank")
    assert changed.json["id"] == made.json["id"]
    assert (await ward.ask("PUT", "Organization", ORGANISATION)).status == 400


async def test_what_the_caller_has_already_is_not_sent_again(ward: Ward) -> None:
    made = await ward.put(patient("p1"))
    same = await ward.get("Patient/p1", If_None_Match='W/"1"')
    assert (same.status, same.body) == (304, b"")
    assert (await ward.get("Patient/p1", If_None_Match='W/"9"')).status == 200
    since = made.headers["Last-Modified"]
    assert (await ward.get("Patient/p1", If_Modified_Since=since)).status == 304


async def test_prefer_says_how_much_is_answered(ward: Ward) -> None:
    none = await ward.post(ORGANISATION, headers={"Prefer": "return=minimal"})
    assert (none.status, none.body) == (201, b"")
    told = await ward.post(ORGANISATION, headers={"Prefer": "return=OperationOutcome"})
    assert told.json["resourceType"] == "OperationOutcome"


WRONG = {
    "an unknown element": ({"resourceType": "Patient", "nme": []}, 422, "Patient.nme"),
    "a code outside its binding": (
        {"resourceType": "Patient", "gender": "f"}, 422, "Patient.gender",
    ),
    "a missing element": (
        {"resourceType": "Observation", "status": "final"}, 422, "Observation.code",
    ),
    "an invariant": (
        {"resourceType": "Organization", "active": True}, 422, "Organization",
    ),
    "another type": ({"resourceType": "Observation"}, 422, "Observation.status"),
    "a reference to nothing": (
        {"resourceType": "Patient", "managingOrganization": {"reference": "Organization/none"}},
        422,
        "Patient.managingOrganization.reference",
    ),
    "an id that cannot be": (
        {"resourceType": "Patient", "id": "x" * 65}, 422, "Patient.id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_is_refused_with_the_path_of_its_element(ward: Ward, name: str) -> None:
    resource, status, path = WRONG[name]
    told = await ward.post(resource)
    assert told.status == status
    assert path in [at for at, _ in told.issues]


async def test_the_address_and_the_body_must_mean_the_same(ward: Ward) -> None:
    told = await ward.ask("POST", "Patient", {"resourceType": "Organization", "name": "x"})
    assert (told.status, told.issues[0][0]) == (422, "Patient.resourceType")
    told = await ward.ask("PUT", "Patient/other", patient("p1"))
    assert (told.status, told.issues[0][0]) == (400, "Patient.id")
    told = await ward.ask("PUT", "Patient/p1", {"resourceType": "Patient", "active": True})
    assert told.status == 400


async def test_what_others_refer_to_is_not_deleted(ward: Ward) -> None:
    await ward.put(patient("p1"))
    await ward.post(vital("8867-4", 80, "/min", ward.now(), "p1"))
    told = await ward.ask("DELETE", "Patient/p1")
    assert (told.status, "refers to Patient/p1" in told.issues[0][1]) == (409, True)


REFUSED = {
    "no such type": ("GET", "Pigeon", 404),
    "no such resource": ("GET", "Patient/nobody", 404),
    "no such method": ("PATCH", "Patient/patient", 405),
    "no such method on a type": ("DELETE", "Patient", 405),
    "no such operation": ("GET", "Patient/$pigeon", 404),
    "nothing there": ("GET", "Patient/patient/a/b/c", 404),
    "gone before it was": ("DELETE", "Patient/nobody", 404),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_not_there_is_an_outcome_with_the_right_status(ward: Ward, name: str) -> None:
    method, url, status = REFUSED[name]
    told = await ward.ask(method, url)
    assert told.status == status
    assert told.issues
    if status == 405:
        assert "GET" in told.headers["Allow"]


async def test_a_body_in_another_type_or_none_at_all_is_refused(ward: Ward) -> None:
    xml = {"Content-Type": "application/fhir+xml"}
    assert (await ward.ask("POST", "Patient", raw=b"<Patient/>", headers=xml)).status == 415
    assert (await ward.ask("POST", "Patient")).status == 400
    assert (await ward.ask("POST", "Patient", raw=b'{"a":')).status == 400
    assert (await ward.get("Patient/patient", Accept="application/fhir+xml")).status == 406
    assert (await ward.get("Patient/patient?_format=xml")).status == 406
    for fits in ("json", "application/fhir+json", "application/json"):
        assert (await ward.get(f"Patient/patient?_format={fits}")).status in (200, 404)
    old = "application/fhir+json; fhirVersion=3.0"
    assert (await ward.get("Patient/patient", Accept=old)).status == 406


async def test_validate_says_what_is_wrong_and_stores_nothing(ward: Ward) -> None:
    told = await ward.ask("POST", "Patient/$validate", {"resourceType": "Patient", "gender": "x"})
    assert (told.status, told.json["issue"][0]["severity"]) == (200, "error")
    parameters = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "resource", "resource": {"resourceType": "Patient", "active": True}}
        ],
    }
    told = await ward.ask("POST", "Patient/$validate", parameters)
    assert told.json["issue"][0]["severity"] == "information"
    assert "record" not in ward.world.twins


async def test_what_the_server_says_of_itself_is_what_it_does(ward: Ward) -> None:
    told = (await ward.get("metadata")).json
    assert (told["fhirVersion"], told["kind"]) == ("4.0.1", "instance")
    rows = {row["type"]: row for row in told["rest"][0]["resource"]}
    for type, row in rows.items():
        assert (await ward.get(f"{type}?_summary=count")).status == 200
        for parameter in row["searchParam"]:
            url = f"{type}?{parameter['name']}:missing=true"
            if parameter["name"] in ("_id", "_lastUpdated"):
                url = f"{type}?{parameter['name']}=2026"
            got = await ward.get(url, Prefer="handling=strict")
            assert got.status == 200, (url, got.body)
        for include in row["searchInclude"]:
            assert (await ward.get(f"{type}?_include={include}")).status == 200
        for include in row["searchRevInclude"]:
            assert (await ward.get(f"{type}?_revinclude={include}")).status == 200
    assert {o["name"] for o in rows["Patient"]["operation"]} == {"everything", "validate"}


async def test_whatever_is_answered_is_itself_valid(ward: Ward) -> None:
    await ward.put(patient("p1"))
    await ward.reading(hr=80.0, sbp=120.0, dbp=80.0)
    await ward.put(patient("p1", "Rossi"))
    await ward.ask("DELETE", "Patient/p1")
    rows = [{"request": {"method": "GET", "url": url}} for url in ("Patient/p1", "Patient")]
    batch = {"resourceType": "Bundle", "type": "batch", "entry": rows}
    urls = (
        "metadata",
        "Observation?_include=*&colour=red&_count=2",
        "Observation?_summary=count",
        "Patient/p1/_history",
        "_history",
        "Patient/patient/$everything",
        "Observation/$lastn?patient=patient&category=vital-signs",
        "Patient/nobody",
    )
    for answer in (await ward.ask("POST", "", batch), *[await ward.get(url) for url in urls]):
        assert [str(p) for p in problems(answer.json)] == []


async def test_the_same_journal_gives_the_same_answers_in_another_server() -> None:
    async with open_ward() as ward:
        await ward.put(patient("p1"))
        await ward.reading(hr=80.0, sbp=120.0, dbp=80.0)
        await ward.post(vital("8867-4", 81, "/min", ward.now()))
        await ward.reading(hr=82.0)
        await ward.ask("DELETE", "Patient/p1")
        urls = ("_history?_count=100", "Observation", "Patient/patient/$everything")
        told = [(await ward.get(url)).body for url in urls]
        ward.server = Server(ward.operations, ward.rights)
        assert [(await ward.get(url)).body for url in urls] == told


def test_json_goes_there_and_back_without_a_digit_lost() -> None:
    text = '{"a":[1.10,-0.0,1e-7,12345678901234567890.5,1],"b":"é"}'
    assert write(read(text.encode())) == text

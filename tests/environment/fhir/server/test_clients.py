"""Clients that others wrote, unmodified, over a real loopback server: fhirpy and fhirclient."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.environment.web.stage import Stage, staged

fhirpy = pytest.importorskip("fhirpy")
pytest.importorskip("fhirclient")
pytestmark = pytest.mark.wall_time


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


def client_of(stage: Stage, by: str = "ivy") -> Any:
    return fhirpy.AsyncFHIRClient(f"{stage.url}/fhir", authorization=f"Bearer {stage.secrets[by]}")


def heart_rate(stage: Stage, who: str, value: float) -> dict[str, Any]:
    return {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": who},
        "effectiveDateTime": stage.clock.start.isoformat(),
        "valueQuantity": {
            "value": value, "system": "http://unitsofmeasure.org", "code": "/min",
        },
    }  # fmt: skip


async def test_fhirpy_creates_reads_searches_pages_updates_and_looks_back(stage: Stage) -> None:
    client = client_of(stage)
    statement = await client.execute("metadata", method="get")
    assert statement["fhirVersion"] == "4.0.1"
    made = client.resource("Patient", name=[{"family": "Rossi", "given": ["Bruno"]}])
    await made.create()
    assert made.id
    for value in range(5):
        reading = heart_rate(stage, made.to_reference().reference, 60.0 + value)
        await client.resource("Observation", **reading).create()
    found = client.resources("Observation").search(patient=made.id, code="8867-4")
    assert await found.count() == 5
    values = [o["valueQuantity"]["value"] async for o in found.sort("-value-quantity").limit(2)]
    assert values == [64, 63, 62, 61, 60]
    newest = await found.sort("-_lastUpdated").limit(2).fetch()
    assert len(newest) == 2
    family = await client.resources("Patient").search(family__contains="oss").first()
    assert family["name"][0]["given"] == ["Bruno"]
    included = await found.include("Observation", "subject").fetch_raw()
    assert {e["resource"]["resourceType"] for e in included["entry"]} == {"Observation", "Patient"}

    made["gender"] = "male"
    await made.save()
    again = await client.reference("Patient", made.id).to_resource()
    assert (again["gender"], again["meta"]["versionId"]) == ("male", "2")
    past = await client.execute(f"Patient/{made.id}/_history", method="get")
    assert [e["resource"]["meta"]["versionId"] for e in past["entry"]] == ["2", "1"]


async def test_fhirpy_is_told_of_conflicts_failures_and_absence(stage: Stage) -> None:
    client = client_of(stage)
    with pytest.raises(fhirpy.base.exceptions.OperationOutcome) as wrong:
        await client.resource("Patient", gender="f").create()
    assert wrong.value.resource["issue"][0]["expression"] == ["Patient.gender"]
    with pytest.raises(fhirpy.base.exceptions.ResourceNotFound):
        await client.reference("Patient", "nobody").to_resource()
    made = client.resource("Patient", id="p1", active=True)
    await made.save()
    await made.save()
    stale = fhirpy.AsyncFHIRClient(
        f"{stage.url}/fhir",
        authorization=f"Bearer {stage.secrets['ivy']}",
        extra_headers={"If-Match": 'W/"1"'},
    )
    # The client's one name for status 412.
    with pytest.raises(fhirpy.base.exceptions.MultipleResourcesFound, match="Read it again"):
        await stale.resource("Patient", id="p1", active=False).save()
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "resource": {"resourceType": "Patient", "name": [{"family": "Ghost"}]},
                "request": {"method": "POST", "url": "Patient"},
            },
            {
                "resource": {"resourceType": "Patient", "gender": "x"},
                "request": {"method": "POST", "url": "Patient"},
            },
        ],
    }
    with pytest.raises(fhirpy.base.exceptions.OperationOutcome) as failed:
        await client.execute("", method="post", data=bundle)
    path = failed.value.resource["issue"][0]["expression"]
    assert path == ["Bundle.entry[1].resource.gender"]
    assert await client.resources("Patient").search(family="ghost").count() == 0
    with pytest.raises(fhirpy.base.exceptions.AuthorizationError):
        await fhirpy.AsyncFHIRClient(f"{stage.url}/fhir").resources("Patient").fetch()


async def test_fhirpy_gets_everything_of_the_twins_case(stage: Stage) -> None:
    client = client_of(stage)
    await asyncio.sleep(1.1)  # the first second of the case ends
    reading = heart_rate(stage, "Patient/patient", 93.0)
    await client.resource("Observation", **reading).create()
    assert stage.world.twin("patient").value("hr") == 93.0
    told = await client.execute("Patient/patient/$everything", method="get")
    kinds = {e["resource"]["resourceType"] for e in told["entry"]}
    assert {"Patient", "Encounter", "Observation", "EpisodeOfCare"} <= kinds


def _with_fhirclient(base: str, token: str) -> dict[str, Any]:
    """What the synchronous client does, in a thread of its own."""
    from fhirclient import client as smart
    from fhirclient.models.bundle import Bundle
    from fhirclient.models.humanname import HumanName
    from fhirclient.models.patient import Patient
    from fhirclient.server import FHIRNotFoundException

    found: dict[str, Any] = {}
    one = smart.FHIRClient(settings={"app_id": "test", "api_base": base})
    one.server.session.headers["Authorization"] = f"Bearer {token}"
    try:
        capability = one.server.capabilityStatement
        found["version"] = capability.fhirVersion
        made = Patient()
        made.name = [HumanName({"family": "Verdi", "given": ["Giulia"]})]
        made.create(one.server)
        answer = made.create(one.server)
        id = answer["id"]
        read = Patient.read(id, one.server)
        found["read"] = read.name[0].family
        read.gender = "female"
        found["version_after_update"] = read.update(one.server)["meta"]["versionId"]
        search = Patient.where(struct={"family": "verdi"})
        found["found"] = sorted(p.id == id for p in search.perform_resources_iter(one.server))
        page = Bundle.read_from("Patient?_count=1&_sort=family", one.server)
        assert isinstance(page, Bundle)
        found["paged"] = [link.relation for link in page.link]
        pages = Patient.where(struct={"_count": "1"}).perform_iter(one.server)
        found["pages"] = [len(p.entry) for p in pages][:2]
        past = Bundle.read_from(f"Patient/{id}/_history", one.server)
        found["history"] = [e.request.method for e in past.entry]
        everything = Bundle.read_from(f"Patient/{id}/$everything", one.server)
        found["everything"] = [e.resource.resource_type for e in everything.entry]
        try:
            Patient.read("nobody", one.server)
        except FHIRNotFoundException:
            found["absent"] = True
    finally:
        one.server.session.close()
        gc.collect()
    return found


async def test_fhirclient_reads_our_answers_with_models_of_its_own(stage: Stage) -> None:
    base = f"{stage.url}/fhir/"
    told = await asyncio.to_thread(_with_fhirclient, base, stage.secrets["ivy"])
    assert told == {
        "version": "4.0.1",
        "read": "Verdi",
        "version_after_update": "2",
        "found": [False, True],
        "paged": ["self", "next"],
        "pages": [1, 1],
        "history": ["PUT", "POST"],
        "everything": ["Patient"],
        "absent": True,
    }

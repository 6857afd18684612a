"""A twin as FHIR: its state as a Bundle, by the same address, with the same rights."""

import json

import pytest

from environment.fhir.checks import problems
from tests.environment.web.stage import Answer, Stage

pytestmark = pytest.mark.wall_time
PATIENT = "/twins/patient/patient"
FHIR = "application/fhir+json"


def resources(got: Answer) -> list[dict[str, object]]:
    return [entry["resource"] for entry in got.json["entry"]]


async def test_a_twin_comes_as_a_bundle_with_its_frame_and_what_is_absent(stage: Stage) -> None:
    stage.tell("probe", "hr", 88)
    got = await stage.ask("GET", PATIENT, accept=FHIR)
    assert (got.status, got.type) == (200, FHIR)
    assert got.json["type"] == "collection"
    panel = got.json["entry"][0]["resource"]
    state = (await stage.ask("GET", f"{PATIENT}/state")).json
    assert set(panel["effectivePeriod"]) == {"start", "end"}
    assert state["values"]["hr"]["value"] == 88
    text = json.dumps(resources(got))
    assert '"value": 88' in text
    assert "dataAbsentReason" in text
    for resource in resources(got):
        assert list(problems(resource)) == []


async def test_the_same_bundle_has_an_address_of_its_own_with_its_times(stage: Stage) -> None:
    stage.tell("probe", "hr", 88)
    then = stage.clock.now()
    await stage.clock.sleep(0.02)
    stage.tell("probe", "hr", 120)
    past = await stage.ask("GET", f"{PATIENT}/fhir?at={then}", accept="*/*")
    assert past.type == FHIR
    assert "Memento-Datetime" in past.headers
    assert '"value": 88' in json.dumps(past.json)
    assert '"value": 120' not in json.dumps(past.json)
    now = await stage.ask("GET", f"{PATIENT}/fhir", accept="*/*")
    assert '"value": 120' in json.dumps(now.json)
    date = past.headers["Memento-Datetime"]
    dated = await stage.ask("GET", f"{PATIENT}/fhir", accept="*/*", Accept_Datetime=date)
    assert f'<{stage.url}{PATIENT}/fhir>; rel="original timegate"' in dated.headers["Link"]
    again = await stage.ask("GET", dated.headers["Content-Location"], accept="*/*")
    assert (again.type, again.json) == (FHIR, dated.json)


@pytest.mark.parametrize("by", ["wall", "rosa"])
async def test_a_bundle_names_nobody_to_those_who_may_not_know(stage: Stage, by: str) -> None:
    stage.tell("probe", "hr", 88)
    knows = await stage.ask("GET", PATIENT, accept=FHIR, by="leo")
    assert "Example" in knows.text
    not_ = await stage.ask("GET", PATIENT, accept=FHIR, by=by)
    assert not_.status == 200
    assert "Anna" not in not_.text
    assert "Example" not in not_.text
    assert '"value":88' in not_.text
    # What has been withheld once is not shown later, and what was shown is not kept for others.
    assert "Example" in (await stage.ask("GET", PATIENT, accept=FHIR, by="leo")).text
    assert "Example" not in (await stage.ask("GET", f"{PATIENT}/fhir", by=by)).text


async def test_rights_that_end_with_a_phase_end_for_the_bundle_too(stage: Stage) -> None:
    stage.world.add("trauma", "trauma", by="test")
    stage.world.twin("trauma").ledger.phase = "delivered"
    path = "/twins/trauma/trauma"
    assert (await stage.ask("GET", path, accept=FHIR, by="rita")).status == 200
    stage.world.twin("trauma").ledger.phase = "operating"
    assert (await stage.ask("GET", path, accept=FHIR, by="rita")).status == 404
    patient = await stage.ask("GET", PATIENT, accept=FHIR, by="rita")
    assert "trauma" not in {r["id"] for r in resources(patient)}


async def test_every_twin_that_fhir_knows_has_a_bundle_and_another_is_406(stage: Stage) -> None:
    for twin in stage.world.twins.values():
        for path in (f"/twins/{twin.kind}/{twin.id}", f"/twins/{twin.kind}/{twin.id}/fhir"):
            got = await stage.ask("GET", path, accept=FHIR)
            assert got.status == (406 if twin.kind == "lamp" else 200), (path, got.text)
            if got.status == 200:
                assert got.json["resourceType"] == "Bundle"


async def test_what_was_known_then_is_all_that_a_bundle_of_then_says(stage: Stage) -> None:
    then = stage.clock.now()
    await stage.clock.sleep(0.02)
    stage.tell("patient", "name", "Later Known")
    got = await stage.ask("GET", f"{PATIENT}/fhir?at={then}&known_at={then}")
    assert "Anna Example" in got.text or "Example" in got.text
    assert "Later" not in got.text

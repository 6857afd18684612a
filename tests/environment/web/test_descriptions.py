"""Thing Descriptions: valid by the W3C's own schema, for every kind of twin and every caller."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from environment.runtime.access import ROLES as ALL_ROLES
from environment.runtime.access import Caller, Rights
from environment.twins import kinds
from environment.web.descriptions import thing_description, thing_model
from environment.wire import OWN_TYPE
from tests.environment.web.stage import Stage

SCHEMA = json.loads((Path(__file__).parent / "data/td-json-schema-validation.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def faults(description: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, e.path))}: {e.message}" for e in VALIDATOR.iter_errors(description)
    ]


@pytest.mark.parametrize("kind", sorted(kinds()))
@pytest.mark.parametrize("role", ALL_ROLES)
def test_every_kind_is_described_validly_to_every_role(kind: str, role: str) -> None:
    twin = kinds()[kind]("one")
    who = Caller("somebody", role, ("one",))
    description = thing_description(twin, "http://127.0.0.1:1", who, Rights(), ticket="t")
    assert faults(description) == []


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_model_names_every_member_of_its_class_and_has_no_address_of_one_twin(kind: str) -> None:
    model = thing_model(kinds()[kind], "http://127.0.0.1:1")
    twin = kinds()[kind]
    assert set(model["properties"]) == set(twin.properties)
    assert set(model["actions"]) == set(twin.operations)
    assert set(model["events"]) == set(twin.events)
    assert "forms" not in json.dumps(model)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_description_says_of_each_member_what_the_model_says(kind: str) -> None:
    twin = kinds()[kind]
    model = thing_model(twin, "http://127.0.0.1:1")
    who = Caller("somebody", "instructor", ("one",))
    description = thing_description(twin("one"), "http://127.0.0.1:1", who, Rights())
    for group in ("properties", "actions", "events"):
        for name, row in model[group].items():
            if name in description[group]:
                assert {k: description[group][name][k] for k in row} == row
            else:
                assert f"/{group}/{name}" in model["tm:optional"]


@pytest.mark.wall_time
async def test_the_directory_says_where_everything_is(stage: Stage) -> None:
    got = await stage.ask("GET", "/.well-known/wot", accept="*/*")
    assert got.type == "application/td+json"
    assert faults(got.json) == []
    assert got.json["@type"] == "ThingDirectory"
    contexts = got.json["@context"]
    assert contexts.index("https://www.w3.org/2022/wot/td/v1.1") < contexts.index(
        "https://www.w3.org/2022/wot/discovery"
    )


@pytest.mark.wall_time
async def test_the_listing_comes_in_pages_that_together_hold_every_twin_once(stage: Stage) -> None:
    seen: list[str] = []
    url: str | None = f"{stage.url}/things?limit=2"
    while url:
        got = await stage.ask("GET", url, accept="application/ld+json")
        assert got.status == 200
        assert all(faults(row) == [] for row in got.json)
        seen += [row["id"] for row in got.json]
        link = got.headers["Link"]
        assert 'rel="canonical"' in link
        url = link.split(">")[0].strip("<") if 'rel="next"' in link else None
    assert seen == sorted(seen)
    assert sorted(name.rsplit(":", 1)[1] for name in seen) == sorted(stage.world.twins)


@pytest.mark.wall_time
async def test_a_twin_answers_with_the_representation_that_is_asked_for(stage: Stage) -> None:
    path = "/twins/patient/patient"
    for accept, kind in (
        ("*/*", "application/td+json"),
        ("application/td+json", "application/td+json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
    ):
        assert (await stage.ask("GET", path, accept=accept)).type == kind
    refused = await stage.ask("GET", path, accept="image/png")
    assert (refused.status, refused.json["code"]) == (406, "not_acceptable")
    assert "application/td+json" in refused.json["detail"]


@pytest.mark.wall_time
async def test_a_description_lists_only_what_its_reader_may_use(stage: Stage) -> None:
    wall = (await stage.ask("GET", "/things/patient", by="wall")).json
    leader = (await stage.ask("GET", "/things/patient", by="leo")).json
    assert "name" not in wall["properties"]
    assert "name" in leader["properties"]
    assert wall["actions"] == {}
    assert "give_drug" in leader["actions"]


@pytest.mark.wall_time
async def test_links_of_a_twin_are_links_of_its_description(stage: Stage) -> None:
    links = (await stage.ask("GET", "/things/urn:twin:patient:patient")).json["links"]
    assert {
        "rel": "urn:traumatwin:rel:monitoredBy",
        "href": f"{stage.url}/twins/monitor/probe",
    } in links


@pytest.mark.wall_time
async def test_models_come_as_things_or_as_our_own_words(stage: Stage) -> None:
    own = await stage.ask("GET", "/models/display", accept=OWN_TYPE)
    assert own.json["operations"]["show"]["roles"] == ["agent", "instructor"]
    model = await stage.ask("GET", "/models/display", accept="*/*")
    assert model.type == "application/tm+json"
    unknown = await stage.ask("GET", "/models/displai")
    assert (unknown.status, "Did you mean 'display'" in unknown.json["detail"]) == (404, True)


@pytest.mark.wall_time
async def test_twins_that_come_are_told_to_the_directory(stage: Stage) -> None:
    async with stage.stream("/events?type=thing_created") as events:
        stage.world.add("room", "shock_room", by="test")
        frame = await anext(events)
    assert (frame.event, frame.data) == ("thing_created", {"id": "urn:twin:room:shock_room"})


@pytest.mark.wall_time
async def test_nobody_registers_a_twin_from_outside(stage: Stage) -> None:
    assert (await stage.ask("PUT", "/things/new", body={})).status == 403

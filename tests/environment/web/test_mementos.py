"""Memento (RFC 7089): a state as of a date, and the map of the moments at which it changed."""

import re
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from tests.environment.web.stage import Stage

pytestmark = pytest.mark.wall_time
STATE = "/twins/patient/patient/state"


def links(text: str) -> dict[str, list[str]]:
    """Addresses by each word of their relation."""
    found: dict[str, list[str]] = {}
    for address, rels in re.findall(r'<([^>]*)>; rel="([^"]*)"', text):
        for rel in rels.split():
            found.setdefault(rel, []).append(address)
    return found


async def aged(stage: Stage) -> None:
    """A patient whose weight was told at 0.0 s, 10 s ago, and corrected now."""
    stage.tell("patient", "weight_kg", 70)
    stage.clock.set_speed(60)
    await stage.clock.sleep(10)
    stage.clock.set_speed(1)
    stage.tell("patient", "weight_kg", 74)
    stage.clock.set_speed(60)
    await stage.clock.sleep(2)
    stage.clock.set_speed(1)


async def test_a_state_is_had_as_of_a_date_and_says_where_its_other_times_are(stage: Stage) -> None:
    await aged(stage)
    early = format_datetime(stage.clock.start + timedelta(seconds=3), usegmt=True)
    got = await stage.ask("GET", STATE, Accept_Datetime=early)
    assert got.status == 200
    assert got.json["values"]["weight_kg"]["value"] == 70
    assert got.headers["Memento-Datetime"] == early
    assert "accept-datetime" in got.headers["Vary"].lower()
    found = links(got.headers["Link"])
    assert found["original"] == found["timegate"] == [f"{stage.url}{STATE}"]
    assert found["timemap"] == [f"{stage.url}/twins/patient/patient/timemap"]
    (memento,) = found["memento"]
    assert got.headers["Content-Location"] == memento
    again = await stage.ask("GET", memento)
    assert again.json == got.json
    assert again.headers["Memento-Datetime"] == early
    assert "Content-Location" not in again.headers


async def test_a_state_of_now_is_no_memento_but_knows_the_way_to_one(stage: Stage) -> None:
    got = await stage.ask("GET", STATE)
    assert "Memento-Datetime" not in got.headers
    assert set(links(got.headers["Link"])) == {"original", "timegate", "timemap"}
    assert "accept-datetime" in got.headers["Vary"].lower()


@pytest.mark.parametrize(("seconds", "weight"), [(-86_400, None), (86_400, 74)])
async def test_a_date_before_or_after_the_case_is_its_beginning_or_its_end(
    stage: Stage, seconds: float, weight: float | None
) -> None:
    await aged(stage)
    when = format_datetime(stage.clock.start + timedelta(seconds=seconds), usegmt=True)
    got = await stage.ask("GET", STATE, Accept_Datetime=when)
    assert got.json["values"].get("weight_kg", {}).get("value") == weight
    told = parsedate_to_datetime(got.headers["Memento-Datetime"])
    assert timedelta(0) <= told - stage.clock.start < timedelta(seconds=60)


async def test_something_that_is_no_date_is_refused_with_an_example(stage: Stage) -> None:
    got = await stage.ask("GET", STATE, Accept_Datetime="yesterday")
    assert (got.status, got.json["code"]) == (400, "bad_datetime")
    assert "GMT" in got.json["detail"]


async def test_what_else_was_asked_for_is_part_of_the_mementos_address(stage: Stage) -> None:
    date = format_datetime(stage.clock.start, usegmt=True)
    path = f"{STATE}?known_at=%205%0A&frame=latest"
    got = await stage.ask("GET", path, Accept_Datetime=date)
    assert got.headers["Content-Location"] == f"{stage.url}{STATE}?at=0&known_at=5.0&frame=latest"


async def test_every_memento_of_the_map_is_there_and_the_map_has_pages(stage: Stage) -> None:
    await aged(stage)
    got = await stage.ask("GET", "/twins/patient/patient/timemap?limit=1", accept="*/*")
    assert got.type == "application/link-format"
    found, mementos = links(got.text), []
    assert found["original"] == [f"{stage.url}{STATE}"]
    mementos += found["memento"]
    while found.get("timemap"):
        ahead = found["timemap"][-1]
        got = await stage.ask("GET", ahead, accept="*/*")
        found = links(got.text)
        mementos += found["memento"]
        if "last" in found:
            break
    assert len(mementos) == len(set(mementos)) == 2
    weights = [
        (await stage.ask("GET", address)).json["values"]["weight_kg"]["value"]
        for address in mementos
    ]
    assert weights == [70, 74]
    whole = links((await stage.ask("GET", "/twins/patient/patient/timemap", accept="*/*")).text)
    assert whole["memento"] == mementos
    assert whole["first"] == mementos[:1]
    assert whole["last"] == mementos[-1:]


async def test_who_may_not_know_a_name_gets_no_memento_for_it(stage: Stage) -> None:
    stage.clock.set_speed(60)
    await stage.clock.sleep(3)
    stage.tell("patient", "name", "Anna Changed")
    await stage.clock.sleep(2)
    paths = "/twins/patient/patient/timemap"
    knows = links((await stage.ask("GET", paths, accept="*/*", by="leo")).text)
    not_ = links((await stage.ask("GET", paths, accept="*/*", by="wall")).text)
    assert len(not_["memento"]) == len(knows["memento"]) - 1

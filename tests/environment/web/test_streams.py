"""Watching twins over HTTP: nothing is lost, slow readers get the latest, all streams end."""

import asyncio
import json

import aiohttp
import pytest

from environment.model.change import Change
from environment.runtime.access import Caller, Rights
from environment.web import following
from environment.web.following import Cursor, Follower, Gap, Wanted
from tests.environment.web.stage import Stage, within

pytestmark = pytest.mark.wall_time
PATIENT = "/twins/patient/patient"


async def test_a_property_is_observed_as_unnamed_values_that_come_from_another_twin(
    stage: Stage,
) -> None:
    async with stage.stream(f"{PATIENT}/properties/hr/observe") as values:
        first = await within(5, anext(values))
        stage.tell("probe", "hr", 90)
        second = await within(5, anext(values))
    assert (first.event, first.data) == ("", None)
    assert (second.event, second.data) == ("", 90)


async def test_a_property_that_was_known_is_not_repeated_on_return(stage: Stage) -> None:
    stage.tell("probe", "hr", 90)
    async with stage.stream(f"{PATIENT}/properties/hr/observe") as values:
        known = await within(5, anext(values))
    path = f"{PATIENT}/properties/hr/observe"
    async with stage.stream(path, Last_Event_ID=known.id) as values:
        stage.tell("probe", "hr", 95)
        assert (await within(5, anext(values))).data == 95
    stage.tell("probe", "hr", 99)
    async with stage.stream(path, Last_Event_ID=known.id) as values:
        assert (await within(5, anext(values))).data == 99


async def test_every_event_comes_also_those_of_the_time_away(stage: Stage) -> None:
    path = "/twins/mind/mind_assistant/events/said/observe"

    def say(text: str) -> None:
        stage.world.record("mind_assistant", "event", "said", {"text": text}, by="assistant")

    async with stage.stream(path) as events:
        say("one")
        one = await within(5, anext(events))
    say("two")
    say("three")
    async with stage.stream(path, Last_Event_ID=one.id) as events:
        rest = [await within(5, anext(events)) for _ in range(2)]
    assert [frame.data["text"] for frame in (one, *rest)] == ["one", "two", "three"]


async def test_a_long_poll_waits_for_the_next_value_and_tells_what_was_missed(
    stage: Stage,
) -> None:
    path = f"{PATIENT}/properties/hr/longpoll"
    assert (await stage.ask("HEAD", path)).status == 200
    waiting = asyncio.ensure_future(stage.ask("GET", path))
    await asyncio.sleep(0.05)
    stage.tell("probe", "hr", 90)
    got = await within(5, waiting)
    assert got.json == 90
    stage.tell("probe", "hr", 95)
    missed = await within(5, stage.ask("GET", path, If_None_Match=got.headers["ETag"]))
    assert missed.json == 95


async def test_the_stream_of_a_twin_names_its_changes_and_resumes_without_loss(
    stage: Stage,
) -> None:
    async with stage.stream(f"{PATIENT}/stream") as changes:
        stage.tell("probe", "hr", 90)
        first = await within(5, anext(changes))
    stage.tell("patient", "weight_kg", 70)
    stage.world.record("patient", "event", "finding", {"name": "x", "value": 1}, by="test")
    async with stage.stream(f"{PATIENT}/stream", Last_Event_ID=first.id) as changes:
        rest = [await within(5, anext(changes)) for _ in range(2)]
    assert (first.event, first.data["name"], first.data["twin"]) == ("property", "hr", "probe")
    assert [(f.event, f.data["name"]) for f in rest] == [
        ("property", "weight_kg"),
        ("event", "finding"),
    ]


async def test_the_journal_can_be_followed_by_twin_and_kind(stage: Stage) -> None:
    async with stage.stream("/stream?kinds=event&twin=patient,mind_assistant") as changes:
        stage.tell("patient", "weight_kg", 70)
        stage.world.record("wall", "event", "suggested", {"name": "x", "text": "y"}, by="test")
        stage.world.record("patient", "event", "finding", {"name": "x", "value": 1}, by="test")
        frame = await within(5, anext(changes))
    assert frame.data["name"] == "finding"
    assert (await stage.ask("GET", "/stream?kinds=evnt")).status == 422
    assert (await stage.ask("GET", "/stream?twin=patiend")).status == 404


async def test_an_id_of_another_run_begins_with_a_gap(stage: Stage) -> None:
    async with stage.stream("/stream", Last_Event_ID="100000") as changes:
        frame = await within(5, anext(changes))
    assert frame.event == "gap"
    assert frame.data["to"] == 100000


def everything(follower: Follower, since: int) -> tuple[list[Change], list[Gap]]:
    """All that one subscriber gets who comes back now."""
    cursor, changes, gaps = Cursor(since), list[Change](), list[Gap]()
    while cursor.at < follower.head:
        some, gap = follower.take(cursor, Wanted(), Caller("ivy", "instructor"), Rights())
        changes += some
        gaps += [gap] if gap else []
    return changes, gaps


async def test_a_slow_reader_gets_the_latest_of_each_property_and_every_event(
    stage: Stage,
) -> None:
    follower = stage.served.site.follower
    since = follower.head
    for value in range(60, 160):
        stage.tell("probe", "hr", value)
        stage.world.record("patient", "event", "finding", {"name": "n", "value": value}, by="t")
    changes, gaps = everything(follower, since)
    assert gaps == []
    assert [c.value for c in changes if c.name == "hr"] == [159.0]
    assert [c.value["value"] for c in changes if c.name == "finding"] == list(range(60, 160))


async def test_one_who_is_too_far_behind_is_told_of_one_gap_and_misses_no_event(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "TOO_FAR_BEHIND", 50)
    monkeypatch.setattr(following, "BATCH", 7)
    follower = stage.served.site.follower
    since = follower.head
    for value in range(60, 260):
        stage.tell("probe", "hr", value)
        stage.world.record("patient", "event", "finding", {"name": "n", "value": value}, by="t")
    changes, gaps = everything(follower, since)
    assert [(gap.first, gap.last) for gap in gaps] == [(since + 1, follower.head)]
    assert [c.value["value"] for c in changes if c.name == "finding"] == list(range(60, 260))
    assert [c for c in changes if c.name == "hr"] == []


async def test_a_socket_carries_the_same_as_the_other_streams(stage: Stage) -> None:
    headers = {"Authorization": f"Bearer {stage.secrets['ivy']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.ws_connect(f"{stage.url}/stream?since=0") as link:
            hello = await within(5, link.receive_json())
            assert hello["hello"]["head"] == len(stage.world.journal)
            batch = await within(5, link.receive_json())
            assert batch["changes"][0]["seq"] == 1
        async with session.ws_connect(f"{stage.url}{PATIENT}/properties/hr/ws") as link:
            assert (await within(5, link.receive_str())) == "null"
            stage.tell("probe", "hr", 77)
            assert json.loads(await within(5, link.receive_str())) == 77


async def test_a_page_from_elsewhere_cannot_open_a_socket(stage: Stage) -> None:
    headers = {
        "Authorization": f"Bearer {stage.secrets['ivy']}",
        "Origin": "https://elsewhere.example",
    }
    async with aiohttp.ClientSession(headers=headers) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{stage.url}/stream")
    assert refused.value.status == 403


async def test_all_streams_end_at_once_when_the_site_stops(stage: Stage) -> None:
    async with (
        stage.stream("/stream") as changes,
        stage.stream(f"{PATIENT}/properties/hr/observe") as values,
    ):
        polling = asyncio.ensure_future(stage.ask("GET", f"{PATIENT}/properties/hr/longpoll"))
        await within(5, anext(values))
        await stage.ask("GET", "/")
        await within(5, stage.served.stop())
        for stream in (changes, values):
            with pytest.raises((StopAsyncIteration, aiohttp.ClientError)):
                await within(5, anext(stream))
        with pytest.raises(aiohttp.ClientError):
            await within(5, polling)


async def test_a_reader_that_never_reads_holds_nobody_up(stage: Stage) -> None:
    host, port = stage.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    request = f"GET /stream?since=0 HTTP/1.1\r\nHost: {host}\r\n"
    writer.write(f"{request}Authorization: Bearer {stage.secrets['ivy']}\r\n\r\n".encode())
    await writer.drain()
    async with stage.stream("/stream") as changes:
        for value in range(9_000):
            stage.world.record("patient", "event", "finding", {"name": "n", "value": value}, by="t")
        seen = 0
        while seen < 9_000:
            seen = (await within(10, anext(changes))).data["value"]["value"] + 1
    writer.close()

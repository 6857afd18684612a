"""Reading a twin over HTTP: state, time, properties, history, links, reasons."""

import pytest

from tests.environment.web.stage import Stage

pytestmark = pytest.mark.wall_time
PATIENT = "/twins/patient/patient"


async def test_a_state_says_from_when_its_values_are_and_what_is_absent(stage: Stage) -> None:
    stage.tell("probe", "hr", 88)
    state = (await stage.ask("GET", f"{PATIENT}/state")).json
    assert state["values"]["hr"]["value"] == 88
    assert state["values"]["hr"]["twin"] == "probe"
    assert state["absent"]["spo2"]["reason"] == "unknown"
    assert state["frame"][0] <= state["values"]["hr"]["effective"] <= state["frame"][1]


async def test_a_state_of_the_past_is_rebuilt_also_as_it_was_known_then(stage: Stage) -> None:
    first = stage.tell("probe", "hr", 88)
    assert first is not None
    await stage.clock.sleep(0.02)
    between = stage.clock.now()
    await stage.clock.sleep(0.02)
    stage.tell("probe", "hr", 120)
    late = stage.clock.now()
    stage.tell("patient", "weight_kg", 70, at=first.effective)

    async def read(query: str) -> tuple[object, object]:
        got = (await stage.ask("GET", f"{PATIENT}/state?{query}")).json["values"]
        return got["hr"]["value"], got.get("weight_kg", {}).get("value")

    assert await read(f"at={between}") == (88, 70)
    assert await read(f"at={between}&known_at={between}") == (88, None)
    assert await read(f"at={late + 1}") == (120, 70)


async def test_an_unchanged_state_is_not_sent_twice(stage: Stage) -> None:
    first = await stage.ask("GET", f"{PATIENT}/state")
    tag = first.headers["ETag"]
    assert (await stage.ask("GET", f"{PATIENT}/state", If_None_Match=tag)).status == 304
    stage.tell("patient", "weight_kg", 71)
    assert (await stage.ask("GET", f"{PATIENT}/state", If_None_Match=tag)).status == 200
    stale = await stage.ask("GET", f"{PATIENT}/state", If_Match=tag)
    assert (stale.status, stale.json["code"]) == (412, "changed_meanwhile")


async def test_values_beyond_their_horizon_show_only_when_asked_for(stage: Stage) -> None:
    stage.tell("probe", "hr", 88, at=stage.clock.now() - 60)
    strict = (await stage.ask("GET", f"{PATIENT}/state")).json
    latest = (await stage.ask("GET", f"{PATIENT}/state?frame=latest")).json
    assert strict["absent"]["hr"]["reason"] == "stale"
    assert latest["values"]["hr"]["age_s"] >= 60
    by_header = (await stage.ask("GET", f"{PATIENT}/state", Twin_Frame="latest")).json
    assert by_header["values"]["hr"]["value"] == 88


async def test_what_was_pushed_can_be_read(stage: Stage) -> None:
    head = len(stage.world.journal)
    assert (await stage.ask("GET", f"{PATIENT}/state?min_seq={head}")).status == 200
    early = await stage.ask("GET", f"{PATIENT}/state?min_seq={head + 50}")
    assert (early.status, early.headers["Retry-After"]) == (503, "1")


async def test_a_property_is_its_value_and_in_detail_where_it_comes_from(stage: Stage) -> None:
    stage.tell("probe", "hr", 88)
    assert (await stage.ask("GET", f"{PATIENT}/properties/hr")).json == 88
    assert (await stage.ask("GET", f"{PATIENT}/properties/spo2")).json is None
    detail = (await stage.ask("GET", f"{PATIENT}/properties/hr?detail=1")).json
    assert (detail["value"], detail["source"], detail["quality"]) == (88, "test", "good")
    everything = (await stage.ask("GET", f"{PATIENT}/properties")).json
    assert (everything["hr"], everything["spo2"]) == (88, None)


async def test_a_mistyped_name_is_answered_with_the_nearest_ones(stage: Stage) -> None:
    for path, hint in (
        ("/twins/patient/patiend", "patient"),
        (f"{PATIENT}/properties/hhr", "hr"),
        (f"{PATIENT}/events/coough/observe", "Known"),
    ):
        got = await stage.ask("GET", path)
        assert got.status == 404
        assert got.type == "application/problem+json"
        assert hint in got.json["detail"]


async def test_history_comes_in_pages_without_loss_or_repetition(stage: Stage) -> None:
    for weight in range(60, 80):
        stage.tell("patient", "weight_kg", weight)
    url = f"{PATIENT}/history?kinds=property&name=weight_kg&limit=7"
    seen: list[float] = []
    while url:
        got = (await stage.ask("GET", url)).json
        seen += [row["value"] for row in got["changes"]]
        url = got.get("next", "")
    assert seen == [float(weight) for weight in range(60, 80)]
    bad = await stage.ask("GET", f"{PATIENT}/history?page=nonsense")
    assert bad.status == 422


async def test_links_can_be_followed_both_ways(stage: Stage) -> None:
    out = (await stage.ask("GET", f"{PATIENT}/links")).json
    assert {(row["rel"], row["twin"], row["direction"]) for row in out} == {
        ("monitoredBy", "probe", "out"),
        ("inProcess", "case", "in"),
    }
    other = (await stage.ask("GET", out[0]["href"] + "/links")).json
    assert other[0]["twin"] == "patient"


async def test_an_ended_link_shows_when_asked_for(stage: Stage) -> None:
    stage.world.unlink("patient", "monitoredBy", "probe", by="test")
    now = (await stage.ask("GET", f"{PATIENT}/links")).json
    ever = (await stage.ask("GET", f"{PATIENT}/links?all=1")).json
    assert [row["rel"] for row in now] == ["inProcess"]
    assert next(row for row in ever if row["rel"] == "monitoredBy")["until"] is not None


async def test_why_walks_from_a_change_back_to_its_first_cause(stage: Stage) -> None:
    asked = await stage.ask("POST", "/twins/lamp/lamp/operations/switch", body={"on": True})
    await stage.ask("GET", asked.headers["Location"] + "?wait=5")
    shone = stage.world.journal.last("lamp", "on")
    assert shone is not None
    chain = (await stage.ask("GET", f"/twins/lamp/lamp/why/{shone.seq}")).json["chain"]
    assert [row["name"] for row in chain] == ["switch", "on"]
    assert chain[0]["by"] == "ivy"


async def test_fidelity_is_there_with_its_factors_or_not_at_all(stage: Stage) -> None:
    got = (await stage.ask("GET", "/twins/mind/mind_assistant/fidelity")).json
    assert got == {"fidelity": None, "life": "declared"}
    assert (await stage.ask("GET", f"{PATIENT}/fidelity?window=-1")).status == 422


async def test_numbers_that_are_none_are_refused(stage: Stage) -> None:
    for query in ("at=yesterday", "at=nan", "known_at=inf", "min_seq=-1", "frame=wide"):
        got = await stage.ask("GET", f"{PATIENT}/state?{query}")
        assert got.status == 422, query


async def test_a_page_shows_values_and_reasons_and_escapes_what_people_typed(stage: Stage) -> None:
    stage.tell("patient", "name", "<script>alert(1)</script>")
    page = await stage.ask("GET", PATIENT, accept="text/html")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "not for the care of patients" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert (await stage.ask("GET", "/twins", accept="text/html")).text.count("<tr>") == 7


async def test_an_observation_comes_in_once_whatever_its_source_repeats(stage: Stage) -> None:
    fact = {"member": "hr", "value": 91, "source_seq": 1}
    path = "/twins/monitor/probe/observations"
    first = (await stage.ask("POST", path, by="probe", body=fact)).json["results"][0]
    again = (await stage.ask("POST", path, by="probe", body=fact)).json["results"][0]
    assert first["result"] == "taken"
    assert first["change"]["source"] == "probe"
    assert again == {"result": "duplicate"}
    assert (await stage.ask("GET", f"{PATIENT}/properties/hr")).json == 91


async def test_a_reading_that_cannot_be_is_refused_and_recorded(stage: Stage) -> None:
    body = [{"member": "hr", "value": 4000}, {"member": "hr", "value": 80}]
    got = await stage.ask("POST", "/twins/monitor/probe/observations", by="probe", body=body)
    assert [row["result"] for row in got.json["results"]] == ["refused", "taken"]
    assert stage.world.journal.last("probe", "reading_refused") is not None


async def test_a_reading_from_the_future_cannot_hold_a_value_for_ever(stage: Stage) -> None:
    body = {"member": "hr", "value": 80, "effective": 1e9}
    got = await stage.ask("POST", "/twins/monitor/probe/observations", by="probe", body=body)
    assert got.status == 422
    assert "clock" in got.json["detail"]


async def test_a_body_that_does_not_fit_says_where(stage: Stage) -> None:
    path = "/twins/monitor/probe/observations"
    got = await stage.ask("POST", path, by="probe", body={"member": "hr", "valeu": 3})
    assert got.status == 422
    assert any("valeu" in row["field"] for row in got.json["validationErrors"])

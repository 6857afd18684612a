"""An instructor's hand on a session, through the operations of the twin `session`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from environment.client import TwinClient
from environment.errors import InvocationFailedError, RefusedError
from environment.model.change import JSON, Change
from environment.runtime.access import Caller, Rights
from environment.runtime.clock import VirtualClock
from scenarios.notes import all_notes
from scenarios.reading import load, parse
from scenarios.report import html
from scenarios.schema import Scenario
from scenarios.session import Session, load_programs
from scenarios.story import Story
from tests.session.stage import minutes

QUIET = """
id = "X1"
title = "Nobody there but the script"
start = 2026-01-15T14:00:00Z
ends = "20:00"
agents = []
[patient]
age = 30
weight_kg = 70
[[event]]
at = "00:00"
by = "operator"
do = "central_unit.take_call"
with = { process = "preh", place = "accident_place", patient = "patient" }
[[event]]
at = "01:00"
by = "rescuer"
do = "ambulance_monitor.attach"
with = { patient = "patient" }
[[event]]
at = "05:00"
by = "rescuer"
do = "patient.examine"
with = { what = "gcs" }
[[event]]
at = "06:00"
by = "nurse"
do = "patient.examine"
with = { what = "pupils" }
[[trigger]]
name = "worse"
when = { twin = "patient", property = "gcs", below = 9 }
by = "anaesthetist"
do = "patient.perform"
with = { procedure = "orotracheal_intubation" }
"""


def quiet(more: str = "") -> Scenario:
    return parse(QUIET + more, path="quiet.toml", name="quiet")


@asynccontextmanager
async def directed(scenario: Scenario) -> AsyncIterator[tuple[Session, TwinClient]]:
    async with asyncio.TaskGroup() as tasks:
        programs = load_programs(scenario, None)
        clock = VirtualClock(scenario.start)
        session = Session(scenario, clock, programs, seed=7, tasks=tasks, directed=True)
        try:
            await session.start()
            yield session, session.client("instructor")
        finally:
            await session.stop()


def done_by(session: Session, do: str) -> list[tuple[str, float]]:
    """Who was asked for what, and when, in whole seconds."""
    twin, _, operation = do.partition(".")
    return [
        (c.by, round(c.recorded))
        for c in session.world.journal
        if (c.twin, c.kind, c.name) == (twin, "operation", operation)
        and c.value["status"] == "completed"
    ]


def last(session: Session, twin: str, name: str) -> Change:
    change = session.world.journal.last(twin, name)
    assert change is not None
    return change


def told(session: Session, name: str) -> JSON:
    return session.world.twin("session").value(name)


async def test_what_the_script_does_next_is_told_with_its_time() -> None:
    async with directed(quiet()) as (session, _):
        await session.until(120.0)
        rows = list(told(session, "next").values())
        assert [(r["at_s"], r["by"], r["do"]) for r in rows] == [
            (300.0, "rescuer", "patient.examine"),
            (360.0, "nurse", "patient.examine"),
        ]
        await session.until(301.0)
        assert [r["by"] for r in told(session, "next").values()] == ["nurse"]


async def test_what_depends_on_something_says_so_and_what_lies_after_the_end_does_not_come() -> (
    None
):
    more = """
[[event]]
at = "02:00"
by = "trauma_leader"
do = "trauma.finish"
with = { destination = "mortuary" }
only_if = { twin = "patient", property = "pulse", is = false }
[[trigger]]
name = "late"
when = { twin = "ambulance_monitor", property = "attached", known = true }
after_s = 3000
by = "nurse"
do = "patient.examine"
with = { what = "gcs" }
"""
    async with directed(quiet(more)) as (session, _):
        await session.until(100.0)
        rows = list(told(session, "next").values())
        assert rows[0]["only_if"] == {"for": "patient.pulse", "test": {"is": False}}
        assert [r["only_if"] for r in rows[1:]] == [{}, {}]
        assert "late" in session.team.agenda.upcoming()


async def test_what_comes_can_be_brought_forward_or_left_out() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        first, second = told(session, "next")
        assert await instructor.invoke("session", "trigger", first) == "patient.examine"
        await instructor.invoke("session", "skip", second)
        await session.until(400.0)
        assert done_by(session, "patient.examine") == [("rescuer", 120)]
        asked = next(
            c
            for c in session.world.journal
            if c.name == "examine" and c.value.get("status") == "requested"
        )
        reasons = session.world.journal.why(asked)
        assert any(c.twin == "session" and c.by == "instructor" for c in reasons)


async def test_a_waiting_trigger_comes_when_the_instructor_says_so_and_only_once() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        waits = told(session, "waiting")["worse"]
        assert waits["for"] == "patient.gcs"
        assert waits["test"] == {"below": 9}
        assert waits["given"] == {"procedure": "orotracheal_intubation"}
        await instructor.invoke("session", "trigger", "worse")
        await instructor.invoke("session", "set_vital", "gcs", 4, 0)
        await session.until(1000.0)
        assert [by for by, _ in done_by(session, "patient.perform")] == ["anaesthetist"]
        assert told(session, "waiting") == {}
        with pytest.raises(InvocationFailedError, match="Nothing waits as 'worse'"):
            await instructor.invoke("session", "trigger", "worse")


async def test_a_vital_sign_goes_where_the_instructor_moves_it_and_comes_back() -> None:
    async with directed(quiet()) as (session, instructor):
        monitor = session.world.twin("ambulance_monitor")
        await session.until(120.0)
        before = monitor.value("sbp")
        await instructor.invoke("session", "set_vital", key="sbp", to=70, over_s=60)
        await session.until(150.0)
        assert 80 < monitor.value("sbp") < before - 10
        await session.until(200.0)
        assert monitor.value("sbp") == pytest.approx(70, abs=6)
        assert told(session, "held")["sbp"]["to"] == 70
        assert told(session, "truth")["sbp"] == 70
        assert last(session, "session", "held").by == "instructor"
        await instructor.invoke("session", "release_vital", "sbp", 30)
        await session.until(260.0)
        assert monitor.value("sbp") == pytest.approx(before, abs=8)
        assert told(session, "held") == {}


async def test_a_value_that_no_body_has_is_refused_with_its_limits() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(10.0)
        with pytest.raises(InvocationFailedError, match="from 20 to 260"):
            await instructor.invoke("session", "set_vital", "sbp", 400, 0)
        with pytest.raises(InvocationFailedError, match="Did you mean 'spo2'"):
            await instructor.invoke("session", "set_vital", "spo", 80, 0)


async def test_what_a_person_plays_is_not_done_a_second_time() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        await instructor.invoke("session", "simulate", "rescuer", False)
        await session.client("rescuer").invoke("patient", "examine", "gcs")
        await session.until(400.0)
        assert done_by(session, "patient.examine") == [("rescuer", 120), ("nurse", 360)]
        assert told(session, "people")["rescuer"]["simulated"] is False


async def test_a_played_crew_that_leaves_its_monitor_on_does_not_hinder_the_shock_room() -> None:
    async with directed(load("pelvis")) as (session, instructor):
        await session.until(minutes("20:00"))
        await instructor.invoke("session", "simulate", "rescuer", False)
        monitor, trauma = session.world.twin("ambulance_monitor"), session.world.twin("trauma")
        while trauma.value("arrived_s") is None:
            await session.until(session.world.clock.now() + 10.0)
        assert monitor.value("attached") is True
        await session.until(trauma.value("arrived_s") + 70.0)
        assert monitor.value("attached") is False
        assert done_by(session, "ambulance_monitor.detach")[-1][0] == "nurse"


async def test_an_answer_that_was_thought_about_is_left_to_the_person_who_takes_over() -> None:
    more = """
[[respond]]
name = "txa"
to = "give_tranexamic_acid"
by = "rescuer"
do = "patient.give_drug"
with = { drug = "tranexamic_acid", amount = 1, unit = "g" }
after_s = [60, 60]
compliance = 1.0
"""
    async with directed(quiet(more)) as (session, instructor):
        await session.until(120.0)
        await instructor.invoke("rescuer_tablet", "suggest", "give_tranexamic_acid", "TXA 1 g")
        await session.until(130.0)
        assert next(r["why"] for r in told(session, "next").values()) == "give_tranexamic_acid"
        await instructor.invoke("session", "simulate", "rescuer", False)
        await session.until(300.0)
        assert done_by(session, "patient.give_drug") == []
        await instructor.invoke("session", "simulate", "rescuer", True)
        await instructor.invoke("rescuer_tablet", "drop_suggestion", "give_tranexamic_acid")
        await instructor.invoke("rescuer_tablet", "suggest", "give_tranexamic_acid", "TXA 1 g")
        await session.until(500.0)
        assert done_by(session, "patient.give_drug") == [("rescuer", 360)]


async def test_an_instructor_makes_anything_of_the_script_happen() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        given = {"drug": "ketamine", "amount": 50, "unit": "mg"}
        await instructor.invoke("session", "inject", "patient.give_drug", given)
        await instructor.invoke("session", "inject", "patient.examine", {"what": "gcs"}, "nurse")
        await session.until(200.0)
        assert done_by(session, "patient.give_drug") == [("instructor", 120)]
        assert done_by(session, "patient.examine")[0][0] == "nurse"
        assert [r["outcome"] for r in told(session, "injected").values()] == ["done", "done"]


async def test_what_cannot_be_made_happen_says_why_and_is_not_listed() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        with pytest.raises(InvocationFailedError, match="Did you mean 'perform'"):
            await instructor.invoke("session", "inject", "patient.performs", {})
        with pytest.raises(InvocationFailedError, match="Did you mean 'nurse'"):
            await instructor.invoke("session", "inject", "patient.examine", {}, "nurses")
        assert not told(session, "injected")


async def test_an_injury_that_is_added_hurts() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        wound = {"site": "left_thigh", "flow_ml_min": 200}
        await instructor.invoke("session", "hurt", "bleed", wound)
        await session.until(600.0)
        truth = told(session, "truth")
        assert truth["bleeding"]["left_thigh"] > 50
        assert truth["loss_percent"] > 10
        with pytest.raises(InvocationFailedError, match="Did you mean 'bleed'"):
            await instructor.invoke("session", "hurt", "bled", {})


async def test_a_heart_that_the_instructor_stops_beats_again_when_he_lets_it() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        with pytest.raises(InvocationFailedError, match="a pulse already"):
            await instructor.invoke("session", "restore_circulation")
        await instructor.invoke("session", "arrest")
        assert told(session, "truth")["pulse"] is False
        with pytest.raises(InvocationFailedError, match="no pulse already"):
            await instructor.invoke("session", "arrest")
        await session.until(240.0)  # it does not come back by itself
        assert told(session, "truth")["rhythm"] == "pea"
        monitor = session.world.twin("ambulance_monitor")
        assert monitor.value("alarm")["rhythm"]["kind"] == "pea"
        assert session.world.twin("patient").value("pulse") is False
        await instructor.invoke("session", "restore_circulation")
        await session.until(300.0)
        truth = told(session, "truth")
        assert (truth["pulse"], truth["rhythm"]) == (True, "sinus")
        assert truth["sbp"] > 40
        done = [row["do"] for row in told(session, "injected").values()]
        assert done == ["arrest", "restore_circulation"]


async def test_a_monitor_that_the_instructor_silences_says_nothing_for_so_long() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        await instructor.invoke(
            "session", "disturb", device="ambulance_monitor", how="silence", seconds=40
        )
        await session.until(150.0)
        monitor = session.world.twin("ambulance_monitor")
        assert monitor.value("hr") is None
        await session.until(170.0)
        assert monitor.value("hr") is not None


async def test_moments_are_marked_and_a_mark_can_be_taken_back() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(125.0)
        assert await instructor.invoke("session", "set_bookmark") == "02:05"
        assert await instructor.invoke("session", "set_bookmark", "02:05") == "02:05 (2)"
        good = await instructor.invoke("session", "set_mark", "good", "closed the loop", 17)
        bad = await instructor.invoke("session", "set_mark", "bad")
        await instructor.invoke("session", "unmark", bad)
        assert told(session, "mark") == {
            good: {"rating": "good", "note": "closed the loop", "at_s": 125.0, "about": 17}
        }
        assert await instructor.invoke("session", "set_mark", "bad") != bad


async def test_the_instructor_writes_notes_of_now_or_of_a_moment_and_writes_them_anew() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(125.0)
        first = await instructor.invoke("session", "note", " who leads? ", about=17)
        early = await instructor.invoke("session", "note", "binder late", at_s=60)
        assert told(session, "noted")[first] == {
            "text": "who leads?",
            "at_s": 125.0,
            "about": 17,
            "by": "instructor",
        }
        await instructor.invoke("session", "note", "binder after 9 min", at_s=60, number=early)
        assert told(session, "noted")[early]["text"] == "binder after 9 min"
        await instructor.invoke("session", "unnote", early)
        assert list(told(session, "noted")) == [first]
        assert await instructor.invoke("session", "note", "of later", at_s=1e9) == "3"
        assert told(session, "noted")["3"]["at_s"] == 125.0  # nothing is later than now
        kept = all_notes(Story(session.world.journal))
        assert [(n.text, n.at_s, n.is_added) for n in kept] == [
            ("who leads?", 125.0, False),
            ("of later", 125.0, False),
        ]
        page = html(Story(session.world.journal), session.scenario, seed=7, notes=kept)
        assert "who leads?" in page
        with pytest.raises(InvocationFailedError, match="There is no note 2"):
            await instructor.invoke("session", "note", "gone", number=early)
        with pytest.raises(RefusedError, match="role_is_allowed"):
            await session.client("trauma_leader").invoke("session", "note", "mine")


async def test_the_instructor_is_told_what_the_case_is_before_it_begins() -> None:
    scenario = load("apixaban").model_copy(update={"agents": []})
    async with directed(scenario) as (session, _):
        known = told(session, "briefing")
        assert known["title"] == scenario.title
        assert known["mechanism"].startswith("Fall from standing in the bathroom")
        assert known["patient"]["age"] == 82
        assert "apixaban" in known["patient"]["medication"]
        assert [i["label"] for i in known["injuries"]] == [i.label for i in scenario.injuries]
        assert known["goals"] == scenario.goals
        assert known["traps"] == scenario.traps


async def test_only_the_instructor_directs() -> None:
    async with directed(quiet()) as (session, _):
        leader = session.client("trauma_leader")
        for operation in ("pause", "step", "set_bookmark"):
            with pytest.raises(RefusedError, match="role_is_allowed"):
                await leader.invoke("session", operation)


async def test_how_the_patient_really_is_and_what_comes_is_for_the_instructor_alone() -> None:
    async with directed(quiet()) as (session, _):
        await session.until(60.0)
        rights, twin = Rights(), session.world.twin("session")
        for role in ("trauma_leader", "team_member", "rescuer", "display", "researcher", "agent"):
            who = Caller("x", role)
            seen = rights.veiled(who, twin, session.world.state("session"))
            assert {"running", "people"} <= set(seen.values), role
            assert not {"truth", "next", "held", "briefing"} & set(seen.values), role
        assert rights.allows(Caller("i", "instructor"), "read", twin, "truth")


async def test_a_virtual_run_cannot_be_held() -> None:
    async with directed(quiet()) as (session, instructor):
        assert session.director is not None
        session.director.go()
        with pytest.raises(InvocationFailedError, match="virtual clock"):
            await instructor.invoke("session", "pause")


async def test_a_run_without_people_in_it_has_no_instructors_hand() -> None:
    scenario = load("pelvis").model_copy(update={"ends_s": minutes("00:30")})
    async with asyncio.TaskGroup() as tasks:
        clock = VirtualClock(scenario.start)
        session = Session(scenario, clock, load_programs(scenario, None), seed=7, tasks=tasks)
        await session.start()
        assert "session" not in session.world.twins
        await session.stop()

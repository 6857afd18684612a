"""A monitor's own alarms in a session: told by its twin, whatever shows it."""

import pytest

from environment.errors import RefusedError
from environment.model.change import JSON, Change
from scenarios.debriefing import debrief
from scenarios.session import Session
from scenarios.story import Story
from tests.session.test_director import directed, quiet

MONITOR = "ambulance_monitor"


def alarms(session: Session) -> dict[str, dict[str, JSON]]:
    return dict(session.world.twin(MONITOR).value("alarm") or {})


def events(session: Session, name: str) -> list[Change]:
    rows = session.world.journal.read(twin=MONITOR, kind="event", name=name)
    return [c for c in rows if c.twin == MONITOR]


def limit(session: Session, sign: str) -> dict[str, JSON]:
    return dict(session.world.twin(MONITOR).value("alarm_limit")[sign])


async def test_a_crossed_limit_that_lasts_begins_an_alarm_and_its_end_is_told() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        assert alarms(session) == {}
        await instructor.invoke("session", "set_vital", "sbp", 80, 0)
        await session.until(123.5)
        assert alarms(session) == {}  # it has not lasted yet
        await session.until(130.0)
        row = alarms(session)["sbp"]
        assert (row["kind"], row["priority"], row["limit"]) == ("low", "medium", 90)
        (began,) = events(session, "alarm_began")
        why = session.world.journal.why(began)
        assert why[-2].name == "sbp"  # the reading that crossed it
        assert why[-2].value < 90
        await instructor.invoke("session", "set_vital", "sbp", 55, 0)
        await session.until(140.0)
        assert alarms(session)["sbp"]["priority"] == "high"
        assert "map" not in alarms(session)  # one alarm for one pressure
        await instructor.invoke("session", "set_vital", "sbp", 120, 0)
        await session.until(150.0)
        assert alarms(session) == {}
        ended = events(session, "alarm_ended")[-1]
        assert (ended.value["alarm"], ended.value["priority"]) == ("sbp", "high")


async def test_a_value_at_its_limit_begins_one_alarm_and_not_many() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        await instructor.invoke("session", "set_vital", "hr", 121, 0)
        await session.until(900.0)
        assert len(events(session, "alarm_began")) == 1


async def test_sensors_that_give_nothing_are_an_alarm_and_taking_them_off_ends_all() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        await instructor.invoke("session", "disturb", MONITOR, "unplug", "spo2")
        await session.until(160.0)
        assert alarms(session)["no-spo2"]["priority"] == "low"
        await instructor.invoke("session", "disturb", MONITOR, "silence", seconds=120)
        await session.until(270.0)
        assert {k: r["kind"] for k, r in alarms(session).items()} == {"silent": "silent"}
        await session.until(300.0)
        assert list(alarms(session)) == ["no-spo2"]
        await session.client("rescuer").invoke(MONITOR, "detach")
        await session.until(320.0)
        assert alarms(session) == {}


async def test_a_rhythm_without_a_pulse_is_an_alarm_of_high_priority() -> None:
    async with directed(quiet()) as (session, _):
        await session.until(120.0)
        await session.client("rescuer").invoke("patient", "record_finding", "rhythm", "vf")
        await session.until(130.0)
        assert alarms(session)["rhythm"]["priority"] == "high"
        assert alarms(session)["rhythm"]["kind"] == "vf"


async def test_in_resuscitation_the_rhythm_is_the_only_alarm_and_the_gas_is_shown() -> None:
    async with directed(quiet()) as (session, _):
        await session.until(120.0)
        session.body.treat("cardiac_arrest")
        await session.until(130.0)
        await session.client("rescuer").invoke("patient", "perform", "als")
        await session.until(300.0)
        assert list(alarms(session)) == ["rhythm"]
        gas = session.world.twin(MONITOR).ledger.readings["etco2"]
        assert gas.effective > session.world.clock.now() - 2
        assert 10 < gas.value < 35


async def test_limits_follow_the_age_as_it_becomes_known() -> None:
    async with directed(quiet()) as (session, _):
        await session.until(120.0)
        assert limit(session, "sbp")["low"] == 90
        rescuer = session.client("rescuer")
        await rescuer.invoke(MONITOR, "set_limit", "hr", "high", 140)
        await rescuer.invoke("patient", "record_finding", "age", 6)
        assert (limit(session, "sbp")["low"], limit(session, "sbp")["by"]) == (82, "age 6")
        assert (limit(session, "hr")["high"], limit(session, "hr")["by"]) == (140, "rescuer")


async def test_a_limit_is_set_at_the_monitor_and_counts_at_once() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        nurse = session.client("nurse")
        await instructor.invoke("session", "set_vital", "sbp", 100, 0)
        await session.until(130.0)
        assert alarms(session) == {}
        await nurse.invoke(MONITOR, "set_limit", "sbp", "low", 110)
        await session.until(135.0)
        assert alarms(session)["sbp"]["limit"] == 110
        await nurse.invoke(MONITOR, "set_limit", "sbp", "low", 85)
        await session.until(145.0)
        assert alarms(session) == {}
        for wrong in (160, 400, -1, 85):
            with pytest.raises(RefusedError, match="limit_fits"):
                await nurse.invoke(MONITOR, "set_limit", "sbp", "low", wrong)


async def test_the_debrief_tells_each_alarm_and_who_paused_its_sound() -> None:
    async with directed(quiet()) as (session, instructor):
        await session.until(120.0)
        await instructor.invoke("session", "set_vital", "sbp", 80, 0)
        await session.until(150.0)
        await session.client("nurse").invoke(MONITOR, "silence")
        await instructor.invoke("session", "set_vital", "sbp", 120, 0)
        await session.until(200.0)
        told = debrief(Story(session.world.journal), session.scenario, name="x", seed=7)
        (row,) = told["lanes"]["alarms"]
        assert (row["alarm"], row["twin"], row["priority"]) == ("sbp", MONITOR, "medium")
        assert 120 < row["from_s"] < 130
        assert 150 < row["to_s"] < 160
        assert [(s["by"], round(s["at_s"])) for s in row["silenced"]] == [("nurse", 150)]

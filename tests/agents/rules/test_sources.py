from collections.abc import AsyncIterator
from random import Random

import pytest

from environment.physical.monitor_sim import MonitorSim
from environment.physical.physiology import Body, BodyParameters
from tests.agents.rules.case import BEGIN_S, MONITORED, TABLET, Case

MONITOR = "ambulance_monitor"


@pytest.fixture
async def monitored() -> AsyncIterator[tuple[Case, MonitorSim]]:
    """A patient whose vital signs come from a monitor with a healthy body behind it."""
    case = Case("rescuer_assistant")
    await case.begin(without=MONITORED)
    body = Body(BodyParameters(), start_s=BEGIN_S)
    monitor = MonitorSim(MONITOR, {"patient": body}, Random(1), noise=0.0)
    case.world.add("monitor", MONITOR)
    await case.world.attach(monitor, serves=[MONITOR])
    await case.ask("rescuer", MONITOR, "attach", "patient")
    await case.advance(5)
    yield case, monitor
    await case.end()


async def test_a_silent_monitor_is_told_once_for_all_its_values(
    monitored: tuple[Case, MonitorSim],
) -> None:
    case, monitor = monitored
    monitor.silence(60.0)
    await case.advance(45)
    assert {"HR", "SPO2"} <= set(case.text("PRO-05").split(":")[0].split(", "))
    await case.advance(40)
    assert [said.what for said in case.history("PRO-05")] == ["raised", "cleared"]


async def test_an_impossible_value_of_the_monitor_is_told_and_changes_nothing_else(
    monitored: tuple[Case, MonitorSim],
) -> None:
    case, _ = monitored
    case.observe(MONITOR, "sbp", 420.0)
    await case.advance(5)
    assert "sbp 420" in case.text("PRO-05")
    await case.advance(80)
    assert case.alerts() == {}


async def test_an_alert_of_a_monitors_value_leads_back_to_the_monitor(
    monitored: tuple[Case, MonitorSim],
) -> None:
    case, monitor = monitored
    await monitor.stop()
    case.observe(MONITOR, "hr", 95.0)
    case.observe(MONITOR, "sbp", 80.0)
    await case.advance(3)
    by_seq = {c.seq: c for c in case.changes()}
    step = next(c for c in case.changes(TABLET) if c.name == "alert_raised")
    while isinstance(step.cause, int):
        step = by_seq[step.cause]
    assert (step.twin, step.name) in ((MONITOR, "sbp"), (MONITOR, "hr"))


async def test_a_late_reading_about_the_past_raises_nothing(road: Case) -> None:
    road.observe("patient", "sbp", 60.0, late_s=20)
    road.observe("patient", "hr", 140.0, late_s=20)
    await road.advance(40)
    assert road.alerts() == {}


async def test_the_same_fact_told_twice_is_one_alert(hospital: Case) -> None:
    for _ in range(2):
        hospital.note(k=6.8)
    await hospital.advance(3)
    assert [said.what for said in hospital.history("MET-01")] == ["raised"]


async def test_another_leader_in_the_middle_raises_nothing(hospital: Case) -> None:
    await hospital.ask("trauma_leader", "trauma", "set_leader", "nurse")
    await hospital.advance(10)
    assert hospital.alerts() == {}
    assert hospital.world.twin(hospital.display).value("line")["leader"] == "Leader: nurse"

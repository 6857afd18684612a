"""What must be true while a case goes on, seen through the twins."""

import pytest

from environment.errors import UnknownTwinError
from environment.model.change import Observation
from scenarios.reading import load
from tests.session.stage import alerts, minutes, staged


async def test_the_trauma_twin_exists_before_arrival_and_shows_the_road_live() -> None:
    async with staged() as session:
        client = session.client("researcher")
        await session.until(minutes("09:20"))
        trauma = client.read("trauma")
        assert trauma.phase in ("pre_alerted", "activated")
        assert client.links("trauma", "continues") == ["preh"]
        await session.until(minutes("12:00"))
        now, patient = client.read("trauma"), client.read("patient")
        assert now.get("arrived_s") is None
        reading = now.values["sbp"]
        assert reading == patient.values["sbp"]
        assert (reading.twin, reading.source) == ("ambulance_monitor", "ambulance_monitor")
        assert now.at - reading.effective <= 1.0
        # live, not a copy made once: it moves with the monitor
        await session.until(minutes("15:00"))
        later = client.read("trauma").values["sbp"]
        assert later == client.read("ambulance_monitor").values["sbp"]
        assert later.effective >= reading.effective + 175
        assert later.value < reading.value


async def test_a_patient_who_is_not_severe_never_gets_a_trauma_twin() -> None:
    scenario = load("pelvis")
    calm = scenario.model_copy(
        update={
            "injuries": [],
            "responses": [],
            "events": [
                e
                for e in scenario.events
                if e.do not in ("preh.flag", "preh.decide_severity")
                and not e.do.startswith("patient.")
                and "trauma" not in e.do
            ],
        }
    )
    async with staged(calm) as session:
        await session.until(minutes("25:00"))
        client = session.client("researcher")
        assert client.read("preh").get("severity") == "not_severe"
        assert client.find("trauma") == []


async def test_a_silent_monitor_degrades_the_twins_and_marks_alerts_and_heals() -> None:
    async with staged() as session:
        client = session.client("researcher")
        await session.until(minutes("12:00"))
        assert client.read("patient").life == "shadowed"
        assert alerts(session, "HAE-02")
        session.assets["ambulance_monitor"].silence(60)  # type: ignore[attr-defined]  # a MonitorSim
        await session.until(minutes("12:50"))
        for twin in ("patient", "trauma"):
            state = client.read(twin)
            assert state.life == "degraded", twin
            assert state.absent["sbp"].reason == "stale"
        assert client.read("ambulance_monitor").life in ("degraded", "lost")
        assert client.read("rescuer_tablet").get("alert")["PRO-05"]["priority"] == "low"
        kept = client.read("rescuer_tablet").get("alert")["HAE-02"]
        assert kept["text"].startswith("(old data)")
        await session.until(minutes("13:30"))
        for twin in ("patient", "trauma", "ambulance_monitor"):
            assert client.read(twin).life == "shadowed", twin
        assert client.read("patient").get("sbp") is not None
        assert "PRO-05" not in client.read("rescuer_tablet").get("alert")
        healed = client.read("rescuer_tablet").get("alert")["HAE-02"]
        assert not healed["text"].startswith("(old data)")


async def test_a_monitor_that_says_what_cannot_be_raises_doubt_and_harms_nobody() -> None:
    async with staged() as session:
        await session.until(minutes("11:30"))
        session.world.observe(
            Observation(
                twin="ambulance_monitor",
                member="sbp",
                value=999,
                effective=session.clock.now(),
                source="ambulance_monitor",
            )
        )
        await session.until(minutes("11:40"))
        assert session.client("researcher").read("patient").get("sbp") < 200
        state = session.client("researcher").read("rescuer_tablet")
        assert "PRO-05" in state.get("alert")


async def test_a_twin_that_does_not_exist_is_named_with_the_nearest() -> None:
    async with staged() as session:
        with pytest.raises(UnknownTwinError, match="Did you mean 'patient'"):
            session.client("researcher").read("pacient")

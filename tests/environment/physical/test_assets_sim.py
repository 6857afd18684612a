"""Vehicle, people, rooms, screens and the blood bank."""

from random import Random

import pytest

from environment.errors import InvocationFailedError
from environment.physical.adapter import Command
from environment.physical.blood_bank_sim import BloodBankSim
from environment.physical.body_sim import BodySim
from environment.physical.device_sim import DeviceSim
from environment.physical.monitor_sim import MonitorSim
from environment.physical.person_sim import PersonSim
from environment.physical.room_sim import RoomSim
from environment.physical.screen import Screen
from environment.physical.simulated import SimulatedAsset
from environment.physical.vehicle_sim import VehicleSim
from environment.physical.ventilator_sim import VentilatorSim

from .stage import Stage, bleeding_body, play

PLACES = {"base": (44.10, 12.20), "accident_place": (44.15, 12.30), "hospital": (44.14, 12.24)}
TRAVEL = {("base", "accident_place"): 420.0, ("accident_place", "hospital"): 720.0}


def ambulance() -> VehicleSim:
    return VehicleSim("ambulance", PLACES, TRAVEL, at="base", crew=("rescuer", "driver"))


def test_a_vehicle_drives_tells_its_arrival_and_arrives_then() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("vehicle", ambulance(), "ambulance")
        assert stage.value("ambulance", "distance_km")["accident_place"] == 7.0
        await stage.until(60)
        await stage.ask("ambulance", "drive", destination="accident_place")
        await stage.until(270)
        assert stage.value("ambulance", "status") == "driving"
        assert stage.value("ambulance", "eta_s") == 480
        half = stage.value("ambulance", "position")
        assert half["lat"] == pytest.approx(44.125, abs=0.002)
        await stage.until(490)

    stage = play(scene)
    assert stage.value("ambulance", "place") == "accident_place"
    assert stage.value("ambulance", "status") == "waiting"
    (arrived,) = stage.events("ambulance", "arrived")
    assert arrived.effective == 480
    assert [c.value["destination"] for c in stage.events("ambulance", "departed")] == [
        "accident_place"
    ]


def test_traffic_delays_the_arrival_and_says_so() -> None:
    vehicle = ambulance()

    async def scene(stage: Stage) -> None:
        await stage.put("vehicle", vehicle, "ambulance")
        await stage.ask("ambulance", "drive", destination="accident_place")
        await stage.until(100)
        vehicle.delay(120)
        assert stage.value("ambulance", "eta_s") == 540
        await stage.until(600)

    stage = play(scene)
    assert [c.effective for c in stage.events("ambulance", "arrived")] == [540]


def test_a_vehicle_without_a_road_says_so() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("vehicle", ambulance(), "ambulance")
        with pytest.raises(InvocationFailedError, match="Did you mean 'hospital'"):
            await stage.ask("ambulance", "drive", destination="hospitl")
        with pytest.raises(InvocationFailedError, match="no travel time"):
            await stage.ask("ambulance", "drive", destination="hospital")

    stage = play(scene)
    assert stage.value("ambulance", "status") == "available"


def test_a_called_person_comes_after_his_time() -> None:
    async def scene(stage: Stage) -> None:
        surgeon = PersonSim("surgeon", role="surgeon", comes_after_s=240)
        await stage.put("person", surgeon, "surgeon")
        await stage.ask("surgeon", "call", to="shock_room")
        assert stage.value("surgeon", "called") is True
        await stage.until(230)
        assert stage.value("surgeon", "present") is False
        await stage.until(250)

    stage = play(scene)
    assert stage.value("surgeon", "place") == "shock_room"
    assert stage.value("surgeon", "present") is True


def test_a_person_who_follows_the_script_comes_when_he_comes() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("person", PersonSim("nurse", place="ward"), "nurse")
        await stage.ask("nurse", "call", to="shock_room")
        await stage.until(900)
        assert stage.value("nurse", "place") == "ward"
        await stage.ask("nurse", "arrive", place="shock_room")

    stage = play(scene)
    assert stage.value("nurse", "place") == "shock_room"


def test_a_room_is_prepared_item_by_item_and_ready_when_all_are() -> None:
    async def scene(stage: Stage) -> None:
        room = RoomSim("shock_room", checklist={"blood": 300.0, "ventilator": 120.0})
        await stage.put("room", room, "shock_room")
        await stage.ask("shock_room", "reserve", case="trauma")
        await stage.ask("shock_room", "prepare", item="blood")
        await stage.ask("shock_room", "prepare", item="ventilator")
        await stage.until(130)
        assert stage.value("shock_room", "checklist") == {"blood": False, "ventilator": True}
        assert stage.value("shock_room", "status") == "preparing"
        await stage.until(310)
        assert stage.value("shock_room", "status") == "ready"
        await stage.ask("shock_room", "enter", who="surgeon")
        await stage.ask("shock_room", "enter", who="patient", is_patient=True)
        assert stage.value("shock_room", "status") == "occupied"
        await stage.ask("shock_room", "leave", who="patient")
        await stage.until(400)
        assert stage.value("shock_room", "status") == "cleaning"
        await stage.until(1300)

    stage = play(scene)
    assert stage.value("shock_room", "people") == ["surgeon"]
    assert [c.value["case"] for c in stage.events("shock_room", "prepared")] == ["trauma"]
    assert stage.value("shock_room", "status") == "reserved"


def test_a_reservation_lapses_and_only_its_case_may_release_it() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("room", RoomSim("ct_room"), "ct_room")
        await stage.ask("ct_room", "reserve", case="one", until_s=300.0)
        with pytest.raises(InvocationFailedError, match="kept for 'one'"):
            await stage.ask("ct_room", "release", case="two")
        await stage.until(301)

    stage = play(scene)
    assert stage.value("ct_room", "reserved_for") == ""
    assert stage.value("ct_room", "status") == "free"


def test_a_screen_keeps_all_alerts_and_shows_the_three_most_pressing() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("display", Screen("display"))
        for rule, priority in (("a", "low"), ("b", "high"), ("c", "medium"), ("d", "medium")):
            await stage.ask("display", "show", rule=rule, priority=priority, text=rule.upper())
            await stage.until(stage.clock.now() + 10)
        assert set(stage.value("display", "alert")) == {"a", "b", "c", "d"}
        assert stage.value("display", "shown") == ["b", "c", "d"]
        await stage.ask("display", "show", rule="a", priority="high", text="A!")
        assert stage.value("display", "shown") == ["a", "b", "d"]
        await stage.ask("display", "acknowledge", rule="b", reason="being done")
        await stage.ask("display", "withdraw", rule="a", reason="gone")

    stage = play(scene)
    assert stage.value("display", "shown") == ["b", "c", "d"]
    assert stage.value("display", "alert")["b"]["acknowledged"] is True
    assert [c.value["rule"] for c in stage.events("display", "alert_raised")] == list("abcd")
    assert [c.value["rule"] for c in stage.events("display", "alert_changed")] == ["a"]
    assert stage.events("display", "alert_cleared")[0].value == {"rule": "a", "reason": "gone"}
    assert stage.events("display", "alert_acknowledged")[0].value["by"] == "team"


def test_an_escalated_alert_keeps_its_start_and_wants_to_be_seen_again() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("display", Screen("display"))
        await stage.ask("display", "show", rule="a", priority="medium", text="A")
        await stage.ask("display", "acknowledge", rule="a", reason="seen")
        await stage.until(60)
        await stage.ask("display", "show", rule="a", priority="medium", text="A")
        await stage.ask("display", "show", rule="a", priority="high", text="A!")

    stage = play(scene)
    alert = stage.value("display", "alert")["a"]
    assert alert["since_s"] < 1
    assert alert["acknowledged"] is False
    assert len(stage.events("display", "alert_changed")) == 1


def test_questions_are_answered_with_one_of_their_options() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("display", Screen("display"))
        await stage.ask("display", "ask", name="severe", text="Severe?", options=["yes", "no"])
        with pytest.raises(InvocationFailedError, match="is no answer"):
            await stage.ask("display", "answer", name="severe", answer="perhaps")
        await stage.ask("display", "answer", name="severe", answer="yes")

    stage = play(scene)
    assert stage.value("display", "question") == {}
    value = stage.events("display", "answered")[0].value
    assert value == {"question": "severe", "answer": "yes", "by": "team"}


def test_lines_and_suggestions_come_and_go() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("display", Screen("display", watched_by=["trauma_leader"]))
        await stage.ask("display", "write", name="eta", text="ETA 29:00")
        await stage.ask("display", "suggest", name="give_blood", text="Give blood")
        await stage.ask("display", "suggest", name="give_blood", text="Give blood")
        assert stage.value("display", "line") == {"eta": "ETA 29:00"}
        await stage.ask("display", "drop_suggestion", name="give_blood")
        await stage.ask("display", "write", name="eta", text="")

    stage = play(scene)
    assert len(stage.events("display", "suggested")) == 1
    assert stage.value("display", "suggestion") == {}
    assert stage.value("display", "line") == {}
    assert stage.value("display", "watched_by") == ["trauma_leader"]


def test_blood_is_issued_after_its_time_and_leaves_the_stock() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("blood_bank", BloodBankSim())
        before = stage.value("blood_bank", "stock")["red_cells"]
        ready = await stage.ask("blood_bank", "ask_for", product="red_cells", units=4)
        assert ready == 600
        assert stage.value("blood_bank", "stock")["red_cells"] == before - 4
        await stage.until(599)
        assert stage.events("blood_bank", "issue") == []
        await stage.until(601)

    stage = play(scene)
    (issue,) = stage.events("blood_bank", "issue")
    assert (issue.value["product"], issue.value["units"]) == ("red_cells", 4)
    assert stage.value("blood_bank", "issued") == {"red_cells": 4}


def test_frozen_plasma_takes_its_thaw_and_the_group_decides_what_fits() -> None:
    bank = BloodBankSim(thawed_plasma=2)

    async def scene(stage: Stage) -> None:
        await stage.put("blood_bank", bank)
        thawed = await stage.ask("blood_bank", "ask_for", product="plasma", units=2)
        frozen = await stage.ask("blood_bank", "ask_for", product="plasma", units=4)
        assert (thawed, frozen) == (300, 1200)
        await stage.ask("blood_bank", "ask_for", product="red_cells", units=12)
        with pytest.raises(InvocationFailedError, match="No unit of red_cells"):
            await stage.ask("blood_bank", "ask_for", product="red_cells", units=2)
        bank.know_group("A+")
        await stage.ask("blood_bank", "ask_for", product="red_cells", units=2)

    play(scene)


def test_too_little_stock_gives_what_there_is_and_tells_of_the_shortage() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("blood_bank", BloodBankSim(stock={"red_cells": {"0": 3}}))
        await stage.ask("blood_bank", "ask_for", product="red_cells", units=5)

    stage = play(scene)
    value = stage.events("blood_bank", "shortage")[0].value
    assert value == {"product": "red_cells", "asked": 5, "available": 3}
    assert stage.events("blood_bank", "requested")[0].value["units"] == 3


def test_the_transfusion_protocol_keeps_one_pack_ahead_until_it_ends() -> None:
    async def scene(stage: Stage) -> None:
        await stage.put("blood_bank", BloodBankSim())
        await stage.ask("blood_bank", "prepare_pack")
        assert stage.value("blood_bank", "protocol") is True
        await stage.until(700)
        first = stage.events("blood_bank", "issue")
        assert {c.value["product"]: c.value["units"] for c in first} == {
            "red_cells": 4, "plasma": 4, "platelets": 1,
        }  # fmt: skip
        await stage.until(2000)
        assert len(stage.events("blood_bank", "issue")) == 3
        await stage.ask("blood_bank", "prepare_pack")
        assert len(stage.events("blood_bank", "issue")) == 6
        await stage.ask("blood_bank", "stand_down")

    stage = play(scene)
    assert stage.value("blood_bank", "protocol") is False


def test_no_asset_reports_anything_after_it_was_stopped() -> None:
    body = bleeding_body()
    bodies = {"patient": body}
    assets: list[tuple[str, SimulatedAsset]] = [
        ("patient", BodySim("patient", body)),
        ("monitor", MonitorSim("monitor", bodies, Random(1))),
        ("ventilator", VentilatorSim("ventilator", "patient", body)),
        ("device", DeviceSim("device", "blood_gas", bodies)),
        ("vehicle", VehicleSim("vehicle", PLACES, TRAVEL, at="base")),
        ("person", PersonSim("person", comes_after_s=300)),
        ("room", RoomSim("room", checklist={"blood": 300.0})),
        ("blood_bank", BloodBankSim()),
    ]

    async def scene(stage: Stage) -> None:
        for kind, asset in assets:
            await stage.put(kind, asset)
        await stage.ask("monitor", "attach", patient="patient")
        await stage.ask("device", "examine", diagnostic="blood_gas", patient="patient")
        await stage.ask("vehicle", "drive", destination="accident_place")
        await stage.ask("person", "call", to="room")
        await stage.ask("room", "prepare", item="blood")
        await stage.ask("blood_bank", "ask_for", product="red_cells", units=2)
        await stage.until(60)
        for _, asset in assets:
            await asset.stop()
        before = len(stage.world.journal)
        await stage.until(1500)
        by_assets = [c for c in stage.world.journal if c.seq > before and c.quality != "stale"]
        sources = {asset.source for _, asset in assets}
        assert not [c for c in by_assets if c.source in sources and c.kind != "life"]

    play(scene)


def test_an_asset_that_gets_an_unknown_command_says_what_it_knows() -> None:
    async def scene(stage: Stage) -> None:
        screen = Screen("display")
        await stage.put("display", screen)
        with pytest.raises(InvocationFailedError, match="Did you mean 'show'"):
            await screen.command(Command("display", "shw", {}, "team", None))

    play(scene)

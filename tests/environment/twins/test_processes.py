"""The two processes: steps, corrections, severity, what they derive from the patient."""

from datetime import UTC, datetime

import pytest

from environment.client import InProcess, TwinClient
from environment.errors import RefusedError
from environment.model.change import JSON, Observation
from environment.runtime.clock import VirtualClock
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds


class Case:
    """A patient, and the central unit that takes the call."""

    def __init__(self) -> None:
        self.clock = VirtualClock(datetime(2026, 1, 15, 14, tzinfo=UTC))
        self.world = World(self.clock, kinds())
        roles = {"rescuer": "rescuer", "leader": "trauma_leader", "assistant": "agent"}
        self.transport = InProcess(self.world, Operations(self.world, roles))
        for kind, twin in (
            ("central_unit", "centre"),
            ("patient", "patient"),
            ("place", "road"),
            ("room", "shock_room"),
            ("vehicle", "ambulance"),
        ):
            self.world.add(kind, twin)

    def by(self, who: str) -> TwinClient:
        return TwinClient(self.transport, who)

    async def call(self) -> None:
        await self.by("operator").invoke("centre", "take_call", "preh", "road", "patient")

    async def go(self, *phases: str) -> None:
        for phase in phases:
            await self.by("rescuer").invoke("preh", "advance", phase)

    def happen(self, event: str, value: JSON) -> None:
        self.world.observe(
            Observation(
                twin="patient", member=event, value=value, effective=self.clock.now(), source="body"
            )
        )


async def test_a_call_begins_the_process_and_links_the_patient() -> None:
    case = Case()
    await case.call()
    assert case.world.twin("preh").phase == "called"
    assert case.by("x").links("preh", "hasPatient") == ["patient"]
    assert case.by("x").read("centre").get("call")["preh"]["place"] == "road"


async def test_tracking_times_are_kept_as_the_process_moves_on() -> None:
    case = Case()
    await case.call()
    await case.by("operator").invoke("preh", "record", "call_at_s", 0)
    await case.by("operator").invoke("preh", "dispatch", "ambulance")
    for phase, at in (
        ("en_route", 90),
        ("on_scene", 540),
        ("assessed", 700),
        ("transporting", 900),
    ):
        await case.clock.sleep(at - case.clock.now())
        await case.go(phase)
    state = case.by("x").read("preh")
    assert state.get("crew_departure_s") == 90
    assert state.get("arrival_onsite_s") == 540
    assert state.get("departure_onsite_s") == 900
    assert state.get("d09z_s") == 540


async def test_a_wrong_step_is_refused_and_a_correction_needs_a_reason() -> None:
    case = Case()
    await case.call()
    with pytest.raises(RefusedError) as refused:
        await case.go("transporting")
    assert refused.value.guard == "step_is_allowed"
    await case.by("operator").invoke("preh", "dispatch", "ambulance")
    await case.go("en_route")
    with pytest.raises(RefusedError, match="has_reason"):
        await case.by("rescuer").invoke("preh", "correct", "dispatched", "")
    await case.by("rescuer").invoke("preh", "correct", "dispatched", "tapped by mistake")
    assert case.world.twin("preh").phase == "dispatched"
    steps = case.world.journal.read(twin="preh", kind="phase")
    assert [c.value for c in steps] == ["called", "dispatched", "en_route", "dispatched"]


async def test_a_red_item_lets_an_agent_decide_severe_and_that_creates_the_trauma_twin() -> None:
    case = Case()
    await case.call()
    with pytest.raises(RefusedError, match="severity_is_supported"):
        await case.by("assistant").invoke("preh", "decide_severity", "severe")
    await case.by("rescuer").invoke("preh", "flag", "pelvic_fracture")
    await case.by("assistant").invoke("preh", "decide_severity", "severe", "RED")
    trauma = case.world.twin("trauma")
    assert trauma.phase == "pre_alerted"
    assert trauma.linked("continues") == ["preh"]
    assert trauma.linked("hasPatient") == ["patient"]
    state = case.by("x").read("trauma")
    assert state.get("severity") == "severe"
    assert state.get("criterion_anatomical") is True
    assert state.get("criterion_physiological") is False
    with pytest.raises(RefusedError, match="not_yet_severe"):
        await case.by("rescuer").invoke("preh", "decide_severity", "not_severe")


async def test_yellow_items_alone_are_the_rescuers_decision() -> None:
    case = Case()
    await case.call()
    await case.by("rescuer").invoke("preh", "flag", "anticoagulant")
    for answer in ("severe", "not_severe"):
        with pytest.raises(RefusedError, match="severity_is_supported"):
            await case.by("assistant").invoke("preh", "decide_severity", answer)
    await case.by("rescuer").invoke("preh", "decide_severity", "severe", "on apixaban")
    assert case.by("x").read("preh").get("severity_by") == "rescuer"
    assert case.by("x").find("trauma") == ["trauma"]


async def test_an_unknown_triage_item_is_refused_with_the_nearest() -> None:
    case = Case()
    await case.call()
    with pytest.raises(RefusedError, match="pelvic_fracture"):
        await case.by("rescuer").invoke("preh", "flag", "pelvic_fractur")


async def in_hospital() -> Case:
    case = Case()
    await case.call()
    await case.by("rescuer").invoke("preh", "flag", "pelvic_fracture")
    await case.by("rescuer").invoke("preh", "decide_severity", "severe")
    await case.clock.sleep(1800)
    await case.by("leader").invoke("trauma", "advance", "delivered")
    return case


async def test_rooms_move_the_phase_and_leave_their_times() -> None:
    case = await in_hospital()
    for room in ("shock_room", "ct", "theatre", "icu"):
        case.world.twins.get(room) or case.world.add("room", room)
        await case.by("leader").invoke("trauma", "move", room)
        await case.clock.sleep(600)
    phases = [c.value for c in case.world.journal.read(twin="trauma", kind="phase")]
    assert phases[-4:] == ["shock_room", "diagnostics", "operating", "ready_for_hospitalisation"]
    stay = case.by("x").read("trauma").get("stay")
    assert stay["shock_room"] == {"in_s": 1800.0, "out_s": 2400.0}
    assert stay["icu"]["out_s"] is None


async def test_a_patient_on_the_road_cannot_be_moved_into_a_room() -> None:
    case = Case()
    await case.call()
    await case.by("rescuer").invoke("preh", "flag", "pelvic_fracture")
    await case.by("rescuer").invoke("preh", "decide_severity", "severe")
    with pytest.raises(RefusedError, match="phase_allows"):
        await case.by("leader").invoke("trauma", "move", "shock_room")


async def test_what_is_done_to_the_patient_sets_the_clocks_of_the_process() -> None:
    case = await in_hospital()
    done = {"site": "", "change": "done", "details": {}}
    case.happen("procedure", {"procedure": "orotracheal_intubation", **done})
    await case.clock.sleep(60)
    case.happen("blood_given", {"product": "red_cells", "units": 2, "ml": 600, "bag": ""})
    await case.clock.sleep(60)
    case.happen("procedure", {"procedure": "angioembolisation", **done})
    case.happen("drug_given", {"drug": "tranexamic_acid", "amount": 1, "unit": "g", "route": "iv"})
    state = case.by("x").read("trauma")
    assert state.get("airway_secured_s") == 1800
    assert state.get("first_blood_s") == 1860
    assert state.get("haemorrhage_control_s") == 1920
    assert state.get("txa_s") == 1920


async def test_an_order_stands_open_until_it_is_carried_out_or_taken_back() -> None:
    case = await in_hospital()
    leader = case.by("leader")
    key = await leader.invoke("trauma", "order_drug", "ketamine", 80, "mg")
    other = await leader.invoke("trauma", "order_drug", "suxamethonium", 100, "mg")
    assert leader.read("trauma").get("order")[key]["status"] == "open"
    case.happen("drug_given", {"drug": "ketamine", "amount": 80, "unit": "mg", "route": "iv"})
    await leader.invoke("trauma", "cancel_order", other, "potassium unknown")
    orders = leader.read("trauma").get("order")
    assert (orders[key]["status"], orders[other]["status"]) == ("done", "cancelled")
    with pytest.raises(RefusedError, match="order_is_present"):
        await leader.invoke("trauma", "cancel_order", "nothing_1", "x")


async def test_an_agent_may_start_the_transfusion_protocol_but_never_order_a_drug() -> None:
    case = await in_hospital()
    await case.by("assistant").invoke("trauma", "start_mtp")
    with pytest.raises(RefusedError, match="mtp_fits"):
        await case.by("leader").invoke("trauma", "start_mtp")
    with pytest.raises(RefusedError, match="role_is_allowed"):
        await case.by("assistant").invoke("trauma", "order_drug", "ketamine", 80, "mg")


async def test_a_case_is_finished_in_hospital_not_before() -> None:
    case = Case()
    await case.call()
    await case.by("rescuer").invoke("preh", "decide_severity", "severe")
    leader = case.by("leader")
    with pytest.raises(RefusedError, match="phase pre_alerted"):
        await leader.invoke("trauma", "finish", "mortuary")
    for phase in ("activated", "delivered"):
        await leader.invoke("trauma", "advance", phase)
    await leader.invoke("trauma", "finish", "icu")
    assert case.world.twin("trauma").phase == "ready_for_hospitalisation"

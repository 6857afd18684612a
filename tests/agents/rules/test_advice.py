import pytest

from environment.physical.screen import Screen
from tests.agents.rules.case import TABLET, Case, ago

PELVIS = {"region": "pelvis", "kind": "fracture", "side": "", "open": False}
CHEST = {"region": "chest", "kind": "blunt", "side": "right", "open": False}


def words(case: Case, name: str) -> str:
    """What a suggestion says."""
    return str(case.world.twin(case.display).value("suggestion")[name]["text"])


async def test_a_binder_is_suggested_until_it_is_on(road: Case) -> None:
    road.note(injury={"pelvis": PELVIS}, hr=110, sbp=100)
    await road.advance(305)
    assert "apply_pelvic_binder" in road.suggestions()
    await road.perform("pelvic_binder")
    await road.advance(3)
    assert "apply_pelvic_binder" not in road.suggestions()


async def test_low_pressure_suggests_tranexamic_acid_until_it_is_given(road: Case) -> None:
    road.note(injury_at_s=ago(900), sbp=85, hr=80)
    await road.advance(35)
    assert "give_tranexamic_acid" in road.suggestions()
    await road.give("tranexamic_acid", 1, "g")
    await road.advance(3)
    assert "give_tranexamic_acid" not in road.suggestions()


async def test_after_three_hours_tranexamic_acid_is_not_suggested(road: Case) -> None:
    road.note(injury_at_s=ago(10_900), sbp=85, hr=80)
    await road.advance(35)
    assert "give_tranexamic_acid" not in road.suggestions()


async def test_a_childs_dose_is_reckoned_by_weight(road: Case) -> None:
    road.note(age=6, weight_kg=20, injury_at_s=ago(900), sbp=70, hr=65)
    await road.advance(35)
    assert "0.3 g" in words(road, "give_tranexamic_acid")


async def test_where_a_senior_decides_nothing_is_suggested(road: Case) -> None:
    road.note(condition={"82": {"label": "antithrombin"}}, passport_read_s=ago(60))
    road.note(injury_at_s=ago(900), sbp=85, hr=80)
    await road.advance(35)
    assert "give_tranexamic_acid" not in road.suggestions()


async def test_tension_suggests_the_injured_side_and_no_blood(hospital: Case) -> None:
    hospital.note(injury={"chest": CHEST}, spo2=80, rr=38, hr=130, sbp=85)
    await hospital.advance(40)
    assert hospital.suggestions() & {"decompress_right", "give_blood", "start_mtp"} == {
        "decompress_right"
    }
    await hospital.perform("pleural_decompression", "right")
    await hospital.advance(3)
    assert "decompress_right" not in hospital.suggestions()


async def test_low_pressure_in_hospital_suggests_blood(hospital: Case) -> None:
    hospital.note(sbp=85, hr=80)
    await hospital.advance(35)
    assert {"start_mtp", "give_blood"} <= hospital.suggestions()
    hospital.feed(hr=100)
    await hospital.advance(130)
    assert "prepare massive transfusion" in hospital.text("HAE-02")
    await hospital.ask("trauma_leader", "trauma", "start_mtp")
    await hospital.advance(3)
    assert "start_mtp" not in hospital.suggestions()
    assert "massive transfusion is running" in hospital.text("HAE-02")
    await hospital.ask("trauma_leader", "trauma", "stop_mtp")
    await hospital.advance(3)
    assert "prepare massive transfusion" in hospital.text("HAE-02")


async def test_warmth_is_suggested_until_the_patient_is_being_warmed(road: Case) -> None:
    road.note(temp=35.5)
    await road.advance(40)
    assert "warm_patient" in road.suggestions()
    await road.ask("rescuer", "patient", "start_procedure", "warming")
    await road.advance(10)
    assert road.alert("HAE-11")  # still cold
    assert "warm_patient" not in road.suggestions()


async def test_warmth_is_not_suggested_for_whom_it_is_there_already(road: Case) -> None:
    await road.ask("rescuer", "patient", "start_procedure", "warming")
    road.note(temp=35.5)
    await road.advance(40)
    assert road.alert("HAE-11")
    assert "warm_patient" not in road.suggestions()


async def test_what_somebody_else_has_suggested_is_taken_off_when_it_is_done(road: Case) -> None:
    await road.ask("instructor", road.display, "suggest", "apply_pelvic_binder", "Binder now")
    await road.ask("instructor", road.display, "suggest", "give_oxygen", "Oxygen")
    await road.advance(3)
    await road.perform("pelvic_binder")
    road.note(on_oxygen=True)
    await road.advance(3)
    assert road.suggestions() == set()


async def test_a_head_scan_is_suggested_until_it_is_ordered(hospital: Case) -> None:
    await hospital.ask("instructor", hospital.display, "suggest", "order_head_ct", "Head CT now")
    await hospital.advance(3)
    await hospital.ask("trauma_leader", "trauma", "order_diagnostic", "chest_abdomen_ct")
    await hospital.advance(5)
    assert "order_head_ct" in hospital.suggestions()
    await hospital.ask("trauma_leader", "trauma", "order_diagnostic", "head_neck_ct")
    await hospital.advance(5)
    assert "order_head_ct" not in hospital.suggestions()


async def test_oxygen_is_not_suggested_to_who_has_it(road: Case) -> None:
    road.note(on_oxygen=True, spo2=88)
    await road.advance(35)
    assert road.alert("BRE-01") == "high"
    assert "give_oxygen" not in road.suggestions()


async def test_conditions_that_pull_both_ways_are_shown_with_their_conflict(road: Case) -> None:
    road.note(condition={"589": {"label": "MG"}, "98878": {"label": "Haemophilia A"}})
    road.note(condition={"286": {"label": "vascular EDS"}})
    road.note(injury={"head": {"region": "head", "kind": "contusion", "side": "", "open": False}})
    road.note(passport="read", passport_read_s=ago(1))
    await road.advance(3)
    assert "CONFLICT" in road.text("PAS-01")


@pytest.mark.parametrize("draws_in_s", [0.1, 20.0])
async def test_what_is_done_before_the_screen_has_drawn_the_suggestion_is_not_suggested(
    draws_in_s: float, road: Case
) -> None:
    await road.world.attach(Screen(TABLET, draws_in_s=draws_in_s), serves=[TABLET])
    road.feed(spo2=88)
    await road.advance(60)
    road.note(on_oxygen=True)
    await road.advance(120)
    assert "give_oxygen" not in road.suggestions()
    assert [c.value["name"] for c in road.changes(TABLET) if c.name == "suggested"]
    asked = [c for c in road.changes(TABLET) if c.kind == "operation"]
    assert not [c for c in asked if c.value["status"] == "refused"]

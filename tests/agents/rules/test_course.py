import pytest

from environment.errors import InvocationFailedError, RefusedError
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.screen import Screen
from environment.physical.simulated import SimulatedAsset
from tests.agents.rules.case import TABLET, Case, ago

CRASHED = {"hr": 125.0, "sbp": 85.0}
PULSELESS = {"pulse": False, "rhythm": "pea"}


class DarkScreen(SimulatedAsset):
    """A screen without power."""

    async def command(self, command: Command) -> JSON:
        """Nothing can be shown."""
        raise InvocationFailedError(f"{command.twin} is dark.", "dark")


async def test_a_condition_that_stays_speaks_once(road: Case) -> None:
    road.feed(sbp=85, hr=80)
    await road.advance(600)
    assert [said.what for said in road.history("HAE-01")] == ["raised"]


async def test_a_second_episode_speaks_again(road: Case) -> None:
    for sbp in (85, 125, 84):
        road.feed(sbp=sbp, hr=80)
        await road.advance(40)
    assert [said.what for said in road.history("HAE-01")] == ["raised", "cleared", "raised"]


async def test_a_value_that_hovers_about_its_limit_is_not_forgotten(road: Case) -> None:
    for _ in range(6):
        road.feed(sbp=87, hr=80)
        await road.advance(5)
        road.feed(sbp=91)
        await road.advance(2)
    road.feed(sbp=87)
    await road.advance(3)
    assert road.alert("HAE-01") == "high"


async def test_a_deterioration_stands_while_sedation_hides_the_rest(road: Case) -> None:
    road.note(gcs=15)
    await road.advance(2)
    road.note(gcs=10)
    await road.advance(2)
    road.note(sedated=True, gcs=3)
    await road.advance(30)
    assert road.alert("NEU-01") == "high"
    road.note(sedated=False, gcs=14)
    await road.advance(3)
    assert road.alert("NEU-01") is None


async def test_two_artefacts_are_not_a_low_pressure(road: Case) -> None:
    for _ in range(3):
        road.feed(sbp=70, hr=65)
        await road.advance(1)
        road.feed(sbp=93, hr=80)
        await road.advance(20)
    assert road.history("HAE-01") == []


async def test_a_milder_condition_leaves_the_alert_as_it_is(road: Case) -> None:
    road.feed(spo2=86)
    await road.advance(35)
    road.feed(spo2=93)
    await road.advance(120)
    assert road.alert("BRE-01") == "high"
    assert [said.what for said in road.history("BRE-01")] == ["raised"]


async def test_tranexamic_acid_is_asked_for_at_each_step_and_no_more(road: Case) -> None:
    road.note(injury_at_s=ago(3500), at_patient_s=ago(1300))
    road.note(device={"t": {"kind": "tourniquet", "site": "left_thigh", "at_s": ago(60)}})
    await road.advance(300)
    assert [said.what for said in road.history("HAE-04")] == ["raised", "changed"]
    road.note(injury_at_s=ago(7150))
    await road.advance(60)
    assert [said.priority for said in road.history("HAE-04")] == ["medium", "medium", "high"]


async def test_an_acknowledgement_needs_a_reason(road: Case) -> None:
    road.feed(sbp=85, hr=80)
    await road.advance(35)
    with pytest.raises(RefusedError) as refused:
        await road.acknowledge("HAE-01", " ")
    assert refused.value.guard == "has_reason"
    assert not road.alerts()["HAE-01"]["acknowledged"]


async def test_an_acknowledged_condition_stays_on_the_list_until_it_is_over(road: Case) -> None:
    road.feed(sbp=85, hr=80)
    await road.advance(35)
    await road.acknowledge("HAE-01", "binder, then blood")
    await road.advance(120)
    assert road.alerts()["HAE-01"]["acknowledged"]
    said = [said.what for said in road.history("HAE-01")]
    assert said == ["raised", "acknowledged"]


async def test_an_alert_that_a_reason_settles_comes_back_only_at_a_higher_priority(
    road: Case,
) -> None:
    read = {"condition": {"85138": {"label": "Addison"}}, "passport_read_s": ago(400)}
    road.note(**read)
    await road.advance(3)
    await road.acknowledge("PAS-02", "the pharmacy is on its way")
    await road.advance(120)
    assert road.alert("PAS-02") is None
    await road.advance(100)
    assert road.alert("PAS-02") == "high"


async def test_a_settled_question_is_open_again_in_the_next_episode(road: Case) -> None:
    road.note(red=["crushed_extremity"], at_patient_s=ago(700))
    await road.advance(3)
    await road.acknowledge("PRO-01", "still trapped")
    road.note(red=[])
    await road.advance(10)
    road.note(red=["crushed_extremity"])
    await road.advance(3)
    assert road.alert("PRO-01") == "medium"


async def test_a_second_forbidden_order_is_an_alert_of_its_own(hospital: Case) -> None:
    hospital.note(condition={"98878": {"label": "Haemophilia A"}}, passport_read_s=ago(60))
    await hospital.order_drug("ketorolac", 30, "mg")
    await hospital.advance(3)
    await hospital.order_drug("diclofenac", 75, "mg")
    await hospital.advance(3)
    said = [said.text.split(":")[0] for said in hospital.history("DRG-02")]
    assert said == ["STOP ketOROLAC", "STOP diclofenac"]


async def test_an_order_that_is_taken_back_leaves_the_other_alert(hospital: Case) -> None:
    hospital.note(k=6.2, sbp=85, hr=80)
    first = await hospital.order_drug("suxamethonium", 100, "mg")
    await hospital.order_drug("mannitol", 50, "g")
    await hospital.ask("trauma_leader", "trauma", "cancel_order", first, "rocuronium")
    await hospital.advance(3)
    assert hospital.alert("DRG-02") == "high"


async def test_an_order_is_answered_before_the_harm(hospital: Case) -> None:
    hospital.note(k=6.2)
    await hospital.order_drug("suxamethonium", 100, "mg")
    assert hospital.alert("DRG-02") == "high"


async def test_steroid_given_is_no_longer_asked(road: Case) -> None:
    road.note(condition={"85138": {"label": "Addison"}}, passport_read_s=ago(60))
    await road.give("hydrocortisone", 100, "mg")
    road.feed(sbp=85, hr=80)
    await road.advance(35)
    assert "steroid" not in road.text("HAE-01")


async def test_in_arrest_one_card_stands_for_bleeding_and_breathing(road: Case) -> None:
    road.note(**CRASHED, spo2=85, rr=36)
    await road.advance(60)
    assert {"HAE-01", "HAE-03", "BRE-01", "BRE-02"} <= road.alerts().keys()
    road.note(**PULSELESS)
    road.silence()
    await road.advance(20)
    standing = {rule for rule in road.alerts() if rule[:3] in ("HAE", "BRE", "PRO", "ARR")}
    assert standing == {"ARR-01"}
    folded = [said for said in road.history("HAE-01") if said.what == "cleared"]
    assert folded[0].text == "folded into the arrest card"


async def test_in_arrest_nothing_about_the_process_is_raised(road: Case) -> None:
    road.note(**PULSELESS)
    road.silence()
    await road.advance(400)
    assert [said.rule for said in road.history() if said.rule[:3] == "PRO"] == []


async def test_after_the_pulse_is_back_the_alerts_hold_anew(road: Case) -> None:
    road.note(**CRASHED)
    await road.advance(40)
    road.note(**PULSELESS)
    await road.advance(20)
    road.note(pulse=True, rhythm="sinus")
    await road.advance(11)
    assert road.alert("ARR-01") is None
    road.feed(sbp=80, hr=75)
    await road.advance(35)
    assert [said.what for said in road.history("HAE-01")] == ["raised", "cleared", "raised"]


async def test_tranexamic_acid_is_asked_for_again_after_the_arrest(road: Case) -> None:
    road.note(injury_at_s=ago(1800), at_patient_s=ago(1300))
    road.note(device={"t": {"kind": "tourniquet", "site": "left_thigh", "at_s": ago(60)}})
    await road.advance(3)
    road.note(**PULSELESS)
    await road.advance(20)
    assert road.alert("HAE-04") is None
    road.note(pulse=True, rhythm="sinus")
    await road.advance(15)
    assert road.alert("HAE-04") == "medium"


async def test_never_more_than_the_three_highest_are_on_the_glass(road: Case) -> None:
    road.note(temp=35.5, k=6.1, lactate=5.0, red_cells=4)
    road.note(**CRASHED)
    await road.advance(40)
    assert len(road.alerts()) > 3
    shown = set(road.world.twin(TABLET).value("shown"))
    assert shown == {"HAE-01", "HAE-03", "TRI-01"}


async def test_the_glass_holds_the_highest_ranks_of_equal_priority(road: Case) -> None:
    road.note(red_cells=4, k=6.1, lactate=5.0, glucose=3.5)
    await road.advance(3)
    shown = set(road.world.twin(TABLET).value("shown"))
    assert shown == {"MET-01", "MET-02", "HAE-12"}
    road.note(condition={"85138": {"label": "Addison"}}, passport_read_s=ago(400))
    await road.advance(3)
    assert set(road.world.twin(TABLET).value("shown")) == {"PAS-02", "MET-01", "MET-02"}


async def test_what_somebody_sees_to_gives_way_on_the_glass(road: Case) -> None:
    road.note(red_cells=4, k=6.1, lactate=5.0, glucose=3.5)
    await road.advance(3)
    await road.acknowledge("MET-01", "insulin and glucose")
    assert set(road.world.twin(TABLET).value("shown")) == {"MET-02", "HAE-12", "HAE-08"}


async def test_every_step_is_logged_with_its_time_and_author(road: Case) -> None:
    start = road.clock.now()
    road.feed(sbp=85, hr=80)
    await road.advance(40)
    await road.acknowledge("HAE-01", "blood")
    road.feed(sbp=125)
    await road.advance(40)
    log = road.history("HAE-01")
    assert [said.what for said in log] == ["raised", "acknowledged", "cleared"]
    assert [round(said.at_s - start) for said in log] == pytest.approx([31, 41, 72], abs=3)
    seen = [c for c in road.changes(TABLET) if c.name == "alert_acknowledged"]
    assert seen[0].by == "rescuer"


async def test_a_stale_fact_keeps_the_alert_and_marks_it(road: Case) -> None:
    road.feed(sbp=85, hr=80)
    await road.advance(35)
    road.silence("sbp")
    await road.advance(40)
    assert road.alert("HAE-01") == "high"
    assert road.text("HAE-01").startswith("(old data)")
    assert road.alert("PRO-05") == "low"


async def test_fresh_values_take_the_mark_away(road: Case) -> None:
    road.feed(sbp=85, hr=80)
    await road.advance(35)
    road.silence("sbp")
    await road.advance(40)
    road.feed(sbp=80)
    await road.advance(15)
    assert road.text("HAE-01").startswith("SBP 80")
    assert road.alert("PRO-05") is None


async def test_silence_starts_a_hold_anew(road: Case) -> None:
    road.feed(hr=92, sbp=100)
    await road.advance(50)
    road.silence("sbp")
    await road.advance(60)
    road.feed(sbp=100)
    await road.advance(115)
    assert road.alert("HAE-02") is None
    await road.advance(8)
    assert road.alert("HAE-02") == "medium"


async def test_what_ends_an_alert_ends_it_though_another_fact_is_stale(road: Case) -> None:
    road.note(gcs=7)
    await road.advance(305)
    road.feed(gcs=None)
    await road.advance(700)
    road.note(intubated=True, etco2=36)
    await road.advance(3)
    assert road.alert("AIR-01") is None


async def test_an_alert_is_shown_when_its_screen_is_back(road: Case) -> None:
    await road.world.attach(DarkScreen("dark"), serves=[TABLET])
    road.feed(sbp=85, hr=80)
    await road.advance(40)
    assert road.alert("HAE-01") is None
    await road.world.attach(Screen(TABLET), serves=[TABLET])
    await road.advance(5)
    assert road.alert("HAE-01") == "high"


@pytest.mark.parametrize("draws_in_s", [0.1, 90.0])
async def test_an_alert_that_is_over_before_the_screen_has_drawn_it_does_not_stand(
    draws_in_s: float, road: Case
) -> None:
    await road.world.attach(Screen(TABLET, draws_in_s=draws_in_s), serves=[TABLET])
    road.feed(sbp=85, hr=80)
    await road.advance(40)
    road.feed(sbp=125)
    await road.advance(240)
    assert road.alert("HAE-01") is None
    assert [said.what for said in road.history("HAE-01")] == ["raised", "cleared"]
    refused = [c for c in road.changes(TABLET) if c.kind == "operation"]
    assert not [c for c in refused if c.value["status"] == "refused"]

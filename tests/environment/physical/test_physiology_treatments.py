"""What treatments do to the body, what they do not, and what a wrong name is told."""

import re
from pathlib import Path

import pytest

from environment.errors import BadValueError
from environment.physical import physiology
from environment.physical.physiology import (
    Body,
    BodyParameters,
    PhysiologyError,
    body_from,
    course,
    injury,
    seconds,
)


def wounded(site: str = "thigh", flow: float = 60.0, **more: object) -> Body:
    body = Body(injuries=[injury("bleed", site=site, flow_ml_min=flow, **more)])
    body.advance(300)
    return body


def flow_after(body: Body, treatment: str, wait_s: float = 5.0, **details: object) -> float:
    before = body.bleeding[0].flow_ml_min
    body.treat(treatment, **details)
    body.advance(body.time_s + wait_s)
    return body.bleeding[0].flow_ml_min / before


def test_a_tourniquet_stops_a_limb_and_taken_off_lets_it_bleed_again() -> None:
    body = wounded("left_thigh")
    assert flow_after(body, "tourniquet", site="left_thigh") == 0.0
    body.treat("tourniquet", site="left_thigh", on=False)
    body.advance(body.time_s + 5)
    assert body.bleeding[0].flow_ml_min > 40


def test_packing_binder_splint_suture_and_surgery_leave_their_share_of_the_flow() -> None:
    assert flow_after(wounded(), "packing", site="thigh") == pytest.approx(0.3, abs=0.03)
    assert flow_after(wounded("pelvis"), "binder") == pytest.approx(0.4, abs=0.03)
    assert flow_after(wounded("femur"), "splint", site="femur") == pytest.approx(0.4, abs=0.03)
    assert flow_after(wounded("liver"), "surgery", site="liver") == pytest.approx(0.05, abs=0.03)
    assert flow_after(wounded("pelvis"), "angiography", site="pelvis") < 0.08


def test_a_suture_holds_after_three_minutes_not_before() -> None:
    body = wounded("scalp", 20)
    assert flow_after(body, "suture", 170, site="scalp") > 0.9
    body.advance(body.time_s + 20)
    assert body.bleeding[0].flow_ml_min < 2


def test_treatments_of_one_wound_multiply_and_do_not_stack_when_repeated() -> None:
    body = wounded("pelvis")
    once = flow_after(body, "binder")
    assert flow_after(body, "binder") == pytest.approx(1.0, abs=0.02)
    assert once == pytest.approx(0.4, abs=0.02)
    assert flow_after(body, "packing", site="pelvis") == pytest.approx(0.3, abs=0.02)


def test_tranexamic_acid_works_within_three_hours_and_not_after() -> None:
    early, late = wounded(flow=5), wounded(flow=5)
    assert flow_after(early, "txa", 600) == pytest.approx(0.75, abs=0.03)
    late.advance(3 * 3600 + 60)
    assert flow_after(late, "txa", 600) > 0.97
    assert not late.had_tranexamic_acid


def test_a_balloon_in_the_aorta_stops_what_is_below_and_costs_lactate_when_deflated() -> None:
    body = wounded("pelvis", 150)
    body.advance(900)
    before = body.signs()
    body.treat("reboa", zone="1")
    body.advance(960)
    held = body.signs()
    assert body.bleeding[0].flow_ml_min == 0
    assert held.map > 1.3 * before.map
    body.advance(2700)
    lactate = body.signs().lactate
    body.treat("reboa", zone="1", inflated=False)
    body.advance(2705)
    assert body.signs().lactate > lactate + 2


def test_a_small_wound_clots_at_low_pressure_and_bleeds_again_when_it_is_pushed_up() -> None:
    big = injury("bleed", site="liver", flow_ml_min={"steps": [[0, 300], [330, 0]]})
    small = injury("bleed", site="spleen", flow_ml_min=18, clots=True)
    body = Body(injuries=[big, small])
    body.advance(500)
    loose = body.bleeding[1].flow_ml_min
    assert body.signs().sbp < 94
    body.advance(1700)
    clotted = body.bleeding[1].flow_ml_min
    body.treat("infuse", fluid="whole_blood", volume_ml=1500, over_s=300)
    body.advance(2100)
    assert body.signs().sbp > 94
    assert clotted < 0.6 * loose
    assert body.bleeding[1].flow_ml_min > 2 * clotted


def test_an_anticoagulant_bleeds_half_as_much_again_until_reversed() -> None:
    wound = injury("bleed", site="scalp", flow_ml_min=10)
    body = Body(BodyParameters(conditions=frozenset({"anticoagulant"})), [wound])
    body.advance(10)
    assert body.bleeding[0].flow_ml_min == pytest.approx(15, rel=0.02)
    assert body.signs().inr > 1.5
    body.treat("reversal")
    body.advance(20)
    assert body.bleeding[0].flow_ml_min == pytest.approx(10, rel=0.02)


def test_haemoglobin_of_a_fresh_bleed_is_normal_and_crystalloid_dilutes_it_and_the_factors() -> (
    None
):
    body = wounded(flow=200)
    body.advance(480)
    assert body.signs().hb_g_dl == pytest.approx(14.5, abs=0.2)
    body.treat("infuse", fluid="crystalloid", volume_ml=1500, over_s=600)
    body.advance(1100)
    now = body.signs()
    assert now.hb_g_dl < 12.5
    assert now.inr > 1.15
    assert now.fibrinogen < 2.6
    assert now.temp_c < 36.2


def test_a_unit_of_red_cells_raises_haemoglobin_by_about_ten_grams_per_litre() -> None:
    body = Body(BodyParameters(weight_kg=70, hb_g_dl=8.0))
    before = body.signs().hb_g_dl
    body.treat("infuse", fluid="red_cells")
    body.advance(310)
    assert body.signs().hb_g_dl - before == pytest.approx(0.8, abs=0.3)


def test_blood_lowers_calcium_and_calcium_chloride_restores_it() -> None:
    body = Body()
    for _ in range(6):
        body.treat("infuse", fluid="red_cells", over_s=300)
    body.advance(320)
    low = body.signs().calcium
    body.treat("calcium")
    assert low < 1.0
    assert body.signs().calcium == pytest.approx(low + 0.15)


def test_fibrinogen_concentrate_raises_fibrinogen() -> None:
    body = Body()
    body.treat("fibrinogen", grams=4)
    assert body.signs().fibrinogen == pytest.approx(3.73, abs=0.05)


@pytest.mark.parametrize(
    ("drug", "hr", "sbp"),
    [
        ("ketamine", (1.10, 1.25), (1.10, 1.25)),
        ("midazolam", (0.95, 1.05), (0.75, 0.87)),
        ("fentanyl", (0.90, 1.00), (0.90, 0.95)),
        ("propofol", (0.95, 1.05), (0.70, 0.90)),
        ("suxamethonium", (0.9, 1.1), (0.9, 1.1)),
    ],
)
def test_a_drug_moves_pulse_and_pressure_as_published(
    drug: str, hr: tuple[float, float], sbp: tuple[float, float]
) -> None:
    body = Body()
    rest = body.signs()
    body.treat("intubation")
    body.treat("drug", name=drug)
    extreme_hr, extreme_sbp = 1.0, 1.0
    for _ in range(900):
        body.step()
        now = body.signs()
        extreme_hr = max(extreme_hr, now.hr / rest.hr, key=lambda x: abs(x - 1))
        extreme_sbp = max(extreme_sbp, now.sbp / rest.sbp, key=lambda x: abs(x - 1))
    # the ventilator alone adds five beats
    assert hr[0] <= extreme_hr <= hr[1] + 0.08
    assert sbp[0] <= extreme_sbp <= sbp[1]


def test_induction_in_shock_drops_the_pressure_and_propofol_more_than_ketamine() -> None:
    def lowest(agent: str) -> float:
        body = wounded(flow=120)
        body.advance(780)
        assert body.signs().shock_index > 0.9
        body.treat("rsi", induction=agent)
        low = 300.0
        for _ in range(120):
            body.step()
            low = min(low, body.signs().sbp)
        return low

    shocked = wounded(flow=120)
    shocked.advance(900)
    assert lowest("propofol") < lowest("ketamine") < shocked.signs().sbp - 5


def test_noradrenaline_raises_the_pressure_and_wears_off_when_stopped() -> None:
    body = Body()
    rest = body.signs().map
    body.treat("drip", name="noradrenaline", rate=0.1)
    body.advance(300)
    raised = body.signs().map
    body.treat("drip", name="noradrenaline", rate=0)
    body.advance(900)
    assert raised == pytest.approx(1.25 * rest, rel=0.03)
    assert body.signs().map == pytest.approx(rest, rel=0.01)


def test_neurogenic_shock_is_warm_slow_and_answers_to_a_vasopressor() -> None:
    patient = BodyParameters(conditions=frozenset({"neurogenic"}))
    body = Body(patient, [injury("bleed", site="liver", flow_ml_min=5)])
    body.advance(300)
    shock = body.signs()
    assert shock.hr <= 65
    assert shock.sbp < 95
    assert shock.skin == "warm"
    body.treat("drip", name="noradrenaline", rate=0.15)
    body.advance(600)
    assert body.signs().map > shock.map + 20


def test_a_chest_tube_relieves_more_than_a_finger_and_a_finger_more_than_a_needle() -> None:
    def left(treatment: str) -> float:
        body = Body(injuries=[injury("pneumothorax", severity=0.9, side="left")])
        body.advance(120)
        body.treat(treatment, side="left")
        body.advance(240)
        return body.signs().tension

    assert left("chest_tube") < left("finger") < left("needle") == pytest.approx(0.225)


def test_a_needle_that_fails_or_sits_on_the_wrong_side_changes_nothing() -> None:
    body = Body(injuries=[injury("pneumothorax", severity=0.9, side="left")])
    body.advance(120)
    body.treat("needle", side="left", works=False)
    body.treat("needle", side="right")
    body.advance(240)
    assert body.signs().tension == 0.9
    assert body.signs().breath_left == "absent"
    assert body.signs().breath_right == "normal"


def test_ventilation_turns_a_simple_pneumothorax_slowly_into_tension() -> None:
    simple = injury("pneumothorax", severity=0.5, tension=False)
    body = Body(injuries=[simple])
    body.advance(120)
    body.treat("intubation")
    body.advance(180)
    early = body.signs().map
    body.advance(180 + 1500)
    assert body.signs().map < early - 20


def test_oxygen_lifts_the_saturation_of_a_contused_lung() -> None:
    body = Body(injuries=[injury("contusion", shunt=0.2)])
    body.advance(60)
    before = body.signs().spo2
    body.treat("oxygen")
    body.advance(300)
    assert before < 93
    assert body.signs().spo2 > before + 2


def test_osmotherapy_lowers_intracranial_pressure() -> None:
    body = Body(injuries=[injury("head_injury", volume_ml=14)])
    body.advance(60)
    before = body.signs().icp
    body.treat("osmotherapy")
    body.advance(60 + 900)
    assert body.signs().icp == pytest.approx(0.7 * before, rel=0.1)


def test_warming_stops_the_cooling() -> None:
    body = Body()
    body.advance(1200)
    cold = body.signs().temp_c
    body.treat("warming")
    body.advance(1800)
    assert cold == pytest.approx(36.2, abs=0.05)
    assert body.signs().temp_c > cold


def test_a_heart_stopped_by_blood_loss_starts_again_when_the_volume_is_back_in_time() -> None:
    body = wounded(flow=300)
    while body.signs().pulse:
        body.step()
    body.treat("tourniquet", site="thigh")
    body.treat("cpr")
    body.treat("infuse", fluid="whole_blood", volume_ml=2000, over_s=240)
    body.advance(body.time_s + 300)
    assert body.signs().pulse
    assert body.signs().gcs >= 3


def test_a_heart_that_stopped_never_starts_by_itself() -> None:
    body = wounded(flow=300)
    while body.signs().pulse:
        body.step()
    stopped = body.time_s
    body.treat("tourniquet", site="thigh")
    body.advance(stopped + 800)
    assert not body.signs().pulse
    body.advance(stopped + 1000)
    assert not body.is_alive


def resuscitated(*injuries: object, tube: bool = False) -> Body:
    body = Body(injuries=[*injuries])
    body.advance(120)
    body.treat("cardiac_arrest")
    body.treat("cpr")
    if tube:
        body.treat("airway", device="tube")
        body.treat("ventilator", on=True, rr=10)
    body.advance(120 + 300)
    return body


@pytest.mark.parametrize("tube", [False, True])
def test_whoever_is_resuscitated_is_given_breaths_and_breathes_out_what_little_flow_brings(
    tube: bool,
) -> None:
    body = resuscitated(tube=tube)
    now = body.signs()
    assert not now.pulse
    assert 10 < now.etco2 < 35  # far below the 38 of a beating heart
    assert now.rr == (10 if tube else 5)
    assert now.paco2 < 60
    assert now.sao2 > 90
    body.treat("cpr", on=False)
    body.advance(body.time_s + 5)
    assert body.signs().etco2 == 0


def test_an_arrest_without_help_or_with_a_closed_airway_gives_no_carbon_dioxide() -> None:
    body = Body()
    body.treat("cardiac_arrest")
    body.advance(60)
    assert body.signs().etco2 == 0
    assert body.signs().rr == 0
    closed = resuscitated(injury("airway_narrowing", severity=1.0))
    assert closed.signs().etco2 == 0


def test_a_heart_that_stopped_for_want_of_oxygen_starts_again_with_breaths() -> None:
    body = Body()
    body.treat("drug", name="rocuronium", dose=80)
    while body.signs().pulse:
        body.step()
    assert body.signs().sao2 < 40
    body.treat("cpr")
    body.advance(body.time_s + 120)
    assert body.signs().pulse


def test_lactate_rises_in_shock_and_base_excess_and_ph_fall_with_it() -> None:
    body = wounded(flow=150)
    body.advance(1080)
    body.treat("tourniquet", site="thigh")
    body.advance(1500)
    now = body.signs()
    assert now.lactate > 3
    assert now.be == pytest.approx(-1.2 * (now.lactate - 1))
    assert now.ph < 7.45
    normal = Body().signs()
    assert normal.ph == pytest.approx(7.40, abs=0.01)


def test_an_unknown_treatment_names_the_nearest_one() -> None:
    with pytest.raises(PhysiologyError, match="Did you mean 'tourniquet'"):
        Body().treat("turniquet")
    with pytest.raises(BadValueError, match="It is a drug"):
        Body().treat("ketamine")
    with pytest.raises(PhysiologyError, match="It is a fluid"):
        Body().treat("plasma")
    with pytest.raises(PhysiologyError, match=r"takes no 'sight'.*'site'"):
        wounded().treat("tourniquet", sight="thigh")
    with pytest.raises(PhysiologyError, match="missing a required"):
        wounded().treat("packing")
    with pytest.raises(PhysiologyError, match="Did you mean 'ketamine'"):
        Body().treat("drug", name="ketamin")
    with pytest.raises(PhysiologyError, match="not given continuously"):
        Body().treat("drip", name="rocuronium", rate=1)


def test_a_treatment_that_does_not_fit_the_wound_is_refused_with_the_reason() -> None:
    with pytest.raises(PhysiologyError, match="tourniquet does not fit the spleen"):
        wounded("spleen").treat("tourniquet", site="spleen")
    with pytest.raises(PhysiologyError, match="No bleeding at 'arm'"):
        wounded().treat("tourniquet", site="arm")


def test_a_body_described_wrongly_says_what_is_wrong() -> None:
    with pytest.raises(PhysiologyError, match="Did you mean 'bleed'"):
        injury("bled", site="thigh", flow_ml_min=5)
    with pytest.raises(PhysiologyError, match="needs 'flow_ml_min'"):
        injury("bleed", site="thigh")
    with pytest.raises(PhysiologyError, match="Did you mean 'spleen'"):
        injury("bleed", site="splen", flow_ml_min=5)
    with pytest.raises(PhysiologyError, match="Did you mean 'weight_kg'"):
        body_from({"patient": {"weigth_kg": 80}})
    with pytest.raises(PhysiologyError, match="Did you mean 'pregnant'"):
        body_from({"patient": {"conditions": ["pregnent"]}})
    with pytest.raises(PhysiologyError, match="Did you mean 'hr0'"):
        Body(scripts={"hr1": 80})
    with pytest.raises(PhysiologyError, match="times must rise"):
        course([["05:00", 1], ["04:00", 2]])
    with pytest.raises(PhysiologyError, match="mm:ss"):
        seconds("five")


def test_clock_times_are_read_in_minutes_hours_and_before_the_call() -> None:
    assert (seconds("11:20"), seconds("-02:00"), seconds("1:10:00"), seconds(5)) == (
        680, -120, 4200, 5,
    )  # fmt: skip


def test_a_script_stops_speaking_after_its_last_point_so_that_a_treatment_counts() -> None:
    body = Body(scripts={"fio2": course({"steps": [[0, 0.75]]})})
    body.advance(60)
    assert body.signs().fio2 == 0.75
    body.treat("oxygen", fio2=0.21)
    body.advance(120)
    assert body.signs().fio2 == 0.21


def test_age_and_conditions_set_the_baseline_and_the_scenario_goes_before_them() -> None:
    old = Body(BodyParameters(age_years=80, weight_kg=60)).signs()
    assert old.map == pytest.approx(105, abs=1)
    assert old.bv_ml == 65 * 60
    assert Body(BodyParameters(age_years=80, map0=90)).signs().map == pytest.approx(90, abs=1)
    child = Body(BodyParameters(age_years=6, weight_kg=20)).signs()
    assert child.bv_ml == 1600
    assert child.hr > 90
    athlete = Body(BodyParameters(conditions=frozenset({"athlete"})))
    assert athlete.signs().hr == pytest.approx(52)


def test_a_beta_blocker_hides_the_fast_pulse() -> None:
    patient = BodyParameters(conditions=frozenset({"beta_blocker"}))
    body = Body(patient, [injury("bleed", site="liver", flow_ml_min=100)])
    body.advance(900)
    assert body.signs().loss > 0.2
    assert body.signs().hr < 85


def test_the_example_of_the_readme_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    readme = Path(physiology.__file__).parent / "README.md"
    code = readme.read_text("utf-8").split("```python")[1].split("```")[0]
    exec(compile(code, str(readme), "exec"), {})  # our own file
    said = re.findall(r"print\(.*\)  # (.+)", code)
    assert capsys.readouterr().out.splitlines() == said

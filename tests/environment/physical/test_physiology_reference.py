"""The body against the published numbers that it was fitted to or is compared with."""

import pytest

from environment.physical.physiology import Body, BodyParameters, Signs, injury


def bled(loss: float) -> Signs:
    """An adult who lost a fraction of his blood within a minute, reflexes settled.

    Afterwards he loses as much as the tissue gives back, so that the loss stays what it is.
    """
    refill = 2.0 * max(0.0, loss - 0.02) / 0.28
    flow = {"steps": [[0, 5500.0 * loss + refill / 2], [60, refill]]}
    body = Body(
        injuries=[injury("bleed", site="thigh", flow_ml_min=flow, follows_pressure=False)]
        if loss
        else []
    )
    body.advance(195)
    return body.signs()


def constant_bleed(ml_min: float, start_s: float, stop_s: float) -> Body:
    flow = {"steps": [[start_s, ml_min], [stop_s, 0.0]]}
    wound = injury("bleed", site="thigh", flow_ml_min=flow, start_s=start_s, follows_pressure=False)
    return Body(injuries=[wound])


def with_tension(severity: float, seconds: float = 300.0) -> Signs:
    body = Body(injuries=[injury("pneumothorax", severity=severity)])
    body.advance(seconds)
    return body.signs()


REFERENCE = {  # t: BV, HR, SBP, DBP, MAP, CO %, Hb
    60: (5500, 72, 122, 82, 95, 100, 14.5),
    300: (4898, 89, 118, 85, 96, 97, 14.5),
    600: (4357, 106, 107, 83, 91, 79, 14.5),
    900: (4319, 108, 107, 84, 91, 77, 14.3),
    1500: (4688, 97, 116, 87, 97, 92, 13.2),
    2100: (5116, 84, 120, 85, 96, 99, 13.6),
    3000: (5660, 72, 122, 82, 95, 100, 14.0),
}


def test_the_reference_run_of_bleeding_tourniquet_crystalloid_and_blood_is_met() -> None:
    flow = {"steps": [[60, 150], [480, 50]]}
    body = Body(injuries=[injury("bleed", site="thigh", flow_ml_min=flow, start_s=60)])
    actions: dict[int, tuple[str, dict[str, object]]] = {
        720: ("tourniquet", {"site": "thigh"}),
        840: ("infuse", {"fluid": "crystalloid", "volume_ml": 500, "rate_ml_min": 50}),
        1560: ("infuse", {"fluid": "whole_blood", "volume_ml": 1200, "rate_ml_min": 60}),
    }
    for at in sorted({*actions, *REFERENCE}):
        body.advance(at)
        if at in actions:
            name, details = actions[at]
            body.treat(name, **details)
        if at in REFERENCE:
            volume, hr, sbp, dbp, mean, co, hb = REFERENCE[at]
            now = body.signs()
            assert now.bv_ml == pytest.approx(volume, abs=15), at
            assert now.hr == pytest.approx(hr, abs=2), at
            assert (now.sbp, now.dbp, now.map) == pytest.approx((sbp, dbp, mean), abs=3), at
            assert 100 * now.co_fraction == pytest.approx(co, abs=2), at
            assert now.hb_g_dl == pytest.approx(hb, abs=0.15), at


@pytest.mark.parametrize(
    ("loss", "hr", "sbp", "co", "mean", "rr"),
    [
        (0.00, 72, 122, 100, 100, 14), (0.10, 89, 119, 98, 102, 17), (0.15, 97, 116, 92, 102, 20),
        (0.20, 105, 109, 81, 98, 23), (0.25, 114, 93, 67, 84, 26), (0.30, 122, 73, 52, 65, 29),
        (0.35, 130, 55, 39, 50, 32), (0.40, 139, 47, 29, 43, 35),
    ],
)  # fmt: skip
def test_each_loss_of_blood_gives_its_settled_signs(
    loss: float, hr: float, sbp: float, co: float, mean: float, rr: float
) -> None:
    now = bled(loss)
    assert now.hr == pytest.approx(hr, abs=1.2)
    assert now.sbp == pytest.approx(sbp, abs=1.5)
    assert 100 * now.co_fraction == pytest.approx(co, abs=1.2)
    assert 100 * now.map / 95 == pytest.approx(mean, abs=1.2)
    assert now.rr == pytest.approx(rr, abs=1)


@pytest.mark.parametrize(
    ("loss", "co", "mean"),
    [
        (0.05, 99.1, 101.0), (0.10, 96.8, 100.1), (0.15, 90.6, 101.7), (0.20, 80.8, 98.2),
        (0.25, 66.3, 84.5), (0.30, 51.7, 63.4), (0.35, 42.6, 47.4), (0.40, 29.6, 43.0),
    ],
)  # fmt: skip
def test_the_blood_loss_curves_of_guyton_are_met_within_five_points(
    loss: float, co: float, mean: float
) -> None:
    now = bled(loss)
    assert 100 * now.co_fraction == pytest.approx(co, abs=5)
    assert 100 * now.map / 95 == pytest.approx(mean, abs=5)


@pytest.mark.parametrize(
    ("loss", "lowest", "highest"), [(0.14, 60, 100), (0.25, 100, 120), (0.35, 120, 140)]
)
def test_heart_rate_stays_within_the_classes_of_atls(
    loss: float, lowest: float, highest: float
) -> None:
    assert lowest <= bled(loss).hr <= highest


@pytest.mark.parametrize(
    ("severity", "hr", "sbp", "mean", "co", "spo2"),
    [
        (0.3, 77, 120, 95, 100, 94), (0.6, 90, 114, 92, 97, 90), (0.75, 100, 102, 84, 88, 86),
        (1.0, 122, 60, 50, 52, 66),
    ],
)  # fmt: skip
def test_a_tension_pneumothorax_alone_obstructs_as_tabled(
    severity: float, hr: float, sbp: float, mean: float, co: float, spo2: float
) -> None:
    now = with_tension(severity)
    assert now.hr == pytest.approx(hr, abs=2)
    assert (now.sbp, now.map) == pytest.approx((sbp, mean), abs=2)
    assert 100 * now.co_fraction == pytest.approx(co, abs=2)
    assert now.spo2 == pytest.approx(spo2, abs=2.5)


def test_a_growing_tension_drives_breathing_and_pulse_up_and_pressure_and_oxygen_down() -> None:
    none, mild, severe, worst = (with_tension(x) for x in (0.0, 0.3, 0.6, 1.0))
    assert none.hr == pytest.approx(72, abs=0.5)
    assert none.spo2 >= mild.spo2 > severe.spo2 > worst.spo2
    assert none.hr <= mild.hr < severe.hr < worst.hr
    assert mild.rr < severe.rr < worst.rr
    assert none.sbp >= mild.sbp > severe.sbp > worst.sbp
    assert none.map > severe.map > worst.map
    assert none.dbp > worst.dbp
    assert worst.spo2 < 90
    assert worst.sbp < 90


def test_needle_decompression_brings_a_tension_back_toward_normal() -> None:
    body = Body(injuries=[injury("pneumothorax", severity=0.9, side="left")])
    body.advance(300)
    before = body.signs()
    body.treat("needle", side="left")
    body.advance(480)
    after = body.signs()
    assert after.hr < before.hr - 20
    assert after.rr < before.rr - 5
    assert 95 <= after.spo2 <= 100 or after.spo2 > before.spo2 + 8
    assert 110 <= after.sbp <= 123


def test_class_1_bleed_changes_pulse_but_not_pressure() -> None:
    body = constant_bleed(90, 30, 580)
    rest = body.signs()
    body.advance(580)
    end = body.signs()
    body.advance(1180)
    later = body.signs()
    assert end.bv_ml == pytest.approx(4675, abs=40)
    assert end.hr > rest.hr + 10
    assert end.map == pytest.approx(rest.map, rel=0.10)
    assert end.co_fraction == pytest.approx(1.0, abs=0.10)
    assert end.sv_fraction < 0.8
    assert later.map == pytest.approx(end.map, rel=0.10)
    assert later.hr == pytest.approx(end.hr, rel=0.10)


def test_class_2_bleed_lowers_output_and_recovers_when_it_stops() -> None:
    body = constant_bleed(60, 30, 1405)
    body.advance(1405)
    end = body.signs()
    body.advance(2005)
    later = body.signs()
    assert end.bv_ml == pytest.approx(4125, abs=60)
    assert 100 * end.map / 95 == pytest.approx(80, abs=8)
    assert 100 * end.co_fraction == pytest.approx(67, abs=6)
    assert later.co_fraction > end.co_fraction
    assert later.sv_fraction > end.sv_fraction
    assert later.map > end.map


@pytest.mark.parametrize(
    ("fluid", "volume", "haemoglobin"), [("crystalloid", 4640, 630), ("whole_blood", 4730, 690)]
)
def test_volume_after_a_class_2_bleed_lifts_pressure_and_calms_the_pulse(
    fluid: str, volume: float, haemoglobin: float
) -> None:
    body = constant_bleed(140, 30, 590)
    body.advance(590)
    end = body.signs()
    assert end.bv_ml == pytest.approx(4190, abs=40)
    body.treat("infuse", fluid=fluid, volume_ml=500, rate_ml_min=100)
    body.advance(890)
    after = body.signs()
    assert after.hr < end.hr - 5
    assert after.map > end.map
    assert after.bv_ml == pytest.approx(volume, abs=60)
    assert after.hb_g == pytest.approx(haemoglobin, rel=0.05)
    if fluid == "crystalloid":
        assert after.hb_g == pytest.approx(end.hb_g, abs=1)


def test_class_3_bleed_halves_pressure_and_recovers_without_fluid() -> None:
    body = constant_bleed(200, 30, 575)
    body.advance(575)
    end = body.signs()
    body.advance(1175)
    assert end.bv_ml == pytest.approx(3600, rel=0.05)  # that engine pumps a little more out
    assert 100 * end.map / 95 == pytest.approx(50, rel=0.15)
    assert end.co_fraction < 0.55
    assert end.rr > 25
    assert body.signs().map > end.map


def test_class_4_bleed_goes_on_falling_after_it_stops() -> None:
    body = constant_bleed(200, 30, 650)
    body.advance(650)
    end = body.signs()
    body.advance(1250)
    assert end.bv_ml == pytest.approx(3440, abs=60)
    assert end.map < 48
    assert body.signs().map < end.map


@pytest.mark.parametrize(("seconds", "recovers"), [
    (400, True), (565, True), (660, True), (715, False), (850, False), (885, False),
])  # fmt: skip
def test_guytons_groups_of_shock_recover_or_progress(seconds: float, recovers: bool) -> None:
    body = constant_bleed(175, 30, 30 + seconds)
    body.advance(30 + seconds)
    end = body.signs().map
    body.advance(30 + seconds + 600)
    later = body.signs().map
    assert later > end if recovers else later < end


@pytest.mark.parametrize(("p_o2", "percent"), [(40, 75), (60, 91), (100, 98)])
def test_the_dissociation_curve_is_that_of_severinghaus(p_o2: float, percent: float) -> None:
    from environment.physical.physiology.breathing import saturation

    assert 100 * saturation(p_o2) == pytest.approx(percent, abs=1)


@pytest.mark.parametrize(
    ("patient", "minutes"),
    [
        (BodyParameters(weight_kg=70), 7.5),
        (BodyParameters(weight_kg=10, age_years=1.2), 4.0),
        (BodyParameters(weight_kg=127, conditions=frozenset({"obese"})), 2.7),
    ],
)
def test_a_paralysed_and_preoxygenated_patient_desaturates_after_the_minutes_of_benumof(
    patient: BodyParameters, minutes: float
) -> None:
    body = Body(patient)
    body.treat("oxygen", fio2=1.0)
    body.advance(240)
    body.treat("drug", name="rocuronium")
    while body.signs().spo2 > 90:
        body.step()
    assert (body.time_s - 240) / 60 == pytest.approx(minutes, rel=0.2)


def test_apnoea_raises_carbon_dioxide_by_13_then_by_3_a_minute() -> None:
    body = Body()
    body.treat("oxygen", fio2=1.0)
    body.advance(240)
    before = body.signs().paco2
    body.treat("drug", name="rocuronium")
    body.advance(300)
    assert body.signs().paco2 - before == pytest.approx(13, abs=1)
    body.advance(420)
    assert body.signs().paco2 - before == pytest.approx(19, abs=1)

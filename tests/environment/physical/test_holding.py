"""Vital signs that are held from outside: they go where they are moved, and the body follows."""

import pytest

from environment.physical.physiology import Body, PhysiologyError, body_from
from environment.physical.physiology.holding import HOLDABLE

BLEEDING = {
    "patient": {"weight_kg": 80},
    "injury": [{"kind": "bleed", "start_s": 0, "site": "left_thigh", "flow_ml_min": 60}],
}


def at(body: Body, t_s: float, name: str) -> float:
    body.advance(t_s)
    return float(getattr(body.signs(), "temp_c" if name == "temp" else name))


@pytest.mark.parametrize(
    ("name", "to"),
    [("hr", 130), ("sbp", 65), ("rr", 32), ("spo2", 82), ("etco2", 20), ("temp", 34), ("gcs", 8)],
)
def test_each_sign_ramps_to_its_value_stays_and_goes_back(name: str, to: float) -> None:
    assert name in HOLDABLE
    body, free = Body(), Body()
    body.advance(60)
    start = body.hold(name, to, over_s=60)
    half = at(body, 90, name)
    assert min(start, to) < half < max(start, to)
    assert at(body, 120, name) == pytest.approx(to, abs=0.01)
    assert at(body, 400, name) == pytest.approx(to, abs=0.01)
    body.release(name, over_s=30)
    assert at(body, 700, name) == pytest.approx(at(free, 700, name), rel=0.03)
    assert body.held == ()


def test_diastolic_and_mean_pressure_keep_their_ratio_to_a_held_systolic_one() -> None:
    body = Body()
    body.advance(60)
    before = body.signs()
    body.hold("sbp", before.sbp / 2)
    body.advance(61)
    now = body.signs()
    assert now.dbp == pytest.approx(before.dbp / 2, rel=0.01)
    assert now.map == pytest.approx(before.map / 2, rel=0.01)


def test_a_wound_bleeds_less_under_a_pressure_that_is_held_low() -> None:
    free, low = body_from(BLEEDING), body_from(BLEEDING)
    low.hold("sbp", 70)
    free.advance(300)
    low.advance(300)
    assert low.bleeding[0].lost_ml < 0.8 * free.bleeding[0].lost_ml


def test_a_saturation_that_is_held_low_drives_breathing() -> None:
    body = Body()
    body.advance(60)
    calm = body.signs().rr
    body.hold("spo2", 80)
    assert at(body, 90, "rr") > calm + 5


def test_a_pressure_that_nobody_survives_stops_the_heart_and_cannot_be_held_then() -> None:
    body = Body()
    body.hold("sbp", 20)
    body.advance(300)
    assert not body.signs().pulse
    assert body.signs().sbp == 0


def test_a_copy_goes_its_own_way() -> None:
    body = Body()
    body.hold("hr", 140)
    body.advance(10)
    other = body.copy()
    body.release("hr")
    assert at(other, 60, "hr") == 140
    assert at(body, 60, "hr") < 100


def test_what_cannot_be_held_is_refused_with_the_way_out() -> None:
    body = Body()
    with pytest.raises(PhysiologyError, match="Did you mean 'sbp'"):
        body.hold("spb", 80)
    with pytest.raises(PhysiologyError, match="from 3 to 15"):
        body.hold("gcs", 2)
    with pytest.raises(PhysiologyError, match="from 0 to 3600"):
        body.hold("hr", 80, over_s=-1)
    with pytest.raises(PhysiologyError, match="hr is not held"):
        body.release("hr")

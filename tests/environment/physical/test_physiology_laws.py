"""Laws of the simulated body: whatever the injuries, these hold."""

from math import isfinite

from hypothesis import given, settings
from hypothesis import strategies as st

from environment.physical.physiology import Body, BodyParameters, Signs, injury
from environment.physical.physiology.parameters import CONDITIONS

flows = st.floats(5.0, 250.0)
losses = st.floats(0.0, 0.44)
times = st.integers(30, 1200)
quick = settings(max_examples=20, deadline=None, derandomize=True)


def bleeding(flow: float, *, pressure: float = 0.0, clots: bool = False) -> Body:
    wound = injury("bleed", site="thigh", flow_ml_min=flow, pressure_mmhg=pressure, clots=clots)
    return Body(injuries=[wound])


def fallen_to(loss: float) -> Signs:
    flow = {"steps": [[0, 5500.0 * loss / 2], [120, 0.0]]}
    wound = injury("bleed", site="thigh", flow_ml_min=flow, follows_pressure=False)
    body = Body(injuries=[wound])
    body.advance(230)
    return body.signs()


@quick
@given(flow=flows, stop_s=times, litres=st.floats(0.0, 2.0), fluid=st.sampled_from(
    ["crystalloid", "whole_blood", "plasma", "red_cells"]
))  # fmt: skip
def test_blood_volume_is_what_was_there_plus_given_minus_lost(
    flow: float, stop_s: int, litres: float, fluid: str
) -> None:
    body = bleeding(flow)
    body.advance(stop_s)
    body.treat("tourniquet", site="thigh")
    if litres:
        body.treat("infuse", fluid=fluid, volume_ml=1000 * litres, over_s=600)
    body.advance(stop_s + 1800)
    s = body.s
    balance = s.base.bv0_ml - s.bled_ml + s.infused_ml + s.refilled_ml - s.leaked_ml
    assert abs(s.bv_ml - balance) < 1.0
    assert abs(s.infused_ml - 1000 * litres) < 1.0
    assert abs(sum(w.lost_ml for w in body.bleeding) - s.bled_ml) < 1e-6


@quick
@given(one=losses, other=losses)
def test_mean_pressure_never_rises_with_loss_beyond_15_percent(one: float, other: float) -> None:
    less, more = sorted((max(0.15, one), max(0.15, other)))
    assert fallen_to(more).map <= fallen_to(less).map + 0.1


@quick
@given(flow=flows, pressure=st.floats(0.0, 25.0), clots=st.booleans(), sedated=st.booleans())
def test_no_pressure_jumps_without_an_event(
    flow: float, pressure: float, clots: bool, sedated: bool
) -> None:
    wound = injury("bleed", site="spleen", flow_ml_min=flow, pressure_mmhg=pressure, clots=clots)
    conditions = frozenset({"sedated"}) if sedated else frozenset()
    body = Body(BodyParameters(conditions=conditions), [wound])
    before = body.signs()
    while body.time_s < 2400:
        body.step()
        now = body.signs()
        if not now.pulse:
            break
        assert abs(now.map - before.map) <= 3.0
        assert abs(now.hr - before.hr) <= 6.0
        before = now


@quick
@given(
    flow=flows, severity=st.floats(0.0, 1.3), narrowing=st.floats(0.0, 1.0), age=st.floats(1, 95)
)
def test_every_sign_stays_within_what_a_body_can_show(
    flow: float, severity: float, narrowing: float, age: float
) -> None:
    body = Body(
        BodyParameters(age_years=age, weight_kg=20.0 if age < 12 else 80.0),
        [
            injury("bleed", site="liver", flow_ml_min=flow, pressure_mmhg=10),
            injury("pneumothorax", severity=[[0, 0], [1200, severity]]),
            injury("airway_narrowing", severity=[[0, 0], [1500, narrowing]]),
            injury("head_injury", volume_ml=[[0, 0], [1800, 30]]),
        ],
    )
    for until in range(60, 2700, 60):
        body.advance(until)
        now = body.signs()
        assert 0 <= now.hr <= 220
        assert 0 <= now.dbp <= now.map <= now.sbp <= 300
        assert 0 <= now.rr <= 60
        assert 0 <= now.spo2 <= 100.001
        assert 0 <= now.etco2 <= 150
        assert 3 <= now.gcs <= 15
        assert now.gcs == now.gcs_eye + now.gcs_verbal + now.gcs_motor
        assert now.bv_ml > 0
        assert 6.5 < now.ph < 7.9
        assert 0.9 <= now.inr < 5
        assert now.hb_g_dl > 0


@quick
@given(flow=flows, early=times, later=times)
def test_a_tourniquet_at_any_time_never_increases_later_loss(
    flow: float, early: int, later: int
) -> None:
    def lost(at: int | None) -> float:
        body = bleeding(flow)
        if at is not None:
            body.advance(at)
            body.treat("tourniquet", site="thigh")
        body.advance(2400)
        return body.signs().bled_ml

    first, second = sorted((early, later))
    assert lost(first) <= lost(second) + 1e-6
    assert lost(second) <= lost(None) + 1e-6


@quick
@given(flow=flows, save_s=times)
def test_a_copy_goes_on_exactly_like_the_body_that_was_copied(flow: float, save_s: int) -> None:
    body = bleeding(flow, pressure=10, clots=True)
    body.advance(save_s)
    body.treat("infuse", fluid="red_cells")
    body.treat("drug", name="ketamine")
    saved = body.copy()
    body.advance(save_s + 900)
    saved.advance(save_s + 900)
    assert saved.signs() == body.signs()


@quick
@given(flow=flows, stride=st.floats(0.3, 97.0))
def test_how_often_the_body_is_asked_does_not_change_it(flow: float, stride: float) -> None:
    by_stride, at_once = bleeding(flow), bleeding(flow)
    t = 0.0
    while t < 1500.0:
        by_stride.advance(t)
        by_stride.signs()
        t += stride
    by_stride.advance(1500.0)
    at_once.advance(1500.0)
    assert by_stride.signs() == at_once.signs()


def test_a_copy_is_independent_of_its_original() -> None:
    body = bleeding(100)
    preview = body.copy()
    preview.advance(600)
    preview.treat("tourniquet", site="thigh")
    assert body.time_s == 0
    body.advance(700)
    assert body.bleeding[0].flow_ml_min > 50


def test_time_in_the_past_changes_nothing() -> None:
    body = bleeding(100)
    body.advance(300)
    before = body.signs()
    body.advance(200)
    assert body.signs() == before


def test_half_the_step_gives_nearly_the_same_course() -> None:
    wound = injury("bleed", site="pelvis", flow_ml_min=80, pressure_mmhg=15)
    coarse, fine = Body(injuries=[wound], step_s=1.0), Body(injuries=[wound], step_s=0.5)
    coarse.advance(1500)
    fine.advance(1500)
    assert abs(coarse.signs().map - fine.signs().map) < 0.3
    assert abs(coarse.signs().bv_ml - fine.signs().bv_ml) < 3


CALLS: list[tuple[str, dict[str, object]]] = [
    ("tourniquet", {"site": "thigh"}), ("tourniquet", {"site": "thigh", "on": False}),
    ("packing", {"site": "liver"}), ("binder", {}), ("suture", {"site": "liver"}),
    ("angiography", {"site": "liver"}), ("surgery", {"site": "liver"}), ("reboa", {"zone": "1"}),
    ("reboa", {"inflated": False}), ("txa", {}), ("reversal", {}), ("clotting_factor", {}),
    ("infuse", {"fluid": "crystalloid"}), ("infuse", {"fluid": "red_cells", "over_s": 60.0}),
    ("infuse", {"fluid": "plasma", "volume_ml": 900}), ("stop_infusion", {}),
    ("fibrinogen", {}), ("calcium", {}), ("insulin_dextrose", {}), ("dextrose", {}),
    ("needle", {"side": "left"}), ("finger", {"side": "left"}), ("chest_tube", {"side": "left"}),
    ("pericardial_window", {}), ("thoracotomy", {}), ("oxygen", {}), ("intubation", {}),
    ("rsi", {"induction": "propofol"}), ("rsi", {}), ("airway", {"device": "own"}),
    ("ventilator", {"rr": 30.0, "vt_ml": 300.0, "peep": 15.0}), ("ventilator", {"on": False}),
    ("drug", {"name": "ketamine"}), ("drug", {"name": "suxamethonium"}),
    ("drug", {"name": "rocuronium"}), ("drug", {"name": "sevoflurane"}),
    ("drug", {"name": "adrenaline", "dose": 1.0}), ("drip", {"name": "noradrenaline", "rate": 0.5}),
    ("drip", {"name": "propofol", "rate": 4.0}), ("drip", {"name": "propofol", "rate": 0.0}),
    ("osmotherapy", {}), ("steroid", {}), ("dantrolene", {}), ("hydroxocobalamin", {}),
    ("position", {"supine": True}), ("warming", {}), ("cpr", {}), ("cardiac_arrest", {}),
    ("circulation_returns", {}),
]  # fmt: skip


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    calls=st.lists(st.tuples(st.sampled_from(CALLS), st.integers(1, 300)), max_size=14),
    conditions=st.sets(st.sampled_from(sorted(CONDITIONS)), max_size=3),
)
def test_no_order_of_treatments_breaks_a_body(
    calls: list[tuple[tuple[str, dict[str, object]], int]], conditions: set[str]
) -> None:
    body = Body(
        BodyParameters(conditions=frozenset(conditions)),
        [
            injury("bleed", site="thigh", flow_ml_min=60, clots=True),
            injury("bleed", site="liver", flow_ml_min=40, pressure_mmhg=15),
            injury("pneumothorax", severity=[[0, 0.1], [900, 0.8]], side="left"),
            injury("tamponade", severity=[[0, 0], [1200, 0.5]]),
            injury("head_injury", volume_ml=[[0, 0], [1800, 15]]),
            injury("burn", percent=30),
            injury("smoke", cohb=0.2, cyanide=0.5),
            injury("adrenal_crisis", severity=[[0, 0], [1800, 1]]),
            injury("airway_narrowing", severity=[[0, 0], [2400, 0.9]]),
        ],
    )
    for (name, details), wait_s in calls:
        body.treat(name, **details)
        body.advance(body.time_s + wait_s)
        now = body.signs()
        assert all(isfinite(x) for x in (now.hr, now.map, now.sbp, now.spo2, now.ph, now.inr))
        assert 0 <= now.hr <= 300
        assert 0 <= now.map <= 300
        assert now.bv_ml > 0
        assert now.pulse == (now.rhythm not in ("pea", "asystole"))

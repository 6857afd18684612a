import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.errors import BadValueError
from environment.model import limits
from environment.model.hazards import RARE_DISEASES, Adaptation, RareDisease, hazards_for
from environment.model.limits import Limits


@pytest.mark.parametrize(
    ("age", "limit"),
    [(0, 70), (1, 72), (6, 82), (9, 88), (10, 90), (14, 90), (16, 90), (64, 90), (65, 110),
     (82, 110)],
)  # fmt: skip
def test_hypotension_depends_on_age(age: float, limit: float) -> None:
    assert limits.hypotension_limit(age) == limit
    assert Limits.for_patient(age).sbp_low == limit


@pytest.mark.parametrize(
    ("age", "weeks", "expected"),
    [
        (40, None, (0.9, 1.0)),
        (31, 20, (0.9, 1.0)),
        (31, 32, (1.0, 1.1)),
        (3, None, (None, None)),
        (6, None, (None, 1.22)),
        (9, None, (None, 1.0)),
        (14, None, (None, 0.9)),
        (16, None, (0.9, 1.0)),
    ],
)
def test_shock_index_limits_depend_on_age_and_pregnancy(
    age: float, weeks: float | None, expected: tuple[float | None, float | None]
) -> None:
    assert limits.shock_index_limits(age, weeks) == expected


@pytest.mark.parametrize(
    ("age", "hr", "sbp", "priority"),
    [
        (34, 89, 100, None),
        (34, 90, 100, "medium"),
        (34, 100, 100, "high"),
        (14, 90, 100, None),
        (14, 91, 100, "high"),
        (2, 200, 50, None),
        (34, None, 100, None),
        (34, 100, None, None),
        (34, 40, 0, None),
    ],
)
def test_shock_priority(
    age: float, hr: float | None, sbp: float | None, priority: str | None
) -> None:
    assert Limits.for_patient(age).shock(hr, sbp) == priority


def test_a_pregnant_woman_with_an_index_of_093_is_not_in_shock() -> None:
    assert Limits.for_patient(31, 70, 32).shock(105, 113) is None
    assert Limits.for_patient(31, 70).shock(105, 113) == "medium"


@pytest.mark.parametrize(
    ("age", "limit"), [(10, 90), (15, 110), (49, 110), (50, 100), (69, 100), (70, 110)]
)
def test_pressure_that_an_injured_brain_needs(age: float, limit: float) -> None:
    assert limits.tbi_sbp_limit(age) == limit


@pytest.mark.parametrize(("weeks", "limit"), [(None, 1.5), (20, 1.5), (21, 2.0)])
def test_fibrinogen_limit(weeks: float | None, limit: float) -> None:
    assert limits.fibrinogen_limit(weeks) == limit


@pytest.mark.parametrize(
    ("age", "weight", "limit"), [(40, 80, 1000), (16, 60, 1000), (6, 20, 400), (6, None, 400)]
)
def test_crystalloid_limit(age: float, weight: float | None, limit: float) -> None:
    assert limits.crystalloid_limit_ml(age, weight) == limit


def test_a_trapped_patient_may_stay_longer() -> None:
    assert Limits.for_patient(55, entrapped=True).scene_min == 20
    assert Limits.for_patient(55).scene_min == 10


def test_an_unknown_age_counts_as_an_adults_and_says_so() -> None:
    own = Limits.for_patient(None)
    assert own.sbp_low == 90
    assert "unknown" in own.why("age")


def test_an_ordinary_adult_has_nothing_changed() -> None:
    assert Limits.for_patient(40, 80).changed == ()


def test_a_changed_threshold_says_why() -> None:
    assert Limits.for_patient(82).why("sbp_low") == "age 82"
    assert "weeks pregnant" in Limits.for_patient(40, 70, 32).why("fibrinogen")


def test_blood_volume_follows_age_and_pregnancy() -> None:
    assert limits.blood_volume_ml(34, 80) == 5600
    assert limits.blood_volume_ml(6, 20) == 1600
    assert limits.blood_volume_ml(31, 70, 32) == pytest.approx(7105)


# --- ABC ------------------------------------------------------------------------------------------


def test_a_childs_abc_uses_the_childs_own_limits() -> None:
    child = Limits.for_patient(6, 20)
    well = child.abc(hr=138, sbp=108, penetrating=False, fast_positive=False)
    shocked = child.abc(hr=171, sbp=80, penetrating=False, fast_positive=False)
    assert well.score == 1
    assert shocked.positive is True


def test_a_toddlers_pulse_never_counts_in_abc() -> None:
    toddler = Limits.for_patient(2, 12)
    tally = toddler.abc(hr=180, sbp=60, penetrating=False, fast_positive=False)
    assert tally.met == ("hypotension",)


def test_an_adults_abc_keeps_the_published_limits() -> None:
    old = Limits.for_patient(82)
    assert old.abc(hr=119, sbp=91, penetrating=False, fast_positive=False).score == 0


# --- the passport ---------------------------------------------------------------------------------


def _of(*keys: str) -> list[RareDisease]:
    return [RARE_DISEASES[key] for key in keys]


def test_sickle_cells_shorten_the_tourniquet_and_ask_for_more_oxygen_and_warmth() -> None:
    own = Limits.for_patient(20, 60, hazards=_of("sickle_cell_disease"))
    assert (own.tourniquet_low_min, own.tourniquet_medium_min) == (30, 60)
    assert own.spo2_medium == 95
    assert own.temp_low == 36.5
    assert "Sickle" in own.why("spo2_medium")


def test_lactate_is_judged_from_the_patients_own_baseline() -> None:
    melas = hazards_for([550])
    own = Limits.for_patient(20, 60, hazards=melas, baseline={"lactate": 3.5})
    assert own.lactate_medium == 5.5
    assert "own baseline 3.5" in own.why("lactate_medium")


def test_without_a_known_baseline_the_usual_limit_stays() -> None:
    own = Limits.for_patient(20, 60, hazards=hazards_for([550]))
    assert own.lactate_medium == 4


def test_a_low_usual_saturation_lowers_the_limit() -> None:
    own = Limits.for_patient(30, 60, hazards=hazards_for([97214]), baseline={"spo2": 85})
    assert own.spo2_medium == 82
    assert own.spo2_high < own.spo2_medium


def test_moyamoya_keeps_eighty_percent_of_the_usual_pressure() -> None:
    own = Limits.for_patient(30, 60, hazards=hazards_for([2573]), baseline={"sbp": 130})
    assert own.sbp_low == 104


def test_the_stricter_of_age_and_passport_holds() -> None:
    own = Limits.for_patient(82, 60, hazards=hazards_for([2573]), baseline={"sbp": 120})
    assert own.sbp_low == 110


def test_two_passport_wishes_are_settled_by_the_stricter_and_named() -> None:
    both = _of("sickle_cell_disease", "pulmonary_hypertension")
    own = Limits.for_patient(20, 60, hazards=both)
    assert own.spo2_medium == 95
    assert any("spo2_medium" in text for text in own.conflicts)


def test_every_row_of_the_table_can_be_applied() -> None:
    baseline = {"lactate": 3.0, "sbp": 130.0, "spo2": 85.0}
    own = Limits.for_patient(30, 70, None, list(RARE_DISEASES.values()), baseline)
    assert own.fluid_bolus_ml_kg == 5


@given(st.floats(0, 100), st.sets(st.sampled_from(sorted(RARE_DISEASES))), st.floats(60, 180))
def test_no_passport_lowers_the_limit_of_hypotension(
    age: float, keys: set[str], usual: float
) -> None:
    own = Limits.for_patient(age, hazards=_of(*sorted(keys)), baseline={"sbp": usual})
    assert own.sbp_low >= limits.hypotension_limit(age)


def test_an_adaptation_of_an_unknown_threshold_is_refused() -> None:
    import dataclasses

    row = dataclasses.replace(
        RARE_DISEASES["brugada"], adapts=(Adaptation(threshold="feverish", value=1.0),)
    )
    with pytest.raises(BadValueError, match="fever"):
        Limits.for_patient(30, hazards=[row])


def test_rules_hold_as_long_as_they_say() -> None:
    assert limits.hold("HAE-01").raise_s == 30
    assert limits.hold("HAE-02").raise_s == 120
    assert limits.hold("NEU-03").raise_s == 180
    assert limits.hold("DRG-02") == limits.NO_HOLD


# --- every figure of an ordinary adult ------------------------------------------------------------

ADULT = {
    "sbp_low": 90, "sbp_ceiling": None, "shock_index_medium": 0.9, "shock_index_high": 1.0,
    "tourniquet_low_min": 60, "tourniquet_medium_min": 90, "tourniquet_high_min": 120,
    "crystalloid_ml": 1000, "fluid_bolus_ml_kg": None, "ica": 1.1, "fibrinogen": 1.5,
    "fibtem_a5": 9, "temp_low": 36, "temp_medium": 35, "temp_high": 32, "fever": 38,
    "lactate_medium": 4, "lactate_cyanide": 8, "be_medium": -6, "ph_high": 7.2, "spo2_medium": 94,
    "spo2_high": 90, "rr_low": 10, "rr_high": 29, "gcs_airway": 8, "rsi_shock_index": 0.8,
    "rsi_sbp": 100, "tbi_sbp": 110, "tbi_spo2": 90, "etco2_low": 35, "etco2_high": 40,
    "cushing_sbp": 160, "cushing_hr": 65, "k_medium": 6.0, "k_high": 6.5, "glucose_medium": 4,
    "glucose_high": 3, "glucose_every_min": None, "hyperthermia_etco2": 55, "scene_min": 10,
}  # fmt: skip


def test_the_table_of_thresholds_is_complete() -> None:
    assert set(ADULT) == set(limits.THRESHOLDS)


@pytest.mark.parametrize("name", ADULT)
def test_an_ordinary_adult_has_the_published_threshold(name: str) -> None:
    assert getattr(Limits.for_patient(40, 80), name) == ADULT[name]


@pytest.mark.parametrize(
    ("rule", "raise_s"),
    [
        ("HAE-01", 30), ("HAE-02", 120), ("HAE-13", 300), ("BRE-01", 30), ("AIR-01", 300),
        ("AIR-02", 60), ("NEU-03", 180), ("NEU-04", 120), ("PRO-05", 30),
    ],
)  # fmt: skip
def test_a_condition_must_stand_as_long_as_the_rule_says(rule: str, raise_s: float) -> None:
    assert limits.hold(rule).raise_s == raise_s


def test_every_hold_is_short_enough_for_an_alert_within_a_minute_of_its_rule() -> None:
    assert all(0 <= found.clear_s <= 60 for found in limits.HOLDS.values())


def test_hysteresis_is_five_five_two_and_a_twentieth() -> None:
    bands = limits.HYSTERESIS
    assert (bands["pressure"], bands["rate"], bands["saturation"]) == (5, 5, 2)
    assert bands["shock_index"] == 0.05


@pytest.mark.parametrize(
    ("age", "weight", "weeks", "obese", "ml"),
    [(0.5, 7, None, False, 630), (1, 10, None, False, 800), (16, 60, None, False, 4200),
     (40, 120, None, True, 6600), (31, 70, 27, False, 4900), (31, 70, 28, False, 7105)],
)  # fmt: skip
def test_blood_volume(
    age: float, weight: float, weeks: float | None, obese: bool, ml: float
) -> None:
    assert limits.blood_volume_ml(age, weight, weeks, obese=obese) == pytest.approx(ml)


@pytest.mark.parametrize(
    ("age", "kg"), [(0, 4), (0.5, 7), (1, 10), (6, 20), (10, 28), (13, 49), (16, 70), (40, 70)]
)
def test_weight_is_estimated_from_age(age: float, kg: float) -> None:
    assert limits.weight_for_age(age) == kg


def test_a_childs_fluid_comes_in_boluses_by_weight() -> None:
    assert Limits.for_patient(15.9).fluid_bolus_ml_kg == 20
    assert Limits.for_patient(16).fluid_bolus_ml_kg is None


def test_a_childs_abc_counts_pressure_strictly_below_the_limit() -> None:
    child = Limits.for_patient(6, 20)
    on_it = child.abc(hr=80, sbp=82, penetrating=False, fast_positive=False)
    below = child.abc(hr=80, sbp=81, penetrating=False, fast_positive=False)
    assert (on_it.score, below.score) == (0, 1)

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
    ("age", "weight", "limit"), [(40, 80, 1000), (16, 50, 1000), (6, 20, 400), (6, None, 400)]
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

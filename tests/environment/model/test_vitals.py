import pytest

from environment.errors import BadValueError
from environment.model.limits import Limits
from environment.model.vitals import VITALS, Vital, of_kind, vital


@pytest.mark.parametrize("key", ["hr", "sbp", "dbp", "map", "spo2", "etco2"])
def test_a_monitor_value_holds_for_thirty_seconds(key: str) -> None:
    assert vital(key).horizon() == 30


def test_a_cuff_pressure_holds_longer_than_an_arterial_one() -> None:
    assert vital("sbp").horizon(cuff=True) == 300
    assert vital("sbp").horizon() == 30


def test_a_heart_rate_has_no_cuff_horizon_of_its_own() -> None:
    assert vital("hr").horizon(cuff=True) == 30


@pytest.mark.parametrize(
    ("key", "horizon_s"),
    [("rr", 60), ("temp", 900), ("gcs", 900), ("pupil_left", 900), ("lactate", 3600)],
)
def test_slower_values_hold_longer(key: str, horizon_s: float) -> None:
    assert vital(key).horizon() == horizon_s


def test_a_blood_group_never_goes_stale() -> None:
    assert vital("blood_group").horizon() is None


def test_a_misspelt_vital_sign_names_the_nearest_one() -> None:
    with pytest.raises(BadValueError, match="Did you mean 'lactate'"):
        vital("lactat")


@pytest.mark.parametrize(("key", "value"), [("spo2", 104), ("temp", 9), ("hr", -1), ("gcs", 2)])
def test_an_impossible_reading_is_implausible(key: str, value: float) -> None:
    assert not vital(key).is_plausible(value)


@pytest.mark.parametrize("row", VITALS.values(), ids=lambda row: row.key)
def test_every_row_is_consistent(row: Vital) -> None:
    limits = [x for x in (row.lowest, row.low_alarm, row.high_alarm, row.highest) if x is not None]
    assert limits == sorted(limits)
    assert row.unit or row.value_type != "number"
    assert row.label


def test_every_monitor_value_has_a_checked_code_an_alarm_and_a_unit_to_read() -> None:
    for row in of_kind("monitor"):
        assert row.loinc, row.key
        assert row.loinc_checked, row.key
        assert row.shown_unit, row.key
        assert row.low_alarm is not None or row.high_alarm is not None, row.key


def test_codes_are_used_once() -> None:
    codes = [row.loinc for row in VITALS.values() if row.loinc]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [("hr", 83.6, "84"), ("temp", 36, "36.0"), ("ph", 7.2, "7.20"), ("blood_group", "O+", "O+"),
     ("hyperfibrinolysis", True, "yes"), ("hyperfibrinolysis", False, "no")],
)  # fmt: skip
def test_a_value_is_written_as_the_wall_shows_it(
    key: str, value: float | bool | str, text: str
) -> None:
    assert vital(key).text(value) == text


# --- alarm limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("hr", 50, 120),
        ("sbp", 90, 160),
        ("map", 65, 110),
        ("rr", 8, 30),
        ("spo2", 90, None),
        ("etco2", 30, 50),
    ],
)
def test_a_monitor_has_the_customary_adult_limits(
    key: str, low: float | None, high: float | None
) -> None:
    assert (vital(key).low_alarm, vital(key).high_alarm) == (low, high)


@pytest.mark.parametrize(
    ("key", "threshold"),
    [
        ("sbp", "sbp_low"),
        ("spo2", "spo2_high"),
        ("temp", "temp_low"),
        ("lactate", "lactate_medium"),
        ("be", "be_medium"),
        ("ph", "ph_high"),
        ("glucose", "glucose_medium"),
        ("k", "k_medium"),
        ("ica", "ica"),
        ("fibrinogen", "fibrinogen"),
        ("fibtem_a5", "fibtem_a5"),
    ],
)
def test_a_tile_turns_colour_where_the_rule_speaks(key: str, threshold: str) -> None:
    row = vital(key)
    assert getattr(Limits.for_patient(40, 80), threshold) in (row.low_alarm, row.high_alarm)


@pytest.mark.parametrize(
    ("key", "lowest", "highest"),
    [("gcs", 3, 15), ("gcs_eye", 1, 4), ("gcs_verbal", 1, 5), ("gcs_motor", 1, 6),
     ("spo2", 30, 100), ("pain", 0, 10)],
)  # fmt: skip
def test_the_ends_of_a_scale_are_plausible_and_beyond_is_not(
    key: str, lowest: float, highest: float
) -> None:
    row = vital(key)
    assert row.is_plausible(lowest)
    assert row.is_plausible(highest)
    assert not row.is_plausible(lowest - 1)
    assert not row.is_plausible(highest + 1)


@pytest.mark.parametrize(
    ("key", "extreme"),
    [("ph", 6.6), ("lactate", 30), ("k", 9.5), ("temp", 20), ("platelets", 5), ("inr", 10),
     ("na", 110), ("glucose", 0.6), ("hb", 2.5), ("etco2", 120), ("sbp", 280)],
)  # fmt: skip
def test_an_extreme_but_real_value_is_kept(key: str, extreme: float) -> None:
    assert vital(key).is_plausible(extreme)

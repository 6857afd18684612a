import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.errors import BadValueError
from environment.model import triage
from environment.model.triage import ITEMS, OBSERVABLE, assess

WELL = {"gcs_motor": 6.0, "rr": 16.0, "spo2": 98.0, "sbp": 125.0, "hr": 80.0}


def test_a_well_patient_without_findings_is_not_severe() -> None:
    result = assess([], WELL, 40)
    assert result.severity == "not_severe"
    assert result.reasons == ()
    assert result.unknown == ()


@pytest.mark.parametrize(
    ("age", "vitals", "item"),
    [
        (40, {"gcs_motor": 5}, "cannot_follow_commands"),
        (40, {"rr": 9}, "respiratory_rate"),
        (40, {"rr": 30}, "respiratory_rate"),
        (40, {"spo2": 89}, "low_saturation"),
        (5, {"sbp": 79}, "hypotension_for_age"),
        (9, {"sbp": 87}, "hypotension_for_age"),
        (10, {"sbp": 89}, "hypotension_for_age"),
        (64, {"sbp": 89}, "hypotension_for_age"),
        (65, {"sbp": 109}, "hypotension_for_age"),
        (40, {"hr": 126}, "pulse_above_pressure"),
        (10, {"hr": 126}, "pulse_above_pressure"),
        (65, {"hr": 126}, "pulse_above_pressure"),
    ],
)
def test_a_red_vital_sign_makes_the_patient_severe(
    age: float, vitals: dict[str, float], item: str
) -> None:
    result = assess([], WELL | vitals, age)
    assert item in result.reasons
    assert result.severity == "severe"
    assert result.physiological
    assert not result.anatomical


@pytest.mark.parametrize(
    ("age", "vitals"),
    [
        (40, {"gcs_motor": 6}),
        (40, {"rr": 10}),
        (40, {"rr": 29}),
        (40, {"spo2": 90}),
        (5, {"sbp": 80}),
        (10, {"sbp": 90}),
        (65, {"sbp": 110}),
        (40, {"hr": 125}),
        (9, {"hr": 126}),
    ],
)
def test_a_value_on_the_limit_is_not_red(age: float, vitals: dict[str, float]) -> None:
    assert assess([], WELL | vitals, age).severity == "not_severe"


def test_saturation_counts_on_room_air_only() -> None:
    assert assess([], WELL | {"spo2": 85}, 40, on_oxygen=True).severity == "not_severe"


def test_unknown_vital_signs_are_named_and_decide_nothing() -> None:
    result = assess([], {"sbp": 120}, 40)
    assert result.severity == "not_severe"
    assert result.unknown == ("gcs_motor", "rr", "spo2", "hr")


@pytest.mark.parametrize("item", [row.id for row in ITEMS.values() if row.group == "injury"])
def test_every_red_injury_is_severe_and_anatomical(item: str) -> None:
    result = assess([item], WELL, 40)
    assert result.severity == "severe"
    assert result.anatomical
    assert not result.physiological


@pytest.mark.parametrize("item", [row.id for row in ITEMS.values() if row.colour == "yellow"])
def test_a_yellow_item_alone_asks_the_rescuer(item: str) -> None:
    result = assess([item], WELL, 40)
    assert result.severity == "ask"
    assert result.dynamic == (ITEMS[item].group == "mechanism")


def test_a_rescuer_ticks_everything_but_what_is_measured() -> None:
    ticked = {row.id for row in OBSERVABLE}
    assert "respiratory_distress" in ticked
    assert set(ITEMS) - ticked == {
        "cannot_follow_commands",
        "respiratory_rate",
        "low_saturation",
        "hypotension_for_age",
        "pulse_above_pressure",
    }


@pytest.mark.parametrize(("age", "limit"), [(0, 70), (9.9, 88), (10, 90), (64.9, 90), (65, 110)])
def test_the_field_limit_of_pressure(age: float, limit: float) -> None:
    assert triage.hypotension_below(age) == limit


@given(st.lists(st.sampled_from([row.id for row in OBSERVABLE])), st.integers(0, 95))
def test_more_findings_never_make_a_patient_less_severe(findings: list[str], age: int) -> None:
    order = ["not_severe", "ask", "severe"]
    grades = [
        order.index(assess(findings[:count], WELL, age).severity)
        for count in range(len(findings) + 1)
    ]
    assert grades == sorted(grades)


def test_a_misspelt_finding_names_the_nearest_one() -> None:
    with pytest.raises(BadValueError, match="Did you mean 'pelvic_fracture'"):
        assess(["pelvic_fractur"], WELL, 40)


# --- mass casualty --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "tag"),
    [
        ({"walks": True, "breathes": True}, "green"),
        ({"walks": False, "breathes": False}, "black"),
        ({"walks": False, "breathes": False, "breathes_after_airway": True}, "red"),
        ({"walks": False, "breathes": True, "rr": 31}, "red"),
        ({"walks": False, "breathes": True, "rr": 30, "radial_pulse": True, "obeys": True},
         "yellow"),
        ({"walks": False, "breathes": True, "rr": 20, "radial_pulse": False}, "red"),
        ({"walks": False, "breathes": True, "rr": 20, "crt_s": 2.5}, "red"),
        ({"walks": False, "breathes": True, "rr": 20, "crt_s": 2.0, "obeys": False}, "red"),
        ({"walks": False, "breathes": True, "rr": 20, "crt_s": 2.0, "obeys": True}, "yellow"),
    ],
)  # fmt: skip
def test_start(facts: dict[str, object], tag: str) -> None:
    assert triage.start(**facts) == tag  # type: ignore[arg-type]  # a table row


@pytest.mark.parametrize(
    ("facts", "tag"),
    [
        ({"walks": True, "breathes": True}, "green"),
        ({"walks": False, "breathes": False, "breathes_after_airway": True}, "red"),
        ({"walks": False, "breathes": False, "breathes_after_five_breaths": True}, "red"),
        ({"walks": False, "breathes": False}, "black"),
        ({"walks": False, "breathes": False, "pulse": False,
          "breathes_after_five_breaths": True}, "black"),
        ({"walks": False, "breathes": True, "rr": 14}, "red"),
        ({"walks": False, "breathes": True, "rr": 46}, "red"),
        ({"walks": False, "breathes": True, "rr": 45, "avpu": "A"}, "yellow"),
        ({"walks": False, "breathes": True, "rr": 15, "avpu": "A"}, "yellow"),
        ({"walks": False, "breathes": True, "rr": 30, "avpu": "U"}, "red"),
        ({"walks": False, "breathes": True, "rr": 30, "avpu": "P",
          "pain_response_appropriate": False}, "red"),
        ({"walks": False, "breathes": True, "rr": 30, "avpu": "P"}, "yellow"),
    ],
)  # fmt: skip
def test_jumpstart(facts: dict[str, object], tag: str) -> None:
    assert triage.jumpstart(**facts) == tag  # type: ignore[arg-type]  # a table row


# --- activation and audit -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"age": 40, "lowest_sbp": 89}, ("hypotension",)),
        ({"age": 40, "lowest_sbp": 90}, ()),
        ({"age": 5, "lowest_sbp": 79}, ("hypotension",)),
        ({"age": 5, "lowest_sbp": 80}, ()),
        ({"age": 40, "gcs": 8, "gunshot_central_or_proximal": True}, ("gunshot", "gcs")),
        ({"age": 15, "lowest_sbp": 89}, ("hypotension",)),
        ({"age": 15, "lowest_sbp": 90}, ()),
        ({"age": 16, "lowest_sbp": 89}, ("hypotension",)),
        ({"age": 40, "gcs": 9}, ()),
        ({"age": 40, "physician_asks": True}, ("physician",)),
    ],
)
def test_full_team_activation(facts: dict[str, object], met: tuple[str, ...]) -> None:
    assert triage.full_activation(**facts) == met  # type: ignore[arg-type]  # a table row


def test_cribari_counts_before_rates() -> None:
    audit = triage.cribari([(True, 25), (True, 9), (False, 16), (False, 4), (False, 15)])
    assert audit.under_triage == pytest.approx(1 / 3)
    assert audit.over_triage == pytest.approx(1 / 2)
    assert str(audit) == "under-triage 1/3; over-triage 1/2"


def test_a_rate_is_shown_from_ten_cases() -> None:
    audit = triage.cribari([(True, 25)] * 7 + [(True, 9)] * 3)
    assert "over-triage 3/10 (30 %)" in str(audit)
    assert audit.under_triage is None

import pytest

from environment.errors import BadValueError
from environment.model import criteria
from environment.model.hazards import hazards_for
from environment.model.limits import Limits

ADULT = Limits.for_patient(40, 80)

# --- tension --------------------------------------------------------------------------------------


def test_two_signs_of_six_mean_tension() -> None:
    signs = criteria.tension_signs(spo2=91, rr=31, hr=100)
    assert signs.positive
    assert signs.words == "SpO2 91, RR 31"


def test_one_sign_alone_does_not() -> None:
    assert not criteria.tension_signs(spo2=91, rr=30, hr=120).positive


@pytest.mark.parametrize(
    "facts",
    [
        {"spo2": 91.0}, {"rr": 31.0}, {"hr": 121.0}, {"breath_sounds_absent": True},
        {"sbp_fall_5_min": 21.0}, {"airway_pressure_high": True},
    ],
)  # fmt: skip
def test_each_sign_counts_once(facts: dict[str, float]) -> None:
    assert len(criteria.tension_signs(**facts).present) == 1  # type: ignore[arg-type]


def test_unknown_facts_count_for_nothing() -> None:
    assert criteria.tension_signs().present == ()


def test_a_decompressed_chest_with_fast_pulse_and_breathing_is_bleeding_not_tension() -> None:
    assert criteria.tension_signs(spo2=99, rr=33, hr=131).positive
    assert not criteria.tension_signs(spo2=99, rr=33, hr=131, decompressed=True).positive
    assert criteria.tension_signs(spo2=88, rr=33, decompressed=True).positive


# --- response -------------------------------------------------------------------------------------


def _readings(
    *pressures: float, start: float = 600, step: float = 120
) -> list[tuple[float, float]]:
    return [(start + number * step, sbp) for number, sbp in enumerate(pressures)]


@pytest.mark.parametrize(
    ("pressures", "response"),
    [
        ((85, 92, 95, 96, 97, 98, 99), "responder"),
        ((85, 92, 95, 88), "transient"),
        ((80, 82, 85, 86), "non_responder"),
        ((80, 82), "waiting"),
        ((92, 95), "waiting"),
        ((), "waiting"),
    ],
)
def test_response_to_volume(pressures: tuple[float, ...], response: str) -> None:
    assert criteria.response_to_volume(_readings(*pressures), 600) == response


def test_readings_before_the_volume_do_not_count() -> None:
    before = [(0.0, 120.0), *_readings(80, 82, 85, 86)]
    assert criteria.response_to_volume(before, 600) == "non_responder"
    assert criteria.response_to_volume(before, None) == "waiting"


# --- head CT --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "within_h"),
    [
        ({"age": 40}, None),
        ({"age": 40, "first_gcs": 12}, 1),
        ({"age": 40, "first_gcs": 13}, None),
        ({"age": 40, "gcs": 14, "since_injury_h": 2}, 1),
        ({"age": 40, "gcs": 14, "since_injury_h": 1.9}, None),
        ({"age": 40, "gcs": 15, "since_injury_h": 3}, None),
        ({"age": 40, "findings": ["vomiting"]}, 1),
        ({"age": 65}, None),
        ({"age": 65, "loss_of_consciousness_or_amnesia": True}, 8),
        ({"age": 64, "loss_of_consciousness_or_amnesia": True}, None),
        ({"age": 19, "bleeding_disorder": True}, 1),
    ],
)
def test_head_ct_criteria(facts: dict[str, object], within_h: float | None) -> None:
    found = criteria.head_ct(**facts)  # type: ignore[arg-type]
    assert found.within_h == within_h
    assert found.is_indicated == bool(found.reasons)


def test_an_anticoagulant_alone_is_something_to_think_of() -> None:
    found = criteria.head_ct(age=50, anticoagulated=True)
    assert not found.is_indicated
    assert found.consider == ("takes an anticoagulant",)


def test_an_unknown_criterion_brings_the_nearest_one() -> None:
    with pytest.raises(BadValueError, match="Did you mean 'vomiting'"):
        criteria.head_ct(age=40, findings=["vomitting"])


# --- one value, several priorities ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("temp", "priority"),
    [(36.0, None), (35.9, "low"), (35.0, "low"), (34.9, "medium"), (32.0, "medium"),
     (31.9, "high")],
)  # fmt: skip
def test_cold(temp: float, priority: str | None) -> None:
    assert criteria.temperature_priority(temp, ADULT) == priority


def test_cold_comes_earlier_with_sickle_cells() -> None:
    sickle = Limits.for_patient(20, 60, hazards=hazards_for([232]))
    assert criteria.temperature_priority(36.2, sickle) == "low"


@pytest.mark.parametrize(
    ("spo2", "priority"), [(94, None), (93, "medium"), (90, "medium"), (89, "high")]
)
def test_saturation(spo2: float, priority: str | None) -> None:
    assert criteria.saturation_priority(spo2, ADULT) == priority


@pytest.mark.parametrize(
    ("facts", "priority"),
    [({"lactate": 3.9}, None), ({"lactate": 4.0}, "medium"), ({"be": -5.9}, None),
     ({"be": -6.0}, "medium"), ({"ph": 7.2}, None), ({"ph": 7.19, "lactate": 1.0}, "high"),
     ({}, None)],
)  # fmt: skip
def test_hidden_shock(facts: dict[str, float], priority: str | None) -> None:
    assert criteria.hidden_shock_priority(ADULT, **facts) == priority


@pytest.mark.parametrize(
    ("weeks", "facts", "priority"),
    [
        (None, {"fibrinogen": 1.5}, "medium"),
        (None, {"fibrinogen": 1.6}, None),
        (32, {"fibrinogen": 1.9}, "medium"),
        (32, {"fibrinogen": 2.0}, None),
        (None, {"fibtem_a5": 8.0}, "medium"),
        (None, {"fibtem_a5": 9.0}, None),
        (None, {}, None),
    ],
)
def test_fibrinogen(weeks: float | None, facts: dict[str, float], priority: str | None) -> None:
    limits = Limits.for_patient(31, 70, weeks)
    assert criteria.fibrinogen_priority(limits, **facts) == priority


@pytest.mark.parametrize(
    ("k", "wide", "priority"),
    [(5.9, False, None), (6.0, False, "medium"), (6.5, False, "high"), (None, True, "high"),
     (None, False, None)],
)  # fmt: skip
def test_potassium(k: float | None, wide: bool, priority: str | None) -> None:
    assert criteria.potassium_priority(k, ADULT, wide_qrs=wide) == priority


@pytest.mark.parametrize(
    ("glucose", "priority"), [(4.0, None), (3.9, "medium"), (3.0, "medium"), (2.9, "high")]
)
def test_glucose(glucose: float, priority: str | None) -> None:
    assert criteria.glucose_priority(glucose, ADULT) == priority


@pytest.mark.parametrize(
    ("minutes", "priority"),
    [(59, None), (60, "low"), (90, "medium"), (119.9, "medium"), (120, "high")],
)
def test_a_forgotten_tourniquet_grows_louder(minutes: float, priority: str | None) -> None:
    assert criteria.tourniquet_priority(minutes, ADULT) == priority


def test_a_tourniquet_on_a_patient_with_sickle_cells_is_reassessed_at_thirty_minutes() -> None:
    sickle = Limits.for_patient(20, 60, hazards=hazards_for([232]))
    assert criteria.tourniquet_priority(30, sickle) == "low"
    assert criteria.tourniquet_priority(60, sickle) == "medium"


# --- clocks ---------------------------------------------------------------------------------------


def test_tranexamic_acid_is_asked_for_at_twenty_minutes_and_by_the_injury() -> None:
    starts: dict[criteria.Since, float] = {"injury": -120, "arrival_at_patient": 540}
    assert criteria.due("HAE-04", 540 + 1199, starts) == ()
    assert [s.priority for s in criteria.due("HAE-04", 540 + 1200, starts)] == ["medium"]
    assert len(criteria.due("HAE-04", 58 * 60, starts)) == 2
    assert [s.priority for s in criteria.due("HAE-04", 163 * 60, starts)] == [
        "medium", "medium", "high", "high",
    ]  # fmt: skip


def test_a_clock_whose_start_is_unknown_has_not_begun() -> None:
    assert criteria.due("NEU-05", 1e6, {}) == ()


def test_the_window_for_tranexamic_acid_closes_after_three_hours() -> None:
    assert criteria.txa_closes_s(-120) == 10680
    assert not criteria.txa_is_late(10680, -120)
    assert criteria.txa_is_late(10681, -120)


def test_an_unknown_clock_brings_the_nearest_one() -> None:
    with pytest.raises(BadValueError, match="HAE-15 zone 1"):
        criteria.due("HAE-15", 0, {})


@pytest.mark.parametrize(
    ("clock", "since", "steps"),
    [
        ("HAE-15 zone 1", "start", [(20, "medium"), (30, "high")]),
        ("HAE-15 zone 3", "start", [(45, "medium"), (60, "high")]),
        ("HAE-16", "arrival_in_hospital", [(15, "high")]),
        ("NEU-05", "arrival_in_hospital", [(30, "low"), (60, "medium")]),
        ("INF-01", "injury", [(45, "low"), (60, "medium")]),
        ("PRO-04", "arrival_in_hospital", [(60, "medium")]),
        ("AIR-03", "start", [(15, "medium")]),
    ],
)
def test_a_clock_speaks_on_the_minute(
    clock: str, since: criteria.Since, steps: list[tuple[float, str]]
) -> None:
    for number, (minutes, priority) in enumerate(steps):
        before = criteria.due(clock, 600 + minutes * 60 - 1, {since: 600})
        on_time = criteria.due(clock, 600 + minutes * 60, {since: 600})
        assert len(before) == number
        assert on_time[-1].priority == priority


@pytest.mark.parametrize(("minutes", "steps"), [(59.9, 0), (60, 1), (119.9, 1), (120, 2), (165, 3)])
def test_tranexamic_acid_is_asked_for_by_the_minutes_since_injury(
    minutes: float, steps: int
) -> None:
    assert len(criteria.due("HAE-04", minutes * 60, {"injury": 0.0})) == steps


def test_a_fall_of_exactly_20_is_no_sign_of_tension() -> None:
    assert criteria.tension_signs(sbp_fall_5_min=20).present == ()


def test_a_saturation_of_92_is_no_sign_of_tension() -> None:
    assert criteria.tension_signs(spo2=92).present == ()


def test_the_first_reading_counts_when_the_volume_is_in() -> None:
    assert criteria.response_to_volume([(600, 95.0), (700, 80.0)], 600) == "transient"
    assert criteria.response_to_volume([(600, 80.0), (900, 80.0)], 600) == "non_responder"


def test_a_pressure_of_exactly_90_is_held() -> None:
    assert criteria.response_to_volume(_readings(90, 90, 90, 90, 90, 90), 600) == "responder"

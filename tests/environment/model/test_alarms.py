"""Limits of a monitor by age, and when a value is beyond them."""

import pytest

from environment.model.alarms import SLACK, WATCHED, WITHIN, beyond, limits_for, moved
from environment.model.vitals import VITALS


def test_an_adult_or_somebody_of_unknown_age_has_the_limits_of_the_table() -> None:
    for age in (None, 16, 40, 64.9):
        for key, limit in limits_for(age).items():
            assert (limit.low, limit.high) == (VITALS[key].low_alarm, VITALS[key].high_alarm)
            assert limit.by == "adult"


@pytest.mark.parametrize(
    ("age", "key", "low", "high"),
    [
        (0.5, "hr", 90, 160),  # ATLS 10: an infant's heart beats below 160
        (2, "sbp", 74, 140),  # ATLS 10: 70 + 2 * age
        (6, "sbp", 82, 160),
        (6, "hr", 60, 120),
        (4, "rr", 13, 35),
        (10, "map", 55, 110),  # Haque and Zaritsky 2007: 40 + 1.5 * age
        (14, "hr", 50, 120),
        (65, "sbp", 110, 160),  # field triage guideline 2021
        (82, "sbp", 110, 160),
        (82, "hr", 50, 120),
    ],
)
def test_limits_fit_the_age(age: float, key: str, low: float, high: float) -> None:
    limit = limits_for(age)[key]
    assert (limit.low, limit.high) == (low, high)


@pytest.mark.parametrize("age", [0, 0.5, 1, 3, 5.9, 6, 12.9, 13, 15.9, 16, 65, 100, None])
def test_what_is_extreme_lies_beyond_the_limit_at_every_age(age: float | None) -> None:
    limits = limits_for(age)
    assert list(limits) == list(WATCHED)
    for key, limit in limits.items():
        order = [x for x in (limit.least, limit.low, limit.high, limit.most) if x is not None]
        assert order == sorted(set(order)), key
        assert all(VITALS[key].is_plausible(x) for x in order), key


def test_a_value_at_its_limit_does_not_chatter() -> None:
    limit = limits_for(40)["sbp"]
    assert beyond(limit, 90, WITHIN, SLACK["sbp"]) is WITHIN
    low = beyond(limit, 89, WITHIN, SLACK["sbp"])
    assert (low.degree, low.side) == (1, "low")
    assert beyond(limit, 94, low, SLACK["sbp"]) is low
    assert beyond(limit, 95, low, SLACK["sbp"]) is WITHIN
    extreme = beyond(limit, 69, low, SLACK["sbp"])
    assert extreme.degree == 2
    assert beyond(limit, 74, extreme, SLACK["sbp"]) is extreme
    assert beyond(limit, 75, extreme, SLACK["sbp"]) is low
    assert beyond(limit, 161, low, SLACK["sbp"]).side == "high"


def test_a_limit_that_is_set_leaves_what_is_extreme_beyond_it() -> None:
    limit = moved(limits_for(40)["sbp"], "low", 60, "nurse")
    assert (limit.low, limit.least, limit.high, limit.by) == (60, 60, 160, "nurse")
    assert moved(limits_for(40)["hr"], "high", 160, "nurse").most == 160

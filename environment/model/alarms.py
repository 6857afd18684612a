"""When a monitor itself alarms: limits by age, and what lies beyond them.

An adult's limits are those of the table of vital signs (common presets). A child's are made from
the sources beside the numbers; what has none is an engineering default, as are all priorities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from environment.model.change import JSON
from environment.model.limits import ADULT_FROM, hypotension_limit
from environment.model.vitals import VITALS

Priority = Literal["high", "medium", "low"]
RANK = {"low": 1, "medium": 2, "high": 3}
#: Signs that a monitor alarms by. The order is that of its screen.
WATCHED = ("hr", "sbp", "map", "spo2", "rr", "etco2", "temp")
#: Signs whose silence together is the device's.
CONTINUOUS = ("hr", "spo2", "rr")
#: Rhythms in which there is no pulse.
PULSELESS = ("asystole", "vf", "pea")
#: Seconds that a value stays beyond its limit, or back within, before it counts (engineering
#: default).
HOLD_S = 4.0
#: How far a value must come back before its alarm ends (engineering default; as for the alerts).
SLACK = {"hr": 5.0, "sbp": 5.0, "map": 5.0, "spo2": 2.0, "rr": 2.0, "etco2": 2.0, "temp": 0.2}
#: Beyond these a crossed limit is of high priority in an adult: below, above.
_EXTREME: Mapping[str, tuple[float | None, float | None]] = {
    "hr": (40, 150),
    "sbp": (70, 220),
    "map": (50, 140),
    "spo2": (85, None),
    "rr": (5, 40),
    "etco2": (20, 65),
    "temp": (32, 40),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLimit:
    """Limits of one sign: beyond `low` or `high` a medium alarm, beyond `least` or `most` a high.

    `by` says whose they are: `adult`, `age 6`, or who has set them.
    """

    low: float | None
    high: float | None
    least: float | None
    most: float | None
    by: str = "adult"

    def as_json(self) -> dict[str, JSON]:
        """As the twin of a monitor holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Band:
    """What is usual below an age, in years."""

    below: float
    hr: tuple[float, float]  # low: PALS 2020, asleep; high: ATLS 10, "above is abnormal"
    rr: tuple[float, float]  # low: PALS 2020, lower end; high: ATLS 10
    sbp_top: float  # PALS 2020, upper end


_BANDS = (
    _Band(below=1, hr=(90, 160), rr=(30, 60), sbp_top=104),
    _Band(below=3, hr=(80, 150), rr=(22, 40), sbp_top=106),
    _Band(below=6, hr=(65, 140), rr=(20, 35), sbp_top=112),
    # 58 asleep in PALS; rounded to where compressions begin.
    _Band(below=13, hr=(60, 120), rr=(18, 30), sbp_top=120),
    # ATLS 10 names 100/min from 13 years on; frightened and in pain that is everybody, so the
    # adult's preset stands (engineering default).
    _Band(below=ADULT_FROM, hr=(50, 120), rr=(12, 30), sbp_top=131),
)
#: Bradycardia at which a child's chest is compressed when perfusion is poor (PALS 2020), per min.
_CHILD_SLOW = 60.0


def limits_for(age: float | None) -> dict[str, AlarmLimit]:
    """The limits of every watched sign at an age in years; unknown: an adult's."""
    adult = {
        key: AlarmLimit(
            low=VITALS[key].low_alarm,
            high=VITALS[key].high_alarm,
            least=_EXTREME[key][0],
            most=_EXTREME[key][1],
        )
        for key in WATCHED
    }
    if age is None or ADULT_FROM <= age < 65:
        return adult
    by = f"age {age:g}"
    if age >= 65:
        # Under 110 mmHg is hypotension (field triage guideline 2021), under 90 at any age.
        low = hypotension_limit(age)
        return {**adult, "sbp": AlarmLimit(low=low, high=160, least=90, most=220, by=by)}
    band = next(b for b in _BANDS if age < b.below)
    low = hypotension_limit(age)  # ATLS 10
    # 5th percentile of mean pressure: 40 + 1.5 mmHg a year (Haque and Zaritsky 2007).
    mean = round(min(65.0, 40 + 1.5 * age))
    # As an adult's 8 is to 12, 160 to 120 and the extremes to their limits (engineering defaults).
    own = {
        "hr": (band.hr[0], band.hr[1], min(_CHILD_SLOW, band.hr[0] - 10), band.hr[1] + 30),
        "rr": (
            round(band.rr[0] * 2 / 3),
            band.rr[1],
            round(band.rr[0] * 5 / 12),
            round(band.rr[1] * 4 / 3),
        ),
        "sbp": (
            low,
            min(160, round(band.sbp_top * 4 / 3, -1)),
            round(low * 7 / 9),
            min(220, round(band.sbp_top * 11 / 6, -1)),
        ),
        "map": (mean, 110, round(mean * 10 / 13), 140),
    }
    made = {
        key: AlarmLimit(low=float(a), high=float(b), least=float(c), most=float(d), by=by)
        for key, (a, b, c, d) in own.items()
    }
    return {**adult, **made}


def moved(limit: AlarmLimit, side: str, to: float, by: str) -> AlarmLimit:
    """A limit that somebody has set; what is extreme stays beyond it."""
    if side == "low":
        least = None if limit.least is None else min(limit.least, to)
        return AlarmLimit(low=to, high=limit.high, least=least, most=limit.most, by=by)
    most = None if limit.most is None else max(limit.most, to)
    return AlarmLimit(low=limit.low, high=to, least=limit.least, most=most, by=by)


def limits_from(rows: Mapping[str, Mapping[str, JSON]] | None) -> dict[str, AlarmLimit]:
    """Limits as a twin holds them; what is not there is an adult's."""
    return {**limits_for(None), **{key: AlarmLimit(**row) for key, row in (rows or {}).items()}}


@dataclass(frozen=True, slots=True)
class Beyond:
    """How far beyond its limits a value lies: 0 within, 1 beyond, 2 extreme; on which side."""

    degree: int
    side: str  # "low", "high", or "" within


WITHIN = Beyond(0, "")
_LOW = (WITHIN, Beyond(1, "low"), Beyond(2, "low"))
_HIGH = (WITHIN, Beyond(1, "high"), Beyond(2, "high"))


def beyond(limit: AlarmLimit, value: float, was: Beyond, slack: float) -> Beyond:
    """Where a value lies; to come back it must come `slack` further than it took to get there."""
    below = was.degree if was.side == "low" else 0
    above = was.degree if was.side == "high" else 0
    if limit.least is not None and value < limit.least + (slack if below == 2 else 0):
        return _LOW[2]
    if limit.most is not None and value > limit.most - (slack if above == 2 else 0):
        return _HIGH[2]
    if limit.low is not None and value < limit.low + (slack if below else 0):
        return _LOW[1]
    if limit.high is not None and value > limit.high - (slack if above else 0):
        return _HIGH[1]
    return WITHIN

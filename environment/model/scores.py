"""Consciousness, severity and transfusion scores as pure functions.

Every score is a few lines of arithmetic with its source beside it. The file is long because a
reader looks for a score by name in one place. Units: pressures mmHg, rates per minute, SpO2 %,
temperature degrees Celsius, haemoglobin g/dL, base excess mmol/L, age years.

A score that needs a fact nobody has does not guess: a `Tally` says which items are met, which are
unknown, and whether the answer could still change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from types import MappingProxyType
from typing import Literal

from environment.errors import BadValueError

# --- consciousness (Teasdale & Jennett 1974, Teasdale 2014) ---------------------------------------

NOT_TESTABLE = "NT"
"""A component that cannot be tested (a tube, swollen eyes). Never scored as 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gcs:
    """Eye (1-4), verbal (1-5) and motor (1-6) response; "NT" where it cannot be tested."""

    eye: int | Literal["NT"]
    verbal: int | Literal["NT"]
    motor: int | Literal["NT"]

    def __post_init__(self) -> None:
        for name, highest in (("eye", 4), ("verbal", 5), ("motor", 6)):
            value = getattr(self, name)
            if value != NOT_TESTABLE and not (isinstance(value, int) and 1 <= value <= highest):
                raise BadValueError(f"GCS {name} is {value!r}; it runs from 1 to {highest}, or NT.")

    @property
    def total(self) -> int | None:
        """The sum (3-15), or nothing while a component cannot be tested."""
        parts = (self.eye, self.verbal, self.motor)
        if any(isinstance(part, str) for part in parts):
            return None
        return sum(part for part in parts if isinstance(part, int))

    def __str__(self) -> str:
        return f"E{self.eye}V{self.verbal}M{self.motor}"


GCS_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "eye": ("none", "to pressure", "to sound", "spontaneous"),
        "verbal": ("none", "sounds", "words", "confused", "orientated"),
        "verbal_under_5": ("none", "moans", "cries to pain", "irritable cry", "coos, usual words"),
        "motor": (
            "none", "extension", "abnormal flexion", "normal flexion", "localises", "obeys",
        ),
    }
)  # fmt: skip
"""What each response looks like, from 1 upwards; children under 5 years have their own words."""


def gcs_severity(total: int) -> Literal["severe", "moderate", "mild"]:
    """Head injury by GCS: severe 3-8, moderate 9-12, mild 13-15."""
    return "severe" if total <= 8 else "moderate" if total <= 12 else "mild"


def gcs_pupils(total: int, unreactive_pupils: int) -> int:
    """GCS-P (1-15): GCS less the number of pupils that do not react (Brennan 2018)."""
    if unreactive_pupils not in (0, 1, 2):
        raise BadValueError(f"{unreactive_pupils} unreactive pupils; a patient has 0, 1 or 2.")
    return total - unreactive_pupils


AVPU_TO_GCS: Mapping[str, int] = MappingProxyType({"A": 15, "V": 13, "P": 8, "U": 3})
"""Rough map from AVPU to GCS; for orientation, never recorded as a measured GCS."""

# --- physiology: RTS (Champion 1989) --------------------------------------------------------------


def rts_codes(gcs: int, sbp: float, rr: float) -> tuple[int, int, int]:
    """Coded values (0-4) of GCS, systolic pressure and respiratory rate (Champion 1989)."""
    gcs_code = 4 if gcs >= 13 else 3 if gcs >= 9 else 2 if gcs >= 6 else 1 if gcs >= 4 else 0
    sbp_code = 4 if sbp > 89 else 3 if sbp >= 76 else 2 if sbp >= 50 else 1 if sbp >= 1 else 0
    rr_code = 3 if rr > 29 else 4 if rr >= 10 else 2 if rr >= 6 else 1 if rr >= 1 else 0
    return gcs_code, sbp_code, rr_code


def t_rts(gcs: int, sbp: float, rr: float) -> int:
    """Triage Revised Trauma Score, 0-12: the sum of the codes (Champion 1989)."""
    return sum(rts_codes(gcs, sbp, rr))


def t_rts_priority(score: int) -> Literal["delayed", "urgent", "immediate", "dead"]:
    """Triage Sort category: 12 delayed, 11 urgent, 1-10 immediate, 0 dead."""
    return (
        "delayed"
        if score >= 12
        else "urgent"
        if score == 11
        else "immediate"
        if score >= 1
        else "dead"
    )


def rts(gcs: int, sbp: float, rr: float) -> float:
    """Revised Trauma Score, 0-7.8408 (Champion 1989)."""
    gcs_code, sbp_code, rr_code = rts_codes(gcs, sbp, rr)
    return 0.9368 * gcs_code + 0.7326 * sbp_code + 0.2908 * rr_code


# --- anatomy: AIS, ISS (Baker 1974), NISS (Osler 1997) --------------------------------------------

ISS_REGIONS = ("head_neck", "face", "chest", "abdomen", "extremities", "external")
"""The six regions of the Injury Severity Score."""


def _checked(injuries: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    rows = list(injuries)
    for region, ais in rows:
        if region not in ISS_REGIONS:
            raise BadValueError(f"No ISS region '{region}'. Known: {', '.join(ISS_REGIONS)}.")
        if not 0 <= ais <= 6:
            raise BadValueError(f"AIS {ais} for {region}; it runs from 0 (none) to 6 (maximal).")
    return rows


def _three_squares(severities: Iterable[int]) -> int:
    worst = sorted(severities, reverse=True)[:3]
    return 75 if 6 in worst else sum(ais * ais for ais in worst)


def iss(injuries: Iterable[tuple[str, int]]) -> int:
    """Injury Severity Score: squares of the worst AIS in the three worst regions; AIS 6 is 75."""
    worst: dict[str, int] = {}
    for region, ais in _checked(injuries):
        worst[region] = max(ais, worst.get(region, 0))
    return _three_squares(worst.values())


def niss(injuries: Iterable[tuple[str, int]]) -> int:
    """New Injury Severity Score: squares of the three worst AIS, whatever the region."""
    return _three_squares(ais for _, ais in _checked(injuries))


POSSIBLE_ISS: frozenset[int] = frozenset(
    {sum(a * a for a in triple) for triple in combinations_with_replacement(range(6), 3)} | {75}
)
"""Totals that can occur; 7 and 15, for instance, cannot."""


def is_major_trauma(score: int) -> bool:
    """ISS or NISS above 15 (Utstein template: NISS)."""
    return score > 15


# --- survival: TRISS (Boyd 1987), MGAP (Sartorius 2010), GAP (Kondo 2011) -------------------------

Mechanism = Literal["blunt", "penetrating"]

TRISS_COEFFICIENTS: Mapping[str, Mapping[str, tuple[float, float, float, float]]] = (
    MappingProxyType(
        {
            "MTOS AIS-90": {
                "blunt": (-0.4499, 0.8085, -0.0835, -1.7430),
                "penetrating": (-2.5355, 0.9934, -0.0651, -1.1360),
            },
            "Boyd 1987 AIS-85": {
                "blunt": (-1.2470, 0.9544, -0.0768, -1.9052),
                "penetrating": (-0.6029, 1.1430, -0.1516, -2.6676),
            },
        }
    )
)
"""b0, b1 (RTS), b2 (ISS), b3 (age index) of the two published sets; always name the set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """A probability of survival with what it was computed from."""

    probability: float
    b: float
    coefficients: str
    row: Mechanism

    def __str__(self) -> str:
        return f"Ps {100 * self.probability:.1f} % (TRISS, {self.coefficients}, {self.row})"


def triss(
    rts_value: float,
    iss_value: int,
    age: float,
    mechanism: Mechanism,
    coefficients: str = "MTOS AIS-90",
) -> Survival:
    """TRISS probability of survival; under 15 years the blunt row serves every mechanism."""
    sets = TRISS_COEFFICIENTS.get(coefficients)
    if sets is None:
        known = ", ".join(TRISS_COEFFICIENTS)
        raise BadValueError(f"No TRISS coefficients '{coefficients}'. Known: {known}.")
    row: Mechanism = "blunt" if age < 15 else mechanism
    b0, b_rts, b_iss, b_age = sets[row]
    b = b0 + b_rts * rts_value + b_iss * iss_value + b_age * (0 if age <= 54 else 1)
    return Survival(probability=1 / (1 + math.exp(-b)), b=b, coefficients=coefficients, row=row)


def mgap(mechanism: Mechanism, gcs: int, age: float, sbp: float) -> int:
    """MGAP, 3-29 (Sartorius 2010)."""
    pressure = 5 if sbp > 120 else 3 if sbp >= 60 else 0
    return (4 if mechanism == "blunt" else 0) + gcs + (5 if age < 60 else 0) + pressure


def mgap_risk(score: int) -> Literal["low", "intermediate", "high"]:
    """Risk of death by MGAP: 23-29 low (< 5 %), 18-22 intermediate, 3-17 high (> 50 %)."""
    return "low" if score >= 23 else "intermediate" if score >= 18 else "high"


def gap(gcs: int, age: float, sbp: float) -> int:
    """GAP, 3-24 (Kondo 2011)."""
    return gcs + (3 if age < 60 else 0) + (6 if sbp > 120 else 4 if sbp >= 60 else 0)


def gap_risk(score: int) -> Literal["mild", "moderate", "severe"]:
    """Severity by GAP: 19-24 mild, 11-18 moderate, 3-10 severe."""
    return "mild" if score >= 19 else "moderate" if score >= 11 else "severe"


# --- shock indices --------------------------------------------------------------------------------


def shock_index(hr: float, sbp: float) -> float | None:
    """HR / SBP; nothing without a pressure. 0.5-0.7 is usual in adults."""
    return hr / sbp if sbp > 0 else None


def shock_class(si: float) -> Literal["none", "mild", "moderate", "severe"]:
    """Shock by index (Mutschler 2013): < 0.6, 0.6-1.0, 1.0-1.4, >= 1.4."""
    return "none" if si < 0.6 else "mild" if si < 1.0 else "moderate" if si < 1.4 else "severe"


def blood_loss_class(share_lost: float) -> Literal["I", "II", "III", "IV"]:
    """ATLS class (10th ed.) by the share of blood volume lost: < 15 %, 15-30, 31-40, > 40 %."""
    if share_lost < 0.15:
        return "I"
    return "II" if share_lost <= 0.30 else "III" if share_lost <= 0.40 else "IV"


def age_shock_index(age: float, hr: float, sbp: float) -> float | None:
    """Age times shock index; above 50 is bad."""
    si = shock_index(hr, sbp)
    return None if si is None else age * si


def modified_shock_index(hr: float, mean_pressure: float) -> float | None:
    """HR / MAP; above 1.3 is bad."""
    return hr / mean_pressure if mean_pressure > 0 else None


def delta_shock_index(scene: float, arrival: float) -> float:
    """Shock index on arrival less that at the scene; a rise above 0.1 is bad."""
    return arrival - scene


def reverse_shock_index_gcs(gcs: int, hr: float, sbp: float) -> float | None:
    """Reverse shock index times GCS (rSIG); early death is likelier below 14 (Kimura 2018)."""
    return gcs * sbp / hr if hr > 0 else None


def sipa_limit(age: float) -> float | None:
    """Shock index above which a child of 4 to 16 years is abnormal (SIPA, Acker 2015)."""
    if not 4 <= age < 17:
        return None
    return 1.22 if age < 7 else 1.0 if age < 13 else 0.9


# --- NEWS2 (Royal College of Physicians 2017) -----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class News2:
    """National Early Warning Score 2: total, points per item and the clinical risk."""

    total: int
    points: Mapping[str, int]

    @property
    def risk(self) -> Literal["low", "low-medium", "medium", "high"]:
        """0-4 low, any single 3 low-medium, 5-6 medium, 7 or more high."""
        if self.total >= 7:
            return "high"
        if self.total >= 5:
            return "medium"
        return "low-medium" if 3 in self.points.values() else "low"


def _spo2_points(spo2: float, on_oxygen: bool, scale: Literal[1, 2]) -> int:
    if scale == 1:
        return 3 if spo2 <= 91 else 2 if spo2 <= 93 else 1 if spo2 <= 95 else 0
    if spo2 <= 83:
        return 3
    if spo2 <= 85:
        return 2
    if spo2 <= 87:
        return 1
    if spo2 <= 92 or not on_oxygen:
        return 0
    return 1 if spo2 <= 94 else 2 if spo2 <= 96 else 3


def news2(
    *,
    rr: float,
    spo2: float,
    on_oxygen: bool,
    sbp: float,
    hr: float,
    consciousness: Literal["A", "C", "V", "P", "U"],
    temp: float,
    scale: Literal[1, 2] = 1,
) -> News2:
    """NEWS2; scale 2 for known hypercapnic failure. Not validated under 16 or in pregnancy."""
    points = {
        "rr": 3 if rr <= 8 else 1 if rr <= 11 else 0 if rr <= 20 else 2 if rr <= 24 else 3,
        "spo2": _spo2_points(spo2, on_oxygen, scale),
        "oxygen": 2 if on_oxygen else 0,
        "sbp": 3 if sbp <= 90 else 2 if sbp <= 100 else 1 if sbp <= 110 else 0 if sbp < 220 else 3,
        "hr": (
            3 if hr <= 40 else 1 if hr <= 50 else 0 if hr <= 90
            else 1 if hr <= 110 else 2 if hr <= 130 else 3
        ),
        "consciousness": 0 if consciousness == "A" else 3,
        "temp": (
            3 if temp <= 35.0 else 1 if temp <= 36.0 else 0 if temp <= 38.0
            else 1 if temp <= 39.0 else 2
        ),
    }  # fmt: skip
    return News2(total=sum(points.values()), points=MappingProxyType(points))


# --- massive transfusion --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A checklist score that knows what it does not know."""

    name: str
    source: str
    threshold: int
    score: int  # from the known items
    met: tuple[str, ...]
    unknown: tuple[str, ...]
    possible: int  # what the unknown items could still add

    @property
    def positive(self) -> bool | None:
        """True at the threshold; False when it is out of reach; nothing while it depends."""
        if self.score >= self.threshold:
            return True
        return None if self.score + self.possible >= self.threshold else False

    def __str__(self) -> str:
        unknown = f"; unknown: {', '.join(self.unknown)}" if self.unknown else ""
        return f"{self.name} {self.score} ({', '.join(self.met) or 'none met'}{unknown})"


def _tally(
    name: str, source: str, threshold: int, items: Mapping[str, tuple[int, bool | None]]
) -> Tally:
    return Tally(
        name=name,
        source=source,
        threshold=threshold,
        score=sum(points for points, met in items.values() if met),
        met=tuple(item for item, (_, met) in items.items() if met),
        unknown=tuple(item for item, (_, met) in items.items() if met is None),
        possible=sum(points for points, met in items.values() if met is None),
    )


def _at_least(value: float | None, limit: float) -> bool | None:
    return None if value is None else value >= limit


def _below(value: float | None, limit: float) -> bool | None:
    return None if value is None else value < limit


def abc(
    *,
    penetrating: bool | None,
    sbp: float | None,
    hr: float | None,
    fast_positive: bool | None,
) -> Tally:
    """ABC score, act at 2 (Nunez 2009). Children: see `Limits.abc` for their limits."""
    return _tally(
        "ABC",
        "Nunez 2009",
        2,
        {
            "penetrating": (1, penetrating),
            "SBP <= 90": (1, None if sbp is None else sbp <= 90),
            "HR >= 120": (1, _at_least(hr, 120)),
            "FAST positive": (1, fast_positive),
        },
    )


def abc_of_items(
    *,
    penetrating: bool | None,
    hypotensive: bool | None,
    tachycardic: bool | None,
    fast_positive: bool | None,
) -> Tally:
    """ABC from items that were judged already, for patients with limits of their own."""
    return _tally(
        "ABC",
        "Nunez 2009",
        2,
        {
            "penetrating": (1, penetrating),
            "hypotension": (1, hypotensive),
            "tachycardia": (1, tachycardic),
            "FAST positive": (1, fast_positive),
        },
    )


def rabt(
    *,
    penetrating: bool | None,
    si: float | None,
    pelvic_fracture: bool | None,
    fast_positive: bool | None,
) -> Tally:
    """RABT score, act at 2 (Joseph 2018)."""
    return _tally(
        "RABT",
        "Joseph 2018",
        2,
        {
            "penetrating": (1, penetrating),
            "shock index >= 1": (1, _at_least(si, 1.0)),
            "pelvic fracture": (1, pelvic_fracture),
            "FAST positive": (1, fast_positive),
        },
    )


def tash(
    *,
    male: bool,
    sbp: float,
    hr: float,
    hb: float,
    be: float,
    fast_positive: bool,
    unstable_pelvis: bool,
    open_or_displaced_femur: bool,
) -> int:
    """TASH points, 0-28 (Yuecel 2006). Haemoglobin in g/dL, base excess in mmol/L."""
    return (
        (1 if male else 0)
        + (4 if sbp < 100 else 1 if sbp < 120 else 0)
        + (
            8
            if hb < 7
            else 6
            if hb < 9
            else 4
            if hb < 10
            else 3
            if hb < 11
            else 2
            if hb < 12
            else 0
        )
        + (3 if fast_positive else 0)
        + (6 if unstable_pelvis else 0)
        + (3 if open_or_displaced_femur else 0)
        + (2 if hr > 120 else 0)
        + (4 if be < -10 else 3 if be < -6 else 1 if be < -2 else 0)
    )


def tash_probability(points: int) -> float:
    """Probability of massive transfusion by TASH; about 50 % at 16 (Yuecel 2006)."""
    return 1 / (1 + math.exp(4.9 - 0.3 * points))


def mclaughlin(
    *, hr: float | None, sbp: float | None, ph: float | None, hct: float | None
) -> Tally:
    """McLaughlin criteria (2008): each raises the risk, all four mean about 80 %. Hct in %."""
    return _tally(
        "McLaughlin",
        "McLaughlin 2008",
        4,
        {
            "HR > 105": (1, None if hr is None else hr > 105),
            "SBP < 110": (1, _below(sbp, 110)),
            "pH < 7.25": (1, _below(ph, 7.25)),
            "Hct < 32 %": (1, _below(hct, 32)),
        },
    )


def code_red(
    *, sbp: float | None, bleeding_suspected: bool | None, poor_response_to_fluid: bool | None
) -> Tally:
    """Code Red (London HEMS): SBP < 90, suspected bleeding and poor response, all three."""
    return _tally(
        "Code Red",
        "London HEMS practice",
        3,
        {
            "SBP < 90": (1, _below(sbp, 90)),
            "bleeding suspected": (1, bleeding_suspected),
            "poor response to fluid": (1, poor_response_to_fluid),
        },
    )


def critical_administrations(red_cell_times_s: Sequence[float]) -> int:
    """How many separate hours within 24 h of the first unit held 3 red cell units (Savage 2013).

    1 or more is CAT positive. Times are seconds of the start of each unit.
    """
    times = sorted(red_cell_times_s)
    times = [at for at in times if at - times[0] <= 24 * 3600]
    count, first = 0, 0
    while first + 2 < len(times):
        if times[first + 2] - times[first] <= 3600:
            count += 1
            end = times[first] + 3600
            while first < len(times) and times[first] <= end:
                first += 1
        else:
            first += 1
    return count


def is_massive_transfusion(red_cell_times_s: Sequence[float]) -> bool:
    """At least 10 units in 24 h, or at least 4 in 1 h; times in seconds."""
    times = sorted(red_cell_times_s)
    return any(
        times[last] - times[last - need + 1] <= within_s
        for need, within_s in ((10, 24 * 3600), (4, 3600))
        for last in range(need - 1, len(times))
    )

"""Clinical patterns of more than one limit: tension, response, head CT, hidden shock, clocks.

Pure functions of known facts; None stands for a fact that nobody knows, and an unknown fact never
counts for or against. Pressures mmHg, rates per minute, SpO2 %, times in minutes unless named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from environment.errors import BadValueError, did_you_mean
from environment.model.limits import Limits, is_late_pregnancy

Priority = Literal["high", "medium", "low"]

# --- BRE-03: tension (ATLS 10, ERC 2021) ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Signs that are present, with the words that an alert shows."""

    present: tuple[str, ...]
    words: str
    positive: bool


def tension_signs(
    *,
    spo2: float | None = None,
    rr: float | None = None,
    hr: float | None = None,
    breath_sounds_absent: bool | None = None,
    sbp_fall_5_min: float | None = None,
    airway_pressure_high: bool | None = None,
    decompressed: bool = False,
) -> Signs:
    """Signs of a tension pneumothorax with a chest injury: two of six are enough.

    Once that side is decompressed, one of the two must be SpO2, breath sounds or airway pressure:
    a fast pulse and a falling pressure alone are bleeding then.
    """
    tests: list[tuple[str, str, bool]] = [
        ("spo2", f"SpO2 {spo2:.0f}" if spo2 is not None else "", spo2 is not None and spo2 < 92),
        ("rr", f"RR {rr:.0f}" if rr is not None else "", rr is not None and rr > 30),
        ("breath_sounds", "no breath sounds", breath_sounds_absent is True),
        ("hr", f"HR {hr:.0f}" if hr is not None else "", hr is not None and hr > 120),
        (
            "sbp_fall",
            f"SBP down {sbp_fall_5_min:.0f} in 5 min" if sbp_fall_5_min is not None else "",
            sbp_fall_5_min is not None and sbp_fall_5_min > 20,
        ),
        ("airway_pressure", "airway pressure high", airway_pressure_high is True),
    ]
    present = tuple(name for name, _, met in tests if met)
    of_the_chest = {"spo2", "breath_sounds", "airway_pressure"} & set(present)
    return Signs(
        present=present,
        words=", ".join(words for _, words, met in tests if met),
        positive=len(present) >= 2 and (not decompressed or bool(of_the_chest)),
    )


# --- HAE-14: response to volume (ATLS 10; times and volumes are engineering defaults) -------------

Response = Literal["responder", "transient", "non_responder", "waiting"]

RESPONSE_HOLD_S = 600.0
RESPONSE_SBP = 90.0
RESPONSE_WAIT_S = 300.0


def response_to_volume(
    readings: Sequence[tuple[float, float]], volume_at_s: float | None
) -> Response:
    """How pressure answered to the first 500 mL or 2 products, complete at `volume_at_s`.

    `readings` are (time in s, SBP), oldest first. Reached 90 and held it for ten minutes:
    responder; reached and lost it: transient; not reached within five minutes: non-responder.
    """
    if volume_at_s is None:
        return "waiting"
    after = [(at, sbp) for at, sbp in readings if at >= volume_at_s]
    reached = next((at for at, sbp in after if sbp >= RESPONSE_SBP), None)
    if reached is None:
        waited = bool(after) and after[-1][0] - volume_at_s >= RESPONSE_WAIT_S
        return "non_responder" if waited else "waiting"
    if any(sbp < RESPONSE_SBP for at, sbp in after if at > reached):
        return "transient"
    return "responder" if after[-1][0] - reached >= RESPONSE_HOLD_S else "waiting"


# --- NEU-05: CT of the head (NICE NG232 2023, adults) ---------------------------------------------

CT_WITHIN_1_H: Mapping[str, str] = MappingProxyType(
    {
        "gcs_12": "GCS 12 or less at first",
        "gcs_14_at_2_h": "GCS below 15 two hours after injury",
        "skull_fracture": "open or depressed skull fracture suspected",
        "basal_fracture": "signs of a basal skull fracture",
        "seizure": "seizure after the injury",
        "focal_deficit": "focal deficit",
        "vomiting": "vomited more than once",
    }
)
CT_WITHIN_8_H_WITH_LOSS: Mapping[str, str] = MappingProxyType(
    {
        "age_65": "65 or older",
        "bleeding_disorder": "bleeding disorder",
        "dangerous_mechanism": "dangerous mechanism",
        "retrograde_amnesia_30_min": "amnesia of over 30 min before the injury",
    }
)
"""Count with loss of consciousness or amnesia."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCt:
    """Whether the head wants a CT, within what time, and why."""

    within_h: float | None  # None: no criterion met
    reasons: tuple[str, ...]
    consider: tuple[str, ...] = ()  # reasons to think of it, no criterion

    @property
    def is_indicated(self) -> bool:
        """Whether a criterion is met."""
        return self.within_h is not None


def head_ct(
    *,
    age: float,
    first_gcs: int | None = None,
    gcs: int | None = None,
    since_injury_h: float | None = None,
    findings: Collection[str] = (),
    loss_of_consciousness_or_amnesia: bool | None = None,
    anticoagulated: bool = False,
    bleeding_disorder: bool = False,
) -> HeadCt:
    """CT criteria after a head injury in adults.

    `findings` are keys of the two tables. A bleeding disorder that the passport names asks for a CT
    within the hour whatever the rest (engineering decision: factor first, CT after).
    """
    known = {**CT_WITHIN_1_H, **CT_WITHIN_8_H_WITH_LOSS}
    for finding in findings:
        if finding not in known:
            raise BadValueError(f"No CT criterion '{finding}'.{did_you_mean(finding, known)}")
    met = set(findings)
    if first_gcs is not None and first_gcs <= 12:
        met.add("gcs_12")
    if gcs is not None and gcs < 15 and since_injury_h is not None and since_injury_h >= 2:
        met.add("gcs_14_at_2_h")
    if age >= 65:
        met.add("age_65")
    urgent = [text for key, text in CT_WITHIN_1_H.items() if key in met]
    if bleeding_disorder:
        urgent.append("bleeding disorder in the passport")
    consider = ("takes an anticoagulant",) if anticoagulated else ()
    if urgent:
        return HeadCt(within_h=1.0, reasons=tuple(urgent), consider=consider)
    later = [text for key, text in CT_WITHIN_8_H_WITH_LOSS.items() if key in met]
    if later and loss_of_consciousness_or_amnesia:
        return HeadCt(within_h=8.0, reasons=tuple(later), consider=consider)
    return HeadCt(within_h=None, reasons=(), consider=consider)


# --- HAE-11, HAE-12, MET-01, MET-02, BRE-01: one value, several priorities ------------------------


def temperature_priority(temp: float, limits: Limits) -> Priority | None:
    """HAE-11: below 36 low, 35 medium, 32 high, or the passport's limits."""
    if temp < limits.temp_high:
        return "high"
    if temp < limits.temp_medium:
        return "medium"
    return "low" if temp < limits.temp_low else None


def saturation_priority(spo2: float, limits: Limits) -> Priority | None:
    """BRE-01: below 94 medium, below 90 high, or the passport's limits."""
    if spo2 < limits.spo2_high:
        return "high"
    return "medium" if spo2 < limits.spo2_medium else None


def hidden_shock_priority(
    limits: Limits,
    *,
    lactate: float | None = None,
    be: float | None = None,
    ph: float | None = None,
) -> Priority | None:
    """HAE-12: lactate or base excess medium, pH high."""
    if ph is not None and ph < limits.ph_high:
        return "high"
    by_lactate = lactate is not None and lactate >= limits.lactate_medium
    by_base = be is not None and be <= limits.be_medium
    return "medium" if by_lactate or by_base else None


def fibrinogen_priority(
    limits: Limits, *, fibrinogen: float | None = None, fibtem_a5: float | None = None
) -> Priority | None:
    """HAE-10: 1.5 g/L or less (late in pregnancy below 2.0), or FIBTEM A5 below 9 mm."""
    low = fibrinogen is not None and (
        fibrinogen < limits.fibrinogen
        or (fibrinogen == limits.fibrinogen and not is_late_pregnancy(limits.pregnancy_weeks))
    )
    return "medium" if low or (fibtem_a5 is not None and fibtem_a5 < limits.fibtem_a5) else None


def potassium_priority(
    k: float | None, limits: Limits, *, wide_qrs: bool = False
) -> Priority | None:
    """MET-01: 6.0 medium, 6.5 or a wide QRS high."""
    if wide_qrs or (k is not None and k >= limits.k_high):
        return "high"
    return "medium" if k is not None and k >= limits.k_medium else None


def glucose_priority(glucose: float, limits: Limits) -> Priority | None:
    """MET-02: below 4 medium, below 3 high."""
    if glucose < limits.glucose_high:
        return "high"
    return "medium" if glucose < limits.glucose_medium else None


def tourniquet_priority(minutes: float, limits: Limits) -> Priority | None:
    """HAE-06: 60, 90 and 120 min from its own start, or the passport's shorter times."""
    if minutes >= limits.tourniquet_high_min:
        return "high"
    if minutes >= limits.tourniquet_medium_min:
        return "medium"
    return "low" if minutes >= limits.tourniquet_low_min else None


# --- clocks ---------------------------------------------------------------------------------------

Since = Literal["injury", "arrival_at_patient", "arrival_in_hospital", "start", "passport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment at which a clock speaks: minutes since a named start, at a priority."""

    minutes: float
    since: Since
    priority: Priority


TXA_WINDOW_MIN = 180.0
"""Minutes from injury in which tranexamic acid may be started (CRASH-2 2010)."""

CLOCKS: Mapping[str, tuple[Step, ...]] = MappingProxyType(
    {
        "HAE-04": (
            Step(minutes=20, since="arrival_at_patient", priority="medium"),
            Step(minutes=60, since="injury", priority="medium"),
            Step(minutes=120, since="injury", priority="high"),
            Step(minutes=165, since="injury", priority="high"),
        ),
        "HAE-15 zone 1": (
            Step(minutes=20, since="start", priority="medium"),
            Step(minutes=30, since="start", priority="high"),
        ),
        "HAE-15 zone 3": (
            Step(minutes=45, since="start", priority="medium"),
            Step(minutes=60, since="start", priority="high"),
        ),
        "HAE-16": (Step(minutes=15, since="arrival_in_hospital", priority="high"),),
        "NEU-05": (
            Step(minutes=30, since="arrival_in_hospital", priority="low"),
            Step(minutes=60, since="arrival_in_hospital", priority="medium"),
        ),
        "INF-01": (
            Step(minutes=45, since="injury", priority="low"),
            Step(minutes=60, since="injury", priority="medium"),
        ),
        "PRO-04": (Step(minutes=60, since="arrival_in_hospital", priority="medium"),),
        "AIR-03": (Step(minutes=15, since="start", priority="medium"),),
    }
)
"""Moments at which a rule with a clock speaks, each once, until something silences it."""


def due(clock: str, now_s: float, starts_s: Mapping[Since, float]) -> tuple[Step, ...]:
    """The steps of a clock that have come, oldest first; a start that is unknown has not begun."""
    steps = CLOCKS.get(clock)
    if steps is None:
        raise BadValueError(f"No clock '{clock}'.{did_you_mean(clock, CLOCKS)}")
    return tuple(
        step
        for step in steps
        if step.since in starts_s and now_s - starts_s[step.since] >= step.minutes * 60
    )


def txa_closes_s(injury_s: float) -> float:
    """Scenario time at which the window for tranexamic acid closes."""
    return injury_s + TXA_WINDOW_MIN * 60


def txa_is_late(given_s: float, injury_s: float) -> bool:
    """HAE-05: recorded or ordered more than 3 h after injury."""
    return given_s > txa_closes_s(injury_s)

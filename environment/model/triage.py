"""Field triage, mass-casualty sieves, team activation and the audit of over- and under-triage.

The field items are the rows of `data/triage.toml`: RED items send the patient to the highest-level
centre, YELLOW items to a trauma centre (National Guideline for the Field Triage of Injured Patients
2021; Newgard et al., J Trauma Acute Care Surg 2022).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from environment.errors import BadValueError, did_you_mean

Colour = Literal["red", "yellow"]
Group = Literal["injury", "physiology", "mechanism", "judgement"]
Severity = Literal["severe", "ask", "not_severe"]
Tag = Literal["red", "yellow", "green", "black"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One criterion of the field triage guideline."""

    id: str
    text: str
    colour: Colour
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What the field criteria say about one patient, and what is not known yet."""

    red: tuple[Item, ...]
    yellow: tuple[Item, ...]
    unknown: tuple[str, ...]  # vital signs that nobody has measured
    severity: Severity
    dynamic: bool  # any YELLOW mechanism item
    physiological: bool  # any RED vital-sign item
    anatomical: bool  # any RED injury pattern

    @property
    def reasons(self) -> tuple[str, ...]:
        """The ids of all items met, RED first."""
        return tuple(item.id for item in (*self.red, *self.yellow))


def _load() -> Mapping[str, Item]:
    rows = tomllib.loads((Path(__file__).parent / "data" / "triage.toml").read_text("utf-8"))
    return MappingProxyType({row["id"]: Item(**row) for row in rows["item"]})


ITEMS: Mapping[str, Item] = _load()
"""Every field criterion, by id, in the order of the guideline."""

OBSERVABLE: tuple[Item, ...] = tuple(
    row for row in ITEMS.values() if row.group != "physiology" or row.id == "respiratory_distress"
)
"""What a rescuer ticks; the other physiology items follow from the vital signs."""


def item(item_id: str) -> Item:
    """The criterion with this id; names the nearest one when there is none."""
    found = ITEMS.get(item_id)
    if found is None:
        raise BadValueError(f"No field triage item '{item_id}'.{did_you_mean(item_id, ITEMS)}")
    return found


def hypotension_below(age: float) -> float:
    """SBP below which the field guideline is RED: 70 + 2*age (0-9), 90 (10-64), 110 (65+)."""
    if age < 10:
        return 70 + 2 * int(age)
    return 90 if age < 65 else 110


def _vital_items(vitals: Mapping[str, float | None], age: float, on_oxygen: bool) -> list[str]:
    hr, sbp, rr = vitals.get("hr"), vitals.get("sbp"), vitals.get("rr")
    motor, spo2 = vitals.get("gcs_motor"), vitals.get("spo2")
    tests = {
        "cannot_follow_commands": motor is not None and motor < 6,
        "respiratory_rate": rr is not None and not 10 <= rr <= 29,
        "low_saturation": spo2 is not None and not on_oxygen and spo2 < 90,
        "hypotension_for_age": sbp is not None and sbp < hypotension_below(age),
        "pulse_above_pressure": age >= 10 and hr is not None and sbp is not None and hr > sbp,
    }
    return [item_id for item_id, met in tests.items() if met]


def assess(
    findings: Collection[str],
    vitals: Mapping[str, float | None],
    age: float,
    *,
    on_oxygen: bool = False,
) -> Triage:
    """Judge a patient by the field guideline.

    `findings` are ids of ticked items; `vitals` holds gcs_motor, rr, spo2, sbp, hr where known.
    Saturation counts on room air only. A RED item decides; YELLOW alone asks the rescuer.
    """
    met = {found.id for found in map(item, findings)} | set(_vital_items(vitals, age, on_oxygen))
    red = tuple(row for row in ITEMS.values() if row.id in met and row.colour == "red")
    yellow = tuple(row for row in ITEMS.values() if row.id in met and row.colour == "yellow")
    return Triage(
        red=red,
        yellow=yellow,
        unknown=tuple(
            key for key in ("gcs_motor", "rr", "spo2", "sbp", "hr") if vitals.get(key) is None
        ),
        severity="severe" if red else "ask" if yellow else "not_severe",
        dynamic=any(row.group == "mechanism" for row in yellow),
        physiological=any(row.group == "physiology" for row in red),
        anatomical=any(row.group == "injury" for row in red),
    )


# --- mass casualty --------------------------------------------------------------------------------


def start(
    *,
    walks: bool,
    breathes: bool,
    breathes_after_airway: bool = False,
    rr: float | None = None,
    radial_pulse: bool | None = None,
    crt_s: float | None = None,
    obeys: bool | None = None,
) -> Tag:
    """START for adults: walk, breathe, rate 30, radial pulse or refill 2 s, commands."""
    if walks:
        return "green"
    if not breathes:
        return "red" if breathes_after_airway else "black"
    too_fast = rr is not None and rr > 30
    no_perfusion = radial_pulse is False or (
        radial_pulse is None and crt_s is not None and crt_s > 2
    )
    return "red" if too_fast or no_perfusion or obeys is False else "yellow"


def jumpstart(
    *,
    walks: bool,
    breathes: bool,
    breathes_after_airway: bool = False,
    pulse: bool = True,
    breathes_after_five_breaths: bool = False,
    rr: float | None = None,
    avpu: Literal["A", "V", "P", "U"] | None = None,
    pain_response_appropriate: bool = True,
) -> Tag:
    """JumpSTART for 1 to 8 years: apnoea with a pulse earns five rescue breaths first."""
    if walks:
        return "green"
    if not breathes:
        if breathes_after_airway:
            return "red"
        return "red" if pulse and breathes_after_five_breaths else "black"
    if rr is not None and not 15 <= rr <= 45:
        return "red"
    if not pulse or avpu == "U" or (avpu == "P" and not pain_response_appropriate):
        return "red"
    return "yellow"


# --- activation and audit -------------------------------------------------------------------------

FULL_ACTIVATION: Mapping[str, str] = MappingProxyType(
    {
        "hypotension": "systolic pressure below 90 at any time, or low for the child's age",
        "gunshot": "gunshot to neck, chest, abdomen, or limb above elbow or knee",
        "gcs": "GCS below 9 from the injury",
        "transfer_with_blood": "transferred while receiving blood",
        "airway": "intubated at the scene, or breathing or airway at risk",
        "physician": "the emergency physician asks for it",
    }
)
"""Minimum criteria of a full trauma-team activation (ACS, Resources for Optimal Care)."""


def full_activation(
    *,
    age: float,
    lowest_sbp: float | None = None,
    gunshot_central_or_proximal: bool = False,
    gcs: int | None = None,
    transfer_with_blood: bool = False,
    airway_or_breathing_at_risk: bool = False,
    physician_asks: bool = False,
) -> tuple[str, ...]:
    """Which minimum criteria for the full team are met (ids of `FULL_ACTIVATION`)."""
    limit = 90 if age >= 16 else min(90, 70 + 2 * int(age))
    tests = {
        "hypotension": lowest_sbp is not None and lowest_sbp < limit,
        "gunshot": gunshot_central_or_proximal,
        "gcs": gcs is not None and gcs < 9,
        "transfer_with_blood": transfer_with_blood,
        "airway": airway_or_breathing_at_risk,
        "physician": physician_asks,
    }
    return tuple(name for name, met in tests.items() if met)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cribari:
    """Over- and under-triage of a session by the Cribari matrix, as counts first."""

    full_major: int  # full activation, ISS > 15
    full_minor: int  # full activation, ISS <= 15
    other_major: int  # no full activation, ISS > 15
    other_minor: int  # no full activation, ISS <= 15

    @property
    def under_triage(self) -> float | None:
        """Share of severe injuries among those without full activation; aim below 5 %."""
        others = self.other_major + self.other_minor
        return self.other_major / others if others else None

    @property
    def over_triage(self) -> float | None:
        """Share of minor injuries among full activations; aim 25-35 %."""
        full = self.full_major + self.full_minor
        return self.full_minor / full if full else None

    def __str__(self) -> str:
        parts = (
            ("under-triage", self.other_major, self.other_major + self.other_minor),
            ("over-triage", self.full_minor, self.full_major + self.full_minor),
        )
        return "; ".join(
            f"{name} {count}/{of}" + (f" ({100 * count / of:.0f} %)" if of >= 10 else "")
            for name, count, of in parts
        )


def cribari(cases: Iterable[tuple[bool, int]]) -> Cribari:
    """Count (full activation, ISS) pairs. Rates below 10 cases are never shown alone."""
    counts = {(full, major): 0 for full in (True, False) for major in (True, False)}
    for full, score in cases:
        counts[(full, score > 15)] += 1
    return Cribari(
        full_major=counts[(True, True)],
        full_minor=counts[(True, False)],
        other_major=counts[(False, True)],
        other_minor=counts[(False, False)],
    )

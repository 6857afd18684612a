"""What a patient passport changes: hazards of rare diseases as data, cards and conflicts.

The rows live in `data/rare_diseases.toml` (own words; the key of the clinical source beside each).
A row may add drugs to avoid, start a short clock, move a threshold or reword a rule; `limits.py`
and `catalogue.py` read it from here. For training and research, not for the care of patients.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from environment.errors import BadValueError, did_you_mean

ClockKind = Literal["steroid", "glucose", "factor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orpha:
    """One ORPHA code; `checked` says whether name and number were matched in a public file."""

    code: int
    label: str
    checked: bool

    def __str__(self) -> str:
        return f"ORPHA:{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """One machine-readable change of a threshold of `limits.Limits`."""

    threshold: str
    value: float | None = None  # the new value, or
    baseline: str | None = None  # the key of the passport's baseline that it follows
    times: float = 1.0
    plus: float = 0.0
    looser: bool = False  # may alarm later than usual (a low usual saturation, say)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseStep:
    """A dose for patients younger than `under_age` (the last step has none)."""

    amount: float | None = None
    per_kg: float | None = None
    maximum: float | None = None
    under_age: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortClock:
    """A drug that must not wait: ask at `medium_min`, insist at `high_min` after the card."""

    kind: ClockKind
    drugs: tuple[str, ...]  # any of these stops the clock; the first is the one to name
    unit: str
    steps: tuple[DoseStep, ...]
    medium_min: float = 5.0
    high_min: float = 10.0

    def dose(self, weight_kg: float | None, age: float | None) -> float | None:
        """The amount in `unit` for this patient; nothing while the weight it needs is unknown."""
        for step in self.steps:
            if step.under_age is not None and (age is None or age >= step.under_age):
                continue
            if step.amount is not None:
                return step.amount
            if step.per_kg is None or weight_kg is None:
                return None
            amount = step.per_kg * weight_kg
            return amount if step.maximum is None else min(amount, step.maximum)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MustContinue:
    """A medicine whose omission is itself a hazard."""

    drug: str  # catalogue id, or the medicine's name
    text: str
    max_gap_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RareDisease:
    """One row: what threatens this patient after trauma, what to do and what never to do."""

    key: str
    number: int
    label: str
    orpha: tuple[Orpha, ...]
    hazard: str
    do: tuple[str, ...]
    avoid: tuple[str, ...]
    source: str
    do_drugs: tuple[str, ...] = ()
    avoid_drugs: tuple[str, ...] = ()  # catalogue ids
    avoid_classes: tuple[str, ...] = ()  # class tags of the catalogue
    avoid_procedures: tuple[str, ...] = ()  # catalogue ids of procedures
    avoid_routes: tuple[str, ...] = ()  # im, for instance
    alternative: str = ""  # in general; see also `alternatives`
    alternatives: Mapping[str, str] = field(default_factory=dict)  # drug or class -> instead
    must_continue: tuple[MustContinue, ...] = ()
    adapts: tuple[Adaptation, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)  # rule id -> words added to its text
    senior_decision: tuple[str, ...] = ()  # drugs shown as a question, never as advice
    dose_factors: Mapping[str, float] = field(default_factory=dict)  # class -> share of the maximum
    clock: ShortClock | None = None

    @property
    def is_checked(self) -> bool:
        """Whether every code of the row was matched by name."""
        return all(code.checked for code in self.orpha)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The passport's card of one condition (PAS-01), in the order in which it is read."""

    title: str
    hazard: str
    do: tuple[str, ...]
    avoid: tuple[str, ...]
    must_continue: tuple[str, ...]
    source: str

    def __str__(self) -> str:
        lines = [f"{self.title}: {self.hazard}", f"DO {'; '.join(self.do)}"]
        if self.avoid:
            lines.append(f"AVOID {'; '.join(self.avoid)}")
        if self.must_continue:
            lines.append(f"CONTINUE {'; '.join(self.must_continue)}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two conditions that ask for opposite things. Both are shown; the clinician decides."""

    first: str
    second: str
    text: str


def _clock(raw: dict[str, Any]) -> ShortClock:
    plain = {key: value for key, value in raw.items() if key not in ("drugs", "steps")}
    steps = tuple(DoseStep(**step) for step in raw["steps"])
    return ShortClock(drugs=tuple(raw["drugs"]), steps=steps, **plain)


def _disease(raw: dict[str, Any], number: int) -> RareDisease:
    row: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()
    }
    row["orpha"] = tuple(Orpha(**code) for code in raw["orpha"])
    row["adapts"] = tuple(Adaptation(**change) for change in raw.get("adapts", ()))
    row["must_continue"] = tuple(MustContinue(**entry) for entry in raw.get("must_continue", ()))
    row["alternatives"] = MappingProxyType(raw.get("alternatives", {}))
    row["rules"] = MappingProxyType(raw.get("rules", {}))
    row["dose_factors"] = MappingProxyType(raw.get("dose_factors", {}))
    row["clock"] = _clock(raw["clock"]) if "clock" in raw else None
    return RareDisease(number=number, **row)


@cache
def _tables() -> tuple[Mapping[str, RareDisease], tuple[Conflict, ...]]:
    path = Path(__file__).parent / "data" / "rare_diseases.toml"
    raw = tomllib.loads(path.read_text("utf-8"))
    rows = [_disease(row, number) for number, row in enumerate(raw["disease"], start=1)]
    conflicts = tuple(Conflict(**row) for row in raw["conflict"])
    return MappingProxyType({row.key: row for row in rows}), conflicts


RARE_DISEASES: Mapping[str, RareDisease] = _tables()[0]
"""Every condition, by key, in table order."""

_BY_ORPHA: Mapping[int, RareDisease] = MappingProxyType(
    {code.code: row for row in RARE_DISEASES.values() for code in row.orpha}
)


def disease(key: str) -> RareDisease:
    """The row with this key; names the nearest one when there is none."""
    row = RARE_DISEASES.get(key)
    if row is None:
        raise BadValueError(f"No rare disease '{key}'.{did_you_mean(key, RARE_DISEASES)}")
    return row


def orpha_code(condition: object) -> int | None:
    """The ORPHA number in 98878, "98878", "ORPHA:98878" or a passport entry with `orpha`."""
    if isinstance(condition, Mapping):
        return orpha_code(condition.get("orpha"))
    if isinstance(condition, bool) or condition is None:
        return None
    digits = str(condition).strip().upper().removeprefix("ORPHA").lstrip(":_ ")
    return int(digits) if digits.isdigit() else None


def hazards_for(conditions: Iterable[object]) -> tuple[RareDisease, ...]:
    """The rows that a passport's conditions name, each once, in table order.

    A condition is an ORPHA code in any spelling, a passport entry, or a key of the table. A
    condition that the table does not hold adds nothing: see `unmatched`.
    """
    found: set[str] = set()
    for condition in conditions:
        row = _row(condition)
        if row is not None:
            found.add(row.key)
    return tuple(row for row in RARE_DISEASES.values() if row.key in found)


def _row(condition: object) -> RareDisease | None:
    code = orpha_code(condition)
    if code is not None:
        return _BY_ORPHA.get(code)
    return RARE_DISEASES.get(condition) if isinstance(condition, str) else None


def unmatched(conditions: Iterable[object]) -> tuple[object, ...]:
    """The conditions for which the table has no row: say so, never treat them as harmless."""
    return tuple(condition for condition in conditions if _row(condition) is None)


def card(row: RareDisease) -> Card:
    """The card that PAS-01 shows."""
    code = ", ".join(str(code) + ("" if code.checked else " (unchecked)") for code in row.orpha)
    return Card(
        title=f"{row.label} ({code})",
        hazard=row.hazard,
        do=row.do,
        avoid=row.avoid,
        must_continue=tuple(entry.text for entry in row.must_continue),
        source=row.source,
    )


def conflicts(
    hazards: Sequence[RareDisease], conditions: Iterable[str] = ()
) -> tuple[Conflict, ...]:
    """Pairs that pull in opposite directions, among hazards and other conditions of the case.

    `conditions` are words for the case: tbi, bleeding, asthma, hypotension. What one row's `do`
    names and another row avoids is found too.
    """
    keys = {row.key for row in hazards} | set(conditions)
    named = [row for row in _tables()[1] if row.first in keys and row.second in keys]
    pairs = {frozenset((row.first, row.second)) for row in named}
    for one in hazards:
        for other in hazards:
            opposed = set(one.do_drugs) & (set(other.avoid_drugs) | set(other.senior_decision))
            if one.key != other.key and opposed and frozenset((one.key, other.key)) not in pairs:
                drugs = ", ".join(sorted(opposed)).replace("_", " ")
                text = f"{one.label} asks for {drugs}; {other.label} speaks against it"
                named.append(Conflict(first=one.key, second=other.key, text=text))
    return tuple(named)

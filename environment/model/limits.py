"""Thresholds that depend on the patient: age, weight, pregnancy and the passport.

`Limits.for_patient` gives every threshold that the alert rules use, each named, and says which of
them differ from an ordinary adult's and why. Pressures mmHg, rates per minute, SpO2 %, temperature
degrees Celsius, times in minutes unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

from environment.errors import BadValueError, did_you_mean
from environment.model.hazards import Adaptation, RareDisease
from environment.model.scores import Tally, abc, abc_of_items, shock_index, sipa_limit

ADULT_FROM = 16.0
"""Years from which the general thresholds apply."""


# --- pure rules -----------------------------------------------------------------------------------


def hypotension_limit(age: float) -> float:
    """SBP below which pressure is low for age (ATLS 10; field triage guideline 2021 for 65+)."""
    if age >= 65:
        return 110.0
    return 90.0 if age >= ADULT_FROM else min(90.0, 70.0 + 2 * int(age))


def shock_index_limits(
    age: float, pregnancy_weeks: float | None = None
) -> tuple[float | None, float | None]:
    """Shock index for a medium and a high alert; both are "at or above".

    0.9 and 1.0 in adults (Cannon 2009, Mutschler 2013); 1.0 and 1.1 after 20 weeks of pregnancy
    (engineering default: pulse +10-15, pressure -10); 4-15 years the SIPA limit, high only, "above"
    (Acker 2015); younger children none.
    """
    if age < ADULT_FROM:
        return None, sipa_limit(age)
    if is_late_pregnancy(pregnancy_weeks):
        return 1.0, 1.1
    return 0.9, 1.0


def is_late_pregnancy(weeks: float | None) -> bool:
    """More than 20 weeks."""
    return weeks is not None and weeks > 20


def tbi_sbp_limit(age: float) -> float:
    """Lowest SBP to accept with brain injury: 110, 100 at 50-69 y (Brain Trauma Foundation, 4th).

    Under 15 years the limit of hypotension for age stands in (engineering default).
    """
    if age < 15:
        return hypotension_limit(age)
    return 100.0 if 50 <= age < 70 else 110.0


def fibrinogen_limit(pregnancy_weeks: float | None = None) -> float:
    """Fibrinogen in g/L to treat: 1.5 or less (European guideline 2023); under 2.0 in pregnancy."""
    return 2.0 if is_late_pregnancy(pregnancy_weeks) else 1.5


def weight_for_age(age: float) -> float:
    """Estimated weight in kg from 1 to 10 years, 2*(age + 4) (ALSG); 70 kg from 16 years."""
    if age < 1:
        return 4.0 + 6.0 * age  # newborn to one year, the range of the ATLS table
    if age <= 10:
        return 2.0 * (age + 4.0)
    return min(70.0, 28.0 + (age - 10.0) * 7.0)  # engineering default: straight line to 70 kg


def crystalloid_limit_ml(age: float, weight_kg: float | None = None) -> float:
    """Total crystalloid before a warning: 1000 mL (ATLS 10, NICE NG39), 20 mL/kg under 16."""
    if age >= ADULT_FROM:
        return 1000.0
    return 20.0 * (weight_kg if weight_kg is not None else weight_for_age(age))


def scene_time_limit_min(*, entrapped: bool) -> float:
    """Minutes at the scene with a RED criterion: 10 (PHTLS), 20 when trapped."""
    return 20.0 if entrapped else 10.0


def blood_volume_ml(
    age: float, weight_kg: float, pregnancy_weeks: float | None = None, *, obese: bool = False
) -> float:
    """Blood volume: 70 mL/kg adult, 80 child, 90 infant, 55 obese; x1.45 late in pregnancy."""
    per_kg = 90.0 if age < 1 else 80.0 if age < ADULT_FROM else 55.0 if obese else 70.0
    late = pregnancy_weeks is not None and pregnancy_weeks >= 28
    return per_kg * weight_kg * (1.45 if late else 1.0)


# --- hysteresis and holds -------------------------------------------------------------------------

HYSTERESIS: Mapping[str, float] = MappingProxyType(
    {
        "pressure": 5.0,
        "rate": 5.0,
        "saturation": 2.0,
        "shock_index": 0.05,
        "temperature": 0.2,  # engineering default
        "etco2": 2.0,  # engineering default
        "gcs": 1.0,  # engineering default
    }
)
"""How far a value must come back beyond its limit before the alert clears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """How long a condition must stand before an alert is raised, and be gone before it clears."""

    raise_s: float
    clear_s: float


HOLDS: Mapping[str, Hold] = MappingProxyType(
    {
        "HAE-01": Hold(raise_s=30.0, clear_s=30.0),
        "HAE-02": Hold(raise_s=120.0, clear_s=60.0),
        "HAE-03": Hold(raise_s=10.0, clear_s=60.0),
        "HAE-13": Hold(raise_s=300.0, clear_s=0.0),
        "BRE-01": Hold(raise_s=30.0, clear_s=30.0),
        "BRE-02": Hold(raise_s=30.0, clear_s=30.0),
        "BRE-03": Hold(raise_s=15.0, clear_s=15.0),
        "AIR-01": Hold(raise_s=300.0, clear_s=0.0),
        "AIR-02": Hold(raise_s=60.0, clear_s=10.0),
        "NEU-02": Hold(raise_s=30.0, clear_s=30.0),
        "NEU-03": Hold(raise_s=180.0, clear_s=30.0),
        "NEU-04": Hold(raise_s=120.0, clear_s=60.0),
        "MET-03": Hold(raise_s=60.0, clear_s=60.0),
        "TRI-01": Hold(raise_s=0.0, clear_s=20.0),
        "PRO-05": Hold(raise_s=30.0, clear_s=10.0),
        "ARR-01": Hold(raise_s=5.0, clear_s=10.0),
    }
)
"""Per rule; times other than 30 s, 1, 2, 3 and 5 min are engineering defaults."""

NO_HOLD = Hold(raise_s=0.0, clear_s=0.0)


def hold(rule: str) -> Hold:
    """The hold of one rule; none for rules that answer to an order, a result or a clock."""
    return HOLDS.get(rule, NO_HOLD)


# --- the record -----------------------------------------------------------------------------------

_STRICTER_WHEN_HIGHER = frozenset(
    {
        "sbp_low", "tbi_sbp", "tbi_spo2", "spo2_medium", "spo2_high", "rr_low", "etco2_low",
        "temp_low", "temp_medium", "temp_high", "gcs_airway", "fibrinogen", "fibtem_a5", "ica",
        "glucose_medium", "glucose_high", "be_medium", "ph_high",
    }
)  # fmt: skip
"""Thresholds that alarm below: a higher value alarms earlier. All others alarm above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A threshold that differs from an ordinary adult's, with the reason to show beside it."""

    name: str
    usual: float | None
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every threshold of the alert rules, for one patient. "low" alarms below, "high" above."""

    age: float
    pregnancy_weeks: float | None = None
    sbp_low: float = 90.0  # HAE-01, below
    sbp_ceiling: float | None = None  # pressure not to exceed (arterial fragility)
    shock_index_medium: float | None = 0.9  # HAE-02, at or above
    shock_index_high: float | None = 1.0  # HAE-02, at or above (children: above)
    tourniquet_low_min: float = 60.0  # HAE-06 (TCCC: convert within 2 h)
    tourniquet_medium_min: float = 90.0
    tourniquet_high_min: float = 120.0
    crystalloid_ml: float = 1000.0  # HAE-07, above
    fluid_bolus_ml_kg: float | None = None  # named in HAE-01 and HAE-02 when set
    ica: float = 1.1  # HAE-09, below, mmol/L (European guideline 2023)
    fibrinogen: float = 1.5  # HAE-10, at or below, g/L
    fibtem_a5: float = 9.0  # HAE-10, below, mm
    temp_low: float = 36.0  # HAE-11, below
    temp_medium: float = 35.0
    temp_high: float = 32.0
    fever: float = 38.0  # above: harmful to the injured brain
    lactate_medium: float = 4.0  # HAE-12, at or above, mmol/L
    lactate_cyanide: float = 8.0  # HAE-12 after smoke
    be_medium: float = -6.0  # HAE-12, at or below, mmol/L
    ph_high: float = 7.2  # HAE-12, below
    spo2_medium: float = 94.0  # BRE-01, below
    spo2_high: float = 90.0
    rr_low: float = 10.0  # BRE-02, below
    rr_high: float = 29.0  # BRE-02, above
    gcs_airway: float = 8.0  # AIR-01, at or below
    rsi_shock_index: float = 0.8  # AIR-04, at or above
    rsi_sbp: float = 100.0  # AIR-04, below
    tbi_sbp: float = 110.0  # NEU-02, below
    tbi_spo2: float = 90.0  # NEU-02, below
    etco2_low: float = 35.0  # NEU-03, below
    etco2_high: float = 40.0  # NEU-03, above
    cushing_sbp: float = 160.0  # NEU-04, at or above (engineering default)
    cushing_hr: float = 65.0  # NEU-04, at or below (engineering default)
    k_medium: float = 6.0  # MET-01, at or above, mmol/L
    k_high: float = 6.5
    glucose_medium: float = 4.0  # MET-02, below, mmol/L
    glucose_high: float = 3.0
    glucose_every_min: float | None = None  # repeat a glucose this often when set
    hyperthermia_etco2: float = 55.0  # MET-03, above
    scene_min: float = 10.0  # PRO-01
    changed: tuple[Changed, ...] = ()
    conflicts: tuple[str, ...] = ()

    @classmethod
    def for_patient(
        cls,
        age: float | None,
        weight_kg: float | None = None,
        pregnancy_weeks: float | None = None,
        hazards: Sequence[RareDisease] = (),
        baseline: Mapping[str, float] | None = None,
        *,
        entrapped: bool = False,
    ) -> Limits:
        """Limits of this patient. An unknown age counts as an adult's, and `changed` says so."""
        years = 40.0 if age is None else age
        medium, high = shock_index_limits(years, pregnancy_weeks)
        own = cls(
            age=years,
            pregnancy_weeks=pregnancy_weeks,
            sbp_low=hypotension_limit(years),
            shock_index_medium=medium,
            shock_index_high=high,
            crystalloid_ml=crystalloid_limit_ml(years, weight_kg),
            fluid_bolus_ml_kg=20.0 if years < ADULT_FROM else None,
            fibrinogen=fibrinogen_limit(pregnancy_weeks),
            tbi_sbp=tbi_sbp_limit(years),
            scene_min=scene_time_limit_min(entrapped=entrapped),
        )
        own = replace(own, changed=_differences(own, _general_reason(age, pregnancy_weeks)))
        return _adapted(own, hazards, baseline or {})

    @property
    def is_child(self) -> bool:
        """Under 16 years."""
        return self.age < ADULT_FROM

    def why(self, name: str) -> str:
        """Why a threshold differs from an ordinary adult's, or nothing."""
        return "; ".join(row.reason for row in self.changed if row.name == name)

    def shock(self, hr: float | None, sbp: float | None) -> str | None:
        """The priority that HAE-02 would have now: "medium", "high" or nothing."""
        index = None if hr is None or sbp is None else shock_index(hr, sbp)
        if index is None:
            return None
        if self.shock_index_high is not None and (
            index > self.shock_index_high or (not self.is_child and index == self.shock_index_high)
        ):
            return "high"
        if self.shock_index_medium is not None and index >= self.shock_index_medium:
            return "medium"
        return None

    def abc(
        self,
        *,
        hr: float | None,
        sbp: float | None,
        penetrating: bool | None,
        fast_positive: bool | None,
    ) -> Tally:
        """ABC score with a child's own limits: SIPA for the pulse, hypotension for the age."""
        if not self.is_child:
            return abc(penetrating=penetrating, sbp=sbp, hr=hr, fast_positive=fast_positive)
        fast_pulse: bool | None = None
        if self.shock_index_high is None:
            fast_pulse = False  # under 4 years the item has no limit and never counts
        elif hr is not None and sbp is not None:
            fast_pulse = self.shock(hr, sbp) == "high"
        return abc_of_items(
            penetrating=penetrating,
            hypotensive=None if sbp is None else sbp < self.sbp_low,
            tachycardic=fast_pulse,
            fast_positive=fast_positive,
        )


THRESHOLDS: tuple[str, ...] = tuple(
    field.name
    for field in fields(Limits)
    if field.name not in ("age", "pregnancy_weeks", "changed", "conflicts")
)
"""Names that an adaptation may change."""


def _general_reason(age: float | None, pregnancy_weeks: float | None) -> str:
    if age is None:
        return "age unknown: adult limits"
    parts = [f"age {age:g}"]
    if is_late_pregnancy(pregnancy_weeks):
        parts.append(f"{pregnancy_weeks:g} weeks pregnant")
    return ", ".join(parts)


def _differences(own: Limits, reason: str) -> tuple[Changed, ...]:
    usual = Limits(age=40.0)
    rows = [
        Changed(name=name, usual=getattr(usual, name), value=getattr(own, name), reason=reason)
        for name in THRESHOLDS
        if getattr(usual, name) != getattr(own, name)
    ]
    if reason.startswith("age unknown"):
        rows.append(Changed(name="age", usual=None, value=None, reason=reason))
    return tuple(rows)


def _proposal(
    change: Adaptation, own: Limits, baseline: Mapping[str, float]
) -> tuple[float, str] | None:
    """The value that one adaptation asks for, with words; nothing while its baseline is unknown."""
    if change.threshold not in THRESHOLDS:
        hint = did_you_mean(change.threshold, THRESHOLDS)
        raise BadValueError(f"No threshold '{change.threshold}' to adapt.{hint}")
    if change.baseline is not None and change.baseline in baseline:
        usual = baseline[change.baseline]
        return usual * change.times + change.plus, f"own baseline {usual:g}"
    if change.value is not None:
        return change.value, ""
    return None


def _is_stricter(name: str, one: float, other: float) -> bool:
    return one > other if name in _STRICTER_WHEN_HIGHER else one < other


def _adapted(own: Limits, hazards: Sequence[RareDisease], baseline: Mapping[str, float]) -> Limits:
    """Apply the passport: the stricter of several wishes wins, and a disagreement is named."""
    wishes: dict[str, list[tuple[float, str, bool]]] = {}
    for row in hazards:
        for change in row.adapts:
            proposal = _proposal(change, own, baseline)
            if proposal is not None:
                value, words = proposal
                reason = f"{row.label}, {words}" if words else row.label
                wishes.setdefault(change.threshold, []).append((value, reason, change.looser))
    values: dict[str, float] = {}
    changed, disagreements = list(own.changed), []
    for name, proposals in wishes.items():
        value, reason, looser = proposals[0]
        for other, why, other_looser in proposals[1:]:
            if other != value:
                disagreements.append(f"{name}: {value:g} ({reason}) against {other:g} ({why})")
            if _is_stricter(name, other, value):
                value, reason, looser = other, why, other_looser
        before = getattr(own, name)
        if before is not None and not looser and not _is_stricter(name, value, before):
            continue  # the patient's age already asks for more
        values[name] = value
        changed.append(Changed(name=name, usual=before, value=value, reason=reason))
    return replace(
        own,
        changed=tuple(changed),
        conflicts=tuple(disagreements),
        **values,
    )

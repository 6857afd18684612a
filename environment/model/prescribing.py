"""What speaks against a drug or a dose for this patient, and what to do instead.

Pure functions over the catalogue and the passport's hazards: DRG-01 (interval, maximum), DRG-02
(allergy, passport, limit passed) and DRG-03 (children's dose by weight). For training and research.
The file is long because an alternative that one check names must pass all the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from environment.model.catalogue import (
    ALIASES,
    DRUGS,
    BloodProduct,
    Drug,
    amount_text,
    convert,
    drug,
    key_of,
    procedure,
    substance,
)
from environment.model.hazards import RareDisease
from environment.model.limits import ADULT_FROM, weight_for_age

TOLERANCE = 0.2
"""A child's dose may lie this share outside the usual range before DRG-03 asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that speaks against an order, with the way out."""

    rule: str
    priority: Literal["high", "medium", "low"]
    drug: str
    text: str  # complete, to read alone
    reason: str  # the words after the drug's name
    alternative: str = ""
    source: str = ""
    detail: str = ""  # what would happen, for a second line

    def __str__(self) -> str:
        return f"{self.text}. Instead: {self.alternative}" if self.alternative else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One dose that the patient has had; `at_s` is scenario time."""

    drug: str
    amount: float
    unit: str
    at_s: float


# --- DRG-01 and DRG-03 ----------------------------------------------------------------------------


def check_dose(
    name: str,
    amount: float,
    unit: str,
    weight_kg: float | None,
    age: float | None,
    history: Sequence[Given] = (),
    *,
    at_s: float = 0.0,
    hazards: Sequence[RareDisease] = (),
    conditions: Collection[str] = (),
) -> list[Finding]:
    """DRG-01 and DRG-03 for one dose that is about to be given at `at_s`."""
    row = drug(name)
    own = convert(amount, unit, row.unit)
    before = [given for given in history if key_of(given.drug) == row.id and given.at_s <= at_s]
    findings = [
        _too_soon(row, before, at_s),
        _too_much(row, own, weight_kg, before, at_s, hazards),
        _wrong_for_weight(row, own, weight_kg, age, frozenset(conditions)),
    ]
    return [finding for finding in findings if finding is not None]


def _too_soon(row: Drug, before: Sequence[Given], at_s: float) -> Finding | None:
    if not before:
        return None
    since_min = (at_s - max(given.at_s for given in before)) / 60
    if row.once:
        reason = f"given {since_min:.0f} min ago, meant once"
    elif row.interval_min is not None and since_min < row.interval_min:
        reason = f"again after {since_min:.0f} min, interval {row.interval_min:.0f} min"
    else:
        return None
    return Finding(
        rule="DRG-01",
        priority="medium",
        drug=row.id,
        text=f"{row.label}: {reason}",
        reason=reason,
        source=row.source,
    )


def _share(row: Drug, hazards: Sequence[RareDisease]) -> tuple[float, str]:
    """The smallest share of the usual maximum that the passport allows, and who says so."""
    shares = [
        (factor, hazard.label)
        for hazard in hazards
        for tag, factor in hazard.dose_factors.items()
        if tag in row.classes
    ]
    return min(shares, default=(1.0, ""))


def _too_much(
    row: Drug,
    own: float,
    weight_kg: float | None,
    before: Sequence[Given],
    at_s: float,
    hazards: Sequence[RareDisease],
) -> Finding | None:
    share, who = _share(row, hazards)
    window_s = row.window_h * 3600
    total = own + sum(
        convert(given.amount, given.unit, row.unit)
        for given in before
        if at_s - given.at_s <= window_s
    )
    totals = [row.max_total]
    if row.max_total_per_kg is not None and weight_kg is not None:
        totals.append(row.max_total_per_kg * weight_kg)
    known = [limit * share for limit in totals if limit is not None]
    single = _largest_single(row, weight_kg, share)
    because = f" ({who})" if who else ""
    if known and total > min(known) * 1.0001:
        words = f"total {amount_text(total, row.unit)} over {amount_text(min(known), row.unit)}"
    elif single is not None and own > single * 1.0001:
        words = f"{amount_text(own, row.unit)} at once over {amount_text(single, row.unit)}"
    else:
        return None
    return Finding(
        rule="DRG-01",
        priority="high",
        drug=row.id,
        text=f"{row.label}: {words}{because}",
        reason=f"{words}{because}",
        alternative=_alternative_text(row.alternative),
        source=row.source,
    )


def _largest_single(row: Drug, weight_kg: float | None, share: float) -> float | None:
    """The largest single dose: the row's own, or under a passport's share the usual range's top."""
    if row.max_single is not None:
        return row.max_single * share
    if share == 1.0:
        return None
    tops = [dose.range(weight_kg) for dose in row.doses if dose.who != "child"]
    known = [top[1] for top in tops if top is not None]
    return max(known) * share if known else None


def _wrong_for_weight(
    row: Drug,
    own: float,
    weight_kg: float | None,
    age: float | None,
    conditions: frozenset[str],
) -> Finding | None:
    if age is None or age >= ADULT_FROM:
        return None
    weight = weight_for_age(age) if weight_kg is None else weight_kg
    ranges = [
        found
        for dose in row.doses
        if dose.who != "adult" and (not dose.needs or dose.needs in conditions)
        if (found := dose.range(weight)) is not None
    ]
    fits = any(low * (1 - TOLERANCE) <= own <= high * (1 + TOLERANCE) for low, high in ranges)
    if fits or not ranges:
        return None
    low, high = min(ranges, key=lambda found: min(abs(own - found[0]), abs(own - found[1])))
    usual = (
        amount_text(low, row.unit)
        if low == high
        else (f"{amount_text(low, row.unit).split()[0]}-{amount_text(high, row.unit)}")
    )
    estimated = " estimated" if weight_kg is None else ""
    return Finding(
        rule="DRG-03",
        priority="medium",
        drug=row.id,
        text=f"{row.label} {amount_text(own, row.unit)}: for {weight:g} kg{estimated} {usual}",
        reason=f"for {weight:g} kg{estimated} {usual}",
        alternative=usual,
        source=row.source,
    )


def default_dose(
    name: str, weight_kg: float | None, age: float | None, conditions: Collection[str] = ()
) -> float | None:
    """The dose to assume when a command names none, in the drug's unit, if there is one."""
    row = drug(name)
    if age is None or age >= ADULT_FROM:
        return _adult_dose(row, weight_kg)
    weight = weight_for_age(age) if weight_kg is None else weight_kg
    fitting = [d for d in row.doses if d.who != "adult" and (not d.needs or d.needs in conditions)]
    for dose in sorted(fitting, key=lambda dose: dose.who != "child"):
        found = dose.range(weight)
        if found is not None:
            return found[0]
    return None


def _adult_dose(row: Drug, weight_kg: float | None) -> float | None:
    """One figure per kg is reckoned where the weight is known; a range leaves the row's default."""
    exact = [dose for dose in row.doses if dose.who == "any" and not dose.needs]
    found = exact[0].range(weight_kg) if len(exact) == 1 else None
    return found[0] if found is not None and found[0] == found[1] else row.default


def dose_text(name: str, weight_kg: float | None, age: float | None) -> str:
    """The default dose as a label writes it, such as "112.5 mg"; empty when there is none."""
    amount = default_dose(name, weight_kg, age)
    return "" if amount is None else amount_text(amount, drug(name).unit)


# --- what the case is, in the words that the reasons use ------------------------------------------

_SUPERFICIAL = frozenset({"wound", "laceration", "abrasion"})
_DAY_S = 86_400.0


def circumstances(
    *,
    age: float | None = None,
    injuries: Iterable[Mapping[str, object]] = (),
    now_s: float = 0.0,
    burned_at_s: float | None = None,
    crushed_at_s: float | None = None,
    in_shock: bool = False,
    bleeding: bool = False,
    others: Iterable[str] = (),
) -> frozenset[str]:
    """The words of the case that `contraindicated`, `cautions` and `check_dose` understand.

    `injuries` are rows with `region` and `kind`; `others` are words that are known already, such
    as renal_failure, seizure, digoxin, active_thrombosis. A crush without a time counts as fresh.
    """
    words = set(others)
    for injury in injuries:
        region, kind = str(injury.get("region", "")), str(injury.get("kind", ""))
        if region in ("head", "brain") and kind not in _SUPERFICIAL:
            words.add("tbi")
        if "pneumothorax" in kind or kind == "tension":
            words.add("pneumothorax")
        if kind == "crush":
            words.add("crush")
    for name, at_s in (("burn", burned_at_s), ("crush", crushed_at_s)):
        if at_s is not None:
            words.add(f"{name}_over_24h" if now_s - at_s > _DAY_S else name)
    if in_shock:
        words |= {"shock", "hypovolaemia"}
    if bleeding:
        words |= {"bleeding", "hypovolaemia"}
    if age is not None and age < 2:
        words.add("under_2_years")
    return frozenset(words)


# --- DRG-02 ---------------------------------------------------------------------------------------


def contraindicated(
    name: str,
    allergies: Iterable[str | Mapping[str, object]] = (),
    hazards: Sequence[RareDisease] = (),
    labs: Mapping[str, float] | None = None,
    conditions: Collection[str] = (),
    *,
    route: str = "",
) -> list[Finding]:
    """DRG-02: what forbids this drug or product here, by allergy, passport or a limit passed.

    `labs` holds known values (k, na, glucose, sbp); `conditions` are words of the case: tbi,
    bleeding, hypovolaemia, burn_over_24h, crush_over_24h, pneumothorax, renal_failure, ...
    """
    row, known = substance(name), tuple(allergies)
    found = [
        *(_allergic(row, allergy) for allergy in known),
        *(_hazardous(row, hazard, route) for hazard in hazards),
    ]
    if isinstance(row, Drug):
        words = frozenset(conditions)
        found += [
            _stop(row, reason.text, reason.alternative or row.alternative, row.source)
            for reason in row.contra
            if reason.applies(words, labs or {})
        ]
    return [
        replace(finding, alternative=_way_out(finding.alternative, hazards, known))
        for finding in found
        if finding is not None
    ]


def _stop(
    row: Drug | BloodProduct, reason: str, alternative: str, source: str, detail: str = ""
) -> Finding:
    return Finding(
        rule="DRG-02",
        priority="high",
        drug=row.id,
        text=f"Stop {row.label}: {reason}",
        reason=reason,
        alternative=alternative,
        source=source,
        detail=detail,
    )


def _alternative_text(alternative: str) -> str:
    row = DRUGS.get(alternative)
    return alternative if row is None else row.label


_CROSS_REACTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # a severe reaction to one beta-lactam keeps the patient off all of them
        "penicillin": frozenset({"penicillin", "betalactam"}),
        "cephalosporin": frozenset({"cephalosporin", "betalactam"}),
        "aspirin": frozenset({"nsaid"}),
    }
)


def _allergic(row: Drug | BloodProduct, allergy: str | Mapping[str, object]) -> Finding | None:
    if isinstance(allergy, str):
        names, severity, said = [allergy], "", allergy
    else:
        names = [str(allergy[key]) for key in ("substance", "class", "group") if allergy.get(key)]
        severity = str(allergy.get("severity") or allergy.get("criticality") or "")
        said = names[0] if names else ""
    keys = {key for name in names for key in _allergy_keys(name)}
    tags = {row.id, *row.classes}
    if not severity.lower().startswith(("low", "mild")):
        keys |= {tag for key in keys for tag in _CROSS_REACTIONS.get(key, ())}
    if not keys & tags:
        return None
    return _stop(row, f"allergy to {said}", row.alternative, "the patient's record")


def _allergy_keys(name: str) -> set[str]:
    key = key_of(name)
    singular = ALIASES.get(key.removesuffix("s"), key.removesuffix("s"))
    keys = {key, singular, key.replace("beta_lactam", "betalactam").removesuffix("s")}
    for known in keys & DRUGS.keys():
        keys = keys | ({"penicillin"} & set(DRUGS[known].classes))
        keys = keys | ({"cephalosporin"} & set(DRUGS[known].classes))
    return keys


def _avoids(hazard: RareDisease, row: Drug | BloodProduct) -> bool:
    return row.id in hazard.avoid_drugs or bool(set(row.classes) & set(hazard.avoid_classes))


def _hazardous(row: Drug | BloodProduct, hazard: RareDisease, route: str) -> Finding | None:
    if _avoids(hazard, row):
        instead = _named_by(hazard, row) or row.alternative or hazard.alternative
        return _stop(row, hazard.label, instead, hazard.source, hazard.hazard)
    if route and route.lower() in hazard.avoid_routes:
        reason = f"no {route.lower()} route, {hazard.label}"
        return _stop(row, reason, "the intravenous route", hazard.source, hazard.hazard)
    return None


def _named_by(hazard: RareDisease, row: Drug | BloodProduct) -> str:
    """What the passport names instead of this drug or its class."""
    names = (row.id, *row.classes)
    return next((hazard.alternatives[name] for name in names if name in hazard.alternatives), "")


def _way_out(
    name: str,
    hazards: Sequence[RareDisease],
    allergies: Sequence[str | Mapping[str, object]],
) -> str:
    """The alternative, or its own alternative, that nothing forbids; words pass unchanged."""
    for _ in range(4):
        other = DRUGS.get(name)
        if other is None:
            return name
        against = [hazard for hazard in hazards if _avoids(hazard, other)]
        if not against and not any(_allergic(other, allergy) for allergy in allergies):
            return other.label
        named = (_named_by(hazard, other) for hazard in against)
        name = next(filter(None, named), other.alternative)
    return ""


def cautions(
    name: str, conditions: Collection[str] = (), labs: Mapping[str, float] | None = None
) -> tuple[str, ...]:
    """Words to read before giving the drug; no reason to stop."""
    known = frozenset(conditions)
    return tuple(r.text for r in drug(name).caution if r.applies(known, labs or {}))


def questions(name: str, hazards: Sequence[RareDisease]) -> tuple[str, ...]:
    """Hazards under which a senior decides on this drug: shown as a question, never as advice."""
    row = substance(name)
    return tuple(
        f"{hazard.label}: {row.label}? A senior decides"
        for hazard in hazards
        if row.id in hazard.senior_decision
    )


def advised_against(name: str, hazards: Sequence[RareDisease]) -> list[Finding]:
    """Procedures that a passport speaks against; life-saving ones remain a decision."""
    row = procedure(name)
    return [
        Finding(
            rule="DRG-02",
            priority="medium",
            drug=row.id,
            text=f"{hazard.label}: avoid {row.label} unless life is at stake",
            reason=f"{hazard.label}: only if life is at stake",
            alternative=hazard.alternative if not hazard.avoid_drugs else "",
            source=hazard.source,
        )
        for hazard in hazards
        if row.id in hazard.avoid_procedures
    ]

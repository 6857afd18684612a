"""What reverses an anticoagulant (HAE-16) and which drug of the passport must not wait (PAS-02).

Reversal follows the European guideline on bleeding after trauma, 6th edition 2023; platelets are
kept for neurosurgery (PATCH trial). Amounts are in the named unit. For training and research.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from environment.errors import BadValueError, did_you_mean
from environment.model.catalogue import BLOOD, amount_text, key_of, substance
from environment.model.hazards import RareDisease


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What reverses an anticoagulant: the first drug with its dose, and words for the wall."""

    anticoagulant: str
    group: str
    drug: str  # catalogue id; empty when nothing is advised
    amount: float | None
    unit: str
    text: str
    satisfied_by: tuple[str, ...]  # ids of drugs that count as reversal given
    source: str = "European guideline 2023"

    def __str__(self) -> str:
        return self.text


def _anticoagulants() -> tuple[Mapping[str, str], Mapping[str, str]]:
    path = Path(__file__).parent / "data" / "anticoagulants.toml"
    rows = tomllib.loads(path.read_text("utf-8"))["anticoagulant"]
    groups = {row["id"]: row["group"] for row in rows}
    names = {key_of(alias): row["id"] for row in rows for alias in (row["id"], *row["aliases"])}
    return MappingProxyType(groups), MappingProxyType(names)


ANTICOAGULANTS, _ANTICOAGULANT_NAMES = _anticoagulants()
"""Anticoagulant or antiplatelet -> its reversal group."""


def anticoagulant(name: str) -> str:
    """The id of an anticoagulant by generic name, trade name or class word."""
    found = _ANTICOAGULANT_NAMES.get(key_of(name))
    if found is None:
        hint = did_you_mean(key_of(name), _ANTICOAGULANT_NAMES)
        raise BadValueError(f"No anticoagulant '{name}'.{hint}")
    return found


def is_anticoagulant(name: str) -> bool:
    """Whether a medicine calls for reversal in life-threatening bleeding (not antiplatelets)."""
    found = _ANTICOAGULANT_NAMES.get(key_of(name))
    return found is not None and ANTICOAGULANTS[found] != "antiplatelet"


def reversal(
    name: str,
    inr: float | None = None,
    weight_kg: float | None = None,
    *,
    andexanet_available: bool = False,
    hours_since_dose: float | None = None,
    last_dose: float | None = None,
    neurosurgery: bool = False,
) -> Reversal:
    """HAE-16: the reversal of one anticoagulant in life-threatening bleeding, dosed.

    `last_dose` is IU of heparin in the last 2-3 h, or mg of enoxaparin.
    """
    found = anticoagulant(name)
    group = ANTICOAGULANTS[found]
    if group == "vka":
        return _reverse_vka(found, inr, weight_kg)
    if group == "factor_xa":
        return _reverse_factor_xa(found, weight_kg, andexanet_available)
    if group == "dabigatran":
        text = "Idarucizumab 5 g (2 x 2.5 g); else prothrombin complex, dialysis"
        satisfied = ("idarucizumab", "prothrombin_complex")
        return _reversal(found, "idarucizumab", 5.0, "g", text, satisfied)
    if group in ("heparin", "low_molecular_heparin"):
        return _reverse_heparin(found, group, last_dose, hours_since_dose)
    weight_text = _per_kg_text(0.3, weight_kg, "ug", 0.3)
    text = f"Platelets only for neurosurgery; desmopressin {weight_text}, once"
    product = "platelets" if neurosurgery else "desmopressin"
    amount = None if neurosurgery or weight_kg is None else 0.3 * weight_kg
    unit = BLOOD[product].unit if product in BLOOD else "ug"
    return _reversal(found, product, amount, unit, text, ("platelets", "desmopressin"))


def _reversal(
    found: str, product: str, amount: float | None, unit: str, text: str, by: tuple[str, ...]
) -> Reversal:
    return Reversal(
        anticoagulant=found,
        group=ANTICOAGULANTS[found],
        drug=product,
        amount=amount,
        unit=unit,
        text=text,
        satisfied_by=by,
    )


def _per_kg_text(low: float, weight_kg: float | None, unit: str, high: float) -> str:
    span = (low,) if low == high else (low, high)
    per_kg = "-".join(f"{value:g}" for value in span)
    shown = amount_text(1, unit).split(maxsplit=1)[1]
    if weight_kg is None:
        return f"{per_kg} {shown}/kg"
    amounts = "-".join(amount_text(value * weight_kg, unit).split()[0] for value in span)
    return f"{amounts} {shown} ({per_kg} {shown}/kg)"


def _reverse_vka(found: str, inr: float | None, weight_kg: float | None) -> Reversal:
    by = ("prothrombin_complex",)
    if inr is None:
        text = "INR now, then prothrombin complex by INR; vitamin K 10 mg slowly"
        return _reversal(found, "prothrombin_complex", None, "[iU]", text, by)
    if inr < 2:
        text = f"INR {inr:g}: below the table of prothrombin complex; vitamin K 10 mg slowly"
        return _reversal(found, "vitamin_k", 10.0, "mg", text, ("vitamin_k", *by))
    per_kg, most = (25.0, 2500.0) if inr < 4 else (35.0, 3500.0) if inr <= 6 else (50.0, 5000.0)
    amount = None if weight_kg is None else min(per_kg * weight_kg, most)
    dose = f"{per_kg:g} IU/kg, max {most:g}" if amount is None else f"{amount:g} IU"
    text = f"INR {inr:g}: prothrombin complex {dose} + vitamin K 10 mg; INR again in 15-30 min"
    return _reversal(found, "prothrombin_complex", amount, "[iU]", text, by)


def _reverse_factor_xa(found: str, weight_kg: float | None, andexanet: bool) -> Reversal:
    by = ("prothrombin_complex", "andexanet")
    if andexanet:
        text = "Andexanet 400 mg then 4 mg/min (high dose 800 mg then 8 mg/min)"
        return _reversal(found, "andexanet", 400.0, "mg", text, by)
    amount = None if weight_kg is None else min(50.0 * weight_kg, 5000.0)
    text = f"Prothrombin complex {_per_kg_text(25, weight_kg, '[iU]', 50)}, or andexanet"
    return _reversal(found, "prothrombin_complex", amount, "[iU]", text, by)


def _reverse_heparin(
    found: str, group: str, last_dose: float | None, hours: float | None
) -> Reversal:
    by = ("protamine",)
    if group == "heparin":
        amount = None if last_dose is None else min(last_dose / 100, 50.0)
        dose = (
            "1 mg per 100 IU of the last 2-3 h, max 50 mg" if amount is None else (f"{amount:g} mg")
        )
        return _reversal(found, "protamine", amount, "mg", f"Protamine {dose}", by)
    per_mg = 1.0 if hours is None or hours < 8 else 0.5 if hours <= 12 else 0.0
    if per_mg == 0.0:
        text = "Last dose over 12 h ago: protamine does little"
        return _reversal(found, "", None, "mg", text, by)
    amount = None if last_dose is None else min(per_mg * last_dose, 50.0)
    dose = f"{per_mg:g} mg per mg" if amount is None else f"{amount:g} mg"
    return _reversal(found, "protamine", amount, "mg", f"Protamine {dose} (partial effect)", by)


# --- PAS-02: the drug that must not wait ----------------------------------------------------------


def clock_text(hazard: RareDisease, weight_kg: float | None, age: float | None) -> str:
    """The drug and dose that a short clock asks for, such as "hydrocortisone 100 mg"."""
    clock = hazard.clock
    if clock is None:
        raise BadValueError(f"{hazard.label} has no drug with a short clock.")
    amount = clock.dose(weight_kg, age)
    if not clock.steps:
        return " or ".join(substance(name).label for name in clock.drugs)
    label = substance(clock.drugs[0]).label
    if amount is not None:
        return f"{label} {amount_text(amount, clock.unit)}"
    per_kg = next((step.per_kg for step in clock.steps if step.per_kg is not None), None)
    return label if per_kg is None else f"{label} {amount_text(per_kg, clock.unit)}/kg"

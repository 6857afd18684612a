"""What may be done and given: procedures, drugs, infusions, blood products, diagnostics.

The rows live in `data/*.toml`, with their sources. Ids are English words in snake_case; labels
carry tall-man letters where names are easily mixed up. Amounts are in each row's unit (UCUM).
What speaks for or against a dose is in `prescribing.py`. For training and research.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from environment.errors import BadValueError, did_you_mean

Unit = str

ROUTES = ("iv", "io", "im", "sc", "in", "inhaled", "oral", "topical")
"""Ways into the body; "in" is through the nose, local anaesthetics go "sc"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A manoeuvre or protocol step that the record can hold."""

    id: str
    label: str
    time_dependent: bool  # has a start and a stop
    haemorrhage_control: bool  # surgery, packing or angiography that ends bleeding (PRO-04)
    airway: bool  # secures the airway (AIR-01)
    sites: tuple[str, ...] = ()
    tracked: bool = False  # named by the catalogue of the original report
    snomed: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One usual dose: a fixed amount or a range per kg, for whom, and when it applies."""

    who: Literal["adult", "child", "any"]
    purpose: str
    amount: float | None = None
    per_kg: tuple[float, float] | None = None
    max: float | None = None
    needs: str = ""  # a condition of the case without which the dose does not apply

    def range(self, weight_kg: float | None) -> tuple[float, float] | None:
        """Lowest and highest amount for this weight, in the drug's unit."""
        if self.amount is not None:
            return self.amount, self.amount
        if self.per_kg is None or weight_kg is None:
            return None
        low, high = (per_kg * weight_kg for per_kg in self.per_kg)
        return (low, high) if self.max is None else (min(low, self.max), min(high, self.max))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a drug is wrong now: a condition of the case, or a laboratory value beyond a limit."""

    text: str
    condition: str = ""
    lab: str = ""
    above: float | None = None
    below: float | None = None
    alternative: str = ""

    def applies(self, conditions: frozenset[str], values: Mapping[str, float]) -> bool:
        """Whether the reason holds; an unknown value never speaks against a drug."""
        if self.condition:
            return self.condition in conditions
        value = values.get(self.lab)
        if value is None:
            return False
        return (self.above is not None and value > self.above) or (
            self.below is not None and value < self.below
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """One drug with its doses, limits and the reasons against it."""

    id: str
    label: str
    unit: Unit
    routes: tuple[str, ...]
    classes: tuple[str, ...]
    doses: tuple[Dose, ...]
    source: str
    default: float | None = None  # adult dose when a command names none
    max_single: float | None = None
    max_total: float | None = None  # within `window_h`
    max_total_per_kg: float | None = None
    window_h: float = 24.0
    interval_min: float | None = None
    once: bool = False
    contra: tuple[Reason, ...] = ()
    caution: tuple[Reason, ...] = ()
    alternative: str = ""
    atc: str = ""
    tracked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodProduct:
    """One blood product; `counts_as` is the running total that it adds to."""

    id: str
    label: str
    counts_as: str
    volume_ml: float
    atc: str = ""
    tracked: bool = False

    @property
    def unit(self) -> Unit:
        """Products are counted in bags."""
        return "{unit}"

    @property
    def classes(self) -> tuple[str, ...]:
        """Class tags, as a drug has them."""
        return ("blood", self.counts_as)

    @property
    def alternative(self) -> str:
        """Products name no alternative of their own."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """A continuous infusion: the rate's unit and its usual range in adults."""

    drug: str
    unit: Unit
    low: float
    high: float
    default: float
    source: str
    tracked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A test or image, with the values it yields and how long a first result takes."""

    id: str
    label: str
    kind: Literal["ct", "xray", "ultrasound", "laboratory", "ecg"]
    sites: tuple[str, ...]
    results: tuple[str, ...]  # keys of the table of vital signs
    minutes: float  # engineering default
    leaves_room: bool
    tracked: bool = False
    loinc: str = ""


#: Where a tourniquet can be: parts of a limb, and bones that stand for them.
LIMBS = tuple(
    f"{side}_{part}"
    for side in ("left", "right")
    for part in (
        "thigh", "leg", "lower_leg", "foot", "femur", "tibia",
        "arm", "upper_arm", "forearm", "hand",
    )
)  # fmt: skip

Row = TypeVar("Row")


def _rows(file: str, table: str) -> list[dict[str, Any]]:
    raw = tomllib.loads((Path(__file__).parent / "data" / file).read_text("utf-8"))
    return [
        {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        for row in raw[table]
    ]


def _dose(raw: dict[str, Any]) -> Dose:
    per_kg = raw.get("per_kg")
    return Dose(**(raw | {"per_kg": None if per_kg is None else tuple(per_kg)}))


def _drug(row: dict[str, Any]) -> Drug:
    doses = tuple(_dose(dose) for dose in row["doses"])
    reasons = {key: tuple(Reason(**r) for r in row.get(key, ())) for key in ("contra", "caution")}
    return Drug(**(row | reasons | {"doses": doses}))


PROCEDURES: Mapping[str, Procedure] = MappingProxyType(
    {row["id"]: Procedure(**row) for row in _rows("procedures.toml", "procedure")}
)
"""Every procedure, by id."""
DRUGS: Mapping[str, Drug] = MappingProxyType(
    {row["id"]: _drug(row) for row in _rows("drugs.toml", "drug")}
)
"""Every drug, by id."""
BLOOD: Mapping[str, BloodProduct] = MappingProxyType(
    {row["id"]: BloodProduct(**row) for row in _rows("blood.toml", "product")}
)
"""Every blood product, by id."""
INFUSIONS: Mapping[str, Infusion] = MappingProxyType(
    {row["drug"]: Infusion(**row) for row in _rows("infusions.toml", "infusion")}
)
"""Every continuous infusion, by the drug's id."""
DIAGNOSTICS: Mapping[str, Diagnostic] = MappingProxyType(
    {row["id"]: Diagnostic(**row) for row in _rows("diagnostics.toml", "diagnostic")}
)
"""Every test and image, by id."""

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "succinylcholine": "suxamethonium",
        "sux": "suxamethonium",
        "curaro": "rocuronium",
        "epinephrine": "adrenaline",
        "norepinephrine": "noradrenaline",
        "txa": "tranexamic_acid",
        "pcc": "prothrombin_complex",
        "apcc": "activated_prothrombin_complex",
        "glucose": "dextrose",
        "acetaminophen": "paracetamol",
        "ddavp": "desmopressin",
        "fviii": "factor_viii",
        "fix": "factor_ix",
        "rfviia": "factor_viia",
        "ffp": "fresh_frozen_plasma",
        "plasma": "fresh_frozen_plasma",
        "ega": "blood_gas",
        "tac": "whole_body_ct",
        "fast": "efast",
        "mtp": "massive_transfusion_protocol",
        "t_pod": "pelvic_binder",
        "binder": "pelvic_binder",
        "intubation": "orotracheal_intubation",
        "finger_thoracostomy": "pleural_decompression",
        "cicv": "cricothyrotomy",
    }
)
"""Other names that people say or that older records hold."""


def key_of(name: str) -> str:
    """The id that a spoken or written name means: lower case, underscores, aliases resolved."""
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    return ALIASES.get(key, key)


def _look_up(name: str, table: Mapping[str, Row], what: str) -> Row:
    row = table.get(key_of(name))
    if row is None:
        raise BadValueError(f"No {what} '{name}'.{did_you_mean(key_of(name), table)}")
    return row


def procedure(name: str) -> Procedure:
    """The procedure of this id or alias; an unknown one is refused with the nearest names."""
    return _look_up(name, PROCEDURES, "procedure")


def drug(name: str) -> Drug:
    """The drug of this id or alias; an unknown one is refused with the nearest names."""
    return _look_up(name, DRUGS, "drug")


def blood_product(name: str) -> BloodProduct:
    """The blood product of this id or alias; an unknown one is refused with the nearest names."""
    return _look_up(name, BLOOD, "blood product")


def infusion(name: str) -> Infusion:
    """The infusion of this drug; an unknown one is refused with the nearest names."""
    return _look_up(name, INFUSIONS, "infusion")


def diagnostic(name: str) -> Diagnostic:
    """The test of this id or alias; an unknown one is refused with the nearest names."""
    return _look_up(name, DIAGNOSTICS, "diagnostic")


def substance(name: str) -> Drug | BloodProduct:
    """A drug or a blood product: whatever can be given."""
    both: dict[str, Drug | BloodProduct] = {**DRUGS, **BLOOD}
    return _look_up(name, both, "drug or blood product")


def find(name: str) -> Procedure | Drug | BloodProduct | Diagnostic:
    """Whatever the catalogue holds under this name."""
    everything: dict[str, Procedure | Drug | BloodProduct | Diagnostic] = {
        **PROCEDURES,
        **DRUGS,
        **BLOOD,
        **DIAGNOSTICS,
    }
    return _look_up(name, everything, "entry of the catalogue")


def of_class(tag: str) -> tuple[str, ...]:
    """Ids of the drugs that carry a class tag."""
    return tuple(row.id for row in DRUGS.values() if tag in row.classes)


# --- amounts --------------------------------------------------------------------------------------

_SCALES: Mapping[str, tuple[str, float]] = MappingProxyType(
    {
        "g": ("mass", 1.0),
        "mg": ("mass", 1e-3),
        "ug": ("mass", 1e-6),
        "mcg": ("mass", 1e-6),
        "µg": ("mass", 1e-6),
        "mL": ("volume", 1.0),
        "ml": ("volume", 1.0),
        "L": ("volume", 1000.0),
        "[iU]": ("activity", 1.0),
        "IU": ("activity", 1.0),
        "U": ("activity", 1.0),
        "mmol": ("substance", 1.0),
        "%": ("percent", 1.0),
        "{unit}": ("bag", 1.0),
        "unit": ("bag", 1.0),
        "units": ("bag", 1.0),
    }
)

_SHOWN = MappingProxyType({"ug": "mcg", "[iU]": "IU", "{unit}": "units"})


def convert(amount: float, unit: Unit, to: Unit) -> float:
    """Change the unit of an amount; mass into volume and the like is refused."""
    if unit == to:
        return amount
    for name in (unit, to):
        if name not in _SCALES:
            raise BadValueError(f"No unit '{name}' for an amount.{did_you_mean(name, _SCALES)}")
    kind, scale = _SCALES[unit]
    other, target = _SCALES[to]
    if kind != other:
        raise BadValueError(f"{amount:g} {unit} is a {kind}; {to} is a {other}.")
    return amount * scale / target


def amount_text(amount: float, unit: Unit) -> str:
    """An amount as a label writes it: no trailing zero, a leading one, mcg and IU in letters."""
    digits = f"{amount:.3f}".rstrip("0").rstrip(".") if abs(amount) < 1000 else f"{amount:.0f}"
    return f"{digits} {_SHOWN.get(unit, unit)}"

"""Who the body is: what a scenario may state, and what follows from age and condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from environment.errors import did_you_mean

from .errors import UnknownParameterError

# What a condition is, in one line; a scenario names them, the body's modules give them effect.
CONDITIONS: dict[str, str] = {
    "adrenal_insufficiency": "no stress response of cortisol without hydrocortisone",
    "anticoagulant": "bleeds half as much again and clots three times slower, until reversed",
    "athlete": "resting heart rate 52",
    "beta_blocker": "a quarter of the heart's answer, never above 100",
    "child": "under 12 years: more blood per kg, late and sudden collapse",
    "elderly": "65 years and over: half of the heart's answer, earlier collapse",
    "hyperthermia_risk": "malignant hyperthermia follows a trigger drug",
    "myopathy": "suxamethonium raises potassium to arrest (also crush, burn or denervation > 24 h)",
    "neurogenic": "spinal sympathectomy: no tone, no reflex",
    "obese": "half the oxygen store per kg",
    "pregnant": "28 weeks and over",
    "sedated": "alcohol or sedation dampens the reflexes",
}

# Baseline adult: healthy resting values, as the fitted curves of circulation.py assume.
HR0, MAP0, PP0, BV0_ML, HB_G_DL, RR0, CO0_L_MIN = 72.0, 95.0, 40.0, 5500.0, 14.5, 14.0, 5.6
HR_SLOPE = 167.0  # beats/min per unit of deficit; fitted to Guyton's blood-loss curves
L50 = 0.308  # deficit at which output halves; fitted likewise
SHUNT = 0.03  # healthy right-to-left shunt, fraction (textbook 2-5 %)
HR_CAP = 180.0  # engineering default


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyParameters:
    """What a scenario may state of a patient; whatever is left out follows from the conditions."""

    age_years: float = 35.0
    sex: Literal["female", "male"] = "male"
    weight_kg: float = 80.0
    hr0: float | None = None  # beats/min at rest, pain and fear included
    map0: float | None = None  # mmHg
    pp0: float | None = None  # pulse pressure, mmHg
    bv0_ml: float | None = None
    hb_g_dl: float | None = None
    rr0: float | None = None  # breaths/min
    co0_l_min: float | None = None
    hr_slope: float | None = None  # beats/min per unit of deficit
    hrmax: float | None = None
    l50: float | None = None  # deficit at which output is half
    shunt: float | None = None  # fraction, before any injury
    rr_pain: float = 0.0  # breaths/min added by a painful chest wall
    temp_c: float = 36.8
    potassium: float = 4.0  # mmol/L
    glucose: float = 7.0  # mmol/L; a stressed adult
    sodium: float = 140.0  # mmol/L
    conditions: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for name in self.conditions:
            if name not in CONDITIONS:
                raise UnknownParameterError(
                    f"Patient has no condition {name!r}.{did_you_mean(name, CONDITIONS)}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Every number that the body starts from."""

    hr0: float
    map0: float
    pp0: float
    bv0_ml: float
    hb_g_dl: float
    rr0: float
    co0_l_min: float
    hr_slope: float
    hrmax: float
    l50: float
    shunt: float
    fibrinogen_g_l: float
    conditions: frozenset[str]


def baseline(p: BodyParameters) -> Baseline:
    """The numbers of this patient: stated ones first, else from age and condition."""
    found = _conditions(p)
    child, elderly = "child" in found, "elderly" in found
    pregnant, beta = "pregnant" in found, "beta_blocker" in found
    hr0, map0, rr0 = _resting(p.age_years) if child else (HR0, MAP0, RR0)
    if "athlete" in found:
        hr0 = 52.0  # endurance athletes rest near 50
    if elderly:
        map0 = 105.0  # arterial stiffness
    if pregnant:
        hr0, map0 = hr0 + 12.0, map0 - 8.0  # third-trimester physiology
    limits = [min(HR_CAP, 220.0 - p.age_years)] + ([100.0] if beta else [])
    return Baseline(
        hr0=_or(p.hr0, hr0),
        map0=_or(p.map0, map0),
        pp0=_or(p.pp0, PP0),
        bv0_ml=_or(p.bv0_ml, _blood_volume(p, found)),
        hb_g_dl=_or(p.hb_g_dl, 12.5 if child else HB_G_DL),
        rr0=_or(p.rr0, rr0),
        co0_l_min=_or(p.co0_l_min, CO0_L_MIN),  # an adult's also for a child: see breathing.py
        hr_slope=_or(p.hr_slope, HR_SLOPE * _slope(child, elderly, beta)),
        hrmax=_or(p.hrmax, min(limits)),
        l50=_or(p.l50, min([0.27] * elderly + [0.36] * child, default=L50)),
        shunt=_or(p.shunt, SHUNT),
        fibrinogen_g_l=4.5 if pregnant else 3.0,  # third trimester 4-6 g/L; adult 2-4 g/L
        conditions=found,
    )


def _conditions(p: BodyParameters) -> frozenset[str]:
    by_age = {"child"} if p.age_years < 12 else {"elderly"} if p.age_years >= 65 else set()
    return p.conditions | by_age


def _slope(child: bool, elderly: bool, beta: bool) -> float:
    # of several slopes the smallest counts alone (engineering default)
    return min([0.25] * beta + [0.5] * elderly, default=1.2 if child else 1.0)


def _blood_volume(p: BodyParameters, found: frozenset[str]) -> float:
    # mL/kg: ATLS 10 says adult 70, child 80, infant 90; here 5500 mL at 80 kg; 65 in age, 55 obese
    per_kg = 90.0 if p.age_years < 1 else 80.0 if "child" in found else BV0_ML / 80.0
    if "elderly" in found:
        per_kg = 65.0
    if "obese" in found:
        per_kg = min(per_kg, 55.0)
    return per_kg * p.weight_kg * (1.45 if "pregnant" in found else 1.0)


def _resting(age_years: float) -> tuple[float, float, float]:
    # heart rate, mean pressure, breaths by age: PALS vital-sign tables, middle of the range
    for until, values in (
        (1.0, (140.0, 60.0, 40.0)),
        (3.0, (120.0, 68.0, 30.0)),
        (6.0, (110.0, 74.0, 25.0)),
        (12.0, (95.0, 80.0, 20.0)),
    ):
        if age_years < until:
            return values
    return HR0, MAP0, RR0


def _or(stated: float | None, else_value: float) -> float:
    return else_value if stated is None else float(stated)


def parameters(given: Mapping[str, object]) -> BodyParameters:
    """Parameters from a plain table, for instance of a scenario file."""
    known = BodyParameters.__dataclass_fields__
    for name in given:
        if name not in known:
            raise UnknownParameterError(
                f"Patient has no parameter {name!r}.{did_you_mean(name, known)}"
            )
    values = dict(given)
    listed = values.get("conditions", ())
    if not isinstance(listed, (list, tuple, set, frozenset)):
        raise UnknownParameterError(f"Patient's conditions {listed!r} must be a list of names.")
    values["conditions"] = frozenset(str(c) for c in listed)
    return BodyParameters(**values)  # type: ignore[arg-type]  # names are checked above

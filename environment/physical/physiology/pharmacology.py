"""Effects of drugs on the body: rows of `drugs.toml`, summed at each step."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from math import exp

from .state import Dose, State

DRIP_TAU_S = 60.0  # an infusion works within a minute or two; engineering default
INDUCTION_SHOCK_INDEX, INDUCTION_S = 0.8, 300.0  # engineering default
INDUCTION_BAGGING = 0.02  # hand ventilation presses harder than a ventilator; eng. default
INDUCTION_DOSE = 0.5  # of the reference; below it a dose is analgesia or sedation
LIMIT = 2.0  # reference doses beyond which a drug does no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Drip:
    """A continuous infusion: effect at the reference rate."""

    rate_unit: str
    reference: float
    pressure: float = 0.0
    svr: float = 0.0
    hr: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """One row of the table."""

    unit: str
    reference: float
    onset_s: float
    lasts_s: float
    source: str
    per_kg: bool = False
    hr: float = 0.0
    pressure: float = 0.0
    breath: float = 1.0
    induction: float = 0.0
    paralyses_s: float = 0.0
    potassium: float = 0.0
    triggers: bool = False
    drip: Drip | None = field(default=None)


def _load() -> dict[str, Drug]:
    text = files(__package__ or __name__).joinpath("drugs.toml").read_text(encoding="utf-8")
    drugs: dict[str, Drug] = {}
    for name, row in tomllib.loads(text).items():
        drip = row.pop("drip", None)
        drugs[name] = Drug(drip=Drip(**drip) if drip else None, **row)
    return drugs


DRUGS = _load()


def give(s: State, name: str, dose: float) -> None:
    """Give a bolus, in the drug's unit."""
    drug = DRUGS[name]
    reference = drug.reference * (s.p.weight_kg if drug.per_kg else 1.0)
    amount = min(LIMIT, dose / reference)
    sbp = s.map + s.pp * 2.0 / 3.0
    in_shock = sbp > 0.0 and s.hr / sbp >= INDUCTION_SHOCK_INDEX
    if drug.induction and amount >= INDUCTION_DOSE and in_shock:
        s.induction = max(s.induction, drug.induction + INDUCTION_BAGGING)
        s.induction_until_s = s.t_s + INDUCTION_S
        if drug.breath < 1.0:
            s.doses.append(Dose(name + ":breath", amount, s.t_s))
    elif drug.hr or drug.pressure or drug.breath < 1.0:
        s.doses.append(Dose(name, amount, s.t_s))
    if drug.paralyses_s:
        s.paralysed_until_s = max(s.paralysed_until_s, s.t_s + drug.paralyses_s * min(1.0, amount))
    if drug.potassium:
        # upregulated receptors pour out potassium (myopathy; also late crush and burns)
        rise = 4.2 if "myopathy" in s.conditions else drug.potassium
        s.sux_potassium.append((s.t_s, rise))
    if drug.triggers and "hyperthermia_risk" in s.conditions:
        s.triggered = True


def act(s: State, dt: float) -> None:
    """One step: the sum of all drugs."""
    s.drug_hr = s.drug_map = s.drug_breath = 1.0
    if s.doses:
        _boluses(s)
    if s.drips or s.drip_effects:
        _drips(s, dt)


def _boluses(s: State) -> None:
    hr = pressure = breath = 1.0
    spent = []
    for dose in s.doses:
        name, _, part = dose.drug.partition(":")
        drug = DRUGS[name]
        since = s.t_s - dose.at_s
        if since > 5.0 * drug.lasts_s:
            spent.append(dose)
            continue
        e = dose.amount * (1.0 - exp(-since / drug.onset_s)) * exp(-since / drug.lasts_s)
        breath *= 1.0 - (1.0 - drug.breath) * min(1.0, e)
        if not part:
            hr *= 1.0 + drug.hr * e
            pressure *= 1.0 + drug.pressure * e
    for dose in spent:
        s.doses.remove(dose)
    s.drug_hr, s.drug_map, s.drug_breath = hr, pressure, breath


def _drips(s: State, dt: float) -> None:
    k = 1.0 - exp(-dt / DRIP_TAU_S)
    svr = 0.0
    for name in sorted({*s.drips, *s.drip_effects}):
        now = s.drip_effects.get(name, 0.0)
        now += (s.drips.get(name, 0.0) - now) * k
        drip = DRUGS[name].drip
        if drip is None or (now < 1e-4 and name not in s.drips):
            s.drip_effects.pop(name, None)
            continue
        s.drip_effects[name] = now
        svr += min(1.0, drip.svr * now)
        s.drug_map *= 1.0 + max(-0.5, drip.pressure * now)
        s.drug_hr *= 1.0 + min(0.6, drip.hr * now)
    s.drug_svr = svr

"""Ventilation, carbon dioxide, oxygen, shunt and carbon monoxide.

Numbers are those of an adult; a child's oxygen use, carbon dioxide and output scale alike, so the
gas pressures are the same. Severinghaus 1979 for the dissociation curve, Eger & Severinghaus 1961
and Benumof 1997 for apnoea, Brody 1945 for resting oxygen use by weight.
"""

from __future__ import annotations

from math import exp

from .holding import held
from .state import State

VA0_L_MIN = 4.3  # alveolar ventilation that gives 40 mmHg
VCO2_ML_MIN, VO2_ML_MIN = 200.0, 250.0  # resting adult
FRC_ML_KG = 30.0  # functional residual capacity
CO2_TAU_S = 15.0  # engineering default
O2_PER_HB = 1.34  # mL of oxygen per gram (Huefner)
DISSOLVED = 0.0031  # mL/dL per mmHg
LOWEST_SATURATION = 0.05
EXTRACTION = 0.75  # the most that tissue takes of the oxygen brought (physiology textbooks)
AT_REST = 0.25  # what it takes at rest (physiology textbooks)
# By bag, two breaths after 30 compressions at 100 to 120 a minute: about 23 s; 500 to 600 mL each
# (ERC 2021, adult basic life support).
BAG_RR, BAG_VT_ML, BAG_VD_ML = 5.0, 550.0, 150.0


def saturation(p_o2: float) -> float:
    """Haemoglobin's saturation at an oxygen pressure (Severinghaus 1979)."""
    if p_o2 <= 0.0:
        return 0.0
    return 1.0 / (1.0 + 23400.0 / (p_o2 * p_o2 * p_o2 + 150.0 * p_o2))


def breathe(s: State, dt: float) -> None:
    """One step: rate, ventilation, gas pressures and saturation."""
    s.rr = held(s, "rr", _rate(s)) if s.holds else _rate(s)
    s.va = _ventilation(s)
    _carbon_dioxide(s, dt)
    _oxygen(s, dt)
    if s.cohb > 0.0:
        # half-life falls with oxygen: time constant 320 min on air, 80 min at FiO2 0.8
        tau_min = 320.0 * 0.25 ** ((s.fio2 - 0.21) / 0.59)
        s.cohb *= exp(-dt / (60.0 * tau_min))


def is_apnoeic(s: State) -> bool:
    """Whether no breath moves: paralysed, arrested and nobody ventilates, or a closed airway."""
    return s.va < 0.2


def _rate(s: State) -> float:
    if s.ventilated:
        return s.vent_rr
    if s.arrested_s is not None:
        return BAG_RR if s.cpr else 0.0
    if s.t_s < s.paralysed_until_s:
        return 0.0
    rr = s.rr0 + s.rr_pain
    drive = s.l_r * (0.7 if "sedated" in s.conditions else 1.0) - 0.05
    if drive > 0.0:
        rr += 60.0 * drive
    if s.sao2 < 0.90:
        rr += 14.0 * min(1.0, (0.90 - s.sao2) / 0.10)
    rr = min(rr, 40.0) * (1.0 - 0.45 * s.cushing) * s.drug_breath
    if s.d < 1.0 and "child" in s.conditions:
        rr *= s.d**1.5
    return rr


def _ventilation(s: State) -> float:
    open_part = 1.0
    if s.narrowing is not None and s.airway not in ("tube", "surgical"):
        open_part = max(0.0, 1.0 - s.narrowing.at(s.t_s))
    if s.ventilated:
        child = (s.p.weight_kg / 70.0) ** 0.75 if "child" in s.conditions else 1.0  # Brody
        return s.vent_rr * max(0.0, s.vent_vt_ml - s.vent_vd_ml) / 1000.0 / child * open_part
    if s.rr <= 0.0:
        return 0.0
    if s.arrested_s is not None:
        return BAG_RR * (BAG_VT_ML - BAG_VD_ML) / 1000.0 * open_part
    # shallow breaths: tachypnoea of shock hardly ventilates more (engineering default)
    return float(VA0_L_MIN * (s.rr / s.rr0) ** 0.2 * open_part)


def _carbon_dioxide(s: State, dt: float) -> None:
    if is_apnoeic(s):
        # +13 mmHg in the first minute, then +3 a minute (Eger & Severinghaus 1961)
        s.paco2 = min(150.0, s.paco2 + (13.0 if s.apnoea_s < 60.0 else 3.0) * dt / 60.0)
        s.apnoea_s += dt
        return
    s.apnoea_s = 0.0
    made = VCO2_ML_MIN * (1.0 + 1.2 * s.hyperthermia_m)
    if s.arrested_s is not None:
        made *= min(1.0, s.co * EXTRACTION / AT_REST)  # no more than compressions bring oxygen for
    target = 0.863 * made / s.va
    s.paco2 += (min(target, 150.0) - s.paco2) * (1.0 - exp(-dt / CO2_TAU_S))


def _oxygen(s: State, dt: float) -> None:
    use = 1.0 + s.hyperthermia_m
    if s.va < 0.2:
        vo2 = 10.0 * s.p.weight_kg**0.75 * use  # mL/min (Brody); 3.5 mL/kg/min in an adult
        s.alveolar_o2 = max(1.0, s.alveolar_o2 - vo2 / _store_ml_per_mmhg(s) * dt / 60.0)
    else:
        ideal = max(0.0, s.fio2 * 713.0 - s.paco2 / 0.8)
        tau_s = 60.0 * FRC_ML_KG * 70.0 / 1000.0 / s.va
        s.alveolar_o2 += (ideal - s.alveolar_o2) * (1.0 - exp(-dt / tau_s))
    hb = s.hb_g / s.bv_ml * 100.0  # g/dL
    full = O2_PER_HB * hb
    end_capillary = full * saturation(s.alveolar_o2) + DISSOLVED * s.alveolar_o2
    flow = max(0.3 if s.arrested_s is None else 1.0, s.co0_l_min * s.co)
    s.shunt = shunt = min(0.9, _shunt(s))
    content = end_capillary - shunt / (1.0 - shunt) * VO2_ML_MIN * use / (10.0 * flow)
    least = (1.0 - shunt) * end_capillary / (1.0 - (1.0 - EXTRACTION) * shunt)
    if content < least:  # the body cannot take more than it is brought
        content = least
    s.pao2 = _pressure_of(content, full, s.pao2)
    s.sao2 = max(LOWEST_SATURATION, saturation(s.pao2))


def _store_ml_per_mmhg(s: State) -> float:
    """Oxygen that lungs and blood give up per mmHg: what an apnoeic patient lives on."""
    lungs = FRC_ML_KG * s.p.weight_kg / 713.0
    if "obese" in s.conditions:
        lungs *= 0.25  # Benumof 1997: 2.7 min in place of 7 to 8
    elif s.deficit > 0.1:
        lungs *= 0.7  # Benumof 1997: an ill adult 5 min
    p = s.alveolar_o2
    cubic = p * p * p + 150.0 * p
    steep = 23400.0 * (3.0 * p * p + 150.0) / (cubic + 23400.0) ** 2
    return lungs + O2_PER_HB * s.hb_g * steep


def _shunt(s: State) -> float:
    shunt = s.shunt0
    for pleura in s.pleurae:
        shunt += (0.40 if pleura.injury.tension else 0.20) * pleura.severity
    for bruise in s.contusions:
        shunt += bruise.at(s.t_s)
    return shunt


def _pressure_of(content: float, full: float, guess: float) -> float:
    """The oxygen pressure that holds a content, by Newton's method from the last step's value."""
    p = guess if guess > 12.0 else 12.0
    for _ in range(3):
        cubic = p * p * p + 150.0 * p
        under = cubic + 23400.0
        excess = full * cubic / under + DISSOLVED * p - content
        slope = full * 23400.0 * (3.0 * p * p + 150.0) / (under * under) + DISSOLVED
        step = excess / slope
        # far out on the flat part Newton overshoots: at most halve or double
        p = p * 0.5 if step > 0.5 * p else p * 2.0 if step < -p else p - step
        if -0.05 < step < 0.05:
            break
    return min(700.0, max(8.0, p))

"""Quasi-static compensated shock: output, pressure and heart rate from the deficit of volume.

The closed forms are fitted to Guyton's blood-loss curves (Guyton & Hall, as digitised with the
Pulse engine, Apache-2.0): root mean square error 2.4 points of output and of mean pressure below
43 % loss. Where no source is named, a number is an engineering default.
"""

from __future__ import annotations

from math import exp

from .parameters import L50
from .state import State

REFLEX_TAU_S = 20.0  # engineering default
HILL = 3.37  # fitted
CONSTRICTION, CONSTRICTION_AT, CONSTRICTION_POWER = 0.254, 0.220, 2.27  # fitted; saturates at +25 %
PLATEAU, PLATEAU_AT, PLATEAU_WIDTH = 0.065, 0.405, 0.03  # fitted: the last plateau of the data
PULSE_POWER = 0.8  # engineering default
NEUROGENIC_SVR, NEUROGENIC_HR = 0.6, 65.0  # engineering defaults; direction: ATLS 10, spinal shock


def output(deficit: float, l50: float = L50) -> float:
    """Cardiac output as a fraction of rest, at a deficit (fraction of blood volume)."""
    return 1.0 / (1.0 + (deficit / l50) ** HILL) if deficit > 0.0 else 1.0


def plateau(deficit: float, l50: float = L50) -> float:
    """The part of mean pressure that holds up for a while near 40 % loss."""
    z = (deficit * L50 / l50 - PLATEAU_AT) / PLATEAU_WIDTH
    return PLATEAU * exp(-z * z) if -4.0 < z < 4.0 else 0.0


def constriction(l_c: float) -> float:
    """Resistance as a multiple of rest, at the lagged deficit that constricts."""
    if l_c <= 0.0:
        return 1.0
    if l_c >= CONSTRICTION_AT:
        return 1.0 + CONSTRICTION
    return float(1.0 + CONSTRICTION * (l_c / CONSTRICTION_AT) ** CONSTRICTION_POWER)


def settle(s: State) -> None:
    """Let the reflexes catch up at once: the body has been like this for minutes."""
    s.l_r = s.deficit
    s.l_c = max(0.0, 1.0 - s.bv_ml / s.base.bv0_ml)


def circulate(s: State, dt: float) -> None:
    """One step: deficit, reflexes, output, pressures and heart rate."""
    loss = 1.0 - s.bv_ml / s.base.bv0_ml
    l_bv = loss if loss > 0.0 else 0.0
    s.deficit = deficit = l_bv + s.obstruction
    k = 1.0 - exp(-dt / REFLEX_TAU_S)
    s.l_r += (deficit - s.l_r) * k
    s.l_c += (l_bv - s.l_c) * k
    if s.arrested_s is not None:
        _stand_still(s)
        return
    s.co = output(deficit, s.l50) * s.d
    _heart_rate(s)
    _pressure(s, plateau(deficit, s.l50) * s.d, loss)


def _stand_still(s: State) -> None:
    # with compressions about a fifth of the output and a mean of 20 mmHg (resuscitation textbooks)
    s.co = 0.2 if s.cpr else 0.0
    s.map = s.map_unaided = 20.0 if s.cpr else 0.0
    s.pp = 0.0
    s.hr = 0.0


def _heart_rate(s: State) -> None:
    gain = 0.7 if "sedated" in s.conditions else 1.0
    if "neurogenic" in s.conditions:
        gain = 0.0
    hr = (
        s.hr0
        + s.hr_slope * gain * s.l_r
        + 15.0 * s.adrenal_k
        + 35.0 * s.hyperthermia_m
        - 30.0 * s.cushing
    )
    if hr > s.hrmax:
        hr = s.hrmax
    if gain == 0.0 and hr > NEUROGENIC_HR:
        hr = NEUROGENIC_HR
    if s.d < 1.0 and "child" in s.conditions:
        hr *= s.d**1.5  # a child's heart slows before it stops
    s.hr = hr * s.drug_hr


def _tone(s: State, loss: float) -> float:
    if "neurogenic" in s.conditions:
        # volume helps half: 20 % above the baseline volume gives back half of the lost tone
        tone = NEUROGENIC_SVR + 0.2 * min(1.0, max(0.0, -loss) / 0.2)
    else:
        tone = constriction(s.l_c)
    if s.adrenal_k > 0.0:
        tone *= 1.0 - 0.30 * s.adrenal_k
    if s.cyanide > 0.0:
        minutes = (s.t_s - s.cyanide_start_s) / 60.0
        tone *= 1.0 - 0.13 * s.cyanide * min(1.0, max(0.0, minutes / 30.0))
    return tone


def _pressure(s: State, last_plateau: float, loss: float) -> None:
    tone = _tone(s, loss)
    unaided = s.map0 * (s.co * tone + last_plateau) + 30.0 * s.cushing
    s.map_unaided = unaided
    pressure = unaided
    if s.drug_svr:
        pressure += s.map0 * s.co * s.drug_svr * (1.0 - 0.7 * s.adrenal_k)
    if s.balloon:
        pressure *= 1.5 if s.balloon == "1" else 1.2  # aortic occlusion; zone 3 less
    s.map = pressure * s.drug_map
    stroke = s.co * s.hr0 * s.drug_hr / s.hr if s.hr > 0.0 else 0.0
    s.pp = s.pp0 * stroke**PULSE_POWER * (1.0 + 0.3 * s.cushing) * s.drug_map

"""Lactate, acid and base, temperature, potassium, calcium and clotting. Engineering defaults."""

from __future__ import annotations

from math import exp, log10

from .state import State

DO2_CRITICAL = 0.55  # fraction of rest below which lactate rises
EXPOSED_C_MIN, ANAESTHESIA_C_MIN, WARMED_C_MIN = -0.03, -0.02, 0.04
HYPERTHERMIA_C_MIN, HYPERTHERMIA_K_MIN = 0.15, 0.15
CYANIDE_LACTATE_MIN = 0.33
SUX_RISE_S = 180.0
SATURATION_REST = 0.975


def oxygen_delivery(s: State) -> float:
    """Delivery of oxygen as a fraction of rest."""
    hb = s.hb_g / s.bv_ml / (s.base.hb_g_dl / 100.0)
    return s.co * hb * s.sao2 / SATURATION_REST * (1.0 - s.cohb)


def metabolise(s: State, dt: float) -> None:
    """One step of everything slow."""
    minutes = dt / 60.0
    debt = max(0.0, DO2_CRITICAL - oxygen_delivery(s)) / DO2_CRITICAL
    made = debt + CYANIDE_LACTATE_MIN * s.cyanide * (s.t_s >= s.cyanide_start_s)
    s.lactate += (made - 0.02 * max(0.0, s.lactate - 1.0)) * minutes
    if s.hydroxocobalamin:
        s.cyanide *= exp(-dt / 300.0)
    _adrenal(s, dt)
    _hyperthermia(s, dt)
    _temperature(s, minutes)
    _electrolytes(s, minutes)
    if s.abruption_start_s is not None and s.t_s >= s.abruption_start_s + 600.0:
        s.fibrinogen_g = max(0.1, s.fibrinogen_g - 0.1 * minutes * s.bv_ml / 1000.0)


def _adrenal(s: State, dt: float) -> None:
    if s.adrenal is None:
        return
    if s.steroid:
        s.adrenal_k *= exp(-dt / 600.0)
    else:
        s.adrenal_k = s.adrenal.at(s.t_s)


def _hyperthermia(s: State, dt: float) -> None:
    if s.dantrolene:
        s.hyperthermia_m *= exp(-dt / 480.0)
    elif s.triggered:
        s.hyperthermia_m += (1.0 - s.hyperthermia_m) * (1.0 - exp(-dt / 360.0))


def _temperature(s: State, minutes: float) -> None:
    rate = HYPERTHERMIA_C_MIN * s.hyperthermia_m
    if s.warmed:
        rate += WARMED_C_MIN if s.temp_c < 37.0 else 0.0
    elif s.exposed:
        # the colder the skin the less it loses: fades between 35.5 and 34 degrees
        rate += EXPOSED_C_MIN * min(1.0, max(0.0, (s.temp_c - 34.0) / 1.5))
    if s.ventilated:
        rate += ANAESTHESIA_C_MIN if s.temp_c > 25.0 else 0.0
    s.temp_c += rate * minutes


def _electrolytes(s: State, minutes: float) -> None:
    s.calcium += (1.2 - s.calcium) * minutes / 60.0  # the liver clears citrate, slowly
    rise = HYPERTHERMIA_K_MIN * s.hyperthermia_m * minutes
    for given_s, total in s.sux_potassium:
        if 0.0 <= s.t_s - given_s < SUX_RISE_S:
            rise += total * minutes * 60.0 / SUX_RISE_S
    s.potassium += rise


def inr(s: State) -> float:
    """International normalised ratio, from the factors left and from cold."""
    left = min(1.0, s.factors_ml / s.bv_ml)
    anticoagulated = 0.6 if "anticoagulant" in s.conditions and not s.reversed else 0.0
    return float(1.0 + 1.5 * (1.0 - left) ** 1.2 + 0.1 * max(0.0, 35.0 - s.temp_c) + anticoagulated)


def base_excess(s: State) -> float:
    """Base excess in mmol/L; lactate is taken as the only metabolic acid."""
    return -1.2 * (s.lactate - 1.0)


def ph(s: State) -> float:
    """Arterial pH from carbon dioxide and base excess (van Slyke with Henderson-Hasselbalch)."""
    be = base_excess(s)
    value = 7.4
    for _ in range(6):
        bicarbonate = 24.4 + be / 0.93 - 14.83 * (value - 7.4)
        target = 6.1 + log10(max(0.5, bicarbonate) / (0.0307 * s.paco2))
        value += 0.45 * (target - value)
    return min(7.8, max(6.6, value))

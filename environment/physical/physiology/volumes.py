"""Blood lost and given, fluid between vessels and tissue, and what it dilutes."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from .injuries import BELOW_ZONE_1, BELOW_ZONE_3, Region
from .state import Infusion, State, Wound

CRYSTALLOID_STAYS = 0.30  # the 3:1 rule
LEAK_TAU_S = 1200.0 / (1.0 - CRYSTALLOID_STAYS)  # 20 min for the part that leaves
REFILL_ML_MIN, REFILL_AT, REFILL_FROM = 2.0, 0.30, 0.02  # engineering default
CLOT_BELOW_ML_MIN = 20.0  # engineering default
CLOT_TAU_S = 600.0  # engineering default
CLOT_HOLDS = 0.7
CLOT_BREAKS_SBP, CLOT_BREAKS_MAP = 94.0, 64.0  # rebleeding in swine, Sondeen 2003
CLOT_LEFT = 0.15  # so that the flow comes back two- to threefold (Sondeen 2003)
ANTICOAGULANT_FLOW, ANTICOAGULANT_CLOT = 1.5, 3.0  # engineering default
TXA_FACTOR, TXA_OVER_S = 0.75, 600.0  # size an engineering default; direction CRASH-2 2010


@dataclass(frozen=True, slots=True)
class Fluid:
    """What one mL brings: haemoglobin, fibrinogen, factors, platelets; and how much stays."""

    unit_ml: float
    stays: float = 1.0
    hb_g_ml: float = 0.0
    fibrinogen_g_ml: float = 0.0
    factors: float = 0.0
    platelets_e9_ml: float = 0.0
    temp_c: float = 37.0
    citrate: bool = False


# Contents: usual figures of blood services (red cells in additive solution 19 g/dL, plasma
# 2.5 g/L fibrinogen, pooled platelets 300 x10^9, cryoprecipitate pool 1.5 g in 100 mL).
FLUIDS: dict[str, Fluid] = {
    "crystalloid": Fluid(500.0, stays=CRYSTALLOID_STAYS, temp_c=20.0),
    "hypertonic_saline": Fluid(250.0, stays=0.6, temp_c=20.0),
    "whole_blood": Fluid(500.0, hb_g_ml=0.145, fibrinogen_g_ml=0.0025, factors=0.8,
                         platelets_e9_ml=0.15, citrate=True),
    "red_cells": Fluid(300.0, hb_g_ml=0.19, citrate=True),
    "plasma": Fluid(300.0, fibrinogen_g_ml=0.0025, factors=1.4, citrate=True),
    "platelets": Fluid(300.0, fibrinogen_g_ml=0.002, factors=0.8, platelets_e9_ml=1.0,
                       citrate=True),
    "cryoprecipitate": Fluid(100.0, fibrinogen_g_ml=0.015, factors=0.5, citrate=True),
    "albumin": Fluid(100.0, temp_c=20.0),
}  # fmt: skip


def flow(s: State, dt: float) -> None:
    """One step of bleeding, infusion, refill and leaks."""
    sbp = s.map + s.pp * 2.0 / 3.0
    lost = 0.0
    for wound in s.wounds:
        lost += _bleed(s, wound, sbp, dt)
    if lost:
        _lose_blood(s, lost)
    if s.infusions:
        _infuse(s, dt)
    _exchange(s, dt)


def _bleed(s: State, w: Wound, sbp: float, dt: float) -> float:
    injury = w.injury
    t = s.t_s
    while w.later and w.later[0][0] <= t:
        _, treatment, factor = w.later.pop(0)
        w.factors[treatment] = factor
    if t <= injury.start_s:
        return 0.0
    q = injury.flow_ml_min.at(t - dt)  # what flowed since the last step
    for factor in w.factors.values():
        q *= factor
    if s.txa_start_s is not None:
        q *= txa_factor(s)
    if "anticoagulant" in s.conditions and not s.reversed:
        q *= ANTICOAGULANT_FLOW
    if s.balloon and injury.region in _below(s.balloon):
        q = 0.0
    head = s.map - injury.pressure_mmhg
    if q <= 0.0 or head <= 0.0:
        w.flow_ml_min = 0.0
        return 0.0
    if injury.follows_pressure:
        q *= head / (s.base.map0 - injury.pressure_mmhg)
    if injury.clots:
        q *= 1.0 - CLOT_HOLDS * w.clot
        _clot(s, w, q, sbp, dt)
    w.flow_ml_min = q
    ml = min(q * dt / 60.0, s.bv_ml - 1.0)
    w.lost_ml += ml
    return ml


def _below(zone: str) -> frozenset[Region]:
    # zone 1 lies above the coeliac trunk, zone 3 above the pelvis
    return BELOW_ZONE_1 if zone == "1" else BELOW_ZONE_3


def txa_factor(s: State) -> float:
    """What tranexamic acid leaves of each flow: falls over 10 min."""
    if s.txa_start_s is None:
        return 1.0
    done = (s.t_s - s.txa_start_s) / TXA_OVER_S
    return 1.0 - (1.0 - TXA_FACTOR) * min(1.0, max(0.0, done))


def _clot(s: State, w: Wound, q: float, sbp: float, dt: float) -> None:
    if sbp > CLOT_BREAKS_SBP or s.map > CLOT_BREAKS_MAP:
        w.clot = min(w.clot, CLOT_LEFT)
    elif q < CLOT_BELOW_ML_MIN:
        slow = ANTICOAGULANT_CLOT if "anticoagulant" in s.conditions and not s.reversed else 1.0
        w.clot += (1.0 - w.clot) * (1.0 - exp(-dt / (CLOT_TAU_S * slow)))


def _lose_blood(s: State, ml: float) -> None:
    kept = 1.0 - ml / s.bv_ml
    s.bv_ml -= ml
    s.bled_ml += ml
    s.hb_g *= kept
    s.platelets_e9 *= kept
    s.fibrinogen_g *= kept
    s.factors_ml *= kept


def _infuse(s: State, dt: float) -> None:
    for running in s.infusions:
        ml = min(running.ml_s * dt, running.left_ml)
        running.left_ml -= ml
        _give(s, running, ml)
    s.infusions = [i for i in s.infusions if i.left_ml > 1e-9]


def _give(s: State, running: Infusion, ml: float) -> None:
    fluid = FLUIDS[running.fluid]
    s.bv_ml += ml
    s.infused_ml += ml
    if fluid.stays < 1.0:
        s.water_ml += ml
        s.water_stays_ml += ml * fluid.stays
    s.hb_g += ml * fluid.hb_g_ml
    s.fibrinogen_g += ml * fluid.fibrinogen_g_ml
    s.factors_ml += ml * fluid.factors
    s.platelets_e9 += ml * fluid.platelets_e9_ml
    if fluid.citrate:
        s.calcium = max(0.4, s.calcium - 0.05 * ml / 300.0)  # citrate; engineering default
    if running.temp_c < 37.0:
        # specific heat of blood and water is alike: scale the two computed values by temperature
        per_ml = 0.0000162 if fluid.hb_g_ml else 0.0000171
        s.temp_c -= per_ml * (37.0 - running.temp_c) * ml * 70.0 / s.p.weight_kg


def _exchange(s: State, dt: float) -> None:
    loss = 1.0 - s.bv_ml / s.base.bv0_ml
    if loss > REFILL_FROM:
        ml = REFILL_ML_MIN * (loss - REFILL_FROM) / (REFILL_AT - REFILL_FROM) * dt / 60.0
        s.bv_ml += ml
        s.refilled_ml += ml
    if s.water_ml > s.water_stays_ml:
        ml = min(s.water_ml * (1.0 - exp(-dt / LEAK_TAU_S)), s.water_ml - s.water_stays_ml)
        s.water_ml -= ml
        s.bv_ml -= ml
        s.leaked_ml += ml
    if s.burn_percent > 15.0:
        _leak_plasma(s, dt)


def _leak_plasma(s: State, dt: float) -> None:
    # 2 mL/kg per percent in 24 h, half of it in 8 h (ATLS 10); red cells stay
    since_min = (s.t_s - s.burn_start_s) / 60.0
    if since_min < 10.0 or since_min > 24.0 * 60.0:
        return
    per_min = 0.002 if since_min < 8.0 * 60.0 else 0.001
    ml = per_min * s.p.weight_kg * s.burn_percent * dt / 60.0
    plasma = s.bv_ml * (1.0 - min(0.7, 0.003 * s.hb_g / s.bv_ml * 1000.0))
    kept = 1.0 - ml / plasma
    s.fibrinogen_g *= kept
    s.factors_ml *= kept
    s.bv_ml -= ml
    s.leaked_ml += ml

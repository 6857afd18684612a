"""What obstructs the circulation: tension, tamponade, pressure of ventilation, the uterus.

Each is expressed as an equivalent of blood loss; sizes are engineering defaults chosen to give the
published trends of tension pneumothorax and tamponade (Pulse and BioGears validation tables).
"""

from __future__ import annotations

from .state import Pleura, State

TENSION, TAMPONADE = 0.30, 0.35  # times severity squared
VENTILATION, PEEP_PER_CMH2O = 0.03, 0.006  # pressure ventilation at PEEP 5, and beyond it
SUPINE = 0.10  # a pregnant uterus on the vena cava
GROWTH_PER_MIN, GROWTH_LIMIT = 0.15, 1.3  # an undrained tension under ventilation
SIMPLE_GROWTH_PER_MIN = 0.05  # a simple one turns into tension more slowly
DRAINED = 0.5  # relief below which a chest counts as drained


def obstruct(s: State, dt: float) -> None:
    """One step: severities and their sum."""
    total = 0.0
    worst = 0.0
    for pleura in s.pleurae:
        total += _pleura(s, pleura, dt)
        if pleura.injury.tension and pleura.severity > worst:
            worst = pleura.severity
    s.tension = worst
    if s.tamponade is not None:
        s.tamponade_severity = s.tamponade.at(s.t_s) * s.tamponade_relief
        total += TAMPONADE * s.tamponade_severity**2
    if s.supine and "pregnant" in s.conditions:
        total += SUPINE
    if s.ventilated:
        total += VENTILATION + PEEP_PER_CMH2O * max(0.0, s.peep - 5.0)
    if s.t_s < s.induction_until_s:
        total += s.induction
    s.obstruction = total


def _pleura(s: State, x: Pleura, dt: float) -> float:
    if x.relief_per_s:
        x.relief += x.relief_per_s * dt
        if (x.relief - x.relief_target) * x.relief_per_s >= 0.0:
            x.relief, x.relief_per_s = x.relief_target, 0.0
    if s.t_s < x.injury.start_s:
        return 0.0
    own = x.injury.severity.at(s.t_s)
    if s.ventilated and own > 0.0 and x.relief > DRAINED:
        rate = GROWTH_PER_MIN if x.injury.tension else SIMPLE_GROWTH_PER_MIN
        x.growth += rate * dt / 60.0
    if x.injury.tension:
        grown = own if own > GROWTH_LIMIT else min(GROWTH_LIMIT, own + x.growth)
        x.severity = grown * x.relief
        return TENSION * x.severity**2
    x.severity = own * x.relief
    return TENSION * (min(GROWTH_LIMIT, x.growth) * x.relief) ** 2


def without_drugs(s: State) -> float:
    """Deficit by volume, tension and tamponade alone: what a removed cause must lower."""
    loss = max(0.0, 1.0 - s.bv_ml / s.base.bv0_ml)
    return loss + TENSION * s.tension**2 + TAMPONADE * s.tamponade_severity**2

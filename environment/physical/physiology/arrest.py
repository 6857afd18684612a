"""Decompensation, pulseless electrical activity, and return of circulation.

Engineering defaults; the Pulse engine turns at a mean pressure of 40 to 45 mmHg, too.
"""

from __future__ import annotations

from math import exp

from .chest import without_drugs
from .parameters import L50, MAP0
from .state import State

LOW_MAP, LOW_FOR_S, FALL_TAU_S = 45.0, 180.0, 240.0
RECOVER_MAP, RECOVER_TAU_S = 55.0, 600.0
ARREST_MAP, ARREST_LOSS, ARREST_AFTER_S = 25.0, 0.45, 60.0
HYPOXIC_SATURATION, HYPOXIC_AFTER_S = 0.40, 60.0
WINDOW_S = 15 * 60.0  # a cause removed later does not help
CAUSE_REMOVED = 0.40  # deficit below which the heart fills again: volume above 60 %
D_AFTER = 0.6
POTASSIUM_ARREST, POTASSIUM_WIDE = 8.2, 6.5  # mmol/L; wide complexes from about 6.5 (textbooks)
CALCIUM_WINDOW_S = 180.0
ASYSTOLE_AFTER_S = 15 * 60.0


def tire(s: State, dt: float) -> None:
    """One step of the heart that fails, stops, or starts again."""
    if s.arrested_s is not None:
        _perhaps_return(s)
        return
    scale = s.base.map0 / MAP0
    _decompensate(s, dt, scale)
    loss = 1.0 - s.bv_ml / s.base.bv0_ml
    cause = ""
    if s.map < ARREST_MAP:
        cause = "no_flow"
    elif loss > ARREST_LOSS * s.l50 / L50:
        cause = "exsanguination"
    elif s.sao2 < HYPOXIC_SATURATION:
        cause = "hypoxia"
    s.dying_s = s.dying_s + dt if cause else 0.0
    if cause and s.dying_s >= ARREST_AFTER_S:
        stop(s, cause)
    elif s.potassium >= POTASSIUM_ARREST and s.t_s >= s.calcium_until_s:
        stop(s, "hyperkalaemia")
    wide = s.potassium >= POTASSIUM_WIDE and s.t_s >= s.calcium_until_s
    if s.arrested_s is None:
        s.rhythm = "wide_qrs" if wide else "sinus"


def _decompensate(s: State, dt: float, scale: float) -> None:
    if s.map < LOW_MAP * scale:
        s.low_s += dt
        if s.low_s > LOW_FOR_S:
            s.d *= exp(-dt / FALL_TAU_S)
        return
    s.low_s = 0.0
    # only volume mends the heart: pressure held up by a vasopressor does not count
    if s.d < 1.0 and s.map_unaided > RECOVER_MAP * scale:
        s.d += (1.0 - s.d) * (1.0 - exp(-dt / RECOVER_TAU_S))


def stop(s: State, cause: str) -> None:
    """The circulation stops: electrical activity without a pulse."""
    s.arrested_s = s.t_s
    s.arrest_cause = cause
    s.arrest_deficit = without_drugs(s)
    s.rhythm = "pea"
    s.dying_s = 0.0


def start(s: State) -> None:
    """Circulation returns, weak."""
    s.arrested_s = None
    s.arrest_cause = ""
    s.d = D_AFTER
    s.low_s = s.dying_s = 0.0
    s.rhythm = "sinus"
    s.cpr = False


def _perhaps_return(s: State) -> None:
    since = s.t_s - (s.arrested_s or 0.0)
    if since >= ASYSTOLE_AFTER_S:
        s.rhythm = "asystole"
        return
    if s.arrest_cause == "hyperkalaemia":
        if s.t_s < s.calcium_until_s and since <= CALCIUM_WINDOW_S + 60.0:
            start(s)
        return
    if s.arrest_cause == "hypoxia":
        if s.sao2 > 0.80:
            start(s)
        return
    deficit = without_drugs(s)
    # no recovery by itself: the cause must have been lessened, not only have waited
    if deficit < CAUSE_REMOVED * s.l50 / L50 and deficit < s.arrest_deficit - 0.03:
        start(s)

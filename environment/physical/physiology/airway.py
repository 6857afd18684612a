"""Treatments of airway, breathing and chest."""

from __future__ import annotations

from environment.errors import did_you_mean

from . import pharmacology
from .errors import PhysiologyError, UnknownSiteError, UnknownTreatmentError
from .medicine import row_of
from .state import Pleura, State
from .treatment import treatment


def _pleura(s: State, side: str) -> list[Pleura]:
    if side not in ("left", "right"):
        raise UnknownSiteError(f"Chest side {side!r} is neither 'left' nor 'right'.")
    return [x for x in s.pleurae if x.injury.side == side]


def _relieve(s: State, side: str, left: float, by: str) -> None:
    for x in _pleura(s, side):
        if left < x.relief_target:
            x.relief_target = left
            x.relief_per_s = (left - x.relief) / 45.0  # 30 to 60 s
            x.drained_by = by


@treatment
def needle(s: State, *, side: str, works: bool = True) -> None:
    """Needle decompression: a quarter of the severity is left; fails in 30-50 % at the front."""
    _pleura(s, side)
    if works:
        _relieve(s, side, 0.25, "needle")


@treatment
def finger(s: State, *, side: str) -> None:
    """Finger thoracostomy: 5 % of the severity is left."""
    _relieve(s, side, 0.05, "finger")


@treatment
def chest_tube(s: State, *, side: str) -> None:
    """Chest tube: 2 % of the severity is left."""
    _relieve(s, side, 0.02, "tube")


@treatment
def pericardial_window(s: State) -> None:
    """Open the pericardium: no tamponade."""
    s.tamponade_relief = 0.0


@treatment
def thoracotomy(s: State) -> None:
    """Open the chest: no tamponade, a heart wound is held (x0.1)."""
    s.tamponade_relief = 0.0
    for wound in s.wounds:
        if wound.injury.site == "heart":
            wound.factors["thoracotomy"] = 0.1


@treatment
def oxygen(s: State, *, flow_l_min: float = 15.0, fio2: float | None = None) -> None:
    """Oxygen by mask: 15 L/min gives about 0.75; 0 is air."""
    if fio2 is None:
        # reservoir mask 0.70 to 0.85 at 15 L/min
        fio2 = min(0.85, 0.21 + 0.036 * max(0.0, flow_l_min))
    if not 0.1 <= fio2 <= 1.0:
        raise PhysiologyError(f"FiO2 {fio2:g} is not between 0.1 and 1.0.")
    s.fio2 = fio2


@treatment
def airway(s: State, *, device: str) -> None:
    """Place a supraglottic device, a tube or a surgical airway, or go back to none."""
    known = ("own", "supraglottic", "tube", "surgical")
    if device not in known:
        raise UnknownTreatmentError(f"No airway {device!r}.{did_you_mean(device, known)}")
    s.airway = device
    if device == "own":
        s.ventilated = False


@treatment
def ventilator(
    s: State,
    *,
    on: bool = True,
    rr: float | None = None,
    vt_ml: float | None = None,
    vd_ml: float | None = None,
    peep: float | None = None,
    fio2: float | None = None,
) -> None:
    """Set the ventilator; what is not named stays."""
    s.ventilated = on
    s.vent_rr = s.vent_rr if rr is None else rr
    s.vent_vt_ml = s.vent_vt_ml if vt_ml is None else vt_ml
    s.vent_vd_ml = s.vent_vd_ml if vd_ml is None else vd_ml
    s.peep = s.peep if peep is None else peep
    s.fio2 = s.fio2 if fio2 is None else fio2


@treatment
def intubation(
    s: State,
    *,
    rr: float = 14.0,
    vt_ml: float | None = None,
    peep: float = 5.0,
    fio2: float = 1.0,
    device: str = "tube",
) -> None:
    """Place a tube and ventilate under sedation: 7 mL/kg unless said otherwise."""
    airway(s, device=device)
    child = "child" in s.conditions
    vt = vt_ml if vt_ml is not None else (7.0 * s.p.weight_kg if child else 500.0)
    ventilator(
        s, rr=rr, vt_ml=vt, vd_ml=2.2 * s.p.weight_kg if child else 150.0, peep=peep, fio2=fio2
    )
    s.sedated = True


@treatment
def rsi(
    s: State,
    *,
    induction: str = "ketamine",
    relaxant: str = "rocuronium",
    rr: float = 14.0,
    vt_ml: float | None = None,
    peep: float = 5.0,
    fio2: float = 1.0,
) -> None:
    """Rapid sequence induction and intubation with induction doses."""
    for name in (induction, relaxant):
        row_of(name)
    for name in (induction, relaxant):
        row = pharmacology.DRUGS[name]
        pharmacology.give(s, name, row.reference * (s.p.weight_kg if row.per_kg else 1.0))
    intubation(s, rr=rr, vt_ml=vt_ml, peep=peep, fio2=fio2)

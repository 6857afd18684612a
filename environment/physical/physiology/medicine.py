"""Drugs, antidotes, care, and what an instructor may do."""

from __future__ import annotations

from environment.errors import did_you_mean

from . import arrest, pharmacology
from .course import Course
from .errors import UnknownTreatmentError
from .state import State
from .treatment import treatment


def row_of(name: str) -> pharmacology.Drug:
    """The row of a drug."""
    row = pharmacology.DRUGS.get(name)
    if row is None:
        raise UnknownTreatmentError(f"No drug {name!r}.{did_you_mean(name, pharmacology.DRUGS)}")
    return row


@treatment
def drug(s: State, *, name: str, dose: float | None = None) -> None:
    """Give a bolus in the drug's unit; without a dose its reference dose for this weight."""
    row = row_of(name)
    usual = row.reference * (s.p.weight_kg if row.per_kg else 1.0)
    pharmacology.give(s, name, usual if dose is None else dose)


@treatment
def drip(s: State, *, name: str, rate: float) -> None:
    """Start, change or (at 0) stop a continuous infusion, in its own unit of rate."""
    row = row_of(name)
    if row.drip is None:
        with_drip = [n for n, d in pharmacology.DRUGS.items() if d.drip is not None]
        raise UnknownTreatmentError(
            f"{name!r} is not given continuously.{did_you_mean(name, with_drip)}"
        )
    if rate <= 0.0:
        s.drips.pop(name, None)
    else:
        s.drips[name] = rate / row.drip.reference


@treatment
def clotting_factor(s: State) -> None:
    """The missing factor: flows as without the disorder, and a haematoma grows no more."""
    s.reversed = True
    if s.haematoma is not None:
        s.haematoma = Course((s.t_s,), (s.haematoma.at(s.t_s),))


@treatment
def osmotherapy(s: State) -> None:
    """Mannitol or 3 % saline: pressure in the skull -30 % over 15 min, for 4 h."""
    s.osmotherapy_start_s = s.t_s


@treatment
def steroid(s: State) -> None:
    """Hydrocortisone 100 mg: an adrenal crisis fades with a time constant of 10 min."""
    s.steroid = True


@treatment
def dantrolene(s: State) -> None:
    """Dantrolene 2.5 mg/kg: malignant hyperthermia fades with a time constant of 8 min."""
    s.dantrolene = True


@treatment
def hydroxocobalamin(s: State) -> None:
    """Hydroxocobalamin 5 g: cyanide fades with a time constant of 5 min."""
    s.hydroxocobalamin = True


@treatment
def position(s: State, *, supine: bool) -> None:
    """Lay flat, or tilt to the left; matters in late pregnancy."""
    s.supine = supine


@treatment
def warming(s: State, *, on: bool = True) -> None:
    """Cover and warm actively, or stop."""
    s.warmed = on
    s.exposed = s.exposed and not on


@treatment
def cpr(s: State, *, on: bool = True) -> None:
    """Compress the chest and, where no ventilator does, give breaths by bag; or stop."""
    s.cpr = on and s.arrested_s is not None


@treatment
def cardiac_arrest(s: State, *, cause: str = "scripted") -> None:
    """Stop the circulation: for a scenario's script or its instructor."""
    if s.arrested_s is None:
        arrest.stop(s, cause)


@treatment
def circulation_returns(s: State) -> None:
    """Bring the circulation back: for a scenario's script or its instructor."""
    if s.arrested_s is not None:
        arrest.start(s)

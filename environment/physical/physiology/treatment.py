"""The names of all treatments. One function is one treatment; its keywords are the details.

The functions are in `haemostasis.py` (bleeding and volume), `airway.py` (airway, breathing, chest)
and `medicine.py` (drugs, antidotes, care). Directions are textbook; sizes are engineering defaults
unless a line names its source.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from environment.errors import did_you_mean

from .errors import UnknownTreatmentError
from .pharmacology import DRUGS
from .state import State
from .volumes import FLUIDS

Treat = Callable[..., None]
TREATMENTS: dict[str, Treat] = {}


def treatment(do: Treat) -> Treat:
    """Offer a function as a treatment, under its own name."""
    TREATMENTS[do.__name__] = do
    return do


def apply(s: State, name: str, details: Mapping[str, object]) -> None:
    """Do a treatment by its name; a wrong name or detail says what is known."""
    do = TREATMENTS.get(name)
    if do is None:
        raise UnknownTreatmentError(f"No treatment {name!r}.{_way_out(name)}")
    signature = inspect.signature(do)
    known = list(signature.parameters)[1:]
    for detail in details:
        if detail not in known:
            raise UnknownTreatmentError(
                f"Treatment {name!r} takes no {detail!r}.{did_you_mean(detail, known)}"
            )
    try:
        signature.bind(s, **details)
    except TypeError as wrong:
        raise UnknownTreatmentError(f"Treatment {name!r}: {wrong}.") from wrong
    do(s, **details)


def _way_out(name: str) -> str:
    if name in DRUGS:
        return f" It is a drug: treat('drug', name={name!r}, dose=...), or 'drip' with a rate."
    if name in FLUIDS:
        return f" It is a fluid: treat('infuse', fluid={name!r}, volume_ml=...)."
    return did_you_mean(name, TREATMENTS)

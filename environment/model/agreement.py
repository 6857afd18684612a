"""When two measurements of one quantity contradict each other, and which one counts.

Both numbers of every row are engineering defaults, chosen well above the usual scatter of two
monitors on one patient, so that a difference means a sensor that slipped or a wrong patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Two values of one moment that differ by more than this contradict each other, in the vital
#: sign's unit (engineering defaults).
TOLERANCE: Mapping[str, float] = MappingProxyType(
    {
        "hr": 15.0,
        "spo2": 5.0,
        "sbp": 20.0,
        "dbp": 15.0,
        "map": 15.0,
        "rr": 8.0,
        "etco2": 10.0,
        "temp": 1.0,
    }
)
#: A contradiction that lasts is said again after this time (engineering default).
SAY_AGAIN_S = 60.0
#: A preferred source that was silent for longer gives way to the next (engineering default: five
#: readings of a monitor that sends every second).
GIVES_WAY_S = 5.0


def agree(vital: str, one: float, other: float) -> bool:
    """Whether two values of about the same moment can both be true."""
    return abs(one - other) <= TOLERANCE.get(vital, float("inf"))

"""Vital signs that somebody holds from outside: an instructor moves one on the fly, and lets go.

A held sign follows its own course from where it stood; what hangs on it (bleeding on pressure, the
drive to breathe on saturation) follows the held value. Let go, it glides back to the body's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from environment.errors import did_you_mean

from .errors import PhysiologyError, UnknownParameterError
from .state import Hold, State

#: What can be held, with the least and the most (what a monitor can show; engineering defaults).
HOLDABLE: dict[str, tuple[float, float]] = {
    "hr": (10.0, 250.0),  # 1/min
    "sbp": (20.0, 260.0),  # mmHg; diastolic and mean pressure keep their ratio to it
    "rr": (0.0, 60.0),  # 1/min
    "spo2": (30.0, 100.0),  # percent
    "etco2": (0.0, 100.0),  # mmHg
    "temp": (24.0, 43.0),  # degrees Celsius
    "gcs": (3.0, 15.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How one held sign stands: where it goes, and whether it has been let go."""

    name: str
    to: float
    since_s: float
    until_s: float
    is_released: bool


def hold(s: State, name: str, now: float, to: float, over_s: float) -> None:
    """Move a sign from its value `now` to another within `over_s` seconds, and keep it there."""
    if name not in HOLDABLE:
        raise UnknownParameterError(
            f"No vital sign {name!r} can be held.{did_you_mean(name, HOLDABLE)}"
        )
    low, high = HOLDABLE[name]
    if not low <= to <= high:
        raise PhysiologyError(f"{name} cannot be held at {to:g}: from {low:g} to {high:g}.")
    if not 0.0 <= over_s <= 3600.0:
        raise PhysiologyError(f"A ramp of {over_s:g} s is not from 0 to 3600 s.")
    s.holds[name] = Hold(since_s=s.t_s, start=now, over_s=over_s, to=to)


def release(s: State, name: str, over_s: float) -> None:
    """Let a held sign go back to the body's own within `over_s` seconds."""
    held = s.holds.get(name)
    if held is None or held.released_s is not None:
        raise PhysiologyError(f"{name} is not held.{did_you_mean(name, s.holds)}")
    held.released_s, held.release_over_s = s.t_s, over_s


def standing(s: State) -> tuple[Held, ...]:
    """The signs that are held, or on their way back."""
    return tuple(
        Held(
            name=name,
            to=h.to,
            since_s=h.since_s,
            until_s=h.since_s + h.over_s,
            is_released=h.released_s is not None,
        )
        for name, h in s.holds.items()
    )


def held(s: State, name: str, own: float) -> float:
    """The value of a sign, where the body's own would be `own`."""
    h = s.holds.get(name)
    if h is None:
        return own
    past = s.t_s - h.since_s
    value = h.to if past >= h.over_s else h.start + (h.to - h.start) * past / h.over_s
    if h.released_s is None:
        return value
    back = s.t_s - h.released_s
    if back >= h.release_over_s:
        del s.holds[name]
        return own
    return value + (own - value) * back / h.release_over_s


def hold_circulation(s: State) -> None:
    """Heart rate and pressure as they are held; a heart that stands still cannot be held."""
    if s.arrested_s is not None:
        return
    s.hr = held(s, "hr", s.hr)
    if "sbp" in s.holds:
        own = s.map + s.pp * 2.0 / 3.0
        factor = held(s, "sbp", own) / own if own > 0.0 else 1.0
        s.map *= factor
        s.pp *= factor


def hold_oxygen(s: State) -> None:
    """Saturation as it is held, in the blood's own fraction."""
    if "spo2" in s.holds:
        own = 100.0 * ((1.0 - s.cohb) * s.sao2 + s.cohb)
        shown = held(s, "spo2", own) / 100.0
        s.sao2 = min(1.0, max(0.05, (shown - s.cohb) / (1.0 - s.cohb)))

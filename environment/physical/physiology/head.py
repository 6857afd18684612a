"""Pressure inside the skull, its effect on the circulation, and consciousness."""

from __future__ import annotations

from math import exp

from .state import State

ICP0_MMHG, PVI_ML = 10.0, 25.0  # pressure-volume index, Marmarou 1978
CPP_LOW_MMHG = 50.0  # below: ischaemia; Brain Trauma Foundation keeps 60 to 70
GCS_FALLS_S = 180.0  # one point in 3 min; engineering default
OSMOTHERAPY_FALL, OSMOTHERAPY_TAU_S, OSMOTHERAPY_S = 0.30, 300.0, 4 * 3600.0  # eng. default


def press(s: State, dt: float) -> None:
    """One step of pressure in the skull, perfusion of the brain and the Cushing response."""
    if s.haematoma is None:
        return
    s.icp = icp = _pressure(s)
    s.cushing = min(1.0, max(0.0, (icp - 20.0) / 20.0))
    if s.map - icp < CPP_LOW_MMHG:
        s.cpp_low_s += dt
        s.gcs_lost += dt / GCS_FALLS_S


def _pressure(s: State) -> float:
    volume = s.haematoma.at(s.t_s) if s.haematoma is not None else 0.0
    volume += s.co2_reactivity * (min(60.0, max(25.0, s.paco2)) - 40.0)
    icp: float = ICP0_MMHG * 10.0 ** (volume / PVI_ML)
    if s.osmotherapy_start_s is not None:
        since = s.t_s - s.osmotherapy_start_s
        if 0.0 <= since < OSMOTHERAPY_S:
            icp *= 1.0 - OSMOTHERAPY_FALL * (1.0 - exp(-since / OSMOTHERAPY_TAU_S))
    return min(icp, 120.0)


# How a total usually divides into eye, verbal and motor (engineering default, clinical habit).
COMPONENTS: dict[int, tuple[int, int, int]] = {
    15: (4, 5, 6), 14: (4, 4, 6), 13: (3, 4, 6), 12: (3, 4, 5), 11: (3, 3, 5), 10: (2, 3, 5),
    9: (2, 2, 5), 8: (2, 2, 4), 7: (1, 2, 4), 6: (1, 1, 4), 5: (1, 1, 3), 4: (1, 1, 2),
    3: (1, 1, 1),
}  # fmt: skip


def gcs(s: State) -> int:
    """Glasgow Coma Scale: from the script, else from output and oxygen; less what was lost."""
    if s.arrested_s is not None:
        return 3
    total = s.findings.get("gcs")
    if total is None:
        total = 15.0
        total -= 10.0 * max(0.0, 0.55 - s.co) / 0.55
        total -= 30.0 * max(0.0, 0.85 - s.sao2)
        total = round(total)
    return max(3, int(total) - int(s.gcs_lost))


def pupils(s: State) -> tuple[float, float, bool, bool]:
    """Left and right size (mm) and whether they react; a scripted size goes first."""
    left = right = 3.0
    reacts_left = reacts_right = True
    if s.haematoma is not None:
        if s.icp > 35.0:  # the side of the haematoma is taken as left (engineering default)
            left, reacts_left = 6.0, False
        elif s.icp > 22.0:
            left = 4.0
    if s.arrested_s is not None or s.cpp_low_s >= 300.0:
        left = right = 6.0
        reacts_left = reacts_right = False
    found = s.findings
    if "pupil_left" in found:
        left = found["pupil_left"]
        reacts_left = left < 5.0
    if "pupil_right" in found:
        right = found["pupil_right"]
        reacts_right = right < 5.0
    return left, right, reacts_left, reacts_right

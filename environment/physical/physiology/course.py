"""A value that follows a script through time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .errors import PhysiologyError

_CLOCK = re.compile(r"(-?)(\d+):(\d\d)(?::(\d\d))?")


def seconds(time: float | str) -> float:
    """Seconds from the emergency call, from a number or from ``mm:ss`` or ``hh:mm:ss``."""
    if not isinstance(time, str):
        return float(time)
    match = _CLOCK.fullmatch(time.strip())
    if match is None:
        raise PhysiologyError(f"Time {time!r} is not 'mm:ss', 'hh:mm:ss' or a number of seconds.")
    sign, first, second, third = match.groups()
    total = int(first) * 60 + int(second)
    if third is not None:
        total = total * 60 + int(third)
    return float(-total if sign else total)


@dataclass(frozen=True, slots=True)
class Course:
    """Points in time (seconds) and their values; linear between them, or held until the next."""

    times: tuple[float, ...]
    values: tuple[float, ...]
    steps: bool = False

    def __post_init__(self) -> None:
        if not self.times or len(self.times) != len(self.values):
            raise PhysiologyError("A course needs at least one point, each a [time, value] pair.")
        for earlier, later in pairwise(self.times):
            if later <= earlier:
                raise PhysiologyError(f"Course times must rise: {later:g} s follows {earlier:g} s.")

    @property
    def start_s(self) -> float:
        """When the first point is; before it the course has its first value."""
        return self.times[0]

    def at(self, t_s: float) -> float:
        """The value at a time."""
        times = self.times
        if t_s <= times[0]:
            return self.values[0]
        if t_s >= times[-1]:
            return self.values[-1]
        i = bisect_right(times, t_s)
        before, after = self.values[i - 1], self.values[i]
        if self.steps or before == after:
            return before
        return before + (after - before) * (t_s - times[i - 1]) / (times[i] - times[i - 1])


def course(given: object, *, steps: bool = False) -> Course:
    """A course from a number, from [time, value] pairs, or from {linear|steps = pairs}."""
    if isinstance(given, Course):
        return given
    if isinstance(given, bool) or given is None or isinstance(given, str):
        raise PhysiologyError(f"{given!r} is neither a number nor a list of [time, value] pairs.")
    if isinstance(given, (int, float)):
        return Course((0.0,), (float(given),), steps)
    if isinstance(given, Mapping):
        if set(given) not in ({"linear"}, {"steps"}):
            raise PhysiologyError("A course table has one key, 'linear' or 'steps'.")
        (kind,) = given
        return course(given[kind], steps=kind == "steps")
    if not isinstance(given, Sequence):
        raise PhysiologyError(f"{given!r} is neither a number nor a list of [time, value] pairs.")
    points = [_point(item) for item in given]
    return Course(tuple(t for t, _ in points), tuple(v for _, v in points), steps)


def _point(item: object) -> tuple[float, float]:
    if (
        isinstance(item, Sequence)
        and len(item) == 2
        and isinstance(item[0], (int, float, str))
        and isinstance(item[1], (int, float))
    ):
        return seconds(item[0]), float(item[1])
    raise PhysiologyError(f"{item!r} is not a [time, value] pair.")

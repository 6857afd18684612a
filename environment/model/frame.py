"""The frame rule: which values are a twin's state at a time, and from which interval they come.

The state as of `t` takes, for each property, the latest reading whose effective time lies in
`(t - horizon, t]`. An older one is absent and says so; it is never an old number shown as new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from environment.model.change import JSON, Quality

AbsentReason = Literal["unknown", "stale", "unavailable", "not_permitted"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value with where it comes from. `twin` is the twin that it was observed on."""

    value: JSON
    effective: float
    recorded: float
    source: str
    quality: Quality
    seq: int
    twin: str

    def fresh_until(self, horizon_s: float | None) -> float:
        """The first moment at which this reading is no longer part of the state.

        To the microsecond, as clocks tell time: else a timer could come a hair before it for ever.
        """
        return float("inf") if horizon_s is None else round(self.effective + horizon_s, 6)


@dataclass(frozen=True, slots=True)
class Absent:
    """No value, and why; `since` is when it stopped being one, if it ever was."""

    reason: AbsentReason
    since: float | None = None
    last: Reading | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A twin's state as of `at`: values, what is absent, and the frame `[t_min, at]`."""

    twin: str
    at: float
    values: Mapping[str, Reading]
    absent: Mapping[str, Absent]
    frame: tuple[float, float]
    phase: str | None
    life: str
    revision: int

    def get(self, name: str, default: JSON = None) -> JSON:
        """The value of a property, or `default` when it is absent."""
        reading = self.values.get(name)
        return default if reading is None else reading.value


def frame_of(readings: Iterable[Reading], at: float) -> tuple[float, float]:
    """The common time interval of the values used: from the oldest effective time to `at`."""
    return (min((r.effective for r in readings), default=at), at)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How well a twin mirrors its asset over a window: each factor and their product in [0, 1].

    The product form is that of the "overall digital twin entanglement" (timeliness x reliability x
    availability); the factors are read as below.
    """

    timeliness: float  # share of readings that arrived within the allowed delay
    reliability: float  # received over expected
    availability: float  # share of the window in which the values were fresh

    @property
    def value(self) -> float:
        """The product of the three factors."""
        return self.timeliness * self.reliability * self.availability


def fidelity(
    readings: Iterable[tuple[float, float]],
    *,
    window: tuple[float, float],
    period_s: float,
    horizon_s: float,
    allowed_delay_s: float,
) -> Fidelity:
    """Fidelity of one property from its (effective, recorded) times in `window`, in seconds."""
    start, end = window
    length = end - start
    got = sorted((e, r) for e, r in readings if start < e <= end and r <= end)
    if length <= 0:
        return Fidelity(1.0, 1.0, 1.0)
    timely = sum(1 for e, r in got if r - e <= allowed_delay_s)
    expected = max(1.0, length / period_s)
    covered, until = 0.0, start
    for effective, _ in got:
        begin = max(effective, until)
        until = max(until, min(end, effective + horizon_s))
        covered += max(0.0, until - begin)
    return Fidelity(
        timeliness=timely / len(got) if got else 0.0,
        reliability=min(1.0, len(got) / expected),
        availability=min(1.0, covered / length),
    )

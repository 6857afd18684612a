"""How much one caller may ask for: sizes, rates, open streams."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Engineering defaults; a site may set others."""

    body_bytes: int = 64 * 1024
    per_s: float = 200.0  # requests a second of one caller, on average
    burst: float = 400.0
    streams: int = 64  # open at one time, for one caller
    wait_s: float = 30.0  # the longest that a request may wait for something to happen
    connections: int = 800  # at one time, of everybody; below the usual 1024 files of a process
    silent_s: float = 20.0  # in which a connection must have sent a whole request, or another one
    body_s: float = 10.0  # in which the body of a request must have come
    stalled_s: float = 30.0  # for which a stream waits for its reader; then he may come back
    page: int = 1000  # rows on one page of history or of the directory
    callers: int = 4096  # callers remembered
    answers: int = 20_000  # first answers kept for repeated requests
    hooks: tuple[str, ...] = ()  # origins beyond this machine that FHIR may tell: https://a.example


@dataclass(slots=True)
class Bucket:
    """A token bucket for each caller: `now` gives seconds of a clock that only goes forward."""

    limits: Limits
    now: Callable[[], float]
    _level: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait_s(self, caller: str) -> float:
        """Take one; 0 when it was there, else how long until it is."""
        now, limits = self.now(), self.limits
        level, then = self._level.pop(caller, (limits.burst, now))
        level = min(limits.burst, level + (now - then) * limits.per_s)
        granted = level >= 1.0
        self._level[caller] = (level - 1.0 if granted else level, now)
        if len(self._level) > limits.callers:
            self._level.pop(next(iter(self._level)))  # the one not heard of for longest
        return 0.0 if granted else (1.0 - level) / limits.per_s

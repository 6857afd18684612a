"""A clock that first runs through the past as fast as it can, and then goes on with real time.

A process that takes up a run relives what the journal tells in jumps of virtual time; what waits
then (timers, tasks, commands at work) simply goes on when the clock turns to real time.
"""

import asyncio
from datetime import datetime

from environment.runtime.clock import Callback, Cancel, VirtualLoop, WallClock


class CatchUpLoop(VirtualLoop):
    """An event loop in real time that can jump from timer to timer for a while."""

    def __init__(self) -> None:
        super().__init__()
        self._since = self._real()
        self.is_jumping = False

    def time(self) -> float:
        """Seconds since the loop was made, jumps included."""
        if self.is_jumping:
            return self.virtual_now
        return self.virtual_now + self._real() - self._since

    def _real(self) -> float:
        return super(VirtualLoop, self).time()

    def jump(self) -> None:
        """From now on do not wait for timers."""
        self.virtual_now = self.time()
        self.is_jumping = True

    def flow(self) -> None:
        """From now on time is real again."""
        self._since = self._real()
        self.is_jumping = False


class CatchUpClock(WallClock):
    """Scenario time that runs through the past in jumps, then follows real time at `speed`.

    It stands at the call until `leap`, and again where the past ends (`arrive`) until `go_on`.
    Whoever pauses it in the past, or changes its speed, has done so when it has arrived.
    """

    def __init__(self, start: datetime, *, speed: float = 1.0) -> None:
        super().__init__(start, speed=1.0)
        loop = asyncio.get_running_loop()
        if not isinstance(loop, CatchUpLoop):
            raise TypeError(
                "CatchUpClock needs a CatchUpLoop: asyncio.Runner(loop_factory=CatchUpLoop)"
            )
        self._jumps = loop
        self._is_past, self._is_leaping, self._stands = True, False, False
        self._speed_then = speed
        self._planned: dict[str, tuple[float, Callback, Cancel]] = {}
        self._handed_on: dict[str, Cancel] = {}
        self._paused_at = 0.0

    @property
    def speed(self) -> float:
        """Scenario seconds per real second, once the past is over."""
        return self._speed_then if self._is_past else super().speed

    def now(self) -> float:
        """Scenario seconds; in the past free of the noise of adding floats (to the microsecond)."""
        if not self._is_past or self._paused_at is not None:
            return super().now()
        return round(self._base + self._jumps.time() - self._origin, 6)

    def leap(self) -> None:
        """Begin to run through the past."""
        self._jumps.jump()
        super().resume()
        self._is_leaping = True

    @property
    def is_paused(self) -> bool:
        """Whether scenario time stands still, or will when the past is over."""
        return self._stands if self._is_leaping else super().is_paused

    def pause(self) -> None:
        """Stop scenario time; in the past, have it stopped when that is over."""
        if self._is_leaping:
            self._stands = True
        else:
            super().pause()

    def resume(self) -> None:
        """Go on; in the past, do not stop when that is over."""
        if self._is_leaping:
            self._stands = False
        else:
            super().resume()

    def set_speed(self, speed: float) -> None:
        """Change the speed, in the past that of afterwards."""
        if not self._is_past:
            super().set_speed(speed)
        elif speed <= 0:
            raise ValueError(f"speed must be above 0, got {speed}")
        else:
            self._speed_then = speed

    def go_on(self) -> None:
        """Go on after the past, unless the clock stood when that ended."""
        if not self._stands:
            self.resume()

    def arrive(self, at_s: float = float("-inf")) -> None:
        """The past is over: stand at this moment, or at a later one, until `go_on`."""
        self._is_leaping = False
        self.pause()
        self._paused_at = max(self.now(), at_s)
        self._jumps.flow()
        self._is_past = False
        self._speed = self._speed_then
        for job, (at_s, callback, cancel) in self._planned.items():
            cancel()
            self._handed_on[job] = super().schedule(at_s, job, callback)
        self._planned.clear()

    def schedule(self, at_s: float, job: str, callback: Callback) -> Cancel:
        """Call back at a scenario time; in the past without APScheduler, whose time is real."""
        if not self._is_past:
            return super().schedule(at_s, job, callback)
        if job in self._planned:
            raise ValueError(f"a job named '{job}' is already scheduled")

        def fire() -> None:
            del self._planned[job]
            callback()

        self._planned[job] = (at_s, callback, self.call_at(at_s, fire))

        def cancel() -> None:
            planned, handed_on = self._planned.pop(job, None), self._handed_on.pop(job, None)
            if planned is not None:
                planned[2]()
            if handed_on is not None:
                handed_on()

        return cancel

"""How fast a run goes, and whether it goes at all, as its instructor wishes."""

import math

from environment.errors import InvocationFailedError
from environment.runtime.clock import Clock, WallClock
from scenarios.braking import Advice

#: The least and the most scenario seconds a second (engineering defaults).
SLOWEST, FASTEST = 0.1, 60.0
#: What a run is not slowed down below: that of real time.
REAL_TIME = 1.0
#: How fast a session runs on to the next thing in the script, at least (engineering default).
STEP_SPEED = 30.0


class Pace:
    """The instructor's wishes for a clock; while a past is relived, they are only remembered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock if isinstance(clock, WallClock) else None
        self.is_begun = False
        self.running: bool | None = None  # None: nobody has wished anything yet
        self.speed = 1.0 if self._clock is None else self._clock.speed
        self.fastest = self.speed  # so far
        self._stepping = False
        self._most = math.inf  # what the machine keeps up with, as far as is known

    @property
    def slowed_to(self) -> float:
        """The speed that the machine keeps up with, if it is below the one wished for; else 0."""
        return self._most if self._most < self._wished() else 0.0

    @property
    def is_stepping(self) -> bool:
        """Whether it runs on to the next thing in the script."""
        return self._stepping

    def begin(self) -> None:
        """Everybody is there: from now on the clock obeys."""
        self.is_begun = True
        if self._clock is None:
            return
        self._clock.set_speed(self._now_speed())
        if self.running:
            self._clock.resume()

    def pause(self) -> None:
        """Stand still."""
        self._stepping = self.running = False
        if self.is_begun:
            self._wall().pause()
            self._wall().set_speed(self._now_speed())

    def resume(self) -> None:
        """Go on."""
        self.running = True
        if self.is_begun:
            self._wall().resume()

    def set_speed(self, speed: float) -> None:
        """Go so fast."""
        if not SLOWEST <= speed <= FASTEST:
            raise InvocationFailedError(
                f"A speed of {speed:g} is not from {SLOWEST:g} to {FASTEST:g}.", "bad_speed"
            )
        self.speed, self._most = speed, math.inf
        now_speed = self._now_speed()
        if self.is_begun:
            self._wall().set_speed(now_speed)

    def adapt(self, advice: Advice) -> bool:
        """Go half or twice as fast, between real time and what is wished for; whether it did."""
        before = self._now_speed()
        if advice == "stay" or not self.is_begun or self._clock is None:
            return False
        if advice == "slower":
            self._most = min(before, max(before / 2.0, REAL_TIME))
        elif self._most < self._wished():
            self._most *= 2.0
        if self._now_speed() == before:
            return False
        self._clock.set_speed(self._now_speed())
        return True

    def step(self) -> None:
        """Run on, fast, until `pause`."""
        self._stepping = True
        if self.is_begun:
            self._wall().set_speed(self._now_speed())
        self.resume()

    def _wished(self) -> float:
        return max(self.speed, STEP_SPEED) if self._stepping else self.speed

    def _now_speed(self) -> float:
        speed = min(self._wished(), self._most)
        self.fastest = max(self.fastest, speed)
        return speed

    def _wall(self) -> WallClock:
        if self._clock is None:
            raise InvocationFailedError(
                "This run is on the virtual clock, which nobody can hold.", "no_wall_clock"
            )
        return self._clock

"""How fast a run goes, and whether it goes at all, as its instructor wishes."""

from environment.errors import InvocationFailedError
from environment.runtime.clock import Clock, WallClock

#: The least and the most scenario seconds a second (engineering defaults).
SLOWEST, FASTEST = 0.1, 60.0
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
            self._wall().set_speed(self.speed)

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
        self.speed = speed
        now_speed = self._now_speed()
        if self.is_begun:
            self._wall().set_speed(now_speed)

    def step(self) -> None:
        """Run on, fast, until `pause`."""
        self._stepping = True
        if self.is_begun:
            self._wall().set_speed(self._now_speed())
        self.resume()

    def _now_speed(self) -> float:
        speed = max(self.speed, STEP_SPEED) if self._stepping else self.speed
        self.fastest = max(self.fastest, speed)
        return speed

    def _wall(self) -> WallClock:
        if self._clock is None:
            raise InvocationFailedError(
                "This run is on the virtual clock, which nobody can hold.", "no_wall_clock"
            )
        return self._clock

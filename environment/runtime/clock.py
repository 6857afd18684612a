"""Scenario time: the only place that knows what time it is.

`VirtualClock` belongs to an event loop whose time jumps to the next timer when nothing is ready, so
that an hour of care takes a second and is the same in every run. `WallClock` moves with real time,
at any speed, and can pause; it leaves the scenario's script and reminders to APScheduler.
"""

import asyncio
import contextvars
import heapq
import itertools
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

Callback = Callable[[], None]
Cancel = Callable[[], None]


class Clock(Protocol):
    """Scenario seconds since the call, and timers. `start` is the instant of the call."""

    start: datetime

    def now(self) -> float:
        """Scenario seconds."""

    async def sleep(self, seconds: float) -> None:
        """Let scenario time pass."""

    def call_at(self, at_s: float, callback: Callback) -> Cancel:
        """Call back at a scenario time, at once if it is over; returns what cancels it."""

    def every(
        self, period_s: float, callback: Callable[[float], None], *, first_at: float | None = None
    ) -> Cancel:
        """Call back at each period with the time that was due."""

    def schedule(self, at_s: float, job: str, callback: Callback) -> Cancel:
        """Like `call_at`, for the script and for reminders: `job` names it, uniquely."""

    def close(self) -> None:
        """End all timers."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: moves the loop's time instead, as long as the loop jumps."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if not self.loop.is_jumping:
            return super().select(timeout)
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self.loop.in_threads:  # work that the loop cannot see: wait in real time
            return super().select(0.05 if timeout is None else min(timeout, 0.05))
        if timeout is None:  # no timer at all: a real wait
            return super().select(None)
        self.loop.virtual_now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at 0 and passes only when every task waits for a timer."""

    def __init__(self) -> None:
        self.virtual_now = 0.0
        self.is_jumping = True
        self.in_threads = 0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.virtual_now

    def run_in_executor(  # type: ignore[override]  # the base is generic in *args
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run in a thread; time stands still until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self.in_threads += 1

        def done(_: asyncio.Future[Any]) -> None:
            self.in_threads -= 1

        future.add_done_callback(done)
        return future


class _Timers:
    """Timers in the order of (due time, when they were set), so that ties have one order."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callback | None]] = []
        self._count = itertools.count()
        self._cancelled: set[int] = set()

    def add(self, at_s: float, callback: Callback) -> tuple[int, Cancel]:
        number = next(self._count)
        heapq.heappush(self._heap, (at_s, number, callback))
        return number, lambda: self._cancelled.add(number)

    def next_due(self) -> float | None:
        while self._heap and self._heap[0][1] in self._cancelled:
            self._cancelled.discard(heapq.heappop(self._heap)[1])
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now_s: float) -> Callback | None:
        due = self.next_due()
        if due is None or due > now_s:
            return None
        return heapq.heappop(self._heap)[2]

    def clear(self) -> None:
        self._heap.clear()
        self._cancelled.clear()


class _TimedClock:
    """What both clocks share: ordered timers over one timer of the event loop."""

    start: datetime

    def __init__(self, start: datetime) -> None:
        self.start = start.astimezone(UTC)
        self._timers = _Timers()
        self._armed: asyncio.TimerHandle | None = None
        self._armed_for = float("inf")
        self._running = False
        self._context = contextvars.Context()

    def now(self) -> float:
        raise NotImplementedError  # each clock has its own

    def _loop_time(self, at_s: float) -> float:
        raise NotImplementedError  # each clock has its own

    def call_at(self, at_s: float, callback: Callback) -> Cancel:
        """Call back at a scenario time, at once if it is over; returns what cancels it."""
        at_s = round(at_s, 6)  # as `now` is: else a timer could stay a hair ahead of it
        _, cancel = self._timers.add(at_s, callback)
        if not self._running and at_s < self._armed_for:
            self._arm()
        return cancel

    def every(
        self, period_s: float, callback: Callable[[float], None], *, first_at: float | None = None
    ) -> Cancel:
        """Call back at each period with the time that was due; late ones are not left out."""
        due = self.now() + period_s if first_at is None else first_at
        ended = False
        cancel: Cancel

        def tick() -> None:
            nonlocal due, cancel
            if ended:
                return
            at, due = due, due + period_s
            cancel = self.call_at(due, tick)
            callback(at)

        def end() -> None:
            nonlocal ended
            ended = True
            cancel()

        cancel = self.call_at(due, tick)
        return end

    def schedule(self, at_s: float, job: str, callback: Callback) -> Cancel:
        """Call back at a scenario time; `job` is a name for logs."""
        return self.call_at(at_s, callback)

    async def sleep(self, seconds: float) -> None:
        """Let scenario time pass."""
        await self.sleep_until(self.now() + seconds)

    async def sleep_until(self, at_s: float) -> None:
        """Wait for a scenario time."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        cancel = self.call_at(at_s, lambda: None if future.done() else future.set_result(None))
        try:
            await future
        finally:
            cancel()

    def close(self) -> None:
        """End all timers."""
        self._timers.clear()
        self._disarm()

    def _disarm(self) -> None:
        if self._armed is not None:
            self._armed.cancel()
        self._armed, self._armed_for = None, float("inf")

    def _arm(self) -> None:
        self._disarm()
        due = self._timers.next_due()
        if due is not None:
            loop = asyncio.get_running_loop()
            self._armed_for = due
            # In a context of its own: a timer is not done because of whoever was at work
            # when it was set.
            self._armed = loop.call_at(self._loop_time(due), self._fire, context=self._context)

    def _fire(self) -> None:
        self._armed, self._armed_for = None, float("inf")
        self._running = True
        try:
            # One callback a round: what it makes ready runs before the next timer.
            callback = self._timers.pop_due(self.now())
            if callback is not None:
                callback()
        finally:
            self._running = False
            self._arm()


class VirtualClock(_TimedClock):
    """Scenario time on a `VirtualLoop`. `begin_s` is the scenario time at which the loop starts."""

    def __init__(self, start: datetime, *, begin_s: float = 0.0) -> None:
        super().__init__(start)
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            raise TypeError(
                "VirtualClock needs a VirtualLoop: asyncio.Runner(loop_factory=VirtualLoop)"
            )
        self._loop = loop
        self._offset = begin_s - loop.time()

    def now(self) -> float:
        """Scenario seconds, free of the noise of adding floats (to the microsecond)."""
        return round(self._loop.virtual_now + self._offset, 6)

    def _loop_time(self, at_s: float) -> float:
        return at_s - self._offset


class WallClock(_TimedClock):
    """Scenario time that follows real time: `speed` scenario seconds a second; can pause."""

    def __init__(self, start: datetime, *, speed: float = 1.0, begin_s: float = 0.0) -> None:
        super().__init__(start)
        if speed <= 0:
            raise ValueError(f"speed must be above 0, got {speed}")
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # heavy; live sessions only

        self._loop = asyncio.get_running_loop()
        self._speed = speed
        self._paused_at: float | None = None
        self._moment: float | None = None
        self._origin = self._loop.time()
        self._base = begin_s
        self._jobs: dict[str, tuple[float, Callback]] = {}
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": False}
        )
        self._scheduler.start()

    @property
    def speed(self) -> float:
        """Scenario seconds per real second."""
        return self._speed

    @property
    def is_paused(self) -> bool:
        """Whether scenario time stands still."""
        return self._paused_at is not None

    def now(self) -> float:
        """Scenario seconds; one round of the event loop is one moment.

        What is recorded in one go has one time, so that a journal tells what was known together.
        """
        if self._paused_at is not None:
            return self._paused_at
        if self._moment is None:
            self._moment = self._base + (self._loop.time() - self._origin) * self._speed
            self._loop.call_soon(self._forget_moment, context=self._context)
        return self._moment

    def _forget_moment(self) -> None:
        self._moment = None

    def pause(self) -> None:
        """Stop scenario time; nothing becomes due until `resume`."""
        if self._paused_at is None:
            self._paused_at = self.now()
            self._disarm()
            self._withdraw()

    def resume(self) -> None:
        """Go on where it was paused."""
        if self._paused_at is not None:
            self._base, self._paused_at = self._paused_at, None
            self._origin, self._moment = self._loop.time(), None
            self._retime()

    def set_speed(self, speed: float) -> None:
        """Change the speed from now on."""
        if speed <= 0:
            raise ValueError(f"speed must be above 0, got {speed}")
        self._base, self._origin, self._speed = self.now(), self._loop.time(), speed
        self._moment = None
        if not self.is_paused:
            self._withdraw()
            self._retime()

    def set_now(self, now_s: float) -> None:
        """Follow another clock: it is this time now, be that later or earlier than thought."""
        was_paused = self.is_paused
        self.pause()
        self._paused_at = now_s
        if not was_paused:
            self.resume()

    def schedule(self, at_s: float, job: str, callback: Callback) -> Cancel:
        """Call back at a scenario time, by APScheduler; `job` must be unique."""
        if job in self._jobs:
            raise ValueError(f"a job named '{job}' is already scheduled")
        self._jobs[job] = (at_s, callback)
        if not self.is_paused:
            self._add(job)

        def cancel() -> None:
            if self._jobs.pop(job, None) is not None and self._scheduler.get_job(job):
                self._scheduler.remove_job(job)

        return cancel

    def close(self) -> None:
        """End all timers and the scheduler."""
        super().close()
        self._jobs.clear()
        self._scheduler.shutdown(wait=False)

    def _add(self, job: str) -> None:
        at_s, callback = self._jobs[job]

        async def run() -> None:
            if self._jobs.pop(job, None) is not None:  # else it was set anew, and came meanwhile
                callback()

        delay = max(0.0, (at_s - self.now()) / self._speed)
        due = datetime.now(UTC) + timedelta(seconds=delay)
        self._scheduler.add_job(run, "date", run_date=due, id=job)

    def _withdraw(self) -> None:
        """Take all jobs from the scheduler but those that it has begun with in this moment."""
        for job in self._jobs:
            if self._scheduler.get_job(job):
                self._scheduler.remove_job(job)

    def _retime(self) -> None:
        self._arm()
        for job in self._jobs:
            self._add(job)

    def _arm(self) -> None:
        if self._paused_at is None:
            super()._arm()

    def _loop_time(self, at_s: float) -> float:
        return self._origin + (at_s - self._base) / self._speed

"""A run goes as fast as its machine keeps up with, and as wished again as soon as it does."""

import statistics
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from environment.runtime.clock import WallClock
from scenarios.braking import LATE_S, LOOKS, Brake
from scenarios.pace import Pace

EVERY_S = 2.0  # between two looks, scenario seconds


class Machine:
    """One that does `able` scenario seconds of work a second, and how late its work is."""

    def __init__(self, speed: float = 60.0) -> None:
        self.clock = WallClock(datetime(2026, 1, 15, 14, tzinfo=UTC), speed=speed)
        self.pace, self.brake = Pace(self.clock), Brake()
        self.pace.begin()
        self.behind = 0.0  # seconds of work

    def goes_on(self, looks: int, able: float) -> None:
        for _ in range(looks):
            self.behind = max(0.0, self.behind + EVERY_S / able - EVERY_S / self.clock.speed)
            self.pace.adapt(self.brake.look(self.late_s))

    @property
    def late_s(self) -> float:
        """Scenario seconds by which work is late."""
        return self.behind * self.clock.speed


@settings(deadline=None)
@given(st.floats(min_value=1.5, max_value=55.0))
async def test_the_speed_falls_to_what_the_machine_can_and_work_comes_in_time(able: float) -> None:
    one = Machine()
    one.goes_on(40 * LOOKS, able)
    late = []
    for _ in range(200 * LOOKS):
        one.goes_on(1, able)
        late.append(one.late_s)
    assert max(late) < 12 * LATE_S
    assert statistics.median(late) < LATE_S  # more is tried, but seldom


@settings(deadline=None)
@given(st.floats(min_value=1.5, max_value=55.0))
async def test_a_machine_that_is_free_again_goes_as_fast_as_was_wished(able: float) -> None:
    one = Machine()
    while one.clock.speed == 60.0:
        one.goes_on(1, able)
    assert one.pace.slowed_to == one.clock.speed
    one.goes_on(400 * LOOKS, 1000.0)
    assert one.clock.speed == 60.0
    assert one.pace.slowed_to == 0.0


@settings(deadline=None)
@given(st.floats(min_value=61.0, max_value=1000.0), st.floats(min_value=0.1, max_value=60.0))
async def test_a_machine_that_keeps_up_is_left_alone(able: float, speed: float) -> None:
    one = Machine(speed)
    one.goes_on(20 * LOOKS, able)
    assert one.clock.speed == speed


async def test_one_hiccup_slows_nothing_down() -> None:
    one = Machine()
    one.goes_on(LOOKS // 2, 1000.0)
    one.behind += 1.0  # a minute of care
    one.goes_on(5 * LOOKS, 1000.0)
    assert one.clock.speed == 60.0


async def test_nothing_is_slowed_below_real_time() -> None:
    one = Machine(2.0)
    one.goes_on(100 * LOOKS, 0.2)
    assert one.clock.speed == 1.0
    assert one.late_s > LATE_S

"""The same expectations of both clocks."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from environment.runtime.catching_up import CatchUpClock, CatchUpLoop
from environment.runtime.clock import Clock, VirtualClock, WallClock

START = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)


class ClockContract:
    """What the run may expect of any clock."""

    def make(self) -> Clock:
        raise NotImplementedError  # each clock has its own

    async def test_timers_come_in_order_of_time_then_of_setting(self) -> None:
        clock, heard = self.make(), []
        for name, at in (("b", 2.0), ("c", 2.0), ("a", 1.0)):
            clock.call_at(at, partial(heard.append, name))
        await clock.sleep(3)
        clock.close()
        assert heard == ["a", "b", "c"]

    async def test_a_cancelled_timer_does_not_come(self) -> None:
        clock, heard = self.make(), []
        cancel = clock.call_at(1.0, lambda: heard.append("no"))
        clock.call_at(1.0, lambda: heard.append("yes"))
        cancel()
        await clock.sleep(2)
        clock.close()
        assert heard == ["yes"]

    async def test_every_period_comes_with_the_time_that_was_due(self) -> None:
        clock, due = self.make(), []
        end = clock.every(1.0, due.append, first_at=1.0)
        await clock.sleep(5.5)
        end()
        await clock.sleep(2)
        clock.close()
        assert due == [1.0, 2.0, 3.0, 4.0, 5.0]

    async def test_the_script_and_reminders_are_called_by_name_once_each(self) -> None:
        clock, heard = self.make(), []
        clock.schedule(1.0, "one", lambda: heard.append("one"))
        cancel = clock.schedule(1.5, "two", lambda: heard.append("two"))
        clock.schedule(2.0, "three", lambda: heard.append("three"))
        cancel()
        # real scheduling needs a few milliseconds at each end
        await clock.sleep(30)
        clock.close()
        assert heard == ["one", "three"]


class TestVirtualClock(ClockContract):
    def make(self) -> Clock:
        return VirtualClock(START)


@pytest.mark.wall_time
class TestWallClock(ClockContract):
    def make(self) -> Clock:
        return WallClock(START, speed=60)


def test_what_waits_in_the_past_comes_in_real_time_after_it() -> None:
    heard: list[str] = []

    async def play() -> None:
        clock = CatchUpClock(START, speed=60)
        assert clock.now() == 0.0
        clock.leap()
        clock.call_at(1800.0, lambda: heard.append("in the past"))
        clock.call_at(3606.0, lambda: heard.append("timer"))
        clock.schedule(3612.0, "job", lambda: heard.append("job"))
        cancel = clock.schedule(3606.0, "another", lambda: heard.append("cancelled"))
        await clock.sleep(3600.0)
        assert heard == ["in the past"]
        assert clock.now() == 3600.0
        clock.arrive()
        cancel()
        await asyncio.sleep(0.02)
        assert clock.now() == 3600.0  # it stands until told to go on
        clock.resume()
        began = asyncio.get_running_loop().time()
        await clock.sleep(60.0)
        assert 0.5 < asyncio.get_running_loop().time() - began < 30.0
        assert heard == ["in the past", "timer", "job"]
        assert clock.speed == 60
        clock.close()

    with asyncio.Runner(loop_factory=CatchUpLoop) as runner:
        runner.run(play())


def test_who_pauses_in_the_past_finds_the_clock_standing_after_it() -> None:
    async def play() -> None:
        clock = CatchUpClock(START, speed=1)
        clock.leap()
        clock.call_at(10.0, clock.pause)
        clock.call_at(20.0, lambda: clock.set_speed(50))
        await clock.sleep(100.0)
        assert clock.is_paused
        clock.arrive()
        clock.go_on()
        assert (clock.is_paused, clock.speed, clock.now()) == (True, 50, 100.0)
        clock.resume()
        await clock.sleep(1.0)
        assert clock.now() >= 101.0
        clock.close()

    with asyncio.Runner(loop_factory=CatchUpLoop) as runner:
        runner.run(play())


async def test_a_clock_that_catches_up_refuses_an_ordinary_loop() -> None:
    with pytest.raises(TypeError, match="CatchUpLoop"):
        CatchUpClock(START)


@pytest.mark.wall_time
async def test_one_round_of_the_loop_is_one_moment_of_a_live_clock() -> None:
    clock = WallClock(START, speed=1000)
    first = clock.now()
    assert sum(range(100_000)) > 0
    assert clock.now() == first
    await clock.sleep(1)
    assert clock.now() > first
    clock.close()


async def test_an_hour_of_virtual_time_passes_at_once_and_exactly() -> None:
    clock = VirtualClock(START)
    await clock.sleep(3600)
    assert clock.now() == 3600.0


async def test_virtual_time_waits_for_work_in_threads() -> None:
    clock = VirtualClock(START)
    result = await asyncio.to_thread(sum, [1, 2, 3])
    assert (result, clock.now()) == (6, 0.0)


@pytest.mark.wall_time
async def test_a_paused_clock_stands_still_and_goes_on_where_it_was() -> None:
    clock, heard = WallClock(START, speed=100), []
    clock.call_at(5.0, lambda: heard.append("timer"))
    clock.schedule(5.0, "job", lambda: heard.append("job"))
    clock.pause()
    stood = clock.now()
    await asyncio.sleep(0.1)
    assert clock.now() == stood
    assert heard == []
    clock.resume()
    await clock.sleep(20)
    clock.close()
    assert sorted(heard) == ["job", "timer"]


@pytest.mark.wall_time
async def test_the_speed_can_change_on_the_way() -> None:
    clock = WallClock(START, speed=1)
    clock.set_speed(500)
    await clock.sleep(50)
    assert clock.now() >= 50
    clock.close()


@pytest.mark.wall_time
async def test_a_clock_that_follows_another_takes_its_time_forwards_and_backwards() -> None:
    clock, heard = WallClock(START, speed=100), []
    clock.call_at(500.0, lambda: heard.append("timer"))
    clock.schedule(500.0, "job", lambda: heard.append("job"))
    clock.set_now(495.0)
    clock.set_now(490.0)
    assert 490.0 <= clock.now() < 495.0
    assert heard == []
    await clock.sleep(20)
    clock.pause()
    clock.set_now(100.0)
    assert clock.now() == 100.0  # it still stands
    clock.close()
    assert sorted(heard) == ["job", "timer"]


def test_a_speed_that_cannot_be_is_refused() -> None:
    async def make() -> None:
        with pytest.raises(ValueError, match="above 0"):
            WallClock(START, speed=0)

    asyncio.run(make())


@pytest.mark.wall_time
async def test_a_virtual_clock_refuses_an_ordinary_loop() -> None:
    with pytest.raises(TypeError, match="VirtualLoop"):
        VirtualClock(START)

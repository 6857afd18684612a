"""An instructor holds the time of a session that runs on the wall clock."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from environment.client import TwinClient
from environment.errors import InvocationFailedError
from environment.model.change import JSON
from environment.runtime.catching_up import CatchUpClock, CatchUpLoop
from environment.runtime.clock import WallClock
from environment.runtime.past import Past
from scenarios.resuming import take_up
from scenarios.session import Session
from tests.session.test_director import quiet, told

pytestmark = pytest.mark.wall_time


@asynccontextmanager
async def live(speed: float, more: str = "") -> AsyncIterator[tuple[Session, TwinClient]]:
    scenario = quiet(more)
    async with asyncio.TaskGroup() as tasks:
        clock = WallClock(scenario.start, speed=speed)
        clock.pause()
        session = Session(scenario, clock, {}, seed=7, tasks=tasks, directed=True)
        try:
            await session.start()
            assert session.director is not None
            session.director.go()
            yield session, session.client("instructor")
        finally:
            await session.stop()


async def until(session: Session, holds: Callable[[], object]) -> None:
    came = asyncio.Event()
    end = session.world.watch(lambda notice: came.set())
    try:
        async with asyncio.timeout(20):
            while not holds():
                came.clear()
                await came.wait()
    finally:
        end()


def readings(session: Session) -> int:
    return sum(c.name == "truth" for c in session.world.journal)


def lateness(session: Session) -> float:
    """Seconds of care by which the last look at the body came late."""
    last = next(c for c in reversed(list(session.world.journal)) if c.name == "truth")
    return last.recorded - last.effective


def first_comes_at(session: Session) -> float | None:
    rows = told(session, "next") or {}
    return next((row["at_s"] for row in rows.values()), None)


async def test_while_the_session_is_paused_nothing_becomes_due() -> None:
    async with live(60.0) as (session, instructor):
        await until(session, lambda: readings(session) > 3)
        at_s = await instructor.invoke("session", "pause")
        count = readings(session)
        assert told(session, "running") is False
        # Everything that could still happen in this moment: a note, and what it tells.
        await instructor.invoke("session", "set_mark", "good")
        assert session.clock.now() == at_s
        assert readings(session) == count
        await instructor.invoke("session", "resume")
        await until(session, lambda: readings(session) > count)


async def test_a_step_goes_to_the_next_thing_of_the_script_and_no_further() -> None:
    async with live(0.5) as (session, instructor):
        await until(session, lambda: first_comes_at(session) == 60)
        await instructor.invoke("session", "pause")
        due: JSON = await instructor.invoke("session", "step")
        assert due == 60
        await until(session, lambda: told(session, "running") is False)
        assert session.clock.now() == pytest.approx(60, abs=5)
        await until(session, lambda: session.world.twin("ambulance_monitor").value("attached"))
        assert told(session, "speed") == 0.5
        assert isinstance(session.clock, WallClock)
        assert session.clock.speed == 0.5


async def test_a_step_takes_what_belongs_together_in_one() -> None:
    more = "".join(
        f'\n[[event]]\nat = "01:0{n}"\nby = "rescuer"\ndo = "patient.examine"\n'
        'with = { what = "pupils" }'
        for n in (3, 7)
    )
    async with live(0.5, more) as (session, instructor):
        await until(session, lambda: first_comes_at(session) == 60)
        await instructor.invoke("session", "step")
        await until(session, lambda: told(session, "running") is False)
        assert session.clock.now() == pytest.approx(67, abs=4)
        assert first_comes_at(session) == 300


async def test_the_speed_changes_at_once_and_has_its_limits() -> None:
    async with live(1.0) as (session, instructor):
        await instructor.invoke("session", "set_speed", 60)
        assert isinstance(session.clock, WallClock)
        assert session.clock.speed == 60
        assert told(session, "speed") == 60
        # Also in the very moment in which the call is due: it comes once.
        await until(session, lambda: first_comes_at(session) == 300)
        calls = [
            c
            for c in session.world.journal
            if c.name == "take_call" and c.value["status"] == "requested"
        ]
        assert len(calls) == 1
        with pytest.raises(InvocationFailedError, match=r"from 0\.1 to 60"):
            await instructor.invoke("session", "set_speed", 1000)


async def test_where_the_machine_cannot_keep_up_the_case_goes_slower_and_says_so() -> None:
    async with live(60.0) as (session, _):
        assert isinstance(session.clock, WallClock)
        # Thirty milliseconds of work for each second of care: enough for half of that speed.
        session.clock.every(1.0, lambda at_s: time.sleep(0.03), first_at=1.0)
        await until(session, lambda: told(session, "slowed_to"))
        assert told(session, "speed") == 60
        assert session.clock.speed == told(session, "slowed_to") <= 30
        await until(session, lambda: lateness(session) < 10)


async def test_another_speed_is_tried_at_once_where_the_machine_had_fallen_behind() -> None:
    async with live(60.0) as (session, instructor):
        assert isinstance(session.clock, WallClock)
        session.clock.every(1.0, lambda at_s: time.sleep(0.03), first_at=1.0)
        await until(session, lambda: told(session, "slowed_to"))
        await instructor.invoke("session", "set_speed", 10)
        assert told(session, "slowed_to") == 0
        assert session.clock.speed == 10


def test_a_session_whose_process_ended_comes_back_as_its_instructor_left_it() -> None:
    changes = []

    async def before() -> None:
        async with live(60.0) as (session, instructor):
            await until(session, lambda: readings(session) > 3)
            await instructor.invoke("session", "set_speed", 10)
            await instructor.invoke("session", "simulate", "nurse", False)
            await instructor.invoke("session", "set_vital", "hr", 140, 0)
            await instructor.invoke("session", "pause")
            changes.extend(session.world.journal)

    async def after() -> None:
        scenario = quiet()
        async with asyncio.TaskGroup() as tasks:
            clock = CatchUpClock(scenario.start, speed=60)
            past = Past(changes, speed=60)
            session = Session(scenario, clock, {}, seed=7, tasks=tasks, past=past)
            try:
                await take_up(session, past)
                assert session.director is not None
                session.director.go()
                assert clock.is_paused
                assert session.director.pace.speed == 10
                assert session.team.played == {"nurse"}
                assert [h.name for h in session.body.held] == ["hr"]
                await session.client("instructor").invoke("session", "resume")
                assert not clock.is_paused
                assert clock.speed == 10
            finally:
                await session.stop()

    asyncio.run(before())
    with asyncio.Runner(loop_factory=CatchUpLoop) as runner:
        runner.run(after())

"""A world that is taken up from its journal: invocations, twins, and callers who ask again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from environment.errors import InvocationFailedError, RefusedError
from environment.model.change import JSON, Change
from environment.runtime.clock import VirtualClock
from environment.runtime.invoked_again import RelivingOperations
from environment.runtime.journal import Journal
from environment.runtime.notices import because
from environment.runtime.operations import Operations, Status
from environment.runtime.past import Past
from environment.runtime.reliving import RelivingWorld, relive
from environment.runtime.world import World
from tests.environment.runtime.ward import KINDS, START, Bulb


@dataclass
class Room:
    """A lamp with its bulb, and a person with a course; somebody switches at 10 s."""

    past: Sequence[Change] | None = None
    takes_s: float = 5.0
    broken: bool = False
    switches: bool = True
    answers: list[JSON] = field(default_factory=list)

    async def __aenter__(self) -> "Room":
        self.clock = VirtualClock(START)
        self.world: World
        self.operations: Operations
        if self.past is None:
            self.world = World(self.clock, KINDS)
            self.operations = Operations(self.world, {"ada": "doctor"})
        else:
            reliving = RelivingWorld(self.clock, KINDS, Journal(), Past(self.past))
            self.world = reliving
            self.operations = RelivingOperations(reliving, reliving.past, {"ada": "doctor"})
        for kind, name in (("lamp", "lamp"), ("person", "patient"), ("course", "course")):
            self.world.add(kind, name, by="ward")
        self.world.link("course", "hasPatient", "patient", by="ward")
        self.bulb = Bulb(takes_s=self.takes_s, broken=self.broken)
        await self.world.attach(self.bulb, serves=["lamp"])
        if self.switches:
            self.clock.call_at(10.0, self._switch)
        self._tasks: set[asyncio.Task[None]] = set()
        if isinstance(self.world, RelivingWorld) and isinstance(
            self.operations, RelivingOperations
        ):
            await relive(self.world, self.operations, self.past or ())
            self.world.go_on()
            self.operations.go_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.operations.close()
        await self.world.close()
        self.clock.close()

    def _switch(self) -> None:
        task = asyncio.get_running_loop().create_task(self.ask(True))
        self._tasks.add(task)

    async def ask(self, on: bool, by: str = "ada") -> None:
        """Ask for the switch, and keep what is answered."""
        try:
            with because(by, None):
                self.answers.append(await self.operations.invoke("lamp", "switch", [on], by=by))
        except (InvocationFailedError, RefusedError) as error:
            self.answers.append(error)

    async def until(self, at_s: float) -> None:
        await self.clock.sleep(at_s - self.clock.now())

    @property
    def steps(self) -> list[str]:
        return [c.value["status"] for c in self.world.journal if c.kind == "operation"]


async def history(until_s: float, *, broken: bool = False) -> list[Change]:
    async with Room(broken=broken) as room:
        await room.until(until_s)
        return list(room.world.journal)


WHOLE = ["requested", "accepted", "running", "completed", "confirmed"]


@pytest.mark.parametrize("steps_known", [1, 2, 3])
async def test_what_was_asked_for_is_carried_out_once_and_answered(steps_known: int) -> None:
    rows = await history(12.0)
    known = rows[: len(rows) - 3 + steps_known]
    assert len([c for c in known if c.kind == "operation"]) == steps_known
    async with Room(known) as room:
        await room.until(30.0)
        assert room.steps == WHOLE
        assert room.answers == ["done"]
        assert room.world.twin("lamp").value("on") is True
        assert room.world.journal.verify() == len(room.world.journal)


async def test_what_had_ended_is_not_done_again() -> None:
    rows = await history(20.0)
    async with Room(rows) as room:
        await room.until(40.0)
        assert room.steps == WHOLE
        assert room.answers == ["done"]
        assert list(room.world.journal)[: len(rows)] == rows
        assert room.operations.invocations["switch-1"].status is Status.CONFIRMED
        assert room.operations.invocations["switch-1"].output == "done"


async def test_what_the_asset_had_done_is_confirmed_when_only_that_was_not_written() -> None:
    rows = await history(20.0)
    assert rows[-1].value["status"] == "confirmed"
    async with Room(rows[:-1]) as room:
        await room.until(21.0)
        assert room.steps == WHOLE


async def test_a_failure_of_the_past_is_told_again_with_its_reason() -> None:
    rows = await history(20.0, broken=True)
    async with Room(rows) as room:  # by now the bulb is whole; the answer is that of then
        (failure,) = room.answers
        assert isinstance(failure, InvocationFailedError)
        assert (failure.reason, str(failure)) == ("broken", "The bulb is broken.")
        assert room.steps == ["requested", "accepted", "running", "failed"]


async def test_a_refusal_of_the_past_is_told_again_with_its_guard() -> None:
    async with Room(switches=False) as room:
        with pytest.raises(RefusedError):
            await room.operations.invoke("course", "note", [""], by="ada")
        rows = list(room.world.journal)
    async with Room(rows, switches=False) as room:
        assert room.operations.invocations["note-1"].status is Status.REFUSED
        found = room.operations.invocations["note-1"].refusal
        assert found is not None
        assert room.steps == ["requested", "refused"]


async def test_the_next_invocation_has_the_next_number() -> None:
    rows = await history(20.0)
    async with Room(rows) as room:
        await room.ask(False)
        assert list(room.operations.invocations) == ["switch-1", "switch-2"]
        assert room.steps == WHOLE + WHOLE


async def test_the_very_same_request_later_on_is_another_one() -> None:
    rows = await history(20.0)
    async with Room(rows) as room:
        await room.ask(True)
        assert room.steps == WHOLE + WHOLE


async def test_somebody_who_is_a_little_late_does_not_do_again_what_is_done() -> None:
    rows = await history(20.0)
    async with Room(rows, switches=False) as room:
        assert room.steps == WHOLE
        assert room.answers == []
        await room.ask(True)  # 10 s later is another request
        assert room.steps == WHOLE + WHOLE
    rows = await history(10.5)
    async with Room(rows, switches=False) as room:
        await room.ask(True)
        assert room.steps == WHOLE
        assert room.answers == ["done"]


async def test_what_nobody_asked_for_then_fails_now() -> None:
    async with Room(switches=False) as room:
        await room.until(1.0)
        room.world.record("patient", "event", "cough", {"times": 1}, by="patient")
        await room.until(60.0)
        room.world.record("patient", "event", "cough", {"times": 1}, by="patient")
        rows = list(room.world.journal)
    async with Room(rows) as room:  # in this life somebody switches at 10 s
        (failure,) = room.answers
        assert isinstance(failure, InvocationFailedError)
        assert failure.reason == "process_ended"
        assert room.steps == []


async def test_twins_links_and_what_follows_them_are_as_they_were() -> None:
    async with Room(switches=False) as room:
        room.world.record("patient", "event", "cough", {"times": 2}, by="patient")
        await room.until(5.0)
        await room.operations.invoke("course", "advance", ["over"], by="ada")
        rows, was = list(room.world.journal), room.world.state("course")
    async with Room(rows, switches=False) as room:
        now = room.world.state("course")
        assert (now.phase, now.life, now.get("coughs")) == ("over", "closed", 2)
        assert (now.phase, now.life, now.revision) == (was.phase, was.life, was.revision)
        assert room.world.twin("course").linked("hasPatient") == ["patient"]
        assert room.world.find("course", "hasPatient", "patient") == ["course"]
        assert list(room.world.journal) == rows


async def test_a_step_of_a_process_of_which_only_half_was_written_is_whole() -> None:
    async with Room(switches=False) as room:
        await room.until(5.0)
        await room.operations.invoke("course", "advance", ["over"], by="ada")
        rows = list(room.world.journal)
    cut = next(i for i, c in enumerate(rows) if c.kind == "phase" and c.value == "over") + 1
    async with Room(rows[:cut], switches=False) as room:
        await room.until(10.0)
        assert room.world.twin("course").life == "closed"
        happened = [c.name for c in room.world.journal if c.twin == "course"]
        assert happened.count("phase_changed") == 1
        assert room.steps[-1] == "completed"

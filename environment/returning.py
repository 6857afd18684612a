"""The transport of agents that come back to a world which has gone on without them.

They live again through what the world tells of the past, in jumps of virtual time: what they had
asked for and published is recognised there, with the answers of then. What they should have done
while they were away they do where the past ends.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from environment.errors import InvocationFailedError
from environment.http_client import Http
from environment.model.change import JSON, Change, Observation
from environment.model.frame import State
from environment.runtime.invoked_again import ANSWERED, answer_of, given
from environment.runtime.notices import Notice, because, current_cause
from environment.runtime.operations import Availability, Status
from environment.runtime.past import Past

#: Below this are the numbers of what is in no journal when it is lived again.
PROVISIONAL = -1_000_000_000


class Returning:
    """A transport over HTTP whose user relives the past first; `now` is his clock."""

    def __init__(self, world: Http, past: Past, now: Callable[[], float]) -> None:
        self._world, self._past, self._now = world, past, now
        self._answers: dict[str, asyncio.Future[JSON]] = {}
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._end = world.replica.watch(self._hear)

    def go_on(self) -> int:
        """The past is over: do what was missed; returns how many things were published late."""
        count = self._past.write_rest()
        self._over.set_result(None)
        return count

    # -- acting ------------------------------------------------------------------------------

    async def invoke(
        self, twin: str, operation: str, args: Sequence[JSON], named: Mapping[str, JSON], by: str
    ) -> JSON:
        """Ask; in the past, be answered as then."""
        past, now = self._past, self._now()
        if past.is_over and not past.is_near(now):
            return await self._world.invoke(twin, operation, args, named, by)
        arguments = self._world.arguments(twin, operation, args, named)
        claimed = past.claim(by, twin, operation, arguments, now)
        if claimed is not None:
            return given(await self._answer(claimed.value["invocation"]))
        if not past.is_over:
            if not past.is_recent(now):
                raise InvocationFailedError(
                    f"{twin}.{operation} was not asked for before the process ended.",
                    "process_ended",
                )
            await asyncio.shield(self._over)
        return await self._world.invoke(twin, operation, args, named, by)

    def record(self, twin: str, name: str, value: JSON, by: str) -> Change:
        """An event of a mind's own twin; in the past, the one that it was."""
        past, now = self._past, self._now()
        if past.is_over:
            done = past.recognise_event(twin, name, value, now) if past.is_near(now) else None
            return done or self._world.record(twin, name, value, by)
        found = past.recognise(twin, "event", name, value, now)
        if found is not None:
            return found
        author, cause = current_cause()
        change = past.provisional(
            twin,
            "event",
            name,
            value,
            now=now,
            effective=None,
            source=by,
            quality="good",
            by=by or author,
            cause=cause,
        )
        if past.is_recent(now):
            past.keep(lambda: self._publish(change), change.seq)
        return change

    def _publish(self, change: Change) -> Change:
        with because(change.by, self._past.real(change.cause)):
            return self._world.record(change.twin, change.name, change.value, change.by)

    async def feed(self, observation: Observation) -> Change | None:
        """Give one fact."""
        return await self._world.feed(observation)

    async def available(self, twin: str, by: str) -> list[Availability]:
        """With the guards that would refuse."""
        return await self._world.available(twin, by)

    async def seq_of(self, change: Change) -> int:
        """The number there; of something of the past that was not told in time, 0."""
        if change.seq > PROVISIONAL:
            return await self._world.seq_of(change)
        real = self._past.real(change.seq)
        return (
            0 if not isinstance(real, int) else await self._world.seq_of(replace(change, seq=real))
        )

    # -- what happened -----------------------------------------------------------------------

    def _answer(self, number: str) -> "asyncio.Future[JSON]":
        if number not in self._answers:
            self._answers[number] = asyncio.get_running_loop().create_future()
        return self._answers[number]

    def _hear(self, notice: Notice) -> None:
        change = notice.change
        if change.kind != "operation" or Status(change.value["status"]) not in ANSWERED:
            return
        number = change.value["invocation"]
        if not self._past.is_over or number in self._answers:
            future = self._answer(number)
            if not future.done():
                future.set_result(answer_of(change))

    # -- reading -----------------------------------------------------------------------------

    def find(self, kind: str | None, rel: str | None, target: str | None) -> list[str]:
        """Ids of twins, oldest first."""
        return self._world.find(kind, rel, target)

    def describe(self, twin: str) -> dict[str, JSON]:
        """The model and the id."""
        return self._world.describe(twin)

    def read(self, twin: str, at: float | None, known_at: float | None, latest: bool) -> State:
        """The state."""
        return self._world.read(twin, at, known_at, latest)

    def values(self, twin: str, names: Sequence[str]) -> dict[str, JSON]:
        """Some values of the state."""
        return self._world.values(twin, names)

    def observe(self, twin: str, watcher: Callable[[Notice], None]) -> Callable[[], None]:
        """Watch one twin."""
        return self._world.observe(twin, watcher)

    def links(self, twin: str, rel: str) -> list[str]:
        """The targets."""
        return self._world.links(twin, rel)

    def newest(self, seqs: Sequence[int]) -> int | None:
        """The highest number there."""
        return self._world.newest(seqs)

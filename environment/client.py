"""How agents, people's devices, notebooks and other processes use the twins: one client.

The verbs are `find`, `describe`, `read`, `observe`, `invoke` and, for sources, `feed`. What is
asked inside `with because(author, change)` carries that reason, so that no verb takes one.
What the shadow knows is answered at once; what needs the other side is awaited. Two transports
give the same answers: `InProcess` here, and `environment.http_client` from another process.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from environment.model.change import JSON, Change, Observation
from environment.model.frame import State
from environment.runtime.notices import Notice, because
from environment.runtime.operations import Availability, Operations
from environment.runtime.world import World

__all__ = ["InProcess", "Notice", "Transport", "TwinClient", "because"]


class Transport(Protocol):
    """How a client reaches the twins."""

    def find(self, kind: str | None, rel: str | None, target: str | None) -> list[str]:
        """Ids of twins."""

    def describe(self, twin: str) -> dict[str, JSON]:
        """The model of a twin, as data."""

    def read(self, twin: str, at: float | None, known_at: float | None, latest: bool) -> State:
        """A state."""

    def values(self, twin: str, names: Sequence[str]) -> dict[str, JSON]:
        """Some values that are part of the state now."""

    def observe(self, twin: str, watcher: Callable[[Notice], None]) -> Callable[[], None]:
        """Watch a twin."""

    async def invoke(
        self, twin: str, operation: str, args: Sequence[JSON], named: Mapping[str, JSON], by: str
    ) -> JSON:
        """Ask for an operation."""

    async def available(self, twin: str, by: str) -> list[Availability]:
        """Which operations can be asked for now, and why not the others."""

    async def feed(self, observation: Observation) -> Change | None:
        """Give a fact."""

    def record(self, twin: str, name: str, value: JSON, by: str) -> Change:
        """State an event of one's own twin (a mind)."""

    def links(self, twin: str, rel: str) -> list[str]:
        """The twins behind a link."""

    async def seq_of(self, change: Change) -> int:
        """The number that a change has in the journal."""

    def newest(self, seqs: Sequence[int]) -> int | None:
        """Of some changes the one that came last."""


class InProcess:
    """The transport inside one process: plain calls."""

    def __init__(self, world: World, operations: Operations) -> None:
        self.world, self.operations = world, operations

    def find(self, kind: str | None, rel: str | None, target: str | None) -> list[str]:
        """Ids of twins, oldest first."""
        return self.world.find(kind, rel, target)

    def describe(self, twin: str) -> dict[str, JSON]:
        """The model and the id."""
        return {"id": twin, **self.world.twin(twin).describe()}

    def read(self, twin: str, at: float | None, known_at: float | None, latest: bool) -> State:
        """The state."""
        return self.world.state(twin, at, known_at=known_at, latest=latest)

    def values(self, twin: str, names: Sequence[str]) -> dict[str, JSON]:
        """Straight from the live state."""
        live = self.world.twin(twin)
        return {name: live.value(name) for name in names}

    def observe(self, twin: str, watcher: Callable[[Notice], None]) -> Callable[[], None]:
        """Watch one twin."""
        return self.world.watch(watcher, twin)

    async def invoke(
        self, twin: str, operation: str, args: Sequence[JSON], named: Mapping[str, JSON], by: str
    ) -> JSON:
        """Carry out an invocation."""
        return await self.operations.invoke(twin, operation, args, named, by=by)

    async def available(self, twin: str, by: str) -> list[Availability]:
        """With the guards that would refuse."""
        return self.operations.available(twin, by)

    async def feed(self, observation: Observation) -> Change | None:
        """Give one fact."""
        return self.world.observe(observation)

    def record(self, twin: str, name: str, value: JSON, by: str) -> Change:
        """An event of a mind's own twin."""
        self.world.twin(twin).member("event", name, twin)
        return self.world.record(twin, "event", name, value, by=by)

    def links(self, twin: str, rel: str) -> list[str]:
        """The targets."""
        self.world.twin(twin).member("link", rel, twin)
        return self.world.twin(twin).linked(rel)

    async def seq_of(self, change: Change) -> int:
        """Its own."""
        return change.seq

    def newest(self, seqs: Sequence[int]) -> int | None:
        """The highest number."""
        return max(seqs, default=None)


class TwinClient:
    """The verbs, for one user of the twins: `by` names him in every change that he causes."""

    def __init__(self, transport: Transport, by: str) -> None:
        self._transport = transport
        self.by = by

    def find(
        self, kind: str | None = None, rel: str | None = None, target: str | None = None
    ) -> list[str]:
        """Ids of the twins of a kind that have a link `rel` (to `target`), oldest first."""
        return self._transport.find(kind, rel, target)

    def describe(self, twin: str) -> dict[str, JSON]:
        """What may be observed, asked for and followed."""
        return self._transport.describe(twin)

    def read(
        self,
        twin: str,
        at: float | None = None,
        *,
        known_at: float | None = None,
        latest: bool = False,
    ) -> State:
        """The state of a twin: now, or as of `at` (scenario seconds), as known at `known_at`."""
        return self._transport.read(twin, at, known_at, latest)

    def values(self, twin: str, *names: str) -> dict[str, JSON]:
        """Some values that are part of the state now; None for what is absent."""
        return self._transport.values(twin, names)

    def observe(self, twin: str, watcher: Callable[[Notice], None]) -> Callable[[], None]:
        """Be told of every change; returns the function that ends it."""
        return self._transport.observe(twin, watcher)

    def links(self, twin: str, rel: str) -> list[str]:
        """The twins behind a link, now."""
        return self._transport.links(twin, rel)

    async def invoke(self, twin: str, operation: str, *args: JSON, **named: JSON) -> JSON:
        """Ask for an operation and wait until it is completed.

        Raises `RefusedError` when a guard says no, `InvocationFailedError` when the asset cannot.
        """
        return await self._transport.invoke(twin, operation, args, named, self.by)

    async def available(self, twin: str) -> list[dict[str, JSON]]:
        """Every operation, whether this caller may ask for it now, and what stands against it."""
        return [asdict(row) for row in await self._transport.available(twin, self.by)]

    async def feed(self, observation: Observation) -> Change | None:
        """Give a fact as a source; None for one that was given before or cannot be."""
        return await self._transport.feed(observation)

    def publish(self, twin: str, event: str, value: JSON) -> Change:
        """State an event of a twin that mirrors this user (an agent's mind).

        From another process its `seq` is provisional (below 0); it serves as a cause all the same.
        """
        return self._transport.record(twin, event, value, self.by)

    async def seq_of(self, change: Change) -> int:
        """The number of a published change in the journal; 0 for one that never arrived."""
        return await self._transport.seq_of(change)

    def newest(self, seqs: Sequence[int]) -> int | None:
        """Of some changes, provisional numbers among them, the one that came last."""
        return self._transport.newest(seqs)

"""Following the journal: each subscriber is a cursor, so that a slow one costs no memory.

What has accumulated while a subscriber was writing is thinned when he reads on: of each property
the latest value, of everything else all. Whoever is too far behind even for that is told of the
`gap` first and reads the state anew; events, phases, lives, links and invocations still come.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from environment.model.change import JSON, Change, canonical
from environment.runtime.access import Caller, Rights
from environment.runtime.notices import Notice
from environment.runtime.world import World
from environment.web.languages import translated
from environment.wire import change_out

#: Changes that a subscriber may be behind before he is told of a gap (engineering default).
TOO_FAR_BEHIND = 10_000
#: Changes looked at in one go, after which others get their turn (engineering default).
BATCH = 500
#: Texts of changes kept for other subscribers (engineering default).
KEPT_TEXTS = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a subscriber wants: empty means all. `every` includes readings that changed nothing."""

    twins: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    every: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Changes of properties that a subscriber has missed; he reads the state anew."""

    first: int
    last: int


@dataclass(slots=True)
class Cursor:
    """How far a subscriber has come; up to `dropping_to` he misses changes of properties."""

    at: int
    dropping_to: int = 0


class Follower:
    """Knows which twins each change concerned, and wakes those who wait for the next one."""

    def __init__(self, world: World) -> None:
        self.world, self.journal = world, world.journal
        self._begun = len(world.journal)
        # The twins that each change since then concerned; most changes share a few lists of them.
        self._told: list[tuple[str, ...]] = []
        self._alike: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._texts: dict[int, str] = {}
        # What subscribers of equal rights who want the same get, until the next change.
        self._chosen: dict[tuple[object, ...], tuple[Change, ...]] = {}
        self._frames: dict[tuple[int, int, int], tuple[tuple[Change, ...], bytes]] = {}
        self._waiting: set[asyncio.Future[None]] = set()
        self._is_waking = False
        self._ends = (
            world.watch(self._hear),
            world.journal.follow(self._wake),
            world.journal.follow_secured(self._release_secured),
        )

    def close(self) -> None:
        """Stop following."""
        for end in self._ends:
            end()

    @property
    def head(self) -> int:
        """The seq of the last change that may be told: what a dying process would not take along.

        Else a follower would know changes that the run, taken up again, has never seen.
        """
        return self.journal.secured

    async def beyond(self, seq: int) -> None:
        """Wait until there is a change after `seq`."""
        while self.head <= seq:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            try:
                await future
            finally:
                self._waiting.discard(future)

    async def told(self) -> int:
        """Wait until all that has happened so far may be told; the seq of the last of it."""
        last = len(self.journal)
        await self.beyond(last - 1)
        return last

    def concerned(self, change: Change) -> Sequence[str]:
        """The twins whose state or story the change is part of."""
        if change.seq <= self._begun:
            return (change.twin,)
        at = change.seq - self._begun - 1
        return self._told[at] if at < len(self._told) else ()

    def text(self, change: Change, words: Mapping[str, str] | None = None) -> str:
        """A change as JSON, encoded once for all subscribers; `words`: an author's, translated."""
        if words and (value := translated(change.value, words)) != change.value:
            return self.text_of(replace(change, value=value))
        found = self._texts.get(change.seq)
        if found is None:
            if len(self._texts) >= KEPT_TEXTS:
                self._texts.clear()
            found = self._texts[change.seq] = self.text_of(change)
        return found

    def text_of(self, change: Change) -> str:
        """A change as JSON."""
        kind = self.world.twins[change.twin].kind
        body: dict[str, JSON] = {**change_out(change), "twin_kind": kind}
        body["concerns"] = list(self.concerned(change))
        return canonical(body)

    def take(
        self, cursor: Cursor, wanted: Wanted, who: Caller, rights: Rights
    ) -> tuple[tuple[Change, ...], Gap | None]:
        """The next changes for this subscriber, at most a batch; moves the cursor over them."""
        since, head, gap = cursor.at, self.head, None
        upto = min(head, since + BATCH)
        if not wanted.every and head - since > TOO_FAR_BEHIND and since >= cursor.dropping_to:
            gap = Gap(since + 1, head)
            cursor.dropping_to = head
        cursor.at = max(upto, since)
        key = (since, upto, cursor.at <= cursor.dropping_to, wanted, rights.alike(who))
        chosen = self._chosen.get(key)
        if chosen is None:
            rows = [self.journal[seq] for seq in range(since + 1, upto + 1)]
            if cursor.at <= cursor.dropping_to:
                rows = [c for c in rows if c.kind != "property"]
            rows = [c for c in rows if self._fits(c, wanted, who, rights)]
            chosen = self._chosen[key] = tuple(rows if wanted.every else latest_wins(rows))
        return chosen, gap

    def frames(self, changes: tuple[Change, ...]) -> bytes:
        """Changes as server-sent events, framed once for all who get the same."""
        key = (changes[0].seq, changes[-1].seq, len(changes))
        found = self._frames.get(key)
        if found is None or found[0] is not changes:
            text = "".join(
                f"id: {c.seq}\r\nevent: {c.kind}\r\ndata: {self.text(c)}\r\n\r\n" for c in changes
            )
            found = self._frames[key] = (changes, text.encode())
        return found[1]

    def _fits(self, change: Change, wanted: Wanted, who: Caller, rights: Rights) -> bool:
        if wanted.kinds and change.kind not in wanted.kinds:
            return False
        if wanted.names and change.name not in wanted.names:
            return False
        concerned = self.concerned(change)
        if not concerned and not wanted.every:
            return False
        twins = set(concerned) | {change.twin} if not wanted.twins else set(concerned)
        if wanted.twins:
            twins &= wanted.twins
            if wanted.every and change.twin in wanted.twins:
                twins.add(change.twin)
        return any(rights.shows(who, "observe", self.world.twins[t], change) for t in twins)

    def _hear(self, notice: Notice) -> None:
        at = notice.change.seq - self._begun - 1
        if at >= 0:
            told = self._told
            told.extend([()] * (at + 1 - len(told)))
            if notice.twin not in told[at]:
                concerned = (*told[at], notice.twin)
                told[at] = self._alike.setdefault(concerned, concerned)

    def _wake(self, change: Change) -> None:
        self._chosen.clear()
        self._frames.clear()
        if change.seq <= self.head:
            self._wake_waiting()

    def _release_secured(self, upto: int) -> None:
        self._chosen.clear()
        self._frames.clear()
        self._wake_waiting()

    def _wake_waiting(self) -> None:
        if self._waiting and not self._is_waking:
            self._is_waking = True
            asyncio.get_running_loop().call_soon(self._release)

    def _release(self) -> None:
        self._is_waking = False
        for future in self._waiting:
            if not future.done():
                future.set_result(None)


def latest_wins(changes: Sequence[Change]) -> list[Change]:
    """Of each property of each twin only the latest change; everything else, in order."""
    last = {(c.twin, c.name): c.seq for c in changes if c.kind == "property"}
    return [c for c in changes if c.kind != "property" or last[(c.twin, c.name)] == c.seq]

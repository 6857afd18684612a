"""The journal: the one list of everything that happened, append-only and hash-chained.

State, reports, measures and the answer to *why* are read from it. It can be rebuilt as of any
time, also as it was known at another time. In memory here, what is old packed; `environment.store`
writes it to disk.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from environment.errors import JournalError
from environment.model.change import Change, canonical
from environment.runtime.packing import BLOCK, Packed

#: Changes that stay as they are, one that carries much counted as several; of more, the oldest are
#: packed. A case of 75 minutes has fewer (engineering default).
RECENT = 40_000
#: So many members of a change's value count as one change more: they take about as much memory.
MEMBERS = 4
GENESIS = "0" * 64


def chain_hash(previous: str, change: Change) -> str:
    """The hash of a change in the chain: SHA-256 over the previous hash and the canonical row."""
    return hashlib.sha256(f"{previous}{canonical(change.row())}".encode()).hexdigest()


def _weight(change: Change) -> int:
    """As how many small changes it counts."""
    value = change.value
    return 1 + len(value) // MEMBERS if isinstance(value, (dict, list)) else 1


def verify_chain(rows: Iterable[tuple[Change, str]]) -> int:
    """Check a stored chain; returns how many changes it holds, raises where it was altered."""
    previous, count = GENESIS, 0
    for change, stored in rows:
        if change.seq != count + 1:
            raise JournalError(
                f"The journal is broken: change {count + 1} is missing (found {change.seq})."
            )
        previous = chain_hash(previous, change)
        if previous != stored:
            raise JournalError(
                f"The journal was altered at or before change {change.seq} "
                f"({change.twin}.{change.name}): its hash does not follow from the one before."
            )
        count += 1
    return count


class Journal:
    """Changes in the order in which they were recorded; `seq` starts at 1 and is never re-used."""

    def __init__(self, name: str = "journal", *, recent: int = RECENT) -> None:
        self.name = name
        self._recent = recent
        self._packed = Packed()
        self._changes: list[Change] = []  # what came after the packed ones
        self._weight = 0  # of these
        self._by_twin: dict[str, list[Change]] = {}
        self._hashes: list[str] = []
        self._followers: list[Callable[[Change], None]] = []
        self._secured: int | None = None
        self._secured_followers: list[Callable[[int], None]] = []

    def __len__(self) -> int:
        return len(self._packed) + len(self._changes)

    def __iter__(self) -> Iterator[Change]:
        return chain(self._packed, self._changes) if self._packed.last else iter(self._changes)

    def __getitem__(self, seq: int) -> Change:
        """The change with this `seq`."""
        if not 1 <= seq <= len(self):
            raise JournalError(f"No change {seq}: the journal holds 1 to {len(self)}.")
        if seq > self._packed.last:
            return self._changes[seq - 1 - self._packed.last]
        return self._long_ago(seq)

    @property
    def next_seq(self) -> int:
        """The seq that the next change will have."""
        return len(self) + 1

    def append(self, change: Change) -> Change:
        """Add a change; its seq must be the next one."""
        if change.seq != self._packed.last + len(self._changes) + 1:
            raise JournalError(f"Expected change {self.next_seq}, got {change.seq}.")
        self._take(change)
        for follower in self._followers:
            follower(change)
        return change

    def _take(self, change: Change) -> None:
        self._changes.append(change)
        try:
            self._by_twin[change.twin].append(change)
        except KeyError:
            self._by_twin[change.twin] = [change]
        self._weight += _weight(change)
        if self._weight >= self._recent + BLOCK and len(self._changes) > BLOCK:
            self._pack()

    def _pack(self) -> None:
        """Pack the oldest of the changes that are not."""
        block = self._changes[:BLOCK]
        self._packed.add(block)
        del self._changes[:BLOCK]
        self._weight -= sum(_weight(c) for c in block)
        for twin in {c.twin for c in block}:
            rows = self._by_twin[twin]
            del rows[: bisect_right(rows, self._packed.last, key=lambda c: c.seq)]

    def _long_ago(self, seq: int) -> Change:
        found = self._packed.find(seq)
        assert found is not None  # whoever asks has seen that it is there
        return found

    def follow(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back at every change; returns the function that ends it."""
        self._followers.append(callback)
        return lambda: self._followers.remove(callback)

    # -- what is written elsewhere -------------------------------------------------------------

    @property
    def secured(self) -> int:
        """Up to which change all would be there after this process; all, where nobody writes."""
        return len(self) if self._secured is None else self._secured

    def secure(self, upto: int | None) -> None:
        """Up to here all is written; None: nobody writes, or it cannot be written now."""
        self._secured = upto
        for callback in tuple(self._secured_followers):
            callback(self.secured)

    def follow_secured(self, callback: Callable[[int], None]) -> Callable[[], None]:
        """Call back when more is secured; returns the function that ends it."""
        self._secured_followers.append(callback)
        return lambda: self._secured_followers.remove(callback)

    def adopt(self, rows: Iterable[tuple[Change, str]]) -> None:
        """Take changes with their hashes, as they were checked by `verify_chain`."""
        for change, digest in rows:
            self.append(change)
            self._hashes.append(digest)

    # -- reading -------------------------------------------------------------------------------

    def read(
        self,
        *,
        twin: str | None = None,
        since: int = 0,
        start: float = float("-inf"),
        end: float = float("inf"),
        kind: str | None = None,
        name: str | None = None,
    ) -> list[Change]:
        """Changes after `since`, recorded in [start, end], filtered by twin, kind and name."""
        rows: Sequence[Change]
        rows = self._changes if twin is None else self._by_twin.get(twin, [])
        first = bisect_right(rows, since, key=lambda c: c.seq) if since else 0
        first = max(first, bisect_left(rows, start, key=lambda c: c.recorded))
        last = bisect_right(rows, end, key=lambda c: c.recorded)
        found: Iterable[Change] = rows[first:last]
        if since < self._packed.last and start <= self._packed.end:
            old = self._packed.since(since, start, twin)
            found = chain((c for c in old if c.recorded <= end), found)
        return [
            c
            for c in found
            if (kind is None or c.kind == kind) and (name is None or c.name == name)
        ]

    def last(self, twin: str, name: str | None = None) -> Change | None:
        """The most recent change of a twin, or of one of its members."""
        recent = reversed(self._by_twin.get(twin, []))
        for change in chain(recent, self._packed.backwards(twin)):
            if name is None or change.name == name:
                return change
        return None

    def why(self, change: Change) -> list[Change]:
        """The changes that led to this one, from the first cause to the change itself."""
        chain, seen = [change], {change.seq}
        cause = change.cause
        while isinstance(cause, int) and cause not in seen:
            step = self[cause]
            chain.append(step)
            seen.add(cause)
            cause = step.cause
        return chain[::-1]

    def hashes(self) -> list[str]:
        """The hash of each change so far; computed when asked for, each once."""
        previous = self._hashes[-1] if self._hashes else GENESIS
        for change in islice(self, len(self._hashes), None):
            previous = chain_hash(previous, change)
            self._hashes.append(previous)
        return self._hashes

    def verify(self) -> int:
        """Check the chain against the hashes taken so far."""
        return verify_chain(zip(self, self.hashes(), strict=True))

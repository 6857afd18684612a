"""What a journal tells of the time before a process took the run up: who asks is answered from it.

Assets, agents and people do again what they did. What they report or publish meanwhile is in the
journal already and is only recognised; what is not, because the process ended before it was
written, is kept and becomes true where the past ends.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence

from environment.model.change import JSON, Cause, Change, ChangeKind, Quality, canonical

#: Real seconds by which something may come earlier or later than it did (engineering default).
TOLERANCE_S = 0.25


class _Rows:
    """Changes by a key, each recognised once, within a tolerance of the time it was recorded."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, deque[Change]] = {}

    def add(self, key: Hashable, change: Change) -> None:
        self._rows.setdefault(key, deque()).append(change)

    def near(self, key: Hashable, since: float, until: float) -> list[Change]:
        """Those of a key that were recorded then, oldest first."""
        rows = self._rows.get(key)
        while rows and rows[0].recorded < since:
            rows.popleft()
        return [c for c in rows or () if c.recorded <= until]

    def take(self, key: Hashable, since: float, until: float, taken: set[int]) -> Change | None:
        rows = self._rows.get(key)
        while rows and (rows[0].seq in taken or rows[0].recorded < since):
            rows.popleft()
        if not rows or rows[0].recorded > until:
            return None
        taken.add(rows[0].seq)
        return rows.popleft()


class Past:
    """The changes up to which a run is taken up, and what has been recognised of them."""

    def __init__(
        self,
        changes: Iterable[Change],
        *,
        speed: float = 1.0,
        acted_s: float | None = None,
        away: Sequence[tuple[float, float]] = (),
        provisional: int = 0,
    ) -> None:
        self.changes: Sequence[Change] = tuple(changes)
        self.ends_s = self.changes[-1].recorded if self.changes else 0.0
        #: Until when those who relive it have acted; later they were not there.
        self.acted_s = self.ends_s if acted_s is None else acted_s
        #: From when to when they were not there: what was due then they did afterwards.
        self._away = tuple(away)
        self.is_over = False
        #: Kind of each twin that comes into the world.
        self.kinds: dict[str, str] = {
            c.twin: c.value["kind"]
            for c in self.changes
            if c.kind == "event" and c.name == "created"
        }
        speeds = [
            float(c.value)
            for c in self.changes
            if c.name == "speed" and c.value and self.kinds.get(c.twin) == "session"
        ]
        self.within_s = max(1.0, TOLERANCE_S * max([speed, *speeds]))
        self._taken: set[int] = set()
        self._equal, self._alike, self._requests = _Rows(), _Rows(), _Rows()
        for change in self.changes:
            if change.kind == "operation":
                if change.value["status"] == "requested":
                    self._requests.add((change.by, change.twin, change.name), change)
                continue
            if change.kind == "link":
                self._equal.add(_link_key(change), change)
                continue
            if change.kind == "event":
                self._equal.add(_equal_key(change.twin, change.name, change.value), change)
            self._alike.add((change.twin, change.kind, change.name), change)
        self._unwritten: list[Callable[[], Change | None]] = []
        self._numbers: dict[int, int] = {}
        self._provisional = provisional

    def recognise(
        self, twin: str, kind: ChangeKind, name: str, value: JSON, now: float
    ) -> Change | None:
        """The change that this was when it happened; None if it is in no journal."""
        found = self.recognise_event(twin, name, value, now) if kind == "event" else None
        key = (twin, kind, name)
        return found or self._alike.take(key, *self._window(now), self._taken)

    def recognise_event(self, twin: str, name: str, value: JSON, now: float) -> Change | None:
        """The very same event."""
        key = _equal_key(twin, name, value)
        return self._equal.take(key, *self._window(now), self._taken)

    def recognise_link(
        self, twin: str, rel: str, target: str, now: float, *, held: bool
    ) -> Change | None:
        """The change by which a link was made, or ended."""
        return self._equal.take((twin, rel, target, held), *self._window(now), self._taken)

    def claim(
        self, by: str, twin: str, operation: str, arguments: dict[str, JSON], now: float
    ) -> Change | None:
        """The request that this was when it was made; None if it is in no journal.

        The one with the same arguments, else one with the same words: a text may tell another
        number. Arguments that are not given are not compared.
        """
        words = {k: v for k, v in arguments.items() if not (isinstance(v, str) and " " in v)}
        for wanted in (arguments, words):
            for change in self._requests.near((by, twin, operation), *self._window(now)):
                given = change.value.get("arguments", {})
                if change.seq not in self._taken and wanted.items() <= given.items():
                    self._taken.add(change.seq)
                    return change
        return None

    def _window(self, now: float) -> tuple[float, float]:
        """From when to when what happens now can have been recorded."""
        back = max((until for since, until in self._away if since <= now <= until), default=now)
        return now - self.within_s, back + self.within_s

    def is_near(self, now: float) -> bool:
        """Whether somebody who is a little late may still do what he has done already."""
        return now <= self.ends_s + self.within_s

    def is_recent(self, now: float) -> bool:
        """Whether what happens now may have happened after the last change that was written."""
        return now >= self.acted_s - self.within_s

    # -- what was not written ----------------------------------------------------------------

    def provisional(
        self,
        twin: str,
        kind: ChangeKind,
        name: str,
        value: JSON,
        *,
        now: float,
        effective: float | None,
        source: str,
        quality: Quality,
        by: str,
        cause: Cause | None,
    ) -> Change:
        """A change that is in no journal (yet): its number is below 0."""
        self._provisional -= 1
        return Change(
            seq=self._provisional,
            twin=twin,
            kind=kind,
            name=name,
            value=value,
            effective=now if effective is None else effective,
            recorded=now,
            source=source,
            quality=quality,
            by=by,
            cause=cause,
        )

    def keep(self, write: Callable[[], Change | None], number: int = 0) -> None:
        """Do this where the past ends; `number` is what the change was called until then."""

        def wrote() -> Change | None:
            change = write()
            if change is not None and number:
                self._numbers[number] = change.seq
            return change

        self._unwritten.append(wrote)

    def write_rest(self) -> int:
        """The past is over: what was kept becomes true; returns how many changes that were."""
        self.is_over = True
        kept, self._unwritten = self._unwritten, []
        for write in kept:
            write()
        return len(kept)

    def real(self, cause: Cause | None) -> Cause | None:
        """A cause by its number in the journal; None for one that never came into it."""
        if isinstance(cause, int) and cause < 0:
            return self._numbers.get(cause)
        return cause


def _link_key(change: Change) -> Hashable:
    return change.twin, change.name, change.value["target"], change.value["until"] is None


def _equal_key(twin: str, name: str, value: JSON) -> Hashable:
    act = value.get("act") if isinstance(value, dict) else None
    return twin, name, act if act is not None else canonical(value)

"""The twins of another process, folded here from its journal by the same rules.

A replica follows: each change that arrives is applied as it was there. What the other side
concludes from silence (stale values, lives) arrives as changes too, so nothing is timed here.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import datetime

from environment.errors import JournalError
from environment.model.change import JSON, Cause, Change, ChangeKind, Quality
from environment.model.life import Life
from environment.model.members import Event, Link, Property
from environment.model.phase import PhaseMachine
from environment.model.twin import LinkState, Twin
from environment.runtime.clock import Callback, Cancel
from environment.runtime.journal import Journal
from environment.runtime.notices import Notice
from environment.runtime.world import World


def model_from(description: Mapping[str, JSON]) -> type[Twin]:
    """The class of a kind of twin, from its description: all but the operations' insides."""
    members: dict[str, object] = {
        "kind": description["kind"],
        "__doc__": description["doc"],
        "__module__": __name__,
    }
    for name, row in description["properties"].items():
        members[name] = Property(
            row["type"],
            row["doc"],
            unit=row["unit"],
            horizon_s=row["horizon_s"],
            horizons_s=row["horizons_s"],
            required=row["required"],
            choices=row["choices"],
            low=row["low"],
            high=row["high"],
            fields=row["fields"],
            via=row["via"],
            code=row["code"],
        )
    for name, row in description["events"].items():
        members[name] = Event(row["doc"], fields=row["fields"])
    for rel, row in description["links"].items():
        members[f"link_{rel}"] = Link(rel, row["doc"], inverse=row["inverse"], many=row["many"])
    phases = description["phases"]
    if phases:
        members["machine"] = PhaseMachine(initial=phases[0], steps=dict.fromkeys(phases, ()))
    return type(f"Replicated{description['kind'].title()}", (Twin,), members)


class FollowedClock:
    """The other side's time as it was told last, carried on here; it sets no timers.

    `elapsed` gives seconds of a clock that only goes forward.
    """

    def __init__(self, start: datetime, elapsed: Callable[[], float]) -> None:
        self.start = start
        self._elapsed = elapsed
        self._told_s, self._told_at, self._speed = 0.0, elapsed(), 1.0
        #: While a change is applied: when it was recorded. It is judged as it was there.
        self.applying: float | None = None
        #: While the past is relived here: what time it is in it.
        self.reliving: Callable[[], float] | None = None

    def tell(self, now_s: float, speed: float) -> None:
        """Take the other side's time and speed (0: it stands still)."""
        self._told_s, self._told_at, self._speed = now_s, self._elapsed(), speed

    @property
    def speed(self) -> float:
        """How fast the other side goes."""
        return self._speed

    @property
    def is_paused(self) -> bool:
        """Whether the other side stands still."""
        return self._speed == 0

    def now(self) -> float:
        """Scenario seconds on the other side."""
        if self.applying is not None:
            return self.applying
        if self.reliving is not None:
            return self.reliving()
        return self._told_s + (self._elapsed() - self._told_at) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Not to be waited for here."""
        raise NotImplementedError("a replica's time is told by the other side; nobody waits by it")

    def call_at(self, at_s: float, callback: Callback) -> Cancel:
        """What ends with time ends on the other side, and arrives as a change."""
        return lambda: None

    def every(
        self, period_s: float, callback: Callable[[float], None], *, first_at: float | None = None
    ) -> Cancel:
        """As `call_at`."""
        return lambda: None

    def schedule(self, at_s: float, job: str, callback: Callback) -> Cancel:
        """As `call_at`."""
        return lambda: None

    def close(self) -> None:
        """Nothing to end."""


class FollowedJournal(Journal):
    """Another process's journal as far as this caller may see it: its numbers have holes."""

    def __getitem__(self, seq: int) -> Change:
        """The change with this `seq`."""
        at = bisect_left(self._changes, seq, key=lambda c: c.seq)
        if at < len(self._changes) and self._changes[at].seq == seq:
            return self._changes[at]
        found = self._packed.find(seq)
        if found is None:
            raise JournalError(f"No change {seq} here: it is not yet known, or not to be seen.")
        return found

    def append(self, change: Change) -> Change:
        """Take a change in the order of the other side."""
        self._take(change)
        return change


class Replica(World):
    """A world that is written elsewhere and read here."""

    def __init__(self, start: datetime, elapsed: Callable[[], float]) -> None:
        self.time = FollowedClock(start, elapsed)
        super().__init__(self.time, {}, FollowedJournal())
        self.descriptions: dict[str, dict[str, JSON]] = {}

    def learn(self, descriptions: Mapping[str, dict[str, JSON]]) -> None:
        """Know these kinds of twin."""
        self.descriptions.update(descriptions)
        self.models.update({kind: model_from(d) for kind, d in descriptions.items()})

    def record(
        self,
        twin_id: str,
        kind: ChangeKind,
        name: str,
        value: JSON,
        *,
        effective: float | None = None,
        source: str = "",
        quality: Quality = "good",
        by: str = "",
        cause: Cause | None = None,
    ) -> Change:
        """Conclude nothing here: the change that follows has been, or will be, told."""
        last = self.journal.last(twin_id)
        assert last is not None  # it has been created
        return last

    def follow(self, change: Change, kind: str) -> None:
        """Apply one change as it was applied where it was written."""
        self.time.applying = change.recorded
        try:
            self._apply(change, kind)
            self._drain()
        finally:
            self.time.applying = None

    def _apply(self, change: Change, kind: str) -> None:
        twin = self.twins.get(change.twin)
        if twin is None:
            twin = self.twins[change.twin] = self.models[kind](change.twin)
            twin.ledger.phase = None
        self.journal.append(change)
        ledger = twin.ledger
        if change.kind == "property":
            if change.quality == "stale":
                ledger.stale[change.name] = change.effective
            self._shadows.apply(twin, change)
        else:
            ledger.revision += 1
            self._others(twin, change)

    def _others(self, twin: Twin, change: Change) -> None:
        ledger, value = twin.ledger, change.value
        target: Twin | None = None
        if change.kind == "phase":
            ledger.phase, ledger.phase_since = value, change.recorded
        elif change.kind == "life":
            ledger.life = Life(value)
        elif change.kind == "link":
            target = self.twins.get(value["target"])
            if value["until"] is None:
                ledger.links.append(LinkState(change.name, value["target"], value["since"]))
            else:
                for held in ledger.links:
                    if (held.rel, held.target, held.until) == (change.name, value["target"], None):
                        held.until = value["until"]
        self._tell(Notice(twin.id, change))
        if change.name == "reading_refused":
            self._shadows.hand_on_refusal(twin, change)
        if target is not None and value["until"] is None:
            self._shadows.inherit(twin, target, change.name)
        elif target is not None:
            self._shadows.disinherit(twin, target, change.name)

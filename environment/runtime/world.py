"""The world of one run: its twins, their links, who watches them, and the one writer of each.

Everything that happens becomes one `Change`, is journalled, and is then told to those who watch,
in order. A value that a twin takes from another through a link (`Property.via`) is not copied: the
other's change reaches it live, with its origin.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from environment.errors import BadValueError, SourceLostError, UnknownTwinError
from environment.model.change import JSON, Cause, Change, ChangeKind, Observation, Quality
from environment.model.frame import Absent, Reading, State, frame_of
from environment.model.life import ENDED, Life, life_of
from environment.model.twin import LinkState, Twin
from environment.physical.adapter import Adapter
from environment.runtime.clock import Clock
from environment.runtime.journal import Journal
from environment.runtime.states import newer, reading_of, state_at

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Notice:
    """A change as a watcher of `twin` sees it; `change.twin` is where it was observed.

    `now` is false when the change does not alter the state (a late fact about the past).
    """

    twin: str
    change: Change
    now: bool = True


Watcher = Callable[[Notice], None]

_because: ContextVar[tuple[str, Cause | None]] = ContextVar("because", default=("", None))


@contextmanager
def because(by: str, cause: Change | Cause | None) -> "Iterator[None]":
    """Whatever is asked of the world inside carries this author and this cause."""
    token = _because.set((by, cause.seq if isinstance(cause, Change) else cause))
    try:
        yield
    finally:
        _because.reset(token)


def current_cause() -> tuple[str, Cause | None]:
    """Author and cause of what is being done now."""
    return _because.get()


@dataclass(slots=True)
class _Heirs:
    """Which twins take values from one, and which members."""

    twin: Twin
    members: frozenset[str]


class World:
    """The twins of one run and the only way to change them."""

    def __init__(
        self, clock: Clock, models: Mapping[str, type[Twin]], journal: Journal | None = None
    ) -> None:
        self.clock = clock
        self.models = dict(models)
        self.journal = journal if journal is not None else Journal()
        self.twins: dict[str, Twin] = {}
        self.adapters: dict[str, Adapter] = {}  # twin -> the asset that carries out its operations
        self._sources: list[Adapter] = []
        self._heirs: dict[str, list[_Heirs]] = {}
        self._followers: dict[str, list[tuple[Twin, str]]] = {}  # target -> (twin, rel)
        self._watchers: dict[str, list[Watcher]] = {}
        self._watchers_of_all: list[Watcher] = []
        self._queue: deque[Notice] = deque()
        self._telling = False
        self._expiry: dict[str, float] = {}
        self._seen_source_seq: dict[str, set[int]] = {}

    # -- twins and links -------------------------------------------------------------------

    def add(self, kind: str, twin_id: str, *, by: str = "", cause: Cause | None = None) -> Twin:
        """Bring a twin of a known kind into the world."""
        if kind not in self.models:
            raise UnknownTwinError(kind, self.models)
        if twin_id in self.twins:
            raise BadValueError(f"There is already a twin '{twin_id}'.")
        twin = self.models[kind](twin_id)
        self.twins[twin_id] = twin
        self._heirs.setdefault(twin_id, [])
        for rule in twin.follow_rules:
            if not rule.rel:
                self._followers.setdefault(twin_id, []).append((twin, ""))
                break
        value = {"kind": kind, "life": Life.DECLARED.value}
        self._record(twin_id, "life", "life", Life.DECLARED.value, by=by, cause=cause)
        self._record(twin_id, "event", "created", value, by=by, cause=cause)
        if twin.machine is not None:
            self._record(twin_id, "phase", "phase", twin.machine.initial, by=by, cause=cause)
            twin.ledger.phase_since = self.clock.now()
        return twin

    def twin(self, twin_id: str) -> Twin:
        """A twin by id."""
        try:
            return self.twins[twin_id]
        except KeyError:
            raise UnknownTwinError(twin_id, self.twins) from None

    def link(
        self, twin_id: str, rel: str, target_id: str, *, by: str = "", cause: Cause | None = None
    ) -> None:
        """Link a twin to another; a link that admits one target ends the one before."""
        twin, target = self.twin(twin_id), self.twin(target_id)
        declared = twin.member("link", rel, twin_id)
        if target_id in twin.linked(rel):
            return
        if not declared.many:
            for old in twin.linked(rel):
                self.unlink(twin_id, rel, old, by=by, cause=cause)
        now = self.clock.now()
        twin.ledger.links.append(LinkState(rel, target_id, now))
        self._inherit(twin, target, rel)
        if any(rule.rel == rel for rule in twin.follow_rules):
            self._followers.setdefault(target_id, []).append((twin, rel))
        value = {"target": target_id, "since": now, "until": None}
        change = self._record(twin_id, "link", rel, value, by=by, cause=cause)
        self._take_over(twin, target, rel, change)
        self._update_life(twin, change.seq)

    def unlink(
        self, twin_id: str, rel: str, target_id: str, *, by: str = "", cause: Cause | None = None
    ) -> None:
        """End a link; values taken through it stay until their horizon is over."""
        twin = self.twin(twin_id)
        now = self.clock.now()
        for state in twin.ledger.links:
            if state.rel == rel and state.target == target_id and state.until is None:
                state.until = now
                value = {"target": target_id, "since": state.since, "until": now}
                self._record(twin_id, "link", rel, value, by=by, cause=cause)
        heirs = self._heirs[target_id]
        heirs[:] = [h for h in heirs if h.twin is not twin]
        for other in set(twin.link_types) - {rel}:
            if target_id in twin.linked(other):
                self._inherit(twin, self.twins[target_id], other)
        followers = self._followers.get(target_id, [])
        followers[:] = [f for f in followers if f != (twin, rel)]

    def find(
        self, kind: str | None = None, rel: str | None = None, target: str | None = None
    ) -> list[str]:
        """Ids of the twins of a kind that have a link `rel` (to `target`), in order of creation."""
        return [
            t.id
            for t in self.twins.values()
            if (kind is None or t.kind == kind)
            and (rel is None or (target in t.linked(rel) if target else bool(t.linked(rel))))
        ]

    # -- sources ---------------------------------------------------------------------------

    async def attach(self, adapter: Adapter, *, serves: Collection[str] = ()) -> None:
        """Couple an asset: its readings come in, and the operations of `serves` go to it."""
        for twin_id, members in adapter.provides().items():
            self.twin(twin_id).ledger.sourced.update(members)
        for twin_id in serves:
            self.twin(twin_id)
            self.adapters[twin_id] = adapter
        self._sources.append(adapter)
        for twin_id in adapter.provides():
            self._update_life(self.twin(twin_id), None)
            for heir in self._heirs[twin_id]:
                self._update_life(heir.twin, None)
        await adapter.start(self, self.clock)

    async def close(self) -> None:
        """Stop all assets, last coupled first."""
        while self._sources:
            await self._sources.pop().stop()

    def adapter_of(self, twin_id: str) -> Adapter:
        """The asset behind a twin."""
        adapter = self.adapters.get(twin_id)
        if adapter is None:
            raise SourceLostError(f"Twin '{twin_id}' has no asset that could carry this out.")
        return adapter

    # -- shadowing: what comes in ----------------------------------------------------------

    def observe(self, observation: Observation) -> Change | None:
        """Take one fact from a source. A duplicate gives None; a bad value is recorded and refused.

        A late one (its effective time is before the present value's) is recorded as `restated`.
        """
        twin = self.twin(observation.twin)
        if observation.source_seq is not None:
            seen = self._seen_source_seq.setdefault(observation.source, set())
            if observation.source_seq in seen:
                return None
            seen.add(observation.source_seq)
        if observation.member in twin.events:
            return self._record(
                twin.id,
                "event",
                observation.member,
                observation.value,
                effective=observation.effective,
                source=observation.source,
                quality=observation.quality,
                by=observation.by or observation.source,
                cause=observation.cause,
            )
        declared = twin.member("property", observation.member, twin.id)
        if observation.unit and observation.unit != declared.unit:
            self._refuse_reading(observation, f"unit {observation.unit}, not {declared.unit}")
            return None
        try:
            value = declared.check(observation.value, f"{twin.id}.{declared.name}")
        except BadValueError as error:
            self._refuse_reading(observation, str(error))
            return None
        if declared.type in ("number", "integer") and not declared.is_plausible(value):
            self._refuse_reading(observation, f"{value} is impossible")
            return None
        return self._take(twin, observation, value)

    def readings(
        self,
        twin: str,
        values: Mapping[str, JSON],
        effective: float,
        source: str,
        *,
        quality: Quality = "good",
    ) -> None:
        """Several properties of one twin, true at one moment."""
        for member, value in values.items():
            self.observe(
                Observation(
                    twin=twin,
                    member=member,
                    value=value,
                    effective=effective,
                    source=source,
                    quality=quality,
                )
            )

    def _take(self, twin: Twin, observation: Observation, value: JSON) -> Change:
        before = twin.ledger.readings.get(observation.member)
        quality = observation.quality
        is_late = before is not None and observation.effective < before.effective
        if is_late and before is not None and before.twin == twin.id:
            quality = "restated"
        return self._record(
            twin.id,
            "property",
            observation.member,
            value,
            effective=observation.effective,
            source=observation.source,
            quality=quality,
            by=observation.by or observation.source,
            cause=observation.cause,
        )

    def _refuse_reading(self, observation: Observation, why: str) -> None:
        value = {"member": observation.member, "value": repr(observation.value), "why": why}
        self._record(
            observation.twin,
            "event",
            "reading_refused",
            value,
            effective=observation.effective,
            source=observation.source,
            by=observation.by or observation.source,
            cause=observation.cause,
        )

    # -- the one writer --------------------------------------------------------------------

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
        """Journal a change of a twin, apply it, and tell those who watch."""
        return self._record(
            twin_id,
            kind,
            name,
            value,
            effective=effective,
            source=source,
            quality=quality,
            by=by,
            cause=cause,
        )

    def _record(
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
        now = self.clock.now()
        if cause is None or not by:
            author, reason = _because.get()
            by, cause = by or author, reason if cause is None else cause
        change = self.journal.append(
            Change(
                seq=len(self.journal) + 1,
                twin=twin_id,
                kind=kind,
                name=name,
                value=value,
                effective=now if effective is None else effective,
                recorded=now,
                source=source or by,
                quality=quality,
                by=by,
                cause=cause,
            )
        )
        if kind == "property":
            self._apply(self.twins[twin_id], change)
        else:
            twin = self.twins[twin_id]
            twin.ledger.revision += 1
            if kind == "phase":
                twin.ledger.phase, twin.ledger.phase_since = value, now
            elif kind == "life":
                twin.ledger.life = Life(value)
            self._tell(Notice(twin_id, change))
            for heir in self._heirs.get(twin_id, ()):
                if kind == "event" and name in heir.twin.events:
                    self._tell(Notice(heir.twin.id, change))
        self._drain()
        return change

    def _apply(self, twin: Twin, change: Change) -> None:
        """Take a property change into a twin and into those that take values from it."""
        if change.quality == "restated":
            twin.ledger.revision += 1
            self._tell(Notice(twin.id, change, now=False))
            return
        name, reading = change.name, reading_of(change)
        ledger = twin.ledger
        before = ledger.readings.get(name)
        if newer(before, reading) is not reading:
            self._tell(Notice(twin.id, change, now=False))
            return
        was_absent = before is None or name in ledger.stale
        ledger.readings[name] = reading
        if was_absent:
            ledger.stale.pop(name, None)
        horizon = twin.properties[name].horizon(reading.quality)
        if horizon is not None:
            until = reading.effective + horizon
            if twin.id not in self._expiry or until < self._expiry[twin.id]:
                self._watch_horizon(twin, until)
        if was_absent or before is None or before.value != reading.value:
            ledger.revision += 1
            self._tell(Notice(twin.id, change))
        for heir in self._heirs[twin.id]:
            if name in heir.members:
                self._apply(heir.twin, change)
        if was_absent:
            self._update_life(twin, change.seq)

    # -- links that carry values -----------------------------------------------------------

    def _inherit(self, twin: Twin, target: Twin, rel: str) -> None:
        members = frozenset(
            p.name for p in twin.properties.values() if rel in p.via and p.name in target.properties
        )
        for heir in self._heirs[target.id]:
            if heir.twin is twin:
                heir.members |= members
                return
        self._heirs[target.id].append(_Heirs(twin, members))

    def _take_over(self, twin: Twin, target: Twin, rel: str, link: Change) -> None:
        """What the target knows already becomes known to the new heir (and to its heirs)."""
        now = self.clock.now()
        for name in twin.properties:
            declared = twin.properties[name]
            if rel not in declared.via or name not in target.properties:
                continue
            reading = target.ledger.readings.get(name)
            if reading is None:
                continue
            if now < reading.fresh_until(declared.horizon(reading.quality)):
                self._apply(twin, self.journal[reading.seq])
        self._drain()

    # -- horizons and life -----------------------------------------------------------------

    def _watch_horizon(self, twin: Twin, until: float) -> None:
        self._expiry[twin.id] = until
        self.clock.call_at(until, lambda: self._expire(twin, until))

    def _expire(self, twin: Twin, due: float) -> None:
        if self._expiry.get(twin.id) != due:
            return  # an earlier horizon has taken over
        del self._expiry[twin.id]
        if twin.life in ENDED:
            return
        now = self.clock.now()
        next_due = float("inf")
        went: list[str] = []
        for name, reading in list(twin.ledger.readings.items()):
            horizon = twin.properties[name].horizon(reading.quality)
            if horizon is None or name in twin.ledger.stale:
                continue
            until = reading.effective + horizon
            if until <= now:
                twin.ledger.stale[name] = until
                went.append(name)
            else:
                next_due = min(next_due, until)
        if next_due < float("inf"):
            self._watch_horizon(twin, next_due)
        for name in went:
            self._mark_stale(twin, name)
        if went:
            self._update_life(twin, None)
        self._drain()

    def _mark_stale(self, twin: Twin, name: str) -> None:
        """A value has ended: journalled where it was observed, told to whoever shows it."""
        reading = twin.ledger.readings[name]
        twin.ledger.revision += 1
        change = self.journal.append(
            Change(
                seq=len(self.journal) + 1,
                twin=twin.id,
                kind="property",
                name=name,
                value=None,
                effective=twin.ledger.stale[name],
                recorded=self.clock.now(),
                source=reading.source,
                quality="stale",
                by="clock",
                cause=reading.seq,
            )
        )
        self._tell(Notice(twin.id, change))

    def _update_life(self, twin: Twin, cause: Cause | None) -> None:
        ledger = twin.ledger
        if ledger.life in ENDED:
            return
        sourced: set[str] = set(ledger.sourced)
        for rel in {rel for p in twin.properties.values() for rel in p.via}:
            for target in twin.linked(rel):
                sourced |= set(self.twins[target].ledger.sourced)
        life = life_of(
            required=[p.name for p in twin.properties.values() if p.required],
            sourced=sourced,
            seen=ledger.readings,
            overdue=ledger.stale,
        )
        if life != ledger.life:
            ledger.life = life
            self._record(twin.id, "life", "life", life.value, by="clock", cause=cause)

    def end(self, twin_id: str, life: Life = Life.CLOSED, *, by: str = "") -> None:
        """Close a twin: it stays readable, its horizons no longer matter."""
        if self.twin(twin_id).life not in ENDED:
            self._record(twin_id, "life", "life", life.value, by=by)

    # -- watching --------------------------------------------------------------------------

    def watch(self, watcher: Watcher, twin: str | None = None) -> Callable[[], None]:
        """Tell `watcher` of every change of a twin (or of all); returns what ends it."""
        if twin is None:
            watchers = self._watchers_of_all
        else:
            self.twin(twin)
            watchers = self._watchers.setdefault(twin, [])
        watchers.append(watcher)

        def end() -> None:
            if watcher in watchers:
                watchers.remove(watcher)

        return end

    def _tell(self, notice: Notice) -> None:
        self._queue.append(notice)

    def _drain(self) -> None:
        """Tell in order; what a watcher changes is told after what it was told."""
        if self._telling:
            return
        self._telling = True
        try:
            while self._queue:
                notice = self._queue.popleft()
                self._run_follow_rules(notice)
                for watcher in tuple(self._watchers.get(notice.twin, ())):
                    watcher(notice)
                for watcher in tuple(self._watchers_of_all):
                    watcher(notice)
        finally:
            self._telling = False

    def _run_follow_rules(self, notice: Notice) -> None:
        followers = self._followers.get(notice.twin)
        if not followers or not notice.now:
            return
        for twin, rel in tuple(followers):
            for rule in twin.follow_rules:
                if rule.rel == rel and notice.change.name in rule.names:
                    for member, value in rule.run(twin, notice.change):
                        self.observe(
                            Observation(
                                twin=twin.id,
                                member=member,
                                value=value,
                                effective=notice.change.effective,
                                source=notice.change.source,
                                by=notice.change.by,
                                cause=notice.change.seq,
                            )
                        )

    # -- reading ---------------------------------------------------------------------------

    def state(
        self,
        twin_id: str,
        at: float | None = None,
        *,
        known_at: float | None = None,
        latest: bool = False,
    ) -> State:
        """The state now, or rebuilt from the journal as of `at` and as known at `known_at`."""
        twin = self.twin(twin_id)
        now = self.clock.now()
        if at is not None or known_at is not None or latest:
            models = {t.id: type(t) for t in self.twins.values()}
            return state_at(
                self.journal,
                models,
                twin_id,
                now if at is None else at,
                known_at=known_at,
                latest=latest,
            )
        values: dict[str, Reading] = {}
        absent: dict[str, Absent] = {}
        for name in twin.properties:
            reading = twin.ledger.readings.get(name)
            if reading is None:
                absent[name] = Absent("unknown")
            elif name in twin.ledger.stale:
                absent[name] = Absent("stale", twin.ledger.stale[name], reading)
            else:
                values[name] = reading
        return State(
            twin=twin_id,
            at=now,
            values=values,
            absent=absent,
            frame=frame_of(values.values(), now),
            phase=twin.phase,
            life=twin.life.value,
            revision=twin.ledger.revision,
        )

    def lineage(self, twin_id: str, member: str) -> Sequence[str]:
        """From which twin, by which source and when a value came, in words for people."""
        reading = self.twin(twin_id).ledger.readings.get(member)
        if reading is None:
            return ()
        return (reading.twin, reading.source, f"{reading.effective:g}")

"""The world of one run: its twins, their links, who watches them, and the one writer of each.

Everything that happens becomes one `Change`, is journalled, and is then told to those who watch, in
order.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping

from environment.errors import BadValueError, SourceLostError, UnknownTwinError
from environment.model.change import JSON, Cause, Change, ChangeKind, Observation, Quality
from environment.model.frame import Absent, Fidelity, Reading, State, frame_of
from environment.model.life import ENDED, Life
from environment.model.twin import LinkState, Twin
from environment.physical.adapter import Adapter
from environment.runtime.clock import Clock
from environment.runtime.journal import Journal
from environment.runtime.notices import Notice, Watcher, current_cause
from environment.runtime.shadowing import FIDELITY_WINDOW_S, Shadows, judged
from environment.runtime.states import state_at


class World:
    """The twins of one run and the only way to change them."""

    def __init__(
        self, clock: Clock, models: Mapping[str, type[Twin]], journal: Journal | None = None
    ) -> None:
        self.clock = clock
        self.models = dict(models)
        self.journal = journal if journal is not None else Journal()
        self.twins: dict[str, Twin] = {}
        self._shadows = Shadows(clock, self.journal, self.twins, self.record, self._tell)
        self._adapters: dict[str, Adapter] = {}  # twin -> the asset that carries out operations
        self._sources: list[Adapter] = []
        self._followers: dict[str, list[tuple[Twin, str]]] = {}  # target -> (twin, rel)
        self._watchers: dict[str, list[Watcher]] = {}
        self._watchers_of_all: list[Watcher] = []
        self._queue: deque[Notice] = deque()
        self._telling = False
        self._taken: dict[str, set[int]] = {}  # source -> numbers of its observations
        self._end_fidelity: Callable[[], None] | None = None

    # -- twins and links -------------------------------------------------------------------

    def add(self, kind: str, twin_id: str, *, by: str = "", cause: Cause | None = None) -> Twin:
        """Bring a twin of a known kind into the world."""
        if kind not in self.models:
            raise UnknownTwinError(kind, self.models)
        if twin_id in self.twins:
            raise BadValueError(f"There is already a twin '{twin_id}'.")
        twin = self._bring(kind, twin_id)
        self._announce(twin, by=by, cause=cause)
        return twin

    def _announce(self, twin: Twin, *, by: str, cause: Cause | None) -> None:
        life = Life.DECLARED.value
        created = {"kind": twin.kind, "life": life}
        self.record(twin.id, "life", "life", life, by=by, cause=cause)
        self.record(twin.id, "event", "created", created, by=by, cause=cause)
        if twin.machine is not None:
            self.record(twin.id, "phase", "phase", twin.machine.initial, by=by, cause=cause)

    def _bring(self, kind: str, twin_id: str) -> Twin:
        """Make a twin that is told of what it follows in itself."""
        twin = self.twins[twin_id] = self.models[kind](twin_id)
        if any(not rule.rel for rule in twin.follow_rules):
            self._followers.setdefault(twin_id, []).append((twin, ""))
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
        self._tie(twin, LinkState(rel, target_id, now))
        value = {"target": target_id, "since": now, "until": None}
        change = self.record(twin_id, "link", rel, value, by=by, cause=cause)
        self._shadows.inherit(twin, target, rel)
        self._shadows.update_life(twin, change.seq)
        self._drain()

    def unlink(
        self, twin_id: str, rel: str, target_id: str, *, by: str = "", cause: Cause | None = None
    ) -> None:
        """End a link; it stays in the journal."""
        twin = self.twin(twin_id)
        now = self.clock.now()
        for state in twin.ledger.links:
            if state.rel == rel and state.target == target_id and state.until is None:
                state.until = now
                value = {"target": target_id, "since": state.since, "until": now}
                self.record(twin_id, "link", rel, value, by=by, cause=cause)
        self._untie(twin, rel, self.twin(target_id))

    def _tie(self, twin: Twin, state: LinkState) -> None:
        """Hold a link, and tell the twin of what it follows behind it."""
        twin.ledger.links.append(state)
        if any(rule.rel == state.rel for rule in twin.follow_rules):
            self._followers.setdefault(state.target, []).append((twin, state.rel))

    def _untie(self, twin: Twin, rel: str, target: Twin) -> None:
        """No longer take values or hear anything through an ended link."""
        self._shadows.disinherit(twin, target, rel)
        followers = self._followers.get(target.id, [])
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

    def end(self, twin_id: str, life: Life = Life.CLOSED, *, by: str = "") -> None:
        """Close a twin: it stays readable, its horizons no longer matter."""
        if self.twin(twin_id).life not in ENDED:
            self.record(twin_id, "life", "life", life.value, by=by)

    # -- sources ---------------------------------------------------------------------------

    async def attach(self, adapter: Adapter, *, serves: Collection[str] = ()) -> None:
        """Couple an asset: its readings come in, and the operations of `serves` go to it."""
        now = self.clock.now()
        for twin_id, members in adapter.provides().items():
            ledger = self.twin(twin_id).ledger
            ledger.sourced.update(members)
            ledger.sourced_since.update(dict.fromkeys(members, now))
        for twin_id in serves:
            self._adapters[self.twin(twin_id).id] = adapter
        self._sources.append(adapter)
        for twin_id in adapter.provides():
            twin = self.twin(twin_id)
            for one in (twin, *self._shadows.heirs(twin)):
                self._shadows.update_life(one, None)
        if self._end_fidelity is None:
            self._end_fidelity = self.clock.every(
                FIDELITY_WINDOW_S, lambda _: self._shadows.publish_fidelity()
            )
        await adapter.start(self, self.clock)

    async def close(self) -> None:
        """Stop all assets, last coupled first."""
        if self._end_fidelity is not None:
            self._end_fidelity()
        while self._sources:
            await self._sources.pop().stop()

    def adapter_of(self, twin_id: str) -> Adapter:
        """The asset behind a twin."""
        adapter = self._adapters.get(twin_id)
        if adapter is None:
            raise SourceLostError(f"Twin '{twin_id}' has no asset that could carry this out.")
        return adapter

    # -- what comes in ---------------------------------------------------------------------

    def observe(self, observation: Observation) -> Change | None:
        """Take one fact from a source; None for a duplicate.

        What cannot be is recorded as the event `reading_refused`. What comes late (true before the
        present value) is recorded as `restated` and leaves the present state as it is. The quality
        `withdrawn` takes back what the source said of that moment.
        """
        twin, o = self.twin(observation.twin), observation
        if o.source_seq is not None:
            taken = self._taken.setdefault(o.source, set())
            if o.source_seq in taken:
                return None
            taken.add(o.source_seq)
        if o.quality == "withdrawn":
            twin.member("property", o.member, twin.id)
            change = self._shadows.withdraw(twin, o)
            self._drain()
            return change
        kind: ChangeKind = "property"
        name, value, quality = o.member, o.value, o.quality
        if o.member in twin.events:
            kind = "event"
        else:
            declared = twin.member("property", o.member, twin.id)
            try:
                value = judged(declared, o)
                quality = "restated" if self._shadows.is_late(twin, o) else o.quality
            except BadValueError as error:
                kind, name = "event", "reading_refused"
                value = {"member": o.member, "value": repr(o.value), "why": str(error)}
        change = self.record(
            twin.id,
            kind,
            name,
            value,
            effective=o.effective,
            source=o.source,
            quality=quality,
            by=o.by or o.source,
            cause=o.cause,
        )
        return None if name == "reading_refused" else change

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
        now = self.clock.now()
        if cause is None or not by:
            author, reason = current_cause()
            by, cause = by or author, reason if cause is None else cause
        twin = self.twins[twin_id]
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
            self._shadows.apply(twin, change)
        else:
            twin.ledger.revision += 1
            if kind == "phase":
                twin.ledger.phase, twin.ledger.phase_since = value, now
            elif kind == "life":
                twin.ledger.life = Life(value)
            self._tell(Notice(twin_id, change))
            if name == "reading_refused":
                self._shadows.hand_on_refusal(twin, change)
        self._drain()
        return change

    # -- watching --------------------------------------------------------------------------

    def watch(self, watcher: Watcher, twin: str | None = None) -> Callable[[], None]:
        """Tell `watcher` of every change of a twin (or of all); returns what ends it."""
        if twin is None:
            watchers = self._watchers_of_all
        else:
            watchers = self._watchers.setdefault(self.twin(twin).id, [])
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
                if notice.twin in self._followers and notice.now:
                    self._derive(notice)
                for watcher in tuple(self._watchers.get(notice.twin, ())):
                    watcher(notice)
                for watcher in tuple(self._watchers_of_all):
                    watcher(notice)
        finally:
            self._telling = False

    def _derive(self, notice: Notice) -> None:
        """What the change of one twin means for those that follow it."""
        change = notice.change
        for twin, rel in tuple(self._followers[notice.twin]):
            for rule in twin.follow_rules:
                if rule.rel != rel or change.name not in rule.names:
                    continue
                for member, value in rule.run(twin, change):
                    self.observe(
                        Observation(
                            twin=twin.id,
                            member=member,
                            value=value,
                            effective=change.effective,
                            source=change.source,
                            by=change.by,
                            cause=change.seq,
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
        twin, now = self.twin(twin_id), self.clock.now()
        if at is not None or known_at is not None or latest:
            return state_at(
                self.journal,
                {t.id: type(t) for t in self.twins.values()},
                twin_id,
                now if at is None else at,
                known_at=known_at,
                latest=latest,
            )
        ledger = twin.ledger
        ages = twin.life not in ENDED
        values: dict[str, Reading] = {}
        absent: dict[str, Absent] = {}
        for name, declared in twin.properties.items():
            reading = ledger.readings.get(name)
            if reading is None:
                absent[name] = Absent("unknown")
                continue
            # By the clock too: a horizon may end in this very moment, and not be recorded yet.
            until = reading.fresh_until(declared.horizon(reading.quality))
            if name in ledger.stale or (ages and until <= now):
                absent[name] = Absent("stale", until, reading)
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
            revision=ledger.revision,
        )

    def fidelity(self, twin_id: str, window_s: float = FIDELITY_WINDOW_S) -> Fidelity | None:
        """How well a twin mirrors its asset over the last seconds; None: nothing comes to it."""
        return self._shadows.fidelity(self.twin(twin_id), window_s)

"""Taking up a run: a world that relives its journal, and then goes on where it ended.

The journal's changes are applied at their times and nothing else is, so that every twin is as it
was. Assets get the commands of the invocations that were carried out (`invoked_again`), and come
to the state in which they were.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from environment.model.change import JSON, Cause, Change, ChangeKind, Quality
from environment.model.life import Life
from environment.model.twin import LinkState, Twin
from environment.runtime.clock import Clock
from environment.runtime.invoked_again import RelivingOperations
from environment.runtime.journal import Journal
from environment.runtime.notices import Notice, current_cause
from environment.runtime.past import Past
from environment.runtime.world import World


class RelivingWorld(World):
    """A world whose past is written; until that is over, nothing is recorded, only recognised."""

    def __init__(
        self, clock: Clock, models: Mapping[str, type[Twin]], journal: Journal, past: Past
    ) -> None:
        self.past = past
        super().__init__(clock, models, journal)

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
        """Journal a change; in the past, the change that it was."""
        past = self.past
        if cause is None or not by:
            author, reason = current_cause()
            by, cause = by or author, reason if cause is None else cause
        if past.is_over:
            if kind == "event" and past.is_near(self.clock.now()):
                done = past.recognise_event(twin_id, name, value, self.clock.now())
                if done is not None:
                    return done
            return super().record(
                twin_id,
                kind,
                name,
                value,
                effective=effective,
                source=source,
                quality=quality,
                by=by,
                cause=past.real(cause),
            )
        now = self.clock.now()
        found = past.recognise(twin_id, kind, name, value, now)
        if found is not None:
            return found
        change = past.provisional(
            twin_id,
            kind,
            name,
            value,
            now=now,
            effective=effective,
            source=source or by,
            quality=quality,
            by=by,
            cause=cause,
        )
        is_reckoned = kind == "life" and value != Life.DECLARED.value  # anew in any case
        if not is_reckoned and past.is_recent(now):
            past.keep(lambda: self._written(change), change.seq)
        return change

    def _written(self, change: Change) -> Change:
        return self.record(
            change.twin,
            change.kind,
            change.name,
            change.value,
            effective=change.effective,
            source=change.source,
            quality=change.quality,
            by=change.by,
            cause=change.cause,
        )

    def add(self, kind: str, twin_id: str, *, by: str = "", cause: Cause | None = None) -> Twin:
        """Bring a twin into the world; one that has come in the past is there already."""
        twin = None if self.past.is_over else self.twins.get(twin_id)
        if twin is None:
            return super().add(kind, twin_id, by=by, cause=cause)
        self._announce(twin, by=by, cause=cause)
        return twin

    def link(
        self, twin_id: str, rel: str, target_id: str, *, by: str = "", cause: Cause | None = None
    ) -> None:
        """Link two twins; a link of the past comes with its change."""
        past, now = self.past, self.clock.now()
        if past.is_over:
            super().link(twin_id, rel, target_id, by=by, cause=cause)
        elif past.recognise_link(twin_id, rel, target_id, now, held=True) is None:
            self._keep(lambda: self.link(twin_id, rel, target_id, by=by, cause=cause))

    def unlink(
        self, twin_id: str, rel: str, target_id: str, *, by: str = "", cause: Cause | None = None
    ) -> None:
        """End a link; one that ended in the past ends with its change."""
        past, now = self.past, self.clock.now()
        if past.is_over:
            super().unlink(twin_id, rel, target_id, by=by, cause=cause)
        elif past.recognise_link(twin_id, rel, target_id, now, held=False) is None:
            self._keep(lambda: self.unlink(twin_id, rel, target_id, by=by, cause=cause))

    def end(self, twin_id: str, life: Life = Life.CLOSED, *, by: str = "") -> None:
        """Close a twin; one that was closed in the past is closed by its change."""
        past = self.past
        if past.is_over:
            super().end(twin_id, life, by=by)
        elif past.recognise(twin_id, "life", "life", life.value, self.clock.now()) is None:
            self._keep(lambda: self.end(twin_id, life, by=by))

    def _keep(self, write: Callable[[], None]) -> None:
        if self.past.is_recent(self.clock.now()):
            self.past.keep(write)

    def relive(self, change: Change) -> None:
        """Apply one change of the past as it was applied then, and tell those who watch."""
        twin = self.twins.get(change.twin)
        if twin is None:
            twin = self._bring(self.past.kinds[change.twin], change.twin)
        self.journal.append(change)
        if change.kind == "property":
            if change.quality == "stale":
                twin.ledger.stale[change.name] = change.effective
            self._shadows.apply(twin, change)
        else:
            twin.ledger.revision += 1
            self._relive_other(twin, change)
        self._drain()

    def _relive_other(self, twin: Twin, change: Change) -> None:
        ledger, value = twin.ledger, change.value
        if change.kind == "phase":
            ledger.phase, ledger.phase_since = value, change.recorded
        elif change.kind == "life":
            ledger.life = Life(value)
        elif change.kind == "link" and value["until"] is None:
            self._tie(twin, LinkState(change.name, value["target"], value["since"]))
        elif change.kind == "link":
            for held in ledger.links:
                if (held.rel, held.target, held.until) == (change.name, value["target"], None):
                    held.until = value["until"]
        self._tell(Notice(twin.id, change))
        if change.name == "reading_refused":
            self._shadows.hand_on_refusal(twin, change)
        if change.kind == "link" and value["until"] is None:
            self._shadows.inherit(twin, self.twin(value["target"]), change.name)
        elif change.kind == "link":
            self._untie(twin, change.name, self.twin(value["target"]))

    def go_on(self) -> int:
        """The past is over: record what it left unwritten; returns how much that was."""
        count = self.past.write_rest()
        for twin in tuple(self.twins.values()):
            self._shadows.update_life(twin, None)
        return count


def apply(world: RelivingWorld, operations: RelivingOperations, changes: Iterable[Change]) -> None:
    """Apply changes of one moment."""
    for change in changes:
        world.relive(change)
        if change.kind == "operation":
            operations.relive(change)


async def relive(
    world: RelivingWorld, operations: RelivingOperations, changes: Iterable[Change]
) -> None:
    """Relive changes at their times; returns when everybody has done what he had to."""
    clock = world.clock
    await _settled(clock)
    for at_s, moment in groupby(changes, key=lambda c: c.recorded):
        if at_s > clock.now():
            await clock.sleep(at_s - clock.now())
        apply(world, operations, moment)
    await _settled(clock)


async def _settled(clock: Clock) -> None:
    """Virtual time passes when nothing else is left to do."""
    await clock.sleep(1e-6)

"""Shadowing: from observations to state; from silence to stale values and the life of a twin.

A value that a twin takes from another through a link (`Property.via`) is not copied: the other's
change reaches it live, with its origin. Of several values the later effective one counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from environment.errors import BadValueError
from environment.model.agreement import SAY_AGAIN_S, agree
from environment.model.change import JSON, Cause, Change, ChangeKind, Observation, Quality
from environment.model.frame import Fidelity, Reading, fidelity
from environment.model.life import ENDED, life_of
from environment.model.members import Property
from environment.model.twin import Twin
from environment.runtime.clock import Clock
from environment.runtime.journal import Journal
from environment.runtime.notices import Notice
from environment.runtime.states import is_withdrawal, newer, reading_at, reading_of, rivals

#: A reading that arrives later than this after it was true is not timely (engineering default).
ALLOWED_DELAY_S = 2.0
#: The window over which fidelity is reckoned, and how often it is published (engineering default).
FIDELITY_WINDOW_S = 60.0
#: A change of fidelity that is worth a change of the twin (engineering default).
FIDELITY_STEP = 0.01


class Recorder(Protocol):
    """The world's one way to write a change."""

    def __call__(
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
        """Journal, apply, tell."""


def judged(declared: Property, observation: Observation) -> JSON:
    """The value of an observation in the model's type; `BadValueError` says why it cannot be."""
    where = f"{observation.twin}.{declared.name}"
    if observation.unit and observation.unit != declared.unit:
        raise BadValueError(
            f"{where}: expected the unit {declared.unit or 'none'}, got {observation.unit}."
        )
    value = declared.check(observation.value, where)
    if declared.type in ("number", "integer") and not declared.is_plausible(value):
        raise BadValueError(
            f"{where}: {value:g} {declared.unit} cannot be; "
            f"possible are {declared.low} to {declared.high}."
        )
    return value


@dataclass(slots=True)
class _Heir:
    """A twin that takes values from another, and which."""

    twin: Twin
    rels: tuple[str, ...]
    members: frozenset[str]


class Shadows:
    """Keeps every twin's readings, horizons and life; written to by the world only."""

    def __init__(
        self,
        clock: Clock,
        journal: Journal,
        twins: dict[str, Twin],
        record: Recorder,
        tell: Callable[[Notice], None],
    ) -> None:
        self._clock, self._journal, self._twins = clock, journal, twins
        self._record, self._tell = record, tell
        self._heirs: dict[str, list[_Heir]] = {}
        self._expiry: dict[str, float] = {}
        self._disagreed: dict[tuple[str, str], float] = {}

    # -- readings --------------------------------------------------------------------------

    def apply(self, twin: Twin, change: Change) -> None:
        """Take a property change into a twin and into those that take values from it."""
        if change.quality in ("stale", "restated"):
            twin.ledger.revision += 1
            ended = change.quality == "stale" and not is_withdrawal(change)
            self._tell(Notice(twin.id, change, now=ended))
            return
        self._take(twin, change, reading_of(change), self._clock.now())

    def _take(self, twin: Twin, change: Change, reading: Reading, now: float) -> None:
        ledger, name = twin.ledger, change.name
        before = ledger.readings.get(name)
        if before is reading:  # it has come already, by another link
            return
        order = self._order(twin, name) if before and before.twin != reading.twin else ()
        if before is not None and newer(before, reading, order) is before:
            self._tell(Notice(twin.id, change, now=False))
            if rivals(before, reading, order):
                self._compare(twin, name, before, reading)
            return
        was_absent = before is None or name in ledger.stale
        ledger.readings[name] = reading
        until = reading.fresh_until(twin.properties[name].horizon(reading.quality))
        is_over = until <= now  # before it came
        if is_over:
            ledger.stale[name] = until
            self._tell(Notice(twin.id, change, now=False))
        else:
            if was_absent:
                ledger.stale.pop(name, None)
            if until < self._expiry.get(twin.id, float("inf")):
                self._watch_horizon(twin, until)
            if before is None or was_absent or before.value != reading.value:
                ledger.revision += 1
                self._tell(Notice(twin.id, change))
        for heir in self._heirs.get(twin.id, ()):
            if name in heir.members:
                self._take(heir.twin, change, reading, now)
        if was_absent or is_over:
            self.update_life(twin, change.seq)

    def _order(self, twin: Twin, name: str) -> list[str]:
        """The sources of a value behind links, the one that was linked last first."""
        via = twin.properties[name].via
        return [s.target for s in reversed(twin.ledger.links) if s.rel in via and s.until is None]

    def _compare(self, twin: Twin, name: str, held: Reading, other: Reading) -> None:
        """Say that two sources of one value contradict each other, once in a while."""
        now, key = self._clock.now(), (twin.id, name)
        is_number = twin.properties[name].type == "number"
        if not is_number or agree(name, held.value, other.value):
            return
        if now - self._disagreed.get(key, float("-inf")) >= SAY_AGAIN_S:
            self._disagreed[key] = now
            fact = {"member": name, "value": held.value, "other": other.value, "by": other.twin}
            self._record(twin.id, "event", "values_disagree", fact, by="clock", cause=other.seq)

    def withdraw(self, twin: Twin, o: Observation) -> Change:
        """A source takes back what it said of a moment: what was known before counts again."""
        change = self._record(
            twin.id,
            "property",
            o.member,
            None,
            effective=o.effective,
            source=o.source,
            quality="stale",
            by=o.by or o.source,
            cause=o.cause,
        )
        self._retract(twin, change)
        return change

    def _retract(self, twin: Twin, change: Change) -> None:
        ledger, name, now = twin.ledger, change.name, self._clock.now()
        held = ledger.readings.get(name)
        if held is None or (held.twin, held.effective) != (change.twin, change.effective):
            return
        models = {t.id: type(t) for t in self._twins.values()}
        found = reading_at(self._journal, models, twin.id, name, now)
        if found is not None and now < found.fresh_until(
            twin.properties[name].horizon(found.quality)
        ):
            ledger.readings[name] = found
            ledger.revision += 1
            self._tell(Notice(twin.id, self._journal[found.seq]))
        else:
            ledger.stale[name] = change.effective
            self._tell(Notice(twin.id, change))
        for heir in self._heirs.get(twin.id, ()):
            if name in heir.members:
                self._retract(heir.twin, change)
        self.update_life(twin, change.seq)

    def hand_on_refusal(self, twin: Twin, change: Change) -> None:
        """Whoever takes that value from this twin hears that a reading of it could not be."""
        for heir in self._heirs.get(twin.id, ()):
            if change.value["member"] in heir.members:
                self._tell(Notice(heir.twin.id, change))
                self.hand_on_refusal(heir.twin, change)

    def is_late(self, twin: Twin, observation: Observation) -> bool:
        """Whether it was true of this twin before what it holds now."""
        before = twin.ledger.readings.get(observation.member)
        return (
            before is not None
            and before.twin == twin.id
            and observation.effective < before.effective
        )

    # -- links that carry values -----------------------------------------------------------

    def inherit(self, twin: Twin, target: Twin, rel: str) -> None:
        """A link now carries values; what the target knows already is known to the heir too."""
        heirs = self._heirs.setdefault(target.id, [])
        old = next((h for h in heirs if h.twin is twin), None)
        rels = (*(old.rels if old else ()), rel)
        members = frozenset(
            p.name
            for p in twin.properties.values()
            if not set(rels).isdisjoint(p.via) and p.name in target.properties
        )
        if old is not None:
            heirs.remove(old)
        heirs.append(_Heir(twin, rels, members))
        now = self._clock.now()
        for name, declared in twin.properties.items():
            reading = target.ledger.readings.get(name) if name in members else None
            if reading is not None and now < reading.fresh_until(declared.horizon(reading.quality)):
                self.apply(twin, self._journal[reading.seq])

    def disinherit(self, twin: Twin, target: Twin, rel: str) -> None:
        """A link has ended; values that came through it stay until their horizon is over."""
        heirs = self._heirs.get(target.id, [])
        old = next((h for h in heirs if h.twin is twin), None)
        if old is None:
            return
        heirs.remove(old)
        rels = tuple(r for r in old.rels if r != rel)
        if rels:
            members = frozenset(
                m for m in old.members if not set(rels).isdisjoint(twin.properties[m].via)
            )
            heirs.append(_Heir(twin, rels, members))
        for other in dict.fromkeys(s.target for s in twin.ledger.links if s.until is None):
            # Those who gave way to the one that is gone count again at once.
            self._hand_on(self._twins[other], twin)

    def _hand_on(self, target: Twin, twin: Twin) -> None:
        """What a source knows, to a twin that takes values from it."""
        now = self._clock.now()
        members = next((h.members for h in self._heirs.get(target.id, ()) if h.twin is twin), ())
        for name, declared in twin.properties.items():
            reading = target.ledger.readings.get(name) if name in members else None
            if reading is not None and now < reading.fresh_until(declared.horizon(reading.quality)):
                self._take(twin, self._journal[reading.seq], reading, now)

    def heirs(self, twin: Twin) -> list[Twin]:
        """The twins that take values from this one."""
        return [heir.twin for heir in self._heirs.get(twin.id, ())]

    # -- horizons --------------------------------------------------------------------------

    def _watch_horizon(self, twin: Twin, until: float) -> None:
        """Look again at the first horizon that ends; a twin has one such timer."""
        self._expiry[twin.id] = until
        if until < float("inf"):
            self._clock.call_at(until, lambda: self._expire(twin, until))

    def _expire(self, twin: Twin, due: float) -> None:
        if self._expiry.get(twin.id) != due:
            return  # an earlier horizon has taken over
        del self._expiry[twin.id]
        if twin.life in ENDED:
            return
        now, ledger = self._clock.now(), twin.ledger
        ended: list[tuple[str, float]] = []
        next_due = float("inf")
        for name, reading in ledger.readings.items():
            horizon = twin.properties[name].horizon(reading.quality)
            if horizon is None or name in ledger.stale:
                continue
            until = reading.fresh_until(horizon)
            if until <= now:
                ended.append((name, until))
            else:
                next_due = min(next_due, until)
        self._watch_horizon(twin, next_due)
        ledger.stale.update(ended)
        for name, until in ended:
            last = ledger.readings[name]
            self._record(
                twin.id,
                "property",
                name,
                None,
                effective=until,
                source=last.source,
                quality="stale",
                by="clock",
                cause=last.seq,
            )
        if ended:
            self.update_life(twin, None)

    # -- life and fidelity -----------------------------------------------------------------

    def update_life(self, twin: Twin, cause: Cause | None) -> None:
        """Reckon the life anew; a change of it is recorded."""
        ledger = twin.ledger
        if ledger.life in ENDED:
            return
        sourced = set(ledger.sourced)
        for rel in {rel for p in twin.properties.values() for rel in p.via}:
            for target in twin.linked(rel):
                sourced |= set(self._twins[target].ledger.sourced)
        life = life_of(
            required=[p.name for p in twin.properties.values() if p.required],
            sourced=sourced,
            seen=ledger.readings,
            overdue=ledger.stale,
        )
        if life != ledger.life:
            self._record(twin.id, "life", "life", life.value, by="clock", cause=cause)

    def fidelity(self, twin: Twin, window_s: float = FIDELITY_WINDOW_S) -> Fidelity | None:
        """How well the regular values of a twin were mirrored in the window that ends now.

        None when nothing comes regularly to it. The twin's is the mean of its properties'.
        """
        now = self._clock.now()
        rows: list[Fidelity] = []
        times: dict[tuple[str, str], list[tuple[float, float]]] = {}
        seen: set[str] = set()
        for name, reading in twin.ledger.readings.items():
            origin = self._twins[reading.twin]
            period, horizon = origin.ledger.sourced.get(name, 0.0), twin.properties[name].horizon_s
            if period <= 0 or horizon is None:
                continue
            if origin.id not in seen:
                seen.add(origin.id)
                for c in self._journal.read(twin=origin.id, start=now - window_s, kind="property"):
                    if c.quality != "stale":
                        times.setdefault((origin.id, c.name), []).append((c.effective, c.recorded))
            rows.append(
                fidelity(
                    times.get((origin.id, name), ()),
                    window=(max(now - window_s, origin.ledger.sourced_since.get(name, 0.0)), now),
                    period_s=period,
                    horizon_s=horizon,
                    allowed_delay_s=ALLOWED_DELAY_S,
                )
            )
        if not rows:
            return None
        count = len(rows)
        return Fidelity(
            sum(r.timeliness for r in rows) / count,
            sum(r.reliability for r in rows) / count,
            sum(r.availability for r in rows) / count,
        )

    def publish_fidelity(self) -> None:
        """Make the fidelity of every coupled twin part of its state, where it has changed."""
        for twin in tuple(self._twins.values()):
            if twin.life in ENDED:
                continue
            found = self.fidelity(twin)
            if found is None:
                continue
            value = round(found.value, 2)
            before: Reading | None = twin.ledger.readings.get("fidelity")
            if before is None or abs(before.value - value) >= FIDELITY_STEP:
                self._record(twin.id, "property", "fidelity", value, by="clock")

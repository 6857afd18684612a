"""From the journal to what the server holds, kept up as the journal grows; nothing else is stored.

What outside systems brought lies in the changes of the `record` twin and is taken at once. What the
twins say is derived anew at the end of each second of scenario time, and only where something was
read that has changed since: a derivation notes what it asks its case for. So the same journal gives
the same versions, whenever and however often it is asked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from environment.fhir.alerts import alerts
from environment.fhir.assets import asset, bearer, patient_facts, shared_assets
from environment.fhir.bundle import composition
from environment.fhir.care import care
from environment.fhir.case import RECORD
from environment.fhir.diagnostics import diagnostics
from environment.fhir.elements import Mapped, Resource
from environment.fhir.facts import findings
from environment.fhir.judgements import judgements
from environment.fhir.lineage import audit_events, provenances
from environment.fhir.observations import observations
from environment.fhir.processes import processes
from environment.fhir.server.indexes import Words
from environment.fhir.server.live_case import TWINS, Asked, LiveCase
from environment.fhir.server.shelves import Shelves, Sight, Version
from environment.fhir.server.texts import plain, read, write
from environment.fhir.server.values import instant
from environment.model.change import Change
from environment.model.frame import Reading
from environment.model.vitals import VITALS
from environment.runtime.journal import Journal
from environment.runtime.states import is_withdrawal, reading_of

#: Events of the record that hold resources.
STORED = ("stored", "person_stored")
#: Seconds of scenario time after which what the twins say is derived anew.
TICK_S = 1.0


@dataclass(slots=True)
class Part:
    """A derivation: what it gives, what it read, and what it gave last time."""

    derive: Callable[[], Iterator[Mapped]]
    sight: Sight
    asked: Asked = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    is_new: bool = True


class Fold:
    """Follows a journal; `shelves` hold what came of it."""

    def __init__(self, journal: Journal, start: datetime) -> None:
        self.journal, self.start = journal, start
        self.shelves = Shelves()
        self.case = LiveCase(journal, start)
        self.made: dict[int, str] = {}  # seq -> the resource that says it
        self.heard: list[Callable[[Version], None]] = []
        self._began = start.timestamp()
        self._seq = 0
        self._pending: list[Change] = []
        self._parts: dict[str, Part] = {}
        self._owner: dict[str, str] = {}
        self._told: dict[str, Mapped] = {}
        self._people = 0

    def follow(self, now: float) -> None:
        """Take what the journal holds; what belongs to a second that is not over waits for it."""
        for _ in self.catch_up(now):
            pass

    def catch_up(self, now: float) -> Iterator[None]:
        """The same, one second of the case a step; until the last, nobody else may follow."""
        if self._seq < len(self.journal):
            for change in self.journal.read(since=self._seq):
                if self._pending and _tick(change.recorded) > _tick(self._pending[-1].recorded):
                    self._derive()
                    yield
                self._seq = change.seq
                self._pending.append(change)
                if change.name in STORED and self._is_record(change.twin):
                    self._store(change)
        if self._pending and _tick(now) > _tick(self._pending[-1].recorded):
            self._derive()

    @property
    def due_s(self) -> float | None:
        """When what is waiting can be derived; None when nothing waits."""
        return (_tick(self._pending[-1].recorded) + 1) * TICK_S if self._pending else None

    def _is_record(self, twin: str) -> bool:
        return twin == RECORD

    # -- what was brought ------------------------------------------------------------------

    def _store(self, change: Change) -> None:
        sight = frozenset({(change.twin, change.name)})
        for row in change.value["rows"]:
            resource: Resource = read(row["text"].encode()) if row["text"] else {}
            type, id = row["type"], row["id"]
            self._put(
                type, id, resource, change.recorded, change.seq, row["method"], sight, given=True
            )

    def _put(
        self,
        type: str,
        id: str,
        resource: Resource,
        at_s: float,
        seq: int,
        method: str,
        sight: Sight,
        *,
        given: bool,
    ) -> Version:
        shelf = self.shelves[type]
        number = len(shelf.of.get(id, ())) + 1
        at = instant(self.start, at_s)
        text = b""
        if resource:
            meta = {**resource.get("meta", {}), "versionId": str(number), "lastUpdated": at}
            rest = {k: v for k, v in resource.items() if k not in ("resourceType", "id", "meta")}
            resource = {"resourceType": type, "id": id, "meta": meta, **rest}
            text = (write if given else plain)(resource).encode()
        version = Version(
            type=type,
            id=id,
            number=number,
            text=text,
            at_s=at_s,
            at=at,
            seq=seq,
            method=method,
            sight=sight,
            is_given=given,
            place=len(self.shelves.log),
            refs=self.shelves.references(resource),
        )
        self.shelves.put(version, resource, round(self._began + at_s, 3))
        for hear in self.heard:
            hear(version)
        return version

    # -- what the twins say ----------------------------------------------------------------

    def _derive(self) -> None:
        """One second is over: what it changed is derived."""
        changes, self._pending = self._pending, []
        touched: Asked = set()
        for change in changes:
            self.case.take(change)
            touched.add((change.twin, change.kind, change.name))
            touched.add(("*", change.kind, change.name))
            if change.kind == "operation":
                touched.add(("*", "operation", ""))
            elif change.name == "created":
                touched.add(TWINS)
        if not self.case.patient:
            return
        self._readings(changes)
        last = changes[-1]
        fresh: list[Mapped] = []
        for name, part in self._due_parts():
            if part.is_new or not part.asked.isdisjoint(touched):
                fresh += self._renew(name, part, last)
        for mapped in fresh:
            for proof in provenances(self.case, [mapped], self.made):
                self._say(proof, last, _sight(proof, frozenset({(self.case.patient, "")})))

    def _due_parts(self) -> Iterator[tuple[str, Part]]:
        """Every derivation, in the order in which one leans on another."""
        case = self.case
        plain = frozenset({(case.patient, "")})
        rows: list[tuple[str, Callable[[], Iterator[Mapped]], Sight]] = [
            ("bearer", partial(bearer, case), plain)
        ]
        rows += [(f"asset {t}", partial(asset, case, t), frozenset({(t, "")})) for t in case.models]
        rows += [
            ("shared assets", partial(shared_assets, case), plain),
            ("patient facts", partial(patient_facts, case), plain),
            ("audit", partial(audit_events, case), plain),
            ("findings", partial(findings, case), plain),
            ("care", partial(care, case), plain),
            ("diagnostics", partial(diagnostics, case, self.made), plain),
            ("judgements", partial(judgements, case), plain),
            ("processes", partial(processes, case), plain),
            ("alerts", partial(alerts, case, self.made), plain),
            ("composition", self._composition, self._named()),
        ]
        for name, derive, sight in rows:
            part = self._parts.setdefault(name, Part(derive, sight))
            part.sight = sight  # people come in the course of a case
            yield name, part

    def _composition(self) -> Iterator[Mapped]:
        """The case as one document, anew at each step of a process; vital signs stand beside it."""
        case = self.case
        if not case.phases(case.preh) and not case.phases(case.trauma):
            return
        index = self.shelves["Observation"].indexes["category"]
        assert isinstance(index, Words)  # a category is a token
        vital = set(index.posts.get("vital-signs", ()))
        held: list[Resource] = []
        for shelf in sorted(self.shelves, key=lambda shelf: shelf.type):
            for ordinal in shelf.current.values():
                version = shelf.versions[ordinal]
                is_vital = shelf.type == "Observation" and ordinal in vital
                is_told = is_vital or shelf.type in ("Composition", "Patient")
                is_ours = all(twin in case.models for twin, _ in version.sight)
                if version.text and not version.is_given and not is_told and is_ours:
                    held.append(read(version.text))
        yield Mapped(composition(case, held))

    def _named(self) -> Sight:
        """Who may see a text in which people are named."""
        people = ((t, "title") for t, m in self.case.models.items() if m.kind == "person")
        return frozenset({(self.case.patient, "name"), *people})

    def _renew(self, name: str, part: Part, last: Change) -> list[Mapped]:
        """Derive a part again; returns what is said for the first time and has a cause."""
        self.case.asked = part.asked = set()
        part.is_new = False
        fresh: list[Mapped] = []
        given: set[str] = set()
        for mapped in part.derive():
            reference = mapped.reference
            if self._owner.setdefault(reference, name) != name or self._is_told(mapped):
                continue
            given.add(reference)
            text = plain(mapped.resource)
            before = part.texts.get(reference)
            if text != before:
                part.texts[reference] = text
                self._say(mapped, last, _sight(mapped, part.sight))
                if before is None and mapped.traced:
                    fresh.append(mapped)
        self.case.asked = set()
        for reference in [r for r in part.texts if r not in given]:
            del part.texts[reference], self._owner[reference]
            type, _, id = reference.partition("/")
            held = self.shelves[type].get(id)
            sight = held.sight if held is not None else part.sight
            self._put(type, id, {}, last.recorded, last.seq, "DELETE", sight, given=False)
        return fresh

    def _readings(self, changes: list[Change]) -> None:
        """Vital signs, findings and laboratory values: each once, when it was told."""
        case = self.case
        carriers = {twin: (since, until) for twin, since, until in case.carriers}
        moments: dict[tuple[str, float, float], dict[str, Reading]] = {}
        for change in changes:
            if change.kind != "property" or change.name not in VITALS:
                continue
            if is_withdrawal(change):
                self._take_back(change)
            span = carriers.get(change.twin)
            if span is None or change.value is None or change.quality == "stale":
                continue
            last = float("inf") if span[1] is None else span[1]
            if not span[0] <= change.effective <= last:
                continue
            brought = self._brought_by(change.cause, change)
            if brought:
                self.made.setdefault(change.seq, brought)
            else:
                at = (change.twin, change.effective, change.recorded)
                moments.setdefault(at, {})[change.name] = reading_of(change)
        for readings in moments.values():
            for mapped in observations(case, readings):
                self._say(mapped, mapped.of[-1], _sight(mapped, frozenset()))

    def _take_back(self, said: Change) -> None:
        """What was said of a moment was an error: its resource stays, and says so."""
        for change in self.case.rows(said.twin, "property", said.name):
            if change.effective != said.effective or change.seq >= said.seq:
                continue
            held = self.shelves.find(self.made.get(change.seq, ""))
            if held is None or held.is_given:
                continue
            resource = read(held.text)
            if resource["status"] != "entered-in-error":
                resource["status"] = "entered-in-error"
                at, sight = said.recorded, held.sight
                self._put(held.type, held.id, resource, at, said.seq, "PUT", sight, given=False)

    def _brought_by(self, cause: object, fact: Change | None = None) -> str:
        """The resource from outside that a change came with; nothing for one of our own."""
        if not isinstance(cause, int) or not self._is_record(self.journal[cause].twin):
            return ""
        told = self.journal[cause]
        if fact is None:
            return f"{told.value['type']}/{told.value['id']}" if told.name == "received" else ""
        wanted = [fact.twin, fact.name, fact.effective]
        for row in told.value.get("rows", ()):
            if wanted in row["facts"]:
                return f"{row['type']}/{row['id']}"
        return ""

    def _is_told(self, mapped: Mapped) -> bool:
        """Whether an outside system told this act, so that its own resource stands for it."""
        if not mapped.of or mapped.resource["resourceType"] not in ACTS:
            return False
        cause = mapped.of[0].cause
        request = self.journal[cause] if isinstance(cause, int) else None
        brought = self._brought_by(request.cause) if request is not None else ""
        if not brought:
            return False
        for change in mapped.of:
            self.made.setdefault(change.seq, brought)
        return True

    def _say(self, mapped: Mapped, last: Change, sight: Sight) -> None:
        resource = mapped.resource
        type, id = resource["resourceType"], resource["id"]
        is_new = id not in self.shelves[type].current
        method = "POST" if is_new else "PUT"
        self._put(type, id, resource, last.recorded, last.seq, method, sight, given=False)
        for change in mapped.of:
            self.made.setdefault(change.seq, mapped.reference)


#: What a patient's twin is asked for by an outside system that tells of it.
ACTS = ("Procedure", "MedicationAdministration")


def _tick(at_s: float) -> int:
    return int(at_s // TICK_S)


def _sight(mapped: Mapped, plain: Sight) -> Sight:
    """Whoever may see every change that a resource says may see the resource."""
    if not mapped.of:
        return plain
    return frozenset((c.twin, _member(c)) for c in mapped.of)


def _member(change: Change) -> str:
    if change.name == "reading_refused" and isinstance(change.value, Mapping):
        return str(change.value.get("member", ""))
    return change.name

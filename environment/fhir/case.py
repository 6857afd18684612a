"""One patient's case in a journal: who is what, who was where when, and how FHIR names them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from environment.errors import BadValueError, UnknownTwinError
from environment.fhir.elements import Element, Moments, refer, resource_id, words
from environment.model.change import JSON, Change
from environment.model.twin import Twin
from environment.runtime.journal import Journal
from environment.runtime.states import is_withdrawal
from environment.twins import kinds
from environment.twins.preh import TIMES as STEP_TIMES

#: Kind of twin -> type of the resource that stands for it. A kind not named here is a Device.
TYPE_OF_KIND = {
    "patient": "Patient",
    "preh": "Encounter",
    "trauma": "Encounter",
    "room": "Location",
    "place": "Location",
    "person": "Practitioner",
    "central_unit": "Organization",
    "blood_bank": "Organization",
}
#: The kind of twin that keeps what other systems brought: no thing of the case.
RECORD = "record"
#: Kinds of twin of which a health record tells nothing: that record itself, and the training.
UNTOLD = (RECORD, "session")
#: The software itself: it assembles the record.
PLATFORM = "traumatwin"
HOSPITAL = "hospital"


def models_of(journal: Journal) -> dict[str, type[Twin]]:
    """Twin id -> its class, read off a journal; without the kinds that are not told."""
    known = {kind: model for kind, model in kinds().items() if kind not in UNTOLD}
    return {
        c.twin: known[c.value["kind"]]
        for c in journal
        if c.kind == "event" and c.name == "created" and c.value["kind"] in known
    }


class Case:
    """What the mapping reads: a journal, the twins' classes, the start; nothing is written.

    `prefix` stands before every id, so that several cases fit on one server. A case may be kept
    while its journal and `models` grow: what it is asked is answered as of then.
    """

    def __init__(
        self,
        journal: Journal,
        models: Mapping[str, type[Twin]],
        start: datetime,
        *,
        patient: str = "",
        prefix: str = "",
    ) -> None:
        if start.tzinfo is None:
            raise BadValueError(f"The start {start} has no time zone; FHIR instants need one.")
        self.journal, self.models, self.start, self.prefix = journal, models, start, prefix
        self._rows: dict[tuple[str, str, str], list[Change]] = {}
        self._named: dict[tuple[str, str], list[Change]] = {}
        self._taken_back: dict[tuple[str, str, float], int] = {}  # of a moment -> seq
        self._indexed = 0
        self.settled: dict[
            tuple[str, ...], JSON
        ] = {}  # what was found once and cannot change any more
        self.at = Moments(start)
        if patient and self.kind(patient) != "patient":
            raise UnknownTwinError(patient, self.of_kind("patient"))
        self._patient = patient

    def rows(self, twin: str, kind: str, name: str) -> list[Change]:
        """The changes of one member, oldest first; the journal is read once, each change once."""
        self._catch_up()
        return self._rows.get((twin, kind, name), [])

    def named(self, kind: str, *names: str) -> list[Change]:
        """The changes of a kind with one of these names, of whatever twin; without one, all."""
        self._catch_up()
        found = [c for name in names or ("",) for c in self._named.get((kind, name), ())]
        return sorted(found, key=lambda c: c.seq) if len(names) > 1 else found

    def _catch_up(self) -> None:
        if self._indexed < len(self.journal):
            for change in self.journal.read(since=self._indexed):
                self.take(change)
            self._indexed = len(self.journal)

    def take(self, change: Change) -> None:
        """Know of one more change."""
        key = (change.twin, change.kind, change.name)
        self._rows.setdefault(key, []).append(change)
        self._named.setdefault(key[1:], []).append(change)
        if change.kind == "operation":
            self._named.setdefault((change.kind, ""), []).append(change)
        elif change.kind == "property" and is_withdrawal(change):
            self._taken_back[change.twin, change.name, change.effective] = change.seq

    # -- who is what -----------------------------------------------------------------------

    @property
    def patient(self) -> str:
        """The patient: the one that was asked for, else the first."""
        return self._patient or next(iter(self.of_kind("patient")), "")

    def of_kind(self, kind: str) -> list[str]:
        """The twins of a kind, in the order in which they came into the world."""
        return [twin for twin, model in self.models.items() if model.kind == kind]

    def kind(self, twin: str) -> str:
        """The kind of a twin; empty for a name that is no twin."""
        model = self.models.get(twin)
        return model.kind if model else ""

    @property
    def preh(self) -> str:
        """The pre-hospital process of this patient."""
        return self._process("preh")

    @property
    def trauma(self) -> str:
        """The in-hospital process of this patient; empty if there never was one."""
        return self._process("trauma")

    def _process(self, kind: str) -> str:
        for twin in self.of_kind(kind):
            if any(target == self.patient for target, *_ in self.links(twin, "hasPatient")):
                return twin
        return ""

    def links(self, twin: str, rel: str) -> list[tuple[str, float, float | None]]:
        """The links of a twin by time: (target, since, until)."""
        found: dict[tuple[str, float], float | None] = {}
        for change in self.rows(twin, "link", rel):
            value = change.value
            found[(value["target"], value["since"])] = value["until"]
        return [(target, since, until) for (target, since), until in found.items()]

    # -- values ----------------------------------------------------------------------------

    def changes(self, twin: str, name: str, kind: str = "property") -> list[Change]:
        """The changes of one member; readings that only say that a value ended are left out."""
        rows = self.rows(twin, kind, name)
        return [c for c in rows if c.quality != "stale" and c.value is not None]

    def last(self, twin: str, name: str, default: JSON = None) -> JSON:
        """The last value of a property."""
        rows = self.changes(twin, name)
        return rows[-1].value if rows else default

    def time(self, name: str) -> float | None:
        """A time of the mission before the hospital; None while its step stands taken back."""
        return None if self.is_undone(name) else self.last(self.preh, name)

    def is_undone(self, name: str) -> bool:
        """Whether the step to which a time belongs was taken in error, and not again since."""
        return any(STEP_TIMES.get(s) == name for s in self.last(self.preh, "corrected", ()))

    def is_taken_back(self, change: Change) -> bool:
        """Whether the source of a reading has said since that it was an error."""
        self._catch_up()
        moment = (change.twin, change.name, change.effective)
        return self._taken_back.get(moment, 0) > change.seq

    def was_told(self, twin: str, name: str) -> bool:
        """Whether a property ever had a value."""
        return bool(self.changes(twin, name))

    @property
    def ends_s(self) -> float:
        """The last moment of which the journal knows."""
        return self.journal[len(self.journal)].recorded if len(self.journal) else 0.0

    def phases(self, twin: str) -> list[Change]:
        """The steps of a process."""
        return self.rows(twin, "phase", "phase")

    @property
    def delivered_s(self) -> float | None:
        """When the patient came into the hospital."""
        rows = [c for c in self.phases(self.trauma) if c.value == "delivered"]
        return rows[0].effective if rows else None

    @property
    def carriers(self) -> list[tuple[str, float, float | None]]:
        """The twins from which the patient's values come, and when they did."""
        monitors = self.links(self.patient, "monitoredBy") if self.patient else []
        return [(self.patient, float("-inf"), None), *monitors] if self.patient else []

    def requests(self) -> Iterator[Change]:
        """The requests of operations."""
        for change in self.named("operation"):
            if change.value["status"] == "requested":
                yield change

    def arguments(self, change: Change) -> Mapping[str, JSON]:
        """The arguments of the request that led to a change directly; empty without one."""
        if not isinstance(change.cause, int):
            return {}
        request = self.journal[change.cause]
        if request.kind != "operation":
            return {}
        found: Mapping[str, JSON] = request.value.get("arguments") or {}
        return found

    # -- names -----------------------------------------------------------------------------

    def id(self, *parts: str | int) -> str:
        """A logical id of this case."""
        return resource_id(self.prefix, *parts)

    def name_of(self, twin: str) -> str:
        """`Type/id` of the resource that stands for a twin; empty for none."""
        if not twin or twin not in self.models:
            return ""
        return f"{TYPE_OF_KIND.get(self.kind(twin), 'Device')}/{self.id(twin)}"

    def ref(self, twin: str) -> Element:
        """A Reference to a twin."""
        return refer(self.name_of(twin), self.title(twin))

    def title(self, twin: str) -> str:
        """What people call a twin."""
        if self.kind(twin) == "person":
            return str(self.last(twin, "title", words(twin)))
        return words(twin)

    @property
    def subject(self) -> Element:
        """The patient."""
        return refer(self.name_of(self.patient))

    def encounter(self, at_s: float) -> Element:
        """The encounter to which something at this time belongs."""
        arrived = self.delivered_s
        in_hospital = self.trauma and arrived is not None and at_s >= arrived
        return refer(self.name_of(self.trauma if in_hospital or not self.preh else self.preh))

    def location(self, place: str) -> Element:
        """A Reference to a place: a room, an accident place, or a vehicle as a place."""
        if self.kind(place) == "vehicle" or self.kind(place) in ("room", "place"):
            return refer(f"Location/{self.id(place)}", words(place))
        return {}

    @property
    def platform(self) -> Element:
        """The software that keeps the record."""
        return refer(f"Device/{self.id(PLATFORM)}", PLATFORM)

    def author(self, by: str) -> Element:
        """Who did something: a person, an agent's mind, a device, or the software itself."""
        if self.kind(by) in ("person", "patient"):
            return self.ref(by)
        for twin in (by, f"mind_{by}"):
            if self.name_of(twin).startswith("Device/"):
                return self.ref(twin)
        return self.platform

    def person(self, by: str) -> Element:
        """Who did something, if a person or an organisation; FHIR wants no Device there."""
        found = self.author(by)
        return {} if str(found.get("reference", "")).startswith("Device/") else found

"""A finished run, read off its journal: which twin is what, alerts, actions, rooms, doses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from environment.model.change import JSON, Change
from environment.runtime.journal import Journal
from environment.twins.preh import TIMES
from scenarios.episodes import Alert, episodes

#: How an invocation ends; what is confirmed later does not change that.
ENDS = ("refused", "completed", "failed", "cancelled", "expired")
#: Stands for the room where nobody named one within so many seconds of the arrival (engineering
#: default).
UNNAMED, NAMED_WITHIN_S = "unnamed", 60.0
#: The session's operation by which the instructor lets something be done.
SESSION_INJECT = "inject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One operation that was asked for, and how it ended."""

    twin: str
    operation: str
    arguments: Mapping[str, JSON]
    by: str
    at_s: float
    ended_s: float | None
    status: str
    reason: str
    seq: int
    #: How it ended, as the journal says it: the guard that refused, what it expected and found.
    told: Mapping[str, JSON] = field(default_factory=dict)
    #: Whether the instructor let it be done, and not the person himself.
    is_injected: bool = False
    #: When it was done, as far as it was: an act on the patient when it took effect there.
    done_s: float

    @property
    def is_done(self) -> bool:
        """Whether it was carried out, or is still being carried out."""
        return self.status in ("completed", "running", "accepted")

    def matches(self, do: str, given: Mapping[str, JSON]) -> bool:
        """Whether this is that operation, with at least these arguments."""
        return do == f"{self.twin}.{self.operation}" and all(
            self.arguments.get(key) == value for key, value in given.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A patient's time in a room."""

    room: str
    in_s: float
    out_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewound:
    """A session went back; what came after is kept as a branch of its run."""

    to_s: float
    from_s: float
    label: str
    branch: str


def _action(
    request: Change, step: Change, took_effect_s: float | None, *, is_injected: bool
) -> Action:
    status, details = step.value["status"], step.value
    ended_s = step.recorded if status in ENDS else None
    reason = str(details.get("message") or details.get("reason") or "")
    if status == "refused":
        reason = f"expected {details['expected']}, found {details['found']}"
    return Action(
        twin=request.twin,
        operation=request.name,
        arguments=request.value.get("arguments", {}),
        by=request.by,
        at_s=request.recorded,
        ended_s=ended_s,
        status=status,
        reason=reason,
        seq=request.seq,
        told={
            k: details[k]
            for k in ("guard", "expected", "found", "message", "reason")
            if k in details
        },
        is_injected=is_injected,
        done_s=next((t for t in (took_effect_s, ended_s) if t is not None), request.recorded),
    )


class Story:
    """What the reports and measures read; everything is computed once, when asked for."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Twin -> kind, in the order in which they came into the world."""
        return {
            c.twin: str(c.value["kind"])
            for c in self.journal
            if c.kind == "event" and c.name == "created"
        }

    @cached_property
    def _rows(self) -> dict[tuple[str, str, str], list[Change]]:
        """The changes of each member: a long journal is unpacked once, not for each question."""
        rows: dict[tuple[str, str, str], list[Change]] = {}
        for change in self.journal:
            rows.setdefault((change.twin, change.kind, change.name), []).append(change)
        return rows

    def of_kind(self, kind: str) -> list[str]:
        """The twins of a kind."""
        return [twin for twin, k in self.kinds.items() if k == kind]

    def one(self, kind: str) -> str:
        """The first twin of a kind, or an empty text."""
        return next(iter(self.of_kind(kind)), "")

    @cached_property
    def last_s(self) -> float:
        """The last moment of which the journal knows."""
        return max((c.recorded for c in self.journal), default=0.0)

    @cached_property
    def ends_s(self) -> float:
        """When the case ended: what a session still writes afterwards belongs to it no more."""
        ends = self.last(self.one("session"), "ends_s")
        return self.last_s if ends is None else min(self.last_s, float(ends))

    @property
    def ends_seq(self) -> int:
        """The number of the last change."""
        return len(self.journal)

    # -- values ----------------------------------------------------------------------------

    def changes(self, twin: str, name: str, kind: str = "property") -> list[Change]:
        """The changes of one member; readings that are no longer values are left out."""
        return [c for c in self._rows.get((twin, kind, name), ()) if c.quality != "stale"]

    def first(self, twin: str, name: str, kind: str = "property") -> Change | None:
        """The first change of a member."""
        return next(iter(self.changes(twin, name, kind)), None)

    def last(self, twin: str, name: str) -> JSON:
        """The last value of a property."""
        rows = self.changes(twin, name)
        return rows[-1].value if rows else None

    def events(self, twin: str, name: str) -> list[Change]:
        """Events by name."""
        return self.changes(twin, name, "event")

    def time(self, kind: str, name: str) -> float | None:
        """The value of a time property of the first twin of a kind; not of a step taken back."""
        twin = self.one(kind)
        if any(TIMES.get(step) == name for step in self.last(twin, "corrected") or ()):
            return None
        value = self.last(twin, name)
        return float(value) if isinstance(value, (int, float)) else None

    @cached_property
    def carriers(self) -> dict[str, list[str]]:
        """Patient -> the twins from which its values come: itself and its monitors."""
        found = {patient: [patient] for patient in self.of_kind("patient")}
        for change in self.journal:
            if change.kind == "link" and change.name == "monitoredBy":
                sources = found.get(change.twin)
                if sources is not None and change.value["target"] not in sources:
                    sources.append(change.value["target"])
        return found

    def curve(self, name: str) -> list[tuple[float, float | None]]:
        """A vital sign of the patient over time; None where it ended to be one."""
        patient = self.one("patient")
        sources = self.carriers.get(patient, [])
        rows = [c for source in sources for c in self._rows.get((source, "property", name), ())]
        rows.sort(key=lambda c: (c.effective, c.seq))
        points: list[tuple[float, float | None]] = []
        for change in rows:
            if change.quality == "restated":
                continue
            if change.quality != "stale":
                points.append((change.effective, float(change.value)))
            elif change.twin == patient and (not points or points[-1][1] is not None):
                points.append((change.effective, None))
        return points

    # -- alerts ----------------------------------------------------------------------------

    @cached_property
    def alerts(self) -> list[Alert]:
        """All episodes, in the order in which they were raised."""
        return episodes(self.journal, self.kinds)

    # -- what was done ---------------------------------------------------------------------

    @cached_property
    def actions(self) -> list[Action]:
        """All invocations, in the order in which they were asked for."""
        asked: dict[str, Change] = {}
        steps: dict[str, Change] = {}  # where each stands: its end, or else its latest step
        for change in self.journal:
            if change.kind != "operation":
                continue
            number, status = change.value["invocation"], change.value["status"]
            if status == "requested":
                asked[number] = change
            if number not in steps or steps[number].value["status"] not in ENDS:
                steps[number] = change
        session = self.one("session")
        injects = {c.seq for c in asked.values() if (c.twin, c.name) == (session, SESSION_INJECT)}
        effects = {c.cause: c.effective for c in reversed(list(self.medical_events()))}
        return [
            _action(
                request,
                steps[number],
                effects.get(request.seq),
                is_injected=request.cause in injects,
            )
            for number, request in asked.items()
        ]

    def done(self, do: str, given: Mapping[str, JSON] | None = None) -> Iterator[Action]:
        """The carried-out invocations of `twin.operation` with at least these arguments."""
        return (a for a in self.actions if a.is_done and a.matches(do, given or {}))

    def could_have(self, action: Action) -> bool:
        """Whether a person who took part could have done what the instructor let be done.

        What the instructor lets a simulated person do is in that person's hands; what he does
        himself could have been done by whoever is played.
        """
        rows = [c for c in self.changes(self.one("session"), "people") if c.seq < action.seq]
        people: Mapping[str, JSON] = rows[-1].value if rows else {}
        asked = [people[action.by]] if action.by in people else people.values()
        return any(not row["simulated"] for row in asked)

    @cached_property
    def stays(self) -> list[Stay]:
        """The rooms that the patient was in, in order."""
        trauma = self.one("trauma")
        rows = [*self.events(trauma, "room_in"), *self.events(trauma, "room_out")]
        found: list[Stay] = []
        for change in sorted(rows, key=lambda c: c.seq):
            if change.name == "room_in":
                found.append(Stay(room=change.value["room"], in_s=change.recorded, out_s=None))
            elif found and found[-1].room == change.value["room"]:
                out = change.recorded
                found[-1] = Stay(room=found[-1].room, in_s=found[-1].in_s, out_s=out)
        return found

    @cached_property
    def whereabouts(self) -> list[Stay]:
        """The same, with the time after the arrival in which nobody said which room it was."""
        arrived_s = self.time("trauma", "arrived_s")
        first_s = self.stays[0].in_s if self.stays else self.ends_s
        if arrived_s is None or first_s - arrived_s < NAMED_WITHIN_S:
            return self.stays
        out_s = self.stays[0].in_s if self.stays else None
        return [Stay(room=UNNAMED, in_s=arrived_s, out_s=out_s), *self.stays]

    @cached_property
    def rewinds(self) -> list[Rewound]:
        """Each time that the session went back, in order."""
        return [
            Rewound(
                to_s=c.recorded,
                from_s=float(c.value["from_s"]),
                label=str(c.value["label"]),
                branch=str(c.value["branch"]),
            )
            for c in self.events(self.one("session"), "rewound")
        ]

    @cached_property
    def phases(self) -> list[Change]:
        """The steps of both processes, in order."""
        twins = (*self.of_kind("preh"), *self.of_kind("trauma"))
        return [c for c in self.journal if c.kind == "phase" and c.twin in twins]

    @cached_property
    def arrest_s(self) -> float | None:
        """When somebody first found no pulse."""
        rows = self.changes(self.one("patient"), "pulse")
        return next((c.effective for c in rows if c.value is False), None)

    @cached_property
    def is_alive(self) -> bool:
        """Whether there was a pulse, as far as anybody knew, at the end."""
        return self.last(self.one("patient"), "pulse") is not False

    @cached_property
    def marks(self) -> list[dict[str, JSON]]:
        """The instructor's marks and bookmarks, in order: when, `rating`, `note`, `about`."""
        session = self.one("session")
        marks = self.last(session, "mark") or {}
        books = self.last(session, "bookmark") or {}
        names = ("at_s", "rating", "note", "about")
        rows = [{name: mark[name] for name in names} for mark in marks.values()]
        rows += [
            {"at_s": book["at_s"], "rating": "bookmark", "note": label, "about": 0}
            for label, book in books.items()
        ]
        return sorted(rows, key=lambda row: row["at_s"])

    def medical_events(self) -> Iterable[Change]:
        """What was done to the patient: procedures, drugs, infusions, blood, diagnostics."""
        patient = self.one("patient")
        names = ("procedure", "drug_given", "infusion_changed", "blood_given", "diagnostic")
        return [c for c in self.journal.read(twin=patient, kind="event") if c.name in names]

"""A journal written by hand, one change at a time, for tests that need a small case."""

from datetime import UTC, datetime

from environment.fhir.case import Case, models_of
from environment.fhir.elements import Resource
from environment.model.change import JSON, Change, ChangeKind
from environment.model.frame import State
from environment.runtime.journal import Journal
from environment.runtime.states import state_at

START = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)


class Chart:
    """A patient, a monitor, a rescuer, a pre-hospital process, and what a test adds."""

    def __init__(self) -> None:
        self.journal = Journal("chart")
        for twin, kind in (
            ("patient", "patient"),
            ("monitor_1", "monitor"),
            ("rescuer", "person"),
            ("tablet", "display"),
            ("mind_rescuer_assistant", "mind"),
            ("preh", "preh"),
        ):
            self.add(twin, kind)
        self.says("rescuer", "title", "Rescuer")
        self.link("preh", "hasPatient", "patient")
        self.phase("preh", "called", 0)
        self.phase("preh", "on_scene", 300)
        self.link("patient", "monitoredBy", "monitor_1", at=300)

    def _append(
        self,
        twin: str,
        kind: ChangeKind,
        name: str,
        value: JSON,
        at: float,
        by: str = "rescuer",
        cause: int | None = None,
        quality: str = "good",
        recorded: float | None = None,
        source: str = "",
    ) -> int:
        change = Change(
            seq=self.journal.next_seq,
            twin=twin,
            kind=kind,
            name=name,
            value=value,
            effective=at,
            recorded=at if recorded is None else recorded,
            source=source or by,
            quality=quality,
            by=by,
            cause=cause,
        )
        self.journal.append(change)
        return change.seq

    def add(self, twin: str, kind: str, at: float = 0) -> int:
        return self._append(twin, "event", "created", {"kind": kind, "life": "declared"}, at)

    def says(self, twin: str, name: str, value: JSON, at: float = 0, **more: JSON) -> int:
        return self._append(twin, "property", name, value, at, **more)

    def event(self, twin: str, name: str, value: JSON, at: float, **more: JSON) -> int:
        return self._append(twin, "event", name, value, at, **more)

    def request(
        self,
        twin: str,
        name: str,
        at: float,
        *,
        asked_by: str = "rescuer",
        because: int | None = None,
        **arguments: JSON,
    ) -> int:
        number = self.journal.next_seq
        value = {"status": "requested", "invocation": f"{name}-{number}", "arguments": arguments}
        return self._append(twin, "operation", name, value, at, asked_by, because)

    def refuse(self, request: int, at: float, **why: JSON) -> int:
        asked = self.journal[request]
        value = {"status": "refused", "invocation": asked.value["invocation"], **why}
        return self._append(asked.twin, "operation", asked.name, value, at, cause=request)

    def phase(self, twin: str, phase: str, at: float) -> int:
        return self._append(twin, "phase", "phase", phase, at)

    def link(self, twin: str, rel: str, target: str, at: float = 0) -> int:
        value = {"target": target, "since": at, "until": None}
        return self._append(twin, "link", rel, value, at)

    def reading(self, name: str, value: JSON, at: float, **more: JSON) -> int:
        return self._append("monitor_1", "property", name, value, at, by="monitor_1", **more)

    @property
    def case(self) -> Case:
        return Case(self.journal, models_of(self.journal), START)

    def state(self, twin: str, at: float) -> State:
        return state_at(self.journal, models_of(self.journal), twin, at)


def of_type(resources: list[Resource], name: str) -> list[Resource]:
    return [r for r in resources if r["resourceType"] == name]


def called(resources: list[Resource], text: str) -> list[Resource]:
    """The Observations whose code says this."""
    return [r for r in of_type(resources, "Observation") if r["code"]["text"] == text]


def inside(bundle: Resource) -> list[Resource]:
    return [entry["resource"] for entry in bundle["entry"]]

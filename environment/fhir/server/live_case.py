"""A case that is told change by change, and notes what it is asked for."""

from datetime import datetime

from environment.fhir.case import UNTOLD, Case
from environment.model.change import Change
from environment.model.twin import Twin
from environment.runtime.journal import Journal
from environment.twins import kinds

#: What a derivation has read: (twin, kind of change, member); `*` for any twin.
Asked = set[tuple[str, str, str]]
#: What asking for twins of a kind depends on.
TWINS = ("", "", "twins")


class LiveCase(Case):
    """A case that knows only what it was given, and notes what it is asked for."""

    def __init__(self, journal: Journal, start: datetime) -> None:
        super().__init__(journal, {}, start)
        self.models: dict[str, type[Twin]] = {}
        self.asked: Asked = set()
        self._last: Change | None = None

    def take(self, change: Change) -> None:
        """Know of one more change."""
        super().take(change)
        self._last = change
        if change.kind == "event" and change.name == "created":
            model = kinds().get(change.value["kind"])
            if model is not None and model.kind not in UNTOLD:
                self.models[change.twin] = model

    def rows(self, twin: str, kind: str, name: str) -> list[Change]:
        """The changes of one member that were given."""
        self.asked.add((twin, kind, name))
        return self._rows.get((twin, kind, name), [])

    def named(self, kind: str, *names: str) -> list[Change]:
        """The changes of a kind with one of these names that were given."""
        self.asked.update(("*", kind, name) for name in names or ("",))
        return super().named(kind, *names)

    def of_kind(self, kind: str) -> list[str]:
        """The twins of a kind."""
        self.asked.add(TWINS)
        return super().of_kind(kind)

    def was_told(self, twin: str, name: str) -> bool:
        """Whether a property ever had a value: once it had, this cannot change."""
        key = ("told", twin, name)
        if key not in self.settled and super().was_told(twin, name):
            self.settled[key] = True
        return key in self.settled

    @property
    def patient(self) -> str:
        """The first patient."""
        return self._settled("patient") or self._settle("patient", super().patient)

    def _process(self, kind: str) -> str:
        return self._settled(kind) or self._settle(kind, super()._process(kind))

    def _settled(self, what: str) -> str:
        return str(self.settled.get((what,), ""))

    def _settle(self, what: str, found: str) -> str:
        if found:
            self.settled[(what,)] = found
        return found

    def _catch_up(self) -> None:
        """Nothing is read ahead: the fold gives what is due."""

    @property
    def ends_s(self) -> float:
        """The last moment of which it was told."""
        return self._last.recorded if self._last else 0.0

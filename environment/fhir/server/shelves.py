"""What the server holds: every version of every resource, as the bytes that a read gives back."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from environment.fhir.elements import Resource, references
from environment.fhir.server.indexes import Index, Spans, index_for, put
from environment.fhir.server.parameters import parameters
from environment.fhir.server.values import Range

#: What one must be allowed to read to see a resource: (twin, member) pairs, all of them.
Sight = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of one resource; without a text it was deleted."""

    type: str
    id: str
    number: int
    text: bytes
    at_s: float  # scenario seconds: when it was recorded
    at: str  # the same as an instant
    seq: int  # the change of the journal that led to it
    method: str  # POST, PUT or DELETE
    sight: Sight
    is_given: bool  # an outside system brought it; else it says what twins' changes say
    place: int  # how many versions of anything there were before
    refs: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """`Type/id`."""
        return f"{self.type}/{self.id}"

    @property
    def etag(self) -> str:
        """As HTTP compares it."""
        return f'W/"{self.number}"'


class Shelf:
    """All versions of the resources of one type, in the order in which they came."""

    def __init__(self, type: str) -> None:
        self.type = type
        self.versions: list[Version] = []
        self.current: dict[str, int] = {}  # id -> ordinal; also of what was deleted
        self.of: dict[str, list[int]] = {}  # id -> ordinals, oldest first
        self.died: dict[int, int] = {}  # ordinal -> ordinal of what took its place
        self.pointing: dict[str, array[int]] = {}  # reference -> who points there
        self.by_sight: dict[Sight, array[int]] = {}
        self.updated = Spans()
        self.indexes: dict[str, Index] = {
            name: index_for(row) for name, row in parameters(type).items()
        }
        self._takes = [(p.heads, p, self.indexes[n]) for n, p in parameters(type).items()]

    def put(self, version: Version, resource: Resource, instant: float) -> None:
        """Take a version; `instant` is its time in seconds since 1970."""
        ordinal = len(self.versions)
        self.versions.append(version)
        before = self.current.get(version.id)
        if before is not None:
            self.died[before] = ordinal
        self.current[version.id] = ordinal
        self.of.setdefault(version.id, []).append(ordinal)
        if not version.text:
            self.died[ordinal] = ordinal  # nothing that a search may find
            return
        rows = self.by_sight.get(version.sight)
        if rows is None:
            rows = self.by_sight[version.sight] = array("I")
        rows.append(ordinal)
        self.updated.take(Range(instant, instant + 0.001), ordinal)
        for target in version.refs:
            put(self.pointing, target, ordinal)
        for heads, parameter, index in self._takes:
            for name in heads:
                if name in resource:
                    index.add(parameter, resource, ordinal)
                    break

    def get(self, id: str) -> Version | None:
        """The present version, which may say that it was deleted; None if there never was one."""
        ordinal = self.current.get(id)
        return None if ordinal is None else self.versions[ordinal]

    def began(self, id: str) -> int:
        """The place of the first version of a resource."""
        return self.versions[self.of[id][0]].place

    def history(self, id: str) -> list[Version]:
        """All versions of one resource, the newest first."""
        return [self.versions[ordinal] for ordinal in reversed(self.of.get(id, ()))]

    def alive(self, stamp: int) -> set[int]:
        """What was current when there were `stamp` versions."""
        found = set(range(stamp))
        self.leave_dead(found, stamp)
        return found

    def leave_dead(self, found: set[int], stamp: int) -> None:
        """Take out what was not current, or not there, when there were `stamp` versions."""
        if stamp < len(self.versions):
            gone = [o for o in found if o >= stamp or self.died.get(o, stamp) < stamp]
            found.difference_update(gone)
        else:
            found.difference_update(self.died.keys())

    def __iter__(self) -> Iterator[Version]:
        """What is current."""
        for ordinal in self.current.values():
            if self.versions[ordinal].text:
                yield self.versions[ordinal]


class Shelves:
    """All types; a type that nobody uses yet costs nothing."""

    def __init__(self) -> None:
        self._by_type: dict[str, Shelf] = {}
        self._names: dict[str, str] = {}
        self.count = 0  # versions of all types: what the order of the system's history is made of
        self.log: list[Version] = []

    def __getitem__(self, type: str) -> Shelf:
        shelf = self._by_type.get(type)
        if shelf is None:
            shelf = self._by_type[type] = Shelf(type)
        return shelf

    def __iter__(self) -> Iterator[Shelf]:
        return iter(self._by_type.values())

    def put(self, version: Version, resource: Resource, instant: float) -> None:
        """Take a version."""
        self[version.type].put(version, resource, instant)
        self.log.append(version)

    def find(self, reference: str) -> Version | None:
        """The present version of `Type/id`, unless it was deleted."""
        type, _, id = reference.partition("/")
        shelf = self._by_type.get(type)
        found = shelf.get(id) if shelf else None
        return found if found is not None and found.text else None

    def references(self, resource: Resource) -> tuple[str, ...]:
        """What a resource points to, each once, as one object for all who point there."""
        found = (literal.split("/_history/")[0] for _, literal in references(resource))
        names = self._names
        return tuple(dict.fromkeys(names.setdefault(f, f) for f in found if not f.startswith("#")))

    def pointing_to(self, reference: str) -> Iterator[Version]:
        """The current resources that refer to this one."""
        for shelf in self._by_type.values():
            for ordinal in shelf.pointing.get(reference, ()):
                if ordinal not in shelf.died:
                    yield shelf.versions[ordinal]

"""Searching: sets of versions from the indexes, put together, ordered and cut into pages."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from environment.errors import BadValueError
from environment.fhir.elements import Resource
from environment.fhir.server.indexes import Amounts, Pairs, Spans, Words
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.parameters import Parameter, parameters, values
from environment.fhir.server.queries import Clause, Query
from environment.fhir.server.shelves import Shelf, Shelves, Sight, Version
from environment.fhir.server.texts import read
from environment.fhir.server.values import moment, normal, prefixed, span, tokens
from environment.model.change import JSON

#: Up to this many matches are ordered by reading them; more by walking the index.
FEW = 400

Sees = Callable[[Sight], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """What matched: ordinals in the order asked for, of how many versions there were."""

    shelf: Shelf
    matching: set[int]
    order: Callable[[], Iterator[int]]
    stamp: int

    @property
    def total(self) -> int:
        """How many matched."""
        return len(self.matching)

    @property
    def ordinals(self) -> list[int]:
        """All of them, in order."""
        return list(self.order())

    def page(self, offset: int, count: int) -> list[Version]:
        """Some of them; what comes after is not put in order."""
        rows = islice(self.order(), offset, offset + count)
        return [self.shelf.versions[ordinal] for ordinal in rows]


class Search:
    """Answers queries over shelves; `now` is the moment that `ap` looks from, since 1970."""

    def __init__(self, shelves: Shelves, now: Callable[[], float], base: str = "") -> None:
        self.shelves, self.now, self.base = shelves, now, base

    def find(self, query: Query, sees: Sees, stamp: int | None = None) -> Found:
        """All matches that one may see, in order."""
        shelf = self.shelves[query.type]
        at = len(shelf.versions) if stamp is None else min(stamp, len(shelf.versions))
        found = self.matching(query, sees, at)
        return Found(shelf, found, lambda: _ordered(shelf, query, found, at), at)

    def matching(self, query: Query, sees: Sees, stamp: int) -> set[int]:
        """Ordinals of what matches every clause, is current and may be seen."""
        shelf = self.shelves[query.type]
        found: set[int] | None = None
        for clause in query.clauses:
            rows = self._clause(shelf, clause, sees)
            found = rows if found is None else found & rows
            if not found:
                return set()
        if found is None:
            found = shelf.alive(stamp)
        else:
            shelf.leave_dead(found, stamp)
        for sight, rows_of in shelf.by_sight.items():
            if not sees(sight):
                found.difference_update(rows_of)
        return found

    # -- conditions ------------------------------------------------------------------------

    def _clause(self, shelf: Shelf, clause: Clause, sees: Sees) -> set[int]:
        if clause.has is not None:
            return self._has(shelf, *clause.has, sees)
        if clause.chain is not None:
            target, inner = clause.chain
            held = self._current(target, [inner], sees)
            names = (self.shelves[target].versions[o].reference for o in held)
            index = shelf.indexes[clause.name]
            assert isinstance(index, Words)  # a chain goes through a reference
            return index.any_of(names)
        if clause.name == "_id":
            return {shelf.current[id] for id in clause.values if id in shelf.current}
        if clause.name == "_lastUpdated":
            return self._dates(shelf.updated, clause)
        index = shelf.indexes[clause.name]
        row = clause.parameter
        assert row is not None  # every other clause has one
        if clause.modifier == "missing":
            present = set(index.present)
            return (
                present
                if clause.values[0] == "false"
                else set(range(len(shelf.versions))) - (present)
            )
        if isinstance(index, Spans):
            return self._dates(index, clause)
        if isinstance(index, Amounts):
            return self._union(clause, lambda text: index.matching(*prefixed(text)))
        if isinstance(index, Pairs):
            return self._union(clause, lambda text: _pair(index, text))
        found = self._words(index, row, clause)
        if clause.modifier == "exact":
            return {o for o in found if _says(shelf.versions[o], row, clause.values)}
        if clause.modifier == "not":
            return set(range(len(shelf.versions))) - found
        return found

    def _current(self, type: str, clauses: list[Clause], sees: Sees) -> set[int]:
        shelf = self.shelves[type]
        return self.matching(Query(type=type, clauses=clauses), sees, len(shelf.versions))

    def _has(self, shelf: Shelf, source: str, name: str, inner: Clause, sees: Sees) -> set[int]:
        """What is referred to by a resource of `source` for which `inner` holds."""
        held = self._current(source, [inner], sees)
        index = self.shelves[source].indexes[name]
        assert isinstance(index, Words)  # the parser took a reference only
        found: set[int] = set()
        for id, ordinal in shelf.current.items():
            rows = index.posts.get(f"{shelf.type}/{id}")
            if rows is not None and not held.isdisjoint(rows):
                found.add(ordinal)
        return found

    def _union(self, clause: Clause, one: Callable[[str], set[int]]) -> set[int]:
        found: set[int] = set()
        for text in clause.values:
            try:
                found |= one(text)
            except BadValueError as wrong:
                raise FhirError(400, f"{clause.name}={text[:100]}: {wrong}") from wrong
        return found

    def _dates(self, index: Spans, clause: Clause) -> set[int]:
        def one(text: str) -> set[int]:
            prefix, date = prefixed(text)
            return index.matching(prefix, moment(date.replace(" ", "+")), self.now())

        return self._union(clause, one)

    def _words(self, index: Words, row: Parameter, clause: Clause) -> set[int]:
        if row.kind == "reference":
            return index.any_of(k for v in clause.values for k in self._refers(row, clause, v))
        if row.kind == "token" and clause.modifier != "text":
            return index.any_of(clause.values)
        if row.kind == "uri" and clause.modifier != "below":
            return index.any_of(clause.values)
        texts = index.posts if row.kind != "token" else index.spoken
        if clause.modifier == "exact":
            return index.any_of(map(normal, clause.values))
        wanted = [v if row.kind == "uri" else normal(v) for v in clause.values]
        inside = clause.modifier in ("contains", "text")
        found: set[int] = set()
        for key, rows in texts.items():
            if any(w in key if inside else key.startswith(w) for w in wanted):
                found.update(rows)
        return found

    def _refers(self, row: Parameter, clause: Clause, value: str) -> Iterable[str]:
        if clause.modifier == "identifier":
            return [f"identifier:{value}"]
        plain = value.split("/_history/")[0]
        if self.base and plain.startswith(f"{self.base}/"):
            plain = plain[len(self.base) + 1 :]
        if "/" in plain or ":" in plain:
            return [plain]
        targets = row.targets or tuple(shelf.type for shelf in self.shelves)
        return [f"{target}/{plain}" for target in targets]


def _ordered(shelf: Shelf, query: Query, found: set[int], stamp: int) -> Iterator[int]:
    """Matches in the order asked for; of many, no more is put in order than is taken."""
    if len(found) > FEW and len(query.sort) == 1:
        yield from _walked(shelf, *query.sort[0], found)
    elif len(found) > FEW and not query.sort:
        yield from (ordinal for ordinal in range(stamp) if ordinal in found)
    else:
        rows = sorted(found)
        for name, descending in reversed(query.sort):
            rows = _sorted(shelf, name, descending, rows)
        yield from rows


def _says(version: Version, row: Parameter, wanted: tuple[str, ...]) -> bool:
    """Whether a text is there letter by letter."""
    resource = resource_of(version)
    return any(v in wanted for steps in row.paths for v in values(resource, steps))


def _pair(index: Pairs, text: str) -> set[int]:
    code, dollar, amount = text.partition("$")
    if not dollar:
        raise BadValueError("expected code$quantity")
    return index.matching(code, *prefixed(amount))


def _walked(shelf: Shelf, name: str, descending: bool, found: set[int]) -> Iterator[int]:
    """Matches in the order of an index; what has no value comes last."""
    if name == "_id":
        key = shelf.versions.__getitem__
        yield from sorted(found, key=lambda o: key(o).id, reverse=descending)
        return
    index = shelf.updated if name == "_lastUpdated" else shelf.indexes[name]
    assert not isinstance(index, Pairs)  # the parser lets none be sorted by
    if isinstance(index, Spans):
        walk = index.in_reverse() if descending else index.in_order()
    else:
        walk = reversed(list(index.in_order())) if descending else index.in_order()
    seen: set[int] = set()
    for ordinal in walk:
        if ordinal in found and ordinal not in seen:
            seen.add(ordinal)
            yield ordinal
    yield from sorted(found - seen)


def _sorted(shelf: Shelf, name: str, descending: bool, rows: list[int]) -> list[int]:
    """Rows by a parameter, equal ones as they stood; what has no value comes last."""
    keyed: list[tuple[JSON, int]] = []
    without: list[int] = []
    for ordinal in rows:
        key = _sort_key(shelf.type, shelf.versions[ordinal], name, descending)
        if key is None:
            without.append(ordinal)
        else:
            keyed.append((key, ordinal))
    keyed.sort(key=lambda pair: pair[0], reverse=descending)
    return [*(ordinal for _, ordinal in keyed), *without]


def _sort_key(type: str, version: Version, name: str, descending: bool) -> JSON:
    if name == "_id":
        return version.id
    if name == "_lastUpdated":
        return version.at_s
    row = parameters(type)[name]
    resource = read(version.text)
    keys = [k for steps in row.paths for v in values(resource, steps) for k in _keys(row, v)]
    if row.kind == "date":
        spans = [found for found in map(span, keys) if found is not None]
        return (
            max((s.high for s in spans), default=None)
            if descending
            else min((s.low for s in spans), default=None)
        )
    if not keys:
        return None
    return max(keys) if descending else min(keys)


def _keys(row: Parameter, value: JSON) -> list[JSON]:
    if row.kind == "date":
        return [value]
    if row.kind == "quantity":
        number = value.get("value") if isinstance(value, dict) else None
        return [float(number)] if isinstance(number, (int, float)) else []
    if row.kind == "token":
        return [code for _, code in tokens(value, "")]
    if row.kind == "reference":
        literal = value.get("reference") if isinstance(value, dict) else None
        return [literal] if isinstance(literal, str) else []
    return [normal(value)] if isinstance(value, str) else []


def resource_of(version: Version) -> Resource:
    """The resource of a version."""
    found: Resource = read(version.text)
    return found

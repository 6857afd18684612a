"""What makes a search fast: for each parameter, which versions have which value.

Nothing is ever taken out. A version has an ordinal that only grows, and what is no longer current
is left out when an answer is put together; so a page can show what was there when the first page
was asked for.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from environment.fhir.elements import Resource
from environment.fhir.server.parameters import Parameter, values
from environment.fhir.server.values import (
    Range,
    decimal_range,
    normal,
    quantity_units,
    span,
    spoken,
    tokens,
)
from environment.model.change import JSON

Ordinals = "array[int]"


def put(posts: "dict[str, array[int]]", key: str, ordinal: int) -> None:
    """Note that a version has this key, once."""
    row = posts.get(key)
    if row is None:
        posts[key] = array("I", (ordinal,))
    elif row[-1] != ordinal:
        row.append(ordinal)


class Words:
    """Values that are looked up as they are: tokens, texts, addresses, references."""

    def __init__(self) -> None:
        self.posts: dict[str, array[int]] = {}
        self.spoken: dict[str, array[int]] = {}
        self.present = array("I")

    def add(self, parameter: Parameter, resource: Resource, ordinal: int) -> None:
        """Take the values of a version."""
        is_there = False
        for steps in parameter.paths:
            for value in values(resource, steps):
                for key in _keys(parameter, value, steps.system):
                    put(self.posts, key, ordinal)
                    is_there = True
                if parameter.kind == "token":
                    for text in spoken(value):
                        put(self.spoken, text, ordinal)
                        is_there = True
        if is_there:
            self.present.append(ordinal)

    def any_of(self, keys: Iterable[str]) -> set[int]:
        """The versions that have one of these keys."""
        found: set[int] = set()
        for key in keys:
            found.update(self.posts.get(key, ()))
        return found

    def in_order(self) -> Iterator[int]:
        """Versions by their keys, in the order of the keys."""
        for key in sorted(self.posts):
            yield from self.posts[key]


def _keys(parameter: Parameter, value: JSON, system: str) -> Iterator[str]:
    if parameter.kind == "token":
        for of, code in tokens(value, system):
            yield code
            yield f"{of}|{code}"
            if of:
                yield f"{of}|"
    elif parameter.kind == "reference":
        yield from reference_keys(parameter, value)
    elif isinstance(value, str):
        yield normal(value) if parameter.kind == "string" else value


def reference_keys(parameter: Parameter, value: JSON) -> Iterator[str]:
    """The literal reference without its version, and the identifier it may name instead."""
    if not isinstance(value, dict):
        return
    literal = value.get("reference")
    if isinstance(literal, str) and not literal.startswith("#"):
        plain = literal.split("/_history/")[0]
        is_one = len(parameter.targets) != 1 or f"{parameter.targets[0]}/" in plain
        if is_one:
            yield plain
    named = value.get("identifier")
    if isinstance(named, dict) and isinstance(named.get("value"), str):
        yield f"identifier:{named['value']}"
        yield f"identifier:{named.get('system', '')}|{named['value']}"


class Sorted:
    """Numbers with the versions that have them, in order."""

    __slots__ = ("numbers", "ordinals")

    def __init__(self) -> None:
        self.numbers, self.ordinals = array("d"), array("I")

    def add(self, number: float, ordinal: int) -> int:
        """Take one; returns where it stands."""
        if not self.numbers or number >= self.numbers[-1]:  # most come in the order of time
            self.numbers.append(number)
            self.ordinals.append(ordinal)
            return len(self.numbers) - 1
        at = bisect_right(self.numbers, number)
        self.numbers.insert(at, number)
        self.ordinals.insert(at, ordinal)
        return at

    def between(self, low: float, high: float, *, with_high: bool = False) -> "array[int]":
        """Versions with a number from `low` up to (and with, if so asked) `high`."""
        last = bisect_right(self.numbers, high) if with_high else bisect_left(self.numbers, high)
        return self.ordinals[bisect_left(self.numbers, low) : last]

    def above(self, low: float) -> "array[int]":
        """Versions with a number above this one."""
        return self.ordinals[bisect_right(self.numbers, low) :]

    def below(self, high: float) -> "array[int]":
        """Versions with a number below this one."""
        return self.ordinals[: bisect_left(self.numbers, high)]


class Spans:
    """Dates and periods, by when they begin and when they end."""

    def __init__(self) -> None:
        self.lows, self.highs = Sorted(), Sorted()
        self._ends = array("d")  # of the same rows as `lows`
        self.present = array("I")

    def add(self, parameter: Parameter, resource: Resource, ordinal: int) -> None:
        """Take the values of a version."""
        is_there = False
        for steps in parameter.paths:
            for value in values(resource, steps):
                found = span(value)
                if found is not None:
                    self.take(found, ordinal)
                    is_there = True
        if is_there:
            self.present.append(ordinal)

    def take(self, found: Range, ordinal: int) -> None:
        """Take one span."""
        at = self.lows.add(found.low, ordinal)
        self._ends.insert(at, found.high)
        self.highs.add(found.high, ordinal)

    def inside(self, wanted: Range) -> set[int]:
        """Versions whose span lies inside this one."""
        first = bisect_left(self.lows.numbers, wanted.low)
        last = bisect_left(self.lows.numbers, wanted.high)
        ordinals, ends, high = self.lows.ordinals, self._ends, wanted.high
        return {ordinals[i] for i in range(first, last) if ends[i] <= high}

    def matching(self, prefix: str, wanted: Range, now: float) -> set[int]:
        """Versions that a date with its prefix asks for; see `values.compared`."""
        if prefix == "ap":
            slack = 0.1 * abs(now - wanted.low)
            begun = set(self.lows.below(wanted.high + slack))
            return begun.intersection(self.highs.above(wanted.low - slack))
        if prefix in ("eq", "ne"):
            inside = self.inside(wanted)
            return inside if prefix == "eq" else set(self.present) - inside
        if prefix in ("gt", "ge"):
            found = set(self.highs.above(wanted.high))
            return found | self.inside(wanted) if prefix == "ge" else found
        if prefix in ("lt", "le"):
            found = set(self.lows.below(wanted.low))
            return found | self.inside(wanted) if prefix == "le" else found
        if prefix == "sa":
            return set(self.lows.between(wanted.high, float("inf"), with_high=True))
        return set(self.highs.between(float("-inf"), wanted.low, with_high=True))

    def in_order(self) -> Iterator[int]:
        """Versions by when they begin."""
        return iter(self.lows.ordinals)

    def in_reverse(self) -> Iterator[int]:
        """Versions by when they end, the last first."""
        return iter(self.highs.ordinals[::-1])


class Amounts:
    """Quantities by their unit."""

    def __init__(self) -> None:
        self.by_unit: dict[str, Sorted] = {}
        self.present = array("I")

    def add(self, parameter: Parameter, resource: Resource, ordinal: int) -> None:
        """Take the values of a version."""
        for steps in parameter.paths:
            for value in values(resource, steps):
                if self.take(value, ordinal) and ordinal not in self.present[-1:]:
                    self.present.append(ordinal)

    def take(self, value: JSON, ordinal: int) -> bool:
        """Take one quantity; false for what is none."""
        if not isinstance(value, dict) or not isinstance(value.get("value"), (int, float)):
            return False
        number = float(value["value"])
        for unit in quantity_units(value):
            row = self.by_unit.get(unit)
            if row is None:
                row = self.by_unit[unit] = Sorted()
            row.add(number, ordinal)
        return True

    def matching(self, prefix: str, text: str) -> set[int]:
        """Versions whose quantity is what `number|system|code` with its prefix asks for."""
        number, _, unit = text.partition("|")
        if unit == "|":
            unit = ""
        value, low, high = decimal_range(number)
        rows = self.by_unit.get(unit)
        if rows is None:
            return set()
        if prefix in ("eq", "ne"):
            inside = set(rows.between(low, high))
            return inside if prefix == "eq" else set(rows.ordinals) - inside
        if prefix == "ap":
            slack = 0.1 * abs(value)
            return set(rows.between(value - slack, value + slack, with_high=True))
        if prefix in ("gt", "sa"):
            return set(rows.above(value))
        if prefix in ("lt", "eb"):
            return set(rows.below(value))
        if prefix == "ge":
            return set(rows.between(value, float("inf"), with_high=True))
        return set(rows.between(float("-inf"), value, with_high=True))

    def in_order(self) -> Iterator[int]:
        """Versions by their number, whatever its unit."""
        rows = self.by_unit.get("")
        return iter(rows.ordinals if rows else ())


class Pairs:
    """A code with a quantity that stand together."""

    def __init__(self) -> None:
        self.by_code: dict[str, Amounts] = {}
        self.present = array("I")

    def add(self, parameter: Parameter, resource: Resource, ordinal: int) -> None:
        """Take the values of a version."""
        for base, token, quantity in parameter.parts:
            for part in (resource,) if base is None else values(resource, base):
                amounts = list(values(part, quantity))
                codes = [p for v in values(part, token) for p in tokens(v, "")] if amounts else ()
                for of, code in codes:
                    for key in (code, f"{of}|{code}"):
                        row = self.by_code.get(key)
                        if row is None:
                            row = self.by_code[key] = Amounts()
                        for amount in amounts:
                            row.take(amount, ordinal)
                if codes and ordinal not in self.present[-1:]:
                    self.present.append(ordinal)

    def matching(self, code: str, prefix: str, text: str) -> set[int]:
        """Versions that have this code with this quantity."""
        row = self.by_code.get(code)
        return row.matching(prefix, text) if row else set()


Index = Words | Spans | Amounts | Pairs


def index_for(parameter: Parameter) -> Index:
    """An empty index of the kind that a parameter needs."""
    made: dict[str, type[Words] | type[Spans] | type[Amounts] | type[Pairs]] = {
        "date": Spans,
        "quantity": Amounts,
        "composite": Pairs,
    }
    return made.get(parameter.kind, Words)()

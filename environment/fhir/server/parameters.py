"""Which search parameters each type has, and where in a resource their values stand.

The table is `data/search.toml`; the CapabilityStatement, the indexes and the search read it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from environment.fhir.rules import Rule, resource_types, rules
from environment.model.change import JSON

#: Parameters of every type that are not read from an element's index.
OF_ALL = {"_id": "token", "_lastUpdated": "date"}
#: Types that belong to a patient: whose `patient` parameter says so (R4, compartment Patient).
CONTACTS = {"phone": "phone", "email": "email"}


@dataclass(frozen=True, slots=True)
class Steps:
    """A way to a value: names of members, several where an element has a choice of types."""

    names: tuple[tuple[str, ...], ...]
    system: str = ""  # of a code whose value set has one system only


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One search parameter of one type."""

    name: str
    kind: str  # token, reference, date, string, quantity, uri, composite
    paths: tuple[Steps, ...]
    expression: str
    targets: tuple[str, ...] = ()  # types that a reference may point to; none: any
    #: Of a composite: (where its parts stand together, the token's path, the quantity's path).
    parts: tuple[tuple[Steps | None, Steps, Steps], ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """The members of a resource without which it has no value."""
        ways = [*self.paths, *(base or quantity for base, _, quantity in self.parts)]
        return tuple(dict.fromkeys(name for way in ways for name in way.names[0]))


@cache
def parameters(type: str) -> dict[str, Parameter]:
    """The indexed parameters of a type by name."""
    table = _table()
    rows = {**table["*"], **table.get(type, {})}
    return {name: _parameter(type, name, text) for name, text in sorted(rows.items())}


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    path = Path(__file__).parent / "data" / "search.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _parameter(type: str, name: str, text: str) -> Parameter:
    kind, _, where = text.partition(" ")
    where, _, target = where.partition(" -> ")
    if kind == "composite":
        found = tuple(_together(type, part) for part in where.split("|"))
        return Parameter(name=name, kind=kind, paths=(), expression=where, parts=found)
    paths = tuple(_steps(type, path) for path in where.split("|"))
    targets: tuple[str, ...] = (target,) if target else ()
    if kind == "reference" and not target:
        known = [t for path in where.split("|") for t in _rule(type, path).targets]
        targets = tuple(dict.fromkeys(t for t in known if t in resource_types()))
    return Parameter(name=name, kind=kind, paths=paths, expression=where, targets=targets)


def _together(type: str, text: str) -> tuple[Steps | None, Steps, Steps]:
    base, _, pair = text.rpartition(":")
    token, _, quantity = pair.partition("+")
    plain = Steps(((token,),)), Steps(((quantity,),))
    return (_steps(type, base) if base else None, *plain)


def _rule(type: str, path: str) -> Rule:
    """The rule at the end of a path; of a path into a data type, an empty one."""
    held = rules()[type]
    for name in (path, path.replace("DateTime", "[x]").replace("Reference", "[x]")):
        if name in held:
            return held[name]
    return Rule()


def _steps(type: str, path: str) -> Steps:
    names: list[tuple[str, ...]] = []
    at = ""
    for name in path.split("."):
        at = f"{at}.{name}" if at else name
        if name.endswith("[x]"):
            types = rules()[type][at].types
            names.append(tuple(name[:-3] + t[0].upper() + t[1:] for t in types))
        else:
            names.append((name,))
    codes = _rule(type, path).codes
    return Steps(tuple(names), next(iter(codes)) if len(codes) == 1 else "")


def values(resource: JSON, steps: Steps) -> Iterator[JSON]:
    """Every value at the end of a way, lists taken apart."""
    if len(steps.names) > 1:
        yield from _values(resource, steps.names, 0)
        return
    for name in steps.names[0]:  # the short way of most
        value = resource.get(name)
        if value.__class__ is list:
            yield from value
        elif value is not None:
            yield value


def _values(value: JSON, names: tuple[tuple[str, ...], ...], at: int) -> Iterator[JSON]:
    if value.__class__ is list:
        for inner in value:
            yield from _values(inner, names, at)
    elif at == len(names):
        yield value
    elif value.__class__ is dict:
        for name in names[at]:
            inner = value.get(name)
            if inner is not None:
                yield from _values(inner, names, at + 1)


def patient_parameter(type: str) -> str:
    """The parameter that says to which patient a resource of this type belongs; or nothing."""
    return "patient" if "patient" in parameters(type) else ""


def encounter_parameter(type: str) -> str:
    """The parameter that says to which encounter a resource of this type belongs; or nothing."""
    return "encounter" if "encounter" in parameters(type) else ""

"""The definitions of R4 that the checks read: elements, types, cardinality, targets, bindings.

`data/r4.json` is taken from HL7's FHIR R4 4.0.1 definitions (CC0 1.0): for each type its elements
with their types, whether they are needed or repeat, what a Reference may point to, and the codes of
each required binding whose value set can be listed.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from environment.model.change import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One element of a type."""

    types: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    min: int = 0
    many: bool = False
    like: str = ""  # another element of the same type whose content this one has
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # system -> codes


@cache
def rules() -> dict[str, dict[str, Rule]]:
    """Type -> path below it -> rule; read from disk once, when it is first needed."""
    path = Path(__file__).parent / "data" / "r4.json"
    table: dict[str, JSON] = json.loads(path.read_text("utf-8"))
    return {
        name: {at: _rule(row) for at, row in rows.items()}
        for name, rows in table.items()
        if isinstance(rows, dict)
    }


def _rule(row: Mapping[str, JSON]) -> Rule:
    return Rule(
        types=tuple(row.get("types", ())),
        targets=tuple(row.get("targets", ())),
        min=row.get("min", 0),
        many=row.get("many", False),
        like=row.get("like", ""),
        codes={system: frozenset(codes) for system, codes in row.get("codes", {}).items()},
    )


@cache
def children(type: str, prefix: str) -> dict[str, Rule]:
    """The elements directly below one, by their names in JSON: a choice by each of its types."""
    found: dict[str, Rule] = {}
    head = f"{prefix}." if prefix else ""
    for path, rule in rules()[type].items():
        name = path.removeprefix(head)
        if not path.startswith(head) or "." in name:
            continue
        if not name.endswith("[x]"):
            found[name] = rule
            continue
        for choice in rule.types:
            found[name[:-3] + choice[0].upper() + choice[1:]] = Rule(
                types=(choice,), targets=rule.targets, codes=rule.codes
            )
    return found


@cache
def choices_of(type: str, prefix: str) -> dict[str, str]:
    """The members of JSON that are one of a choice's types -> the choice."""
    found: dict[str, str] = {}
    head = f"{prefix}." if prefix else ""
    for path, rule in rules()[type].items():
        at = path.removeprefix(head)
        if path.startswith(head) and at.endswith("[x]") and "." not in at[:-3]:
            for choice in rule.types:
                found[at[:-3] + choice[0].upper() + choice[1:]] = at
    return found


@cache
def needed(type: str, prefix: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements that must be there: name, and the members of JSON that can be it."""
    found: list[tuple[str, tuple[str, ...]]] = []
    head = f"{prefix}." if prefix else ""
    for path, rule in rules()[type].items():
        name = path.removeprefix(head)
        if path.startswith(head) and "." not in name and rule.min:
            options: tuple[str, ...] = (name,)
            if name.endswith("[x]"):
                options = tuple(name[:-3] + c[0].upper() + c[1:] for c in rule.types)
            found.append((name, options))
    return found


@cache
def is_resource(name: str) -> bool:
    """Whether a type is a resource that this project knows."""
    return "implicitRules" in rules().get(name, {})


def resource_types() -> list[str]:
    """The resources that this project knows."""
    return sorted(name for name in rules() if is_resource(name))


_DATE = r"([1-9]\d{3}|0\d{3})(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))"
_FULL = _DATE.replace("(-(0[1-9]|[12]\\d|3[01]))?)?", "-(0[1-9]|[12]\\d|3[01]))")
#: Primitive type -> (what JSON must hold, what the text must look like). Regular expressions follow
#: those of the data types page of R4.
PRIMITIVES: dict[str, tuple[type | tuple[type, ...], re.Pattern[str] | None]] = {
    "boolean": (bool, None),
    "integer": (int, None),
    "positiveInt": (int, None),
    "unsignedInt": (int, None),
    "decimal": ((int, float), None),
    "string": (str, re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f]+")),
    "markdown": (str, re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f]+")),
    "code": (str, re.compile(r"[^\s]+(\s[^\s]+)*")),
    "id": (str, re.compile(r"[A-Za-z0-9\-.]{1,64}")),
    "uri": (str, re.compile(r"\S*")),
    "url": (str, re.compile(r"\S*")),
    "canonical": (str, re.compile(r"\S*")),
    "oid": (str, re.compile(r"urn:oid:[0-2](\.(0|[1-9]\d*))+")),
    "uuid": (str, re.compile(r"urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")),
    "base64Binary": (str, re.compile(r"(\s*([0-9a-zA-Z+/=]){4}\s*)+")),
    "date": (str, re.compile(_DATE)),
    "dateTime": (str, re.compile(rf"{_DATE}|{_FULL}T{_TIME}{_ZONE}")),
    "instant": (str, re.compile(rf"{_FULL}T{_TIME}{_ZONE}")),
    "time": (str, re.compile(_TIME)),
    "xhtml": (str, None),
}

"""What the arguments of operations may name: rows of the catalogue, and who and what takes part."""

from collections.abc import Iterable, Mapping
from functools import cache

from environment.errors import TwinError, did_you_mean
from environment.model import catalogue
from environment.model.triage import ITEMS
from environment.model.twin import Twin
from environment.twins import kinds
from scenarios.body_checks import lowered
from scenarios.schema import Scenario
from scenarios.script import Value


@cache
def kinds_of_twins() -> dict[str, type[Twin]]:
    """Every kind of twin by its name."""
    return kinds()


def near(name: str, known: Iterable[str]) -> str:
    """The nearest names if there are any, else all that are known."""
    hint = did_you_mean(name, known)
    return hint.split(" Known: ")[0] if " Did you mean " in hint else hint


def misnamed(
    s: Scenario, twin: type[Twin], name: str, key: str, value: Value, given: Mapping[str, Value]
) -> str:
    """What is wrong with an argument that names something, or nothing."""
    table = _table(s, twin.kind, name, key)
    if table is not None:
        if value in table[1] or not isinstance(value, str):
            return ""
        known = catalogue.key_of(value)  # another name for one of them: say which
        return f"unknown {table[0]} '{value}'.{near(known, table[1])}"
    try:
        if key == "unit" and name in ("give_drug", "order_drug") and "drug" in given:
            row = catalogue.DRUGS.get(catalogue.key_of(str(given["drug"])))
            if row is not None:
                catalogue.convert(1.0, str(value), row.unit)
        if name in ("record_finding", "record") and "member" in given:
            member = str(given["member"])
            declared = twin.properties.get(member)
            if declared is None and key == "member":
                return f"no property '{member}'.{near(member, twin.properties)}"
            if declared is not None and key == "value":
                declared.check(value, f"{twin.kind}.{member}")
    except TwinError as wrong:
        return lowered(str(wrong))
    return ""


def named_by(s: Scenario, kind: str, operation: str, argument: str) -> list[str]:
    """What an argument of an operation may name; empty where it names nothing of a table."""
    table = _table(s, kind, operation, argument)
    if table is None and argument == "member" and operation in ("record_finding", "record"):
        return [*kinds_of_twins()[kind].properties]
    return table[1] if table is not None else []


def _table(s: Scenario, kind: str, name: str, key: str) -> tuple[str, list[str]] | None:
    """What an argument may name: the words for it, and the known names."""
    if key == "procedure" and kind in ("patient", "trauma"):
        return "procedure", list(catalogue.PROCEDURES)
    if key == "drug":
        return "drug", [*catalogue.DRUGS]
    if key == "product" and kind == "patient":
        return "blood product", [*catalogue.BLOOD]
    if key == "diagnostic":
        return "diagnostic", [*catalogue.DIAGNOSTICS]
    if key == "item" and name in ("flag", "unflag"):
        return "triage item", list(ITEMS)
    if key == "room" and name == "move":
        return "room", [r.id for r in s.rooms]
    if key == "destination" and name == "drive":
        return "destination", [*{d for v in s.vehicles for d in v.minutes}]
    if key == "vehicle":
        return "vehicle", [v.id for v in s.vehicles]
    if key == "patient":
        return "patient", [s.patient.id]
    if key == "person" and name in ("set_leader", "fill_role"):
        return "person", [p.id for p in s.people]
    if key == "place" and name == "take_call":
        return "place", [p.id for p in s.places]
    if key == "limb":
        return "limb", list(catalogue.LIMBS)
    return None

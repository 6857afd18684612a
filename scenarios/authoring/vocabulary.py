"""What can be written in a scenario, for a form: fields from the models, words from the twins.

Nothing is listed here that is listed elsewhere: fields come from `schema` and `script`, injuries
and the body's parameters from the physiology, operations from the twins, names from the catalogue.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError

from agents.rules import RULES
from environment.model.change import JSON
from environment.physical.physiology.body import FINDINGS, SCRIPTABLE
from environment.physical.physiology.course import Course
from environment.physical.physiology.injuries import KINDS, SITES
from environment.physical.physiology.parameters import CONDITIONS, BodyParameters
from environment.twins import kinds
from scenarios import script
from scenarios.cast import STANDARD, with_standard_cast
from scenarios.checks import ALWAYS, ROLES, always
from scenarios.clinical_time import seconds
from scenarios.export import ISS_GROUPS
from scenarios.naming import named_by
from scenarios.schema import Anamnesis, Injury, Passport, Patient, Scenario, ScriptedFinding
from scenarios.schema import Course as ScriptedCourse
from scenarios.script import SUGGESTIONS, Time

#: The tables of a form, by the name that the file gives them.
TABLES: dict[str, type[BaseModel]] = {
    "scenario": Scenario,
    "patient": Patient,
    "anamnesis": Anamnesis,
    "passport": Passport,
    "injury": Injury,
    "course": ScriptedCourse,
    "finding": ScriptedFinding,
    "event": script.Event,
    "respond": script.Respond,
    "trigger": script.Trigger,
    "expect": script.Expect,
    "branch": script.Branch,
    "condition": script.Condition,
    "done": script.Done,
}
#: Which list a text's words come from, by its key.
LISTS = {
    "by": "people",
    "agents": "roles",
    "parameter": "parameters",
    "alert": "rules",
    "to": "advice",
    "branch": "branches",
    "remove": "names",
    "twin": "twins",
    "region": "regions",
}
#: Keys whose control is more than their type says.
CONTROLS = {"do": "operation", "on": "operation", "action": "operation", "values": "course",
            "with": "arguments", "on_with": "arguments", "property": "property",
            "start": "text", "body": "body", "kind": "kind"}  # fmt: skip
#: Fields that are seldom needed: they come last.
RARE = ("id", "version", "licence", "author", "source", "seed", "display", "media")
#: Texts that take more than a line.
LONG = ("text", "why", "history", "says", "source")


def vocabulary(data: Mapping[str, Any] | None) -> dict[str, JSON]:
    """The form's fields and words for a draft (`Any`: TOML values), whatever is wrong with it."""
    cast = cast_of(data or {})
    return {**_fixed(), "kinds": _kinds(cast), **_named(data or {}, cast)}


def cast_of(data: Mapping[str, Any]) -> Scenario:
    """Who and what takes part, read from a draft: entries that are wrong are left out."""
    kept: dict[str, Any] = {"id": "draft", "title": "draft", "ends": "00:00"}
    kept |= {"start": "2026-01-01T00:00:00Z", "patient": {"age": 30, "weight_kg": 70}}
    patient = data.get("patient")
    if isinstance(patient, dict) and isinstance(patient.get("id"), str):
        kept["patient"]["id"] = patient["id"]
    for key in ("agents", "display"):
        rows = data.get(key)
        if isinstance(rows, list) and all(isinstance(row, str) for row in rows):
            kept[key] = rows
    for key in STANDARD:
        rows = data.get(key, [])
        kept[key] = [r for r in rows if isinstance(r, dict) and isinstance(r.get("id"), str)]
    for _ in range(1 + sum(len(kept[key]) for key in STANDARD)):
        try:
            return Scenario.model_validate(with_standard_cast(kept))
        except ValidationError as wrong:
            full, bad = with_standard_cast(kept), wrong.errors()[0]["loc"]
            name = full[str(bad[0])][bad[1]]["id"]
            kept[str(bad[0])] = [r for r in kept[str(bad[0])] if r["id"] != name]
    raise AssertionError("the standard cast is always right")


@cache
def _fixed() -> dict[str, JSON]:
    """What is the same for every draft."""
    limbs = [n for n, region in SITES.items() if region == "limb"]
    sites = [n for n in SITES if n not in limbs]
    sites += [f"{side}_{limb}" for limb in limbs for side in ("left", "right")]
    return {
        "tables": {
            name: sorted(_fields(model), key=lambda row: (row["key"] != "at", row["key"] in RARE))
            for name, model in TABLES.items()
        },
        "injuries": {
            kind: {"doc": _first(make.__doc__), "fields": list(_members(make, sites))}
            for kind, make in KINDS.items()
        },
        "body": [
            row for row in _members(BodyParameters, sites)
            if row["key"] not in ("age_years", "sex", "weight_kg")
        ],
    }  # fmt: skip


def _named(data: Mapping[str, Any], cast: Scenario) -> dict[str, JSON]:
    """The lists to choose from, and the twins with their kinds."""
    branches = [b for b in data.get("branch", []) if isinstance(b, dict)]
    rows = [row for entries in data.values() if isinstance(entries, list) for row in entries]
    named = [row["name"] for row in rows if isinstance(row, dict) and row.get("name")]
    names = [str(b.get("name", "")) for b in branches]
    rules = {rule: row.title for rule, row in RULES.items()}
    return {
        "patient": cast.patient.id,
        "twins": cast.twins,
        "roles_of": cast.roles,
        "lists": {
            "people": {p.id: p.title for p in cast.people},
            "roles": {path.stem: "" for path in sorted(ROLES.glob("*.asl"))},
            "parameters": dict.fromkeys([*SCRIPTABLE, *sorted(FINDINGS)], ""),
            "rules": rules,
            "advice": {**dict.fromkeys(SUGGESTIONS, ""), **rules},
            "branches": dict.fromkeys([script.DEFAULT_BRANCH, *names], ""),
            "names": dict.fromkeys([str(n) for n in named if n not in names], ""),
            "twins": dict.fromkeys(cast.twins, ""),
            "regions": dict.fromkeys(ISS_GROUPS, ""),
        },
    }


def _kinds(cast: Scenario) -> dict[str, JSON]:
    """What each kind of twin can be asked for, and what can be known of it."""
    found: dict[str, JSON] = {}
    for kind in sorted({*cast.twins.values()}):
        twin = kinds()[kind]
        found[kind] = {
            "operations": {
                name: {
                    "doc": _first(operation.doc),
                    "for": list(operation.roles),
                    "arguments": [
                        {
                            "key": p.name,
                            "type": p.type,
                            "required": p.required,
                            "choices": list(p.choices) or named_by(cast, kind, name, p.name),
                        }
                        for p in operation.parameters
                    ],
                }
                for name, operation in twin.operations.items()
            },
            "properties": {
                **{name: {"type": p.type, "choices": list(p.choices), "doc": p.doc}
                   for name, p in twin.properties.items()},
                **{name: {"type": "word", "choices": always(twin, name), "doc": ""}
                   for name in ALWAYS},
            },
        }  # fmt: skip
    return found


# -- fields ----------------------------------------------------------------------------------------


def _fields(model: type[BaseModel]) -> Iterator[dict[str, JSON]]:
    """The fields of a table, in the order of its model."""
    for name, info in model.model_fields.items():
        key = info.alias or name
        row = _field(key, info.annotation, info.metadata)
        if row is not None:
            default = None if info.is_required() else info.get_default(call_default_factory=True)
            plain = default if isinstance(default, (str, int, float, bool, list, tuple)) else None
            yield {**row, "required": info.is_required(), "default": plain}


def _members(make: Any, sites: list[str]) -> Iterator[dict[str, JSON]]:
    """The fields of a record of the physiology (`Any`: one of its dataclasses)."""
    hints = get_type_hints(make)
    for name, member in make.__dataclass_fields__.items():
        if name == "start_s":
            continue  # the entry's own `at`
        options = sites if name == "site" else sorted(CONDITIONS) if name == "conditions" else []
        row = _field(name, hints[name], ())
        assert row is not None  # every one has a control
        required = member.default is MISSING and member.default_factory is MISSING
        yield {**row, "options": options or row["options"], "required": required, "default": None}


def _field(key: str, annotation: Any, metadata: Any) -> dict[str, JSON] | None:
    """How a value is given (`Any`: an annotation); None for what has forms of its own."""
    plain = _plain(annotation)
    row: dict[str, JSON] = {"key": key, "of": "", "options": []}
    for bound in metadata:
        row |= {
            n: v
            for n, v in (("low", _bound(bound, "ge")), ("high", _bound(bound, "le")))
            if v is not None
        }
    is_time = Time in get_args(annotation) or any(_bound(m, "func") is seconds for m in metadata)
    control = "time" if is_time else CONTROLS.get(key) or _control(key, plain)
    if control == "choice" and get_origin(plain) is Literal:
        row["options"] = [option for option in get_args(plain) if option]
    elif control in ("choice", "choices"):
        row["of"] = LISTS.get(key, "")
    return None if control == "none" else {**row, "control": control, "whole": plain is int}


def _control(key: str, plain: Any) -> str:
    """The control for a type; `none` where there is a form of its own."""
    if plain is Course:
        return "course"
    if plain is script.Condition:
        return "condition"
    if plain in (float, int, bool):
        return "flag" if plain is bool else "number"
    if get_origin(plain) is Literal or (plain is str and (key in LISTS or key == "site")):
        return "choice"
    if plain is str:
        return "long" if key in LONG else "text"
    if get_origin(plain) in (list, frozenset):
        of = get_args(plain)[0]
        if of is str:
            return "choices" if key in LISTS or key == "conditions" else "texts"
        return "toml" if key == "unless" else "none"
    return "none" if isinstance(plain, type) and issubclass(plain, BaseModel) else "toml"


def _plain(annotation: Any) -> Any:
    """The annotation without `| None`."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation
    inner = [a for a in get_args(annotation) if a is not type(None)]
    return inner[0] if len(inner) == 1 else None


def _bound(given: Any, name: str) -> Any:
    return getattr(given, name, None)


def _first(doc: str | None) -> str:
    return (doc or "").strip().split("\n")[0]

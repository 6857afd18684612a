"""From a scenario's name to a checked `Scenario`, or to everything that is wrong with its file.

A branch is applied to the plain data first, so that a variant is checked exactly like the rest.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from environment.errors import did_you_mean
from scenarios.cast import with_standard_cast
from scenarios.errors import Problem, ScenarioFileError, UnknownBranchError, UnknownScenarioError
from scenarios.schema import Origin, Scenario
from scenarios.script import DEFAULT_BRANCH
from scenarios.source import Place, Source, read_source
from scenarios.telling import Telling

LIBRARY = Path(__file__).parent / "library"
#: Lists of a scenario whose entries a branch may change, remove or add.
VARIED = ("injury", "course", "finding", "event", "respond", "trigger", "expect")
#: What an injury says beside its kind: wrong or not, the rest of it can be checked.
FOR_ITSELF = ("name", "label", "region", "ais")
#: What stands in for a wrong value while the rest is checked: no check depends on it.
ALMOST: dict[str, Any] = {
    "id": "wrong",
    "title": "wrong",
    "level": "beginner",
    "start": "2026-01-01T00:00:00Z",
    "ends": "9999:59",
    "seed": 1,
    **dict.fromkeys(("version", "licence", "author", "source"), ""),
    **dict.fromkeys(("goals", "traps", "debrief", "media"), ()),
    "translation": {},
}
Rows = dict[str, list[tuple[Place, Any]]]  # list -> (where the entry stands, the entry: TOML)


def names() -> list[str]:
    """What can be run by name."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def path_of(name: str) -> Path:
    """The file of a scenario: a name of the library, or a path, with or without its `.toml`."""
    for file in (LIBRARY / f"{name}.toml", Path(name), Path(f"{name}.toml")):
        if file.is_file():
            return file
    raise UnknownScenarioError(name, names())


def load(name: str, *, branch: str = DEFAULT_BRANCH) -> Scenario:
    """The scenario of that name or file, checked, with a branch applied."""
    path = path_of(name)
    return parse(text_of(path), path=shown(path), branch=branch)


def text_of(path: Path) -> str:
    """The text of a scenario's file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        line = wrong.object[: wrong.start].count(b"\n") + 1
        told = f"{shown(path)}:{line}: this is not UTF-8. Save the file as UTF-8."
        raise ScenarioFileError([Problem(told, (), line)]) from wrong


def shown(path: Path) -> str:
    """A path as messages show it: from here, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def parse(
    text: str,
    *,
    path: str = "scenario.toml",
    branch: str = DEFAULT_BRANCH,
    name: str = "",
    checked: bool = True,
) -> Scenario:
    """A scenario from its text; `ScenarioFileError` tells every problem with its line.

    A kept run is read without the check: its words were right when it was made.
    """
    source = read_source(text, path)
    rows = _rows(source.data)
    if branch != DEFAULT_BRANCH:
        rows = _branched(source, rows, branch)
    data = dict(source.data)
    for key, entries in rows.items():
        if entries or key in data:
            data[key] = [entry for _, entry in entries]
    full = with_standard_cast(data)
    places = {key: tuple(place for place, _ in entries) for key, entries in rows.items()}
    for key in ("place", "vehicle", "room", "person", "device"):
        places[key] = _cast_places(source.data, full, key)
    telling = Telling(source, full, places)
    origin = Origin(
        name=name or Path(path).stem,
        path=path,
        text=text,
        branch=branch,
        places=places,
        lines=source.lines,
    )
    try:
        scenario = Scenario.model_validate(full)
    except ValidationError as wrong:
        told = [telling.validation(error) for error in wrong.errors()]
        raise ScenarioFileError(
            told + (_besides(telling, wrong, origin) if checked else [])
        ) from wrong
    scenario._origin = origin
    if checked:
        from scenarios.checks import remarks_on  # the vocabulary of all twins: late, for --help

        if problems := _found(scenario, telling):
            raise ScenarioFileError(problems)
        remarks = tuple(telling.problem(place, what) for place, what in remarks_on(scenario))
        scenario._origin = replace(origin, remarks=remarks)
    return scenario


def _rows(data: dict[str, Any]) -> Rows:
    return {
        key: [((key, i), entry) for i, entry in enumerate(entries)]
        for key in VARIED
        if isinstance(entries := data.get(key, []), list)
    }


def _branched(source: Source, rows: Rows, name: str) -> Rows:
    branches = source.data.get("branch", [])
    index = next((i for i, b in enumerate(branches) if b.get("name") == name), None)
    if index is None:
        raise UnknownBranchError(name, source.path, [b.get("name", "") for b in branches])
    branch = branches[index]
    known = {e["name"] for entries in rows.values() for _, e in entries if "name" in e}
    for key in ("remove", "change"):
        for wanted in branch.get(key, ()):
            if wanted not in known:
                place: Place = ("branch", index, key)
                line = source.line(place)
                told = (
                    f"{source.path}:{line}: branch '{name}': {key} '{wanted}': nothing has "
                    f"that name.{did_you_mean(wanted, known)}"
                )
                raise ScenarioFileError([Problem(told, place, line)])
    removed, changed = branch.get("remove", []), branch.get("change", {})
    result: Rows = {}
    for key, entries in rows.items():
        kept: list[tuple[Place, Any]] = [
            (place, {**entry, **changed.get(entry.get("name"), {})})
            for place, entry in entries
            if entry.get("name") not in removed
        ]
        added: list[tuple[Place, Any]] = [
            (("branch", index, key, i), e) for i, e in enumerate(branch.get(key, []))
        ]
        result[key] = kept + added
    if "compliance" in branch:
        result["respond"] = [
            (place, {**entry, "compliance": branch["compliance"]})
            for place, entry in result["respond"]
        ]
    return result


def _cast_places(data: dict[str, Any], full: dict[str, Any], key: str) -> tuple[Place, ...]:
    where = {e.get("id"): i for i, e in enumerate(data.get(key, [])) if isinstance(e, dict)}
    return tuple((key, where.get(e.get("id"), -1)) for e in full[key])


def _besides(telling: Telling, wrong: ValidationError, origin: Origin) -> list[Problem]:
    """What the checks find in the entries with which nothing is wrong otherwise.

    So that one wrong number hides no misspelt operation.
    """
    full, places = dict(telling.data), dict(telling.places)
    full["patient"] = dict(full["patient"]) if isinstance(full.get("patient"), dict) else {}
    if isinstance(full.get("injury"), list):
        full["injury"] = [dict(row) if isinstance(row, dict) else row for row in full["injury"]]
    bad: dict[str, set[int]] = {}
    for error in wrong.errors():
        first, *rest = error["loc"]
        if first == "injury" and len(rest) > 1 and rest[1] in FOR_ITSELF:
            full["injury"][rest[0]].pop(rest[1], None)
        elif first in VARIED and rest and isinstance(rest[0], int):
            bad.setdefault(str(first), set()).add(rest[0])
        elif first == "patient":
            key = str(rest[0]) if rest else ""
            full["patient"] = {k: v for k, v in full["patient"].items() if k != key}
        elif first in ALMOST:
            full[str(first)] = ALMOST[str(first)]
        else:
            return []  # who takes part is not known: all else would look wrong
    full["patient"] = {"age": 30, "weight_kg": 70, **full["patient"]}
    for key, rows in bad.items():
        kept = [i for i in range(len(full[key])) if i not in rows]
        full[key] = [full[key][i] for i in kept]
        places[key] = tuple(places[key][i] for i in kept)
    try:
        scenario = Scenario.model_validate(full)
    except ValidationError:
        return []
    scenario._origin = origin
    return _found(scenario, Telling(telling.source, full, places))


def _found(scenario: Scenario, telling: Telling) -> list[Problem]:
    from scenarios.checks import problems_of  # the vocabulary of all twins: late, for --help

    return [telling.problem(place, what) for place, what in problems_of(scenario)]

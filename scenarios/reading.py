"""From a scenario's name to a checked `Scenario`, or to everything that is wrong with its file.

A branch is applied to the plain data first, so that a variant is checked exactly like the rest.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from environment.errors import did_you_mean
from scenarios.cast import with_standard_cast
from scenarios.errors import Problem, ScenarioFileError, UnknownBranchError, UnknownScenarioError
from scenarios.schema import Origin, Scenario
from scenarios.script import DEFAULT_BRANCH
from scenarios.source import Place, Source, read_source

LIBRARY = Path(__file__).parent / "library"
#: Lists of a scenario whose entries a branch may change, remove or add.
VARIED = ("injury", "course", "finding", "event", "respond", "trigger", "expect")
Rows = dict[str, list[tuple[Place, Any]]]  # list -> (where the entry stands, the entry: TOML)


def names() -> list[str]:
    """What can be run by name."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def path_of(name: str) -> Path:
    """The file of a scenario: a name of the library, or a path."""
    named = LIBRARY / f"{name}.toml"
    if named.is_file():
        return named
    if Path(name).is_file():
        return Path(name)
    raise UnknownScenarioError(name, names())


def load(name: str, *, branch: str = DEFAULT_BRANCH) -> Scenario:
    """The scenario of that name or file, checked, with a branch applied."""
    path = path_of(name)
    return parse(path.read_text(encoding="utf-8"), path=shown(path), branch=branch)


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
    try:
        scenario = Scenario.model_validate(full)
    except ValidationError as wrong:
        raise ScenarioFileError([telling.validation(e) for e in wrong.errors()]) from wrong
    scenario._origin = Origin(
        name=name or Path(path).stem,
        path=path,
        text=text,
        branch=branch,
        places=places,
        lines=source.lines,
    )
    if checked:
        from scenarios.checks import problems_of  # the vocabulary of all twins: late, for --help

        problems = [telling.problem(place, what) for place, what in problems_of(scenario)]
        if problems:
            raise ScenarioFileError(problems)
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


class Telling:
    """Says where something stands, in the words of the person who wrote the file."""

    def __init__(
        self, source: Source, data: dict[str, Any], places: dict[str, tuple[Place, ...]]
    ) -> None:
        self.source, self.data, self.places = source, data, places

    def problem(self, place: Place, what: str) -> Problem:
        """One line: file, line, entry and its time, what is wrong."""
        origin = self._origin(place)
        line = self.source.line(origin)
        return Problem(f"{self.source.path}:{line}: {self._entry(place)}{what}", origin, line)

    def validation(self, error: Any) -> Problem:
        """The same for what the models found (`error`: a dict of pydantic's)."""
        place = tuple(p for p in error["loc"] if not str(p).startswith("function-"))
        last = str(place[-1]) if place else ""
        if error["type"] == "extra_forbidden":
            hint = did_you_mean(last, _known_keys(place[:-1]))
            return self.problem(place, f"unknown key '{last}'.{hint}")
        if error["type"] == "missing":
            return self.problem(place[:-1], f"'{last}' is missing.")
        what = error["msg"].removeprefix("Value error, ")
        inside = ".".join(str(p) for p in place if isinstance(p, str) and p not in self.places)
        label = f"{inside}: " if inside else ""
        return self.problem(place, f"{label}{what[:1].lower()}{what[1:]}.")

    def _origin(self, place: Place) -> Place:
        if len(place) > 1 and place[0] in self.places and isinstance(place[1], int):
            origins = self.places[str(place[0])]
            if place[1] < len(origins):
                return (*origins[place[1]], *place[2:])
        return place

    def _entry(self, place: Place) -> str:
        if len(place) < 2 or not isinstance(place[1], int):
            return ""
        origin = self._origin(place[:2])
        words = " ".join(
            str(part + 1 if isinstance(part, int) else f", {part}" if i else part)
            for i, part in enumerate(origin)
        ).replace(" , ", ", ")
        entries = self.data.get(str(place[0]), [])
        entry = entries[place[1]] if place[1] < len(entries) else {}
        at = entry.get("at") if isinstance(entry, dict) else None
        return f"{words} (at {at}): " if at else f"{words}: "


def _known_keys(place: Place) -> list[str]:
    """The keys of the table at a place."""
    model: type[BaseModel] | None = Scenario
    for part in place:
        if isinstance(part, int):
            continue
        field = next(
            (
                f
                for name, f in (model.model_fields if model else {}).items()
                if part in (name, f.alias)
            ),
            None,
        )
        model = next(_models(field.annotation), None) if field else None
    return [f.alias or name for name, f in model.model_fields.items()] if model else []


def _models(annotation: Any) -> "Iterator[type[BaseModel]]":
    """The models inside an annotation (`Any`: whatever typing makes)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)

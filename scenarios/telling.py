"""Says what is wrong with a scenario file in the words of the person who wrote it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from environment.errors import did_you_mean
from scenarios.errors import Problem
from scenarios.schema import Scenario
from scenarios.source import Place, Source

#: What a value must be, by the kind of pydantic's complaint; `{ge}` and the like are its context.
MUST: dict[str, str] = {
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be a text, in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list, [ ... ]",
    "tuple_type": "must be a list, [ ... ]",
    "dict_type": "must be a table, {{ ... }}",
    "model_type": "must be a table, {{ ... }}",
    "datetime_type": "must be a date and a time, as 2026-01-15T14:00:00Z",
    "datetime_parsing": "must be a date and a time, as 2026-01-15T14:00:00Z",
    "datetime_from_date_parsing": "must be a date and a time, as 2026-01-15T14:00:00Z",
}
#: The longest piece of a value that is shown.
SHOWN = 60


class Telling:
    """Says where something stands, with file, line, entry and its time."""

    def __init__(
        self, source: Source, data: dict[str, Any], places: Mapping[str, tuple[Place, ...]]
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
            return self.problem(place, f"'{last}' is missing.")
        inside = ".".join(str(p) for p in place if isinstance(p, str) and p not in self.places)
        label = f"{inside}: " if inside else ""
        return self.problem(place, f"{label}{_complaint(error)}")

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


def _complaint(error: Any) -> str:
    """What a value must be, and what it is; ends with a full stop and the way out."""
    given = repr(error.get("input"))
    shown = given if len(given) <= SHOWN else f"{given[:SHOWN]}..."
    context = {k: f"{v:g}" for k, v in error.get("ctx", {}).items() if isinstance(v, (int, float))}
    if error["type"] == "literal_error":
        options = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{shown} is not one of its words.{did_you_mean(str(error['input']), options)}"
    if error["type"] in MUST:
        return f"{MUST[error['type']].format(**context)}; it is {shown}."
    what = str(error["msg"]).removeprefix("Value error, ")
    return f"{what[:1].lower()}{what[1:]}."


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


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation (`Any`: whatever typing makes)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)

"""What a form can change in a draft: one edit as data, and what it does to text and to data."""

import copy
import json
import tomllib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenarios.authoring.layout import Layout
from scenarios.authoring.values import found
from scenarios.clinical_time import seconds
from scenarios.errors import AuthoringError
from scenarios.source import Place


class Edit(BaseModel):
    """One change; `place` is where, as `["event", 3, "at"]`. What else it has depends on `do`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["put", "drop", "add", "copy", "remove", "move", "sort", "part"]
    place: list[str | int] = Field(default=[], max_length=12)
    value: Any = None  # Any: JSON; of `put` and `add`
    toml: str | None = None  # of `put`: the value as TOML writes it; of `part`: the entries
    to: int | None = None  # of `add` and `move`

    @property
    def where(self) -> Place:
        """The place, as the data have it."""
        return tuple(self.place)

    def wanted(self) -> Any:
        """The value that is to be put; a text where it was to be TOML and is not."""
        if self.toml is None:
            return without_nothing(self.value)
        try:
            return tomllib.loads(f"x = {self.toml.strip()}\n")["x"]
        except tomllib.TOMLDecodeError:
            return self.toml.strip()


def make(layout: Layout, edit: Edit) -> None:
    """Make an edit in the text, and see that it has become what was wanted and nothing else."""
    before = copy.deepcopy(layout.data)
    where = edit.where
    match edit.do:
        case "put":
            layout.put(where, edit.wanted())
        case "drop":
            layout.drop(where)
        case "add":
            layout.add(where, without_nothing(edit.value) or {}, edit.to)
        case "copy":
            layout.copy(where)
        case "remove":
            layout.remove(where)
        case "move":
            layout.move(where, edit.to or 0)
        case "sort":
            layout.sort(where, time_of)
        case "part":
            layout.put_part(str(where[0]), edit.toml or "")
    if shown(layout.data) != shown(after(before, edit, layout.data)):
        raise AuthoringError(
            "The form cannot change this without changing something else: the file writes it in a "
            "way of its own. Change it in the text."
        )


def after(data: dict[str, Any], edit: Edit, made: dict[str, Any]) -> dict[str, Any]:
    """What the data are to be after an edit; of what was `made` only new names are believed."""
    data, where = copy.deepcopy(data), edit.where
    if edit.do == "part":
        rows = tomllib.loads(edit.toml or "").get(str(where[0]))
        data.pop(str(where[0]), None)
        return {**data, str(where[0]): rows} if rows else data
    if edit.do in ("put", "drop"):
        _hold(data, where, edit.wanted() if edit.do == "put" else None)
        return data
    is_entry = edit.do in ("copy", "remove", "move")
    holder = where[:-1] if is_entry else where
    rows = list(found(data, holder) or [])
    at = where[-1] if is_entry else 0
    assert isinstance(at, int)
    if edit.do == "add":
        place = len(rows) if edit.to is None else max(0, min(edit.to, len(rows)))
        rows.insert(place, without_nothing(edit.value) or {})
    elif edit.do == "copy":
        new = (found(made, holder) or [])[at + 1]
        rows.insert(at + 1, {**rows[at], **{k: new[k] for k in ("name", "id") if k in rows[at]}})
    elif edit.do == "remove":
        del rows[at]
    elif edit.do == "move":
        row = rows.pop(at)
        rows.insert(max(0, min(edit.to or 0, len(rows))), row)
    else:
        rows.sort(key=time_of)
    _hold(data, holder, rows or None)
    return data


def time_of(row: Any) -> float:
    """When an entry is, in seconds; one without a time that can be read comes last."""
    try:
        return seconds(row["at"])
    except (KeyError, TypeError, ValueError):
        return float("inf")


def without_nothing(value: Any) -> Any:
    """The value without what is null in it: TOML has no such thing."""
    if isinstance(value, dict):
        return {k: without_nothing(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nothing(v) for v in value if v is not None]
    return value


def shown(data: Any) -> str:
    """Data as one text, to compare; 1 and 1.0 are two things, times are as they are written."""
    return json.dumps(data, default=str, sort_keys=True)


def _hold(data: Any, where: Place, value: Any) -> None:
    """Put a value into data, or take it away where there is none."""
    for part in where[:-1]:
        if value is None and found(data, (part,)) is None:
            return
        data = data.setdefault(part, {}) if isinstance(part, str) else data[part]
    last = where[-1]
    if value is not None:
        data[last] = value
    elif isinstance(data, dict):
        data.pop(last, None)

"""Values as TOML, put into the lines of one table; the only home of `tomlkit`.

It keeps the order, the comments and the form of what is not touched.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from scenarios.errors import AuthoringError
from scenarios.source import Place

# `Any`: what TOML and JSON have, and tomlkit's items, which stand for it.


def put(body: str, inner: Place, value: Any) -> str:
    """The lines of a table with a value at a place in it; tables on the way are made."""
    return _changed(body, lambda doc: _put(doc, inner, value))


def drop(body: str, inner: Place) -> str:
    """The lines of a table without what stands at a place in it."""
    return _changed(body, lambda doc: _drop(doc, inner))


def found(data: Any, place: Place) -> Any:
    """What stands at a place of the data; None for nothing."""
    for part in place:
        if isinstance(part, int):
            if not isinstance(data, list) or not 0 <= part < len(data):
                return None
        elif not isinstance(data, dict) or part not in data:
            return None
        data = data[part]
    return data


def written(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        inner = ", ".join(f"{key_text(k)} = {written(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(written(v) for v in value)}]"
    return cast(str, tomlkit.item(value).as_string())


def key_text(name: str) -> str:
    """A key as TOML writes it."""
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else written(name)


def lines_of(entry: dict[str, Any]) -> list[str]:
    """A table as lines."""
    return [f"{key_text(k)} = {written(v)}" for k, v in entry.items() if v is not None]


def _changed(body: str, change: Callable[[Any], None]) -> str:
    ended = body if body.endswith("\n") or not body else f"{body}\n"
    try:
        doc = tomlkit.parse(ended)
        change(doc)
        return tomlkit.dumps(doc)
    except (TOMLKitError, TypeError, KeyError, IndexError, AttributeError) as wrong:
        raise AuthoringError(
            f"This cannot be written here ({wrong}). Change it in the text."
        ) from wrong


def _item(value: Any) -> Any:
    """A value as tomlkit's own, tables on one line."""
    return tomlkit.parse(f"x = {written(value)}\n")["x"]


def _put(doc: Any, inner: Place, value: Any) -> None:
    here = doc
    for depth, part in enumerate(inner[:-1]):
        if isinstance(here, InlineTable) and found(doc.unwrap(), inner) is None:
            _rewrite(doc, inner[:depth], partial(_nest, rest=inner[depth:], value=value))
            return
        if isinstance(part, str) and part not in here:
            made: dict[str, Any] = {}
            _nest(made, inner[depth:], value)
            here[part] = _item(made[part])
            return
        here = here[part]
    if isinstance(here, InlineTable) and inner[-1] not in here:
        _rewrite(doc, inner[:-1], partial(_nest, rest=inner[-1:], value=value))
    else:
        here[inner[-1]] = _item(value)


def _drop(doc: Any, inner: Place) -> None:
    here = doc
    for part in inner[:-1]:
        here = here[part]
    if isinstance(here, InlineTable):
        _rewrite(doc, inner[:-1], lambda table: table.pop(str(inner[-1])))
    else:
        del here[inner[-1]]


def _rewrite(doc: Any, where: Place, change: Callable[[dict[str, Any]], object]) -> None:
    """Write a table on one line anew, with the spaces that belong there."""
    here = doc
    for part in where[:-1]:
        here = here[part]
    table = here[where[-1]].unwrap()
    change(table)
    here[where[-1]] = _item(table)


def _nest(table: dict[str, Any], rest: Place, value: Any) -> None:
    """Put a value into a table, making the tables on the way."""
    for part in rest[:-1]:
        table = table.setdefault(str(part), {})
    table[str(rest[-1])] = value

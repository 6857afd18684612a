"""The languages of pages and reports, their tables of words, and which one a page is read in.

A page's shell keeps its reader's language in a cookie; so what a scenario's author wrote comes to
pages in their language, by the same addresses. Whoever has opened no page is told what is there.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from environment.model.change import JSON

TEXTS = Path(__file__).parent / "static" / "text"
#: What everything is written in first, and what stands where a language has no word.
FIRST = "en"
#: The cookie in which a page's shell keeps it.
COOKIE = "language"


class Asked(Protocol):
    """What of a request tells a language."""

    @property
    def query(self) -> Mapping[str, str]:
        """`?lang=it`."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """As a page's shell has set them."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What the browser prefers."""


@cache
def languages() -> tuple[str, ...]:
    """The languages that pages have, by their two letters."""
    return tuple(sorted(path.stem for path in TEXTS.glob("??.json")))


@cache
def table(name: str) -> Mapping[str, Any]:
    """A table of words (`it`, `catalogue_it`, `alerts_it`); an empty one where there is none."""
    path = TEXTS / f"{name}.json"
    if not path.is_file():
        return {}
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def language_of(request: Asked) -> str:
    """The language of the page that asks: `?lang=`, else the one that its shell has kept."""
    return _known(request.query.get("lang")) or _known(request.cookies.get(COOKIE)) or FIRST


def language_to_keep(request: Asked) -> str:
    """The language of a page's reader: as asked for, as chosen before, as the browser has it."""
    prefers = request.headers.get("Accept-Language", "")[:2].lower()
    asked = (request.query.get("lang"), request.cookies.get(COOKIE), prefers)
    return next((name for one in asked if (name := _known(one))), FIRST)


def _known(name: str | None) -> str:
    """A language that pages have, by its first two letters; else nothing."""
    return name[:2] if name and name[:2] in languages() else ""


def translated(value: JSON, said: Mapping[str, str]) -> JSON:
    """A value with each text in it that has a translation in the place of its own."""
    if not said:
        return value
    if isinstance(value, str):
        return said.get(value, value)
    if isinstance(value, (list, tuple)):
        return [translated(one, said) for one in value]
    if isinstance(value, Mapping):
        return {key: translated(one, said) for key, one in value.items()}
    return value

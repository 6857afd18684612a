"""The language of a report: its own table of texts, and the words that pages have for the same.

In English names of the program are shown as words, labels as catalogue and rules have them; other
languages take them from the pages' tables, so that a report says what the screens said.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from environment.errors import did_you_mean
from environment.web import languages as pages
from environment.web.languages import FIRST
from scenarios.errors import LanguageError
from scenarios.said import Said

HERE = Path(__file__).parent / "text"
#: Names that a text can hold beside the ones of the catalogue, by group, in this order.
GROUPS = ("site", "twin", "value", "region", "injury", "harm", "mechanism", "finding", "vital")


def known() -> tuple[str, ...]:
    """The languages that reports have."""
    return tuple(sorted(path.stem for path in HERE.glob("??.json")))


class Tongue:
    """One language; `author` are the words of a scenario's author and what they become."""

    def __init__(self, language: str, author: Mapping[str, str] | None = None) -> None:
        self.language = language
        self.is_first = language == FIRST
        self._own = _table(language)
        self._pages = pages.table(language)
        self._labels: Mapping[str, str] = {}
        if not self.is_first:
            self._labels = pages.table(f"catalogue_{language}")
        self._author = author or {}

    def t(self, key: str, **filled: object) -> str:
        """A text by its key, with its gaps filled."""
        return str(self._own.get(key) or self._pages[key]).format(**filled)

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self._own or key in self._pages

    def author(self, text: object) -> str:
        """What a scenario's author wrote, or somebody else did."""
        return self._author.get(str(text), str(text))

    def label(self, key: str) -> str | None:
        """A row of the catalogue; None in English, whose labels the catalogue has, and unknown."""
        return self._labels.get(key)

    def named(self, group: str, name: str) -> str | None:
        """A name of the program by the pages' word for it; None in English and without one."""
        key = f"{group}.{name}"
        return None if self.is_first else self._pages.get(key)

    def page(self, key: str) -> str:
        """A text of the pages as it stands there, in every language; nothing without one."""
        return str(self._pages.get(key, ""))

    def known_as(self, name: str) -> str | None:
        """The word for a name, of whatever kind; None in English and without one."""
        if self.is_first:
            return None
        found = self._labels.get(name)
        return found or next((w for g in GROUPS if (w := self.named(g, name))), None)

    def alert(self, rule: str, text: str) -> str:
        """An alert's text."""
        if self.is_first:
            return text
        return _said(self.language).alert(rule, text, self.t("alert.old"))

    def value(self, text: str) -> str:
        """What stands in an alert or on a card, where a word or a template for it is known."""
        return text if self.is_first else _said(self.language).value(text)


@cache
def _table(language: str) -> Mapping[str, str]:
    texts: dict[str, str] = json.loads((HERE / f"{language}.json").read_text("utf-8"))
    return texts


@cache
def _said(language: str) -> Said:
    rows: Mapping[str, Any] = pages.table(f"alerts_{language}")
    return Said(rows, tongue(language).known_as)


@cache
def tongue(language: str) -> Tongue:
    """A language without any scenario's words."""
    if language not in known():
        raise LanguageError(
            f"No report in '{language}'.{did_you_mean(language, known())} A language is a table "
            f"beside scenarios/text/{FIRST}.json, and those of the pages."
        )
    return Tongue(language)


def tongue_for(language: str, author: Mapping[str, Mapping[str, str]]) -> Tongue:
    """A language with the words of a scenario's author, by language."""
    tongue(language)
    return Tongue(language, author.get(language))


ENGLISH = tongue(FIRST)

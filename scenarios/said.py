"""What assistants say, in another language: recognised by its template, as on the pages.

The table of a language (`alerts_<language>.json`) is keyed by the rules' own templates; `{name}` is
a gap, what stands in `[[...]]` may be missing. What fits no template stays as it was said.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: Gaps that hold a number, or a question mark where nobody knows it.
NUMBERS = frozenset(
    ("minutes", "seconds", "gcs", "best", "spo2", "limit", "sbp", "hr", "rr", "etco2", "score",
     "si", "zone", "ml", "ml_h", "k", "glucose", "lactate", "ph", "red_cells", "plasma", "temp",
     "weeks", "weight")
)  # fmt: skip
_PIECES = re.compile(r"(\[\[|\]\]|\{\w+(?::[^}]*)?\})")
_GAP = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_MAYBE = re.compile(r"\[\[(.*?)\]\]")
_DOSE = re.compile(r"(\D+) (\d.*)")
OLD = "(old data) "
#: Signs that rules name in capitals, as they are written.
SIGNS = ((re.compile(r"\bSPO2\b"), "SpO2"), (re.compile(r"\bETCO2\b"), "EtCO2"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A template, and what it becomes."""

    start: re.Pattern[str]
    names: tuple[str, ...]
    becomes: str


def _compiled(rows: Mapping[str, str]) -> list[Pattern]:
    """Templates as patterns; those with the most words come first."""
    ordered = sorted(rows.items(), key=lambda row: -len(_GAP.sub("", row[0])))
    return [_pattern(template, becomes) for template, becomes in ordered]


def _pattern(template: str, becomes: str) -> Pattern:
    names: list[str] = []
    parts = []
    for piece in _PIECES.split(template):
        gap = _GAP.fullmatch(piece)
        if piece == "[[":
            parts.append("(?:")
        elif piece == "]]":
            parts.append(")?")
        elif gap:
            names.append(gap[1])
            parts.append(r"([-\d.?]+)" if gap[1] in NUMBERS else "(.+?)")
        else:
            parts.append(re.escape(piece))
    return Pattern(re.compile("".join(parts)), tuple(names), becomes)


class Said:
    """What assistants say in one language; `word` knows the words of catalogue and pages."""

    def __init__(self, table: Mapping[str, Any], word: Callable[[str], str | None]) -> None:
        self._alerts = {rule: _compiled(rows) for rule, rows in table.get("alerts", {}).items()}
        self._parts = _compiled(table.get("parts", {}))
        self._terms: Mapping[str, str] = table.get("terms", {})
        self._word = word

    def alert(self, rule: str, text: str, old: str) -> str:
        """An alert's text; `old` says that it rests on old data."""
        if text.startswith(OLD):
            return f"{old} {self.alert(rule, text[len(OLD) :], old).removeprefix(f'{old} ')}"
        told = self._with_more(self._alerts.get(rule, ()), text) or text
        for found, written in SIGNS:
            told = found.sub(written, told)
        return told

    def term(self, text: str) -> str | None:
        """One word of the program; None if it is not known."""
        return self._terms.get(text) or self._word(text.lower().replace(" ", "_"))

    def value(self, text: str) -> str:
        """A word, a sentence made of a template, a name with its dose, a list; else as it is."""
        whole = self.term(text) or self._by(self._parts, text)
        if whole is not None:
            return whole
        if text.startswith("[") and text.endswith("]"):  # a list as plans write it
            return ", ".join(map(self.value, text[1:-1].split(",")))
        if ", " in text:
            return ", ".join(map(self.value, text.split(", ")))
        dose = _DOSE.fullmatch(text)
        name = self.term(dose[1]) if dose else None
        return f"{name} {dose[2]}" if dose and name else text

    def _by(self, rows: Iterable[Pattern], text: str) -> str | None:
        """A text by one of its templates; None if none fits."""
        for row in rows:
            found = row.start.fullmatch(text)
            if found is None:
                continue
            values = dict(zip(row.names, found.groups(), strict=True))

            def piece(maybe: re.Match[str], values: Mapping[str, str] = values) -> str:
                known = all(values.get(name) is not None for name in _GAP.findall(maybe[1]))
                return str(maybe[1]) if known else ""

            def gap(one: re.Match[str], values: Mapping[str, str] = values) -> str:
                return self.value(values[one[1]])

            return _GAP.sub(gap, _MAYBE.sub(piece, row.becomes))
        return None

    def _with_more(self, rows: Iterable[Pattern], text: str) -> str | None:
        """The same, with what the passport adds to an alert, which stands behind it."""
        rows = list(rows)
        whole = self._by(rows, text)
        at = text.find(". ")
        while whole is None and at >= 0:
            first = self._by(rows, text[:at])
            whole = None if first is None else f"{first}. {self.value(text[at + 2 :])}"
            at = text.find(". ", at + 2)
        return whole

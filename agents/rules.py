"""The alert rules as data: what each says, how it ranks, its source and what silences it.

The rows live in `rules.toml`. The conditions are the agents' plans; the thresholds come from
`environment.model.limits`. A text is a template: `{fact}` is filled in, and a passage in double
square brackets disappears when one of its facts is missing. For training and research.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Literal

from environment.errors import BadValueError, did_you_mean

Priority = Literal["high", "medium", "low"]
PRIORITIES: tuple[Priority, ...] = ("high", "medium", "low")
"""High red, medium yellow, low cyan (IEC 60601-1-8)."""

UNKNOWN = "?"
"""Stands for a number that a text cannot do without and that nobody knows."""

_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
_FORMATTER = Formatter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One alert rule."""

    id: str
    title: str
    group: str
    order: int  # rank among alerts of equal priority, smaller first
    text: Mapping[str, str]  # priority -> template
    variants: Mapping[str, str]  # name of a special case -> template
    silenced_by: str
    source: str
    needs: tuple[str, ...]  # facts without which the rule stays silent and says so
    in_arrest: Literal["kept", "folded", "suppressed"]

    @property
    def priorities(self) -> tuple[Priority, ...]:
        """The priorities at which the rule speaks, highest first."""
        return tuple(priority for priority in PRIORITIES if priority in self.text)

    def facts(self, priority: Priority, variant: str = "") -> tuple[str, ...]:
        """Names of the facts that the text can show."""
        template = self._template(priority, variant)
        return tuple(dict.fromkeys(_names(_OPTIONAL.sub(r"\1", template))))

    def message(self, priority: Priority, facts: Mapping[str, object], variant: str = "") -> str:
        """The text for the wall. Missing facts drop their passage, or show as a question mark.

        A fact named `passport` (words that the passport adds to this rule) is put at the end.
        """
        template = self._template(priority, variant)
        known = {name: value for name, value in facts.items() if value not in (None, "")}
        words = _OPTIONAL.sub(
            lambda found: found[1] if set(_names(found[1])) <= known.keys() else "", template
        )
        text = "".join(_filled(words, known))
        if "passport" in known and "passport" not in _names(words):
            text = f"{text}. {known['passport']}"
        return text

    def _template(self, priority: Priority, variant: str) -> str:
        if priority not in self.text:
            speaks = ", ".join(self.priorities)
            raise BadValueError(f"{self.id} never speaks at priority '{priority}', only {speaks}.")
        if not variant:
            return self.text[priority]
        if variant not in self.variants:
            hint = did_you_mean(variant, self.variants)
            raise BadValueError(f"{self.id} has no variant '{variant}'.{hint}")
        return self.variants[variant]


def _names(template: str) -> list[str]:
    return [name for _, name, _, _ in _FORMATTER.parse(template) if name]


def _filled(template: str, known: Mapping[str, object]) -> Iterable[str]:
    for literal, name, spec, _ in _FORMATTER.parse(template):
        yield literal
        if name:
            shown = _shown(known[name], spec or "") if name in known else None
            yield _DEFAULTS.get(name, UNKNOWN) if shown is None else shown


def _shown(value: object, spec: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return format(value, spec) if spec else f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    return str(value)


def _load() -> tuple[Mapping[str, Rule], Mapping[str, str]]:
    raw = tomllib.loads((Path(__file__).parent / "rules.toml").read_text("utf-8"))
    rules = {
        row["id"]: Rule(
            id=row["id"],
            title=row["title"],
            group=row["group"],
            order=row["order"],
            text=MappingProxyType(row["text"]),
            variants=MappingProxyType(row.get("variants", {})),
            silenced_by=row["silenced_by"],
            source=row["source"],
            needs=tuple(row["needs"]),
            in_arrest=row["in_arrest"],
        )
        for row in raw["rule"]
    }
    return MappingProxyType(rules), MappingProxyType(raw["defaults"])


RULES, _DEFAULTS = _load()
"""Every rule, by id, most urgent first."""


def rule(rule_id: str) -> Rule:
    """The rule with this id; names the nearest one when there is none."""
    row = RULES.get(rule_id)
    if row is None:
        raise BadValueError(f"No alert rule '{rule_id}'.{did_you_mean(rule_id, RULES)}")
    return row


def message(
    rule_id: str, priority: Priority, facts: Mapping[str, object], variant: str = ""
) -> str:
    """The text of one rule for the wall."""
    return rule(rule_id).message(priority, facts, variant)


def rank(rule_id: str, priority: Priority) -> tuple[int, int]:
    """A sort key: the most urgent alert first.

    Of equal priority, passport alerts stand above PRO-* and HAE-0x and below HAE-01. A passport
    card (PAS-01, low) comes before the other low ones.
    """
    return PRIORITIES.index(priority), rule(rule_id).order

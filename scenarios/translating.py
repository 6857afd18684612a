"""A scenario in another language: the author's words, and what they become for its readers.

A translation is a table of the scenario's own file, `[translation.it]`, whose keys are the author's
words. So it holds wherever these words come by, also in a run's journal, and a run's folder keeps
it. Words without one stay as the author wrote them.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from environment.errors import did_you_mean
from environment.web.languages import translated
from scenarios.schema import Scenario
from scenarios.source import Place

#: A language as pages name it (ISO 639-1).
LANGUAGE = re.compile(r"[a-z]{2}")
#: Keys of a scenario whose texts people read.
READ = frozenset(
    ("title", "goals", "traps", "debrief", "label", "history", "conditions", "address", "hazards",
     "why", "text", "says")
)  # fmt: skip
#: Of these what has more than one word is for people, one word for twins.
GIVEN = ("with", "on_with", "medication")


def in_language(scenario: Scenario, language: str) -> Scenario:
    """The scenario with all that is read of it as a whole in a language, as far as it is there."""
    said = scenario.translation.get(language)
    if not said:
        return scenario
    patient = scenario.patient
    asked = patient.anamnesis
    rows = {
        "title": translated(scenario.title, said),
        **{key: translated(getattr(scenario, key), said) for key in ("goals", "traps", "debrief")},
        "injuries": [
            row.model_copy(update={"label": translated(row.label, said)})
            for row in scenario.injuries
        ],
        "expectations": [
            row.model_copy(update={"why": translated(row.why, said)})
            for row in scenario.expectations
        ],
        "branches": [
            row.model_copy(update={"text": translated(row.text, said)}) for row in scenario.branches
        ],
        "patient": patient.model_copy(
            update={
                "anamnesis": asked.model_copy(
                    update={
                        "history": translated(asked.history, said),
                        "medication": translated(asked.medication, said),
                    }
                )
            }
        ),
    }
    return scenario.model_copy(update=rows)


def texts_of(data: Any) -> set[str]:
    """Every text of a file that people read (`Any`: TOML values)."""
    return set(_texts({k: v for k, v in data.items() if k != "translation"}, is_read=False))


def _texts(value: Any, *, is_read: bool, is_given: bool = False) -> Iterator[str]:
    if isinstance(value, str):
        if value and (is_read or (is_given and " " in value)):
            yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, is_read=is_read, is_given=is_given)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(
                one, is_read=is_read or key in READ, is_given=is_given or key in GIVEN
            )


def misnamed_languages(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    """Tables whose name is no language."""
    for name in scenario.translation:
        if not LANGUAGE.fullmatch(name):
            what = f"'{name}' is no language. Write its two letters: [translation.it]."
            yield ("translation", name), what


def orphaned(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    """Words that the scenario does not say, or not any more."""
    texts = texts_of(tomllib.loads(scenario.origin.text))
    for name, said in scenario.translation.items():
        for text in said:
            if text not in texts:
                hint = did_you_mean(text, texts) if texts else ""
                hint = hint.split(" Known: ")[0] if "Did you mean" in hint else ""
                what = f"translation.{name}: no text of this scenario reads '{text}'.{hint}"
                yield ("translation", name, text), what


def untranslated(scenario: Scenario, language: str) -> list[str]:
    """The texts that have no words in a language, in the order of the alphabet."""
    texts = texts_of(tomllib.loads(scenario.origin.text))
    return sorted(texts - set(scenario.translation.get(language, {})))

"""Texts of the pages: every language has all of them, and every text that is asked for is there."""

import json
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from environment import twins
from environment.model.catalogue import BLOOD, DIAGNOSTICS, DRUGS, PROCEDURES
from environment.model.limits import Limits
from environment.model.phase import PREH, TRAUMA
from environment.model.triage import ITEMS
from environment.model.twin import Twin
from environment.runtime.access import ROLES
from environment.twins.device import Device
from environment.twins.patient import Patient
from environment.twins.preh import Preh
from environment.twins.room import Room
from environment.twins.trauma import Trauma
from environment.twins.vehicle import Vehicle
from scenarios.cast import STANDARD

STATIC = Path(__file__).parents[2] / "environment/web/static"
LANGUAGES = sorted(p.stem for p in (STATIC / "text").glob("??.json"))
MODULES = sorted(
    str(p.relative_to(STATIC)) for p in STATIC.glob("*/*.js") if p.parent.name != "vendor"
)
#: What pages show of twins: the property, and the group of texts that has a word for each value.
SHOWN: tuple[tuple[type[Twin], str, str], ...] = (
    (Device, "status", "status"),
    (Patient, "breath_sounds_left", "value"),
    (Patient, "breath_sounds_right", "value"),
    (Patient, "passport", "passport"),
    (Patient, "rhythm", "truth"),
    (Patient, "sex", "sex"),
    (Patient, "voice", "value"),
    (Preh, "mechanism", "mechanism"),
    (Preh, "severity", "severity"),
    (Preh, "sign", "sign"),
    (Room, "status", "status"),
    (Trauma, "final_destination", "end"),
    (Vehicle, "status", "status"),
)
#: What pages let one choose for an operation: its argument, and the group of texts.
CHOSEN: tuple[tuple[type[Twin], str, str, str], ...] = (
    (Patient, "examine", "what", "look"),
    (Patient, "give_drug", "route", "route"),
    (Preh, "decide_severity", "severity", "answer"),
    (Trauma, "record_fast", "view", "fast"),
)
FILLED = re.compile(r"\{(\w+)\}")


def table(name: str) -> Any:
    """A table of texts."""
    return json.loads((STATIC / "text" / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_texts_with_the_same_gaps(language: str) -> None:
    english, other = table("en"), table(language)
    assert set(other) == set(english)
    gaps = {key: set(FILLED.findall(text)) for key, text in english.items()}
    assert {key: set(FILLED.findall(text)) for key, text in other.items()} == gaps


@pytest.mark.parametrize("module", MODULES)
def test_every_text_that_a_module_names_is_there(module: str) -> None:
    source = (STATIC / module).read_text("utf-8")
    asked = set(re.findall(r"""\bt\(\s*["']([\w.]+)["']""", source))
    assert asked - set(table("en")) == set()


@pytest.mark.parametrize("module", MODULES)
def test_every_module_that_a_module_names_is_there(module: str) -> None:
    source = (STATIC / module).read_text("utf-8")
    for named in re.findall(r"""["']/static/([\w/.-]+\.js)["']""", source):
        assert (STATIC / named).is_file(), f"{module} names {named}"


def test_a_page_takes_nothing_from_the_folder_of_another_page() -> None:
    shared = {"app", "text", "vendor", "tablet"}
    for module in MODULES:
        source = (STATIC / module).read_text("utf-8")
        folders = set(re.findall(r"""["']/static/(\w+)/""", source))
        assert folders <= shared | {module.partition("/")[0]}, module


@pytest.mark.parametrize("language", [x for x in LANGUAGES if x != "en"])
def test_each_language_names_all_of_the_catalogue(language: str) -> None:
    ids = {*BLOOD, *DIAGNOSTICS, *DRUGS, *PROCEDURES, *ITEMS}
    assert set(table(f"catalogue_{language}")) == ids


def values_that_pages_show() -> list[str]:
    """Keys of the words for every value that the twins' models allow and pages show."""
    keys = [f"{group}.{v}" for kind, name, group in SHOWN for v in kind.properties[name].choices]
    for kind, name, argument, group in CHOSEN:
        (parameter,) = (p for p in kind.operations[name].parameters if p.name == argument)
        keys += [f"{group}.{value}" for value in parameter.choices]
    keys += [f"phase.{phase}" for machine in (PREH, TRAUMA) for phase in machine.phases]
    keys += [f"purpose.{dose.purpose}" for row in DRUGS.values() for dose in row.doses]
    keys += [f"job.{role}" for role in ROLES]
    keys += [f"twin.{row['id']}" for rows in STANDARD.values() for row in rows]
    keys += [f"site.{site}" for row in PROCEDURES.values() for site in row.sites]
    return keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_value_of_a_twin_that_pages_show_has_a_word(language: str) -> None:
    assert set(values_that_pages_show()) - set(table(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_limit_that_a_reason_may_name_has_a_word(language: str) -> None:
    names = {field.name for field in fields(Limits)} - {"age", "pregnancy_weeks"}
    of = {re.sub(r"_(low|medium|high)(_min)?$", "", name) for name in names}
    texts = table(language)
    unsaid = {name for name in of if not texts.keys() & {f"vital.{name}", f"member.{name}"}}
    assert unsaid == {"changed", "conflicts"}  # what the patient has moved: not limits themselves


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_guard_has_words_for_what_it_refuses(language: str) -> None:
    special = re.findall(r"^  (\w+): \(", (STATIC / "app/refused.js").read_text("utf-8"), re.M)
    kinds = (import_module(f"environment.twins.{m.name}") for m in iter_modules(twins.__path__))
    guards = {
        guard.name
        for module in kinds
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Twin)
        for operation in kind.operations.values()
        for guard in operation.guards
    }
    assert len(guards) > 20
    assert {f"guard.{name}" for name in guards - set(special)} - set(table(language)) == set()

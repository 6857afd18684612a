"""Texts of the pages: every language has all of them, and every text that is asked for is there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from environment.model.catalogue import BLOOD, DIAGNOSTICS, DRUGS, PROCEDURES
from environment.model.triage import ITEMS

STATIC = Path(__file__).parents[2] / "environment/web/static"
LANGUAGES = sorted(p.stem for p in (STATIC / "text").glob("??.json"))
MODULES = sorted(
    str(p.relative_to(STATIC)) for p in STATIC.glob("*/*.js") if p.parent.name != "vendor"
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

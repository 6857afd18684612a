"""What a user can call, name or set is documented; the examples in the documents are true."""

import re
from pathlib import Path

import pytest

from environment.twins import kinds
from scenarios.cli import app
from scenarios.settings import Settings

ROOT = Path(__file__).parent.parent


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def commands() -> list[str]:
    return [c.name or str(getattr(c.callback, "__name__", "")) for c in app.registered_commands]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`{command}`" in text("README.md")


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios/library").glob("*.toml")))
def test_every_scenario_is_in_the_readme(path: Path) -> None:
    assert f"`{path.stem}`" in text("README.md")


@pytest.mark.parametrize("path", sorted((ROOT / "agents/roles").glob("*.asl")))
def test_every_role_is_described_and_says_its_purpose_first(path: Path) -> None:
    assert f"`{path.stem}`" in text("agents/README.md")
    assert path.read_text("utf-8").startswith("// ")


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_described(setting: str) -> None:
    assert f"TRAUMATWIN_{setting.upper()}" in text("scenarios/README.md")


def test_every_package_has_a_readme() -> None:
    for package in ("agents", "agents/bdi", "environment", "environment/physical", "scenarios"):
        assert (ROOT / package / "README.md").is_file(), package


def test_the_readme_begins_with_two_commands_that_set_everything_up_themselves() -> None:
    lines = [line for line in text("README.md").splitlines() if line.startswith("python3 -m venv")]
    assert len(lines) == 2
    assert all(line.startswith("python3 -m venv .venv &&") for line in lines)
    assert "traumatwin run pelvis" in lines[0]
    assert "pytest" in lines[1]


def test_files_that_the_documents_name_exist() -> None:
    for document in sorted(ROOT.glob("**/README.md")):
        if {".venv", "node_modules"} & set(document.parts):
            continue
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document}: {target}"


def test_the_kinds_of_twin_are_as_many_as_their_files() -> None:
    files = {p.stem for p in (ROOT / "environment/twins").glob("*.py")} - {"__init__"}
    assert files == set(kinds())


def test_the_project_says_that_it_is_not_for_care() -> None:
    assert "Not for the care of patients" in text("README.md")

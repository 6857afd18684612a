"""The structure of the project as contracts: who may import what, and whose packages these are."""

import ast
import subprocess
import sys
from pathlib import Path

import agents
import environment
import scenarios

ROOT = Path(__file__).parent.parent
PACKAGES = ("agents", "environment", "scenarios")
#: The only places that may ask for the time or for chance of their own.
CLOCK = ROOT / "environment" / "runtime" / "clock.py"


def sources() -> list[Path]:
    return [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_packages_are_those_of_this_project_and_not_others_of_the_same_name() -> None:
    for package in (agents, environment, scenarios):
        found = Path(str(package.__file__)).resolve()
        assert found.is_relative_to(ROOT), (
            f"'{package.__name__}' comes from {found}: uninstall the distribution that brings it "
            "(openai-agents has a package 'agents') or use an environment of its own"
        )


def test_nothing_but_the_clock_asks_for_the_time() -> None:
    asked = []
    for path in sources():
        if path == CLOCK:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                call = f"{node.value.id}.{node.attr}"
                if call in (
                    "time.time",
                    "time.monotonic",
                    "datetime.now",
                    "datetime.utcnow",
                    "asyncio.sleep",
                    "date.today",
                ):
                    asked.append(f"{path.relative_to(ROOT)}:{node.lineno} {call}")
    # A run folder is named after the machine's clock, and a command says how long it took.
    allowed = ("scenarios/cli/", "scenarios/runs.py", "agents/bdi/__main__.py")
    assert [a for a in asked if not a.startswith(allowed)] == []


def test_nothing_uses_the_chance_of_the_process() -> None:
    used = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
                continue
            if node.value.id in ("random", "uuid") and node.attr != "Random":
                used.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert used == []


def test_files_are_short_or_say_why_they_are_long() -> None:
    long = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.read_text("utf-8").count("\n") > 400
        and "long because" not in path.read_text("utf-8")[:2000].lower()
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "manager", "core", "misc"}
    assert [p for p in sources() if p.stem in empty] == []

"""`traumatwin report RUN --fhir FILE`: a kept run as a FHIR document."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from environment.fhir.checks import check
from scenarios.cli import app
from scenarios.reading import load
from scenarios.runs import keep, write_summary
from tests.scenarios.stage import perform


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "20260115-140000-pelvis"
    folder.mkdir()
    scenario = load("pelvis", branch="best")
    write_summary(keep(folder, scenario, perform(scenario, until_s=1000), 7), 1.0)
    return folder


def test_a_kept_run_is_written_as_a_valid_document(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    done = CliRunner().invoke(app, ["report", str(run), "--fhir", str(path)])
    assert (done.exit_code, done.stdout.strip()) == (0, str(path))
    bundle = json.loads(path.read_text("utf-8"))
    check(bundle)
    assert (bundle["type"], bundle["entry"][0]["resource"]["resourceType"]) == (
        "document",
        "Composition",
    )
    assert bundle["id"].startswith("S01-")


def test_writing_it_twice_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one.json", "two.json")]
    for path in paths:
        CliRunner().invoke(app, ["report", str(run), "--fhir", str(path)])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_file_that_cannot_be_written_is_said_and_exits_4(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "case.json"
    done = CliRunner().invoke(app, ["report", str(run), "--fhir", str(path)])
    assert done.exit_code == 4
    assert "cannot be written" in done.stderr

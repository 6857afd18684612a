"""Runs that were kept: listed, exported, imported, deleted; all through the command line."""

import gzip
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.keeping import Live, kept_in
from scenarios.reading import load
from tests.scenarios.test_cli import Tw
from tests.scenarios.test_cli import tw as tw

DAY_S = 86_400


def folders(root: Path) -> list[Path]:
    return sorted((root / "runs").iterdir())


def age(folder: Path, days: float) -> None:
    """Make a run look old."""
    for file in folder.iterdir():
        then = file.stat().st_mtime - days * DAY_S
        os.utime(file, (then, then))


def test_runs_are_listed_with_their_state_and_size(tw: Tw, tmp_path: Path) -> None:
    assert json.loads(tw("runs", "--json").stdout) == {"runs": []}
    tw("run", "case.toml", "-q")
    (row,) = json.loads(tw("runs", "--json").stdout)["runs"]
    assert row["run"] == folders(tmp_path)[0].name
    assert (row["scenario"], row["branch"], row["seed"]) == ("case", "default", 1)
    assert row["state"] == "ended"
    assert row["bytes"] == sum(f.stat().st_size for f in folders(tmp_path)[0].iterdir())
    shown = tw("runs")
    assert "ended" in shown.stdout
    assert "1 runs" in shown.stderr


async def test_a_run_that_is_being_played_is_listed_so_and_never_deleted(
    tw: Tw, tmp_path: Path
) -> None:
    with kept_in(tmp_path / "runs", load(str(tmp_path / "case.toml")), 1, live=Live(speed=1)):
        (row,) = json.loads(tw("runs", "--json").stdout)["runs"]
        assert row["state"] == "being played"
        assert tw("prune", "--keep", "0", "--yes").exit_code == 0
        assert len(folders(tmp_path)) == 1


def test_a_run_comes_back_from_its_one_file_as_it_was(tw: Tw, tmp_path: Path) -> None:
    tw("run", "case.toml", "-q")
    (folder,) = folders(tmp_path)
    for name in ("one.jsonl", "one.jsonl.gz"):
        assert tw("export", "last", name).exit_code == 0
        changes = json.loads(tw("verify", name, "--json").stdout)["changes"]
        assert changes == json.loads(tw("verify", "last", "--json").stdout)["changes"]
    whole = (tmp_path / "one.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "one.jsonl.gz").read_bytes()) == whole
    elsewhere = tmp_path / "elsewhere"
    made = tw("import", "one.jsonl.gz", "--runs", str(elsewhere))
    assert made.exit_code == 0
    back = elsewhere / folder.name
    assert made.stdout.strip() == str(back)
    for name in ("journal.sqlite", "scenario.toml", "report.html", "report.json"):
        assert (back / name).read_bytes() == (folder / name).read_bytes(), name
    first, second = (json.loads((f / "summary.json").read_text()) for f in (folder, back))
    assert {**first, "run": ""} == {**second, "run": ""}


def test_a_second_import_makes_another_folder(tw: Tw, tmp_path: Path) -> None:
    tw("run", "case.toml", "-q")
    tw("export", "last", "one.jsonl")
    assert tw("import", "one.jsonl").exit_code == 0
    assert len(folders(tmp_path)) == 2


def test_an_altered_or_cut_file_is_refused(tw: Tw, tmp_path: Path) -> None:
    tw("run", "case.toml", "-q")
    tw("export", "last", "one.jsonl")
    lines = (tmp_path / "one.jsonl").read_text().splitlines()
    altered = [*lines[:20], lines[20].replace('"by":"', '"by":"not '), *lines[21:]]
    (tmp_path / "altered.jsonl").write_text("\n".join(altered) + "\n")
    assert "altered at or before change 20" in tw("import", "altered.jsonl").stderr
    (tmp_path / "cut.jsonl").write_text("\n".join(lines[:-1]) + "\n")
    result = tw("import", "cut.jsonl")
    assert result.exit_code == 3
    assert "ends after" in result.stderr
    (tmp_path / "notes.jsonl").write_text("{}\n")
    assert "no exported run" in tw("verify", "notes.jsonl").stderr
    assert len(folders(tmp_path)) == 1


def test_nothing_is_deleted_without_an_answer(tw: Tw, tmp_path: Path) -> None:
    tw("run", "case.toml", "-q")
    assert tw("prune").exit_code == 2
    no = CliRunner().invoke(app, ["prune", "--keep", "0"], input="n\n")
    assert no.exit_code != 0
    assert len(folders(tmp_path)) == 1
    yes = CliRunner().invoke(app, ["prune", "--keep", "0"], input="y\n")
    assert yes.exit_code == 0
    assert folders(tmp_path) == []


def test_only_old_runs_beyond_the_newest_are_deleted(tw: Tw, tmp_path: Path) -> None:
    for _ in range(3):
        tw("run", "case.toml", "-q")
    first, second, third = folders(tmp_path)
    age(first, 40)
    age(second, 35)
    told = json.loads(tw("prune", "--older-than", "50", "--yes", "--json").stdout)
    assert told == {"deleted": [], "bytes": 0}
    told = json.loads(tw("prune", "--older-than", "30", "--keep", "2", "--yes", "--json").stdout)
    assert told["deleted"] == [first.name]
    tw("prune", "--older-than", "30", "--yes")
    assert folders(tmp_path) == [third]


@pytest.mark.parametrize("words", [("export", "last", "run.zip"), ("export", "nobody", "x.jsonl")])
def test_what_cannot_be_exported_is_said(tw: Tw, words: tuple[str, ...]) -> None:
    tw("run", "case.toml", "-q")
    assert tw(*words).exit_code in (2, 3)

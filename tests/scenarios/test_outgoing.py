"""A run as files for others: paper, spreadsheet, registry, learning record."""

import csv
import io
import json
import re
import zlib
from base64 import a85decode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from scenarios import outgoing
from scenarios.cli import app
from scenarios.errors import SurroundingsError
from scenarios.expectations import judge
from scenarios.printed import WIDTH
from scenarios.runs import Run, keep, write_summary
from scenarios.schema import Scenario
from scenarios.story import Story
from tests.scenarios.stage import Performed

Write = Callable[[str], bytes]


@pytest.fixture
def run(pelvis: tuple[Scenario, Performed], tmp_path: Path) -> Run:
    scenario, performed = pelvis
    story = Story(performed.journal)
    return Run(
        folder=tmp_path,
        scenario=scenario,
        seed=7,
        story=story,
        verdict=judge(story, scenario),
        simulated_s=performed.simulated_s,
    )


@pytest.fixture
def write(run: Run, tmp_path: Path) -> Write:
    def wrote(form: str) -> bytes:
        outgoing.write(run, form, tmp_path / f"out.{form}")
        return (tmp_path / f"out.{form}").read_bytes()

    return wrote


def drawn(paper: bytes) -> list[bytes]:
    """The content of each page."""
    coded = rb"/Filter \[ /ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)endstream"
    streams = re.findall(coded, paper, re.DOTALL)
    return [zlib.decompress(a85decode(b"<~" + s.strip(), adobe=True)) for s in streams]


def test_the_paper_has_pages_with_the_picture_and_is_the_same_each_time(write: Write) -> None:
    paper = write("pdf")
    assert paper.startswith(b"%PDF-1.")
    assert int(re.search(rb"/Count (\d+)", paper)[1]) >= 3  # type: ignore[index]
    assert b"(Motorcyclist with an open-book pelvis" in paper
    first = drawn(paper)[0]
    assert first.count(b" l\n") + first.count(b" l ") > 300  # the curves
    scale = max(float(s) for s in re.findall(rb"(\.\d+) 0 0 \1 0 0 cm", first))
    assert scale * WIDTH > 740  # of the 750 points between the margins
    assert b".701961 .14902 .117647 rg\nBT 1 0 0 1 131 404 Tm /F3+0 10 Tf 12 TL (systolic)" in first
    assert first.index(b"[4 2] 0 d") < first.index(b"(diastolic)")  # behind a piece of its line
    assert write("pdf") == paper


def test_the_table_has_a_row_for_each_change_and_no_formula(write: Write, run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(write("csv").decode())))
    assert [int(row["seq"]) for row in rows] == list(range(1, len(run.story.journal) + 1))
    for row, change in zip(rows, run.story.journal, strict=True):
        assert json.loads(row["value"] or "null") == change.value
        assert float(row["effective"]) == change.effective
    assert not [c for row in rows for c in row.values() if re.match(r"[=+@\t]|-\D", c)]
    call = datetime.fromisoformat(rows[0]["time"])
    assert call == run.scenario.start


def test_the_registry_knows_what_was_there_and_says_what_it_cannot_know(write: Write) -> None:
    found = json.loads(write("utstein"))
    assert found["simulated"] is True
    assert found["inclusion"]["niss_above_15"] is True
    told = found["predictive_model"]
    # The three worst injuries count wherever they are: thigh 3 and pelvis 4 or 5 of one region.
    ais = sorted((i["ais"] for i in told["injuries"]), reverse=True)[:3]
    assert told["niss"]["value"] == sum(a * a for a in ais) > 15
    assert told["age"] == {"value": 34, "unit": "a"}
    assert told["dominating_type_of_injury"]["value"] == "blunt"
    assert told["sbp_scene"]["unit"] == "mm[Hg]"
    assert told["sbp_scene"]["value"] != told["sbp_hospital"]["value"]
    assert told["pre_injury_asa"] == {"value": None, "absent": "not part of the scenario"}
    assert found["process"]["alarm_to_scene"] == {"value": 540, "unit": "s"}
    assert found["process"]["key_emergency_intervention"]["value"] == "angioembolisation"
    assert found["outcome"]["survival_30_days"] == {"value": None, "absent": "after the session"}
    assert found["outcome"]["alive_at_end_of_session"]["value"] is True


def test_statements_say_what_people_did_and_how_it_went(write: Write, run: Run) -> None:
    told = json.loads(write("xapi"))
    assert told == json.loads(write("xapi"))  # sent twice, recorded once
    verbs = [s["verb"]["id"].rpartition("/")[2] for s in told]
    assert (verbs[0], verbs[-1]) == ("initialized", "completed")
    assert {"interacted", "passed"} <= set(verbs)
    assert len({UUID(s["id"]) for s in told}) == len(told)
    assert len({s["context"]["registration"] for s in told}) == 1
    times = [datetime.fromisoformat(s["timestamp"]) for s in told]
    assert times == sorted(times)
    people = {p.id for p in run.scenario.people}
    for statement in told:
        assert {"id", "actor", "verb", "object", "timestamp", "version"} <= set(statement)
        actor = statement["actor"]
        assert actor["objectType"] == "Group" or actor["account"]["name"] in people
        assert statement["object"]["id"].startswith("https://")
    tourniquet = next(s for s in told if s["object"]["id"].endswith("patient.apply_tourniquet"))
    assert tourniquet["actor"]["account"]["name"] == "rescuer"
    assert tourniquet["result"]["success"] is True
    score = told[-1]["result"]["score"]
    assert score["raw"] == len(run.verdict.met)
    assert score["scaled"] == pytest.approx(score["raw"] / score["max"], abs=1e-4)
    missed = [j for j in (*run.verdict.late, *run.verdict.missed) if j.kind == "action"]
    assert verbs.count("failed") == len(missed) + sum(
        j.kind == "action" for j in run.verdict.violated
    )


def test_the_command_writes_each_file_that_it_is_asked_for(
    pelvis: tuple[Scenario, Performed], tmp_path: Path
) -> None:
    scenario, performed = pelvis
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    write_summary(keep(folder, scenario, performed, 7), 0.0)
    files = {form: tmp_path / f"file.{form}" for form in outgoing.FORMS}
    words = [word for form, path in files.items() for word in (f"--{form}", str(path))]
    result = CliRunner().invoke(app, ["report", str(folder), *words])
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == [str(path) for path in files.values()]
    assert all(path.stat().st_size > 1000 for path in files.values())
    wrong = CliRunner().invoke(app, ["report", str(folder), "--pdf", str(tmp_path / "no" / "x")])
    assert wrong.exit_code == SurroundingsError.exit_code
    assert "Choose another file with --pdf." in wrong.stderr

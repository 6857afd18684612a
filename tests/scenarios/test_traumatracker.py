"""Reports of the original TraumaTracker: out, in, and out again; and what is mended in them."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from environment.fhir.bundle import document
from environment.fhir.case import Case, models_of
from environment.fhir.checks import check
from scenarios.cli import app
from scenarios.export import tracker_report
from scenarios.importing import Imported, import_report
from scenarios.reading import load
from scenarios.session import run
from scenarios.story import Story
from scenarios.tracker import read

#: A report as a tablet of the original system could have left it, with the faults of such forms.
FOREIGN: dict[str, Any] = {
    "_id": "rep-20190412-231500",
    "startOperatorId": "op7",
    "startOperatorDescription": "Dr. Neri",
    "traumaTeamMembers": ["op7", "op9"],
    "startDate": "2019-04-12",
    "startTime": "23:15",
    "endDate": "2019-04-12",
    "endTime": "00:20:00",
    "finalDestination": "ICU",
    "traumaInfo": {"code": "T-77", "gender": "male", "age": "41", "dob": "1978-02-03"},
    "majorTraumaCriteria": {"dynamic": "true", "physiological": False},
    "anamnesi": {"antiplatelets": False, "anticoagulants": True, "nao": False},
    "iss": {"total": 17, "chest": [{"injury": "Flail chest", "ais": 4}], "face": []},
    "vitalSignsObservations": [
        {
            "timestamp": "20190412232000",
            "source": "shock-room-monitor",
            "vitalsigns": [
                {"type": "HR", "value": 112, "uom": "bpm"},
                {"type": "Temp", "value": "36,4", "uom": "C"},
            ],
        },
        {"timestamp": "yesterday", "vitalsigns": []},
    ],
    "events": [
        {
            "eventId": 4,
            "date": "2019-04-12",
            "time": "23:40:00",
            "place": "Shock-Room",
            "type": "drug",
            "content": {
                "drugId": "tranexamic_acid",
                "administrationType": "one-shot",
                "qty": 1,
                "unit": "g",
            },
        },
        {
            "eventId": 3,
            "date": "2019-04-12",
            "time": "23:30:00",
            "place": "Shock-Room",
            "type": "vital-signs-mon",
            "content": {"SYS": 84, "DIA": 50},
        },
        {"eventId": 5, "time": "23:45:10", "type": "photo", "content": {"file": "p1.jpg"}},
        {
            "eventId": 6,
            "date": "2019-04-12",
            "time": "23:50:00",
            "place": "Shock-Room",
            "type": "report-reactivation",
            "content": {"by": "op9"},
        },
    ],
}


def imported(tmp_path: Path, told: dict[str, Any]) -> tuple[Imported, list[str]]:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(told))
    report = read(path)
    return import_report(report), report.repairs


def again(case: Imported) -> dict[str, Any]:
    return tracker_report(Story(case.journal), case.scenario)


@pytest.mark.slow
def test_a_report_that_goes_out_and_comes_in_goes_out_the_same(tmp_path: Path) -> None:
    scenario = load("pelvis")
    out = tracker_report(Story(run(scenario, seed=7).journal), scenario)
    case, repairs = imported(tmp_path, out)
    assert repairs == []
    assert len(out["events"]) > 20
    assert len(out["vitalSignsObservations"]) > 30
    assert again(case) == out
    assert json.dumps(again(case)) == json.dumps(out)  # the order of the fields too


def test_a_foreign_report_is_mended_and_each_repair_is_said(tmp_path: Path) -> None:
    case, repairs = imported(tmp_path, FOREIGN)
    for said in (
        "start: '2019-04-12 23:15' is read as '2019-04-12 23:15:00'",
        "the end is before the start: it is read as of the next day",
        "events[2]: no date: 2019-04-12",
        "eventId is not 0, 1, 2 ...: events are numbered anew",
        "events are not in the order of their times: sorted",
        "traumaInfo.gender: 'male' is read as 'M'",
        "finalDestination: 'ICU' is read as 'icu'",
        "traumaInfo.age: '41' is read as 41.0",
        "majorTraumaCriteria.dynamic: 'true' is read as True",
        "iss.total: 17 is read as 16",
        "vitalSignsObservations[1]: 'yesterday' is no timestamp: left out",
        "1 events vital-signs-mon: their values are part of the stream",
    ):
        assert said in repairs
    assert any("36,4" in said for said in repairs)
    told = next(c for c in case.journal if c.name == "imported")
    assert told.value["repairs"] == repairs


def test_what_was_mended_once_stays_as_it_is(tmp_path: Path) -> None:
    case, _ = imported(tmp_path, FOREIGN)
    first = again(case)
    second, repairs = imported(tmp_path, deepcopy(first))
    assert [r for r in repairs if "traumaInfo" not in r] == []
    assert again(second)["events"] == first["events"]
    assert again(second)["vitalSignsObservations"] == first["vitalSignsObservations"]
    assert again(second) == first


def test_an_imported_case_is_read_by_story_and_fhir(tmp_path: Path) -> None:
    case, _ = imported(tmp_path, FOREIGN)
    story = Story(case.journal)
    assert story.curve("sbp")[0] == (900.0, 84.0)  # and no value any more when it is over
    assert [v for _, v in story.curve("temp")][:1] == [36.4]
    assert [c.value["drug"] for c in story.events("patient", "drug_given")] == ["tranexamic_acid"]
    assert story.last("trauma", "txa_s") == 1500.0
    assert [e["type"] for e in again(case)["events"]] == ["drug", "photo", "text-note"]
    bundle = document(Case(case.journal, models_of(case.journal), case.scenario.start, prefix="x"))
    check(bundle)
    assert case.journal.verify() == len(case.journal)


def test_times_of_day_are_those_of_the_zone_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(FOREIGN))
    result = CliRunner().invoke(
        app, ["import", str(path), "--zone", "Europe/Rome", "--runs", str(tmp_path), "--json"]
    )
    assert result.exit_code == 0, result.output
    folder = Path(json.loads(result.output)["run"])
    assert "start = 2019-04-12T21:15:00Z" in (folder / "scenario.toml").read_text()
    assert json.loads((folder / "source.json").read_text()) == FOREIGN
    out = tmp_path / "out.json"
    words = ["report", str(folder), "--traumatracker", str(out)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert json.loads(out.read_text())["startTime"] == "21:15:00"


@pytest.mark.parametrize("text", ["{", "[]", '{"events": []}', "17"])
def test_what_is_no_report_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    result = CliRunner().invoke(app, ["import", str(path), "--runs", str(tmp_path / "runs")])
    assert result.exit_code == 3
    assert not (tmp_path / "runs").exists()

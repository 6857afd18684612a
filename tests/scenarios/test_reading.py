from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios import reading
from scenarios.cli import app
from scenarios.clinical_time import clock, seconds
from scenarios.errors import ScenarioFileError, UnknownBranchError, UnknownScenarioError
from scenarios.reading import load, parse

SMALL = """\
id = "T1"
title = "Small"
start = 2026-01-15T14:00:00Z
ends = "20:00"

[patient]
age = 30
weight_kg = 70

[[injury]]
name = "wound"
at = "-02:00"
kind = "bleed"
site = "left_thigh"
flow_ml_min = 55

[[event]]
name = "tourniquet"
at = "11:20"
by = "rescuer"
do = "patient.apply_tourniquet"
with = { limb = "left_thigh" }

[[respond]]
to = "HAE-01"
by = "nurse"
do = "patient.give_drug"
with = { drug = "tranexamic_acid", amount = 1, unit = "g" }

[[expect]]
alert = "HAE-01"
by = "15:00"

[[branch]]
name = "late"
change = { tourniquet = { at = "15:00" } }

[[branch.event]]
at = "16:00"
by = "rescuer"
do = "patient.examine"
with = { what = "gcs" }
"""

ONLY_IF = 'do = "patient.apply_tourniquet"\nonly_if = {{ {} }}'


def problem(old: str, new: str, branch: str = "default") -> str:
    assert old in SMALL
    with pytest.raises(ScenarioFileError) as wrong:
        parse(SMALL.replace(old, new), path="small.toml", branch=branch)
    return wrong.value.problems[0]


def test_a_misspelt_operation_is_told_with_file_line_entry_time_and_the_way_out() -> None:
    assert problem("patient.apply_tourniquet", "patient.aply_tourniquet").startswith(
        "small.toml:21: event 1 (at 11:20): unknown operation 'patient.aply_tourniquet'. "
        "Did you mean 'apply_tourniquet'"
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('limb = "left', 'limp = "left', "small.toml:22: event 1 (at 11:20): patient.apply_tourn"),
        ('left_thigh" }', 'left_thig" }', "unknown limb 'left_thig'. Did you mean 'left_thigh'"),
        ('"11:20"', '"11.20"', "small.toml:19: event 1 (at 11.20): at: '11.20' is not a time; "),
        ('"11:20"', '"21:20"', "small.toml:19: event 1 (at 21:20): it lies after the end (20:00)"),
        ("weight_kg", "weight_k", "small.toml:6: 'weight_kg' is missing."),
        ("title =", "titel =", "small.toml:1: 'title' is missing."),
        ("amount = 1", 'amount = "1"', "argument 'amount' must be a number, got '1'"),
        ('unit = "g"', 'unit = "mL"', "argument 'unit': 1 mL is a volume; g is a mass."),
        ("tranexamic_acid", "tranexamic_acit", "unknown drug 'tranexamic_acit'. Did you mean 'tr"),
        ('drug = "tranexamic_acid"', 'drug = "txa"', "Did you mean 'tranexamic_acid'?"),
        ('to = "HAE-01"', 'to = "giv_blood"', "neither an alert rule nor a suggestion. Did you me"),
        ('"bleed"', '"blead"', "small.toml:13: injury 1 (at -02:00): no injury of kind 'blead'."),
        ('left_thigh"\nflow', 'left_thai"\nflow', "no site 'left_thai' for a wound"),
        ('by = "nurse"', 'by = "nurs"', "small.toml:26: respond 1: no person 'nurs'. Did you mean"),
        ('by = "nurse"', 'by = "driver"', "'driver' watches no display: nothing can be answered"),
        (
            '"rescuer"\ndo = "patient.a',
            '"operator"\ndo = "patient.a',
            "role 'operator' may not ask",
        ),
        ("T14:00:00Z", "T14:00:00", "start: needs its offset from UTC"),
        ('alert = "HAE-01"', 'alert = "HAE"', "'HAE' is no rule; rules look like HAE-01."),
        (
            'by = "15:00"',
            'must = "mey"',
            "must: 'mey' is not one of its words. Did you mean 'may'?",
        ),
        ("ends =", "ends", "small.toml:4: this is not TOML"),
        (
            '"11:20"',
            "11:20",
            'after a statement. A time stands in quotes: "11:20".',
        ),
        ("weight_kg = 70", "weight_kg = -5", "patient.weight_kg: must be 0.4 or more; it is -5."),
        ("weight_kg = 70", 'weight_kg = "x"', "patient.weight_kg: must be a number; it is 'x'."),
        (
            "flow_ml_min",
            "flow",
            "injury 1 (at -02:00): a bleed has no 'flow'. Known: clots, flow_ml_m",
        ),
        (
            'do = "patient.apply_tourniquet"',
            ONLY_IF.format('twin = "preh", property = "phase", is = "onscene"'),
            "no phase 'onscene' of a preh. Did you mean 'on_scene'?",
        ),
        (
            'do = "patient.apply_tourniquet"',
            ONLY_IF.format('twin = "patient", property = "pulse", is = "no"'),
            "patient.pulse: expected true or false, got 'no'.",
        ),
        (
            'to = "HAE-01"',
            'to = "HAE-01"\nwhen = { twin = "trauma", property = "arrived", known = true }',
            "unknown property 'trauma.arrived'. Did you mean 'arrived_s'?",
        ),
        (
            'by = "15:00"',
            'earliest = "25:00"',
            "no branch can meet it: it lies after the end (20:00).",
        ),
        (
            'name = "late"',
            'name = "default"',
            "the name 'default' is what the run without a branch is called.",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(old: str, new: str, told: str) -> None:
    assert told in problem(old, new)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = SMALL.replace("tranexamic_acid", "txb").replace('left_thigh" }', 'thigh" }')
    with pytest.raises(ScenarioFileError) as wrong:
        parse(text, path="small.toml")
    assert [p.split(": ")[0] for p in wrong.value.problems] == ["small.toml:22", "small.toml:28"]


def test_a_wrong_number_does_not_hide_a_misspelt_operation() -> None:
    text = SMALL.replace("weight_kg = 70", "weight_kg = -5").replace("apply_tourn", "aply_tourn")
    with pytest.raises(ScenarioFileError) as wrong:
        parse(text, path="small.toml")
    first, second = wrong.value.problems
    assert first.place == ("patient", "weight_kg")
    assert "unknown operation 'patient.aply_tourniquet'" in second
    assert (second.place, second.line) == (("event", 0, "do"), 21)


def test_a_branch_changes_by_name_and_adds() -> None:
    plain, late = parse(SMALL), parse(SMALL, branch="late")
    assert [e.at_s for e in plain.events] == [680]
    assert [e.at_s for e in late.events] == [900, 960]
    assert (plain.branch, late.branch) == ("default", "late")


def test_a_mistake_in_a_branch_is_told_where_the_branch_says_it() -> None:
    text = 'do = "patient.examine"\nwith = { what = "gcs" }'
    told = problem(text, text.replace("gcs", "gsc"), branch="late")
    assert told.startswith("small.toml:42: branch 1, event 1 (at 16:00): patient.examine")
    assert "nothing has that name" in problem("{ tourniquet", "{ turniquet", branch="late")


def test_an_unknown_branch_names_the_known_ones() -> None:
    with pytest.raises(UnknownBranchError, match=r"no branch 'lat'. Did you mean 'late'\?"):
        parse(SMALL, branch="lat")


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(UnknownScenarioError, match="Did you mean 'pelvis'"):
        load("pelvys")


def test_a_scenario_can_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    scenario = load(str(tmp_path / "mine.toml"))
    assert scenario.name == "mine"
    assert scenario.injury_at_s == -120


def test_a_file_is_found_without_its_ending_and_told_where_it_is_not_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(SMALL)
    assert load("mine").title == "Small"
    Path("mine.toml").write_bytes(SMALL.replace("Small", "Sm\u00e4ll").encode("latin-1"))
    with pytest.raises(ScenarioFileError, match=r"mine.toml:2: this is not UTF-8. Save"):
        load("mine")


def test_the_standard_cast_can_be_overridden() -> None:
    more = '\n[[person]]\nid = "nurse"\nreads = ["leader_tablet"]\n[[person]]\nid = "priest"\n'
    scenario = parse(SMALL + more)
    people = {p.id: p for p in scenario.people}
    assert people["nurse"].reads == ["leader_tablet"]
    assert people["nurse"].title == "Nurse"
    assert people["priest"].role == "team_member"


def test_the_body_is_told_its_injuries_courses_and_findings() -> None:
    more = """
[[course]]
parameter = "hr0"
values = [["00:00", 90], ["31:00", 82]]
steps = true
[[finding]]
at = "10:00"
gcs = 13
"""
    table = parse(SMALL + more).body_table()
    assert table["script"] == {"hr0": {"steps": [[0, 90], [1860, 82]]}, "gcs": [[600, 13]]}
    assert table["injury"][0]["start_s"] == -120


@pytest.mark.parametrize("name", reading.names())
def test_every_scenario_of_the_library_can_be_read_in_all_its_branches(name: str) -> None:
    scenario = load(name)
    for branch in scenario.branches:
        load(name, branch=branch.name)


def test_clinical_time_there_and_back() -> None:
    assert [seconds(t) for t in ("11:20", "-02:00", "75:00", "1:15:00")] == [680, -120, 4500, 4500]
    assert [clock(t) for t in (680, -120, 4500, 0)] == ["11:20", "-02:00", "1:15:00", "00:00"]
    assert [clock(t) for t in (59.9, 3599.999, 3600)] == ["00:59", "59:59", "1:00:00"]


def test_the_scenario_in_the_readme_can_be_read() -> None:
    readme = (reading.LIBRARY.parent / "README.md").read_text()
    text = readme.split("```toml\n")[1].split("```")[0]
    scenario = parse(text, path="README.md", branch="forgotten")
    assert [e.operation for e in scenario.events] == ["take_call"]


def test_the_readme_names_every_scenario_and_every_part() -> None:
    readme = (reading.LIBRARY.parent / "README.md").read_text()
    for name in reading.names():
        assert f"`{name}`" in readme
    for part in ("injury", "course", "finding", "event", "respond", "trigger", "expect", "branch"):
        assert f"`[[{part}]]`" in readme


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'alert = "HAE-01"',
            'action = "patient.give_blood"',
            "only somebody who takes part can meet it: nobody is to do 'patient.give_blood'",
        ),
        (
            'alert = "HAE-01"\nby = "15:00"',
            'action = "patient.apply_tourniquet"\nby = "10:00"',
            "comes at 11:20 at the earliest, and is expected by 10:00.",
        ),
        ("flow_ml_min = 55", "flow_ml_min = 8000", "8000 mL/min; the whole heart puts out 5600"),
        ('site = "left_thigh"', 'site = "spleen"', "nothing bleeds at the left thigh"),
        ("amount = 1, ", "amount = 100, ", "the dose is doubtful: tranexamic acid: total 100 g"),
    ],
)
def test_what_is_odd_but_no_mistake_is_remarked_on_and_can_be_played(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "small.toml"
    file.write_text(SMALL.replace(old, new, 1), "utf-8")
    (remark,) = load(str(file)).origin.remarks
    assert told in remark
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 0
    assert "remark   " in result.stdout
    assert told in result.stdout

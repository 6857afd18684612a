"""Scenarios begun and changed: new ones, drafts, what a form offers, the preview."""

import asyncio
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scenarios import reading
from scenarios.authoring.blank import begun
from scenarios.authoring.draft import Draft, StaleError
from scenarios.authoring.edits import Edit
from scenarios.authoring.preview import Simulator, StoppedError
from scenarios.authoring.vocabulary import vocabulary
from scenarios.cli import app
from scenarios.errors import AuthoringError
from scenarios.reading import load, parse
from tests.scenarios.test_authored_text import TEXTS

# -- new -------------------------------------------------------------------------------------------


@pytest.fixture
def tw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.mark.slow
def test_a_new_scenario_checks_clean_and_runs_with_its_expectations_met(tw: Any) -> None:
    assert tw("new", "scenario", "my_case", "--title", "A case").stdout == "my_case.toml\n"
    assert tw("check", "my_case.toml").stdout == "ok       scenario my_case.toml\n"
    assert tw("run", "my_case.toml", "--branch", "forgotten").exit_code == 0
    done = tw("run", "my_case.toml", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["expectations"]["missed"] == []
    scenario = load("my_case.toml")
    assert (scenario.id, scenario.title) == ("my_case", "A case")


@pytest.mark.parametrize("name", reading.names())
def test_a_scenario_can_begin_like_one_of_the_library(name: str) -> None:
    scenario = parse(begun("my_case", like=name), path="my_case.toml")
    known = load(name)
    assert (scenario.id, scenario.title) == ("my_case", f"{known.title} (my_case)")
    for language, said in known.translation.items():
        title = {scenario.title: f"{said[known.title]} (my_case)"}
        rest = {text: words for text, words in said.items() if text != known.title}
        assert scenario.translation[language] == rest | title
    others = {"id", "title", "translation"}
    assert scenario.model_dump(exclude=others) == known.model_dump(exclude=others)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["My Case!"], '"My Case!" cannot be a scenario\'s name: a small letter, then'),
        (["My Case!"], "Try 'my_case'."),
        (["pelvis"], "'pelvis' is a scenario of the library"),
        (["there"], "there.toml is there already. Take another name, another folder with --into"),
        (["mine", "--like", "pelvys"], "Did you mean 'pelvis'?"),
        (["mine", "--into", "there.toml"], "Choose another folder with --into."),
    ],
)
def test_what_cannot_be_begun_names_the_way_out(tw: Any, words: list[str], told: str) -> None:
    Path("there.toml").write_text("mine")
    done = tw("new", "scenario", *words)
    assert done.exit_code == 3
    assert told in done.stderr
    assert Path("there.toml").read_text() == "mine"


def test_only_force_writes_over_a_file(tw: Any) -> None:
    Path("there.toml").write_text("mine")
    assert tw("new", "scenario", "there", "--force").exit_code == 0
    assert 'id = "there"' in Path("there.toml").read_text()


def test_check_explains_what_a_scenario_will_do(tw: Any) -> None:
    tw("new", "scenario", "my_case")
    told = tw("check", "my_case.toml", "--explain").stdout
    assert "Man of 30, 70 kg. With rescuer assistant." in told
    assert "  -02:00  injury    Wound of the left thigh (bleed: " in told
    assert "   11:30  rescuer   apply tourniquet (left thigh)\n" in told
    assert "HAE-02 must come by 16:00 (in forgotten)" in told


# -- the draft -------------------------------------------------------------------------------------


def test_a_wrong_value_is_kept_told_at_its_place_and_can_be_undone() -> None:
    draft = Draft(Path("x.toml"), TEXTS["pelvis"])
    draft.edit([Edit(do="put", place=["patient", "weight_kg"], value="eighty")])
    draft.edit([Edit(do="put", place=["event", 3, "with"], toml="{ broken = ")])
    data = draft.data()
    assert data is not None
    assert data["patient"]["weight_kg"] == "eighty"
    assert data["event"][3]["with"] == "{ broken ="
    found = {p.place: str(p) for p in draft.problems()}
    assert "must be a number; it is 'eighty'" in found["patient", "weight_kg"]
    assert "must be a table" in found["event", 3, "with"]
    draft.undo()
    draft.undo()
    assert draft.text == TEXTS["pelvis"]
    assert draft.problems() == []
    draft.redo()
    assert draft.data()["patient"]["weight_kg"] == "eighty"  # type: ignore[index]


def test_one_entry_may_have_several_problems_and_each_is_told() -> None:
    text = TEXTS["pelvis"].replace("flow_ml_min = 55", 'flow_ml_min = "sixty"')
    draft = Draft(Path("x.toml"), text.replace("ais = 3", "ais = 9", 1))
    assert {p.place for p in draft.problems()} == {
        ("injury", 0, "ais"),
        ("injury", 0, "flow_ml_min"),
    }


def test_what_is_odd_is_told_where_nothing_is_wrong() -> None:
    draft = Draft(Path("x.toml"), TEXTS["pelvis"])
    assert draft.remarks() == []
    draft.edit([Edit(do="put", place=["injury", 0, "flow_ml_min"], value=8000)])
    (remark,) = draft.remarks()
    assert remark.place == ("injury", 0, "flow_ml_min")


def test_a_problem_that_only_a_branch_has_names_the_branch() -> None:
    change = 'change = { tourniquet = { at = "25:00" } }'
    text = begun("case").replace('remove = ["tourniquet"]', change)
    (problem,) = Draft(Path("x.toml"), text).problems()
    assert problem.endswith("it lies after the end (20:00). So it is in branch 'forgotten'.")
    assert problem.place == ("event", 7, "at")


def test_a_text_that_is_not_toml_is_kept_with_the_line_that_is_wrong() -> None:
    draft = Draft(Path("x.toml"), TEXTS["pelvis"])
    draft.write(TEXTS["pelvis"].replace("ends =", "ends", 1))
    assert draft.data() is None
    assert "this is not TOML" in draft.problems()[0]
    with pytest.raises(AuthoringError, match="mend it there first"):
        draft.edit([Edit(do="put", place=["title"], value="x")])
    draft.undo()
    assert draft.problems() == []


def test_of_several_edits_all_are_made_or_none() -> None:
    draft = Draft(Path("x.toml"), TEXTS["pelvis"])
    good = Edit(do="put", place=["title"], value="Other")
    with pytest.raises(AuthoringError, match="no entry event 900"):
        draft.edit([good, Edit(do="remove", place=["event", 899])])
    assert draft.text == TEXTS["pelvis"]


def test_a_file_that_somebody_else_changed_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text(begun("case"))
    file.chmod(0o640)
    draft = Draft.open(file)
    draft.edit([Edit(do="put", place=["title"], value="Mine")])
    mine = draft.text
    file.write_text(begun("case", title="Theirs"))
    assert draft.on_disk() == "changed"
    with pytest.raises(StaleError, match="changed by somebody else"):
        draft.save()
    assert 'title = "Theirs"' in file.read_text()
    draft.reload()
    assert 'title = "Theirs"' in draft.text
    draft.undo()
    assert draft.text == mine
    draft.save()  # the file is known again
    assert file.read_text() == mine
    assert file.stat().st_mode & 0o777 == 0o640
    file.unlink()
    assert draft.on_disk() == "gone"
    draft.save()
    assert file.read_text() == mine
    assert list(tmp_path.iterdir()) == [file]


def test_a_scenario_of_the_library_is_saved_under_another_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    draft = Draft.open(reading.path_of("crash"))
    draft.edit([Edit(do="put", place=["title"], value="Mine")])
    with pytest.raises(AuthoringError, match="belongs to the library"):
        draft.save()
    with pytest.raises(AuthoringError, match="is a scenario of the library"):
        draft.save(name="pelvis")
    with pytest.raises(AuthoringError, match="cannot be a scenario's name"):
        draft.save(name="../mine")
    draft.save(name="mine")
    assert load("mine.toml").title == "Mine"
    assert not draft.is_library
    assert reading.path_of("crash").read_text("utf-8") == TEXTS["crash"]
    other = Draft.open(reading.path_of("crash"))
    with pytest.raises(AuthoringError, match=r"mine.toml is there already"):
        other.save(name="mine")


def test_what_was_never_saved_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text(begun("case"))
    draft = Draft.open(file)
    assert draft.put_aside() is None
    draft.write("half a tho")
    aside = draft.put_aside()
    assert aside == tmp_path / "case.draft.toml"
    assert aside.read_text() == "half a tho"
    assert file.read_text() == begun("case")


# -- the vocabulary --------------------------------------------------------------------------------


def test_each_value_of_the_library_has_a_control_that_knows_it() -> None:
    """What stands in the library can be chosen: fields, kinds, operations and their arguments."""
    for text in TEXTS.values():
        data = tomllib.loads(text)
        words = vocabulary(data)
        assert {*data["patient"].get("body", {})} <= {row["key"] for row in words["body"]}
        for table in ("event", "respond", "trigger", "expect", "course", "finding", "branch"):
            known = {row["key"] for row in words["tables"][table]}
            known |= {"event", "respond", "expect", "injury", "course", "finding", "trigger"}
            for row in data.get(table, []):
                assert set(row) <= known, row
                do = row.get("do") or row.get("action") or ""
                if not do:
                    continue
                twin, _, name = do.partition(".")
                operation = words["kinds"][words["twins"][twin]]["operations"][name]
                arguments = {a["key"]: a for a in operation["arguments"]}
                for key, value in row.get("with", {}).items():
                    assert not arguments[key]["choices"] or value in arguments[key]["choices"]
        for row in data["injury"]:
            own = {field["key"] for field in words["injuries"][row["kind"]]["fields"]}
            assert set(row) <= own | {field["key"] for field in words["tables"]["injury"]}


def test_people_and_things_of_a_draft_can_be_chosen_whatever_else_is_wrong() -> None:
    text = TEXTS["pelvis"] + '\n[[person]]\nid = "priest"\n[[person]]\nid = "x"\nrole = "king"\n'
    data = tomllib.loads(text.replace("weight_kg", "weight"))
    words = vocabulary(data)
    assert "priest" in words["lists"]["people"]
    assert "x" not in words["lists"]["people"]
    assert words["twins"]["priest"] == "person"
    assert vocabulary(None)["lists"]["people"]["nurse"] == "Nurse"


# -- the preview -----------------------------------------------------------------------------------


@pytest.mark.wall_time
async def test_a_preview_shows_the_true_body_and_what_happens_and_can_be_stopped() -> None:
    simulator = Simulator()
    order: dict[str, Any] = {"branch": "default", "minutes": 14, "team": True, "agents": True}
    try:
        text = begun("case")
        first = asyncio.create_task(simulator.ask({**order, "text": text}))
        await asyncio.sleep(0)  # it waits for the process to be there
        told = await simulator.ask({**order, "text": text})
        with pytest.raises(StoppedError):
            await first
        assert told["at"][-1] == told["ends_s"] == 840
        assert len(told["at"]) == len(told["curves"]["sbp"]) <= 602
        bled = told["curves"]["bled_ml"]
        assert bled[0] < bled[600] == pytest.approx(bled[-1], abs=80)
        marks = [(m["kind"], m["text"]) for m in told["marks"]]
        assert marks[0] == ("injury", "Wound of the left thigh")
        assert ("action", "tourniquet, left thigh") in marks
        worse = text.replace("flow_ml_min = 60", "flow_ml_min = 160")
        alone = await simulator.ask({**order, "text": worse, "team": False, "minutes": 999})
        assert alone["ends_s"] == 1200
        assert alone["pulse"] is False
        assert {m["kind"] for m in alone["marks"]} == {"injury"}
        long = asyncio.create_task(simulator.ask({**order, "text": TEXTS["pelvis"], "minutes": 75}))
        other = asyncio.create_task(simulator.ask({**order, "text": text, "minutes": 2}))
        with pytest.raises(StoppedError):  # the last one that was asked for counts
            await long
        assert (await other)["ends_s"] == 120
        with pytest.raises(AuthoringError, match="no branch 'nothing'"):
            await simulator.ask({**order, "text": text, "branch": "nothing"})
    finally:
        await simulator.close()

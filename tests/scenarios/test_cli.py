"""The command line, through its front door; the agents' part is played by an advisor."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from scenarios import doctor, session
from scenarios.cli import app
from scenarios.schema import Scenario
from tests.scenarios.stage import HEAD, Performed, perform, show

CASE = (
    HEAD.replace('"20:00"', '"08:00"')
    + """
[[expect]]
alert = "HAE-01"
by = "05:00"
[[branch]]
name = "strict"
[[branch.expect]]
alert = "TRI-01"
by = "05:00"
[[event]]
at = "01:00"
by = "rescuer"
do = "ambulance_monitor.attach"
with = { patient = "patient" }
"""
)
Tw = Callable[..., Result]


@pytest.fixture
def tw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tw:
    """Runs `traumatwin` in an empty folder that holds `case.toml`."""

    def played(scenario: Scenario, *, seed: int, progress: Any, **_: object) -> Performed:
        progress(0.0)
        return perform(scenario, seed=seed, noise=1.0, advice=[show(200, "HAE-01", "high")])

    monkeypatch.setattr(session, "run", played)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text(CASE)

    def call(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return call


def test_a_run_leaves_its_folder_and_exits_0_when_the_expectations_hold(
    tw: Tw, tmp_path: Path
) -> None:
    result = tw("run", "case.toml")
    assert result.exit_code == 0
    assert "Expectations: 1 of 1 met." in result.stdout
    assert result.stderr == ""
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.endswith("-case")
    assert sorted(p.name for p in folder.iterdir()) == [
        "journal.sqlite",
        "report.html",
        "report.json",
        "scenario.toml",
        "summary.json",
    ]
    assert (folder / "scenario.toml").read_text() == CASE


def test_a_run_as_json_is_one_object_also_when_expectations_are_not_met(
    tw: Tw, tmp_path: Path
) -> None:
    result = tw("run", "case.toml", "--branch", "strict", "--json", "--seed", "5")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert list(found)[:6] == ["scenario", "branch", "seed", "run", "wall_s", "simulated_s"]
    assert (found["scenario"], found["branch"], found["seed"]) == ("case", "strict", 5)
    assert found["simulated_s"] == 480
    assert Path(found["run"]).is_absolute()
    assert found["outcome"]["alive"] is True
    (alert,) = found["alerts"]
    assert alert["rule"] == "HAE-01"
    assert alert["priority"] == "high"
    assert round(alert["raised_s"]) == 200
    assert alert["cleared_s"] is None
    assert alert["acknowledged_s"] is None
    assert "why" in alert
    assert [j["subject"] for j in found["expectations"]["met"]] == ["HAE-01"]
    assert [j["subject"] for j in found["expectations"]["missed"]] == ["TRI-01"]
    assert found["expectations"]["violated"] == []
    assert json.loads((Path(found["run"]) / "summary.json").read_text()) == found


def test_quiet_says_nothing(tw: Tw) -> None:
    result = tw("run", "case.toml", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_a_second_run_in_the_same_second_gets_a_number(tw: Tw, tmp_path: Path) -> None:
    from scenarios.runs import new_folder

    names = {new_folder(tmp_path / "kept", "case").name for _ in range(4)}
    assert len(names) == 4
    assert any(name.endswith("-case-2") for name in names)


def test_the_same_seed_leaves_the_same_journal_byte_for_byte(tw: Tw, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        tw("run", "case.toml", "--runs", folder)
    tw("run", "case.toml", "--runs", "three", "--seed", "99")
    one, two, three = (
        next((tmp_path / f).glob("*/journal.sqlite")).read_bytes() for f in ("one", "two", "three")
    )
    assert one == two
    assert one != three
    assert tmp_path.name.encode() not in one


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("run",), 2, "name a scenario"),
        (("run", "case.toml", "--sped", "3"), 2, "No such option"),
        (("run", "case.toml", "--speed", "100"), 2, "less than or equal to 60"),
        (("run", "case.toml", "--transport", "pigeon"), 2, "choose container or xmpp"),
        (("run", "pelvys"), 3, "No scenario 'pelvys', and no such file. Did you mean 'pelvis'?"),
        (("run", "case.toml", "--branch", "strikt"), 3, "no branch 'strikt'. Did you mean"),
        (("run", "case.toml", "--plans", "nowhere"), 3, "nowhere: there is no folder of plans"),
        (("report", "nowhere"), 3, "No run 'nowhere', neither as a folder nor in runs."),
        (("report", "last"), 3, "There is no run in runs yet."),
        (("why", "nowhere", "HAE-01"), 3, "No run 'nowhere'"),
        (("check", "pelvys"), 3, ""),
        (("run", "case.toml", "--runs", "case.toml"), 4, "case.toml cannot be written"),
    ],
)
def test_what_is_wrong_has_its_exit_code_and_its_words(
    tw: Tw, words: tuple[str, ...], code: int, told: str
) -> None:
    result = tw(*words)
    assert result.exit_code == code
    assert told in result.stderr.replace("\n", " ")


def test_a_broken_scenario_exits_3_with_every_problem(tw: Tw, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        CASE.replace("take_call", "take_cal").replace("HAE-01", "XYZ-01")
    )
    result = tw("run", "bad.toml")
    assert result.exit_code == 3
    assert "bad.toml:16: event 1 (at 00:05): unknown operation 'central_unit.take_cal'" in (
        result.stderr
    )
    assert "no rule 'XYZ-01'" in result.stderr
    assert not (tmp_path / "runs").exists()


def test_an_interrupted_run_exits_130(tw: Tw, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "run", interrupted)
    result = tw("run", "case.toml")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted.\n"
    assert list(Path("runs").iterdir()) == []


def test_a_missing_package_exits_4(tw: Tw, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'spade'")

    monkeypatch.setattr(session, "run", missing)
    result = tw("run", "case.toml")
    assert result.exit_code == 4
    assert "No module named 'spade'. `traumatwin doctor` says what to install." in result.stderr


def test_a_defect_of_ours_is_not_taken_for_unmet_expectations(
    tw: Tw, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(session, "run", broken)
    result = tw("run", "case.toml")
    assert result.exit_code == 70
    assert "ZeroDivisionError" in result.stderr


# -- a finished run --------------------------------------------------------------------------------


@pytest.fixture
def folder(tw: Tw) -> Path:
    return Path(json.loads(tw("run", "case.toml", "--json").stdout)["run"])


def test_a_report_is_written_anew_from_the_folder_alone(tw: Tw, folder: Path) -> None:
    page = (folder / "report.html").read_text()
    (folder / "report.html").unlink()
    (folder.parent.parent / "case.toml").unlink()
    for name in (str(folder), folder.name, "last"):
        result = tw("report", name)
        assert result.exit_code == 0
        assert (folder / "report.html").read_text() == page


def test_the_journal_as_lines_and_the_report_as_json(tw: Tw, folder: Path) -> None:
    lines = tw("report", "last", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    found = json.loads(tw("report", "last", "--json").stdout)
    assert found["_id"].startswith("rep-")


def test_why_walks_back_and_knows_its_alerts(tw: Tw, folder: Path) -> None:
    result = tw("why", "last", "HAE-01")
    assert result.exit_code == 0
    assert "03:20 rescuer_tablet shows HAE-01 (high): HAE-01" in result.stdout
    assert "advisor asks rescuer_tablet to show" in result.stdout
    found = json.loads(tw("why", "last", "HAE-01@04:00", "--json").stdout)
    assert found["alert"] == "HAE-01"
    assert found["why"][0]["because"][0]["kind"] == "request"
    unknown = tw("why", "last", "HAE-02")
    assert unknown.exit_code == 3
    assert "This run shows no alert 'HAE-02'. Did you mean 'HAE-01'?" in unknown.stderr


def test_an_edited_journal_is_found(tw: Tw, folder: Path) -> None:
    assert "none altered" in tw("verify", "last").stdout
    database = sqlite3.connect(folder / "journal.sqlite")
    with database:
        database.execute("update change set value = 'false' where seq = 40")
    database.close()
    for words in (("verify", "last"), ("report", "last"), ("why", "last", "HAE-01")):
        result = tw(*words)
        assert result.exit_code == 3
        assert "The journal was altered at or before change 40" in result.stderr


def test_a_folder_without_its_summary_is_no_run(tw: Tw, folder: Path) -> None:
    (folder / "summary.json").unlink()
    result = tw("report", folder.name)
    assert result.exit_code == 3
    assert "is not a complete run" in result.stderr


# -- list, check, doctor ---------------------------------------------------------------------------


def test_the_list_names_every_scenario_with_its_branches(tw: Tw) -> None:
    rows = {r["name"]: r for r in json.loads(tw("list", "--json").stdout)["scenarios"]}
    assert set(rows) >= {"pelvis", "tension", "apixaban", "crash"}
    assert "no_binder" in rows["pelvis"]["branches"]
    assert "pelvis" in tw("list").stdout


def test_a_check_tells_what_is_wrong_in_any_branch(tw: Tw, tmp_path: Path) -> None:
    assert tw("check", "case.toml").stdout == "ok       scenario case.toml\n"
    (tmp_path / "case.toml").write_text(CASE.replace("TRI-01", "TRI-99"))
    result = tw("check", "case.toml")
    assert result.exit_code == 3
    assert "problem  case.toml:25: branch 1, expect 1: no rule 'TRI-99'." in result.stdout
    found = json.loads(tw("check", "case.toml", "--json").stdout)
    assert found["ok"] is False


def test_a_broken_plan_is_found_by_the_check(tw: Tw, tmp_path: Path) -> None:
    for text, told in (
        ("@p +!go <- .print(1\n", "mine.asl:"),
        ("@p +!go <- .prnt(1).\n", "mine.asl:1: plan 'p' calls .prnt/1: unknown action"),
    ):
        (tmp_path / "mine.asl").write_text(text)
        result = tw("check", "mine.asl")
        assert result.exit_code == 3
        assert told in result.stdout


def test_the_doctor_finds_this_machine_ready(tw: Tw) -> None:
    result = tw("doctor", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["ready"] is True
    assert {f["what"] for f in found["findings"]} >= {
        "Python",
        "package spade",
        "package agents is ours",
        "loopback port",
        "runs folder",
    }


def test_the_doctor_says_what_to_do(
    tw: Tw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    result = tw("doctor", "--runs", "case.toml")
    assert result.exit_code == 4
    assert "MEND package agents is ours" in result.stdout
    assert "MEND runs folder: case.toml" in result.stdout
    assert "Choose another with --runs or TRAUMATWIN_RUNS." in result.stdout


def test_the_runs_folder_can_be_set_for_a_site(
    tw: Tw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAUMATWIN_RUNS", str(tmp_path / "elsewhere"))
    tw("run", "case.toml", "--quiet")
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


def test_a_wrong_setting_is_wrong_usage(tw: Tw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAUMATWIN_LOG", "loud")
    result = tw("run", "case.toml")
    assert result.exit_code == 2
    assert "TRAUMATWIN_LOG: Input should be 'debug', 'info', 'warning' or 'error'" in result.stderr


def test_a_shell_completes_the_names_of_scenarios() -> None:
    asked = {"COMP_WORDS": "traumatwin run pel", "COMP_CWORD": "2"}
    result = CliRunner().invoke(
        app, prog_name="traumatwin", env={"_TRAUMATWIN_COMPLETE": "complete_bash", **asked}
    )
    assert result.stdout.split() == ["pelvis"]


def test_the_command_line_starts_without_its_heavy_libraries() -> None:
    heavy = "{'spade', 'sqlalchemy', 'pydantic', 'jinja2', 'aiohttp', 'lark', 'structlog'}"
    code = f"import sys, scenarios.cli; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("command", ["run", "list", "check", "report", "why", "doctor", "verify"])
def test_every_command_documents_the_exit_codes(tw: Tw, command: str) -> None:
    words = " ".join(tw(command, "--help").stdout.replace("│", " ").split())
    assert "1 expectations not met; 2 wrong usage" in words


def test_a_token_is_shown_once_and_kept_as_a_hash(tw: Tw, tmp_path: Path) -> None:
    kept = tmp_path / "tokens.json"
    issued = tw("token", "leo", "trauma_leader", "--tokens", str(kept))
    assert issued.exit_code == 0
    secret = issued.stdout.strip()
    assert len(secret) >= 40
    assert secret not in kept.read_text("utf-8")
    assert kept.stat().st_mode & 0o077 == 0
    revoked = tw("token", "leo", "trauma_leader", "--tokens", str(kept), "--revoke")
    assert "1 tokens of leo revoked" in revoked.stderr
    unknown = tw("token", "leo", "surgeon", "--tokens", str(kept))
    assert unknown.exit_code == 3
    assert "trauma_leader" in unknown.stderr


def test_agents_without_a_world_say_so_and_end_with_4(tw: Tw) -> None:
    done = tw("agents", "--world", "http://127.0.0.1:9")
    assert done.exit_code == 4
    assert "Is it running, and is this its address?" in done.stderr


def test_a_world_does_not_listen_beyond_this_machine_without_tokens(tw: Tw) -> None:
    done = tw("world", "pelvis", "--host", "0.0.0.0", "--port", "0")
    assert done.exit_code == 4
    assert "Give each participant a token" in done.stderr

"""Tools for plan authors: coverage, tests as plans under pytest, the fixture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.actions import registry as our_actions
from agents.bdi import Atom, Call, Message, action
from agents.bdi.__main__ import main
from agents.bdi.actions import Actions
from agents.bdi.coverage import Coverage, CoveredAgent
from agents.bdi.manual import manual
from agents.bdi.plan_tests import is_test, run_test, with_assertions
from agents.bdi.program import Program
from agents.bdi.pytest_plugin import Bench
from scenarios.cli import app
from tests.agents.bdi.harness import Stage, registry
from tests.agents.bdi.random_programs import program as random_program

COUNTED = """!s.
hr(120).
@start +!s <- !check(80); !check(95); !check(85); !odd.
@low +!check(V) : V < 90 & hr(H) & H > V <- .print(low, V).
@fine +!check(_).
@never +!nobody : hr(_) <- .print(never).
@odd +!odd <- .fail.
@odd_failed -!odd <- .print(failed).
@spare -!check(_) <- .print(spare).
"""


def covered(text: str) -> tuple[Coverage, list[str]]:
    coverage = Coverage()
    stage = Stage()
    plain = stage.add("agt", text)
    stage.agents["agt"] = CoveredAgent(
        "agt",
        plain.program,
        coverage=coverage,
        now=lambda: stage.time,
        random=plain.random,
        printer=stage.lines.append,
    )
    return coverage, stage.settle()


def test_coverage_counts_plans_conditions_and_steps() -> None:
    coverage, lines = covered(COUNTED)
    assert lines == ["low80", "low85", "failed"]
    plans = {row["plan"]: row for row in coverage.as_json()}
    low = plans["low"]
    assert (low["considered"], low["relevant"], low["applicable"]) == (3, 3, 2)
    assert (low["finished"], low["failed"]) == (2, 0)
    assert low["conditions"] == [
        {"condition": "(V < 90)", "true": 2, "false": 1},
        {"condition": "hr(H)", "true": 2, "false": 0},
        {"condition": "(H > V)", "true": 2, "false": 0},
    ]
    assert low["steps"] == [{"line": 4, "step": ".print(low,V)", "count": 2}]
    assert plans["never"]["considered"] == 0
    assert (plans["odd"]["failed"], plans["odd"]["finished"]) == (1, 0)
    assert plans["odd_failed"]["finished"] == 1


def test_coverage_as_a_table_and_as_marks_says_what_never_ran() -> None:
    coverage, _ = covered(COUNTED)
    table = coverage.table()
    assert "never false: hr(H)" in table
    assert "5 of 7 plans ran" in table
    assert "recovery plans that never ran: spare" in table
    marks = coverage.marks().splitlines()
    assert marks[4].startswith("      2 | @low")
    assert marks[6].startswith("  never | @never")


@pytest.mark.parametrize("seed", range(8))
def test_coverage_changes_nothing_that_a_program_does(seed: int) -> None:
    text = random_program(seed)
    stage = Stage(compile_after=0)
    stage.add("agt", text)
    assert covered(text)[1] == stage.settle()


def test_plans_inside_plans_are_covered_too() -> None:
    coverage, _ = covered("!g. @g +!g <- !h; !h. { @h +!h <- .print(h). }")
    counts = {row["plan"]: row["applicable"] for row in coverage.as_json()}
    assert counts == {"g": 1, "h": 2}


def test_the_command_line_writes_coverage(tmp_path: Path) -> None:
    file = tmp_path / "p.asl"
    file.write_text("!s.\n@s +!s.\n@t[test] +!t <- .assert(true).\n", encoding="utf-8")
    assert main([str(file), "--coverage", str(tmp_path / "c.json")]) == 0
    rows = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert [(r["plan"], r["finished"]) for r in rows] == [("s", 1), ("t", 0)]
    assert main(["test", str(file), "--coverage", str(tmp_path / "c.txt")]) == 0
    assert "2 of 2 plans ran" in (tmp_path / "c.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (".assert_equals(1, 2)", "assertion: 1 is not 2"),
        (".assert_added(p(1))", "not believed"),
        (".assert(p(1))", "not true"),
        ("!nowhere", "no_relevant"),
        (".wait(false)", "not at its end after 3600 s"),
        ("while (true) { X = 1 }", "not at its end after 1000000 cycles"),
    ],
)
def test_a_test_that_fails_or_never_ends_says_why(
    body: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.bdi.plan_tests._MOST_CYCLES", 30_000)
    program = Program.parse(f"@t[test] +!t <- {body}.")
    (plan,) = [p for p in program.plans if is_test(p)]
    said = run_test(program, plan, with_assertions(Actions.standard()))
    assert why.replace("1000000", "30000") in said


def test_the_fixture_runs_agents_and_gives_lines_beliefs_and_trace(asl: Bench) -> None:
    agent = asl.load("@low +sbp(V) : V < 90 <- +low(V); .send(bob, tell, low(V)).")
    bob = asl.load("@heard +low(V)[source(S)] <- .wait(1000); .print(S, V).", "bob")
    agent.percept("sbp", ("sbp", (82,), ()), cause=41)
    bob.receive(Message("carol", "tell", "low(70)"))
    assert asl.settle() == ["carol70", "agt82"]
    assert agent.beliefs("low(_)") == ["low(82)[source(self)]"]
    assert [r["step"] for r in asl.trace if r["kind"] == "belief"] == ["+low(82)"]


@action(".weigh")
async def weigh(call: Call, what: Atom, times: int = 1) -> float:
    """How heavy something is, in kg."""
    return 1.0


def test_the_manual_gives_signature_docstring_and_place_of_an_action() -> None:
    entry = next(e for e in manual(registry(weigh)) if e.name == ".weigh")
    assert entry.signature == ".weigh(what: name, [times: whole number], [Result])"
    assert entry.text().splitlines() == [
        entry.signature + "  (a step only, never in a context)",
        "    How heavy something is, in kg.",
    ]
    assert not entry.standard
    assert {e.signature for e in manual(registry())} >= {".nth/3", ".print/0..", ".wait/1..3"}


def test_every_action_that_plans_may_call_says_what_it_does() -> None:
    assert [e.name for e in manual(our_actions()) if not e.doc] == []


def test_the_command_shows_our_actions_one_or_the_nearest() -> None:
    runner = CliRunner()
    shown = runner.invoke(app, ["actions"]).output
    assert ".invoke(twin: name, operation, [Result])" in shown
    assert ".print/" not in shown
    assert ".print/0.." in runner.invoke(app, ["actions", "print"]).output
    (row,) = json.loads(runner.invoke(app, ["actions", "invoke", "--json"]).stdout)["actions"]
    assert row["waits"] is True
    wrong = runner.invoke(app, ["actions", "nvoke"])
    assert (wrong.exit_code, "Did you mean '.invoke'?" in wrong.output) == (3, True)

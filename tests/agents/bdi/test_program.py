"""Reading programs: syntax complaints, lint, includes, directives, reloading, command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents.bdi import Actions, Program, term_text
from agents.bdi.__main__ import main
from agents.bdi.syntax import parse_term
from agents.errors import PlanSyntaxError, ProgramError
from tests.agents.bdi.harness import Stage, play, with_goal
from tests.agents.bdi.random_programs import program as random_program

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("+!g <- .print(a)\n+!h.", "t.asl:2:2", "may be missing"),
        ("p(1).q(2).", "t.asl:1:5", "Put a blank"),
        ('x("abc).', "t.asl:1:3", "does not end on its line"),
        ("+!g <- a & b.", "t.asl:1:8", "Did you mean '?(a & b)'?"),
        ("+!g <- ?.member(a,b).", "t.asl:1:8", "Did you mean '.member(a,b)'?"),
        ("+!g <- +.print.", "t.asl:1:8", "internal action"),
        ("+!g : not not p.", "t.asl:1:11", "expected"),
        ('+!g <- .print("\\q").', "t.asl:1", "unknown escape"),
        ("+!g <- X = ", "t.asl:1:12", "the end of the text"),
        ("+!g <- 2 ^ 3 = X.", "t.asl:1", "Did you mean '**'?"),
    ],
)
def test_a_syntax_error_says_where_and_what_was_expected(text: str, place: str, words: str) -> None:
    with pytest.raises(PlanSyntaxError) as caught:
        Program.parse(text, file="t.asl")
    assert str(caught.value).startswith(place)
    assert words in str(caught.value)


def test_a_label_used_twice_is_a_load_error_that_names_both_places() -> None:
    with pytest.raises(ProgramError, match=r"t\.asl:2:1: the label 'a' is used twice.*t\.asl:1"):
        Program.parse("@a +!x.\n@a +!y.", file="t.asl")


def test_an_unknown_directive_is_a_load_error_with_the_nearest_name() -> None:
    with pytest.raises(ProgramError, match="Did you mean 'include'"):
        Program.parse('{ inclde("x.asl") }')


def codes(text: str) -> list[tuple[str, int]]:
    return [(p.code, p.line) for p in Program.parse(text, file="t.asl").check(Actions.standard())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a +!x <- .prnt(1).", [("unknown_action", 1)]),
        ("@a +!x <- .nth(1).", [("wrong_arity", 1)]),
        ("@a +!x <- print(1).", [("unknown_action", 1)]),
        ("+!x <- true.", [("unlabelled_plan", 1)]),
        ("@a +!x <- true;\n !yy. @b +!yz.", [("goal_without_plan", 2)]),
        ("@a +!x.\n@b +!x : p.", [("never_reached", 2)]),
        ("@a +!x.\n@b -!x : p.", [("conditional_recovery", 2)]),
        ("@a +!x.\n@b -!x[error_msg(_M)].", []),
        ("@a +!x(Y) <- .print(Z, Y, Z).\n@b +!y(Z).", [("variable_once", 2)]),
        ("@a +!x : .wait(3).", [("action_in_context", 1)]),
        ("// lint: ok unlabelled_plan\n+!x.", []),
        ("@a +!x <- N = math.max(1,2) + .length([1]); .print(N).", []),
        ("@a +!x(Y) <- !z. { @b +!z <- .print(Y). }", []),
        ("@a +!x <- true. { @b +!z <- !yy. }", [("goal_without_plan", 1)]),
    ],
)
def test_lint_finds_what_would_go_wrong(text: str, expected: list[tuple[str, int]]) -> None:
    assert codes(text) == expected


def test_lint_proposes_the_nearest_action() -> None:
    (problem,) = Program.parse("@a +!x <- .invok(a).", file="t.asl").check(Actions.standard())
    assert "unknown action .invok/1" in problem.message
    (problem,) = Program.parse("@a +!x <- .prin(a).", file="t.asl").check(Actions.standard())
    assert "Did you mean '.print'?" in problem.message


def test_an_included_file_is_found_beside_its_includer(tmp_path: Path) -> None:
    (tmp_path / "alerts").mkdir()
    (tmp_path / "main.asl").write_text('{ include("alerts/shock.asl") }\n!s.\n', encoding="utf-8")
    (tmp_path / "alerts" / "shock.asl").write_text(
        '{ include("deep.asl") }\n+!s <- !deep.', encoding="utf-8"
    )
    (tmp_path / "alerts" / "deep.asl").write_text("@deep +!deep <- .print(deep).", encoding="utf-8")
    loaded = Program.load(tmp_path / "main.asl")
    assert {p.label: p.file for p in loaded.plans} == {
        "deep": "deep.asl",
        "p__1": "alerts/shock.asl",
    }


def test_a_running_agent_takes_up_a_file_with_its_beliefs_goals_and_namespace(
    tmp_path: Path,
) -> None:
    part = tmp_path / "part.asl"
    part.write_text("seen(1).\n!start.\n@st +!start : seen(X) <- .print(started, X).\n", "utf-8")
    path = part.as_posix()
    text = f'+!s <- .include("{path}"{{ns}}); .wait(10); ?{{prefix}}seen(X); .print(X).'
    for ns, prefix in (("", ""), (", ward", "ward::")):
        program = with_goal(text.format(ns=ns, prefix=prefix))
        assert play(program) == ["started1", "1"]
    lost = with_goal(text.format(ns=", ward", prefix="") + "\n-!s <- .print(elsewhere).")
    assert play(lost) == ["started1", "elsewhere"]


def test_the_linter_is_told_of_a_hosts_actions_by_their_module(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.asl"
    file.write_text("@a +!x <- .clock_text(10, T); .print(T).\n", "utf-8")
    assert main(["check", str(file)]) == 1
    assert "clock_text" in capsys.readouterr().out
    assert main(["check", "--actions", "agents.actions", str(file)]) == 0
    assert main(["check", "--actions", "agents.acts", str(file)]) == 3
    assert "Name a module with a function registry()" in capsys.readouterr().err


def test_a_file_is_read_again_only_when_it_or_an_include_changes(tmp_path: Path) -> None:
    main_file, included = tmp_path / "main.asl", tmp_path / "part.asl"
    main_file.write_text('{ include("part.asl") }', encoding="utf-8")
    included.write_text("@a +!a.", encoding="utf-8")
    first = Program.load(main_file)
    assert Program.load(main_file) is first
    included.write_text("@a +!a. @b +!b.", encoding="utf-8")
    assert [p.label for p in Program.load(main_file).plans] == ["a", "b"]


def test_a_missing_include_names_the_nearest_file(tmp_path: Path) -> None:
    (tmp_path / "main.asl").write_text('{ include("alrts.asl") }', encoding="utf-8")
    (tmp_path / "alerts.asl").write_text("", encoding="utf-8")
    with pytest.raises(ProgramError, match=r"Did you mean 'alerts\.asl'"):
        Program.load(tmp_path / "main.asl")


def test_a_namespace_keeps_plans_and_beliefs_apart() -> None:
    lines = play(
        "v(1). { begin namespace(m) } v(2). +!show : v(X) <- .print(X). { end }"
        " !s. +!s : v(X) <- .print(X); !m::show."
    )
    assert lines == ["1", "2"]


def test_a_registered_function_stands_where_a_number_may() -> None:
    lines = play(
        '{ register_function("my.twice", 1, "twice") } twice(X, X*2).'
        " !s. +!s <- .print(my.twice(4) + 1)."
    )
    assert lines == ["9"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("dg(g)", ["try1", "true"]),
        ("bdg(g)", ["try1", "try1", "true"]),
    ],
)
def test_a_declarative_goal_pattern(pattern: str, expected: list[str]) -> None:
    first = "bdg" in pattern
    lines = play(
        f"{{ begin {pattern} }} +!g : {'tried & ' if first else ''}true"
        " <- .print(try1); +g. +!g <- .print(try1); +tried."
        " { end } !s. +!s <- !g; .print(true)."
    )
    assert lines == expected


OLD = """low(90).
!s.
@a +!s <- .wait(1000); !show.
@b +!show : low(X) <- .print(old, X).
@c +!gone."""
NEW = """low(80).
!s.
@a +!s <- .print(never).
@b +!show : low(X) <- .print(new, X).
@d +!come."""


def test_a_reload_replaces_plans_and_keeps_intentions_and_beliefs() -> None:
    stage = Stage()
    agent = stage.add("agt", OLD + "\n@e +plans_changed(_, A, R, C) <- .print(A, R, C).")
    agent.add_belief("seen(1)")
    agent.run()
    changes = agent.reload(Program.parse(NEW, file="agt.asl"))
    assert (changes.added, changes.removed, changes.replaced) == (("d",), ("c", "e"), ("a", "b"))
    assert stage.settle() == ["new80"]
    assert agent.query("seen(X)") == [{"X": 1}]


def test_a_reload_reaches_rules_inside_compiled_plans() -> None:
    text = "v(5). low(X) :- v(X) & X < {}. @t +!t : low(X) <- .print(X). @n +!t <- .print(none)."
    stage = Stage(compile_after=1)
    agent = stage.add("agt", text.format(9))
    for limit in (9, 3, 9):
        agent.reload(Program.parse(text.format(limit), file="agt.asl"))
        agent.achieve("t")
    assert stage.settle() == ["5", "5", "5"]
    agent.reload(Program.parse(text.format(3), file="agt.asl"))
    agent.achieve("t")
    assert stage.settle()[3:] == ["none"]


def test_a_reload_can_be_taken_back() -> None:
    stage = Stage()
    agent = stage.add("agt", OLD)
    old = agent.program
    agent.reload(Program.parse(NEW, file="agt.asl"))
    agent.reload(old)
    assert stage.settle() == ["old90"]


def test_a_reload_keeps_plans_that_others_told() -> None:
    stage = Stage()
    agent = stage.add("agt", "!s. @a +!s <- .add_plan({@told +!x <- .print(told)}).")
    agent.run()
    agent.reload(Program.parse("@a +!s <- true.", file="agt.asl"))
    agent.achieve("x")
    assert stage.settle() == ["told"]


def test_the_command_line_runs_checks_and_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.asl"
    file.write_text(
        '!s.\n@s +!s <- .wait(500); .print("hello").\n'
        "@ok[test] +!t_ok <- .assert_equals(2, 1+1).\n"
        "@bad[test] +!t_bad <- .assert_equals(1, 2).\n",
        encoding="utf-8",
    )
    assert main([str(file)]) == 0
    assert capsys.readouterr().out == "hello\n"
    assert main(["check", str(file)]) == 1
    assert "unknown_action" in capsys.readouterr().out
    assert main(["test", str(file)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "passed ok",
        "FAILED bad p.asl:4: assertion: 1 is not 2",
    ]
    file.write_text("+!s <- .", encoding="utf-8")
    assert main([str(file)]) == 3
    assert "p.asl:1:8" in capsys.readouterr().err


@pytest.mark.parametrize("seed", [3, 8])
def test_no_hash_seed_changes_what_a_program_prints(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "p.asl"
    file.write_text(random_program(seed), encoding="utf-8")
    outputs = set()
    for hash_seed in ("0", "4711"):
        done = subprocess.run(
            [sys.executable, "-m", "agents.bdi", str(file)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_printing_and_parsing_a_plan_is_a_round_trip() -> None:
    text = '{ @l[atomic] +!g(X)[k|R] : (a & not (b(X))) <- .print("x",[1,2|T]); ?c; -+f(_); !!h }'
    once = term_text(parse_term(text))
    assert term_text(parse_term(once)) == once


def test_the_examples_in_the_readme_print_what_they_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (ROOT / "agents" / "bdi" / "README.md").read_text(encoding="utf-8")
    scope: dict[str, object] = {}
    examples = [part.split("```")[0] for part in text.split("```python\n")[1:]]
    assert len(examples) == 3
    for example in examples:
        exec(compile(example, "README.md", "exec"), scope)
        expected = re.findall(r"(?m)^# prints (.+)$", example)
        assert expected
        assert capsys.readouterr().out.splitlines() == expected

"""Lint about beliefs, comparisons and operations, alone and with a world declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents import actions
from agents.bdi import Actions, Program, World
from scenarios.checking import world_of_twins

ROLES = sorted((Path(__file__).parents[3] / "agents" / "roles").glob("*.asl"))
ALONE = World()


def codes(text: str, world: World | None) -> list[tuple[str, int]]:
    found = Program.parse(text, file="t.asl").check(Actions.standard(), world)
    return [(p.code, p.line) for p in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a +!x : p(1).", [("belief_never_added", 1)]),
        ("p(2). @a +!x : p(1).", []),
        ("@a +!x : p(1).\n@b +!y <- +p(1).", []),
        ("@a +!x : p(1).\n@b +!y <- .asserta(p(1)).", []),
        ("@a +!x : p(1).\n@b +p(_).", []),
        ("@a +!x <- true;\n ?p(1).", [("belief_never_added", 2)]),
        ("@a +!x <- ?p(1).\n@b +?p(_).", []),
        ("q :- p(1).\n@a +!x : q.", [("belief_never_added", 1)]),
        ("@a +!x <- .findall(Y, p(Y), L);\n .print(L).", [("belief_never_added", 1)]),
        ("@a +!x <- if (not p) { .print(1) }.", [("belief_never_added", 1)]),
        ("@a +!x : p(1).\n@b +!y(B) <- +B.", []),
        ("@a +!x(V) : V < 90.", []),
        ("@a +!x(W) : V < 90 & W = V.", [("unbound_comparison", 1)]),
        ("p(1). @a +!x : V < 90 & p(V).", [("unbound_comparison", 1)]),
        ("p(1). @a +!x : p(V) & not V < 90.", []),
        ("p(1). @a +!x : (p(V) | V = 3) & V < 90.", []),
        ("@a +!x <- .random(V);\n V < 90;\n W > 3;\n .print(W).", [("unbound_comparison", 3)]),
        ("low(V) :- V < 90.", []),
        ("low :- V < 90 & V > 0.", [("unbound_comparison", 1)]),
    ],
)
def test_lint_of_a_program_that_runs_alone(text: str, expected: list[tuple[str, int]]) -> None:
    assert codes(text, ALONE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a +!x : sbp(V) & V > 1 <- .log(info, V).", []),
        ("@a +!x : spb(V) & V > 1 <- .log(info, V).", [("belief_never_added", 1)]),
        ("@a +spb(_).", [("event_never_raised", 1)]),
        ("@a +told(_)[source(_)].", []),
        ("@a +!x(T) <- .ask(T, show(a, b)).", []),
        ("@a +!x(T) <- .ask(T, shw(a, b)).", [("unknown_operation", 1), ("unknown_action", 1)]),
        ("@a +!x(T) <- .ask(T, show).", [("wrong_operation_arity", 1)]),
    ],
)
def test_lint_with_a_world_declared(text: str, expected: list[tuple[str, int]]) -> None:
    world = World({"sbp"}, {"show": {1, 2}}, {".ask": 1})
    found = [f for f in codes(text, world) if f != ("unknown_action", 1)]
    assert found == [e for e in expected if e != ("unknown_action", 1)]


def test_lint_proposes_the_nearest_belief_and_operation() -> None:
    world = World({"sbp"}, {"show": {1}}, {".ask": 1})
    program = Program.parse("@a +spb(X) <- .ask(d, shw(X)).")
    said = " ".join(p.message for p in program.check(None, world))
    assert "Did you mean 'sbp'?" in said
    assert "Did you mean 'show'?" in said


def test_without_a_world_nothing_is_said_about_beliefs() -> None:
    assert codes("@a +!x : p(1).", None) == []


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.stem)
def test_roles_ask_only_for_what_the_twins_have(path: Path) -> None:
    registry = actions.registry()
    assert [str(p) for p in Program.load(path).check(registry, world_of_twins())] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a +!x <- -sbp(80).", [("removes_others_belief", 1)]),
        ("@a +!x <- -sbp(80)[source(percept)].", []),
        ("@a +!x <- +sbp(80); -sbp(80).", []),
        ("@a +told(_)[source(bob)].\n@b +!x <- -told(1).", [("removes_others_belief", 2)]),
        ("@a +!x <- .abolish(sbp(_)).", []),
    ],
)
def test_lint_says_when_a_step_would_remove_what_only_others_add(
    text: str, expected: list[tuple[str, int]]
) -> None:
    assert codes(text, World({"sbp"})) == expected

"""Plans inside plans, and goals that stay until a condition holds."""

from __future__ import annotations

import pytest

from agents.bdi import Program
from tests.agents.bdi.harness import Stage, play


@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "!s. +!s <- !g(3); .print(end)."
            " +!g(X) <: done(X) <- .print(b,X); !h; .wait(1000); .print(never)."
            " { +!h <- .print(inner,X); +done(X). } +!h <- .print(library).",
            ["b3", "inner3", "end"],
            id="the condition ends the goal in the middle of its body",
        ),
        pytest.param(
            "!s. +!s <- !g; .print(end); !h. +!g <- !h. { +!h <- .print(inner). }"
            " +!h <- .print(library).",
            ["inner", "end", "library"],
            id="an inner plan comes before the library while its goal is there",
        ),
        pytest.param(
            "!s. +!s <- !g(1); .print(end). +!g(X) <- !h. { +!h : X > 1 <- .print(inner). }"
            " +!h <- .print(library).",
            ["library", "end"],
            id="an inner plan whose context does not hold leaves the event to the library",
        ),
        pytest.param(
            "!s. +!s <- !!g(1); !!g(2); .wait(10); ++e(5); .wait(10); .succeed_goal(g(1));"
            " ++e(6); .wait(10); .succeed_goal(g(2)); ++e(7)."
            " +!g(X) <: false. { +e(Y) <- .print(X,Y). } +e(Y) <- .print(library,Y).",
            ["15", "25", "26", "library7"],
            id="an outside event starts an intention for each goal that has a plan for it",
        ),
        pytest.param(
            "!s. +!s <- !g; .print(end). -!s <- .print(never)."
            " +!g <- !k. { -!k <- .print(inner_rec). } +!k <- .fail.",
            ["inner_rec", "end"],
            id="an inner recovery plan recovers inside its goal",
        ),
        pytest.param(
            "!s. +!s <- !k. -!s <- .print(s_rec)."
            " +!g <- !k. { -!k <- .print(never). } +!k <- .fail.",
            ["s_rec"],
            id="an inner recovery plan is no candidate outside its goal",
        ),
        pytest.param(
            "!s. +!s <- !f(A); .print(A). +!f(Z) <- !w. { +!w <- Z = 7. }",
            ["7"],
            id="an inner plan binds an out-parameter of the plan around it",
        ),
        pytest.param(
            "!s. +!s <- !a(1); .print(end). +!a(X) <- !b(2)."
            " { +!b(Y) <- !c. { +!c <- .print(X,Y). } }",
            ["12", "end"],
            id="plans stand inside plans that stand inside plans",
        ),
        pytest.param(
            "!s. +!s <- !g; .print(end). !t. +!t <- .wait(50); .succeed_goal(g)."
            " +!g <: false <- .print(body).",
            ["body", "end"],
            id="a goal without an end waits for succeed_goal",
        ),
        pytest.param(
            "!s. +!s <- !g; .print(end). !t. +!t <- .wait(50); +ok."
            " +!g <: ok <- !a |&| !b; .print(never). +!a <- .wait(900). +!b <- .wait(900).",
            ["end"],
            id="the condition ends a goal whose branches still run",
        ),
    ],
)
def test_plans_inside_plans(text: str, expected: list[str], compile_after: int) -> None:
    assert play(text, compile_after=compile_after) == expected


def test_a_percept_ends_a_goal_while_the_agent_is_idle() -> None:
    stage = Stage()
    agent = stage.add("agt", "!s. +!s <- !g; .print(end). +!g <: sbp(V) & V > 90.")
    agent.run()
    agent.percept("k", ("sbp", (80,), ()))
    assert stage.settle() == []
    agent.percept("k", ("sbp", (95,), ()))
    assert stage.settle() == ["end"]


def test_a_goal_keeps_its_inner_plans_when_the_program_changes() -> None:
    stage = Stage()
    agent = stage.add("agt", "!g.\n@g +!g <: false. { @i +e(X) <- .print(old, X). }")
    agent.run()
    changed = Program.parse("!g.\n@g +!g <: false. { @i +e(X) <- .print(new, X). }", "agt.asl")
    assert agent.reload(changed).replaced == ("g",)
    agent.add_belief("e(1)")
    agent.achieve("g")
    agent.run()
    agent.add_belief("e(2)")
    assert stage.settle() == ["old1", "old2", "new2"]

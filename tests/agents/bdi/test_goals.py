"""What plans may do to goals, their own and others'."""

from __future__ import annotations

import pytest

from tests.agents.bdi.harness import play


@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "!s. +!s <- !!g; .wait(10); .print(end). +!g <- .succeed_goal(g); .print(never).",
            ["end"],
        ),
        ("!s. +!s <- !g; .print(end). +!g <- .succeed_goal(g); .print(never).", ["end"]),
        (
            "!s. +!s <- !g; .print(end). +!g <- .fail_goal(g). -!g <- .print(rec).",
            ["rec", "end"],
        ),
        ("!s. +!s <- !g; .print(never). +!g <- .drop_intention(s); .print(never).", []),
        ("!s. +!s <- !g; .print(never). +!g <- .drop_all_desires; .print(never).", []),
        ("!s. +!s <- .suspend; .print(on). !o. +!o <- .wait(20); .resume(s).", ["on"]),
        (
            "!s. +!s <- !g |&| .print(x); .print(end). +!g <- .fail. -!g <- .print(rec).",
            ["x", "rec", "end"],
        ),
        (
            "!s. +!s <- !g ||| !h; .print(end). +!g <- .fail. +!h <- .wait(10); .print(h).",
            ["h", "end"],
        ),
        (
            "!s. +!s <- for (.member(X,[1,2])) { !g(X) |&| !g(X+10) }; .print(end)."
            " +!g(X) <- .print(X).",
            ["1", "11", "2", "12", "end"],
        ),
        (
            "@a[atomic] +!s <- .wait(10); !g. +!g <- .fail. -!s <- .print(rec)."
            " !s. !o. +!o <- .print(o).",
            ["rec", "o"],
        ),
        (
            '!s. +!s <- .at("now +2 s", {+!late}); .print(now). +!late <- .print(late).',
            ["now", "late"],
        ),
        (
            '!s. +!s <- .at("tomorrow", {+!late}). -!s[error_msg(M)] <- .print(M).',
            [".at: 'tomorrow' is no time. Write \"now +3 s\""],
        ),
        ("!s. +!s <: ok <- .print(body); !!later. +!later <- .wait(10); +ok.", ["body"]),
        (
            "!s. +!s <- .clone(x). -!s[error(E),error_msg(M)] <- .print(E, M).",
            ["internal_action.clone is not supported"],
        ),
        (
            "!s. +!s <- .namespace_set_prop(m, k, 3); .namespace_get_prop(m, k, V); .print(V).",
            ["3"],
        ),
    ],
)
def test_a_goal_that_is_handled_from_outside(
    text: str, expected: list[str], compile_after: int
) -> None:
    assert play(text, compile_after=compile_after) == expected


def test_a_goal_retried_many_times_does_not_fill_the_stack() -> None:
    lines = play(
        "n(0). !g. +!g : n(X) & X >= 3000 <- .intend(g); .print(done)."
        " +!g : n(X) <- -+n(X+1); .fail. -!g <- !g."
    )
    assert lines == ["done"]

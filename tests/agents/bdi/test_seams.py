"""What a subclass overrides comes into force, in both engines, and changes nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest

from agents.bdi import Agent, Program
from agents.bdi.plans import PLAN_AT
from tests.agents.bdi.harness import play

both = pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])


def run(kind: type[Agent], text: str, compile_after: int) -> list[str]:
    lines: list[str] = []
    agent = kind(
        "agt",
        Program.parse(text),
        now=lambda: 0.0,
        random=random.Random(0),
        printer=lines.append,
        compile_after=compile_after,
    )
    agent.run()
    return lines


class LastOption(Agent):
    def select_option(self, event: Any, options: list[Any]) -> Any:
        return options[-1]


@both
def test_only_the_chosen_option_binds_what_the_caller_passed(compile_after: int) -> None:
    text = "!s. +!s <- !g(X,Y); .print(X,Y); !h(1). +!g(1,a). +!g(2,b). +!g(3,c) : no. +!h(1)."
    assert run(LastOption, text, compile_after) == ["2b"]


class NoOption(Agent):
    def select_option(self, event: Any, options: list[Any]) -> Any:
        return next((f for f in options if f[PLAN_AT].label != "banned"), None)


@both
def test_a_goal_for_which_no_option_is_taken_fails(compile_after: int) -> None:
    text = "!s. +!s <- !g. -!s[error(E)] <- .print(E). @banned +!g <- .print(never)."
    assert run(NoOption, text, compile_after) == ["no_applicable"]


@both
def test_a_rule_of_the_program_filters_options(compile_after: int) -> None:
    text = (
        "select__option({+!g(X)}, _, {@L[level(N)] +!_ : _ <- _}, U)"
        ' :- N <= X & .member(map("X", X), U). select__option({+!s}, _, _, _).'
        " !s. +!s <- !g(2); !g(5)."
        " @high[level(3)] +!g(X) <- .print(high, X). @low[level(1)] +!g(X) <- .print(low, X)."
    )
    assert play(text, compile_after=compile_after) == ["low2", "high5"]


class OneValue(Agent):
    """A new value takes the place of the old one."""

    def revise(self, change: str, belief: Any, owner: Any) -> Iterable[Any]:
        if change == "+":
            for row in list(self.beliefs_base.predicate(belief.functor)):
                yield "-", row.term()
        yield change, belief


@both
def test_a_revision_may_take_away_before_it_adds(compile_after: int) -> None:
    text = (
        "!s. +!s <- +v(1); +v(2); +v(3); .findall(X, v(X), L); .print(L). -v(X) <- .print(gone,X)."
    )
    assert sorted(run(OneValue, text, compile_after)) == ["[3]", "gone1", "gone2"]

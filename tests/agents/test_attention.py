"""What a change asks to be judged, found in the plans; and what need not be tried."""

import random

import pytest

from agents.actions import registry
from agents.attention import attention
from agents.bdi import Agent, Program
from agents.possibility import Asking
from environment.errors import BadValueError
from scenarios.reading import load
from scenarios.session import run

PROGRAM = """
limit(90).
low(S) :- sbp(S) & limit(L) & S < L.
@one +!review("HAE-01", high) : low(S) & not settled <- .print(S).
@two +!review("HAE-11", low) : temp(T) & T < 36 | cold(true) <- .print(T).
@own +!review("house_rule", high) : room(hot) <- .print(hot).
"""


def mind(text: str = PROGRAM) -> Agent:
    return Agent(
        "a", Program.parse(text), now=lambda: 0.0, random=random.Random(0), actions=registry()
    )


def test_a_review_is_due_when_a_fact_changes_that_its_plan_reads_through_its_rules() -> None:
    a = mind()
    a.add_belief(("sbp", (80,)))
    found = attention(a.program)
    assert found.due(["sbp"], a) == [("HAE-01", "high")]
    assert found.due(["hr"], a) == []


def test_a_review_that_lacks_a_belief_it_needs_is_not_tried() -> None:
    a = mind()
    found = attention(a.program)
    assert found.due(["sbp", "temp", "cold"], a) == []
    a.add_belief(("cold", (False,)))
    assert found.due(["cold"], a) == []
    a.add_belief(("temp", (36.5,)))
    assert found.due(["temp"], a) == [("HAE-11", "low")]


def test_a_rule_of_a_researcher_is_always_tried_when_its_fact_changes() -> None:
    a = mind()
    assert attention(a.program).due(["room"], a) == [("house_rule", "high")]


def test_a_rule_that_stands_is_reviewed_though_its_facts_have_gone() -> None:
    a = mind()
    a.add_belief(("raised", ("HAE-01", "high")))
    assert attention(a.program).due(["sbp"], a) == [("HAE-01", "high")]


def test_a_priority_without_words_is_refused_with_file_and_line() -> None:
    with pytest.raises(BadValueError, match=r"mine\.asl:1: plan 'x' reviews HAE-01 .*high"):
        attention(Program.parse('@x +!review("HAE-01", low) : a <- .print(a).', file="mine.asl"))


@pytest.mark.slow
@pytest.mark.wall_time
def test_what_is_left_untried_would_have_raised_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load("tension").model_copy(update={"ends_s": 1700.0})

    def alerts() -> list[tuple[float, str, str]]:
        return [
            (c.recorded, c.name, c.value["rule"])
            for c in run(scenario, seed=3).journal
            if c.kind == "event" and c.name.startswith("alert_")
        ]

    pruned = alerts()
    monkeypatch.setattr(Asking, "can_be", lambda self, need: True)
    assert {rule for _, _, rule in pruned} >= {"BRE-01", "BRE-03", "HAE-02"}
    assert alerts() == pruned

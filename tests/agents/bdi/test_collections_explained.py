"""What a collection rests on belongs to the reason of whoever asked for it."""

import random

import pytest

from agents.bdi import Actions, Agent, Call, Program, action

SEEN: list[list[str]] = []


@action(".why_now")
def why_now(call: Call) -> None:
    """Note the beliefs behind the step."""
    SEEN.append([text for frame in call.reason.frames for text, _, _ in frame.beliefs])


@pytest.mark.parametrize(
    "question",
    [
        ".setof(I, item(I), L) & .length(L, N) & N >= 2",
        ".findall(I, item(I), L) & .length(L, 2)",
        ".count(item(_), N) & N >= 2",
    ],
)
def test_the_beliefs_behind_a_collection_are_named(question: str) -> None:
    SEEN.clear()
    actions = Actions.standard()
    actions.add(why_now)
    program = Program.parse(
        f"""
        item(pulse) :- hr(H) & H > 100.
        item(pressure) :- sbp(S) & S < 90.
        item(never) :- temp(T) & T < 30.
        @go +!go : {question} <- .why_now.
        """
    )
    agent = Agent("a", program, now=lambda: 0.0, random=random.Random(0), actions=actions)
    agent.percept("hr", ("hr", (120,), ()), cause=7)
    agent.percept("sbp", ("sbp", (80,), ()), cause=8)
    agent.percept("temp", ("temp", (36,), ()), cause=9)
    agent.run()
    agent.achieve("go")
    agent.run()
    (beliefs,) = SEEN
    named = " ".join(beliefs)
    assert "hr(120)" in named
    assert "sbp(80)" in named
    assert "temp" not in named

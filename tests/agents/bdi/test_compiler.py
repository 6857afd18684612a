"""Compiled plans do exactly what the interpreter does."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.bdi import Agent
from tests.agents.bdi.harness import Stage
from tests.agents.bdi.random_programs import program


def outcome(text: str, compile_after: int, explain: bool) -> tuple[list[str], list[str], int]:
    """Printed lines, beliefs, and the number of cycles."""
    stage = Stage(explain=explain, compile_after=compile_after)
    agent: Agent = stage.add("agt", text)
    for _ in range(60):
        due = agent.run(2_000)
        if due is None:
            break
        stage.time = max(stage.time, due)
    lines = [re.sub(r"\b_\w*", "_", line) for line in stage.lines]
    return lines, sorted(agent.beliefs()), agent.cycle


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
@example(1, True)
@example(40683, False)
def test_compiled_and_interpreted_programs_behave_alike(seed: int, explain: bool) -> None:
    text = program(seed)
    assert outcome(text, 1, explain) == outcome(text, 0, explain)

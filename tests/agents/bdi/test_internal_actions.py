"""Each internal action of the standard library does what its example says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agents.bdi import Actions
from agents.bdi.stdlib.system_actions import UNSUPPORTED
from tests.agents.bdi.harness import Stage, play, with_goal
from tests.agents.bdi.test_jason_programs import parts

HERE = Path(__file__).parent
BLOCKS = re.split(r"(?m)^# ", (HERE / "action_examples.txt").read_text(encoding="utf-8"))[1:]


@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
@pytest.mark.parametrize("block", BLOCKS, ids=[b.split("=>")[0].strip() for b in BLOCKS])
def test_an_internal_action_does_what_its_example_says(block: str, compile_after: int) -> None:
    expected, agents = parts(block)
    stage = Stage(compile_after=compile_after)
    for name, text in agents:
        stage.add(name, with_goal(text))
    assert stage.settle() == expected


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_is_the_hosts_business_is_refused_and_the_agent_lives(name: str) -> None:
    lines = play(f'!s. +!s <- {name}(x). -!s[error(E), error_msg(M)] <- .print(E, " ", M).')
    assert lines == [f"internal_action {name} is not supported"]


def test_every_internal_action_has_a_test() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.txt"))]
    texts += [(HERE / f"test_{name}.py").read_text(encoding="utf-8") for name in ("goals", "agent")]
    said = "\n".join(texts)
    untested = [
        name
        for name in Actions.standard().names()
        if name not in UNSUPPORTED and not re.search(rf"{re.escape(name)}(?![\w.]*\w)", said)
    ]
    assert untested == []

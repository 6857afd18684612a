"""Programs whose output on Jason 3.3.2 is known print the same lines here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.agents.bdi.harness import Stage, with_goal

TEXT = (Path(__file__).parent / "jason_programs.txt").read_text(encoding="utf-8")
BLOCKS = re.split(r"(?m)^# (\d\d) ", TEXT)[1:]
CASES = dict(zip(BLOCKS[::2], BLOCKS[1::2], strict=True))


def parts(block: str) -> tuple[list[str], list[tuple[str, str]]]:
    head, _, text = block.partition("\n")
    expected = head.partition("=>")[2].strip()
    pieces = re.split(r"(?m)^--- (\w+)\n", text)
    agents = [("agt", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    return expected.split(" / ") if expected else [], agents


@pytest.mark.parametrize("explain", [True, False], ids=["explained", "bare"])
@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
@pytest.mark.parametrize("number", CASES)
def test_a_program_prints_what_jason_prints(number: str, compile_after: int, explain: bool) -> None:
    expected, agents = parts(CASES[number])
    stage = Stage(explain=explain, compile_after=compile_after)
    for name, text in agents:
        stage.add(name, with_goal(text), trusts=("agt",))
    assert stage.settle() == expected

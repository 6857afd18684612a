"""Whatever is read, the parser answers with clauses or with its own error, and soon."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.bdi import Program, term_text
from agents.bdi.order import compare
from agents.bdi.syntax import parse_content, parse_plan, parse_term
from agents.bdi.unification import resolve
from agents.errors import AgentError, PlanSyntaxError, ProgramError
from tests.agents.bdi.random_terms import first_difference

# 1000000 in the million's run; the default keeps the suite fast.
TERMS = int(os.environ.get("BDI_TERMS", "2000"))
EXAMPLES = int(os.environ.get("BDI_FUZZ", "60"))
ROLES = Path(__file__).parents[3] / "agents" / "roles"
SOURCES = [path.read_text(encoding="utf-8") for path in sorted(ROLES.rglob("*.asl"))]
PIECES = st.sampled_from(
    [
        *"+-!?@.,;:()[]{}|&~<>=*/_^'\" \n1aX",
        *("+!g", "<-", ":-", "<:", "||", "|&|", "|||", "not", "if", "else", "for", "while", "::"),
        *(".print", "{ begin dg(g) }", "{ end }", "=..", "==", "**", "div", "mod", "true", "0.5"),
        *("// x\n", "/* ", " */", '"a"', "source(self)", "[atomic]", "+?", "-+", "\\", "\x00", "µ"),
    ]
)


def read(text: str) -> None:
    for reader in (Program.parse, parse_term, parse_plan, parse_content):
        with contextlib.suppress(PlanSyntaxError, ProgramError):
            reader(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_pieces_of_the_language_in_any_order_are_read_or_refused(text: str) -> None:
    read(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_a_damaged_plan_file_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SOURCES))
    start = data.draw(st.integers(0, max(0, len(text) - 400)))
    text = text[start : start + 400]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(PIECES) + text[at + data.draw(st.integers(0, 5)) :]
    with contextlib.suppress(PlanSyntaxError, ProgramError):
        Program.parse(text)


DEEP = 3000


@pytest.mark.parametrize(
    "text",
    [
        "+!s <- X = " + "(" * DEEP + "1" + ")" * DEEP + ".",
        "a(" + "[" * DEEP + "]" * DEEP + ").",
        "a(" * DEEP + "1" + ")" * DEEP + ".",
        "+!s : " + " & ".join(["a"] * DEEP) + ".",
        "+!s <- X = " + "+".join(["1"] * DEEP) + ".",
        "+!s <- " + "if (a) {" * DEEP + "b" + "}" * DEEP + ".",
        "+!s {" * DEEP,
        "/*" + "*" * 20_000,
        '"' + "\\" * 20_000,
        '{ register_function("my.f", a, b) }',
        "+!s <- .loop(a).",
        "+!s <- .if_then_else(a).",
        "{ begin ebdg(X) } +!X. { end }",
    ],
    ids=lambda text: text[:12],
)
def test_a_monstrous_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(AgentError):
        Program.parse(text)


def test_random_terms_are_read_back_as_they_were_printed() -> None:
    assert first_difference(TERMS, seed=1) is None


FLAT = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1000, 1000).map(lambda x: f"{x:.3f}"),
    st.sampled_from(
        ["a", "go_1", "true", "not", "source", "div", "X", "_", "1.", ".5", "-a", "1e3"]
    ),
    st.text("ab ,()1", max_size=4).map(lambda s: f'"{s}"'),
)


@given(st.sampled_from(["a", "hr", "source", "not", "true", "X"]), st.lists(FLAT, max_size=4))
def test_a_flat_content_is_read_as_the_grammar_reads_it(name: str, args: list[str]) -> None:
    text = f"{name}({','.join(args)})" if args else name
    try:
        wanted = parse_term(text)
    except PlanSyntaxError:
        with pytest.raises(PlanSyntaxError):
            parse_content(text)
        return
    assert term_text(parse_content(text)) == term_text(wanted)
    if "X" not in text and "_" not in text:
        assert compare(resolve(parse_content(text)), resolve(wanted)) == 0

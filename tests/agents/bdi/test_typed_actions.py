"""Typed actions: Python functions that plans call, at once or while the agent goes on."""

from __future__ import annotations

import asyncio
from typing import Any

from agents.bdi import (
    ActionFailed,
    Atom,
    Call,
    Program,
    Struct,
    action,
    term_text,
)
from tests.agents.bdi.harness import Stage, play, registry


def test_a_typed_action_gets_python_values_and_binds_its_result() -> None:
    @action(".add")
    def add(call: Call, a: float, b: int, name: str) -> float:
        return a + b + len(name)

    @action(".both")
    def both(call: Call, a: str) -> tuple[str, int]:
        return a + "!", 3

    @action(".each")
    def each(call: Call, n: int) -> Any:
        yield from range(n)

    lines = play(
        '!s. +!s <- .add(1.5, 2, "abc", R); .both(x, P, Q); .findall(I, .each(3, I), L);'
        " .print(R, P, Q, L).",
        actions=registry(add, both, each),
    )
    assert lines == ["6.5x!3[0,1,2]"]


def test_a_type_that_only_the_type_checker_knows_is_any_term() -> None:
    def shown(call: "Nowhere", what: "Nowhere", count: int) -> str:  # type: ignore[name-defined]  # noqa: F821, UP037
        return f"{term_text(what)}{count}"

    lines = play(
        "!s. +!s <- .shown(f(a), 2, R); .print(R).", actions=registry(action(".shown")(shown))
    )
    assert lines == ["f(a)2"]


def test_a_wrong_argument_fails_the_step_and_names_the_parameter() -> None:
    @action(".dose")
    def dose(call: Call, mg: int) -> None:
        raise AssertionError("must not be called")

    lines = play(
        "!s. +!s <- .dose(much). -!s[error(E), error_msg(M)] <- .print(E, M).",
        actions=registry(dose),
    )
    assert lines == ["wrong_arguments.dose: argument 'mg' is much, expected a whole number"]


def test_a_refusal_can_be_read_by_the_recovery_plan() -> None:
    @action(".invoke")
    def invoke(call: Call, twin: str, op: Struct) -> None:
        raise ActionFailed("refused", guard="has_blood", expected=4, found=Atom("none"))

    lines = play(
        "!s. +!s <- .invoke(bank, prepare(mtp))."
        " -!s[error(E), reason(R), guard(G), expected(X), found(F)] <- .print(E, R, G, X, F).",
        actions=registry(invoke),
    )
    assert lines == ["action_failedrefusedhas_blood4none"]


def test_an_exception_in_an_action_fails_that_intention_only_and_is_logged() -> None:
    @action(".broken")
    def broken(call: Call) -> None:
        raise KeyError("lost")

    stage = Stage()
    stage.add("agt", "!a. !b. +!a <- .broken. +!b <- .print(alive).", actions=registry(broken))
    assert stage.settle() == ["alive"]
    assert any("KeyError" in text for level, text in stage.logs if level == "error")


async def test_an_async_action_suspends_only_its_intention() -> None:
    gate: asyncio.Event = asyncio.Event()

    @action(".invoke")
    async def invoke(call: Call, twin: str) -> str:
        await gate.wait()
        return f"{twin} done"

    stage = Stage()
    agent = stage.add(
        "agt",
        "!a. !b. +!a <- .invoke(ct, R); .print(R). +!b <- .print(other).",
        actions=registry(invoke),
    )
    woken = asyncio.Event()
    agent.wake = woken.set
    agent.run()
    assert stage.lines == ["other"]
    assert agent.idle
    gate.set()
    await asyncio.wait_for(woken.wait(), 5)
    agent.run()
    assert stage.lines == ["other", "ct done"]


async def test_a_dropped_intention_cancels_its_action() -> None:
    cancelled: list[str] = []

    @action(".invoke")
    async def invoke(call: Call, twin: str) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(twin)
            raise

    stage = Stage()
    agent = stage.add(
        "agt", "!a. +!a <- .invoke(ct). +stop <- .drop_intention(a).", actions=registry(invoke)
    )
    agent.run()
    await asyncio.sleep(0)
    agent.signal("stop")
    agent.run()
    await asyncio.sleep(0)
    assert cancelled == ["ct"]
    assert agent.intentions() == []


async def test_a_failed_async_action_fails_its_goal_with_the_reason() -> None:
    @action(".invoke")
    async def invoke(call: Call, twin: str) -> None:
        raise ActionFailed("refused", guard="phase")

    stage = Stage()
    agent = stage.add(
        "agt",
        "!a. +!a <- .invoke(ct). -!a[reason(R), guard(G), code(C)] <- .print(R, G, C).",
        actions=registry(invoke),
    )
    agent.run()
    for _ in range(3):
        await asyncio.sleep(0)
    agent.run()
    assert stage.lines == ["refusedphase.invoke(ct)"]


def test_an_async_action_cannot_stand_in_a_context() -> None:
    @action(".invoke")
    async def invoke(call: Call, twin: str) -> None:
        raise AssertionError("must not be called")

    actions = registry(invoke)
    program = Program.parse("@a +!s : .invoke(ct) <- true.")
    assert [p.code for p in program.check(actions)] == ["action_in_context"]

"""A plan fails in each position: the agent lives, siblings run on, the annotations are right."""

from __future__ import annotations

import pytest

from agents.bdi import ActionFailed, Call, Message, action
from tests.agents.bdi.harness import Stage, registry, with_goal

SIBLING = "!sibling. @sibling +!sibling <- .print(sib1); .wait(20); .print(sib2). "
RECOVERY = "-!s[error(E), code(C), code_line(L)] <- .print(E, ' ', C, ' ', L)."


@action("lift")
def lift(call: Call, what: str) -> None:
    raise ActionFailed("too_heavy", guard="strength", expected=1, found=2)


@action(".broken")
def broken(call: Call) -> None:
    raise KeyError("lost")


def outcome(text: str, compile_after: int) -> tuple[list[str], Stage]:
    stage = Stage(compile_after=compile_after)
    stage.add("agt", with_goal(SIBLING + text), actions=registry(lift, broken))
    return stage.settle(), stage


@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "+!s <- .nth(9,[x],_).\n-!s[error(E),error_msg(M),code(C),code_line(L),code_src(F)]"
            " <- .print(E,M,C,L,F).",
            "internal_actionnth: index 9 is out of bounds (1).nth(9,[x],_)2file:agt.asl",
            id="an internal action that raises",
        ),
        pytest.param(
            "+!s <- .member(9,[1]).\n-!s[error(E),code(C)] <- .print(E,C).",
            "ia_failed.member(9,[1])",
            id="an internal action that is false",
        ),
        pytest.param(
            "+!s <- .broken.\n-!s[error(E),error_msg(M)] <- .print(E,M).",
            "internal_actionKeyError: 'lost'",
            id="a typed action that raises",
        ),
        pytest.param(
            "+!s <- lift(box).\n-!s[error(E),reason(R),guard(G),expected(A),found(B)]"
            " <- .print(E,R,G,A,B).",
            "action_failedtoo_heavystrength12",
            id="an action that is refused",
        ),
        pytest.param(
            "+!s <- true;\n X = 1; X > 6.\n-!s[error(E),code_line(L)] <- .print(E,L).",
            "constraint_failed3",
            id="a constraint",
        ),
        pytest.param(
            "+!s <- ?nothing(1).\n-!s[error(E),error_msg(M)] <- .print(E,M).",
            "test_goal_failedFailed to test 'nothing(1)'",
            id="a test",
        ),
        pytest.param(
            "+!s <- X = 1 div 0.\n-!s[error(E)] <- .print(E).", "arithmetic", id="arithmetic"
        ),
        pytest.param(
            "+!s <- !X.\n-!s[error(E)] <- .print(E).",
            "body_var_without_value",
            id="a goal without a value",
        ),
        pytest.param(
            "+!s : .broken <- .print(never).\n-!s[error(E),code(C)] <- .print(E,C).",
            "no_applicables[source(self)]",
            id="a context that raises counts as false",
        ),
        pytest.param(
            "+!s <- !a. +!a <- !b. +!b <- .fail(low(3)).\n"
            "-!a[error(E),code(C),low(N)] <- .print(E,C,N).",
            "internal_action.fail(low(3))3",
            id="a sub-goal below another",
        ),
        pytest.param(
            "+!s <- !none.\n-!s[error(E),code(C)] <- .print(E,C).",
            "no_relevantnone[source(self)]",
            id="a sub-goal that no plan is for",
        ),
        pytest.param(
            "+!s <- !a |&| .wait(900). +!a <- .fail.\n-!s[error(E),code(C)] <- .print(E,C).",
            "ia_failed.fail",
            id="a branch of a fork",
        ),
        pytest.param(
            "+!s <- !a ||| !b. +!a <- .fail. +!b <- .print(other_branch).",
            "other_branch",
            id="a branch of a fork of which one is enough",
        ),
        pytest.param(
            "@s[atomic] +!s <- !a. +!a <- .fail(x(1)).\n-!s[error(E),x(N)] <- .print(E,N).",
            "internal_action1",
            id="an atomic plan",
        ),
        pytest.param(
            "+!s <- +b(1). +b(X) <- .fail.\n-!s[error(E),code(C)] <- .print(E,C).",
            "ia_failed.fail",
            id="the plan of a belief that a body adds",
        ),
        pytest.param(
            "+!s <- for (.member(X,[1,2])) { if (X > 0) { .fail } }.\n-!s[error(E)] <- .print(E).",
            "ia_failed",
            id="inside a loop and a choice",
        ),
        pytest.param(
            "+!s <- .wait(none,5).\n-!s[error(E),error_msg(M)] <- .print(E,M).",
            "wait_timeouttimeout in .wait",
            id="a wait that is over",
        ),
        pytest.param(
            "+!s <- !g[hard_deadline(5)]. +!g <- .wait(900).\n"
            "-!g[error(E),code(C),code_src(_),code_line(_)] <- .print(E,C).",
            "deadline_reachedg",
            id="a deadline",
        ),
        pytest.param(
            "+!s <- .send(nobody,tell,x).\n-!s[error(E)] <- .print(E).",
            "receiver_not_found",
            id="a message to nobody",
        ),
        pytest.param(
            "+!s <- !g. +!g <: false <- !h. { +!h <- .fail. }\n-!g[error(E)] <- .print(E).",
            "ia_failed",
            id="a plan inside a plan",
        ),
    ],
)
def test_a_failure_is_recovered_with_its_annotations_and_the_sibling_runs_on(
    text: str, expected: str, compile_after: int
) -> None:
    lines, _ = outcome(text, compile_after)
    assert sorted(lines) == sorted(["sib1", "sib2", expected])


@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
@pytest.mark.parametrize(
    "text",
    [
        "+!s <- .fail.",
        "+!s : .broken.",
        "+!s <- !a. +!a <- !b. +!b <- .fail.",
        "+!s <- !a |&| !a. +!a <- .fail.",
        "+!s <- !a ||| !a. +!a <- .fail.",
        "@s[atomic] +!s <- .wait(5); .fail.",
        "+!s <- !!a. +!a <- .fail.",
        "+!s <- .broken. -!s <- .fail.",
        "+!s <- ++e. +e <- .fail.",
        '+!s <- .at("now +5 ms", {+!late}). +!late <- .fail.',
    ],
)
def test_a_failure_that_nobody_recovers_ends_its_intention_only(
    text: str, compile_after: int
) -> None:
    lines, stage = outcome(text, compile_after)
    assert lines == ["sib1", "sib2"]
    agent = stage.agents["agt"]
    assert agent.intentions() == []
    agent.achieve("sibling")
    assert stage.settle(10.0) == ["sib1", "sib2", "sib1", "sib2"]
    assert any(level == "warning" for level, _ in stage.logs)


@pytest.mark.parametrize(
    "message",
    [
        Message("bob", "cfp", "slot(1)", "m1"),
        Message("bob", "achieve", "a"),
        Message("bob", "tell", "((("),
        Message("bob", "tell", "e(1)"),
        Message("bob", "askOne", "q(X)", "m2"),
        Message("bob", "tellHow", "{ +!x <- .print(1) }"),
        Message("bob", "no_such_performative", "x"),
        Message("bob", "tell", object()),
    ],
    ids=lambda m: f"{m.performative} {m.content}"[:20],
)
def test_a_failing_message_handler_ends_nothing_else(message: Message) -> None:
    stage = Stage()
    agent = stage.add(
        "agt",
        SIBLING + "+!kqml_received(S, cfp, C, _) <- .fail. +!a <- .fail. +e(X) <- .fail."
        " +?q(X) <- .fail.",
    )
    replies: list[str] = []

    def outbox(to: str, reply: Message) -> bool:
        replies.append(reply.performative)
        return True

    agent.outbox = outbox
    agent.receive(message)
    agent.receive(Message("bob", "achieve", "sibling"))
    assert sorted(stage.settle()) == ["sib1", "sib1", "sib2", "sib2"]
    assert agent.intentions() == []
    if message.performative == "askOne":
        assert replies == ["untell"]

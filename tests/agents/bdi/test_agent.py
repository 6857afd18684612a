"""The agent seen from its host: percepts, signals, goals, messages, failures, reasons."""

from __future__ import annotations

import random
from typing import Any

import pytest

from agents.bdi import (
    Agent,
    Atom,
    Call,
    Message,
    Program,
    Reason,
    Struct,
    action,
    term_text,
)
from agents.bdi.syntax import parse_term
from tests.agents.bdi.harness import Stage, play, registry

PERCEIVED = Struct("twin", [Atom("p1")])


def test_a_percept_becomes_a_belief_with_its_source_and_raises_an_event() -> None:
    stage = Stage()
    agent = stage.add("agt", "+sbp(V)[twin(P)] <- .print(V, P).")
    agent.percept(("p1", "sbp"), ("sbp", (82,), (PERCEIVED,)), cause=41)
    assert stage.settle() == ["82p1"]
    assert agent.beliefs("sbp(_)") == ["sbp(82)[source(percept),twin(p1)]"]


def test_a_new_value_under_the_same_key_replaces_the_old_one_with_two_events() -> None:
    stage = Stage()
    agent = stage.add("agt", "+sbp(V) <- .print(plus, V). -sbp(V) <- .print(minus, V).")
    agent.percept("k", ("sbp", (82,), ()))
    agent.percept("k", ("sbp", (80,), ()))
    agent.percept("k", None)
    assert stage.settle() == ["plus82", "minus82", "plus80", "minus80"]
    assert agent.beliefs("sbp(_)") == []


def test_an_equal_value_refreshes_annotations_without_an_event() -> None:
    stage = Stage()
    agent = stage.add("agt", "+sbp(V) <- .print(V).")
    for at in (1, 2):
        agent.percept("k", ("sbp", (82,), (Struct("at", [at]),)), cause=at)
    assert stage.settle() == ["82"]
    assert agent.beliefs("sbp(_)") == ["sbp(82)[at(2),source(percept)]"]


def test_two_keys_with_equal_literals_support_one_belief_until_both_are_gone() -> None:
    stage = Stage()
    agent = stage.add("agt", "-free(R) <- .print(gone, R).")
    agent.percept("a", ("free", (Atom("ct"),), ()))
    agent.percept("b", ("free", (Atom("ct"),), ()))
    agent.percept("a", None)
    assert stage.settle() == []
    assert agent.query("free(X)") == [{"X": Atom("ct")}]
    agent.percept("b", None)
    assert stage.settle() == ["gonect"]


def test_a_percept_that_ends_leaves_the_agents_own_note() -> None:
    stage = Stage()
    agent = stage.add("agt", "hr(80).")
    agent.percept("k", ("hr", (80,), ()))
    agent.percept("k", None)
    assert agent.beliefs("hr(_)") == ["hr(80)[source(self)]"]


def test_a_signal_raises_an_event_and_is_not_believed() -> None:
    stage = Stage()
    agent = stage.add("agt", "+arrived(P) <- .print(P).")
    agent.signal("arrived", (Atom("p1"),), cause=3)
    assert stage.settle() == ["p1"]
    assert agent.query("arrived(_)") == []


def test_python_values_become_terms_and_come_back() -> None:
    stage = Stage()
    agent = stage.add("agt", "")
    agent.percept("k", ("v", (1, 2.5, True, "text", Atom("name"), [1, "a"]), ()))
    assert agent.query("v(A,B,C,D,E,F)") == [
        {"A": 1, "B": 2.5, "C": Atom("true"), "D": "text", "E": Atom("name"), "F": [1, "a"]}
    ]


def test_an_idle_agent_is_woken_once_by_what_arrives() -> None:
    stage = Stage()
    agent = stage.add("agt", "+a(X) <- .print(X).")
    calls: list[int] = []
    agent.wake = lambda: calls.append(1)
    agent.run()
    agent.percept("k", ("a", (1,), ()))
    agent.percept("l", ("a", (2,), ()))
    agent.percept("m", ("nobody_cares", (2,), ()))
    assert calls == [1]
    agent.run()
    agent.percept("n", ("nobody_cares", (3,), ()))
    assert agent.idle
    assert calls == [1]


def test_an_agent_may_notice_that_it_falls_asleep_and_wakes() -> None:
    stage = Stage()
    agent = stage.add(
        "agt", "+jag_sleeping <- .print(night). +jag_awaking <- .print(day). +x <- .print(x)."
    )
    agent.run()
    agent.run()
    agent.signal("x")
    agent.run()
    assert stage.lines == ["night", "day", "x", "night"]


def test_run_says_when_it_wants_to_be_called_again() -> None:
    stage = Stage()
    agent = stage.add("agt", "!s. +!s <- .wait(1500); .print(late).")
    assert agent.run() == 1.5
    assert agent.idle
    stage.time = 1.5
    assert agent.run() is None
    assert stage.lines == ["late"]


def test_a_busy_agent_gives_the_host_back_its_thread_when_the_cycles_are_used_up() -> None:
    stage = Stage()
    agent = stage.add("agt", "!s. +!s <- !s.")
    assert agent.run(1000) == 0.0
    assert not agent.idle


def test_an_exception_in_a_context_counts_as_false() -> None:
    lines = play("!s. +!s : .nth(5, [a], X) <- .print(X). +!s <- .print(second).")
    assert lines == ["second"]


def test_an_unhandled_failure_is_told_with_its_reason() -> None:
    stage = Stage()
    agent = stage.add("agt", "!s.\n@top +!s <- !low(3).\n@low +!low(X) <- .print(X);\n X > 5.")
    told: list[Reason] = []
    agent.on_failure(told.append)
    stage.settle()
    assert [(r.plan, r.line, r.error) for r in told] == [("low", 4, "constraint_failed")]
    assert [f.plan for f in told[0].frames] == ["low", "top"]
    assert told[0].frames[0].bindings == {"X": "3"}


REASONED = """
low(90).
shocked(P) :- sbp(V)[twin(P)] & low(L) & V < L.
@seen
+hr(H)[twin(P)] : shocked(P) & H > 100 <- +suspected(P); !call(P).
@call
+!call(P) <- .show(P).
@noted
+suspected(P) <- .note(P).
@again
+eta(_) : suspected(P) <- .show(P).
"""


def reasons(explain: bool = True, compile_after: int = 3) -> list[Reason]:
    found: list[Reason] = []

    @action(".show")
    def show(call: Call, what: Any) -> None:
        found.append(call.reason)

    @action(".note")
    def note(call: Call, what: Any) -> None:
        found.append(call.reason)

    stage = Stage(explain=explain, compile_after=compile_after)
    agent = stage.add("agt", REASONED, actions=registry(show, note))
    agent.percept("s", ("sbp", (82,), (PERCEIVED,)), cause=41)
    agent.percept("h", ("hr", (120,), (PERCEIVED,)), cause=57)
    stage.settle()
    agent.percept("e", ("eta", (5,), ()), cause=60)
    stage.settle()
    return found


@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
def test_a_reason_names_plans_beliefs_rules_and_causes_down_the_stack(compile_after: int) -> None:
    note, call, _ = reasons(compile_after=compile_after)
    assert [f.plan for f in note.frames] == ["noted", "seen"]
    assert [f.plan for f in call.frames] == ["call", "seen"]
    seen = call.frames[-1]
    assert seen.trigger == "+hr(120)[source(percept),twin(p1)]"
    assert seen.event_cause == 57
    assert seen.bindings == {"H": "120", "P": "p1"}
    assert seen.beliefs == (
        ("shocked(P)", None, "agt.asl:3"),
        ("sbp(82)[source(percept),twin(p1)]", 41, None),
        ("low(90)[source(self)]", None, None),
    )
    assert call.causes() == (57, 41)
    assert (call.step, call.line) == (".show(p1)", 7)


@pytest.mark.parametrize("compile_after", [0, 1], ids=["interpreted", "compiled"])
def test_causes_reach_through_a_mental_note(compile_after: int) -> None:
    again = reasons(compile_after=compile_after)[2]
    assert again.plan == "again"
    assert again.causes() == (60, 57, 41)


def test_a_belief_told_by_a_message_carries_the_messages_cause() -> None:
    found: list[Reason] = []

    @action(".show")
    def show(call: Call) -> None:
        found.append(call.reason)

    stage = Stage()
    agent = stage.add("agt", "+risk(high) <- .show.", actions=registry(show))
    agent.receive(Message("cog", "tell", "risk(high)", cause=12))
    stage.settle()
    assert found[0].causes() == (12,)


def test_a_deadline_in_seconds_fails_the_goal_and_its_subgoals() -> None:
    lines = play(
        "!s. +!s <- !slow[deadline(2)]; .print(never). -!s[error(E)] <- .print(E)."
        " +!slow <- !inner. +!inner <- .wait(9000); .print(never)."
    )
    assert lines == ["deadline_reached"]


def test_a_goal_met_in_time_is_not_disturbed_by_its_deadline() -> None:
    lines = play("!s. +!s <- !quick[deadline(2)]; .wait(3000); .print(end). +!quick <- .wait(10).")
    assert lines == ["end"]


def test_intentions_show_state_place_and_bindings() -> None:
    stage = Stage()
    agent = stage.add("agt", "!s.\n@work +!s : X = 3 <- .print(X);\n .wait(1000);\n .print(end).")
    agent.run()
    (shown,) = agent.intentions()
    assert shown["state"] == "waiting"
    assert shown["frames"][0]["plan"] == "work"
    assert shown["frames"][0]["bindings"] == {"X": "3"}
    assert shown["frames"][0]["line"] == 4


def test_the_same_seed_gives_the_same_lines() -> None:
    text = "!s. +!s <- .shuffle([1,2,3,4,5,6], L); .random(X); .print(L, X)."
    assert play(text) == play(text)


def test_messages_from_the_wire_are_data_and_a_bad_one_harms_nothing() -> None:
    stage = Stage()
    agent = stage.add("agt", "+ok <- .print(ok).")
    agent.receive(Message("bob", "tell", "p(("))
    agent.receive(Message("bob", "tell", "(" * 200 + ")" * 200))
    agent.receive(Message("bob", "tell", "x" * 70_000))
    agent.receive(Message("bob", "tell", "ok"))
    assert stage.settle() == ["ok"]
    assert len([1 for level, _ in stage.logs if level == "warning"]) == 3


def test_plans_are_taken_only_from_agents_that_are_trusted() -> None:
    told = "{@new +!x <- .print(told)}"
    for trusts, expected in (((), []), (("bob",), ["told"])):
        stage = Stage()
        agent = stage.add("agt", "-!x <- true.", trusts=trusts)
        agent.receive(Message("bob", "tellHow", told))
        agent.receive(Message("bob", "achieve", "x"))
        assert stage.settle() == expected


def test_a_wait_whose_condition_breaks_fails_its_own_intention() -> None:
    lines = play(
        "l([a]). !s. !o. +!s <- .wait(l(L) & .nth(3, L, _)). -!s[error(E)] <- .print(E)."
        " +!o <- .wait(10); -+l([a,b]); .wait(10); .print(alive)."
    )
    assert lines == ["internal_action", "alive"]


def test_a_host_that_cannot_send_does_not_end_the_agent() -> None:
    stage = Stage()
    agent = stage.add("agt", "v(1). +go <- .print(alive).")

    def broken(receiver: str, message: Message) -> bool:
        raise ConnectionError("no network")

    agent.outbox = broken
    agent.receive(Message("bob", "askOne", "v(X)"))
    agent.receive(Message("bob", "tell", "go"))
    assert stage.settle() == ["alive"]


def test_a_told_plan_that_calls_what_does_not_exist_is_refused() -> None:
    stage = Stage()
    agent = stage.add("agt", "", trusts=("bob",))
    agent.receive(Message("bob", "tellHow", "{@bad +!x <- .lanch(missiles)}"))
    stage.settle()
    assert agent.plans == []
    assert any(".lanch/1" in text for _, text in stage.logs)


def test_plans_inside_any_content_are_refused_from_strangers() -> None:
    stage = Stage()
    agent = stage.add("agt", "+recipe(P) <- .add_plan(P); !x.")
    agent.receive(Message("eve", "tell", "recipe({@new +!x <- .print(told)})"))
    assert stage.settle() == []
    assert any("not trusted" in text for _, text in stage.logs)


def test_a_long_chain_of_rules_does_not_exhaust_the_stack() -> None:
    lines = play("up(0). up(N) :- N > 0 & up(N-1). !s. +!s : up(10000) <- .print(deep).")
    assert lines == ["deep"]


def test_a_million_elements_are_no_problem_for_unification() -> None:
    lines = play(
        "!s. +!s <- .findall(X, .range(X,1,100000), L); .findall(X, .range(X,1,100000), M);"
        " if (L = M) {.print(same)}."
    )
    assert lines == ["same"]


def test_agents_of_one_program_do_not_share_beliefs_or_plans() -> None:
    program = Program.parse("!s. @a +!s <- +mine; .remove_plan(a). ")
    agents = [Agent(name, program, now=lambda: 0.0, random=random.Random(1)) for name in ("x", "y")]
    agents[0].run()
    assert agents[1].query("mine") == []
    assert [p.label for p in agents[1].plans] == ["a"]
    assert [p.label for p in agents[0].plans] == []


def test_terms_print_as_a_program_would_write_them() -> None:
    assert (
        term_text(Struct("show", ['a "b"', 3.0, Atom("x")], ns="m")) == 'm::show("a \\"b\\"",3,x)'
    )


@pytest.mark.parametrize("name", ["Room-1", "room-1", "µ", "two words", "if", ""])
def test_a_name_made_in_python_is_the_same_after_a_message_as_text(name: str) -> None:
    stage = Stage()
    stage.add("bob", "+at(R) <- +seen(R). +named(room(X)) <- +seen(X).")
    bob = stage.agents["bob"]
    for content in (Struct("at", [Atom(name)]), Struct("at", [Struct(name or "x", [1])])):
        bob.receive(Message("Leader-1", "tell", term_text(content)))
        assert parse_term(term_text(content)) == content
    stage.settle()
    assert bob.query("seen(X)")[-1] == {"X": Atom(name)}
    assert Atom(name).text == name
    assert bob.beliefs("at(_)")[0].endswith("[source('Leader-1')]")


def test_a_name_that_no_quotes_can_hold_is_refused_at_the_border() -> None:
    with pytest.raises(ValueError, match="Pass it as a string"):
        Atom("it's")


def test_an_answer_to_an_agent_with_a_capital_finds_it() -> None:
    stage = Stage()
    stage.add("Leader-1", "!s. +!s <- .send(bob, askOne, v(X), v(A)); .print(A).")
    stage.add("bob", "v(3). +!kqml_received(S, 'not-understood', C, _) <- .print(S, C).")
    stage.agents["bob"].receive(Message("Leader-1", "not-understood", "x"))
    assert sorted(stage.settle()) == ["3", "bob: 'Leader-1'x"]

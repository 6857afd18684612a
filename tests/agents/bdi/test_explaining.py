"""Why not, and the trace."""

from __future__ import annotations

import json
import random

import pytest

from agents.bdi import Message, Program, Trace, TracedAgent
from agents.bdi.why import Because
from agents.errors import BadTermError
from tests.agents.bdi.harness import Stage

PLANS = """
low(90).
@low_pressure
+sbp(V)[twin(P)] : low(L) & V < L & not suggested(P) & bleeding(P, Site)
  <- +suggested(P); .print(Site).
@call +!call(P) : ready(P) <- true.
"""


def test_why_not_names_the_first_part_of_the_context_that_fails() -> None:
    stage = Stage()
    agent = stage.add("agt", PLANS)
    place = "'low_pressure' (agt.asl:3)"
    assert agent.why_not("low_pressure") == (
        f"{place}: nothing is believed that could trigger +sbp(V)[twin(P)]."
    )
    agent.add_belief("sbp(95)[twin(p1)]")
    assert agent.why_not("low_pressure") == (f"{place}: for +sbp(95), (95 < 90) does not hold.")
    agent.add_belief("sbp(80)[twin(p1)]")
    assert agent.why_not("low_pressure") == (
        f"{place}: for +sbp(80), bleeding(p1,Site) does not hold."
    )
    agent.add_belief("suggested(p1)")
    assert "not (suggested(p1)) does not hold" in agent.why_not("low_pressure")
    assert agent.why_not("call").endswith("for +!call(P), ready(P) does not hold.")


def test_why_not_for_a_given_event_needs_no_belief_of_it() -> None:
    agent = Stage().add("agt", PLANS)
    place = "'low_pressure' (agt.asl:3)"
    assert agent.why_not("low_pressure", "+sbp(95)[twin(p1)]") == (
        f"{place}: for +sbp(95), (95 < 90) does not hold."
    )
    assert agent.why_not("low_pressure", "+sbp(95)") == (
        f"{place}: +sbp(95) does not fit the trigger +sbp(V)[twin(P)]."
    )
    assert agent.why_not("low_pressure", "-sbp(95)") == (
        f"{place}: it is for +sbp(V)[twin(P)], not for -sbp(95)."
    )
    with pytest.raises(BadTermError, match="is no event"):
        agent.why_not("low_pressure", "sbp")


def test_why_not_of_an_unknown_plan_names_the_nearest() -> None:
    agent = Stage().add("agt", PLANS)
    with pytest.raises(BadTermError, match="Did you mean 'low_pressure'"):
        agent.why_not("low_presure")


NOTES = """
limit(90).
below(V) :- limit(L) & V < L.
@low +sbp(V) : below(V) <- +low(p1); !!call.
@call +!call <- .wait(1000).
"""


def test_why_goes_from_a_note_to_its_plan_and_the_percept() -> None:
    agent = Stage().add("agt", NOTES)
    agent.percept("s", ("sbp", (82,), ()), cause=41)
    agent.receive(Message("bob", "tell", "seen(p1)", cause=7))
    agent.run()
    assert agent.why("low(_)") == [
        Because("plan", "low", "agt.asl:4"),
        Because("percept", "sbp", 41),
    ]
    assert agent.why("sbp(_)") == [Because("percept", "sbp", 41)]
    assert agent.why("seen(_)") == [Because("message", "bob", 7)]
    assert agent.why("limit(_)") == [Because("initial", "limit(90)")]


def test_why_of_an_intention_names_its_plans_and_the_percept_behind_it() -> None:
    agent = Stage().add("agt", NOTES)
    agent.percept("s", ("sbp", (82,), ()), cause=41)
    agent.run()
    (number,) = [it["id"] for it in agent.intentions()]
    chain = agent.why(number)
    assert [(b.kind, b.name) for b in chain] == [("plan", "call"), ("percept", "sbp")]
    agent.percept("s", ("sbp", (95,), ()), cause=52)  # what 41 was is no longer believed
    assert agent.why(number)[-1] == Because("event", "", 41)


def test_why_of_what_nobody_believes_says_so() -> None:
    agent = Stage().add("agt", NOTES)
    with pytest.raises(BadTermError, match="not believed"):
        agent.why("low(_)")
    with pytest.raises(BadTermError, match="No intention 9"):
        agent.why(9)


LISTS = r"""
@each +!each([H|T]) <- !one(H); !each(T).
@none +!each([]).
@one +!one(X) <- ?double(X, Y); +seen(Y).
+?double(X, Y) <- Y = [X, "\"it's\"", 1.5].
"""


def test_each_line_of_a_trace_shows_the_terms_as_they_were_at_that_step() -> None:
    texts: list[str] = []
    written = Trace(texts.append, batch=1)
    agent = TracedAgent(
        "a", Program.parse(LISTS), now=lambda: 0.0, random=random.Random(0), trace=written
    )
    for _ in range(2):  # the second time what was shown before is known
        agent.achieve('each([f(1), "q", [b]])')
        while not agent.idle:
            agent.run(1)
    written.flush()
    rows = [json.loads(line) for line in "".join(texts).splitlines()]
    half = len(rows) // 2
    shown = [row["step"] for row in rows[:half]]
    assert shown == [row["step"] for row in rows[half:]]
    assert [s for s in shown if s.startswith("!each")] == [
        '!each(["q",[b]])',
        "!each([[b]])",
        "!each([])",
    ]
    assert [s for s in shown if s.startswith("?")] == [
        "?double(f(1),Y)",
        '?double("q",Y)',
        "?double([b],Y)",
    ]
    assert [s for s in shown if s.startswith("+seen")][-1] == r"""+seen([[b],"\"it's\"",1.5])"""


def trace() -> list[str]:
    texts: list[str] = []
    written = Trace(texts.append)
    agent = TracedAgent(
        "leader",
        Program.parse(PLANS, file="leader.asl"),
        now=lambda: 12.5,
        random=random.Random(0),
        trace=written,
    )
    agent.percept("b", ("bleeding", ("p1", "thigh"), ()), cause=37)
    agent.percept("s", ("sbp", (82,), ()), cause=38)
    agent.receive(Message("bob", "achieve", "call(p1)"))
    agent.run()
    agent.add_belief("bleeding(p1, thigh)")
    agent.add_belief("sbp(82)[twin(p1)]", cause=41)
    agent.run()
    written.flush()
    return "".join(texts).splitlines()


def test_a_trace_line_says_when_who_where_and_because_of_what() -> None:
    records = [json.loads(line) for line in trace()]
    assert [r["n"] for r in records] == list(range(1, len(records) + 1))
    belief = next(r for r in records if r["kind"] == "belief")
    assert belief == {
        "n": belief["n"],
        "t": "12.5",
        "agent": "leader",
        "cycle": belief["cycle"],
        "kind": "belief",
        "step": "+suggested(p1)",
        "intention": belief["intention"],
        "plan": "low_pressure",
        "line": 5,
        "cause": [41],
    }
    assert "no_applicable" in [r.get("error") for r in records if r["kind"] == "fail"]


def test_the_same_run_gives_the_same_trace() -> None:
    assert trace() == trace()

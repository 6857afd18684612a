"""Why not, and the trace."""

from __future__ import annotations

import json
import random

import pytest

from agents.bdi import Message, Program, Trace, TracedAgent
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

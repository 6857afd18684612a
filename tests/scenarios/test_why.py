"""From an alert back to the readings."""

import re
from dataclasses import replace

import pytest

from environment.model.change import Change
from environment.runtime.journal import Journal
from scenarios.errors import UnknownAlertError
from scenarios.report import html
from scenarios.story import Story
from scenarios.why import find_alert, readings, why
from tests.scenarios.stage import small


def chain() -> Journal:
    """A reading, a decision on it, a request, an alert: as agents leave them."""
    journal = Journal()

    def add(twin: str, kind: str, name: str, value: object, cause: int | None, by: str) -> int:
        seq = journal.next_seq
        journal.append(
            Change(
                seq=seq,
                twin=twin,
                kind=kind,  # type: ignore[arg-type]  # one of the kinds, by hand
                name=name,
                value=value,
                effective=600.0 + seq,
                recorded=600.0 + seq,
                source=by,
                quality="good",
                by=by,
                cause=cause,
            )
        )
        return seq

    add("wall", "event", "created", {"kind": "display", "life": "declared"}, None, "")
    hr = add("monitor", "property", "hr", 110.0, None, "monitor")
    sbp = add("monitor", "property", "sbp", 82.0, None, "monitor")
    decided = {
        "act": "show",
        "plan": "shock_index",
        "file": "alerts/haemorrhage.asl",
        "line": 17,
        "trigger": "+!upon(HAE-02)",
        "beliefs": [{"belief": "hr(110)", "seq": hr}, {"belief": "sbp(82)", "seq": sbp}],
        "stack": [
            {"plan": "shock_index", "file": "alerts/haemorrhage.asl", "line": 17, "trigger": "+!a"},
            {"plan": "review", "file": "alerts/all.asl", "line": 4, "trigger": "+clock(T)"},
        ],
    }
    act = add("mind_leader", "event", "decided", decided, sbp, "leader")
    asked = {
        "invocation": "show-1",
        "status": "requested",
        "arguments": {"rule": "HAE-02", "priority": "high"},
    }
    request = add("wall", "operation", "show", asked, act, "leader")
    shown = {"rule": "HAE-02", "priority": "high", "text": "Shock index 1.34"}
    add("wall", "event", "alert_raised", shown, request, "leader")
    return journal


def test_the_walk_goes_from_the_glass_to_the_readings() -> None:
    journal = chain()
    story = Story(journal)
    step = why(journal, story.alerts[0])
    kinds = [s.kind for _, s in step.walk()]
    assert kinds == [
        *("alert", "request", "decision", "plan"),
        *("belief", "reading", "belief", "reading"),
    ]
    texts = [s.text for _, s in step.walk()]
    assert texts[0] == "wall shows HAE-02 (high): Shock index 1.34"
    assert "alerts/haemorrhage.asl:17" in texts[2]
    assert "plan shock_index" in texts[2]
    assert readings(step) == [
        "10:02 monitor Heart rate 110 bpm",
        "10:03 monitor Systolic pressure 82 mmHg",
    ]


@pytest.mark.parametrize("name", ["HAE-02", "hae-02", "HAE-02#1", "HAE-02@10:30", "6"])
def test_an_alert_can_be_named_by_rule_number_time_or_seq(name: str) -> None:
    assert find_alert(Story(chain()), name).seq == 6


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("HAE-03", "This run shows no alert 'HAE-03'. Did you mean 'HAE-02'?"),
        ("HAE-02#2", "'HAE-02' has 1 episode(s), not 2. Alerts of this run: HAE-02@10:06."),
        ("HAE-02@02:00", "'HAE-02' was not open at 02:00. Alerts of this run"),
        ("3", "Change 3 did not raise an alert."),
        ("low pressure", "'low pressure' is no alert; write a rule (HAE-01)"),
    ],
)
def test_an_unknown_alert_is_told_with_the_way_out(name: str, told: str) -> None:
    with pytest.raises(UnknownAlertError, match=re.escape(told)):
        find_alert(Story(chain()), name)


def test_a_belief_that_names_a_change_that_cannot_be_does_not_break_the_walk() -> None:
    journal = Journal()
    for change in chain():
        value = change.value
        if change.name == "decided":
            value = {**value, "beliefs": [{"belief": "hr(1)", "seq": -58}, *value["beliefs"]]}
        journal.append(replace(change, value=value))
    walked = why(journal, find_alert(Story(journal), "HAE-02"))
    assert "sbp" in str(walked.as_json())


def test_the_report_says_in_short_what_an_alert_rests_on_before_its_steps() -> None:
    scenario = small()
    page = html(Story(chain()), scenario, seed=1)
    short = "monitor Heart rate 110 bpm (10:02); monitor Systolic pressure 82 mmHg (10:03)"
    assert page.index("Why?") < page.index(short) < page.index("All steps, as in the journal")

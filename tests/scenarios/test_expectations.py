"""What was expected, held against what happened."""

import pytest

from environment.model.change import JSON, ChangeKind
from environment.runtime.journal import Journal
from scenarios.brought import brought_in
from scenarios.expectations import Verdict, judge
from scenarios.measures import missed_windows
from scenarios.story import Story
from tests.scenarios.stage import Advice, longer, more, perform, show, small

EXPECT = """
[[event]]
name = "tourniquet"
at = "06:00"
by = "rescuer"
do = "patient.apply_tourniquet"
with = { limb = "left_thigh" }
"""


def verdict(expect: str, *advice: Advice) -> Verdict:
    scenario = small(EXPECT, expect)
    return judge(Story(perform(scenario, advice=advice).journal), scenario)


def test_an_alert_in_its_window_is_met_and_a_late_one_is_late_not_missed() -> None:
    expect = '[[expect]]\nalert = "HAE-01"\nearliest = "02:00"\nby = "05:00"\n'
    assert verdict(expect, show(200, "HAE-01", "low")).holds
    after = verdict(expect, show(310, "HAE-01", "low"))
    assert [j.text for j in after.late] == [
        "HAE-01 Low pressure for age: expected 02:00 to 05:00, came at 05:10"
    ]
    assert after.missed == ()
    assert not after.holds  # the command ends with 1 all the same
    assert [j["subject"] for j in after.as_json()["late"]] == ["HAE-01"]  # type: ignore[index,call-overload]
    assert after.recall == 0
    assert verdict(expect, show(60, "HAE-01", "low")).late == ()  # too early is not late
    assert (
        verdict(expect).missed[0].text
        == "HAE-01 Low pressure for age: expected 02:00 to 05:00, never came"
    )


def test_a_high_alert_also_meets_a_medium_expectation_but_not_the_other_way() -> None:
    high = '[[expect]]\nalert = "HAE-02"\npriority = "high"\nby = "05:00"\n'
    medium = high.replace("high", "medium")
    assert verdict(medium, show(200, "HAE-02", "high")).holds
    assert not verdict(high, show(200, "HAE-02", "medium")).holds


def test_an_alert_that_must_never_come_violates_only_in_its_window() -> None:
    never = '[[expect]]\nalert = "BRE-03"\nmust = "never"\nby = "05:00"\n'
    wrong = verdict(never, show(200, "BRE-03", "high"))
    assert [j.text for j in wrong.violated] == [
        "BRE-03 Tension pneumothorax: must not come by 05:00, came at 03:20"
    ]
    assert wrong.precision == 0
    assert verdict(never, show(400, "BRE-03", "high")).holds


def test_an_expectation_is_void_when_its_cause_was_treated_before() -> None:
    expect = (
        '[[expect]]\nalert = "HAE-13"\nby = "10:00"\n'
        'unless = { do = "patient.apply_tourniquet", before = "%s" }\n'
    )
    assert [j.subject for j in verdict(expect % "07:00").void] == ["HAE-13"]
    assert [j.subject for j in verdict(expect % "05:00").missed] == ["HAE-13"]


def test_an_alert_that_comes_later_than_expected_is_said_to_have_come() -> None:
    expect = (
        '[[expect]]\nalert = "HAE-13"\nby = "10:00"\n'
        'unless = { do = "patient.apply_tourniquet", before = "07:00" }\n'
    )
    (judged,) = verdict(expect, show(700, "HAE-13")).void
    assert judged.at_s == pytest.approx(700, abs=1)
    assert judged.text == (
        "HAE-13 Pelvic binder: came at 11:40, later than expected (by 10:00); does not count, for "
        "its cause was treated before: tourniquet applied at 06:05"
    )


def test_an_outcome_says_what_became_of_the_patient() -> None:
    scenario = small('[[expect]]\noutcome = "lives"\n')
    journal = perform(scenario).journal
    (met,) = judge(Story(journal), scenario).met
    assert met.text.startswith("the patient lives: alive at the end, ")
    died = Story(longer(journal, ("patient", "property", "pulse", False), at_s=1200.0))
    (missed,) = judge(died, scenario).missed
    assert missed.text == "the patient lives: no pulse from 20:00"


def test_required_actions_are_missed_and_harmful_ones_violate() -> None:
    required = '[[expect]]\naction = "patient.apply_tourniquet"\nby = "%s"\n'
    harmful = required + 'rated = "harmful"\n'
    assert verdict(required % "06:30").holds
    assert not verdict(required % "05:30").holds
    assert [j.must for j in verdict(harmful % "06:30").violated] == ["harmful"]


def test_precision_and_recall_count_alerts_and_demands() -> None:
    expect = (
        '[[expect]]\nalert = "HAE-01"\nby = "05:00"\n[[expect]]\nalert = "HAE-02"\nby = "05:00"\n'
        '[[expect]]\nalert = "PRO-03"\nmust = "may"\n'
    )
    found = verdict(
        expect,
        show(100, "HAE-01", "high"),
        show(110, "PRO-03", "medium"),
        show(120, "MET-02", "high"),
    )
    assert (found.precision, found.recall) == (0.667, 0.5)
    assert [a.rule for a in found.unexpected] == ["MET-02"]


def test_an_expectation_of_another_branch_is_not_judged() -> None:
    expect = '[[expect]]\nalert = "HAE-01"\nbranch = ["other"]\n[[branch]]\nname = "other"\n'
    found = verdict(expect)
    assert found.holds
    assert not found.void


def test_missed_windows_are_told_in_words() -> None:
    scenario = small(EXPECT, '[[expect]]\naction = "patient.apply_tourniquet"\nby = "05:00"\n')
    story = Story(perform(scenario).journal)
    assert missed_windows(story, judge(story, scenario)) == [
        "tourniquet applied: expected by 05:00, came at 06:05"
    ]


def changed(story_of: Journal, at_s: float, operation: str, **given: JSON) -> Story:
    """The run with something that the instructor asked of its session at a time."""
    of = {"status": "requested", "invocation": "h-1", "arguments": given}
    rows: tuple[tuple[str, ChangeKind, str, JSON], ...] = (
        ("session", "event", "created", {"kind": "session"}),
        ("session", "operation", operation, of),
        ("session", "operation", operation, ends("h-1")),
    )
    return Story(longer(story_of, *rows, at_s=at_s))


NEVER = '[[expect]]\nalert = "BRE-03"\nmust = "never"\n'
BROUGHT = {"kind": "tension_pneumothorax", "details": {"side": "right"}}


def test_what_must_not_happen_may_once_the_instructor_has_changed_the_patient() -> None:
    scenario = small(NEVER, '[[expect]]\noutcome = "arrests"\nmust = "never"\n')
    quiet = perform(scenario).journal
    judged = judge(changed(quiet, 1200.0, "hurt", **BROUGHT), scenario)
    assert (judged.met, judged.violated) == ((), ())
    assert [j.text.partition(": ")[2] for j in judged.void] == [
        "did not apply: the instructor changed the case at 20:00 "
        "(tension pneumothorax added: right)"
    ] * 2
    assert [j.subject for j in judge(Story(quiet), scenario).met] == ["BRE-03", "arrests"]
    loud = perform(scenario, advice=[show(200, "BRE-03", "high")]).journal
    before = judge(changed(loud, 1200.0, "hurt", **BROUGHT), scenario)
    assert [j.subject for j in before.violated] == ["BRE-03"]  # that was the case's own
    fails: dict[str, JSON] = {"device": "ambulance_monitor", "how": "silence", "seconds": 60}
    device = judge(changed(quiet, 1200.0, "disturb", **fails), scenario)
    assert [j.subject for j in device.met] == ["arrests"]  # a monitor is not the patient
    assert [j.subject for j in device.void] == ["BRE-03"]
    stopped = judge(changed(quiet, 1200.0, "arrest"), scenario)
    assert [j.subject for j in stopped.void] == ["BRE-03", "arrests"]


def test_what_is_wrong_in_any_patient_stays_so_whatever_the_instructor_brought_in() -> None:
    harmful = '[[expect]]\naction = "patient.apply_tourniquet"\nrated = "harmful"\n'
    acts = "".join(
        f'[[expect]]\nalert = "{rule}"\nmust = "never"\n' for rule in ("HAE-07", "DRG-01")
    )
    scenario = small(EXPECT, acts + harmful)
    quiet = perform(scenario).journal
    after = judge(changed(quiet, 1200.0, "hurt", **BROUGHT), scenario)
    assert [j.subject for j in after.met] == ["HAE-07", "DRG-01"]
    assert [j.subject for j in after.violated] == ["patient.apply_tourniquet"]  # before that
    before = judge(
        changed(perform(scenario, until_s=240.0).journal, 240.0, "hurt", **BROUGHT), scenario
    )
    assert "patient.apply_tourniquet" in [j.subject for j in before.met]  # nobody has done it


def test_a_window_that_had_ended_before_the_instructor_changed_the_patient_is_judged() -> None:
    scenario = small(NEVER + 'by = "10:00"\n')
    judged = judge(changed(perform(scenario).journal, 1200.0, "hurt", **BROUGHT), scenario)
    assert [j.subject for j in judged.met] == ["BRE-03"]


def test_alerts_on_what_the_instructor_brought_in_are_nobodys_false_alarms() -> None:
    scenario = small(NEVER)
    journal = perform(scenario, until_s=240.0).journal
    held = changed(journal, 240.0, "set_vital", key="spo2", to=80, over_s=10)
    for rule, at_s in (("BRE-01", 250.0), ("BRE-03", 260.0)):
        told: JSON = {"rule": rule, "priority": "high", "text": "text"}
        row: tuple[str, ChangeKind, str, JSON] = ("rescuer_tablet", "event", "alert_raised", told)
        held = Story(longer(held.journal, row, at_s=at_s))
    judged = judge(held, scenario)
    assert [a.rule for a in held.alerts] == ["BRE-01", "BRE-03"]
    assert judged.unexpected == ()
    assert judged.precision is None  # none that could have been foreseen
    (void,) = judged.void
    assert void.text == (
        "BRE-03 Tension pneumothorax: came at 04:20, did not apply: the instructor had changed "
        "the case at 04:00 (Oxygen saturation held at 80 %)"
    )


def test_an_act_has_one_time_on_all_pages_that_at_which_it_was_done() -> None:
    scenario = small(EXPECT, '[[expect]]\naction = "patient.apply_tourniquet"\n')
    story = Story(perform(scenario).journal)
    (judged,) = judge(story, scenario).met
    (done,) = story.done("patient.apply_tourniquet")
    (event,) = story.medical_events()
    assert judged.at_s == event.effective
    assert done.at_s < event.effective  # it takes a moment from asking to doing


PEOPLE = {"role": "rescuer", "team_role": "", "reads": []}


def injected(is_played: bool) -> Story:
    """A run in which the instructor, and nobody else, puts the tourniquet on at 04:00."""
    journal = perform(small(), until_s=240.0).journal
    number, given = journal.next_seq + 2, {"limb": "left_thigh"}
    rows = (
        ("session", "event", "created", {"kind": "session"}, None),
        ("session", "property", "people", {"rescuer": PEOPLE | {"simulated": not is_played}}, None),
        ("session", "operation", "inject", asks("i-1", do="patient.apply_tourniquet"), None),
        ("session", "operation", "inject", ends("i-1"), None),
        ("patient", "operation", "apply_tourniquet", asks("t-1", **given), number),
        ("patient", "operation", "apply_tourniquet", ends("t-1"), number),
    )
    for twin, kind, name, value, cause in rows:
        more(journal, twin, kind, name, value, at_s=240.0, by="instructor", cause=cause)
    return Story(journal)


def asks(invocation: str, **given: str) -> JSON:
    return {"status": "requested", "invocation": invocation, "arguments": given}


def ends(invocation: str) -> JSON:
    return {"status": "completed", "invocation": invocation}


def test_what_the_instructor_did_for_the_team_does_not_count_as_the_teams() -> None:
    scenario = small('[[expect]]\naction = "patient.apply_tourniquet"\nby = "05:00"\n')
    (missed,) = judge(injected(is_played=True), scenario).missed
    assert missed.text == "tourniquet applied: expected by 05:00, done by the instructor at 04:00"
    (met,) = judge(injected(is_played=False), scenario).met  # nobody else could have
    assert met.text == "tourniquet applied: 04:00 (by 05:00), by the instructor"
    assert [row.what for row in brought_in(injected(is_played=True))] == ["tourniquet applied"]

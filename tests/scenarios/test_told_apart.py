"""What a report must say so that nobody is blamed or praised for another's doing."""

from pathlib import Path

import pytest

from environment.model.change import JSON, ChangeKind
from environment.runtime.journal import Journal
from scenarios import report
from scenarios.behind import behind, behind_text
from scenarios.cli.running import show_run
from scenarios.debriefing import debrief
from scenarios.language import tongue
from scenarios.measures import measured
from scenarios.runs import keep
from scenarios.schema import Scenario
from scenarios.story import Story
from tests.scenarios.stage import Performed, longer, more, perform, show, small

Row = tuple[str, ChangeKind, str, JSON]
TRAUMA: Row = ("trauma", "event", "created", {"kind": "trauma"})
SESSION: Row = ("session", "event", "created", {"kind": "session"})


def late_machine() -> tuple[Scenario, Story]:
    """Ten minutes in which the truth of each minute is told up to three minutes later."""
    scenario = small()
    journal = perform(scenario, until_s=300.0).journal
    more(journal, *SESSION, at_s=300.0)
    more(journal, "session", "property", "ends_s", 1200.0, at_s=300.0)
    for minute in range(5, 15):
        late_s = 180.0 if 7 <= minute < 12 else 1.0
        true_s = 60.0 * minute
        more(journal, "session", "property", "truth", {}, at_s=true_s + late_s, true_s=true_s)
    return scenario, Story(journal)


def test_a_machine_that_could_not_keep_up_is_told_from_when_to_when() -> None:
    scenario, story = late_machine()
    (stretch,) = behind(story)
    assert (stretch.from_s, stretch.to_s, stretch.late_s) == (420.0, 840.0, 180.0)
    words = (
        "This computer did not keep up with the speed: 07:00 to 14:00 (values up to 03:00 late). "
        "Times and delays there are not the team's."
    )
    assert behind_text(story) == words
    assert words.replace("'", "&#39;") in report.html(story, scenario, seed=7)
    assert "non ha tenuto la velocità" in report.html(story, scenario, seed=7, say=tongue("it"))
    shown = debrief(story, scenario, name="one", seed=7)
    assert [row["from_s"] for row in shown["behind"]] == [420.0]


def test_a_session_that_was_slowed_down_is_told_and_a_run_that_was_not_says_nothing(
    pelvis: tuple[Scenario, Performed],
) -> None:
    assert behind_text(Story(pelvis[1].journal)) == ""
    journal = perform(small(), until_s=300.0).journal
    more(journal, *SESSION, at_s=300.0)
    more(journal, "session", "property", "slowed_to", 15.0, at_s=300.0)
    more(journal, "session", "property", "slowed_to", 0.0, at_s=400.0)
    assert "05:00 to 06:40 (at 15 times real time)" in behind_text(Story(journal))


def test_where_a_patient_goes_after_the_end_is_not_the_outcome() -> None:
    for at_s, place in ((1000.0, "icu"), (1300.0, None)):
        journal = perform(small(), until_s=300.0).journal
        more(journal, *SESSION, at_s=300.0)
        more(journal, "session", "property", "ends_s", 1200.0, at_s=300.0)
        more(journal, *TRAUMA, at_s=300.0)
        more(journal, "trauma", "property", "final_destination", "icu", at_s=at_s)
        more(journal, "session", "property", "truth", {}, at_s=1300.0)
        assert measured(Story(journal))["outcome"]["destination"] == place  # type: ignore[index,call-overload]


def test_the_time_before_anybody_named_a_room_is_shown_from_the_arrival_on() -> None:
    journal = perform(small(), until_s=300.0).journal
    more(journal, *TRAUMA, at_s=300.0)
    more(journal, "trauma", "property", "arrived_s", 400.0, at_s=400.0)
    more(journal, "trauma", "event", "room_in", {"room": "angiography"}, at_s=1000.0)
    more(journal, "session", "property", "truth", {}, at_s=1100.0)
    story = Story(journal)
    assert [(s.room, s.in_s, s.out_s) for s in story.whereabouts] == [
        ("unnamed", 400.0, 1000.0),
        ("angiography", 1000.0, None),
    ]
    page = report.html(story, small(), seed=7)
    assert "<td>room not named</td>" in page
    assert "sala non indicata" in report.html(story, small(), seed=7, say=tongue("it"))


def test_a_room_that_is_named_on_arrival_leaves_nothing_unnamed(
    pelvis: tuple[Scenario, Performed],
) -> None:
    story = Story(pelvis[1].journal)
    assert story.whereabouts == story.stays


def test_going_back_is_told_with_the_name_of_what_was_discarded() -> None:
    value = {"label": "before the binder", "after": 5, "from_s": 290.0, "branch": "branch-1"}
    journal = perform(small(), until_s=300.0).journal
    story = Story(longer(journal, SESSION, ("session", "event", "rewound", value), at_s=200.0))
    (back,) = debrief(story, small(), name="one", seed=7)["rewound"]
    assert (back["from_s"], back["to_s"], back["branch"]) == (290.0, 200.0, "branch-1")
    assert "At 04:50 the session went back to 03:20" in report.html(story, small(), seed=7)


def carried_out(by: str, told_by: str = "") -> Story:
    """HAE-09 is shown, calcium suggested on its account, given, and the suggestion taken off."""
    journal = perform(small(), advice=[show(200, "HAE-09")], until_s=300.0).journal
    stack = [
        {"trigger": "+!suggest(give_calcium)"},
        {"trigger": '+!advise("HAE-09")[source(self)]'},
    ]
    decided = more(journal, "mind_advisor", "event", "decided", {"stack": stack}, at_s=300.0)
    asks = {"status": "requested", "invocation": "s-1", "arguments": {"name": "give_calcium"}}
    more(journal, "rescuer_tablet", "operation", "suggest", asks, at_s=300.0, cause=decided)
    gives = {"drug": "calcium_chloride", "amount": 10.0, "unit": "mL"}
    asked = {"status": "requested", "invocation": "g-1", "arguments": gives}
    request = more(journal, "patient", "operation", "give_drug", asked, at_s=310.0, by=by)
    tells = told_by or by
    given = more(journal, "patient", "property", "drug", {}, at_s=310.0, by=tells, cause=request)
    done = more(journal, "mind_advisor", "event", "decided", {}, at_s=311.0, cause=given)
    drops = {**asks, "invocation": "s-2"}
    more(journal, "rescuer_tablet", "operation", "drop_suggestion", drops, at_s=311.0, cause=done)
    return Story(journal)


def test_whoever_does_what_an_alert_advised_has_seen_to_it() -> None:
    story = carried_out(by="rescuer")
    (alert,) = story.alerts
    assert (alert.acknowledged_s, alert.acknowledged_by) == (310.0, "rescuer")
    assert measured(story)["alert_load"]["acknowledged"] == 1  # type: ignore[index,call-overload]
    assert "05:10 rescuer: by doing it (give drug calcium chloride)" in report.html(
        story, small(), seed=7
    )
    (shown,) = debrief(story, small(), name="one", seed=7)["lanes"]["alerts"]
    assert shown["by_doing"]
    assert shown["said"] == [[alert.raised_s, "HAE-09 text"]]


def test_what_the_body_shows_of_a_deed_is_the_doing_of_whoever_asked_for_it() -> None:
    (alert,) = carried_out(by="rescuer", told_by="body").alerts
    assert (alert.acknowledged_by, alert.is_seen_by_doing) == ("rescuer", True)


def test_what_went_by_itself_was_seen_to_by_nobody() -> None:
    (alert,) = carried_out(by="clock").alerts
    assert alert.acknowledged_s is None


def fails(journal: Journal, by: str, number: str) -> None:
    """Somebody asks a tablet for what it does not show any more."""
    asks = {"status": "requested", "invocation": number, "arguments": {"name": "give_blood"}}
    request = more(journal, "rescuer_tablet", "operation", "take", asks, at_s=310.0, by=by)
    says = "rescuer_tablet shows no suggestion 'give_blood'. Known: start_mtp."
    ended = {"status": "failed", "invocation": number, "message": says, "reason": "not_shown"}
    more(journal, "rescuer_tablet", "operation", "take", ended, at_s=310.0, by=by, cause=request)


def test_why_something_failed_is_said_in_words_and_what_assistants_tried_stands_apart() -> None:
    journal = perform(small(), until_s=300.0).journal
    fails(journal, "rescuer", "f-1")
    fails(journal, "rescuer_assistant", "f-2")
    shown = report.context(Story(journal), small(), 7, None)
    (row,) = shown["refused"]
    assert row["what"].startswith("rescuer: ")
    assert row["why"] == "failed: it was no longer shown"
    assert len(shown["of_agents"]) == 1
    page = report.html(Story(journal), small(), seed=7)
    assert "shows no suggestion" not in page


def test_phases_and_injuries_are_told_as_the_pages_tell_them() -> None:
    journal = perform(small(), until_s=300.0).journal
    wound = {"kind": "wound", "open": True, "region": "extremity", "side": "left_leg"}
    more(journal, "patient", "property", "injury", {"left_leg_wound": wound}, at_s=300.0)
    more(journal, *TRAUMA, at_s=300.0)
    more(journal, "trauma", "phase", "phase", "pre_alerted", at_s=300.0)
    page = report.html(Story(journal), small(), seed=7)
    assert "<li>left leg wound, open</li>" in page
    assert "<td>announced</td>" in page


def test_the_terminal_calls_late_what_came_late(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = small('[[expect]]\nalert = "HAE-01"\nby = "03:00"\n')
    performed = perform(scenario, advice=[show(310, "HAE-01")])
    run = keep(tmp_path, scenario, performed, 7)
    show_run(run, run.summary(0.1))
    told = capsys.readouterr().out
    assert "late HAE-01" in told
    assert "missed" not in told
    assert "Expectations: 0 of 1 met, 1 late." in told
    assert [j["subject"] for j in run.summary(0.1)["expectations"]["late"]] == ["HAE-01"]  # type: ignore[index,call-overload]

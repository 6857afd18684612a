"""Reading a run: alerts and measures."""

import json
from dataclasses import replace

import pytest

from environment.model.change import JSON
from scenarios.debriefing import debrief
from scenarios.measures import MEASURES, kpi_clock, measured
from scenarios.schema import Scenario
from scenarios.story import Story
from tests.scenarios.stage import Advice, Performed, longer, perform, show, small, withdraw


def test_one_alert_on_two_displays_is_one_episode_with_its_escalation(
    pelvis: tuple[Scenario, Performed],
) -> None:
    shock, low = Story(pelvis[1].journal).alerts
    assert shock.rule == "HAE-02"
    assert [(round(t), p) for t, p in shock.escalations()] == [(690, "medium"), (750, "high")]
    assert shock.text == "HAE-02 text"
    assert shock.displays == ["rescuer_tablet", "shock_room_display"]
    assert shock.cleared_s is None
    assert (low.rule, round(low.cleared_s or 0)) == ("HAE-01", 2500)


def test_an_alert_that_comes_again_is_a_second_episode() -> None:
    advice = [show(100, "HAE-01", "high"), withdraw(200, "HAE-01"), show(300, "HAE-01", "high")]
    alerts = Story(perform(small(), advice=advice).journal).alerts
    assert [round(a.raised_s) for a in alerts] == [100, 300]


def test_every_measure_is_plain_data_that_json_can_hold(
    pelvis: tuple[Scenario, Performed],
) -> None:
    found = measured(Story(pelvis[1].journal))
    assert list(found) == list(MEASURES)
    json.dumps(found, allow_nan=False)


def test_the_clock_of_the_pelvis_case_is_read_off_its_journal(
    pelvis: tuple[Scenario, Performed],
) -> None:
    rows = {row.key: row for row in kpi_clock(Story(pelvis[1].journal))}
    assert rows["scene_time"].value_s == pytest.approx(470, abs=20)
    assert rows["pre_alert"].value_s == 660
    assert rows["txa"].value_s == 1080
    assert rows["haemorrhage_control"].value_s == pytest.approx(2040, abs=1)
    assert [k for k, row in rows.items() if row.met is False] == []
    assert rows["airway"].met is None


def test_a_repeated_efast_does_not_make_the_first_one_late(
    pelvis: tuple[Scenario, Performed],
) -> None:
    journal = pelvis[1].journal
    (first,) = (row for row in kpi_clock(Story(journal)) if row.key == "efast")
    views = Story(journal).last("trauma", "fast")
    again = {view: {**row, "at_s": 4400.0} for view, row in views.items()}
    looked = Story(longer(journal, ("trauma", "property", "fast", again), at_s=4400.0))
    assert first in kpi_clock(looked)
    assert first.met


def test_totals_count_what_was_given(pelvis: tuple[Scenario, Performed]) -> None:
    found = measured(Story(pelvis[1].journal))["totals"]
    assert found["blood"] == {"red_cells": 2, "fresh_frozen_plasma": 2}
    assert found["drugs"]["tranexamic_acid (g)"] == {"total": 1.0, "doses": 1}
    assert found["crystalloid_ml"] == 0


def test_a_monitor_that_is_taken_off_leaves_seconds_without_a_value() -> None:
    script = """
[[event]]
at = "01:00"
by = "rescuer"
do = "ambulance_monitor.attach"
with = { patient = "patient" }
[[event]]
at = "05:00"
by = "rescuer"
do = "ambulance_monitor.detach"
[[event]]
at = "10:00"
by = "rescuer"
do = "ambulance_monitor.attach"
with = { patient = "patient" }
"""
    stale = measured(Story(perform(small(script)).journal))["stale_s"]
    assert stale["hr"] == pytest.approx(300 - 30, abs=2)


def test_what_is_written_after_the_end_of_a_session_makes_the_case_no_longer() -> None:
    run = perform(small(), until_s=240.0)
    session = (
        ("session", "event", "created", {"kind": "session"}),
        ("session", "property", "ends_s", 240.0),
    )
    story = Story(longer(run.journal, *session, at_s=400.0))
    assert (story.last_s, story.ends_s) == (400.0, 240.0)


def test_notes_of_the_case_hold_what_people_were_refused_and_not_what_agents_were() -> None:
    journal = perform(small(), until_s=240.0).journal
    refused = {"status": "refused", "expected": "a limb", "found": "none", "guard": "has_limb"}
    asked: dict[str, JSON] = {"status": "requested", "arguments": {"limb": "left_thigh"}}
    for by in ("rescuer", "advisor"):
        for step in (asked, refused):
            value = {**step, "invocation": f"{by}-1"}
            change = longer(journal, ("patient", "operation", "apply_tourniquet", value), at_s=240)
            journal.append(replace(change[journal.next_seq], by=by))
    (note,) = debrief(Story(journal), small(), name="one", seed=1)["notes"]
    assert (note["by"], note["kind"]) == ("rescuer", "refused")
    assert note["text"] == "tourniquet applied (left thigh): expected a limb, found none"


def test_a_step_that_was_taken_back_is_measured_by_the_next_real_one() -> None:
    script = """
[[event]]
at = "02:00"
by = "rescuer"
do = "preh.correct"
with = { to = "en_route", reason = "for the test" }
[[event]]
at = "04:00"
by = "instructor"
do = "preh.advance"
with = { to = "on_scene" }
[[event]]
at = "04:10"
by = "rescuer"
do = "preh.correct"
with = { to = "en_route", reason = "a slip" }
"""
    again = """
[[event]]
at = "11:00"
by = "instructor"
do = "preh.advance"
with = { to = "on_scene" }
"""

    def call_to_scene(*script: str) -> float | None:
        rows = kpi_clock(Story(perform(small(*script)).journal))
        return next(row.value_s for row in rows if row.key == "call_to_scene")

    assert call_to_scene(script) is None
    assert call_to_scene(script, again) == pytest.approx(660, abs=1)


def test_an_alert_reads_as_it_did_when_it_was_as_urgent_as_it_became() -> None:
    texts = (("low", "36.1"), ("high", "35.7"), ("high", "35.9"))
    advice: list[Advice] = [
        (100 + n, "rescuer_tablet.show", {"rule": "HAE-11", "priority": p, "text": text})
        for n, (p, text) in enumerate(texts)
    ]
    (cold,) = Story(perform(small(), advice=advice, until_s=200.0).journal).alerts
    assert cold.text == "35.7"

"""Reading a run: alerts, measures, expectations, the walk back, the reports."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from environment.model.change import Change
from environment.runtime.journal import Journal
from scenarios import export, report
from scenarios.chart import Chart
from scenarios.errors import UnknownAlertError
from scenarios.expectations import Verdict, judge
from scenarios.measures import MEASURES, kpi_clock, measured, missed_windows
from scenarios.reading import load, parse
from scenarios.schema import Scenario
from scenarios.story import Story
from scenarios.why import find_alert, readings, why
from tests.scenarios.stage import Advice, Performed, perform
from tests.scenarios.test_team import HEAD


def show(at_s: float, rule: str, priority: str, on: str = "rescuer_tablet") -> Advice:
    return (at_s, f"{on}.show", {"rule": rule, "priority": priority, "text": f"{rule} text"})


def withdraw(at_s: float, rule: str, on: str = "rescuer_tablet") -> Advice:
    return (at_s, f"{on}.withdraw", {"rule": rule, "reason": "pressure is back"})


def small(*more: str) -> Scenario:
    return parse(HEAD + "".join(more), path="small.toml")


@pytest.fixture(scope="module")
def pelvis() -> tuple[Scenario, Performed]:
    scenario = load("pelvis", branch="best")
    advice = [
        show(690, "HAE-02", "medium"),
        show(750, "HAE-02", "high"),
        show(751, "HAE-02", "high", on="shock_room_display"),
        show(900, "HAE-01", "high"),
        withdraw(2500, "HAE-01"),
    ]
    return scenario, perform(scenario, advice=advice)


def test_one_alert_on_two_displays_is_one_episode_with_its_escalation(
    pelvis: tuple[Scenario, Performed],
) -> None:
    shock, low = Story(pelvis[1].journal).alerts
    assert shock.rule == "HAE-02"
    assert [(round(t), p) for t, p in shock.escalations()] == [(690, "medium"), (750, "high")]
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
    assert rows["scene_time"].value_s == 480
    assert rows["pre_alert"].value_s == 660
    assert rows["txa"].value_s == 1080
    assert rows["haemorrhage_control"].value_s == pytest.approx(2040, abs=1)
    assert [k for k, row in rows.items() if row.met is False] == []
    assert rows["airway"].met is None


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


# -- expectations ----------------------------------------------------------------------------------

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


def test_an_alert_in_its_window_is_met_and_a_late_one_missed() -> None:
    expect = '[[expect]]\nalert = "HAE-01"\nearliest = "02:00"\nby = "05:00"\n'
    assert verdict(expect, show(200, "HAE-01", "low")).holds
    late = verdict(expect, show(310, "HAE-01", "low")).missed
    assert [j.text for j in late] == ["HAE-01: expected 02:00 to 05:00, came at 05:10"]
    assert verdict(expect).missed[0].text == "HAE-01: expected 02:00 to 05:00, never came"


def test_a_high_alert_also_meets_a_medium_expectation_but_not_the_other_way() -> None:
    high = '[[expect]]\nalert = "HAE-02"\npriority = "high"\nby = "05:00"\n'
    medium = high.replace("high", "medium")
    assert verdict(medium, show(200, "HAE-02", "high")).holds
    assert not verdict(high, show(200, "HAE-02", "medium")).holds


def test_an_alert_that_must_never_come_violates_only_in_its_window() -> None:
    never = '[[expect]]\nalert = "BRE-03"\nmust = "never"\nby = "05:00"\n'
    wrong = verdict(never, show(200, "BRE-03", "high"))
    assert [j.text for j in wrong.violated] == ["BRE-03: must not come by 05:00, came at 03:20"]
    assert wrong.precision == 0
    assert verdict(never, show(400, "BRE-03", "high")).holds


def test_an_expectation_is_void_when_its_cause_was_treated_before() -> None:
    expect = (
        '[[expect]]\nalert = "HAE-13"\nby = "10:00"\n'
        'unless = { do = "patient.apply_tourniquet", before = "%s" }\n'
    )
    assert [j.subject for j in verdict(expect % "07:00").void] == ["HAE-13"]
    assert [j.subject for j in verdict(expect % "05:00").missed] == ["HAE-13"]


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
        "patient.apply_tourniquet: expected by 05:00, came at 06:00"
    ]


# -- why -------------------------------------------------------------------------------------------


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


# -- reports ---------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects what a page refers to and says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refers: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.refers += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href", "action")]
        if tag not in ("meta", "link", "br", "circle", "rect", "line", "polyline", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.refers += [v or "" for k, v in attrs if k in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_stands_alone_and_shows_the_case(pelvis: tuple[Scenario, Performed]) -> None:
    scenario, run = pelvis
    text = report.html(Story(run.journal), scenario, seed=7)
    page = Page(text)
    assert page.refers == ["data:,"]
    assert "url(" not in text
    assert "@import" not in text
    assert "<script" not in text
    assert page.open == []
    for words in (
        "For training and research. Not for the care of patients.",
        "Alive, to intensive care",
        "pelvic binder",
        "tranexamic acid",
        "HAE-02",
        "Why?",
        "branch best",
    ):
        assert words in page.words
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme: str) -> None:
    css = (report.TEMPLATES / "report.html.j2").read_text()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", blocks[0]))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", blocks[1]))
    for ground in ("card", "page"):
        for text in ("ink", "soft", "accent", "good", "bad"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for curve in ("hr", "bp", "spo2", "rr", "co2"):
        assert contrast(colours[curve], colours["card"]) >= 4.5, curve
    for band in ("band0", "band1"):
        assert contrast(colours["ink"], colours[band]) >= 4.5, band
    for alarm in ("high", "medium", "low"):
        assert contrast(colours[f"{alarm}-ink"], colours[alarm]) >= 4.5, alarm
    assert contrast(colours["medium-ink"], colours["medium"]) >= 4.5


def test_what_people_wrote_cannot_become_markup() -> None:
    text = "<script>alert(1)</script>"
    advice: list[Advice] = [
        (100, "rescuer_tablet.show", {"rule": "HAE-01", "priority": "high", "text": text})
    ]
    scenario = small()
    page = report.html(Story(perform(scenario, advice=advice).journal), scenario, seed=1)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_run_in_which_nothing_happened_still_has_a_page() -> None:
    scenario = small()
    text = report.html(Story(perform(scenario, until_s=0.0).journal), scenario, seed=1)
    assert "No alert was shown." in Page(text).words


def test_the_course_is_drawn_with_its_gaps(pelvis: tuple[Scenario, Performed]) -> None:
    drawn = str(Chart(Story(pelvis[1].journal), 4500).svg())
    assert drawn.count("<polyline") >= 6
    assert "tourniquet, left thigh" in drawn
    assert drawn.startswith("<svg ")


def test_the_report_keeps_the_field_names_of_the_original(
    pelvis: tuple[Scenario, Performed],
) -> None:
    scenario, run = pelvis
    found = export.tracker_report(Story(run.journal), scenario)
    assert found["_id"] == "rep-20260115-142855"
    assert found["preh"]["cTpod"] is True
    assert found["preh"]["worstBloodPressure"] < 90
    assert found["iss"]["total"] == 16
    assert found["finalDestination"] == "icu"
    assert found["traumaTeamMembers"] == ["anaesthetist", "nurse", "surgeon", "trauma_leader"]
    tourniquet = next(e for e in found["events"] if e["content"].get("procedureId") == "tourniquet")
    assert tourniquet["place"] == "PRE-H"
    assert tourniquet["time"] == "14:11:20"
    assert tourniquet["content"]["event"] == "start"
    assert {e["type"] for e in found["events"]} >= {
        *("procedure", "drug", "blood-product", "diagnostic"),
        *("room-in", "room-out", "trauma-leader", "patient-accepted", "clinical-variation"),
    }
    first = found["vitalSignsObservations"][0]
    assert first["timestamp"] == "20260115140900"
    assert {v["type"] for v in first["vitalsigns"]} >= {"HR", "SYS", "DIA", "SpO2", "EtCO2"}
    json.dumps(found, allow_nan=False)


def test_the_journal_as_lines_can_be_read_line_by_line(pelvis: tuple[Scenario, Performed]) -> None:
    journal = pelvis[1].journal
    lines: Iterator[str] = export.lines(journal)
    rows = [json.loads(line) for line in lines]
    assert len(rows) == len(journal)
    assert list(rows[0])[:4] == ["seq", "twin", "kind", "name"]

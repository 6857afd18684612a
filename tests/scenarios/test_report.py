"""The page, the original schema, the lines."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from environment.model.change import ChangeKind
from environment.model.vitals import VITALS
from scenarios import export, report
from scenarios.chart import Chart
from scenarios.expectations import judge
from scenarios.notes import all_notes
from scenarios.printed import pdf
from scenarios.schema import Scenario
from scenarios.story import Story
from tests.scenarios.stage import Advice, Performed, longer, perform, small
from tests.scenarios.test_outgoing import drawn


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


def test_the_handover_card_is_told_in_the_order_of_atmist() -> None:
    script = """
[[event]]
at = "01:00"
by = "rescuer"
do = "preh.send_pre_alert"
[event.with.atmist]
signs = { hr = { first = 101, latest = 123.0 }, sbp = { first = 90, latest = 90 } }
time_of_injury_s = -120
injuries = ["left thigh", "pelvis"]
treatment = ["tourniquet left_thigh +11 min"]
age = 34.0
sex = "male"
note = "friendly"
[[event]]
at = "02:00"
by = "rescuer"
do = "preh.send_pre_alert"
with = { atmist = { mechanism = "fall" } }
"""
    scenario = small(script)
    story = Story(perform(scenario, until_s=180.0).journal)
    assert report.context(story, scenario, 1, judge(story, scenario))["atmist"] == [
        ("Age", "34 y male"),
        ("Time of injury", "13:58 (-2 min)"),
        ("Mechanism", "fall"),
        ("Injuries", "left thigh, pelvis"),
        ("Signs", "Heart rate 123 (first 101), Systolic pressure 90"),
        ("Treatment", "tourniquet left thigh 14:11 (+11 min)"),
        ("note", "friendly"),
    ]


def test_a_card_of_a_tablet_on_top_of_an_assistants_says_everything_once() -> None:
    script = """
[[event]]
at = "01:00"
by = "rescuer"
do = "preh.send_pre_alert"
[event.with.atmist]
age = 34.0
sex = "male"
time_of_injury_s = -120
special = ["takes apixaban"]
[[event]]
at = "02:00"
by = "rescuer"
do = "preh.send_pre_alert"
[event.with.atmist]
age = "34 y male"
time = "13:58:00"
special = "–"
"""
    scenario = small(script)
    story = Story(perform(scenario, until_s=180.0).journal)
    assert report.context(story, scenario, 1, judge(story, scenario))["atmist"] == [
        ("Age", "34 y male"),
        ("Time of injury", "13:58 (-2 min)"),
        ("Special", "takes apixaban"),
    ]


def test_what_people_wrote_about_treatment_gets_its_times() -> None:
    script = """
[[event]]
at = "06:00"
by = "rescuer"
do = "patient.apply_tourniquet"
with = { limb = "left_thigh" }
[[event]]
at = "08:00"
by = "rescuer"
do = "patient.give_drug"
with = { drug = "tranexamic_acid", amount = 1, unit = "g", route = "iv" }
[[event]]
at = "09:00"
by = "rescuer"
do = "preh.send_pre_alert"
[event.with.atmist]
treatment = "tourniquet left thigh 06:05; line 10:00; tranexamic acid 1 g"
"""
    scenario = small(script)
    story = Story(perform(scenario, until_s=600.0).journal)
    card = dict(report.context(story, scenario, 1, judge(story, scenario))["atmist"])
    assert card["Treatment"] == (
        "tourniquet left thigh 14:06 (+6 min); line 10:00; tranexamic acid 1 g 14:08 (+8 min)"
    )


def test_what_an_italian_tablet_wrote_keeps_the_times_that_it_has() -> None:
    treatment = "tourniquet coscia sinistra 14:06 (+6 min); acido tranexamico 1 g 14:08 (+8 min)"
    script = f"""
[[event]]
at = "09:00"
by = "rescuer"
do = "preh.send_pre_alert"
with = {{ atmist = {{ treatment = "{treatment}" }} }}
"""
    scenario = small(script)
    story = Story(perform(scenario, until_s=600.0).journal)
    card = dict(report.context(story, scenario, 1, judge(story, scenario))["atmist"])
    assert card["Treatment"] == treatment


def test_what_a_blood_gas_showed_is_told_in_numbers(pelvis: tuple[Scenario, Performed]) -> None:
    scenario, run = pelvis
    story = Story(run.journal)
    given = report.context(story, scenario, 1, judge(story, scenario))["given"]
    shown = {row["what"]: row["details"] for row in given}
    assert "Haemoglobin" in shown["blood gas"]
    assert "g/dL" in shown["blood gas"]
    assert VITALS["be"].text(-0.04) == "0.0"
    assert shown["pelvis X-ray"] == "fracture pelvis"
    assert shown["eFAST"] == "negative"


def test_a_run_in_which_nothing_happened_still_has_a_page() -> None:
    scenario = small()
    page = Page(report.html(Story(perform(scenario, until_s=0.0).journal), scenario, seed=1))
    assert "No alert was shown." in page.words
    assert "Clock targets and required actions missed" in page.words
    assert "None. What else was expected stands under Expected." in page.words


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


def test_what_the_instructor_marked_stands_beside_the_notes(
    pelvis: tuple[Scenario, Performed],
) -> None:
    scenario, run = pelvis
    shock = Story(run.journal).alerts[0]
    marks = {
        "1": {"rating": "good", "note": "closed the loop", "at_s": 700.0, "about": shock.seq},
        "2": {"rating": "bad", "note": "nobody leads", "at_s": 650.0, "about": 0},
    }
    written = {"1": {"text": "ask why", "at_s": 660.0, "about": 0, "by": "instructor"}}
    journal = longer(
        run.journal,
        ("session", "event", "created", {"kind": "session"}),
        ("session", "property", "mark", marks),
        ("session", "property", "noted", written),
        at_s=Story(run.journal).ends_s,
    )
    story = Story(journal)
    verdict, notes = judge(story, scenario), all_notes(story)
    shown = report.context(story, scenario, 1, verdict, notes)["notes"]
    assert [(row["at_s"], row["kind"], row["text"]) for row in shown] == [
        (650, "bad", "nobody leads"),
        (660, "note", "ask why"),
        (700, "good", "HAE-02: closed the loop"),
    ]
    page = Page(report.html(story, scenario, seed=1, verdict=verdict, notes=notes))
    assert "closed the loop" in page.words
    paper = pdf(story, scenario, seed=1, verdict=verdict, notes=notes)
    assert b"nobody leads" in b"".join(drawn(paper))


def test_the_terms_of_the_report_are_words(pelvis: tuple[Scenario, Performed]) -> None:
    scenario, run = pelvis
    lives = longer(
        run.journal,
        ("patient", "life", "life", "degraded"),
        ("patient", "life", "life", "shadowed"),
        at_s=4500.0,
    )
    page = Page(report.html(Story(lives), scenario, seed=1)).words
    assert "a value is overdue" in page
    assert "the share of alerts that the scenario demands or allows" in page
    for term in ("degraded", "shadowed", "Alert precision", "patient.apply_tourniquet"):
        assert term not in page


def test_the_card_is_the_one_that_was_handed_over_with_all_that_was_given_by_then() -> None:
    calcium = """
[[event]]
at = "{at}"
by = "rescuer"
do = "patient.give_drug"
with = {{ drug = "calcium_chloride", amount = 10, unit = "mL", route = "iv" }}
"""
    script = (
        """
[[event]]
at = "04:05"
by = "rescuer"
do = "patient.give_blood"
with = { product = "red_cells", units = 2, over_min = 1 }
[[event]]
at = "05:00"
by = "rescuer"
do = "preh.correct"
with = { to = "transporting", reason = "for the test" }
[[event]]
at = "06:00"
by = "rescuer"
do = "preh.hand_over"
with = { atmist = { treatment = "calcium chloride 10 % 10 mL", signs = "HR 105" } }
[[event]]
at = "09:00"
by = "rescuer"
do = "preh.send_pre_alert"
with = { atmist = { signs = "HR 80" } }
"""
        + calcium.format(at="04:00")
        + calcium.format(at="08:00")
    )
    scenario = small(script)
    story = Story(perform(scenario, until_s=600.0).journal)
    assert story.events("preh", "handover")
    card = dict(report.context(story, scenario, 1, judge(story, scenario))["atmist"])
    assert card["Signs"] == "HR 105"
    told, _, blood = card["Treatment"].partition("; ")
    assert told == "calcium chloride 10 % 10 mL 14:04 (+4 min)"
    assert blood == "2 x red cells 14:04 (+4 min)"


def test_what_the_instructor_brought_in_stands_in_the_report_with_what_bled_at_the_end() -> None:
    journal = perform(small(), until_s=240.0).journal
    asked: list[tuple[str, dict[str, object]]] = [
        ("hurt", {"kind": "bleed", "details": {"site": "spleen", "flow_ml_min": 60}}),
        ("set_vital", {"key": "hr", "to": 130.0, "over_s": 60.0}),
        ("arrest", {}),
    ]
    rows: list[tuple[str, ChangeKind, str, object]] = [
        ("session", "event", "created", {"kind": "session"})
    ]
    for number, (name, given) in enumerate(asked):
        step = {"invocation": f"{name}-{number}", "arguments": given}
        rows += [
            ("session", "operation", name, {**step, "status": status})
            for status in ("requested", "completed")
        ]
    rows.append(("session", "property", "truth", {"bleeding": {"spleen": 45, "left_thigh": 0}}))
    story = Story(longer(journal, *rows, at_s=3700.0))
    scenario = small()
    page = Page(report.html(story, scenario, seed=1)).words
    assert "What the instructor brought in" in page
    assert "bleed added: spleen, 60 mL/min" in page
    assert "Heart rate held at 130 bpm" in page
    assert "Cardiac arrest" in page
    assert "1:01:40" in page  # as the pages write it
    assert "Still bleeding at the end: spleen 45 mL/min" in page
    paper = b"".join(drawn(pdf(story, scenario, seed=1, verdict=judge(story, scenario))))
    assert b"What the instructor brought in" in paper
    assert b"Still bleeding at the end: spleen 45 mL/min" in paper


def test_the_names_of_the_program_are_words_in_the_report(
    pelvis: tuple[Scenario, Performed],
) -> None:
    scenario, run = pelvis
    blood = {"product": "o_negative_blood", "units": 1, "ml": 300.0}
    order = {"kind": "procedure", "what": "damage_control_laparotomy", "amount": 1.0, "unit": ""}
    order |= {"route": "", "status": "open", "at_s": 4400.0, "by": "trauma_leader"}
    story = Story(
        longer(
            run.journal,
            ("patient", "event", "blood_given", blood),
            ("trauma", "property", "order", {"laparotomy_1": order}),
            at_s=4500.0,
        )
    )
    page = Page(report.html(story, scenario, seed=1)).words
    for said in (
        "pre-alert sent: 1",
        "massive transfusion started",
        "Shock index (medium)",
        "1 unit, 300 mL",
        "O-negative red cells",
        "Before hospital",
        "intensive care",
        "pelvis fracture",
        "Ordered and never done",
        "1:13:20",
    ):
        assert said in page, said
    for raw in ("preh ", "o negative", "1 units", " icu", ">icu", "75:00", " min min"):
        assert raw not in page, raw

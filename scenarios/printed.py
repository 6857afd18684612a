"""A run on paper: what the page of the report shows, as PDF to print or to send."""

from collections.abc import Sequence

from environment.paper import Sheet
from scenarios.chart import DEEDS, SIGNS, Chart
from scenarios.clinical_time import clock
from scenarios.expectations import Judgement, Verdict
from scenarios.notes import Note
from scenarios.report import context, span
from scenarios.schema import Scenario
from scenarios.story import Story
from scenarios.wording import entry, rule_titled, titled
from scenarios.wording import words as _words

NOTICE = "For training and research. Not for the care of patients."
#: How wide the picture is drawn, so that it fills a page and its letters can still be read.
WIDTH = 1050.0
#: Colours of the picture on white paper, by class; each text 4.5:1 or more on white.
PAINTS = {
    "lane": {"fill": "#444444"},
    "tick": {"fill": "#444444", "anchor": "end"},
    "time": {"fill": "#444444", "anchor": "middle"},
    "left": {"anchor": "end"},
    "grid": {"stroke": "#dddddd", "width": "0.6"},
    "b0": {"fill": "#dbe4f0"},
    "b1": {"fill": "#eef2f8"},
    "curve": {"width": "1.6"},
    "thin": {"width": "1", "dash": "yes"},
    "v-hr": {"stroke": "#15703a"},
    "v-bp": {"stroke": "#b3261e"},
    "v-spo2": {"stroke": "#0e6f86"},
    "v-rr": {"stroke": "#8a5a00"},
    "v-co2": {"stroke": "#6d4bb0"},
    "v-hr-t": {"fill": "#15703a"},
    "v-bp-t": {"fill": "#b3261e"},
    "v-spo2-t": {"fill": "#0e6f86"},
    "v-rr-t": {"fill": "#8a5a00"},
    "v-co2-t": {"fill": "#6d4bb0"},
    "hand": {"fill": "#8a5a00"},
    "high": {"fill": "#c81e1e"},
    "medium": {"fill": "#f2c200"},
    "low": {"fill": "#0e7490"},
    "proc": {"fill": "#3f4754"},
    "drug": {"fill": "#1d4ed8"},
    "blood": {"fill": "#9d1c3c"},
    "diag": {"fill": "#6d4bb0"},
    "ack": {"fill": "#ffffff", "stroke": "#111111"},
}


def pdf(
    story: Story, scenario: Scenario, *, seed: int, verdict: Verdict, notes: Sequence[Note] = ()
) -> bytes:
    """The report on paper; the same run gives the same bytes."""
    shown = context(story, scenario, seed, verdict, notes)
    foot = f"{scenario.id} seed {seed}: {shown['changes']} changes, head {shown['head'][:16]}"
    sheet = Sheet(scenario.title, notice=NOTICE, foot=foot)
    patient = scenario.patient
    sheet.text(scenario.title, "title")
    sheet.text(
        f"Scenario {scenario.id} · {patient.age:.0f} y {patient.sex}, {patient.weight_kg:.0f} kg · "
        f"call {scenario.start:%Y-%m-%d %H:%M} UTC · {clock(shown['ends_s'])} · seed {seed} · "
        f"branch {scenario.branch} · {shown['ended']}",
        "soft",
    )
    if shown["bleeding"]:
        sheet.text(shown["bleeding"], "bold")
    sheet.tiles(shown["tiles"])
    sheet.heading("Course")
    for part in (SIGNS, DEEDS):
        sheet.picture(str(Chart(story, story.ends_s, WIDTH).svg((part,))), PAINTS)
    _judged(sheet, shown)
    _alerts(sheet, shown)
    _expected(sheet, verdict, str(shown["foreseen"]))
    if shown["brought"]:
        sheet.heading("What the instructor brought in")
        sheet.table(("From", "Until", "What"), _rows(shown["brought"]), (1, 1, 10))
    _care(sheet, shown)
    _places(sheet, shown)
    noted = _rows(shown["notes"])
    if noted:
        sheet.heading("Marks and notes")
        rows = [(clock(row["at_s"]), row["kind"], row["text"], row["by"]) for row in noted]
        sheet.table(("Moment", "Mark", "Note", "By"), rows, (1, 1.2, 8, 2.4))
    for title, lines in (
        ("Goals", scenario.goals),
        ("Traps", scenario.traps),
        ("Questions for the debrief", scenario.debrief),
    ):
        if lines:
            sheet.heading(title)
            sheet.points(lines)
    return sheet.pdf()


def _judged(sheet: Sheet, shown: dict[str, object]) -> None:
    sheet.heading("Clock")
    held = {True: "yes", False: "no", None: "-"}
    sheet.table(
        ("Interval", "Measured", "Target", "Held", "Source"),
        [
            (
                row.label,
                span(row.value_s),
                span(row.target_s) if row.target_s else "reported",
                held[row.met],
                row.source,
            )
            for row in _rows(shown["kpis"])
        ],
        (5, 2, 2, 1, 3),
    )
    sheet.heading("Clock targets and required actions missed")
    sheet.points(_rows(shown["missed"]) or ["None. What else was expected stands further below."])
    if shown["atmist"]:
        sheet.heading("Handover (ATMIST)")
        sheet.table((), _rows(shown["atmist"]), (1, 6))


def _alerts(sheet: Sheet, shown: dict[str, object]) -> None:
    sheet.heading("Alerts")
    rows = []
    for row in _rows(shown["alerts"]):
        alert, marks = row["alert"], shown["mark"]
        assert isinstance(marks, dict)  # of the picture
        seen = "-"
        if alert.acknowledged_s is not None:
            seen = f"{clock(alert.acknowledged_s)} {_words(alert.acknowledged_by)}: "
            seen += alert.acknowledged_how
        ended = "open"
        if alert.cleared_s is not None:
            ended = f"{clock(alert.cleared_s)} {alert.cleared_because}"
        course = ", ".join(f"{marks.get(p, '')} {p}" for _, p in row["steps"])
        rows.append(
            (clock(alert.raised_s), rule_titled(alert.rule), course, alert.text, seen, ended)
        )
    if not rows:
        sheet.text("No alert was shown.", "soft")
        return
    head = ("Raised", "Rule", "Priority", "Text", "Acknowledged", "Cleared")
    sheet.table(head, rows, (1, 2.2, 1.8, 5.6, 3.2, 3))


def _expected(sheet: Sheet, verdict: Verdict, foreseen: str) -> None:
    sheet.heading("Expected against what happened")
    rows: list[tuple[str, Judgement]] = [
        *(("missed", j) for j in verdict.missed),
        *(("must not", j) for j in verdict.violated),
        *(("met", j) for j in verdict.met),
        *(("did not apply", j) for j in verdict.void),
    ]
    if not rows:
        sheet.text("The scenario expects nothing.", "soft")
        return
    sheet.text(foreseen, "soft")
    told = [(name, j.kind, j.text, j.why) for name, j in rows]
    sheet.table(("", "Kind", "Expectation", "Why"), told, (1.5, 1.1, 6, 6))


def _care(sheet: Sheet, shown: dict[str, object]) -> None:
    sheet.heading("Care given")
    rows = [
        (clock(row["at_s"]), row["kind"], row["what"], row["details"], _words(row["by"]))
        for row in _rows(shown["given"])
    ]
    if rows:
        sheet.table(("Time", "Kind", "What", "Details", "By"), rows, (1, 1.6, 4, 6, 2.4))
    else:
        sheet.text("Nothing was done.", "soft")
    totals = shown["totals"]
    assert isinstance(totals, dict)  # of the measures
    sheet.heading("Totals")
    given = []
    for name, row in totals["drugs"].items():
        doses = "1 dose" if row["doses"] == 1 else f"{row['doses']} doses"
        given.append((_words(name), f"{row['total']:g}", doses))
    given += [
        (entry(name), str(units), "unit" if units == 1 else "units")
        for name, units in totals["blood"].items()
    ]
    given.append(("crystalloid", f"{totals['crystalloid_ml']:g}", "mL"))
    sheet.table((), given, (3, 1, 5))


def _places(sheet: Sheet, shown: dict[str, object]) -> None:
    sheet.heading("Rooms and phases")
    rows = [
        (clock(s.in_s), "room", titled(s.room), "" if s.out_s is None else f"to {clock(s.out_s)}")
        for s in _rows(shown["stays"])
    ]
    rows += [
        (clock(c.recorded), titled(c.twin), _words(c.value), _words(c.by))
        for c in _rows(shown["phases"])
    ]
    sheet.table(("Time", "Of", "What", ""), rows, (1, 2, 4, 5))
    refused = _rows(shown["refused"])
    if refused:
        sheet.heading("Refused or failed")
        told = [
            (
                clock(a.at_s),
                f"{_words(a.by)}: {_words(a.operation)} ({_words(a.twin)})",
                f"{a.status}: {a.reason}",
            )
            for a in refused
        ]
        sheet.table((), told, (1, 5, 8))
    if shown["left_open"]:
        sheet.heading("Ordered and never done")
        sheet.table((), _rows(shown["left_open"]), (1, 5, 8))


def _rows(found: object) -> list:  # type: ignore[type-arg]  # whatever the page shows there
    assert isinstance(found, list)
    return found

"""A run on paper: what the page of the report shows, as PDF to print or to send."""

from collections.abc import Sequence

from environment.paper import Sheet
from scenarios.care import person
from scenarios.chart import DEEDS, SIGNS, Chart
from scenarios.clinical_time import clock
from scenarios.expectations import Judgement, Verdict
from scenarios.language import ENGLISH, Tongue
from scenarios.notes import Note
from scenarios.report import context, span
from scenarios.schema import Scenario
from scenarios.story import Story
from scenarios.wording import entry, phase_titled, rule_titled, titled

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
    story: Story,
    scenario: Scenario,
    *,
    seed: int,
    verdict: Verdict | None = None,
    notes: Sequence[Note] = (),
    say: Tongue = ENGLISH,
) -> bytes:
    """The report on paper, in a language; the same run gives the same bytes."""
    shown = context(story, scenario, seed, verdict, notes, say)
    told, judged = shown["scenario"], shown["verdict"]
    foot = say.t(
        "report.paper_foot",
        id=scenario.id,
        seed=seed,
        changes=shown["changes"],
        head=shown["head"][:16],
    )
    page = say.t("report.page", n="{n}")
    sheet = Sheet(told.title, notice=say.t("notice"), foot=foot, page=page)
    sheet.text(told.title, "title")
    branch = say.t("report.branch", name=scenario.branch)
    sheet.text(f"{shown['facts']} · {branch} · {shown['ended']}", "soft")
    if shown["bleeding"]:
        sheet.text(shown["bleeding"], "bold")
    sheet.tiles(shown["tiles"])
    sheet.heading(say.t("course.title"))
    for part in (SIGNS, DEEDS):
        sheet.picture(str(Chart(story, story.ends_s, WIDTH, say).svg((part,))), PAINTS)
    _judged(sheet, shown, say)
    _alerts(sheet, shown, say)
    _expected(sheet, judged, str(shown["foreseen"]), say)
    if shown["brought"]:
        sheet.heading(say.t("brought.title"))
        head = _head(say, "brought.from", "brought.until", "brought.what")
        sheet.table(head, _rows(shown["brought"]), (1, 1, 10))
    _care(sheet, shown, say)
    _places(sheet, shown, say)
    noted = _rows(shown["notes"])
    if noted:
        sheet.heading(say.t("notes.title"))
        rows = [(clock(row["at_s"]), row["said"], row["text"], row["by"]) for row in noted]
        head = _head(say, "notes.moment", "notes.mark", "notes.note", "notes.by")
        sheet.table(head, rows, (1, 1.2, 8, 2.4))
    for key, lines in (
        ("debrief.goals", told.goals),
        ("debrief.traps", told.traps),
        ("debrief.to_ask", told.debrief),
    ):
        if lines:
            sheet.heading(say.t(key))
            sheet.points(lines)
    return sheet.pdf()


def _head(say: Tongue, *keys: str) -> tuple[str, ...]:
    """The head of a table."""
    return tuple(say.t(key) if key else "" for key in keys)


def _judged(sheet: Sheet, shown: dict[str, object], say: Tongue) -> None:
    for line in _rows(shown["remarks"]):  # where times are read; the first page is full
        sheet.text(line, "bold")
    sheet.heading(say.t("clock.title"))
    held = {True: say.t("report.yes"), False: say.t("report.no"), None: "-"}
    columns = ("interval", "measured", "target", "held", "source")
    sheet.table(
        _head(say, *(f"clock.{key}" for key in columns)),
        [
            (
                row.label,
                span(row.value_s, say),
                span(row.target_s, say) if row.target_s else say.t("report.reported"),
                held[row.met],
                row.source,
            )
            for row in _rows(shown["kpis"])
        ],
        (5, 2, 2, 1, 3),
    )
    sheet.heading(say.t("missed.title"))
    nothing = say.t("report.none", where=say.t("expected.against"))
    sheet.points(_rows(shown["missed"]) or [nothing])
    if shown["atmist"]:
        sheet.heading(say.t("card.title"))
        sheet.table((), _rows(shown["atmist"]), (1, 6))


def _alerts(sheet: Sheet, shown: dict[str, object], say: Tongue) -> None:
    sheet.heading(say.t("alerts.title"))
    rows = []
    for row in _rows(shown["alerts"]):
        alert, marks = row["alert"], shown["mark"]
        assert isinstance(marks, dict)  # of the picture
        seen = "-"
        if alert.acknowledged_s is not None:
            seen = f"{clock(alert.acknowledged_s)} {row['seen_by']}: {row['seen_how']}"
        ended = say.t("alerts.open")
        if alert.cleared_s is not None:
            ended = f"{clock(alert.cleared_s)} {row['cleared']}"
        course = ", ".join(f"{marks.get(p, '')} {say.t(p)}" for _, p in row["steps"])
        rule = rule_titled(alert.rule, say)
        rows.append((clock(alert.raised_s), rule, course, row["text"], seen, ended))
    if not rows:
        sheet.text(say.t("alerts.none"), "soft")
        return
    columns = ("raised", "rule", "priority", "text", "acknowledged", "cleared")
    head = _head(say, *(f"alerts.{key}" for key in columns))
    sheet.table(head, rows, (1.3, 2.2, 1.8, 5.4, 3.2, 2.9))


def _expected(sheet: Sheet, verdict: Verdict, foreseen: str, say: Tongue) -> None:
    sheet.heading(say.t("expected.against"))
    rows: list[tuple[str, Judgement]] = [
        *(("missed", j) for j in verdict.missed),
        *(("late", j) for j in verdict.late),
        *(("violated", j) for j in verdict.violated),
        *(("met", j) for j in verdict.met),
        *(("void", j) for j in verdict.void),
    ]
    if not rows:
        sheet.text(say.t("expected.nothing"), "soft")
        return
    sheet.text(foreseen, "soft")
    told = [
        (say.t(f"verdict.{name}"), say.t(f"expects.{j.kind}"), j.text, j.why) for name, j in rows
    ]
    head = _head(say, "", "expected.kind", "expected.what", "expected.why")
    sheet.table(head, told, (1.5, 1.1, 6, 6))


def _care(sheet: Sheet, shown: dict[str, object], say: Tongue) -> None:
    sheet.heading(say.t("care.title"))
    rows = [
        (clock(row["at_s"]), row["kind"], row["what"], row["details"], row["by"])
        for row in _rows(shown["given"])
    ]
    if rows:
        head = _head(say, *(f"care.{key}" for key in ("time", "kind", "what", "details", "by")))
        sheet.table(head, rows, (1, 1.6, 4, 6, 2.4))
    else:
        sheet.text(say.t("care.nothing"), "soft")
    totals = shown["totals"]
    assert isinstance(totals, dict)  # of the measures
    sheet.heading(say.t("totals.title"))
    given = list(_rows(shown["doses"]))
    given += [
        (entry(name, say), str(units), say.t("unit" if units == 1 else "units"))
        for name, units in totals["blood"].items()
    ]
    given.append((say.t("crystalloid"), f"{totals['crystalloid_ml']:g}", "mL"))
    sheet.table((), given, (3, 1, 5))


def _places(sheet: Sheet, shown: dict[str, object], say: Tongue) -> None:
    sheet.heading(say.t("rooms.title"))
    rows = [
        (
            clock(s.in_s),
            say.t("rooms.a_room"),
            titled(s.room, say),
            "" if s.out_s is None else say.t("rooms.to", at=clock(s.out_s)),
        )
        for s in _rows(shown["stays"])
    ]
    rows += [
        (clock(c.recorded), titled(c.twin, say), phase_titled(c.value, say), person(c.by, say))
        for c in _rows(shown["phases"])
    ]
    head = _head(say, "care.time", "rooms.of", "care.what", "")
    sheet.table(head, rows, (1, 2, 4, 5))
    refused = _rows(shown["refused"])
    if refused:
        sheet.heading(say.t("refused.title"))
        told = [(clock(row["at_s"]), row["what"], row["why"]) for row in refused]
        sheet.table((), told, (1, 5, 8))
    if shown["of_agents"]:
        sheet.text(say.t("refused.of_agents", n=len(_rows(shown["of_agents"]))), "soft")
    if shown["left_open"]:
        sheet.heading(say.t("refused.open"))
        sheet.table((), _rows(shown["left_open"]), (1, 5, 8))


def _rows(found: object) -> list:  # type: ignore[type-arg]  # whatever the page shows there
    assert isinstance(found, list)
    return found

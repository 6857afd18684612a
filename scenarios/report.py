"""A run as one page that stands alone: what happened when, what was missed, and why.

Nothing is fetched from outside, the picture is drawn into the page, and it prints.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from environment.model import catalogue
from environment.model.change import JSON
from environment.model.vitals import VITALS
from scenarios.brought import bleeding_text, brought_in
from scenarios.brought import told as told_of
from scenarios.chart import MARK, Chart
from scenarios.clinical_time import clock
from scenarios.expectations import Verdict, judge
from scenarios.handover import card
from scenarios.measures import Kpi, kpi_clock, measured, missed_windows
from scenarios.notes import Note
from scenarios.schema import Scenario
from scenarios.story import Alert, Story
from scenarios.why import Step, why
from scenarios.wording import entry, in_words, rule_titled, titled, words

TEMPLATES = Path(__file__).parent / "templates"
#: What the words for a twin's coupling mean.
LIVES = {
    "shadowed": "every value is fresh",
    "degraded": "a value is overdue",
    "lost": "every value is overdue",
}
#: Of the tile with the share of alerts that were foreseen.
FORESEEN = (
    "Alerts foreseen: the share of alerts that the scenario demands or allows; the others are "
    "listed as beyond the script."
)


def html(
    story: Story,
    scenario: Scenario,
    *,
    seed: int,
    verdict: Verdict | None = None,
    notes: Sequence[Note] = (),
) -> str:
    """The page."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "clock": clock,
        "words": words,
        "titled": titled,
        "entry": entry,
        "rule": rule_titled,
        "span": span,
    }
    page = env.get_template("report.html.j2")
    return page.render(context(story, scenario, seed, verdict or judge(story, scenario), notes))


def context(
    story: Story, scenario: Scenario, seed: int, verdict: Verdict, notes: Sequence[Note] = ()
) -> dict[str, Any]:  # whatever the template shows
    """All that the page shows, in the order in which it shows it."""
    found = measured(story)
    return {
        "scenario": scenario,
        "seed": seed,
        "branch": next((b for b in scenario.branches if b.name == scenario.branch), None),
        "ends_s": story.ends_s,
        "outcome": found["outcome"],
        "ended": ended(found["outcome"]),
        "bleeding": bleeding_text(story),
        "brought": [told_of(row) for row in brought_in(story)],
        "tiles": _tiles(story, found, verdict),
        "chart": Chart(story, story.ends_s).svg(),
        "kpis": kpi_clock(story),
        "atmist": card(story, scenario.start),
        "totals": found["totals"],
        "given": _given(story),
        "stays": story.stays,
        "phases": story.phases,
        "injuries": _injuries(story),
        "alerts": [_alert(story, a) for a in story.alerts],
        "load": found["alert_load"],
        "verdict": verdict,
        "missed": missed_windows(story, verdict),
        "mark": MARK,
        "foreseen": FORESEEN,
        "notes": _talked_of(story, notes),
        "stale": _stale(found["stale_s"]),
        "lives": _lives(story),
        "refused": [a for a in story.actions if a.status in ("refused", "failed")],
        "left_open": _left_open(story),
        "head": story.journal.hashes()[-1] if len(story.journal) else "",
        "changes": len(story.journal),
    }


def ended(outcome: Mapping[str, JSON]) -> str:
    """The outcome in words."""
    if not outcome["alive"]:
        return f"No pulse from {clock(outcome['arrest_s'])}"
    place = outcome["destination"]
    went = ", to intensive care" if place == "icu" else f", to the {words(place)}"
    return f"Alive{went}" if place else "Alive at the end"


def span(seconds: float | None) -> str:
    """A duration: `04:05`, `1:04:05`."""
    return "not measured" if seconds is None else clock(seconds)


def _tiles(story: Story, found: Mapping[str, JSON], verdict: Verdict) -> list[tuple[str, str]]:
    kpis = {row.key: row for row in kpi_clock(story)}
    blood = sum(found["totals"]["blood"].values())
    return [
        ("Scene time", _tile(kpis["scene_time"])),
        ("TXA after injury", _tile(kpis["txa"])),
        ("Bleeding controlled", _tile(kpis["haemorrhage_control"])),
        ("Blood products", str(blood)),
        ("Alerts", f"{found['alert_load']['total']}"),
        ("Most alerts in 30 min", f"{found['alert_load']['most_in_30_min']}"),
        ("Expectations met", f"{len(verdict.met)} of {_all(verdict)}"),
        ("Alerts foreseen", "-" if verdict.precision is None else f"{verdict.precision:.0%}"),
    ]


def _all(verdict: Verdict) -> int:
    return len(verdict.met) + len(verdict.missed) + len(verdict.violated)


def _tile(row: Kpi) -> str:
    return "-" if row.value_s is None else clock(row.value_s)


def _given(story: Story) -> list[dict[str, JSON]]:
    """Every procedure, drug, blood product and diagnostic, with its time and author."""
    rows: list[dict[str, JSON]] = []
    for change in story.medical_events():
        value = change.value
        name = next(
            str(value[key])
            for key in ("procedure", "drug", "product", "diagnostic")
            if key in value
        )
        rows.append(
            {
                "at_s": change.effective,
                "kind": words(change.name).replace(" given", "").replace(" changed", ""),
                "what": entry(name),
                "details": _details(change.name, value),
                "by": change.by,
            }
        )
    return rows


def _injuries(story: Story) -> list[str]:
    """What was found or suspected, once each: `left limb wound, open`."""
    rows = (story.last(story.one("patient"), "injury") or {}).values()
    said = {
        " ".join(filter(None, (row["side"], words(row["region"]), words(row["kind"]))))
        + (", open" if row["open"] else "")
        for row in rows
    }
    return sorted(said)


def _left_open(story: Story) -> list[tuple[str, str, str]]:
    """What was ordered and never done: when, what, by whom."""
    orders = story.last(story.one("trauma"), "order") or {}
    return [
        (clock(o["at_s"]), entry(o["what"]), words(o["by"]))
        for o in orders.values()
        if o["status"] == "open"
    ]


def _details(event: str, value: Mapping[str, JSON]) -> str:
    if event == "drug_given":
        return f"{catalogue.amount_text(value['amount'], value['unit'])} {value['route']}"
    if event == "infusion_changed":
        return f"{value['change']} {value['rate']:g} {value['unit']}"
    if event == "blood_given":
        units = value["units"]
        return f"{units} {'unit' if units == 1 else 'units'}, {value['ml']:g} mL"
    if event == "diagnostic":
        return _result(value["result"] or {})
    end = "" if value["change"] == "done" else value["change"]
    return ", ".join(x for x in (words(value["site"]), end) if x)


def _result(result: Mapping[str, JSON]) -> str:
    parts = []
    for key, found in sorted(result.items()):
        if key.endswith("_s"):
            continue
        if key == "values":
            parts.append(_result(found))
        elif isinstance(found, Mapping):
            positive = [words(k) for k, v in sorted(found.items()) if v is True]
            parts.append(f"positive: {', '.join(positive)}" if positive else "negative")
        elif isinstance(found, list):
            parts.append(", ".join(map(words, found)) or "nothing found")
        elif key in VITALS and found is not None:
            row = VITALS[key]
            parts.append(f"{row.label} {row.text(found)} {row.shown_unit}".strip())
        elif found is not None:
            parts.append(f"{words(key)} {words(found)}")
    return ", ".join(parts)


def _alert(story: Story, alert: Alert) -> dict[str, JSON]:
    last = max(range(len(alert.course)), key=lambda i: alert.course[i].at_s)
    steps: list[Step] = [why(story.journal, alert)]
    if last > 0:
        steps.append(why(story.journal, alert, moment=last))
    return {
        "alert": alert,
        "why": steps,
        "short": _in_short(story, steps),
        "steps": alert.escalations(),
    }


def _in_short(story: Story, steps: Sequence[Step]) -> str:
    """What an alert rests on, before its steps: the vital signs read, else whatever was."""
    found = [s for top in steps for _, s in top.walk() if s.kind == "reading" and s.seq is not None]
    vitals = [s for s in found if story.journal[s.seq or 1].name in VITALS]
    rows = sorted({(s.at_s, words(s.text)) for s in vitals or found})
    return "; ".join(f"{text} ({clock(at_s)})" for at_s, text in rows)


def _talked_of(story: Story, notes: Sequence[Note]) -> list[dict[str, JSON]]:
    """The instructor's marks and everybody's notes, in the order of their moments."""
    about = {shown.seq: alert.rule for alert in story.alerts for shown in alert.course}
    about |= {change.seq: in_words(change)[1] for change in story.medical_events()}
    rows: list[dict[str, JSON]] = [
        {
            "at_s": mark["at_s"],
            "kind": mark["rating"],
            "text": _joined(about.get(mark["about"], ""), _label(mark)),
            "by": "",
        }
        for mark in story.marks
    ]
    rows += [
        {
            "at_s": note.at_s,
            "kind": "note",
            "text": _joined(about.get(note.about, ""), note.text),
            "by": words(note.by) + (", afterwards" if note.is_added else ""),
        }
        for note in notes
    ]
    rows += [
        {
            "at_s": change.effective,
            "kind": "note",
            "text": str(change.value.get("text", "")),
            "by": words(change.by),
        }
        for change in story.events(story.one("trauma"), "note")
    ]
    return sorted(rows, key=lambda row: row["at_s"])


def _label(mark: Mapping[str, JSON]) -> str:
    """What a mark says; a bookmark without a name has its time as one, which stands already."""
    is_time = mark["rating"] == "bookmark" and mark["note"].replace(":", "").isdigit()
    return "" if is_time else str(mark["note"])


def _joined(about: str, text: str) -> str:
    return ": ".join(filter(None, (about, text)))


def _stale(stale_s: Mapping[str, float]) -> list[tuple[str, float]]:
    rows = [(VITALS[key].label, seconds) for key, seconds in stale_s.items() if seconds > 0]
    return sorted(rows, key=lambda row: -row[1])


def _lives(story: Story) -> list[tuple[float, str, str]]:
    """When a twin that mirrors the patient lost or regained its sources."""
    twins = {*story.of_kind("patient"), *story.of_kind("monitor"), *story.of_kind("trauma")}
    return [
        (c.recorded, c.twin, LIVES[c.value])
        for c in story.journal
        if c.kind == "life" and c.twin in twins and c.value in LIVES
    ]

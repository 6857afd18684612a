"""A run as one page that stands alone: what happened when, what was missed, and why.

Nothing is fetched from outside, the picture is drawn into the page, and it prints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from environment.model.change import JSON
from environment.model.vitals import VITALS
from scenarios.behind import behind_text
from scenarios.brought import bleeding_text, brought_in
from scenarios.brought import told as told_of
from scenarios.care import doses, given, injuries, left_open, measured_text, person, value_text
from scenarios.chart import MARK, Chart
from scenarios.clinical_time import clock
from scenarios.episodes import Alert
from scenarios.expectations import Verdict, judge
from scenarios.handover import card
from scenarios.language import ENGLISH, Tongue
from scenarios.measures import Kpi, kpi_clock, measured, missed_windows
from scenarios.notes import Note
from scenarios.schema import Scenario
from scenarios.story import Action, Story
from scenarios.translating import in_language
from scenarios.why import Step, why
from scenarios.wording import (
    deed,
    entry,
    in_words,
    phase_titled,
    rule_titled,
    sign_titled,
    titled,
    worded,
    words,
)

TEMPLATES = Path(__file__).parent / "templates"
#: How well a twin's values are coupled to their sources, where that is told.
LIVES = ("shadowed", "degraded", "lost")


def html(
    story: Story,
    scenario: Scenario,
    *,
    seed: int,
    verdict: Verdict | None = None,
    notes: Sequence[Note] = (),
    say: Tongue = ENGLISH,
) -> str:
    """The page, in a language."""
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
        "titled": partial(titled, say=say),
        "entry": partial(entry, say=say),
        "rule": partial(rule_titled, say=say),
        "span": partial(span, say=say),
        "person": partial(person, say=say),
        "phase": partial(phase_titled, say=say),
    }
    page = env.get_template("report.html.j2")
    return page.render(context(story, scenario, seed, verdict, notes, say))


def context(
    story: Story,
    scenario: Scenario,
    seed: int,
    verdict: Verdict | None,
    notes: Sequence[Note] = (),
    say: Tongue = ENGLISH,
) -> dict[str, Any]:  # whatever the template shows
    """All that the page shows, in the order in which it shows it."""
    found = measured(story)
    scenario = in_language(scenario, say.language)
    not_done = [a for a in story.actions if a.status in ("refused", "failed")]
    if verdict is None or not say.is_first:  # a verdict is told in words
        verdict = judge(story, scenario, say)
    return {
        "t": say.t,
        "lang": say.language,
        "scenario": scenario,
        "facts": _facts(story, scenario, seed, say),
        "seed": seed,
        "branch": next((b for b in scenario.branches if b.name == scenario.branch), None),
        "ends_s": story.ends_s,
        "outcome": found["outcome"],
        "ended": ended(found["outcome"], say),
        "bleeding": bleeding_text(story, say),
        "remarks": _remarks(story, say),
        "brought": [told_of(row) for row in brought_in(story, say)],
        "tiles": _tiles(story, found, verdict, say),
        "chart": Chart(story, story.ends_s, say=say).svg(),
        "kpis": [_kpi(row, say) for row in kpi_clock(story)],
        "atmist": card(story, scenario.start, say),
        "totals": found["totals"],
        "doses": doses(found["totals"]["drugs"], say),
        "given": given(story, say),
        "stays": story.whereabouts,
        "phases": story.phases,
        "injuries": injuries(story, say),
        "alerts": [_alert(story, a, say) for a in story.alerts],
        "load": found["alert_load"],
        "verdict": verdict,
        "unexpected": [(a, say.alert(a.rule, a.text)) for a in verdict.unexpected],
        "missed": missed_windows(story, verdict, say),
        "mark": MARK,
        "foreseen": say.t("foreseen"),
        "notes": _talked_of(story, notes, say),
        "stale": _stale(found["stale_s"], say),
        "lives": _lives(story, say),
        "refused": [
            _refused(a, say) for a in not_done if scenario.roles.get(a.by, "agent") != "agent"
        ],
        "of_agents": [
            _refused(a, say) for a in not_done if scenario.roles.get(a.by, "agent") == "agent"
        ],
        "left_open": left_open(story, say),
        "head": story.journal.hashes()[-1] if len(story.journal) else "",
        "changes": len(story.journal),
    }


def _remarks(story: Story, say: Tongue) -> list[str]:
    """What must be known before anything is read off the times."""
    rows = [behind_text(story, say)] + [
        say.t(
            "report.rewound",
            **{"from": clock(row.from_s), "to": clock(row.to_s), "branch": row.branch},
        )
        for row in story.rewinds
    ]
    return [row for row in rows if row]


def _facts(story: Story, scenario: Scenario, seed: int, say: Tongue) -> str:
    """Which case of whom, and when."""
    patient = scenario.patient
    return say.t(
        "report.facts",
        id=scenario.id,
        age=round(patient.age),
        sex=worded("sex", patient.sex, say),
        weight=round(patient.weight_kg),
        at=scenario.start.strftime(say.t("date")),
        ends=clock(story.ends_s),
        seed=seed,
    )


def ended(outcome: Mapping[str, JSON], say: Tongue = ENGLISH) -> str:
    """The outcome in words."""
    if not outcome["alive"]:
        return say.t("ended.no_pulse", at=clock(outcome["arrest_s"]))
    place = outcome["destination"]
    if not place:
        return say.t("ended.alive")
    if place == "icu":
        return say.t("ended.alive_to_icu")
    return say.t("ended.alive_to_room", place=worded("end", place, say))


def span(seconds: float | None, say: Tongue = ENGLISH) -> str:
    """A duration: `04:05`, `1:04:05`."""
    return say.t("report.not_measured") if seconds is None else clock(seconds)


def _tiles(
    story: Story, found: Mapping[str, JSON], verdict: Verdict, say: Tongue
) -> list[tuple[str, str]]:
    kpis = {row.key: row for row in kpi_clock(story)}
    blood = sum(found["totals"]["blood"].values())
    load, precision = found["alert_load"], verdict.precision
    tiles = [(key, _tile(kpis[key])) for key in ("scene_time", "txa", "haemorrhage_control")]
    tiles += [
        ("blood", str(blood)),
        ("alerts", str(load["total"])),
        ("most", str(load["most_in_30_min"])),
        ("met", say.t("tile.met_of", met=len(verdict.met), all=verdict.judged)),
        ("foreseen", "-" if precision is None else f"{precision:.0%}"),
    ]
    return [(say.t(f"tile.{key}"), value) for key, value in tiles]


def _kpi(row: Kpi, say: Tongue) -> Kpi:
    """An interval with its name, and who asks for it, in words."""
    label, source = say.named("kpi", row.key), say.named("source", row.source)
    return replace(row, label=label or row.label, source=source or row.source)


def _tile(row: Kpi) -> str:
    return "-" if row.value_s is None else clock(row.value_s)


def _refused(action: Action, say: Tongue) -> dict[str, JSON]:
    """What was not done: when, who asked for what, and what stood against it."""
    what = words(action.operation) if say.is_first else worded("do", action.operation, say)
    of = words(action.twin) if say.is_first else titled(action.twin, say)
    told = action.told
    said = say.page(f"guard.{told.get('guard')}") or say.page(f"failed.{told.get('reason')}")
    # what a guard expected and found is the program's
    reason = said if said and "{" not in said else action.reason
    return {
        "at_s": action.at_s,
        "what": f"{person(action.by, say)}: {what} ({of})",
        "why": f"{say.t(action.status)}: {reason}",
    }


def _alert(story: Story, alert: Alert, say: Tongue) -> dict[str, JSON]:
    last = max(range(len(alert.course)), key=lambda i: alert.course[i].at_s)
    steps: list[Step] = [why(story.journal, alert)]
    if last > 0:
        steps.append(why(story.journal, alert, moment=last))
    cleared = f"cleared.{alert.cleared_because}"
    return {
        "alert": alert,
        "text": say.alert(alert.rule, alert.text),
        "seen_by": person(alert.acknowledged_by, say),
        "seen_how": _seen_how(alert, say),
        "cleared": say.t(cleared) if say.has(cleared) else say.author(alert.cleared_because),
        "why": steps,
        "short": _in_short(story, steps, say),
        "steps": alert.escalations(),
    }


def _seen_how(alert: Alert, say: Tongue) -> str:
    how = deed(alert.acknowledged_how, say)
    return say.t("debrief.by_doing", what=how) if alert.is_seen_by_doing else how


def _in_short(story: Story, steps: Sequence[Step], say: Tongue) -> str:
    """What an alert rests on, before its steps: the vital signs read, else whatever was."""
    found = [s for top in steps for _, s in top.walk() if s.kind == "reading" and s.seq is not None]
    vitals = [s for s in found if story.journal[s.seq or 1].name in VITALS]
    rows = sorted({(s.at_s, _read(story, s, say)) for s in vitals or found})
    return "; ".join(f"{text} ({clock(at_s)})" for at_s, text in rows)


def _read(story: Story, step: Step, say: Tongue) -> str:
    """A reading in words: of whom, what, and its value."""
    change = story.journal[step.seq or 1]
    if say.is_first:
        return words(step.text)
    if change.name in VITALS and change.value is not None:
        value = measured_text(change.name, change.value, say)
    elif change.name.endswith("_s") and isinstance(change.value, (int, float)):
        value = clock(change.value)
    else:
        value = value_text(change.value, say)
    name = say.named("member", change.name) or sign_titled(change.name, say)
    return f"{person(change.twin, say)}: {name} {value}".strip()


def _talked_of(story: Story, notes: Sequence[Note], say: Tongue) -> list[dict[str, JSON]]:
    """The instructor's marks and everybody's notes, in the order of their moments."""
    about = {shown.seq: alert.rule for alert in story.alerts for shown in alert.course}
    about |= {change.seq: in_words(change, say)[1] for change in story.medical_events()}
    rows: list[dict[str, JSON]] = [
        {
            "at_s": mark["at_s"],
            "kind": mark["rating"],
            "text": _joined(about.get(mark["about"], ""), _label(mark)),
            "by": "",
        }
        for mark in story.marks
    ]
    for note in notes:
        who = person(note.by, say)
        rows.append(
            {
                "at_s": note.at_s,
                "kind": "note",
                "text": _joined(about.get(note.about, ""), note.text),
                "by": say.t("notes.afterwards", who=who) if note.is_added else who,
            }
        )
    rows += [
        {
            "at_s": change.effective,
            "kind": "note",
            "text": say.author(change.value.get("text", "")),
            "by": person(change.by, say),
        }
        for change in story.events(story.one("trauma"), "note")
    ]
    rows.sort(key=lambda row: row["at_s"])
    return [
        {**row, "said": say.t(row["kind"]) if say.has(row["kind"]) else row["kind"]} for row in rows
    ]


def _label(mark: Mapping[str, JSON]) -> str:
    """What a mark says; a bookmark without a name has its time as one, which stands already."""
    is_time = mark["rating"] == "bookmark" and mark["note"].replace(":", "").isdigit()
    return "" if is_time else str(mark["note"])


def _joined(about: str, text: str) -> str:
    return ": ".join(filter(None, (about, text)))


def _stale(stale_s: Mapping[str, float], say: Tongue) -> list[tuple[str, float]]:
    rows = [(sign_titled(key, say), seconds) for key, seconds in stale_s.items() if seconds > 0]
    return sorted(rows, key=lambda row: -row[1])


def _lives(story: Story, say: Tongue) -> list[tuple[float, str, str]]:
    """When a twin that mirrors the patient lost or regained its sources."""
    twins = {*story.of_kind("patient"), *story.of_kind("monitor"), *story.of_kind("trauma")}
    return [
        (c.recorded, person(c.twin, say), say.t(f"life.{c.value}"))
        for c in story.journal
        if c.kind == "life" and c.twin in twins and c.value in LIVES
    ]

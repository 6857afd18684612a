"""What a team talks about afterwards, as plain data: the course in lanes, what was expected, why.

The page of the debrief draws it; a session that still runs gives it as far as it has come.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from agents.rules import RULES
from environment.model.change import JSON, Change
from environment.model.vitals import VITALS
from environment.runtime.journal import Journal
from scenarios.behind import behind
from scenarios.brought import brought_in, still_bleeds
from scenarios.episodes import RANK, Alert
from scenarios.expectations import Judgement, Verdict, judge
from scenarios.measures import kpi_clock, measured, missed_windows
from scenarios.notes import Note, all_notes
from scenarios.report import ended
from scenarios.schema import Scenario
from scenarios.story import Story
from scenarios.why import why
from scenarios.wording import asked, in_words

#: Vital signs of the lanes, from the top, and two that a moment shows besides.
CURVES = ("sbp", "dbp", "hr", "spo2", "rr", "etco2", "temp", "gcs")
#: Of a curve one point in this many seconds is told; more could not be seen.
EVERY_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """A run as far as it has come."""

    name: str
    scenario: Scenario
    seed: int
    story: Story
    verdict: Verdict

    def notes(self) -> list[Note]:
        """What was written down meanwhile."""
        return all_notes(self.story)


class Live:
    """The debrief of a run that goes on, worked out beside it: the run does not wait meanwhile."""

    def __init__(self, journal: Journal, scenario: Scenario, seed: int, name: str = "") -> None:
        self._journal, self._scenario, self._seed = journal, scenario, seed
        self._name = name or journal.name  # of its folder, where it has one
        self._upto = -1
        self._at_work: asyncio.Future[list[JSON]] | None = None

    async def told(self) -> list[JSON]:
        """At least as far as the run has come now; several who ask share a look."""
        wanted = len(self._journal)
        while self._at_work is None or self._upto < wanted:
            if self._at_work is not None and not self._at_work.done():
                await asyncio.wait([self._at_work])  # it began too early
                continue
            self._upto = len(self._journal)
            look = asyncio.to_thread(self._look, tuple(self._journal))
            self._at_work = asyncio.ensure_future(look)
        return await asyncio.shield(self._at_work)

    def taken(self, _: int = 0) -> Callable[[], SoFar]:
        """The run as far as it has come now, for whoever works on it beside."""
        changes = tuple(self._journal)

        def so_far() -> SoFar:
            story = self._story(changes)
            verdict = judge(story, self._scenario)
            return SoFar(
                name=self._name,
                scenario=self._scenario,
                seed=self._seed,
                story=story,
                verdict=verdict,
            )

        return so_far

    def _look(self, changes: Sequence[Change]) -> list[JSON]:
        story = self._story(changes)
        return [debrief(story, self._scenario, name=self._name, seed=self._seed)]

    def _story(self, changes: Sequence[Change]) -> Story:
        journal = Journal(self._journal.name)
        for change in changes:
            journal.append(change)
        return Story(journal)


def debrief(story: Story, scenario: Scenario, *, name: str, seed: int) -> dict[str, JSON]:
    """All that the page shows of one run."""
    verdict = judge(story, scenario)
    found = measured(story)
    return {
        "name": name,
        "title": scenario.title,
        "branch": scenario.branch,
        "seed": seed,
        "start": scenario.start.isoformat(),
        "ends_s": story.ends_s,
        "ended": ended(found["outcome"]),
        "alive": found["outcome"]["alive"],
        "arrest_s": found["outcome"]["arrest_s"],
        "destination": found["outcome"]["destination"],
        "bleeding": still_bleeds(story),
        "lanes": {
            "vitals": [row for key in CURVES if (row := _curve(story, key)) is not None],
            "phases": _phases(story),
            "rooms": _rooms(story),
            "actions": _actions(story),
            "alerts": [_alert(story, alert) for alert in story.alerts],
            "alarms": _alarms(story),
            "windows": _windows(verdict, story.ends_s),
            "instructor": [row.as_json() for row in brought_in(story)],
            "marks": story.marks,
        },
        "behind": [row.as_json() for row in behind(story)],
        "rewound": [asdict(row) for row in story.rewinds],
        "kpis": [asdict(row) for row in kpi_clock(story)],
        "missed": missed_windows(story, verdict),
        "unexpected": [a.seq for a in verdict.unexpected],
        "precision": verdict.precision,
        "recall": verdict.recall,
        "load": found["alert_load"],
        "totals": found["totals"],
        "noted": [note.as_json() for note in all_notes(story)],
        "notes": _notes(story, scenario),
        "goals": scenario.goals,
        "traps": scenario.traps,
        "questions": scenario.debrief,
        "changes": len(story.journal),
    }


def _curve(story: Story, key: str) -> dict[str, JSON] | None:
    """A vital sign, thinned; null where it ended to be known."""
    row, points = VITALS[key], []
    last = float("-inf")
    for at_s, value in story.curve(key):
        if value is None:
            points.append([at_s, None])
            last = float("-inf")
        elif at_s - last >= EVERY_S:
            points.append([at_s, value])
            last = at_s
    if not points:
        return None
    return {"key": key, "label": row.label, "unit": row.shown_unit, "points": points}


def _bands(rows: Sequence[tuple[float, str]], ends_s: float) -> list[dict[str, JSON]]:
    ends = [at_s for at_s, _ in rows[1:]] + [ends_s]
    return [
        {"name": name, "from_s": at_s, "to_s": end}
        for (at_s, name), end in zip(rows, ends, strict=False)
    ]


def _phases(story: Story) -> dict[str, JSON]:
    """The phases of each process, by its twin."""
    twins = (*story.of_kind("preh"), *story.of_kind("trauma"))
    return {
        twin: _bands(
            [(c.recorded, str(c.value)) for c in story.phases if c.twin == twin], story.ends_s
        )
        for twin in twins
    }


def _rooms(story: Story) -> list[dict[str, JSON]]:
    return [
        {"name": s.room, "from_s": s.in_s, "to_s": story.ends_s if s.out_s is None else s.out_s}
        for s in story.whereabouts
    ]


def _actions(story: Story) -> list[dict[str, JSON]]:
    rows = []
    for change in story.medical_events():
        kind, words = in_words(change)
        rows.append(
            {
                "at_s": change.effective,
                "kind": kind,
                "what": words,
                "event": change.name,
                "of": {k: v for k, v in change.value.items() if k not in ("result", "details")},
                "by": change.by,
                "seq": change.seq,
            }
        )
    return rows


def _alert(story: Story, alert: Alert) -> dict[str, JSON]:
    last = max(range(len(alert.course)), key=lambda i: alert.course[i].at_s)
    steps = [why(story.journal, alert).as_json()]
    if alert.course[last].priority != alert.course[0].priority:
        steps.append(why(story.journal, alert, moment=last).as_json())
    return {
        "rule": alert.rule,
        "title": RULES[alert.rule].title if alert.rule in RULES else "",
        "priority": alert.priority,
        "text": alert.text,
        "display": alert.course[0].display,
        "from_s": alert.raised_s,
        "to_s": alert.cleared_s,
        "cleared_because": alert.cleared_because,
        "steps": [[at_s, priority] for at_s, priority in alert.escalations()],
        "acknowledged_s": alert.acknowledged_s,
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_how": alert.acknowledged_how,
        "by_doing": alert.is_seen_by_doing,
        "said": [[shown.at_s, shown.text] for shown in alert.course],
        "displays": alert.displays,
        "seq": alert.seq,
        "why": steps,
    }


def _alarms(story: Story) -> list[dict[str, JSON]]:
    """What monitors alarmed by themselves, from when to when, and who paused the sound."""
    rows: list[dict[str, JSON]] = []
    for monitor in story.of_kind("monitor"):
        is_open: dict[str, dict[str, JSON]] = {}
        for change in story.journal.read(twin=monitor, kind="event"):
            told = change.value
            if change.name in ("alarm_began", "alarm_changed"):
                row = is_open.get(told["alarm"])
                if row is None:
                    row = is_open[told["alarm"]] = {
                        **told,
                        "twin": monitor,
                        "from_s": change.effective,
                        "to_s": None,
                        "steps": [],
                        "silenced": [],
                        "seq": change.seq,
                    }
                    rows.append(row)
                row["steps"].append([change.effective, told["priority"]])
                row["priority"] = max(row["priority"], told["priority"], key=RANK.__getitem__)
            elif change.name == "alarm_ended" and told["alarm"] in is_open:
                is_open.pop(told["alarm"])["to_s"] = change.effective
            elif change.name == "silenced":
                for name in told["alarms"]:
                    if name in is_open:
                        paused = {"at_s": change.effective, "by": change.by}
                        is_open[name]["silenced"].append(paused)
    return sorted(rows, key=lambda row: row["from_s"])


def _windows(verdict: Verdict, ends_s: float) -> list[dict[str, JSON]]:
    """What was expected, and when; what a running session may still reach is `open`."""
    rows = [_window("met", j) for j in verdict.met]
    rows += [_window("late", j) for j in verdict.late]
    for judgement in verdict.missed:
        still = judgement.by_s is not None and ends_s < judgement.by_s
        if judgement.is_by_instructor:
            rows.append(_window("helped", judgement))
        else:
            rows.append(_window("open" if still else "missed", judgement))
    rows += [_window("violated", j) for j in verdict.violated]
    rows += [_window("void", j) for j in verdict.void]
    rows.sort(key=lambda row: (row["by_s"] is None, row["by_s"] or 0.0))
    return rows


def _window(verdict: str, judgement: Judgement) -> dict[str, JSON]:
    return {
        "verdict": verdict,
        "kind": judgement.kind,
        "subject": judgement.subject,
        "title": RULES[judgement.subject].title if judgement.subject in RULES else "",
        "given": dict(judgement.given),
        "by_instructor": judgement.is_by_instructor,
        "treated": judgement.treated,
        "changed": [row.as_json() for row in judgement.changed],
        "must": judgement.must,
        "priority": judgement.priority,
        "from_s": judgement.earliest_s,
        "by_s": judgement.by_s,
        "at_s": judgement.at_s,
        # of what may still come nobody can say that it never came
        "text": judgement.text.removesuffix(", never came")
        if verdict == "open"
        else judgement.text,
        "why": judgement.why,
    }


def _notes(story: Story, scenario: Scenario) -> list[dict[str, JSON]]:
    """What was noted in the case, and what people were refused; what agents were is no note."""
    rows = [
        {"at_s": c.effective, "by": c.by, "kind": "note", "text": str(c.value.get("text", ""))}
        for c in story.events(story.one("trauma"), "note")
    ]
    rows += [
        {
            "at_s": a.at_s,
            "by": a.by,
            "kind": a.status,
            "text": f"{asked(f'{a.twin}.{a.operation}', a.arguments)}: {a.reason}",
            "do": f"{a.twin}.{a.operation}",
            "given": dict(a.arguments),
            "told": dict(a.told),
        }
        for a in story.actions
        if a.status in ("refused", "failed") and scenario.roles.get(a.by, "agent") != "agent"
    ]
    return sorted(rows, key=lambda row: row["at_s"])

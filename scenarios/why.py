"""Why an alert was shown: from the glass back to the monitor's readings.

The chain is in the journal: the alert was caused by a request, the request by an agent's decision
(its plan, file and line), the decision by the beliefs that made the plan fit, each belief by a
reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from environment.errors import did_you_mean
from environment.model.change import JSON, Cause, Change
from environment.model.vitals import VITALS
from environment.runtime.journal import Journal
from scenarios.clinical_time import clock, seconds
from scenarios.episodes import Alert
from scenarios.errors import UnknownAlertError
from scenarios.story import Story

#: How far the walk goes back; a longer chain is cut and says so.
DEEPEST = 12
_ANNOTATIONS = re.compile(r"\[(?:at|source|twin|quality)\(.*\]$")
_NAMED = re.compile(r"(?P<rule>[A-Za-z]{3}-\d{2})(?:#(?P<number>\d+)|@(?P<at>-?[\d:]+))?")


@dataclass(slots=True)
class Step:
    """One thing in the chain, in words, and what led to it."""

    at_s: float
    text: str
    seq: int | None
    kind: str  # alert, request, decision, belief, reading, event
    because: list["Step"] = field(default_factory=list)

    def as_json(self) -> dict[str, JSON]:
        """As `why --json` writes it."""
        return {
            "at_s": self.at_s,
            "text": self.text,
            "seq": self.seq,
            "kind": self.kind,
            "because": [step.as_json() for step in self.because],
        }

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Step"]]:
        """Itself and all steps below, with their depth."""
        yield depth, self
        for step in self.because:
            yield from step.walk(depth + 1)


def find_alert(story: Story, name: str) -> Alert:
    """The episode that `HAE-01`, `HAE-01#2`, `HAE-01@15:30` or a seq means; else the first."""
    if name.isdigit():
        for alert in story.alerts:
            if any(shown.seq == int(name) for shown in alert.course):
                return alert
        raise UnknownAlertError(f"Change {name} did not raise an alert. {_known(story)}")
    match = _NAMED.fullmatch(name)
    if match is None:
        raise UnknownAlertError(
            f"'{name}' is no alert; write a rule (HAE-01), an episode of it (HAE-01#2), "
            "a time at which it was open (HAE-01@15:30), or a seq."
        )
    rule = match["rule"].upper()
    episodes = [a for a in story.alerts if a.rule == rule]
    if not episodes:
        rules = {a.rule for a in story.alerts}
        hint = did_you_mean(rule, rules) if rules else " This run raised no alert."
        raise UnknownAlertError(f"This run shows no alert '{rule}'.{hint}")
    if match["number"]:
        number = int(match["number"])
        if not 1 <= number <= len(episodes):
            raise UnknownAlertError(
                f"'{rule}' has {len(episodes)} episode(s), not {number}. {_known(story)}"
            )
        return episodes[number - 1]
    if match["at"]:
        at_s = seconds(match["at"])
        for alert in episodes:
            cleared_s = float("inf") if alert.cleared_s is None else alert.cleared_s
            if alert.raised_s - 1 <= at_s <= cleared_s:
                return alert
        raise UnknownAlertError(f"'{rule}' was not open at {match['at']}. {_known(story)}")
    return episodes[0]


def _known(story: Story) -> str:
    rows = ", ".join(f"{a.rule}@{clock(a.raised_s)}" for a in story.alerts)
    return f"Alerts of this run: {rows}." if rows else "This run raised no alert."


def why(journal: Journal, alert: Alert, *, moment: int = 0) -> Step:
    """The chain behind an alert, or behind a later `moment` of its course."""
    return _Walk(journal).step(journal[alert.course[moment].seq], 0)


def readings(step: Step) -> list[str]:
    """The readings at the end of the chain, each once, oldest first."""
    rows = {(s.at_s, s.text) for _, s in step.walk() if s.kind == "reading"}
    return [f"{clock(at_s)} {text}" for at_s, text in sorted(rows)]


class _Walk:
    """One walk; what was told once is not told again in full."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.told: set[int] = set()

    def step(self, change: Change, depth: int) -> Step:
        """A change and, through alerts, requests and decisions, all that led to it."""
        kind, text = _words(change)
        step = Step(change.recorded, text, change.seq, kind)
        if change.seq in self.told:
            step.text += " (as above)"
            return step
        self.told.add(change.seq)
        if depth >= DEEPEST:
            step.text += " ..."
        elif kind == "decision":
            step.because = [*self._plans(change), *self._beliefs(change, depth)]
            if self._is_news(change.cause):
                step.because.append(self._source(change.cause, depth))
        elif kind == "reading":
            step.at_s = change.effective
        elif isinstance(change.cause, int) and 1 <= change.cause < change.seq:
            step.because = [self.step(self.journal[change.cause], depth + 1)]
        elif change.cause is not None and not isinstance(change.cause, int):
            name, seq = change.cause
            step.because = [Step(change.effective, f"change {seq} of {name}", None, "event")]
        return step

    def _is_news(self, cause: Cause | None) -> TypeGuard[int]:
        return isinstance(cause, int) and cause not in self.told

    def _plans(self, change: Change) -> list[Step]:
        """The plans above the one that acted."""
        return [
            Step(
                change.recorded,
                f"for plan {f.get('plan')} ({f.get('file')}:{f.get('line')}), "
                f"because of {_trigger(f.get('trigger'))}",
                None,
                "plan",
            )
            for f in (change.value.get("stack") or [])[1:]
        ]

    def _beliefs(self, change: Change, depth: int) -> list[Step]:
        """What the plans rested on; rules and mental notes only where nothing came from outside."""
        rows = change.value.get("beliefs") or []
        outside = [b for b in rows if isinstance(b.get("seq"), int) and 1 <= b["seq"] < change.seq]
        steps = []
        for belief in outside or rows:
            text, seq = _ANNOTATIONS.sub("", str(belief.get("belief", ""))), belief.get("seq")
            step = Step(change.recorded, f"believed {_short(text)}", None, "belief")
            if belief in outside:
                step.at_s = self.journal[seq].effective
                step.because = [self._source(seq, depth)]
            steps.append(step)
        return steps

    def _source(self, seq: int, depth: int) -> Step:
        """Where a belief came from: another alert is walked on, a fact ends the walk."""
        change = self.journal[seq]
        kind, text = _words(change)
        if kind == "alert":
            return self.step(change, depth + 2)
        self.told.add(seq)
        leaf = Step(change.effective, text, seq, kind)
        if isinstance(change.cause, int) and kind == "reading" and not _is_measured(change):
            asked = self.journal[change.cause]
            if asked.kind == "operation":
                leaf.because = [Step(asked.recorded, _words(asked)[1], asked.seq, "request")]
        return leaf


def _is_measured(change: Change) -> bool:
    row = VITALS.get(change.name)
    return row is not None and row.kind == "monitor"


def _words(change: Change) -> tuple[str, str]:
    """What kind of thing a change is, and how to say it."""
    value = change.value
    if change.kind == "event" and change.name in ("alert_raised", "alert_changed"):
        verb = "shows" if change.name == "alert_raised" else "changes"
        return "alert", (
            f"{change.twin} {verb} {value['rule']} ({value['priority']}): {value['text']}"
        )
    if change.kind == "event" and change.name == "decided":
        place = f"{value.get('file')}:{value.get('line')}"
        return "decision", (
            f"{change.by} decided {value.get('act')} by plan {value.get('plan')} ({place}), "
            f"because of {_trigger(value.get('trigger'))}"
        )
    if change.kind == "operation":
        given = ", ".join(f"{k} {v}" for k, v in sorted((value.get("arguments") or {}).items()))
        asked = f"{change.by} asks {change.twin} to {change.name.replace('_', ' ')}"
        return "request", f"{asked}: {given}" if given else asked
    if change.kind == "property":
        return "reading", f"{change.twin} {_value(change)}{_source(change)}"
    return (
        "event",
        f"{change.twin}: {change.name.replace('_', ' ')} {_short(value)}{_source(change)}",
    )


def _trigger(text: JSON) -> str:
    return _short(_ANNOTATIONS.sub("", str(text)))


def _value(change: Change) -> str:
    row = VITALS.get(change.name)
    if change.value is None:
        return f"{change.name} no longer known"
    if row is not None and isinstance(change.value, (int, float)):
        return f"{row.label} {row.text(change.value)} {row.shown_unit}".rstrip()
    return f"{change.name.replace('_', ' ')} {_short(change.value)}"


def _short(value: JSON) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_short(v)}" for k, v in sorted(value.items())[:6])
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _source(change: Change) -> str:
    return f" (by {change.source})" if change.source and change.source != change.twin else ""

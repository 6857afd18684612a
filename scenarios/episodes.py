"""Alerts as they were shown: from raised to cleared on all displays, and who saw to them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from environment.model.change import JSON, Change
from environment.runtime.journal import Journal

RANK = {"low": 1, "medium": 2, "high": 3}
#: Two displays that show the same alert within this time show one alert (engineering default).
SAME_ALERT_S = 10.0
#: The event of a mind that says what it decided, with the plans that led there.
DECIDED = "decided"
_RULE = re.compile(r'"([A-Z]{3}-\d{2})"')
#: Arguments that say what an operation on a patient is of.
_OF = ("procedure", "drug", "product", "diagnostic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One moment at which an alert was raised or changed on a display."""

    at_s: float
    priority: str
    text: str
    display: str
    seq: int


@dataclass(slots=True, kw_only=True)
class Alert:
    """One episode of one alert, on all displays that show it."""

    rule: str
    course: list[Shown]
    displays: list[str]
    cleared_s: float | None = None
    cleared_because: str = ""
    acknowledged_s: float | None = None
    acknowledged_by: str = ""
    acknowledged_how: str = ""
    #: Whether nobody said so: what was advised on its account was done.
    is_seen_by_doing: bool = False
    open_on: set[str] = field(default_factory=set)

    @property
    def raised_s(self) -> float:
        """When it was first shown."""
        return self.course[0].at_s

    @property
    def seq(self) -> int:
        """The change that raised it."""
        return self.course[0].seq

    @property
    def text(self) -> str:
        """What it said when it first had its highest priority; later it may count on."""
        return next(s.text for s in self.course if s.priority == self.priority)

    @property
    def priority(self) -> str:
        """The highest priority that it reached."""
        return max((s.priority for s in self.course), key=lambda p: RANK.get(p, 0))

    def reached(self, priority: str | None) -> list[float]:
        """The times at which it was shown with this priority or a higher one."""
        least = RANK.get(priority or "low", 1)
        return [s.at_s for s in self.course if RANK.get(s.priority, 1) >= least]

    def escalations(self) -> list[tuple[float, str]]:
        """Its priorities over time: (time, priority), each once when it changes."""
        steps: list[tuple[float, str]] = []
        for shown in self.course:
            if not steps or steps[-1][1] != shown.priority:
                steps.append((shown.at_s, shown.priority))
        return steps


def episodes(journal: Journal, kinds: Mapping[str, str]) -> list[Alert]:
    """All of a journal, in the order in which they were raised; `kinds` are those of its twins."""
    found: list[Alert] = []
    latest: dict[str, Alert] = {}
    for change in journal:
        if change.kind != "event" or kinds.get(change.twin) != "display":
            continue
        if change.name in ("alert_raised", "alert_changed"):
            _shown(change, found, latest)
        elif change.name in ("alert_cleared", "alert_acknowledged"):
            alert = latest.get(change.value["rule"])
            if alert is not None:
                _ended(change, alert)
    for rule, act in _carried_out(journal, kinds):
        _seen_by_doing(journal, act, [a for a in found if a.rule == rule])
    return found


def _shown(change: Change, found: list[Alert], latest: dict[str, Alert]) -> None:
    rule, priority = change.value["rule"], change.value["priority"]
    alert = latest.get(rule)
    is_old = alert is not None and (
        alert.cleared_s is None or change.recorded - alert.cleared_s < SAME_ALERT_S
    )
    if alert is None or not is_old:
        alert = Alert(rule=rule, course=[], displays=[])
        latest[rule] = alert
        found.append(alert)
    alert.cleared_s, alert.cleared_because = None, ""
    alert.open_on.add(change.twin)
    if change.twin not in alert.displays:
        alert.displays.append(change.twin)
    alert.course.append(
        Shown(
            at_s=change.recorded,
            priority=priority,
            text=change.value["text"],
            display=change.twin,
            seq=change.seq,
        )
    )


def _ended(change: Change, alert: Alert) -> None:
    if change.name == "alert_acknowledged":
        if alert.acknowledged_s is None:
            alert.acknowledged_s = change.recorded
            alert.acknowledged_by = change.value["by"]
            alert.acknowledged_how = change.value["reason"]
        return
    alert.open_on.discard(change.twin)
    if not alert.open_on:
        alert.cleared_s, alert.cleared_because = change.recorded, change.value["reason"]


# -- who does what an alert advised has seen to it -------------------------------------------------


#: What is suggested at the door for a patient who bled on the road, and what said that he did.
AT_THE_DOOR = {"start_mtp": ("HAE-01", "HAE-02", "HAE-03"), "give_blood": ("HAE-01", "HAE-02")}


def _carried_out(journal: Journal, kinds: Mapping[str, str]) -> Iterator[tuple[str, Change]]:
    """The rules whose suggestions people carried out, each with what was done.

    A suggestion is taken off when its assistant perceives that what it advised is done.
    """
    rules: dict[tuple[str, str], list[str]] = {}
    for change in journal:
        if change.kind != "operation" or change.value["status"] != "requested":
            continue
        if kinds.get(change.twin) != "display" or not isinstance(change.cause, int):
            continue
        decided = journal[change.cause]
        if decided.name != DECIDED:
            continue
        named = (change.twin, str(change.value.get("arguments", {}).get("name", "")))
        if change.name == "suggest":
            rules[named] = _rules_of(decided) or list(AT_THE_DOOR.get(named[1], ()))
        elif change.name == "drop_suggestion" and isinstance(decided.cause, int):
            act = _of_a_person(journal, journal[decided.cause], kinds)
            if act is not None:
                for rule in rules.get(named, ()):
                    yield rule, act


def _of_a_person(journal: Journal, act: Change, kinds: Mapping[str, str]) -> Change | None:
    """What somebody did; of what the body then showed, what was asked for."""
    if kinds.get(act.by) == "person":
        return act
    asked = journal[act.cause] if isinstance(act.cause, int) else None
    return asked if asked is not None and kinds.get(asked.by) == "person" else None


def _rules_of(decided: Change) -> list[str]:
    """The rules on whose account an assistant decided something, the nearest plan first."""
    stack: list[dict[str, JSON]] = decided.value.get("stack", [])
    return next((found for row in stack if (found := _RULE.findall(str(row["trigger"])))), [])


def _seen_by_doing(journal: Journal, act: Change, alerts: list[Alert]) -> None:
    for alert in alerts:
        is_open = alert.cleared_s is None or act.recorded <= alert.cleared_s
        if alert.acknowledged_s is None and alert.raised_s <= act.recorded and is_open:
            is_asked = act.kind == "operation" or not isinstance(act.cause, int)
            asked = act if is_asked else journal[act.cause]  # type: ignore[index]  # it is a number
            given = asked.value.get("arguments", {}) if asked.kind == "operation" else {}
            of = next((str(given[key]) for key in _OF if given.get(key)), "")
            alert.acknowledged_s, alert.acknowledged_by = act.recorded, act.by
            alert.acknowledged_how = f"{asked.name} {of}".strip().replace("_", " ")
            alert.is_seen_by_doing = True

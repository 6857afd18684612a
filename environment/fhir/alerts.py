"""Alerts: DetectedIssue (what is wrong), Communication (who was told), Flag (a lasting warning)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from environment.fhir.case import Case
from environment.fhir.elements import (
    Element,
    Mapped,
    Resource,
    checked,
    clean,
    concept,
    refer,
    words,
)
from environment.fhir.lineage import grounds
from environment.model.change import JSON, Change
from environment.model.codes import FLAG_CATEGORY

COMMUNICATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/communication-category"
SEVERITY = {"high": "high", "medium": "moderate", "low": "low"}
RANK = {"low": 1, "medium": 2, "high": 3}
#: Family of rules -> code of the issue; the others are alerts about the patient's condition.
ISSUE = {"DRG": "issue_drug_action"}
#: An alert that comes back within this time on any display is the same one (engineering default).
SAME_ALERT_S = 10.0
#: What can be the evidence of an alert; who asked and who decided stands in its Provenance.
EVIDENCE = (
    "Observation",
    "Condition",
    "AllergyIntolerance",
    "MedicationStatement",
    "MedicationAdministration",
    "MedicationRequest",
    "Procedure",
    "DiagnosticReport",
)
#: Devices whose time in place is a danger of its own.
WATCHED = ("tourniquet", "reboa")


@dataclass(slots=True, kw_only=True)
class Episode:
    """One alert from its first showing to its end, on all displays that showed it."""

    rule: str
    shown: list[Change]
    seen: list[Change] = field(default_factory=list)
    open_on: set[str] = field(default_factory=set)
    cleared: Change | None = None

    @property
    def priority(self) -> str:
        """The highest priority that it reached."""
        return str(max((c.value["priority"] for c in self.shown), key=lambda p: RANK.get(p, 0)))


def episodes(case: Case) -> list[Episode]:
    """All alerts of the case, in the order in which they were raised."""
    found: list[Episode] = []
    latest: dict[str, Episode] = {}
    names = ("alert_raised", "alert_changed", "alert_cleared", "alert_acknowledged")
    for change in case.named("event", *names):
        rule = change.value["rule"]
        episode = latest.get(rule)
        if change.name in ("alert_raised", "alert_changed"):
            is_over = episode is None or (
                episode.cleared is not None
                and change.recorded - episode.cleared.recorded >= SAME_ALERT_S
            )
            if episode is None or is_over:
                episode = latest[rule] = Episode(rule=rule, shown=[])
                found.append(episode)
            episode.cleared = None
            episode.shown.append(change)
            episode.open_on.add(change.twin)
        elif episode is not None and change.name == "alert_acknowledged":
            episode.seen.append(change)
        elif episode is not None:
            episode.open_on.discard(change.twin)
            if not episode.open_on:
                episode.cleared = change
    return found


def alerts(case: Case, made: Mapping[int, str]) -> Iterator[Mapped]:
    """Every alert with its messages; `made` says which change became which resource."""
    for episode in episodes(case):
        issue = _issue(case, episode, made)
        yield issue
        for change in episode.shown:
            yield _message(case, change, issue.reference, episode.seen)
    for person in case.of_kind("person"):
        for change in case.changes(person, "notified", "event"):
            yield _notice(case, person, change)
    for name in ("pre_alert", "handover"):
        for change in case.changes(case.preh, name, "event"):
            yield _handover(case, change)
    yield from flags(case)


def _issue(case: Case, episode: Episode, made: Mapping[int, str]) -> Mapped:
    first, last = episode.shown[0], episode.shown[-1]
    code = checked(ISSUE.get(episode.rule.split("-")[0], "issue_condition"))
    behind = [r for r in grounds(case, episode.shown, made) if r.split("/")[0] in EVIDENCE]
    body: Resource = {
        "resourceType": "DetectedIssue",
        "id": case.id("alert", first.seq),
        "identifier": [{"value": episode.rule}],
        "status": "final",
        "code": concept(f"{episode.rule}: {last.value['text']}", code),
        "severity": SEVERITY[episode.priority],
        "patient": case.subject,
        "identifiedDateTime": case.at(first.recorded),
        "author": case.author(first.by),
        "evidence": [{"detail": [refer(name) for name in behind]}],
        "detail": "; ".join(dict.fromkeys(str(c.value["text"]) for c in episode.shown)),
        "mitigation": [_mitigation(case, seen) for seen in episode.seen],
    }
    changes = (*episode.shown, *([episode.cleared] if episode.cleared else ()))
    return Mapped(clean(body), changes, traced=True)


def _mitigation(case: Case, seen: Change) -> Element:
    author = case.person(seen.value["by"])
    is_practitioner = str(author.get("reference", "")).startswith("Practitioner/")
    return {
        "action": concept(seen.value["reason"] or "acknowledged"),
        "date": case.at(seen.recorded),
        "author": author if is_practitioner else {},
    }


def _sent(case: Case, key: str, change: Change, category: str, to: Iterable[str]) -> Resource:
    return {
        "resourceType": "Communication",
        "id": case.id(key, change.seq),
        "status": "completed",
        "category": [concept(category, {"system": COMMUNICATION_CATEGORY, "code": category})],
        "subject": case.subject,
        "encounter": case.encounter(change.recorded),
        "sent": case.at(change.recorded),
        "sender": case.author(change.by),
        "recipient": [case.ref(person) for person in to if case.kind(person) == "person"],
    }


def _message(case: Case, change: Change, issue: str, seen: Iterable[Change]) -> Mapped:
    body = _sent(case, "message", change, "alert", case.last(change.twin, "watched_by", []))
    received = [s for s in seen if s.twin == change.twin and s.seq > change.seq]
    body |= {
        "priority": "urgent" if change.value["priority"] == "high" else "routine",
        "medium": [concept(words(change.twin))],
        "about": [refer(issue)],
        "received": case.at(received[0].recorded) if received else None,
        "payload": [{"contentString": change.value["text"]}],
    }
    return Mapped(clean(body), (change,))


def _notice(case: Case, person: str, change: Change) -> Mapped:
    body = _sent(case, "notice", change, "notification", [person])
    body["payload"] = [{"contentString": change.value["text"]}]
    return Mapped(clean(body), (change,))


def _handover(case: Case, change: Change) -> Mapped:
    to = [str(change.value.get("to", ""))]
    body = _sent(case, "handover", change, "notification", to)
    card = _said(case, change.value["atmist"], ": ")
    body["topic"] = concept(words(change.name))
    body["payload"] = [{"contentString": card or words(change.name)}]
    return Mapped(clean(body), (change,))


def _said(case: Case, value: JSON, between: str = " ") -> str:
    """A card or a part of it, spoken: times as times, and nothing of what is not known."""
    if isinstance(value, Mapping):
        parts = []
        for key, inner in sorted(value.items()):
            is_time = key.endswith("_s") and isinstance(inner, (int, float))
            said = case.at(inner) if is_time else _said(case, inner)
            if said:
                parts.append(f"{words(key.removesuffix('_s'))}{between}{said}")
        return ", ".join(parts)
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, (_said(case, inner) for inner in value)))
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else words(str(value))


# -- lasting warnings ------------------------------------------------------------------------------


def flags(case: Case) -> Iterator[Mapped]:
    """What everybody must keep in mind: a tourniquet or a balloon in place, blood thinners."""
    rows = case.changes(case.patient, "procedure", "event")
    for change in rows:
        value = change.value
        if value["change"] != "start" or value["procedure"] not in WATCHED:
            continue
        ends = [
            c.effective
            for c in rows
            if c.seq > change.seq
            and c.value["change"] == "stop"
            and (c.value["procedure"], c.value["site"]) == (value["procedure"], value["site"])
        ]
        text = f"{words(value['procedure'])} {words(value['site'])} in place"
        yield _flag(case, change, "safety", text, ends[0] if ends else None)
    for name in ("anticoagulant", "antiplatelet"):
        taken = case.changes(case.patient, name)
        if taken and taken[-1].value not in ("", "none", "unknown"):
            yield _flag(case, taken[-1], "drug", f"takes {words(taken[-1].value)} ({name})", None)


def _flag(case: Case, change: Change, category: str, text: str, end: float | None) -> Mapped:
    code = {"system": FLAG_CATEGORY, "code": category}
    body: Resource = {
        "resourceType": "Flag",
        "id": case.id("flag", change.seq),
        "status": "active" if end is None else "inactive",
        "category": [concept(category, code)],
        "code": concept(text),
        "subject": case.subject,
        "period": case.at.period(change.effective, end),
        "encounter": case.encounter(change.effective),
        "author": case.author(change.by),
    }
    return Mapped(clean(body), (change,))

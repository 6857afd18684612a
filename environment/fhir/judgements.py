"""Judgements and times: the severity decision, scores, and the clock of the mission."""

from collections.abc import Iterator

from environment.fhir.case import Case
from environment.fhir.elements import (
    Element,
    Mapped,
    Resource,
    category,
    checked,
    clean,
    concept,
    quantity,
    refer,
    words,
)
from environment.fhir.facts import TIMES, fact
from environment.model import scores
from environment.model.change import Change
from environment.model.triage import ITEMS
from environment.model.vitals import VITALS
from environment.runtime.states import reading_of


def judgements(case: Case) -> Iterator[Mapped]:
    """The severity decision, the scores, and when what happened."""
    yield from triage(case)
    yield from severity_scores(case)
    yield from times(case)
    yield from notes(case)


def triage(case: Case) -> Iterator[Mapped]:
    """The severity decision: the criteria as an Observation, the judgement as an impression."""
    rows = case.changes(case.preh, "severity")
    if not rows:
        return
    change = rows[-1]
    items = [
        (name, item) for name in ("red", "yellow") for item in (case.last(case.preh, name) or ())
    ]
    at = case.at(change.effective)
    body: Resource = {
        "resourceType": "Observation",
        "id": case.id("triage", change.seq),
        "status": "final",
        "category": category("survey"),
        "code": concept("Field triage, RED and YELLOW criteria"),
        "subject": case.subject,
        "encounter": case.encounter(change.effective),
        "effectiveDateTime": at,
        "issued": case.at(change.recorded),
        "performer": [case.person(change.by)],
        "valueCodeableConcept": concept(words(change.value)),
        "component": [
            {"code": concept(name.upper()), "valueString": ITEMS[item].text}
            for name, item in items
            if item in ITEMS
        ],
    }
    noted = [c for name in ("red", "yellow") for c in case.changes(case.preh, name)]
    yield Mapped(clean(body), (change, *noted))
    judged: Resource = {
        "resourceType": "ClinicalImpression",
        "id": case.id("severity", change.seq),
        "status": "completed",
        "description": "Severity of the injured patient, decided before arrival",
        "subject": case.subject,
        "encounter": case.encounter(change.effective),
        "effectiveDateTime": at,
        "date": case.at(change.recorded),
        "assessor": _assessor(case, change.by),
        "finding": [
            {"itemReference": refer(f"Observation/{case.id('triage', change.seq)}")},
        ],
        "summary": f"{words(change.value)}, decided by {words(change.by)}",
    }
    yield Mapped(clean(judged), (change,), traced=True)


def _assessor(case: Case, by: str) -> Element:
    found = case.person(by)
    return found if str(found.get("reference", "")).startswith("Practitioner/") else {}


def severity_scores(case: Case) -> Iterator[Mapped]:
    """The Injury Severity Score, and the Revised Trauma Score of the first complete set."""
    for change in case.changes(case.trauma, "iss")[-1:]:
        code = concept("Injury severity score", checked("injury_severity_score"))
        yield _score(case, "iss", code, change.value, [change])
    rts = _first_set(case, ("gcs", "sbp", "rr"))
    if rts is not None:
        gcs, sbp, rr = (c.value for c in rts)
        code = concept("Revised trauma score", checked("revised_trauma_score"))
        yield _score(case, "rts", code, round(scores.rts(int(gcs), sbp, rr), 4), rts)


def _first_set(case: Case, names: tuple[str, ...]) -> list[Change] | None:
    """The first moment at which all of these were fresh together."""
    if names in case.settled:
        found: list[Change] = case.settled[names]
        return found
    latest: dict[str, Change] = {}
    allowed = {twin: since for twin, since, _ in reversed(case.carriers)}
    for change in case.named("property", *names):
        if change.quality == "stale" or change.value is None:
            continue
        if change.effective < allowed.get(change.twin, float("inf")):
            continue
        latest[change.name] = change
        horizons = {n: VITALS[n].horizon_s or float("inf") for n in latest}
        fresh = [change.effective - c.effective < horizons[n] for n, c in latest.items()]
        if len(latest) == len(names) and all(fresh):
            case.settled[names] = [latest[name] for name in names]
            return [latest[name] for name in names]
    return None


def _score(case: Case, key: str, code: Element, value: float, rows: list[Change]) -> Mapped:
    at = max(c.effective for c in rows)
    body: Resource = {
        "resourceType": "Observation",
        "id": case.id("score", key, rows[-1].seq),
        "status": "final",
        "category": category("survey"),
        "code": code,
        "subject": case.subject,
        "encounter": case.encounter(at),
        "effectiveDateTime": case.at(at),
        "valueQuantity": quantity(value, "{score}"),
    }
    if len(rows) > 1:
        used = ", ".join(f"{VITALS[c.name].label} {c.value:g}" for c in rows)
        body["note"] = [{"text": f"Calculated from {used}."}]
    return Mapped(clean(body), tuple(rows) if len(rows) == 1 else ())


def times(case: Case) -> Iterator[Mapped]:
    """The times of the mission, each as an Observation whose value is the time.

    That of a step that stands taken back was entered in error.
    """
    for twin in filter(None, (case.preh, case.trauma)):
        members = case.models[twin].properties
        for name in TIMES:
            for change in case.changes(twin, name)[-1:]:
                told = fact(case, members[name], reading_of(change))
                if case.is_undone(name):
                    told.resource["status"] = "entered-in-error"
                yield told


def notes(case: Case) -> Iterator[Mapped]:
    """What the team wrote, photographed or said into the record."""
    for change in case.changes(case.trauma, "note", "event"):
        body: Resource = {
            "resourceType": "Observation",
            "id": case.id("note", change.seq),
            "status": "final",
            "code": concept("note of the team"),
            "subject": case.subject,
            "encounter": case.encounter(change.effective),
            "effectiveDateTime": case.at(change.effective),
            "issued": case.at(change.recorded),
            "performer": [case.person(change.by)],
            "valueString": change.value["text"] or "none",
        }
        yield Mapped(clean(body), (change,))
    for change in case.changes(case.trauma, "media", "event"):
        body = {
            "resourceType": "Media",
            "id": case.id("media", change.seq),
            "status": "completed",
            "type": concept(words(change.value["kind"])),
            "subject": case.subject,
            "encounter": case.encounter(change.effective),
            "createdDateTime": case.at(change.effective),
            "operator": case.person(change.by),
            "content": {"title": str(change.value["reference"]) or "untitled"},
        }
        yield Mapped(clean(body), (change,))

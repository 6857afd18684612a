"""Examinations: ServiceRequest, DiagnosticReport, and what images and the eFAST showed.

The values of a laboratory are Observations of `observations.py`; a report gathers them.
"""

from collections.abc import Iterator, Mapping

from environment.fhir.care import diagnostic_concept
from environment.fhir.case import Case
from environment.fhir.elements import (
    Mapped,
    Resource,
    category,
    clean,
    concept,
    refer,
    words,
)
from environment.model import catalogue
from environment.model.change import JSON, Change

#: Windows of the eFAST, as an examiner says them.
VIEWS = {
    "ruq": "right upper quadrant",
    "luq": "left upper quadrant",
    "pelvis": "pelvis",
    "subxiphoid": "subxiphoid",
    "pleura_left": "left pleura",
    "pleura_right": "right pleura",
}
#: Kind of diagnostic -> the service, in words.
SERVICE = {"ct": "radiology", "xray": "radiology", "laboratory": "laboratory", "ecg": "ECG"}
Made = Mapping[int, str]


def diagnostics(case: Case, made: Made) -> Iterator[Mapped]:
    """Requests, reports and their findings; `made` says which reading became which resource."""
    results = _results(case)
    for device in case.of_kind("device"):
        for change in case.changes(device, "started", "event"):
            if change.value["patient"] == case.patient:
                yield _request(case, device, change, done=change.cause in results)
    for change in results.values():
        if "values" not in change.value["result"]:
            yield _finding(case, change)
        yield _report(case, change, made)


def _results(case: Case) -> dict[JSON, Change]:
    """The results by the request that led to them; a scan that only began has none yet."""
    rows = case.changes(case.patient, "diagnostic", "event")
    return {c.cause if c.cause is not None else c.seq: c for c in rows if c.value["result"]}


def _request(case: Case, device: str, change: Change, *, done: bool) -> Mapped:
    body: Resource = {
        "resourceType": "ServiceRequest",
        "id": case.id("request", change.cause if isinstance(change.cause, int) else change.seq),
        "status": "completed" if done else "active",
        "intent": "order",
        "code": diagnostic_concept(change.value["diagnostic"]),
        "subject": case.subject,
        "encounter": case.encounter(change.effective),
        "authoredOn": case.at(change.effective),
        "requester": case.author(change.by),
        "performer": [case.ref(device)],
    }
    return Mapped(clean(body), (change,), traced=True)


def _report(case: Case, change: Change, made: Made) -> Mapped:
    value, result = change.value, change.value["result"]
    key = catalogue.key_of(value["diagnostic"])
    row = catalogue.DIAGNOSTICS.get(key)
    taken = result.get("started_s", change.effective)
    found = [refer(f"Observation/{case.id('finding', change.seq)}")]
    if "values" in result:
        found = [refer(name) for name in _values_of(case, change, made)]
    requested = isinstance(change.cause, int) and case.kind(change.source) == "device"
    service = SERVICE.get(row.kind, row.kind) if row else "other"
    body: Resource = {
        "resourceType": "DiagnosticReport",
        "id": case.id("report", change.seq),
        "basedOn": [refer(f"ServiceRequest/{case.id('request', change.cause)}")]
        if requested and isinstance(change.cause, int)
        else [],
        "status": "final",
        "category": [concept(service)],
        "code": diagnostic_concept(value["diagnostic"]),
        "subject": case.subject,
        "encounter": case.encounter(taken),
        "effectiveDateTime": case.at(taken),
        "issued": case.at(change.recorded),
        "performer": [case.person(change.by)],
        "result": found,
        "conclusion": "" if "values" in result else finding_text(result),
    }
    return Mapped(clean(body), (change,), traced=True)


def _values_of(case: Case, change: Change, made: Made) -> list[str]:
    """The laboratory's Observations that came from the same request."""
    if change.cause is None:
        return []
    rows = case.journal.read(
        twin=case.patient, kind="property", start=change.recorded, end=change.recorded
    )
    names = [made[c.seq] for c in rows if c.cause == change.cause and c.seq in made]
    return list(dict.fromkeys(names))


def finding_text(result: Mapping[str, JSON]) -> str:
    """What an image showed, in words."""
    if "views" in result:
        positive = [VIEWS.get(k, words(k)) for k, v in sorted(result["views"].items()) if v]
        return f"positive: {', '.join(positive)}" if positive else "negative in all views"
    found = result.get("findings")
    if found is not None:
        return ", ".join(map(words, found)) or "nothing found"
    rest = {k: v for k, v in sorted(result.items()) if k != "started_s"}
    return ", ".join(f"{words(k)} {words(v)}" for k, v in rest.items()) or "done"


def _finding(case: Case, change: Change) -> Mapped:
    """What an image or an eFAST showed; the windows of an eFAST are components."""
    result = change.value["result"]
    taken = result.get("started_s", change.effective)
    body: Resource = {
        "resourceType": "Observation",
        "id": case.id("finding", change.seq),
        "status": "final",
        "category": category("imaging"),
        "code": diagnostic_concept(change.value["diagnostic"]),
        "subject": case.subject,
        "encounter": case.encounter(taken),
        "effectiveDateTime": case.at(taken),
        "issued": case.at(change.recorded),
        "performer": [case.person(change.by)],
        "device": case.ref(change.source) if case.kind(change.source) == "device" else {},
    }
    if "views" in result:
        body["component"] = [
            {"code": concept(f"free fluid or air, {VIEWS.get(k, words(k))}"), "valueBoolean": v}
            for k, v in sorted(result["views"].items())
        ]
    else:
        body["valueString"] = finding_text(result)
    return Mapped(clean(body), (change,))

"""Who did what because of what: Provenance from the chain of causes, AuditEvent from requests."""

import re
from collections.abc import Iterable, Iterator, Mapping

from environment.fhir.case import Case
from environment.fhir.elements import Element, Mapped, Resource, clean, concept, refer, words
from environment.model.change import JSON, Change, canonical

PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
AUDIT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
INTERACTION = "http://hl7.org/fhir/restful-interaction"
#: How an invocation ended -> AuditEvent.outcome; what is running at the end has not failed.
OUTCOME = {"refused": "4", "cancelled": "4", "expired": "4", "failed": "8"}
ENDS = ("refused", "completed", "failed", "cancelled", "expired")

Made = Mapping[int, str]


def chain(case: Case, change: Change) -> list[Change]:
    """What led to a change, first cause first, the change itself left out."""
    return case.journal.why(change)[:-1]


def believed(case: Case, step: Change) -> list[int]:
    """The readings that an agent's decision stood on."""
    if step.kind != "event" or step.name != "decided":
        return []
    seqs = (belief.get("seq") for belief in step.value.get("beliefs", ()))
    return [seq for seq in seqs if isinstance(seq, int) and 1 <= seq <= len(case.journal)]


def cited(case: Case) -> set[int]:
    """Every reading that led to an alert or to what was done: a document keeps all of them."""
    names = ("alert_raised", "alert_changed", "procedure", "drug_given", "infusion_changed")
    found: set[int] = set()
    for change in case.named("event", *names, "blood_given", "ordered"):
        for step in chain(case, change):
            found.add(step.seq)
            found.update(believed(case, step))
    return found


def grounds(case: Case, changes: Iterable[Change], made: Made) -> list[str]:
    """The resources behind changes, as references, each once, oldest first."""
    seqs: set[int] = set()
    for change in changes:
        for step in chain(case, change):
            seqs.add(step.seq)
            seqs.update(believed(case, step))
    return list(dict.fromkeys(made[seq] for seq in sorted(seqs) if seq in made))


def provenances(case: Case, mapped: Iterable[Mapped], made: Made) -> Iterator[Mapped]:
    """For each traced resource: who, when, and the whole chain that led to it."""
    for one in mapped:
        if not one.traced or not one.of or not chain(case, one.of[0]):
            continue
        change = one.of[0]
        body: Resource = {
            "resourceType": "Provenance",
            "id": case.id("why", change.seq, one.resource["resourceType"].lower()),
            "target": [refer(one.reference)],
            "occurredDateTime": case.at(change.effective),
            "recorded": case.at(change.recorded),
            "agent": [
                _agent("author", case.author(change.by)),
                _agent("assembler", case.platform),
            ],
            "entity": _entities(case, change, made, one.reference),
        }
        yield Mapped(clean(body), (change,))


def _agent(type: str, who: Element) -> Element:
    return {"type": concept(type, {"system": PARTICIPANT, "code": type}), "who": who}


def _entities(case: Case, change: Change, made: Made, target: str) -> list[Element]:
    found: dict[str, Element] = {}
    for step in chain(case, change):
        if step.name == "decided" and step.kind == "event":
            plan = f"plan {step.value['plan']} ({step.value['file']}:{step.value['line']})"
            found[f"#{step.seq}"] = refer(case.name_of(step.twin), plan)
            for seq in sorted(believed(case, step)):
                if seq in made:
                    found.setdefault(made[seq], refer(made[seq]))
        elif step.seq in made:
            found.setdefault(made[step.seq], refer(made[step.seq]))
    found.pop(target, None)
    return [{"role": "source", "what": what} for what in found.values()]


# -- access ----------------------------------------------------------------------------------------


def audit_events(case: Case) -> Iterator[Mapped]:
    """Every request of an operation and how it ended, and every reading that was refused."""
    ends: dict[str, Change] = {}
    for change in case.named("operation"):
        if change.value["status"] in ENDS:
            ends.setdefault(change.value["invocation"], change)
    for request in case.requests():
        yield _audit(case, request, ends.get(request.value["invocation"]))
    for twin in case.models:
        for change in case.changes(twin, "reading_refused", "event"):
            yield _refused(case, change)


def _audit(case: Case, request: Change, end: Change | None) -> Mapped:
    status = end.value["status"] if end else "running"
    described = ""
    if end is not None and status == "refused":
        guard = end.value.get("guard", "")
        described = f"{guard}: expected {end.value['expected']}, found {end.value['found']}"
    elif end is not None and status in OUTCOME:
        described = str(end.value.get("message") or end.value.get("reason") or status)
    body: Resource = {
        "resourceType": "AuditEvent",
        "id": case.id("request", request.seq, "audit"),
        "type": {"system": AUDIT_TYPE, "code": "rest", "display": "RESTful Operation"},
        "subtype": [{"system": INTERACTION, "code": "operation", "display": "operation"}],
        "action": "E",
        "period": case.at.period(request.recorded, end.recorded if end else None),
        "recorded": case.at(request.recorded),
        "outcome": OUTCOME.get(status, "0"),
        "outcomeDesc": described,
        "agent": [{"who": case.author(request.by), "name": words(request.by), "requestor": True}],
        "source": {"observer": case.platform},
        "entity": [
            {
                "what": case.ref(request.twin),
                "name": f"{request.twin}.{request.name}",
                "detail": _details(request.value.get("arguments") or {}),
            }
        ],
    }
    return Mapped(clean(body), (request,))


def _refused(case: Case, change: Change) -> Mapped:
    """A reading that could not be true: it never became a value, and is not lost."""
    body: Resource = {
        "resourceType": "AuditEvent",
        "id": case.id("refused", change.seq),
        "type": {"system": AUDIT_TYPE, "code": "rest", "display": "RESTful Operation"},
        "subtype": [{"system": INTERACTION, "code": "create", "display": "create"}],
        "action": "C",
        "recorded": case.at(change.recorded),
        "outcome": "4",
        "outcomeDesc": change.value["why"],
        "agent": [
            {"who": case.author(change.source), "name": words(change.source), "requestor": True}
        ],
        "source": {"observer": case.platform},
        "entity": [
            {
                "what": case.ref(change.twin),
                "name": f"{change.twin}.{change.value['member']}",
                "detail": _details({"value": change.value["value"]}),
            }
        ],
    }
    return Mapped(clean(body), (change,))


def _details(arguments: Mapping[str, JSON]) -> list[Element]:
    rows = []
    for name, value in sorted(arguments.items()):
        text = value if isinstance(value, str) else canonical(value)
        if re.search(r"\S", text):
            rows.append({"type": name, "valueString": text})
    return rows

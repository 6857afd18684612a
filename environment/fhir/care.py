"""What was done and given: Procedure, MedicationAdministration, blood, and what was ordered."""

from collections.abc import Iterator

from environment.fhir.case import Case
from environment.fhir.elements import (
    ATC_CHECKED,
    Element,
    Mapped,
    Resource,
    checked,
    checked_code,
    clean,
    concept,
    quantity,
    refer,
    words,
)
from environment.model import catalogue
from environment.model.change import Change
from environment.model.codes import ATC, SNOMED

#: What an infusion and a lasting procedure are when they are over, or not yet.
RUNNING, OVER = "in-progress", "completed"
#: Substance of the catalogue -> key of a verified SNOMED CT code.
SUBSTANCES = {
    "tranexamic_acid": "tranexamic_acid",
    "fentanyl": "fentanyl",
    "ketamine": "ketamine",
    "midazolam": "midazolam",
    "suxamethonium": "suxamethonium",
    "noradrenaline": "noradrenaline",
    "crystalloid": "crystalloid",
    "ringer_lactate": "ringer_lactate",
    "red_cells": "red_cells",
    "platelets": "platelets",
    "factor_xiii": "factor_xiii",
}
#: Procedure of the catalogue -> key of a verified code, where its own row names none.
PROCEDURES = {
    "orotracheal_intubation": "intubation",
    "chest_tube": "chest_tube",
    "mechanical_ventilation": "artificial_ventilation",
    "bag_mask_ventilation": "bag_mask_ventilation",
}
#: What is left in or on the patient, as a device of its own.
USED = {"tourniquet": "tourniquet_device"}
ORDER_STATUS = {"open": "active", "done": "completed", "cancelled": "revoked"}


def care(case: Case) -> Iterator[Mapped]:
    """Everything that was done to the patient or ordered for it."""
    yield from procedures(case)
    yield from drugs(case)
    yield from infusions(case)
    yield from blood(case)
    yield from orders(case)
    yield from blood_requests(case)


# -- procedures ------------------------------------------------------------------------------------


def procedures(case: Case) -> Iterator[Mapped]:
    """Each procedure; one that lasts has a period, open while it goes on."""
    running: dict[tuple[str, str], list[Change]] = {}
    for change in case.changes(case.patient, "procedure", "event"):
        value = change.value
        key = (value["procedure"], value["site"])
        if value["change"] == "start":
            if key in running:
                yield _procedure(case, running.pop(key), end=change.effective)
            running[key] = [change]
        elif value["change"] == "stop" and key in running:
            yield _procedure(case, [*running.pop(key), change], end=change.effective)
        elif value["change"] != "stop":
            yield _procedure(case, [change], is_moment=True)
    for rows in running.values():
        yield _procedure(case, rows)
    yield from _protocol(case)


def procedure_concept(name: str) -> Element:
    """A procedure of the catalogue, with its code where one is verified."""
    row = catalogue.PROCEDURES.get(catalogue.key_of(name))
    code = checked_code(SNOMED, row.snomed) if row and row.snomed else None
    return concept(row.label if row else words(name), code or checked(PROCEDURES.get(name, "")))


def _procedure(
    case: Case, rows: list[Change], *, end: float | None = None, is_moment: bool = False
) -> Mapped:
    change, value = rows[0], rows[0].value
    details = {k: v for k, v in sorted(value["details"].items()) if v not in (None, "")}
    note = ", ".join(f"{words(key)} {words(v)}" for key, v in details.items())
    used = checked(USED.get(value["procedure"], ""))
    body: Resource = {
        "resourceType": "Procedure",
        "id": case.id("procedure", change.seq),
        "status": OVER if is_moment or end is not None else RUNNING,
        "code": procedure_concept(value["procedure"]),
        "basedOn": [_ordered_as(case, "procedure", value["procedure"], change)],
        "subject": case.subject,
        "encounter": case.encounter(change.effective),
        "performer": [{"actor": case.author(change.by)}],
        "bodySite": [concept(words(value["site"]))] if value["site"] else [],
        "usedCode": [concept(used.display, used)] if used else [],
        "note": [{"text": note}] if note else [],
    }
    if is_moment:
        body["performedDateTime"] = case.at(change.effective)
    else:
        body["performedPeriod"] = case.at.period(change.effective, end)
    return Mapped(clean(body), tuple(rows), traced=True)


def _protocol(case: Case) -> Iterator[Mapped]:
    """The massive transfusion protocol, while it runs."""
    begun: Change | None = None
    for change in case.changes(case.trauma, "mtp"):
        if change.value and begun is None:
            begun = change
        elif not change.value and begun is not None:
            yield _protocol_run(case, [begun, change])
            begun = None
    if begun is not None:
        yield _protocol_run(case, [begun])


def _protocol_run(case: Case, rows: list[Change]) -> Mapped:
    end = rows[1].effective if len(rows) > 1 else None
    body: Resource = {
        "resourceType": "Procedure",
        "id": case.id("procedure", rows[0].seq),
        "status": RUNNING if end is None else OVER,
        "code": concept("massive transfusion protocol"),
        "subject": case.subject,
        "encounter": case.encounter(rows[0].effective),
        "performedPeriod": case.at.period(rows[0].effective, end),
        "performer": [{"actor": case.author(rows[0].by)}],
    }
    return Mapped(clean(body), tuple(rows), traced=True)


# -- drugs, fluids, blood --------------------------------------------------------------------------


def substance_concept(name: str) -> Element:
    """A drug or blood product: ATC first, the SNOMED CT substance second, the text always."""
    key = catalogue.key_of(name)
    row = catalogue.DRUGS.get(key) or catalogue.BLOOD.get(key)
    label = row.label if row else words(name)
    atc = row.atc if row and row.atc in ATC_CHECKED else ""
    code = {"system": ATC, "code": atc, "display": label} if atc else None
    return concept(label, code, checked(SUBSTANCES.get(key, "")))


def _administration(case: Case, change: Change, name: str, dosage: Element) -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": case.id("given", change.seq),
        "status": OVER,
        "medicationCodeableConcept": substance_concept(name),
        "subject": case.subject,
        "context": case.encounter(change.effective),
        "performer": [{"actor": case.author(change.by)}],
        "request": _ordered_as(case, "drug", name, change),
        "dosage": dosage,
    }


def _over(case: Case, body: Resource, change: Change) -> Resource:
    """When it was given: a moment, or the minutes that the request named."""
    minutes = case.arguments(change).get("over_min") or 0.0
    begin = change.effective
    if minutes > 0:
        body["effectivePeriod"] = case.at.period(begin, begin + 60.0 * minutes)
    else:
        body["effectiveDateTime"] = case.at(begin)
    return body


def drugs(case: Case) -> Iterator[Mapped]:
    """Each single dose."""
    for change in case.changes(case.patient, "drug_given", "event"):
        value = change.value
        text = f"{catalogue.amount_text(value['amount'], value['unit'])} {value['route']}"
        dosage = {
            "text": text,
            "route": concept(value["route"]),
            "dose": quantity(value["amount"], value["unit"]),
        }
        body = _administration(case, change, value["drug"], dosage)
        yield Mapped(clean(_over(case, body, change)), (change,), traced=True)


def infusions(case: Case) -> Iterator[Mapped]:
    """Each rate of each infusion with its period; what still runs is in progress."""
    changes = case.changes(case.patient, "infusion_changed", "event")
    for i, change in enumerate(changes):
        value = change.value
        if value["change"] == "stop":
            continue
        following = [c for c in changes[i + 1 :] if c.value["drug"] == value["drug"]]
        end = following[0].effective if following else None
        dosage = {
            "text": f"{value['rate']:g} {value['unit']}",
            "route": concept("iv"),
            "rateQuantity": quantity(value["rate"], value["unit"]),
        }
        body = _administration(case, change, value["drug"], dosage)
        body["status"] = RUNNING if end is None else OVER
        body["effectivePeriod"] = case.at.period(change.effective, end)
        yield Mapped(clean(body), (change,), traced=True)


def blood(case: Case) -> Iterator[Mapped]:
    """Each transfusion, in bags; the volume and the bag's code stand in the note."""
    for change in case.changes(case.patient, "blood_given", "event"):
        value = change.value
        dosage = {
            "text": f"{value['units']} units, {value['ml']:g} mL",
            "route": concept("iv"),
            "dose": quantity(value["units"], "{unit}", "units"),
        }
        body = _administration(case, change, value["product"], dosage)
        bag = f", bag {value['bag']}" if value["bag"] else ""
        body["note"] = [{"text": f"{value['ml']:g} mL{bag}"}]
        yield Mapped(clean(_over(case, body, change)), (change,), traced=True)


# -- orders ----------------------------------------------------------------------------------------


def _ordered_as(case: Case, kind: str, what: str, done: Change) -> Element:
    """The order that was carried out: the last one before, if nobody took it back."""
    present = case.last(case.trauma, "order", {})
    type = "MedicationRequest" if kind == "drug" else "ServiceRequest"
    for change in reversed(case.changes(case.trauma, "ordered", "event")):
        value = change.value
        taken_back = present.get(value["order"], {}).get("status") == "cancelled"
        is_this = (value["kind"], value["what"]) == (kind, what) and change.seq < done.seq
        if is_this and not taken_back:
            return refer(f"{type}/{case.id('order', change.seq)}")
    return {}


def orders(case: Case) -> Iterator[Mapped]:
    """What was ordered: drugs as MedicationRequest, all else as ServiceRequest."""
    present = case.last(case.trauma, "order", {})
    for change in case.changes(case.trauma, "ordered", "event"):
        value = change.value
        status = present.get(value["order"], {}).get("status", "open")
        body: Resource = {
            "id": case.id("order", change.seq),
            "status": ORDER_STATUS.get(status, "unknown"),
            "intent": "order",
            "subject": case.subject,
            "encounter": case.encounter(change.effective),
            "authoredOn": case.at(change.effective),
            "requester": case.author(change.by),
        }
        if value["kind"] == "drug":
            if status == "cancelled":
                body["status"] = "cancelled"  # the word of MedicationRequest for revoked
            body |= {
                "resourceType": "MedicationRequest",
                "medicationCodeableConcept": substance_concept(value["what"]),
                "dosageInstruction": [
                    {
                        "text": catalogue.amount_text(value["amount"], value["unit"]),
                        "route": concept(value["route"]),
                        "doseAndRate": [{"doseQuantity": quantity(value["amount"], value["unit"])}],
                    }
                ],
            }
        else:
            code = (
                procedure_concept(value["what"])
                if value["kind"] == "procedure"
                else diagnostic_concept(value["what"])
            )
            body |= {"resourceType": "ServiceRequest", "code": code}
        yield Mapped(clean(body), (change,), traced=True)


def diagnostic_concept(name: str) -> Element:
    """A test or image, with its code where one is verified."""
    key = catalogue.key_of(name)
    row = catalogue.DIAGNOSTICS.get(key)
    loinc = checked_code("http://loinc.org", row.loinc) if row and row.loinc else None
    snomed = {"whole_body_ct": "ct_whole_body", "blood_gas": "blood_gas"}.get(key, "")
    if row is not None and row.kind == "ultrasound":
        snomed = "ultrasound"
    return concept(row.label if row else words(name), loinc, checked(snomed))


def blood_requests(case: Case) -> Iterator[Mapped]:
    """What was asked of the blood bank."""
    for bank in case.of_kind("blood_bank"):
        present = case.last(bank, "request", {})
        for change in case.changes(bank, "requested", "event"):
            value = change.value
            issued = present.get(value["request"], {}).get("status") == "issued"
            body: Resource = {
                "resourceType": "ServiceRequest",
                "id": case.id("blood", change.seq),
                "status": "completed" if issued else "active",
                "intent": "order",
                "priority": "urgent",
                "code": substance_concept(value["product"]),
                "quantityQuantity": quantity(value["units"], "{unit}", "units"),
                "subject": case.subject,
                "encounter": case.encounter(change.effective),
                "authoredOn": case.at(change.effective),
                "requester": case.author(change.by),
                "performer": [case.ref(bank)],
            }
            yield Mapped(clean(body), (change,), traced=True)

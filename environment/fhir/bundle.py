"""The whole case as FHIR: every resource once, and a document Bundle that begins with what it says.

Pure: the same journal gives the same Bundle. Ids are made of twins and seqs, never drawn.
"""

from collections.abc import Iterator, Mapping
from html import escape

from environment.fhir.alerts import alerts
from environment.fhir.assets import assets, patient_facts
from environment.fhir.care import care
from environment.fhir.case import Case
from environment.fhir.diagnostics import diagnostics
from environment.fhir.elements import SYSTEM, Element, Mapped, Resource, checked, clean, concept
from environment.fhir.facts import findings
from environment.fhir.judgements import judgements
from environment.fhir.lineage import audit_events, cited, provenances
from environment.fhir.observations import EVERY_S, course
from environment.fhir.processes import processes
from environment.model.change import JSON

#: Sections of the document: title, code, and the types that it holds.
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Course", "section_course", ("EpisodeOfCare", "Encounter", "ClinicalImpression")),
    ("Alerts", "section_alerts", ("DetectedIssue", "Flag")),
    ("Problems", "section_problems", ("Condition",)),
    ("Allergies", "section_allergies", ("AllergyIntolerance",)),
    ("Vital signs", "section_vital_signs", ("vital-signs",)),
    ("Results", "section_results", ("DiagnosticReport", "Observation", "Media")),
    ("Medication", "section_medication", ("MedicationStatement", "MedicationAdministration")),
    ("Procedures", "section_procedures", ("Procedure",)),
    ("Orders", "section_plan", ("MedicationRequest", "ServiceRequest")),
    ("Messages", "", ("Communication",)),
    ("Devices", "section_devices", ("Device", "DeviceMetric", "Location")),
    (
        "People",
        "section_care_team",
        ("CareTeam", "Practitioner", "PractitionerRole", "Organization"),
    ),
    ("Origin", "", ("Provenance", "AuditEvent")),
)


def mapped_case(case: Case, *, every_s: float = EVERY_S) -> list[Mapped]:
    """Every resource of the case with the changes that it says, each once."""
    found: dict[str, Mapped] = {}
    made: dict[int, str] = {}

    def take(rows: Iterator[Mapped]) -> None:
        for row in rows:
            found.setdefault(row.reference, row)
            for change in row.of:
                made.setdefault(change.seq, row.reference)

    take(assets(case))
    take(patient_facts(case))
    take(audit_events(case))
    take(course(case, cited(case), every_s=every_s))
    take(findings(case))
    take(care(case))
    take(diagnostics(case, made))
    take(judgements(case))
    take(processes(case))
    take(alerts(case, made))
    take(provenances(case, list(found.values()), made))
    return list(found.values())


def resources(case: Case, *, every_s: float = EVERY_S) -> list[Resource]:
    """Every resource of the case."""
    return [mapped.resource for mapped in mapped_case(case, every_s=every_s)]


def document(
    case: Case,
    *,
    title: str = "",
    every_s: float = EVERY_S,
    base: str = f"{SYSTEM}/fhir",
) -> Resource:
    """The whole case as a document Bundle: the Composition first, every reference inside."""
    held = resources(case, every_s=every_s)
    first = composition(case, held, title=title)
    made_at = case.at(case.ends_s)
    return {
        "resourceType": "Bundle",
        "id": case.id("document"),
        "identifier": {"system": f"{SYSTEM}/documents", "value": f"{_digest(case)}"},
        "type": "document",
        "timestamp": made_at,
        "entry": [
            {"fullUrl": f"{base}/{r['resourceType']}/{r['id']}", "resource": r}
            for r in (first, *held)
        ],
    }


def _digest(case: Case) -> str:
    """The last hash of the journal's chain: what the document was made of."""
    hashes = case.journal.hashes()
    return hashes[-1] if hashes else "empty"


def composition(case: Case, held: list[Resource], *, title: str = "") -> Resource:
    """What the document says, section by section; every resource stands in one of them."""
    by_section = {name: _section(name, code, types, held) for name, code, types in SECTIONS}
    started = case.preh or case.trauma
    body: Resource = {
        "resourceType": "Composition",
        "id": case.id("composition"),
        "status": "final",
        "type": concept("Injury event summary", checked("loinc_injury_event_summary")),
        "subject": case.subject,
        "encounter": case.ref(case.trauma or case.preh) if started else {},
        "date": case.at(case.ends_s),
        "author": [case.platform],
        "title": title or "A case of trauma, from the call to the hospital bed",
        "section": [section for section in by_section.values() if section],
    }
    found: Resource = clean(body)
    return found


def _section(title: str, code: str, types: tuple[str, ...], held: list[Resource]) -> Element | None:
    rows = [r for r in held if _belongs(r, types)]
    if not rows:
        return None
    lines = "".join(f"<li>{escape(line)}</li>" for line in dict.fromkeys(map(headline, rows)))
    row = checked(f"loinc_{code}") if code else None
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><ul>{lines}</ul></div>'
    return {
        "title": title,
        "code": concept(title, row) if row else {},
        "text": {"status": "generated", "div": div},
        "entry": [{"reference": f"{r['resourceType']}/{r['id']}"} for r in rows],
    }


def _belongs(resource: Resource, types: tuple[str, ...]) -> bool:
    kind = resource["resourceType"]
    if kind != "Observation":
        return kind in types
    is_vital = any(
        coding["code"] == "vital-signs"
        for category in resource.get("category", ())
        for coding in category.get("coding", ())
    )
    return ("vital-signs" if is_vital else "Observation") in types


def headline(resource: Resource) -> str:
    """One line about a resource, for the document's text."""
    kind = resource["resourceType"]
    for name in ("code", "medicationCodeableConcept", "type", "vaccineCode"):
        value = resource.get(name)
        if isinstance(value, Mapping) and value.get("text"):
            return _dated(resource, str(value["text"]), kind)
    if kind == "Encounter":
        return f"Encounter ({resource['class']['display']}), {resource['status']}"
    for name in ("summary", "title", "status"):
        if isinstance(resource.get(name), str):
            return _dated(resource, f"{kind} {resource[name]}", kind)
    called = resource.get("name")
    if isinstance(called, list) and called:
        called = called[0].get("text")
    return f"{kind} {called or resource['id']}"


def _dated(resource: Resource, text: str, kind: str) -> str:
    at = next(
        (
            resource[key]
            for key in ("effectiveDateTime", "performedDateTime", "identifiedDateTime", "sent")
            if key in resource
        ),
        "",
    )
    parts = [_quantity(part) for part in resource.get("component", ())]
    shown = _quantity(resource) or ", ".join(filter(None, parts))
    dosage = resource.get("dosage", {}).get("text", "") if kind.startswith("Medication") else ""
    return " ".join(part for part in (at, text, shown, dosage) if part)


def _quantity(part: Mapping[str, JSON]) -> str:
    value = part.get("valueQuantity")
    return f"{value['value']} {value.get('unit', '')}".rstrip() if value else ""

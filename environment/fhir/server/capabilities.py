"""What this server can do, said from the tables that it is made of."""

from environment.fhir.elements import RELEASE, Resource
from environment.fhir.rules import resource_types
from environment.fhir.server.fold import ACTS
from environment.fhir.server.parameters import OF_ALL, parameters

#: Types that are never addressed on their own.
NOT_SERVED = ("Bundle", "CapabilityStatement", "OperationOutcome", "Parameters")
#: Operation -> (types that have it; none: every type, where it is defined by HL7).
OPERATIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "everything": (
        ("Patient", "Encounter"),
        "http://hl7.org/fhir/OperationDefinition/{type}-everything",
    ),
    "lastn": (("Observation",), "http://hl7.org/fhir/OperationDefinition/Observation-lastn"),
    "document": (("Composition",), "http://hl7.org/fhir/OperationDefinition/Composition-document"),
    "validate": ((), "http://hl7.org/fhir/OperationDefinition/Resource-validate"),
}
INTERACTIONS = (
    "read", "vread", "update", "delete", "history-instance", "history-type", "create",
    "search-type",
)  # fmt: skip
NOTES = {
    "Observation": "About the patient of the case it becomes a fact of a twin: code, unit, range "
    "and time are judged as a device's are.",
    "Encounter": "Of the case: an update may change the status alone, which asks the process for "
    "its next step.",
    "Subscription": "Channel rest-hook, to this machine unless the site allows others.",
} | dict.fromkeys(
    ACTS, "About the patient of the case it asks the patient's twin, whose guards may refuse."
)


def served_types() -> list[str]:
    """The types that have an address here."""
    return [name for name in resource_types() if name not in NOT_SERVED]


def capability_statement(base: str, date: str) -> Resource:
    """The CapabilityStatement; `date` is when this server began."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "traumatwin",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "traumatwin"},
        "implementation": {
            "description": "Digital twins of trauma care. For training and research; not for the "
            "care of patients.",
            "url": base,
        },
        "fhirVersion": RELEASE,
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "What the twins mirror is read here and changed by their assets "
                "alone; what other systems bring is kept as it came in.",
                "security": {
                    "description": "Bearer tokens; a table of roles says who may read and write."
                },
                "resource": [_resource(name) for name in served_types()],
                "interaction": [
                    {"code": "transaction"},
                    {"code": "batch"},
                    {"code": "history-system"},
                ],
            }
        ],
    }


def _resource(type: str) -> Resource:
    rows = parameters(type)
    found: Resource = {
        "type": type,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "enforced"],
        "searchInclude": ["*", *(f"{type}:{n}" for n, p in rows.items() if p.kind == "reference")],
        "searchRevInclude": sorted(
            f"{other}:{name}"
            for other in served_types()
            for name, row in parameters(other).items()
            if row.kind == "reference" and (not row.targets or type in row.targets)
        ),
        "searchParam": [
            *({"name": name, "type": kind} for name, kind in OF_ALL.items()),
            *({"name": name, "type": row.kind} for name, row in rows.items()),
        ],
        "operation": [
            {"name": name, "definition": where.format(type=type)}
            for name, (types, where) in OPERATIONS.items()
            if not types or type in types
        ],
    }
    if type in NOTES:
        found["documentation"] = NOTES[type]
    return found

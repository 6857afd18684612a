"""Building blocks of FHIR R4 as plain dicts: codes, quantities, references, times, ids.

Only codes that were read in a standards body's publication are written; for the others the text
stands alone. Quantities carry UCUM codes; the shown unit is for people.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from environment.model.change import JSON, Change
from environment.model.codes import CODES, DATA_ABSENT, LOINC, UCUM, Code
from environment.model.vitals import Vital

#: The release on the wire.
RELEASE = "4.0.1"
#: Logical ids: 1 to 64 of these characters (R4, data type `id`).
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
PROFILE = "http://hl7.org/fhir/StructureDefinition/"
ABSENT_EXTENSION = f"{PROFILE}data-absent-reason"
#: Names of this project's own things; the domain is reserved for examples (RFC 2606).
SYSTEM = "http://traumatwin.example"

#: The ATC codes of the catalogue that were read in a published profile (AKTIN); the others are
#: written as text until somebody has checked them.
ATC_CHECKED = frozenset({"B02AA02", "B02BD07", "B05AX01", "B05BB"})
#: Spoken units of amounts -> UCUM.
UCUM_OF = {
    "ml": "mL",
    "mcg": "ug",
    "µg": "ug",
    "IU": "[iU]",
    "U": "[iU]",
    "unit": "{unit}",
    "units": "{unit}",
}
#: Why a value is not there -> data-absent-reason (R4). A stale value was known and may be again.
ABSENT_REASON = {
    "unknown": ("unknown", "Unknown"),
    "stale": ("temp-unknown", "Temporarily Unknown"),
    "unavailable": ("error", "Error"),
    "not_permitted": ("masked", "Masked"),
}

Element = dict[str, JSON]
Resource = dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A resource with the changes that it says; the first one's cause is its provenance."""

    resource: Resource
    of: tuple[Change, ...] = ()
    traced: bool = False  # whether its cause is told as a Provenance

    @property
    def reference(self) -> str:
        """`Type/id`."""
        return f"{self.resource['resourceType']}/{self.resource['id']}"


def resource_id(*parts: str | int) -> str:
    """A logical id made of parts, the same each time; what does not fit is replaced by a hash."""
    plain = "-".join(str(part) for part in parts if part != "")
    wanted = plain.replace("_", "-").replace(" ", "-")
    if ID.fullmatch(wanted):
        return wanted
    digest = hashlib.sha256(plain.encode()).hexdigest()[:12]
    kept = re.sub(r"[^A-Za-z0-9\-.]", "", wanted)[:51]
    return f"{kept}-{digest}" if kept else digest


def words(name: str) -> str:
    """An identifier as people write it."""
    return str(name).replace("_", " ").strip()


def clean(value: JSON) -> JSON:
    """The value without empty members: FHIR has no null, no empty text, list or object."""
    if isinstance(value, dict):
        kept = {key: clean(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if not _is_empty(inner)}
    if isinstance(value, (list, tuple)):
        return [inner for inner in map(clean, value) if not _is_empty(inner)]
    return value


def _is_empty(value: JSON) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)


def coding(row: Code) -> Element:
    """One code with its system."""
    return {"system": row.system, "code": row.code, "display": row.display}


def checked(key: str) -> Code | None:
    """The row of a code that was verified, or nothing."""
    row = CODES.get(key)
    return row if row is not None and row.status == "verified" else None


def checked_code(system: str, code: str) -> Code | None:
    """The verified row of a code that the catalogue names, or nothing."""
    for row in CODES.values():
        if row.system == system and row.code == code and row.status == "verified":
            return row
    return None


def concept(text: str, *rows: Code | Element | None) -> Element:
    """A CodeableConcept: the text always, and the codes that are known to be right."""
    codings = [coding(r) if isinstance(r, Code) else r for r in rows if r is not None]
    return {"coding": codings, "text": text} if codings else {"text": text}


def status_concept(system: str, code: str) -> Element:
    """A status that FHIR keeps as a CodeableConcept."""
    return {"coding": [{"system": system, "code": code}]}


def vital_concept(row: Vital) -> Element:
    """The code of a vital sign, finding or laboratory value."""
    if row.key == "spo2":
        return concept(
            row.label, checked("loinc_oxygen_saturation"), checked("loinc_pulse_oximetry")
        )
    if row.loinc is None or not row.loinc_checked:
        return concept(row.label)
    return concept(row.label, {"system": LOINC, "code": row.loinc, "display": row.label})


def number(value: float) -> float | int:
    """A number as it is read: whole ones without a point, and no minus zero."""
    return int(value) if float(value).is_integer() else value


def quantity(value: float, unit: str, shown: str = "") -> Element:
    """A Quantity; `unit` is UCUM or one of the spoken units of the catalogue."""
    code = UCUM_OF.get(unit, unit)
    if not code:
        return {"value": number(value)}
    return {"value": number(value), "unit": shown or code, "system": UCUM, "code": code}


def absent(reason: str) -> Element:
    """Why a value is not there."""
    code, display = ABSENT_REASON[reason]
    return {
        "coding": [{"system": DATA_ABSENT, "code": code, "display": display}],
        "text": words(reason),
    }


def refer(reference: str, display: str = "") -> Element:
    """A Reference; nothing when there is nothing to refer to."""
    if not reference:
        return {}
    return {"reference": reference, "display": display} if display else {"reference": reference}


def category(key: str) -> list[Element]:
    """An Observation's category, as a list of one."""
    row = checked(f"category_{key}")
    return [concept(row.display, row)] if row else []


class Moments:
    """Scenario seconds as instants of FHIR, counted from the call."""

    def __init__(self, start: datetime) -> None:
        self._start = start

    def __call__(self, at_s: float) -> str:
        """An instant; milliseconds only where they are not zero."""
        at = self._start + timedelta(milliseconds=round(at_s * 1000))
        text = at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
        return text.replace("+00:00", "Z")

    def period(self, begin_s: float | None, end_s: float | None = None) -> Element:
        """A Period; an open end is left out."""
        return {
            "start": None if begin_s is None else self(begin_s),
            "end": None if end_s is None else self(end_s),
        }


def references(value: JSON, path: str = "") -> Iterable[tuple[str, str]]:
    """Every literal reference inside a resource, with the path of its element."""
    if isinstance(value, dict):
        found = value.get("reference")
        if isinstance(found, str):
            yield f"{path}.reference", found
        for key, inner in value.items():
            if key != "reference":
                yield from references(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from references(inner, f"{path}[{index}]")

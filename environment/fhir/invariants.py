"""The invariants of R4 that matter here, each with the name that the specification gives it."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from xml.etree import ElementTree

from environment.model.change import JSON
from environment.model.codes import LOINC, UCUM
from environment.model.vitals import VITALS

Broken = Iterator[tuple[str, str]]
XHTML = "{http://www.w3.org/1999/xhtml}"
#: What narrative may hold (R4, rule txt-1: basic formatting, no scripts, forms or frames).
TAGS = re.compile(
    "a|abbr|acronym|b|big|blockquote|br|caption|cite|code|col|colgroup|dd|dfn|div|dl|dt|em|h[1-6]|"
    "hr|i|img|li|ol|p|pre|q|samp|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|ul|"
    "var"
)
#: LOINC -> UCUM units that its vital-sign profile fixes; temperature may be in either scale.
UNITS = {
    row.loinc: frozenset({row.unit, "[degF]"} if row.key == "temp" else {row.unit})
    for row in VITALS.values()
    if row.kind == "monitor" and row.loinc
} | {"2708-6": frozenset({"%"})}


def broken(type: str, resource: Mapping[str, JSON]) -> Broken:
    """(path below the resource, what is wrong) for every invariant that does not hold."""
    yield from _everywhere(resource, "")
    if "contained" in resource:
        yield from _contained(resource)
    if "text" in resource and isinstance(resource["text"], Mapping):
        yield from _narrative(resource["text"], "text")
    rule = _OF_TYPE.get(type)
    if rule is not None:
        yield from rule(resource)


def _everywhere(value: JSON, path: str) -> Broken:
    if isinstance(value, Mapping):
        yield from _period(value, path)
        yield from _quantity(value, path)
        for key, inner in value.items():
            # a nested resource is checked as one of its own
            if key in ("contained", "resource") and not path.endswith("detail"):
                continue
            yield from _everywhere(inner, f"{path}.{key}" if path else key)
            if key in ("extension", "modifierExtension") and isinstance(inner, list):
                yield from _extensions(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _everywhere(inner, f"{path}[{index}]")


def _period(value: Mapping[str, JSON], path: str) -> Broken:
    start, end = value.get("start"), value.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        return
    # Compared as far as both are precise: a day is not before one of its minutes.
    if len(start) < 11 or len(end) < 11:
        is_wrong = start[: len(end)] > end[: len(start)]
    else:
        try:
            is_wrong = datetime.fromisoformat(start) > datetime.fromisoformat(end)
        except (ValueError, TypeError):  # the format, or a zone that is missing, is said elsewhere
            return
    if is_wrong:
        yield path, f"per-1: it ends ({end}) before it starts ({start})"


def _quantity(value: Mapping[str, JSON], path: str) -> Broken:
    if isinstance(value.get("code"), str) and "value" in value and "system" not in value:
        yield path, "qty-3: a unit's code needs its system"


def _extensions(rows: list[JSON], path: str) -> Broken:
    for index, row in enumerate(rows):
        if isinstance(row, Mapping):
            has_value = any(key.startswith("value") for key in row)
            if has_value == ("extension" in row):
                yield f"{path}[{index}]", "ext-1: either a value or extensions, not both"


def _contained(resource: Mapping[str, JSON]) -> Broken:
    for index, inner in enumerate(_rows(resource, "contained")):
        if isinstance(inner, Mapping) and "contained" in inner:
            yield f"contained[{index}]", "dom-2: a contained resource contains no other"


def _narrative(text: Mapping[str, JSON], path: str) -> Broken:
    div = text.get("div")
    if not isinstance(div, str):
        return
    if "<!" in div or "<?" in div:
        yield f"{path}.div", "txt-1: no declarations or processing instructions"
        return
    try:
        root = ElementTree.fromstring(div)
    except ElementTree.ParseError as wrong:
        yield f"{path}.div", f"txt-1: not well-formed XHTML ({wrong})"
        return
    if root.tag != f"{XHTML}div":
        yield f"{path}.div", "txt-1: must be a div of XHTML's namespace"
    for node in root.iter():
        tag = node.tag.removeprefix(XHTML)
        if not TAGS.fullmatch(tag):
            yield f"{path}.div", f"txt-1: '{tag}' is not allowed"
        for name in node.attrib:
            if name.lower().startswith("on"):
                yield f"{path}.div", f"txt-1: '{name}' is not allowed"
    if not "".join(root.itertext()).strip() and root.find(f".//{XHTML}img") is None:
        yield f"{path}.div", "txt-2: must not be blank"


# -- by type ---------------------------------------------------------------------------------------


def _has(resource: Mapping[str, JSON], start: str) -> bool:
    return any(key.startswith(start) and key[len(start) :][:1].isupper() for key in resource)


def _codes(value: JSON) -> list[tuple[str, str]]:
    rows = _rows(value, "coding") if isinstance(value, Mapping) else []
    pairs = [(r.get("system", ""), r.get("code", "")) for r in rows if isinstance(r, Mapping)]
    return [(str(system), str(code)) for system, code in pairs]


def _observation(o: Mapping[str, JSON]) -> Broken:
    if "dataAbsentReason" in o and _has(o, "value"):
        yield "dataAbsentReason", "obs-6: only when there is no value"
    own = {code for code in _codes(o.get("code")) if all(code)}
    for index, part in enumerate(_rows(o, "component")):
        if not isinstance(part, Mapping):
            continue
        if _has(o, "value") and own & set(_codes(part.get("code"))):
            yield f"component[{index}].code", "obs-7: has the Observation's own code and value"
        yield from _unit(part, f"component[{index}].")
        if not _has(part, "value") and "dataAbsentReason" not in part:
            yield f"component[{index}]", "vs-3: neither a value nor the reason for its absence"
    yield from _unit(o, "")
    categories = [code for c in _rows(o, "category") for code in _codes(c)]
    if any(code == "vital-signs" for _, code in categories):
        says = ("dataAbsentReason", "component", "hasMember")
        if not _has(o, "value") and not any(key in o for key in says):
            yield "", "vs-2: a vital sign without value, component, member or reason"
        for name in ("subject", "effective"):
            if name not in o and not _has(o, name):
                yield name, "a vital sign needs it (vital signs profile)"


def _unit(value: Mapping[str, JSON], path: str) -> Broken:
    found = value.get("valueQuantity")
    if not isinstance(found, Mapping):
        return
    for system, code in _codes(value.get("code")):
        units = UNITS.get(code) if system == LOINC else None
        if units and (found.get("system") != UCUM or str(found.get("code")) not in units):
            wanted = " or ".join(sorted(units))
            text = f"the unit of {code} is {wanted} (UCUM), not {found.get('code')!r}"
            yield f"{path}valueQuantity.code", text


def _allergy(a: Mapping[str, JSON]) -> Broken:
    wrong = any(code == "entered-in-error" for _, code in _codes(a.get("verificationStatus")))
    if not wrong and "clinicalStatus" not in a:
        yield "clinicalStatus", "ait-1: needed unless entered in error"
    if wrong and "clinicalStatus" in a:
        yield "clinicalStatus", "ait-2: must not be there when entered in error"


def _condition(c: Mapping[str, JSON]) -> Broken:
    wrong = any(code == "entered-in-error" for _, code in _codes(c.get("verificationStatus")))
    status = {code for _, code in _codes(c.get("clinicalStatus"))}
    if wrong and status:
        yield "clinicalStatus", "con-5: must not be there when entered in error"
    if _has(c, "abatement") and not status & {"inactive", "remission", "resolved"}:
        yield "clinicalStatus", "con-4: a condition that abated is inactive, remission or resolved"


def _administration(m: Mapping[str, JSON]) -> Broken:
    dosage = m.get("dosage")
    if isinstance(dosage, Mapping) and "dose" not in dosage and not _has(dosage, "rate"):
        yield "dosage", "mad-1: needs a dose or a rate"


def _organisation(o: Mapping[str, JSON]) -> Broken:
    if "name" not in o and "identifier" not in o:
        yield "", "org-1: needs a name or an identifier"


def _request(s: Mapping[str, JSON]) -> Broken:
    if "orderDetail" in s and "code" not in s:
        yield "orderDetail", "prr-1: only with a code"


def _audit(a: Mapping[str, JSON]) -> Broken:
    for index, row in enumerate(_rows(a, "entity")):
        if isinstance(row, Mapping) and "name" in row and "query" in row:
            yield f"entity[{index}]", "sev-1: a name or a query, not both"


def _composition(c: Mapping[str, JSON]) -> Broken:
    yield from _sections(_rows(c, "section"), "section")


def _sections(rows: list[JSON], path: str) -> Broken:
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            continue
        where = f"{path}[{index}]"
        if not any(key in row for key in ("text", "entry", "section")):
            yield where, "cmp-1: needs text, entries or sections"
        if "emptyReason" in row and "entry" in row:
            yield where, "cmp-2: a reason to be empty, and entries"
        if isinstance(row.get("text"), Mapping):
            yield from _narrative(row["text"], f"{where}.text")
        yield from _sections(_rows(row, "section"), f"{where}.section")


def _part(value: Mapping[str, JSON], name: str) -> Mapping[str, JSON]:
    """A member that is an object; an empty one where it is not."""
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _rows(value: Mapping[str, JSON], name: str) -> list[JSON]:
    """A member that is a list; an empty one where it is not."""
    found = value.get(name)
    return found if isinstance(found, list) else []


def _bundle(b: Mapping[str, JSON]) -> Broken:
    entries = [e for e in _rows(b, "entry") if isinstance(e, Mapping)]
    type = b.get("type")
    if "total" in b and type not in ("searchset", "history"):
        yield "total", "bdl-1: only in a search or a history"
    seen: set[tuple[JSON, JSON]] = set()
    for index, entry in enumerate(entries if type != "history" else ()):
        if isinstance(entry.get("fullUrl"), str):
            version = _part(_part(entry, "resource"), "meta").get("versionId")
            if (entry["fullUrl"], str(version)) in seen:
                text = f"bdl-7: '{entry['fullUrl']}' is there more than once in one version"
                yield f"entry[{index}].fullUrl", text
            seen.add((entry["fullUrl"], str(version)))
    for index, entry in enumerate(entries):
        if "/_history/" in str(entry.get("fullUrl", "")):
            yield f"entry[{index}].fullUrl", "bdl-8: must not name a version"
        if type in ("batch", "transaction") and "request" not in entry:
            yield f"entry[{index}]", "bdl-3: needs its request"
    if type == "document":
        yield from _document(b, entries)


def _document(b: Mapping[str, JSON], entries: list[Mapping[str, JSON]]) -> Broken:
    identifier = _part(b, "identifier")
    if "system" not in identifier or "value" not in identifier:
        yield "identifier", "bdl-9: a document needs an identifier with system and value"
    if "timestamp" not in b:
        yield "timestamp", "bdl-10: a document needs a date"
    first = _part(entries[0], "resource") if entries else {}
    if first.get("resourceType") != "Composition":
        yield "entry[0].resource", "bdl-11: a document begins with its Composition"
    for index, entry in enumerate(entries):
        if "fullUrl" not in entry:
            yield f"entry[{index}].fullUrl", "needed in a document, so that references resolve"


_OF_TYPE = {
    "Observation": _observation,
    "AllergyIntolerance": _allergy,
    "Condition": _condition,
    "MedicationAdministration": _administration,
    "Organization": _organisation,
    "ServiceRequest": _request,
    "AuditEvent": _audit,
    "Composition": _composition,
    "Bundle": _bundle,
}

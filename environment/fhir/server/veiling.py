"""Resources without what says who somebody is: names, addresses, identifiers of other systems.

What is left out is said (`SUBSETTED`). People are also left out where they stand inside another
resource: contained in it, or as the words beside a reference.
"""

from collections.abc import Set
from functools import lru_cache

from environment.fhir.elements import SYSTEM, Resource
from environment.fhir.server.texts import read, write
from environment.model.change import JSON

SUBSETTED: JSON = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
#: Elements that say who somebody is, or where he lives.
PERSONAL = ("name", "telecom", "address", "birthDate", "_birthDate", "photo", "contact", "link")
#: Types that tell of people -> the type whose knowledge they give away.
KIN = {
    "Patient": "Patient",
    "RelatedPerson": "Patient",
    "Practitioner": "Practitioner",
    "PractitionerRole": "Practitioner",
}
#: Members of a Reference; whatever has others beside them is none.
_REFERENCE = frozenset({"reference", "type", "identifier", "display", "id", "extension"})
_NAMED = frozenset({"identifier", "display"})


@lru_cache(maxsize=100_000)  # most stay as they are: the same bytes, kept once
def veiled(text: bytes, hidden: Set[str]) -> bytes:
    """A resource without what these types would give away; `hidden` is a frozenset."""
    resource = read(text)
    shown = veil(resource, hidden)
    return text if shown == resource else write(shown).encode()


def veil(resource: Resource, hidden: Set[str]) -> Resource:
    """The same of a resource as a dict."""
    type = resource.get("resourceType", "")
    gone: tuple[str, ...] = ("text",)  # a narrative may tell in words what is left out here
    if KIN.get(type) in hidden:
        gone = (*PERSONAL, "text", *(("code",) if type == "PractitionerRole" else ()))
    elif type == "Location" and type in hidden:
        gone = ("address", "position", "telecom", "text")
    kept = {k: _bare(v, hidden) for k, v in resource.items() if k not in gone}
    if len(gone) > 1 and "identifier" in kept:
        own = [i for i in kept["identifier"] if str(i.get("system", "")).startswith(SYSTEM)]
        kept = {k: v for k, v in kept.items() if k != "identifier"}
        kept |= {"identifier": own} if own else {}
    if kept != resource:
        meta = kept.get("meta", {})
        kept["meta"] = {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}
    return kept


def _bare(value: JSON, hidden: Set[str]) -> JSON:
    """A value without the names beside references to people, and in what it contains."""
    if isinstance(value, list):
        return [_bare(inner, hidden) for inner in value]
    if not isinstance(value, dict):
        return value
    if "resourceType" in value:
        return veil(value, hidden)
    if value.keys() <= _REFERENCE and not _NAMED.isdisjoint(value):
        parts = str(value.get("reference", "")).split("/")
        type = parts[-2] if len(parts) > 1 else str(value.get("type", ""))
        # A reference that names no type may be to anybody.
        is_person = KIN.get(type) in hidden if type else bool(hidden & {"Patient", "Practitioner"})
        if is_person:
            value = {k: v for k, v in value.items() if k not in _NAMED}
    return {key: _bare(inner, hidden) for key, inner in value.items()}

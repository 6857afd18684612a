"""What one caller may see: the table of rights decides, and who somebody is stands apart.

A resource shows only if every change that it says may be read. Whoever may not know who somebody is
gets the resource without the elements that say so, marked as a part (`SUBSETTED`), and may not
search by them.
"""

from collections.abc import Iterator

from environment.fhir.case import RECORD
from environment.fhir.elements import SYSTEM, Resource
from environment.fhir.outcomes import FhirError
from environment.fhir.queries import Clause, Query
from environment.fhir.shelves import Sight, Version
from environment.fhir.texts import read, write
from environment.model.change import JSON
from environment.model.twin import Twin
from environment.runtime.access import Caller, Rights, Verb
from environment.runtime.world import World

SUBSETTED: JSON = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
#: Elements that say who somebody is, or where he lives.
PERSONAL = ("name", "telecom", "address", "birthDate", "_birthDate", "photo", "contact", "link")
#: Search parameters that would tell the same.
ASKING = frozenset(
    {
        "name", "family", "given", "address", "address-city", "address-postalcode", "birthdate",
        "telecom", "phone", "email", "identifier", "link",
    }
)  # fmt: skip
#: Types that say who somebody is -> twins and members that stand for the same knowledge.
PEOPLE = {"Patient": ("patient", "name"), "Practitioner": ("person", "title")}
KIN = {"RelatedPerson": "Patient", "PractitionerRole": "Practitioner"}


class Viewer:
    """One caller, as the table of rights sees him now."""

    def __init__(self, world: World, rights: Rights, who: Caller, record: Twin) -> None:
        self.world, self.rights, self.who, self.record = world, rights, who, record
        self._seen: dict[Sight, bool] = {}
        self.hidden = frozenset(self._hidden())

    def may(self, verb: Verb, twin: str, member: str = "") -> bool:
        """Whether the caller may do this with a member of a twin."""
        found = self.record if twin == RECORD else self.world.twins.get(twin)
        return found is not None and self.rights.allows(self.who, verb, found, member)

    def sees(self, sight: Sight) -> bool:
        """Whether the caller may read all that a resource says."""
        found = self._seen.get(sight)
        if found is None:
            found = all(self.may("read", *self._plain(pair)) for pair in sight)
            self._seen[sight] = found
        return found

    def _plain(self, pair: tuple[str, str]) -> tuple[str, str]:
        # A person of another system shows, without what says who it is.
        return (RECORD, "stored") if pair == (RECORD, "person_stored") else pair

    def _hidden(self) -> Iterator[str]:
        knows_people = self.may("read", RECORD, "person_stored")
        for type, (kind, member) in PEOPLE.items():
            twins = [t for t in self.world.twins.values() if t.kind == kind]
            if not knows_people or not all(self.may("read", t.id, member) for t in twins):
                yield type
        for twin in self.world.twins.values():
            if twin.kind == "place" and not self.may("read", twin.id, "address"):
                yield "Location"
                return

    # -- what is shown ---------------------------------------------------------------------

    def text(self, version: Version) -> bytes:
        """The resource as this caller may have it."""
        return self.veiled(version.text) if self.hidden else version.text

    def veiled(self, text: bytes) -> bytes:
        """A resource without what says who somebody is."""
        resource = read(text)
        return write(shown).encode() if (shown := self._veil(resource)) != resource else text

    def _veil(self, resource: Resource) -> Resource:
        type = resource["resourceType"]
        found = self._without_names(resource)
        gone: tuple[str, ...] = ()
        if KIN.get(type, type) in self.hidden and type in (*PEOPLE, *KIN):
            gone = (*PERSONAL, "text", *(("code",) if type == "PractitionerRole" else ()))
        elif type == "Location" and "Location" in self.hidden:
            gone = ("address", "position", "telecom", "text")
        kept = {k: v for k, v in found.items() if k not in gone}
        if gone and "identifier" in kept:
            own = [i for i in kept["identifier"] if str(i.get("system", "")).startswith(SYSTEM)]
            kept = {k: v for k, v in kept.items() if k != "identifier"}
            kept |= {"identifier": own} if own else {}
        if kept != resource:
            meta = kept.get("meta", {})
            kept["meta"] = {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}
        return kept

    def _without_names(self, value: JSON) -> JSON:
        """References to people without the name that stands beside them."""
        if isinstance(value, list):
            return [self._without_names(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        literal = value.get("reference")
        if isinstance(literal, str) and ("display" in value or "identifier" in value):
            type = literal.rpartition("/")[0].rpartition("/")[2]
            if KIN.get(type, type) in self.hidden and type != "Location":
                value = {k: v for k, v in value.items() if k not in ("display", "identifier")}
        return {key: self._without_names(inner) for key, inner in value.items()}

    # -- what may be asked -----------------------------------------------------------------

    def admit(self, query: Query) -> None:
        """Refuse a search that would tell by its answer what the caller may not know."""
        for clause in query.clauses:
            self._admit(query.type, clause)
        for name, _ in query.sort:
            self._check(query.type, name)

    def _admit(self, type: str, clause: Clause) -> None:
        if clause.chain is not None:
            self._admit(*clause.chain)
        elif clause.has is not None:
            self._admit(clause.has[0], clause.has[2])
        elif clause.modifier == "identifier":
            for target in clause.parameter.targets if clause.parameter else ():
                self._check(target, "identifier")
        else:
            self._check(type, clause.name)

    def _check(self, type: str, name: str) -> None:
        if KIN.get(type, type) in self.hidden and name in ASKING:
            raise FhirError(
                403, f"The role '{self.who.role}' may not search {type} by '{name}': it tells who."
            )

    def demand(self, verb: Verb, twin: str, member: str) -> None:
        """Refuse what the caller's rights do not give."""
        if not self.may(verb, twin, member):
            raise FhirError(403, f"The role '{self.who.role}' may not {verb} '{twin}.{member}'.")

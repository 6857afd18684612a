"""What one caller may see: the table of rights decides, and who somebody is stands apart.

A resource shows only if every change that it says may be read. Whoever may not know who somebody is
gets the resource without the elements that say so, marked as a part (`SUBSETTED`), and may not
search by them.
"""

from collections.abc import Iterator
from dataclasses import replace

from environment.fhir.case import RECORD
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.queries import Clause, Query
from environment.fhir.server.shelves import Sight, Version
from environment.fhir.server.veiling import KIN, veiled
from environment.model.twin import Twin
from environment.runtime.access import Caller, Rights, Verb
from environment.runtime.journal import Journal
from environment.runtime.world import World

#: Search parameters that would tell the same.
ASKING = frozenset(
    {
        "name", "family", "given", "address", "address-city", "address-postalcode", "birthdate",
        "telecom", "phone", "email", "identifier", "link",
    }
)  # fmt: skip
#: Types that say who somebody is -> twins and members that stand for the same knowledge.
PEOPLE = {"Patient": ("patient", "name"), "Practitioner": ("person", "title")}


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
        return veiled(version.text, self.hidden) if self.hidden else version.text

    def journal(self) -> Journal:
        """The journal of the world in which what the caller may not read says nothing."""
        shown = Journal(self.world.journal.name)
        for change in self.world.journal:
            twin = self.world.twins.get(change.twin)
            may = twin is not None and self.rights.allows(self.who, "read", twin)
            if twin is None or not may or not self.rights.shows(self.who, "read", twin, change):
                change = replace(
                    change, kind="event", name="withheld", value=None, source="", by="", cause=None
                )
            shown.append(change)
        return shown

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
        is_told = KIN.get(type) in self.hidden and name in ASKING
        if is_told or (type == "Location" and type in self.hidden and name == "address"):
            raise FhirError(
                403, f"The role '{self.who.role}' may not search {type} by '{name}': it tells who."
            )

    def demand(self, verb: Verb, twin: str, member: str) -> None:
        """Refuse what the caller's rights do not give."""
        if not self.may(verb, twin, member):
            raise FhirError(403, f"The role '{self.who.role}' may not {verb} '{twin}.{member}'.")

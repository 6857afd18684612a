"""Writing: what comes from outside is checked, judged, and becomes changes; nothing else is stored.

An Observation about the patient of the case becomes facts and goes through shadowing. A Procedure
or MedicationAdministration becomes an operation that the twin's guards and the asset judge. All
else lies in the record as it came in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from environment.errors import BadValueError
from environment.fhir.case import RECORD
from environment.fhir.checks import InvalidResourceError, Problem, problems
from environment.fhir.elements import ID, Resource, references
from environment.fhir.incoming import facts_told
from environment.fhir.requests import Asked, act_told
from environment.fhir.rules import is_resource
from environment.fhir.server.fold import ACTS, Fold
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.queries import parse
from environment.fhir.server.search import Search, resource_of
from environment.fhir.server.shelves import Version
from environment.fhir.server.texts import write
from environment.fhir.server.viewing import Viewer
from environment.model.change import JSON, Change, Observation
from environment.model.members import Finding
from environment.runtime.notices import because
from environment.runtime.operations import Operations
from environment.runtime.shadowing import judged

#: Types that say who somebody is: their changes stand apart in the record.
PEOPLE = ("Patient", "Practitioner", "PractitionerRole", "RelatedPerson")
#: How far ahead of the world's clock another system may be (engineering default, seconds).
AHEAD_S = 2.0
#: The quality with which a source takes back what it said of a moment.
WITHDRAWN = "withdrawn"
#: A fact without its value: twin, member, when it was true.
Moment = tuple[str, str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One thing that is to be written, checked and judged; nothing has happened yet."""

    type: str
    id: str
    method: str  # POST, PUT or DELETE
    resource: Resource = field(default_factory=dict)  # none: to be deleted
    facts: Sequence[Observation] = ()
    act: Asked | None = None
    is_new: bool = True

    @property
    def reference(self) -> str:
        """`Type/id`."""
        return f"{self.type}/{self.id}"


class Writer:
    """Judges and commits what one caller writes."""

    def __init__(self, fold: Fold, search: Search, operations: Operations, viewer: Viewer) -> None:
        self.fold, self.search, self.operations = fold, search, operations
        self.world, self.viewer, self.who = operations.world, viewer, viewer.who

    # -- judging ---------------------------------------------------------------------------

    def new_id(self, type: str, number: int = 0) -> str:
        """An id that nobody has: it counts the changes of the journal."""
        seq = len(self.world.journal) + 1
        id = f"{seq}-{number}" if number else str(seq)
        while id in self.fold.shelves[type].current:  # somebody else has chosen it
            id = f"{id}-0"
        return id

    def checked(self, type: str, resource: JSON, path: str = "") -> Resource:
        """A resource that is valid R4 and of this type."""
        if not is_resource(type):
            raise FhirError(404, f"No type '{type}' here.", issue="not-supported")
        found = list(problems(resource, path))
        if not found and resource["resourceType"] != type:
            text = f"is a {resource['resourceType']}, and the address says {type}"
            found = [Problem(f"{path or type}.resourceType", "value", text)]
        if found:
            raise InvalidResourceError(found)
        given: Resource = resource
        return given

    def creation(
        self, type: str, resource: Resource, id: str, *, known: Mapping[str, str] | None = None
    ) -> Intent:
        """A new resource, judged."""
        return self._judged(type, id, resource, "POST", None, known or {})

    def update(
        self,
        type: str,
        id: str,
        resource: Resource,
        if_match: str = "",
        *,
        known: Mapping[str, str] | None = None,
        path: str = "",
    ) -> Intent:
        """A resource in place of the one with this id, or a new one with it, judged."""
        where = path or type
        if not ID.fullmatch(id):
            raise FhirError(400, f"'{id}' is no id.", path=f"{where}.id", issue="value")
        if resource.get("id") != id:
            text = f"the id is {resource.get('id')!r}, and the address says '{id}'"
            raise FhirError(400, text, path=f"{where}.id", issue="value")
        held = self.fold.shelves[type].get(id)
        self._match(held, if_match)
        if held is not None and not held.is_given:
            raise FhirError(
                409,
                f"{held.reference} says what a twin mirrors: only its asset can change that. "
                "Post an Observation, a Procedure or a MedicationAdministration.",
                issue="business-rule",
            )
        return self._judged(type, id, resource, "PUT", held, known or {})

    def deletion(self, type: str, id: str, if_match: str = "") -> Intent | None:
        """The end of a resource that an outside system brought; None when it is gone already."""
        held = self.fold.shelves[type].get(id)
        if held is None or not self.viewer.sees(held.sight):
            raise FhirError(404, f"No {type}/{id} here.")
        if not held.text:
            return None
        self._match(held, if_match)
        if not held.is_given or self._is_fact(resource_of(held)):
            raise FhirError(
                409,
                f"{held.reference} is a fact of a twin: it stays in the journal. Restate it, or "
                "put it again with the status entered-in-error.",
                issue="business-rule",
            )
        self.viewer.demand("feed", RECORD, self._event([type]))
        return Intent(type=type, id=id, method="DELETE", is_new=False)

    def _match(self, held: Version | None, if_match: str) -> None:
        if if_match and (held is None or held.etag not in (if_match, f"W/{if_match}")):
            there = held.etag if held else "nothing"
            raise FhirError(412, f"If-Match {if_match}: there is {there}. Read it again.")

    def _judged(
        self,
        type: str,
        id: str,
        resource: Resource,
        method: str,
        held: Version | None,
        known: Mapping[str, str],
    ) -> Intent:
        resource = {**resource, "id": id}
        self.viewer.demand("feed", RECORD, self._event([type]))
        self._refer(resource, known)
        intent = Intent(
            type=type,
            id=id,
            method=method,
            resource=resource,
            is_new=held is None or not held.text,
        )
        before = self._told(held)
        if not self._is_fact(resource):
            return replace(intent, facts=self._taken_back(before, ()))
        if type == "Observation":
            is_error = resource["status"] == "entered-in-error" and bool(before)
            facts = () if is_error else self._facts(resource)
            return replace(intent, facts=[*self._taken_back(before, facts), *facts])
        asked = act_told(self.fold.case, resource)
        if held is not None and held.text and act_told(self.fold.case, resource_of(held)) == asked:
            return intent  # told already
        return replace(intent, act=asked)

    def _is_fact(self, resource: Resource) -> bool:
        """Whether it tells something of the patient of the case that a twin mirrors."""
        if resource["resourceType"] not in ("Observation", *ACTS):
            return False
        patient = self.fold.case.name_of(self.fold.case.patient)
        literal = str(resource.get("subject", {}).get("reference", ""))
        return bool(patient) and (literal == patient or literal.endswith(f"/{patient}"))

    def _facts(self, resource: Resource) -> Sequence[Observation]:
        facts = facts_told(self.fold.case, resource, source=self.who.name)
        now = self.world.clock.now()
        for fact in facts:
            self.viewer.demand("feed", fact.twin, fact.member)
            if fact.effective > now + AHEAD_S:
                text = "lies ahead of the world's clock; set the source's clock right"
                raise InvalidResourceError([Problem("Observation.effective[x]", "value", text)])
            try:
                judged(self.world.twin(fact.twin).properties[fact.member], fact)
            except BadValueError as wrong:
                path = (
                    "Observation.component" if "component" in resource else "Observation.value[x]"
                )
                raise InvalidResourceError([Problem(path, "value", str(wrong))]) from wrong
        return facts

    def _told(self, held: Version | None) -> set[Moment]:
        """The facts that the present version of a resource has told."""
        if held is None or not held.text or not held.is_given:
            return set()
        rows = self.world.journal[held.seq].value["rows"]
        mine = (row for row in rows if (row["type"], row["id"]) == (held.type, held.id))
        return {(twin, name, at) for row in mine for twin, name, at in row["facts"]}

    def _taken_back(
        self, before: set[Moment], facts: Sequence[Observation]
    ) -> Sequence[Observation]:
        """What was told and is not told any more: the twin is to forget it."""
        gone = before - {(fact.twin, fact.member, fact.effective) for fact in facts}
        for twin, name, _ in gone:
            self.viewer.demand("feed", twin, name)
        return [
            Observation(
                twin=twin,
                member=name,
                value=None,
                effective=at,
                source=self.who.name,
                quality=WITHDRAWN,
            )
            for twin, name, at in sorted(gone)
        ]

    # -- references ------------------------------------------------------------------------

    def _refer(self, resource: Resource, known: Mapping[str, str]) -> None:
        """Refuse a reference to something that should be here and is not."""
        contained = {f"#{r.get('id')}" for r in resource.get("contained", ())} | {"#"}
        found = []
        for path, literal in references(resource):
            if literal in contained or literal in known:
                continue
            if not self._answers(literal):
                text = f"nothing here answers to '{literal}'"
                found.append(Problem(f"{resource['resourceType']}.{path}", "not-found", text))
        if found:
            raise InvalidResourceError(found)

    def _answers(self, literal: str) -> bool:
        if literal.startswith("#"):
            return False
        plain = literal.split("/_history/")[0]
        base = f"{self.search.base}/"
        plain = plain[len(base) :] if plain.startswith(base) else plain
        if ":" in plain.split("/")[0]:
            return True  # of another server, or a name of its own
        return self.fold.shelves.find(plain) is not None

    def resolved(self, text: str) -> str:
        """The one resource that a conditional reference `Type?query` names."""
        type, _, query = text.partition("?")
        if not is_resource(type):
            raise FhirError(400, f"'{text}': no type '{type}' here.")
        found = self.matches(type, query)
        if len(found) != 1:
            raise FhirError(412, f"'{text}' names {len(found)} resources; it must name one.")
        return found[0].reference

    def matches(self, type: str, query: str) -> list[Version]:
        """What a condition finds; it must say something that is understood."""
        from urllib.parse import parse_qsl

        asked = parse(type, parse_qsl(query, keep_blank_values=True), strict=True)
        if not asked.clauses:
            raise FhirError(400, f"'{query[:100]}' is no condition: it would match everything.")
        self.viewer.admit(asked)
        found = self.search.find(asked, self.viewer.sees)
        return [found.shelf.versions[o] for o in found.ordinals]

    # -- committing ------------------------------------------------------------------------

    def _event(self, types: Sequence[str]) -> str:
        return "person_stored" if any(t in PEOPLE for t in types) else "stored"

    def commit(self, intents: Sequence[Intent], cause: int | None = None) -> list[Version]:
        """Write all of it as one change, then tell the twins."""
        rows: list[JSON] = [
            {
                "type": intent.type,
                "id": intent.id,
                "method": intent.method,
                "text": write(intent.resource) if intent.resource else "",
                "facts": [
                    [fact.twin, fact.member, fact.effective]
                    for fact in intent.facts
                    if fact.quality != WITHDRAWN
                ],
            }
            for intent in intents
        ]
        value = {"rows": rows, "role": self.who.role}
        change = self._record(self._event([i.type for i in intents]), value, cause)
        for intent in intents:
            for fact in intent.facts:
                self.world.observe(replace(fact, by=self.who.name, cause=change.seq))
        self.fold.follow(self.world.clock.now())
        return list(self._current(intents))

    def _current(self, intents: Sequence[Intent]) -> Iterator[Version]:
        for intent in intents:
            version = self.fold.shelves[intent.type].get(intent.id)
            assert version is not None  # it has just been put there
            yield version

    def _record(self, name: str, value: JSON, cause: int | None = None) -> Change:
        if RECORD not in self.world.twins:
            self.world.add(RECORD, RECORD, by=self.who.name)
        return self.world.record(RECORD, "event", name, value, by=self.who.name, cause=cause)

    async def carry_out(self, intent: Intent) -> Version:
        """Ask the patient's twin for what was told; it is stored once the asset has done it."""
        asked = intent.act
        assert asked is not None  # the caller has looked
        value = {"type": intent.type, "id": intent.id, "role": self.who.role}
        told = self._record("received", value)
        await self.ask(asked, told.seq)
        return self.commit([intent], told.seq)[0]

    async def ask(self, asked: Asked, cause: int | None = None) -> None:
        """One operation of a twin, judged by its guards and this caller's rights."""
        twin = self.world.twin(asked.twin)
        forbidden = None
        if not self.viewer.may("invoke", twin.id, asked.operation):
            forbidden = Finding(f"a right to operate a {twin.kind}", f"role {self.who.role}")
        with because(self.who.name, cause):
            progress = self.operations.request(
                twin.id,
                asked.operation,
                named=dict(asked.arguments),
                by=self.who.name,
                role=self.who.role,
                forbidden=forbidden,
            )
        await self.operations.carry_out(progress)

"""Operations that give many resources at once: $everything, $lastn, $document."""

from collections.abc import Iterable, Sequence

from environment.fhir.bundle import document
from environment.fhir.case import Case, models_of
from environment.fhir.elements import SYSTEM, Resource
from environment.fhir.server.fold import Fold
from environment.fhir.server.indexes import Spans, Words
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.parameters import encounter_parameter, patient_parameter
from environment.fhir.server.queries import Query
from environment.fhir.server.search import Search
from environment.fhir.server.shelves import Shelf, Version
from environment.fhir.server.texts import read
from environment.fhir.server.values import Range, moment
from environment.fhir.server.viewing import Viewer

#: Types that say of others where they come from: they follow what they point to.
ABOUT_OTHERS = ("Provenance",)


class Everything:
    """Gathers for one caller; `fold` is what the server holds."""

    def __init__(self, fold: Fold, search: Search, viewer: Viewer) -> None:
        self.fold, self.search, self.viewer = fold, search, viewer

    def of_patient(self, patient: Version, asked: dict[str, str]) -> list[Version]:
        """The patient, all that belongs to him, and all that it refers to."""
        return self._gathered(patient, self._belonging(patient.reference, ""), asked)

    def of_encounter(self, encounter: Version, asked: dict[str, str]) -> list[Version]:
        """The encounter, all that belongs to it, and what is known of its patient anyway."""
        patient = next((r for r in encounter.refs if r.startswith("Patient/")), "")
        return self._gathered(encounter, self._belonging(patient, encounter.reference), asked)

    def _belonging(self, patient: str, encounter: str) -> Iterable[Version]:
        for shelf in self.fold.shelves:
            own, of = encounter_parameter(shelf.type), patient_parameter(shelf.type)
            if encounter and own:
                yield from _pointing(shelf, own, encounter)
                said = set(shelf.indexes[own].present)
                # What was told of the patient without an encounter is left out of none.
                yield from (v for o, v in _rows(shelf, of, patient) if o not in said)
            elif patient and of and (not encounter or shelf.type != "Encounter"):
                yield from _pointing(shelf, of, patient)

    def _gathered(
        self, first: Version, rows: Iterable[Version], asked: dict[str, str]
    ) -> list[Version]:
        unknown = sorted(set(asked) - {"_type", "_since", "_count", "_page", "start", "end"})
        if unknown:
            raise FhirError(400, f"$everything has no parameter '{unknown[0]}'.")
        found = {first.reference: first}
        for row in rows:
            found.setdefault(row.reference, row)
        around: Iterable[Version] = list(found.values())
        while around:
            names = {name for row in around for name in row.refs if name not in found}
            further = [held for n in sorted(names) if (held := self.fold.shelves.find(n))]
            # What is referred to belongs to it; another encounter does with its own only.
            further = [v for v in further if v.type != "Encounter" or first.type == "Patient"]
            found.update((row.reference, row) for row in further)
            around = further
        for type in ABOUT_OTHERS:
            for version in self.fold.shelves[type]:
                if any(name in found for name in version.refs[:1]):
                    found.setdefault(version.reference, version)
        rows = [v for v in self._narrowed(found.values(), asked) if self.viewer.sees(v.sight)]
        # In the order in which they came: what comes meanwhile stands on the last page.
        shelves = self.fold.shelves
        rows.sort(key=lambda v: -1 if v is first else shelves[v.type].began(v.id))
        return rows

    def _narrowed(self, rows: Iterable[Version], asked: dict[str, str]) -> Iterable[Version]:
        types = {t for t in asked.get("_type", "").split(",") if t}
        since = moment(asked["_since"]).low if asked.get("_since") else float("-inf")
        began = self.fold.start.timestamp()
        outside = self._outside(asked)
        for row in rows:
            if types and row.type not in types:
                continue
            if began + row.at_s >= since and row.reference not in outside:
                yield row

    def _outside(self, asked: dict[str, str]) -> set[str]:
        """What has a date that lies outside `start` and `end`."""
        if not asked.get("start") and not asked.get("end"):
            return set()
        low = moment(asked["start"]).low if asked.get("start") else float("-inf")
        high = moment(asked["end"]).high if asked.get("end") else float("inf")
        found: set[str] = set()
        for shelf in self.fold.shelves:
            index = shelf.indexes.get("date")
            if isinstance(index, Spans):
                kept = index.matching("ge", Range(low, low), 0.0)
                kept &= index.matching("le", Range(high, high), 0.0)
                found.update(shelf.versions[o].reference for o in set(index.present) - kept)
        return found

    # -- the last of each ------------------------------------------------------------------

    def lastn(self, query: Query, most: int) -> list[Version]:
        """The newest Observations of each code, at most so many of one."""
        if not any(c.name in ("patient", "subject") for c in query.clauses):
            raise FhirError(400, "$lastn needs patient= or subject=.", issue="required")
        if not any(c.name in ("code", "category") for c in query.clauses):
            raise FhirError(400, "$lastn needs category= or code=.", issue="required")
        query.sort = [("date", True)]
        found = self.search.find(query, self.viewer.sees)
        group = self._groups(found.shelf, found.matching)
        taken: dict[str, list[int]] = {}
        for ordinal in found.ordinals:
            rows = taken.setdefault(group[ordinal], [])
            if len(rows) < most:
                rows.append(ordinal)
        return [found.shelf.versions[o] for name in sorted(taken) for o in taken[name]]

    def _groups(self, shelf: Shelf, wanted: set[int]) -> dict[int, str]:
        """What each Observation is of: its code in words, else in figures."""
        index = shelf.indexes["code"]
        assert isinstance(index, Words)  # code is a token
        group: dict[int, str] = {}
        for posts in (index.spoken, index.posts):
            for key, rows in posts.items():
                for ordinal in rows:
                    if ordinal in wanted:
                        group.setdefault(ordinal, key)
            wanted = wanted - group.keys()
        return group

    # -- documents -------------------------------------------------------------------------

    def document_of(self, composition: Version) -> Resource:
        """A document Bundle: the Composition first, and all that it refers to."""
        base = self.search.base
        if not composition.is_given:
            journal = self.viewer.journal()
            case = Case(journal, models_of(journal), self.fold.start)
            return document(case, base=base)
        found = {composition.reference: composition}
        around: Sequence[Version] = [composition]
        while around:
            names = {name for row in around for name in row.refs if name not in found}
            around = [held for n in sorted(names) if (held := self.fold.shelves.find(n))]
            found.update((row.reference, row) for row in around)
        hidden = [v for v in found.values() if not self.viewer.sees(v.sight)]
        if hidden:
            raise FhirError(403, f"The document holds {len(hidden)} resources not open to you.")
        return {
            "resourceType": "Bundle",
            "type": "document",
            "identifier": {
                "system": f"{SYSTEM}/documents",
                "value": f"{composition.id}-{composition.number}",
            },
            "timestamp": composition.at,
            "entry": [
                {"fullUrl": f"{base}/{v.reference}", "resource": read(self.viewer.text(v))}
                for v in found.values()
            ],
        }


def _pointing(shelf: Shelf, name: str, reference: str) -> Iterable[Version]:
    return (version for _, version in _rows(shelf, name, reference))


def _rows(shelf: Shelf, name: str, reference: str) -> Iterable[tuple[int, Version]]:
    """What refers to something by a parameter, with its ordinals."""
    index = shelf.indexes.get(name)
    if isinstance(index, Words):
        for ordinal in index.posts.get(reference, ()):
            if ordinal not in shelf.died:
                yield ordinal, shelf.versions[ordinal]


def resource_in(body: Resource) -> Resource:
    """The resource that $validate is asked about: the body, or what its Parameters hold."""
    if body.get("resourceType") != "Parameters":
        return body
    rows = body.get("parameter")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("name") == "resource" and "resource" in row:
            found: Resource = row["resource"]
            return found
    raise FhirError(400, "Parameters without a parameter 'resource'.", path="Parameters.parameter")

"""Operations: $everything, $lastn, $document and $validate."""

from environment.errors import did_you_mean
from environment.fhir.checks import problems
from environment.fhir.server.capabilities import OPERATIONS
from environment.fhir.server.everything import resource_in
from environment.fhir.server.exchange import Exchange
from environment.fhir.server.outcomes import FhirError, outcome, said
from environment.fhir.server.queries import parse
from environment.fhir.server.texts import write
from environment.fhir.server.wire import Answer, json_body, methods, or_400


class Asks:
    """Answers to operations."""

    def __init__(self, on: Exchange) -> None:
        self.on = on

    async def answer(self, type: str, id: str, name: str) -> Answer:
        """An operation of a type, or of one resource."""
        types = OPERATIONS[name][0] if name in OPERATIONS else None
        if types is None or (types and type not in types):
            known = [n for n, (of, _) in OPERATIONS.items() if not of or type in of]
            hint = did_you_mean(name, known)
            raise FhirError(404, f"{type} has no operation '${name}'.{hint}", issue="not-supported")
        if name == "validate":
            return await methods(self.on.request, POST=self._validate)
        asked = dict(self.on.request.query)
        asked.pop("_format", None)
        if name == "lastn":
            return await methods(self.on.request, GET=self._lastn)
        if not id:
            raise FhirError(400, f"${name} is asked of one resource: {type}/id/${name}.")
        if self.on.request.method not in ("GET", "HEAD"):
            raise FhirError(405, f"${name} is asked with GET.", headers={"Allow": "GET, HEAD"})
        held = self.on.held(type, id)
        if name == "document":
            return Answer(status=200, body=write(self.on.gather.document_of(held)).encode())
        give = self.on.gather.of_patient if type == "Patient" else self.on.gather.of_encounter
        rows = or_400("$everything", lambda: give(held, asked))
        return Answer(status=200, body=self.on.pages.listed(f"{type}/{id}/${name}", rows, asked))

    async def _lastn(self) -> Answer:
        pairs = [(k, v) for k, v in self.on.request.query if k != "max"]
        text = dict(self.on.request.query).get("max", "1")
        if not text.isascii() or not text.isdigit() or not int(text[:9]) >= 1:
            raise FhirError(400, f"max={text[:40]}: expected a whole number above 0.")
        query = parse("Observation", pairs, strict=True)
        self.on.viewer.admit(query)
        rows = self.on.gather.lastn(query, int(text[:9]))
        asked = {k: v for k, v in self.on.request.query if k != "_format"}
        return Answer(status=200, body=self.on.pages.listed("Observation/$lastn", rows, asked))

    async def _validate(self) -> Answer:
        type = self.on.request.path[0]
        given = json_body(self.on.request)
        if not isinstance(given, dict):
            raise FhirError(422, "expected a resource", path="$this")
        resource = resource_in(given)
        found = list(problems(resource))
        if not found and resource["resourceType"] != type:
            raise FhirError(422, f"is a {resource['resourceType']}, not a {type}", path=type)
        told = outcome(found) if found else said(f"Nothing is wrong with this {type}.")
        return Answer(status=200, body=write(told).encode())

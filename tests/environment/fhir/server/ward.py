"""A ward with a FHIR server: a patient, a monitor, a process, and short ways to ask at /fhir."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl

from environment.fhir.server.server import Server
from environment.fhir.server.texts import read, write
from environment.fhir.server.wire import Answer, Request
from environment.model.change import JSON, Change, Observation
from environment.runtime.access import Caller, Rights
from environment.runtime.clock import VirtualClock
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds
from tests.environment.runtime.ward import START

BASE = "http://ward.example/fhir"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


class Told:
    """An answer that has been read."""

    def __init__(self, answer: Answer) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.body

    @property
    def json(self) -> Any:
        return read(self.body)

    @property
    def ids(self) -> list[str]:
        """Ids of the matches of a search set."""
        rows = self.json.get("entry", [])
        return [e["resource"]["id"] for e in rows if e.get("search", {}).get("mode") == "match"]

    @property
    def included(self) -> list[str]:
        rows = self.json.get("entry", [])
        return [
            f"{e['resource']['resourceType']}/{e['resource']['id']}"
            for e in rows
            if e.get("search", {}).get("mode") == "include"
        ]

    @property
    def next(self) -> str:
        links = {link["relation"]: link["url"] for link in self.json.get("link", [])}
        return str(links.get("next", "")).removeprefix(f"{BASE}/")

    @property
    def issues(self) -> list[tuple[str, str]]:
        """(path or nothing, words) of an OperationOutcome."""
        assert self.json["resourceType"] == "OperationOutcome", self.body
        rows = self.json["issue"]
        return [(row.get("expression", [""])[0], row["diagnostics"]) for row in rows]


class Ward:
    """Virtual time, no network: what is asked goes straight to the server."""

    def __init__(self, *, hooks: tuple[str, ...] = ()) -> None:
        self.clock = VirtualClock(START)
        self.world = World(self.clock, kinds())
        self.operations = Operations(self.world)
        self.rights = Rights(now=self.clock.now)
        for kind, name in (
            ("patient", "patient"),
            ("monitor", "monitor_1"),
            ("person", "rita"),
            ("place", "road"),
            ("preh", "preh"),
        ):
            self.world.add(kind, name, by="test")
        self.world.link("preh", "hasPatient", "patient", by="test")
        self.world.link("patient", "monitoredBy", "monitor_1", by="test")
        self.tell("patient", "name", "Anna Example")
        self.tell("person", "title", "Dr Rita Rossi", twin="rita")
        self.tell("place", "address", "Via Roma 1", twin="road")
        self.server = Server(self.operations, self.rights, hooks=hooks)
        self.clock.every(1.0, lambda _: self.server.keep_up())

    def tell(self, _: str, member: str, value: JSON, *, twin: str = "patient") -> Change | None:
        return self.world.observe(
            Observation(
                twin=twin, member=member, value=value, effective=self.clock.now(), source="test"
            )
        )

    async def reading(self, **values: float) -> None:
        """The monitor says something, and its second ends."""
        self.world.readings("monitor_1", values, self.clock.now(), "monitor_1")
        await self.clock.sleep(1.0)

    async def ask(
        self,
        method: str,
        url: str,
        body: JSON = None,
        *,
        by: str = "instructor",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Told:
        """One request at the base."""
        path, _, query = url.partition("?")
        given = raw if raw is not None else (b"" if body is None else write(body).encode())
        named = {k.lower(): v for k, v in (headers or {}).items()}
        if given:
            named.setdefault("content-type", "application/fhir+json")
        request = Request(
            method=method,
            path=tuple(part for part in path.split("/") if part),
            base=BASE,
            who=Caller(by, by),
            query=parse_qsl(query, keep_blank_values=True),
            headers=named,
            body=given,
        )
        return Told(await self.server.answer(request))

    async def get(self, url: str, by: str = "instructor", **headers: str) -> Told:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("GET", url, by=by, headers=named)

    async def put(self, resource: JSON, **more: Any) -> Told:
        return await self.ask(
            "PUT", f"{resource['resourceType']}/{resource['id']}", resource, **more
        )

    async def post(self, resource: JSON, **more: Any) -> Told:
        return await self.ask("POST", resource["resourceType"], resource, **more)

    def now(self, after_s: float = 0.0) -> str:
        return self.server.fold.case.at(self.clock.now() + after_s)


@asynccontextmanager
async def open_ward(**more: Any) -> AsyncIterator[Ward]:
    """A ward whose clock and server are ended."""
    ward = Ward(**more)
    try:
        yield ward
    finally:
        await ward.server.close()
        await ward.operations.close()
        ward.clock.close()


def vital(code: str, value: float, unit: str, at: str, patient: str = "patient") -> dict[str, JSON]:
    """An Observation of a vital sign."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": at,
        "valueQuantity": {"value": value, "system": UCUM, "code": unit},
    }


def patient(id: str, family: str = "Bianchi", **more: JSON) -> dict[str, JSON]:
    """A patient of another system."""
    return {"resourceType": "Patient", "id": id, "name": [{"family": family}], **deepcopy(more)}

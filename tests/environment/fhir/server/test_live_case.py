"""A case as it goes on: the monitor is found at once; a laboratory's value moves the agents."""

import asyncio
from typing import Any

import pytest

from environment.fhir.elements import vital_concept
from environment.fhir.server.server import Server
from environment.fhir.server.texts import read, write
from environment.fhir.server.wire import Request
from environment.model.vitals import VITALS
from environment.runtime.access import Caller, Rights
from environment.runtime.clock import VirtualClock
from scenarios.reading import load
from scenarios.session import Session, load_programs
from tests.environment.fhir.server.ward import BASE, UCUM, Told

pytestmark = pytest.mark.slow


async def test_a_blood_gas_posted_from_the_laboratory_changes_the_twin_and_an_alert_follows() -> (
    None
):
    scenario = load("pelvis")
    clock = VirtualClock(scenario.start)
    async with asyncio.TaskGroup() as tasks:
        programs = load_programs(scenario, None)
        session = Session(scenario, clock, programs, seed=scenario.seed, tasks=tasks)
        await session.start()
        server = Server(session.operations, Rights(now=clock.now))
        clock.every(1.0, lambda _: server.keep_up())

        async def ask(method: str, path: str, query: Any = (), body: Any = None) -> Told:
            request = Request(
                method=method,
                path=tuple(path.split("/")),
                base=BASE,
                who=Caller("laboratory", "system"),
                query=query,
                headers={"content-type": "application/fhir+json"},
                body=write(body).encode() if body else b"",
            )
            return Told(await server.answer(request))

        try:
            await session.until(2700.0)
            newest = [("code", "8867-4"), ("_sort", "-date"), ("_count", "1")]
            (entry,) = (await ask("GET", "Observation", newest)).json["entry"]
            monitored = server.fold.case.at(clock.now() - 3.0)
            assert entry["resource"]["effectiveDateTime"] >= monitored

            before = {v.id for v in server.fold.shelves["DetectedIssue"]}
            sent = {
                "resourceType": "Observation",
                "status": "final",
                "code": vital_concept(VITALS["ica"]),
                "subject": {"reference": "Patient/patient"},
                "effectiveDateTime": server.fold.case.at(clock.now()),
                "valueQuantity": {"value": 0.7, "system": UCUM, "code": VITALS["ica"].unit},
            }
            made = await ask("POST", "Observation", body=sent)
            assert made.status == 201, made.body
            assert session.world.twin("patient").value("ica") == 0.7
            await session.until(2760.0)
        finally:
            await session.stop()
            await server.close()
        name = f"Observation/{made.json['id']}"
        issues = [read(v.text) for v in server.fold.shelves["DetectedIssue"] if v.id not in before]
        (raised,) = [i for i in issues if i["identifier"][0]["value"] == "HAE-09"]
        assert name in [d["reference"] for e in raised["evidence"] for d in e["detail"]]
        found = await ask("GET", "Provenance", [("entity", name)])
        assert found.json["total"] >= 1
        assert (await ask("GET", "Observation", [("_id", made.json["id"])])).ids

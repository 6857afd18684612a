"""The server over HTTP: who may come in, what the edge refuses, and deliveries that go out."""

import asyncio
import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from tests.environment.web.stage import Stage, staged, within

pytestmark = pytest.mark.wall_time
FHIR = "application/fhir+json"


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


async def test_anybody_may_know_what_the_server_can_do_and_nobody_more(stage: Stage) -> None:
    told = await stage.ask("GET", "/fhir/metadata", by="", accept=FHIR)
    assert (told.status, told.type) == (200, FHIR)
    assert told.json["implementation"]["url"] == f"{stage.url}/fhir"
    closed = await stage.ask("GET", "/fhir/Patient", by="", accept=FHIR)
    assert (closed.status, closed.type) == (401, FHIR)
    assert closed.json["issue"][0]["code"] == "login"
    assert closed.headers["WWW-Authenticate"].startswith("Bearer")


async def test_what_the_edge_refuses_is_told_in_the_words_of_fhir(stage: Stage) -> None:
    headers = {"Authorization": f"Bearer {stage.secrets['ivy']}", "Content-Type": FHIR}
    async with aiohttp.ClientSession(headers=headers) as session:
        large = io.BytesIO(b'{"resourceType":"Patient","x":"' + b"x" * 5_000_000)
        async with session.post(f"{stage.url}/fhir/Patient", data=large) as response:
            assert response.status == 413
            assert (await response.json(content_type=FHIR))["resourceType"] == "OperationOutcome"
    told = await stage.ask("PROPFIND", "/fhir/Patient", accept=FHIR)
    assert (told.status, told.json["resourceType"]) == (405, "OperationOutcome")
    told = await stage.ask("HEAD", "/fhir/Patient?_summary=count", accept=FHIR)
    assert (told.status, told.text) == (200, "")


async def test_a_transaction_may_be_larger_than_what_one_twin_is_told(stage: Stage) -> None:
    rows = [
        {
            "resource": {"resourceType": "Patient", "name": [{"family": f"F{n}" * 20}]},
            "request": {"method": "POST", "url": "Patient"},
        }
        for n in range(600)
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": rows}
    told = await stage.ask("POST", "/fhir", body=bundle, accept=FHIR)
    assert (told.status, len(told.json["entry"])) == (200, 600)


async def test_a_hook_on_this_machine_is_told_and_never_sent_elsewhere(stage: Stage) -> None:
    got: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def hook(request: web.Request) -> web.StreamResponse:
        got.put_nowait((request.method, request.path))
        if request.path.endswith("p1"):
            raise web.HTTPTemporaryRedirect("/elsewhere")
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        wanted = {
            "resourceType": "Subscription",
            "status": "requested",
            "reason": "to be told",
            "criteria": "Patient?family=rossi",
            "channel": {
                "type": "rest-hook",
                "endpoint": f"http://127.0.0.1:{runner.addresses[0][1]}/hook",
                "payload": FHIR,
            },
        }
        made = await stage.ask("POST", "/fhir/Subscription", body=wanted, accept=FHIR)
        assert made.status == 201, made.text
        for id in ("p0", "p1"):
            body = {"resourceType": "Patient", "id": id, "name": [{"family": "Rossi"}]}
            await stage.ask("PUT", f"/fhir/Patient/{id}", body=body, accept=FHIR)
        assert await within(5, got.get()) == ("PUT", "/hook/Patient/p0")
        assert await within(5, got.get()) == ("PUT", "/hook/Patient/p1")
        assert await within(5, got.get()) == ("PUT", "/hook/Patient/p1")  # tried again, there
    finally:
        await runner.cleanup()

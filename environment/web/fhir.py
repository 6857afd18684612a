"""FHIR R4 at /fhir: HTTP for `environment.fhir.server`, and messages to subscribers."""

import json
from collections.abc import Callable

import aiohttp
from aiohttp import web

from environment.fhir.checks import Problem
from environment.fhir.server.fold import TICK_S
from environment.fhir.server.outcomes import ISSUE_TYPE, FhirError, outcome, outcome_of
from environment.fhir.server.server import Server
from environment.fhir.server.subscriptions import Delivery
from environment.fhir.server.texts import plain
from environment.fhir.server.wire import FHIR_JSON, Answer, Request
from environment.web.site import SITE, WHO

#: Where the server of an application is kept.
SERVER: web.AppKey[Server] = web.AppKey("fhir", Server)
_CLIENT: web.AppKey[aiohttp.ClientSession] = web.AppKey("fhir_client", aiohttp.ClientSession)
_ENDS: web.AppKey[list[Callable[[], None]]] = web.AppKey("fhir_ends", list)
ROOT = "/fhir"
#: What anybody may read: what the server can do.
PUBLIC = f"{ROOT}/metadata"
#: Bytes of a body: a transaction is larger than what one twin is told (engineering default).
BODY_BYTES = 4 * 1024 * 1024
#: Seconds that a subscriber has to answer (engineering default).
ANSWER_WITHIN_S = 10.0


def mount(app: web.Application) -> None:
    """Give an application its addresses below /fhir."""
    app.router.add_get(PUBLIC, _metadata, allow_head=True)
    app.router.add_route("*", ROOT, _exchange)
    app.router.add_route("*", f"{ROOT}/{{tail:.*}}", _exchange)
    app[_ENDS] = []
    app.on_startup.append(_begin)
    app.on_cleanup.append(_end)


async def _begin(app: web.Application) -> None:
    site = app[SITE]
    server = Server(site.operations, site.rights, hooks=site.limits.hooks)
    app[SERVER] = server
    app[_ENDS].append(site.world.clock.every(TICK_S, lambda _: server.keep_up()))
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    client = app[_CLIENT] = aiohttp.ClientSession(timeout=timeout, trust_env=False)

    async def send(delivery: Delivery) -> int:
        try:
            async with client.request(
                delivery.method,
                delivery.url,
                data=delivery.body,
                headers=delivery.headers,
                allow_redirects=False,  # an address that was allowed must not lead to another
            ) as response:
                return response.status
        except (aiohttp.ClientError, ValueError) as wrong:
            raise ConnectionError(type(wrong).__name__) from wrong

    server.subscriptions.begin(send)


async def _end(app: web.Application) -> None:
    for end in app[_ENDS]:
        end()
    await app[SERVER].close()
    await app[_CLIENT].close()


async def _metadata(request: web.Request) -> web.StreamResponse:
    """What this server can do; open to all."""
    return _response(request.app[SERVER].statement(_base(request)))


async def _exchange(request: web.Request) -> web.StreamResponse:
    """Everything else below /fhir."""
    tail = request.match_info.get("tail", "")
    try:
        body = await _body(request) if request.can_read_body else b""
    except FhirError as error:
        return of_error(error)
    asked = Request(
        method=request.method,
        path=tuple(part for part in tail.split("/") if part),
        base=_base(request),
        who=request[WHO],
        query=list(request.query.items()),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )
    return _response(await request.app[SERVER].answer(asked))


def _base(request: web.Request) -> str:
    return f"{request.app[SITE].base(request)}{ROOT}"


async def _body(request: web.Request) -> bytes:
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > BODY_BYTES:
            raise FhirError(413, f"A body of more than {BODY_BYTES // 1024} KiB.")
        parts.append(part)
    return b"".join(parts)


def _response(answer: Answer) -> web.Response:
    if not answer.body:
        return web.Response(status=answer.status, headers=answer.headers)
    return web.Response(
        status=answer.status,
        body=answer.body,
        content_type=FHIR_JSON,
        charset="utf-8",
        headers=answer.headers,
    )


def is_here(request: web.Request) -> bool:
    """Whether a request is for FHIR, so that errors are told in its words."""
    return request.path == ROOT or request.path.startswith(f"{ROOT}/")


def of_problem(response: web.Response) -> web.Response:
    """A refusal of the edge (who, how often, how much) as an OperationOutcome."""
    if response.content_type != "application/problem+json":
        return response
    told = json.loads(response.text or "{}")
    rows = [Problem("", ISSUE_TYPE.get(response.status, "exception"), told.get("detail", ""))]
    kept = {
        name: value
        for name, value in response.headers.items()
        if name in ("Allow", "Retry-After", "WWW-Authenticate")
    }
    return web.Response(
        status=response.status,
        text=plain(outcome(rows)),
        content_type=FHIR_JSON,
        headers=kept,
    )


def of_error(error: FhirError) -> web.Response:
    """A refusal that was found while the request was read."""
    status, told, headers = outcome_of(error)
    return web.Response(status=status, text=plain(told), content_type=FHIR_JSON, headers=headers)

"""Every address of the site in one table; the application and the OpenAPI document read it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from environment.model.change import JSON
from environment.web import invoking, pages, streams, things, twins
from environment.web.bodies import Emergency, Fact, Reason
from environment.wire import OWN_TYPE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address, and what it takes and gives."""

    path: str
    handler: Handler
    tag: str
    methods: tuple[str, ...] = ("GET",)
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    types: tuple[str, ...] = ("application/json",)
    statuses: tuple[int, ...] = (200,)
    body: JSON = None
    is_public: bool = False  # no token: a browser's first steps


_TD, _LD, _TM = "application/td+json", "application/ld+json", "application/tm+json"
_SSE = "text/event-stream"
_TWIN = "/twins/{kind}/{id}"
_ONE = _TWIN + "/{group:properties|events}/{name}"
_STATE = ("at", "known_at", "frame", "min_seq")
_ANY: JSON = {}

ROUTES: tuple[Route, ...] = (
    Route(path="/", handler=pages.index, tag="pages", types=("text/html",)),
    Route(path="/.well-known/wot", handler=things.well_known, tag="directory", types=(_TD,)),
    Route(
        path="/things",
        handler=things.things,
        tag="directory",
        query=("limit", "offset"),
        types=(_LD, "application/json"),
    ),
    Route(path="/things/{id}", handler=things.thing, tag="directory", types=(_TD,)),
    Route(
        path="/things/{id}",
        handler=things.no_registration,
        tag="directory",
        methods=("PUT", "PATCH", "DELETE"),
        statuses=(),
    ),
    Route(
        path="/events",
        handler=things.events,
        tag="directory",
        query=("type",),
        types=(_SSE,),
        headers=("Last-Event-ID",),
    ),
    Route(path="/models", handler=things.models, tag="directory", types=(_LD, OWN_TYPE)),
    Route(
        path="/models/{kind}",
        handler=things.model,
        tag="directory",
        types=(_TM, _LD, OWN_TYPE),
    ),
    Route(path="/twins", handler=twins.lookup, tag="twins", query=("kind", "rel", "target")),
    Route(
        path="/stream",
        handler=streams.stream,
        tag="live",
        query=("since", "twin", "kinds", "every"),
        headers=("Last-Event-ID",),
        types=(_SSE,),
        statuses=(200, 101),
    ),
    Route(
        path=_TWIN,
        handler=twins.twin,
        tag="twins",
        query=_STATE,
        types=(_TD, _LD, "application/json", "text/html"),
        statuses=(200, 304),
    ),
    Route(
        path=f"{_TWIN}/state",
        handler=twins.state,
        tag="twins",
        query=_STATE,
        headers=("If-None-Match", "If-Match", "Twin-Frame"),
        statuses=(200, 304),
    ),
    Route(path=f"{_TWIN}/properties", handler=twins.properties, tag="twins", query=_STATE[:3]),
    Route(
        path=f"{_TWIN}/properties/{{name}}",
        handler=twins.one_property,
        tag="twins",
        query=(*_STATE[:3], "detail"),
    ),
    Route(
        path=f"{_ONE}/observe",
        handler=streams.observe,
        tag="live",
        query=("since",),
        types=(_SSE,),
        headers=("Last-Event-ID",),
    ),
    Route(
        path=f"{_ONE}/longpoll",
        handler=streams.longpoll,
        tag="live",
        query=("since",),
        headers=("If-None-Match",),
        statuses=(200, 204),
    ),
    Route(path=f"{_ONE}/ws", handler=streams.socket, tag="live", statuses=(101,)),
    Route(
        path=f"{_TWIN}/events/{{name}}",
        handler=twins.publish,
        tag="twins",
        methods=("POST",),
        headers=("Twin-Cause",),
        statuses=(201,),
        body=_ANY,
    ),
    Route(
        path=f"{_TWIN}/stream",
        handler=streams.twin_stream,
        tag="live",
        query=("since", "kinds", "every"),
        headers=("Last-Event-ID",),
        types=(_SSE,),
        statuses=(200, 101),
    ),
    Route(path=f"{_TWIN}/operations", handler=invoking.operations, tag="operations"),
    Route(
        path=f"{_TWIN}/operations/{{name}}",
        handler=invoking.invoke,
        tag="operations",
        methods=("POST",),
        headers=("Idempotency-Key", "Twin-Cause"),
        statuses=(201,),
        body={"type": "object"},
    ),
    Route(
        path=f"{_TWIN}/operations/{{name}}/{{invocation}}",
        handler=invoking.invocation,
        tag="operations",
        query=("wait",),
    ),
    Route(
        path=f"{_TWIN}/operations/{{name}}/{{invocation}}",
        handler=invoking.cancel,
        tag="operations",
        methods=("DELETE",),
        statuses=(204,),
        body=Reason.model_json_schema(),
    ),
    Route(
        path=f"{_TWIN}/history",
        handler=twins.history,
        tag="twins",
        query=("from", "to", "kinds", "name", "limit", "page"),
    ),
    Route(path=f"{_TWIN}/links", handler=twins.links, tag="twins", query=("all",)),
    Route(path=f"{_TWIN}/fidelity", handler=twins.fidelity, tag="twins", query=("window",)),
    Route(path=f"{_TWIN}/why/{{seq}}", handler=twins.why, tag="twins"),
    Route(
        path=f"{_TWIN}/break-glass",
        handler=twins.break_glass,
        tag="twins",
        methods=("POST",),
        statuses=(201,),
        body=Emergency.model_json_schema(),
    ),
    Route(
        path=f"{_TWIN}/observations",
        handler=twins.observations,
        tag="twins",
        methods=("POST",),
        body=Fact.model_json_schema(),
    ),
    Route(path="/openapi.json", handler=pages.openapi, tag="pages", is_public=True),
    Route(path="/api", handler=pages.api, tag="pages", types=("text/html",), is_public=True),
    Route(
        path="/static/{name}",
        handler=pages.static,
        tag="pages",
        types=("text/css", "text/javascript"),
        is_public=True,
    ),
)

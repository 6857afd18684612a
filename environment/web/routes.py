"""Every address of the site in one table; the application and the OpenAPI document read it."""

from environment.model.change import JSON
from environment.web import (
    debriefing,
    entering,
    inviting,
    invoking,
    mementos,
    minds,
    pages,
    reasons,
    screens,
    streams,
    things,
    twins,
)
from environment.web.answers import the
from environment.web.bodies import Emergency, Fact, Reason, Wording
from environment.web.route import Route
from environment.wire import OWN_TYPE

_TD, _LD, _TM = "application/td+json", "application/ld+json", "application/tm+json"
_SSE, _FHIR = "text/event-stream", "application/fhir+json"
_TWIN = "/twins/{kind}/{id}"
_ONE = _TWIN + "/{group:properties|events}/{name}"
_STATE = ("at", "known_at", "frame", "min_seq")
_ANY: JSON = {}


def _list(name: str) -> JSON:
    return {"type": "array", "items": the(name)}


def _map(name: str) -> JSON:
    return {"type": "object", "additionalProperties": the(name)}


ROUTES: tuple[Route, ...] = (
    Route(
        path="/.well-known/wot",
        handler=things.well_known,
        answers={"": the("Thing")},
        tag="directory",
        types=(_TD,),
    ),
    Route(
        path="/things",
        handler=things.things,
        answers={"": _list("Thing")},
        tag="directory",
        query=("limit", "offset"),
        types=(_LD, "application/json"),
    ),
    Route(
        path="/things/{id}",
        handler=things.thing,
        answers={"": the("Thing")},
        tag="directory",
        types=(_TD,),
    ),
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
    Route(
        path="/models",
        handler=things.models,
        answers={"": _list("Model"), OWN_TYPE: _map("OwnModel")},
        tag="directory",
        types=(_LD, OWN_TYPE),
    ),
    Route(
        path="/models/{kind}",
        handler=things.model,
        answers={"": the("Model"), OWN_TYPE: the("OwnModel")},
        tag="directory",
        types=(_TM, _LD, OWN_TYPE),
    ),
    Route(
        path="/twins",
        handler=twins.lookup,
        answers={"": the("Twins")},
        tag="twins",
        query=("kind", "rel", "target"),
        types=("application/json", "text/html"),
    ),
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
        answers={
            _TD: the("Thing"),
            _LD: the("Thing"),
            "application/json": the("State"),
            _FHIR: the("Bundle"),
        },
        tag="twins",
        query=_STATE,
        headers=("Accept-Datetime",),
        types=(_TD, _LD, "application/json", _FHIR, "text/html"),
        statuses=(200, 304),
    ),
    Route(
        path=f"{_TWIN}/state",
        handler=twins.state,
        answers={"": the("State")},
        tag="twins",
        query=_STATE,
        headers=("Accept-Datetime", "If-None-Match", "If-Match", "Twin-Frame"),
        statuses=(200, 304),
    ),
    Route(
        path=f"{_TWIN}/fhir",
        handler=twins.fhir,
        answers={"": the("Bundle")},
        tag="twins",
        query=_STATE,
        headers=("Accept-Datetime", "Twin-Frame"),
        types=(_FHIR,),
    ),
    Route(
        path=f"{_TWIN}/timemap",
        handler=mementos.timemap,
        tag="twins",
        query=("limit", "offset"),
        types=(mementos.LINK_FORMAT,),
    ),
    Route(
        path=f"{_TWIN}/properties",
        handler=twins.properties,
        answers={"": the("Values")},
        tag="twins",
        query=_STATE[:3],
    ),
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
        answers={"": the("Stated")},
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
    Route(
        path=f"{_TWIN}/operations",
        handler=invoking.operations,
        answers={"": the("Operations")},
        tag="operations",
    ),
    Route(
        path=f"{_TWIN}/operations/{{name}}",
        handler=invoking.invoke,
        answers={"": the("ActionStatus")},
        tag="operations",
        methods=("POST",),
        headers=("Idempotency-Key", "Twin-Cause", "Twin-Course"),
        statuses=(201,),
        body={"type": "object"},
    ),
    Route(
        path=f"{_TWIN}/operations/{{name}}/{{invocation}}",
        handler=invoking.invocation,
        answers={"": the("ActionStatus")},
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
        answers={"": the("History")},
        tag="twins",
        query=("from", "to", "kinds", "name", "limit", "page"),
    ),
    Route(
        path=f"{_TWIN}/links",
        handler=twins.links,
        answers={"": the("Links")},
        tag="twins",
        query=("all",),
    ),
    Route(
        path=f"{_TWIN}/fidelity",
        handler=twins.fidelity,
        answers={"": the("Fidelity")},
        tag="twins",
        query=("window",),
    ),
    Route(path=f"{_TWIN}/why/{{seq}}", handler=reasons.why, answers={"": the("Why")}, tag="twins"),
    Route(
        path=f"{_TWIN}/break-glass",
        handler=twins.break_glass,
        answers={"": the("Glass")},
        tag="twins",
        methods=("POST",),
        statuses=(201,),
        body=Emergency.model_json_schema(),
    ),
    Route(
        path=f"{_TWIN}/observations",
        handler=twins.observations,
        answers={"": the("Results")},
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
    Route(
        path="/static/{folder:[a-z_]+}/{name}",
        handler=screens.part,
        tag="pages",
        types=tuple(screens.TYPES.values()),
        is_public=True,
    ),
    Route(
        path="/enter/{code}",
        handler=entering.enter,
        tag="pages",
        types=("text/html",),
        statuses=(303,),
        is_public=True,
    ),
    Route(
        path="/links",
        handler=inviting.links,
        answers={"": _ANY},
        tag="pages",
        methods=("POST",),
        statuses=(201,),
        body=inviting.Wanted.model_json_schema(),
    ),
    Route(
        path="/minds/{id}",
        handler=minds.mind,
        answers={"": _ANY},
        tag="pages",
        query=("part", "of"),
    ),
    Route(
        path="/debrief/runs",
        handler=debriefing.debrief,
        answers={"": _ANY},
        tag="pages",
        query=("lang",),
    ),
    Route(
        path="/debrief/other/{id}/why/{seq}",
        handler=reasons.why_of_other,
        answers={"": the("Why")},
        tag="pages",
    ),
    Route(
        path="/debrief/files/{form}",
        handler=debriefing.file,
        tag="pages",
        types=("application/octet-stream",),
        query=("run", "lang"),
    ),
    Route(
        path="/debrief/notes",
        handler=debriefing.add_note,
        answers={"": _ANY},
        tag="pages",
        methods=("POST",),
        statuses=(201,),
        body=Wording.model_json_schema(),
    ),
    Route(
        path="/debrief/notes/{number}",
        handler=debriefing.change_note,
        answers={"": _ANY},
        tag="pages",
        methods=("PUT",),
        body=Wording.model_json_schema(),
    ),
    Route(
        path="/debrief/notes/{number}",
        handler=debriefing.erase_note,
        answers={"": _ANY},
        tag="pages",
        methods=("DELETE",),
        query=("run",),
    ),
    Route(path="/here", handler=screens.here, answers={"": _ANY}, tag="pages"),
    *(
        Route(
            path=screen.path,
            handler=screens.shell(screen),
            tag="pages",
            query=("theme", "lang"),
            types=("text/html",),
            is_public=True,  # a shell: what it shows it asks for
        )
        for screen in screens.SCREENS
    ),
)

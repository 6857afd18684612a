"""Thing Descriptions and Thing Models (W3C WoT, TD 1.1), read off the class of a twin.

A description is made for one caller: it lists what he may use. The two contexts are published as
a pair, 1.0 before 1.1, for clients of both. In each affordance HTTP forms that every client
understands come first.
"""

import inspect
from collections.abc import Mapping

from environment.model.change import JSON
from environment.model.members import Event, Operation, Parameter, Property
from environment.model.twin import Twin
from environment.runtime.access import Caller, Rights, Verb

TD_CONTEXTS: list[JSON] = [
    "https://www.w3.org/2019/wot/td/v1",
    "https://www.w3.org/2022/wot/td/v1.1",
]
DISCOVERY_CONTEXT = "https://www.w3.org/2022/wot/discovery"
OWN_CONTEXT = {"tt": "urn:traumatwin:vocabulary#"}
#: Relations are IRIs, compared without case.
REL = "urn:traumatwin:rel:"

#: Where an invocation stands, as the Profile's ActionStatus, and what was seen of it.
ACTION_STATUS: JSON = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["pending", "running", "completed", "failed"]},
        "href": {"type": "string"},
        "invocation": {"type": "string"},
        "step": {"type": "string"},
        "effect": {"type": "string", "enum": ["confirmed", "unconfirmed", "pending", "none"]},
        "timeRequested": {"type": "string"},
        "timeEnded": {"type": "string"},
        "output": {},
        "error": {"type": "object"},
        "seq": {"type": "integer"},
    },
    "required": ["status", "href"],
}


def urn(twin: Twin) -> str:
    """The name of a twin that holds everywhere."""
    return f"urn:twin:{twin.kind}:{twin.id}"


def path(twin: Twin) -> str:
    """Where a twin is on its site."""
    return f"/twins/{twin.kind}/{twin.id}"


def data_schema(declared: Property) -> dict[str, JSON]:
    """The values of a property, as the vocabulary of JSON Schema that Things use."""
    kind = declared.type
    schema: dict[str, JSON]
    if kind in ("number", "time", "integer"):
        schema = {"type": "integer" if kind == "integer" else "number"}
        if declared.low is not None:
            schema["minimum"] = declared.low
        if declared.high is not None:
            schema["maximum"] = declared.high
    elif kind in ("text", "word"):
        schema = {"type": "string"}
        if declared.choices:
            schema["enum"] = list(declared.choices)
    elif kind == "flag":
        schema = {"type": "boolean"}
    elif kind == "words":
        item: dict[str, JSON] = {"type": "string"}
        if declared.choices:
            item["enum"] = list(declared.choices)
        schema = {"type": "array", "items": item}
    else:
        schema = {"type": "object"}
    return schema


def _parameter(parameter: Parameter) -> dict[str, JSON]:
    schema: dict[str, JSON] = {} if parameter.type == "any" else {"type": parameter.type}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if not parameter.required and parameter.default is not None:
        default = parameter.default
        schema["default"] = dict(default) if isinstance(default, Mapping) else default
    return schema


def operation_input(operation: Operation) -> dict[str, JSON] | None:
    """What an operation takes: an object of its arguments, None when it takes nothing."""
    if not operation.parameters:
        return None
    return {
        "type": "object",
        "properties": {p.name: _parameter(p) for p in operation.parameters},
        "required": [p.name for p in operation.parameters if p.required],
    }


def _property(declared: Property) -> dict[str, JSON]:
    row: dict[str, JSON] = {
        "title": declared.name,
        "description": declared.doc,
        "readOnly": True,
        "observable": True,
        # A value may be absent: stale, unknown, unavailable. Then it is null, never an old number.
        "oneOf": [data_schema(declared), {"type": "null"}],
        "tt:required": declared.required,
    }
    unit = "s" if declared.type == "time" and not declared.unit else declared.unit
    if unit:
        row["unit"] = unit
    if declared.horizon_s is not None:
        row["tt:horizonSeconds"] = declared.horizon_s
    if declared.code:
        row["tt:loinc"] = declared.code
    return row


def _event(declared: Event) -> dict[str, JSON]:
    data: dict[str, JSON] = {"type": "object"}
    if declared.fields:
        data["properties"] = {name: {} for name in declared.fields}
    return {"title": declared.name, "description": declared.doc, "data": data}


def _action(operation: Operation) -> dict[str, JSON]:
    row: dict[str, JSON] = {
        "title": operation.name,
        "description": operation.doc,
        "safe": False,
        "idempotent": False,
        "synchronous": False,
        "output": ACTION_STATUS,
        "tt:guards": [{"name": g.name, "description": g.doc} for g in operation.guards],
        "tt:roles": list(operation.roles),
    }
    given = operation_input(operation)
    if given is not None:
        row["input"] = given
    if operation.effect:
        row["tt:effect"] = operation.effect.doc
        row["tt:withinSeconds"] = operation.within_s
    if operation.undo:
        row["tt:undo"] = operation.undo
    return row


_AT: JSON = {"at": {"type": "number", "description": "Scenario seconds: as it was then."}}


def _observe_forms(href: str, op: str, stop: str, ticket: str) -> list[JSON]:
    """Server-sent events, then long-poll, then WebSocket; the unnamed streams of one affordance."""
    sse: dict[str, JSON] = {
        "href": f"{href}/observe" + (f"?ticket={ticket}" if ticket else ""),
        "op": [op, stop],
        "subprotocol": "sse",
        "contentType": "application/json",
    }
    if ticket:
        sse["security"] = ["nosec"]  # the ticket in the address is enough; clients send no header
    poll = {
        "href": f"{href}/longpoll",
        "op": [op, stop],
        "subprotocol": "longpoll",
        "contentType": "application/json",
    }
    socket = {
        "href": f"{href}/ws".replace("http", "ws", 1),
        "op": [op, stop],
        "contentType": "application/json",
    }
    return [sse, poll, socket]


def thing_description(
    twin: Twin, base: str, who: Caller, rights: Rights, *, is_open: bool = False, ticket: str = ""
) -> dict[str, JSON]:
    """The description of a twin for one caller; `ticket` opens its streams without a header."""
    here = f"{base}{path(twin)}"

    def may(verb: Verb, member: str) -> bool:
        return rights.allows(who, verb, twin, member)

    properties: dict[str, JSON] = {}
    for name, declared in twin.properties.items():
        if not may("read", name):
            continue
        href = f"{here}/properties/{name}"
        forms: list[JSON] = [
            {"href": f"{href}{{?at}}", "op": "readproperty", "contentType": "application/json"}
        ]
        row = _property(declared)
        if may("observe", name):
            forms += _observe_forms(href, "observeproperty", "unobserveproperty", ticket)
        else:
            row["observable"] = False
        properties[name] = {**row, "uriVariables": _AT, "forms": forms}
    events = {
        name: {
            **_event(event),
            "forms": _observe_forms(
                f"{here}/events/{name}", "subscribeevent", "unsubscribeevent", ticket
            ),
        }
        for name, event in twin.events.items()
        if may("observe", name)
    }
    actions = {
        name: {
            **_action(operation),
            "forms": [
                {
                    "href": f"{here}/operations/{name}",
                    "op": "invokeaction",
                    "htv:methodName": "POST",
                    "contentType": "application/json",
                }
            ],
        }
        for name, operation in twin.operations.items()
        if may("invoke", name) and (not operation.roles or who.role in operation.roles)
    }
    properties["links"] = {
        "title": "links",
        "description": "The twin's links to other twins, now.",
        "readOnly": True,
        "type": "array",
        "items": {"type": "object"},
        "forms": [
            {"href": f"{here}/links", "op": "readproperty", "contentType": "application/json"}
        ],
    }
    links: list[JSON] = [
        {"rel": "type", "href": f"{base}/models/{twin.kind}", "type": "application/tm+json"},
        {"rel": "alternate", "href": here, "type": "text/html"},
        {"rel": "collection", "href": f"{base}/things"},
    ]
    return {
        "@context": [*TD_CONTEXTS, OWN_CONTEXT],
        "@type": f"tt:{twin.kind}",
        "id": urn(twin),
        "title": twin.id,
        "description": inspect.getdoc(type(twin)) or "",
        **security(is_open),
        **_course(type(twin)),
        "properties": properties,
        "actions": actions,
        "events": events,
        "links": links,
        "forms": [
            {
                "href": f"{here}/properties",
                "op": "readallproperties",
                "contentType": "application/json",
            }
        ],
    }


def with_links(description: dict[str, JSON], targets: Mapping[str, list[str]]) -> None:
    """Add the twin's links (relation -> addresses) to its description."""
    description["links"] += [
        {"rel": f"{REL}{rel}", "href": href} for rel, hrefs in targets.items() for href in hrefs
    ]


def security(is_open: bool) -> dict[str, JSON]:
    """How a caller shows who he is."""
    schemes: dict[str, JSON] = {"nosec": {"scheme": "nosec"}}
    if is_open:
        return {"securityDefinitions": schemes, "security": ["nosec"]}
    schemes["token"] = {"scheme": "bearer", "in": "header", "format": "opaque"}
    return {"securityDefinitions": schemes, "security": ["token"]}


def thing_model(kind: type[Twin], base: str) -> dict[str, JSON]:
    """The model that all twins of a kind share: no addresses, no forms.

    Every member is optional in a description, since each is made for one caller and his rights.
    """
    return {
        "@context": [*TD_CONTEXTS, OWN_CONTEXT],
        "@type": ["tm:ThingModel", f"tt:{kind.kind}"],
        "id": f"urn:traumatwin:model:{kind.kind}",
        "title": "{{TWIN}}",
        "description": inspect.getdoc(kind) or "",
        "properties": {n: _property(p) for n, p in kind.properties.items()},
        "actions": {n: _action(o) for n, o in kind.operations.items()},
        "events": {n: _event(e) for n, e in kind.events.items()},
        "tm:optional": [
            *(f"/properties/{name}" for name in kind.properties),
            *(f"/actions/{name}" for name in kind.operations),
            *(f"/events/{name}" for name in kind.events),
        ],
        "links": [{"rel": "collection", "href": f"{base}/models"}],
        **_course(kind),
    }


def _course(kind: type[Twin]) -> dict[str, JSON]:
    """The links and phases that twins of a kind can have."""
    return {
        "tt:links": {
            rel: {"description": link.doc, "inverse": link.inverse, "many": link.many}
            for rel, link in kind.link_types.items()
        },
        "tt:phases": list(kind.machine.phases) if kind.machine else [],
    }


def directory_description(base: str, is_open: bool) -> dict[str, JSON]:
    """The Thing Description of the directory itself (WoT Discovery)."""

    def event(name: str, what: str) -> dict[str, JSON]:
        return {
            "description": what,
            "data": {"type": "object", "properties": {"id": {"type": "string"}}},
            "forms": [
                {
                    "href": f"{base}/events?type={name}",
                    "op": "subscribeevent",
                    "subprotocol": "sse",
                    "contentType": "text/event-stream",
                    "htv:methodName": "GET",
                }
            ],
        }

    page = {
        "limit": {"type": "integer", "minimum": 1, "description": "Twins on one page."},
        "offset": {"type": "integer", "minimum": 0, "description": "How many come before it."},
    }
    return {
        "@context": [*TD_CONTEXTS, DISCOVERY_CONTEXT, OWN_CONTEXT],
        "@type": "ThingDirectory",
        "id": "urn:traumatwin:directory",
        "title": "Twins of this world",
        "description": "Which twins there are, and how to find, watch and operate them.",
        **security(is_open),
        "properties": {
            "things": {
                "title": "things",
                "description": "The Thing Descriptions of all twins that the caller may see.",
                "readOnly": True,
                "type": "array",
                "items": {"type": "object"},
                "uriVariables": page,
                "forms": [
                    {
                        "href": f"{base}/things{{?limit,offset}}",
                        "op": "readproperty",
                        "contentType": "application/ld+json",
                        "htv:methodName": "GET",
                    }
                ],
            }
        },
        "actions": {
            "retrieveThing": {
                "description": "The Thing Description of one twin.",
                "safe": True,
                "idempotent": True,
                "uriVariables": {"id": {"type": "string", "description": "The twin's id."}},
                "output": {"type": "object"},
                "forms": [
                    {
                        "href": f"{base}/things/{{id}}",
                        "op": "invokeaction",
                        "htv:methodName": "GET",
                        "response": {"contentType": "application/td+json"},
                    }
                ],
            }
        },
        "events": {
            "thingCreated": event("thing_created", "A twin came into the world."),
            "thingUpdated": event("thing_updated", "A twin's links changed."),
            "thingDeleted": event("thing_deleted", "A twin was archived."),
        },
        "links": [
            {"rel": "service-desc", "href": f"{base}/openapi.json", "type": "application/json"},
            {"rel": "service-doc", "href": f"{base}/api", "type": "text/html"},
        ],
    }

"""What the site answers, as JSON Schema, one entry for each shape; the document names them."""

from environment.model.change import FIELDS, JSON

NUMBER: JSON = {"type": "number"}
TEXT: JSON = {"type": "string"}
ANY: JSON = {}
MAYBE_NUMBER: JSON = {"type": ["number", "null"]}


def the(name: str) -> dict[str, JSON]:
    """A reference to one of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: str = "", **properties: JSON) -> dict[str, JSON]:
    """An object with just these members; `required` names those always there (default: all)."""
    names = required.split() if required else list(properties)
    return {
        "type": "object",
        "required": names,
        "properties": properties,
        "additionalProperties": False,
    }


def _list(item: JSON) -> dict[str, JSON]:
    return {"type": "array", "items": item}


def _map(item: JSON) -> dict[str, JSON]:
    return {"type": "object", "additionalProperties": item}


_READING = {
    "value": ANY,
    "effective": {**NUMBER, "description": "When it was true of the asset, scenario seconds."},
    "recorded": {**NUMBER, "description": "When the world learned it, scenario seconds."},
    "source": TEXT,
    "twin": TEXT,
    "seq": {"type": "integer"},
    "age_s": NUMBER,
}
_STATUS_FIELDS = {
    "status": {"type": "string", "enum": ["pending", "running", "completed", "failed"]},
    "href": TEXT,
    "invocation": TEXT,
    "step": TEXT,
    "effect": {"type": "string", "enum": ["confirmed", "unconfirmed", "pending", "none"]},
    "timeRequested": {"type": "string", "format": "date-time"},
    "timeEnded": {"type": "string", "format": "date-time"},
    "output": ANY,
    "error": {"type": "object"},
    "seq": {"type": "integer"},
}
_CHANGE_KINDS = ["property", "event", "operation", "phase", "life", "link"]
_FRAME: JSON = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}

SCHEMAS: dict[str, JSON] = {
    "Change": {
        "type": "object",
        "required": list(FIELDS),
        "properties": {
            "seq": {"type": "integer", "minimum": 1},
            "twin": TEXT,
            "kind": {"type": "string", "enum": _CHANGE_KINDS},
            "name": TEXT,
            "effective": NUMBER,
            "recorded": NUMBER,
        },
    },
    "Reading": {
        "type": "object",
        "required": ["value", "effective", "source", "age_s"],
        "properties": _READING,
    },
    "Absent": _object(
        reason={
            "type": "string",
            "enum": ["unknown", "stale", "unavailable", "not_permitted"],
        },
        since=MAYBE_NUMBER,
        last={"oneOf": [the("Reading"), {"type": "null"}]},
    ),
    "State": _object(
        id=TEXT,
        kind=TEXT,
        twin=TEXT,
        at=NUMBER,
        frame=_FRAME,
        phase={"type": ["string", "null"]},
        life=TEXT,
        revision={"type": "integer"},
        values=_map(the("Reading")),
        absent=_map(the("Absent")),
    ),
    "Detail": {
        "type": "object",
        "required": ["value", "frame", "at"],
        "properties": {"value": ANY, "frame": _FRAME, "at": NUMBER},
    },
    "Values": _map(ANY),
    "Twins": _list(_object(id=TEXT, kind=TEXT, href=TEXT)),
    "Links": _list(
        _object(
            rel=TEXT,
            direction={"type": "string", "enum": ["in", "out"]},
            inverse=TEXT,
            twin=TEXT,
            href={"type": "string", "format": "uri"},
            since=NUMBER,
            until=MAYBE_NUMBER,
        )
    ),
    "Fidelity": _object(
        "fidelity life",
        fidelity={"type": ["number", "null"], "minimum": 0, "maximum": 1},
        life=TEXT,
        timeliness=NUMBER,
        reliability=NUMBER,
        availability=NUMBER,
    ),
    "History": _object(
        "changes", changes=_list(the("Change")), next={"type": "string", "format": "uri"}
    ),
    "Why": _object(chain=_list(the("Change")), hidden={"type": "integer", "minimum": 0}),
    "Operations": _map(
        _object(
            description=TEXT,
            input={"type": ["object", "null"]},
            available={"type": "boolean"},
            against={
                "oneOf": [
                    {"type": "null"},
                    _object(guard=TEXT, expected=TEXT, found=TEXT, since=MAYBE_NUMBER),
                ]
            },
            effect={"type": ["string", "null"]},
            within_s=MAYBE_NUMBER,
            undo={"type": ["string", "null"]},
            href=TEXT,
        )
    ),
    "ActionStatus": _object(
        "status href invocation step effect timeRequested seq", **_STATUS_FIELDS
    ),
    "Results": _object(
        results=_list(
            {
                "type": "object",
                "required": ["result"],
                "properties": {
                    "result": {"type": "string", "enum": ["taken", "duplicate", "refused"]},
                    "change": the("Change"),
                    "why": TEXT,
                    "seq": {"type": "integer"},
                },
            }
        )
    ),
    "Stated": _object(change=the("Change")),
    "Glass": _object(until_s=NUMBER),
    "Thing": {
        "type": "object",
        "required": ["@context", "id", "title", "security", "securityDefinitions"],
        "properties": {"id": TEXT, "title": TEXT},
    },
    "Model": {
        "type": "object",
        "required": ["@context", "@type", "title"],
        "properties": {"title": TEXT},
    },
    "OwnModel": {"type": "object"},
    "Bundle": {
        "type": "object",
        "required": ["resourceType", "type", "entry"],
        "properties": {
            "resourceType": {"const": "Bundle"},
            "type": {"const": "collection"},
            "entry": _list({"type": "object", "required": ["fullUrl", "resource"]}),
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "code": TEXT,
            "detail": TEXT,
            "operation": TEXT,
            "guard": TEXT,
            "expected": TEXT,
            "found": TEXT,
            "since": MAYBE_NUMBER,
            "invocation": TEXT,
            "validationErrors": _list(_object(field=TEXT, description=TEXT)),
        },
        "additionalProperties": False,
    },
}

"""The OpenAPI document, built from the route table; a page to try it is at /api."""

import inspect
import re

from environment.model.change import JSON
from environment.web.routes import ROUTES, Route

_PARAMETERS: dict[str, JSON] = {
    "at": ("number", "Scenario seconds: the state as of then."),
    "known_at": ("number", "Scenario seconds: from what was recorded by then."),
    "frame": ("string", "strict (default) or latest: whether values beyond their horizon show."),
    "min_seq": ("integer", "Wait briefly until the journal holds this change."),
    "detail": ("string", "1: with times, source, quality and frame."),
    "since": ("integer", "The last change that is known already."),
    "twin": ("string", "Ids of twins, separated by commas."),
    "kinds": ("string", "Kinds of change, separated by commas."),
    "every": ("string", "1: also readings that changed nothing."),
    "all": ("string", "1: also what has ended."),
    "limit": ("integer", "Rows on one page."),
    "offset": ("integer", "Rows before the page."),
    "page": ("string", "As it came in `next`."),
    "from": ("number", "Recorded at or after, scenario seconds."),
    "to": ("number", "Recorded at or before, scenario seconds."),
    "name": ("string", "Name of a member."),
    "window": ("number", "Seconds that end now."),
    "wait": ("number", "Seconds to wait for the end, at most 30."),
    "type": ("string", "Which events: thing_created, thing_updated, thing_deleted."),
    "kind": ("string", "Kind of twin."),
    "rel": ("string", "Relation that the twin has."),
    "target": ("string", "Twin at the other end of the relation."),
}

_TITLES = {
    "200": "It is as asked.",
    "201": "It has begun; `Location` says where to follow it.",
    "204": "Done, or nothing happened while waiting.",
    "304": "Nothing has changed.",
    "101": "The connection becomes a WebSocket.",
}


def document(base: str, *, is_open: bool) -> dict[str, JSON]:
    """OpenAPI 3.1 of everything that this site answers."""
    paths: dict[str, dict[str, JSON]] = {}
    for route in ROUTES:
        for method in route.methods:
            if method != "HEAD":
                paths.setdefault(_plain(route.path), {})[method.lower()] = _operation(
                    route, method, is_open
                )
    schemes: JSON = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Web of twins",
            "version": "1",
            "description": "Digital twins of trauma care. For training and research; not for the "
            "care of patients.",
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": {"Problem": PROBLEM}, "securitySchemes": schemes},
    }


PROBLEM: JSON = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "guard": {"type": "string"},
        "expected": {"type": "string"},
        "found": {"type": "string"},
        "since": {"type": ["number", "null"]},
        "invocation": {"type": "string"},
        "validationErrors": {"type": "array"},
    },
}


def _plain(path: str) -> str:
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)


def _operation(route: Route, method: str, is_open: bool) -> dict[str, JSON]:
    names = re.findall(r"\{(\w+)\}", _plain(route.path))
    parameters: list[JSON] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    for name in route.query:
        kind, text = _PARAMETERS[name]
        parameters.append(
            {"name": name, "in": "query", "description": text, "schema": {"type": kind}}
        )
    parameters += [
        {"name": name, "in": "header", "schema": {"type": "string"}} for name in route.headers
    ]
    responses: dict[str, JSON] = {}
    for status in route.statuses:
        text = str(status)
        row: dict[str, JSON] = {"description": _TITLES.get(text, "It is as asked.")}
        if status in (200, 201):
            row["content"] = {kind: {} for kind in route.types}
        responses[text] = row
    for status in (400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 421, 422, 429, 503):
        responses[str(status)] = {
            "description": "It cannot be done; the document says why and what to do.",
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    body: dict[str, JSON] = {
        "operationId": f"{route.handler.__name__}_{method.lower()}",
        "summary": (inspect.getdoc(route.handler) or "").split("\n")[0],
        "tags": [route.tag],
        "parameters": parameters,
        "responses": responses,
        "security": [] if is_open else [{"token": []}],
    }
    if method in ("POST", "DELETE") and route.body is not None:
        body["requestBody"] = {"content": {"application/json": {"schema": route.body}}}
    return body

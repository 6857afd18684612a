"""The OpenAPI document, built from the route table; a page to try it is at /api."""

import inspect
import re
from collections.abc import Iterable

from environment.model.change import JSON
from environment.web.answers import ANY, SCHEMAS, the
from environment.web.bodies import MOST_SECONDS
from environment.web.route import Route

_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53}
_SECONDS = {"type": "number", "minimum": -MOST_SECONDS, "maximum": MOST_SECONDS}
_FLAG = {"type": "string", "enum": ["0", "1", "true", "false"]}
_PARAMETERS: dict[str, tuple[dict[str, JSON], str]] = {
    "at": (_SECONDS, "Scenario seconds: the state as of then."),
    "theme": (
        {"type": "string", "enum": ["dark", "light"]},
        "How a page looks; each has its own by default.",
    ),
    "lang": ({"type": "string"}, "The language of a page's texts, such as it."),
    "known_at": (_SECONDS, "Scenario seconds: from what was recorded by then."),
    "frame": (
        {"type": "string", "enum": ["strict", "latest"]},
        "Whether values beyond their horizon show; strict by default.",
    ),
    "min_seq": (_COUNT, "Wait briefly until the journal holds this change."),
    "detail": (_FLAG, "1: with times, source, quality and frame."),
    "since": (_COUNT, "The last change that is known already."),
    "twin": ({"type": "string"}, "Ids of twins, separated by commas."),
    "kinds": ({"type": "string"}, "Kinds of change, separated by commas."),
    "every": (_FLAG, "1: also readings that changed nothing."),
    "all": (_FLAG, "1: also what has ended."),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 1000}, "Rows on one page."),
    "offset": (_COUNT, "Rows before the page."),
    "page": ({"type": "string"}, "As it came in `next`."),
    "from": (_SECONDS, "Recorded at or after, scenario seconds."),
    "to": (_SECONDS, "Recorded at or before, scenario seconds."),
    "name": ({"type": "string"}, "Name of a member."),
    "part": (
        {"type": "string", "enum": ["seen", "texts", "why", "why_not"]},
        "What of a mind; `seen` by default.",
    ),
    "run": ({"type": "integer", "minimum": 0, "maximum": 1}, "Which of the runs that are shown."),
    "of": ({"type": "string"}, "The belief, or the plan's label, to explain."),
    "window": (
        {"type": "number", "minimum": 1, "maximum": 86_400},
        "Seconds that end now.",
    ),
    "wait": (_SECONDS, "Seconds to wait for the end, at most 30."),
    "type": (
        {"type": "string", "enum": ["thing_created", "thing_updated", "thing_deleted"]},
        "Which events.",
    ),
    "kind": ({"type": "string"}, "Kind of twin."),
    "rel": ({"type": "string"}, "Relation that the twin has."),
    "target": ({"type": "string"}, "Twin at the other end of the relation."),
}

_TITLES = {
    "200": "It is as asked.",
    "201": "It has begun; `Location` says where to follow it.",
    "204": "Done, or nothing happened while waiting.",
    "304": "Nothing has changed.",
    "101": "The connection becomes a WebSocket.",
}


def document(routes: Iterable[Route], base: str, *, is_open: bool) -> dict[str, JSON]:
    """OpenAPI 3.1 of everything that this site answers."""
    paths: dict[str, dict[str, JSON]] = {}
    for route in routes:
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
            "care of patients. FHIR R4 is at /fhir and described at /fhir/metadata.",
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": schemes},
    }


def _plain(path: str) -> str:
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)


def _content(route: Route, kind: str) -> JSON:
    """What an answer of a media type holds; only JSON has a schema."""
    if not kind.endswith("json"):
        return {}
    answers = route.answers or {}
    return {"schema": answers.get(kind, answers.get("", ANY))}


def _operation(route: Route, method: str, is_open: bool) -> dict[str, JSON]:
    names = re.findall(r"\{(\w+)\}", _plain(route.path))
    parameters: list[JSON] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    for name in route.query:
        schema, text = _PARAMETERS[name]
        parameters.append({"name": name, "in": "query", "description": text, "schema": schema})
    parameters += [
        {"name": name, "in": "header", "schema": {"type": "string"}} for name in route.headers
    ]
    responses: dict[str, JSON] = {}
    for status in route.statuses:
        text = str(status)
        row: dict[str, JSON] = {"description": _TITLES.get(text, "It is as asked.")}
        if status in (200, 201):
            row["content"] = {kind: _content(route, kind) for kind in route.types}
        responses[text] = row
    for status in (400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415, 421, 422, 429, 503):
        responses[str(status)] = {
            "description": "It cannot be done; the document says why and what to do.",
            "content": {"application/problem+json": {"schema": the("Problem")}},
        }
    # From the reader of requests, before any handler: not HTTP, or a head of more than 8 KiB.
    responses["400"]["content"]["text/plain"] = {"schema": {"type": "string"}}
    body: dict[str, JSON] = {
        "operationId": f"{route.handler.__name__}_{method.lower()}",
        "summary": (inspect.getdoc(route.handler) or "").split("\n")[0],
        "tags": [route.tag],
        "parameters": parameters,
        "responses": responses,
        "security": [] if is_open or route.is_public else [{"token": []}],
    }
    if method in ("POST", "DELETE") and route.body is not None:
        body["requestBody"] = {"content": {"application/json": {"schema": route.body}}}
    return body

"""A request and an answer of FHIR without their network, and what their headers say."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl

from environment.errors import BadValueError
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.texts import read
from environment.model.change import JSON
from environment.runtime.access import Caller

FHIR_JSON = "application/fhir+json"
JSON_TYPES = (FHIR_JSON, "application/json", "text/json", "json")
FORM = "application/x-www-form-urlencoded"
#: What `fhirVersion` in a media type may say.
VERSIONS = ("4.0", "4.0.1")

T = TypeVar("T")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked: `path` below the base, headers in lower case."""

    method: str
    path: tuple[str, ...]
    base: str
    who: Caller
    query: Pairs = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def prefers(self, name: str) -> str:
        """What `Prefer` says of a name."""
        for part in self.headers.get("prefer", "").replace(";", ",").split(","):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return ""


@dataclass(slots=True, kw_only=True)
class Answer:
    """What is answered; the body is FHIR as JSON, or nothing."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


async def methods(request: Request, **known: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do what the method asks for; 405 with what is done there instead."""
    method = "GET" if request.method == "HEAD" else request.method
    if method not in known:
        where = "/".join(request.path)[:100]
        raise FhirError(
            405,
            f"{request.method} is not done at '{where}'. Done there: {', '.join(known)}.",
            headers={"Allow": ", ".join([*known, *(["HEAD"] if "GET" in known else [])])},
        )
    return await known[method]()


def json_body(request: Request) -> JSON:
    """The body as JSON, numbers with their digits."""
    kind = media(request)
    if kind not in JSON_TYPES and kind != "":
        raise FhirError(415, f"Send {FHIR_JSON}, not {kind[:80]}.")
    if not request.body.strip():
        raise FhirError(400, "The body is empty; a resource was expected.")
    return read(request.body)


def media(request: Request) -> str:
    """The type of the body; empty when it is not said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def form_body(request: Request) -> list[tuple[str, str]]:
    """The parameters of a search that was posted."""
    if media(request) not in (FORM, ""):
        raise FhirError(415, f"Send a search as {FORM}.")
    try:
        return parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=1000)
    except (UnicodeDecodeError, ValueError) as wrong:
        raise FhirError(400, f"The body is no form: {wrong}.") from wrong


def acceptable(request: Request) -> None:
    """Refuse a caller who wants something else than FHIR as JSON."""
    asked = dict(request.query).get("_format")
    wanted = asked.replace(" ", "+") if asked else request.headers.get("accept", "*/*")
    for part in wanted.split(","):
        media_type, *parameters = (p.strip() for p in part.split(";"))
        version = next((p.partition("=")[2] for p in parameters if "fhirVersion=" in p), "")
        if version and version not in VERSIONS:
            continue
        known = media_type.lower() in (*JSON_TYPES, "*/*", "application/*")
        if known and "q=0" not in parameters:
            return
    raise FhirError(406, f"'{wanted[:100]}' is not offered here. Offered: {FHIR_JSON}.")


def or_400(what: str, do: Callable[[], T]) -> T:
    """What a function gives; a value of the query that does not fit is a bad request."""
    try:
        return do()
    except FhirError:
        raise
    except BadValueError as wrong:
        raise FhirError(400, f"{what}: {wrong}") from wrong

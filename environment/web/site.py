"""What every handler needs: the world, who is asking, and what he may see of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from weakref import WeakSet

from aiohttp import web

from environment.errors import UnknownTwinError
from environment.model.change import JSON
from environment.model.twin import Twin
from environment.runtime.access import Caller, Rights, Tokens, Verb
from environment.runtime.journal import Journal
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.web.bodies import MOST_SECONDS, Wording
from environment.web.following import Follower
from environment.web.limits import Bucket, Limits
from environment.web.problems import ProblemError

#: Who has shown what he is; set before any handler runs.
WHO: web.RequestKey[Caller] = web.RequestKey("who", Caller)
JSON_TYPE, TD_TYPE, TM_TYPE = "application/json", "application/td+json", "application/tm+json"


@dataclass(frozen=True, slots=True)
class Stream:
    """One open stream: whose, over which connection, and whether a page holds it."""

    name: str
    transport: asyncio.Transport | None
    is_page: bool


class Look(Protocol):
    """A mind to look into; looking changes nothing in it."""

    def seen(self) -> JSON:
        """What it believes, what it is at, which plans it has."""

    def texts(self) -> JSON:
        """The plans as they were written, by file."""

    def why(self, belief: str) -> JSON:
        """The chain behind a belief."""

    def why_not(self, plan: str) -> str:
        """What keeps a plan from running now."""


class Notebook(Protocol):
    """Keeps notes of finished runs, whose journals are only read."""

    def why_not(self) -> str:
        """What stands against writing, in words; empty if nothing does."""

    def add(self, note: Wording, by: str) -> JSON:
        """Keep a note; returns it as it was kept."""

    def change(self, number: str, note: Wording, by: str) -> JSON:
        """Put a note in the place of one; None where there is none of this number."""

    def erase(self, run: int, number: str) -> bool:
        """Forget a note; False where there is none of this number."""


class Files(Protocol):
    """Runs as files for others."""

    @property
    def runs(self) -> int:
        """How many there are."""

    @property
    def forms(self) -> Mapping[str, str]:
        """What a run can be written as -> the media type of such a file."""

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages those are that people read."""

    async def make(self, run: int, form: str, language: str) -> tuple[bytes, str]:
        """The content of the file in a language, and a name for it."""


@dataclass(slots=True)
class Site:
    """One world on the web."""

    world: World
    operations: Operations
    tokens: Tokens
    rights: Rights
    limits: Limits
    bucket: Bucket
    follower: Follower
    #: The role of whoever comes over loopback without a token; "" when a token is needed.
    open_role: str = ""
    public_url: str = ""
    #: The run that is shown, where whoever serves it keeps several.
    run: str = ""
    #: What the debrief shows of this run, and of one to compare; whoever runs it gives this.
    debriefs: Callable[[], Awaitable[list[JSON]]] | None = None
    #: The finished run that the debrief compares this one with.
    other: World | None = None
    #: Keeps notes of finished runs; None where none are shown.
    notebook: Notebook | None = None
    #: The runs that the debrief shows, as files; None where none are shown.
    files: Files | None = None
    #: By language: the words of a scenario's author, and what they become for who reads pages.
    translations: dict[str, dict[str, str]] = field(default_factory=dict)
    #: A look into the mind of an agent that lives in this process; None for one that does not.
    minds: Callable[[str], Look | None] | None = None
    #: The run has ended: this site shows it, nothing changes any more.
    is_over: bool = False
    #: Why this site is about to go, for the pages that then wait for it; None: it stays.
    farewell: JSON = None
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: "set[asyncio.Task[Any]]" = field(default_factory=set)  # Any: of whatever result
    streams: "dict[asyncio.Task[Any], Stream]" = field(default_factory=dict)
    answers: dict[tuple[str, str, str], tuple[str, web.Response]] = field(default_factory=dict)

    #: Connections over which a whole request has come.
    heard: "WeakSet[asyncio.BaseTransport]" = field(default_factory=WeakSet)
    #: Views of the journal for those who see the same, as `bundles` needs them.
    views: dict[tuple[str, ...], Journal] = field(default_factory=dict)

    @property
    def course(self) -> str:
        """Which course of which run this is: another one after the session went back."""
        return f"{self.run}/{self.world.journal.name}"

    def base(self, request: web.BaseRequest) -> str:
        """The address under which the caller reaches this site."""
        return self.public_url or f"{request.scheme}://{request.host}"

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something run beside the requests; it is ended with the site."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    @property
    def is_watched(self) -> bool:
        """Whether somebody has a page open."""
        return any(s.is_page for s in self.streams.values())

    def leave(self, why: str, **more: JSON) -> None:
        """Tell every page once that this site goes: `over`, `back` (to a moment) or `stopped`."""
        if self.farewell is None:
            self.farewell = {"why": why, **more}
            self.leaving.set()

    @contextmanager
    def stream(self, request: web.Request) -> Iterator[None]:
        """Count this request as an open stream, which shutting down ends at once."""
        task = asyncio.current_task()
        assert task is not None  # handlers run in tasks
        name = request[WHO].name
        if sum(s.name == name for s in self.streams.values()) >= self.limits.streams:
            raise ProblemError(
                429,
                "too_many_streams",
                f"{self.limits.streams} streams are open already. Close one, or follow several "
                "twins with one stream: /stream?twin=a&twin=b",
                {"Retry-After": "10"},
            )
        # No browser opens a socket without its origin, and devices have none.
        self.streams[task] = Stream(name, request.transport, is_page="Origin" in request.headers)
        try:
            yield
        finally:
            self.streams.pop(task, None)


SITE: web.AppKey[Site] = web.AppKey("site", Site)


def site_of(request: web.Request) -> Site:
    """The site that a request came to."""
    return request.app[SITE]


def twin_of(request: web.Request, verb: Verb = "read", member: str = "") -> Twin:
    """The twin that the path names, if this caller may know of it.

    One that may not be seen answers like one that does not exist; a member that may not be
    used of a twin that may be seen is 403.
    """
    site, who = site_of(request), request[WHO]
    kind, name = request.match_info["kind"], request.match_info["id"]
    twin = site.world.twins.get(name)
    if twin is None or twin.kind != kind or not site.rights.allows(who, "read", twin):
        raise UnknownTwinError(name, visible(site, who, kind))
    if verb != "read" or member:
        allow(site, who, verb, twin, member)
    return twin


def allow(site: Site, who: Caller, verb: Verb, twin: Twin, member: str) -> None:
    """Refuse what the caller's rights do not give."""
    if not site.rights.allows(who, verb, twin, member):
        raise ProblemError(
            403,
            "not_permitted",
            f"The role '{who.role}' may not {verb} '{twin.id}.{member}'"
            f"{f' in phase {twin.phase}' if twin.phase else ''}.",
        )


def visible(site: Site, who: Caller, kind: str = "") -> list[str]:
    """Ids of the twins that this caller may know of, in code-point order."""
    return sorted(
        t.id
        for t in site.world.twins.values()
        if (not kind or t.kind == kind) and site.rights.allows(who, "read", t)
    )


def answer(
    body: JSON,
    *,
    status: int = 200,
    content_type: str = JSON_TYPE,
    headers: dict[str, str] | None = None,
) -> web.Response:
    """A JSON answer; members stand in the order of the model."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return web.Response(status=status, text=text, content_type=content_type, headers=headers)


def number(request: web.Request, name: str) -> float | None:
    """A number from the query, None when it is not there."""
    text = request.query.get(name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -MOST_SECONDS <= value <= MOST_SECONDS:  # nor NaN
        raise ProblemError(
            422,
            "bad_value",
            f"?{name}={text}: expected a number of seconds from {-MOST_SECONDS} to {MOST_SECONDS}.",
        )
    return value


def whole(request: web.Request, name: str, default: int, *, low: int = 0, high: int = 2**53) -> int:
    """A whole number from the query or, for `since`, from Last-Event-ID."""
    text = request.query.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise ProblemError(
            422, "bad_value", f"?{name}={text}: expected a whole number from {low} to {high}."
        )
    return value


def flag(request: web.Request, name: str) -> bool:
    """Yes or no from the query; no when it is not there."""
    text = request.query.get(name, "0")
    if text not in ("0", "1", "false", "true"):
        raise ProblemError(422, "bad_value", f"?{name}={text}: expected 1 or 0.")
    return text in ("1", "true")


@asynccontextmanager
async def to_reader(request: web.Request) -> AsyncIterator[None]:
    """What is written in here has a time to be taken; else the reader is hung up on.

    He may come back, and go on where he was.
    """
    try:
        async with asyncio.timeout(site_of(request).limits.stalled_s):
            yield
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("its reader has stalled") from None


def accepts(request: web.Request, offered: dict[str, str], default: str) -> str:
    """Which of the offered media types (type -> representation) the caller likes best."""
    header = request.headers.get("Accept", "*/*")
    wishes: list[tuple[float, int, str]] = []
    for i, part in enumerate(header.split(",")):
        media, *parameters = (p.strip() for p in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if quality > 0:
            wishes.append((-quality, i, media.lower()))
    for _, _, media in sorted(wishes):
        if media in offered:
            return offered[media]
        if media in ("*/*", "application/*"):
            return default
    raise ProblemError(
        406, "not_acceptable", f"'{header}' is not offered here. Offered: {', '.join(offered)}."
    )


async def json_body(request: web.Request) -> JSON:
    """The body as JSON; None when there is none."""
    try:
        async with asyncio.timeout(site_of(request).limits.body_s):
            raw = await request.read()
    except TimeoutError:
        raise ProblemError(408, "too_slow", "The body did not come in time.") from None
    if not raw.strip():
        return None
    kind = request.content_type
    if kind != JSON_TYPE and not kind.endswith("+json"):
        raise ProblemError(415, "wrong_body", f"Send application/json, not {kind}.")

    def no_constants(name: str) -> JSON:
        raise ValueError(f"{name} is not JSON")

    try:
        # JSON between systems is UTF-8 (RFC 8259, 8.1), whatever charset the header names.
        return json.loads(raw.decode("utf-8"), parse_constant=no_constants)
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, "not_json", f"The body is not JSON: {error}.") from None

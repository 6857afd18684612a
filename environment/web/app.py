"""The application: middleware around the route table, and the server; the one place that binds.

Deny by default: whoever shows no token is nobody, unless the site is open to its own machine.
Without tokens only loopback is served.
"""

import asyncio
import ipaddress
import re
import secrets
import socket
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from weakref import WeakSet

import structlog
from aiohttp import web

from environment.errors import TwinError
from environment.runtime.access import ROLES, Caller, Rights, TokenError, Tokens
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.web import fhir
from environment.web.door import Door, reading_log
from environment.web.entering import cookie_name
from environment.web.following import Follower
from environment.web.limits import Bucket, Limits
from environment.web.problems import ProblemError, of_error, problem
from environment.web.route import TABLE
from environment.web.routes import ROUTES
from environment.web.site import SITE, WHO, Site

log = structlog.get_logger()

#: Default address and port of a world on the web.
LOOPBACK, PORT = "127.0.0.1", 8620
_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")
#: As the router names them: without the patterns of their parts.
_PUBLIC = frozenset({*(re.sub(r":[^}]*", "", r.path) for r in ROUTES if r.is_public), fhir.PUBLIC})


class BindError(TwinError):
    """The server may not, or cannot, listen there."""

    code = "cannot_listen"


def make_site(
    world: World,
    operations: Operations,
    *,
    tokens: Tokens | None = None,
    rights: Rights | None = None,
    limits: Limits | None = None,
    open_role: str = "",
    public_url: str = "",
) -> Site:
    """A world as a site. `open_role`: what callers without a token are, on loopback only."""
    if open_role and open_role not in ROLES:
        raise BindError(f"There is no role '{open_role}'. Known: {', '.join(ROLES)}.")
    loop = asyncio.get_running_loop()
    limits = limits or Limits()
    return Site(
        world=world,
        operations=operations,
        tokens=(Tokens(loop.time, lambda: secrets.token_urlsafe(32)) if tokens is None else tokens),
        rights=rights or Rights(now=world.clock.now),
        limits=limits,
        bucket=Bucket(limits, loop.time),
        follower=Follower(world),
        open_role=open_role,
        public_url=public_url,
    )


def make_app(site: Site) -> web.Application:
    """The aiohttp application of a site."""
    app = web.Application(
        middlewares=[_answering, _admitting], client_max_size=site.limits.body_bytes
    )
    app[SITE] = site
    app[TABLE] = ROUTES
    for route in ROUTES:
        for method in route.methods:
            if method == "GET":
                app.router.add_get(route.path, route.handler, allow_head=True)
            else:
                app.router.add_route(method, route.path, route.handler)
    fhir.mount(app)
    app.on_shutdown.append(_end_streams)
    app.on_cleanup.append(_end_work)
    return app


async def _end_streams(app: web.Application) -> None:
    streams = dict(app[SITE].streams)
    for task in streams:
        task.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    for stream in streams.values():
        # What a peer has not read by now it never will: do not wait for it.
        if stream.transport is not None and stream.transport.get_write_buffer_size():
            stream.transport.abort()


async def _end_work(app: web.Application) -> None:
    site = app[SITE]
    site.follower.close()
    for task in tuple(site.tasks):
        task.cancel()
    await asyncio.gather(*site.tasks, return_exceptions=True)


Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _answering(request: web.Request, handler: Next) -> web.StreamResponse:
    """Every refusal becomes a problem document, in one place."""
    try:
        response = await handler(request)
    except ProblemError as error:
        response = problem(error.status, error.code, str(error), headers=error.headers)
    except TwinError as error:
        response = of_error(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        headers = {k: v for k, v in error.headers.items() if k in ("Allow", "Retry-After")}
        response = problem(error.status, f"http_{error.status}", error.reason, headers=headers)
    except ConnectionResetError:
        raise  # the peer has gone; there is nobody to answer
    except Exception:
        # Never with local variables or the query: tokens and tickets are among them.
        where = traceback.format_exc()
        log.error(  # noqa: TRY400 - `exception` would add the local variables
            "request_broke", path=request.path, method=request.method, traceback=where
        )
        response = problem(
            500, "defect", "This should never happen. Please report what you asked for."
        )
    if fhir.is_here(request) and isinstance(response, web.Response):
        response = fhir.of_problem(response)
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "no-store")
        if WHO in request:  # how far one must have followed to have seen what this answer did
            response.headers["Twin-Seq"] = str(await request.app[SITE].follower.told())
    return response


@web.middleware
async def _admitting(request: web.Request, handler: Next) -> web.StreamResponse:
    """Who is it, may he come in at all, and not too often."""
    site = request.app[SITE]
    peer = request.remote or ""
    if request.transport is not None:
        site.heard.add(request.transport)
    _check_host(request, site)
    resource = request.match_info.route.resource
    is_public = resource is not None and resource.canonical in _PUBLIC
    try:
        who = None if is_public else _who(request, site, peer)
    except TokenError:
        if not site.bucket.wait_s(f"peer {peer}"):
            raise
        who = None  # too many guesses: not even told that they are wrong
    # Somebody known has a measure of his own, whoever else comes from the same machine.
    wait = site.bucket.wait_s(f"peer {peer}" if who is None else f"{who.role} {who.name}")
    if who is not None:
        request[WHO] = who
    if wait > 0:
        raise ProblemError(
            429,
            "too_many_requests",
            f"More than {site.limits.per_s:g} requests a second. Follow a stream instead.",
            {"Retry-After": str(max(1, round(wait)))},
        )
    # A HEAD of a stream answers at once; clients ask before they open it.
    if request.method == "HEAD" and request.path.endswith(("/observe", "/stream", "/events")):
        return web.Response(content_type="text/event-stream")
    return await handler(request)


def _who(request: web.Request, site: Site, peer: str) -> Caller:
    header, speaks_as = request.headers.get("Authorization", ""), request.headers.get("Twin-By", "")
    if header:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise TokenError("Send `Authorization: Bearer <token>`.")
        return site.tokens.caller(secret.strip(), speaks_as)
    ticket = request.query.get("ticket")
    if ticket is not None:
        if request.method not in ("GET", "HEAD") or not request.path.endswith(
            ("/observe", "/ws", "/stream")
        ):
            raise TokenError("A ticket opens streams only. Send a token.")
        return site.tokens.holder(ticket, request.match_info.get("id", ""))
    kept = request.cookies.get(cookie_name(request))
    if kept:
        own_page = request.headers.get("Origin") == site.base(request)
        if request.method not in ("GET", "HEAD") and not own_page:
            raise TokenError("A page of another site may not ask in your name.")
        try:
            return site.tokens.caller(kept)
        except TokenError:  # of an earlier session; who needs no token comes in all the same
            if not (site.open_role and is_loopback(peer)):
                raise
    if site.open_role and is_loopback(peer):
        name = speaks_as or site.open_role
        role = site.operations.roles.get(name, site.open_role)
        return Caller(name, role if role in ROLES else site.open_role, (f"mind_{name}", name))
    raise TokenError("Send `Authorization: Bearer <token>`. Ask the instructor for a token.")


def _check_host(request: web.Request, site: Site) -> None:
    """An open site answers to the names and pages of its own machine only.

    Else a foreign page that lets its name point here could use the twins.
    """
    if site.open_role:
        check_own_page(request, site.base(request))


def check_own_page(request: web.Request, base: str) -> None:
    """Refuse another machine's name for this server, and pages that it has not sent itself."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host not in _NAMES:
        raise ProblemError(
            421, "foreign_host", f"This server does not answer to '{host}'. Use {_NAMES[0]}."
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin != base:
        raise ProblemError(403, "foreign_origin", f"A page of {origin} may not ask here.")


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_bind(host: str, site: Site) -> None:
    """Refuse to listen beyond this machine without tokens."""
    if is_loopback(host):
        return
    if site.open_role:
        raise BindError(
            f"Refused to listen on {host} while callers need no token. Give each participant a "
            f"token and close the site, or listen on {LOOPBACK}."
        )
    if not len(site.tokens):
        raise BindError(
            f"Refused to listen on {host} without tokens: nobody could come in, and nobody "
            f"should. Issue tokens first, or listen on {LOOPBACK}."
        )


@dataclass(slots=True)
class Served:
    """A site that listens."""

    url: str
    site: Site
    app: web.Application  # with what its parts keep in it
    _stop: Callable[[], Awaitable[None]]

    async def stop(self) -> None:
        """Stop listening; open streams end at once."""
        await self._stop()


async def serve(site: Site, *, host: str = LOOPBACK, port: int = PORT) -> Served:
    """Listen. `port` 0 takes a free one."""
    check_bind(host, site)
    app = make_app(site)
    url, stop = await listen(app, host=host, port=port, limits=site.limits, heard=site.heard)
    return Served(url, site, app, stop)


def check_free(host: str, port: int) -> None:
    """Say before anything else is begun when nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise _cannot_listen(host, port, error) from None


def _cannot_listen(host: str, port: int, error: OSError) -> BindError:
    return BindError(
        f"Cannot listen on {host}:{port}: {error.strerror or error}. Choose another --port."
    )


async def listen(
    app: web.Application,
    *,
    host: str,
    port: int,
    limits: Limits,
    heard: "WeakSet[asyncio.BaseTransport] | None" = None,
) -> tuple[str, Callable[[], Awaitable[None]]]:
    """The address at which an application listens now, and what ends that.

    `heard`: connections that have sent a whole request, where the application notes them.
    """
    # The access log would keep addresses with tickets in them: there is none.
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=reading_log(),
        shutdown_timeout=1.0,
        keepalive_timeout=limits.silent_s,
    )
    await runner.setup()
    assert runner.server is not None  # it has just been set up
    door = Door(runner.server, limits.connections, WeakSet() if heard is None else heard)
    try:
        listener = await asyncio.get_running_loop().create_server(
            door, host, port, backlog=128, reuse_address=True
        )
    except OSError as error:
        await runner.cleanup()
        raise _cannot_listen(host, port, error) from None

    async def stop() -> None:
        listener.close()
        if runner.server is not None:
            await runner.cleanup()

    found = listener.sockets[0].getsockname()
    shown = f"[{found[0]}]" if ":" in found[0] else found[0]
    return f"http://{shown}:{found[1]}", stop

"""A page with no world behind it: somebody works at a desk on his own machine, alone.

A table of deeds (JSON in, JSON out) is given; the shell, the modules and the policy are those of
all pages. Loopback only, and only for pages of its own.
"""

import json
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web

from environment.model.change import JSON
from environment.web.app import LOOPBACK, check_own_page, listen
from environment.web.limits import Limits
from environment.web.problems import ProblemError, problem
from environment.web.route import Handler
from environment.web.screens import Screen, part, shell
from environment.web.site import answer

log = structlog.get_logger()

#: A scenario with all its comments fits several times (engineering default).
LIMITS = Limits(body_bytes=2 * 1024 * 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One address of a desk: what is asked is an object, from the body or from the query."""

    method: str
    path: str
    do: Callable[[dict[str, JSON]], Awaitable[JSON]]


@dataclass(slots=True)
class Desk:
    """A desk that listens."""

    url: str
    stop: Callable[[], Awaitable[None]]


def make_desk(page: Screen, deeds: Sequence[Deed], limits: Limits = LIMITS) -> web.Application:
    """The application of one page with its deeds."""
    app = web.Application(middlewares=[_answering], client_max_size=limits.body_bytes)
    app.router.add_get(page.path, shell(page))
    app.router.add_get("/static/{folder:[a-z_]+}/{name}", part)
    for deed in deeds:
        app.router.add_route(deed.method, deed.path, _handler(deed))
    return app


async def serve_desk(page: Screen, deeds: Sequence[Deed], *, port: int) -> Desk:
    """Listen on this machine alone. `port` 0 takes a free one."""
    url, stop = await listen(make_desk(page, deeds), host=LOOPBACK, port=port, limits=LIMITS)
    return Desk(url, stop)


def _handler(deed: Deed) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return answer(await deed.do(await _asked(request)))

    handle.__name__ = f"{deed.method.lower()}_{deed.path.strip('/')}"
    return handle


async def _asked(request: web.Request) -> dict[str, JSON]:
    if request.method == "GET":
        return dict(request.query)
    raw = await request.read()
    if request.content_type != "application/json":  # what a foreign page may not send unasked
        raise ProblemError(415, "wrong_body", "Send application/json.")
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as wrong:
        raise ProblemError(400, "not_json", f"The body is not JSON: {wrong}.") from None
    if not isinstance(body, dict):
        raise ProblemError(422, "bad_value", "The body must be an object.")
    return body


Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _answering(request: web.Request, handler: Next) -> web.StreamResponse:
    """Nobody but a page of this desk; every refusal becomes a problem document."""
    try:
        check_own_page(request, f"{request.scheme}://{request.host}")
        response = await handler(request)
    except ProblemError as error:
        response = problem(error.status, error.code, str(error), headers=error.headers)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = problem(error.status, f"http_{error.status}", error.reason)
    except ConnectionResetError:
        raise  # the page has gone
    except Exception:
        log.error(  # noqa: TRY400 - `exception` would add the local variables
            "request_broke",
            path=request.path,
            method=request.method,
            traceback=traceback.format_exc(),
        )
        response = problem(500, "defect", "This should never happen. Please report what you did.")
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "no-store")
    return response

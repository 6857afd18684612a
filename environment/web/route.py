"""One address of the site: what it takes and gives. The table of them all is `routes`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from environment.model.change import JSON

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
    #: Schema of what is answered, by media type; "" for every JSON type that is not named.
    answers: Mapping[str, JSON] | None = None
    is_public: bool = False  # no token: a browser's first steps


#: Where the application keeps the table, for whoever describes it.
TABLE: web.AppKey[tuple[Route, ...]] = web.AppKey("routes", tuple[Route, ...])

"""A state at an earlier time, asked for by date: Memento (RFC 7089).

The state's address is its own TimeGate (pattern 1.2: the same address, answered with 200): with
`Accept-Datetime` it gives the state as of that second. The address of a memento carries `?at=`. The
TimeMap lists the moments at which the state changed, in pages.
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from environment.model.frame import State
from environment.model.twin import Twin
from environment.web.descriptions import path
from environment.web.problems import ProblemError
from environment.web.site import WHO, Site, number, site_of, twin_of, whole

LINK_FORMAT = "application/link-format"


def moment(request: web.Request) -> float | None:
    """The scenario time that the request asks for by `?at=` or Accept-Datetime; None: now.

    A date before the beginning is taken as the beginning, one that lies ahead as now (RFC 7089,
    4.5.3: the first and the last memento).
    """
    at, text = number(request, "at"), request.headers.get("Accept-Datetime")
    if at is not None or text is None:
        return at
    try:
        asked = parsedate_to_datetime(text)
    except ValueError:
        raise ProblemError(
            400,
            "bad_datetime",
            f"Accept-Datetime '{text}': expected such as 'Mon, 05 Jan 2026 14:07:00 GMT'.",
        ) from None
    clock = site_of(request).world.clock
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    seconds = (asked - clock.start).total_seconds()
    return min(max(seconds, 0.0), clock.now())


def headers(request: web.Request, twin: Twin, state: State, form: str = "state") -> dict[str, str]:
    """What makes an answer a memento, or its address the way to one; `form`: state or fhir."""
    site = site_of(request)
    twin_at = f"{site.base(request)}{path(twin)}"
    here = f"{twin_at}/{form}"
    links = [f'<{here}>; rel="original timegate"']
    if form == "state":
        links.append(f'<{twin_at}/timemap>; rel="timemap"; type="{LINK_FORMAT}"')
    is_past = "at" in request.query or "Accept-Datetime" in request.headers
    if not is_past:
        return {"Link": ", ".join(links)}
    when = site.world.clock.start + timedelta(seconds=state.at)
    address = _memento(here, state.at, request)
    links.append(f'<{address}>; rel="memento"; datetime="{_date(when)}"')
    found = {"Memento-Datetime": _date(when), "Link": ", ".join(links)}
    if "at" not in request.query:
        found["Content-Location"] = address
    return found


def _memento(here: str, at: float, request: web.Request | None = None) -> str:
    """The address of a memento; of a request's also with what it asked for beside the time."""
    address = f"{here}?at={at:.6f}".rstrip("0").rstrip(".")
    if request is not None:
        known_at = number(request, "known_at")
        if known_at is not None:
            address += f"&known_at={known_at!r}"
        if request.query.get("frame") == "latest":
            address += "&frame=latest"
    return address


def _date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)


async def timemap(request: web.Request) -> web.StreamResponse:
    """The mementos of a twin's state: one for each second in which it changed, in pages."""
    site, twin = site_of(request), twin_of(request)
    limit = whole(request, "limit", 500, low=1, high=site.limits.page)
    offset = whole(request, "offset", 0)
    here = f"{site.base(request)}{path(twin)}"
    times = _changed_at(site, request, twin)
    page = times[offset : offset + limit]
    start = site.world.clock.start

    def date(at: float) -> str:
        return _date(start + timedelta(seconds=at))

    rows = [f'<{here}/state>; rel="original timegate"']
    span = f'; from="{date(page[0])}"; until="{date(page[-1])}"' if page else ""
    own = f"{here}/timemap?limit={limit}&offset={offset}"
    rows.append(f'<{own}>; rel="self"; type="{LINK_FORMAT}"{span}')
    for other in {max(offset - limit, 0), offset + limit} - {offset}:
        if other < len(times):
            address = f"{here}/timemap?limit={limit}&offset={other}"
            rows.append(f'<{address}>; rel="timemap"; type="{LINK_FORMAT}"')
    for at in page:
        rel = " ".join(
            word for word, holds in (("first", at == times[0]), ("last", at == times[-1])) if holds
        )
        rel = f"{rel} memento".strip()
        rows.append(f'<{_memento(f"{here}/state", at)}>; rel="{rel}"; datetime="{date(at)}"')
    return web.Response(text=",\n".join(rows) + "\n", content_type=LINK_FORMAT)


def _changed_at(site: Site, request: web.Request, twin: Twin) -> list[float]:
    """Scenario seconds at whose end the state was another than before; only those that are over."""
    who = request[WHO]
    seconds = {
        int(c.recorded // 1) + 1.0
        for c in site.world.journal.read(twin=twin.id)
        if c.kind != "operation" and site.rights.shows(who, "read", twin, c)
    }
    return sorted(s for s in seconds if s <= site.world.clock.now())

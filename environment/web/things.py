"""The directory: /.well-known/wot, /things, /models, and who comes and goes at /events."""

from urllib.parse import unquote

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from environment.errors import UnknownTwinError, did_you_mean
from environment.model.change import JSON, Change, canonical
from environment.model.twin import Twin
from environment.runtime.access import Caller
from environment.runtime.turns import turn
from environment.web.descriptions import (
    directory_description,
    path,
    thing_description,
    thing_model,
    urn,
    with_links,
)
from environment.web.following import Cursor, Wanted
from environment.web.problems import ProblemError
from environment.web.site import (
    SITE,
    TD_TYPE,
    TM_TYPE,
    WHO,
    Site,
    accepts,
    answer,
    site_of,
    to_reader,
    visible,
    whole,
)
from environment.wire import OWN_TYPE

LD_TYPE = "application/ld+json"


def described(request: web.Request, twin: Twin) -> dict[str, JSON]:
    """The Thing Description of a twin for this caller, with a ticket for its streams."""
    site, who = site_of(request), request[WHO]
    base = site.base(request)
    is_open = "Authorization" not in request.headers and bool(site.open_role)
    ticket = "" if is_open else site.tokens.ticket(who, twin.id)
    description = thing_description(twin, base, who, site.rights, is_open=is_open, ticket=ticket)
    targets: dict[str, list[str]] = {}
    for rel in twin.link_types:
        for name in twin.linked(rel):
            target = site.world.twins[name]
            if site.rights.allows(who, "read", target):
                targets.setdefault(rel, []).append(f"{base}{path(target)}")
    with_links(description, targets)
    return description


async def well_known(request: web.Request) -> web.StreamResponse:
    """The Thing Description of the directory."""
    site = site_of(request)
    body = directory_description(site.base(request), bool(site.open_role))
    return answer(body, content_type=TD_TYPE)


async def things(request: web.Request) -> web.StreamResponse:
    """Thing Descriptions of all twins that the caller may see, in pages, ordered by id."""
    site = site_of(request)
    limit = whole(request, "limit", 50, low=1, high=site.limits.page)
    offset = whole(request, "offset", 0)
    offered = {LD_TYPE: LD_TYPE, "application/json": "application/json"}
    kind = accepts(request, offered, LD_TYPE)
    ids = sorted(visible(site, request[WHO]), key=lambda name: urn(site.world.twins[name]))
    page = ids[offset : offset + limit]
    base = site.base(request)
    etag = f"{len(ids)}-{site.follower.head}"
    links = [f'<{base}/things>; rel="canonical"; etag="{etag}"']
    if offset + limit < len(ids):
        after = f"{base}/things?limit={limit}&offset={offset + limit}"
        links.insert(0, f'<{after}>; rel="next"')
    body = [described(request, site.world.twins[name]) for name in page]
    headers = {"Link": ", ".join(links), "Twin-Total": str(len(ids))}
    return answer(body, content_type=kind, headers=headers)


async def thing(request: web.Request) -> web.StreamResponse:
    """The Thing Description of one twin, by its id or its URN."""
    site, who = site_of(request), request[WHO]
    wanted = unquote(request.match_info["id"])
    name = wanted.rsplit(":", 1)[-1]
    twin = site.world.twins.get(name)
    known = visible(site, who)
    if twin is None or name not in known or wanted not in (name, urn(twin)):
        raise UnknownTwinError(wanted, known)
    return answer(described(request, twin), content_type=TD_TYPE)


async def no_registration(request: web.Request) -> web.StreamResponse:
    """Twins come from the world; nobody registers one here."""
    raise ProblemError(
        403, "not_permitted", "Twins come into being in the world, not by registration."
    )


async def models(request: web.Request) -> web.StreamResponse:
    """Every kind of twin: Thing Models, or our own description of them."""
    site = site_of(request)
    base = site.base(request)
    if _wants_own(request):
        own = {name: kind.describe() for name, kind in site.world.models.items()}
        return answer(own, content_type=OWN_TYPE)
    rows = [thing_model(kind, base) for kind in site.world.models.values()]
    return answer(rows, content_type=LD_TYPE)


async def model(request: web.Request) -> web.StreamResponse:
    """One kind of twin: its Thing Model, or our own description of it."""
    site, kind = site_of(request), request.match_info["kind"]
    found = site.world.models.get(kind)
    if found is None:
        raise ProblemError(
            404, "unknown_kind", f"No kind '{kind}'.{did_you_mean(kind, site.world.models)}"
        )
    if _wants_own(request):
        return answer(found.describe(), content_type=OWN_TYPE)
    return answer(thing_model(found, site.base(request)), content_type=TM_TYPE)


def _wants_own(request: web.Request) -> bool:
    # Tools that ask for application/json want the Thing Model.
    offered = {TM_TYPE: "tm", LD_TYPE: "tm", "application/json": "tm", OWN_TYPE: "own"}
    return accepts(request, offered, "tm") == "own"


#: Names of the directory's events in its stream.
CREATED, UPDATED, DELETED = "thing_created", "thing_updated", "thing_deleted"


def directory_event(change: Change) -> str:
    """What a change means for the directory; "" for nothing."""
    if change.kind == "event" and change.name == "created":
        return CREATED
    if change.kind == "link":
        return UPDATED
    if change.kind == "life" and change.value == "archived":
        return DELETED
    return ""


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events of the directory: twins that come, change their links, and go."""
    site, who = request.app[SITE], request[WHO]
    names = set(request.query.getall("type", []))
    unknown = names - {CREATED, UPDATED, DELETED}
    if unknown:
        hint = did_you_mean(min(unknown), (CREATED, UPDATED, DELETED))
        raise ProblemError(422, "bad_value", f"No event of that type.{hint}")
    return await _stream_events(request, site, who, names)


async def _stream_events(
    request: web.Request, site: Site, who: Caller, names: set[str]
) -> web.StreamResponse:
    last = request.headers.get("Last-Event-ID", "")
    cursor = Cursor(int(last) if last.isdigit() and len(last) <= 15 else site.follower.head)
    cursor.at = min(cursor.at, site.follower.head)
    wanted = Wanted(kinds=frozenset({"event", "link", "life"}))
    response = EventSourceResponse(send_timeout=None)
    with site.stream(request):
        await response.prepare(request)
        async with response:
            while True:
                changes, _ = site.follower.take(cursor, wanted, who, site.rights)
                for change in changes:
                    name = directory_event(change)
                    if name and (not names or name in names):
                        twin = site.world.twins[change.twin]
                        text = canonical({"id": urn(twin)})
                        async with to_reader(request):
                            await response.send(text, id=str(change.seq), event=name)
                if cursor.at < site.follower.head:
                    await turn()
                await site.follower.beyond(cursor.at)
    return response

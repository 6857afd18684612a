"""Live: one affordance (unnamed events, as WoT clients hear them), one twin, or the whole journal.

Every stream is a cursor over the journal (`following`), resumes at `Last-Event-ID` or `?since=`,
and ends at once when the site shuts down.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import get_args

from aiohttp import WSMsgType, web
from aiohttp_sse import EventSourceResponse

from environment.errors import did_you_mean
from environment.model.change import JSON, Change, ChangeKind, canonical
from environment.model.twin import Twin
from environment.runtime.turns import turn
from environment.web.following import Cursor, Gap, Wanted
from environment.web.languages import language_of
from environment.web.problems import ProblemError
from environment.web.site import WHO, Site, flag, site_of, to_reader, twin_of, visible, whole

KINDS = get_args(ChangeKind)
#: Seconds between pings by which a lost peer is noticed (engineering default).
PING_S = 15.0
#: Bytes that a connection takes without anybody waiting, if all before has gone; asyncio's limit
#: is twice as much.
UNWATCHED = 32 * 1024
#: Seconds in which a peer must answer that a socket is closed.
CLOSES_WITHIN_S = 1.0
#: Seconds after which a socket tells the world's time even if nothing has happened.
TIME_S = 1.0


def _since(request: web.Request, default: int) -> int:
    """Where to go on: `?since=`, else the Last-Event-ID of a client that was here before."""
    last = request.headers.get("Last-Event-ID", "")
    if "since" not in request.query and last.isdigit() and len(last) <= 15:
        return int(last)
    return whole(request, "since", default)


# -- one property, one event -----------------------------------------------------------------


def _affordance(request: web.Request, group: str) -> tuple[Twin, str]:
    name = request.match_info["name"]
    found = twin_of(request)
    found.member(group, name, found.id)
    return twin_of(request, "observe", name), name


async def _values(site: Site, found: Twin, name: str, since: int) -> AsyncIterator[tuple[int, str]]:
    """The value of a property now, unless known at `since`, then each one: the latest wins."""
    cursor, sent = since, None
    first = True
    while True:
        reading = found.ledger.readings.get(name)
        value = found.value(name)
        seq = 0 if reading is None else reading.seq
        text = canonical(value)
        if seq > site.follower.head:
            await site.follower.beyond(seq - 1)
            continue
        if first and since and seq <= since and not _changed(site, found, name, since):
            sent = text
        if text != sent:
            sent = text
            yield max(seq, cursor), text
        first, cursor = False, site.follower.head
        await site.follower.beyond(cursor)


def _changed(site: Site, found: Twin, name: str, since: int) -> bool:
    """Whether what a caller knew at `since` of a property has changed."""
    rows = site.world.journal.read(since=since, name=name)
    return any(found.id in site.follower.concerned(c) for c in rows)


async def _happenings(
    site: Site, found: Twin, name: str, since: int
) -> AsyncIterator[tuple[int, str]]:
    """Every event of one name after `since`; none is ever left out."""
    cursor = since
    while True:
        head = site.follower.head
        for change in site.world.journal.read(since=cursor, kind="event", name=name):
            if change.seq <= head and found.id in site.follower.concerned(change):
                yield change.seq, canonical(change.value)
        cursor = max(cursor, head)
        await site.follower.beyond(cursor)


def _source(request: web.Request, since: int) -> tuple[Twin, str, AsyncIterator[tuple[int, str]]]:
    group = "property" if request.match_info["group"] == "properties" else "event"
    found, name = _affordance(request, group)
    site = site_of(request)
    if group == "property":
        return found, name, _values(site, found, name, since)
    return found, name, _happenings(site, found, name, since)


def _still(request: web.Request, found: Twin, name: str) -> bool:
    """Whether the caller may still observe: rights follow the phase."""
    site = site_of(request)
    return site.rights.allows(request[WHO], "observe", found, name)


async def observe(request: web.Request) -> web.StreamResponse:
    """One property or event as unnamed server-sent events; the data is the value alone."""
    site = site_of(request)
    is_property = request.match_info["group"] == "properties"
    found, name, source = _source(
        request, _since(request, 0 if is_property else site.follower.head)
    )
    response = EventSourceResponse(ping_interval=PING_S, send_timeout=None)
    with site.stream(request):
        await response.prepare(request)
        async with response:
            async for seq, text in source:
                if not _still(request, found, name):
                    break
                async with to_reader(request):
                    await response.send(text, id=str(seq))
    return response


async def longpoll(request: web.Request) -> web.StreamResponse:
    """The next value of a property, or the next event, after `?since=` (or If-None-Match)."""
    site = site_of(request)
    known = request.headers.get("If-None-Match", "").strip('W/" ')
    since = int(known) if known.isdigit() else whole(request, "since", site.follower.head)
    found, name, source = _source(request, since or site.follower.head)
    if request.method == "HEAD":
        return web.Response(content_type="application/json")
    with site.stream(request):
        try:
            async with asyncio.timeout(site.limits.wait_s):
                seq, text = await anext(source)
        except TimeoutError:
            return web.Response(status=204, headers={"ETag": f'"{since}"'})
    if not _still(request, found, name):
        raise ProblemError(403, "not_permitted", f"'{name}' may no longer be observed.")
    return web.Response(
        text=text, content_type="application/json", headers={"ETag": f'"{max(seq, 1)}"'}
    )


async def socket(request: web.Request) -> web.StreamResponse:
    """One property or event over a WebSocket: one JSON value in each message."""
    site = site_of(request)
    is_property = request.match_info["group"] == "properties"
    found, name, source = _source(
        request, _since(request, 0 if is_property else site.follower.head)
    )
    with site.stream(request):
        link = await _open(request, site)

        async def send() -> None:
            async for _, text in source:
                if not _still(request, found, name):
                    await link.close()
                    return
                await link.send_str(text)

        await _until_closed(link, asyncio.ensure_future(send()))
    return link


# -- one twin, the whole journal ---------------------------------------------------------------


def _wanted(request: web.Request, twins: list[str]) -> Wanted:
    kinds = {k for text in request.query.getall("kinds", []) for k in text.split(",") if k}
    unknown = kinds - set(KINDS)
    if unknown:
        hint = did_you_mean(min(unknown), KINDS)
        raise ProblemError(422, "bad_value", f"No kind of change '{min(unknown)}'.{hint}")
    return Wanted(twins=frozenset(twins), kinds=frozenset(kinds), every=flag(request, "every"))


async def twin_stream(request: web.Request) -> web.StreamResponse:
    """Everything about one twin as named events, values that it takes from others included."""
    found = twin_of(request)
    return await _follow(request, _wanted(request, [found.id]))


async def stream(request: web.Request) -> web.StreamResponse:
    """The journal as named server-sent events or over a WebSocket, of all twins or of some."""
    site, who = site_of(request), request[WHO]
    twins = [t for text in request.query.getall("twin", []) for t in text.split(",") if t]
    known = visible(site, who)
    for name in twins:
        if name not in known:
            raise ProblemError(404, "unknown_twin", f"No twin '{name}'.{did_you_mean(name, known)}")
    return await _follow(request, _wanted(request, twins))


async def _follow(request: web.Request, wanted: Wanted) -> web.StreamResponse:
    site = site_of(request)
    since = _since(request, site.follower.head)
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return await _follow_socket(request, site, wanted, since)
    response = EventSourceResponse(ping_interval=PING_S, send_timeout=None)
    with site.stream(request):
        await response.prepare(request)
        async with response:
            farewell = asyncio.ensure_future(_bid_farewell(response, site))
            try:
                async for changes, gap, _ in _batches(request, site, wanted, since):
                    if gap is not None:
                        row = {"from": gap.first, "to": gap.last}
                        async with to_reader(request):
                            await response.send(canonical(row), event="gap")
                    if changes:
                        # One write for the whole batch; the framing is that of `response.send`.
                        frames = site.follower.frames(changes)
                        if _takes(request, len(frames)):
                            await response.write(frames)
                            continue
                        async with to_reader(request):
                            await response.write(frames)
            finally:
                farewell.cancel()
    return response


async def _bid_farewell(response: EventSourceResponse, site: Site) -> None:
    """Say why the site goes, once it does; beside the batches, of which there may be none."""
    await site.leaving.wait()
    with suppress(ConnectionError):
        await response.send(canonical(site.farewell), event="bye")


def _takes(request: web.Request, size: int) -> bool:
    """Whether nobody will wait for the reader: he has taken all so far, and this is little."""
    transport = request.transport
    return transport is not None and size < UNWATCHED and not transport.get_write_buffer_size()


async def _batches(
    request: web.Request, site: Site, wanted: Wanted, since: int
) -> AsyncIterator[tuple[tuple[Change, ...], Gap | None, int]]:
    """What has accumulated, again and again; first of all a gap when `since` is not of this run."""
    follower, who, cursor = site.follower, request[WHO], Cursor(since)
    if cursor.at > follower.head:
        yield (), Gap(follower.head, cursor.at), follower.head
        cursor.at = follower.head
    while True:
        before = cursor.at
        changes, gap = follower.take(cursor, wanted, who, site.rights)
        if cursor.at > before:
            yield changes, gap, cursor.at
            if cursor.at < follower.head:
                await turn()
        else:
            await follower.beyond(cursor.at)


async def _follow_socket(
    request: web.Request, site: Site, wanted: Wanted, since: int
) -> web.StreamResponse:
    with site.stream(request):
        link = await _open(request, site)

        async def send() -> None:
            hello = {
                "journal": site.world.journal.name,
                "course": site.course,
                "head": site.follower.head,
                "start": site.world.clock.start.isoformat(),
                **time_of(site),
            }
            await link.send_str(canonical({"hello": hello}))
            words = site.translations.get(language_of(request))
            batches = _batches(request, site, wanted, since)
            upto, coming = since, asyncio.ensure_future(anext(batches))
            leaving = asyncio.ensure_future(site.leaving.wait())
            is_told = False
            try:
                while True:
                    await asyncio.wait(
                        {coming} if is_told else {coming, leaving},
                        timeout=TIME_S,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    changes: tuple[Change, ...] = ()
                    gap = None
                    if coming.done():
                        changes, gap, upto = coming.result()
                        coming = asyncio.ensure_future(anext(batches))
                    rows = ",".join(site.follower.text(c, words) for c in changes)
                    missed: JSON = None if gap is None else {"from": gap.first, "to": gap.last}
                    told: dict[str, JSON] = {"upto": upto, "gap": missed, **time_of(site)}
                    if site.farewell is not None:
                        told["bye"], is_told = site.farewell, True
                    head = canonical(told)
                    await link.send_str(f'{head[:-1]},"changes":[{rows}]}}')
            finally:
                coming.cancel()
                leaving.cancel()

        await _until_closed(link, asyncio.ensure_future(send()))
    return link


def time_of(site: Site) -> dict[str, JSON]:
    """The world's time, and how fast it goes; 0: it stands still."""
    clock = site.world.clock
    is_paused = getattr(clock, "is_paused", False)
    return {"now": clock.now(), "speed": 0.0 if is_paused else getattr(clock, "speed", 1.0)}


async def _open(request: web.Request, site: Site) -> web.WebSocketResponse:
    """Accept a WebSocket of our own origin; a page from elsewhere is refused."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != site.base(request):
        raise ProblemError(403, "foreign_origin", f"A page of {origin} may not connect here.")
    link = web.WebSocketResponse(
        heartbeat=PING_S, max_msg_size=site.limits.body_bytes, timeout=CLOSES_WITHIN_S
    )
    await link.prepare(request)
    return link


async def _until_closed(link: web.WebSocketResponse, sending: "asyncio.Future[None]") -> None:
    """Until the peer closes, sending fails, or the site shuts down."""
    receiving = asyncio.ensure_future(_receive(link))
    try:
        await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, receiving):
            task.cancel()
        await asyncio.gather(sending, receiving, return_exceptions=True)
        await link.close()


async def _receive(link: web.WebSocketResponse) -> None:
    async for message in link:
        if message.type is not WSMsgType.TEXT:
            return

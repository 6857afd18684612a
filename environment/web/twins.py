"""A twin's own address: its description, state, properties, history, links, fidelity."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice

from aiohttp import web

from environment.errors import BadValueError, UnknownTwinError
from environment.model.change import JSON, Change, Observation
from environment.model.frame import State
from environment.model.twin import Twin
from environment.web.bodies import Emergency, Fact, checked
from environment.web.bundles import FHIR_TYPE, bundle, is_mapped
from environment.web.descriptions import path, urn
from environment.web.languages import language_of, translated
from environment.web.mementos import headers as mementos
from environment.web.mementos import moment
from environment.web.pages import index, twin_page
from environment.web.problems import RETRY_S, ProblemError, invalid
from environment.web.site import (
    JSON_TYPE,
    TD_TYPE,
    WHO,
    Site,
    accepts,
    allow,
    answer,
    flag,
    json_body,
    number,
    site_of,
    twin_of,
    visible,
    whole,
)
from environment.web.things import described
from environment.wire import change_out, state_out

HTML_TYPE = "text/html"
#: How far ahead of the world's clock a source may be (engineering default, seconds).
AHEAD_S = 2.0


async def twin(request: web.Request) -> web.StreamResponse:
    """The twin as a Thing Description (also for */*), JSON state, FHIR Bundle, or page."""
    found = twin_of(request)
    await _reached(request, site_of(request))
    seen = _seen(request, found)
    offered = {TD_TYPE: "td", "application/ld+json": "td", JSON_TYPE: "state", HTML_TYPE: "page"}
    if is_mapped(found):
        offered[FHIR_TYPE] = "fhir"
    kind = accepts(request, offered, "td")
    if kind == "state":
        return await state(request)
    if kind == "fhir":
        return _fhir(request, found, seen)
    if kind == "page":
        return twin_page(request, found, seen)
    return answer(described(request, found), content_type=TD_TYPE, headers={"Vary": "Accept"})


async def fhir(request: web.Request) -> web.StreamResponse:
    """The state as a FHIR R4 Bundle, with its frame; what is absent says why."""
    found = twin_of(request)
    if not is_mapped(found):
        raise ProblemError(406, "not_acceptable", f"FHIR has no word for a {found.kind}.")
    await _reached(request, site_of(request))
    return _fhir(request, found, _seen(request, found))


def _fhir(request: web.Request, found: Twin, seen: State) -> web.Response:
    site = site_of(request)
    known_at = number(request, "known_at")
    body = bundle(site, request[WHO], found, seen, site.base(request), known_at=known_at)
    headers = {"Vary": "Accept, Accept-Datetime, Twin-Frame"}
    headers |= mementos(request, found, seen, "fhir")
    return answer(body, content_type=FHIR_TYPE, headers=headers)


def _seen(request: web.Request, found: Twin) -> State:
    """The state that the query asks for, as this caller may see it."""
    site, who = site_of(request), request[WHO]
    at, known_at = moment(request), number(request, "known_at")
    frame = request.query.get("frame", request.headers.get("Twin-Frame", "strict"))
    if frame not in ("strict", "latest"):
        raise ProblemError(422, "bad_value", f"frame '{frame}': expected 'strict' or 'latest'.")
    got = site.world.state(found.id, at, known_at=known_at, latest=frame == "latest")
    return site.rights.veiled(who, found, got)


async def state(request: web.Request) -> web.StreamResponse:
    """The state: now, or as of `at`, as known at `known_at`; with its frame and an ETag."""
    site, found = site_of(request), twin_of(request)
    await _reached(request, site)
    seen = _seen(request, found)
    # Readings that renew a value do not raise the revision, but they move its age and the frame.
    newest = max((r.seq for r in seen.values.values()), default=0)
    etag = f"{seen.revision}-{newest}"
    headers = {
        "ETag": f'"{etag}"',
        "Vary": "Accept, Accept-Datetime, Twin-Frame, Cookie",
        "Cache-Control": "no-cache",
        **mementos(request, found, seen),
    }
    if not _matches(request.headers.get("If-Match", "*"), etag):
        raise ProblemError(
            412, "changed_meanwhile", f"The revision is {etag} now. Read the state again."
        )
    if "If-None-Match" in request.headers and _matches(request.headers["If-None-Match"], etag):
        return web.Response(status=304, headers=headers)
    words = site.translations.get(language_of(request), {})
    body = {**translated(state_out(seen), words), "kind": found.kind, "id": urn(found)}
    return answer(body, headers=headers)


def _matches(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in [
        part.strip().removeprefix("W/").strip('"') for part in header.split(",")
    ]


async def _reached(request: web.Request, site: Site) -> None:
    """Wait until the journal holds `?min_seq=`: what was pushed can be read."""
    wanted = whole(request, "min_seq", 0)
    if wanted <= site.follower.head:
        return
    try:
        async with asyncio.timeout(RETRY_S):
            await site.follower.beyond(wanted - 1)
    except TimeoutError:
        raise ProblemError(
            503,
            "not_yet",
            f"The journal holds {site.follower.head} changes, not yet {wanted}.",
            {"Retry-After": str(RETRY_S)},
        ) from None


async def properties(request: web.Request) -> web.StreamResponse:
    """All values that the caller may see; null for what is absent."""
    found = twin_of(request)
    seen = _seen(request, found)
    names = [n for n in found.properties if n in seen.values or n in seen.absent]
    hidden = {n for n, a in seen.absent.items() if a.reason == "not_permitted"}
    return answer({name: seen.get(name) for name in names if name not in hidden})


async def one_property(request: web.Request) -> web.StreamResponse:
    """One value; with `detail=1` also its times, source, quality and frame."""
    name = request.match_info["name"]
    found = twin_of(request)
    found.member("property", name, found.id)
    allow(site_of(request), request[WHO], "read", found, name)
    seen = _seen(request, found)
    if not flag(request, "detail"):
        return answer(seen.get(name))
    out = state_out(seen)
    row = out["values"].get(name) or {"value": None, "absent": out["absent"].get(name)}
    return answer({**row, "frame": out["frame"], "at": out["at"]})


async def links(request: web.Request) -> web.StreamResponse:
    """Links both ways: those of the twin, and those of others to it; ended ones with `all=1`."""
    site, who, found = site_of(request), request[WHO], twin_of(request)
    base, ended = site.base(request), flag(request, "all")
    rows: list[JSON] = []
    for one in site.world.twins.values():
        for held in one.ledger.links:
            if found.id not in (one.id, held.target) or (held.until is not None and not ended):
                continue
            out = one.id == found.id
            other = site.world.twins[held.target] if out else one
            if not site.rights.allows(who, "read", other):
                continue
            declared = one.link_types[held.rel]
            rows.append(
                {
                    "rel": held.rel if out else declared.inverse,
                    "direction": "out" if out else "in",
                    "inverse": declared.inverse if out else held.rel,
                    "twin": other.id,
                    "href": f"{base}{path(other)}",
                    "since": held.since,
                    "until": held.until,
                }
            )
    return answer(rows)


async def fidelity(request: web.Request) -> web.StreamResponse:
    """How well the twin mirrors its asset now, with the three factors; null when nothing comes."""
    site, found = site_of(request), twin_of(request)
    window = number(request, "window")
    if window is not None and not 1 <= window <= 86_400:
        raise ProblemError(422, "bad_value", f"?window={window:g}: expected 1 to 86400 seconds.")
    got = site.world.fidelity(found.id) if window is None else site.world.fidelity(found.id, window)
    if got is None:
        return answer({"fidelity": None, "life": found.life.value})
    return answer(
        {
            "fidelity": got.value,
            "timeliness": got.timeliness,
            "reliability": got.reliability,
            "availability": got.availability,
            "life": found.life.value,
        }
    )


async def history(request: web.Request) -> web.StreamResponse:
    """The twin's changes by when they were recorded, in pages that an opaque link continues."""
    site, who, found = site_of(request), request[WHO], twin_of(request)
    limit = whole(request, "limit", 100, low=1, high=site.limits.page)
    since = _cursor(request.query.get("page", ""))
    start, end = number(request, "from"), number(request, "to")
    kinds = {k for text in request.query.getall("kinds", []) for k in text.split(",") if k}
    name = request.query.get("name")
    asked = site.world.journal.read(
        twin=found.id,
        since=since,
        start=float("-inf") if start is None else start,
        end=float("inf") if end is None else end,
        name=name,
    )
    shown = (
        c
        for c in asked
        if (not kinds or c.kind in kinds) and site.rights.shows(who, "read", found, c)
    )
    rows = list(islice(shown, limit + 1))  # judge no more than the page needs
    page = rows[:limit]
    body: dict[str, JSON] = {"changes": [change_out(c) for c in page]}
    headers = {}
    if len(rows) > limit:
        query = {k: v for k, v in request.query.items() if k not in ("page", "ticket")}
        url = request.rel_url.with_query({**query, "page": _page_after(page[-1])})
        body["next"] = f"{site.base(request)}{url}"
        headers["Link"] = f'<{body["next"]}>; rel="next"'
    return answer(body, headers=headers)


def _page_after(change: Change) -> str:
    return urlsafe_b64encode(f"after:{change.seq}".encode()).decode().rstrip("=")


def _cursor(text: str) -> int:
    if not text:
        return 0
    try:
        padded = text + "=" * (-len(text) % 4)
        word, seq = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").split(":")
        if word == "after" and 0 <= int(seq) <= 2**53:
            return int(seq)
    except ValueError:
        pass
    raise ProblemError(
        422, "bad_value", f"?page={text} is not a page of this history. Follow `next` as it came."
    )


async def observations(request: web.Request) -> web.StreamResponse:
    """Facts from a source, idempotent by (source, source_seq); each gets an answer of its own."""
    site, who, found = site_of(request), request[WHO], twin_of(request)
    body = await json_body(request)
    facts, errors = checked(Fact, body)
    if errors:
        return invalid(errors)
    now = site.world.clock.now()
    for fact in facts:
        allow(site, who, "feed", found, fact.member)
        if fact.member not in found.events:
            found.member("property", fact.member, found.id)
        if fact.effective is not None and fact.effective > now + AHEAD_S:
            raise BadValueError(
                f"{found.id}.{fact.member}: effective {fact.effective:g} s lies ahead of the "
                f"world's clock ({now:.1f} s). Set the source's clock right."
            )
    return answer({"results": [_take(site, who.name, found, fact, now) for fact in facts]})


def _take(site: Site, by: str, found: Twin, fact: Fact, now: float) -> JSON:
    observation = Observation(
        twin=found.id,
        member=fact.member,
        value=fact.value,
        effective=now if fact.effective is None else fact.effective,
        source=by,  # nobody speaks for another source
        source_seq=fact.source_seq,
        unit=fact.unit,
        quality=fact.quality,
        by=by,
        cause=fact.cause,
    )
    before = len(site.world.journal)
    change = site.world.observe(observation)
    if change is not None:
        return {"result": "taken", "change": change_out(change)}
    if len(site.world.journal) == before:
        return {"result": "duplicate"}
    refused = site.world.journal.last(found.id, "reading_refused")
    assert refused is not None  # `observe` has just recorded it
    return {"result": "refused", "why": refused.value["why"], "seq": refused.seq}


async def publish(request: web.Request) -> web.StreamResponse:
    """State an event of a twin that mirrors the caller (an agent's mind)."""
    site, who, found = site_of(request), request[WHO], twin_of(request)
    name = request.match_info["name"]
    found.member("event", name, found.id)
    allow(site, who, "feed", found, name)
    value = await json_body(request)
    cause = cause_of(request)
    change = site.world.record(found.id, "event", name, value, by=who.name, cause=cause)
    return answer({"change": change_out(change)}, status=201)


async def break_glass(request: web.Request) -> web.StreamResponse:
    """Look at all of a twin for a while, with a reason, in an emergency; it is recorded."""
    site, who = site_of(request), request[WHO]
    kind, name = request.match_info["kind"], request.match_info["id"]
    found = site.world.twins.get(name)
    if found is None or found.kind != kind or not site.rights.allows(who, "break_glass", found):
        found = twin_of(request)  # unknown, or not to be known of: 404
        allow(site, who, "break_glass", found, "")
    reasons, errors = checked(Emergency, await json_body(request))
    if errors:
        return invalid(errors)
    until = site.rights.break_glass(who, found)
    value = {"by": who.name, "reason": reasons[0].reason, "until_s": until}
    site.world.record(found.id, "event", "glass_broken", value, by=who.name)
    return answer({"until_s": until}, status=201)


def cause_of(request: web.Request) -> int | None:
    """The change that led to this request, from its header; None when there is none."""
    text = request.headers.get("Twin-Cause", "")
    head = site_of(request).follower.head
    if not text:
        return None
    if not text.isdigit() or len(text) > 15 or not 1 <= int(text) <= head:
        raise ProblemError(422, "bad_value", f"Twin-Cause '{text}': expected a seq up to {head}.")
    return int(text)


async def lookup(request: web.Request) -> web.StreamResponse:
    """Ids of twins by kind and link, in order of creation; a browser gets a page of them."""
    offered = {"text/html": "page", JSON_TYPE: "rows"}
    is_browser = "text/html" in request.headers.get("Accept", "")
    if is_browser and accepts(request, offered, "rows") == "page":
        return await index(request)
    site, who = site_of(request), request[WHO]
    query = request.query
    target = query.get("target")
    if target is not None and target not in visible(site, who):
        raise UnknownTwinError(target, visible(site, who))
    ids = site.world.find(query.get("kind"), query.get("rel"), target)
    known = set(visible(site, who))
    rows = [
        {"id": name, "kind": site.world.twins[name].kind, "href": path(site.world.twins[name])}
        for name in ids
        if name in known
    ]
    return answer(rows)

"""Operations: which there are, which are available now, and the life of an invocation."""

import asyncio
import hashlib
import traceback
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import unquote

import structlog
from aiohttp import web

from environment.errors import BadValueError, RefusedError, TwinError
from environment.model.change import JSON, canonical
from environment.model.members import Finding
from environment.model.twin import Twin
from environment.runtime.notices import because
from environment.runtime.operations import Progress, Status
from environment.web.bodies import Reason, checked
from environment.web.descriptions import operation_input, path
from environment.web.problems import ProblemError, invalid, of_error
from environment.web.site import WHO, Site, answer, json_body, number, site_of, twin_of
from environment.web.twins import cause_of

log = structlog.get_logger()

#: The Profile's four words for our ten.
_PROFILE = {
    Status.REQUESTED: "pending",
    Status.ACCEPTED: "pending",
    Status.RUNNING: "running",
    Status.COMPLETED: "completed",
    Status.CONFIRMED: "completed",
    Status.UNCONFIRMED: "completed",
    Status.REFUSED: "failed",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
    Status.EXPIRED: "failed",
}
#: The guard that stands against everything in a run that has ended.
OVER = "case_is_over"
_OVER = Finding("a case that goes on", "one that is over")
ENDED = frozenset(s for s, word in _PROFILE.items() if word in ("completed", "failed"))


def action_status(site: Site, twin: Twin, progress: Progress) -> dict[str, JSON]:
    """The Profile's ActionStatus of an invocation, with what was seen of its effect."""
    start, call, status = site.world.clock.start, progress.call, progress.status
    word = _PROFILE[status]
    effect = "none"
    if twin.operations[call.operation].effect is not None:
        seen = status in (Status.CONFIRMED, Status.UNCONFIRMED)
        effect = status.value if seen else "pending"
    body: dict[str, JSON] = {
        "status": word,
        "href": f"{path(twin)}/operations/{call.operation}/{call.id}",
        "invocation": call.id,
        "step": status.value,
        "effect": effect,
        "timeRequested": (start + timedelta(seconds=call.at)).isoformat(),
        "seq": progress.changes[-1].seq,
    }
    ends = [c for c in progress.changes if Status(c.value["status"]) in ENDED]
    if ends:
        body["timeEnded"] = (start + timedelta(seconds=ends[0].recorded)).isoformat()
    if word == "completed":
        body["output"] = progress.output
    elif word == "failed":
        last = {k: v for k, v in progress.changes[-1].value.items() if k != "invocation"}
        body["error"] = {"title": last.get("message") or progress.reason or status.value, **last}
    return body


async def operations(request: web.Request) -> web.StreamResponse:
    """Every operation: what it takes, whether it is available now, and what stands against it."""
    site, who, found = site_of(request), request[WHO], twin_of(request)
    rows: dict[str, JSON] = {}
    for row in site.operations.available(found.id, who.name, who.role):
        declared = found.operations[row.operation]
        against: JSON = None
        if not site.rights.allows(who, "invoke", found, row.operation):
            against = {"guard": "within_rights", **_finding(_no_right(who.role, found))}
        elif site.is_over:
            against = {"guard": OVER, **_finding(_OVER)}
        elif not row.available:
            against = {
                "guard": row.guard,
                "expected": row.expected,
                "found": row.found,
                "since": row.since,
            }
        rows[row.operation] = {
            "description": declared.doc,
            "input": operation_input(declared),
            "available": against is None,
            "against": against,
            "effect": declared.effect.doc if declared.effect else None,
            "within_s": declared.within_s,
            "undo": declared.undo or None,
            "href": f"{path(found)}/operations/{row.operation}",
        }
    return answer(rows)


def _finding(finding: Finding) -> dict[str, JSON]:
    return {"expected": finding.expected, "found": finding.found, "since": finding.since}


def _no_right(role: str, twin: Twin) -> Finding:
    phase = f" in phase {twin.phase}" if twin.phase else ""
    return Finding(f"a right to operate a {twin.kind}{phase}", f"role {role}")


async def invoke(request: web.Request) -> web.StreamResponse:
    """Ask for an operation: 201 with its address, or a problem that names the guard."""
    site, who, found = site_of(request), request[WHO], twin_of(request)
    name = request.match_info["name"]
    found.member("operation", name, found.id)
    _same_course(request, site)
    if site.is_over and site.rights.allows(who, "invoke", found, name):
        return of_error(RefusedError(name, OVER, _OVER.expected, _OVER.found))
    body = await json_body(request)
    if body is not None and not isinstance(body, Mapping):
        return invalid([("", "expected an object with the operation's arguments")])
    key, digest = request.headers.get("Idempotency-Key", ""), ""
    if key:
        if len(key) > 200:
            raise ProblemError(422, "bad_value", "Idempotency-Key: at most 200 characters.")
        place = (who.name, f"{found.id}.{name}", key)
        digest = hashlib.sha256(canonical(body).encode()).hexdigest()
        if place not in site.answers:
            _remember(request, site, found, place)
        if place in site.answers:
            first, given = site.answers[place]
            if first != digest:
                raise ProblemError(
                    422, "key_reused", f"The key '{key}' came before with another body."
                )
            return _again(given)
    kept = {"key": key, "body": digest} if key else None
    response = _begin(request, site, found, name, dict(body or {}), kept)
    if key:
        site.answers[place] = (digest, response)
        if len(site.answers) > site.limits.answers:
            site.answers.pop(next(iter(site.answers)))  # the oldest
        return _again(response)
    return response


def _same_course(request: web.Request, site: Site) -> None:
    """Refuse what was meant for another run, or for a future that was discarded."""
    meant = unquote(request.headers.get("Twin-Course", ""))
    if meant and meant != site.course:
        raise ProblemError(
            412,
            "other_course",
            f"This was asked of the course '{meant}', and now '{site.course}' is played: the "
            "session went back, or is another one. Read the twins anew and ask again.",
        )


def _remember(request: web.Request, site: Site, found: Twin, place: tuple[str, str, str]) -> None:
    """What was answered to a key before this process took the run up, from its journal."""
    by, what, key = place
    for progress in site.operations.remembered:
        call, asked = progress.call, progress.changes[0].value
        known = asked.get("key", {})
        if (call.by, f"{call.twin}.{call.operation}", known.get("key")) != (by, what, key):
            continue
        refusal = next((c.value for c in progress.changes if c.value["status"] == "refused"), None)
        if refusal is not None:
            response = of_error(
                RefusedError(
                    what,
                    refusal["guard"],
                    refusal["expected"],
                    refusal["found"],
                    since=refusal["since"],
                    invocation=call.id,
                )
            )
        else:
            response = _accepted(request, site, found, progress)
        site.answers[place] = (known["body"], response)


def _again(response: web.Response) -> web.Response:
    """A response can be sent once; this is the same answer for another sending."""
    kept = ("Location", "Retry-After")
    return web.Response(
        status=response.status,
        body=response.body,
        content_type=response.content_type,
        headers={k: response.headers[k] for k in kept if k in response.headers},
    )


def _begin(
    request: web.Request,
    site: Site,
    found: Twin,
    name: str,
    arguments: dict[str, JSON],
    key: dict[str, str] | None,
) -> web.Response:
    who = request[WHO]
    is_within = site.rights.allows(who, "invoke", found, name)
    try:
        with because(who.name, cause_of(request)):
            progress = site.operations.request(
                found.id,
                name,
                (),
                arguments,
                by=who.name,
                role=who.role,
                forbidden=None if is_within else _no_right(who.role, found),
                key=key,
            )
    except (RefusedError, BadValueError) as error:
        return of_error(error)
    site.spawn(carry_out(site, progress))
    return _accepted(request, site, found, progress)


def _accepted(request: web.Request, site: Site, found: Twin, progress: Progress) -> web.Response:
    body = action_status(site, found, progress)
    body["href"] = f"{site.base(request)}{body['href']}"
    return answer(body, status=201, headers={"Location": body["href"]})


async def carry_out(site: Site, progress: Progress) -> None:
    """Let the asset do it; how it ended is in the journal, a defect also in the log."""
    try:
        await site.operations.carry_out(progress)
    except TwinError:
        return
    except Exception:
        call = progress.call
        where = traceback.format_exc()
        log.error(  # noqa: TRY400 - `exception` would add the local variables
            "invocation_broke", twin=call.twin, name=call.operation, traceback=where
        )


def _progress(request: web.Request, site: Site, found: Twin) -> Progress:
    number_ = request.match_info["invocation"]
    progress = site.operations.invocations.get(number_)
    name = request.match_info["name"]
    if progress is None or (progress.call.twin, progress.call.operation) != (found.id, name):
        raise ProblemError(404, "unknown_invocation", f"No invocation '{number_}' of '{name}'.")
    mine = progress.call.by == request[WHO].name
    if not mine and not site.rights.allows(request[WHO], "read", found, name):
        raise ProblemError(404, "unknown_invocation", f"No invocation '{number_}' of '{name}'.")
    return progress


async def invocation(request: web.Request) -> web.StreamResponse:
    """Where an invocation stands; `wait` seconds for its end, at most."""
    site, found = site_of(request), twin_of(request)
    progress = _progress(request, site, found)
    wait = min(number(request, "wait") or 0.0, site.limits.wait_s)
    if wait > 0 and progress.status not in ENDED:
        try:
            with site.stream(request):
                async with asyncio.timeout(wait):
                    while progress.status not in ENDED:
                        await site.follower.beyond(site.follower.head)
        except TimeoutError:
            pass  # it still runs, and the answer says so
    body = action_status(site, found, progress)
    body["href"] = f"{site.base(request)}{body['href']}"
    return answer(body)


async def cancel(request: web.Request) -> web.StreamResponse:
    """Give up an invocation that is still running; its caller may, and the instructor."""
    site, who, found = site_of(request), request[WHO], twin_of(request)
    progress = _progress(request, site, found)
    if progress.call.by != who.name and who.role != "instructor":
        raise ProblemError(
            403, "not_permitted", f"Only '{progress.call.by}' or an instructor may cancel this."
        )
    body = await json_body(request)
    reasons, errors = checked(Reason, body or {})
    if errors:
        return invalid(errors)
    if progress.status in ENDED:
        raise ProblemError(409, "already_ended", f"It is {progress.status.value} already.")
    site.operations.cancel(progress.call.id, reasons[0].reason)
    return web.Response(status=204)

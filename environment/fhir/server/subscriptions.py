"""Subscriptions of R4 by REST hook: whoever asked is told of each match, in order, each once.

What was delivered is a change of the record, so a server that comes back knows what is still to be
told. A delivery that fails is tried again after longer and longer pauses; after the last try the
subscription has the status `error` and says why.
"""

import asyncio
import ipaddress
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from environment.fhir.case import RECORD
from environment.fhir.checks import InvalidResourceError, Problem
from environment.fhir.elements import Resource
from environment.fhir.rules import is_resource
from environment.fhir.server.fold import Fold
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.queries import Query, parse
from environment.fhir.server.search import Search, resource_of
from environment.fhir.server.shelves import Shelves, Sight, Version
from environment.model.change import Change
from environment.runtime.clock import Clock

#: Pauses between tries, in seconds (engineering default): five tries in half a minute.
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)
#: Deliveries that may wait for one subscriber (engineering default).
MOST_WAITING = 10_000
HEADERS_KEPT_FROM = ("host", "content-length", "transfer-encoding", "connection", "content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to a subscriber."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


#: Sends one delivery; returns the status of HTTP, raises OSError where nobody answers.
Send = Callable[[Delivery], Awaitable[int]]
#: What the role of a subscriber may see, and the text that he may have.
Look = Callable[[str, str], tuple[Callable[[Sight], bool], Callable[[Version], bytes]]]
#: Puts a subscription again with another status, as a change of the record.
Restate = Callable[[Version, Resource], None]


@dataclass(slots=True, kw_only=True)
class Subscriber:
    """One active subscription: what it waits for."""

    id: str
    query: Query
    url: str
    payload: bool
    headers: dict[str, str]
    name: str
    role: str
    waiting: deque[Version] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None


def check_subscription(
    resource: Resource, allowed: Collection[str], admit: Callable[[Query], None]
) -> None:
    """Refuse a subscription that could never be served, or that the caller may not ask for.

    `allowed` are origins beyond loopback; `admit` refuses a query that would tell too much.
    """
    channel = resource["channel"]
    found = []
    if channel["type"] != "rest-hook":
        text = f"'{channel['type']}' is not served here; use rest-hook"
        found.append(Problem("Subscription.channel.type", "not-supported", text))
    if channel.get("payload") not in (None, "application/fhir+json", "application/json"):
        text = "expected application/fhir+json, or none"
        found.append(Problem("Subscription.channel.payload", "not-supported", text))
    why = _unreachable(str(channel.get("endpoint", "")), allowed)
    if why:
        found.append(Problem("Subscription.channel.endpoint", "security", why))
    for line in channel.get("header", ()):
        name, colon, value = line.partition(":")
        is_token = name.replace("-", "").isalnum() and name.isascii()
        if not colon or not is_token or name.lower() in HEADERS_KEPT_FROM or "\n" in value:
            text = f"'{name[:40]}' cannot be set; expected `Name: value`"
            found.append(Problem("Subscription.channel.header", "value", text))
    if resource["status"] not in ("requested", "active", "off"):
        text = "expected requested, active or off; the server says the rest"
        found.append(Problem("Subscription.status", "business-rule", text))
    try:
        admit(_query(resource["criteria"]))
    except FhirError as wrong:
        found.append(Problem("Subscription.criteria", "value", str(wrong)))
    if found:
        raise InvalidResourceError(found)


def _query(criteria: str) -> Query:
    type, _, text = criteria.partition("?")
    if not is_resource(type):
        raise FhirError(400, f"'{criteria[:60]}': expected Type?parameter=value.")
    query = parse(type, parse_qsl(text, keep_blank_values=True), strict=True)
    if any(c.chain or c.has for c in query.clauses) or query.includes or query.revincludes:
        raise FhirError(400, "no chains, _has or includes: each resource is judged by itself.")
    return query


def _unreachable(url: str, allowed: Collection[str]) -> str:
    """Why an address is not written to; empty if it is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return f"'{url[:60]}' is no address"
    if parts.scheme not in ("http", "https") or not host:
        return "expected an address that begins with http:// or https://"
    if parts.username is not None or parts.fragment:
        return "no user and no fragment in the address"
    if f"{parts.scheme}://{parts.netloc}" in allowed or host == "localhost":
        return ""
    try:
        is_near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_near = False
    return "" if is_near else f"'{host}' is not this machine, and the site does not allow it"


class Subscriptions:
    """Watches what the fold takes, and tells subscribers."""

    def __init__(
        self,
        fold: Fold,
        clock: Clock,
        look: Look,
        restate: Restate,
        record: Callable[[str, dict[str, object]], Change],
    ) -> None:
        self.fold, self.clock = fold, clock
        self.look, self.restate, self.record = look, restate, record
        self.send: Send | None = None
        self._active: dict[str, Subscriber] = {}
        self._done: set[tuple[str, str]] = set()
        for version in [*fold.shelves.log]:
            self.hear(version)
        fold.heard.append(self.hear)

    def hear(self, version: Version) -> None:
        """A version has come: a subscription begins or ends, or somebody is to be told."""
        if version.type == "Subscription":
            self._subscribe(version)
        if not version.text:
            return
        for one in self._active.values():
            if one.query.type == version.type and self._matches(one, version):
                one.waiting.append(version)
                self._start(one)

    def _subscribe(self, version: Version) -> None:
        old = self._active.pop(version.id, None)
        if old is not None and old.task is not None:
            old.task.cancel()
        if not version.text or not version.is_given:
            return
        resource = resource_of(version)
        if resource["status"] != "active":
            return
        channel = resource["channel"]
        change = self.fold.journal[version.seq]
        lines = (line.partition(":") for line in channel.get("header", ()))
        self._active[version.id] = Subscriber(
            id=version.id,
            query=_query(resource["criteria"]),
            url=channel["endpoint"],
            payload="payload" in channel,
            headers={name: value.strip() for name, _, value in lines},
            name=change.by,
            role=change.value["role"],
        )

    def _matches(self, one: Subscriber, version: Version) -> bool:
        sees, _ = self.look(one.name, one.role)
        if not sees(version.sight):
            return False
        alone = Shelves()
        alone.put(version, resource_of(version), self.fold.start.timestamp() + version.at_s)
        now = self.fold.start.timestamp() + version.at_s
        search = Search(alone, lambda: now)
        return bool(search.matching(one.query, lambda _: True, 1))

    # -- telling ---------------------------------------------------------------------------

    def begin(self, send: Send) -> None:
        """From now on messages can go out: what is still to be told is told."""
        self.send = send
        for change in self.fold.journal.read(twin=RECORD, kind="event", name="notified"):
            self._done.add((change.value["subscription"], change.value["resource"]))
        for one in self._active.values():
            self._start(one)

    def _start(self, one: Subscriber) -> None:
        if self.send is None or (one.task is not None and not one.task.done()):
            return
        one.task = asyncio.get_running_loop().create_task(self._tell(one))

    async def _tell(self, one: Subscriber) -> None:
        while one.waiting and self._active.get(one.id) is one:
            version = one.waiting[0]
            name = f"{version.reference}/_history/{version.number}"
            if len(one.waiting) > MOST_WAITING:
                self._fail(one, f"{len(one.waiting)} messages wait; nobody takes them")
                return
            if (one.id, name) not in self._done:
                why, tries = await self._deliver(one, version, name)
                result = why or "delivered"
                self._done.add((one.id, name))
                self.record(
                    "notified",
                    {
                        "subscription": one.id,
                        "resource": name,
                        "result": result,
                        "attempts": tries,
                    },
                )
                if why:
                    self._fail(one, why)
                    return
            one.waiting.popleft()

    async def _deliver(self, one: Subscriber, version: Version, name: str) -> tuple[str, int]:
        """Why it could not be told, after how many tries; empty if it was."""
        assert self.send is not None  # nobody is told before
        _, text = self.look(one.name, one.role)
        headers = {**one.headers, "X-Request-Id": name}
        delivery = Delivery(method="POST", url=one.url, headers=headers, body=b"")
        if one.payload:
            headers["Content-Type"] = "application/fhir+json"
            url = f"{one.url.rstrip('/')}/{version.reference}"
            delivery = Delivery(method="PUT", url=url, headers=headers, body=text(version))
        why = ""
        for tries, pause in enumerate((*PAUSES_S, 0.0), start=1):
            try:
                status = await self.send(delivery)
                if 200 <= status < 300:
                    return "", tries
                why = f"the subscriber answers with status {status}"
            except OSError as error:
                why = f"the subscriber does not answer: {type(error).__name__}"
            if pause:
                await self.clock.sleep(pause)
        return why, len(PAUSES_S) + 1

    def _fail(self, one: Subscriber, why: str) -> None:
        held = self.fold.shelves["Subscription"].get(one.id)
        if held is None or not held.text:
            return
        one.task = None  # it ends itself; putting the subscription again must not cancel it
        self.restate(held, {**resource_of(held), "status": "error", "error": why})

    async def close(self) -> None:
        """Nobody is told any more."""
        self.send = None
        tasks = [one.task for one in self._active.values() if one.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

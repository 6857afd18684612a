"""The FHIR server without its network: a request in, an answer out; one table of what it does."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from environment.errors import BadValueError, TwinError, did_you_mean
from environment.fhir.bulk import Entry, Transaction, checked_bundle, entries_of
from environment.fhir.capabilities import OPERATIONS, capability_statement, served_types
from environment.fhir.checks import problems
from environment.fhir.elements import Resource
from environment.fhir.encounters import step_of
from environment.fhir.everything import Everything, resource_in
from environment.fhir.fold import RECORD, Fold
from environment.fhir.outcomes import FhirError, outcome, outcome_of, said
from environment.fhir.pages import Pages, bundle, shape_of
from environment.fhir.queries import parse
from environment.fhir.search import Search, resource_of
from environment.fhir.shelves import Shelves, Sight, Version
from environment.fhir.subscriptions import Subscriptions, check_subscription
from environment.fhir.texts import read, write
from environment.fhir.values import instant, moment
from environment.fhir.viewing import Viewer
from environment.fhir.writing import Intent, Writer
from environment.model.change import JSON, Change
from environment.runtime.access import Caller, Rights
from environment.runtime.operations import Operations
from environment.twins.record import Record

FHIR_JSON = "application/fhir+json"
JSON_TYPES = (FHIR_JSON, "application/json", "text/json", "json")
FORM = "application/x-www-form-urlencoded"
#: What `fhirVersion` in a media type may say.
VERSIONS = ("4.0", "4.0.1")
#: Seconds of real time that an answer waits for what a step of a process changed.
STEP_WITHIN_S = 4.0

T = TypeVar("T")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked: `path` below the base, headers in lower case."""

    method: str
    path: tuple[str, ...]
    base: str
    who: Caller
    query: Pairs = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def prefers(self, name: str) -> str:
        """What `Prefer` says of a name."""
        for part in self.headers.get("prefer", "").replace(";", ",").split(","):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return ""


@dataclass(slots=True, kw_only=True)
class Answer:
    """What is answered; the body is FHIR as JSON, or nothing."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Server:
    """FHIR R4 over the twins of one world."""

    def __init__(
        self, operations: Operations, rights: Rights, *, hooks: Collection[str] = ()
    ) -> None:
        self.operations, self.world, self.rights = operations, operations.world, rights
        self.hooks = frozenset(hooks)  # origins beyond loopback that subscribers may have
        clock = self.world.clock
        self.fold = Fold(self.world.journal, clock.start)
        self.fold.follow(clock.now())
        self.subscriptions = Subscriptions(
            self.fold, clock, self._look, self._restate, self._record
        )
        self._began = instant(clock.start, clock.now())
        self._statements: dict[str, bytes] = {}
        self._nobody = Record(RECORD)

    async def close(self) -> None:
        """Stop telling subscribers."""
        await self.subscriptions.close()

    def follow(self) -> None:
        """Take what the journal holds by now."""
        self.fold.follow(self.world.clock.now())

    # -- one request -----------------------------------------------------------------------

    async def answer(self, request: Request) -> Answer:
        """Answer; whatever is wrong with the request is an OperationOutcome."""
        try:
            self._acceptable(request)
            self.follow()
            return await _Exchange(self, request).answer()
        except RecursionError:
            error: TwinError = FhirError(400, "The request is nested too deeply.")
        except TwinError as wrong:
            error = wrong
        status, told, headers = outcome_of(error)
        return Answer(status=status, body=write(told).encode(), headers=headers)

    def statement(self, base: str) -> Answer:
        """The CapabilityStatement, which anybody may read."""
        if base not in self._statements:
            if len(self._statements) > 16:  # an address is what the caller says it is
                self._statements.clear()
            self._statements[base] = write(capability_statement(base, self._began)).encode()
        return Answer(status=200, body=self._statements[base])

    def _acceptable(self, request: Request) -> None:
        asked = dict(request.query).get("_format")
        wanted = asked.replace(" ", "+") if asked else request.headers.get("accept", "*/*")
        for part in wanted.split(","):
            media, *parameters = (p.strip() for p in part.split(";"))
            version = next(
                (p.partition("=")[2] for p in parameters if p.startswith("fhirVersion=")), ""
            )
            if version and version not in VERSIONS:
                continue
            if "q=0" not in parameters and media.lower() in (*JSON_TYPES, "*/*", "application/*"):
                return
        raise FhirError(406, f"'{wanted[:100]}' is not offered here. Offered: {FHIR_JSON}.")

    # -- what others of this package ask for -----------------------------------------------

    def viewer(self, who: Caller) -> Viewer:
        """The world as somebody may see it."""
        return Viewer(self.world, self.rights, who, self.world.twins.get(RECORD, self._nobody))

    def search(self, base: str) -> Search:
        """Searching, with references under this address taken as our own."""
        clock, began = self.world.clock, self.world.clock.start.timestamp()
        return Search(self.fold.shelves, lambda: began + clock.now(), base)

    def _look(
        self, name: str, role: str
    ) -> tuple[Callable[[Sight], bool], Callable[[Version], bytes]]:
        viewer = self.viewer(Caller(name, role))
        return viewer.sees, viewer.text

    def _restate(self, held: Version, resource: Resource) -> None:
        change = self.world.journal[held.seq]
        writer = self._writer(Caller(change.by, change.value["role"]), "")
        intent = Intent(type=held.type, id=held.id, method="PUT", resource=resource, is_new=False)
        writer.commit([intent], cause=held.seq)

    def _writer(self, who: Caller, base: str) -> Writer:
        return Writer(self.fold, self.search(base), self.operations, self.viewer(who))

    def _record(self, name: str, value: dict[str, object]) -> Change:
        return self.world.record(RECORD, "event", name, value, by="fhir")


class _Exchange:
    """One request being answered."""

    def __init__(self, server: Server, request: Request) -> None:
        self.server, self.request = server, request
        self.shelves: Shelves = server.fold.shelves
        self.viewer = server.viewer(request.who)
        self.search = server.search(request.base)
        self.pages = Pages(self.search, self.viewer)
        self.writer = Writer(server.fold, self.search, server.operations, self.viewer)
        self.gather = Everything(server.fold, self.search, self.viewer)

    async def answer(self) -> Answer:
        """Find what is asked for in the path, and do it."""
        path, method = self.request.path, self.request.method
        if not path:
            return await self._methods(POST=self._bulk)
        first, *rest = path
        if first == "metadata" and not rest:
            return self._plain(lambda: self.server.statement(self.request.base), method)
        if first == "_history" and not rest:
            return self._plain(self._system_history, method)
        if first.startswith("$"):
            raise FhirError(404, f"No operation '{first}' here.", issue="not-supported")
        if first not in served_types():
            hint = did_you_mean(first, served_types())
            raise FhirError(404, f"No type '{first}' here.{hint}", issue="not-supported")
        if not rest:
            return await self._methods(
                GET=self._search, POST=self._create, PUT=self._conditional_update
            )
        if rest[0] == "_search" and len(rest) == 1:
            return await self._methods(POST=self._search)
        if rest[0] == "_history" and len(rest) == 1:
            return self._plain(self._type_history, method)
        if rest[0].startswith("$") and len(rest) == 1:
            return await self._operation(first, "", rest[0][1:])
        return await self._instance(first, *rest)

    async def _instance(self, type: str, id: str, *rest: str) -> Answer:
        method = self.request.method
        if not rest:
            return await self._methods(GET=self._read, PUT=self._update, DELETE=self._delete)
        if rest[0] == "_history" and len(rest) == 1:
            return self._plain(self._history, method)
        if rest[0] == "_history" and len(rest) == 2:
            return self._plain(self._vread, method)
        if rest[0].startswith("$") and len(rest) == 1:
            return await self._operation(type, id, rest[0][1:])
        if type in ("Patient", "Encounter") and len(rest) == 1 and rest[0] in served_types():
            return await self._methods(GET=self._compartment)
        raise FhirError(404, f"Nothing is at {'/'.join(self.request.path)[:200]}.")

    async def _methods(self, **known: Callable[[], Awaitable[Answer]]) -> Answer:
        method = "GET" if self.request.method == "HEAD" else self.request.method
        if method not in known:
            raise FhirError(
                405,
                f"{self.request.method} is not done at '{'/'.join(self.request.path)[:100]}'. "
                f"Done there: {', '.join(known)}.",
                headers={"Allow": ", ".join([*known, *(["HEAD"] if "GET" in known else [])])},
            )
        return await known[method]()

    def _plain(self, give: Callable[[], Answer], method: str) -> Answer:
        if method not in ("GET", "HEAD"):
            raise FhirError(405, "Only GET is done there.", headers={"Allow": "GET, HEAD"})
        return give()

    # -- reading ---------------------------------------------------------------------------

    def _held(self, type: str, id: str) -> Version:
        version = self.shelves[type].get(id)
        if version is None or not self.viewer.sees(version.sight):
            raise FhirError(404, f"No {type}/{id[:80]} here.")
        if not version.text:
            raise FhirError(410, f"{type}/{id} was deleted.", headers={"ETag": version.etag})
        return version

    async def _read(self) -> Answer:
        type, id = self.request.path
        return self._given(self._held(type, id), conditional=True)

    def _vread(self) -> Answer:
        type, id, _, number = self.request.path
        rows = self.shelves[type].of.get(id, [])
        if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= len(rows):
            raise FhirError(404, f"No version '{number[:40]}' of {type}/{id[:80]} here.")
        version = self.shelves[type].versions[rows[int(number) - 1]]
        if not self.viewer.sees(version.sight):
            raise FhirError(404, f"No {type}/{id[:80]} here.")
        if not version.text:
            raise FhirError(410, f"Version {number} of {type}/{id} says that it was deleted.")
        return self._given(version, conditional=True)

    def _given(self, version: Version, status: int = 200, *, conditional: bool = False) -> Answer:
        """A resource, or 304 where the caller has it already."""
        asked = self.request
        headers = {"ETag": version.etag, "Last-Modified": self._http_date(version)}
        if conditional and self._has_it(version):
            return Answer(status=304, headers=headers)
        text = self.viewer.text(version)
        shaping = dict(asked.query)
        if conditional and ("_elements" in shaping or "_summary" in shaping):
            row = self.pages.entry(version, "match", _shape(version.type, asked.query))
            text = row[row.index(b'"resource":') + 11 : row.rindex(b',"search":')]
        return Answer(status=status, body=text, headers=headers)

    def _has_it(self, version: Version) -> bool:
        header = self.request.headers.get("if-none-match")
        if header is not None:
            known = [part.strip() for part in header.split(",")]
            return "*" in known or version.etag in known or version.etag[2:] in known
        since = self.request.headers.get("if-modified-since")
        if since is None:
            return False
        try:
            at = parsedate_to_datetime(since)
        except (ValueError, TypeError, IndexError):
            return False  # R9110: one that cannot be read is left out
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return self._instant(version).replace(microsecond=0) <= at

    def _instant(self, version: Version) -> datetime:
        return datetime.fromisoformat(version.at).astimezone(UTC)

    def _http_date(self, version: Version) -> str:
        return format_datetime(self._instant(version), usegmt=True)

    # -- searching and histories -----------------------------------------------------------

    async def _search(self) -> Answer:
        pairs = list(self.request.query)
        if self.request.method == "POST":
            if _media(self.request) not in (FORM, ""):
                raise FhirError(415, f"Send a search as {FORM}.")
            pairs += _form(self.request.body)
        return self._found(self.request.path[0], pairs)

    async def _compartment(self) -> Answer:
        type, id, of = self.request.path
        self._held(type, id)
        return self._found(of, [(type.lower(), f"{type}/{id}"), *self.request.query])

    def _found(self, type: str, pairs: Pairs) -> Answer:
        strict = self.request.prefers("handling") == "strict"
        query = parse(type, pairs, strict=strict)
        self.viewer.admit(query)
        return Answer(status=200, body=self.pages.searched(query))

    def _history(self) -> Answer:
        type, id, _ = self.request.path
        rows = self.shelves[type].history(id)
        if not any(self.viewer.sees(v.sight) for v in rows):
            raise FhirError(404, f"No {type}/{id[:80]} here.")
        return self._past(f"{type}/{id}/_history", rows)

    def _type_history(self) -> Answer:
        type = self.request.path[0]
        return self._past(f"{type}/_history", self.shelves[type].versions[::-1])

    def _system_history(self) -> Answer:
        return self._past("_history", self.shelves.log[::-1])

    def _past(self, path: str, rows: Sequence[Version]) -> Answer:
        asked = dict(self.request.query)
        unknown = sorted(set(asked) - {"_count", "_since", "_page", "_format", "_pretty"})
        if unknown and self.request.prefers("handling") == "strict":
            raise FhirError(400, f"A history has no parameter '{unknown[0]}'.")
        used = {k: v for k, v in asked.items() if k in ("_count", "_since", "_page")}
        if used.get("_since"):
            since = _or_400("_since", lambda: moment(used["_since"].replace(" ", "+")).low)
            began = self.server.fold.start.timestamp()
            rows = [v for v in rows if began + v.at_s >= since]
        return Answer(status=200, body=self.pages.history(path, rows, used))

    # -- writing ---------------------------------------------------------------------------

    def _body(self) -> JSON:
        kind = _media(self.request)
        if kind not in JSON_TYPES and kind != "":
            raise FhirError(415, f"Send {FHIR_JSON}, not {kind[:80]}.")
        if not self.request.body.strip():
            raise FhirError(400, "The body is empty; a resource was expected.")
        return read(self.request.body)

    async def _create(self) -> Answer:
        type = self.request.path[0]
        resource = self.writer.checked(type, self._body())
        condition = self.request.headers.get("if-none-exist", "")
        if condition:
            found = self.writer.matches(type, condition.partition("?")[2] or condition)
            if len(found) > 1:
                raise FhirError(412, f"{len(found)} resources match the condition.")
            if found:
                return self._written(found[0], 200)
        intent = self.writer.creation(type, self._ready(resource), self.writer.new_id(type))
        return await self._write(intent)

    async def _update(self) -> Answer:
        type, id = self.request.path
        resource = self.writer.checked(type, self._body())
        held = self.shelves[type].get(id)
        if held is not None and not self.viewer.sees(held.sight):
            raise FhirError(403, f"{type}/{id} is not open to the role '{self.request.who.role}'.")
        if_match = self.request.headers.get("if-match", "")
        if type == "Encounter" and held is not None and held.text and not held.is_given:
            return await self._step(held, resource, if_match)
        return await self._write(self.writer.update(type, id, self._ready(resource), if_match))

    async def _conditional_update(self) -> Answer:
        type = self.request.path[0]
        resource = self.writer.checked(type, self._body())
        rows = [(k, v) for k, v in self.request.query if k not in ("_format", "_pretty")]
        if not rows:
            raise FhirError(400, "Put to Type/id, or to Type with a condition that finds one.")
        found = self.writer.matches(type, urlencode(rows))
        if len(found) > 1:
            raise FhirError(412, f"{len(found)} resources match the condition.")
        id = found[0].id if found else str(resource.get("id") or self.writer.new_id(type))
        if found and resource.get("id", id) != id:
            raise FhirError(
                400, f"The id is '{resource['id']}', and what matches is '{id}'.", path=f"{type}.id"
            )
        if_match = self.request.headers.get("if-match", "")
        ready = {**self._ready(resource), "id": id}
        return await self._write(self.writer.update(type, id, ready, if_match))

    def _ready(self, resource: Resource) -> Resource:
        """The resource as it is stored: a subscription that can be served is active."""
        if resource["resourceType"] != "Subscription":
            return resource
        check_subscription(resource, self.server.hooks)
        if resource["status"] == "requested":
            resource = {**resource, "status": "active"}
        return {k: v for k, v in resource.items() if k != "error"}

    async def _write(self, intent: Intent) -> Answer:
        if intent.act is not None:
            version = await self.writer.carry_out(intent)
        else:
            version = self.writer.commit([intent])[0]
        return self._written(version, 201 if intent.is_new else 200)

    def _written(self, version: Version, status: int) -> Answer:
        headers = {
            "Location": f"{self.request.base}/{version.reference}/_history/{version.number}",
            "ETag": version.etag,
            "Last-Modified": self._http_date(version),
        }
        wish = self.request.prefers("return")
        body = self.viewer.text(version)
        if wish == "minimal":
            body = b""
        elif wish == "OperationOutcome":
            body = write(
                said(f"{version.reference} is stored as version {version.number}.")
            ).encode()
        return Answer(status=status, body=body, headers=headers)

    async def _step(self, held: Version, resource: Resource, if_match: str) -> Answer:
        """An Encounter of the case: the process is asked for its next step."""
        if if_match and if_match not in (held.etag, held.etag[2:]):
            raise FhirError(412, f"If-Match {if_match}: there is {held.etag}. Read it again.")
        fold, clock = self.server.fold, self.server.world.clock
        asked = step_of(fold.case, resource_of(held), resource)
        if asked is not None:
            await self.writer.ask(asked)
            try:
                async with asyncio.timeout(STEP_WITHIN_S):  # a paused clock ends no second
                    while fold.due_s is not None:
                        await clock.sleep(max(0.0, fold.due_s - clock.now()))
                        fold.follow(clock.now())
                        if self._held(held.type, held.id).number > held.number:
                            break
            except TimeoutError:
                pass
        self.server.follow()
        return self._written(self._held(held.type, held.id), 200)

    async def _delete(self) -> Answer:
        type, id = self.request.path
        intent = self.writer.deletion(type, id, self.request.headers.get("if-match", ""))
        if intent is None:
            return Answer(status=204)
        self._unreferred(intent, ())
        version = self.writer.commit([intent])[0]
        return Answer(status=204, headers={"ETag": version.etag})

    def _unreferred(self, intent: Intent, going: Collection[str]) -> None:
        """Refuse to delete what others refer to."""
        for other in self.shelves.pointing_to(intent.reference):
            if other.reference not in going and other.reference != intent.reference:
                raise FhirError(
                    409, f"{other.reference} refers to {intent.reference}. Change that first."
                )

    # -- bundles of requests ---------------------------------------------------------------

    async def _bulk(self) -> Answer:
        given = checked_bundle(self._body())
        entries = entries_of(given, self.request.base)
        rows: list[bytes] = []
        if given["type"] == "batch":
            rows = [await self._one(entry) for entry in entries]
            return Answer(status=200, body=bundle("batch-response", [], rows))
        for entry in entries:
            if entry.path.startswith("Subscription"):
                text = "a subscription is not taken in a transaction; send it alone"
                raise FhirError(422, text, path=entry.where, issue="not-supported")
        change = Transaction(self.writer, entries)
        change.judge()
        going = [e.path for e in entries]
        for entry in entries:
            if entry.method == "DELETE" and entry.intent is not None:
                self._unreferred(entry.intent, going)
        versions = change.commit()
        for entry in entries:
            if entry.method in ("GET", "HEAD"):
                rows.append(await self._one(entry))
            else:
                rows.append(self._done(entry, versions.get(entry.number) or entry.held))
        return Answer(status=200, body=bundle("transaction-response", [], rows))

    def _done(self, entry: Entry, version: Version | None) -> bytes:
        if version is None or not version.text:
            return b'{"response":{"status":"204 No Content"}}'
        is_new = entry.held is None and entry.intent is not None and entry.intent.is_new
        answer = self._written(version, 201 if is_new else 200)
        return _responded(answer)

    async def _one(self, entry: Entry) -> bytes:
        """One entry of a batch, answered as if it had come alone."""
        asked = self.request
        body = write(entry.resource).encode() if entry.resource else b""
        request = Request(
            method=entry.method,
            path=tuple(part for part in entry.path.split("/") if part),
            base=asked.base,
            who=asked.who,
            query=parse_qsl(entry.query, keep_blank_values=True),
            headers={
                **{k.lower(): v for k, v in entry.headers.items()},
                "prefer": asked.headers.get("prefer", ""),
                "content-type": FHIR_JSON,
            },
            body=body,
        )
        if not request.path:
            told = outcome_of(FhirError(422, "A batch holds no batch.", path=entry.where))[1]
            return _responded(Answer(status=422, body=write(told).encode()))
        return _responded(await self.server.answer(request))

    # -- operations ------------------------------------------------------------------------

    async def _operation(self, type: str, id: str, name: str) -> Answer:
        types = OPERATIONS[name][0] if name in OPERATIONS else None
        if types is None or (types and type not in types):
            known = [n for n, (of, _) in OPERATIONS.items() if not of or type in of]
            hint = did_you_mean(name, known)
            raise FhirError(404, f"{type} has no operation '${name}'.{hint}", issue="not-supported")
        if name == "validate":
            return await self._methods(POST=self._validate)
        asked = dict(self.request.query)
        asked.pop("_format", None)
        if name == "lastn":
            return await self._methods(GET=self._lastn)
        if not id:
            raise FhirError(400, f"${name} is asked of one resource: {type}/id/${name}.")
        if self.request.method not in ("GET", "HEAD"):
            raise FhirError(405, f"${name} is asked with GET.", headers={"Allow": "GET, HEAD"})
        held = self._held(type, id)
        if name == "document":
            return Answer(status=200, body=write(self.gather.document_of(held)).encode())
        give = self.gather.of_patient if type == "Patient" else self.gather.of_encounter
        rows = _or_400("$everything", lambda: give(held, asked))
        return Answer(status=200, body=self.pages.listed(f"{type}/{id}/${name}", rows, asked))

    async def _lastn(self) -> Answer:
        pairs = [(k, v) for k, v in self.request.query if k != "max"]
        text = dict(self.request.query).get("max", "1")
        if not text.isascii() or not text.isdigit() or not int(text[:9]) >= 1:
            raise FhirError(400, f"max={text[:40]}: expected a whole number above 0.")
        query = parse("Observation", pairs, strict=True)
        self.viewer.admit(query)
        rows = self.gather.lastn(query, int(text[:9]))
        asked = {k: v for k, v in self.request.query if k != "_format"}
        return Answer(status=200, body=self.pages.listed("Observation/$lastn", rows, asked))

    async def _validate(self) -> Answer:
        type = self.request.path[0]
        given = self._body()
        if not isinstance(given, dict):
            raise FhirError(422, "expected a resource", path="$this")
        resource = resource_in(given)
        found = list(problems(resource))
        if not found and resource["resourceType"] != type:
            raise FhirError(422, f"is a {resource['resourceType']}, not a {type}", path=type)
        told = outcome(found) if found else said(f"Nothing is wrong with this {type}.")
        return Answer(status=200, body=write(told).encode())


def _responded(answer: Answer) -> bytes:
    """An answer as an entry of a response Bundle."""
    phrase = {200: "OK", 201: "Created", 204: "No Content"}.get(answer.status, "")
    response: Resource = {"status": f"{answer.status} {phrase}".strip()}
    for name, key in (("Location", "location"), ("ETag", "etag")):
        if name in answer.headers:
            response[key] = answer.headers[name]
    if answer.body and answer.status >= 400:
        response["outcome"] = read(answer.body)
        return b'{"response":%b}' % write(response).encode()
    text = b'"resource":%b,' % answer.body if answer.body else b""
    return b'{%b"response":%b}' % (text, write(response).encode())


def _shape(type: str, pairs: Pairs) -> Callable[[Resource], Resource] | None:
    return shape_of(parse(type, [p for p in pairs if p[0] in ("_elements", "_summary")]))


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=1000)
    except (UnicodeDecodeError, ValueError) as wrong:
        raise FhirError(400, f"The body is no form: {wrong}.") from wrong


def _or_400(what: str, do: Callable[[], T]) -> T:
    try:
        return do()
    except FhirError:
        raise
    except BadValueError as wrong:
        raise FhirError(400, f"{what}: {wrong}") from wrong

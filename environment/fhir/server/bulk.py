"""Many requests in one Bundle: a transaction, all or nothing; a batch, each for itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from environment.errors import TwinError
from environment.fhir.checks import InvalidResourceError, Problem, problems
from environment.fhir.elements import Resource
from environment.fhir.rules import is_resource
from environment.fhir.server.outcomes import FhirError, outcome_of
from environment.fhir.server.shelves import Version
from environment.fhir.server.writing import Intent, Writer
from environment.model.change import JSON

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
#: Members of a Bundle in which an address may stand outside a Reference.
_URN = re.compile(r"urn:(uuid|oid):[0-9A-Za-z.\-]+")


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry of a Bundle of requests."""

    number: int
    method: str
    path: str
    query: str
    resource: Resource
    full_url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    intent: Intent | None = None
    held: Version | None = None  # what a conditional create has found

    @property
    def where(self) -> str:
        """The entry's own path."""
        return f"Bundle.entry[{self.number}]"


def entries_of(bundle: Resource, base: str) -> list[Entry]:
    """The entries of a batch or transaction, each checked by itself."""
    rows: list[Entry] = []
    for number, row in enumerate(bundle.get("entry", ())):
        request = row.get("request", {})
        url = str(request.get("url", "")).removeprefix(f"{base}/").lstrip("/")
        path, _, query = url.partition("?")
        names = {
            "If-Match": request.get("ifMatch"),
            "If-None-Exist": request.get("ifNoneExist"),
            "If-None-Match": request.get("ifNoneMatch"),
        }
        rows.append(
            Entry(
                number=number,
                method=str(request.get("method", "")),
                path=path,
                query=query,
                resource=row.get("resource", {}),
                full_url=str(row.get("fullUrl", "")),
                headers={k: str(v) for k, v in names.items() if v},
            )
        )
    return rows


def checked_bundle(resource: JSON) -> Resource:
    """A batch or transaction that is valid as a Bundle; its resources are judged one by one."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Bundle":
        raise FhirError(422, "expected a Bundle of type batch or transaction", path="resourceType")
    if resource.get("type") not in ("batch", "transaction"):
        raise FhirError(
            422, f"expected batch or transaction, got {resource.get('type')!r}", path="Bundle.type"
        )
    rows = resource.get("entry", [])
    # The contents are judged on their own, so that each entry of a batch has its own answer.
    bare = resource
    if isinstance(rows, list):
        bare = {**resource, "entry": [_bare(row) for row in rows]}
        if not rows:
            bare.pop("entry")
    found = list(problems(bare))
    if found:
        raise InvalidResourceError(found)
    return resource


def _bare(row: JSON) -> JSON:
    if not isinstance(row, dict) or "resource" not in row:
        return row
    if not isinstance(row["resource"], dict):
        return row
    return {k: v for k, v in row.items() if k != "resource"}


class Transaction:
    """All or nothing: every entry is judged before the first is written."""

    def __init__(self, writer: Writer, entries: list[Entry]) -> None:
        self.writer, self.entries = writer, entries
        self._known: dict[str, str] = {}  # a name inside the Bundle -> Type/id

    def judge(self) -> None:
        """Give ids, rewrite references, judge all; raises with the path of the entry."""
        for entry in self.entries:
            self._each(entry, self._identify)
        names = [f"{i}" for i in self._targets()]
        twice = next((n for n in names if names.count(n) > 1), "")
        if twice:
            raise FhirError(
                400, f"A transaction may change {twice} once only.", path="Bundle.entry"
            )
        # As R4 orders them: what is deleted goes first, then what is new, then what changes.
        for method in ("DELETE", "POST", "PUT"):
            for entry in self.entries:
                if entry.method == method and entry.held is None:
                    self._each(entry, self._judge)
        acts = [e for e in self.entries if e.intent is not None and e.intent.act is not None]
        if acts:
            raise FhirError(
                422,
                "what is done to a patient cannot be taken back, so it cannot be part of all or "
                "nothing; send it alone or in a batch",
                path=f"{acts[0].where}.resource",
                issue="business-rule",
            )

    def commit(self) -> dict[int, Version]:
        """Write everything as one change; the versions by the number of their entry."""
        order = {"DELETE": 0, "POST": 1, "PUT": 2}
        rows = [e for e in self.entries if e.intent is not None]
        rows.sort(key=lambda e: (order[e.method], e.number))
        intents = [e.intent for e in rows if e.intent is not None]
        if not intents:
            return {}
        versions = self.writer.commit(intents)
        return {entry.number: version for entry, version in zip(rows, versions, strict=True)}

    def _targets(self) -> list[str]:
        return [
            f"{e.path}" for e in self.entries if e.method in ("PUT", "DELETE") and "/" in e.path
        ]

    def _each(self, entry: Entry, step: "object") -> None:
        assert callable(step)
        try:
            step(entry)
        except TwinError as error:
            raise _inside(entry, error) from error

    def _identify(self, entry: Entry) -> None:
        """Say which resource an entry is about, before anything refers to it."""
        if entry.method not in METHODS:
            raise FhirError(422, f"{entry.method} is not done here", issue="not-supported")
        if entry.method in ("GET", "HEAD"):
            return
        type, _, id = entry.path.partition("/")
        if not is_resource(type):
            raise FhirError(404, f"No type '{type}' here.", issue="not-supported")
        if entry.method == "POST":
            if id:
                raise FhirError(400, f"A new resource goes to {type}, not to {entry.path}.")
            if "If-None-Exist" in entry.headers:
                found = self.writer.matches(type, entry.headers["If-None-Exist"])
                if len(found) > 1:
                    raise FhirError(412, f"{len(found)} resources match the condition.")
                entry.held = found[0] if found else None
            new = entry.held.id if entry.held else self.writer.new_id(type, entry.number + 1)
            entry.path = f"{type}/{new}"
        elif entry.query:
            found = self.writer.matches(type, entry.query)
            if len(found) > 1:
                raise FhirError(412, f"{len(found)} resources match '{entry.query}'.")
            if entry.method == "DELETE" and not found:
                raise FhirError(404, f"Nothing matches '{entry.query}'.")
            own = entry.resource.get("id") if isinstance(entry.resource, dict) else None
            new = found[0].id if found else str(own or self.writer.new_id(type, entry.number + 1))
            entry.path, entry.query = f"{type}/{new}", ""
            if entry.method == "PUT" and isinstance(entry.resource, dict):
                entry.resource = {**entry.resource, "id": new}
        if entry.full_url:
            self._known[entry.full_url] = entry.path
        self._known[entry.path] = entry.path

    def _judge(self, entry: Entry) -> None:
        type, _, id = entry.path.partition("/")
        if entry.method == "DELETE":
            entry.intent = self.writer.deletion(type, id, entry.headers.get("If-Match", ""))
            return
        resource = self.writer.checked(type, entry.resource)
        resource = self.rewritten(resource)
        if entry.method == "POST":
            entry.intent = self.writer.creation(type, resource, id, known=self._known)
        else:
            if_match = entry.headers.get("If-Match", "")
            entry.intent = self.writer.update(type, id, resource, if_match, known=self._known)

    def rewritten(self, value: JSON) -> JSON:
        """The resource with names inside the Bundle replaced by what they became."""
        if isinstance(value, list):
            return [self.rewritten(inner) for inner in value]
        if not isinstance(value, dict):
            if isinstance(value, str) and _URN.fullmatch(value):
                return self._known.get(value, value)
            return value
        found = {key: self.rewritten(inner) for key, inner in value.items()}
        literal = found.get("reference")
        if isinstance(literal, str):
            if literal in self._known:
                found["reference"] = self._known[literal]
            elif "?" in literal and is_resource(literal.partition("?")[0]):
                found["reference"] = self.writer.resolved(literal)
        return found


def _inside(entry: Entry, error: TwinError) -> FhirError:
    """The same error, said of an entry."""
    status, told, headers = outcome_of(error)
    rows = []
    for issue in told["issue"]:
        path, text = issue.get("expression", [""])[0], issue["diagnostics"]
        text = text.removeprefix(f"{path}: ") if path else text
        below = path.partition(".")[2]
        inside = f"{entry.where}.resource" + (f".{below}" if below else "")
        rows.append(Problem(inside if path else f"{entry.where}.request", issue["code"], text))
    return FhirError(status, str(error), problems=rows, headers=headers)

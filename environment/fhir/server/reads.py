"""Reading, searching and looking back: what GET answers."""

from collections.abc import Callable, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime

from environment.fhir.elements import Resource
from environment.fhir.server.exchange import Exchange, http_date, instant_of
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.pages import shape_of
from environment.fhir.server.queries import parse
from environment.fhir.server.shelves import Version
from environment.fhir.server.values import moment
from environment.fhir.server.wire import Answer, Pairs, form_body, or_400


class Reads:
    """Answers that change nothing."""

    def __init__(self, on: Exchange) -> None:
        self.on = on

    async def read(self) -> Answer:
        """The present version of one resource."""
        type, id = self.on.request.path
        return self._given(self.on.held(type, id), conditional=True)

    async def vread(self) -> Answer:
        """One version of one resource."""
        type, id, _, number = self.on.request.path
        rows = self.on.shelves[type].of.get(id, [])
        if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= len(rows):
            raise FhirError(404, f"No version '{number[:40]}' of {type}/{id[:80]} here.")
        version = self.on.shelves[type].versions[rows[int(number) - 1]]
        if not self.on.viewer.sees(version.sight):
            raise FhirError(404, f"No {type}/{id[:80]} here.")
        if not version.text:
            raise FhirError(410, f"Version {number} of {type}/{id} says that it was deleted.")
        return self._given(version, conditional=True)

    def _given(self, version: Version, status: int = 200, *, conditional: bool = False) -> Answer:
        """A resource, or 304 where the caller has it already."""
        asked = self.on.request
        headers = {"ETag": version.etag, "Last-Modified": http_date(version)}
        if conditional and self._has_it(version):
            return Answer(status=304, headers=headers)
        text = self.on.viewer.text(version)
        shaping = dict(asked.query)
        if conditional and ("_elements" in shaping or "_summary" in shaping):
            row = self.on.pages.entry(version, "match", _shape(version.type, asked.query))
            text = row[row.index(b'"resource":') + 11 : row.rindex(b',"search":')]
        return Answer(status=status, body=text, headers=headers)

    def _has_it(self, version: Version) -> bool:
        header = self.on.request.headers.get("if-none-match")
        if header is not None:
            known = [part.strip() for part in header.split(",")]
            return "*" in known or version.etag in known or version.etag[2:] in known
        since = self.on.request.headers.get("if-modified-since")
        if since is None:
            return False
        try:
            at = parsedate_to_datetime(since)
        except (ValueError, TypeError, IndexError):
            return False  # R9110: one that cannot be read is left out
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return instant_of(version).replace(microsecond=0) <= at

    # -- searching and histories -----------------------------------------------------------

    async def search(self) -> Answer:
        """What a search finds, by GET or POST."""
        pairs = list(self.on.request.query)
        if self.on.request.method == "POST":
            pairs += form_body(self.on.request)
        return self._found(self.on.request.path[0], pairs)

    async def compartment(self) -> Answer:
        """A search within what belongs to one patient or encounter."""
        type, id, of = self.on.request.path
        self.on.held(type, id)
        return self._found(of, [(type.lower(), f"{type}/{id}"), *self.on.request.query])

    def _found(self, type: str, pairs: Pairs) -> Answer:
        strict = self.on.request.prefers("handling") == "strict"
        query = parse(type, pairs, strict=strict)
        self.on.viewer.admit(query)
        return Answer(status=200, body=self.on.pages.searched(query))

    async def history(self) -> Answer:
        """All versions of one resource."""
        type, id, _ = self.on.request.path
        rows = self.on.shelves[type].history(id)
        if not any(self.on.viewer.sees(v.sight) for v in rows):
            raise FhirError(404, f"No {type}/{id[:80]} here.")
        return self._past(f"{type}/{id}/_history", rows)

    async def type_history(self) -> Answer:
        """All versions of all resources of a type."""
        type = self.on.request.path[0]
        return self._past(f"{type}/_history", self.on.shelves[type].versions[::-1])

    async def system_history(self) -> Answer:
        """All versions of everything."""
        return self._past("_history", self.on.shelves.log[::-1])

    def _past(self, path: str, rows: Sequence[Version]) -> Answer:
        asked = dict(self.on.request.query)
        unknown = sorted(set(asked) - {"_count", "_since", "_page", "_format", "_pretty"})
        if unknown and self.on.request.prefers("handling") == "strict":
            raise FhirError(400, f"A history has no parameter '{unknown[0]}'.")
        used = {k: v for k, v in asked.items() if k in ("_count", "_since", "_page")}
        if used.get("_since"):
            since = or_400("_since", lambda: moment(used["_since"].replace(" ", "+")).low)
            began = self.on.fold.start.timestamp()
            rows = [v for v in rows if began + v.at_s >= since]
        return Answer(status=200, body=self.on.pages.history(path, rows, used))


def _shape(type: str, pairs: Pairs) -> Callable[[Resource], Resource] | None:
    return shape_of(parse(type, [p for p in pairs if p[0] in ("_elements", "_summary")]))

"""Answers of many resources: search sets, histories, everything; cut into pages by opaque links."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from environment.fhir.elements import Resource
from environment.fhir.rules import needed
from environment.fhir.server.indexes import Words, reference_keys
from environment.fhir.server.outcomes import FhirError, said
from environment.fhir.server.parameters import parameters, values
from environment.fhir.server.queries import Include, Query
from environment.fhir.server.search import Found, Search, resource_of
from environment.fhir.server.shelves import Version
from environment.fhir.server.texts import read, write
from environment.fhir.server.veiling import SUBSETTED
from environment.fhir.server.viewing import Viewer

#: Included resources beyond which a page is refused (engineering default).
MOST_INCLUDED = 5000
STATUS_OF = {"POST": "201 Created", "PUT": "200 OK", "DELETE": "204 No Content"}


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins, and of how many versions there were when the first was asked for."""

    offset: int = 0
    stamp: int | None = None


def page_of(text: str) -> Page:
    """The page that an opaque word stands for; the first without one."""
    if not text:
        return Page()
    try:
        padded = text + "=" * (-len(text) % 4)
        word, offset, stamp = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").split(":")
        if word == "page" and 0 <= int(offset) <= 2**40 and 0 <= int(stamp) <= 2**40:
            return Page(int(offset), int(stamp))
    except ValueError:
        pass
    raise FhirError(400, f"_page={text[:60]} is no page of this search. Follow `next` as it came.")


def word_of(page: Page) -> str:
    """A page as an opaque word."""
    plain = f"page:{page.offset}:{page.stamp}".encode()
    return urlsafe_b64encode(plain).decode().rstrip("=")


def link(base: str, path: str, query: Sequence[tuple[str, str]], page: Page | None = None) -> str:
    """The address of a page."""
    rows = [*query, *([("_page", word_of(page))] if page else [])]
    return f"{base}/{path}" + (f"?{urlencode(rows)}" if rows else "")


class Pages:
    """Puts answers together for one caller."""

    def __init__(self, search: Search, viewer: Viewer) -> None:
        self.search, self.viewer, self.base = search, viewer, search.base

    # -- searches --------------------------------------------------------------------------

    def searched(self, query: Query) -> bytes:
        """The search set of a query."""
        page = page_of(query.page)
        found = self.search.find(query, self.viewer.sees, page.stamp)
        total = found.total
        links = [("self", link(self.base, query.type, query.used))]
        if query.summary == "count":
            return bundle("searchset", links, [], total=total)
        last = page.offset + query.count
        if last < total:
            further = Page(last, found.stamp)
            links.append(("next", link(self.base, query.type, query.used, further)))
        matches = found.page(page.offset, query.count)
        shape = shape_of(query)
        rows = [self.entry(v, "match", shape) for v in matches]
        # What is included is given whole: the elements were asked for of the matches.
        other = None if query.elements else shape
        rows += [self.entry(v, "include", other) for v in self._beside(query, matches, found)]
        if query.ignored:
            text = f"Not understood and left out: {', '.join(query.ignored)}."
            told = write(said(text, issue="not-supported"))
            rows.append(f'{{"resource":{told},"search":{{"mode":"outcome"}}}}'.encode())
        return bundle("searchset", links, rows, total=total)

    def entry(
        self, version: Version, mode: str, shape: Callable[[Resource], Resource] | None = None
    ) -> bytes:
        """One entry of a search set."""
        text = self.viewer.text(version)
        if shape is not None:
            text = write(shape(read(text))).encode()
        head = f'{{"fullUrl":"{self.base}/{version.reference}","resource":'.encode()
        return b'%b%b,"search":{"mode":"%b"}}' % (head, text, mode.encode())

    def _beside(self, query: Query, matches: Iterable[Version], found: Found) -> list[Version]:
        """What `_include` and `_revinclude` ask for, each once, none that matched."""
        seen = {v.reference for v in matches}
        held: list[Version] = []
        around, is_first = list(matches), True
        while around:
            further: list[Version] = []
            for version in around:
                for row in self._included(query, version, is_first):
                    if row.reference not in seen and self.viewer.sees(row.sight):
                        seen.add(row.reference)
                        further.append(row)
            held += further
            if len(held) > MOST_INCLUDED:
                raise FhirError(
                    400, f"More than {MOST_INCLUDED} resources to include.", issue="too-costly"
                )
            around, is_first = further, False
        return held

    def _included(self, query: Query, version: Version, is_first: bool) -> Iterable[Version]:
        for row in query.includes:
            if is_first or row.iterate:
                yield from self._forward(row, version)
        for row in query.revincludes:
            if is_first or row.iterate:
                yield from self._backward(row, version)

    def _forward(self, row: Include, version: Version) -> Iterable[Version]:
        if row.source not in ("*", version.type):
            return
        names: Iterable[str] = version.refs
        if row.parameter != "*":
            parameter = parameters(version.type)[row.parameter]
            resource = resource_of(version)
            names = [
                key
                for steps in parameter.paths
                for value in values(resource, steps)
                for key in reference_keys(parameter, value)
            ]
        for name in names:
            plain = name.removeprefix(f"{self.base}/")
            held = self.search.shelves.find(plain)
            if held is not None and row.target in ("", held.type):
                yield held

    def _backward(self, row: Include, version: Version) -> Iterable[Version]:
        shelf = self.search.shelves[row.source]
        if row.target not in ("", version.type):
            return
        if row.parameter == "*":
            rows = shelf.pointing.get(version.reference)
        else:
            index = shelf.indexes[row.parameter]
            assert isinstance(index, Words)  # the parser took a reference only
            rows = index.posts.get(version.reference)
        for ordinal in rows or ():
            if ordinal not in shelf.died:
                yield shelf.versions[ordinal]

    # -- histories and lists ---------------------------------------------------------------

    def history(self, path: str, versions: Sequence[Version], query: dict[str, str]) -> bytes:
        """A history, the newest first."""
        page = page_of(query.get("_page", ""))
        count = count_of(query)
        shown = [v for v in versions if self.viewer.sees(v.sight)]
        stamp = len(shown) if page.stamp is None else min(page.stamp, len(shown))
        shown = shown[len(shown) - stamp :]  # what came since the first page is left out
        used = [(k, v) for k, v in query.items() if k != "_page"]
        links = [("self", link(self.base, path, used))]
        last = page.offset + count
        if last < len(shown):
            links.append(("next", link(self.base, path, used, Page(last, stamp))))
        rows = [self._past(v) for v in shown[page.offset : last]]
        return bundle("history", links, rows, total=len(shown))

    def _past(self, version: Version) -> bytes:
        request = {
            "method": version.method,
            "url": version.type if version.method == "POST" else version.reference,
        }
        status = STATUS_OF[version.method]
        if version.method == "PUT" and version.number == 1:
            status = "201 Created"
        response = {"status": status, "etag": version.etag, "lastModified": version.at}
        tail = f'"request":{write(request)},"response":{write(response)}}}'
        head = f'{{"fullUrl":"{self.base}/{version.reference}",'
        text = b'"resource":%b,' % self.viewer.text(version) if version.text else b""
        return head.encode() + text + tail.encode()

    def listed(self, path: str, versions: Sequence[Version], query: dict[str, str]) -> bytes:
        """A search set of resources that an operation has chosen; all of it without `_count`."""
        page = page_of(query.get("_page", ""))
        count = count_of(query) if "_count" in query else len(versions)
        used = [(k, v) for k, v in query.items() if k != "_page"]
        links = [("self", link(self.base, path, used))]
        last = page.offset + count
        if last < len(versions):
            links.append(("next", link(self.base, path, used, Page(last, page.stamp or 0))))
        rows = [self.entry(v, "match") for v in versions[page.offset : last]]
        return bundle("searchset", links, rows, total=len(versions))


def count_of(query: dict[str, str], default: int = 50) -> int:
    """Rows of a page, from `_count`."""
    text = query.get("_count", str(default))
    if not text.isascii() or not text.isdigit() or int(text[:9]) < 1:
        raise FhirError(400, f"_count={text[:40]}: expected a whole number above 0.")
    return min(int(text[:9]), 10_000)


def bundle(
    type: str, links: Sequence[tuple[str, str]], rows: Sequence[bytes], *, total: int | None = None
) -> bytes:
    """A Bundle of entries that are written already."""
    head: Resource = {
        "resourceType": "Bundle",
        "type": type,
        **({} if total is None else {"total": total}),
        "link": [{"relation": name, "url": url} for name, url in links],
    }
    if not links:
        del head["link"]
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return text[:-1] + (b',"entry":[%b]}' % b",".join(rows) if rows else b"}")


def shape_of(query: Query) -> Callable[[Resource], Resource] | None:
    """What is left out of each resource, if anything is."""
    if query.elements:
        return lambda resource: subset(resource, query.elements)
    if query.summary == "text":
        return lambda resource: subset(resource, ("text",))
    if query.summary == "data":
        return lambda resource: _marked({k: v for k, v in resource.items() if k != "text"})
    return None


def subset(resource: Resource, elements: Sequence[str]) -> Resource:
    """The elements that were asked for and those that must be there, marked as a part."""
    type = resource["resourceType"]
    must = {option for _, options in needed(type, "") for option in options}
    wanted = {"resourceType", "id", "meta", *must, *elements}
    return _marked({k: v for k, v in resource.items() if k.lstrip("_") in wanted})


def _marked(resource: Resource) -> Resource:
    meta = resource.get("meta", {})
    return {**resource, "meta": {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}}

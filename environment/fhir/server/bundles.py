"""A Bundle of requests: what POST to the base answers."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from environment.fhir.elements import Resource
from environment.fhir.server.bulk import Entry, Transaction, checked_bundle, entries_of
from environment.fhir.server.exchange import Exchange
from environment.fhir.server.outcomes import FhirError, outcome_of
from environment.fhir.server.pages import bundle
from environment.fhir.server.shelves import Version
from environment.fhir.server.texts import read, write
from environment.fhir.server.wire import FHIR_JSON, Answer, Request, json_body
from environment.fhir.server.writes import Writes


class Bundles:
    """Answers to batches and transactions; `again` answers a request as if it came alone."""

    def __init__(
        self, on: Exchange, writes: Writes, again: Callable[[Request], Awaitable[Answer]]
    ) -> None:
        self.on, self.writes, self.again = on, writes, again

    async def answer(self) -> Answer:
        """All of a batch or transaction."""
        given = checked_bundle(json_body(self.on.request))
        entries = entries_of(given, self.on.request.base)
        rows: list[bytes] = []
        if given["type"] == "batch":
            rows = [await self._one(entry) for entry in entries]
            return Answer(status=200, body=bundle("batch-response", [], rows))
        for entry in entries:
            if entry.path.startswith("Subscription"):
                text = "a subscription is not taken in a transaction; send it alone"
                raise FhirError(422, text, path=entry.where, issue="not-supported")
        change = Transaction(self.on.writer, entries)
        change.judge()
        going = [e.path for e in entries]
        for entry in entries:
            if entry.method == "DELETE" and entry.intent is not None:
                self.writes.unreferred(entry.intent, going)
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
        answer = self.writes.written(version, 201 if is_new else 200)
        return _responded(answer)

    async def _one(self, entry: Entry) -> bytes:
        """One entry of a batch, answered as if it had come alone."""
        asked = self.on.request
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
        return _responded(await self.again(request))


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

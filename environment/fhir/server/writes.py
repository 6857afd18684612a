"""Writing one resource: what POST, PUT and DELETE answer."""

import asyncio
from collections.abc import Collection
from urllib.parse import urlencode

from environment.fhir.elements import Resource
from environment.fhir.server.encounters import step_of
from environment.fhir.server.exchange import Exchange, http_date
from environment.fhir.server.outcomes import FhirError, said
from environment.fhir.server.shelves import Version
from environment.fhir.server.subscriptions import check_subscription
from environment.fhir.server.texts import read, write
from environment.fhir.server.wire import Answer, json_body
from environment.fhir.server.writing import Intent

#: Seconds of real time that an answer waits for what a step of a process changed.
STEP_WITHIN_S = 4.0


class Writes:
    """Answers to what one caller writes."""

    def __init__(self, on: Exchange) -> None:
        self.on = on

    async def create(self) -> Answer:
        """A new resource; with If-None-Exist only if nothing matches."""
        type = self.on.request.path[0]
        resource = self.on.writer.checked(type, json_body(self.on.request))
        condition = self.on.request.headers.get("if-none-exist", "")
        if condition:
            found = self.on.writer.matches(type, condition.partition("?")[2] or condition)
            if len(found) > 1:
                raise FhirError(412, f"{len(found)} resources match the condition.")
            if found:
                return self.written(found[0], 200)
        intent = self.on.writer.creation(type, self._ready(resource), self.on.writer.new_id(type))
        return await self._write(intent)

    async def update(self) -> Answer:
        """A resource in place of the one at this address, or a new one there."""
        type, id = self.on.request.path
        resource = self.on.writer.checked(type, json_body(self.on.request))
        held = self.on.shelves[type].get(id)
        if held is not None and not self.on.viewer.sees(held.sight):
            raise FhirError(
                403, f"{type}/{id} is not open to the role '{self.on.request.who.role}'."
            )
        if_match = self.on.request.headers.get("if-match", "")
        if type == "Encounter" and held is not None and held.text and not held.is_given:
            return await self._step(held, resource, if_match)
        return await self._write(self.on.writer.update(type, id, self._ready(resource), if_match))

    async def conditional_update(self) -> Answer:
        """A resource in place of the one that a condition finds."""
        type = self.on.request.path[0]
        resource = self.on.writer.checked(type, json_body(self.on.request))
        rows = [(k, v) for k, v in self.on.request.query if k not in ("_format", "_pretty")]
        if not rows:
            raise FhirError(400, "Put to Type/id, or to Type with a condition that finds one.")
        found = self.on.writer.matches(type, urlencode(rows))
        if len(found) > 1:
            raise FhirError(412, f"{len(found)} resources match the condition.")
        id = found[0].id if found else str(resource.get("id") or self.on.writer.new_id(type))
        if found and resource.get("id", id) != id:
            raise FhirError(
                400, f"The id is '{resource['id']}', and what matches is '{id}'.", path=f"{type}.id"
            )
        if_match = self.on.request.headers.get("if-match", "")
        ready = {**self._ready(resource), "id": id}
        return await self._write(self.on.writer.update(type, id, ready, if_match))

    def _ready(self, resource: Resource) -> Resource:
        """The resource as it is stored: a subscription that can be served is active."""
        if resource["resourceType"] != "Subscription":
            return resource
        check_subscription(resource, self.on.hooks, self.on.viewer.admit)
        if resource["status"] == "requested":
            resource = {**resource, "status": "active"}
        return {k: v for k, v in resource.items() if k != "error"}

    async def _write(self, intent: Intent) -> Answer:
        if intent.act is not None:
            version = await self.on.writer.carry_out(intent)
        else:
            version = self.on.writer.commit([intent])[0]
        return self.written(version, 201 if intent.is_new else 200)

    def written(self, version: Version, status: int) -> Answer:
        """The answer to what was written, as long as the caller prefers."""
        headers = {
            "Location": f"{self.on.request.base}/{version.reference}/_history/{version.number}",
            "ETag": version.etag,
            "Last-Modified": http_date(version),
        }
        wish = self.on.request.prefers("return")
        body = self.on.viewer.text(version)
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
        fold, clock = self.on.fold, self.on.clock
        asked = step_of(fold.case, read(self.on.viewer.text(held)), resource)
        if asked is not None:
            await self.on.writer.ask(asked)
            fold.follow(clock.now())
            try:
                async with asyncio.timeout(STEP_WITHIN_S):  # a paused clock ends no second
                    while fold.due_s is not None:
                        await clock.sleep(max(0.0, fold.due_s - clock.now()))
                        fold.follow(clock.now())
                        if self.on.held(held.type, held.id).number > held.number:
                            break
            except TimeoutError:
                pass
        fold.follow(clock.now())
        return self.written(self.on.held(held.type, held.id), 200)

    async def delete(self) -> Answer:
        """The end of a resource."""
        type, id = self.on.request.path
        intent = self.on.writer.deletion(type, id, self.on.request.headers.get("if-match", ""))
        if intent is None:
            return Answer(status=204)
        self.unreferred(intent, ())
        version = self.on.writer.commit([intent])[0]
        return Answer(status=204, headers={"ETag": version.etag})

    def unreferred(self, intent: Intent, going: Collection[str]) -> None:
        """Refuse to delete what others refer to."""
        for other in self.on.shelves.pointing_to(intent.reference):
            if other.reference not in going and other.reference != intent.reference:
                raise FhirError(
                    409, f"{other.reference} refers to {intent.reference}. Change that first."
                )

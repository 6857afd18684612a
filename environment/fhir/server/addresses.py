"""Which part of the server answers at which address."""

from collections.abc import Awaitable, Callable

from environment.errors import did_you_mean
from environment.fhir.server.asks import Asks
from environment.fhir.server.bundles import Bundles
from environment.fhir.server.capabilities import served_types
from environment.fhir.server.exchange import Exchange
from environment.fhir.server.outcomes import FhirError
from environment.fhir.server.reads import Reads
from environment.fhir.server.wire import Answer, Request, methods
from environment.fhir.server.writes import Writes


class Addresses:
    """Finds what is asked for in the path, and does it."""

    def __init__(
        self,
        on: Exchange,
        again: Callable[[Request], Awaitable[Answer]],
        statement: Callable[[], Awaitable[Answer]],
    ) -> None:
        self.request, self.statement = on.request, statement
        self.reads, self.writes, self.asks = Reads(on), Writes(on), Asks(on)
        self.bundles = Bundles(on, self.writes, again)

    async def answer(self) -> Answer:
        """Find what is asked for in the path, and do it."""
        path, asked = self.request.path, self.request
        if not path:
            return await methods(asked, POST=self.bundles.answer)
        first, *rest = path
        if first == "metadata" and not rest:
            return await methods(asked, GET=self.statement)
        if first == "_history" and not rest:
            return await methods(asked, GET=self.reads.system_history)
        if first.startswith("$"):
            raise FhirError(404, f"No operation '{first[:80]}' here.", issue="not-supported")
        if first not in served_types():
            hint = did_you_mean(first[:80], served_types())
            raise FhirError(404, f"No type '{first[:80]}' here.{hint}", issue="not-supported")
        if not rest:
            return await methods(
                asked,
                GET=self.reads.search,
                POST=self.writes.create,
                PUT=self.writes.conditional_update,
            )
        if len(rest) > 1 or not rest[0].startswith(("_", "$")):
            return await self._instance(first, *rest)
        if rest[0] == "_search":
            return await methods(asked, POST=self.reads.search)
        if rest[0] == "_history":
            return await methods(asked, GET=self.reads.type_history)
        return await self.asks.answer(first, "", rest[0][1:])

    async def _instance(self, type: str, id: str, *rest: str) -> Answer:
        asked, reads, writes = self.request, self.reads, self.writes
        if not rest:
            return await methods(asked, GET=reads.read, PUT=writes.update, DELETE=writes.delete)
        if rest[0] == "_history" and len(rest) == 1:
            return await methods(asked, GET=reads.history)
        if rest[0] == "_history" and len(rest) == 2:
            return await methods(asked, GET=reads.vread)
        if rest[0].startswith("$") and len(rest) == 1:
            return await self.asks.answer(type, id, rest[0][1:])
        if type in ("Patient", "Encounter") and len(rest) == 1 and rest[0] in served_types():
            return await methods(asked, GET=reads.compartment)
        raise FhirError(404, f"Nothing is at {'/'.join(asked.path)[:200]}.")

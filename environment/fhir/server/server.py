"""The FHIR server without its network: a request in, an answer out."""

import asyncio
from collections.abc import Callable, Collection

from environment.errors import TwinError
from environment.fhir.case import RECORD
from environment.fhir.elements import Resource
from environment.fhir.server.addresses import Addresses
from environment.fhir.server.capabilities import capability_statement
from environment.fhir.server.exchange import Exchange
from environment.fhir.server.fold import Fold
from environment.fhir.server.outcomes import FhirError, outcome_of
from environment.fhir.server.search import Search
from environment.fhir.server.shelves import Sight, Version
from environment.fhir.server.subscriptions import Subscriptions
from environment.fhir.server.texts import write
from environment.fhir.server.values import instant
from environment.fhir.server.viewing import Viewer
from environment.fhir.server.wire import Answer, Request, acceptable
from environment.fhir.server.writing import Intent, Writer
from environment.model.change import Change
from environment.runtime.access import Caller, Rights
from environment.runtime.operations import Operations
from environment.runtime.turns import turn
from environment.twins.record import Record

#: Seconds for which others wait while the past is taken (engineering default).
AT_ONCE_S = 0.01


class Server:
    """FHIR R4 over the twins of one world."""

    def __init__(
        self, operations: Operations, rights: Rights, *, hooks: Collection[str] = ()
    ) -> None:
        self.operations, self.world, self.rights = operations, operations.world, rights
        self.hooks = frozenset(hooks)  # origins beyond loopback that subscribers may have
        self._nobody = Record(RECORD)  # until something is brought
        clock = self.world.clock
        self.fold = Fold(self.world.journal, clock.start)
        self._waking: asyncio.Task[None] | None = None
        self._is_awake = RECORD in self.world.twins  # somebody has brought something: go on at once
        if self._is_awake:
            self.follow()
        self.subscriptions = Subscriptions(
            self.fold, clock, self._look, self._restate, self._record
        )
        self._began = instant(clock.start, clock.now())
        self._statements: dict[str, bytes] = {}

    async def close(self) -> None:
        """Stop telling subscribers."""
        if self._waking is not None:
            self._waking.cancel()
        await self.subscriptions.close()

    def follow(self) -> None:
        """Take what the journal holds by now."""
        self._is_awake = True
        self.fold.follow(self.world.clock.now())

    def keep_up(self) -> None:
        """As `follow`, once somebody has asked: a session that nobody reads here costs nothing."""
        if self._is_awake:
            self.follow()

    async def awake(self) -> None:
        """Follow from now on; what has happened before is taken a little at a time."""
        if self._is_awake:
            return
        if self._waking is None:
            self._waking = asyncio.ensure_future(self._wake())
        await asyncio.shield(self._waking)

    async def _wake(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in self.fold.catch_up(self.world.clock.now()):
            if loop.time() - began > AT_ONCE_S:
                await turn()
                began = loop.time()
        self._is_awake = True

    # -- one request -----------------------------------------------------------------------

    async def answer(self, request: Request) -> Answer:
        """Answer; whatever is wrong with the request is an OperationOutcome."""
        try:
            acceptable(request)
            await self.awake()
            self.follow()
            return await self._addresses(request).answer()
        except RecursionError:
            error: TwinError = FhirError(400, "The request is nested too deeply.")
        except TwinError as wrong:
            error = wrong
        status, told, headers = outcome_of(error)
        return Answer(status=status, body=write(told).encode(), headers=headers)

    def _addresses(self, request: Request) -> Addresses:
        viewer, search = self.viewer(request.who), self.search(request.base)
        on = Exchange(request, self.fold, self.operations, viewer, search, self.hooks)

        async def statement() -> Answer:
            return self.statement(request.base)

        return Addresses(on, self.answer, statement)

    def statement(self, base: str) -> Answer:
        """The CapabilityStatement, which anybody may read."""
        if base not in self._statements:
            if len(self._statements) > 16:  # an address is what the caller says it is
                self._statements.clear()
            self._statements[base] = write(capability_statement(base, self._began)).encode()
        return Answer(status=200, body=self._statements[base])

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

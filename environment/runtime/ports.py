"""What the runtime lends to a twin while it carries out one invocation."""

from contextvars import ContextVar

from environment.errors import UnknownMemberError
from environment.model.change import JSON, Observation
from environment.model.members import Invocation
from environment.model.twin import Twin
from environment.physical.adapter import Command
from environment.runtime.world import World

#: The invocation that is being carried out.
CALL: ContextVar[Invocation] = ContextVar("invocation")


class InvocationPort:
    """The `Port` of one twin; which invocation is being carried out comes from the context."""

    def __init__(self, world: World, twin: Twin) -> None:
        self._world, self._twin = world, twin

    @property
    def caller(self) -> str:
        """Who asked."""
        return CALL.get().by

    def now(self) -> float:
        """Scenario seconds."""
        return self._world.clock.now()

    async def command(self, name: str, /, **arguments: JSON) -> JSON:
        """Ask the asset."""
        call = CALL.get()
        adapter = self._world.adapter_of(self._twin.id)
        return await adapter.command(Command(self._twin.id, name, arguments, call.by, call.cause))

    def report(self, member: str, value: JSON) -> None:
        """Record what the caller states: here the caller is the source."""
        call = CALL.get()
        self._world.observe(
            Observation(
                twin=self._twin.id,
                member=member,
                value=value,
                effective=self._world.clock.now(),
                source=call.by,
                by=call.by,
                cause=call.cause,
            )
        )

    def transition(self, to: str, *, reason: str = "", place: str = "") -> None:
        """Move the process to another phase; the last one ends the twin."""
        call, twin = CALL.get(), self._twin
        if twin.machine is None:
            raise UnknownMemberError("phase", to, twin.id)
        twin.machine.check(to, twin.id)
        before = twin.phase
        self._world.record(twin.id, "phase", "phase", to, by=call.by, cause=call.cause)
        details = {"from": before, "to": to, "reason": reason, "place": place}
        self._world.record(twin.id, "event", "phase_changed", details, by=call.by, cause=call.cause)
        if to in twin.machine.ended:
            self._world.end(twin.id, by=call.by)

    def create(self, kind: str, twin: str) -> Twin:
        """Bring a twin into the world."""
        call = CALL.get()
        return self._world.add(kind, twin, by=call.by, cause=call.cause)

    def link(self, rel: str, target: str, *, twin: str = "") -> None:
        """Link this twin (or the named one) to another."""
        call = CALL.get()
        self._world.link(twin or self._twin.id, rel, target, by=call.by, cause=call.cause)

    def unlink(self, rel: str, target: str) -> None:
        """End a link."""
        call = CALL.get()
        self._world.unlink(self._twin.id, rel, target, by=call.by, cause=call.cause)

    def twin(self, name: str) -> Twin:
        """Another twin, to read its state."""
        return self._world.twin(name)

    def find(self, kind: str = "", *, rel: str = "", target: str = "") -> list[Twin]:
        """The twins of a kind, or with a link to another twin, in order of their creation."""
        found = self._world.find(kind or None, rel or None, target or None)
        return [self._world.twins[name] for name in found]

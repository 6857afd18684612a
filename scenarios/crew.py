"""The agents of a run, in whichever process they live: built, started, stopped."""

from collections.abc import Callable, Coroutine, Mapping
from random import Random
from typing import Protocol

from agents.address import Address
from agents.bdi import Program, Trace
from agents.insight import Insight
from environment.client import TwinClient
from environment.runtime.clock import Clock

#: One agent of this role manages each room of these types.
ROOM_ROLE = "room_manager"
MANAGED = ("shock_room", "ct", "angiography", "theatre")


class Agents(Protocol):
    """The agents of a run: bodies that start and stop."""

    async def start(self) -> None:
        """Come to life."""

    async def stop(self) -> None:
        """End."""


class Crew:
    """The agents of a run; `names` says which role each has, `client` is how each uses twins."""

    def __init__(
        self,
        names: Mapping[str, str],
        programs: Mapping[str, Program],
        clock: Clock,
        client: Callable[[str], TwinClient],
        random: Callable[[str], Random],
        trace: Trace | None = None,
    ) -> None:
        self.names, self._programs, self._clock = dict(names), programs, clock
        self._client, self._random, self._trace = client, random, trace
        self._agents: list[Agents] = []
        self._insights: dict[str, Insight] = {}
        self._ends: list[Callable[[], Coroutine[None, None, None]]] = []

    async def start(self, transport: str | Address) -> None:
        """Bring the agents to life.

        Their messages stay in the process (`container`), or go through the embedded server
        (`xmpp`) or through the server at an address.
        """
        if not self.names:
            return
        from agents.body import Body, Timer  # spade takes a second or more to import
        from agents.connection import begin

        clock = self._clock
        timer = Timer(clock.now, clock.call_at, clock.schedule, clock.every, clock.start)
        address = Address()
        if isinstance(transport, Address):
            address = transport
            address.check(self.names)
            begin()
        elif transport == "xmpp":
            from agents.xmpp import serve

            server = await serve()
            self._ends.append(server.stop)
            address = server.address
        peers = {address.jid(name): name for name in self.names}
        for name, role in self.names.items():
            body = Body(
                name,
                role,
                self._programs[role],
                self._client(name),
                timer,
                self._random(name),
                address=address,
                peers=peers,
                trace=self._trace,
            )
            if role == ROOM_ROLE:
                body.believe("my_room", name.removeprefix(f"{ROOM_ROLE}_"))
            self._agents.append(body)
            self._insights[name] = Insight(body.mind, self._programs[role])
        for agent in self._agents:
            await agent.start()

    def insight(self, name: str) -> Insight | None:
        """A look into the mind of an agent that lives in this process."""
        return self._insights.get(name)

    async def stop(self) -> None:
        """End the agents, last come first."""
        for agent in reversed(self._agents):
            await agent.stop()

    async def end_server(self) -> None:
        """End the embedded server, if there is one."""
        for end in reversed(self._ends):
            await end()

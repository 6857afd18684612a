"""Agents with bodies: messages through SPADE's container, twin to twin, and idle ones.

`python -m benchmarks.agents` prints one line per figure, on the clock of the wall. Targets: 20,000
messages a second through the container; from a twin's change to what an agent asks of another twin
because of it, p50 0.2 ms and p99 2 ms; two idle agents use no processor time over 10 s.
A message through a body is also journalled twice, as sent and as received, which is measured apart.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from statistics import median, quantiles

from spade.behaviour import CyclicBehaviour
from spade.container import Container
from spade.message import Message as SpadeMessage

from agents.address import Address
from agents.bdi import Agent, Message, Program, term_text
from agents.body import Body, Timer
from benchmarks.engine import machine
from environment.client import InProcess, TwinClient
from environment.model.change import Observation
from environment.runtime.clock import WallClock
from environment.runtime.journal import Journal
from environment.runtime.notices import Notice
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds

START = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
PING = "+!ping(N) : N > 0 <- .send({}, achieve, ping(N-1)). +!ping(0) <- .print(done)."
SHOW = """
@watch +!watch <- .focus_own(patient).
@low +hr(V)[twin(_)] : V > 100 <- .invoke(display, write(bench, "high")).
"""


class Stage:
    """A world on the wall's clock with some agents in it."""

    def __init__(self, **programs: str) -> None:
        self.clock = WallClock(START)
        self.world = World(self.clock, kinds(), Journal("bench"))
        self.operations = Operations(self.world, dict.fromkeys(programs, "agent"))
        self.transport = InProcess(self.world, self.operations)
        self.world.add("patient", "patient")
        self.world.add("display", "display")
        address = Address()
        clock = self.clock
        timer = Timer(clock.now, clock.call_at, clock.schedule, clock.every, clock.start)
        peers = {address.jid(name): name for name in programs}
        self.bodies: dict[str, Body] = {}
        for name, text in programs.items():
            self.world.add("mind", f"mind_{name}")
            client = TwinClient(self.transport, name)
            program = Program.parse(text, f"{name}.asl")
            self.bodies[name] = Body(
                name, "bench", program, client, timer, Random(name), address=address, peers=peers
            )

    async def start(self) -> None:
        """Every agent comes to life."""
        for body in self.bodies.values():
            await body.start()

    async def end(self) -> None:
        """Everything stops."""
        for body in self.bodies.values():
            await body.stop()
        await self.operations.close()
        await self.world.close()
        self.clock.close()


async def through_bodies(count: int) -> float:
    """Messages a second between two agents with bodies, journalled at both ends."""
    stage = Stage(a=PING.format("b"), b=PING.format("a"))
    await stage.start()
    mind, done = stage.bodies["a"].mind, asyncio.Event()
    for body in stage.bodies.values():
        body.mind.printer = lambda line: done.set()
    began = time.perf_counter()
    mind.achieve(f"ping({count})")
    mind.wake()
    await done.wait()
    rate = count / (time.perf_counter() - began)
    await stage.end()
    return rate


class _Mail(CyclicBehaviour):  # type: ignore[misc]  # spade has no types
    """Gives what comes to an engine."""

    def __init__(self, take: Callable[[SpadeMessage], None]) -> None:
        super().__init__()
        self._take = take

    async def run(self) -> None:
        """One message."""
        self._take(await self.queue.get())


async def through_container(count: int) -> float:
    """Messages a second between two engines, text through SPADE's container and nothing else."""
    from agents.connection import Local  # a SPADE agent without a connection

    loop, done = asyncio.get_running_loop(), asyncio.Event()
    agents: dict[str, Agent] = {}
    carriers = {}
    sending: set[asyncio.Task[None]] = set()
    for name, other in (("a", "b"), ("b", "a")):
        mind = Agent(
            name,
            Program.parse(PING.format(other)),
            now=loop.time,
            random=Random(name),
            printer=lambda line: done.set(),
        )
        carrier = Local(f"{name}@bench.local", "")

        def take(got: SpadeMessage, mind: Agent = mind) -> None:
            sender = str(got.sender.bare).partition("@")[0]
            mind.receive(Message(sender, got.get_metadata("ilf"), got.body))
            mind.run()

        mail = _Mail(take)
        carrier.add_behaviour(mail)

        def post(receiver: str, message: Message, mail: _Mail = mail) -> bool:
            carried = SpadeMessage(
                to=f"{receiver}@bench.local",
                body=term_text(message.content),
                metadata={"ilf": message.performative},
            )
            task = loop.create_task(mail.send(carried))
            sending.add(task)
            task.add_done_callback(sending.discard)
            return True

        mind.outbox = post
        agents[name], carriers[name] = mind, carrier
        await carrier.start(auto_register=False)
    began = time.perf_counter()
    agents["a"].achieve(f"ping({count})")
    agents["a"].run()
    await done.wait()
    rate = count / (time.perf_counter() - began)
    for carrier in carriers.values():
        await carrier.stop()
        Container().unregister(carrier.jid)
    return rate


async def twin_to_twin(count: int) -> tuple[float, float]:
    """Milliseconds, p50 and p99, from a patient's change to what is asked of the display."""
    stage = Stage(a=SHOW)
    await stage.start()
    stage.bodies["a"].mind.achieve("watch")
    stage.bodies["a"].mind.wake()
    await asyncio.sleep(0.05)
    asked = asyncio.Event()
    at = [0.0]

    def seen(notice: Notice) -> None:
        if notice.change.kind == "operation" and not asked.is_set():
            at[0] = time.perf_counter()
            asked.set()

    stop = stage.transport.observe("display", seen)
    found = []
    for i in range(count):
        asked.clear()
        began = time.perf_counter()
        stage.world.observe(
            Observation(
                twin="patient",
                member="hr",
                value=110.0 + i % 7,
                effective=stage.clock.now(),
                source="bench",
            )
        )
        await asyncio.wait_for(asked.wait(), 2)
        if i > count // 10:
            found.append((at[0] - began) * 1e3)
        await asyncio.sleep(0.001)
    stop()
    await stage.end()
    cuts = quantiles(found, n=100)
    return cuts[49], cuts[98]


async def idle_cpu(seconds: float) -> float:
    """Milliseconds of processor time that two idle agents use in so many seconds."""
    stage = Stage(a=PING.format("b"), b=PING.format("a"))
    await stage.start()
    await asyncio.sleep(0.2)
    began = time.process_time()
    await asyncio.sleep(seconds)
    used = (time.process_time() - began) * 1e3
    await stage.end()
    return used


def main() -> None:
    """Print the figures, medians of several rounds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agents", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds of doing nothing")
    options = parser.parse_args()
    rounds = range(options.rounds)
    print(f"{machine()}; medians of {options.rounds} rounds")
    rate = median(asyncio.run(through_container(options.messages)) for _ in rounds)
    print(f"messages a second, SPADE's container        {rate:10,.0f}   target 20,000")
    rate = median(asyncio.run(through_bodies(options.messages // 5)) for _ in rounds)
    print(f"messages a second, bodies and journal       {rate:10,.0f}")
    pairs = [asyncio.run(twin_to_twin(1_000)) for _ in rounds]
    print(f"twin to twin, p50, ms                       {median(p[0] for p in pairs):10.3f}   0.2")
    print(f"twin to twin, p99, ms                       {median(p[1] for p in pairs):10.3f}   2")
    used = asyncio.run(idle_cpu(options.idle))
    print(f"two idle agents over {options.idle:g} s, ms of CPU       {used:10.2f}   none")


if __name__ == "__main__":
    main()

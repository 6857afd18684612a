"""One case live in one process: twins on the web, agents, script, people, and real devices."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agents.address import Address
from environment.runtime.access import Tokens
from environment.runtime.catching_up import CatchUpClock, CatchUpLoop
from environment.runtime.clock import WallClock
from environment.runtime.past import Past
from environment.web.app import LOOPBACK, PORT, make_site, serve
from scenarios.devices import simulated_only
from scenarios.pauses import no_long_pauses
from scenarios.resuming import Told, take_up
from scenarios.schema import Scenario
from scenarios.session import Follow, Played, Progress, Session, load_programs

if TYPE_CHECKING:
    from scenarios.live_devices import LiveDevices

#: Seconds that followers on the web have to take the last changes (engineering default).
LEAVES_WITHIN_S = 5.0

#: Told once everybody can come: the address, and where each real device delivers.
Ready = Callable[[str, Mapping[str, str]], None]


async def play_served(
    scenario: Scenario,
    *,
    seed: int,
    speed: float = 1.0,
    plans: Path | None = None,
    transport: str | Address = "container",
    host: str = LOOPBACK,
    port: int = PORT,
    tokens: Tokens | None = None,
    open_role: str = "instructor",
    devices: "LiveDevices | None" = None,
    ready: Ready | None = None,
    progress: Progress | None = None,
    follow: Follow | None = None,
    past: Past | None = None,
    told: Told | None = None,
    paused: bool = False,
) -> Played:
    """Play a scenario on the web, agents inside; the call comes when everybody is there.

    With a `past` (in a running `CatchUpLoop`) it is taken up where that ends.
    """
    programs = load_programs(scenario, plans)
    if devices is None:
        simulated_only(scenario, {})
    clock = (WallClock if past is None else CatchUpClock)(scenario.start, speed=speed)
    clock.pause()
    async with asyncio.TaskGroup() as tasks:
        given = {} if devices is None else devices.assets
        session = Session(
            scenario,
            clock,
            programs,
            seed=seed,
            tasks=tasks,
            given=given,
            past=past,
            directed=True,
        )
        if devices is not None:
            session.world.journal.follow(devices.follow)
        if follow is not None and past is None:
            follow(session.world.journal)
        site = make_site(session.world, session.operations, tokens=tokens, open_role=open_role)
        served = None
        try:
            if past is None:
                await session.start(transport)
            else:
                taken_up = await take_up(session, past, transport, follow=follow)
                if told is not None:
                    told(taken_up)
            served = await serve(site, host=host, port=port)
            where = {} if devices is None else await devices.open(clock, host)
            if ready is not None:
                ready(served.url, where)
            with no_long_pauses():
                assert session.director is not None  # it is directed
                session.director.go(paused=paused)
                await session.until(scenario.ends_s, progress)
        finally:
            if devices is not None:
                await devices.close()
            await session.stop()
            if devices is not None:
                devices.end_recording()
            if served is not None:
                if site.streams:
                    await asyncio.wait(set(site.streams), timeout=LEAVES_WITHIN_S)
                await served.stop()
    return session.played()


def served(
    scenario: Scenario,
    *,
    seed: int,
    speed: float = 1.0,
    plans: Path | None = None,
    transport: str | Address = "container",
    host: str = LOOPBACK,
    port: int = PORT,
    tokens: Tokens | None = None,
    is_open: bool | None = None,
    devices: "LiveDevices | None" = None,
    ready: Ready | None = None,
    progress: Progress | None = None,
    follow: Follow | None = None,
    past: Past | None = None,
    told: Told | None = None,
    paused: bool = False,
) -> Played:
    """Play a case on the web to its end, or on from a past.

    Whoever comes from this machine needs no token if it `is_open`: by default, if none are given.
    """
    factory = asyncio.SelectorEventLoop if past is None else CatchUpLoop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(
            play_served(
                scenario,
                seed=seed,
                speed=speed,
                plans=plans,
                transport=transport,
                host=host,
                port=port,
                tokens=tokens,
                open_role="instructor" if (tokens is None if is_open is None else is_open) else "",
                devices=devices,
                ready=ready,
                progress=progress,
                follow=follow,
                past=past,
                told=told,
                paused=paused,
            )
        )

"""One run in two processes: the world with its assets and people in one, the agents in another.

The world waits at the call until every mind has told that it is running. Agents use the twins by
the same client as in one process; they end when the world says that their minds have stopped.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from itertools import groupby, pairwise, takewhile
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from agents.address import Address
from agents.bdi import Program
from environment.client import Transport, TwinClient
from environment.errors import SourceLostError
from environment.http_client import Http
from environment.model.change import Change, Observation
from environment.returning import PROVISIONAL, Returning
from environment.runtime.access import Tokens
from environment.runtime.catching_up import CatchUpClock, CatchUpLoop
from environment.runtime.clock import WallClock
from environment.runtime.past import Past
from environment.web.app import LOOPBACK, PORT, make_site, serve
from scenarios.crew import ROOM_ROLE, Crew
from scenarios.pauses import no_long_pauses
from scenarios.resuming import Told, take_up
from scenarios.schema import Scenario
from scenarios.session import Follow, Played, Progress, Session, programs_of

T = TypeVar("T")

#: Seconds that the world waits for its agents to leave at the end (engineering default).
LEAVES_WITHIN_S = 5.0
#: Virtual time passes, even so little, when nothing else is left to do.
SETTLES_S = 1e-6
#: Real seconds that the agents' clock may be off the world's (engineering default).
DRIFT_S = 0.05
#: Seconds without the world after which agents give up (engineering default).
GIVES_UP_S = 30.0


async def play_world(
    scenario: Scenario,
    *,
    seed: int,
    speed: float,
    host: str = LOOPBACK,
    port: int = PORT,
    tokens: Tokens | None = None,
    open_role: str = "instructor",
    ready: Callable[[str], None] | None = None,
    progress: Progress | None = None,
    follow: Follow | None = None,
    past: Past | None = None,
    told: Told | None = None,
) -> Played:
    """Play a scenario whose agents are elsewhere; `ready` is told the address to reach it at.

    With a `past` (in a running `CatchUpLoop`) it is taken up where that ends, and waits for nobody.
    """
    clock = (WallClock if past is None else CatchUpClock)(scenario.start, speed=speed)
    clock.pause()
    async with asyncio.TaskGroup() as tasks:
        session = Session(scenario, clock, {}, seed=seed, tasks=tasks, past=past)
        if follow is not None and past is None:
            follow(session.world.journal)
        site = make_site(session.world, session.operations, tokens=tokens, open_role=open_role)
        site.translations = scenario.translation
        served = None
        try:
            if past is None:
                await session.build(with_agents=False)
            else:
                taken_up = await take_up(session, past, with_agents=False, follow=follow)
                if told is not None:
                    told(taken_up)
            served = await serve(site, host=host, port=port)
            if ready is not None:
                ready(served.url)
            if past is None:
                await _until_running(session)
                session.begin_people()
            with no_long_pauses():
                if isinstance(clock, CatchUpClock):
                    clock.go_on()
                else:
                    clock.resume()
                await session.until(scenario.ends_s, progress)
        finally:
            await session.stop()
            if served is not None:
                if site.streams:
                    await asyncio.wait(set(site.streams), timeout=LEAVES_WITHIN_S)
                await served.stop()
    return session.played()


def world_of(
    scenario: Scenario,
    *,
    seed: int,
    speed: float,
    host: str = LOOPBACK,
    port: int = PORT,
    tokens: Tokens | None = None,
    ready: Callable[[str], None] | None = None,
    progress: Progress | None = None,
    follow: Follow | None = None,
    past: Past | None = None,
    told: Told | None = None,
) -> Played:
    """Play a world to its end, or on from a past; with tokens nobody comes in without one."""
    return _run(
        play_world(
            scenario,
            seed=seed,
            speed=speed,
            host=host,
            port=port,
            tokens=tokens,
            open_role="" if tokens is not None else "instructor",
            ready=ready,
            progress=progress,
            follow=follow,
            past=past,
            told=told,
        ),
        CatchUpLoop if past is not None else asyncio.SelectorEventLoop,
    )


def agents_of(
    url: str,
    *,
    token: str = "",
    seed: int = 0,
    plans: Path | None = None,
    transport: str | Address = "container",
    ready: Callable[[Sequence[str]], None] | None = None,
    told: Callable[[float, float], None] | None = None,
) -> None:
    """Be the agents of a world until it ends."""
    _run(
        play_agents(
            url,
            token=token,
            seed=seed,
            plans=plans,
            transport=transport,
            ready=ready,
            told=told,
        ),
        CatchUpLoop,
    )


def _run(
    work: Coroutine[Any, Any, T],
    loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.SelectorEventLoop,
) -> T:
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(work)


async def _until_running(session: Session) -> None:
    """Wait until every mind has told that it is there."""
    missing = {f"mind_{name}" for name in session.minds}
    everybody = asyncio.Event()

    def look(twin: str) -> None:
        if session.world.twin(twin).value("state") == "running":
            missing.discard(twin)
        if not missing:
            everybody.set()

    ends = [session.world.watch(lambda notice: look(notice.twin), twin) for twin in sorted(missing)]
    if missing:
        await everybody.wait()
    for end in ends:
        end()


async def play_agents(
    url: str,
    *,
    token: str = "",
    seed: int = 0,
    plans: Path | None = None,
    transport: str | Address = "container",
    ready: Callable[[Sequence[str]], None] | None = None,
    told: Callable[[float, float], None] | None = None,
) -> None:
    """Be the agents of the world at `url` until it ends; which there are, its minds say.

    In a `CatchUpLoop`, agents whose process has ended come back: `told` is given the scenario times
    since when they were away and until when.
    """
    loop = asyncio.get_running_loop()
    world = await Http.connect(url, token=token, hold=isinstance(loop, CatchUpLoop))
    held = world.held or []
    names = _names_in(held) if held else world.find("mind", None, None)
    roles = {
        name: ROOM_ROLE if name.startswith(ROOM_ROLE) else name
        for name in (mind.removeprefix("mind_") for mind in names)
    }
    programs = programs_of(sorted(set(roles.values())), plans)
    was_here = any(c.twin in names and c.name == "state" and c.value == "running" for c, _ in held)
    clock: WallClock
    if was_here:
        clock = CatchUpClock(world.replica.time.start, speed=world.speed or 1.0)
    else:
        world.apply_held()
        if isinstance(loop, CatchUpLoop):
            await world.follow_on()
        clock = WallClock(world.replica.time.start, speed=world.speed or 1.0, begin_s=_now(world))
        _keep_time(world, clock, world.speed)
    crew: Crew | None = None
    try:
        if isinstance(clock, CatchUpClock):
            returning, past = _returning(world, clock, held, set(roles))
            crew = _crew(returning, roles, programs, clock, seed)
            await _live_again(world, clock, held, partial(crew.start, transport))
            returning.go_on()
        else:
            crew = _crew(world, roles, programs, clock, seed)
            await crew.start(transport)
        await _tell_running(world, roles, programs)
        world.on_time = lambda speed: _keep_time(world, clock, speed)
        _keep_time(world, clock, world.speed)
        if was_here and told is not None:
            told(past.acted_s, _now(world))
        if ready is not None:
            ready(list(roles))
        with no_long_pauses():
            await _until_stopped(world, list(names))
    finally:
        if crew is not None:
            await crew.stop()
            await crew.end_server()
        await world.close()
        clock.close()


def _names_in(held: Sequence[tuple[Change, str]]) -> list[str]:
    """The minds that have come into the world."""
    return [c.twin for c, kind in held if kind == "mind" and c.name == "created"]


def _returning(
    world: Http, clock: CatchUpClock, held: Sequence[tuple[Change, str]], agents: set[str]
) -> tuple[Returning, Past]:
    """How agents whose process has ended use the world: what they did there is their past."""
    acts = [c for c, _ in held if c.by in agents]
    past = Past(
        [c for c, _ in held],
        speed=world.speed or 1.0,
        acted_s=max((c.recorded for c in acts), default=0.0),
        away=_absences(acts),
        provisional=PROVISIONAL,
    )
    return Returning(world, past, clock.now), past


async def _live_again(
    world: Http,
    clock: CatchUpClock,
    held: Sequence[tuple[Change, str]],
    start: Callable[[], Coroutine[None, None, None]],
) -> None:
    """Start agents where the world began, and let them live through what it has told.

    The clock stands at the world's present in the end, and the world is followed again.
    """
    time, replica = world.replica.time, world.replica
    time.reliving = clock.now
    began_s = held[0][0].recorded
    opening = list(takewhile(lambda h: h[0].recorded <= began_s and h[0].kind != "operation", held))
    for change, kind in opening:
        replica.follow(change, kind)
    await start()
    clock.leap()
    await clock.sleep(SETTLES_S)
    for at_s, moment in groupby(held[len(opening) :], key=lambda h: h[0].recorded):
        if at_s > clock.now():
            await clock.sleep(at_s - clock.now())
        for change, kind in moment:
            replica.follow(change, kind)
    await clock.sleep(SETTLES_S)
    clock.arrive()
    world.held, time.reliving = None, None
    await world.follow_on()
    clock.arrive(_now(world))


def _absences(acts: Sequence[Change]) -> list[tuple[float, float]]:
    """From when to when agents were away before: they say that they are running when they come."""
    return [
        (before.recorded, act.recorded)
        for before, act in pairwise(acts)
        if act.name == "role" and before.name != "state"
    ]


def _crew(
    world: Transport,
    roles: Mapping[str, str],
    programs: Mapping[str, Program],
    clock: WallClock,
    seed: int,
) -> Crew:
    return Crew(
        roles,
        programs,
        clock,
        lambda by: TwinClient(world, by),
        lambda name: Random(f"{seed}/{name}"),
    )


async def _tell_running(
    world: Http, roles: Mapping[str, str], programs: Mapping[str, Program]
) -> None:
    for name, role in roles.items():
        facts = {"role": role, "plans": len(programs[role].plans), "state": "running"}
        for member, value in facts.items():
            await world.feed(
                Observation(
                    twin=f"mind_{name}",
                    member=member,
                    value=value,
                    effective=_now(world),
                    source=name,
                )
            )


def _now(world: Http) -> float:
    return world.replica.clock.now()


def _keep_time(world: Http, clock: WallClock, speed: float) -> None:
    """Go as fast as the world goes, and stand while it stands or is away; have its time."""
    if speed == 0:
        clock.pause()
        return
    if clock.speed != speed:
        clock.set_speed(speed)
    if abs(_now(world) - clock.now()) > DRIFT_S * speed:
        clock.set_now(_now(world))
    clock.resume()


async def _until_stopped(world: Http, minds: Sequence[str]) -> None:
    """Wait for the world's end; `SourceLostError` when it is away for too long."""
    over = asyncio.Event()
    ends = [world.observe(mind, lambda notice: over.set()) for mind in minds[:1]]
    gone_s = 0.0
    loop = asyncio.get_running_loop()
    while not minds or world.values(minds[0], ["state"])["state"] != "stopped":
        over.clear()
        began = loop.time()
        try:
            async with asyncio.timeout(1.0):
                await over.wait()
        except TimeoutError:
            gone_s = gone_s + loop.time() - began if world.lost else 0.0
        if gone_s > GIVES_UP_S:
            raise SourceLostError(f"The world at {world.url} is gone: {world.lost}.")
    for end in ends:
        end()

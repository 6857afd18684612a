"""One case live in one process: twins on the web, agents, script, people, and real devices."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agents.address import Address
from agents.bdi import Program
from environment.model.change import Change
from environment.runtime.access import Tokens
from environment.runtime.catching_up import CatchUpClock, CatchUpLoop
from environment.runtime.clock import WallClock
from environment.runtime.journal import Journal
from environment.runtime.past import Past
from environment.web.app import LOOPBACK, PORT, make_site, serve
from environment.web.site import Site
from scenarios.debriefing import Live
from scenarios.devices import simulated_only
from scenarios.director import SESSION
from scenarios.outgoing import Files
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
#: Told when it is over, and whether somebody has a page open then: does the debrief follow at the
#: same address?
Stays = Callable[[bool], bool]
#: Keeps a whole journal, of which what comes after a change is discarded: returns under which name,
#: and what follows the one that goes on.
Branch = Callable[[Journal, int], tuple[str, Follow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewind:
    """The wish to go back: whose, to which bookmark, after which change, from when."""

    by: str
    label: str
    after: int
    from_s: float
    changes: tuple[Change, ...]
    fastest: float


@dataclass(slots=True, kw_only=True)
class _Stage:
    """How a case is played on the web, as often as its instructor goes back."""

    scenario: Scenario
    programs: dict[str, Program]
    seed: int
    speed: float
    transport: str | Address
    host: str
    port: int
    tokens: Tokens | None
    open_role: str
    devices: "LiveDevices | None"
    ready: Ready | None
    progress: Progress | None
    told: Told | None
    branch: Branch | None
    run: str
    stays: Stays | None
    times: int = 0

    async def play(
        self,
        past: Past | None,
        follow: Follow | None,
        *,
        paused: bool,
        back: Rewind | None = None,
        name: str = "",
    ) -> Session | Rewind:
        """Play on from a past, to the end or until the instructor goes back."""
        scenario, devices = self.scenario, self.devices
        clock = (WallClock if past is None else CatchUpClock)(scenario.start, speed=self.speed)
        clock.pause()
        async with asyncio.TaskGroup() as tasks:
            session = Session(
                scenario,
                clock,
                self.programs,
                seed=self.seed,
                tasks=tasks,
                given={} if devices is None else devices.assets,
                past=past,
                directed=True,
                journal_name=f"{scenario.name}~{self.times}" if self.times else "",
            )
            director = session.director
            assert director is not None  # it is directed
            journal = session.world.journal
            if devices is not None:
                journal.follow(devices.follow)
            if follow is not None and past is None:
                follow(journal)
            site = make_site(
                session.world, session.operations, tokens=self.tokens, open_role=self.open_role
            )
            self.tokens = site.tokens  # whoever has come in stays in
            site.run = self.run
            site.minds = session.crew.insight
            site.translations = scenario.translation
            live = Live(journal, scenario, self.seed, self.run)
            site.debriefs, site.files = live.told, Files(live.taken)
            wish: asyncio.Future[Rewind] = asyncio.get_running_loop().create_future()
            served = None
            try:
                if past is None:
                    await session.start(self.transport)
                else:
                    taken_up = await take_up(session, past, self.transport, follow=follow)
                    if self.told is not None and back is None:
                        self.told(taken_up)
                served = await serve(site, host=self.host, port=self.port)
                self.port = urlsplit(served.url).port or self.port
                where = {} if devices is None else await devices.open(clock, self.host)
                if self.ready is not None and back is None:
                    self.ready(served.url, where)
                if back is not None:
                    director.tell_rewound(back.by, back.label, back.after, back.from_s, name)
                director.rewinds = self._wisher(session, wish, site)
                with no_long_pauses():
                    director.go(paused=paused, stands=paused and past is not None)
                    await _first(session.until(scenario.ends_s, self.progress), wish)
                if not wish.done():
                    stays = self.stays is not None and self.stays(site.is_watched)
                    site.leave("over", debrief=stays)
            finally:
                site.leave("stopped")  # unless it was said why
                if devices is not None:
                    await devices.close()
                await session.stop()
                if devices is not None:
                    devices.end_recording()
                if served is not None:
                    if site.streams and not wish.done():
                        await asyncio.wait(set(site.streams), timeout=LEAVES_WITHIN_S)
                    await served.stop()
        return wish.result() if wish.done() else session

    def _wisher(
        self, session: Session, wish: asyncio.Future[Rewind], site: Site
    ) -> Callable[[str, str, int], None] | None:
        """What a director calls to go back; real devices cannot, nor a loop that cannot leap."""
        if self.devices is not None or not isinstance(asyncio.get_running_loop(), CatchUpLoop):
            return None

        def wished(by: str, label: str, after: int) -> None:
            assert session.director is not None  # it asks
            journal, pace = session.world.journal, session.director.pace
            changes = tuple(islice(journal, after))
            now = session.clock.now()
            if not wish.done():
                moment = session.world.twin(SESSION).value("bookmark")[label]
                site.leave("back", at_s=moment["at_s"])
                wish.set_result(
                    Rewind(
                        by=by,
                        label=label,
                        after=after,
                        from_s=now,
                        changes=changes,
                        fastest=pace.fastest,
                    )
                )

        return wished


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
    branch: Branch | None = None,
    run: str = "",
    stays: Stays | None = None,
) -> Played:
    """Play a scenario on the web, agents inside; the call comes when everybody is there.

    With a `past` (in a running `CatchUpLoop`) it is taken up where that ends. In such a loop its
    instructor can also go back; `branch` keeps what is then discarded. When it is over, pages are
    told whether its debrief `stays` at the same address.
    """
    if devices is None:
        simulated_only(scenario, {})
    stage = _Stage(
        scenario=scenario,
        programs=load_programs(scenario, plans),
        seed=seed,
        speed=speed,
        transport=transport,
        host=host,
        port=port,
        tokens=tokens,
        open_role=open_role,
        devices=devices,
        ready=ready,
        progress=progress,
        told=told,
        branch=branch,
        run=run,
        stays=stays,
    )
    journals: list[Journal] = []

    def following(journal: Journal) -> None:
        journals.append(journal)
        if follow is not None:
            follow(journal)

    ended = await stage.play(past, following, paused=paused)
    while isinstance(ended, Rewind):
        stage.times += 1
        name = f"branch-{stage.times}"
        on: Follow | None = follow
        if branch is not None:
            name, on = branch(journals[-1], ended.after)

        def again(journal: Journal, on: Follow | None = on) -> None:
            journals.append(journal)
            if on is not None:
                on(journal)

        known = Past(ended.changes, speed=ended.fastest)
        ended = await stage.play(known, again, paused=True, back=ended, name=name)
    return ended.played()


async def _first(work: Coroutine[None, None, None], wish: "asyncio.Future[Rewind]") -> None:
    """Wait until a piece of work is done, or something is wished."""
    task = asyncio.ensure_future(work)
    both: set[asyncio.Future[Any]] = {task, wish}  # Any: of whatever result
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
    finally:
        task.cancel()


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
    branch: Branch | None = None,
    run: str = "",
    stays: Stays | None = None,
) -> Played:
    """Play a case on the web to its end, or on from a past.

    Whoever comes from this machine needs no token if it `is_open`: by default, if none are given.
    """
    with asyncio.Runner(loop_factory=CatchUpLoop) as runner:
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
                branch=branch,
                run=run,
                stays=stays,
            )
        )

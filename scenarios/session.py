"""The composition root: clock, world, assets, agents and people of one run, wired together here."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from agents import actions
from agents.address import Address
from agents.bdi import Program, Trace
from environment.client import InProcess, TwinClient
from environment.model.change import JSON
from environment.model.twin import Twin
from environment.physical.adapter import Adapter
from environment.physical.blood_bank_sim import BloodBankSim
from environment.physical.body_sim import BodySim
from environment.physical.device_sim import DeviceSim
from environment.physical.monitor_sim import MonitorSim
from environment.physical.person_sim import PersonSim
from environment.physical.physiology import Body, body_from
from environment.physical.room_sim import RoomSim
from environment.physical.screen import Screen
from environment.physical.vehicle_sim import VehicleSim
from environment.physical.ventilator_sim import VentilatorSim
from environment.runtime.alarming import MonitorAlarms
from environment.runtime.clock import Clock, VirtualClock, VirtualLoop, WallClock
from environment.runtime.invoked_again import RelivingOperations
from environment.runtime.journal import Journal
from environment.runtime.operations import Operations
from environment.runtime.past import Past
from environment.runtime.reliving import RelivingWorld
from environment.runtime.world import World
from environment.twins import kinds
from scenarios.crew import MANAGED, ROOM_ROLE, Crew
from scenarios.director import SESSION, Director, Strings
from scenarios.errors import PlansError
from scenarios.orders import Orders
from scenarios.pace import Pace
from scenarios.pauses import no_long_pauses
from scenarios.schema import Scenario
from scenarios.team import Team

#: The plans that come with the project.
SHIPPED_PLANS = Path(__file__).parent.parent / "agents" / "roles"
#: Seconds that one thing of a room's checklist takes (engineering default).
PREPARES_IN_S = 60.0
#: How often progress is told, in scenario seconds.
PROGRESS_EVERY_S = 30.0

Progress = Callable[[float], None]
#: Given the journal of a run when it begins.
Follow = Callable[[Journal], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a run leaves: its journal, and what is needed to read it."""

    journal: Journal
    models: dict[str, type[Twin]]
    start: datetime
    simulated_s: float


def run(
    scenario: Scenario,
    *,
    seed: int,
    speed: float | None = None,
    plans: Path | None = None,
    transport: str | Address = "container",
    progress: Progress | None = None,
    follow: Follow | None = None,
    assets: Mapping[str, Adapter] | None = None,
    trace: Trace | None = None,
) -> Played:
    """Play a scenario to its end: on the virtual clock, or at `speed` times real time.

    `follow` is told of every change as it is journalled; `assets` stand behind the twins that they
    are given for, in place of the simulated ones; `trace` takes every step of every mind.
    """
    factory = VirtualLoop if speed is None else asyncio.SelectorEventLoop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(
            play(
                scenario,
                seed=seed,
                speed=speed,
                plans=plans,
                transport=transport,
                progress=progress,
                follow=follow,
                assets=assets,
                trace=trace,
            )
        )


async def play(
    scenario: Scenario,
    *,
    seed: int,
    speed: float | None = None,
    plans: Path | None = None,
    transport: str | Address = "container",
    progress: Progress | None = None,
    follow: Follow | None = None,
    assets: Mapping[str, Adapter] | None = None,
    trace: Trace | None = None,
) -> Played:
    """Play a scenario in the running event loop (a `VirtualLoop` when `speed` is None)."""
    programs = load_programs(scenario, plans)
    clock: Clock
    if speed is None:
        clock = VirtualClock(scenario.start)
    else:
        clock = WallClock(scenario.start, speed=speed)
        clock.pause()  # the call comes when everything is there
    try:
        async with asyncio.TaskGroup() as tasks:
            session = Session(
                scenario, clock, programs, seed=seed, tasks=tasks, given=assets, trace=trace
            )
            if follow is not None:
                follow(session.world.journal)
            try:
                await session.start(transport)
                with no_long_pauses():
                    if isinstance(clock, WallClock):
                        clock.resume()
                    await session.until(scenario.ends_s, progress)
            finally:
                await session.stop()
                if trace is not None:
                    trace.flush()
    except BaseExceptionGroup as group:
        if len(group.exceptions) == 1:  # the one thing that went wrong, as itself
            raise group.exceptions[0] from None
        raise
    return session.played()


def load_programs(scenario: Scenario, plans: Path | None) -> dict[str, Program]:
    """The program of each role of a scenario."""
    return programs_of(scenario.agents, plans)


def programs_of(roles: Iterable[str], plans: Path | None) -> dict[str, Program]:
    """The program of each role; a role without a file in a given folder has no plans."""
    folder = SHIPPED_PLANS if plans is None else plans
    if not folder.is_dir():
        raise PlansError(f"{folder}: there is no folder of plans here.")
    programs = {}
    for role in roles:
        path = folder / f"{role}.asl"
        if path.is_file():
            programs[role] = _checked(Program.load(path), folder)
        elif plans is None:
            known = ", ".join(sorted(p.stem for p in folder.glob("*.asl")))
            raise PlansError(f"{path}: there are no plans for the role '{role}'. Known: {known}.")
        else:
            programs[role] = Program.parse("", file=f"{role}.asl")
    return programs


def _checked(program: Program, folder: Path) -> Program:
    """A program all of whose actions exist; what else looks odd is the linter's affair."""
    wrong = [
        p for p in program.check(actions.registry()) if p.code in ("unknown_action", "wrong_arity")
    ]
    if wrong:
        raise PlansError("\n".join(f"{folder / p.file}:{p.line}: {p.message}" for p in wrong))
    return program


class Session:
    """One run: everything in it, from start to stop."""

    def __init__(
        self,
        scenario: Scenario,
        clock: Clock,
        programs: dict[str, Program],
        *,
        seed: int,
        tasks: asyncio.TaskGroup,
        given: Mapping[str, Adapter] | None = None,
        past: Past | None = None,
        directed: bool = False,
        journal_name: str = "",
        trace: Trace | None = None,
    ) -> None:
        self.scenario, self.clock, self.programs, self.seed = scenario, clock, programs, seed
        self._tasks = tasks
        self.minds = _names(scenario)
        roles = scenario.roles | dict.fromkeys(self.minds, "agent")
        journal = Journal(journal_name or scenario.name)
        self.world: World
        self.operations: Operations
        if past is None:
            self.world = World(clock, kinds(), journal)
            self.operations = Operations(self.world, roles)
        else:
            reliving = RelivingWorld(clock, kinds(), journal, past)
            self.world, self.operations = reliving, RelivingOperations(reliving, past, roles)
        self.transport = InProcess(self.world, self.operations)
        self.body = body_from(scenario.body_table())
        self.assets: dict[str, Adapter] = {}
        self._given = dict(given or {})  # assets in place of the simulated ones
        self.crew = Crew(self.minds, programs, clock, self.client, self.random, trace)
        self.team = Team(scenario, self.transport, clock, seed=seed, spawn=self._spawn)
        #: The instructor's hand on it; only a session that people take part in has one.
        self.director: Director | None = None
        if directed or (past is not None and SESSION in past.kinds):
            self.director = Director(
                Strings(
                    scenario=scenario,
                    team=self.team,
                    body=self.body,
                    journal=journal,
                    assets=self.assets,
                    client=self.client,
                    spawn=self._spawn,
                ),
                Pace(clock),
            )

    def client(self, by: str) -> TwinClient:
        """A client for somebody who takes part."""
        return TwinClient(self.transport, by)

    def random(self, name: str) -> Random:
        """A stream of chance of its own for each part, from the seed."""
        return Random(f"{self.seed}/{name}")

    async def start(self, transport: str | Address = "container") -> None:
        """Bring twins, assets, agents and people into being."""
        await self.build()
        await self.crew.start(transport)
        self.begin_people()

    def begin_people(self) -> None:
        """Simulated people begin with their script, and with what played ones order."""
        self.team.start()
        Orders(self.team).start()

    async def build(self, *, with_agents: bool = True) -> None:
        """Bring twins and assets into being; agents of another process tell themselves of it."""
        for twin, kind in self.scenario.twins.items():
            if kind not in ("preh", "trauma", "mind"):
                self.world.add(kind, twin, by="scenario")
        for name, role in self.minds.items():
            self.world.add("mind", f"mind_{name}", by=name)
            if with_agents:
                self._tell_mind(name, role, "running")
        await self._couple_assets()

    async def until(self, at_s: float, progress: Progress | None = None) -> None:
        """Let the run go on until a scenario time."""
        while (now := self.clock.now()) < at_s:
            if progress is not None:
                progress(now)
            await self.clock.sleep(min(PROGRESS_EVERY_S, at_s - now))
        if progress is not None:
            progress(at_s)

    async def stop(self) -> None:
        """End people, agents and assets; what they left stays in the journal."""
        self.team.close()
        await self.crew.stop()
        for name, role in self.minds.items():
            self._tell_mind(name, role, "stopped")
        await self.crew.end_server()
        await self.operations.close()
        await self.world.close()
        self.clock.close()

    def played(self) -> Played:
        """What the run left."""
        return Played(
            journal=self.world.journal,
            models={twin.id: type(twin) for twin in self.world.twins.values()},
            start=self.scenario.start,
            simulated_s=self.scenario.ends_s,
        )

    # -- parts -----------------------------------------------------------------------------

    def _spawn(self, coroutine: Coroutine[None, None, None]) -> None:
        self._tasks.create_task(coroutine)

    async def _couple_assets(self) -> None:
        scenario, patient = self.scenario, self.scenario.patient
        bodies = {patient.id: self.body}
        await self._couple(
            patient.id,
            BodySim(
                patient.id, self.body, facts=patient.facts(), passport=patient.passport_facts()
            ),
        )
        for vehicle in scenario.vehicles:
            sim = VehicleSim(
                vehicle.id,
                vehicle.where,
                vehicle.travel_s,
                at=vehicle.place,
                crew=tuple(vehicle.crew),
            )
            await self._couple(vehicle.id, sim)
        for room in scenario.rooms:
            takes = dict.fromkeys(room.checklist, PREPARES_IN_S)
            await self._couple(room.id, RoomSim(room.id, type=room.type, checklist=takes))
        for person in scenario.people:
            reads = person.reads[0] if person.reads else ""
            sim_person = PersonSim(
                person.id, role=person.role, title=person.title, place=person.place, reads=reads
            )
            await self._couple(person.id, sim_person)
        for display in scenario.displays:
            watchers = [p.id for p in scenario.people if display in p.reads]
            await self._couple(display, Screen(display, watched_by=watchers))
        for device in scenario.devices:
            await self._couple(device.id, self._device(device.id, bodies))
            if device.kind == "monitor":
                MonitorAlarms(self.world, device.id).begin()
        await self._couple("blood_bank", self._blood_bank())
        if self.director is not None:
            self.world.add(SESSION, SESSION, by="scenario")
            await self._couple(SESSION, self.director)

    def _device(self, name: str, bodies: dict[str, Body]) -> Adapter:
        device = next(d for d in self.scenario.devices if d.id == name)
        if device.kind == "monitor":
            return MonitorSim(name, bodies, self.random(name), noise=device.noise)
        if device.kind == "ventilator":
            return VentilatorSim(name, self.scenario.patient.id, self.body)
        return DeviceSim(name, device.type, bodies)

    def _blood_bank(self) -> BloodBankSim:
        stock = self.scenario.blood_bank.stock
        return BloodBankSim("blood_bank", stock=stock) if stock else BloodBankSim("blood_bank")

    async def _couple(self, twin: str, asset: Adapter) -> None:
        asset = self._given.get(twin, asset)
        self.assets[twin] = asset
        await self.world.attach(asset, serves=[twin])

    def _tell_mind(self, name: str, role: str, state: str) -> None:
        facts: dict[str, JSON] = {"role": role, "state": state}
        if role in self.programs:  # else the agents' own process knows
            facts["plans"] = len(self.programs[role].plans)
        self.world.readings(f"mind_{name}", facts, self.clock.now(), name)


def _names(scenario: Scenario) -> dict[str, str]:
    """Each agent's name with its role: one per role, but a manager for each room."""
    names: dict[str, str] = {}
    for role in scenario.agents:
        if role == ROOM_ROLE:
            rooms = [room.id for room in scenario.rooms if room.type in MANAGED]
            names.update({f"{ROOM_ROLE}_{room}": role for room in rooms})
        else:
            names[role] = role
    return names

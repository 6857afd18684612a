"""A small stage for tests: the scenario's twins and simulated assets, its people, and no agents.

An advisor may show alerts and suggestions on the displays at given times, as agents would.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from environment.client import InProcess, TwinClient
from environment.model.change import JSON, Change, ChangeKind
from environment.model.twin import Twin
from environment.physical.blood_bank_sim import BloodBankSim
from environment.physical.body_sim import BodySim
from environment.physical.device_sim import DeviceSim
from environment.physical.monitor_sim import MonitorSim
from environment.physical.person_sim import PersonSim
from environment.physical.physiology import body_from
from environment.physical.room_sim import RoomSim
from environment.physical.screen import Screen
from environment.physical.simulated import SimulatedAsset
from environment.physical.vehicle_sim import VehicleSim
from environment.physical.ventilator_sim import VentilatorSim
from environment.runtime.clock import VirtualClock, VirtualLoop
from environment.runtime.journal import Journal
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds
from scenarios.reading import parse
from scenarios.schema import Scenario
from scenarios.team import Refusal, Team

Advice = tuple[float, str, dict[str, JSON]]  # time, "display.operation", arguments


@dataclass
class Performed:
    """What a run on this stage leaves."""

    journal: Journal
    models: dict[str, type[Twin]]
    start: datetime
    simulated_s: float
    refusals: list[Refusal]


def perform(
    scenario: Scenario,
    *,
    seed: int = 7,
    noise: float = 0.0,
    advice: Sequence[Advice] = (),
    until_s: float | None = None,
) -> Performed:
    """Run the scenario in virtual time."""

    async def main() -> Performed:
        return await _perform(scenario, seed, noise, advice, until_s)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


async def _perform(
    scenario: Scenario, seed: int, noise: float, advice: Sequence[Advice], until_s: float | None
) -> Performed:
    clock = VirtualClock(scenario.start)
    world = World(clock, kinds())
    operations = Operations(world, scenario.roles | {"advisor": "agent"})
    body = body_from(scenario.body_table())
    assets = _assets(scenario, body, seed, noise)
    for twin, kind in scenario.twins.items():
        if twin not in ("preh", "trauma"):
            world.add(kind, twin)
    for twin, asset in assets.items():
        await world.attach(asset, serves=[twin])
    transport = InProcess(world, operations)
    failures: list[BaseException] = []
    tasks: set[asyncio.Task[None]] = set()

    def spawn(coroutine: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        tasks.add(task)

        def ended(done: asyncio.Task[None]) -> None:
            tasks.discard(done)
            if not done.cancelled() and done.exception() is not None:
                failures.append(done.exception() or AssertionError())

        task.add_done_callback(ended)

    team = Team(scenario, transport, clock, seed=seed, spawn=spawn)
    team.start()
    _advise(TwinClient(transport, "advisor"), clock, spawn, advice)
    await clock.sleep_until(scenario.ends_s if until_s is None else until_s)
    team.close()
    for task in tuple(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await operations.close()
    await world.close()
    if failures:
        raise failures[0]
    return Performed(
        world.journal,
        {t.id: type(t) for t in world.twins.values()},
        scenario.start,
        clock.now(),
        team.refusals,
    )


def _advise(
    client: TwinClient,
    clock: VirtualClock,
    spawn: Callable[[Coroutine[None, None, None]], None],
    advice: Sequence[Advice],
) -> None:
    def say(what: str, arguments: dict[str, JSON]) -> Callable[[], None]:
        display, _, operation = what.partition(".")

        async def ask() -> None:
            await client.invoke(display, operation, **arguments)

        return lambda: spawn(ask())

    for at_s, what, arguments in advice:
        clock.call_at(at_s, say(what, arguments))


def _assets(scenario: Scenario, body: object, seed: int, noise: float) -> dict[str, SimulatedAsset]:
    patient = scenario.patient.id
    bodies = {patient: body}
    passport = scenario.patient.passport_facts()
    assets: dict[str, SimulatedAsset] = {
        patient: BodySim(patient, body, facts=scenario.patient.facts(), passport=passport),
        "blood_bank": BloodBankSim(),
    }
    for vehicle in scenario.vehicles:
        assets[vehicle.id] = VehicleSim(
            vehicle.id,
            vehicle.where,
            vehicle.travel_s,
            at=vehicle.place,
            crew=tuple(vehicle.crew),
        )
    for room in scenario.rooms:
        checklist = dict.fromkeys(room.checklist, 60.0)
        assets[room.id] = RoomSim(room.id, type=room.type, checklist=checklist)
    for person in scenario.people:
        reads = person.reads[0] if person.reads else ""
        assets[person.id] = PersonSim(person.id, title=person.title, reads=reads)
    for display in scenario.displays:
        assets[display] = Screen(display)
    for device in scenario.devices:
        if device.kind == "monitor":
            random = Random(f"{seed}/{device.id}")
            assets[device.id] = MonitorSim(device.id, bodies, random, noise=noise)
        elif device.kind == "ventilator":
            assets[device.id] = VentilatorSim(device.id, patient, body)
        else:
            assets[device.id] = DeviceSim(device.id, device.type, bodies)
    return assets


def longer(journal: Journal, *rows: tuple[str, ChangeKind, str, JSON], at_s: float) -> Journal:
    """The same journal with changes of one moment behind it: twin, kind, name, value."""
    found = Journal(journal.name)
    for change in journal:
        found.append(change)
    for row in rows:
        more(found, *row, at_s=at_s, by="instructor")
    return found


def more(
    journal: Journal,
    twin: str,
    kind: ChangeKind,
    name: str,
    value: JSON,
    *,
    at_s: float,
    true_s: float | None = None,
    by: str = "clock",
    cause: int | None = None,
) -> int:
    """Put a change behind a journal; its number."""
    journal.append(
        Change(
            seq=journal.next_seq,
            twin=twin,
            kind=kind,
            name=name,
            value=value,
            effective=at_s if true_s is None else true_s,
            recorded=at_s,
            source="test",
            quality="good",
            by=by,
            cause=cause,
        )
    )
    return journal.next_seq - 1


#: The beginning of a small case: a call, a bleeding thigh, twenty minutes.
HEAD = """\
id = "T2"
title = "People"
start = 2026-01-15T14:00:00Z
ends = "20:00"
[patient]
age = 30
weight_kg = 70
[[injury]]
at = "00:00"
kind = "bleed"
site = "left_thigh"
flow_ml_min = 40
[[event]]
at = "00:05"
by = "operator"
do = "central_unit.take_call"
with = { process = "preh", place = "accident_place", patient = "patient" }
"""


def show(at_s: float, rule: str, priority: str = "medium", on: str = "rescuer_tablet") -> Advice:
    """An alert on a display."""
    return (at_s, f"{on}.show", {"rule": rule, "priority": priority, "text": f"{rule} text"})


def withdraw(at_s: float, rule: str, on: str = "rescuer_tablet") -> Advice:
    """The alert goes."""
    return (at_s, f"{on}.withdraw", {"rule": rule, "reason": "pressure is back"})


def suggest(at_s: float, name: str, on: str = "rescuer_tablet") -> Advice:
    """A suggestion on a display."""
    return (at_s, f"{on}.suggest", {"name": name, "text": name})


def small(*more: str) -> Scenario:
    """The small case with more parts."""
    return parse(HEAD + "".join(more), path="small.toml")

"""Hands reach a patient where the patient is, and go where there is something to treat."""

from datetime import UTC, datetime
from random import Random

import pytest

from environment.client import InProcess, TwinClient
from environment.errors import RefusedError
from environment.model.change import Observation
from environment.physical.body_sim import BodySim
from environment.physical.monitor_sim import MonitorSim
from environment.physical.physiology import body_from
from environment.runtime.clock import VirtualClock
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds

ROLES = {
    "rescuer": "rescuer", "leader": "trauma_leader", "nurse": "team_member", "ivy": "instructor",
    "operator": "operator",
}  # fmt: skip


class Case:
    """A patient, a monitor, an ambulance; with a central unit unless told otherwise."""

    def __init__(self, *, central_unit: bool = True) -> None:
        self.clock = VirtualClock(datetime(2026, 1, 15, 14, tzinfo=UTC))
        self.world = World(self.clock, kinds())
        self.operations = Operations(self.world, ROLES)
        self.transport = InProcess(self.world, self.operations)
        twins = [
            ("patient", "patient"),
            ("place", "road"),
            ("vehicle", "ambulance"),
            ("monitor", "monitor"),
        ]
        if central_unit:
            twins.append(("central_unit", "centre"))
        for kind, twin in twins:
            self.world.add(kind, twin)

    async def begin(self) -> None:
        body = body_from({"patient": {"age_years": 34, "weight_kg": 80}})
        await self.world.attach(BodySim("patient", body), serves=["patient"])
        await self.world.attach(
            MonitorSim("monitor", {"patient": body}, Random(7)), serves=["monitor"]
        )

    async def ask(self, who: str, what: str, **given: object) -> None:
        twin, _, operation = what.partition(".")
        progress = self.operations.request(twin, operation, (), given, by=who, role=ROLES[who])  # type: ignore[arg-type]
        await self.operations.carry_out(progress)

    async def call(self) -> None:
        await self.ask("operator", "centre.take_call", process="preh", place="road",
                       patient="patient")  # fmt: skip

    async def go(self, *phases: str) -> None:
        for phase in phases:
            await self.ask("rescuer", "preh.advance", to=phase)

    async def delivered(self) -> None:
        await self.call()
        await self.go("dispatched", "en_route", "on_scene", "transporting")
        await self.ask("rescuer", "preh.decide_severity", severity="severe")
        await self.ask("leader", "trauma.advance", to="activated")
        await self.ask("leader", "trauma.advance", to="delivered")

    def vehicle_says(self, **values: object) -> None:
        for member, value in values.items():
            self.world.observe(
                Observation(twin="ambulance", member=member, value=value, effective=0.0,
                            source="locator")  # type: ignore[arg-type]
            )  # fmt: skip

    def may(self, who: str, operation: str) -> bool:
        rows = self.operations.available("patient", who, ROLES[who])
        return next(r.available for r in rows if r.operation == operation)


async def refused(case: Case, who: str, what: str, **given: object) -> str:
    with pytest.raises(RefusedError) as caught:
        await case.ask(who, what, **given)
    return str(caught.value)


TREAT = {"procedure": "orotracheal_intubation"}


async def test_before_a_call_nobody_reaches_the_patient_but_the_instructor() -> None:
    case = Case()
    await case.begin()
    for who in ("rescuer", "leader", "nurse"):
        assert "no call yet" in await refused(case, who, "patient.perform", **TREAT)
        assert not case.may(who, "perform")
    assert "no call yet" in await refused(case, "rescuer", "monitor.attach", patient="patient")
    assert case.may("ivy", "perform")


async def test_a_crew_on_its_way_cannot_treat_nor_put_sensors_on() -> None:
    case = Case()
    await case.begin()
    await case.call()
    await case.go("dispatched", "en_route")
    told = await refused(case, "rescuer", "patient.give_drug", drug="ketamine", amount=1, unit="mg")
    assert "phase en_route" in told
    await refused(case, "rescuer", "monitor.attach", patient="patient")
    await refused(case, "rescuer", "preh.reach_patient")
    await case.go("on_scene")
    await case.ask("rescuer", "preh.reach_patient")
    await case.ask("rescuer", "monitor.attach", patient="patient")
    assert case.may("rescuer", "give_drug")


async def test_the_team_in_hospital_treats_once_the_patient_is_there() -> None:
    case = Case()
    await case.begin()
    await case.call()
    await case.go("dispatched", "en_route", "on_scene", "transporting")
    told = await refused(case, "nurse", "patient.give_blood", product="red_cells")
    assert "in hospital" in told
    assert case.may("rescuer", "give_blood")
    case = Case()
    await case.begin()
    await case.delivered()
    assert case.may("nurse", "give_blood")
    assert case.may("rescuer", "give_blood")


async def test_a_crew_is_at_the_scene_when_its_vehicle_is() -> None:
    case = Case()
    await case.begin()
    await case.call()
    await case.ask("operator", "preh.dispatch", vehicle="ambulance")
    await case.go("en_route")
    case.vehicle_says(status="driving", eta_s=400.0)
    assert "on its way" in await refused(case, "rescuer", "preh.advance", to="on_scene")
    await case.clock.sleep_until(380)  # an estimate is no clock
    await case.go("on_scene")


async def test_the_patient_is_in_hospital_when_his_vehicle_is() -> None:
    case = Case()
    await case.begin()
    await case.call()
    await case.ask("operator", "preh.dispatch", vehicle="ambulance")
    await case.go("en_route", "on_scene")
    case.vehicle_says(status="waiting", place="road")
    await case.ask("rescuer", "preh.decide_severity", severity="severe")
    await case.ask("leader", "trauma.advance", to="activated")
    told = await refused(case, "leader", "trauma.advance", to="delivered")
    assert "ambulance at the scene" in told
    await case.go("transporting")
    case.vehicle_says(status="driving", eta_s=case.clock.now() + 400.0)
    assert "on its way" in await refused(case, "leader", "trauma.advance", to="delivered")
    case.vehicle_says(status="waiting", place="hospital")
    await case.ask("leader", "trauma.advance", to="delivered")


async def test_a_vehicle_that_says_nothing_stops_nobody() -> None:
    case = Case()
    await case.begin()
    await case.call()
    await case.ask("operator", "preh.dispatch", vehicle="ambulance")
    await case.go("en_route", "on_scene")


async def test_where_no_help_can_be_called_a_patient_alone_can_be_treated() -> None:
    case = Case(central_unit=False)
    await case.begin()
    assert case.may("nurse", "perform")


async def test_simulated_people_are_where_their_script_puts_them() -> None:
    case = Case()
    await case.begin()
    await TwinClient(case.transport, "nurse").invoke("patient", "examine", what="gcs")


@pytest.mark.parametrize("limb", ["left thihg", ""])
async def test_a_tourniquet_goes_on_a_limb_that_there_is(limb: str) -> None:
    case = Case()
    await case.begin()
    told = await refused(case, "ivy", "patient.apply_tourniquet", limb=limb)
    assert "a known limb" in told
    await case.ask("ivy", "patient.apply_tourniquet", limb="left_thigh")

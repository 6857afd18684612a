"""What a leader at a tablet orders, simulated members of the team carry out."""

import pytest

from environment.client import TwinClient
from scenarios.reading import parse
from scenarios.schema import Scenario
from scenarios.session import Session
from tests.session.test_director import QUIET, directed, done_by

COMES = """
[[event]]
at = "02:00"
by = "rescuer"
do = "preh.decide_severity"
with = { severity = "severe" }
[[event]]
at = "02:10"
by = "trauma_leader"
do = "trauma.advance"
with = { to = "activated" }
[[event]]
at = "04:00"
by = "rescuer"
do = "trauma.advance"
with = { to = "delivered" }
"""


def case() -> Scenario:
    text = QUIET.partition("[[trigger]]")[0].replace('by = "nurse"', 'by = "surgeon"') + COMES
    return parse(text, path="orders.toml", name="orders")


async def led(session: Session, *, until: float) -> TwinClient:
    """The leader, played by a person."""
    leader = session.client("trauma_leader")
    await leader.invoke("session", "take_over")
    await session.until(until)
    return leader


@pytest.mark.parametrize(
    ("operation", "given", "who", "done"),
    [
        ("order_drug", ("ketamine", 50, "mg"), "nurse", "patient.give_drug"),
        ("order_procedure", ("orotracheal_intubation",), "anaesthetist", "patient.perform"),
        ("order_procedure", ("chest_tube", "left"), "surgeon", "patient.perform"),
        ("order_diagnostic", ("pelvis_xray",), "radiographer", "x_ray.examine"),
        ("order_diagnostic", ("blood_gas",), "nurse", "blood_gas.examine"),
    ],
)
async def test_an_order_is_carried_out_by_whoever_it_is_for_and_then_closed(
    operation: str, given: tuple[object, ...], who: str, done: str
) -> None:
    async with directed(case()) as (session, _):
        leader = await led(session, until=300.0)
        key = await leader.invoke("trauma", operation, *given)
        await session.until(900.0)
        ((by, at_s),) = done_by(session, done)
        assert by == who
        assert 315 <= at_s <= 420
        assert leader.read("trauma").get("order")[key]["status"] != "open"


async def test_an_order_before_the_patient_comes_waits_for_the_patient() -> None:
    async with directed(case()) as (session, _):
        leader = await led(session, until=150.0)
        await leader.invoke("trauma", "order_drug", "ketamine", 50, "mg")
        await session.until(239.0)
        assert done_by(session, "patient.give_drug") == []
        await session.until(310.0)
        assert [by for by, _ in done_by(session, "patient.give_drug")] == ["nurse"]


async def test_an_order_that_is_taken_back_or_done_already_is_not_carried_out() -> None:
    async with directed(case()) as (session, _):
        leader = await led(session, until=300.0)
        key = await leader.invoke("trauma", "order_drug", "ketamine", 50, "mg")
        await leader.invoke("trauma", "cancel_order", key, "Pressure first")
        await leader.invoke("trauma", "order_drug", "fentanyl", 50, "mcg")
        await leader.invoke("patient", "give_drug", "fentanyl", 50, "mcg")
        await session.until(600.0)
        assert [by for by, _ in done_by(session, "patient.give_drug")] == ["trauma_leader"]


async def test_an_order_that_does_not_say_on_which_side_waits_for_whoever_knows() -> None:
    async with directed(case()) as (session, _):
        leader = await led(session, until=300.0)
        key = await leader.invoke("trauma", "order_procedure", "chest_tube")
        await session.until(600.0)
        assert done_by(session, "patient.perform") == []
        assert leader.read("trauma").get("order")[key]["status"] == "open"


async def test_who_is_played_is_left_out_and_a_script_answers_its_own_orders() -> None:
    async with directed(case()) as (session, _):
        await session.client("nurse").invoke("session", "take_over")
        leader = await led(session, until=300.0)
        await leader.invoke("trauma", "order_drug", "ketamine", 50, "mg")
        await session.until(600.0)
        assert [by for by, _ in done_by(session, "patient.give_drug")] == ["anaesthetist"]
    async with directed(case()) as (session, _):
        await session.until(300.0)
        await session.client("trauma_leader").invoke("trauma", "order_drug", "ketamine", 50, "mg")
        await session.until(600.0)
        assert done_by(session, "patient.give_drug") == []

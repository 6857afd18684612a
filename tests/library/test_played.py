"""Simulated staff follow the case, however slow or fast whoever plays is."""

import pytest

from agents.rules import RULES
from environment.client import TwinClient
from environment.model.change import Change
from scenarios.reading import load, names
from scenarios.schema import Scenario
from scenarios.session import Session
from tests.session.test_director import directed

#: What the team may do before the patient is there: come together, and prepare.
PREPARING = {"acknowledge", "activated", "arrive", "decide_severity", "fill_role", "set_leader"}
PREPARING |= {"start_mtp"}
#: An answer to what the team itself has ordered: nothing that the road could bring about.
CANCEL = "trauma.cancel_order"
TEAM = ("trauma_leader", "nurse", "anaesthetist", "surgeon", "radiographer")
#: How much later or earlier than the script a person says that they leave, seconds.
SLOW_S, FAST_S = 1500.0, -240.0
#: The driver waits for 10 s, the team looks at once: a few more for what an operation takes.
SOON_S = 20.0


def leaves_s(scenario: Scenario) -> float:
    """When the rescuer of the script says that they leave for the hospital."""
    return next(
        e.at_s
        for e in scenario.events
        if e.do == "preh.advance" and e.arguments["to"] == "transporting"
    )


def asked(session: Session, *by: str) -> list[Change]:
    """What these people have asked for."""
    return [
        c
        for c in session.world.journal
        if c.kind == "operation" and c.value["status"] == "requested" and c.by in by
    ]


def drives(session: Session) -> list[tuple[float, str]]:
    """When somebody was asked to drive, and where to."""
    return [
        (c.recorded, c.value["arguments"]["destination"])
        for c in session.world.journal
        if (c.kind, c.name) == ("operation", "drive") and c.value["status"] == "requested"
    ]


def treating(session: Session) -> list[tuple[float, str]]:
    """What the people in hospital did but prepare, and when."""
    return [
        (c.recorded, f"{c.by}: {c.twin}.{c.name}")
        for c in asked(session, *TEAM)
        if not PREPARING & {c.name, c.value["arguments"].get("to")}
    ]


async def advised(session: Session, instructor: TwinClient) -> set[str]:
    """Let the wall show all that the team answers; what they would do for the patient then."""
    team = {p.id for p in session.scenario.people if "shock_room_display" in p.reads}
    answers = [r for r in session.scenario.responses if r.by in team and r.do != CANCEL]
    for name in sorted({name for r in answers for name in r.to}):
        if name in RULES:
            given = {"rule": name, "priority": "high", "text": "on the road"}
            await instructor.invoke("shock_room_display", "show", **given)
        else:
            await instructor.invoke("shock_room_display", "suggest", name=name, text="next")
    return {r.do for r in answers if r.twin == "patient"}


@pytest.mark.parametrize("late_s", [SLOW_S, FAST_S])
@pytest.mark.parametrize("name", names())
async def test_driver_and_team_wait_for_the_rescuer_and_lose_no_time(
    name: str, late_s: float
) -> None:
    scenario = load(name).model_copy(update={"agents": []})
    says_s = leaves_s(scenario) + late_s
    road_s = scenario.vehicles[0].minutes["hospital"] * 60
    async with directed(scenario) as (session, instructor):
        rescuer = session.client("rescuer")
        await session.until(leaves_s(scenario) + min(late_s, 0.0) - 30)
        await instructor.invoke("session", "simulate", "rescuer", False)
        if rescuer.read("preh").phase == "on_scene":
            await rescuer.invoke("preh", "advance", "assessed")
        await rescuer.invoke("preh", "decide_severity", "severe", "looks bad")
        answers = await advised(session, instructor)
        await session.until(says_s)
        assert [place for _, place in drives(session)] == ["accident_place"]
        assert treating(session) == []
        await rescuer.invoke("preh", "advance", "transporting")
        await session.until(says_s + road_s + 300)
        (_, (drove_s, place)) = drives(session)
        assert place == "hospital"
        assert says_s < drove_s < says_s + SOON_S
        arrived_s = rescuer.read("trauma").get("arrived_s")
        assert arrived_s == pytest.approx(drove_s + road_s, abs=SOON_S)
        first_s, what = treating(session)[0]
        assert arrived_s <= first_s < arrived_s + SOON_S, what
        if late_s == SLOW_S:  # as early as they can be, for whoever is fast
            assert {f"{c.twin}.{c.name}" for c in asked(session, *TEAM)} >= answers
        came = {c.twin for c in asked(session, *TEAM) if c.name == "arrive"}
        assert came == {"trauma_leader", "nurse", "anaesthetist", "surgeon"}


@pytest.mark.parametrize("name", names())
async def test_the_driver_stays_until_the_crew_says_that_it_goes(name: str) -> None:
    alone = load(name).model_copy(update={"agents": []})  # no dispatcher sends the ambulance
    async with directed(alone) as (session, instructor):
        await instructor.invoke("session", "simulate", "rescuer", False)
        await session.until(300.0)
        assert drives(session) == []
        await session.client("rescuer").invoke("preh", "advance", "en_route")
        await session.until(300.0 + SOON_S)
        assert [place for _, place in drives(session)] == ["accident_place"]


@pytest.mark.parametrize("name", names())
async def test_who_operates_or_scans_follows_the_leader_into_the_room(name: str) -> None:
    scenario = load(name).model_copy(update={"agents": []})
    awaited = {
        t.when.is_: t
        for t in scenario.triggers
        if t.when is not None and t.when.property == "room" and t.by != "trauma_leader"
    }
    async with directed(scenario) as (session, instructor):
        await instructor.invoke("session", "simulate", "trauma_leader", False)
        leader = session.client("trauma_leader")
        await session.until(leaves_s(scenario))
        await leader.invoke("preh", "decide_severity", "severe", "looks bad")
        await leader.invoke("trauma", "advance", "activated")
        road_s = scenario.vehicles[0].minutes["hospital"] * 60
        await session.until(leaves_s(scenario) + road_s + 500)
        assert leader.read("trauma").get("arrived_s") is not None
        assert awaited
        for room, act in awaited.items():
            before = session.clock.now()
            await leader.invoke("trauma", "move", room)
            await session.until(before + act.after_s + SOON_S)
            done = [c for c in asked(session, act.by) if f"{c.twin}.{c.name}" == act.do]
            assert before < done[-1].recorded
            assert done[-1].value["arguments"].items() >= act.arguments.items()

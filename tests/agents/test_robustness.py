from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
from spade.container import Container
from spade.message import Message as SpadeMessage

from agents.bdi import Program
from agents.messages import MAX_BODY
from environment.physical.room_sim import CLEANING_S
from environment.physical.vehicle_sim import VehicleSim
from tests.agents.rules.case import Case

Begin = Callable[..., Awaitable[Case]]
Open = Callable[..., Case]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Makes cases and ends them all, whatever happens."""
    cases: list[Case] = []

    def make(*names: str, programs: Mapping[str, Program] | None = None) -> Case:
        cases.append(Case(*names, programs=programs))
        return cases[-1]

    yield make
    for case in cases:
        await case.end()


@pytest.fixture
def begin(opened: Open) -> Begin:
    """Starts a case whose agents run the given texts, each with the goal `go`."""

    async def start(**texts: str) -> Case:
        programs = {name: Program.parse(text, file=f"{name}.asl") for name, text in texts.items()}
        case = opened(*texts, programs=programs)
        await case.begin()
        for name, text in texts.items():
            if "+!go" in text:
                await go(case, name)
        return case

    return start


async def go(case: Case, agent: str, goal: str = "go") -> None:
    """Give an agent a goal, and time to pursue it."""
    mind = case.agents[agent].mind
    mind.achieve(goal)
    mind.wake()
    await case.settle()


def beliefs(case: Case, agent: str, pattern: str) -> list[str]:
    """What an agent believes, without annotations."""
    return [text.split("[")[0] for text in case.agents[agent].mind.beliefs(pattern)]


def failed(case: Case, agent: str) -> list[str]:
    """Errors of intentions that nothing recovered, as the mind twin tells them."""
    return [c.value["error"] for c in case.changes(f"mind_{agent}") if c.name == "failed"]


async def test_a_refused_operation_fails_the_plan_with_the_guards_name(begin: Begin) -> None:
    case = await begin(
        ann="""
        @go +!go <- .invoke(preh, flag(nonsense)); +done.
        @refused -!go[guard(G), expected(E), found(F)] <- +refused(G, E, F).
        """
    )
    assert beliefs(case, "ann", "done") == []
    [refused] = beliefs(case, "ann", "refused(_,_,_)")
    assert refused.startswith("refused(triage_item_is_known,")
    assert "nonsense" in refused


async def test_an_operation_that_is_not_the_agents_to_ask_for_is_refused(begin: Begin) -> None:
    case = await begin(
        ann="""
        @go +!go <- .invoke(patient, give_drug(morphine, 5, mg)).
        @refused -!go[reason(R), guard(G)] <- +refused(R, G).
        """
    )
    assert beliefs(case, "ann", "refused(_,_)") == ["refused(refused,role_is_allowed)"]


async def test_an_agent_lives_on_after_a_failure_that_nothing_recovers(begin: Begin) -> None:
    case = await begin(
        ann="""
        @go +!go <- .invoke(preh, flag(nonsense)).
        @phase +phase(assessed) <- +seen(assessed).
        @watch +!watch <- .focus(preh).
        """
    )
    assert failed(case, "ann") == ["action_failed"]
    await go(case, "ann", "watch")
    await case.ask("rescuer", "preh", "advance", "assessed")
    assert beliefs(case, "ann", "seen(_)") == ["seen(assessed)"]


async def test_an_action_that_breaks_fails_only_its_plan(begin: Begin) -> None:
    case = await begin(
        ann="""
        @go +!go <- .limits(ghost, false, L); +done(L).
        @failed -!go[error(E)] <- +recovered(E).
        !other.
        @other +!other <- +well.
        """
    )
    assert len(beliefs(case, "ann", "recovered(_)")) == 1
    assert beliefs(case, "ann", "well") == ["well"]
    assert failed(case, "ann") == []


async def test_a_goal_without_a_plan_is_told_and_the_agent_goes_on(begin: Begin) -> None:
    case = await begin(
        ann="""
        !other.
        @go +!go <- !nobody_knows.
        @other +!other <- +well.
        """
    )
    assert failed(case, "ann") == ["no_relevant"]
    assert beliefs(case, "ann", "well") == ["well"]


async def test_a_message_that_nobody_can_read_is_answered_and_forgotten(begin: Begin) -> None:
    case = await begin(
        ann="@hear +heard(X) <- +believed(X).",
        ben='@not_read +!kqml_received(From, "not-understood", What, _) <- +told(From, What).',
    )
    carrier = SpadeMessage(
        to=case.agents["ann"].address.jid("ann"),
        sender=case.agents["ben"].address.jid("ben"),
        body="heard((",
        metadata={"performative": "inform", "ilf": "tell", "message_id": "m1"},
    )
    await Container().send(carrier, None)
    await case.settle()
    assert beliefs(case, "ann", "heard(_)") == []
    answers = [c.value for c in case.changes("mind_ben") if c.name == "received"]
    assert [a["performative"] for a in answers] == ["not-understood"]
    assert failed(case, "ann") == []


async def test_a_message_that_is_too_long_is_answered_and_not_read(begin: Begin) -> None:
    case = await begin(ann="@hear +heard(X) <- +believed(X).", ben="@go +!go <- .print(well).")
    carrier = SpadeMessage(
        to=case.agents["ann"].address.jid("ann"),
        sender=case.agents["ben"].address.jid("ben"),
        body=f"heard({'a' * MAX_BODY})",
        metadata={"performative": "inform", "ilf": "tell"},
    )
    await Container().send(carrier, None)
    await case.settle()
    assert beliefs(case, "ann", "heard(_)") == []
    answers = [c.value["content"] for c in case.changes("mind_ben") if c.name == "received"]
    assert answers == ["too_long"]


@pytest.mark.parametrize("cause", ["\u00b2", "9" * 5_000, "-1", "0", "1e3", "9" * 15])
async def test_a_cause_that_is_no_change_makes_no_agent_deaf(begin: Begin, cause: str) -> None:
    case = await begin(ann="@hear +heard(X) <- +believed(X).", ben="@go +!go <- .print(well).")
    for number, told in ((1, cause), (2, "")):
        carrier = SpadeMessage(
            to=case.agents["ann"].address.jid("ann"),
            sender=case.agents["ben"].address.jid("ben"),
            body=f"heard({number})",
            metadata={"performative": "inform", "ilf": "tell", "cause": told},
        )
        await Container().send(carrier, None)
        await case.settle()
    assert set(beliefs(case, "ann", "believed(_)")) == {"believed(1)", "believed(2)"}


async def test_a_stranger_is_not_listened_to(begin: Begin) -> None:
    case = await begin(ann="@hear +heard(X) <- +believed(X).")
    carrier = SpadeMessage(
        to=case.agents["ann"].address.jid("ann"),
        sender="stranger@elsewhere",
        body="heard(1)",
        metadata={"performative": "inform", "ilf": "tell"},
    )
    await Container().send(carrier, None)
    await case.settle()
    assert beliefs(case, "ann", "heard(_)") == []


async def test_a_twin_that_does_not_exist_fails_only_the_plan_that_asks(begin: Begin) -> None:
    case = await begin(
        ann="""
        @go +!go <- !look; !ask.
        @look +!look <- .focus(ghost).
        @look_failed -!look[reason(R)] <- +not_seen(R).
        @ask +!ask <- .invoke(ghost, wake).
        @ask_failed -!ask[reason(R)] <- +not_asked(R).
        """
    )
    assert beliefs(case, "ann", "not_seen(_)") == ["not_seen(unknown_twin)"]
    assert beliefs(case, "ann", "not_asked(_)") == ["not_asked(unknown_twin)"]


async def test_an_asset_that_is_gone_fails_only_the_plan_that_asks(begin: Begin) -> None:
    case = await begin(
        ann="""
        @ask +!ask <- .invoke(leader_tablet, write(eta, "soon")).
        @ask_failed -!ask[reason(R)] <- +not_asked(R); !next.
        @next +!next <- .invoke(rescuer_tablet, write(eta, "soon")); +asked.
        """
    )
    case.world.add("display", "leader_tablet")
    await go(case, "ann", "ask")
    assert len(beliefs(case, "ann", "not_asked(_)")) == 1
    assert beliefs(case, "ann", "asked") == ["asked"]


# -- among agents ----------------------------------------------------------------------------


@pytest.fixture
def with_rooms(opened: Open) -> Begin:
    """The leader's assistant, and a room with its manager for each name and type."""

    async def start(**rooms: str) -> Case:
        case = opened("leader_assistant", *(f"room_manager_{name}" for name in rooms))
        for name, kind in rooms.items():
            if name != "shock_room":  # which every case has
                await case.add_room(name, kind, "staff")
        await case.begin()
        return case

    return start


async def test_the_nearest_free_scanner_is_reserved_for_the_case(with_rooms: Begin) -> None:
    case = await with_rooms(shock_room="shock_room", ct_a="ct", ct_b="ct")
    await case.ask("operator", "ct_b", "prepare", "staff")
    await case.advance(3)  # the second room is ready now, the first one only free
    await case.bring_in()
    await case.ask("trauma_leader", "trauma", "order_diagnostic", "whole_body_ct")
    await case.advance(5)
    assert case.world.twin("ct_b").value("reserved_for") == "trauma"
    assert case.world.twin("ct_a").value("reserved_for") is None


async def test_rooms_know_who_lies_in_them_and_are_cleaned_and_free_when_he_has_gone(
    with_rooms: Begin,
) -> None:
    case = await with_rooms(shock_room="shock_room", angio="angiography")
    await case.bring_in()
    await case.advance(2)
    shock_room, angio = case.world.twin("shock_room"), case.world.twin("angio")
    assert (shock_room.value("patient"), shock_room.value("status")) == ("patient", "occupied")
    await case.ask("trauma_leader", "trauma", "move", "angio")
    await case.advance(2)
    assert (shock_room.value("patient"), shock_room.value("status")) == ("", "cleaning")
    assert shock_room.value("reserved_for") == ""
    assert (angio.value("patient"), angio.value("status")) == ("patient", "occupied")
    await case.advance(CLEANING_S)
    assert shock_room.value("status") == "free"


async def test_where_a_nurse_has_brought_the_patient_is_noted_by_the_rooms_manager(
    with_rooms: Begin,
) -> None:
    case = await with_rooms(shock_room="shock_room", angio="angiography")
    await case.bring_in()
    await case.ask("trauma_leader", "angio", "enter", "patient", True)
    await case.advance(2)
    trauma = case.world.twin("trauma")
    assert trauma.value("room") == "angio"
    assert case.world.twin("shock_room").value("patient") == ""


async def test_a_scanner_that_another_case_has_is_not_offered(with_rooms: Begin) -> None:
    case = await with_rooms(shock_room="shock_room", ct_a="ct", ct_b="ct")
    await case.ask("operator", "ct_a", "reserve", "another_case")
    await case.bring_in()
    await case.ask("trauma_leader", "trauma", "order_diagnostic", "whole_body_ct")
    await case.advance(5)
    assert case.world.twin("ct_a").value("reserved_for") == "another_case"
    assert case.world.twin("ct_b").value("reserved_for") == "trauma"


async def test_a_scanner_that_was_given_back_is_offered_again(with_rooms: Begin) -> None:
    case = await with_rooms(shock_room="shock_room", ct_a="ct")
    await case.ask("operator", "ct_a", "reserve", "another_case")
    await case.ask("operator", "ct_a", "release", "another_case")
    await case.bring_in()
    await case.ask("trauma_leader", "trauma", "order_diagnostic", "whole_body_ct")
    await case.advance(5)
    assert case.world.twin("ct_a").value("reserved_for") == "trauma"


async def test_the_wall_says_when_no_scanner_is_free(with_rooms: Begin) -> None:
    case = await with_rooms(shock_room="shock_room", ct_a="ct")
    await case.ask("operator", "ct_a", "reserve", "another_case")
    await case.bring_in()
    await case.ask("trauma_leader", "trauma", "order_diagnostic", "whole_body_ct")
    await case.advance(5)
    assert case.world.twin(case.display).value("line")["ct"] == "No ct is free"


async def test_the_shock_room_is_prepared_before_the_patient_comes(with_rooms: Begin) -> None:
    case = await with_rooms(shock_room="shock_room")
    await case.ask("rescuer", "preh", "decide_severity", "severe", "looks very ill")
    await case.advance(5)
    room = case.world.twin("shock_room")
    assert room.value("reserved_for") == "trauma"
    assert room.value("checklist") == {"airway": True, "blood": True}
    assert (
        case.world.twin("shock_room_display").value("line")["shock_room"] == "shock_room is ready"
    )


async def test_a_room_that_is_taken_is_told_to_who_asked(with_rooms: Begin) -> None:
    case = await with_rooms(shock_room="shock_room")
    await case.ask("operator", "shock_room", "reserve", "another_case")
    await case.ask("rescuer", "preh", "decide_severity", "severe", "looks very ill")
    await case.advance(5)
    [told] = beliefs(case, "leader_assistant", "room_refused(_,_,_)")
    assert told.startswith("room_refused(trauma,room_is_free,")


PLACES = {"base": (44.1, 12.2), "far_base": (44.3, 12.5), "accident_place": (44.2, 12.3)}
ROADS = {("base", "accident_place"): 300.0, ("far_base", "accident_place"): 900.0}


@pytest.fixture
def calls(opened: Open) -> Begin:
    """A dispatcher and two vehicles; the call of this case has been taken."""

    async def start(*, near: str = "available", far: str = "available") -> Case:
        case = opened("dispatcher")
        for name, at, status in (("near_one", "base", near), ("far_one", "far_base", far)):
            case.world.add("vehicle", name)
            sim = VehicleSim(name, PLACES, ROADS, at=at, status=status)
            await case.world.attach(sim, serves=[name])
        await case.take_call()
        await case.advance(40)
        return case

    return start


async def test_the_dispatcher_sends_the_nearest_vehicle(calls: Begin) -> None:
    case = await calls()
    assert case.world.twin("preh").linked("carriedBy") == ["near_one"]
    assert case.world.twin("near_one").value("destination") == "accident_place"
    assert case.world.twin("preh").phase == "dispatched"


async def test_the_dispatcher_sends_the_other_vehicle_when_the_nearest_is_away(
    calls: Begin,
) -> None:
    case = await calls(near="unavailable")
    assert case.world.twin("preh").linked("carriedBy") == ["far_one"]


async def test_the_dispatcher_says_so_when_no_vehicle_is_free(calls: Begin) -> None:
    case = await calls(near="unavailable", far="unavailable")
    assert case.world.twin("preh").linked("carriedBy") == []
    assert [f["text"] for f in case.failures()] == ["no free vehicle for  preh"]

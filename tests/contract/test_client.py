"""The same expectations of a client in the process of the twins and of one in another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import pytest

from environment.client import InProcess, Notice, Transport, TwinClient, because
from environment.errors import (
    BadValueError,
    InvocationFailedError,
    RefusedError,
    UnknownMemberError,
    UnknownTwinError,
)
from environment.http_client import Http
from environment.model.change import JSON, Change, Observation
from environment.physical.screen import Screen
from environment.runtime.clock import Clock, VirtualClock, WallClock
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds
from environment.web.app import make_site, serve
from tests.environment.runtime.ward import START, Bulb, Lamp

ROLES = {"ivy": "instructor", "leo": "trauma_leader", "assistant": "agent", "probe": "device"}


class Side:
    """A world, and clients that reach it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.world = World(clock, {**kinds(), "lamp": Lamp})
        self.operations = Operations(self.world, ROLES)
        self.bulb = Bulb(takes_s=0.01)
        self.transport: Transport

    async def build(self) -> None:
        world = self.world
        for kind, name in (
            ("patient", "patient"),
            ("monitor", "probe"),
            ("display", "wall"),
            ("preh", "case"),
            ("mind", "mind_assistant"),
            ("lamp", "lamp"),
        ):
            world.add(kind, name, by="test")
        world.link("patient", "monitoredBy", "probe", by="test")
        await world.attach(self.bulb, serves=["lamp"])
        await world.attach(Screen("wall", watched_by=[]), serves=["wall"])

    def client(self, by: str) -> TwinClient:
        return TwinClient(self.transport, by)

    def tell(self, twin: str, member: str, value: JSON, at: float | None = None) -> Change | None:
        when = self.clock.now() if at is None else at
        return self.world.observe(
            Observation(twin=twin, member=member, value=value, effective=when, source="test")
        )

    async def settle(self) -> None:
        """Let the client know what the world knows."""
        if isinstance(self.transport, Http):
            await self.transport.reach(len(self.world.journal))

    async def end(self) -> None:
        await self.operations.close()
        await self.world.close()
        self.clock.close()


class ClientContract:
    """What whoever uses the twins may expect, wherever they are."""

    @asynccontextmanager
    async def side(self) -> AsyncIterator[Side]:
        raise NotImplementedError  # each transport has its own
        yield

    async def test_twins_are_found_by_kind_and_link(self) -> None:
        async with self.side() as side:
            client = side.client("ivy")
            assert client.find("patient") == ["patient"]
            assert client.find(None, "monitoredBy", "probe") == ["patient"]
            assert client.find()[:2] == ["patient", "probe"]
            assert client.links("patient", "monitoredBy") == ["probe"]

    async def test_a_twin_that_comes_is_found_and_described(self) -> None:
        async with self.side() as side:
            side.world.add("room", "shock_room", by="test")
            await side.settle()
            client = side.client("ivy")
            assert client.find("room") == ["shock_room"]
            described = client.describe("shock_room")
            assert described == {"id": "shock_room", **kinds()["room"].describe()}
            assert list(described["properties"]) == list(kinds()["room"].properties)

    async def test_a_state_is_the_worlds_own(self) -> None:
        async with self.side() as side:
            side.tell("probe", "hr", 88)
            side.tell("probe", "hr", 88)  # renews the value, tells nobody
            side.tell("patient", "age", 42)
            side.tell("patient", "infusion", {})
            await side.settle()
            for twin in ("patient", "probe", "wall", "case", "lamp"):
                there, here = side.world.state(twin), side.client("ivy").read(twin)
                assert {n: asdict(r) for n, r in here.values.items()} == {
                    n: asdict(r) for n, r in there.values.items()
                }
                assert dict(here.absent) == dict(there.absent)
                assert (here.life, here.phase, here.revision) == (
                    there.life,
                    there.phase,
                    there.revision,
                )
                assert here.frame[0] == pytest.approx(there.frame[0], abs=1)
            assert side.client("ivy").values("patient", "hr", "spo2") == {"hr": 88, "spo2": None}

    async def test_a_state_of_the_past_is_the_worlds_own(self) -> None:
        async with self.side() as side:
            first = side.tell("probe", "hr", 88)
            assert first is not None
            await side.clock.sleep(0.02)
            then = side.clock.now()
            await side.clock.sleep(0.02)
            side.tell("probe", "hr", 120)
            side.tell("patient", "weight_kg", 70, at=first.effective)
            await side.settle()
            client = side.client("ivy")
            assert client.read("patient", then) == side.world.state("patient", then)
            known = client.read("patient", then, known_at=then)
            assert known == side.world.state("patient", then, known_at=then)
            assert (known.get("hr"), known.get("weight_kg")) == (88, None)

    async def test_a_value_goes_stale_here_when_it_does_there(self) -> None:
        async with self.side() as side:
            side.tell("probe", "hr", 88, at=side.clock.now() - 29.95)
            await side.settle()
            assert side.client("ivy").read("patient").get("hr") == 88
            await side.clock.sleep(0.2)
            await side.settle()
            state = side.client("ivy").read("patient")
            assert state.get("hr") is None
            assert state.absent["hr"].reason == "stale"

    async def test_whoever_observes_is_told_in_order_also_of_inherited_values(self) -> None:
        async with self.side() as side:
            heard: list[Notice] = []
            end = side.client("ivy").observe("patient", heard.append)
            side.tell("probe", "hr", 88)
            side.tell("probe", "hr", 88)
            side.world.record("patient", "event", "finding", {"name": "x", "value": 1}, by="t")
            side.tell("probe", "hr", 90)
            await side.settle()
            end()
            side.tell("probe", "hr", 95)
            await side.settle()
            told = [(n.change.twin, n.change.name) for n in heard if n.change.kind != "life"]
            assert told == [("probe", "hr"), ("patient", "finding"), ("probe", "hr")]
            assert all(n.twin == "patient" and n.now for n in heard)

    async def test_an_operation_returns_its_output_and_its_effect_can_be_read(self) -> None:
        async with self.side() as side:
            client = side.client("ivy")
            assert await client.invoke("lamp", "switch", True) == "done"
            assert client.read("lamp").get("on") is True
            assert await client.invoke("lamp", "switch", on=False, level=0.5) == "done"
            assert client.values("lamp", "on") == {"on": False}

    async def test_a_refusal_says_guard_expected_found_and_since(self) -> None:
        async with self.side() as side:
            side.bulb.tell("power", False, None)
            with pytest.raises(RefusedError) as refused:
                await side.client("ivy").invoke("lamp", "switch", True)
            error = refused.value
            assert (error.operation, error.guard) == ("lamp.switch", "power_fits")
            assert (error.expected, error.found) == ("power True", "power False")
            assert error.since is not None
            assert error.invocation == "switch-1"

    async def test_a_role_that_may_not_is_refused(self) -> None:
        async with self.side() as side:
            with pytest.raises(RefusedError, match="role_is_allowed"):
                await side.client("leo").invoke("wall", "show", "r", "high", "text")
            await side.client("assistant").invoke("wall", "show", "r", "high", "text")
            assert "r" in side.client("leo").values("wall", "alert")["alert"]

    async def test_an_asset_that_fails_says_why(self) -> None:
        async with self.side() as side:
            side.bulb.broken = True
            with pytest.raises(InvocationFailedError, match=r"The bulb is broken\.") as failed:
                await side.client("ivy").invoke("lamp", "switch", True)
            assert failed.value.reason == "broken"

    async def test_what_is_asked_wrongly_is_said_with_the_way_out(self) -> None:
        async with self.side() as side:
            client = side.client("ivy")
            with pytest.raises(UnknownTwinError, match="Did you mean 'lamp'"):
                await client.invoke("lmap", "switch", True)
            with pytest.raises(UnknownTwinError):
                client.read("nobody")
            with pytest.raises(UnknownMemberError, match="Did you mean 'switch'"):
                await client.invoke("lamp", "swich", True)
            with pytest.raises(BadValueError, match="argument 'on' must be a boolean"):
                await client.invoke("lamp", "switch", "yes")
            with pytest.raises(BadValueError, match="takes 2 arguments"):
                await client.invoke("lamp", "switch", True, 1.0, 2)
            with pytest.raises(BadValueError, match="given twice"):
                await client.invoke("lamp", "switch", True, on=True)
            with pytest.raises(UnknownMemberError):
                client.links("patient", "monitored")
            with pytest.raises(UnknownMemberError):
                client.publish("mind_assistant", "sayd", {})

    async def test_what_is_available_and_what_stands_against_it(self) -> None:
        async with self.side() as side:
            rows = {r["operation"]: r for r in await side.client("leo").available("wall")}
            assert rows["acknowledge"]["available"] is True
            assert rows["show"]["guard"] == "role_is_allowed"
            assert list(rows) == list(kinds()["display"].operations)

    async def test_a_source_feeds_once_and_learns_what_became_of_it(self) -> None:
        async with self.side() as side:
            client = side.client("probe")

            async def feed(value: float, number: int) -> Change | None:
                now = side.clock.now()
                return await client.feed(
                    Observation(
                        twin="probe",
                        member="hr",
                        value=value,
                        effective=now,
                        source="probe",
                        source_seq=number,
                    )
                )

            taken = await feed(91, 1)
            assert taken is not None
            assert (taken.twin, taken.value, taken.source) == ("probe", 91, "probe")
            assert await feed(91, 1) is None
            assert await feed(4000, 2) is None
            assert client.values("patient", "hr") == {"hr": 91}

    async def test_a_cause_leads_from_what_was_published_to_what_was_done(self) -> None:
        async with self.side() as side:
            client = side.client("assistant")
            seen = side.tell("patient", "weight_kg", 70)
            assert seen is not None
            with because("assistant", seen):
                decision = client.publish("mind_assistant", "said", {"level": "info", "text": "a"})
                client.publish("mind_assistant", "said", {"level": "info", "text": "b"})
            with because("assistant", decision):
                await client.invoke("wall", "show", "r", "high", "text")
            shown = side.world.journal.last("wall", "alert")
            assert shown is not None
            chain = [(c.twin, c.name) for c in side.world.journal.why(shown)]
            assert chain == [
                ("patient", "weight_kg"),
                ("mind_assistant", "said"),
                ("wall", "show"),
                ("wall", "alert"),
            ]
            said = side.world.journal.read(twin="mind_assistant", name="said")
            assert await client.seq_of(decision) == said[0].seq
            assert [c.value["text"] for c in said] == ["a", "b"]
            assert said[0].by == "assistant"

    async def test_reasons_name_changes_by_their_true_numbers_and_the_newest_leads(self) -> None:
        async with self.side() as side:
            client = side.client("assistant")
            said = client.publish("mind_assistant", "said", {"level": "info", "text": "a"})
            number = await client.seq_of(said)
            seen = side.tell("patient", "weight_kg", 70)
            assert seen is not None
            await side.settle()
            later = client.publish("mind_assistant", "said", {"level": "info", "text": "b"})
            assert client.newest([]) is None
            assert client.newest([said.seq, seen.seq]) == seen.seq
            assert client.newest([said.seq, later.seq, seen.seq]) == later.seq
            value = {"act": "x", "beliefs": [{"belief": "b", "seq": said.seq, "rule": ""}]}
            decided = client.publish("mind_assistant", "decided", value)
            kept = side.world.journal[await client.seq_of(decided)]
            assert kept.value["beliefs"] == [{"belief": "b", "seq": number, "rule": ""}]

    async def test_invocations_run_side_by_side(self) -> None:
        async with self.side() as side:
            client = side.client("ivy")
            outputs = await asyncio.gather(
                *(client.invoke("lamp", "switch", on) for on in (True, False, True))
            )
            assert outputs == ["done"] * 3


class TestInProcess(ClientContract):
    @asynccontextmanager
    async def side(self) -> AsyncIterator[Side]:
        side = Side(VirtualClock(START))
        await side.build()
        side.transport = InProcess(side.world, side.operations)
        yield side
        await side.end()


@pytest.mark.wall_time
class TestHttp(ClientContract):
    @asynccontextmanager
    async def side(self) -> AsyncIterator[Side]:
        side = Side(WallClock(START))
        await side.build()
        site = make_site(side.world, side.operations, open_role="instructor")
        served = await serve(site, port=0)
        transport = side.transport = await Http.connect(served.url)
        try:
            yield side
        finally:
            await transport.close()
            await served.stop()
            await side.end()

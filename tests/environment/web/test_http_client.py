"""The client in another process: what it does when the connection or its rights end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from environment.client import Notice, TwinClient
from environment.errors import SourceLostError
from environment.http_client import Http, NotAllowedError
from environment.web.app import make_site, serve
from environment.web.limits import Limits
from tests.environment.web.stage import Stage, staged, within

pytestmark = pytest.mark.wall_time


@asynccontextmanager
async def connected(stage: Stage, by: str = "ivy") -> AsyncIterator[Http]:
    transport = await Http.connect(stage.url, token=stage.secrets[by])
    try:
        yield transport
    finally:
        await transport.close()


async def until(transport: Http, fact: Callable[[], bool]) -> None:
    """Wait for what the replica will know."""
    told = asyncio.Event()
    end = transport.replica.watch(lambda notice: told.set())
    while not fact():
        told.clear()
        await within(10, told.wait())
    end()


async def restart(stage: Stage, port: int) -> None:
    site = make_site(stage.world, stage.operations, tokens=stage.tokens)
    stage.served = await serve(site, port=port)


async def test_after_an_interruption_nothing_is_missing(stage: Stage) -> None:
    port = int(stage.url.rsplit(":", 1)[1])
    async with connected(stage) as transport:
        heard: list[Notice] = []
        transport.observe("patient", heard.append)
        stage.tell("probe", "hr", 80)
        await until(transport, lambda: transport.values("patient", ["hr"])["hr"] == 80)
        await stage.served.stop()
        for value in (85, 90, 95):
            stage.tell("probe", "hr", value)
            stage.world.record("patient", "event", "finding", {"name": "n", "value": value}, by="t")
        await restart(stage, port)
        await until(
            transport,
            lambda: len(heard) > 0 and heard[-1].change.value == {"name": "n", "value": 95},
        )
        told = [n.change.value for n in heard if n.change.name == "hr"]
        found = [n.change.value["value"] for n in heard if n.change.name == "finding"]
        assert told == [80, 85, 90, 95]
        assert found == [85, 90, 95]
        numbers = [c.seq for c in transport.replica.journal]
        assert numbers == list(range(1, len(stage.world.journal) + 1))


async def test_without_a_connection_an_old_value_is_not_shown_as_new(stage: Stage) -> None:
    async with connected(stage) as transport:
        stage.tell("probe", "hr", 80, at=stage.clock.now() - 29.9)
        await until(transport, lambda: transport.values("patient", ["hr"])["hr"] == 80)
        await stage.served.stop()
        await stage.clock.sleep(0.3)
        assert transport.lost
        assert transport.values("patient", ["hr"]) == {"hr": None}
        assert transport.read("patient", None, None, False).absent["hr"].reason == "stale"


async def test_a_world_that_is_gone_is_named_with_the_way_out(stage: Stage) -> None:
    async with connected(stage) as transport:
        transport.patience_s = 0.0
        await stage.served.stop()
        with pytest.raises(SourceLostError, match="Is it running, and is this its address"):
            await TwinClient(transport, "ivy").invoke("lamp", "switch", True)


async def test_a_world_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(SourceLostError, match="cannot be reached"):
        await Http.connect("http://127.0.0.1:9")


async def test_a_token_that_is_not_known_does_not_connect(stage: Stage) -> None:
    with pytest.raises(NotAllowedError, match="Ask the instructor for one"):
        await Http.connect(stage.url, token="invented")


async def test_a_replica_holds_no_more_than_its_caller_may_see(stage: Stage) -> None:
    async with connected(stage, "wall") as transport:
        assert "name" not in transport.read("patient", None, None, False).values
        assert all(c.name != "name" for c in transport.replica.journal)
        assert "mind_assistant" not in transport.find(None, None, None)


async def test_giving_up_an_invocation_cancels_it_on_the_other_side(stage: Stage) -> None:
    stage.bulb.takes_s = 60
    async with connected(stage) as transport:
        asking = asyncio.ensure_future(TwinClient(transport, "ivy").invoke("lamp", "switch", True))
        await until(transport, lambda: bool(transport.replica.journal.read(kind="operation")))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

        def is_cancelled() -> bool:
            rows = transport.replica.journal.read(kind="operation")
            return bool(rows[-1].value["status"] == "cancelled")

        await until(transport, is_cancelled)


async def test_a_thousand_changes_arrive_in_their_order(stage: Stage) -> None:
    async with connected(stage) as transport:
        for value in range(1000):
            stage.tell("patient", "weight_kg", 50 + value % 100)
        await within(10, transport.reach(len(stage.world.journal)))
        got = [c.value for c in transport.replica.journal.read(twin="patient", name="weight_kg")]
        assert got == [50 + value % 100 for value in range(1000)]


async def test_a_client_that_asks_too_often_waits_and_goes_on() -> None:
    async with staged(limits=Limits(per_s=20, burst=6)) as stage, connected(stage) as transport:
        client = TwinClient(transport, "ivy")
        outputs = [await client.invoke("lamp", "switch", on) for on in (True, False) * 3]
        assert outputs == ["done"] * 6

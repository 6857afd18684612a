"""Agents on real XMPP servers with the settings that the project ships: Prosody and ejabberd."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from structlog.testing import capture_logs

from agents import connection
from agents.address import Address
from agents.address import server as address_of
from agents.bdi import Program
from agents.body import Body, Timer
from agents.connection import Connection, begin
from agents.errors import NoServerError
from environment.client import InProcess, TwinClient
from environment.runtime.clock import WallClock
from environment.runtime.journal import Journal
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds
from scenarios.reading import load
from scenarios.session import run
from tests.agents.servers.stage import SERVERS, Restarting, Server, authority, prosody, written
from tests.session.test_two_clocks import raised, same_alerts, steps, until

pytestmark = [pytest.mark.wall_time, pytest.mark.slow]
ACCOUNTS = {name: f"password-of-{name}" for name in ("leader", "ct", "angio", "mallory")}
PLANS = {
    "leader": """
        +!need(Type) <- +needs(Type); .broadcast(cfp, slot(Type)).
        +!kqml_received(M, propose, slot(Type, In), Id) : needs(Type)
          <- -needs(Type); .send(M, accept_proposal, slot(Type), Id).
        +!kqml_received(M, inform_done, slot(Type), _) <- +has(Type, M).
        """,
    "ct": """
        +!kqml_received(Who, cfp, slot(ct), Id) <- .send(Who, propose, slot(ct, 5), Id).
        +!kqml_received(Who, cfp, slot(_), _).
        +!kqml_received(Who, accept_proposal, slot(T), Id)
          <- .send(Who, inform_done, slot(T), Id).
        """,
    "angio": "+!kqml_received(Who, cfp, slot(T), Id) <- .send(Who, refuse, slot(T), Id).",
}


@pytest.fixture(scope="module", params=sorted(SERVERS))
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path_factory.mktemp("server"), ACCOUNTS) as started:
        yield started


def address(server: Server) -> Address:
    return address_of(server.where, server.accounts, ca_file=server.ca_file)


Heard = tuple[str, str, dict[str, str]]


@asynccontextmanager
async def connected(
    server: Server, *names: str
) -> AsyncIterator[dict[str, tuple[Connection, "asyncio.Queue[Heard]"]]]:
    """Connections by name, each with what it hears."""
    begin()
    found = {}
    async with AsyncExitStack() as ends:
        for name in names:
            heard: asyncio.Queue[Heard] = asyncio.Queue()

            def deliver(*told: object, heard: "asyncio.Queue[Heard]" = heard) -> None:
                heard.put_nowait(told)  # type: ignore[arg-type]

            link = Connection(name, address(server), deliver)
            await link.start()
            ends.push_async_callback(link.stop)
            found[name] = (link, heard)
        yield found


@asynccontextmanager
async def crew(server: Server, *, others: str = "") -> AsyncIterator[dict[str, Body]]:
    """A leader and two rooms as bodies with minds, who listen to each other and to `others`."""
    begin()
    clock = WallClock(datetime(2026, 1, 15, 14, tzinfo=UTC), speed=1)
    world = World(clock, kinds())
    transport = InProcess(world, Operations(world, dict.fromkeys(PLANS, "agent")))
    where = address(server)
    peers = {where.jid(name): name for name in (*PLANS, *others.split())}
    timer = Timer(clock.now, clock.call_at, clock.schedule, clock.every, clock.start)
    bodies = {}
    async with AsyncExitStack() as ends:
        ends.callback(clock.close)
        for name, plans in PLANS.items():
            world.add("mind", f"mind_{name}", by=name)
            bodies[name] = Body(
                name, "test", Program.parse(plans, file=f"{name}.asl"),
                TwinClient(transport, name), timer, Random(name), address=where, peers=peers,
            )  # fmt: skip
            await bodies[name].start()
            ends.push_async_callback(bodies[name].stop)
        yield bodies


async def eventually(holds: Callable[[], object]) -> None:
    """Wait for something that nobody tells of."""
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come true within 10 s")


async def test_a_contract_net_is_closed_over_the_server(server: Server) -> None:
    async with crew(server) as bodies:
        bodies["leader"].mind.achieve("need(ct)")
        bodies["leader"]._wake()
        await eventually(lambda: bodies["leader"].mind.query("has(ct, ct)"))


async def test_a_stranger_cannot_make_himself_an_account(server: Server) -> None:
    begin()
    where = address(server)

    async def tries(name: str) -> None:
        # As at the embedded server: asks for an account first, then logs in.
        asking = Address(
            domain=where.domain, host=where.host, port=where.port, is_embedded=True,
            shared_password=ACCOUNTS.get(name, "a-password-of-his-own"),
        )  # fmt: skip
        link = Connection(name, asking, lambda *_: None)
        await link.start()
        await link.stop()

    await tries("leader")
    with pytest.raises(NoServerError, match="knows no such account"):
        await tries("stranger")


async def test_a_forged_sender_does_not_come_through(server: Server) -> None:
    async with connected(server, "ct", "mallory") as links:
        mallory, heard = links["mallory"][0], links["ct"][1]
        ct = address(server).jid("ct")
        leader = address(server).jid("leader")
        mallory._agent.is_leaving = True  # does not come back if the server hangs up
        mallory._agent.client.send_raw(
            f"<message to='{ct}' from='{leader}' type='chat'><body>forged</body></message>"
        )
        lies = []
        try:
            async with asyncio.timeout(1):
                while True:
                    lies.append(await heard.get())
        except TimeoutError:
            pass
        # Prosody puts the true sender in its place; ejabberd ends the connection.
        assert [sender for sender, _, _ in lies] in ([], [address(server).jid("mallory")])


async def test_an_oversized_stanza_costs_its_sender_the_connection_and_nobody_else(
    server: Server,
) -> None:
    async with connected(server, "ct", "leader", "mallory") as links:
        (ct, heard), leader, mallory = links["ct"], links["leader"][0], links["mallory"][0]
        lost = asyncio.Event()
        mallory._agent.is_leaving = True  # a hostile one, who does not come back
        mallory._agent.client.add_event_handler("disconnected", lambda _: lost.set())
        mallory._agent.client.send_raw(
            f"<message to='{ct.jid}' type='chat'><body>{'x' * 400_000}</body></message>"
        )
        async with asyncio.timeout(10):
            await lost.wait()
        await leader.send(ct.jid, "still here", {})
        async with asyncio.timeout(5):
            assert (await heard.get())[:2] == (address(server).jid("leader"), "still here")
        assert heard.empty()


FORM = "<x xmlns='jabber:x:data' type='form'>{}</x>"
ODD = (
    "",
    "<body/>",
    "<body>one</body><body>two</body>",
    "<body xml:lang='de'>eins</body>",
    "<body>x</body>" + FORM.format("<title>spade:x:metadata</title>"),
    "<body>x</body>" + FORM.format("<title>spade:x:metadata</title><field/>"),
    "<body>x</body>" + FORM.format("<title>spade:x:metadata</title><field var='cause'/>"),
    "<body>x</body>" + FORM.format("<title/><field var='ilf'><value/><value>y</value></field>"),
    "<body>x</body>" + FORM.format("") * 3,
    "<body>x</body><error type='cancel'/>",
    "<thread/>" + "<y>" * 200 + "</y>" * 200,
)


async def test_odd_stanzas_leave_an_agent_as_it_was(server: Server) -> None:
    async with connected(server, "ct", "leader", "mallory") as links:
        (ct, heard), leader, mallory = links["ct"], links["leader"][0], links["mallory"][0]
        for kind in ("chat", "normal", "error", "groupchat", "headline", "nonsense"):
            for inside in ODD:
                mallory._agent.client.send_raw(
                    f"<message to='{ct.jid}' type='{kind}'>{inside}</message>"
                )
        await mallory.send(ct.jid, "the last of them", {})
        async with asyncio.timeout(10):
            while (await heard.get())[1] != "the last of them":
                pass
            await leader.send(ct.jid, "still here", {"performative": "inform"})
            assert (await heard.get())[1:] == ("still here", {"performative": "inform"})


async def test_our_own_message_that_is_too_long_is_not_sent_and_the_log_says_so(
    server: Server,
) -> None:
    async with connected(server, "ct", "leader") as links:
        (ct, heard), leader = links["ct"], links["leader"][0]
        with capture_logs() as logged:
            await leader.send(ct.jid, "<" * 100_000, {})
        assert [row["event"] for row in logged] == ["message_not_sent"]
        await leader.send(ct.jid, "still here", {})
        async with asyncio.timeout(5):
            assert (await heard.get())[1] == "still here"


async def test_only_trusted_peers_tell_how_and_strangers_tell_nothing(server: Server) -> None:
    plan = "{ +!need(T) <- .print(taken_over) }"
    fields = {"performative": "inform", "ilf": "tellHow", "ontology": "plans"}
    async with crew(server) as bodies, connected(server, "mallory") as links:
        leader, ct = bodies["leader"], bodies["ct"]
        before = len(leader.mind.plans)
        with capture_logs() as logged:
            await links["mallory"][0].send(leader.address.jid("leader"), plan, fields)
            await ct._connection.send(leader.address.jid("leader"), plan, fields)
            # Messages of one sender come in order: this one is behind the plan.
            await ct._connection.send(
                leader.address.jid("leader"), "behind", {"performative": "inform", "ilf": "tell"}
            )
            await eventually(lambda: leader.mind.query("behind"))
        assert len(leader.mind.plans) == before
        refused = [row for row in logged if row["event"] == "message_refused"]
        assert [row["why"] for row in refused] == ["sender is not known"]


async def test_a_certificate_of_another_authority_is_refused_in_clear_words(
    server: Server, tmp_path: Path
) -> None:
    begin()
    other = authority(tmp_path / "other", "stranger").ca_file
    for ca_file, named in ((other, str(other)), (None, "the system's authorities")):
        link = Connection(
            "leader", address_of(server.where, server.accounts, ca_file=ca_file), lambda *_: None
        )
        with pytest.raises(NoServerError) as refused:
            await link.start()
        assert "its certificate is not trusted" in str(refused.value)
        assert named in str(refused.value)
        assert "give the right authority with --ca" in str(refused.value)
        assert ACCOUNTS["leader"] not in str(refused.value)


async def test_a_wrong_password_is_called_by_its_name(server: Server, tmp_path: Path) -> None:
    begin()
    wrong = written(tmp_path, {"leader": "not-the-password"})
    link = Connection(
        "leader", address_of(server.where, wrong, ca_file=server.ca_file), lambda *_: None
    )
    with pytest.raises(NoServerError, match="knows no such account, or another password") as told:
        await link.start()
    assert "not-the-password" not in str(told.value)


async def test_a_server_without_encryption_gets_no_password(tmp_path: Path) -> None:
    begin()
    changes = {'"tls", ': "", "c2s_require_encryption = true ": "c2s_require_encryption = false "}
    with prosody(tmp_path, ACCOUNTS, changes=changes) as server:
        link = Connection("leader", address(server), lambda *_: None)
        with pytest.raises(NoServerError, match="offers no encryption"):
            await link.start()


async def test_agents_make_no_accounts_even_where_they_could(tmp_path: Path) -> None:
    begin()
    changes = {
        "allow_registration = false ": "allow_registration = true ",
        '"limits" }': '"limits", "register_ibr" }',
    }
    with prosody(tmp_path, {"ct": "x"}, changes=changes) as server:
        new = written(tmp_path, {"leader": "a-new-password"})
        where = address_of(server.where, new, ca_file=server.ca_file)
        link = Connection("leader", where, lambda *_: None)
        with pytest.raises(NoServerError, match="knows no such account"):
            await link.start()


async def test_agents_come_back_when_their_server_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETURNS_AFTER_S", 0.1)
    with Restarting(tmp_path, ACCOUNTS) as server:
        async with connected(server.now, "ct", "leader") as links:
            (ct, heard), leader = links["ct"], links["leader"][0]
            await asyncio.to_thread(server.restart)
            await eventually(lambda: leader.is_up and ct.is_up)
            await leader.send(ct.jid, "back again", {})
            async with asyncio.timeout(5):
                assert (await heard.get())[1] == "back again"


def test_s01_through_prosody_gives_the_alerts_of_the_virtual_clock(tmp_path: Path) -> None:
    scenario = until(load("pelvis"), 555)  # 9 s of real time at 60 times its speed
    alone = run(scenario, seed=7).journal
    names = [t.removeprefix("mind_") for t in {c.twin for c in alone} if t.startswith("mind_")]
    with prosody(tmp_path, dict.fromkeys(names, "a-password")) as server:
        over = run(scenario, seed=7, speed=60, transport=address(server)).journal
    assert steps(alone) == steps(over)
    assert {rule for _, rule, _, _ in raised(alone)} >= {"TRI-01"}
    assert same_alerts(raised(alone), raised(over), speed=60), f"{raised(alone)}\n{raised(over)}"
    assert heard(over) == heard(alone) != set()


def heard(journal: Journal) -> set[tuple[str, str, str]]:
    """Who heard what kind of message from whom."""
    return {
        (c.twin, c.value["sender"], c.value["performative"])
        for c in journal
        if c.kind == "event" and c.name == "received"
    }

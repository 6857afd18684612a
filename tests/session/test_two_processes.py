"""The world in this process, its agents in another: the same alerts as in one."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from environment.runtime.access import Tokens
from environment.runtime.journal import Journal
from scenarios.processes import play_world
from scenarios.reading import load
from scenarios.schema import Scenario
from scenarios.session import Played, run
from tests.agents.servers.stage import Server, prosody
from tests.session.test_two_clocks import raised, same_alerts, steps, until

UNTIL_S = 600.0  # 30 s of real time at 20 times its speed


@pytest.mark.slow
@pytest.mark.wall_time
async def test_agents_of_another_process_raise_the_alerts_of_one_process(tmp_path: Path) -> None:
    scenario = until(load("pelvis"), UNTIL_S)
    one = await asyncio.to_thread(lambda: run(scenario, seed=7).journal)
    minds = {c.twin.removeprefix("mind_") for c in one if c.twin.startswith("mind_")}
    with prosody(tmp_path, dict.fromkeys(sorted(minds), "a-password")) as server:
        played, words = await _played_apart(scenario, server)
    assert "leader_assistant" in words
    assert "a-password" not in words
    alone, apart = raised(one), raised(played.journal)
    assert steps(one) == steps(played.journal)
    assert {rule for _, rule, _, _ in alone} >= {"TRI-01"}
    assert same_alerts(alone, apart, speed=20), f"one process {alone}\ntwo processes {apart}"
    # The reasons are the same too, through the messages between agents.
    assert why(one, alone[0][1]) == why(played.journal, alone[0][1])
    assert played.journal.verify() == len(played.journal)


async def _played_apart(scenario: Scenario, server: Server) -> tuple[Played, str]:
    """The world in this process, its agents in another, their messages over the server."""
    tokens = Tokens(lambda: 0.0, lambda: "a-secret-of-the-test")
    secret = tokens.issue("agents", "agent", speaks_for=("*",))
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    playing = asyncio.ensure_future(
        play_world(
            scenario,
            seed=7,
            speed=20,
            port=0,
            tokens=tokens,
            open_role="",
            ready=address.set_result,
        )
    )
    command = "import sys; from scenarios.cli import app; sys.argv[0] = 'traumatwin'; app()"
    agents = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        command,
        "agents",
        "--xmpp",
        server.where,
        "--accounts",
        str(server.accounts),
        "--ca",
        str(server.ca_file),
        "--world",
        await address,
        "--seed",
        "7",
        cwd=Path(__file__).parent.parent.parent,
        env={**os.environ, "TRAUMATWIN_TOKEN": secret},
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        played = await playing
        _, words = await agents.communicate()
    assert agents.returncode == 0, words.decode()
    return played, words.decode()


def why(journal: Journal, rule: str) -> list[list[str]]:
    """For each alert of a rule the twins that its reasons lead through, first cause first."""
    shown = [
        c
        for c in journal
        if c.kind == "event" and c.name == "alert_raised" and c.value["rule"] == rule
    ]
    return [[c.twin for c in journal.why(change)] for change in shown]

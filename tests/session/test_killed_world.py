"""Kill -9 of a world on the web: who was told something finds it again, and goes on."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from environment.runtime.journal import Journal
from environment.store import journal as store
from scenarios.reading import load
from scenarios.session import run
from tests.services import free_port
from tests.session.killed import COMMAND, PATIENCE_S, ROOT, Case, ask, short_case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[tuple[Case, str, Path]]:
    """A world and its agents, each in a process of its own."""
    path = short_case(tmp_path, ends="15:30")  # agents need seconds to come back
    port = free_port()
    case = Case(tmp_path, "--speed", "60", "--port", str(port), command="world")
    case.start(str(path))
    yield case, f"http://127.0.0.1:{port}", path
    if case.process is not None and case.process.poll() is None:
        case.kill()


async def there(url: str, case: Case) -> None:
    """Wait until the world listens."""
    for _ in range(int(PATIENCE_S / 0.05)):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        except OSError:
            await asyncio.to_thread(case.pause, 0.05)
            continue
        writer.close()
        return
    raise AssertionError(f"it does not listen: {case.words}")


async def told(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[int, dict[str, object]]]:
    """The changes of a stream, each with its number."""
    number = 0
    async for line in response.content:
        key, _, value = line.decode().strip().partition(": ")
        if key == "id":
            number = int(value)
        elif key == "data":
            yield number, json.loads(value)


def alerts(journal: Journal) -> list[tuple[str, str, str]]:
    return [
        (c.twin, c.name, c.value["rule"])
        for c in journal
        if c.kind == "event" and c.name.startswith("alert_")
    ]


async def agents_of(url: str) -> asyncio.subprocess.Process:
    """The agents of the world, in a process of their own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "agents", "--world", url, "--seed", "7"),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.wall_time
async def test_agents_that_are_killed_come_back_with_what_they_knew_and_do_what_they_missed(
    case: tuple[Case, str, Path],
) -> None:
    world, url, path = case
    await there(url, world)
    agents = await agents_of(url)
    words = b""
    try:
        # The second time an alert begins and grows while nobody is there.
        for moment in (100.0, 590.0):
            await asyncio.to_thread(world.until, moment)
            agents.kill()
            words += (await agents.communicate())[1]
            agents = await agents_of(url)
        assert await asyncio.to_thread(world.end) in (0, 1)
        async with asyncio.timeout(PATIENCE_S):
            words += (await agents.communicate())[1]
        assert agents.returncode == 0
    finally:
        if agents.returncode is None:
            agents.kill()
            await agents.wait()
    assert words.count(b"They were away from") == 2
    journal = store.read(world.folder / "journal.sqlite")
    unkilled = await asyncio.to_thread(lambda: run(load(str(path)), seed=7).journal)
    for display in ("rescuer_tablet", "shock_room_display"):
        one, other = (shown(j, display) for j in (unkilled, journal))
        assert one == other
        assert other["HAE-02"] == "high"
        once = [a for a in alerts(unkilled) if a[:2] == (display, "alert_raised")]
        assert [rule for _, _, rule in once][:2] == ["TRI-01", "HAE-02"]
        assert [a for a in alerts(journal) if a[:2] == (display, "alert_raised")] == once


def shown(journal: Journal, display: str) -> dict[str, str]:
    """The alerts of a display in the end, with their priorities."""
    last = journal.last(display, "alert")
    assert last is not None
    return {rule: alert["priority"] for rule, alert in last.value.items()}


@pytest.mark.slow
@pytest.mark.wall_time
async def test_what_a_killed_world_told_is_in_its_journal_and_its_followers_go_on(
    case: tuple[Case, str, Path],
) -> None:
    world, url, path = case
    await there(url, world)
    agents = await agents_of(url)
    heard: dict[int, dict[str, object]] = {}
    promised: list[tuple[str, str]] = []
    try:
        async with aiohttp.ClientSession() as session:
            for moment in (60.0, 547.0, 640.0):
                await asyncio.to_thread(world.until, moment)
                last = max(heard, default=1)
                follow = {"Last-Event-ID": str(last)}
                asked = f"{url}/twins/display/leader_tablet/operations/write"
                key = {"Idempotency-Key": f"at {moment}", "Twin-By": "instructor"}
                line = {"name": f"note{moment:.0f}", "text": "told before the end"}
                async with session.get(f"{url}/stream?every=1", headers=follow) as stream:
                    async with session.post(asked, json=line, headers=key) as answer:
                        assert answer.status == 201
                        promised.append((f"at {moment}", (await answer.json())["invocation"]))
                    async for number, change in told(stream):
                        heard[number] = change
                        if change["name"] == "write" and f"note{moment:.0f}" in str(change):
                            break
                await asyncio.to_thread(world.kill)
                world.start("--resume", "last")
                await there(url, world)
                # Asked again with the same key, it is answered as before, and not done again.
                async with session.post(asked, json=line, headers=key) as answer:
                    assert answer.status == 201
                    assert (await answer.json())["invocation"] == promised[-1][1]
        assert await asyncio.to_thread(world.end) in (0, 1)
        async with asyncio.timeout(PATIENCE_S):
            await agents.communicate()
            assert agents.returncode == 0
    finally:
        if agents.returncode is None:
            agents.kill()
            await agents.wait()
    ask("verify", world.folder.name, "--runs", str(world.root))
    journal = store.read(world.folder / "journal.sqlite")
    for number, change in heard.items():
        kept = journal[number]
        assert (kept.twin, kept.name, kept.value) == (
            change["twin"],
            change["name"],
            change["value"],
        )
    assert sorted(heard) == list(range(min(heard), max(heard) + 1))  # nothing left out
    for key_of, invocation in promised:
        rows = [c for c in journal if c.kind == "operation" and c.name == "write"]
        asked_for = [c for c in rows if c.value.get("key", {}).get("key") == key_of]
        assert [c.value["invocation"] for c in asked_for] == [invocation]
    unkilled = await asyncio.to_thread(lambda: run(load(str(path)), seed=7).journal)
    for display in ("rescuer_tablet", "shock_room_display"):
        one, other = ([a for a in alerts(j) if a[0] == display] for j in (unkilled, journal))
        assert one == other

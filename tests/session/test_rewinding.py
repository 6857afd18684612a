"""Back to a bookmark and on: nothing doubled, nothing lost, and what was discarded is kept."""

import asyncio
import json
import sqlite3
from asyncio import CancelledError
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner

from environment.model.change import Change
from environment.runtime.catching_up import CatchUpLoop
from environment.runtime.journal import Journal
from environment.store import journal as store
from scenarios.cli import app
from scenarios.keeping import Keeper, Live, kept_in
from scenarios.reading import load
from scenarios.runs import open_run
from scenarios.serving import play_served
from tests.services import free_port

pytestmark = [pytest.mark.wall_time, pytest.mark.slow]
#: What a busy machine may add at 60 times real time, seconds of the scenario: 0.25 s.
SLACK_S = 15


@dataclass
class Told:
    """A session that is being played in a thread, and what it has written so far."""

    keeper: Keeper
    journals: list[Journal] = field(default_factory=list)
    url: str = ""
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def journal(self) -> Journal:
        return self.journals[-1]

    async def ask(self, operation: str, **given: Any) -> None:
        async with aiohttp.ClientSession() as web:
            address = f"{self.url}/twins/session/session/operations/{operation}"
            async with web.post(address, json=given) as got:
                assert got.status == 201, await got.text()
                href = (await got.json())["href"]
            with suppress(aiohttp.ClientError):  # a session that goes back hangs up
                async with web.get(f"{href}?wait=10") as got:
                    assert (await got.json())["status"] != "failed", await got.text()

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                self.came.clear()
                await self.came.wait()


@asynccontextmanager
async def played(tmp_path: Path, speed: float, database: str) -> AsyncIterator[Told]:
    """Play in a loop of its own, which leaps when it goes back; perhaps kept in a database."""
    scenario, here = load("pelvis"), asyncio.get_running_loop()
    live = Live(speed=speed, host="127.0.0.1", port=free_port(), journal=database)
    with kept_in(tmp_path, scenario, 7, live=live) as keep, keep:
        told = Told(keep)

        def hear(*_: object) -> None:
            here.call_soon_threadsafe(told.came.set)

        def follow(journal: Journal) -> None:
            told.journals.append(journal)
            journal.follow(hear)
            assert keep.follow is not None
            keep.follow(journal)
            hear()

        def branch(journal: Journal, after: int) -> tuple[str, Callable[[Journal], None]]:
            return keep.branch(journal, after)[0], follow

        def ready(url: str, where: object) -> None:
            told.url = url
            hear()

        def play() -> None:
            with asyncio.Runner(loop_factory=CatchUpLoop) as runner, suppress(CancelledError):
                session = runner.get_loop().create_task(
                    play_served(
                        scenario,
                        seed=7,
                        speed=speed,
                        port=live.port,
                        ready=ready,
                        follow=follow,
                        branch=branch,
                    )
                )
                started.append((runner.get_loop(), session))
                runner.run(_ended(session))

        started: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []
        thread = Thread(target=play)
        thread.start()
        try:
            await told.until(lambda: told.url)
            yield told
        finally:
            loop, session = started[0]
            loop.call_soon_threadsafe(session.cancel)
            await asyncio.to_thread(thread.join)


async def _ended(session: "asyncio.Task[Any]") -> None:
    await asyncio.wait([session])


def words_of(given: dict[str, Any]) -> str:
    """The single words among arguments: a sentence may tell another number."""
    return " ".join(str(v) for v in given.values() if " " not in str(v))


def deeds(changes: Iterable[Change], until_s: float) -> Counter[tuple[str, str, str]]:
    """What people did, and what was alerted, until a time."""
    return Counter(
        (c.twin, c.name, words_of(c.value.get("arguments", {"rule": c.value.get("rule", "")})))
        for c in changes
        if c.recorded <= until_s
        and (
            (c.kind == "operation" and c.value["status"] == "requested" and c.twin != "session")
            or (c.kind == "event" and c.name == "alert_raised")
        )
        and not c.twin.startswith("mind_")
    )


@pytest.mark.parametrize("where", ["a file", "a database"])
async def test_a_session_goes_back_to_a_bookmark_and_on_and_nothing_is_doubled_or_lost(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue("postgresql") if where == "a database" else ""
    async with played(tmp_path, 60.0, database) as told:
        await told.until(lambda: told.journal.last("ambulance_monitor", "hr"))
        await told.ask("pause")
        await told.ask("set_bookmark", label="at the patient")
        bookmark = told.journal.last("session", "bookmark")
        assert bookmark is not None
        await told.ask("resume")
        await told.until(lambda: any(c.name == "apply_tourniquet" for c in told.journal))
        await told.ask("set_vital", key="sbp", to=50, over_s=0)
        first, discarded = told.journal, list(told.journal)
        await told.ask("rewind", label="at the patient")
        await told.until(lambda: told.journal.last("session", "rewound"))
        again = told.journal
        assert again is not first
        after = bookmark.value["at the patient"]["seq"]
        assert list(again)[:after] == discarded[:after]
        rewound = again.last("session", "rewound")
        assert rewound is not None
        assert (rewound.by, rewound.value["after"]) == ("instructor", after)
        assert rewound.value["from_s"] > rewound.recorded
        assert not any(c.name == "apply_tourniquet" for c in again)
        running = again.last("session", "running")
        assert running is not None
        assert running.value is False
        assert "at the patient" in again.last("session", "bookmark").value  # type: ignore[union-attr]

        await told.ask("resume")
        await told.until(lambda: any(c.name == "apply_tourniquet" for c in told.journal))
        at_s = next(c.recorded for c in again if c.name == "apply_tourniquet")
        then = next(c.recorded for c in discarded if c.name == "apply_tourniquet")
        assert at_s == pytest.approx(then, abs=SLACK_S)
        end = min(at_s, then) - SLACK_S
        assert deeds(again, end) == deeds(discarded, end)
        folder = told.keeper.folder
    run = f"{database}?run={folder.name}" if database else ""
    kept = open_run(f"{folder.name}/branch-1", folder.parent)
    assert list(kept.story.journal)[: len(discarded)] == discarded
    assert kept.name == f"{folder.name}/branch-1"
    asked = CliRunner().invoke(app, ["verify", kept.name, "--json", "--runs", str(folder.parent)])
    assert json.loads(asked.stdout)["changes"] == len(kept.story.journal)
    listed = CliRunner().invoke(app, ["runs", "--json", "--runs", str(folder.parent)])
    assert json.loads(listed.stdout)["runs"][0]["discarded"] == ["branch-1"]
    alone = CliRunner().invoke(app, ["verify", "branch-1", "--runs", str(folder.parent)])
    assert alone.exit_code == 3
    assert "say 'last/branch-1'" in " ".join(alone.stderr.split())
    if run:
        assert len(store.read(f"{run}-branch-1")) == len(kept.story.journal)
    on = store.read(run or folder / "journal.sqlite")
    assert list(on)[:after] == discarded[:after]
    assert any(c.name == "rewound" for c in on)
    if not database:
        with sqlite3.connect(folder / "journal.sqlite") as file:
            assert file.execute("select count(*) from change").fetchone()[0] == len(on)

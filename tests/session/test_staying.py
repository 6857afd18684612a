"""When a training session is over its team stays, and talks about it where it was played."""

import asyncio
import json
import re
import signal
import socket
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from tests.services import free_port
from tests.session.killed import PATIENCE_S, Case, short_case

pytestmark = [pytest.mark.wall_time, pytest.mark.slow]


async def told(case: Case, words: str) -> None:
    """Wait until the process has said so."""
    async with asyncio.timeout(PATIENCE_S):
        while words not in case.words:
            await asyncio.to_thread(case.pause)


async def test_who_took_part_stays_for_the_debrief_and_its_notes_are_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path / "opened"}\n', "utf-8")
    opener.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{opener} %s")
    options = ("--port", str(port), "--speed", "60", "--debrief", "--open")
    case = Case(tmp_path, *options, command="serve")
    case.start(str(short_case(tmp_path, ends="01:30")))
    assert case.process is not None
    try:
        await told(case, "private windows.")
        link = re.search(r"/leader +(http\S+)", case.words)
        assert link is not None
        jar = aiohttp.CookieJar(unsafe=True)  # addresses without a name have cookies too
        at = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession(at, cookie_jar=jar) as leader:
            async with leader.get(link[1]) as page:
                assert page.status == 200
            async with leader.get("/debrief/runs") as early:
                assert early.status == 403  # what is expected would be given away
            asked = leader.get("/stream", headers={"Accept": "text/event-stream"})
            async with leader.ws_connect("/stream?since=0&every=1") as line, asked as events:
                said = [json.loads(m.data).get("bye") async for m in line]
                while await events.content.readline() != b"event: bye\r\n":
                    pass
                last = (await events.content.readline()).decode().removeprefix("data: ")
            assert [bye for bye in said if bye][-1] == {"why": "over", "debrief": True}
            assert json.loads(last) == {"why": "over", "debrief": True}
            await told(case, "Now talk about it")
            async with leader.get("/here") as here:
                known = await here.json()
            assert known["over"] is True
            assert known["you"]["name"] == "trauma_leader"
            async with leader.get("/debrief/runs") as late:
                (run,) = (await late.json())["runs"]
            assert run["ends_s"] >= 90
            note = {"run": 0, "at_s": 30, "text": "Who took the call?"}
            async with leader.post("/debrief/notes", json=note, headers={"Origin": at}) as kept:
                assert kept.status == 201, await kept.text()
        case.process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(case.process.wait, PATIENCE_S) == 0
    finally:
        if case.process.poll() is None:
            case.kill()
    assert "Who took the call?" in (case.folder / "report.html").read_text("utf-8")
    assert json.loads((case.folder / "summary.json").read_text("utf-8"))["simulated_s"] == 90
    assert (tmp_path / "opened").read_text("utf-8") == f"http://127.0.0.1:{port}/\n"
    assert not (case.folder / "entered.json").exists()


@pytest.mark.parametrize("is_page", [True, False])
async def test_unasked_a_session_stays_for_whoever_has_a_page_open_and_for_no_device(
    tmp_path: Path, is_page: bool
) -> None:
    at = f"http://127.0.0.1:{(port := free_port())}"
    case = Case(tmp_path, "--port", str(port), "--speed", "60", command="serve")
    case.start(str(short_case(tmp_path, ends="01:30")))
    assert case.process is not None
    try:
        await told(case, "private windows.")
        origin = at if is_page else None  # browsers send theirs with every socket
        async with (
            aiohttp.ClientSession(at) as somebody,
            somebody.ws_connect("/stream?every=1", origin=origin) as line,
        ):
            said = [json.loads(m.data).get("bye") async for m in line]
        assert [bye for bye in said if bye][-1] == {"why": "over", "debrief": is_page}
        if is_page:
            await told(case, "Now talk about it")
            case.process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(case.process.wait, PATIENCE_S) == 0
    finally:
        if case.process.poll() is None:
            case.kill()
    assert ("Now talk about it" in case.words) is is_page


async def test_an_interrupted_session_says_how_it_goes_on_and_then_waits_for_its_instructor(
    tmp_path: Path,
) -> None:
    port = free_port()
    case = Case(tmp_path, "--port", str(port), "--speed", "20", command="serve")
    case.start(str(short_case(tmp_path, ends="09:00")))
    assert case.process is not None
    try:
        await told(case, "private windows.")
        await asyncio.to_thread(case.until, 30)
        case.process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(case.process.wait, PATIENCE_S) == 130
        assert f"serve --resume {case.folder.name} --pause" in case.words
        case.start("--resume", "last", "--pause")
        async with asyncio.timeout(PATIENCE_S):
            while case.words.count("private windows.") < 2:
                await asyncio.to_thread(case.pause)
        assert re.search(
            rf"{case.folder.name} had come to \d\d:\d\d; bringing everything", case.words
        )
        async with (
            aiohttp.ClientSession(f"http://127.0.0.1:{port}") as somebody,
            somebody.get("/here") as here,
        ):
            known = await here.json()
        assert known["speed"] == 0
        assert known["now"] >= 30
    finally:
        if case.process.poll() is None:
            case.kill()


def test_a_port_that_somebody_has_leaves_no_run_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "world"):
            asked = [command, "pelvis", "--port", port, "--runs", str(tmp_path / "runs")]
            done = CliRunner().invoke(app, asked)
            assert done.exit_code == 4
            assert "Choose another --port." in done.stderr
    assert not list(tmp_path.glob("runs/*"))

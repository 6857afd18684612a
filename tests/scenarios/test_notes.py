"""Notes to a finished run: written while it is looked at, kept beside it, shown wherever it is."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from environment.model.change import JSON
from scenarios.notes import NOTES, Note, add, added
from scenarios.reviewing import review
from scenarios.runs import open_run
from tests.scenarios.test_cli import Tw
from tests.scenarios.test_cli import tw as tw
from tests.scenarios.test_outgoing import drawn
from tests.services import free_port

WHEN = "2026-01-16T09:00:00+01:00"
pytestmark = pytest.mark.wall_time


class Table:
    """A debrief on this machine."""

    def __init__(self, url: str, client: ClientSession) -> None:
        self._url, self._client = url, client

    async def asks(self, method: str, path: str, body: JSON = None, status: int = 200) -> JSON:
        async with self._client.request(method, f"{self._url}{path}", json=body) as response:
            told = await response.json()
            assert response.status == status, told
            return told

    async def adds(self, at_s: float, text: str, **more: JSON) -> JSON:
        return await self.asks("POST", "/debrief/notes", {"at_s": at_s, "text": text, **more}, 201)

    async def noted(self) -> list[list[str]]:
        told = await self.asks("GET", "/debrief/runs")
        return [[note["text"] for note in run["noted"]] for run in told["runs"]]


@asynccontextmanager
async def table(root: Path, *names: str) -> AsyncIterator[Table]:
    """Runs of a folder, looked at."""
    loop, until = asyncio.get_running_loop(), asyncio.Event()
    ready: asyncio.Future[str] = loop.create_future()
    runs = [open_run(name, root) for name in names]
    served = asyncio.create_task(
        review(runs, port=free_port(), ready=ready.set_result, until=until, now=lambda: WHEN)
    )
    try:
        async with ClientSession() as client:
            yield Table(await ready, client)
    finally:
        until.set()
        await served


async def does(tw: Tw, *words: str) -> None:
    """The command line, beside the loop of the test."""
    done = await asyncio.to_thread(tw, *words)
    assert done.exit_code == 0, done.output


async def runs_of(tw: Tw, root: Path, count: int = 1) -> list[str]:
    for _ in range(count):
        await does(tw, "run", "case.toml", "-q")
    return sorted(folder.name for folder in (root / "runs").iterdir())


async def test_a_note_is_kept_beside_the_run_changed_and_taken_away_again(
    tw: Tw, tmp_path: Path
) -> None:
    (name,) = await runs_of(tw, tmp_path)
    journal = (tmp_path / "runs" / name / "journal.sqlite").read_bytes()
    async with table(tmp_path / "runs", name) as debrief:
        first = await debrief.adds(1e6, "  who leads?  ", by="Ada", about=3)
        assert first["number"] == "1"
        assert (first["text"], first["by"], first["written"]) == ("who leads?", "Ada", WHEN)
        run = open_run(name, tmp_path / "runs")
        assert first["at_s"] == run.story.ends_s  # nothing is later than the end
        await debrief.adds(60, "binder late")
        assert await debrief.noted() == [["binder late", "who leads?"]]
        anew = {"at_s": 60, "text": "binder after 9 min"}
        await debrief.asks("PUT", "/debrief/notes/2", anew)
        await debrief.asks("DELETE", "/debrief/notes/1?run=0")
        assert (await debrief.adds(61, "and the next"))["number"] == "3"  # never used again
        await debrief.asks("DELETE", "/debrief/notes/1", status=404)
        await debrief.asks("PUT", "/debrief/notes/9", anew, 404)
        await debrief.asks("POST", "/debrief/notes", {"at_s": 1, "text": "  "}, 422)
        await debrief.asks("POST", "/debrief/notes", {"at_s": 1, "text": "x", "run": 1}, 422)
    async with table(tmp_path / "runs", name) as debrief:
        assert await debrief.noted() == [["binder after 9 min", "and the next"]]
    assert (tmp_path / "runs" / name / "journal.sqlite").read_bytes() == journal
    leftovers = [f.name for f in (tmp_path / "runs" / name).iterdir() if f.name.startswith(".")]
    assert leftovers == []


async def test_of_two_runs_each_has_its_own_notes(tw: Tw, tmp_path: Path) -> None:
    one, other = await runs_of(tw, tmp_path, 2)
    async with table(tmp_path / "runs", one, other) as debrief:
        await debrief.adds(10, "of the first")
        await debrief.adds(20, "of the second", run=1)
        assert await debrief.noted() == [["of the first"], ["of the second"]]
        await debrief.asks("DELETE", "/debrief/notes/1?run=1")
        assert await debrief.noted() == [["of the first"], []]


async def test_where_nothing_can_be_written_the_debrief_says_so(tw: Tw, tmp_path: Path) -> None:
    (name,) = await runs_of(tw, tmp_path)
    async with table(tmp_path / "runs", name) as debrief:
        (tmp_path / "runs" / name).rename(tmp_path / "gone")
        told = await debrief.asks("GET", "/debrief/runs")
        assert told["writes"] == ""
        assert "cannot be written" in told["cannot"]
        refused = await debrief.asks(
            "POST", "/debrief/notes", {"at_s": 1, "text": "lost"}, status=409
        )
        assert "The note was not kept" in refused["detail"]
        (tmp_path / "gone").rename(tmp_path / "runs" / name)
        (tmp_path / "runs" / name / NOTES).write_text("{not json")
        broken = await debrief.asks("GET", "/debrief/runs", status=409)
        assert "Mend it or move it away" in broken["detail"]


async def test_notes_are_in_the_report_on_paper_with_the_run_and_for_learning_records(
    tw: Tw, tmp_path: Path
) -> None:
    (name,) = await runs_of(tw, tmp_path)
    folder = tmp_path / "runs" / name
    assert "who calls" not in (folder / "report.html").read_text()
    async with table(tmp_path / "runs", name) as debrief:
        await debrief.adds(95, "who calls <the blood bank>?", by="Ada")
    assert "who calls &lt;the blood bank&gt;?" in (folder / "report.html").read_text()

    await does(tw, "export", name, "one.jsonl.gz")
    await does(tw, "import", "one.jsonl.gz", "--runs", "elsewhere")
    back = tmp_path / "elsewhere" / name
    assert (back / NOTES).read_bytes() == (folder / NOTES).read_bytes()
    assert (back / "report.html").read_bytes() == (folder / "report.html").read_bytes()

    await does(tw, "report", name, "--pdf", "paper.pdf", "--xapi", "learned.json")
    pages = b"".join(drawn((tmp_path / "paper.pdf").read_bytes()))
    assert b"who calls" in pages
    assert b"Ada, afterwards" in pages
    (said,) = [
        row
        for row in json.loads((tmp_path / "learned.json").read_text())
        if row["verb"]["id"].endswith("/commented")
    ]
    assert said["result"]["response"] == "who calls <the blood bank>?"
    assert said["actor"]["account"]["name"] == "Ada"
    assert said["context"]["extensions"]["https://traumatwin.example/xapi/scenario-seconds"] == 95


def test_what_two_write_at_the_same_time_is_all_kept(tmp_path: Path) -> None:
    def write(number: int) -> str:
        note = Note(number="", at_s=float(number), text=f"note {number}", by="ivy", written=WHEN)
        return add(tmp_path, note).number

    with ThreadPoolExecutor(8) as writers:
        numbers = list(writers.map(write, range(60)))
    assert sorted(map(int, numbers)) == list(range(1, 61))
    assert {note.text for note in added(tmp_path).values()} == {f"note {n}" for n in range(60)}

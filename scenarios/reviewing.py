"""Finished runs on the web again: the twins as they were, to look at, not to change."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from environment.model.change import JSON
from environment.replica import Replica
from environment.runtime.access import Tokens
from environment.runtime.operations import Operations
from environment.twins import kinds
from environment.web.app import LOOPBACK, make_site, serve
from environment.web.bodies import Wording
from environment.web.problems import ProblemError
from scenarios import notes
from scenarios.debriefing import debrief
from scenarios.errors import RunFolderError
from scenarios.notes import Note
from scenarios.outgoing import Files
from scenarios.runs import Run, time_of_day, write_reports

#: Who looks at a finished run: reads everything but identity, and changes nothing.
READER = "researcher"


def again(run: Run) -> Replica:
    """The world of a finished run, folded from its journal; its time stands at the end."""
    world = Replica(run.scenario.start, lambda: 0.0)
    world.journal.name = f"{run.name} (finished)"
    world.models.update(kinds())
    for change in run.story.journal:
        world.follow(change, run.story.kinds[change.twin])
    world.time.tell(run.story.last_s, 0.0)
    return world


def told(runs: Sequence[Run]) -> Callable[[], Awaitable[list[JSON]]]:
    """What the page shows of these runs; worked out once, for only their notes still change."""
    rows = [debrief(r.story, r.scenario, name=r.name, seed=r.seed) for r in runs]

    async def now() -> list[JSON]:
        with _answered():
            return [
                {**row, "noted": [note.as_json() for note in run.notes()]}
                for row, run in zip(rows, runs, strict=True)
            ]

    return now


@contextmanager
def _answered() -> Iterator[None]:
    """What goes wrong with a folder is told to whoever asked for it."""
    try:
        yield
    except RunFolderError as wrong:
        raise ProblemError(409, "folder", str(wrong)) from wrong


class Notebook:
    """The notes beside the runs that are shown; `now` gives the time of day as it is written."""

    def __init__(self, runs: Sequence[Run], now: Callable[[], str]) -> None:
        self._runs, self._now = runs, now
        #: Runs to which something was written, whose reports are to be written anew.
        self.changed: dict[Path, Run] = {}

    def why_not(self) -> str:
        """What stands against writing."""
        return " ".join(filter(None, (notes.why_not(run.folder) for run in self._runs)))

    def add(self, note: Wording, by: str) -> JSON:
        """Keep a note."""
        run = self._run(note.run)
        with _answered():
            kept = notes.add(run.folder, self._note("", note, by, run))
        self.changed[run.folder] = run
        return kept.as_json()

    def change(self, number: str, note: Wording, by: str) -> JSON:
        """Put a note in the place of one."""
        run = self._run(note.run)
        new = self._note(number, note, by, run)
        with _answered():
            if not notes.change(run.folder, new):
                return None
        self.changed[run.folder] = run
        return new.as_json()

    def erase(self, run: int, number: str) -> bool:
        """Forget a note."""
        of = self._run(run)
        with _answered():
            is_gone = notes.erase(of.folder, number)
        if is_gone:
            self.changed[of.folder] = of
        return is_gone

    def _run(self, number: int) -> Run:
        if number >= len(self._runs):
            raise ProblemError(422, "bad_value", "run: only one run is shown here, number 0.")
        return self._runs[number]

    def _note(self, number: str, note: Wording, by: str, run: Run) -> Note:
        return Note(
            number=number,
            at_s=min(note.at_s, run.story.ends_s),
            text=note.text.strip(),
            by=by,
            about=note.about,
            written=self._now(),
        )


async def review(
    runs: Sequence[Run],
    *,
    port: int,
    ready: Callable[[str], None],
    host: str = LOOPBACK,
    tokens: Tokens | None = None,
    is_open: bool | None = None,
    until: asyncio.Event | None = None,
    writing: Callable[[str], None] = lambda _: None,
    now: Callable[[], str] = time_of_day,
) -> None:
    """Serve the first run on this machine, the second to compare, until it is to end.

    Whoever comes from this machine needs no token if it `is_open`: by default, if none are given.
    Notes that were written meanwhile are in the runs' reports afterwards; `writing` is told which.
    """
    world = again(runs[0])
    operations = Operations(world, runs[0].scenario.roles)
    is_open = tokens is None if is_open is None else is_open
    site = make_site(world, operations, tokens=tokens, open_role=READER if is_open else "")
    site.debriefs, site.is_over = told(runs), True
    if len(runs) > 1:
        site.other = again(runs[1])
    for run in reversed(runs):  # where both have words for one text, those of the first
        for language, said in run.scenario.translation.items():
            site.translations[language] = {**site.translations.get(language, {}), **said}
    site.notebook = book = Notebook(runs, now)
    site.files = Files(lambda number: lambda: runs[number], len(runs))
    served = await serve(site, host=host, port=port)
    try:
        ready(served.url)
        await (until or asyncio.Event()).wait()
    finally:
        await served.stop()
        for run in book.changed.values():
            writing(run.name)
            write_reports(run)

"""Keeping a run in its folder while it is played, and taking one up whose process has ended.

A live run's folder says from the start what it takes to take it up (`run.json`, `scenario.toml`);
its journal is written while it grows, beside it or into a database. A virtual run is written at
its end, in one transaction, so that the same seed gives the same bytes.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import structlog

from environment.errors import JournalError
from environment.model.change import JSON
from environment.runtime.journal import Journal
from environment.store import journal as store
from environment.store.place import Place, place_of
from environment.store.writer import Writer, check
from scenarios.errors import RunFolderError
from scenarios.reading import parse
from scenarios.runs import (
    JOURNAL,
    LIVE,
    SUMMARY,
    TEXT,
    Played,
    Run,
    branches,
    folder_of,
    is_branch,
    journal_of,
    keep,
    new_folder,
)
from scenarios.schema import Scenario

if sys.platform != "win32":
    import fcntl

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """How a live run is played, as its folder tells whoever takes it up."""

    speed: float
    plans: str = ""  # a folder; empty: those shipped
    recording: str = ""  # a recorded device stream; empty: simulated monitors
    apart: bool = False  # the agents are in another process
    host: str = ""
    port: int = 0
    journal: str = ""  # a database's URL, without a password; empty: beside the run
    stays: bool | None = None  # for the debrief, when it is over; None: if somebody looks on


class Keeper:
    """Keeps a run in its folder; `follow` is given the journal of a live one when it begins."""

    def __init__(
        self, folder: Path, scenario: Scenario, seed: int, *, live: Live | None = None
    ) -> None:
        self.folder, self._scenario, self._seed = folder, scenario, seed
        self._writer: Writer | None = None
        self._place: Place | None = None
        self._lock: IO[str] | None = None
        self._is_begun = live is not None
        self.follow: Callable[[Journal], None] | None = None
        if live is not None:
            place = _place(folder, live)
            if place.path is None:  # what is wrong is said now, not when the run is under way
                place = _unused(place)
                check(place)
            self._lock = _locked(folder)
            _write_live(folder, scenario, seed, live, place)
            (folder / TEXT).write_text(scenario.origin.text, encoding="utf-8")
            self._writer, self._place = Writer(place), place
            self.follow = self._writer.follow

    @classmethod
    def again(cls, taken: "TakenUpRun") -> "Keeper":
        """Keep a run that is taken up: its journal goes on where it ended."""
        made = cls(taken.folder, taken.scenario, taken.seed)
        made._is_begun, made._lock, made._place = True, taken.lock, taken.place
        made._writer = Writer(
            taken.place, after=len(taken.journal), digest=(taken.journal.hashes() or [""])[-1]
        )
        made.follow = made._writer.follow
        return made

    def branch(self, journal: Journal, after: int) -> tuple[str, Callable[[Journal], None]]:
        """Keep the whole journal under a name of its own; this run's ends after a change.

        Returns the name, and what follows the journal that goes on from there.
        """
        self._close()
        assert self._place is not None  # only a live run can go back
        here = self._place
        first = Journal(journal.name)
        first.adopt(zip(journal, journal.hashes()[:after], strict=False))
        aside = self._aside(here)
        shutil.copy(self.folder / TEXT, aside / TEXT)
        shutil.copy(self.folder / LIVE, aside / LIVE)
        if here.path is not None:
            begun = here.path.with_name("begun.sqlite")
            store.write(first, begun)
            here.path.rename(aside / JOURNAL)
            begun.rename(here.path)
        else:
            there = here.beside(f"{here.run}-{aside.name}")
            _note(aside, journal=there.without_password())
            store.write(journal, there)
            store.write(first, here)
        self._writer = Writer(here, after=after, digest=(first.hashes() or [""])[-1])
        self.follow = self._writer.follow
        return aside.name, self.follow

    def _aside(self, here: Place) -> Path:
        """A folder for what is discarded now; its name is free in the run's database too."""
        taken = {p.name for p in branches(self.folder)}
        if here.path is None:
            taken |= {r.removeprefix(f"{here.run}-") for r in store.runs(here)}
        name = next(f"branch-{n}" for n in count(1) if f"branch-{n}" not in taken)
        (self.folder / name).mkdir()
        return self.folder / name

    def __call__(self, played: Played) -> Run:
        """Write what is left: journal, scenario and reports; the summary comes last."""
        is_written = self._writer is not None
        try:
            self._close()
        except JournalError as wrong:
            if journal_of(self.folder).path is not None:
                raise
            # The database is away: nothing is lost, the whole journal is in memory.
            log.warning("journal_kept_beside_the_run", why=str(wrong), at=str(self.folder))
            forget_database(self.folder)
            is_written = False
        return keep(self.folder, self._scenario, played, self._seed, written=is_written)

    def _close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def listens(self, url: str) -> None:
        """Note where the world listens: those who follow it come back to the same address."""
        _note(self.folder, port=urlsplit(url).port)

    def __enter__(self) -> "Keeper":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Close what is open after a run that broke off: its journal stays, as far as it came."""
        try:
            self._close()
        finally:
            if self._lock is not None:
                self._lock.close()


@contextmanager
def kept_in(
    root: Path, scenario: Scenario, seed: int, *, live: Live | None = None
) -> Iterator[Keeper]:
    """A folder for a run, and what keeps the run in it; a run that comes to nothing leaves none."""
    folder = new_folder(root, scenario.name)
    keeper: Keeper | None = None
    try:
        keeper = Keeper(folder, scenario, seed, live=live)
        yield keeper
    finally:
        try:
            if keeper is not None:
                keeper.end()
        finally:
            _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    """Remove a folder in which there is no journal: nothing has begun."""
    is_database = (folder / LIVE).is_file() and journal_of(folder).path is None
    if any(f.suffix == ".sqlite" for f in folder.iterdir()) or is_database:
        return
    for name in (LIVE, TEXT):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUpRun:
    """A run whose process has ended: what it takes to go on."""

    folder: Path
    scenario: Scenario
    seed: int
    live: Live
    journal: Journal
    place: Place
    lock: IO[str]


def take_up(name: str, root: Path, journal: str = "", *, apart: bool = False) -> TakenUpRun:
    """Open a run that was not ended; nobody else can while this process lives.

    `journal` is the URL of its database where that needs a password. `apart` says whether its
    agents are in another process.
    """
    folder = _unfinished(root) if name == "last" else folder_of(name, root)
    if is_branch(folder):
        raise RunFolderError(
            f"{folder} was discarded when its session went back. `traumatwin debrief` shows it."
        )
    if (folder / SUMMARY).is_file():
        raise RunFolderError(
            f"{folder} has come to its end. `traumatwin report {folder.name}` shows it."
        )
    try:
        told = json.loads((folder / LIVE).read_text(encoding="utf-8"))
        text = (folder / TEXT).read_text(encoding="utf-8")
        title, branch, seed = told.pop("scenario"), told.pop("branch"), int(told.pop("seed"))
        live = Live(**told)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise RunFolderError(
            f"{folder} does not say how it was played ({wrong}): only live runs can be taken up."
        ) from wrong
    if live.apart != apart:
        where, command = ("in a process of their own", "world") if live.apart else ("here", "run")
        raise RunFolderError(
            f"The agents of {folder.name} were {where}: traumatwin {command} --resume {folder.name}"
        )
    lock = _locked(folder)
    try:
        scenario = parse(text, path=str(folder / TEXT), branch=branch, name=title, checked=False)
        place = _place(folder, live)
        if journal and place.path is None:
            place = replace(place_of(journal), run=place.run)
        kept = store.read(place, name=scenario.name)
    except BaseException:
        lock.close()
        raise
    return TakenUpRun(
        folder=folder,
        scenario=scenario,
        seed=seed,
        live=live,
        journal=kept,
        place=place,
        lock=lock,
    )


def _unfinished(root: Path) -> Path:
    found = [p.parent for p in root.glob(f"*/{LIVE}") if not (p.parent / SUMMARY).is_file()]
    if not found:
        raise RunFolderError(f"There is no run in {root} that was not ended.")
    return max(found, key=lambda p: ((p / LIVE).stat().st_mtime_ns, str(p)))


def _locked(folder: Path) -> IO[str]:
    """Hold the folder; the system lets it go when this process ends, however that happens."""
    held = (folder / LIVE).open("a", encoding="utf-8")
    if sys.platform != "win32":  # there nobody keeps a second process away
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.close()
            raise RunFolderError(f"{folder} is being played by another process.") from None
    return held


def _place(folder: Path, live: Live) -> Place:
    return place_of(live.journal or folder / JOURNAL).named(folder.name)


def _unused(place: Place) -> Place:
    """The same, under a name that the database does not hold: another machine's run may have it."""
    taken, number = store.runs(place), 1
    found = place
    while found.run in taken:
        number += 1
        found = replace(place, run=f"{place.run}-{number}")
    return found


def _write_live(folder: Path, scenario: Scenario, seed: int, live: Live, place: Place) -> None:
    shown = replace(live, journal=place.without_password()) if live.journal else live
    told = {"scenario": scenario.name, "branch": scenario.branch, "seed": seed, **asdict(shown)}
    (folder / LIVE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def forget_database(folder: Path) -> None:
    """From now on the journal of this run is the one beside it."""
    _note(folder, journal="")


def _note(folder: Path, **facts: JSON) -> None:
    """Change what the folder says of the run; in one step, whatever happens meanwhile."""
    told = json.loads((folder / LIVE).read_text(encoding="utf-8")) | facts
    with (folder / LIVE).open("r+", encoding="utf-8") as file:
        file.write(json.dumps(told, indent=1) + "\n")
        file.truncate()


def is_being_played(folder: Path) -> bool:
    """Whether a process holds this run."""
    if not (folder / LIVE).is_file():
        return False
    try:
        _locked(folder).close()
    except RunFolderError:
        return True
    return False


def origin_of(folder: Path) -> tuple[str, str, int] | None:
    """Scenario, branch and seed of a run; None for a folder that holds none."""
    for name in (SUMMARY, LIVE):
        try:
            told = json.loads((folder / name).read_text(encoding="utf-8"))
            return str(told["scenario"]), str(told["branch"]), int(told["seed"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None

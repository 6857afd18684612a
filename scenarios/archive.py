"""Runs that were kept: which there are, one of them as a single file, and deleting old ones.

By default everything is kept. The single file is JSON lines, compressed when its name ends in
`.gz`: first what the run is (scenario, branch, seed, the scenario's text, the summary), then each
change with its hash, so that whoever gets it can check that nothing was altered on the way.
"""

import gzip
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from environment.errors import JournalError
from environment.model.change import FIELDS, JSON, Change, canonical, change_from_row
from environment.runtime.journal import Journal, verify_chain
from environment.store import journal as store
from scenarios.errors import RunFolderError
from scenarios.keeping import is_being_played, origin_of
from scenarios.notes import exported, imported
from scenarios.reading import parse
from scenarios.runs import (
    JOURNAL,
    LIVE,
    SUMMARY,
    TEXT,
    Run,
    branches,
    folder_of,
    journal_of,
    new_folder,
    open_run,
    write_reports,
)

FORMAT, VERSION = "traumatwin run", 1
DAY_S = 86_400.0

State = Literal["ended", "being played", "broken off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One run that lies in a folder."""

    folder: Path
    scenario: str
    branch: str
    seed: int
    state: State
    changed_s: float  # the machine's time of its last change
    size: int  # bytes in the folder
    database: str  # where the journal is, if not in the folder

    def discarded(self) -> list[str]:
        """What its session discarded when it went back, by name."""
        return [p.name for p in branches(self.folder)]

    def as_json(self) -> dict[str, JSON]:
        """As one row of `runs --json`."""
        return {
            "run": self.folder.name,
            "scenario": self.scenario,
            "branch": self.branch,
            "seed": self.seed,
            "state": self.state,
            "discarded": self.discarded(),
            "bytes": self.size,
            "database": self.database,
        }


def kept_runs(root: Path) -> list[Kept]:
    """All runs of a folder, oldest first; what is no run is left out."""
    found = []
    for folder in root.iterdir() if root.is_dir() else ():
        told = origin_of(folder) if folder.is_dir() else None
        if told is not None:
            found.append(_kept(folder, *told))
    return sorted(found, key=lambda k: (k.changed_s, k.folder.name))


def _kept(folder: Path, scenario: str, branch: str, seed: int) -> Kept:
    place = journal_of(folder)
    files = [f.stat() for f in folder.rglob("*") if f.is_file()]
    state: State = "ended" if (folder / SUMMARY).is_file() else "broken off"
    if state != "ended" and is_being_played(folder):
        state = "being played"
    return Kept(
        folder=folder,
        scenario=scenario,
        branch=branch,
        seed=seed,
        state=state,
        changed_s=max(f.st_mtime for f in files),
        size=sum(f.st_size for f in files),
        database="" if place.path is not None else place.name,
    )


def to_prune(
    runs: Sequence[Kept], *, now_s: float, older_than_days: float | None, keep: int | None
) -> list[Kept]:
    """Which runs may go: old enough, and not among the newest; never one that is being played."""
    newest = {k.folder for k in runs[len(runs) - keep :]} if keep else set()
    limit = float("inf") if older_than_days is None else now_s - older_than_days * DAY_S
    return [
        k
        for k in runs
        if k.state != "being played" and k.folder not in newest and k.changed_s < limit
    ]


def prune(runs: Sequence[Kept]) -> int:
    """Delete runs, also from their databases; returns how many bytes that were in folders."""
    for kept in runs:
        for folder in (kept.folder, *branches(kept.folder)):
            place = journal_of(folder)
            if place.path is None:
                store.forget(place)
        shutil.rmtree(kept.folder)
    return sum(kept.size for kept in runs)


# -- one file ----------------------------------------------------------------------------------


def export_run(name: str, root: Path, path: Path) -> int:
    """Write a run as one file; returns how many changes it holds."""
    folder = folder_of(name, root)
    told = origin_of(folder)
    if told is None:
        raise RunFolderError(f"{folder} does not say which scenario it played.")
    scenario, branch, seed = told
    journal = store.read(journal_of(folder), name=scenario)
    summary, live = _loaded(folder / SUMMARY), _loaded(folder / LIVE)
    head = {
        "format": FORMAT,
        "version": VERSION,
        "run": folder.name,
        "scenario": scenario,
        "branch": branch,
        "seed": seed,
        "text": (folder / TEXT).read_text(encoding="utf-8"),
        "summary": summary,
        "live": live,
        "notes": exported(folder),
        "changes": len(journal),
    }
    with _writing(path) as file:
        file.write(canonical(head) + "\n")
        for change, digest in zip(journal, journal.hashes(), strict=True):
            row = dict(zip(FIELDS, change.row(), strict=True))
            file.write(canonical({**row, "hash": digest}) + "\n")
    return len(journal)


def _loaded(path: Path) -> JSON:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@contextmanager
def _writing(path: Path) -> Iterator[IO[str]]:
    """A text file; its bytes depend on nothing but what is written."""
    from io import TextIOWrapper

    try:
        with path.open("wb") as raw:
            if path.suffix == ".gz":
                packing = gzip.GzipFile("", "wb", fileobj=raw, mtime=0)
                with packing as packed, TextIOWrapper(packed, "utf-8") as file:
                    yield file
            else:
                with TextIOWrapper(raw, "utf-8") as file:
                    yield file
    except OSError as wrong:
        raise RunFolderError(f"{path} cannot be written: {wrong.strerror}.") from wrong


def is_file_of_run(path: Path) -> bool:
    """Whether a path looks like a run as one file."""
    return path.is_file() and path.name.endswith((".jsonl", ".jsonl.gz"))


def read_file(path: Path) -> tuple[dict[str, JSON], Journal]:
    """What an exported run is, and its journal; an altered one is refused."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            head = json.loads(file.readline())
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                raise RunFolderError(f"{path} is no exported run of traumatwin.")
            if head.get("version") != VERSION:
                raise RunFolderError(
                    f"{path} is of version {head.get('version')}, this is {VERSION}."
                )
            rows = [_row(json.loads(line)) for line in file]
    except (OSError, ValueError, KeyError, EOFError) as wrong:
        raise RunFolderError(f"{path} cannot be read: {wrong}.") from wrong
    count = verify_chain(rows)
    if count != head["changes"]:
        raise JournalError(f"{path} ends after {count} of {head['changes']} changes.")
    journal = Journal(head["scenario"])
    journal.adopt(rows)
    return head, journal


def _row(row: dict[str, JSON]) -> tuple[Change, str]:
    return change_from_row([row[name] for name in FIELDS]), str(row["hash"])


def import_run(path: Path, root: Path) -> Path:
    """Make a folder of an exported run again; it can be reported and explained from there."""
    head, journal = read_file(path)
    name, branch = str(head["scenario"]), str(head["branch"])
    scenario = parse(head["text"], path=str(path), branch=branch, name=name, checked=False)
    folder = _folder(root, str(head["run"]), scenario.name)
    store.write(journal, folder / JOURNAL)
    (folder / TEXT).write_text(head["text"], encoding="utf-8")
    if head.get("notes") is not None:
        imported(folder, head["notes"])
    if head["live"] is not None:
        live = {**head["live"], "journal": ""}
        (folder / LIVE).write_text(json.dumps(live, indent=1) + "\n", encoding="utf-8")
    if head["summary"] is not None:
        summary = {**head["summary"], "run": str(folder.resolve())}
        text = json.dumps(summary, ensure_ascii=False, indent=1)
        (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")
        run: Run = open_run(str(folder), root)
        write_reports(run)
    return folder


def _folder(root: Path, name: str, scenario: str) -> Path:
    """The folder of the same name, if there is none; else a new one."""
    wanted = root / Path(name).name
    try:
        wanted.mkdir(parents=True)
    except FileExistsError:
        return new_folder(root, scenario)
    return wanted

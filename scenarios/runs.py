"""Run folders: what a run leaves behind, and reading it again from that folder alone.

The machine's clock is asked here and in the command line only: for the folder's name, for how long
a run took, and for when a note was added. It appears in no journal.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from environment.model.change import JSON
from environment.runtime.journal import Journal
from environment.store import journal as store
from environment.store.place import Place, place_of
from environment.web.languages import FIRST
from scenarios import export, report
from scenarios.errors import RunFolderError, SurroundingsError
from scenarios.expectations import Verdict, judge
from scenarios.language import tongue_for
from scenarios.measures import MEASURES
from scenarios.notes import Note, all_notes
from scenarios.reading import parse
from scenarios.schema import Scenario
from scenarios.story import Story
from scenarios.why import readings, why

JOURNAL, TEXT, SUMMARY = "journal.sqlite", "scenario.toml", "summary.json"
PAGE, TRACKER = "report.html", "report.json"
#: What an imported run was made of, as it came.
SOURCE = "source.json"
#: How a live run is played, and where its journal is: what it takes to take it up.
LIVE = "run.json"
#: The folder, in that of a run, of what came after a moment that its session went back to.
BRANCH = re.compile(r"branch-[1-9]\d*")


def time_of_day() -> str:
    """The machine's date and time, with its zone: when a note was added."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


class Played(Protocol):
    """What a session leaves."""

    @property
    def journal(self) -> Journal:
        """Everything that happened."""

    @property
    def simulated_s(self) -> float:
        """How much scenario time has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished run, with all that can be read off it."""

    folder: Path
    scenario: Scenario
    seed: int
    story: Story
    verdict: Verdict
    simulated_s: float

    @property
    def name(self) -> str:
        """What it is called on the command line: the folder's name, or `RUN/branch-1`."""
        here = self.folder
        return f"{here.parent.name}/{here.name}" if is_branch(here) else here.name

    def notes(self) -> list[Note]:
        """What was written down about it, then and since."""
        return all_notes(self.story, self.folder)

    def summary(self, wall_s: float) -> dict[str, JSON]:
        """The one object of `run --json` and `summary.json`."""
        measures = {name: function(self.story) for name, function in MEASURES.items()}
        outcome = measures.pop("outcome")
        return {
            "scenario": self.scenario.name,
            "branch": self.scenario.branch,
            "seed": self.seed,
            "run": str(self.folder.resolve()),
            "wall_s": round(wall_s, 3),
            "simulated_s": self.simulated_s,
            "outcome": outcome,
            "alerts": [
                {
                    "rule": alert.rule,
                    "priority": alert.priority,
                    "raised_s": alert.raised_s,
                    "cleared_s": alert.cleared_s,
                    "acknowledged_s": alert.acknowledged_s,
                    "text": alert.text,
                    "displays": alert.displays,
                    "course": [[at_s, priority] for at_s, priority in alert.escalations()],
                    "seq": alert.seq,
                    "why": readings(why(self.story.journal, alert)),
                }
                for alert in self.story.alerts
            ],
            "expectations": self.verdict.as_json(),
            "measures": {
                **measures,
                "precision": self.verdict.precision,
                "recall": self.verdict.recall,
            },
        }


def new_folder(root: Path, name: str) -> Path:
    """A folder for a run that starts now; a second one in the same second gets `-2`."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    number = 1
    while True:
        folder = root / f"{stamp}-{name}{'' if number == 1 else f'-{number}'}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
        except OSError as wrong:
            raise SurroundingsError(
                f"{root} cannot be written: {wrong.strerror}. Choose another folder with --runs."
            ) from wrong
        else:
            return folder


def keep(
    folder: Path, scenario: Scenario, played: Played, seed: int, *, written: bool = False
) -> Run:
    """Write the journal (unless it is `written`), the scenario and the reports of a run."""
    if not written:
        store.write(played.journal, folder / JOURNAL)
    (folder / TEXT).write_text(scenario.origin.text, encoding="utf-8")
    story = Story(played.journal)
    run = Run(
        folder=folder,
        scenario=scenario,
        seed=seed,
        story=story,
        verdict=judge(story, scenario),
        simulated_s=played.simulated_s,
    )
    write_reports(run)
    return run


def write_reports(run: Run, language: str = FIRST) -> None:
    """The page, in a language, and the report in the original schema."""
    say = tongue_for(language, run.scenario.translation)
    page = report.html(
        run.story, run.scenario, seed=run.seed, verdict=run.verdict, notes=run.notes(), say=say
    )
    (run.folder / PAGE).write_text(page, encoding="utf-8")
    _write_json(run.folder / TRACKER, export.tracker_report(run.story, run.scenario))


def write_summary(run: Run, wall_s: float) -> dict[str, JSON]:
    """The last file of a run."""
    summary = run.summary(wall_s)
    _write_json(run.folder / SUMMARY, summary)
    return summary


def _write_json(path: Path, value: JSON) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def is_branch(folder: Path) -> bool:
    """Whether a folder holds what a session discarded when it went back."""
    return bool(BRANCH.fullmatch(folder.name)) and (folder.parent / LIVE).is_file()


def branches(folder: Path) -> list[Path]:
    """What the session of a run discarded, each time that it went back, in that order."""
    found = [p for p in folder.iterdir() if p.is_dir() and is_branch(p)]
    return sorted(found, key=lambda p: int(p.name.partition("-")[2]))


def folder_of(name: str, root: Path) -> Path:
    """The folder that a run's path, its name, or `last` means; in it, what was discarded."""
    if name.startswith("last/"):
        return folder_of(str(folder_of("last", root) / name.removeprefix("last/")), root)
    if name == "last":
        kept = sorted(root.glob(f"*/{SUMMARY}"), key=lambda p: (p.stat().st_mtime_ns, str(p)))
        if not kept:
            raise RunFolderError(
                f"There is no run in {root} yet. `traumatwin run pelvis` makes one."
            )
        return kept[-1].parent
    for folder in (Path(name), root / name):
        if (folder / JOURNAL).is_file() or (folder / LIVE).is_file():
            return folder
    if BRANCH.fullmatch(name):
        raise RunFolderError(f"'{name}' belongs to a run: say 'last/{name}' or 'RUN/{name}'.")
    known = sorted({p.parent.name for f in (JOURNAL, LIVE) for p in root.glob(f"*/{f}")})[-5:]
    hint = f" The last ones: {', '.join(known)}." if known else ""
    raise RunFolderError(f"No run '{name}', neither as a folder nor in {root}.{hint}")


def journal_of(folder: Path) -> Place:
    """Where the journal of a run is: beside it, or in the database that it names."""
    beside = folder / JOURNAL
    if beside.is_file() or not (folder / LIVE).is_file():
        return place_of(beside)
    told = json.loads((folder / LIVE).read_text(encoding="utf-8"))
    return place_of(told.get("journal") or beside).named(folder.name)


def open_run(name: str, root: Path) -> Run:
    """A run that was kept: its journal is verified, its expectations judged again."""
    folder = folder_of(name, root)
    try:
        # What was discarded has no summary of its own: its run went on without it.
        told = json.loads((folder / (LIVE if is_branch(folder) else SUMMARY)).read_text("utf-8"))
        text = (folder / TEXT).read_text(encoding="utf-8")
        seed, branch, title = told["seed"], told["branch"], told["scenario"]
    except (OSError, ValueError, KeyError) as wrong:
        raise RunFolderError(f"{folder} is not a complete run: {wrong}.") from wrong
    scenario = parse(text, path=str(folder / TEXT), branch=branch, name=title, checked=False)
    story = Story(store.read(journal_of(folder)))
    return Run(
        folder=folder,
        scenario=scenario,
        seed=seed,
        story=story,
        verdict=judge(story, scenario),
        simulated_s=float(told.get("simulated_s", story.ends_s)),
    )

"""Notes to a run: what an instructor wrote down while it went on, and what was added afterwards.

The first are in the journal. A finished run's journal is only read, so the second are kept beside
it, in `notes.json`.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from environment.model.change import JSON
from scenarios.errors import RunFolderError
from scenarios.story import Story

if sys.platform != "win32":
    import fcntl

NOTES = "notes.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody wrote about a moment; `about` is the number of a change, 0 for none."""

    number: str
    at_s: float
    text: str
    by: str
    about: int = 0
    #: The time of day at which it was written, of one that was added afterwards.
    written: str = ""

    @property
    def is_added(self) -> bool:
        """Whether it was written when the run had ended; only then can it still be changed."""
        return bool(self.written)

    def as_json(self) -> dict[str, JSON]:
        """As the debrief shows it."""
        return {**asdict(self), "added": self.is_added}


def all_notes(story: Story, folder: Path | None = None) -> list[Note]:
    """The notes of a run, those of its journal and those beside it, in the order of moments."""
    kept = [] if folder is None else list(added(folder).values())
    return sorted([*_journalled(story), *kept], key=lambda note: note.at_s)


def _journalled(story: Story) -> list[Note]:
    rows = story.last(story.one("session"), "noted") or {}
    return [Note(number=number, **row) for number, row in rows.items()]


def added(folder: Path) -> dict[str, Note]:
    """The notes beside a run, by number."""
    return _read(folder)[1]


def add(folder: Path, note: Note) -> Note:
    """Keep a note; returns it with its number, which no other ever gets."""
    with _alone(folder):
        count, notes = _read(folder)
        note = replace(note, number=f"{count + 1}")
        _write(folder, count + 1, {**notes, note.number: note})
    return note


def change(folder: Path, note: Note) -> bool:
    """Put this note in the place of the one with its number; False where there is none."""
    with _alone(folder):
        count, notes = _read(folder)
        if note.number not in notes:
            return False
        _write(folder, count, {**notes, note.number: note})
    return True


def erase(folder: Path, number: str) -> bool:
    """Forget a note; False where there is none of this number."""
    with _alone(folder):
        count, notes = _read(folder)
        if number not in notes:
            return False
        _write(folder, count, {n: note for n, note in notes.items() if n != number})
    return True


def why_not(folder: Path) -> str:
    """What stands against notes beside this run, in words; empty if nothing does."""
    if os.access(folder, os.W_OK | os.X_OK):
        return ""
    return f"{folder} cannot be written: notes cannot be kept there."


def exported(folder: Path) -> JSON:
    """The notes beside a run, to go with it; None if there are none."""
    count, notes = _read(folder)
    return _told(count, notes) if count else None


def imported(folder: Path, told: Mapping[str, JSON]) -> None:
    """Put notes that came with a run beside it."""
    _write(folder, *_taken(told, folder / NOTES))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else writes meanwhile, such as a second debrief of the same run."""
    if sys.platform == "win32":
        yield
        return
    try:
        lock = os.open(folder, os.O_RDONLY)  # the folder itself: nothing is left in it
    except OSError as wrong:
        raise RunFolderError(_not_kept(folder, wrong)) from wrong
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _not_kept(folder: Path, wrong: OSError) -> str:
    return f"{folder / NOTES} cannot be written: {wrong.strerror}. The note was not kept."


def _read(folder: Path) -> tuple[int, dict[str, Note]]:
    """How many notes there have ever been, and those that there are."""
    file = folder / NOTES
    try:
        return _taken(json.loads(file.read_text(encoding="utf-8")), file)
    except FileNotFoundError:
        return 0, {}
    except (OSError, ValueError) as wrong:
        raise RunFolderError(f"{file} cannot be read: {wrong}. Mend it or move it away.") from wrong


def _taken(told: JSON, file: Path) -> tuple[int, dict[str, Note]]:
    try:
        notes = [Note(**row) for row in told["notes"]]
        return int(told["count"]), {note.number: note for note in notes}
    except (KeyError, TypeError) as wrong:
        raise RunFolderError(
            f"{file} holds no notes of traumatwin: {wrong}. Mend it or move it away."
        ) from wrong


def _told(count: int, notes: Mapping[str, Note]) -> JSON:
    return {"count": count, "notes": [asdict(note) for note in notes.values()]}


def _write(folder: Path, count: int, notes: Mapping[str, Note]) -> None:
    """All of it or nothing: whoever reads meanwhile finds the old file."""
    text = json.dumps(_told(count, notes), ensure_ascii=False, indent=1, allow_nan=False)
    try:
        with NamedTemporaryFile(
            "w", encoding="utf-8", dir=folder, prefix=f".{NOTES}", delete=False
        ) as new:
            new.write(text + "\n")
            new.flush()
            os.fsync(new.fileno())
        try:
            Path(new.name).chmod(0o644)
            Path(new.name).replace(folder / NOTES)
        except OSError:
            Path(new.name).unlink()
            raise
    except OSError as wrong:
        raise RunFolderError(_not_kept(folder, wrong)) from wrong

"""A scenario while it is being written: its text with every earlier one, and the file behind it.

The text is the one truth; the form's view is read from it. Whatever is typed is kept, right or
wrong. The file is only written when it is asked for, and never over what somebody else wrote.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.authoring.blank import check_name
from scenarios.authoring.edits import Edit, make
from scenarios.authoring.layout import Layout
from scenarios.checking import problems_in, remarks_in
from scenarios.errors import AuthoringError, Problem, ScenarioFileError
from scenarios.reading import LIBRARY, shown, text_of
from scenarios.source import read_source

#: How many texts one can go back (engineering default; 500 of 30 KB are 15 MB).
STEPS = 500
#: The longest text that is taken, in characters (engineering default).
LONGEST = 400_000


class StaleError(AuthoringError):
    """Somebody else has changed it meanwhile: another window, or the file on disk."""

    code = "changed_meanwhile"


@dataclass(slots=True)
class Draft:
    """One file's text as it is now, and as it was."""

    file: Path
    text: str
    is_library: bool = False  # to be read only, until it is saved under another name
    revision: int = 1
    saved: str = ""  # the text as the file last had it
    _known: str = ""  # digest of the file as it was read or written here
    _back: list[str] = field(default_factory=list)
    _on: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, file: Path) -> "Draft":
        """The draft of a file that is there."""
        try:
            raw = file.read_bytes()
            text = raw.decode("utf-8")
        except OSError as wrong:
            raise AuthoringError(f"{file} cannot be read: {wrong.strerror}.") from wrong
        except UnicodeDecodeError:
            text = text_of(file)  # tells the line
        is_library = file.resolve().parent == LIBRARY.resolve()
        return cls(file, text, is_library, saved=text, _known=_digest(raw))

    @property
    def is_changed(self) -> bool:
        """Whether there is something that the file has not."""
        return self.text != self.saved

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier text."""
        return bool(self._back)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back."""
        return bool(self._on)

    def data(self) -> dict[str, Any] | None:
        """The text as data (`Any`: TOML values); None while it is not TOML."""
        try:
            return read_source(self.text, self.file.name).data
        except ScenarioFileError:
            return None

    def problems(self) -> list[Problem]:
        """All that is wrong, as `traumatwin check` tells it."""
        return problems_in(self.text, shown(self.file))

    def remarks(self) -> list[Problem]:
        """What is odd, but right where it is meant so, as `traumatwin check` tells it."""
        return remarks_in(self.text, shown(self.file))

    def parts(self, names: Sequence[str]) -> dict[str, str]:
        """The text of each of these lists."""
        layout = Layout(self.text)
        return {name: layout.part(name) for name in names}

    # -- changes ---------------------------------------------------------------------------

    def check_revision(self, revision: int) -> None:
        """Refuse what was meant for another text."""
        if revision != self.revision:
            raise StaleError(
                "This draft was changed in another window. Here it is as it stands now; "
                "what you changed last is not in it."
            )

    def edit(self, edits: Sequence[Edit]) -> None:
        """Make these edits, all or none, as one step."""
        try:
            layout = Layout(self.text)
        except ValueError as wrong:
            raise AuthoringError(
                "The text is not TOML now: mend it there first, then the form goes on."
            ) from wrong
        for edit in edits:
            try:
                make(layout, edit)
            except ValueError as wrong:  # TOML that cannot be read
                raise AuthoringError(f"This is not TOML: {wrong}.") from wrong
        self.write(layout.text)

    def write(self, text: str) -> None:
        """Take this text, TOML or not."""
        if len(text) > LONGEST:
            raise AuthoringError(f"A scenario has at most {LONGEST:,} characters; this is longer.")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as wrong:
            raise AuthoringError("There is a character in it that no file can hold.") from wrong
        if text == self.text:
            return
        self._back = [*self._back, self.text][-STEPS:]
        self._on = []
        self._become(text)

    def undo(self) -> None:
        """Go back to the text before."""
        if self._back:
            self._on.append(self.text)
            self._become(self._back.pop())

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self._on:
            self._back.append(self.text)
            self._become(self._on.pop())

    def _become(self, text: str) -> None:
        self.text = text
        self.revision += 1

    # -- the file --------------------------------------------------------------------------

    def on_disk(self) -> str:
        """`same` as it was read or written here, `changed` by somebody else, or `gone`."""
        try:
            return "same" if _digest(self.file.read_bytes()) == self._known else "changed"
        except OSError:
            return "gone"

    def reload(self) -> None:
        """Take the file's text; what stood here can be had back by `undo`."""
        other = Draft.open(self.file)
        self.write(other.text)
        self.saved, self._known = other.text, other._known

    def save(self, *, name: str = "", over: bool = False) -> None:
        """Write the file, or another one beside it; `over` what somebody else has written."""
        if name:
            self._save_as(name)
            return
        if self.is_library:
            raise AuthoringError(
                f"'{self.file.stem}' belongs to the library. Save it under another name."
            )
        if self.on_disk() == "changed" and not over:
            raise StaleError(
                f"{shown(self.file)} was changed by somebody else since it was read here. Load "
                "that text (yours can be had back by undo), or write over it."
            )
        self._to(self.file)

    def put_aside(self) -> Path | None:
        """Keep what was never saved beside the file, and say where; None when all is saved."""
        if not self.is_changed:
            return None
        folder = Path() if self.is_library else self.file.parent
        aside = folder / f"{self.file.stem}.draft.toml"
        self._write(aside)
        return aside

    def _save_as(self, name: str) -> None:
        check_name(name)
        folder = Path() if self.is_library else self.file.parent
        file = folder / f"{name}.toml"
        if file.exists():
            raise AuthoringError(f"{shown(file)} is there already. Take another name.")
        self._to(file)
        self.file, self.is_library = file, False

    def _to(self, file: Path) -> None:
        self._write(file)
        self.saved, self._known = self.text, _digest(self.text.encode("utf-8"))

    def _write(self, file: Path) -> None:
        """Write the whole file or nothing of it."""
        try:
            mode = file.stat().st_mode & 0o7777 if file.exists() else None
            handle, other = tempfile.mkstemp(dir=file.resolve().parent, prefix=f".{file.stem}-")
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(self.text.encode("utf-8"))
                Path(other).chmod(_usual_mode() if mode is None else mode)
                Path(other).replace(file.resolve())
            except BaseException:
                Path(other).unlink(missing_ok=True)
                raise
        except OSError as wrong:
            raise AuthoringError(
                f"{shown(file)} cannot be written: {wrong.strerror}. The draft is kept here."
            ) from wrong


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _usual_mode() -> int:
    """The rights of a new file, as this process makes them."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

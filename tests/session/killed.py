"""A live case in a process of its own, ended without a word at moments that chance names."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = "import sys; from scenarios.cli import app; sys.argv[0] = 'traumatwin'; app()"
#: Seconds that a process may take until it is where the test wants it.
PATIENCE_S = 60.0
LOOK_EVERY_S = 0.02


def short_case(folder: Path, *, ends: str) -> Path:
    """The pelvis case without what comes later, and without branches and expectations."""
    text = (ROOT / "scenarios" / "library" / "pelvis.toml").read_text("utf-8")
    kept = []
    for block in re.split(r"\n(?=\[\[)", text):
        at = re.search(r'^at = "(\d\d:\d\d)"', block, re.MULTILINE)
        is_late = block.startswith("[[event]]") and at is not None and at[1] >= ends
        if not (is_late or block.startswith(("[[expect", "[[branch"))):
            kept.append(re.sub(r"^ends = .*$", f'ends = "{ends}"', block, flags=re.MULTILINE))
    path = folder / "pelvis.toml"
    path.write_text("\n".join(kept) + "\n", "utf-8")
    return path


def heeds_ctrl_c() -> None:
    """In a new process: Ctrl-C is heard, as where somebody sits at its terminal."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Case:
    """A run that is killed and taken up; `command` is `run` or another that plays live."""

    def __init__(self, folder: Path, *options: str, command: str = "run") -> None:
        self.root = folder / "runs"
        self._options, self._command = list(options), command
        self._log = folder / "words"
        self.process: subprocess.Popen[bytes] | None = None
        self.database: Callable[[], float] | None = None  # where the journal is not a file

    @property
    def folder(self) -> Path:
        """The one folder of the run."""
        (found,) = self.root.iterdir()
        return found

    @property
    def words(self) -> str:
        """All that was told on standard error so far."""
        return self._log.read_text("utf-8")

    def start(self, *what: str) -> None:
        """Start a process, for a scenario or with `--resume last`."""
        words = [sys.executable, "-c", COMMAND, self._command, *what, *self._options]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*words, "--runs", str(self.root)],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "COLUMNS": "200"},
                # Whoever runs the tests in the background may have it ignore Ctrl-C.
                preexec_fn=heeds_ctrl_c,
            )

    def pause(self, seconds: float = LOOK_EVERY_S) -> None:
        """Let real time pass; the process must not end meanwhile."""
        assert self.process is not None
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"it ended with {self.process.returncode}: {self.words[-2000:]}")

    def until(self, at_s: float) -> None:
        """Wait until the journal has come to a scenario time."""
        for _ in range(int(PATIENCE_S / LOOK_EVERY_S)):
            if self.recorded() >= at_s:
                return
            self.pause()
        raise AssertionError(f"it never came to {at_s}: {self.words[-2000:]}")

    def recorded(self) -> float:
        """The scenario time of the last change on disk."""
        if self.database is not None:
            return self.database()
        files = list(self.root.glob("*/journal.sqlite")) if self.root.is_dir() else []
        if not files:
            return -1.0
        database = sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True)
        try:
            (last,) = database.execute("select max(recorded) from change").fetchone()
        except sqlite3.OperationalError:
            return -1.0  # not made yet
        finally:
            database.close()
        return -1.0 if last is None else float(last)

    def kill(self) -> None:
        """End it like a power cut."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def end(self) -> int:
        """Wait until it has come to its end."""
        assert self.process is not None
        return self.process.wait(PATIENCE_S)


def ask(*words: str) -> str:
    """What a command of traumatwin answers."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

"""What the commands share: failures as exit codes, words, settings, kinds of argument."""

import functools
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, NoReturn, ParamSpec, TextIO, TypeVar, cast

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from environment.model.change import JSON
    from scenarios.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

EPILOG = (
    "Exit codes: 0 done; 1 expectations not met; 2 wrong usage; 3 a file, or the name of a "
    "scenario, run, plan folder, twin or alert, is wrong or unknown; 4 the surroundings are not "
    "ready (port, package); 70 a defect of traumatwin itself; 130 interrupted."
)


def _scenario_names(incomplete: str) -> list[str]:
    library = Path(__file__).parents[1] / "library"
    return sorted(p.stem for p in library.glob("*.toml") if p.stem.startswith(incomplete))


ScenarioName = Annotated[
    str, typer.Argument(help="A scenario's name or file.", autocompletion=_scenario_names)
]
MaybeScenario = Annotated[
    str,
    typer.Argument(help="A scenario's name or file.", autocompletion=_scenario_names),
]
Resume = Annotated[
    str,
    typer.Option(metavar="RUN", help="Take up a live run whose process has ended, or `last`."),
]
JournalUrl = Annotated[
    str,
    typer.Option(
        metavar="URL", help="Write the journal there, such as postgresql://host/database."
    ),
]
RunName = Annotated[str, typer.Argument(help="A run's folder or its name; `last` is the latest.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Runs = Annotated[Path | None, typer.Option("--runs", help="Where run folders are kept.")]


def translated(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what can go wrong into words on standard error and the exit code that belongs to it."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            typer.echo("Interrupted.", err=True)
            raise SystemExit(130) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except ImportError as wrong:
            fail(4, f"{wrong}. `traumatwin doctor` says what to install.")
        except Exception as wrong:
            found = _expected(wrong)
            if found is None:  # ours, not the caller's: never to be taken for a 1
                traceback.print_exc()
                fail(70, "This is a defect of traumatwin itself; the lines above say where.")
            fail(*found)

    return run


def _expected(wrong: BaseException) -> tuple[int, str] | None:
    """Exit code and words for a mistake of the caller; None for a defect of ours."""
    from agents.errors import AgentError, NoServerError
    from environment.errors import TwinError
    from scenarios.errors import ScenarioError, SurroundingsError

    while isinstance(wrong, BaseExceptionGroup) and len(wrong.exceptions) == 1:
        wrong = wrong.exceptions[0]
    if isinstance(wrong, ScenarioError):
        return wrong.exit_code, str(wrong)
    if isinstance(wrong, NoServerError):
        return SurroundingsError.exit_code, str(wrong)
    if isinstance(wrong, TwinError) and wrong.code in ("cannot_listen", "source_lost"):
        return SurroundingsError.exit_code, str(wrong)
    if isinstance(wrong, (TwinError, AgentError)):
        return 3, str(wrong)
    return None


def fail(code: int, text: str) -> NoReturn:
    """End the command with an exit code and words on standard error."""
    typer.echo(text, err=True)
    raise SystemExit(code)


def say(value: "JSON") -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def terminal() -> "Console":
    """Where words and tables go: standard output."""
    from rich.console import Console

    # Into a file or a pipe nothing is cut to the width of a terminal.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 240)


def settings() -> "Settings":
    """What the environment variables ask for; a wrong one ends the command."""
    from pydantic import ValidationError

    from scenarios.settings import Settings

    try:
        return Settings()
    except ValidationError as wrong:
        told = [f"TRAUMATWIN_{str(e['loc'][0]).upper()}: {e['msg']}" for e in wrong.errors()]
        fail(2, "\n".join(told))


def root(runs: Path | None) -> Path:
    """Where run folders are kept: as asked for, or as set."""
    return settings().runs if runs is None else runs


class _StandardError:
    """Standard error as it is when something is written; whoever runs us may put in another."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def log_to_standard_error() -> None:
    """Keep standard output for results."""
    import logging

    import structlog

    level = logging.getLevelNamesMapping()[settings().log.upper()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
    )
    logging.basicConfig(stream=_StandardError(), level=level)
    logging.getLogger("apscheduler").setLevel(max(level, logging.WARNING))


Opens = Annotated[
    bool | None,
    typer.Option(
        "--open/--no-open",
        help="Open the page in the browser of this machine; by default if somebody sits there.",
    ),
]


def open_page(url: str, wanted: bool | None) -> None:
    """Show a page in this machine's browser: if it is wanted, or somebody is there to see it.

    Somebody is there when a terminal is, and a screen beside it; a browser that runs in the
    terminal itself would take that away.
    """
    import webbrowser

    has_screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if (sys.stderr.isatty() and has_screen) if wanted is None else wanted:
        # Some browsers are waited for: a session does not stand still meanwhile.
        Thread(target=webbrowser.open, args=(url,), daemon=True).start()

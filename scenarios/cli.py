"""The command line. Results on standard output, everything else on standard error.

Exit codes: 0 done; 1 expectations not met; 2 wrong usage; 3 a file or a name is wrong; 4 the
surroundings are not ready; 70 a defect of ours; 130 interrupted. Heavy libraries are imported
inside the commands.
Long because it is the one home of typer and rich.
"""

import functools
import json
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.tree import Tree

    from environment.model.change import JSON
    from environment.runtime.access import Tokens
    from scenarios.runs import Run
    from scenarios.schema import Scenario
    from scenarios.settings import Settings
    from scenarios.why import Step

P = ParamSpec("P")
R = TypeVar("R")

EPILOG = (
    "Exit codes: 0 done; 1 expectations not met; 2 wrong usage; 3 a file, or the name of a "
    "scenario, run, plan folder, twin or alert, is wrong or unknown; 4 the surroundings are not "
    "ready (port, package); 70 a defect of traumatwin itself; 130 interrupted."
)
app = typer.Typer(
    name="traumatwin",
    help="Digital twins of trauma care, and agents that work with them. "
    "For training and research, not for the care of patients.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _scenario_names(incomplete: str) -> list[str]:
    library = Path(__file__).parent / "library"
    return sorted(p.stem for p in library.glob("*.toml") if p.stem.startswith(incomplete))


ScenarioName = Annotated[
    str, typer.Argument(help="A scenario's name or file.", autocompletion=_scenario_names)
]
RunName = Annotated[str, typer.Argument(help="A run's folder or its name; `last` is the latest.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Runs = Annotated[Path | None, typer.Option("--runs", help="Where run folders are kept.")]


def _translated(command: Callable[P, R]) -> Callable[P, R]:
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
            _fail(4, f"{wrong}. `traumatwin doctor` says what to install.")
        except Exception as wrong:
            found = _expected(wrong)
            if found is None:  # ours, not the caller's: never to be taken for a 1
                traceback.print_exc()
                _fail(70, "This is a defect of traumatwin itself; the lines above say where.")
            _fail(*found)

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


def _fail(code: int, text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise SystemExit(code)


def _say(value: "JSON") -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))


def _console() -> "Console":
    from rich.console import Console

    # Into a file or a pipe nothing is cut to the width of a terminal.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 240)


def _settings() -> "Settings":
    from pydantic import ValidationError

    from scenarios.settings import Settings

    try:
        return Settings()
    except ValidationError as wrong:
        told = [f"TRAUMATWIN_{str(e['loc'][0]).upper()}: {e['msg']}" for e in wrong.errors()]
        _fail(2, "\n".join(told))


def _root(runs: Path | None) -> Path:
    return _settings().runs if runs is None else runs


def _log_to_standard_error() -> None:
    import logging

    import structlog

    level = logging.getLevelNamesMapping()[_settings().log.upper()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(stream=sys.stderr, level=level)
    logging.getLogger("apscheduler").setLevel(max(level, logging.WARNING))


# -- run -------------------------------------------------------------------------------------------


@app.command(epilog=EPILOG)
@_translated
def run(
    scenario: ScenarioName,
    seed: Annotated[int | None, typer.Option(help="Chance; the file's own by default.")] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0.5, max=60, help="Times real time; as fast as possible by default."),
    ] = None,
    plans: Annotated[
        Path | None, typer.Option(help="A folder of plans (*.asl) instead of those shipped.")
    ] = None,
    branch: Annotated[str, typer.Option(help="A named variant of the scenario.")] = "default",
    transport: Annotated[
        str, typer.Option(help="How agents' messages travel: container or xmpp.")
    ] = "",
    as_json: AsJson = False,
    runs: Runs = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No words, only the code.")] = False,
) -> None:
    """Run a scenario; exit 0 if its expectations hold."""
    began = time.perf_counter()
    from scenarios import session
    from scenarios.errors import PlansError
    from scenarios.reading import load
    from scenarios.runs import kept_in, write_summary

    transport = transport or _settings().transport
    if transport not in ("container", "xmpp"):
        raise typer.BadParameter("choose container or xmpp", param_hint="'--transport'")
    if transport == "xmpp" and speed is None:
        raise typer.BadParameter(
            "a server answers in real time: add --speed, such as --speed 60",
            param_hint="'--transport xmpp'",
        )
    _log_to_standard_error()
    chosen = load(scenario, branch=branch)
    if plans is not None and not plans.is_dir():
        raise PlansError(f"{plans}: there is no folder of plans here.")
    with_seed = chosen.seed if seed is None else seed
    with kept_in(_root(runs), chosen, with_seed, live=speed is not None) as keep:
        with _Progress(chosen, shown=not quiet) as progress:
            played = session.run(
                chosen,
                seed=with_seed,
                speed=speed,
                plans=plans,
                transport=transport,
                progress=progress.to,
                follow=keep.follow,
            )
        kept = keep(played)
    summary = write_summary(kept, time.perf_counter() - began)
    if as_json:
        _say(summary)
    elif not quiet:
        _show_run(kept, summary)
    raise typer.Exit(0 if kept.verdict.holds else 1)


class _Progress:
    """A bar on standard error, if that is a terminal."""

    def __init__(self, scenario: "Scenario", *, shown: bool) -> None:
        self._bar: Any = None  # rich's own; made only where it is shown
        self._shown = shown and sys.stderr.isatty()
        self._scenario = scenario

    def __enter__(self) -> "_Progress":
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[clock]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(
                self._scenario.name, total=self._scenario.ends_s, clock="00:00"
            )
            self._bar.start()
        return self

    def to(self, at_s: float) -> None:
        """Scenario time has come to here."""
        if self._bar is not None:
            from scenarios.clinical_time import clock

            self._bar.update(self._task, completed=at_s, clock=clock(at_s))

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def _show_run(kept: "Run", summary: dict[str, "JSON"]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from scenarios.clinical_time import clock
    from scenarios.report import ended

    console = _console()
    scenario, verdict = kept.scenario, kept.verdict
    variant = "" if scenario.branch == "default" else f" ({scenario.branch})"
    console.print(f"[bold]{escape(scenario.title)}[/bold]{variant}, seed {kept.seed}")
    console.print(
        f"{ended(summary['outcome'])}. {clock(kept.simulated_s)} simulated "
        f"in {summary['wall_s']:.1f} s."
    )
    if kept.story.alerts:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in ("raised", "rule", "priority", "seen", "cleared", "text"):
            table.add_column(title, no_wrap=title != "text")
        colours = {"high": "bold red", "medium": "yellow", "low": "cyan"}
        for alert in kept.story.alerts:
            table.add_row(
                clock(alert.raised_s),
                alert.rule,
                f"[{colours[alert.priority]}]{alert.priority}[/]",
                clock(alert.acknowledged_s),
                clock(alert.cleared_s),
                escape(alert.text),
            )
        console.print(table)
    for title, rows in (("missed", verdict.missed), ("violated", verdict.violated)):
        for row in rows:
            console.print(f"[bold red]{title}[/bold red] {escape(row.text)}")
    total = len(verdict.met) + len(verdict.missed) + len(verdict.violated)
    console.print(f"Expectations: {len(verdict.met)} of {total} met.")
    console.print(f"Report: {escape(str(kept.folder / 'report.html'))}")


# -- list and check --------------------------------------------------------------------------------


@app.command("list", epilog=EPILOG)
@_translated
def list_(as_json: AsJson = False) -> None:
    """Show what can be run."""
    from scenarios.clinical_time import clock
    from scenarios.reading import load, names

    found = [load(name) for name in names()]
    if as_json:
        rows = [
            {
                "name": s.name,
                "id": s.id,
                "title": s.title,
                "level": s.level,
                "ends_s": s.ends_s,
                "branches": [b.name for b in s.branches],
            }
            for s in found
        ]
        _say({"scenarios": rows})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("name", "minutes", "level", "title", "branches"):
        table.add_column(title)
    for s in found:
        branches = ", ".join(b.name for b in s.branches)
        table.add_row(s.name, clock(s.ends_s), s.level, s.title, branches)
    _console().print(table)


@app.command(epilog=EPILOG)
@_translated
def check(
    what: Annotated[
        list[str] | None, typer.Argument(help="Scenario names or files, plan files; all if none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every scenario, plan and kind of twin, without running them."""
    from scenarios.checking import check_all

    results = check_all(what or [])
    broken = [r for r in results if r.problems]
    if as_json:
        rows = [{"kind": r.kind, "name": r.name, "problems": list(r.problems)} for r in results]
        _say({"ok": not broken, "checked": rows})
    else:
        for result in results:
            if not result.problems:
                typer.echo(f"ok       {result.kind} {result.name}")
            for problem in result.problems:
                typer.echo(f"problem  {problem}")
    raise typer.Exit(3 if broken else 0)


@app.command("actions", epilog=EPILOG)
@_translated
def actions_(
    name: Annotated[str | None, typer.Argument(help="An action, or the beginning of one.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="With the standard library of the language.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what plans may call: the signature of each action, and what it does."""
    from agents.actions import registry
    from agents.bdi.manual import manual
    from agents.errors import UnknownActionError, did_you_mean

    known = registry()
    found = [e for e in manual(known) if everything or name is not None or not e.standard]
    if name is not None:
        found = [e for e in found if e.name.lstrip(".").startswith(name.lstrip("."))]
        if not found:
            near = did_you_mean(name, known.names())
            raise UnknownActionError(f"No action '{name}'.{near}")
    if as_json:
        rows = [
            {
                "name": e.name,
                "signature": e.signature,
                "doc": e.doc,
                "waits": e.waits,
                "standard": e.standard,
            }
            for e in found
        ]
        _say({"actions": rows})
        return
    for entry in found:
        typer.echo(f"{entry.text()}\n")


# -- a finished run --------------------------------------------------------------------------------


@app.command(epilog=EPILOG)
@_translated
def report(
    run: RunName,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="The journal, one line a change.")] = False,
    fhir: Annotated[
        Path | None, typer.Option("--fhir", help="Write the case as a FHIR R4 document.")
    ] = None,
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Write a run's report anew, or put its journal or its report on standard output."""
    from scenarios import export
    from scenarios.runs import PAGE, TRACKER, open_run, write_fhir, write_reports

    opened = open_run(run, _root(runs))
    if fhir is not None:
        write_fhir(opened, fhir)
        typer.echo(str(fhir))
    elif jsonl:
        for line in export.lines(opened.story.journal):
            typer.echo(line)
    elif as_json:
        _say(export.tracker_report(opened.story, opened.scenario))
    else:
        write_reports(opened)
        typer.echo(str(opened.folder / PAGE))
        typer.echo(str(opened.folder / TRACKER))


@app.command(epilog=EPILOG)
@_translated
def why(
    run: RunName,
    alert: Annotated[
        str, typer.Argument(help="A rule (HAE-01), an episode (HAE-01#2), a time (HAE-01@15:30).")
    ],
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Walk from an alert on the glass back to the monitor's readings."""
    from scenarios import why as walk
    from scenarios.runs import open_run

    opened = open_run(run, _root(runs))
    found = walk.find_alert(opened.story, alert)
    steps = [walk.why(opened.story.journal, found)]
    escalated = [i for i, s in enumerate(found.course) if s.priority != found.course[0].priority]
    if escalated:
        steps.append(walk.why(opened.story.journal, found, moment=escalated[-1]))
    if as_json:
        _say({"alert": found.rule, "seq": found.seq, "why": [s.as_json() for s in steps]})
        return
    console = _console()
    for step in steps:
        console.print(_tree(step))


def _tree(step: "Step") -> "Tree":
    from rich.markup import escape
    from rich.tree import Tree

    from scenarios.clinical_time import clock

    styles = {"alert": "bold", "decision": "bold cyan", "reading": "green"}

    def label(one: "Step") -> str:
        style = styles.get(one.kind, "default")
        number = f" [dim]#{one.seq}[/dim]" if one.seq is not None else ""
        return f"[dim]{clock(one.at_s)}[/dim] [{style}]{escape(one.text)}[/]{number}"

    def grow(tree: "Tree", one: "Step") -> None:
        for inner in one.because:
            grow(tree.add(label(inner)), inner)

    root = Tree(label(step))
    grow(root, step)
    return root


@app.command(epilog=EPILOG)
@_translated
def verify(run: RunName, as_json: AsJson = False, runs: Runs = None) -> None:
    """Check that a run's journal is as it was written."""
    from environment.store import journal as store
    from scenarios.runs import JOURNAL, folder_of

    folder = folder_of(run, _root(runs))
    count = store.verify(folder / JOURNAL)
    if as_json:
        _say({"run": str(folder.resolve()), "changes": count, "ok": True})
    else:
        typer.echo(f"{count} changes, none altered.")


# -- two processes ---------------------------------------------------------------------------------

TokenFile = Annotated[
    Path | None, typer.Option("--tokens", help="A file of tokens; without it this machine only.")
]


def _tokens(file: Path) -> "Tokens":
    """The tokens of a file, which holds their hashes only."""
    import secrets

    from environment.runtime.access import Tokens
    from scenarios.errors import SurroundingsError

    tokens = Tokens(time.time, lambda: secrets.token_urlsafe(32))
    if file.is_file():
        try:
            tokens.restore(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as wrong:
            raise SurroundingsError(
                f"{file}: these are not tokens of traumatwin ({wrong}). "
                "Give another file, or delete this one and issue tokens again."
            ) from wrong
    return tokens


@app.command(epilog=EPILOG)
@_translated
def world(
    scenario: ScenarioName,
    seed: Annotated[int | None, typer.Option(help="Chance; the file's own by default.")] = None,
    speed: Annotated[float, typer.Option(min=0.5, max=60, help="Times real time.")] = 1.0,
    branch: Annotated[str, typer.Option(help="A named variant of the scenario.")] = "default",
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8620,
    tokens: TokenFile = None,
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Play a scenario's world on the web and wait for its agents (`traumatwin agents`)."""
    began = time.perf_counter()
    from scenarios.processes import world_of
    from scenarios.reading import load
    from scenarios.runs import kept_in, write_summary

    _log_to_standard_error()
    chosen = load(scenario, branch=branch)
    with_seed = chosen.seed if seed is None else seed

    def ready(url: str) -> None:
        typer.echo(f"The world is at {url}. Now: traumatwin agents --world {url}", err=True)

    with kept_in(_root(runs), chosen, with_seed, live=True) as keep:
        with _Progress(chosen, shown=True) as progress:
            played = world_of(
                chosen,
                seed=with_seed,
                speed=speed,
                host=host,
                port=port,
                tokens=None if tokens is None else _tokens(tokens),
                ready=ready,
                progress=progress.to,
                follow=keep.follow,
            )
        kept = keep(played)
    summary = write_summary(kept, time.perf_counter() - began)
    if as_json:
        _say(summary)
    else:
        _show_run(kept, summary)
    raise typer.Exit(0 if kept.verdict.holds else 1)


@app.command(epilog=EPILOG)
@_translated
def agents(
    world: Annotated[str, typer.Option(help="The address of the world.")] = "http://127.0.0.1:8620",
    seed: Annotated[int, typer.Option(help="Chance of the agents' own.")] = 0,
    plans: Annotated[
        Path | None, typer.Option(help="A folder of plans (*.asl) instead of those shipped.")
    ] = None,
    transport: Annotated[
        str, typer.Option(help="How agents' messages travel: container or xmpp.")
    ] = "container",
    token: Annotated[
        str, typer.Option(envvar="TRAUMATWIN_TOKEN", help="Better given in TRAUMATWIN_TOKEN.")
    ] = "",
) -> None:
    """Be the agents of a world in another process, until it ends."""
    from scenarios.processes import agents_of

    if transport not in ("container", "xmpp"):
        raise typer.BadParameter("choose container or xmpp", param_hint="'--transport'")
    _log_to_standard_error()

    def ready(names: Sequence[str]) -> None:
        typer.echo(f"Agents of {world}: {', '.join(names)}.", err=True)

    agents_of(world, token=token, seed=seed, plans=plans, transport=transport, ready=ready)


@app.command(epilog=EPILOG)
@_translated
def token(
    name: Annotated[str, typer.Argument(help="Whose it is.")],
    role: Annotated[str, typer.Argument(help="What he is: trauma_leader, display, agent ...")],
    file: Annotated[Path, typer.Option("--tokens", help="Where hashes are kept.")],
    hours: Annotated[float, typer.Option(min=0.1, max=8760, help="How long it is valid.")] = 12.0,
    own: Annotated[list[str] | None, typer.Option(help="A twin that mirrors him.")] = None,
    speaks_for: Annotated[
        list[str] | None, typer.Option(help="Who may stand in for it; * is everybody.")
    ] = None,
    revoke: Annotated[bool, typer.Option(help="Make all of his tokens worthless.")] = False,
) -> None:
    """Issue a token for a world on the web: shown once, kept as a hash; or revoke it."""
    kept = _tokens(file)
    if revoke:
        typer.echo(f"{kept.revoke(name)} tokens of {name} revoked.", err=True)
    else:
        typer.echo(
            kept.issue(name, role, own=own or (), speaks_for=speaks_for or (), lasts_s=hours * 3600)
        )
    file.touch(mode=0o600)
    file.write_text(json.dumps(kept.rows(), indent=1), encoding="utf-8")


# -- surroundings ----------------------------------------------------------------------------------


@app.command(epilog=EPILOG)
@_translated
def doctor(as_json: AsJson = False, runs: Runs = None) -> None:
    """See whether this machine is ready, and what to do where it is not."""
    from scenarios.doctor import examine

    findings = examine(_root(runs))
    ready = all(f.ok for f in findings)
    if as_json:
        rows = [{"what": f.what, "ok": f.ok, "found": f.found, "do": f.do} for f in findings]
        _say({"ready": ready, "findings": rows})
    else:
        for finding in findings:
            word = "ok  " if finding.ok else "MEND"
            typer.echo(f"{word} {finding.what}: {finding.found}")
            if not finding.ok:
                typer.echo(f"     {finding.do}")
    raise typer.Exit(0 if ready else 4)


if __name__ == "__main__":
    app()

"""`run`: play a scenario, and say how it went."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from scenarios.cli.conventions import (
    AsJson,
    JournalUrl,
    MaybeScenario,
    Resume,
    Runs,
    log_to_standard_error,
    root,
    say,
    settings,
    terminal,
)
from scenarios.cli.talking import Accounts, Authority, Transport, Xmpp, carrier

if TYPE_CHECKING:
    from agents.bdi import Trace
    from environment.model.change import JSON
    from scenarios.keeping import TakenUpRun
    from scenarios.resuming import TakenUp
    from scenarios.runs import Run
    from scenarios.schema import Scenario


def run(
    scenario: MaybeScenario = "",
    seed: Annotated[int | None, typer.Option(help="Chance; the file's own by default.")] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0.5, max=60, help="Times real time; as fast as possible by default."),
    ] = None,
    plans: Annotated[
        Path | None, typer.Option(help="A folder of plans (*.asl) instead of those shipped.")
    ] = None,
    branch: Annotated[str, typer.Option(help="A named variant of the scenario.")] = "default",
    transport: Transport = "",
    xmpp: Xmpp = "",
    accounts: Accounts = None,
    ca: Authority = None,
    recording: Annotated[
        Path | None,
        typer.Option("--from", help="A recorded device stream, in place of simulated monitors."),
    ] = None,
    trace: Annotated[
        Path | None, typer.Option(help="Write every step of every agent there, as JSON lines.")
    ] = None,
    journal: JournalUrl = "",
    resume: Resume = "",
    as_json: AsJson = False,
    runs: Runs = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No words, only the code.")] = False,
) -> None:
    """Run a scenario, or take up one whose process has ended; exit 0 if its expectations hold."""
    began = time.perf_counter()
    from scenarios import session
    from scenarios.devices import from_file, simulated_only
    from scenarios.errors import PlansError
    from scenarios.keeping import Keeper, Live, kept_in
    from scenarios.reading import load
    from scenarios.resuming import resume as play_on

    one_of(scenario, resume, seed=seed, branch=branch)
    carried = carrier(transport, xmpp, accounts, ca)
    if carried != "container" and speed is None and not resume:
        raise typer.BadParameter(
            "a server answers in real time: add --speed, such as --speed 60",
            param_hint="'--transport xmpp'",
        )
    log_to_standard_error()
    if plans is not None and not plans.is_dir():
        raise PlansError(f"{plans}: there is no folder of plans here.")
    if resume:
        if trace is not None:
            raise typer.BadParameter(
                "a run that is taken up cannot be traced from its beginning: trace a new one",
                param_hint="'--trace'",
            )
        taken = take_up_again(resume, root(runs), journal or settings().journal)
        chosen, live = taken.scenario, taken.live
        keep = Keeper.again(taken)
        given = recording or (Path(live.recording) if live.recording else None)
        with Progress(chosen, shown=not quiet) as progress, keep:
            played = play_on(
                chosen,
                list(taken.journal),
                seed=taken.seed,
                speed=speed or live.speed,
                was_speed=live.speed,
                plans=plans or (Path(live.plans) if live.plans else None),
                transport=carried,
                progress=progress.to,
                follow=keep.follow,
                assets={} if given is None else from_file(given, chosen),
                told=lambda at: typer.echo(words_of(at, taken.folder.name), err=True),
            )
            kept = keep(played)
        finish(kept, began, as_json=as_json, quiet=quiet)
    chosen = load(scenario, branch=branch)
    with_seed = chosen.seed if seed is None else seed
    assets = {} if recording is None else from_file(recording, chosen)
    simulated_only(chosen, assets)
    journal = journal or settings().journal
    if journal and speed is None:
        raise typer.BadParameter(
            "a virtual run is written at its end, beside itself: add --speed",
            param_hint="'--journal'",
        )
    how = None
    if speed is not None:
        how = Live(
            speed=speed,
            plans="" if plans is None else str(plans.resolve()),
            recording="" if recording is None else str(recording.resolve()),
            journal=journal,
        )
    with kept_in(root(runs), chosen, with_seed, live=how) as keep:
        with Progress(chosen, shown=not quiet) as progress, tracing(trace) as traced:
            played = session.run(
                chosen,
                seed=with_seed,
                speed=speed,
                plans=plans,
                transport=carried,
                progress=progress.to,
                follow=keep.follow,
                assets=assets,
                trace=traced,
            )
        kept = keep(played)
    finish(kept, began, as_json=as_json, quiet=quiet)


@contextmanager
def tracing(file: Path | None) -> "Iterator[Trace | None]":
    """A trace that is written to a file; None where none is asked for."""
    from agents.bdi import Trace
    from scenarios.errors import SurroundingsError

    if file is None:
        yield None
        return
    try:
        text = file.open("w", encoding="utf-8")
    except OSError as wrong:
        raise SurroundingsError(
            f"{file}: no trace can be written there ({wrong.strerror}). Give another file."
        ) from wrong
    with text:
        yield Trace(text.write)


def finish(
    kept: "Run",
    began: float,
    *,
    as_json: bool,
    quiet: bool = False,
    then: Callable[[], None] | None = None,
) -> NoReturn:
    """Say how a run went, and end the command with the code that belongs to it."""
    from scenarios.runs import write_summary

    summary = write_summary(kept, time.perf_counter() - began)
    if as_json:
        say(summary)
    elif not quiet:
        show_run(kept, summary)
    if then is not None:
        then()
    raise typer.Exit(0 if kept.verdict.holds else 1)


def one_of(scenario: str, resume: str, *, seed: int | None, branch: str) -> None:
    """Refuse both a scenario and a run to take up, or neither; such a run has its own chance."""
    if bool(scenario) == bool(resume):
        raise typer.BadParameter("name a scenario, or a run with --resume", param_hint="SCENARIO")
    if resume and (seed is not None or branch != "default"):
        raise typer.BadParameter(
            "a run that is taken up keeps its seed and its branch", param_hint="'--resume'"
        )


def take_up_again(name: str, root: Path, journal: str, *, apart: bool = False) -> "TakenUpRun":
    """Open a run to take up, and say how far it had come: to live through that takes a while."""
    from scenarios.clinical_time import clock
    from scenarios.keeping import take_up

    taken = take_up(name, root, journal, apart=apart)
    at_s = max((change.recorded for change in taken.journal), default=0.0)
    typer.echo(
        f"{taken.folder.name} had come to {clock(at_s)}; bringing everything back to there ...",
        err=True,
    )
    return taken


def words_of(at: "TakenUp", name: str) -> str:
    """What a person should know of a run that was taken up."""
    from scenarios.clinical_time import clock

    return (
        f"{name} goes on at {clock(at.at_s)}, after change {at.after}. At most the last "
        f"{at.may_miss_s:g} s are missing; {at.made_good} changes were made good."
    )


class Progress:
    """A bar on standard error, if that is a terminal."""

    def __init__(self, scenario: "Scenario", *, shown: bool) -> None:
        self._bar: Any = None  # rich's own; made only where it is shown
        self._shown = shown and sys.stderr.isatty()
        self._scenario = scenario

    def __enter__(self) -> "Progress":
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


def show_run(kept: "Run", summary: dict[str, "JSON"]) -> None:
    """Put on the terminal how a run went."""
    from rich.markup import escape
    from rich.table import Table

    from scenarios.behind import behind_text
    from scenarios.clinical_time import clock
    from scenarios.report import ended

    console = terminal()
    scenario, verdict = kept.scenario, kept.verdict
    variant = "" if scenario.branch == "default" else f" ({scenario.branch})"
    console.print(f"[bold]{escape(scenario.title)}[/bold]{variant}, seed {kept.seed}")
    console.print(
        f"{ended(summary['outcome'])}. {clock(kept.simulated_s)} simulated "
        f"in {summary['wall_s']:.1f} s."
    )
    if kept.story.alerts:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title in ("raised", "rule", "priority", "seen to", "cleared", "text"):
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
    wrong = (("missed", verdict.missed), ("late", verdict.late), ("violated", verdict.violated))
    for title, rows in wrong:
        for row in rows:
            console.print(f"[bold red]{title}[/bold red] {escape(row.text)}")
    if late := behind_text(kept.story):
        console.print(f"[bold yellow]{escape(late)}[/bold yellow]")
    counted = [f"{len(verdict.met)} of {verdict.judged} met"]
    counted += [f"{len(rows)} {title}" for title, rows in wrong if rows]
    console.print(f"Expectations: {', '.join(counted)}.")
    console.print(f"Report: {escape(str(kept.folder / 'report.html'))}")

"""`report`, `debrief`, `why`, `verify`: a run that has been."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.conventions import AsJson, Opens, RunName, Runs, open_page, root, say, terminal

if TYPE_CHECKING:
    from rich.tree import Tree

    from scenarios.why import Step


def report(
    run: RunName,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="The journal, one line a change.")] = False,
    fhir: Annotated[
        Path | None, typer.Option("--fhir", help="Write the case as a FHIR R4 document.")
    ] = None,
    hl7: Annotated[
        Path | None, typer.Option("--hl7", help="Write its monitors' messages, for run --from.")
    ] = None,
    traumatracker: Annotated[
        Path | None, typer.Option("--traumatracker", help="Write the report in that schema.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the page elsewhere.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write the report to print.")] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the journal, one row a change.")
    ] = None,
    utstein: Annotated[
        Path | None, typer.Option("--utstein", help="Write the core fields of a trauma registry.")
    ] = None,
    xapi: Annotated[
        Path | None, typer.Option("--xapi", help="Write statements for a learning record store.")
    ] = None,
    lang: Annotated[str, typer.Option(help="In which language people read it: en, it.")] = "en",
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Write a run's report anew, or put its journal or its report on standard output."""
    from scenarios import export
    from scenarios.language import tongue
    from scenarios.runs import PAGE, TRACKER, open_run, write_reports

    tongue(lang)  # what is wrong with it is said before anything is written
    opened = open_run(run, root(runs))
    asked = {
        "html": html,
        "pdf": pdf,
        "traumatracker": traumatracker,
        "csv": csv,
        "fhir": fhir,
        "utstein": utstein,
        "xapi": xapi,
    }
    files = {form: path for form, path in asked.items() if path is not None}
    if files:
        from scenarios.outgoing import write

        for form, path in files.items():
            write(opened, form, path, lang)
            typer.echo(str(path))
    if hl7 is not None:
        from scenarios.devices import write_hl7

        count = write_hl7(opened.story.journal, opened.scenario, hl7)
        typer.echo(f"{hl7}: {count} messages")
    elif files:
        return
    elif jsonl:
        for line in export.lines(opened.story.journal):
            typer.echo(line)
    elif as_json:
        say(export.tracker_report(opened.story, opened.scenario))
    else:
        write_reports(opened, lang)
        typer.echo(str(opened.folder / PAGE))
        typer.echo(str(opened.folder / TRACKER))


def debrief(
    run: RunName,
    other: Annotated[str, typer.Argument(help="Another run to compare it with.")] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 takes a free one; 8620 by default.")
    ] = 8620,
    opens: Opens = None,
    runs: Runs = None,
) -> None:
    """Show a finished run's debrief in a browser, on this machine, until Ctrl-C."""
    import asyncio
    import contextlib

    from scenarios.reviewing import review
    from scenarios.runs import branches, open_run

    opened = []
    for name in filter(None, (run, other)):
        typer.echo(f"Reading {name} ...", err=True)
        opened.append(open_run(name, root(runs)))
    went_back = [] if other else branches(opened[0].folder)

    def ready(url: str) -> None:
        typer.echo(f"{url}/debrief", err=True)
        for path in went_back:
            both = f"{opened[0].name} {opened[0].name}/{path.name}"
            typer.echo(f"This session went back. Both courses: traumatwin debrief {both}", err=True)
        typer.echo("Ctrl-C ends it.", err=True)
        open_page(f"{url}/debrief", opens)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(review(opened, port=port, ready=ready, writing=writing_report))


def writing_report(name: str) -> None:
    """Say that a report is written anew: of a long case that takes a moment."""
    typer.echo(f"Writing the reports of {name}, with the notes ...", err=True)


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

    opened = open_run(run, root(runs))
    found = walk.find_alert(opened.story, alert)
    steps = [walk.why(opened.story.journal, found)]
    escalated = [i for i, s in enumerate(found.course) if s.priority != found.course[0].priority]
    if escalated:
        steps.append(walk.why(opened.story.journal, found, moment=escalated[-1]))
    if as_json:
        say({"alert": found.rule, "seq": found.seq, "why": [s.as_json() for s in steps]})
        return
    console = terminal()
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


def verify(
    run: Annotated[
        str,
        typer.Argument(help="A run, `last`, an exported file, or a database's URL with ?run=NAME."),
    ],
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Check that a run's journal is as it was written."""
    from environment.store import journal as store
    from environment.store.place import place_of
    from scenarios.archive import is_file_of_run, read_file
    from scenarios.runs import folder_of, journal_of

    if "://" in run:
        where = place_of(run).name
        count = store.verify(run)
    elif is_file_of_run(Path(run)):
        where, count = str(Path(run).resolve()), len(read_file(Path(run))[1])
    else:
        folder = folder_of(run, root(runs))
        where, count = str(folder.resolve()), store.verify(journal_of(folder))
    if as_json:
        say({"run": where, "changes": count, "ok": True})
    else:
        typer.echo(f"{count} changes, none altered.")

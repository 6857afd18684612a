"""`list`, `check`, `edit`, `actions`: what can be run, what is wrong, what plans may call."""

from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli.conventions import AsJson, Opens, ScenarioName, open_page, say, terminal

if TYPE_CHECKING:
    from scenarios.checking import Result


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
        say({"scenarios": rows})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("name", "minutes", "level", "title", "branches"):
        table.add_column(title)
    for s in found:
        branches = ", ".join(b.name for b in s.branches)
        table.add_row(s.name, clock(s.ends_s), s.level, s.title, branches)
    terminal().print(table)


def check(
    what: Annotated[
        list[str] | None, typer.Argument(help="Scenario names or files, plan files; all if none.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", "-v", help="Tell what each scenario will do, in words.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check every scenario, plan and kind of twin, without running them."""
    from scenarios.checking import check_all

    results = check_all(what or [])
    broken = [r for r in results if r.problems]
    if as_json:
        rows = [
            {
                "kind": r.kind,
                "name": r.name,
                "problems": list(r.problems),
                "remarks": list(r.remarks),
                **({"explained": _explained(r.name)} if explain and _is_readable(r) else {}),
            }
            for r in results
        ]
        say({"ok": not broken, "checked": rows})
    else:
        for result in results:
            if not result.problems:
                typer.echo(f"ok       {result.kind} {result.name}")
            for problem in result.problems:
                typer.echo(f"problem  {problem}")
            for remark in result.remarks:
                typer.echo(f"remark   {remark}")
            if explain and _is_readable(result):
                typer.echo("\n".join(_explained(result.name)) + "\n")
    raise typer.Exit(3 if broken else 0)


def _is_readable(result: "Result") -> bool:
    return result.kind == "scenario" and not result.problems


def _explained(name: str) -> list[str]:
    from scenarios.reading import load
    from scenarios.timeline import timeline

    return timeline(load(name))


def edit(
    scenario: ScenarioName,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8621,
    opens: Opens = None,
) -> None:
    """Change a scenario in a form in the browser, with a preview of its curves."""
    import asyncio

    from scenarios.authoring.draft import Draft
    from scenarios.authoring.site import author
    from scenarios.reading import path_of

    draft = Draft.open(path_of(scenario))

    def ready(url: str) -> None:
        typer.echo(url)
        if draft.is_library:
            typer.echo("This one belongs to the library: save it under another name.", err=True)
        typer.echo("Ctrl-C ends it.", err=True)
        open_page(url, opens)

    try:
        asyncio.run(author(draft, port=port, ready=ready))
    finally:
        aside = draft.put_aside()
        if aside is not None:
            typer.echo(f"What you had not saved is in {aside}.", err=True)


def actions(
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
        say({"actions": rows})
        return
    for entry in found:
        typer.echo(f"{entry.text()}\n")

"""`runs`, `prune`, `export`, `import`: the runs that were kept."""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli.conventions import AsJson, RunName, Runs, root, say, terminal


def runs(as_json: AsJson = False, runs: Runs = None) -> None:
    """List the runs that were kept, with their sizes."""
    from scenarios.archive import kept_runs

    found = kept_runs(root(runs))
    if as_json:
        say({"runs": [kept.as_json() for kept in found]})
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("run", "scenario", "branch", "seed", "state", "last change", "size", "database"):
        table.add_column(title, no_wrap=True, justify="right" if title == "size" else "left")
    for kept in found:
        changed = datetime.fromtimestamp(kept.changed_s).astimezone()
        discarded = kept.discarded()
        table.add_row(
            kept.folder.name,
            kept.scenario,
            kept.branch,
            str(kept.seed),
            ", ".join([kept.state, *discarded]),
            f"{changed:%Y-%m-%d %H:%M}",
            _size(kept.size),
            escape(kept.database),
        )
    terminal().print(table)
    typer.echo(f"{len(found)} runs, {_size(sum(kept.size for kept in found))}.", err=True)


def prune(
    older_than: Annotated[
        float | None, typer.Option(min=0, metavar="DAYS", help="Those not changed for so long.")
    ] = None,
    keep: Annotated[int | None, typer.Option(min=0, help="All but so many of the newest.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Delete old runs, after asking; nothing is ever deleted without this command."""
    from scenarios.archive import kept_runs, to_prune
    from scenarios.archive import prune as delete

    if older_than is None and keep is None:
        raise typer.BadParameter("say which: --older-than DAYS, --keep NUMBER, or both")
    found = kept_runs(root(runs))
    old = to_prune(found, now_s=time.time(), older_than_days=older_than, keep=keep)
    size = sum(kept.size for kept in old)
    for kept in old:
        typer.echo(f"{kept.folder.name}  {_size(kept.size)}", err=True)
    if old and not yes:
        typer.confirm(f"Delete these {len(old)} runs ({_size(size)}) for good?", abort=True)
    delete(old)
    if as_json:
        say({"deleted": [kept.folder.name for kept in old], "bytes": size})
    else:
        typer.echo(f"{len(old)} runs deleted, {_size(size)}.")


def export(
    run: RunName,
    file: Annotated[Path, typer.Argument(help="Where to: NAME.jsonl or NAME.jsonl.gz.")],
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Write a run as one file: its scenario, its summary, its journal with its hashes."""
    from scenarios.archive import export_run

    if not file.name.endswith((".jsonl", ".jsonl.gz")):
        raise typer.BadParameter("name it NAME.jsonl or NAME.jsonl.gz", param_hint="FILE")
    count = export_run(run, root(runs), file)
    if as_json:
        say({"file": str(file.resolve()), "changes": count})
    else:
        typer.echo(str(file))


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"

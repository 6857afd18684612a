"""`import`: a run that was exported, or a report of the original TraumaTracker, as a run."""

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli.conventions import AsJson, Runs, root, say


def import_(
    file: Annotated[
        Path, typer.Argument(help="A run that was exported, or a report of TraumaTracker (JSON).")
    ],
    zone: Annotated[
        str, typer.Option(help="Of a report: the zone of its times, such as Europe/Rome.")
    ] = "UTC",
    as_json: AsJson = False,
    runs: Runs = None,
) -> None:
    """Take a run out of one file, or make one of a report of TraumaTracker."""
    began = time.perf_counter()
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from scenarios.archive import import_run
    from scenarios.importing import import_report
    from scenarios.runs import SOURCE, keep, new_folder, write_summary
    from scenarios.tracker import is_report, read

    if not is_report(file):
        _told(import_run(file, root(runs)), [], as_json=as_json)
        return
    try:
        at = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as wrong:
        raise typer.BadParameter(
            "expected a zone of the IANA list, such as Europe/Rome", param_hint="'--zone'"
        ) from wrong
    report = read(file, at)
    imported = import_report(report)
    folder = new_folder(root(runs), imported.scenario.name)
    shutil.copyfile(file, folder / SOURCE)
    kept = keep(folder, imported.scenario, imported, seed=0)
    write_summary(kept, time.perf_counter() - began)
    _told(folder, report.repairs, as_json=as_json)


def _told(folder: Path, repairs: list[str], *, as_json: bool) -> None:
    if as_json:
        say({"run": str(folder.resolve()), "repairs": repairs})
        return
    for repair in repairs:
        typer.echo(f"repaired  {repair}")
    typer.echo(str(folder))

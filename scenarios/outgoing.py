"""A finished run as a file for somebody else: paper, spreadsheet, registry, learning record."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from environment.model.change import FIELDS
from scenarios import utstein, xapi
from scenarios.clinical_time import clock
from scenarios.errors import SurroundingsError
from scenarios.printed import pdf
from scenarios.runs import Run


def _paper(run: Run) -> bytes:
    return pdf(run.story, run.scenario, seed=run.seed, verdict=run.verdict, notes=run.notes())


def _table(run: Run) -> bytes:
    """One row a change. Values are JSON, so that a spreadsheet takes none for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*FIELDS, "clock", "time"))
    for change in run.story.journal:
        row = dict(zip(FIELDS, change.row(), strict=True))
        for name in FIELDS:
            if name not in ("value", "cause"):
                row[name] = _harmless(row[name])
            else:
                row[name] = "" if row[name] is None else json.dumps(row[name], ensure_ascii=False)
        at = run.scenario.start + timedelta(seconds=change.effective)
        writer.writerow(
            (
                *row.values(),
                clock(change.effective),
                at.isoformat(timespec="milliseconds"),
            )
        )
    return out.getvalue().encode()


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would calculate gets a quote before it."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


def _registry(run: Run) -> bytes:
    return _json(utstein.record(run.story, run.scenario))


def _learning(run: Run) -> bytes:
    return _json(xapi.statements(run.story, run.scenario, run.verdict, run.notes()))


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


#: The option of the command line -> what the file holds.
FORMATS: dict[str, Callable[[Run], bytes]] = {
    "pdf": _paper,
    "csv": _table,
    "utstein": _registry,
    "xapi": _learning,
}


def write(run: Run, form: str, path: Path) -> None:
    """Write the run in this form."""
    content = FORMATS[form](run)
    try:
        path.write_bytes(content)
    except OSError as wrong:
        raise SurroundingsError(
            f"{path} cannot be written: {wrong.strerror}. Choose another file with --{form}."
        ) from wrong

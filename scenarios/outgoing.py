"""A run as a file for somebody else: on paper, as a table, for records, registries and learning."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from environment.model.change import FIELDS
from environment.web.languages import FIRST
from scenarios import export, report, utstein, xapi
from scenarios.clinical_time import clock
from scenarios.errors import SurroundingsError
from scenarios.expectations import Verdict
from scenarios.language import Tongue, known, tongue_for
from scenarios.notes import Note
from scenarios.printed import pdf
from scenarios.schema import Scenario
from scenarios.story import Story

#: How the name of a run's folder begins, and what no name of a file should hold.
_STAMP, _UNFIT = re.compile(r"\d{8}-\d{6}"), re.compile(r"[^\w.-]+", re.ASCII)


class Told(Protocol):
    """A run, finished or as far as it has come, as it can be told to others."""

    @property
    def name(self) -> str:
        """What the run is called: its folder's name, or `RUN/branch-1`."""

    @property
    def scenario(self) -> Scenario:
        """What was played."""

    @property
    def seed(self) -> int:
        """Of its chance."""

    @property
    def story(self) -> Story:
        """What happened."""

    @property
    def verdict(self) -> Verdict:
        """What was expected, and what came of it."""

    def notes(self) -> list[Note]:
        """What was written down about it."""


def _page(run: Told, say: Tongue) -> bytes:
    return report.html(
        run.story, run.scenario, seed=run.seed, verdict=run.verdict, notes=run.notes(), say=say
    ).encode()


def _paper(run: Told, say: Tongue) -> bytes:
    return pdf(
        run.story, run.scenario, seed=run.seed, verdict=run.verdict, notes=run.notes(), say=say
    )


def _table(run: Told, _: Tongue) -> bytes:
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


def _tracker(run: Told, _: Tongue) -> bytes:
    return _json(export.tracker_report(run.story, run.scenario))


def _record(run: Told, _: Tongue) -> bytes:
    """The case as a FHIR document; its ids begin with the scenario and the journal's hash."""
    from environment.fhir.bundle import document
    from environment.fhir.case import Case, models_of
    from environment.fhir.checks import check

    journal = run.story.journal
    prefix = f"{run.scenario.id}-{(journal.hashes() or ['empty'])[-1][:8]}"
    case = Case(journal, models_of(journal), run.scenario.start, prefix=prefix)
    bundle = document(case, title=run.scenario.title)
    check(bundle)
    return _json(bundle)


def _registry(run: Told, _: Tongue) -> bytes:
    return _json(utstein.record(run.story, run.scenario))


def _learning(run: Told, _: Tongue) -> bytes:
    return _json(xapi.statements(run.story, run.scenario, run.verdict, run.notes()))


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form that a run can take: how such a file ends, its media type, and what makes it.

    What people read is in a language; what programs read has none.
    """

    suffix: str
    media: str
    make: Callable[[Told, Tongue], bytes]


_JSON = "application/json"
#: The option of the command line -> what the file is.
FORMS = {
    "html": Form(suffix=".html", media="text/html", make=_page),
    "pdf": Form(suffix=".pdf", media="application/pdf", make=_paper),
    "traumatracker": Form(suffix="-traumatracker.json", media=_JSON, make=_tracker),
    "csv": Form(suffix=".csv", media="text/csv", make=_table),
    "fhir": Form(suffix="-fhir.json", media="application/fhir+json", make=_record),
    "utstein": Form(suffix="-utstein.json", media=_JSON, make=_registry),
    "xapi": Form(suffix="-xapi.json", media=_JSON, make=_learning),
}


def write(run: Told, form: str, path: Path, language: str = FIRST) -> None:
    """Write the run in this form, and what people read in a language."""
    content = FORMS[form].make(run, tongue_for(language, run.scenario.translation))
    try:
        path.write_bytes(content)
    except OSError as wrong:
        raise SurroundingsError(
            f"{path} cannot be written: {wrong.strerror}. Choose another file with --{form}."
        ) from wrong


def file_name(run: Told) -> str:
    """The case, its variant, when it was played, what was discarded: `pelvis-20261123-090212`."""
    played, _, discarded = run.name.partition("/")
    stamp = _STAMP.match(played)
    variant = "" if run.scenario.branch == "default" else run.scenario.branch
    parts = (run.scenario.name, variant, stamp[0] if stamp else "", discarded)
    return _UNFIT.sub("-", "-".join(filter(None, parts)))


class Files:
    """Runs as files, made beside the event loop; `take` is called in it and tells a run later."""

    forms: Mapping[str, str] = {name: form.media for name, form in FORMS.items()}
    #: In which languages those are that people read.
    languages = known()

    def __init__(self, take: Callable[[int], Callable[[], Told]], runs: int = 1) -> None:
        self._take = take
        self.runs = runs

    async def make(self, run: int, form: str, language: str = FIRST) -> tuple[bytes, str]:
        """The content of the file in a language, and a name for it."""
        told, made = self._take(run), FORMS[form]

        def make() -> tuple[bytes, str]:
            one = told()
            say = tongue_for(language, one.scenario.translation)
            return made.make(one, say), f"{file_name(one)}{made.suffix}"

        return await asyncio.to_thread(make)

"""The debrief's data: what a run's measures and expectations say, told by whoever runs it.

While a session runs, notes are operations of its twin; of a finished run they are kept beside it,
by the addresses here.
"""

from aiohttp import web

from environment.runtime.access import Caller
from environment.web.bodies import RUNS, Wording, checked
from environment.web.languages import FIRST, language_of, translated
from environment.web.problems import ProblemError
from environment.web.site import WHO, Notebook, answer, json_body, site_of, whole

#: Who may look while a session runs: it says what is expected, and how the patient really is.
#: Afterwards everybody may.
LOOKERS = ("instructor", "researcher")


def _looker(request: web.Request) -> Caller:
    who: Caller = request[WHO]
    if who.role not in LOOKERS and not site_of(request).is_over:
        raise ProblemError(
            403,
            "not_permitted",
            f"The role '{who.role}' may not see what is expected; "
            f"{' and '.join(LOOKERS)} may, and everybody together afterwards.",
        )
    return who


async def debrief(request: web.Request) -> web.StreamResponse:
    """The runs to talk about; the first is this one, a second to compare it with."""
    site, who = site_of(request), _looker(request)
    if site.debriefs is None:
        raise ProblemError(
            404,
            "no_debrief",
            "This site has no scenario to judge by. `traumatwin debrief RUN` shows a finished run.",
        )
    cannot = "" if site.notebook is None else site.notebook.why_not()
    # How notes are written here: by operations of the session, to the notebook, or not at all.
    way = "session" if who.role == "instructor" and not site.is_over else ""
    if site.notebook is not None:
        way = "" if cannot else "notebook"
    runs = await site.debriefs()
    runs = translated(runs, site.translations.get(language_of(request), {}))
    forms = [] if site.files is None else list(site.files.forms)
    return answer(
        {"over": site.is_over, "writes": way, "cannot": cannot, "forms": forms, "runs": runs}
    )


async def file(request: web.Request) -> web.StreamResponse:
    """A run as a file for others: on paper, as a table, for a registry."""
    _looker(request)
    files, form = site_of(request).files, request.match_info["form"]
    if files is None or form not in files.forms:
        known = ", ".join(files.forms) if files is not None else "none"
        raise ProblemError(404, "unknown_form", f"No run is written as '{form}'. Known: {known}.")
    language = request.query.get("lang", FIRST)
    if language not in files.languages:
        known = ", ".join(files.languages)
        raise ProblemError(
            422, "bad_value", f"?lang={language}: no report in this language. Known: {known}."
        )
    run = whole(request, "run", 0, high=files.runs - 1)
    content, name = await files.make(run, form, language)
    return web.Response(
        body=content,
        headers={
            "Content-Type": files.forms[form],
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


async def add_note(request: web.Request) -> web.StreamResponse:
    """Write a note about a finished run."""
    book, who, note = await _written(request)
    return answer(book.add(note, note.by.strip() or who.name), status=201)


async def change_note(request: web.Request) -> web.StreamResponse:
    """Write a note about a finished run anew."""
    book, who, note = await _written(request)
    number = request.match_info["number"]
    kept = book.change(number, note, note.by.strip() or who.name)
    if kept is None:
        raise _unknown(number)
    return answer(kept)


async def erase_note(request: web.Request) -> web.StreamResponse:
    """Forget a note about a finished run."""
    _looker(request)
    number = request.match_info["number"]
    if not _notebook(request).erase(whole(request, "run", 0, high=RUNS - 1), number):
        raise _unknown(number)
    return answer({"number": number})


async def _written(request: web.Request) -> tuple[Notebook, Caller, Wording]:
    who, book = _looker(request), _notebook(request)
    rows, wrong = checked(Wording, await json_body(request))
    if wrong or len(rows) != 1:
        told = "; ".join(f"{field}: {why}" for field, why in wrong) or "One note at a time."
        raise ProblemError(422, "bad_value", told)
    return book, who, rows[0]


def _notebook(request: web.Request) -> Notebook:
    book = site_of(request).notebook
    if book is None:
        raise ProblemError(
            404, "no_notebook", "Notes of a session that runs are operations of its twin: `note`."
        )
    return book


def _unknown(number: str) -> ProblemError:
    return ProblemError(
        404,
        "unknown_note",
        f"No note {number} was added to this run. Notes of its journal stay as they are.",
    )

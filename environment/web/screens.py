"""Pages for people in a session: each a shell, and one module that shows the twins as they are.

`/here` tells a page what it needs at first; everything else is read from twins, and everything
done is an operation of one.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from aiohttp import web

from environment.model.catalogue import BLOOD, DIAGNOSTICS, DRUGS, INFUSIONS, PROCEDURES
from environment.model.change import JSON
from environment.model.prescribing import default_dose
from environment.model.triage import ITEMS
from environment.model.vitals import VITALS
from environment.web.languages import COOKIE, FIRST, language_to_keep
from environment.web.pages import POLICY, template
from environment.web.problems import ProblemError
from environment.web.route import Handler
from environment.web.site import WHO, Site, answer, site_of, visible
from environment.web.streams import time_of

HERE = Path(__file__).parent / "static"
#: How long a browser keeps its reader's language, seconds.
YEAR_S = 31_536_000
#: What may be fetched, of a page's folder, of `app` (what pages share), `text` and `vendor`.
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A page: its address, its folder (`static/<name>`, begun by `page.js`), and how it looks."""

    path: str
    name: str
    title: str
    theme: str = "light"
    style: str = ""  # the folder whose `page.css` it wears, if not its own


SCREENS = (
    Screen(path="/", name="start", title="Start"),
    Screen(path="/monitor", name="monitor", title="Patient monitor", theme="dark"),
    Screen(path="/shock-room", name="shock_room", title="Shock room", theme="dark"),
    Screen(path="/leader", name="leader", title="Trauma leader", style="tablet"),
    Screen(path="/rescuer", name="rescuer", title="Rescuer", style="tablet"),
    Screen(path="/console", name="console", title="Instructor"),
    Screen(path="/debrief", name="debrief", title="Debrief"),
    Screen(path="/mind", name="mind", title="Minds"),
    Screen(path="/browse", name="twins", title="Twins"),
)


def shell(shown: Screen) -> Handler:
    """The handler of a page: a shell; its module does the rest."""

    async def screen(request: web.Request) -> web.StreamResponse:
        theme = request.query.get("theme", shown.theme)
        if theme not in ("dark", "light"):
            raise ProblemError(422, "bad_value", f"?theme={theme}: expected dark or light.")
        text = template(
            "screen.html.j2",
            page=shown.name,
            title=shown.title,
            theme=theme,
            style=shown.style or shown.name,
        )
        response = web.Response(
            text=text, content_type="text/html", headers={"Content-Security-Policy": POLICY}
        )
        language = language_to_keep(request)
        if language != request.cookies.get(COOKIE, FIRST):
            response.set_cookie(COOKIE, language, max_age=YEAR_S, httponly=True, samesite="Strict")
        return response

    screen.__name__ = f"page_{shown.name}"
    screen.__doc__ = f"The page '{shown.title}'."
    return screen


async def here(request: web.Request) -> web.StreamResponse:
    """Who asks, which world this is, and the tables that pages show by."""
    site, who = site_of(request), request[WHO]
    world = site.world
    seen = visible(site, who)
    patients = [name for name in seen if world.twins[name].kind == "patient"]
    body: JSON = {
        "you": {"name": who.name, "role": who.role, "own": list(who.own)},
        "journal": world.journal.name,
        "course": site.course,
        "start": world.clock.start.isoformat(),
        **time_of(site),
        "over": site.is_over,
        "patient": patients[0] if patients else "",
        "roles": dict(site.operations.roles),
        "vitals": {key: asdict(row) for key, row in VITALS.items()},
        "drugs": {key: asdict(row) for key, row in DRUGS.items()},
        "infusions": {key: asdict(row) for key, row in INFUSIONS.items()},
        "procedures": {key: asdict(row) for key, row in PROCEDURES.items()},
        "products": {key: asdict(row) for key, row in BLOOD.items()},
        "diagnostics": {key: asdict(row) for key, row in DIAGNOSTICS.items()},
        "triage": {key: asdict(row) for key, row in ITEMS.items()},
        "usual": _usual(site, patients),
    }
    return answer(body)


def _usual(site: Site, patients: list[str]) -> JSON:
    """The dose that a tablet proposes, by drug: for this patient's age and weight."""
    known = {} if not patients else site.world.state(patients[0]).values
    age, weight = (known[k].value if k in known else None for k in ("age", "weight_kg"))
    return {key: default_dose(key, weight, age) for key in DRUGS}


async def part(request: web.Request) -> web.StreamResponse:
    """A module, a style, a text of these pages."""
    folder, name = request.match_info["folder"], request.match_info["name"]
    file = HERE / folder / name
    if file.suffix not in TYPES or file.parent != HERE / folder or not file.is_file():
        raise ProblemError(404, "unknown_file", f"No file '{folder}/{name}'.")
    return web.Response(
        body=file.read_bytes(),
        content_type=TYPES[file.suffix],
        charset="utf-8",
        headers={"Cache-Control": "no-cache"},
    )

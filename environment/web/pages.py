"""Pages for people: the list of twins, one twin, and a page on which to try every address."""

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from environment.model.frame import State
from environment.model.twin import Twin
from environment.web.bundles import is_mapped
from environment.web.descriptions import path
from environment.web.openapi import document
from environment.web.problems import ProblemError
from environment.web.route import TABLE
from environment.web.site import WHO, answer, site_of, visible

HERE = Path(__file__).parent
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)
#: Nothing from elsewhere, nothing inline.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_STATIC = {"web.css": "text/css", "api.js": "text/javascript"}


def template(name: str, **values: object) -> str:
    """A template, filled in; what it needs must be given."""
    return _templates.get_template(name).render(**values)


def _page(name: str, **values: object) -> web.Response:
    return web.Response(
        text=template(name, **values),
        content_type="text/html",
        headers={"Content-Security-Policy": POLICY, "Vary": "Accept, Accept-Datetime"},
    )


async def index(request: web.Request) -> web.StreamResponse:
    """All twins that the caller may see."""
    site, who = site_of(request), request[WHO]
    rows = [
        {"id": t.id, "kind": t.kind, "href": path(t), "life": t.life.value, "phase": t.phase or ""}
        for t in (site.world.twins[name] for name in visible(site, who))
    ]
    rows.sort(key=lambda row: (row["kind"], row["id"]))
    return _page("index.html.j2", rows=rows, who=who)


def twin_page(request: web.Request, twin: Twin, state: State) -> web.Response:
    """One twin: its values with their age, what is absent and why, what can be asked for."""
    site, who = site_of(request), request[WHO]
    available = [
        row
        for row in site.operations.available(twin.id, who.name, who.role)
        if site.rights.allows(who, "invoke", twin, row.operation)
    ]
    links = [
        {"rel": rel, "id": target, "href": path(site.world.twins[target])}
        for rel in twin.link_types
        for target in twin.linked(rel)
        if site.rights.allows(who, "read", site.world.twins[target])
    ]
    return _page(
        "twin.html.j2",
        twin=twin,
        here=path(twin),
        state=state,
        doc=type(twin).__doc__ or "",
        available=available,
        links=links,
        has_fhir=is_mapped(twin),
        who=who,
    )


async def openapi(request: web.Request) -> web.StreamResponse:
    """The OpenAPI document of this site."""
    site = site_of(request)
    routes = request.app[TABLE]
    return answer(document(routes, site.base(request), is_open=bool(site.open_role)))


async def api(request: web.Request) -> web.StreamResponse:
    """Every address, with a form to try it."""
    return _page("api.html.j2")


async def static(request: web.Request) -> web.StreamResponse:
    """Style and script of these pages."""
    name = request.match_info["name"]
    if name not in _STATIC:
        raise ProblemError(404, "unknown_file", f"No file '{name}'.")
    text = (HERE / "static" / name).read_text("utf-8")
    return web.Response(text=text, content_type=_STATIC[name])

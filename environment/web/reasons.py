"""Why: the changes that led to one, as far as the caller may see them."""

from dataclasses import replace

from aiohttp import web

from environment.errors import JournalError
from environment.model.change import JSON, Change
from environment.model.twin import Twin
from environment.runtime.access import Caller, Rights
from environment.runtime.world import World
from environment.web.problems import ProblemError
from environment.web.site import WHO, answer, site_of, twin_of
from environment.wire import change_out


async def why(request: web.Request) -> web.StreamResponse:
    """The changes that led to one of this twin's, first cause first; hidden ones are left out."""
    return _answer(request, site_of(request).world, twin_of(request))


async def why_of_other(request: web.Request) -> web.StreamResponse:
    """The same of the finished run that is shown to compare with."""
    site, who = site_of(request), request[WHO]
    name = request.match_info["id"]
    twin = None if site.other is None else site.other.twins.get(name)
    if site.other is None or twin is None or not site.rights.allows(who, "read", twin):
        raise ProblemError(404, "unknown_twin", f"No twin '{name}' of a second run is shown here.")
    return _answer(request, site.other, twin)


def _answer(request: web.Request, world: World, found: Twin) -> web.StreamResponse:
    rights, who = site_of(request).rights, request[WHO]
    text, journal = request.match_info["seq"], world.journal
    if not text.isdigit() or len(text) > 15 or not 1 <= int(text) <= len(journal):
        raise ProblemError(404, "unknown_change", f"No change '{text}' of '{found.id}'.")
    change = journal[int(text)]
    if change.twin != found.id or not rights.shows(who, "read", found, change):
        raise ProblemError(404, "unknown_change", f"No change '{text}' of '{found.id}'.")
    try:
        chain = journal.why(change)
    except JournalError:
        chain = [change]  # a cause that its author has invented leads nowhere
    shown = [step for c in chain if (step := _as_seen(world, rights, who, c)) is not None]
    return answer({"chain": [change_out(c) for c in shown], "hidden": len(chain) - len(shown)})


def _as_seen(world: World, rights: Rights, who: Caller, change: Change) -> Change | None:
    """A step as this caller may see it; nothing if it is hidden.

    Whoever sees an alert may know which readings it stands on: of a decision in a mind that is
    hidden, what was decided stays, with those of its facts that he may see by themselves.
    """
    twin = world.twins[change.twin]
    if rights.shows(who, "read", twin, change):
        return change
    if twin.kind != "mind" or change.name != "decided":
        return None

    def seen(fact: JSON) -> bool:
        seq = fact["seq"]
        if not isinstance(seq, int) or not 1 <= seq <= len(world.journal):
            return False  # its own conclusion, or a ground that its author has invented
        ground = world.journal[seq]
        is_reading = str(fact["belief"]).startswith(f"{ground.name}(")
        return is_reading and rights.shows(who, "read", world.twins[ground.twin], ground)

    facts = [fact for fact in change.value.get("beliefs", ()) if seen(fact)]
    told = {name: change.value[name] for name in ("plan", "file", "line")}
    return replace(change, value={**told, "beliefs": facts}) if facts else None

"""A look into a mind, on demand: it is no operation, for it changes and records nothing."""

from aiohttp import web

from environment.errors import UnknownTwinError
from environment.model.change import JSON
from environment.runtime.access import IDENTITY
from environment.web.debriefing import LOOKERS
from environment.web.problems import ProblemError
from environment.web.site import WHO, answer, site_of, visible

#: What an agent may believe of who somebody is: an instructor alone sees it here.
HIDDEN: frozenset[str] = frozenset().union(*IDENTITY.values())
PARTS = ("seen", "texts", "why", "why_not")


async def mind(request: web.Request) -> web.StreamResponse:
    """Beliefs, intentions and plans (`seen`), plan `texts`, `why` a belief, `why_not` a plan."""
    site, who = site_of(request), request[WHO]
    if who.role not in LOOKERS:
        raise ProblemError(
            403, "not_permitted", f"Only {' and '.join(LOOKERS)} look into minds, not {who.role}."
        )
    twin = site.world.twins.get(request.match_info["id"])
    if twin is None or twin.kind != "mind":
        raise UnknownTwinError(request.match_info["id"], visible(site, who, "mind"))
    part, of = request.query.get("part", "seen"), request.query.get("of", "")
    if part not in PARTS:
        raise ProblemError(422, "bad_value", f"?part={part}: expected {', '.join(PARTS)}.")
    look = None if site.minds is None else site.minds(twin.id.removeprefix("mind_"))
    if look is None:
        raise ProblemError(
            404,
            "mind_elsewhere",
            f"'{twin.id}' does not think in this process. What it decided is in its history.",
        )
    knows_all = who.role == "instructor"
    if part == "seen":
        seen = look.seen()
        if not knows_all:
            seen["beliefs"] = [b for b in seen["beliefs"] if not _hidden(b["belief"])]
        return answer({"now": site.world.clock.now(), **seen})
    if part == "texts":
        return answer(look.texts())
    if part == "why":
        return answer([] if _hidden(of) and not knows_all else look.why(of))
    return answer(look.why_not(of))


def _hidden(belief: JSON) -> bool:
    return belief.partition("(")[0].removeprefix("~") in HIDDEN

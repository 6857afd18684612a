"""The debrief's data: what a run's measures and expectations say, told by whoever runs it."""

from aiohttp import web

from environment.web.problems import ProblemError
from environment.web.site import WHO, answer, site_of

#: Who may look while a session runs: it says what is expected, and how the patient really is.
LOOKERS = ("instructor", "researcher")


async def debrief(request: web.Request) -> web.StreamResponse:
    """The runs to talk about; the first is this one, a second to compare it with."""
    site, who = site_of(request), request[WHO]
    if who.role not in LOOKERS:
        raise ProblemError(
            403,
            "not_permitted",
            f"The role '{who.role}' may not see what is expected; "
            f"{' and '.join(LOOKERS)} may, and everybody together afterwards.",
        )
    if site.debriefs is None:
        raise ProblemError(
            404,
            "no_debrief",
            "This site has no scenario to judge by. `traumatwin debrief RUN` shows a finished run.",
        )
    return answer({"over": site.is_over, "runs": site.debriefs()})

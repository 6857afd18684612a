"""Who can take part in a session, and the one-time links by which they come in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from environment.errors import did_you_mean
from environment.model.change import JSON
from environment.runtime.access import Tokens
from environment.web import qr
from environment.web.bodies import checked
from environment.web.entering import address
from environment.web.problems import ProblemError
from environment.web.site import WHO, Site, answer, json_body, site_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that a browser can take: its page, and the role that comes with it."""

    page: str
    role: str
    also: tuple[str, ...] = ()  # roles that share the page


#: The parts of a session, in the order in which they are offered.
PARTS = {
    "console": Part(page="/console", role="instructor"),
    "leader": Part(page="/leader", role="trauma_leader", also=("team_member",)),
    "rescuer": Part(page="/rescuer", role="rescuer"),
    "shock_room": Part(page="/shock-room", role="display"),
    "monitor": Part(page="/monitor", role="display"),
    "debrief": Part(page="/debrief", role="instructor"),
    "mind": Part(page="/mind", role="researcher"),
    "twins": Part(page="/browse", role="researcher"),
}


class Wanted(BaseModel):
    """Which part a new link is for."""

    model_config = ConfigDict(extra="forbid")

    part: str = Field(max_length=40)
    #: Who of the cast it is for; empty: whoever has the part's role.
    person: str = Field(default="", max_length=80)


def invitations(
    tokens: Tokens, roles: Mapping[str, str], parts: tuple[str, ...] = tuple(PARTS)
) -> Iterator[tuple[str, str]]:
    """A new one-time code for each part; `roles` says who of the cast has which role."""
    for name in parts:
        part = PARTS[name]
        person = next((who for who, role in roles.items() if role == part.role), name)
        yield name, tokens.invite(person, part.role, part.page, own=(person,))


def _for(site: Site, name: str, person: str) -> tuple[str, str]:
    """The role of one of the cast, and a code by which he comes to this part's page."""
    roles, part = site.operations.roles, PARTS[name]
    if person not in roles:
        hint = did_you_mean(person, roles)
        raise ProblemError(422, "bad_value", f"Nobody is '{person}'.{hint}")
    role = roles[person]
    if role != part.role and role not in part.also:
        raise ProblemError(422, "bad_value", f"'{person}' is a {role}; {part.page} is not for him.")
    return role, site.tokens.invite(person, role, part.page, own=(person,))


async def links(request: web.Request) -> web.StreamResponse:
    """Make a new one-time link for a part, with its QR code; only an instructor may."""
    site, who = site_of(request), request[WHO]
    if who.role != "instructor":
        raise ProblemError(403, "not_permitted", f"The role '{who.role}' may not invite anybody.")
    rows, wrong = checked(Wanted, await json_body(request))
    if wrong:
        raise ProblemError(422, "bad_value", "; ".join(f"{f}: {why}" for f, why in wrong))
    if rows[0].part not in PARTS:
        hint = did_you_mean(rows[0].part, PARTS)
        raise ProblemError(422, "bad_value", f"There is no part '{rows[0].part}'.{hint}")
    name, person = rows[0].part, rows[0].person
    if person:
        role, code = _for(site, name, person)
    else:
        role = PARTS[name].role
        ((_, code),) = invitations(site.tokens, site.operations.roles, (name,))
    href = address(site.base(request), code)
    body: JSON = {"part": name, "role": role, "href": href, "qr": qr.drawn(href)}
    return answer(body, status=201)

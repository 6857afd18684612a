"""How people come in with a browser: a link that works once, a cookie that no script can read."""

from urllib.parse import urlencode

from aiohttp import web

from environment.client import because
from environment.runtime.access import LINK_S, Caller, TokenError
from environment.web.invoking import carry_out
from environment.web.site import Site, site_of

#: What may be said behind a link and holds for the page that it leads to.
CARRIED = ("lang", "theme")


def cookie_name(request: web.BaseRequest) -> str:
    """Browsers share cookies between ports of a machine: each site has its own name."""
    return f"traumatwin-{request.url.port}"


def address(base: str, code: str) -> str:
    """The link of an invitation."""
    return f"{base}/enter/{code}"


def play(site: Site, who: Caller) -> None:
    """Whoever comes in as one of a session's people plays him: nothing more is simulated for him.

    Once, when the link is followed: a reload, or a page that is left, changes nothing. Giving him
    back is the instructor's.
    """
    for twin in () if site.is_over else tuple(site.world.twins.values()):
        if twin.kind != "session" or who.role not in twin.operations["take_over"].roles:
            continue
        if (twin.value("people") or {}).get(who.name, {}).get("simulated"):
            with because(who.name, None):
                asked = site.operations.request(
                    twin.id, "take_over", (), {}, by=who.name, role=who.role
                )
            site.spawn(carry_out(site, asked))


def with_wishes(request: web.BaseRequest, page: str) -> str:
    """The page's address with the language and the theme that were asked of the link."""
    wishes = {name: request.query[name] for name in CARRIED if name in request.query}
    if not wishes:
        return page
    before, hash_, part = page.partition("#")
    return f"{before}{'&' if '?' in before else '?'}{urlencode(wishes)}{hash_}{part}"


async def enter(request: web.Request) -> web.StreamResponse:
    """Follow a link: become who it is for, and go to his page."""
    site = site_of(request)
    try:
        secret, page = site.tokens.redeem(request.match_info["code"])
    except TokenError:
        if "text/html" not in request.headers.get("Accept", ""):
            raise
        return web.Response(status=303, headers={"Location": with_wishes(request, "/?link=used")})
    play(site, site.tokens.caller(secret))
    response = web.Response(status=303, headers={"Location": with_wishes(request, page)})
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(LINK_S),
        httponly=True,
        samesite="Strict",
        secure=request.secure,
    )
    return response

"""How people come in with a browser: a link that works once, a cookie that no script can read."""

from aiohttp import web

from environment.runtime.access import LINK_S, TokenError
from environment.web.site import site_of


def cookie_name(request: web.BaseRequest) -> str:
    """Browsers share cookies between ports of a machine: each site has its own name."""
    return f"traumatwin-{request.url.port}"


def address(base: str, code: str) -> str:
    """The link of an invitation."""
    return f"{base}/enter/{code}"


async def enter(request: web.Request) -> web.StreamResponse:
    """Follow a link: become who it is for, and go to his page."""
    try:
        secret, page = site_of(request).tokens.redeem(request.match_info["code"])
    except TokenError:
        if "text/html" not in request.headers.get("Accept", ""):
            raise
        return web.Response(status=303, headers={"Location": "/?link=used"})
    response = web.Response(status=303, headers={"Location": page})
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(LINK_S),
        httponly=True,
        samesite="Strict",
        secure=request.secure,
    )
    return response

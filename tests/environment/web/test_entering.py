"""People come in with a link: once, as who it is for, and from the site's own pages only."""

from __future__ import annotations

import aiohttp
import pytest

from environment.web.entering import address
from tests.environment.web.stage import Stage, staged

pytestmark = pytest.mark.wall_time


def browser_of() -> aiohttp.ClientSession:
    """A client that keeps cookies, also of an address in numbers."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


def link(stage: Stage, *, lasts_s: float = 60.0) -> str:
    code = stage.tokens.invite("leo", "trauma_leader", "/leader", lasts_s=lasts_s)
    return address(stage.url, code)


async def test_a_link_lets_somebody_in_once_as_who_it_is_for() -> None:
    async with staged() as stage, browser_of() as browser:
        invitation = link(stage)
        got = await browser.get(invitation, allow_redirects=False)
        assert (got.status, got.headers["Location"]) == (303, "/leader")
        assert "HttpOnly" in got.headers["Set-Cookie"]
        assert "SameSite=Strict" in got.headers["Set-Cookie"]
        here = await (await browser.get(f"{stage.url}/here")).json()
        assert here["you"] == {"name": "leo", "role": "trauma_leader", "own": []}
    async with staged() as stage, browser_of() as first, browser_of() as late:
        invitation = link(stage)
        await first.get(invitation, allow_redirects=False)
        again = await late.get(invitation, allow_redirects=False)
        assert again.status == 401
        assert "used already" in (await again.json())["detail"]
        assert (await late.get(f"{stage.url}/here")).status == 401


async def test_a_link_that_is_too_old_lets_nobody_in() -> None:
    async with staged() as stage, browser_of() as browser:
        invitation = link(stage, lasts_s=5.0)
        stage.now_s = 5.0
        assert (await browser.get(invitation, allow_redirects=False)).status == 401


async def test_a_foreign_page_cannot_act_in_the_name_of_who_came_in() -> None:
    async with staged() as stage, browser_of() as browser:
        await browser.get(link(stage), allow_redirects=False)
        operation = f"{stage.url}/twins/display/wall/operations/write"
        line = {"name": "leader", "text": "Dr Leo"}
        for headers in ({}, {"Origin": "http://elsewhere.example"}):
            assert (await browser.post(operation, json=line, headers=headers)).status == 401
        done = await browser.post(operation, json=line, headers={"Origin": stage.url})
        assert done.status == 201


async def test_an_instructor_makes_links_for_parts_and_nobody_else_can() -> None:
    async with staged() as stage, browser_of() as browser:
        made = await stage.ask("POST", "/links", by="ivy", body={"part": "rescuer"})
        assert made.status == 201
        assert made.json["role"] == "rescuer"
        assert made.json["qr"]["path"].startswith("M4 4h1v1h-1z")  # the corner of every code
        got = await browser.get(made.json["href"], allow_redirects=False)
        assert (got.status, got.headers["Location"]) == (303, "/rescuer")
        for name in ("leo", "wall", "assistant"):
            refused = await stage.ask("POST", "/links", by=name, body={"part": "console"})
            assert refused.status == 403, name
        wrong = await stage.ask("POST", "/links", by="ivy", body={"part": "resquer"})
        assert (wrong.status, "Did you mean 'rescuer'" in wrong.json["detail"]) == (422, True)


async def test_language_and_theme_that_were_asked_of_a_link_hold_for_its_page() -> None:
    async with staged() as stage, browser_of() as browser:
        asked = f"{link(stage)}?lang=it&theme=light&role=instructor"
        got = await browser.get(asked, allow_redirects=False)
        assert got.headers["Location"].endswith("?lang=it&theme=light")
        again = await browser.get(asked, allow_redirects=False, headers={"Accept": "text/html"})
        assert again.headers["Location"] == "/?link=used&lang=it&theme=light"


async def test_the_start_page_is_a_shell_that_tells_a_stranger_nothing() -> None:
    async with staged() as stage, browser_of() as browser:
        got = await browser.get(f"{stage.url}/")
        text = await got.text()
        assert got.status == 200
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]
        for part in ("start/page.js", "app/base.css", "text/en.json", "vendor/htm-preact.js"):
            assert (await browser.get(f"{stage.url}/static/{part}")).status == 200, part
        assert not any(name in text for name in (*stage.world.twins, "enter/"))


async def test_a_browser_that_was_in_an_earlier_session_is_not_locked_out_of_an_open_one() -> None:
    async with staged(open_role="instructor") as stage, browser_of() as browser:
        await browser.get(link(stage), allow_redirects=False)
        assert (await (await browser.get(f"{stage.url}/here")).json())["you"]["name"] == "leo"
        stage.tokens.revoke("leo")
        assert (await (await browser.get(f"{stage.url}/here")).json())["you"][
            "role"
        ] == "instructor"
    async with staged() as stage, browser_of() as browser:
        await browser.get(link(stage), allow_redirects=False)
        stage.tokens.revoke("leo")
        assert (await browser.get(f"{stage.url}/here")).status == 401

"""A session on the web with people at its pages, each in a browser context of his own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from environment.model.change import JSON, Change
from environment.runtime.access import Tokens
from environment.runtime.journal import Journal
from environment.web.entering import address
from scenarios.reading import load
from scenarios.schema import Scenario
from scenarios.serving import play_served
from tests.services import free_port, program

AXE = Path(__file__).parent.parent / "node/node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
#: Quiet and offline: a page may not even try to reach anybody else.
ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TABLET, PORTRAIT, WALL = (1024, 768), (768, 1024), (1920, 1080)

#: For a module of browser tests: `pytestmark = BROWSER`.
BROWSER = [pytest.mark.wall_time, pytest.mark.browser]


def without(scenario: Scenario, *people: str) -> Scenario:
    """The scenario with these people's scripts left out: somebody plays them."""
    return scenario.model_copy(
        update={
            "events": [e for e in scenario.events if e.by not in people],
            "responses": [r for r in scenario.responses if r.by not in people],
            "triggers": [t for t in scenario.triggers if t.by not in people],
        }
    )


@dataclass(slots=True)
class Glass:
    """Pages of a site, each in a browser context of its own, and what went wrong on them."""

    url: str
    browser: Browser
    wrong: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def follow(
        self,
        name: str,
        link: str,
        *,
        size: tuple[int, int] = TABLET,
        locale: str = "en-GB",
    ) -> Page:
        """Somebody follows a link, in a browser of his own."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=locale, reduced_motion="reduce"
        )
        self._contexts.append(context)
        page = await context.new_page()
        self._watch(page, name, urlsplit(link).netloc)
        await page.goto(link)
        await page.locator("main").first.wait_for()
        return page

    def _watch(self, page: Page, name: str, here: str) -> None:
        """Note whatever a page should never do."""
        page.on(
            "console",
            lambda m: (
                self.wrong.append(f"{name}: console: {m.text}")
                if m.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda e: self.wrong.append(f"{name}: error: {e}"))
        for kind in ("request", "websocket"):
            page.on(
                kind,
                lambda r: (
                    self.wrong.append(f"{name}: asked elsewhere: {r.url}")
                    if urlsplit(r.url).netloc not in ("", here)
                    else None
                ),
            )

    def expect_complaints(self, words: str) -> None:
        """Forget complaints that a test has brought about, such as a server that went away."""
        self.wrong[:] = [w for w in self.wrong if words not in w]

    async def accessible(self, page: Page) -> None:
        """No violation of WCAG 2.2 AA, as far as axe can tell."""
        if not AXE.is_file():
            pytest.skip("run `npm ci` in tests/node first")
        await page.evaluate(AXE.read_text("utf-8"))  # by the debugger: the page's policy stands
        found = await page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", list(TAGS)
        )
        told = [
            f"{v['id']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary'][:300]}"
            for v in found["violations"]
        ]
        assert not told, "\n".join(told)

    async def close(self) -> None:
        """Everybody leaves."""
        while self._contexts:
            await self._contexts.pop().close()


@dataclass(slots=True)
class Stage(Glass):
    """What a test has of a session: its pages, and its journal."""

    tokens: Tokens = field(kw_only=True)
    journal: Journal = field(kw_only=True)

    async def enter(
        self,
        name: str,
        role: str,
        path: str,
        *,
        size: tuple[int, int] = TABLET,
        locale: str = "en-GB",
    ) -> Page:
        """Somebody comes in by a link of his own, in a browser of his own."""
        link = address(self.url, self.tokens.invite(name, role, path))
        return await self.follow(name, link, size=size, locale=locale)

    async def does(self, name: str, role: str, operation: str, /, **given: JSON) -> None:
        """Somebody elsewhere asks for `twin.operation`, without a page."""
        twin, _, what = operation.partition(".")
        kind = self.changes(twin, "event", "created")[0].value["kind"]
        secret = self.tokens.issue(name, role)
        async with ClientSession(headers={"Authorization": f"Bearer {secret}"}) as client:
            where = f"{self.url}/twins/{kind}/{twin}/operations/{what}"
            async with client.post(where, json=given) as response:
                assert response.status == 201, await response.text()

    async def go(self, *phases: str) -> None:
        """The instructor brings the pre-hospital process so far, whatever the way takes."""
        await self.until(lambda: "dispatched" in self._phases())
        for phase in phases:
            if phase not in self._phases():
                await self.does("ivy", "instructor", "preh.advance", to=phase)

    def _phases(self) -> set[JSON]:
        """Phases in which the pre-hospital process has been."""
        return {change.value for change in self.changes("preh", "phase")}

    def changes(self, twin: str, kind: str, name: str = "") -> list[Change]:
        """Changes of a twin so far, oldest first."""
        rows = self.journal.read(twin=twin, name=name or None)
        return [c for c in rows if c.kind == kind]

    def asked(self, operation: str, by: str = "") -> list[dict[str, JSON]]:
        """What was asked of `twin.operation` so far, with its arguments, perhaps by somebody."""
        twin, _, name = operation.partition(".")
        return [
            c.value["arguments"]
            for c in self.changes(twin, "operation", name)
            if c.value["status"] == "requested" and by in ("", c.by)
        ]

    async def until(self, holds: Callable[[], object], within_s: float = 20.0) -> None:
        """Let the session go on until something holds in its journal."""
        came = asyncio.Event()
        end = self.journal.follow(lambda change: came.set())
        try:
            async with asyncio.timeout(within_s):
                while not holds():
                    came.clear()
                    await came.wait()
        finally:
            end()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    path = str(program("chromium", package="chromium"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def on_stage(
    name: str = "pelvis", *, speed: float = 20.0, played: Sequence[str] = ()
) -> AsyncIterator[Stage]:
    """A served session of a scenario in which tests play some of the people."""
    program("chromium", package="chromium")
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    journals: list[Journal] = []
    numbers = count()
    now = asyncio.get_running_loop().time
    tokens = Tokens(now=now, draw=lambda: f"secret-{next(numbers)}")
    session = asyncio.create_task(
        play_served(
            without(load(name), *played),
            seed=7,
            speed=speed,
            port=free_port(),
            tokens=tokens,
            open_role="",
            ready=lambda url, where: ready.set_result(url),
            follow=journals.append,
        )
    )
    await asyncio.wait([ready, session], return_when=asyncio.FIRST_COMPLETED)
    if session.done():
        session.result()
    try:
        async with chromium() as browser:
            stage = Stage(ready.result(), browser, tokens=tokens, journal=journals[0])
            try:
                yield stage
            finally:
                await stage.close()
        assert not stage.wrong, "\n".join(stage.wrong)
    finally:
        session.cancel()
        await asyncio.wait([session])

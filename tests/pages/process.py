"""A training session as people run it: `traumatwin serve` in its own process, and its pages."""

import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from playwright.async_api import Error, Page

from environment.runtime.journal import Journal
from environment.store import journal as store
from tests.pages.line import Line
from tests.pages.stage import TABLET, Glass, chromium
from tests.services import free_port
from tests.session.killed import LOOK_EVERY_S, PATIENCE_S, Case

LIBRARY = Path(__file__).parents[2] / "scenarios/library"
#: Where pictures of the pages are put; without it none are made.
SHOTS = os.environ.get("TRAUMATWIN_SHOTS", "")
THEME = "() => document.documentElement.dataset.theme"
TO_THEME = "t => { document.documentElement.dataset.theme = t; }"
#: A patient who is in the shock room after a minute, brought by people who are all simulated.
BROUGHT_IN = (
    ("operator", "central_unit.take_call",
     'process = "preh", place = "accident_place", patient = "patient"'),
    ("operator", "preh.dispatch", 'vehicle = "ambulance"'),
    *(("driver", "preh.advance", f'to = "{phase}"') for phase in ("en_route", "on_scene")),
    ("driver", "preh.reach_patient", ""),
    ("driver", "ambulance_monitor.attach", 'patient = "patient"'),
    ("driver", "preh.decide_severity", 'severity = "severe"'),
    ("driver", "preh.advance", 'to = "transporting"'),
    ("nurse", "trauma.advance", 'to = "activated"'),
    ("nurse", "trauma.advance", 'to = "delivered"'),
    ("nurse", "trauma.move", 'room = "shock_room"'),
)  # fmt: skip
LINK = re.compile(r"^ {2}(/[\w-]+) +(http://\S+/enter/\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Played(Glass):
    """A session in a process, and the people who came in by the links that it printed."""

    case: Case = field(kw_only=True)
    pages: dict[str, Page] = field(default_factory=dict, kw_only=True)

    async def enter(
        self,
        path: str,
        *,
        size: tuple[int, int] = TABLET,
        name: str = "",
        query: str = "",
        through: Line | None = None,
    ) -> Page:
        """Follow the printed link of a page, perhaps `through` a line that may fall silent.

        `query`: what is then asked of the page besides.
        """
        link = dict(LINK.findall(self.case.words))[path]
        if through is not None:
            link = through.through(link)
        page = await self.follow(name or path, link, size=size)
        page.set_default_timeout(15_000)
        if query:
            await page.goto(urljoin(link, f"{path}?{query}"))
            await page.locator("main").first.wait_for()
        self.pages[name or path] = page
        return page

    def journal(self, name: str = "journal") -> Journal:
        """The journal on disk, its chain checked."""
        return store.read(self.case.folder / f"{name}.sqlite")

    async def picture(self, moment: str, *, sizes: Sequence[tuple[int, int]] = ()) -> None:
        """Every page as it is now, dark and light, where somebody wants to look at them.

        `sizes`: those of the screens; each page's own without it.
        """
        if not SHOTS:
            return
        for path, page in self.pages.items():
            own, was = page.viewport_size, await page.evaluate(THEME)
            for width, height in sizes or ((own["width"], own["height"]),) if own else ():
                await page.set_viewport_size({"width": width, "height": height})
                for theme in ("dark", "light"):
                    await page.evaluate(TO_THEME, theme)
                    name = f"{moment}-{path.strip('/')}-{width}x{height}-{theme}.png"
                    await page.screenshot(path=Path(SHOTS) / name)
            await page.evaluate(TO_THEME, was)
            if own is not None:
                await page.set_viewport_size(own)


def shock_room(folder: Path) -> str:
    """The patient of `pelvis`, injuries and all, soon in the shock room; nobody treats there."""
    blocks = re.split(r"\n(?=\[\[)", (LIBRARY / "pelvis.toml").read_text("utf-8"))
    kept = [b for b in blocks if not b.startswith(("[[event", "[[trigger", "[[respond", "[[expect",
                                                   "[[branch"))]  # fmt: skip
    for number, (by, do, given) in enumerate(BROUGHT_IN):
        kept.append(
            f'[[event]]\nat = "00:{5 * number:02}"\nby = "{by}"\ndo = "{do}"\nwith = {{ {given} }}'
        )
    path = folder / "shock_room.toml"
    path.write_text("\n\n".join(kept) + "\n", "utf-8")
    return str(path)


def until_told(case: Case, words: str) -> None:
    """Wait until a process has said so on its terminal."""
    for _ in range(int(PATIENCE_S / LOOK_EVERY_S)):
        if words in case.words:
            return
        case.pause()
    raise AssertionError(f"it never said {words!r}: {case.words[-2000:]}")


async def clock_of(page: Page) -> float:
    """Scenario seconds on the console's clock."""
    parts = (await page.locator("[data-clock]").inner_text()).split(":")
    return sum(int(p) * 60**i for i, p in enumerate(reversed(parts)))


async def go_on_until(page: Page, minutes: float) -> None:
    """Wait until the console's clock has come so far."""
    await page.wait_for_function(
        """at => {
          const parts = document.querySelector("[data-clock]").textContent.split(":").map(Number);
          return parts.reduce((sum, p) => 60 * sum + p, 0) >= at;
        }""",
        arg=minutes * 60,
        timeout=60_000,
    )


@asynccontextmanager
async def played(folder: Path, *options: str, scenario: str = "pelvis") -> AsyncIterator[Played]:
    """Serve a scenario in a process, until the test ends or it has come to its end."""
    port = free_port()
    case = Case(folder, "--port", str(port), *options, command="serve")
    async with chromium() as browser:
        case.start(scenario)
        session = Played(f"http://127.0.0.1:{port}", browser, case=case)
        try:
            until_told(case, "private windows.")
            yield session
        except (AssertionError, Error) as failed:
            await session.picture("failed")
            failed.add_note("\n".join(session.wrong))
            raise
        finally:
            await session.close()
            if case.process is not None and case.process.poll() is None:
                case.kill()
    assert not session.wrong, "\n".join(session.wrong)

"""Back to a bookmark in the browser: pages follow by themselves, nothing is doubled or lost."""

from collections import Counter
from pathlib import Path

import pytest
from playwright.async_api import Dialog, Page, expect

from environment.runtime.journal import Journal
from tests.pages.process import Played, clock_of, go_on_until, played
from tests.pages.stage import BROWSER, WALL
from tests.pages.tapping import button, said, tab, tap
from tests.session.test_rewinding import words_of

pytestmark = [*BROWSER, pytest.mark.slow]
#: A moment of the case, s, before and after which a while nothing begins.
QUIET_S = 750.0
PAGES = ("/console", "/leader", "/rescuer", "/shock-room", "/monitor")


def done_by_others(journal: Journal) -> Counter[tuple[str, str]]:
    """What the simulated people have done until a quiet moment, how often."""
    return Counter(
        (f"{c.twin}.{c.name}", words_of(c.value["arguments"]))
        for c in journal
        if c.kind == "operation" and c.value["status"] == "requested"
        if c.by in ("operator", "driver", "rescuer") and c.recorded < QUIET_S
        if c.name != "give_drug"  # by hand
    )


async def agree(dialog: Dialog) -> None:
    """Yes, go back."""
    await dialog.accept()


async def reloaded(session: Played) -> None:
    """Each page has begun anew by itself, and shows the session that stands."""
    for page in session.pages.values():
        await page.wait_for_function("() => window.isOld === undefined", timeout=30_000)
        await expect(page.get_by_text("The session is paused.")).to_be_visible(timeout=15_000)


async def given_on(wall: Page) -> str:
    return await wall.get_by_role("list", name="Drugs").inner_text()


async def test_pages_follow_a_session_back_and_a_held_tap_is_asked_about(tmp_path: Path) -> None:
    async with played(tmp_path, "--pause", "--speed", "60") as session:
        for path in PAGES:
            size = {} if path in ("/leader", "/rescuer") else {"size": WALL}
            await session.enter(path, query="hold=2", **size)
        console, tablet, wall = (session.pages[p] for p in ("/console", "/rescuer", "/shock-room"))
        console.on("dialog", agree)
        people = console.get_by_role("region", name="Who plays whom")
        await people.get_by_role("button", name="Played by a person: Rescuer").click()
        await tap(console, "Start")
        await go_on_until(console, 10)
        await tap(console, "Pause", "Bookmark")
        await tab(console, "Marks")
        remembered = console.get_by_role("region", name="Bookmarks and marks")
        await expect(remembered.locator("[data-bookmark]")).to_be_visible()
        at_s = await clock_of(console)

        await tab(tablet, "Drugs")
        await expect(button(tablet, "fentaNYL")).to_be_disabled()  # while the clock stands
        await tap(console, "Go on")
        await tap(tablet, "fentaNYL", "Give fentaNYL")
        await said(tablet, "fentaNYL", "done")
        await expect(wall.get_by_role("list", name="Drugs")).to_contain_text("fentaNYL")
        await go_on_until(console, 13)
        for page in session.pages.values():
            await page.evaluate("window.isOld = true")
        await tap(tablet, "ketAMINE", "Give ketAMINE")
        await said(tablet, "ketAMINE", "held")
        await remembered.get_by_role("button").first.click()
        for page in (console, tablet, wall):
            await expect(page.locator(".banner", has_text="Going back to")).to_be_visible()
        await reloaded(session)

        assert await clock_of(console) == pytest.approx(at_s, abs=1)
        await said(tablet, "ketAMINE", "gone")
        await tab(tablet, "Report")
        await expect(tablet.get_by_role("list", name="Report")).not_to_contain_text("fentaNYL")
        assert "none" in await given_on(wall)
        await tap(console, "Go on")
        await tab(tablet, "Drugs")
        await tap(tablet, "fentaNYL", "Give fentaNYL")
        await go_on_until(console, 13)
        await expect(wall.get_by_role("list", name="Drugs")).to_contain_text("fentaNYL")
        await said(tablet, "ketAMINE", "gone")
        await tap(tablet.get_by_role("status", name="What became of your taps"), "Send now")
        await said(tablet, "ketAMINE", "done")
        await tap(console, "Pause")
        await expect(console.get_by_text("The session is paused.")).to_be_visible()
        session.expect_complaints("ERR_CONNECTION_REFUSED")

        discarded, on = session.journal("branch-1/journal"), session.journal()
        rewound = on.last("session", "rewound")
        assert rewound is not None
        after = rewound.value["after"]
        assert (rewound.by, rewound.value["branch"]) == ("instructor", "branch-1")
        assert list(on)[:after] == list(discarded)[:after]
        assert done_by_others(on) == done_by_others(discarded)
        drugs = [
            [
                c.value["arguments"]["drug"]
                for c in journal
                if (c.kind, c.name, c.by) == ("operation", "give_drug", "rescuer")
                and c.value["status"] == "requested"
                and c.value["arguments"]["drug"] in ("fentanyl", "ketamine")  # by hand
            ]
            for journal in (discarded, on)
        ]
        assert drugs == [["fentanyl"], ["fentanyl", "ketamine"]]

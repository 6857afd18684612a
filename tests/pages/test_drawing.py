"""A page neither stands still with old values as if they were new, nor runs ahead of its server."""

import pytest
from playwright.async_api import expect

from tests.pages.stage import BROWSER, on_stage

pytestmark = BROWSER


async def test_a_page_that_could_not_be_drawn_says_so_and_begins_anew() -> None:
    async with on_stage(speed=60) as stage:
        page = await stage.enter("wall", "display", "/monitor")
        await stage.until(lambda: stage.journal.last("ambulance_monitor", "hr"), within_s=40)
        value = page.locator(".signs [data-vital=hr] .value")
        await expect(value).not_to_have_text("–")
        await page.evaluate(
            """() => {
              window.isOld = true;
              Number.prototype.toFixed = () => { throw new Error("a bad drawing"); };
            }"""
        )
        await expect(page.get_by_role("alert")).to_have_text(
            "This page could not be drawn. Trying again."
        )
        await page.wait_for_function("() => window.isOld === undefined")
        await expect(value).not_to_have_text("–")
        assert stage.wrong
        stage.expect_complaints("a bad drawing")


async def test_a_pages_clock_stands_where_the_server_says_nothing_more() -> None:
    async with on_stage(speed=1) as stage:
        page = await stage.enter("wall", "display", "/monitor")
        ahead = await page.evaluate(
            """async () => {
              const { Store } = await import("/static/app/store.js");
              const store = new Store({ now: 0 });
              store._hear({ hello: { now: 100, speed: 10, head: 0 } });
              const after = ms => { store.at0 = performance.now() - ms; return store.now() - 100; };
              const [second, minute] = [after(1000), after(60_000)];
              store._lose();
              return [second, minute, store.now() - 100, store.speed];
            }"""
        )
        second, minute, lost, speed = ahead
        assert second == pytest.approx(10, abs=0.5)  # it is told each second
        assert minute == lost == 15  # nobody knows more, and nothing leaps back
        assert speed == 0

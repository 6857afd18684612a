"""A page whose drawing fails does not stand still with old values as if they were new."""

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

"""The twins in a real browser: browsed, followed along their links, looked at in the past."""

from playwright.async_api import expect

from scenarios.schema import Scenario
from scenarios.story import Story
from tests.pages.stage import BROWSER, WALL
from tests.pages.test_debrief import finished, on_review
from tests.scenarios.conftest import pelvis  # noqa: F401 - a fixture
from tests.scenarios.stage import Performed

pytestmark = BROWSER


async def test_twins_are_browsed_along_their_links_and_back_in_time(
    pelvis: tuple[Scenario, Performed],  # noqa: F811
) -> None:
    async with on_review(finished(pelvis, "one")) as stage:
        page = await stage.enter("someone", "researcher", "/browse", size=WALL)
        values = page.get_by_role("region", name="Values", exact=True).first
        story = Story(stage.journal)
        for moment in (1200.0, 4000.0):
            await page.get_by_role("slider", name="Moment").fill(str(int(moment)))
            sbp = [v for t, v in story.curve("sbp") if v is not None and t <= moment][-1]
            await expect(values.locator("[data-property=sbp] td").first).to_have_text(f"{sbp:g}")
        drug = page.locator("[data-operation=give_drug]")
        await expect(drug).to_contain_text("not for this role")
        history = page.get_by_role("region", name="History", exact=True).first
        await expect(history.locator("[data-change]").first).to_be_visible()
        await page.locator("[data-link=monitoredBy] button").last.click()
        await expect(page.locator("main header h2")).to_have_text("shock_room_monitor")
        await page.reload()
        await expect(page.locator("main header h2")).to_have_text("shock_room_monitor")
        await stage.accessible(page)
        await page.evaluate("document.documentElement.dataset.theme = 'dark'")
        await stage.accessible(page)

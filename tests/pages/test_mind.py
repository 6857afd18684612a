"""The minds in a real browser: what an agent believes and does, where in its plans, and why."""

from playwright.async_api import expect

from tests.pages.stage import BROWSER, WALL, on_stage

pytestmark = BROWSER


async def test_a_mind_shows_its_beliefs_its_plan_and_its_reasons() -> None:
    async with on_stage(speed=30) as stage:
        leader = await stage.enter("trauma_leader", "trauma_leader", "/mind")
        await expect(leader.get_by_text("Minds are for the instructor")).to_be_visible()
        stage.expect_complaints("status of 403")

        page = await stage.enter("someone", "researcher", "/mind#mind_rescuer_assistant", size=WALL)
        await stage.until(lambda: stage.changes("rescuer_tablet", "event", "alert_raised"))
        beliefs = page.get_by_role("region", name="Beliefs", exact=True).first
        pressure = beliefs.locator("tr[data-belief^='sbp(']")
        await expect(pressure).to_contain_text("patient", timeout=10_000)
        await pressure.get_by_role("button").click()
        reasons = page.get_by_role("region", name="Why, and why not")
        await expect(reasons.locator("code").first).to_contain_text("sbp(")

        shown = page.locator("[data-decided]", has_text="rescuer_tablet.show").last
        await shown.get_by_role("button").first.click()
        change = next(
            c
            for c in stage.changes("mind_rescuer_assistant", "event", "decided")
            if c.value["act"].startswith("rescuer_tablet.show")
        )
        await expect(page.get_by_role("region", name="Plan")).to_contain_text(change.value["plan"])
        line = page.locator("[aria-current=step]")
        await expect(line).to_be_in_viewport()
        await expect(line.locator("span")).to_have_text(str(change.value["line"]))
        because = {b["belief"] for b in change.value["beliefs"]}
        await expect(reasons.locator("[data-because=belief]")).to_have_count(len(because))

        await page.get_by_label("Why does this plan not run now?").select_option("follow")
        told = page.locator("[data-why-not=follow]")
        await expect(told).to_contain_text("does not hold")
        await stage.until(lambda: stage.changes("mind_leader_assistant", "event", "sent"))
        await expect(page.locator("[data-message]").first).to_be_visible()
        await stage.accessible(page)
        await page.evaluate("document.documentElement.dataset.theme = 'dark'")
        await stage.accessible(page)
        asked = stage.changes("mind_rescuer_assistant", "operation")
        assert not asked  # looking is not recorded

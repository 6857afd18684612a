"""The shock room's wall in a real browser: where the case stands, what next, and nobody's name."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.pages.stage import BROWSER, WALL, Stage, on_stage
from tests.pages.tapping import tap

pytestmark = BROWSER
NAME = "Giulia Ferrari"
DISPLAY = "shock_room_display"


async def directs(stage: Stage, operation: str, **given: object) -> None:
    await stage.does("instructor", "instructor", operation, **given)  # type: ignore[arg-type]


async def leads(stage: Stage, operation: str, **given: object) -> None:
    await stage.does("trauma_leader", "trauma_leader", operation, **given)  # type: ignore[arg-type]


async def announced(stage: Stage) -> None:
    """The rescuer has found a criterion: a trauma patient is announced."""
    await stage.does("rescuer", "rescuer", "preh.flag", item="pelvic_fracture")
    await stage.until(lambda: stage.changes("trauma", "phase"))


async def wall(stage: Stage) -> Page:
    return await stage.enter("wall", "display", "/shock-room", size=WALL)


#: Which way signs go by curves of some minutes: a value for each five seconds, the last one now.
ARROWS = """
async () => {
  const { TrendData } = await import("/static/app/trend_data.js");
  const now = 1200;
  const store = { now: () => now, follow() {} };
  const way = (values, every = 1) => {
    const data = new TrendData(store, ["sbp"]);
    const first = now / 5 - (values.length - 1) * every;
    values.forEach((value, i) => data._steps.get("sbp").set(first + i * every, value));
    return data.direction("sbp", 5);
  };
  const course = (of) => Array.from({ length: 97 }, (_, i) => of((96 - i) * 5)); // by age, seconds
  return {
    "slow fall": way(course((age) => 74 + (19 * age) / 480)),
    "leap": way(course((age) => (age > 300 ? 104 : age > 60 ? 73 : 104 - (31 * age) / 60))),
    "steady": way(course(() => 90)),
    "one odd value": way(course((age) => (age === 5 ? 140 : 90))),
    "cuff": way([93, 88, 84, 79], 36),
    "too early": way([90, 70, 60]),
  };
}
"""


def sign(page: Page, vital: str) -> Locator:
    return page.locator(f".vitals [data-vital={vital}]")


async def test_the_wall_says_who_comes_without_a_name() -> None:
    async with on_stage(speed=10, played=("rescuer",)) as stage:
        page = await wall(stage)
        await expect(page.get_by_text("No trauma patient is announced")).to_be_visible()
        await announced(stage)
        await stage.does("rescuer", "rescuer", "patient.identify", name=NAME)
        await expect(page.get_by_role("heading", name="34 y · male · 80 kg")).to_be_visible()
        await expect(page.locator(".identity")).not_to_contain_text("patient")
        await expect(page.get_by_text("nobody yet")).to_be_visible()
        await expect(page.get_by_role("timer", name="since injury")).to_have_text(
            re.compile(r"\d\d:\d\d")
        )
        await stage.until(lambda: stage.changes("patient", "property", "name"))
        boss = await stage.enter("instructor", "instructor", "/shock-room", size=WALL)
        for screen in (page, boss):  # also where the caller might read it
            await expect(screen.get_by_role("heading", name="34 y")).to_be_visible()
            assert NAME not in await screen.content()
            assert "Ferrari" not in await screen.locator("body").inner_text()


async def test_what_was_given_and_what_runs_is_on_the_wall() -> None:
    async with on_stage(speed=30, played=("rescuer", "trauma_leader")) as stage:
        await announced(stage)
        page = await wall(stage)
        txa = page.locator("[data-timer=txa]")
        await expect(txa).to_contain_text(re.compile(r"2:5\d:\d\d left, not given"))
        await directs(stage, "patient.apply_tourniquet", limb="left_thigh")
        await directs(stage, "patient.perform", procedure="reboa", site="zone_1")
        await directs(stage, "patient.give_drug", drug="tranexamic_acid", amount=1, unit="g")
        await directs(stage, "patient.give_blood", product="red_cells", units=4)
        await directs(
            stage, "patient.start_infusion", drug="norepinephrine", rate=0.1, unit="ug/kg/min"
        )
        await leads(stage, "trauma.start_mtp")
        await directs(stage, "blood_gas.examine", diagnostic="blood_gas", patient="patient")
        await expect(page.locator("[data-timer=diagnostic-blood_gas]")).to_contain_text(
            re.compile(r"blood gas\s*0\d:\d\d to the result")
        )
        await leads(stage, "trauma.record_fast", view="pelvis", positive=True)
        await directs(stage, "patient.perform", procedure="pelvic_binder", site="pelvis")
        in_place = page.get_by_role("list", name="Done and in place")
        await expect(in_place.locator("[data-in-place=pelvic_binder]")).to_have_text(
            re.compile(r"pelvic binder \(T-POD\) \d+ (s|min)")
        )
        await expect(page.locator("[data-product=red_cells]")).to_have_text(
            re.compile(r"4\s+red cells")
        )
        await expect(page.locator("[data-drug=tranexamic_acid]")).to_contain_text(
            re.compile(r"1 g\s*\d+ (s|min) ago")
        )
        await expect(txa).to_have_count(0)  # what was given does not run
        await expect(page.locator("[data-timer^=device-tourniquet]")).to_contain_text("of 2:00:00")
        await expect(page.locator("[data-timer^=device-reboa]")).to_contain_text(
            "of 30:00", timeout=20_000
        )
        await expect(page.locator("[data-timer^=infusion]")).to_contain_text("0.1 mcg/kg/min")
        await expect(page.locator("[data-timer=mtp]")).to_be_visible()
        calcium = page.locator("[data-timer=calcium]")
        await expect(calcium).to_contain_text("4 products")
        await expect(calcium).to_have_class("due")
        results = page.get_by_role("list", name="Results")
        await expect(results).to_contain_text(
            re.compile(
                r"blood gas taken \d+ (s|min) ago "
                r"lactate \d+\.\d mmol/L, BE -?\d+\.\d mmol/L, pH 7\."
            )
        )
        await expect(results).to_contain_text(
            re.compile(r"eFAST taken \d+ (s|min) ago positive: pelvis")
        )
        await expect(page.locator("[data-timer=diagnostic-blood_gas]")).to_have_count(0)
        height = await page.evaluate("document.documentElement.scrollHeight")
        assert height <= WALL[1], "all of it is on the wall at once"


async def test_never_more_than_three_alerts_the_most_urgent_first_and_what_comes_next() -> None:
    async with on_stage(speed=2, played=("rescuer",)) as stage:
        await announced(stage)
        for rule, priority in (("T-1", "low"), ("T-2", "high"), ("T-3", "medium"), ("T-4", "high")):
            await directs(
                stage, f"{DISPLAY}.show", rule=rule, priority=priority, text=f"text {rule}"
            )
        await directs(
            stage, f"{DISPLAY}.suggest", name="apply_pelvic_binder", text="Close the ring"
        )
        await directs(stage, f"{DISPLAY}.ask", name="q", text="Theatre?", options=["yes", "no"])
        await directs(stage, f"{DISPLAY}.write", name="ct_room", text="CT is ready")
        page = await wall(stage)
        alerts = page.locator("[data-rule]")
        await expect(page.locator("[data-rule].high")).to_have_count(3)  # the field triage's too
        await expect(alerts).to_have_count(3)
        for rule in ("T-2", "T-4"):
            await expect(page.locator(f"[data-rule={rule}]")).to_contain_text(f"High: text {rule}")
        coming = page.get_by_role("region", name="Next", exact=True)
        await expect(coming).to_contain_text("Close the ring")
        await expect(coming).to_contain_text("Theatre?")
        await expect(page.get_by_role("list", name="Information")).to_contain_text("CT is ready")


async def test_signs_are_large_enough_for_four_metres_and_dim_when_they_are_old() -> None:
    async with on_stage(speed=20, played=("rescuer",)) as stage:
        await announced(stage)
        await directs(stage, "ambulance_monitor.attach", patient="patient")
        await directs(stage, "session.set_vital", key="hr", to=130, over_s=1)
        page = await wall(stage)
        await expect(sign(page, "hr").locator(".value")).to_have_text(re.compile(r"1[23]\d"))
        for vital in ("hr", "sbp", "spo2"):
            height = (
                await sign(page, vital)
                .locator(".value")
                .evaluate(
                    """e => {
                  const pen = document.createElement("canvas").getContext("2d");
                  const { fontWeight, fontSize, fontFamily } = getComputedStyle(e);
                  pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
                  return pen.measureText("8").actualBoundingBoxAscent;
                }"""
                )
            )
            assert height * 1218 / 1920 >= 25, "millimetres on a 55 inch wall, 1218 mm wide"
        await directs(
            stage, "session.disturb", device="ambulance_monitor", how="silence", seconds=300
        )
        await expect(sign(page, "hr")).to_have_class(re.compile(r"\bold\b"))
        await expect(sign(page, "hr")).to_contain_text(re.compile(r"\d+ (s|min) old"))
        assert await page.evaluate(ARROWS) == {
            "slow fall": -1, "leap": 1, "steady": 0, "one odd value": 0, "cuff": -1,
            "too early": None,
        }  # fmt: skip


@pytest.mark.slow
async def test_the_wall_counts_down_to_the_arrival() -> None:
    async with on_stage(speed=60) as stage:
        page = await wall(stage)
        await stage.until(lambda: stage.changes("trauma", "phase"), within_s=40)
        await directs(stage, "session.set_speed", speed=2)
        await expect(page.get_by_role("timer", name="arrives in")).to_have_text("–")
        await directs(stage, "session.set_speed", speed=60)
        await stage.until(
            lambda: any(c.value == "transporting" for c in stage.changes("preh", "phase")),
            within_s=40,
        )
        await directs(stage, "session.set_speed", speed=10)
        await expect(page.get_by_role("timer", name="arrives in")).to_have_text(
            re.compile(r"\d\d:\d\d")
        )
        await expect(page.get_by_text("not here yet: transporting")).to_be_visible()
        for person in ("rescuer", "trauma_leader"):  # so that nobody says that he is in
            await directs(stage, "session.simulate", person=person, on=False)
        await directs(stage, "session.set_speed", speed=60)
        await stage.until(lambda: stage.changes("ambulance", "event", "arrived")[1:], within_s=60)
        await expect(page.locator(".where")).to_contain_text("the ambulance is here")
        await expect(page.get_by_role("timer", name="arrives in")).to_have_count(0)
        await directs(stage, "session.set_speed", speed=2)
        rescuer = await stage.enter("rescuer", "rescuer", "/rescuer")  # and each tablet says so
        await expect(rescuer.locator(".patient .phase")).to_have_text("at the hospital")
        await tap(rescuer, "Hand over")
        await expect(rescuer.get_by_role("tab", selected=True)).to_have_text("Handover")
        leader = await stage.enter("trauma_leader", "trauma_leader", "/leader#course")
        here = leader.get_by_role("group", name="The patient has arrived")
        await expect(here).to_contain_text("The ambulance is here")
        await rescuer.get_by_role("tabpanel").get_by_role("button", name="Hand over").click()
        await expect(here).to_contain_text("The crew has handed over")
        await expect(page.locator(".where")).to_contain_text("handed over, not yet said to be in")
        await expect(page.locator(".head")).not_to_contain_text("not here yet")
        await tap(leader, "The patient has arrived")
        await stage.until(lambda: stage.asked("trauma.advance", by="trauma_leader"))
        await expect(here).to_have_count(0)
        await expect(page.locator(".where")).to_contain_text("no room named yet")


async def test_the_wall_is_accessible_in_both_themes_and_languages() -> None:
    async with on_stage(speed=10, played=("rescuer",)) as stage:
        await announced(stage)
        await directs(stage, "ambulance_monitor.attach", patient="patient")
        await directs(stage, "patient.apply_tourniquet", limb="left_thigh")
        await directs(stage, f"{DISPLAY}.show", rule="T-1", priority="high", text="text T-1")
        page = await wall(stage)
        await expect(page.locator("[data-rule]").first).to_be_visible()
        await expect(sign(page, "hr").locator(".value")).to_have_text(re.compile(r"\d+"))
        await stage.accessible(page)
        await page.goto(f"{stage.url}/shock-room?theme=light&lang=it")
        await expect(page.get_by_role("heading", name="Farmaci")).to_be_visible()
        await stage.accessible(page)

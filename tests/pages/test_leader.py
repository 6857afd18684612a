"""The trauma leader's tablet in a real browser: what is tapped is in the journal, by the leader."""

import re

import pytest
from playwright.async_api import FloatRect, Page, expect

from environment.model.change import JSON
from tests.pages.stage import BROWSER, PORTRAIT, TABLET, Stage, on_stage
from tests.pages.tapping import button, said, tab, tap

pytestmark = BROWSER
ME = "trauma_leader"
PLAYED = (ME, "rescuer")


def apart(one: FloatRect | None, other: FloatRect | None) -> bool:
    """Two boxes on the glass share no point."""
    assert one
    assert other
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


async def brought_in(stage: Stage) -> Page:
    """The leader's tablet once the rescuer has said that it is a severe one."""
    rescuer = await stage.enter("rescuer", "rescuer", "/rescuer#triage")
    await tap(rescuer, "Suspected pelvic fracture")
    await stage.until(lambda: stage.changes("trauma", "phase"))
    return await stage.enter(ME, "trauma_leader", "/leader?hold=1")


async def test_a_leader_plays_the_shock_room_on_the_tablet_and_the_journal_has_it() -> None:
    async with on_stage(speed=30, played=PLAYED) as stage:
        page = await brought_in(stage)
        await tab(page, "Course")
        await tap(page, "The patient has arrived")
        await tap(page, "Shock room", within="Rooms")
        await tab(page, "Team")
        await tap(page, "I am here")
        await expect(
            page.get_by_role("listitem").filter(has_text="at: Shock room").first
        ).to_be_visible()
        await tap(page, "airway", "Anaesthetist")
        await tab(page, "Procedures")
        await tap(page, "Breathing", "chest tube", "left")
        await tab(page, "Drugs")
        await tap(page, "ketAMINE", "More", "Give ketAMINE")
        await tap(page, "fentaNYL", "Order fentaNYL")  # the nurse, who is simulated, gives it
        await stage.until(lambda: stage.asked("patient.give_drug", by="nurse"))
        await tab(page, "Infusions")
        await tap(page, "noradrenaline")
        running = page.get_by_role("group", name="noradrenaline (norepinephrine)")
        await running.get_by_role("button", name="More").click()
        await running.get_by_role("button", name="Change").click()
        await stage.until(lambda: stage.asked("patient.change_infusion", by=ME))
        await running.get_by_role("button", name="Stop").click()
        await tab(page, "Blood")
        await tap(page, "Start MTP", "× 2")
        await tap(page, re.compile("^red cells"), within="Give")
        await tap(page, "Give all the same")  # the bank has issued none
        await tap(page, "plasma", within="Ask the blood bank")
        await tab(page, "Diagnostics")
        await tap(page, "bedside glucose")
        await tap(page, "positive", within="right upper quadrant")
        results = page.get_by_role("list", name="Results")
        await expect(results).to_contain_text(
            re.compile(r"bedside glucose\s*taken \d\d:\d\d.*mmol/L")
        )
        await tap(page, "bedside glucose")
        asked_again = page.get_by_role("group", name="Again")
        await expect(asked_again).to_contain_text(
            re.compile(r"bedside glucose was done \d+ (s|min) ago")
        )
        await asked_again.get_by_role("button", name="Back").click()
        await tab(page, "Injuries")
        await tap(page, "chest", "left", "fracture")
        await stage.until(lambda: stage.asked("patient.record_injury", by=ME))
        await stage.until(lambda: stage.asked("patient.give_drug", by=ME))
        await tab(page, "Course")
        await tap(page, "CT room", within="Rooms")
        await tap(page, "intensive care", "Finish the case: intensive care")
        await stage.until(lambda: stage.changes("trauma", "property", "final_destination"))
        await expect(button(page, "Shock room", within="Rooms")).to_be_disabled()
        await expect(page.get_by_role("tabpanel")).to_contain_text("the case is finished")
        await expect(button(page, "Finished in error: go on")).to_be_enabled()
        for name in ("Procedures", "Blood", "Team"):
            await tab(page, name)
            for each in await page.get_by_role("tabpanel").locator(".tile").all():
                await expect(each).to_be_disabled()

        assert {"to": "delivered"}.items() <= stage.asked("trauma.advance", by=ME)[-1].items()
        rooms = [g["room"] for g in stage.asked("trauma.move", by=ME)]
        assert rooms == ["shock_room", "ct_room"]
        assert stage.asked("trauma.fill_role", by=ME) == [
            {"role": "airway", "person": "anaesthetist"}
        ]
        done = stage.asked("patient.perform", by=ME)
        assert [(g["procedure"], g["site"]) for g in done] == [("chest_tube", "left")]
        assert [(g["drug"], g["amount"]) for g in stage.asked("patient.give_drug", by=ME)] == [
            ("ketamine", 25),
        ]
        assert [g["drug"] for g in stage.asked("trauma.order_drug", by=ME)] == ["fentanyl"]
        rates = [
            stage.asked(f"patient.{act}_infusion", by=ME)[0].get("rate")
            for act in ("start", "change", "stop")
        ]
        assert rates == [0.1, 0.13, None]
        assert stage.asked("trauma.start_mtp", by=ME) == [{}]
        given = stage.asked("patient.give_blood", by=ME)
        assert [(g["product"], g["units"]) for g in given] == [("red_cells", 2)]
        asked = stage.asked("blood_bank.ask_for", by=ME)
        assert [(g["product"], g["units"]) for g in asked] == [("plasma", 2)]
        assert [g["diagnostic"] for g in stage.asked("blood_gas.examine", by=ME)] == [
            "glucose_test"
        ]
        assert stage.asked("trauma.record_fast", by=ME) == [{"view": "ruq", "positive": True}]
        assert stage.asked("trauma_leader.arrive", by=ME) == [{"place": "shock_room"}]
        injury = stage.asked("patient.record_injury", by=ME)[0]
        assert (injury["region"], injury["side"], injury["kind"]) == ("chest", "left", "fracture")
        await tab(page, "Report")
        report = page.get_by_role("list", name="Report")
        await page.get_by_role("textbox", name="Note").fill("Family is here")
        await tap(page, "Write")
        for line in (
            "Family is here",
            "chest tube · left",
            "ketAMINE 25 mg iv",
            "red cells × 2",
            "Into Shock room",
            "bedside glucose: glucose ",
        ):
            await expect(report).to_contain_text(line)
        late = await stage.enter("sam", "team_member", "/leader#report")
        same = late.get_by_role("list", name="Report")
        await expect(same).to_contain_text("Family is here")
        # The case goes on meanwhile: what stands below the note is the same on both.
        both = [(await page.inner_text()).partition("Family is here")[2] for page in (same, report)]
        assert both[0] == both[1] != ""


async def three_alerts_stand_beside_three_taps(stage: Stage, page: Page) -> None:
    """However much has just been tapped, no alert has to be looked for."""
    for rule, text in (
        ("HAE-02", "Shock index 1.32: prepare massive transfusion"),
        ("BRE-01", "SpO2 88: look for tension pneumothorax, give oxygen"),
        ("NEU-01", "GCS 8 and a systolic pressure of 84: keep it above 110, call neurosurgery"),
    ):
        await stage.does(
            "ivy", "instructor", "shock_room_display.show", rule=rule, priority="high", text=text
        )
        await expect(page.locator(f"[data-rule={rule}]")).to_be_visible()
    await page.evaluate("document.querySelector('.said').scrollTo(0, 0)")
    await tab(page, "Blood")
    await tap(page, "Start MTP")
    await tab(page, "Course")
    await tap(page, "Shock room monitor on", "Shock room monitor off", within="Monitors")
    await expect(page.locator(".tap:visible")).to_have_count(3)
    place = await page.locator(".said").bounding_box()
    taps = await page.get_by_role("status", name="What became of your taps").bounding_box()
    assert place
    for rule in ("HAE-02", "BRE-01", "NEU-01"):
        card = await page.locator(f"[data-rule={rule}]").bounding_box()
        assert card
        assert apart(card, taps), f"what became of taps covers {rule}"
        assert place["y"] <= card["y"], f"{rule} is cut"
        assert card["y"] + card["height"] <= place["y"] + place["height"], f"{rule} is cut"


def acknowledged(stage: Stage) -> list[JSON]:
    """What was said of alerts that were seen."""
    found = stage.changes("shock_room_display", "event", "alert_acknowledged")
    return [change.value for change in found]


async def test_a_leader_sees_to_an_alert_hears_why_and_takes_a_suggestion() -> None:
    async with on_stage(speed=10, played=PLAYED) as stage:
        page = await brought_in(stage)
        said_by = ("ivy", "instructor")
        text = "Systolic pressure 84: find and stop bleeding"
        await stage.does(
            *said_by, "shock_room_display.show", rule="HAE-01", priority="high", text=text
        )
        await expect(page.get_by_role("alert").filter(has_text=text)).to_be_visible()
        await tap(page, "Why HAE-01?")
        await expect(page.get_by_role("list", name="Reasons")).to_contain_text("ivy: show")
        await tap(page, "Seen: HAE-01")  # that is enough; how, one may add
        await expect(page.get_by_text("HAE-01 · ")).to_contain_text("· seen")
        await tap(page, "Being done", within="How is it being seen to?")
        await expect(page.get_by_role("group", name="How is it being seen to?")).to_have_count(0)
        await stage.until(lambda: len(acknowledged(stage)) == 2)
        assert acknowledged(stage) == [
            {"rule": "HAE-01", "by": ME, "reason": "Seen"},
            {"rule": "HAE-01", "by": ME, "reason": "Being done"},
        ]
        await stage.does(*said_by, "trauma.advance", to="delivered")
        await stage.does(
            *said_by, "shock_room_display.suggest", name="apply_pelvic_binder", text="Binder now"
        )
        await tap(page, "Do it: Binder now")
        taps = await page.get_by_role("status", name="What became of your taps").bounding_box()
        for place in (".said", ".work", ".patient"):
            other = await page.locator(place).bounding_box()
            assert apart(taps, other), f"what became of a tap covers {place}"
        await stage.until(lambda: stage.asked("patient.perform", by=ME))
        assert stage.asked("patient.perform", by=ME)[0]["procedure"] == "pelvic_binder"
        await expect(page.locator("[data-suggestion]")).to_have_count(0)  # done is done
        await three_alerts_stand_beside_three_taps(stage, page)


async def test_alerts_out_of_sight_are_counted_and_a_tap_leads_to_them() -> None:
    async with on_stage(speed=1, played=PLAYED) as stage:
        page = await stage.enter(ME, "trauma_leader", "/leader#course")
        rules = [f"XXX-0{n}" for n in range(1, 10)]
        for rule in rules:
            told = {"rule": rule, "priority": "high", "text": f"{rule}: something to be done now"}
            await stage.does("ivy", "instructor", "shock_room_display.show", **told)
        await expect(page.locator("[data-rule]")).to_have_count(len(rules))
        shown = [
            await card.get_attribute("data-rule")
            for card in await page.locator("[data-rule]").all()
        ]
        assert shown == rules[::-1]  # the newest first
        more = page.get_by_role("button", name="more to see")
        await expect(more).to_be_visible()
        assert await out(page, "XXX-01")
        while await out(page, "XXX-01"):
            await more.click()
        await page.set_viewport_size({"width": PORTRAIT[0], "height": PORTRAIT[1]})
        await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        back = page.get_by_role("button", name="9 alerts")
        await expect(back).to_be_visible()
        await back.dispatch_event("click")  # a click would first scroll to what goes away then
        await expect(page.locator(".said")).to_be_in_viewport(ratio=0.9)
        await expect(back).to_have_count(0)


async def out(page: Page, rule: str) -> bool:
    """A card is not wholly within its list."""
    card = await page.locator(f"[data-rule={rule}]").bounding_box()
    place = await page.locator(".said").bounding_box()
    assert card
    assert place
    return card["y"] < place["y"] or card["y"] + card["height"] > place["y"] + place["height"]


async def test_what_another_has_just_done_is_told_and_not_done_twice_by_accident() -> None:
    async with on_stage(speed=10, played=PLAYED) as stage:
        page = await brought_in(stage)
        await stage.does("ivy", "instructor", "trauma.advance", to="delivered")
        binder = {"procedure": "pelvic_binder", "site": "pelvis"}
        await stage.does("ivy", "instructor", "patient.perform", **binder)
        lately = page.get_by_role("status", name="What others have just done")
        await expect(lately).to_contain_text("Ivy: pelvic binder", ignore_case=True)
        await tap(page, "Bleeding", "pelvic binder")
        again = page.get_by_role("group", name="Again")
        await expect(again).to_contain_text(
            re.compile(r"ivy did it \d+ (s|min) ago", re.IGNORECASE)
        )
        assert not stage.asked("patient.perform", by=ME)
        await again.get_by_role("button", name="Again").click()
        await stage.until(lambda: stage.asked("patient.perform", by=ME))
        assert stage.asked("patient.perform", by=ME)[0]["procedure"] == "pelvic_binder"


@pytest.mark.slow
async def test_an_alerts_reasons_go_back_to_the_monitors_readings() -> None:
    async with on_stage(speed=60) as stage:
        page = await stage.enter(ME, "trauma_leader", "/leader")
        await tap(page, "Why HAE-01?")
        why = page.get_by_role("list", name="Reasons, first cause first")
        await expect(why).to_contain_text("(Ambulance monitor)")
        await expect(why).to_contain_text("Rescuer's assistant raised the alert, because of")
        await expect(why).to_contain_text(re.compile(r"SBP \d+ mmHg \(\d\d:\d\d\)"))
        literal = why.get_by_text(re.compile(r"@raise .*course\.asl:\d+"))
        await expect(literal.first).to_be_hidden()  # the plan's text is for whoever opens it
        await why.get_by_text("Plan text").first.click()
        await expect(literal.first).to_be_visible()


async def test_a_device_that_another_has_taken_meanwhile_refuses_in_words() -> None:
    async with on_stage(speed=10, played=PLAYED) as stage:
        page = await brought_in(stage)
        await stage.does("ivy", "instructor", "trauma.advance", to="delivered")
        await tab(page, "Diagnostics")
        await tap(page, "pelvis X-ray")
        await stage.does(
            "ray", "team_member", "x_ray.examine", diagnostic="chest_xray", patient="patient"
        )
        await said(page, "pelvis X-ray", "refused")
        await expect(page.get_by_role("status", name="What became of your taps")).to_contain_text(
            "not free: in use"
        )
        await tab(page, "Course")
        await stage.does("ivy", "instructor", "trauma.move", room="shock_room")
        here = page.get_by_role("group", name="Monitors")
        on = here.get_by_role("button", name="Shock room monitor on")
        await expect(on).to_be_enabled()
        monitor = "shock_room_monitor"
        await stage.does("nan", "team_member", f"{monitor}.attach", patient="patient")
        await on.click()  # in the same moment: it stays on, whoever was first
        await expect(on).to_have_attribute("aria-pressed", "true")
        await on.click()
        await said(page, "Shock room monitor on", "already")
        assert stage.asked(f"{monitor}.detach") == []
        await here.get_by_role("button", name="Shock room monitor off").click()
        await stage.until(lambda: stage.asked(f"{monitor}.detach", by=ME))
        await expect(on).to_have_attribute("aria-pressed", "false")
        stage.expect_complaints("409 (Conflict)")  # the browser's own line on any refusal


async def test_what_a_leader_starts_in_error_is_undone_by_its_opposite() -> None:
    async with on_stage(speed=10, played=PLAYED) as stage:
        page = await brought_in(stage)
        await tab(page, "Blood")
        await tap(page, "Start MTP")
        await said(page, "Start MTP", "done")
        await tap(page, "Undo")
        await stage.until(lambda: stage.asked("trauma.stop_mtp", by=ME))
        await expect(button(page, "Start MTP")).to_be_enabled()
        await tab(page, "Course")
        await expect(button(page, "Shock room", within="Rooms")).to_be_disabled()
        await expect(page.get_by_role("tabpanel")).to_contain_text("not before: arrived")
        for heading in ("Where the patient is now", "Plan: where he goes next"):
            await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        call = page.locator(".patient .clocks").get_by_text("since the call")
        await expect(call).to_have_text(re.compile(r"since the call \d\d:\d\d"))


@pytest.mark.slow
async def test_the_leaders_tablet_is_accessible_in_both_themes_and_languages() -> None:
    async with on_stage(speed=10, played=PLAYED) as stage:
        await brought_in(stage)
        for theme, locale, size, step in (
            ("light", "en-GB", TABLET, 1),
            ("dark", "it-IT", PORTRAIT, 4),
        ):
            page = await stage.enter(
                ME, "trauma_leader", f"/leader?theme={theme}", size=size, locale=locale
            )
            for each in (await page.get_by_role("tab").all())[::step]:
                await each.click()
                await stage.accessible(page)
                assert await page.evaluate(
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                )

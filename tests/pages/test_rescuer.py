"""The rescuer's tablet in a real browser: what is tapped is in the journal, by the rescuer."""

import re

import pytest
from playwright.async_api import expect

from tests.pages.stage import BROWSER, PORTRAIT, on_stage
from tests.pages.tapping import button, said, tab, tap

pytestmark = BROWSER
ME = "rescuer"


async def test_a_rescuer_plays_the_road_on_the_tablet_and_the_journal_has_it() -> None:
    async with on_stage(speed=10, played=(ME,)) as stage:
        page = await stage.enter(ME, "rescuer", "/rescuer?hold=1", size=PORTRAIT)
        await stage.until(lambda: stage.changes("preh", "phase"))
        await expect(button(page, "Monitor on")).to_be_disabled()
        await expect(page.locator(".patient")).to_contain_text("Severity: undetermined")
        await tab(page, "Handover")
        await expect(page.get_by_role("tabpanel")).to_contain_text("No pre-alert has been sent.")
        await tab(page, "Steps")
        await tap(page, "We are leaving")
        await stage.until(lambda: stage.changes("ambulance", "event", "departed"))
        await expect(button(page, "We are at the scene")).to_be_disabled()
        await expect(page.get_by_role("tabpanel")).to_contain_text(
            "the vehicle is still on its way"
        )
        await expect(button(page, "With the patient")).to_be_disabled()
        await stage.does("ivy", "instructor", "session.set_speed", speed=60)
        await stage.until(lambda: stage.changes("ambulance", "event", "arrived"))
        await stage.does("ivy", "instructor", "session.set_speed", speed=10)
        await tap(page, "We are at the scene", "With the patient", "Monitor on")
        await tab(page, "Form")
        form = page.get_by_role("tabpanel")
        await expect(form).to_contain_text(re.compile(r"Where\s*Accident place"))
        await expect(form).to_contain_text(re.compile(r"Code\s*red"))
        await tap(page, "external bleeding", "blunt")
        await tab(page, "GCS and signs")
        for answer in ("4 open by themselves", "4 confused", "6 obeys"):
            await page.get_by_role("radio", name=answer).click()
        await expect(page.get_by_text("GCS 14", exact=True)).to_be_visible()
        await tap(page, "Note GCS", "Feel: pulse", "Look: skin, capillary refill")
        await said(page, "Feel: pulse", "done")
        taps = page.get_by_role("status", name="What became of your taps")
        await expect(taps).to_contain_text("pulse present")
        await expect(button(page, "Look: skin, capillary refill")).to_contain_text(
            re.compile(r"capillary refill \d(\.\d)? s")
        )
        await tab(page, "Injuries")
        await tap(page, "pelvis")
        await expect(button(page, "amputation")).to_have_count(0)
        await tap(page, "fracture")
        await tap(page, "limb", "left", "leg", "open (through the skin)", "wound")
        await expect(page.get_by_role("list", name="Injuries found")).to_contain_text(
            "left leg wound open"
        )
        await tab(page, "Procedures")
        await tap(page, "tourniquet", "left leg")
        await tab(page, "Drugs")
        await tap(page, "tranexamic acid", "Give tranexamic acid 1 g")
        await tab(page, "Triage")
        await tap(page, "Suspected pelvic fracture")
        await stage.until(lambda: stage.changes("trauma", "event", "created"))
        await expect(page.get_by_role("group", name="Severity")).to_contain_text("severe")
        await tab(page, "Steps")
        await tap(page, "The patient is assessed", "We leave for the hospital")
        await tab(page, "Handover")
        card = page.get_by_label("ATMIST")
        await expect(card).to_contain_text("34 y male")
        await expect(card).to_contain_text("pelvis fracture")
        await expect(card).to_contain_text(
            re.compile(r"left leg 14:\d\d \(\+\d+ min\); tranexamic acid 1 g 14:\d\d \(\+\d+ min\)")
        )
        reached, *_ = stage.changes("preh", "property", "at_patient_s")
        attached, *_ = stage.changes("ambulance_monitor", "operation", "attach")
        assert reached.seq < attached.seq  # a step is told when it is tapped
        await tap(page, "trauma team")
        await stage.until(lambda: stage.asked("preh.send_pre_alert", by=ME))
        await stage.until(lambda: stage.asked("patient.give_drug", by=ME))

        assert [g["to"] for g in stage.asked("preh.advance", by=ME)] == [
            "en_route",
            "on_scene",
            "assessed",
            "transporting",
        ]
        assert stage.asked("preh.reach_patient", by=ME)
        assert stage.asked("ambulance_monitor.attach", by=ME) == [{"patient": "patient"}]
        assert stage.asked("preh.record", by=ME) == [
            {"member": "sign", "value": ["external_haemorrhage"]},
            {"member": "mechanism", "value": "blunt"},
        ]
        found = {g["member"]: g["value"] for g in stage.asked("patient.record_finding", by=ME)}
        assert found == {"gcs_eye": 4, "gcs_verbal": 4, "gcs_motor": 6, "gcs": 14}
        assert stage.asked("preh.flag", by=ME) == [{"item": "pelvic_fracture"}]
        leg = stage.asked("patient.record_injury", by=ME)[1]
        assert (leg["region"], leg["side"], leg["open"]) == ("extremity", "left_leg", True)
        assert stage.asked("patient.apply_tourniquet", by=ME) == [{"limb": "left_leg"}]
        assert stage.asked("patient.give_drug", by=ME) == [
            {
                "drug": "tranexamic_acid",
                "amount": 1,
                "unit": "g",
                "route": "iv",
                "over_min": 10,
            }
        ]
        await tab(page, "Report")
        report = page.get_by_role("list", name="Report")
        await expect(report).to_contain_text("tranexamic acid 1 g iv")
        await expect(report).to_contain_text("pulse present")
        await page.reload()
        await expect(page.get_by_role("list", name="Report")).to_contain_text("tourniquet")


async def test_yellow_items_alone_are_a_question_that_one_tap_answers() -> None:
    async with on_stage(speed=10, played=(ME,)) as stage:
        page = await stage.enter(ME, "rescuer", "/rescuer#triage")
        by_monitor = page.get_by_role("group", name="RED criteria").get_by_text("by the monitor")
        await expect(by_monitor).to_have_count(4)
        severity = page.get_by_role("group", name="Severity")
        for answer in await severity.get_by_role("button").all():
            await expect(answer).to_have_attribute("aria-pressed", "false")  # nothing is chosen
            await expect(answer).not_to_have_class(re.compile("main"))
        await tap(page, "Rider thrown from the vehicle")
        await tab(page, "Steps")
        await stage.go("dispatched", "en_route", "on_scene")
        scene = page.get_by_label("Times").locator("dt", has_text="at the scene").locator("+ dd")
        await expect(scene).to_have_text(re.compile(r"\d\d:\d\d"))
        await tap(page, "Back to: on the way")
        await expect(scene).to_have_text("–")  # until the step is taken again
        await stage.does("ivy", "instructor", "preh.advance", to="on_scene")
        await expect(scene).to_have_text(re.compile(r"\d\d:\d\d"))
        await tap(page, "The patient is assessed")
        question = page.get_by_role("group", name="Severe?")
        await question.get_by_role("button", name="Severe", exact=True).click()
        await stage.until(lambda: stage.changes("preh", "property", "severity"))
        assert stage.changes("preh", "property", "severity_by")[-1].value == ME
        assert stage.asked("rescuer_tablet.answer", by=ME) == [
            {"name": "severity", "answer": "severe"}
        ]


async def test_whoever_follows_a_link_plays_until_the_instructor_gives_him_back() -> None:
    def is_simulated() -> bool:
        people = stage.changes("session", "property", "people")[-1].value
        return bool(people[ME]["simulated"])

    async with on_stage(speed=10) as stage:
        wall = await stage.enter("wall", "display", "/shock-room")
        await wall.locator("main").wait_for()
        assert is_simulated()  # whoever only looks plays nobody
        page = await stage.enter(ME, "rescuer", "/rescuer")
        await stage.until(lambda: not is_simulated())
        assert stage.changes("session", "operation", "take_over")[0].by == ME
        hint = page.get_by_text("You are simulated as well.")
        await expect(hint).to_be_hidden()
        await stage.enter(ME, "rescuer", "/rescuer")  # a second tablet changes nothing
        await page.reload()
        assert len(stage.asked("session.take_over")) == 1

        console = await stage.enter("instructor", "instructor", "/console")
        await tab(console, "People")
        played = console.locator(f"[data-person={ME}]").get_by_role("button", name="person")
        await expect(played).to_have_attribute("aria-pressed", "true")
        await played.click()
        await stage.until(is_simulated)
        await expect(hint).to_be_visible()
        await page.reload()
        await expect(hint).to_be_visible()  # a reload takes nothing back
        assert len(stage.asked("session.take_over")) == 1
        await stage.accessible(page)
        await page.get_by_role("button", name="I play myself").click()
        await stage.until(lambda: not is_simulated())
        await expect(hint).to_be_hidden()


async def test_an_instructor_plays_a_role_on_the_page_that_he_has_opened() -> None:
    async with on_stage(speed=10) as stage:
        await stage.until(lambda: stage.asked("ambulance.drive"))
        page = await stage.enter("instructor", "instructor", "/rescuer")
        await page.get_by_text("Rescuer is simulated as well.").wait_for()
        await page.get_by_role("button", name="I play myself").click()
        await stage.until(
            lambda: not stage.journal.last("session", "people").value[ME]["simulated"]  # type: ignore[union-attr]  # told at the start
        )
        await tap(page, "We are leaving")
        await stage.until(lambda: stage.asked("preh.advance", by="instructor"))
        await said(page, "on the way", "done")


async def test_what_was_tapped_in_error_is_taken_back() -> None:
    async with on_stage(speed=10, played=(ME,)) as stage:
        await stage.go("dispatched", "en_route", "on_scene")
        page = await stage.enter(ME, "rescuer", "/rescuer?hold=2#drugs")
        await tap(page, "ketAMINE", "Give ketAMINE")
        await said(page, "ketAMINE", "held")
        await tap(page, "Undo")
        await tab(page, "Triage")
        await tap(page, "Entrapped")
        await said(page, "Entrapped", "done")
        await tap(page, "Undo")
        await stage.until(lambda: stage.asked("preh.unflag", by=ME))
        await expect(button(page, "Entrapped", within="YELLOW criteria")).to_have_attribute(
            "aria-pressed", "false"
        )
        await page.wait_for_timeout(2200)  # longer than a tap is held
        assert stage.asked("patient.give_drug", by=ME) == []


async def test_a_tap_outlives_a_broken_line_and_a_reload_and_counts_once() -> None:
    async with on_stage(speed=10, played=(ME,)) as stage:
        await stage.go("dispatched", "en_route", "on_scene")
        page = await stage.enter(ME, "rescuer", "/rescuer?hold=2#drugs")
        await page.context.set_offline(True)
        await tap(page, "ketAMINE", "Give ketAMINE")
        await said(page, "ketAMINE", "waiting")
        assert stage.asked("patient.give_drug") == []
        await page.context.set_offline(False)
        await said(page, "ketAMINE", "done")
        await tap(page, "fentaNYL", "Give fentaNYL")
        await page.reload()
        await stage.until(lambda: len(stage.asked("patient.give_drug", by=ME)) >= 2)
        await page.wait_for_timeout(500)
        given = [g["drug"] for g in stage.asked("patient.give_drug", by=ME)]
        assert given == ["ketamine", "fentanyl"]
        stage.expect_complaints("ERR_INTERNET_DISCONNECTED")


async def test_what_cannot_be_done_now_is_not_offered_and_says_why() -> None:
    async with on_stage(speed=10, played=(ME,)) as stage:
        await stage.go("dispatched", "en_route", "on_scene")
        page = await stage.enter(ME, "rescuer", "/rescuer#handover")
        await expect(button(page, "Hand over")).to_be_disabled()
        await expect(page.get_by_role("tabpanel")).to_contain_text("not before: assessed")
        for name, text in (("start_mtp", "Start MTP"), ("apply_pelvic_binder", "Binder now")):
            await stage.does("ivy", "instructor", "rescuer_tablet.suggest", name=name, text=text)
        await expect(button(page, "Do it: Binder now")).to_be_enabled()
        await expect(page.get_by_text("Start MTP")).to_have_count(0)  # it is the hospital's to do


@pytest.mark.slow
async def test_the_rescuers_tablet_is_accessible_in_both_themes_and_languages() -> None:
    async with on_stage(speed=10, played=(ME,)) as stage:
        for theme, locale, name, step in (
            ("light", "it-IT", "Farmaci", 1),
            ("dark", "en-GB", "Drugs", 4),
        ):
            page = await stage.enter(
                ME, "rescuer", f"/rescuer?theme={theme}", size=PORTRAIT, locale=locale
            )
            await expect(page.get_by_role("tab", name=name, exact=True)).to_be_visible()
            for each in (await page.get_by_role("tab").all())[::step]:
                await each.click()
                await stage.accessible(page)
                assert await page.evaluate(
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                )

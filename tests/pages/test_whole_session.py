"""A team plays a whole case on its pages, from the call to the debrief."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from environment.runtime.journal import Journal
from scenarios.runs import open_run
from tests.pages.process import Played, go_on_until, played, until_told
from tests.pages.stage import BROWSER, PORTRAIT, TABLET, WALL
from tests.pages.tapping import tab, tap
from tests.session.test_rewinding import words_of

pytestmark = [*BROWSER, pytest.mark.slow]


#: What is expected of people in this case, and what comes of it.
PEOPLE = (
    "tourniquet applied",
    "pelvic binder",
    "tranexamic acid",
    "pre-alert sent",
    "massive transfusion started",
    "blood given",
    "the patient lives",
)
#: What the rescuer and the leader tap below, each once: `twin.operation` and its single words.
ROAD = """
preh.advance en_route
preh.advance accident_place on_scene
preh.reach_patient
ambulance_monitor.attach patient
preh.flag pelvic_fracture
preh.flag rider_separated
preh.record sign external_haemorrhage
preh.record patients_number 1
patient.record_finding gcs_eye 4
patient.record_finding gcs_verbal 5
patient.record_finding gcs_motor 6
patient.record_finding gcs 15
patient.examine temperature
patient.examine pupils
patient.record_injury pelvis_fracture fracture False pelvis
patient.record_injury left_extremity_wound wound True extremity left
patient.apply_tourniquet left_leg
patient.perform pelvic_binder pelvis
preh.advance assessed
preh.advance transporting
ambulance.drive hospital
patient.give_drug 1.0 tranexamic_acid 10.0 iv g
preh.send_pre_alert
patient.examine temperature
ambulance_monitor.detach
preh.hand_over trauma_leader
"""
HOSPITAL = """
trauma.fill_role trauma_leader leader
trauma.set_leader trauma_leader
trauma.fill_role anaesthetist airway
trauma.fill_role surgeon surgeon
trauma.fill_role nurse nurse
trauma.advance delivered
trauma.move shock_room
shock_room_monitor.attach patient
shock_room_display.acknowledge HAE-01
shock_room_display.acknowledge Seen HAE-01
trauma.start_mtp
patient.give_blood 5.0 red_cells 2
patient.give_blood 5.0 fresh_frozen_plasma 2
blood_bank.ask_for red_cells shock_room 2
patient.perform arterial_catheter
trauma.record_fast False ruq
trauma.write_note
patient.give_drug 10.0 calcium_chloride 5.0 iv mL
trauma.move angiography
trauma.move icu
trauma.finish icu
"""


def suggestion(page: Page, name: str) -> Locator:
    """What is offered below the alerts; one tap does it."""
    return page.locator(f"[data-suggestion={name}] button.main")


async def at_speed(console: Page, speed: int) -> None:
    await console.get_by_label("Speed").select_option(str(speed))


async def looked_at(session: Played, moment: str) -> None:
    """The instructor holds time for a moment: everybody's page can be used by everybody."""
    console = session.pages["/console"]
    await session.picture(moment)
    await tap(console, "Pause")
    await expect(console.get_by_text("The session is paused.")).to_be_visible()
    for each in session.pages.values():
        await session.accessible(each)
    await tap(console, "Go on")
    await expect(console.get_by_text("The session is paused.")).to_be_hidden()


async def on_the_road(session: Played) -> None:
    """From the call to the door, as the rescuer finds it on the tablet."""
    console, page = session.pages["/console"], session.pages["/rescuer"]
    await console.get_by_role("button", name="Start").click()
    await tap(page, "We are leaving")
    await expect(page.get_by_text("at the scene in")).to_be_visible()
    await expect(page.get_by_text("at the scene in")).to_be_hidden(timeout=30_000)
    await at_speed(console, 10)
    await tap(page, "We are at the scene", "With the patient", "Monitor on")
    await tab(page, "Triage")
    await tap(page, "Suspected pelvic fracture", "Rider thrown from the vehicle")
    await tab(page, "Form")
    await tap(page, "external bleeding")
    await tap(page, "1", within="How many are hurt")
    await tab(page, "GCS and signs")
    for answer in ("4 open by themselves", "5 orientated", "6 obeys"):
        await page.get_by_role("radio", name=answer).click()
    await tap(page, "Note GCS", "Measure: temperature", "Look: pupils")
    await tab(page, "Injuries")
    await tap(page, "pelvis", "fracture")
    await tap(page, "limb", "left", "open", "wound")
    await tab(page, "Procedures")
    await tap(page, "tourniquet", "left leg")
    await looked_at(session, "1-scene")
    await at_speed(console, 20)
    await suggestion(page, "apply_pelvic_binder").click(timeout=30_000)
    await tab(page, "Steps")
    await tap(page, "The patient is assessed", "We leave for the hospital")
    await suggestion(page, "give_tranexamic_acid").click()
    await tab(page, "Handover")
    await tap(page, "trauma team")


async def instructed(session: Played) -> None:
    """On the way to the hospital the instructor marks, remembers, and lets a probe fall off."""
    console, monitor = session.pages["/console"], session.pages["/monitor"]
    happened = console.get_by_role("region", name="What has happened")
    await happened.get_by_role("button", name=re.compile("tourniquet")).first.click()
    await console.get_by_label("What you noticed").fill("before anything else")
    await tap(console, "Good", "Bookmark")
    surprises = console.get_by_role("region", name="Surprises")
    await surprises.get_by_role("button", name="SpO2 probe off").click()
    await expect(monitor.locator("[data-alarm]").first).to_be_visible()
    await surprises.get_by_role("button", name="SpO2 probe on").click()


async def in_the_shock_room(session: Played) -> None:
    """From the pre-alert to the first products, as the leader finds it on the tablet."""
    console, page, wall = (session.pages[p] for p in ("/console", "/leader", "/shock-room"))
    rescuer = session.pages["/rescuer"]
    await tab(page, "Team")
    for role, who in (
        ("leader", "Trauma leader"),
        ("airway", "Anaesthetist"),
        ("surgeon", "Surgeon"),
        ("nurse", "Nurse"),
    ):
        await tap(page, re.compile(f"^{role}"), within="Roles")
        await tap(page, who, within=f"Who is {role}?")
    await expect(wall.get_by_text("arrives in")).to_be_visible()
    await tab(page, "Course")
    await at_speed(console, 60)
    await go_on_until(console, 29.1)
    await at_speed(console, 5)  # an assistant hands over by itself half a minute after the arrival
    await tab(console, "People")
    people = console.get_by_role("region", name="Who plays whom")
    # the leader's own hands put the monitor on
    await people.get_by_role("button", name="Played by a person: Nurse").click()
    await tap(page, "The patient has arrived")
    await tap(page, "Shock room", within="Rooms")
    await tap(page, "Shock room monitor on", within="Monitors")
    await tab(rescuer, "GCS and signs")
    await tap(rescuer, "Measure: temperature")
    await tab(rescuer, "Steps")
    await tap(rescuer, "Monitor off")
    await tab(rescuer, "Handover")
    await tap(rescuer, "Hand over")
    await expect(rescuer.get_by_text("Handed over at")).to_be_visible()
    await at_speed(console, 10)
    await tap(page, "Seen: HAE-01", "Being done")
    await tap(page, "Why HAE-01?")
    await expect(page.get_by_role("list", name="Reasons")).to_contain_text("Ambulance monitor")
    await people.get_by_role("button", name="Played by a person: Anaesthetist").click()
    await tab(page, "Blood")
    await tap(page, "Start MTP", "× 2")
    for product in (re.compile("^red cells"), "plasma"):
        await tap(page, product, within="Give")
        await tap(page, "Give all the same")  # the bank's own come in ten minutes
    await tap(page, re.compile("^red cells"), within="Ask the blood bank")
    await tab(page, "Procedures")
    await tap(page, "Lines and tubes", "arterial catheter")
    await tab(page, "Diagnostics")
    await tap(page, "negative", within="right upper quadrant")
    await tab(page, "Report")
    await page.get_by_role("textbox", name="Note").fill("FAST negative, pelvis unstable")
    await tap(page, "Write")
    await looked_at(session, "2-shock-room")
    await at_speed(console, 40)
    await suggestion(page, "give_calcium").click(timeout=40_000)


async def to_the_end(session: Played) -> None:
    """Angiography, intensive care, the end."""
    console, page = session.pages["/console"], session.pages["/leader"]
    await at_speed(console, 60)
    await go_on_until(console, 60)
    await tab(page, "Course")
    await tap(page, "Angiography", within="Rooms")
    await go_on_until(console, 68)
    await at_speed(console, 10)
    await tap(page, "ICU", within="Rooms")
    await tap(page, "intensive care", "Finish the case: intensive care")
    for each in (page, console):
        await expect(each.get_by_text("The case was finished at")).to_contain_text("intensive care")
    await session.picture("3-end", sizes=(TABLET, PORTRAIT, WALL))
    await at_speed(console, 60)


def asked(journal: Journal, by: str) -> Counter[str]:
    """What somebody asked for, how often; what he tapped has the key of its tap."""
    told: Counter[str] = Counter()
    for c in journal:
        if c.kind != "operation" or c.value["status"] != "requested" or c.by != by:
            continue
        if c.twin != "session":
            assert c.value.get("key"), f"nobody tapped {c}"
            words = re.findall(r"[\w.-]+", words_of(c.value["arguments"]))
            told[" ".join([f"{c.twin}.{c.name}", *words])] += 1
    return told


async def talked_about(session: Played) -> None:
    """The case is over: everybody looks back at it, at the same address."""
    page, leader = session.pages["/console"], session.pages["/leader"]
    for each in (page, leader):
        await expect(each.get_by_text("This run is over")).to_be_visible(timeout=30_000)
    await expect(page.get_by_text("how the patient really was stand in")).to_be_visible()
    for name in ("Pause", "Bookmark"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await expect(leader.get_by_role("button", name="Angiography").first).to_be_disabled()
    await page.get_by_role("link", name="Debrief").first.click()
    expected = page.get_by_role("region", name="Expected against actual")
    for what in PEOPLE:
        row = expected.locator("tr[data-verdict=met]").get_by_role("button", name=what)
        await expect(row.first).to_be_visible()
    notes = page.get_by_role("region", name="Marks and notes")
    await expect(notes).to_contain_text("before anything else")
    await expect(notes).to_contain_text("FAST negative, pelvis unstable")
    await page.locator("[data-rule=HAE-01]").first.click()
    told = page.get_by_role("region", name="In detail")
    await expect(told).to_contain_text(re.compile(r"SBP \d+ mmHg"))  # in a sentence
    await told.get_by_text("All steps, as in the journal").click()
    reading = told.locator("[data-step=reading]", has_text="Systolic pressure")
    await expect(reading.first).to_be_visible()
    await session.picture("4-debrief", sizes=(TABLET, PORTRAIT, WALL))
    await session.accessible(page)
    files = page.get_by_role("region", name="Take along").get_by_role("link")
    forms = [await link.get_attribute("href") for link in await files.all()]
    for form in forms:
        taken = await page.request.get(f"{session.url}{form}")
        assert taken.ok
        assert await taken.body()
    assert {re.findall(r"files/(\w+)", form or "")[0] for form in forms} >= {
        "html", "pdf", "csv", "xapi", "utstein",
    }  # fmt: skip


async def test_a_team_plays_a_case_from_the_call_to_the_debrief(tmp_path: Path) -> None:
    async with played(tmp_path, "--pause", "--debrief", "--speed", "60") as session:
        for path, size in (
            ("/console", WALL),
            ("/rescuer", PORTRAIT),
            ("/leader", TABLET),
            ("/shock-room", WALL),
            ("/monitor", WALL),
        ):
            await session.enter(path, size=size, query="hold=1")
        await on_the_road(session)
        await instructed(session)
        await in_the_shock_room(session)
        await to_the_end(session)
        until_told(session.case, "Now talk about it")
        await talked_about(session)
        session.expect_complaints("ERR_CONNECTION_REFUSED")
        session.expect_complaints("409 (Conflict)")  # what may be refused is looked at below

        journal = session.journal()
        assert asked(journal, "rescuer") == Counter(ROAD.strip().splitlines())
        assert asked(journal, "trauma_leader") == Counter(HOSPITAL.strip().splitlines())
        refused = {
            c.name for c in journal if c.kind == "operation" and c.value["status"] == "refused"
        }
        assert refused <= {"hand_over"}  # where an assistant was faster
        read = [c.effective for c in journal if c.name == "sbp" and c.kind == "property"]
        gaps = [late - early for early, late in pairwise(sorted(read)) if late - early > 30]
        assert not gaps  # somebody watches the patient all the time
        assert max(read) > 70 * 60
        verdict = open_run("last", session.case.root).verdict
        met = [j.text for j in verdict.met]
        assert [w for w in PEOPLE if not any(text.startswith(w) for text in met)] == []

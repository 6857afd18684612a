"""The instructor's console in a real browser: what is tapped happens, and the journal says so."""

import re

from playwright.async_api import Page, expect

from environment.model.change import JSON
from tests.pages.stage import BROWSER, PORTRAIT, TABLET, WALL, Stage, on_stage
from tests.pages.tapping import tab

pytestmark = BROWSER
ME = "instructor"


#: What a page's clock says when it hears no more from a server whose case ends at 4500 s.
AT_THE_END = """
async () => {
  const { Store } = await import("/static/app/store.js");
  const store = new Store({ now: 4490 });
  store.twin("session", "session").values.set("ends_s", { value: 4500 });
  Object.assign(store, { speed: 20, at0: performance.now() - 60_000 });
  return store.now();
}
"""

#: What the clock's bar says where the machine does not keep up with 60 times real time.
SLOWED = """
async to => {
  const { Store } = await import("/static/app/store.js");
  const { TimeBar } = await import("/static/console/time.js");
  const { html, render } = await import("/static/app/ui.js");
  const store = new Store({ now: 600 });
  for (const [name, value] of [["speed", 60], ["slowed_to", to], ["running", true]])
    store.twin("session", "session").values.set(name, { value });
  const box = document.createElement("div");
  render(html`<${TimeBar} store=${store} doing=${() => null} />`, box);
  return box.textContent;
}
"""

#: Which of these elements have to be scrolled to, on the page or in their panel.
CUT = """
chosen => chosen.filter(css => {
  const found = [...document.querySelectorAll(css)];
  const inside = (box, room) => box.height > 0 && box.top >= room.top - 1
    && box.bottom <= room.bottom + 1 && box.left >= room.left - 1 && box.right <= room.right + 1;
  const glass = { top: 0, left: 0, bottom: innerHeight, right: innerWidth };
  return found.length === 0 || !found.every(each => {
    const box = each.getBoundingClientRect();
    const rooms = [each.closest(".panel"), each.closest("ol")].filter(Boolean);
    return [glass, ...rooms.map(room => room.getBoundingClientRect())].every(r => inside(box, r));
  });
})
"""
#: What an instructor needs before a case begins, and while it is played.
BEFORE = (".timebar button", ".timebar select", ".brief", "[data-spot=people]", "[data-spot=links]")
PLAYED = (
    ".timebar [data-clock]", ".timebar button", ".timebar select", "#note",
    ".upcoming li:first-child button", ".truth [data-vital]", ".truth [data-vital] button",
    ".injects button", ".injects select",
)  # fmt: skip
HIDDEN_TRUTH = ".hidden > div"
SCROLLS = "document.documentElement.scrollHeight > innerHeight"
DESK = (1400, 900)
#: Deeds as the console writes them.
WRITTEN = """
async () => {
  const { deed } = await import("/static/console/deeds.js");
  const { Store } = await import("/static/app/store.js");
  const headers = { Accept: "application/json" };
  const store = new Store(await (await fetch("/here", { headers })).json());
  return [
    ["preh.record", { member: "mechanism", value: "blunt" }],
    ["preh.flag", { item: "pelvic_fracture" }],
    ["wall.acknowledge", { rule: "HAE-09", reason: "give drug calcium chloride" }],
    ["patient.give_blood", { product: "red_cells", units: 2, over_min: 5, bag: "" }],
    ["patient.perform", { procedure: "orotracheal_intubation", site: "", details: {} }],
    ["patient.record_injury",
      { injury: "left_wound", region: "extremity", kind: "wound", side: "left", open: false }],
    ["central_unit.take_call", { process: "preh", place: "accident_place", code: "red" }],
  ].map(([act, given]) => deed(store, act, given));
}
"""


async def console(stage: Stage, **how: object) -> Page:
    return await stage.enter(ME, "instructor", "/console", **how)  # type: ignore[arg-type]


def value(stage: Stage, name: str) -> JSON:
    change = stage.journal.last("session", name)
    return None if change is None else change.value


def panel(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("region", name=name, exact=True)


async def test_keys_hold_time_step_and_mark() -> None:
    async with on_stage(speed=5) as stage:
        page = await console(stage)
        await page.keyboard.press(" ")
        await stage.until(lambda: value(stage, "running") is False)
        await expect(page.get_by_text("The session is paused.")).to_be_visible()
        before = list(value(stage, "next"))
        await page.keyboard.press("n")
        await stage.until(lambda: list(value(stage, "next")) != before)
        await stage.until(lambda: value(stage, "running") is False)
        await expect(page.get_by_text("Paused at the next event.")).to_be_visible()
        await expect(
            page.get_by_role("button", name="Start").or_(page.get_by_role("button", name="Go on"))
        ).to_be_visible()
        await page.keyboard.press("m")
        await stage.until(lambda: value(stage, "bookmark"))
        await page.get_by_label("What you noticed").fill("said it aloud")
        await page.get_by_role("button", name="Good").click()
        await stage.until(lambda: value(stage, "mark"))
        await page.get_by_role("heading", name="What comes next").click()
        await page.keyboard.press("b")
        await stage.until(lambda: len(value(stage, "mark")) == 2)
        rows = list(value(stage, "mark").values())
        assert [(r["rating"], r["note"]) for r in rows] == [("good", "said it aloud"), ("bad", "")]
        assert {c.by for c in stage.changes("session", "operation")} == {ME}
        await tab(page, "Marks")
        remembered = panel(page, "Bookmarks and marks")
        await expect(remembered.locator("[data-mark=good]")).to_contain_text("said it aloud")
        await page.reload()  # the tab that was chosen stays open
        await expect(remembered.locator("[data-mark=good]")).to_contain_text("said it aloud")


async def test_the_instructor_is_told_when_the_machine_cannot_keep_up() -> None:
    async with on_stage(speed=5) as stage:
        page = await console(stage)
        assert "This machine keeps up with 30 × only" in await page.evaluate(SLOWED, 30)
        assert "keeps up" not in await page.evaluate(SLOWED, 0)


async def test_the_instructor_reads_what_the_case_is() -> None:
    async with on_stage(speed=5) as stage:
        page = await console(stage, size=WALL)
        briefing = panel(page, "Briefing")
        await expect(briefing.get_by_role("heading", level=2)).to_contain_text("open-book pelvis")
        assert await page.evaluate(AT_THE_END) == 4500, "the clock stands when the case is over"
        for words in ("34 y", "Motorcycle against", "Open-book pelvic ring fracture (AIS 4)"):
            await expect(briefing).to_contain_text(words)
        for words in ("Ask for massive transfusion early", "Film and FAST before the binder"):
            await expect(briefing.get_by_role("listitem").filter(has_text=words)).to_be_visible()
        await stage.accessible(page)


async def test_one_screen_holds_what_an_instructor_needs() -> None:
    async with on_stage(speed=0.01) as stage:  # the first second lasts
        page = await console(stage, size=DESK)
        await page.keyboard.press(" ")
        before = page.locator("main[data-stage=before]")
        await expect(before.locator("[data-person=rescuer]").locator("summary")).to_be_visible()
        assert await page.evaluate(CUT, list(BEFORE)) == []
        await page.get_by_role("button", name="Start").click()
        await page.get_by_label("Speed").select_option("10")
        await expect(page.locator("main[data-stage=played]")).to_be_visible()
        await expect(panel(page, "Briefing")).to_be_visible()  # who reads it can go on
        await stage.does(ME, "instructor", "session.set_vital", key="sbp", to=80, over_s=1)
        truth = panel(page, "How the patient really is")
        await expect(truth).to_contain_text("held at 80")
        await expect(truth).to_contain_text("Tamponade")
        assert await page.evaluate(CUT, [*PLAYED, HIDDEN_TRUTH]) == []
        assert not await page.evaluate(SCROLLS)
        first = page.get_by_role("tab", name="Briefing")
        await first.focus()
        await page.keyboard.press("ArrowLeft")
        await expect(page.get_by_role("tabpanel", name="Other")).to_be_visible()
        await page.keyboard.press("ArrowLeft")
        await expect(page.get_by_role("tab", name="Reasons")).to_be_focused()
        await page.reload()
        await expect(page.get_by_role("tabpanel", name="Reasons")).to_be_visible()
        await expect(page.get_by_role("tabpanel")).to_have_count(1)
        await page.keyboard.press(" ")  # the session is paused: a line above all says so
        await expect(page.get_by_text("The session is paused.")).to_be_visible()
        assert await page.evaluate(CUT, list(PLAYED)) == []
        for width, height in (TABLET, (1280, 800)):  # two columns, and the narrowest three
            await page.set_viewport_size({"width": width, "height": height})
            for lang, surprises in (("it", "Sorprese"), ("en", "Surprises")):
                await page.goto(f"{stage.url}/console?lang={lang}")
                await expect(page.locator(".upcoming li").first).to_be_visible()
                if (width, height) == TABLET:
                    await tab(page, surprises)
                assert await page.evaluate(CUT, list(PLAYED)) == []
                assert not await page.evaluate(SCROLLS)


async def test_a_vital_sign_is_moved_with_a_ramp_and_let_go_again() -> None:
    async with on_stage(speed=20) as stage:
        page = await console(stage)
        truth = panel(page, "How the patient really is")
        await truth.get_by_role("button", name="Move: SBP").click()
        await truth.get_by_label("Target: SBP").fill("70")
        await truth.get_by_label("within").select_option("15")
        await truth.get_by_role("button", name="Move", exact=True).last.click()
        await stage.until(lambda: value(stage, "held"))
        row = truth.locator("tr[data-vital=sbp]")
        await expect(row).to_contain_text("held at 70")
        await stage.until(lambda: value(stage, "truth")["sbp"] == 70)
        await expect(truth).to_contain_text("Blood volume, % of usual")
        await expect(truth).to_contain_text(re.compile(r"K, mmol/L\s*\d\.\d"))
        await expect(row.locator("td").first).to_contain_text("70")
        await page.get_by_role("button", name="Let go: SBP").click()
        await stage.until(lambda: value(stage, "held") == {})
        await stage.until(lambda: value(stage, "truth")["sbp"] > 90)


async def test_what_comes_next_is_brought_forward_and_roles_are_left_to_people() -> None:
    async with on_stage(speed=0.5) as stage:
        page = await console(stage)
        coming = panel(page, "What comes next")
        dispatch = coming.locator("[data-next='preh.dispatch']")
        await dispatch.get_by_role("button", name="Now").click()
        await stage.until(lambda: stage.asked("preh.dispatch", by="operator"))
        await expect(dispatch).to_have_count(0)
        await tab(page, "People")
        people = panel(page, "Who plays whom")
        for who, words in (("rescuer", "Rescuer"), ("driver", "Driver (rescuer)")):
            named = people.locator(f"[data-person={who}] > span").first
            await expect(named).to_have_text(words)
        await tab(page, "Reasons")
        reasons = panel(page, "Agents' last reasons")
        await expect(reasons).to_contain_text("Rescuer's assistant")
        await expect(reasons).to_contain_text("note what happened: Motorcycle against")
        await expect(reasons.locator("code").first).to_be_hidden()  # as the program has it
        await tab(page, "People")
        await people.get_by_role("button", name="Played by a person: Rescuer").click()
        await stage.until(lambda: value(stage, "people")["rescuer"]["simulated"] is False)
        await expect(
            coming.locator("li", has_text="played by a person").first.get_by_role(
                "button", name="Now"
            )
        ).to_be_disabled()


async def test_surprises_happen_and_are_seen_among_what_has_happened() -> None:
    async with on_stage(speed=20) as stage:
        page = await console(stage, size=DESK)
        surprises = panel(page, "Surprises")
        await surprises.get_by_role("button", name="Tension pneumothorax, left").click()
        await surprises.get_by_role("button", name="SpO2 probe off").click()
        await tab(page, "Other")
        anything = panel(page, "Anything else")
        await anything.get_by_label("What", exact=True).select_option("give_drug")
        await anything.get_by_label("drug", exact=True).fill("ketamine")
        await anything.get_by_label("amount").fill("50")
        await anything.get_by_label("unit").fill("mg")
        await anything.get_by_role("button", name="Let it happen").click()
        await stage.until(lambda: stage.asked("patient.give_drug", by=ME))
        await stage.until(lambda: len(value(stage, "injected")) == 3)
        assert [r["do"] for r in value(stage, "injected").values()] == [
            "hurt.pneumothorax", "ambulance_monitor.unplug", "patient.give_drug",
        ]  # fmt: skip
        happened = panel(page, "What has happened")
        await expect(happened).to_contain_text("give ketAMINE 50 mg")
        await expect(happened).to_contain_text("add an injury: pneumothorax, left")
        await surprises.get_by_role("button", name="Silent for 1 min").click()
        await expect(happened).to_contain_text("silent, for 60 s")
        await happened.get_by_role("button").last.click()  # what was long ago is scrolled to
        await page.get_by_role("button", name="Good").click()
        await expect(happened.get_by_role("button", pressed=True)).to_have_count(0)
        await page.wait_for_function("document.querySelector('.course').scrollTop === 0")
        waiting = panel(page, "What comes next")
        await expect(waiting).to_contain_text("begin advanced life support waits for: pulse: no")
        await stage.until(lambda: value(stage, "truth")["tension"] > 0.1)
        truth = panel(page, "How the patient really is")
        await truth.get_by_role("button", name="Cardiac arrest").click()
        await stage.until(lambda: not value(stage, "truth")["pulse"])
        await expect(happened).to_contain_text("stop the heart")
        await expect(truth.get_by_role("button", name="Circulation returns")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await stage.until(lambda: value(stage, "truth")["pulse"])
        await expect(truth.get_by_role("button", name="Cardiac arrest")).to_be_visible()


async def test_a_member_of_the_team_is_let_in_by_a_link_and_is_played_from_then_on() -> None:
    async with on_stage(speed=20) as stage:
        page = await console(stage)
        await tab(page, "People")
        row = page.locator("[data-person=anaesthetist]")
        await expect(row.get_by_role("button", name="person")).to_have_attribute(
            "aria-pressed", "false"
        )
        await row.get_by_text("Make a link").first.click()
        await row.get_by_role("button", name="Make a link").click()
        link = await row.locator("code").inner_text()
        await stage.accessible(page)
        guest = await (await stage.browser.new_context()).new_page()
        await guest.goto(link)
        await expect(guest).to_have_url(f"{stage.url}/leader")
        await expect(row.get_by_role("button", name="person")).to_have_attribute(
            "aria-pressed", "true"
        )
        assert stage.changes("session", "operation", "take_over")[0].by == "anaesthetist"
        wrong = await page.evaluate(
            """fetch("/links", {method: "POST", headers: {"Content-Type": "application/json"},
               body: '{"part": "rescuer", "person": "anaesthetist"}'}).then(r => r.json())"""
        )
        assert "is not for him" in wrong["detail"]
        stage.expect_complaints("422")


async def test_the_team_never_learns_what_the_console_shows() -> None:
    async with on_stage(speed=20) as stage:
        await console(stage)
        leader = await stage.enter("trauma_leader", "trauma_leader", "/leader")
        told = await leader.evaluate("fetch('/twins/session/session/state').then(r => r.json())")
        assert told["values"]["running"]["value"] is True
        assert not {"truth", "next", "mark", "noted", "briefing"} & set(told["values"])
        refused = await leader.evaluate("fetch('/links', {method: 'POST'}).then(r => r.status)")
        assert refused == 403
        stage.expect_complaints("403")


async def test_everybody_can_use_it_on_a_wall_and_on_a_tablet() -> None:
    async with on_stage(speed=20) as stage:
        for size in (WALL, PORTRAIT):
            page = await console(stage, size=size)
            await (
                panel(page, "How the patient really is")
                .get_by_role("button", name="Move: HR")
                .click()
            )
            for each in (await page.get_by_role("tab").all())[::3]:
                await each.click()
                await page.evaluate("scrollTo(0, 0)")  # else the bar on top may cover half a button
                await stage.accessible(page)
        await page.goto(f"{stage.url}/console?theme=dark&lang=it")
        await expect(page.get_by_role("region", name="Che cosa viene dopo")).to_be_visible()
        assert await page.evaluate(WRITTEN) == [
            "annota dinamica: chiuso",
            "segna un criterio di triage: sospetta frattura del bacino",
            "prendi in carico HAE-09: somministra cloruro di calcio 10 %",
            "trasfondi emazie × 2 (in 5 min)",
            "intubazione orotracheale",
            "annota una lesione: arto sx ferita",
            "ricevi la chiamata: Luogo dell'incidente, rosso",
        ]
        await stage.accessible(page)


async def test_the_start_page_makes_a_link_that_lets_somebody_in_once() -> None:
    async with on_stage(speed=20) as stage:
        page = await stage.enter(ME, "instructor", "/")
        card = page.get_by_role("region", name="Rescuer")
        await card.get_by_role("button", name="Make a link").click()
        await expect(card.get_by_role("img", name="QR code of the link: Rescuer")).to_be_visible()
        link = await card.locator("code").inner_text()
        await stage.accessible(page)
        guest = await (await stage.browser.new_context()).new_page()
        await guest.goto(link)
        await expect(guest).to_have_url(f"{stage.url}/rescuer")
        stranger = await (await stage.browser.new_context()).new_page()
        await stranger.goto(link)
        await expect(stranger.get_by_role("alert")).to_contain_text("used already")
        await expect(stranger.get_by_role("link")).to_have_count(0)
        await guest.goto(link)
        await expect(guest.get_by_role("alert")).to_contain_text("still here as")
        await expect(guest.get_by_role("link", name="Open: Rescuer")).to_be_visible()

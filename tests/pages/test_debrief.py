"""The debrief in a real browser: a finished run and a running one, looked at and talked about."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from playwright.async_api import Page, Route, expect

from environment.model.change import JSON, ChangeKind
from environment.runtime.access import Tokens
from environment.runtime.journal import Journal
from scenarios.expectations import judge
from scenarios.reviewing import review
from scenarios.runs import Run
from scenarios.schema import Scenario
from scenarios.story import Story
from tests.pages.stage import BROWSER, PORTRAIT, WALL, Stage, chromium, on_stage
from tests.scenarios.conftest import pelvis  # noqa: F401 - a fixture
from tests.scenarios.stage import Performed, longer
from tests.services import free_port

pytestmark = BROWSER
Case = tuple[Scenario, Performed]


def finished(case: Case, name: str) -> Run:
    scenario, performed = case
    story = Story(performed.journal)
    return Run(
        folder=Path(name),
        scenario=scenario,
        seed=7,
        story=story,
        verdict=judge(story, scenario),
        simulated_s=performed.simulated_s,
    )


@asynccontextmanager
async def on_review(*runs: Run) -> AsyncIterator[Stage]:
    """Finished runs, served to be looked at."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[str] = loop.create_future()
    until, numbers = asyncio.Event(), count()
    tokens = Tokens(now=loop.time, draw=lambda: f"secret-{next(numbers)}")
    served = asyncio.create_task(
        review(runs, port=free_port(), ready=ready.set_result, tokens=tokens, until=until)
    )
    try:
        async with chromium() as browser:
            stage = Stage(await ready, browser, tokens=tokens, journal=runs[0].story.journal)
            try:
                yield stage
            finally:
                await stage.close()
        assert not stage.wrong, "\n".join(stage.wrong)
    finally:
        until.set()
        await served


async def debrief(stage: Stage, **how: object) -> Page:
    page = await stage.enter("someone", "researcher", "/debrief", **how)  # type: ignore[arg-type]
    await page.get_by_role("group", name="Course").first.wait_for()
    return page


async def test_a_finished_run_is_scrubbed_and_its_alerts_say_why(pelvis: Case) -> None:  # noqa: F811
    async with on_review(finished(pelvis, "one")) as stage:
        page = await debrief(stage, size=WALL)
        await expect(page.get_by_text("This run is over: you look back at it.")).to_be_visible()
        moment = page.get_by_role("region", name="Moment")
        scrubber = page.get_by_role("slider", name="Moment")
        await scrubber.fill("1200")
        await expect(moment.locator("h2")).to_contain_text("20:00")
        story = Story(stage.journal)
        sbp = [v for t, v in story.curve("sbp") if v is not None and t <= 1200][-1]
        await expect(moment.locator("[data-vital=sbp] dd")).to_have_text(f"{sbp:.0f}")
        await expect(moment).to_contain_text("transporting")
        await scrubber.press("ArrowRight")
        await expect(moment.locator("h2")).to_contain_text("20:01")
        await page.get_by_role("button", name="Previous event").click()
        await expect(moment.locator("h2")).not_to_contain_text("20:01")

        alert = page.locator("[data-rule=HAE-02]").first
        await alert.focus()
        await alert.press("Enter")
        told = page.get_by_role("region", name="In detail")
        await expect(told).to_contain_text("Why?")
        reasons = told.get_by_role("list", name="Why?")
        await expect(reasons.get_by_role("listitem").first).to_contain_text("advisor")
        await expect(told).to_be_in_viewport(ratio=0.9)
        mark, panel = await alert.bounding_box(), await told.bounding_box()
        assert mark
        assert panel
        assert mark["y"] + mark["height"] <= panel["y"]  # what is chosen stays in sight
        await expect(told).to_contain_text("HAE-02 Shock index")
        await expect(told.locator("[data-step=request]").first).to_contain_text("advisor asks")
        at = await page.get_by_role("region", name="Moment").locator("b[data-moment]").inner_text()
        await page.reload()
        await expect(page.locator("b[data-moment]")).to_have_text(at)

        status = await page.evaluate(
            """fetch("/twins/patient/patient/operations/assess", {method: "POST",
               headers: {"Content-Type": "application/json"}, body: "{}"}).then(r => r.status)"""
        )
        assert status in (403, 404)  # nobody changes a finished run
        stage.expect_complaints("status of 40")
        await page.locator("[data-rule=HAE-02]").first.click()
        await stage.accessible(page)


async def test_what_was_expected_stands_against_what_came(pelvis: Case) -> None:  # noqa: F811
    run = finished(pelvis, "one")
    async with on_review(run) as stage:
        page = await debrief(stage, size=PORTRAIT)
        expected = page.get_by_role("region", name="Expected against actual")
        for name, judged in (("met", run.verdict.met), ("void", run.verdict.void)):
            await expect(expected.locator(f"tr[data-verdict={name}]")).to_have_count(len(judged))
        assert run.verdict.missed  # nobody advised: some alerts never came
        wrong = expected.locator("tr[data-verdict=missed], tr[data-verdict=late]")
        await expect(wrong).to_have_count(len(run.verdict.missed) + len(run.verdict.late))
        await wrong.first.get_by_role("button").click()
        await expect(page.get_by_role("region", name="In detail")).to_contain_text("expected")
        clock = page.get_by_role("region", name="KPI clock")
        await expect(clock.locator("[data-kpi=scene_time]")).to_contain_text("held")
        windows = page.locator("[data-window='patient.apply_tourniquet']")
        await expect(windows).to_have_attribute("data-verdict", "met")
        await page.evaluate("document.documentElement.dataset.theme = 'dark'")
        await stage.accessible(page)


async def test_two_runs_stand_side_by_side(pelvis: Case) -> None:  # noqa: F811
    async with on_review(finished(pelvis, "one"), finished(pelvis, "other")) as stage:
        page = await debrief(stage, size=(1400, 900))
        await expect(page.get_by_role("heading", level=1)).to_have_count(2)
        curves = [
            page.get_by_role("region", name=run, exact=True).get_by_role(
                "group", name="Circulation"
            )
            for run in "AB"
        ]
        boxes = [await curve.bounding_box() for curve in curves]
        for curve in curves:
            await expect(curve).to_be_in_viewport(ratio=1)  # both at once
        assert boxes[0]
        assert boxes[1]
        assert boxes[0]["y"] == boxes[1]["y"]
        await expect(page.get_by_role("region", name="In detail")).not_to_be_in_viewport()
        expected = page.get_by_role("region", name="Expected against actual")
        row = expected.get_by_role("row").filter(has_text="tourniquet applied")
        await expect(row.locator("td[data-verdict=met]")).to_have_count(2)
        row = page.locator("[data-kpi=scene_time]")
        await expect(row.locator("td").nth(2)).to_have_text("00:00")
        table = page.get_by_role("region", name="KPI clock").locator(".wide")
        assert await table.evaluate("(e) => e.scrollWidth <= e.clientWidth")
        await expect(page.get_by_role("region", name="Moment")).to_have_count(2)


def discarded(case: Case, runs: Path) -> tuple[Run, Run]:
    """A session that went back from 40:00 to 20:00, and what it discarded, which ended there."""
    scenario, performed = case
    kept = performed.journal
    value = {"label": "20:00", "after": 9, "from_s": 2400.0, "branch": "branch-1"}
    rows: tuple[tuple[str, ChangeKind, str, JSON], ...] = (
        ("session", "event", "created", {"kind": "session"}),
        ("session", "event", "rewound", value),
    )
    went_on = replace(performed, journal=longer(kept, *rows, at_s=1200.0))
    cut = Journal("cut")
    for change in kept:
        if change.recorded <= 2400.0:
            cut.append(change)
    stretch = finished((scenario, replace(performed, journal=cut)), f"{runs}/one/branch-1")
    (runs / "one").mkdir()
    (runs / "one" / "run.json").write_text("{}")
    return finished((scenario, went_on), f"{runs}/one"), stretch


async def test_the_page_says_that_the_session_went_back_and_how_to_see_what_was_discarded(
    pelvis: Case,  # noqa: F811
    tmp_path: Path,
) -> None:
    one, stretch = discarded(pelvis, tmp_path)
    async with on_review(one) as stage:
        page = await debrief(stage)
        told = page.get_by_role("note").filter(has_text="At 40:00 the session went back to 20:00.")
        await expect(told.locator("code")).to_have_text("traumatwin debrief one one/branch-1")
    async with on_review(one, stretch) as stage:
        page = await debrief(stage, size=(1400, 900))
        heads = page.get_by_role("heading", level=1)
        await expect(heads.last).to_contain_text("B: discarded stretch, from 20:00")
        await expect(page.locator("code")).to_have_count(0)  # it is there to be seen
        lanes = page.get_by_role("group", name="Alerts", exact=True).locator(".lane-name")
        for long in ("", " and so on" * 12):  # however high the head of one becomes
            await heads.last.evaluate("(e, text) => e.append(text)", long)
            tops = [await lane.bounding_box() for lane in await lanes.all()]
            assert [box["y"] for box in tops if box] == [tops[0]["y"]] * 2  # type: ignore[index]
        ends = page.get_by_role("region", name="B", exact=True).locator(".beyond rect")
        await expect(ends).to_have_count(1)
        edge = await ends.bounding_box()
        bar = page.get_by_role("region", name="B", exact=True).locator("[data-rule=HAE-02] .bar")
        box = await bar.last.bounding_box()
        assert edge
        assert box
        assert box["x"] + box["width"] <= edge["x"] + 2  # what is open ends with its run
        await page.get_by_role("region", name="B", exact=True).locator("[data-rule=HAE-02]").click()
        reasons = page.get_by_role("region", name="In detail").get_by_role("list", name="Why?")
        await expect(reasons.get_by_role("listitem").first).to_contain_text("advisor")


async def test_a_moment_shows_an_alert_as_it_read_then(pelvis: Case) -> None:  # noqa: F811
    scenario, performed = pelvis
    value = {"rule": "HAE-02", "priority": "high", "text": "later words"}
    row: tuple[str, ChangeKind, str, JSON] = ("rescuer_tablet", "event", "alert_changed", value)
    journal = longer(performed.journal, row, at_s=performed.simulated_s)
    async with on_review(finished((scenario, replace(performed, journal=journal)), "one")) as stage:
        page = await debrief(stage)
        moment = page.get_by_role("region", name="Moment")
        scrubber = page.get_by_role("slider", name="Moment")
        await scrubber.fill("1200")
        await expect(moment).to_contain_text("HAE-02 text")
        await scrubber.press("End")
        await expect(moment).to_contain_text("later words")


def begun(path: Path) -> bytes:
    return path.read_bytes()[:100]


async def test_what_the_instructor_brought_in_has_a_lane_in_the_readers_language(
    pelvis: Case,  # noqa: F811
) -> None:
    scenario, performed = pelvis
    asked: list[tuple[str, dict[str, object]]] = [
        ("hurt", {"kind": "bleed", "details": {"site": "spleen", "flow_ml_min": 60}}),
        ("set_vital", {"key": "hr", "to": 130.0, "over_s": 60.0}),
        ("arrest", {}),
    ]
    rows: list[tuple[str, ChangeKind, str, object]] = [
        ("session", "event", "created", {"kind": "session"})
    ]
    for name, given in asked:
        step = {"invocation": f"{name}-1", "arguments": given}
        rows += [
            ("session", "operation", name, {**step, "status": status})
            for status in ("requested", "completed")
        ]
    rows.append(("session", "property", "truth", {"bleeding": {"spleen": 45}}))
    journal = longer(performed.journal, *rows, at_s=performed.simulated_s)
    run = finished((scenario, replace(performed, journal=journal)), "one")
    async with on_review(run) as stage:
        page = await stage.enter("someone", "researcher", "/debrief", locale="it-IT", size=WALL)
        lane = page.get_by_role("group", name="Istruttore")
        await expect(lane.get_by_role("button")).to_have_count(3)
        await lane.locator("[data-brought=arrest]").click()
        await expect(page.get_by_role("region", name="In dettaglio")).to_contain_text(
            "arresto cardiaco"
        )
        await lane.locator("[data-brought=set_vital]").click()
        detail = page.get_by_role("region", name="In dettaglio")
        await expect(detail).to_contain_text("Introdotto dall'istruttore: 1:15:00")
        await expect(detail).to_contain_text("FC tenuto a 130")
        await expect(page.get_by_text("Sanguina ancora alla fine: milza 45 mL/min")).to_be_visible()
        await expect(page.get_by_text("Vivo, in terapia intensiva")).to_be_visible()
        expected = page.get_by_role("region", name="Atteso e avvenuto")
        await expect(expected).to_contain_text("preallarme inviato")
        await expect(expected).to_contain_text("Cintura pelvica")
        clock = page.get_by_role("region", name="Tempi chiave")
        await expect(clock.locator("[data-kpi=efast]")).to_contain_text("pratica clinica")
        for english in ("expected", "came at", "as it should be", "preh", "tourniquet applied"):
            await expect(expected).not_to_contain_text(english)
        await stage.accessible(page)


async def test_each_run_is_taken_along_in_the_form_that_others_need(pelvis: Case) -> None:  # noqa: F811
    begins = {
        "Report (web page)": b"<!doctype html>",
        "Report to print (PDF)": b"%PDF-",
        "TraumaTracker report (JSON)": b"{",
        "Journal (CSV)": b"seq,twin,",
        "FHIR R4 document (JSON)": b'{\n "resourceType": "Bundle"',
        "Trauma registry, Utstein core (JSON)": b"{",
        "Learning record (xAPI)": b"[",
    }
    other = finished(pelvis, "20261123-100000-pelvis")
    async with on_review(finished(pelvis, "one"), other) as stage:
        page = await debrief(stage)
        offered = page.get_by_role("region", name="Take along")
        await expect(offered.get_by_role("link")).to_have_count(2 * len(begins))
        for name, begin in begins.items():
            async with page.expect_download() as waited:
                await offered.get_by_role("link", name=name).last.click()
            download = await waited.value
            assert download.suggested_filename.startswith("pelvis-best-20261123-100000")
            assert begun(await download.path()).startswith(begin), name
        slow = asyncio.Event()

        async def waiting(route: Route) -> None:
            await slow.wait()
            await route.continue_()

        await page.route("**/debrief/files/pdf*", waiting)
        paper = offered.get_by_role("link", name="Report to print (PDF)").first
        await paper.click()
        await expect(offered).to_contain_text("Report to print (PDF): being prepared")
        async with page.expect_download():
            slow.set()
        await expect(offered).not_to_contain_text("being prepared")
        told = "fetch('/debrief/files/gif').then(r => r.json())"
        assert "Known: html, pdf," in (await page.evaluate(told))["detail"]
        stage.expect_complaints("status of 404")


async def test_notes_are_written_by_key_at_the_moment_changed_and_deleted(
    pelvis: Case,  # noqa: F811
    tmp_path: Path,
) -> None:
    run = replace(finished(pelvis, "one"), folder=tmp_path)
    async with on_review(run) as stage:
        page = await debrief(stage, size=WALL)
        await page.get_by_role("slider", name="Moment").fill("600")
        await page.keyboard.press("w")
        field = page.get_by_role("textbox", name="Note at 10:00")
        await expect(field).to_be_focused()
        await page.keyboard.type("who called the blood bank?")
        await page.get_by_role("textbox", name="Written by").fill("Ada")
        await field.press("Enter")
        notes = page.get_by_role("region", name="Marks and notes")
        await expect(notes.locator("[data-note=note]")).to_have_text(
            re.compile(r"10:00 *note *who called the blood bank\? *Ada · afterwards")
        )
        await expect(page.locator("[data-mark=note]")).to_have_count(1)  # in the lanes
        await page.keyboard.type("and who came?")
        await field.press("Enter")
        marks = page.locator("[data-mark=note]")  # of one moment, below each other
        await expect(marks).to_have_count(2)
        upper, lower = [await marks.nth(n).bounding_box() for n in (0, 1)]
        assert upper
        assert lower
        assert upper["y"] + upper["height"] <= lower["y"] + 3
        await page.get_by_role("button", name="Delete: and who came?").click()
        await expect(marks).to_have_count(1)
        await page.get_by_role("slider", name="Moment").fill("900")
        await page.get_by_role("button", name="Change: who called").click()
        await page.keyboard.press("Control+a")
        await page.keyboard.type("Who called the blood bank, and when?")
        await page.keyboard.press("Enter")
        row = notes.locator("[data-note=note]")
        await expect(row).to_contain_text("and when?")
        await expect(row).to_contain_text("10:00")  # it stays at its moment
        await page.reload()
        await expect(row).to_contain_text("and when?")
        await stage.accessible(page)
        await page.get_by_role("button", name="Delete: Who called").click()
        await expect(row).to_have_count(0)
    assert "and when?" not in (tmp_path / "notes.json").read_text()


async def test_where_a_run_cannot_be_written_the_page_says_so_and_offers_no_field(
    pelvis: Case,  # noqa: F811
) -> None:
    async with on_review(finished(pelvis, "nowhere")) as stage:
        page = await debrief(stage)
        await expect(page.get_by_text("Notes cannot be kept.")).to_be_visible()
        await expect(page.get_by_role("textbox")).to_have_count(0)


async def test_while_it_runs_the_debrief_follows_and_the_instructor_writes_notes() -> None:
    async with on_stage(speed=60) as stage:
        page = await stage.enter("instructor", "instructor", "/debrief")
        await page.get_by_role("group", name="Course").wait_for()
        await stage.until(lambda: stage.changes("patient", "event", "procedure"))
        await expect(page.locator("[data-action]").first).to_be_visible(timeout=15_000)  # by itself
        await page.get_by_role("slider", name="Moment").fill("30")
        await page.keyboard.press("w")
        await page.keyboard.type("the call")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-note=note]")).to_contain_text("the call")
        (asked,) = stage.asked("session.note", by="instructor")
        assert (asked["at_s"], asked["text"]) == (30, "the call")

        await stage.does("instructor", "instructor", "ambulance_monitor.attach", patient="patient")
        await stage.does("instructor", "instructor", "session.set_vital", key="sbp", to=60)
        lane = page.get_by_role("group", name="Device alarms")
        await lane.locator("[data-rule='SBP ↓']").first.click(timeout=20_000)
        told = page.get_by_role("region", name="In detail")
        await expect(told).to_contain_text("Ambulance monitor")
        await expect(told).to_contain_text("Sound paused")

        console = await stage.enter("instructor", "instructor", "/console")
        await console.locator("[data-clock]").wait_for()
        await console.keyboard.press("w")
        await console.keyboard.type("spoke to nobody")
        await console.keyboard.press("Enter")
        await expect(console.locator("[data-noted]")).to_have_count(2)
        await stage.accessible(console)
        await stage.accessible(page)


async def test_while_it_runs_the_the_instructor_looks_and_the_team_does_not() -> None:
    async with on_stage(speed=60) as stage:
        page = await stage.enter("instructor", "instructor", "/debrief", locale="it-IT")
        await page.get_by_role("group", name="Decorso").wait_for()
        await stage.until(lambda: stage.changes("patient", "event", "procedure"))
        await page.get_by_role("button", name="Rileggi").click()
        await expect(page.locator("[data-action]").first).to_be_visible()
        still = page.locator("tr[data-verdict=open]")
        await expect(still.first).to_be_visible()
        await expect(still.first).not_to_contain_text("never came")
        leader = await stage.enter("trauma_leader", "trauma_leader", "/debrief")
        await expect(leader.get_by_role("status").last).to_contain_text("for the instructor")
        stage.expect_complaints("status of 403")

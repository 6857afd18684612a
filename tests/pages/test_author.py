"""The author's page in a real browser: a scenario changed, checked, simulated and saved."""

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from scenarios.authoring.blank import begun, write
from scenarios.authoring.draft import Draft
from scenarios.authoring.site import author
from scenarios.authoring.vocabulary import vocabulary
from scenarios.reading import path_of
from tests.pages.stage import BROWSER, PORTRAIT, TABLET, Glass, chromium
from tests.pages.test_texts import table
from tests.services import free_port

pytestmark = BROWSER


@asynccontextmanager
async def on_desk(file: Path) -> AsyncIterator[Glass]:
    """A scenario's file at the author's desk."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    until = asyncio.Event()
    desk = asyncio.create_task(
        author(Draft.open(file), port=free_port(), ready=ready.set_result, until=until)
    )
    try:
        async with chromium() as browser:
            glass = Glass(await ready, browser)
            try:
                yield glass
            finally:
                await glass.close()
        assert not glass.wrong, "\n".join(glass.wrong)
    finally:
        until.set()
        await desk


async def opened(
    glass: Glass, view: str = "form/case", size: tuple[int, int] = TABLET, query: str = ""
) -> Page:
    """The page, in a browser of its own."""
    return await glass.follow("author", f"{glass.url}/{query}#{view}", size=size)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(begun("case", title="A case"))
    return path


def text_of(file: Path) -> str:
    return file.read_text("utf-8")


def read(file: Path) -> dict[str, Any]:
    return tomllib.loads(text_of(file))


async def test_a_field_is_changed_told_wrong_mended_saved_and_there_after_a_reload(
    file: Path,
) -> None:
    before = text_of(file)
    async with on_desk(file) as glass:
        page = await opened(glass, "form/patient")
        weight = page.get_by_label("Weight, kg")
        await expect(weight).to_have_value("70")
        await weight.fill("-5")
        await weight.press("Tab")
        told = page.get_by_role("region", name="Problems")
        await expect(told).to_contain_text("must be 0.4 or more; it is -5.")
        await expect(weight).to_have_attribute("aria-invalid", "true")
        await expect(weight).to_have_accessible_description(
            "patient.weight_kg: must be 0.4 or more; it is -5. line 15"
        )
        await page.reload()
        await expect(page.get_by_label("Weight, kg")).to_have_value("-5")
        await page.get_by_role("button", name="Preview").click()
        await expect(page.get_by_role("button", name="Simulate")).to_be_disabled()
        await expect(page.get_by_text("It cannot be simulated while")).to_be_visible()
        await page.get_by_role("button", name="Show the field").click()
        await expect(page.get_by_label("Weight, kg")).to_be_focused()
        await page.get_by_label("Weight, kg").fill("82.5")
        await page.keyboard.press("Control+s")
        await expect(page.get_by_text("Nothing is wrong with it.")).to_be_visible()
        await expect(page.get_by_text("case.toml · saved")).to_be_visible()
        assert text_of(file) == before.replace("weight_kg = 70", "weight_kg = 82.5")
        await page.reload()
        await expect(page.get_by_label("Weight, kg")).to_have_value("82.5")


async def test_an_event_is_added_chosen_from_what_there_is_copied_and_taken_away(
    file: Path,
) -> None:
    async with on_desk(file) as glass:
        page = await opened(glass, "form/event")
        events = page.get_by_role("region", name="Events")
        await events.get_by_role("button", name="+ Event").click()
        entry = page.locator("[data-entry]").filter(has=page.locator("[aria-expanded=true]"))
        time = entry.get_by_role("textbox", name="At", exact=True)
        await time.fill("00:30")
        await entry.get_by_role("combobox", name="By", exact=True).select_option("rescuer")
        await entry.get_by_label("Of whom or what").select_option("patient")
        await entry.get_by_label("Operation").select_option("give_drug")
        problems = page.get_by_role("region", name="Problems")
        await expect(problems).to_contain_text("argument 'drug' is missing")
        drug = entry.get_by_label("drug")
        await expect(drug).to_have_attribute("aria-invalid", "true")
        await drug.select_option("tranexamic_acid")
        await entry.get_by_label("amount").fill("10")
        await entry.get_by_label("unit").fill("g")
        await entry.get_by_label("unit").press("Tab")
        await expect(problems).to_contain_text("Nothing is wrong with it.")
        await expect(problems).to_contain_text("the dose is doubtful: tranexamic acid: total 10 g")
        await entry.get_by_label("amount").fill("1")
        await entry.get_by_label("amount").press("Tab")
        await expect(problems).not_to_contain_text("doubtful")
        await events.get_by_role("button", name="Put in order of time").click()
        await expect(events.locator(".when").nth(-2)).not_to_have_text("00:30")
        await events.get_by_role("button", name="give drug").click()
        await time.fill("13:00")
        await time.press("Tab")
        await events.get_by_role("button", name="Put in order of time").click()
        await expect(events.locator(".when").last).to_have_text("13:00")
        await events.get_by_role("button", name="give drug").click()
        last = page.locator("[data-entry='event.8']")
        await last.get_by_role("button", name="Duplicate").click()
        await expect(events.locator("[data-entry]")).to_have_count(10)
        await last.get_by_role("button", name="Delete").click()
        await expect(events.locator("[data-entry]")).to_have_count(9)
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_text("case.toml · saved")).to_be_visible()
        drug = {"drug": "tranexamic_acid", "amount": 1, "unit": "g"}
        do = "patient.give_drug"
        assert read(file)["event"][-1] == {"at": "13:00", "by": "rescuer", "do": do, "with": drug}
        await page.get_by_role("button", name="Undo").click()
        await expect(events.locator("[data-entry]")).to_have_count(10)
        await expect(page.get_by_text("case.toml · not saved")).to_be_visible()


async def test_an_injury_of_another_kind_has_the_fields_of_that_kind(file: Path) -> None:
    async with on_desk(file) as glass:
        page = await opened(glass, "form/injury")
        await page.get_by_role("button", name="Wound of the left thigh").click()
        await page.get_by_role("combobox", name="Kind").select_option("pneumothorax")
        severity = page.get_by_label("Severity, 0 to 1")
        await expect(severity).to_have_accessible_description(re.compile("needs 'severity'"))
        await expect(page.get_by_label("Flow, mL/min")).to_have_count(0)
        await severity.fill("05:00 0.2\n12:00 0.6")
        await severity.press("Tab")
        await page.get_by_label("Side").select_option("left")
        await expect(page.get_by_text("Nothing is wrong with it.")).to_be_visible()
        await page.keyboard.press("Control+s")
        await expect(page.get_by_text("case.toml · saved")).to_be_visible()
    (injury,) = read(file)["injury"]
    assert injury["severity"] == [["05:00", 0.2], ["12:00", 0.6]]
    assert (injury["kind"], injury["side"]) == ("pneumothorax", "left")
    assert "site" not in injury


async def test_text_and_form_are_two_views_of_one_draft(file: Path) -> None:
    async with on_desk(file) as glass:
        page = await opened(glass, "text/case")
        area = page.get_by_role("textbox", name="The file's text")
        text = await area.input_value()
        await area.fill(text.replace('ends = "20:00"', "ends = 20:00"))
        problems = page.get_by_role("region", name="Problems")
        await expect(problems).to_contain_text('A time stands in quotes: "20:00".')
        await page.get_by_role("button", name="Form").click()
        await expect(page.get_by_text("The text is not TOML now.")).to_be_visible()
        await problems.get_by_role("button", name="line 9").click()
        assert await area.evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)") == (
            "ends = 20:00"
        )
        await area.fill(text.replace("age = 30", "age = 31 # soon 32"))
        await expect(problems).to_contain_text("Nothing is wrong with it.")
        await page.get_by_role("button", name="Form").click()
        await page.get_by_role("button", name="Patient").click()
        await page.get_by_label("Age, years").fill("33")
        await page.get_by_label("Age, years").press("Tab")
        await page.get_by_role("button", name="Text").click()
        await expect(area).to_have_value(text.replace("age = 30", "age = 33 # soon 32"))


async def test_a_preview_draws_the_curves_of_now_and_of_before(file: Path) -> None:
    async with on_desk(file) as glass:
        page = await opened(glass, "preview/injury")
        await page.get_by_role("button", name="Simulate").click()
        picture = page.get_by_role("img", name="Vital signs up to 10:00")
        await expect(picture.locator("canvas")).to_be_visible(timeout=30_000)
        marks = page.get_by_role("table", name="What happens")
        await expect(marks).to_contain_text("Wound of the left thigh")
        lost = page.locator("[data-sign=bled_ml] dd")
        await page.get_by_label("Moment").fill("600")
        first = int(await lost.inner_text())
        assert first > 200
        drawn = await picture.locator("canvas").evaluate("c => c.toDataURL()")
        await page.get_by_role("button", name="Form").click()
        await page.get_by_role("button", name="Wound of the left thigh").click()
        await page.get_by_label("Flow, mL/min").fill("150")
        await page.get_by_role("button", name="Preview").click()
        await expect(page.get_by_text("The draft was changed since.")).to_be_visible()
        await page.get_by_role("button", name="Simulate").click()
        await expect(lost).to_contain_text(f"was {first}", timeout=30_000)
        await page.get_by_label("Moment").fill("600")
        assert int((await lost.inner_text()).split()[0]) > 1.5 * first
        assert await picture.locator("canvas").evaluate("c => c.toDataURL()") != drawn
        await page.get_by_label("With what people do").uncheck()
        await page.get_by_role("button", name="To the end").click()
        await expect(page.get_by_role("img", name="Vital signs up to 20:00")).to_be_visible(
            timeout=30_000
        )
        await expect(page.get_by_text("No pulse at the end.")).to_be_visible()


async def test_a_file_changed_elsewhere_is_said_and_nothing_is_lost(file: Path) -> None:
    async with on_desk(file) as glass:
        page = await opened(glass)
        await page.get_by_label("Title").fill("Mine")
        await page.get_by_label("Title").press("Tab")
        await expect(page.get_by_role("heading", name="Mine")).to_be_visible()
        write(begun("case", title="Theirs"), file, force=True)
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("changed by somebody else")
        glass.expect_complaints("412")  # the browser's own word for a refused request
        assert read(file)["title"] == "Theirs"
        await page.get_by_role("button", name="Load that text").click()
        await expect(page.get_by_role("heading", name="Theirs")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("heading", name="Mine")).to_be_visible()
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_text("case.toml · saved")).to_be_visible()
        assert read(file)["title"] == "Mine"


async def test_two_windows_do_not_write_over_each_other(file: Path) -> None:
    async with on_desk(file) as glass:
        one, other = await opened(glass), await opened(glass)
        await one.get_by_label("Title").fill("One")
        await one.get_by_label("Title").press("Tab")
        await expect(one.get_by_role("heading", name="One")).to_be_visible()
        await other.get_by_label("Ends at").fill("19:00")
        await other.get_by_label("Ends at").press("Tab")
        await expect(other.get_by_text("changed in another window")).to_be_visible()
        glass.expect_complaints("412")
        await expect(other.get_by_role("heading", name="One")).to_be_visible()
        await expect(other.get_by_label("Ends at")).to_have_value("19:00")  # to be taken again
        await one.get_by_label("Title").fill("One and a ha")
        await one.evaluate("dispatchEvent(new Event('focus'))")  # reads the draft again
        await expect(one.get_by_label("Title")).to_have_value("One and a ha")


async def test_a_scenario_of_the_library_is_saved_under_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_desk(path_of("tension")) as glass:
        page = await opened(glass, "form/branch")
        await page.get_by_role("button", name="Save", exact=True).click()
        await page.get_by_label("New name").fill("my_tension")
        await page.get_by_label("New name").press("Enter")
        await expect(page.get_by_text("my_tension.toml · saved")).to_be_visible()
    assert (tmp_path / "my_tension.toml").read_bytes() == path_of("tension").read_bytes()


LIGHT = ("Case", "Patient", "Injuries", "Events", "Responses", "Branches", "People")
PARTS = {"light": LIGHT, "dark": ("Patient", "Events")}


@pytest.mark.parametrize("theme", PARTS)
async def test_every_part_is_accessible_in_both_themes(theme: str) -> None:
    async with on_desk(path_of("tension")) as glass:
        page = await opened(glass, size=PORTRAIT, query=f"?theme={theme}")
        parts = page.get_by_role("navigation", name="Parts of the scenario")
        for name in PARTS[theme]:
            await parts.get_by_role("button", name=name).click()
            if await page.locator(".line").count():
                await page.locator(".line").first.click()
            await glass.accessible(page)
        await page.get_by_role("button", name="Text").click()
        await glass.accessible(page)
        await page.get_by_role("button", name="Preview").click()
        await page.get_by_role("button", name="Simulate").click()
        await page.locator("#curves canvas").wait_for(timeout=30_000)
        await glass.accessible(page)


async def test_every_field_and_word_of_the_form_has_a_name_in_each_language() -> None:
    words = vocabulary(None)
    fields = [row["key"] for rows in words["tables"].values() for row in rows]
    fields += [row["key"] for kind in words["injuries"].values() for row in kind["fields"]]
    fields += [row["key"] for row in words["body"]]
    for language in ("en", "it"):
        known = table(language)
        assert [key for key in fields if f"author.field.{key}" not in known] == []


async def test_a_page_of_another_site_can_neither_read_nor_write(file: Path) -> None:
    async with on_desk(file) as glass, ClientSession() as client:
        foreign = {"Origin": "http://evil.example"}
        async with client.get(f"{glass.url}/draft", headers=foreign) as answer:
            assert answer.status == 403
        async with client.get(f"{glass.url}/draft", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 421
        form = {"revision": "1", "text": ""}
        async with client.post(f"{glass.url}/text", data=form) as answer:
            assert answer.status == 415
        async with client.post(f"{glass.url}/text", json={"text": 3}) as answer:
            assert answer.status == 422
        async with client.get(f"{glass.url}/static/author/page.py") as answer:
            assert answer.status == 404

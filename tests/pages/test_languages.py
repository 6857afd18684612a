"""What a scenario's author wrote on pages of readers of another language, in a real browser."""

from playwright.async_api import expect

from scenarios.schema import Scenario
from tests.pages.stage import BROWSER, WALL, on_stage
from tests.pages.test_debrief import finished, on_review
from tests.scenarios.conftest import pelvis  # noqa: F401 - a fixture
from tests.scenarios.stage import Performed

pytestmark = BROWSER
TITLE = "Motociclista con frattura del bacino"
FALL = "Moto contro la fiancata di un'auto, motociclista sbalzato"


async def test_an_italian_instructor_and_an_italian_rescuer_read_the_case_in_italian() -> None:
    async with on_stage(speed=20, played=["rescuer"]) as stage:
        console = await stage.enter("ivy", "instructor", "/console", size=WALL, locale="it-IT")
        brief = console.locator(".brief").first
        await expect(brief).to_contain_text(TITLE)
        await expect(brief).to_contain_text("Ferita profonda della coscia sinistra")
        await expect(brief).to_contain_text("trasfusione massiva")
        rescuer = await stage.enter("rescuer", "rescuer", "/rescuer", locale="it-IT")
        await rescuer.get_by_role("tab", name="Scheda").click()
        await expect(rescuer.locator("main")).to_contain_text(FALL)
        english = await stage.enter("rita", "rescuer", "/rescuer")
        await english.get_by_role("tab", name="Form").click()
        await expect(english.locator("main")).to_contain_text("rider thrown")
        await rescuer.reload()
        await rescuer.get_by_role("tab", name="Scheda").click()
        await expect(rescuer.locator("main")).to_contain_text(FALL)


async def test_an_italian_debrief_is_italian_and_so_are_its_files(
    pelvis: tuple[Scenario, Performed],  # noqa: F811 - the fixture
) -> None:
    async with on_review(finished(pelvis, "one")) as stage:
        page = await stage.enter("rosa", "researcher", "/debrief", size=WALL, locale="it-IT")
        await expect(page.locator("h1")).to_contain_text(TITLE)
        await expect(page.locator("main")).to_contain_text("Chi ha chiesto il sangue")
        alert = page.locator(".lanes [aria-label*=HAE-01]").first
        await alert.click()
        await expect(page.locator("#chosen")).to_contain_text("41:40")
        report = page.get_by_role("link", name="Referto (pagina web)")
        async with page.expect_download() as coming:
            await report.click()
        written = (await (await coming.value).path()).read_text("utf-8")
        assert '<html lang="it">' in written
        assert "Tempi chiave" in written

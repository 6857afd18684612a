"""What a person does on a tablet, by what stands on it."""

from re import Pattern

from playwright.async_api import Locator, Page, expect


async def tab(page: Page, name: str) -> None:
    """Open a tab."""
    await page.get_by_role("tab", name=name, exact=True).click()


def button(page: Page, name: str | Pattern[str], *, within: str = "") -> Locator:
    """A button by its words; `within` a named group."""
    place = page.get_by_role("group", name=within, exact=True) if within else page
    return place.get_by_role("button", name=name).first


async def tap(page: Page, *names: str | Pattern[str], within: str = "") -> None:
    """Tap one button after the other."""
    for name in names:
        await button(page, name, within=within).click()


async def said(page: Page, text: str, state: str) -> None:
    """A tap has come so far: `held`, `waiting`, `done`, `refused` ..."""
    taps = page.get_by_role("status", name="What became of your taps")
    await expect(taps.locator(f'[data-state="{state}"]', has_text=text).first).to_be_visible(
        timeout=15_000
    )

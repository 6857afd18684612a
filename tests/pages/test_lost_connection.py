"""A line that breaks, a server that is pulled, a page opened late: all show the same truth."""

import asyncio
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession
from playwright.async_api import Page, expect

from tests.pages.line import Line, line_to
from tests.pages.process import Played, go_on_until, played, shock_room
from tests.pages.stage import BROWSER, WALL
from tests.pages.tapping import button, said, tab, tap

pytestmark = [*BROWSER, pytest.mark.slow]
#: How each page shows a vital sign.
SHOWN = {
    "/console": "tr[data-vital={}] td:nth-of-type(2)",
    "/leader": "header [data-vital={}] b",
    "/shock-room": ".vitals [data-vital={}] .value",
    "/monitor": ".signs [data-vital={}] .value",
}
#: Seconds from the moment when the server can be reached to that when a page shows the truth.
WITHIN_S = 1.0
#: How often it is tried: a machine that is busy with something else may take longer once.
TRIES = 3
SIGNS = ("hr", "sbp", "spo2", "rr")
#: When a page shows the truth (again), milliseconds since 1970: what stands on it is compared with
#: what the monitor's twin says, again and again.
CAUGHT_UP = """async ([where, monitor]) => {
  const lost = () => document.querySelector(".banner.lost") !== null;
  const frame = () => new Promise((done) => setTimeout(done, 20));
  while (lost()) await frame();
  for (;;) {
    const state = await (await fetch(`/twins/monitor/${monitor}/state`)).json();
    await frame();
    const same = Object.entries(where).every(([sign, selector]) => {
      const text = document.querySelector(selector)?.textContent ?? "";
      return parseFloat(text) === Math.round(state.values[sign]?.value);
    });
    if (same) return performance.timeOrigin + performance.now();
  }
}"""
#: The longest run of columns of the trends' canvas in which one curve is missing between its ends.
BROKEN = """(name) => {
  const canvas = document.querySelector("#trends canvas");
  const probe = document.createElement("i");
  probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(name);
  document.body.append(probe);
  const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const has = (x) => {
    for (let y = 0; y < height; y += 1) {
      const i = 4 * (y * width + x);
      if (data[i + 3] > 100 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g)
          + Math.abs(data[i + 2] - b) < 90) return true;
    }
    return false;
  };
  let [first, last, longest] = [-1, -1, 0];
  for (let x = 0; x < width; x += 1) {
    if (!has(x)) continue;
    if (first < 0) first = x;
    else longest = Math.max(longest, x - last);
    last = x;
  }
  return { length: last - first, longest };
}"""


def where(path: str) -> dict[str, str]:
    return {sign: SHOWN[path].format(sign) for sign in SIGNS}


async def caught_up(page: Page, path: str, monitor: str = "ambulance_monitor") -> float:
    """When a page shows the truth, seconds since 1970."""
    told: float = await page.evaluate(CAUGHT_UP, [where(path), monitor])
    return told / 1000


async def mended(line: Line, pages: dict[str, Page]) -> float:
    """Mend the line; seconds until all pages show the truth again."""
    back = [asyncio.ensure_future(caught_up(page, path)) for path, page in pages.items()]
    at_s = time.time()
    line.mend()
    return max(await asyncio.gather(*back)) - at_s


async def reached(url: str) -> float:
    """When a server answers again, seconds since 1970."""
    async with ClientSession() as client:
        while True:
            with suppress(ClientConnectionError):
                async with client.get(url):
                    return time.time()
            await asyncio.sleep(0.01)


async def lost(page: Page) -> None:
    await expect(page.get_by_role("alert").filter(has_text="connection is lost")).to_be_visible(
        timeout=10_000
    )


async def shown(page: Page, path: str) -> dict[str, Any]:
    """What stands on a page of what all show."""
    text: dict[str, Any] = {}
    for sign, selector in where(path).items():
        text[sign] = re.match(r"[\d.]+|–", await page.locator(selector).first.inner_text())[0]  # type: ignore[index]
    return text


async def all_alike(session: Played) -> None:
    """While the session stands, every page shows the same, and that is what the twins say."""
    console = session.pages["/console"]
    await tap(console, "Pause")
    for page in session.pages.values():
        await expect(page.get_by_text("The session is paused.")).to_be_visible()
    rows = {path: await shown(page, path) for path, page in session.pages.items() if path in SHOWN}
    state = await (
        await console.request.get(f"{session.url}/twins/monitor/ambulance_monitor/state")
    ).json()
    truth = {sign: f"{state['values'][sign]['value']:.0f}" for sign in SIGNS}
    assert rows == dict.fromkeys(rows, truth)
    leader, wall = session.pages["/leader"], session.pages["/shock-room"]
    trauma = await (await console.request.get(f"{session.url}/twins/trauma/trauma/state")).json()
    assert trauma["phase"] == "shock_room"
    for page in (leader, wall):
        await expect(page.locator(".phase")).to_have_text(re.compile("shock room", re.IGNORECASE))
    clocks = [
        await leader.locator("header .clocks b").first.inner_text(),
        await wall.get_by_role("timer", name="since injury").inner_text(),
    ]
    assert clocks[0] == clocks[1]
    display = await (
        await console.request.get(f"{session.url}/twins/display/shock_room_display/state")
    ).json()
    open_alerts = set(display["values"]["alert"]["value"])
    for page in (leader, wall):
        rules = await page.locator("[data-rule]").evaluate_all(
            "all => all.map(a => a.dataset.rule)"
        )
        assert set(rules) == open_alerts
    await tap(console, "Go on")


async def in_the_shock_room(session: Played, *, through: Any = None) -> None:
    """Four people's pages, until the patient has been brought in."""
    for path in SHOWN:
        size = {} if path == "/leader" else {"size": WALL}
        await session.enter(
            path,
            query="hold=1",
            through=through if path in ("/leader", "/monitor") else None,
            **size,
        )
    console = session.pages["/console"]
    await tap(console, "Start")
    await go_on_until(console, 1)
    leader = session.pages["/leader"]
    await tab(leader, "Drugs")
    await expect(button(leader, "ketAMINE")).to_be_enabled(timeout=20_000)


async def test_a_tablet_out_of_reach_says_so_and_catches_up(tmp_path: Path) -> None:
    async with (
        played(tmp_path, "--pause", "--speed", "10", scenario=shock_room(tmp_path)) as session,
        line_to(session.url) as line,
    ):
        await in_the_shock_room(session, through=line)
        console, leader, monitor = (session.pages[p] for p in ("/console", "/leader", "/monitor"))
        await console.get_by_label("Speed").select_option("20")
        line.silence()
        await lost(leader)
        await lost(monitor)
        await tap(leader, "ketAMINE", "Give ketAMINE")
        await said(leader, "ketAMINE", "waiting")
        await go_on_until(console, 4)
        assert not [c for c in session.journal() if c.name == "give_drug"]
        await console.get_by_label("Speed").select_option("2")
        took = [await mended(line, {"/leader": leader, "/monitor": monitor})]
        await expect(leader.get_by_text("The connection is back.")).to_be_visible(timeout=10_000)
        while took[-1] > WITHIN_S and len(took) < TRIES:
            line.silence()
            await lost(leader)
            await lost(monitor)
            took.append(await mended(line, {"/leader": leader, "/monitor": monitor}))
        assert took[-1] <= WITHIN_S, took
        await said(leader, "ketAMINE", "done")
        await expect(session.pages["/shock-room"].locator("[data-drug=ketamine]")).to_be_visible()
        await all_alike(session)
        curve = await monitor.evaluate(BROKEN, "--hr")
        assert curve["length"] > 300
        assert curve["longest"] < 150  # what was missed is three times as long
        given = [
            c.value["arguments"]["drug"]
            for c in session.journal()
            if c.name == "give_drug" and c.kind == "operation" and c.value["status"] == "requested"
        ]
        assert given == ["ketamine"]
        await session.close()  # before its line
        session.expect_complaints("WebSocket is closed before the connection is established")
        session.expect_complaints("ERR_CONNECTION_REFUSED")
        session.expect_complaints("ERR_TIMED_OUT")


async def test_a_server_that_was_pulled_comes_back_and_nobody_has_to_do_anything(
    tmp_path: Path,
) -> None:
    place = shock_room(tmp_path)
    async with played(tmp_path, "--pause", "--speed", "10", scenario=place) as session:
        await in_the_shock_room(session)
        console, leader = session.pages["/console"], session.pages["/leader"]
        await console.get_by_label("Speed").select_option("2")
        await tab(leader, "Blood")
        await tap(leader, "× 2")
        await tap(leader, re.compile("^red cells"), within="Give")
        await tap(leader, "Give all the same")
        await said(leader, "red cells", "done")
        await tab(leader, "Procedures")
        await tap(leader, "Lines and tubes", "arterial catheter")
        await said(leader, "arterial catheter", "accepted")
        await leader.close()  # in the middle of it: it takes 20 s
        others = {path: page for path, page in session.pages.items() if path != "/leader"}
        before = len(session.journal())
        session.case.kill()
        for page in others.values():
            await lost(page)
        await console.wait_for_timeout(5000)  # so long it is away
        back = {path: asyncio.ensure_future(caught_up(page, path)) for path, page in others.items()}
        session.case.start("--resume", "last")
        answers = await reached(session.url)
        took = {path: await at - answers for path, at in back.items()}
        assert max(took.values()) <= WITHIN_S, took

        late = await session.enter("/shock-room", name="late", size=WALL)
        entered = time.time()
        assert await caught_up(late, "/shock-room") - entered <= WITHIN_S
        again = session.pages["/leader"] = await leader.context.new_page()
        await again.goto(f"{session.url}/leader?hold=1#report")
        opened = time.time()
        assert await caught_up(again, "/leader") - opened <= WITHIN_S
        for page in (late, session.pages["/shock-room"]):
            await expect(page.locator("[data-product=red_cells]")).to_have_text(
                re.compile(r"2\s+red cells")
            )
        await tap(console, "Go on")  # one that is taken up waits for its instructor
        await expect(again.get_by_role("list", name="Report")).to_contain_text("red cells × 2")
        report = again.get_by_role("list", name="Report")
        await expect(report).to_contain_text("arterial catheter", timeout=15_000)
        await all_alike(session)
        journal = session.journal()
        assert len(journal) > before
        mine = [c for c in journal if c.kind == "operation" and c.by == "trauma_leader"]
        for name in ("give_blood", "perform"):
            course = [c.value["status"] for c in mine if c.name == name]
            assert course[:4] == ["requested", "accepted", "running", "completed"]
            assert course.count("requested") == course.count("completed") == 1
        session.expect_complaints("ERR_CONNECTION_REFUSED")
        session.expect_complaints("ERR_CONNECTION_RESET")

"""The patient monitor in a real browser: it shows what the monitor's twin says, and alarms."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.pages.stage import BROWSER, PORTRAIT, WALL, Stage, on_stage

pytestmark = BROWSER
MONITOR = "ambulance_monitor"

#: Counts what is sounded; the tones themselves cannot be heard in a test.
COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.tones += 1;
  return start.apply(this, given);
};
"""

#: Turns the page to a theme; then by trace: how far its colours stand out from the ground behind.
TURNED = """
async theme => {
  document.documentElement.dataset.theme = theme;
  await Promise.resolve();  // before the next frame is drawn
  const light = rgb => rgb.slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = light(getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number));
  return Object.fromEntries([...document.querySelectorAll("[data-wave] canvas")].map(canvas => {
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let least = Infinity;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 255) continue;
      const here = light([...data.slice(i, i + 3)]);
      const [high, low] = here > ground ? [here, ground] : [ground, here];
      least = Math.min(least, (high + 0.05) / (low + 0.05));
    }
    return [canvas.parentElement.dataset.wave, least];
  }));
}
"""


async def directs(stage: Stage, operation: str, **given: object) -> None:
    await stage.does("instructor", "instructor", operation, **given)  # type: ignore[arg-type]


async def watched(stage: Stage, **how: object) -> Page:
    """A monitor's page, its sensors on the patient, the first values there."""
    await directs(stage, f"{MONITOR}.attach", patient="patient")
    await stage.until(lambda: stage.changes(MONITOR, "property", "sbp"))
    return await stage.enter("screen", "display", "/monitor", **how)  # type: ignore[arg-type]


def tile(page: Page, vital: str) -> Locator:
    return page.locator(f".signs [data-vital={vital}][role=group]")


def alarm(page: Page, name: str) -> Locator:
    return page.locator(f"[data-alarm={name}]")


async def drawn(page: Page, wave: str) -> int:
    """How many rows of a trace's canvas are not empty: its height on the screen."""
    found = await page.evaluate(
        """name => {
          const canvas = document.querySelector(`[data-wave=${name}] canvas`);
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const rows = new Set();
          for (let i = 3; i < data.length; i += 4) {
            if (data[i] > 0) rows.add(Math.floor(i / 4 / canvas.width));
          }
          return rows.size;
        }""",
        wave,
    )
    return int(found)


async def test_numbers_and_waves_follow_the_monitor_that_watches_the_patient() -> None:
    async with on_stage(speed=5) as stage:
        page = await watched(stage)
        await expect(page.get_by_role("heading", name="Ambulance monitor")).to_be_visible()
        await directs(stage, "session.set_vital", key="hr", to=140, over_s=1)
        await expect(tile(page, "hr").locator(".value")).to_have_text(re.compile(r"^1(3\d|4\d)$"))
        number = tile(page, "hr").locator(".value")
        latest = {f"{c.value:.0f}" for c in stage.changes(MONITOR, "property", "hr")[-5:]}
        assert await number.inner_text() in latest
        await expect(
            tile(page, "hr").get_by_role("button", name="alarm limits 50 to 120")
        ).to_be_visible()
        await page.wait_for_function("document.querySelector('[data-wave=ecg] canvas').width > 0")
        await page.wait_for_timeout(2500)  # a calm sweep moves once a second
        for wave in ("ecg", "pleth", "art", "co2"):
            assert await drawn(page, wave) > 8, wave
        await page.reload()
        await expect(number).to_have_text(re.compile(r"^1(3\d|4\d)$"))


async def test_a_crossed_limit_is_an_alarm_with_priority_in_words() -> None:
    async with on_stage(speed=10) as stage:
        page = await watched(stage)
        await directs(stage, "session.set_vital", key="sbp", to=82, over_s=1)
        await expect(alarm(page, "sbp")).to_have_attribute("data-priority", "medium")
        await expect(alarm(page, "sbp")).to_contain_text(
            re.compile(r"Medium: SBP 8\d low \(limit 90\)")
        )
        await directs(stage, "session.set_vital", key="sbp", to=91, over_s=1)
        await expect(alarm(page, "sbp")).to_contain_text(
            re.compile(r"SBP 9[0-3], was low \(limit 90\)")
        )
        await directs(stage, "session.set_vital", key="sbp", to=60, over_s=1)
        await expect(alarm(page, "sbp")).to_have_attribute("data-priority", "high")
        await expect(page.get_by_role("alert").filter(has_text="High: SBP")).to_be_visible()
        await expect(tile(page, "sbp")).to_have_attribute("data-alarm-priority", "high")
        await directs(stage, "session.set_vital", key="sbp", to=120, over_s=1)
        await expect(alarm(page, "sbp")).to_have_count(0)


async def test_limits_fit_the_age_are_set_by_a_tap_and_are_those_that_alarm() -> None:
    async with on_stage(speed=10) as stage:
        page = await watched(stage)
        limits = tile(page, "sbp").locator(".limits")
        await directs(stage, "patient.record_finding", member="age", value=70)
        await expect(limits).to_have_accessible_name("alarm limits 110 to 160: for the age of 70")
        await directs(stage, "session.set_vital", key="sbp", to=120, over_s=1)
        await limits.click()
        dialog = page.get_by_role("dialog", name="Alarm limits: Blood pressure")
        low = dialog.get_by_role("group", name="Low")
        await low.get_by_role("spinbutton").fill("125")
        await low.get_by_role("button", name="Set").click()
        await expect(alarm(page, "sbp")).to_contain_text("low (limit 125)")
        await stage.accessible(page)
        (asked,) = stage.asked(f"{MONITOR}.set_limit", by="screen")
        assert asked == {"member": "sbp", "side": "low", "to": 125}
        await low.get_by_role("spinbutton").fill("400")
        await low.get_by_role("button", name="Set").click()
        await expect(page.get_by_text("to 400")).to_have_count(0)
        await expect(page.locator(".toast.refused")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await page.reload()
        await expect(limits).to_have_accessible_name(re.compile("125 to 160: set by screen"))
        stage.expect_complaints("status of 4")


@pytest.mark.slow
async def test_a_silent_monitor_says_so_and_its_numbers_never_look_fresh() -> None:
    async with on_stage(speed=20) as stage:
        page = await watched(stage)
        await directs(stage, "session.disturb", device=MONITOR, how="unplug", member="spo2")
        await expect(alarm(page, "no-spo2")).to_have_attribute("data-priority", "low")
        await expect(alarm(page, "no-spo2")).to_contain_text("technical")
        await expect(tile(page, "spo2")).to_have_class(re.compile(r"\bold\b"))
        await expect(tile(page, "hr")).not_to_have_class(re.compile(r"\bold\b"))
        await directs(stage, "session.disturb", device=MONITOR, how="silence", seconds=150)
        await expect(alarm(page, "silent")).to_contain_text("No signal from the monitor")
        await expect(tile(page, "hr")).to_contain_text("old")
        await expect(tile(page, "hr")).not_to_contain_text("old", timeout=15_000)


async def test_a_rhythm_without_a_pulse_is_of_high_priority() -> None:
    async with on_stage(speed=5) as stage:
        page = await watched(stage)
        await directs(stage, "patient.record_finding", member="rhythm", value="vf")
        await expect(alarm(page, "rhythm")).to_have_text(
            re.compile("High: Ventricular fibrillation")
        )
        await page.wait_for_timeout(1500)
        assert await drawn(page, "ecg") > 8
        assert await drawn(page, "co2") > 8, "whose gas is measured is being ventilated"
        await stage.does("rescuer", "rescuer", "preh.flag", item="pelvic_fracture")
        await stage.until(lambda: stage.changes("trauma", "phase"))
        others = [
            await stage.enter("wall", "display", "/shock-room", size=WALL),
            await stage.enter("rescuer", "rescuer", "/rescuer"),
            await stage.enter("trauma_leader", "trauma_leader", "/leader"),
        ]
        for other in others:
            arrest = other.get_by_role("alert").filter(has_text="No pulse: ventricular")
            await expect(arrest).to_be_visible()
        await directs(stage, "session.set_speed", speed=20)
        await directs(stage, "session.disturb", device=MONITOR, how="silence", seconds=300)
        for screen in (page, *others):  # what a monitor showed before is no number now
            gone = screen.locator("[data-vital=hr]").first
            await expect(gone).to_contain_text("old")
            await expect(gone.locator("b")).to_have_text("–")
            await stage.accessible(screen)


async def test_sound_waits_for_a_tap_and_pauses_with_a_countdown_that_outlives_a_reload() -> None:
    async with on_stage(speed=10) as stage:
        page = await watched(stage)
        await page.add_init_script(COUNT_TONES)
        await page.reload()
        await directs(stage, "session.set_vital", key="sbp", to=60, over_s=1)
        await expect(alarm(page, "sbp")).to_have_attribute("data-priority", "high")
        assert await page.evaluate("window.tones") == 0
        await page.get_by_role("button", name="Sound on").click()
        await page.wait_for_function("window.tones === 10")
        await page.get_by_role("button", name="Audio pause").click()
        paused = page.get_by_role("button", name=re.compile(r"Audio paused 0[12]:\d\d"))
        await expect(paused).to_be_visible()
        before = await paused.inner_text()
        await stage.until(lambda: stage.changes(MONITOR, "event", "silenced"))
        assert stage.changes(MONITOR, "event", "silenced")[0].by == "screen"
        await expect(paused).not_to_have_text(before)
        sounded = await page.evaluate("window.tones")
        await page.wait_for_timeout(1500)
        assert await page.evaluate("window.tones") == sounded
        await page.reload()
        await expect(paused).to_be_visible()


async def test_a_cuff_shows_when_it_measured_and_no_arterial_wave() -> None:
    async with on_stage(speed=10) as stage:
        await directs(stage, f"{MONITOR}.measure_by", how="cuff", interval_s=120)
        page = await watched(stage)
        await expect(tile(page, "sbp")).to_have_accessible_name("Cuff pressure")
        await expect(tile(page, "sbp")).to_contain_text(
            re.compile(r"at 0\d:\d\d, \d+ (s|min) ago · every 2 min")
        )
        await expect(page.locator("[data-wave=art]")).to_have_count(0)


#: How high each trace reaches from its lowest point, in pixels of the page.
HEIGHTS = """() => {
  const height = canvas => {
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const rows = [];
    for (let i = 3; i < data.length; i += 4) if (data[i] > 100) rows.push(i / 4 / width);
    return Math.max(0, ...rows) - Math.min(height, ...rows);
  };
  return Object.fromEntries([...document.querySelectorAll("[data-wave] canvas")]
    .map(canvas => [canvas.parentElement.dataset.wave, height(canvas)]));
}"""


async def test_the_waves_stand_still_while_the_session_does_also_after_a_reload() -> None:
    async with on_stage(speed=5) as stage:
        page = await watched(stage)
        await directs(stage, "session.pause")
        await expect(page.get_by_text("The session is paused.")).to_be_visible()
        await page.reload()
        await page.wait_for_function(f"() => Object.values(({HEIGHTS})()).some(h => h > 15)")
        before = await page.evaluate(HEIGHTS)
        assert all(height > 15 for height in before.values()), before
        await page.set_viewport_size({"width": 900, "height": 700})
        after = await page.evaluate(HEIGHTS)
        assert all(height > 10 for height in after.values()), after  # a new size wipes nothing


async def test_the_shapes_and_tones_keep_to_the_numbers_and_the_standard() -> None:
    async with on_stage(speed=1) as stage:
        page = await stage.enter("screen", "display", "/monitor")
        found = await page.evaluate(
            """async () => {
              const { Signals } = await import("/static/monitor/wave_shapes.js");
              const { PATTERNS, beatPitch } = await import("/static/monitor/tone.js");
              const play = (numbers) => {
                const signals = new Signals();
                const usual = { hr: 80, rr: 20, sbp: 120, dbp: 70, etco2: 38 };
                Object.assign(signals.now, usual, numbers);
                let beats = 0;
                signals.onBeat = () => { beats += 1; };
                const seen = { ecg: [], pressure: [], pleth: [], co2: [] };
                const names = Object.keys(seen);
                for (let t = 0; t < 60; t += 0.01) {
                  signals.advance(t);
                  if (t > 5) for (const name of names) seen[name].push(signals[name](t));
                }
                const ends = Object.fromEntries(Object.entries(seen).map(
                  ([name, of]) => [name, [Math.min(...of), Math.max(...of)]]));
                return { beats, ...ends };
              };
              return {
                sinus: play({}), fast: play({ hr: 150 }), stands: play({ rhythm: "asystole" }),
                vf: play({ rhythm: "vf" }), pea: play({ rhythm: "pea" }),
                poor: play({ poor: true }),
                patterns: PATTERNS, pitch: [beatPitch(100), beatPitch(85)],
              };
            }"""
        )
        sinus = found["sinus"]
        assert abs(sinus["beats"] - 80) <= 2
        assert abs(found["fast"]["beats"] - 150) <= 3
        assert sinus["pressure"] == [pytest.approx(70, abs=6), pytest.approx(120, abs=2)]
        assert sinus["co2"] == [0, pytest.approx(38, abs=1)]
        assert found["stands"]["ecg"][1] < 0.1 < 0.4 < found["vf"]["ecg"][1]
        for rhythm in ("stands", "vf", "pea"):
            assert found[rhythm]["beats"] == 0, "a pulse tone needs a pulse"
            assert found[rhythm]["pressure"][1] < 20
        assert found["pea"]["ecg"][1] > 0.5
        assert found["poor"]["pleth"][1] < 0.6 * sinus["pleth"][1]
        high, medium, low = (found["patterns"][p] for p in ("high", "medium", "low"))
        assert [len(p["pulses"]) for p in (high, medium, low)] == [10, 3, 2]
        for pattern, shortest, longest, seldom in (
            (high, 0.075, 0.2, 15),
            (medium, 0.125, 0.25, 30),
        ):
            assert shortest <= pattern["length"] <= longest
            assert 2.5 <= pattern["repeat"] <= seldom
        assert low["repeat"] >= 15
        assert found["pitch"][0] > found["pitch"][1]


async def test_trends_go_back_as_far_as_one_asks_also_by_keyboard() -> None:
    async with on_stage(speed=20) as stage:
        page = await watched(stage, size=PORTRAIT)
        longer = page.get_by_role("button", name="30 min")
        await longer.focus()
        await page.keyboard.press("Enter")
        await expect(longer).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_role("img", name="Curves of the last 30 minutes")).to_be_visible()
        await expect(page.locator("#trends canvas")).to_be_visible()


async def test_the_monitor_is_accessible_in_both_themes_and_languages() -> None:
    async with on_stage(speed=10) as stage:
        page = await watched(stage)
        await directs(stage, "session.set_vital", key="sbp", to=60, over_s=1)
        await expect(alarm(page, "sbp")).to_be_visible()
        await stage.accessible(page)
        await page.wait_for_timeout(2000)  # a calm sweep moves once a second
        for theme in ("light", "dark"):
            told = await page.evaluate(TURNED, theme)
            assert set(told) == {"ecg", "pleth", "art", "co2"}
            # WCAG 2.2, 1.4.11: also what was drawn before the theme changed
            assert {wave: ratio for wave, ratio in told.items() if not 3 <= ratio <= 21} == {}
        await page.goto(f"{stage.url}/monitor?twin=shock_room_monitor")
        await expect(page.get_by_text("Sensors are not on a patient")).to_have_count(1)
        await page.goto(f"{stage.url}/monitor?theme=light&lang=it")
        await expect(page.get_by_role("button", name="Suono acceso")).to_be_visible()
        await expect(alarm(page, "sbp")).to_be_visible()
        await stage.accessible(page)

"""Glass: from a monitor's reading to its pixels, frames of the monitor's page, memory over time.

`python -m benchmarks.glass` serves a case in a process of its own and opens five pages of it in one
Chromium. A reading's time is the moment at which the journal has it; its pixels are there when the
frame after the one that changed the number begins. Targets: p95 within 150 ms, 50 frames a second,
no growth of memory in page or server beyond what the journal itself keeps.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientSession

#: Which monitors the page may show; the first is put on the patient at once.
MONITORS = ("ambulance_monitor", "shock_room_monitor")
#: Every so many changes the journal's length is noted, also where no monitor tells any more.
NOTED_EVERY = 100
#: Who sits at which page.
PAGES = (
    ("monitor", "display", "/monitor"),
    ("wall", "display", "/shock-room"),
    ("trauma_leader", "trauma_leader", "/leader"),
    ("rescuer", "rescuer", "/rescuer"),
    ("instructor", "instructor", "/console"),
)
#: Seconds after opening the pages that are not measured.
WARM_UP_S = 5.0
#: Seconds between two samples of memory.
SAMPLE_S = 30.0
CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

#: Notes when each new reading of the heart rate is on the glass, and each frame's time.
WATCH = """() => {
  window.seen = [];
  window.frames = [];
  const tile = document.querySelector(".signs [data-vital=hr]");
  const now = () => performance.timeOrigin + performance.now();
  new MutationObserver(() => {
    const seq = Number(tile.dataset.seq);
    requestAnimationFrame(() => window.seen.push([seq, now()]));
  }).observe(tile, { attributes: true, attributeFilter: ["data-seq"] });
  const frame = (at) => { window.frames.push(at); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""


async def serve(speed: float, times: Path) -> None:
    """A served case whose monitor is on at once; notes when the journal got each heart rate."""
    from environment.runtime.access import Tokens
    from environment.runtime.journal import Journal
    from environment.web.entering import address
    from scenarios.reading import load
    from scenarios.serving import play_served

    noted = times.open("w", encoding="utf-8", buffering=1)
    tokens = Tokens(now=time.monotonic, draw=lambda: secrets.token_urlsafe(16))

    def follow(journal: Journal) -> None:
        def hear(change: Any) -> None:
            is_reading = change.name == "hr" and change.twin in MONITORS
            if is_reading or change.seq % NOTED_EVERY == 0:
                noted.write(f"{change.seq} {time.time()} {len(journal)}\n")

        journal.follow(hear)

    def ready(url: str, _: Any) -> None:
        links = [address(url, tokens.invite(*page)) for page in PAGES]
        secret = tokens.issue("instructor", "instructor")
        print(json.dumps({"url": url, "links": links, "secret": secret}), flush=True)

    scenario = load("pelvis").model_copy(update={"ends_s": 1e6})
    await play_served(
        scenario, seed=7, speed=speed, port=0, tokens=tokens, open_role="", ready=ready,
        follow=follow,
    )  # fmt: skip


def made_at(times: Path) -> list[list[str]]:
    """Of each reading its seq, when the journal got it, and how long that was then."""
    return [line.split() for line in times.read_text("utf-8").splitlines()]


def resident_mb(pid: int) -> float:
    """Memory of a process, MB."""
    rows = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(int(r.split()[1]) for r in rows if r.startswith("VmRSS")) / 1024


async def heap_mb(session: Any) -> tuple[float, float]:
    """JavaScript memory of a page in MB and its number of nodes, after collecting garbage."""
    await session.send("HeapProfiler.collectGarbage")
    told = await session.send("Performance.getMetrics")
    found = {row["name"]: row["value"] for row in told["metrics"]}
    return found["JSHeapUsedSize"] / 2**20, found["Nodes"]


async def watch(told: dict[str, Any], pid: int, times: Path, seconds: float) -> dict[str, Any]:
    """Open the pages, measure, and return all that was measured."""
    from playwright.async_api import async_playwright

    headers = {"Authorization": f"Bearer {told['secret']}"}
    async with ClientSession(headers=headers) as client:
        where = f"{told['url']}/twins/monitor/{MONITORS[0]}/operations/attach"
        async with client.post(where, json={"patient": "patient"}) as response:
            assert response.status == 201, await response.text()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        pages = []
        for link in told["links"]:
            context = await browser.new_context(viewport={"width": 1280, "height": 800})
            page = await context.new_page()
            await page.goto(link)
            await page.locator("main").first.wait_for()
            pages.append(page)
        glass = pages[0]
        sessions = [await page.context.new_cdp_session(page) for page in pages]
        for session in sessions:
            await session.send("Performance.enable")
        await asyncio.sleep(WARM_UP_S)
        await glass.evaluate(WATCH)
        memory: list[dict[str, float]] = []
        seen: list[tuple[int, float]] = []
        frames: list[float] = []
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            await asyncio.sleep(min(SAMPLE_S, seconds))
            taken = await glass.evaluate(
                "() => ({ seen: window.seen.splice(0), frames: window.frames.splice(0) })"
            )
            seen += taken["seen"]
            frames.append(_rate(taken["frames"]))
            heap = [await heap_mb(session) for session in sessions]
            noted = made_at(times)
            memory.append({
                "at_s": time.monotonic() - (ends - seconds),
                "server_mb": resident_mb(pid),
                "journal": float(noted[-1][2]),
                **{f"{page[0]}_mb": h[0] for page, h in zip(PAGES, heap, strict=True)},
                **{f"{page[0]}_nodes": h[1] for page, h in zip(PAGES, heap, strict=True)},
            })  # fmt: skip
            # A long run that is broken off has still told what it saw.
            print(json.dumps({**memory[-1], "frames": frames[-1]}), file=sys.stderr, flush=True)
        await browser.close()
    made = {int(seq): float(at) for seq, at, _ in made_at(times)}
    taken_ms = [at - 1000 * made[seq] for seq, at in seen if seq in made]
    return {"glass_ms": taken_ms, "frames": frames, "memory": memory}


def _rate(frames: list[float]) -> float:
    return (len(frames) - 1) / ((frames[-1] - frames[0]) / 1000)


async def measure(speed: float, seconds: float) -> dict[str, Any]:
    """Serve in another process and watch; ends that process."""
    with TemporaryDirectory() as folder:
        times = Path(folder) / "times"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.glass", "--serve", str(times), "--speed", str(speed),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert process.stdout is not None  # it is piped
            told = json.loads(await process.stdout.readline())
            return await watch(told, process.pid, times, seconds)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _growth(memory: list[dict[str, float]], key: str) -> str:
    """First, last, and a straight line's slope over the second half, for each minute."""
    half = memory[len(memory) // 2 :]
    if len(half) > 1:
        line = statistics.linear_regression([m["at_s"] for m in half], [m[key] for m in half])
        slope = f"{60 * line.slope:+8.3f}"
    else:
        slope = "       –"
    return f"{memory[0][key]:9.1f} {memory[-1][key]:9.1f} {slope}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(options.speed, options.serve))
        return
    found = asyncio.run(measure(options.speed, options.seconds))
    cuts = statistics.quantiles(found["glass_ms"], n=100)
    print(f"{len(PAGES)} pages, speed {options.speed:g}, {options.seconds:g} s measured")
    print(
        f"reading to pixels, {len(found['glass_ms'])} readings, ms: "
        f"p50 {cuts[49]:.0f}, p95 {cuts[94]:.0f} (target 150), p99 {cuts[98]:.0f}"
    )
    print(
        f"frames of the monitor's page a second: median {statistics.median(found['frames']):.1f}, "
        f"worst {SAMPLE_S:g} s {min(found['frames']):.1f} (target 50)"
    )
    memory = found["memory"]
    print(f"{'':24} {'first':>9} {'last':>9} {'a minute':>8}")
    keys = ["server_mb", "journal", *(f"{p[0]}_{w}" for p in PAGES for w in ("mb", "nodes"))]
    for key in keys:
        print(f"{key:24} {_growth(memory, key)}")


if __name__ == "__main__":
    main()

"""Twins with their journal: updates a second for one twin and for 2,000, memory, time to resume.

`python -m benchmarks.twins` prints medians of several rounds. Targets: 30,000 updates a second for
one twin and 20,000 for 2,000 twins, each update journalled. A published platform for digital twins
(WLDT 0.5) reached 31,000 and 7,000 on a like machine, in memory, without a journal. Observers of
twins over HTTP are measured by `python -m benchmarks.web`.
"""

import argparse
import asyncio
import statistics
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.engine import machine
from environment.model.change import Observation
from environment.runtime.clock import VirtualClock, VirtualLoop, WallClock
from environment.runtime.invoked_again import RelivingOperations
from environment.runtime.journal import Journal
from environment.runtime.past import Past
from environment.runtime.reliving import RelivingWorld, relive
from environment.runtime.world import World
from environment.store.writer import Writer
from environment.twins import kinds

MEMBERS = ("hr", "sbp", "dbp", "map", "rr", "spo2", "etco2", "temp")
START = datetime(2026, 1, 1, tzinfo=UTC)


def world_of(count: int) -> World:
    """So many monitors."""
    world = World(VirtualClock(START), kinds())
    for number in range(count):
        world.add("monitor", f"monitor_{number}")
    return world


def updates_per_s(count: int, updates: int, *, hashed: bool) -> float:
    """Observed, shadowed and journalled readings a second, spread over so many twins."""
    world = world_of(count)
    base = {"hr": 80.0, "sbp": 120.0, "dbp": 80.0, "map": 95.0}
    base |= {"rr": 14.0, "spo2": 97.0, "etco2": 38.0, "temp": 36.5}
    observations = [
        Observation(
            twin=f"monitor_{i % count}",
            member=MEMBERS[(i // count) % len(MEMBERS)],
            value=base[MEMBERS[(i // count) % len(MEMBERS)]] + i % 3,
            effective=i / updates,
            source="bench",
        )
        for i in range(updates)
    ]
    began = time.perf_counter()
    for observation in observations:
        world.observe(observation)
    if hashed:
        world.journal.hashes()
    return updates / (time.perf_counter() - began)


def memory_kb(count: int) -> float:
    """Memory of one twin with its eight values, in kB."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    world = world_of(count)
    for number in range(count):
        world.readings(f"monitor_{number}", dict.fromkeys(MEMBERS, 36.0), 0.0, "bench")
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return used / count / 1024


def rebuild_ms(updates: int) -> float:
    """Milliseconds to rebuild a state from a journal of so many changes."""
    world = world_of(1)
    for i in range(updates):
        observation = Observation(
            twin="monitor_0", member="hr", value=60.0 + i % 50, effective=float(i), source="bench"
        )
        world.observe(observation)
    began = time.perf_counter()
    world.state("monitor_0", updates / 2)
    return (time.perf_counter() - began) * 1000


async def stored_per_s(folder: Path, count: int, updates: int) -> float:
    """As `updates_per_s`, with every change on its way to SQLite, and all of them there."""
    from environment.store.writer import Writer

    file = folder / f"journal-{time.monotonic_ns()}.sqlite"
    began = time.perf_counter()
    world = world_of(count)
    writer = Writer(file)
    world.journal.follow(writer.add)
    for i in range(updates):
        world.observe(
            Observation(
                twin=f"monitor_{i % count}",
                member=MEMBERS[(i // count) % len(MEMBERS)],
                value=36.0 + i % 3,
                effective=i / updates,
                source="bench",
            )
        )
    writer.close()
    return updates / (time.perf_counter() - began)


def resume_s() -> tuple[int, float]:
    """Seconds to take a case up again after 60 minutes of it, and how many changes it has."""
    from scenarios.reading import load
    from scenarios.resuming import resume
    from scenarios.session import run

    scenario = load("pelvis").model_copy(update={"ends_s": 3600.0})
    journal = run(scenario, seed=7).journal
    changes = list(journal)
    times: list[float] = []
    began = time.perf_counter()
    resume(scenario, changes, seed=7, told=lambda _: times.append(time.perf_counter() - began))
    return len(changes), times[0]


Row = tuple[str, str, str]


async def relived_s(count: int, updates: int) -> float:
    """Seconds to take up a world of so many twins with so many readings."""
    world = world_of(count)
    for i in range(updates):
        at = 1.0 + i * 60.0 / updates
        world.observe(
            Observation(
                twin=f"monitor_{i % count}", member="hr", value=80.0, effective=at, source="bench"
            )
        )
    past = Past(world.journal)
    began = time.perf_counter()
    again = RelivingWorld(VirtualClock(START), kinds(), Journal(), past)
    for number in range(count):
        again.add("monitor", f"monitor_{number}")
    await relive(again, RelivingOperations(again, past), past.changes)
    again.go_on()
    return time.perf_counter() - began


def written_ms(target: str | Path, bursts: int) -> list[float]:
    """Milliseconds from each burst of readings of a live run until it is on disk."""
    took: list[float] = []

    async def live() -> None:
        loop, clock = asyncio.get_running_loop(), WallClock(START)
        world = World(clock, kinds())
        world.add("monitor", "monitor")
        writer = Writer(target)
        writer.follow(world.journal)
        for _ in range(bursts):
            done: asyncio.Future[float] = loop.create_future()
            began = loop.time()
            world.readings("monitor", dict.fromkeys(MEMBERS, 36.0), clock.now(), "bench")
            last = len(world.journal)
            end = world.journal.follow_secured(
                lambda upto, last=last, done=done: (
                    done.set_result(loop.time()) if upto >= last and not done.done() else None
                )
            )
            took.append((await done - began) * 1000)
            end()
            await clock.sleep(0.01)
        writer.close()
        clock.close()

    asyncio.run(live())
    return took


async def measure(rounds: int, folder: Path) -> list[Row]:
    """Measure on a virtual clock: (what, figure, target)."""

    def median(run: list[float]) -> str:
        return f"{statistics.median(run):,.0f}/s ({min(run):,.0f} to {max(run):,.0f})"

    rows: list[Row] = []
    for hashed in (False, True):
        words = "updates, journalled and hash-chained" if hashed else "updates, journalled"
        for count, target in ((1, 30_000), (2_000, 20_000)):
            rates = [updates_per_s(count, 40_000, hashed=hashed) for _ in range(rounds)]
            rows.append((f"{words}, {count:,} twins", median(rates), f"{target:,}/s"))
    rates = [await stored_per_s(folder, 2_000, 20_000) for _ in range(min(rounds, 3))]
    rows.append(("updates, all of them in SQLite at the end, 2,000 twins", median(rates), ""))
    kilobytes = memory_kb(2_000)
    rows.append(
        ("memory of 2,000 twins with eight values each", f"{kilobytes * 2_000 / 1024:.1f} MB", "")
    )
    rows.append(("a state rebuilt from 30,000 changes", f"{rebuild_ms(30_000):.0f} ms", ""))
    return rows


def main() -> None:
    """Measure on a virtual clock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(machine())
    with TemporaryDirectory() as folder, asyncio.Runner(loop_factory=VirtualLoop) as runner:
        rows = runner.run(measure(options.rounds, Path(folder)))
    with TemporaryDirectory() as folder:
        took = sorted(written_ms(Path(folder) / "journal.sqlite", 200))
    lag = f"{took[100]:.1f} ms (p95 {took[190]:.1f}, longest {took[-1]:.1f})"
    rows.append(("a live burst of 8 readings is on disk after", lag, "200 ms"))
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        seconds = runner.run(relived_s(2_000, 40_000))
    rows.append(("2,000 twins with 40,000 readings taken up again", f"{seconds:.2f} s", ""))
    changes, seconds = resume_s()
    rows.append(
        (f"a case of 60 minutes, {changes:,} changes, taken up again", f"{seconds:.2f} s", "")
    )
    print(f"{'what':58}{'median of ' + str(options.rounds) + ' (range)':34}target")
    for what, figure, target in rows:
        print(f"{what:58}{figure:34}{target}")


if __name__ == "__main__":
    main()

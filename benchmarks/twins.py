"""Twins with their journal: updates a second for one twin and for 2,000, memory, rebuilt states.

`python -m benchmarks.twins` prints medians of several rounds. Targets: 30,000 updates a second for
one twin and 20,000 for 2,000 twins, each update journalled. A published platform for digital twins
(WLDT 0.5) reached 31,000 and 7,000 on a like machine, in memory, without a journal.
"""

import argparse
import asyncio
import statistics
import time
import tracemalloc
from datetime import UTC, datetime

from environment.model.change import Observation
from environment.runtime.clock import VirtualClock, VirtualLoop
from environment.runtime.world import World
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


async def measure(rounds: int) -> None:
    """Run and print."""

    def median(run: "list[float]") -> str:
        return f"{statistics.median(run):12,.0f}   {min(run):,.0f} to {max(run):,.0f}"

    for hashed in (False, True):
        words = "journalled and hash-chained" if hashed else "journalled"
        for count, target in ((1, 30_000), (2_000, 20_000)):
            rates = [updates_per_s(count, 40_000, hashed=hashed) for _ in range(rounds)]
            print(f"updates/s, {count:5} twins, {words:28} {median(rates)}   target {target:,}")
    print(f"memory of a twin with eight values and its changes: {memory_kb(2_000):.1f} kB")
    print(f"a state rebuilt from 30,000 changes: {rebuild_ms(30_000):.0f} ms")


def main() -> None:
    """Measure on a virtual clock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(measure(options.rounds))


if __name__ == "__main__":
    main()

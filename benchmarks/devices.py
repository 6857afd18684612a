"""Real devices: messages a second through the door, and how long one acknowledgement takes.

`python -m benchmarks.devices`. A message has seven values; each is judged, shadowed, journalled and
the message acknowledged. 200 live cases with one monitor each at 1 Hz need 200 messages a second.
"""

import argparse
import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta

from benchmarks.engine import machine
from environment.physical.devices import hl7v2
from environment.physical.devices.mllp import Door, Sender
from environment.physical.devices.monitor import RealMonitor
from environment.runtime.clock import WallClock
from environment.runtime.world import World
from environment.twins import kinds

START = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = {"hr": 80, "sbp": 120, "dbp": 80, "map": 95, "rr": 14, "spo2": 97, "etco2": 38}


def message(number: int) -> str:
    """One message of a monitor, number by number a millisecond later."""
    at = START + timedelta(milliseconds=number)
    rows = [
        hl7v2.observation(i, vital, value + number % 3)
        for i, (vital, value) in enumerate(VALUES.items(), 1)
    ]
    return hl7v2.oru(str(number), at, at, "patient", rows, sender="monitor")


async def measure(count: int) -> tuple[float, float, float, float]:
    """Messages a second in process; over TCP; and the median and 95 % of one round trip in ms."""
    clock = WallClock(START, begin_s=3600.0)
    world = World(clock, kinds())
    for name in ("monitor", "other"):
        world.add("monitor", name)
    monitors = [RealMonitor(n, patients=("patient",), epoch=START) for n in ("monitor", "other")]
    for monitor in monitors:
        await world.attach(monitor, serves=[monitor.twin])
    messages = [message(n) for n in range(count)]
    began = time.perf_counter()
    for text in messages:
        monitors[0].receive(text.encode())
    in_process = count / (time.perf_counter() - began)
    door = Door({"other": monitors[1]})
    sender = Sender("127.0.0.1", await door.open(), clock)
    delivery = asyncio.create_task(sender.run())
    trips = []
    began = time.perf_counter()
    for text in messages:
        sent = time.perf_counter()
        sender.put(text)
        await sender.delivered()
        trips.append((time.perf_counter() - sent) * 1e3)
    over_tcp = count / (time.perf_counter() - began)
    delivery.cancel()
    await asyncio.gather(delivery, return_exceptions=True)
    await door.close()
    await world.close()
    clock.close()
    return in_process, over_tcp, statistics.median(trips), statistics.quantiles(trips, n=20)[-1]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    count = parser.parse_args().messages
    print(machine())
    in_process, over_tcp, median, p95 = asyncio.run(measure(count))
    print(f"HL7 v2 in process: {in_process:,.0f} messages/s, {7 * in_process:,.0f} values/s")
    print(f"HL7 v2 over MLLP, one after another: {over_tcp:,.0f} messages/s")
    print(f"delivered and acknowledged: median {median:.2f} ms, 95 % {p95:.2f} ms")


if __name__ == "__main__":
    main()

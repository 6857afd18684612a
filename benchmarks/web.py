"""Server-sent events to many observers: ours beside a naive aiohttp server, in the same run.

`python -m benchmarks.web` starts a server in a process of its own, opens the observers in this one
and measures from a change being made to an observer having it. The naive server sends the same
300 bytes with no journal, no rights, no resume. The target is a p95 below 150 ms for 500 observers.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import time
from datetime import UTC, datetime

import aiohttp

PAD = "x" * 180  # makes a message of about 300 bytes


async def serve_ours(rate: float) -> None:
    """A display whose events are followed; each carries the time at which it was made."""
    from environment.runtime.clock import WallClock
    from environment.runtime.operations import Operations
    from environment.runtime.world import World
    from environment.twins import kinds
    from environment.web.app import make_site, serve
    from environment.web.limits import Limits

    world = World(WallClock(datetime(2026, 1, 15, 14, tzinfo=UTC)), kinds())
    world.add("display", "wall")
    limits = Limits(per_s=1e6, burst=1e6, streams=100_000, connections=100_000)
    site = make_site(world, Operations(world), open_role="instructor", limits=limits)
    served = await serve(site, port=0)
    print(f"{served.url}/stream?twin=wall&kinds=event", flush=True)
    while True:
        value = {"name": PAD, "text": time.monotonic()}
        world.record("wall", "event", "suggested", value, by="benchmark")
        await asyncio.sleep(1 / rate)


async def serve_naive(rate: float) -> None:
    """Each observer has a queue; each message is framed for each."""
    from aiohttp import web
    from aiohttp_sse import sse_response

    queues: set[asyncio.Queue[str]] = set()

    async def stream(request: web.Request) -> web.StreamResponse:
        queue: asyncio.Queue[str] = asyncio.Queue()
        queues.add(queue)
        async with sse_response(request) as response:
            while True:
                await response.send(await queue.get())
        return response

    app = web.Application()
    app.router.add_get("/", stream)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/", flush=True)
    while True:
        message = {"value": {"name": PAD, "text": time.monotonic()}, "pad": PAD[:100]}
        for queue in queues:
            queue.put_nowait(json.dumps(message))
        await asyncio.sleep(1 / rate)


async def observe(url: str, observers: int, seconds: float) -> list[float]:
    """Milliseconds from change to observer, of all observers."""
    taken: list[float] = []
    from_here = time.monotonic() + 2.0  # connecting is not measured
    until = from_here + seconds

    async def one(session: aiohttp.ClientSession) -> None:
        async with session.get(url) as response:
            async for line in response.content:
                now = time.monotonic()
                if now > until:
                    return
                if line.startswith(b"data:") and now > from_here:
                    made = json.loads(line[5:])["value"]["text"]
                    taken.append((now - made) * 1000)

    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        await asyncio.gather(*(one(session) for _ in range(observers)))
    return taken


async def measure(kind: str, observers: int, rate: float, seconds: float) -> list[float]:
    """Start a server of this kind, observe it, end it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.web", "--serve", kind, "--rate", str(rate),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None  # it is piped
        url = (await process.stdout.readline()).decode().strip()
        return await observe(url, observers, seconds)
    finally:
        process.kill()
        await process.wait()


def main() -> None:
    """Measure both and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observers", type=int, nargs="*", default=[10, 100, 500])
    parser.add_argument("--rate", type=float, default=20.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--serve", choices=["ours", "naive"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve = serve_ours if options.serve == "ours" else serve_naive
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(options.rate))
        return
    print(f"{options.rate:g} changes a second, {options.seconds:g} s, milliseconds to an observer")
    print(f"{'observers':>9}  {'server':6} {'p50':>7} {'p95':>7} {'p99':>7} {'received':>9}")
    for observers in options.observers:
        for kind in ("ours", "naive"):
            taken = asyncio.run(measure(kind, observers, options.rate, options.seconds))
            cuts = statistics.quantiles(taken, n=100)
            print(
                f"{observers:9}  {kind:6} {cuts[49]:7.1f} {cuts[94]:7.1f} {cuts[98]:7.1f} "
                f"{len(taken):9}"
            )


if __name__ == "__main__":
    main()

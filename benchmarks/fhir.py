"""The FHIR server under load: ours beside an aiohttp server that answers the same bytes each time.

`python -m benchmarks.fhir` starts each server in a process of its own and asks it from this one,
over loopback. Ours holds 100,000 Observations of 100 patients that were written through its own
checks. Targets: read >= 1,000/s, create >= 400/s, search p95 <= 50 ms, Encounter/$everything of a
60-minute case <= 300 ms, on two cores.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from environment.model.change import JSON
from scenarios.reading import load as library_load
from scenarios.session import Played, run

START = datetime(2026, 1, 15, 14, tzinfo=UTC)
PATIENTS = 100
CODES = (("8867-4", "/min"), ("59408-5", "%"), ("9279-1", "/min"), ("8480-6", "mm[Hg]"))
#: What a trauma client asks for, over all Observations of the server.
SEARCHES = (
    "Observation?patient=p7&code=http://loinc.org|8867-4&_sort=-date&_count=20",
    "Observation?patient=p7&_count=50",
    "Observation?code=8867-4&date=ge2026-01-15T15:00:00Z&_count=50",
    "Observation?code-value-quantity=8867-4$gt120&_sort=-date&_count=50",
    "Observation?value-quantity=lt60|http://unitsofmeasure.org|/min&_count=50",
    "Observation?status=final&category=vital-signs&_sort=-date&_count=50",
    "Observation?patient.family=family42&_include=Observation:subject&_count=20",
    "Patient?_has:Observation:patient:code=9279-1&_count=20",
    "Observation?_lastUpdated=gt2026-01-15&_summary=count",
    "Patient?name=family4&_count=10",
)
EVERYTHING = "Encounter/trauma/$everything"


def observation(number: int) -> JSON:
    """One vital sign of one of the patients."""
    code, unit = CODES[number % len(CODES)]
    at = START + timedelta(seconds=number * 0.3)
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": code},
        "subject": {"reference": f"Patient/p{number % PATIENTS}"},
        "effectiveDateTime": at.isoformat().replace("+00:00", "Z"),
        "valueQuantity": {
            "value": 40 + number % 120,
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
    }


# -- servers ---------------------------------------------------------------------------------------


async def serve_ours(count: int, played: Played | None) -> None:
    """A world whose record is filled, or a whole case as it was played."""
    from environment.fhir.server.writing import Writer
    from environment.runtime.access import Caller
    from environment.runtime.clock import WallClock
    from environment.runtime.operations import Operations
    from environment.runtime.world import World
    from environment.twins import kinds
    from environment.web.app import make_site, serve
    from environment.web.fhir import SERVER
    from environment.web.limits import Limits

    if played is not None:
        world = World(WallClock(played.start, begin_s=3600.0), kinds(), played.journal)
        world.twins.update({name: model(name) for name, model in played.models.items()})
    else:
        world = World(WallClock(START, begin_s=86_400.0), kinds())
    limits = Limits(per_s=1e6, burst=1e6)
    site = make_site(world, Operations(world), open_role="instructor", limits=limits)
    served = await serve(site, port=0)
    server = served.app[SERVER]
    began = time.perf_counter()
    if played is None:
        who = Caller("benchmark", "instructor")
        writer = Writer(server.fold, server.search(""), server.operations, server.viewer(who))
        people = [
            {"resourceType": "Patient", "id": f"p{n}", "name": [{"family": f"Family{n}"}]}
            for n in range(PATIENTS)
        ]
        writer.commit([writer.update("Patient", str(p["id"]), p) for p in people])
        for number in range(count):
            resource = writer.checked("Observation", observation(number))
            writer.commit([writer.creation("Observation", resource, writer.new_id("Observation"))])
    filled = time.perf_counter() - began
    held = sum(len(shelf.current) for shelf in server.fold.shelves)
    facts = {"held": held, "filled_s": round(filled, 2), "rss_mib": _rss_mib()}
    print(json.dumps({"url": f"{served.url}/fhir", **facts}), flush=True)
    await asyncio.Event().wait()  # until it is ended


def played_case() -> Played:
    """A whole case, as `traumatwin run pelvis` plays it."""
    scenario = library_load("pelvis")
    return run(scenario, seed=scenario.seed)


async def serve_naive() -> None:
    """The same bytes for every question."""
    from aiohttp import web

    text = json.dumps({**observation(1), "id": "1"}).encode()

    async def constant(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=text, content_type="application/fhir+json")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", constant)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(json.dumps({"url": url, "rss_mib": _rss_mib()}), flush=True)
    await asyncio.Event().wait()  # until it is ended


def _rss_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


# -- the client ------------------------------------------------------------------------------------

Ask = Callable[[aiohttp.ClientSession, int], Awaitable[None]]


async def load(ask: Ask, *, seconds: float, at_once: int) -> list[float]:
    """Milliseconds of each request, `at_once` at a time for so long; a second's warm-up before."""
    taken: list[float] = []
    from_here = time.perf_counter() + 0.5
    until = from_here + seconds
    numbers = iter(range(10**9))

    async def one(session: aiohttp.ClientSession) -> None:
        while (began := time.perf_counter()) < until:
            await ask(session, next(numbers))
            if began >= from_here:
                taken.append((time.perf_counter() - began) * 1000)

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(one(session) for _ in range(at_once)))
    return taken


async def get(session: aiohttp.ClientSession, url: str) -> int:
    """Ask for one thing; returns how many bytes came."""
    async with session.get(url) as response:
        body = await response.read()
        assert response.status == 200, body[:300]
        return len(body)


def reads(base: str, ids: Sequence[str]) -> Ask:
    """Read one Observation after another."""

    async def ask(session: aiohttp.ClientSession, number: int) -> None:
        await get(session, f"{base}/Observation/{ids[number * 7919 % len(ids)]}")

    return ask


def creates(base: str) -> Ask:
    """Create one Observation after another."""

    async def ask(session: aiohttp.ClientSession, number: int) -> None:
        body = json.dumps(observation(number)).encode()
        headers = {"Content-Type": "application/fhir+json"}
        async with session.post(f"{base}/Observation", data=body, headers=headers) as response:
            assert response.status in (200, 201), await response.text()
            await response.read()

    return ask


async def ids_of(base: str) -> list[str]:
    """Ids of Observations that are there."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{base}/Observation?_count=1000&_elements=id") as response,
    ):
        rows = (await response.json(content_type=None))["entry"]
        return [row["resource"]["id"] for row in rows]


@contextlib.asynccontextmanager
async def started(*options: str) -> AsyncIterator[dict[str, JSON]]:
    """A server in a process of its own, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.fhir", *options,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None  # it is piped
        yield json.loads(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


def row(name: str, taken: Sequence[float], seconds: float) -> str:
    """One line of the table."""
    cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else list(taken) * 99
    return f"{name:34} {len(taken) / seconds:9.0f} {cuts[49]:8.2f} {cuts[94]:8.2f} {cuts[98]:8.2f}"


async def rounds(
    name: str, make: Callable[[], Awaitable[list[float]]], seconds: float, times: int
) -> None:
    """Several rounds; the one with the median rate is shown."""
    taken = sorted([await make() for _ in range(times)], key=len)
    print(row(name, taken[times // 2], seconds), flush=True)


async def measure(options: argparse.Namespace) -> None:
    """Both servers, and the case."""
    seconds, at_once, times = options.seconds, options.at_once, options.rounds
    facts = {"python": platform.python_version(), "machine": platform.machine(),
             "cores": os.cpu_count(), "aiohttp": aiohttp.__version__}  # fmt: skip
    print(json.dumps(facts))
    print(f"{'':34} {'per s':>9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}")
    async with started("--serve", "naive") as it:
        base = it["url"]
        await rounds("constant: read", lambda: load(reads(base, ["1"]), seconds=seconds,
                     at_once=at_once), seconds, times)  # fmt: skip
        await rounds("constant: create", lambda: load(creates(base), seconds=seconds,
                     at_once=at_once), seconds, times)  # fmt: skip
    async with started("--serve", "ours", "--count", str(options.count)) as it:
        base = it["url"]
        ids = await ids_of(base)
        print(f"  {it['held']} resources held, written in {it['filled_s']} s, "
              f"{it['rss_mib']} MiB resident")  # fmt: skip
        await rounds("read", lambda: load(reads(base, ids), seconds=seconds, at_once=at_once),
                     seconds, times)  # fmt: skip
        for query in SEARCHES:

            async def ask(session: aiohttp.ClientSession, number: int, q: str = query) -> None:
                await get(session, f"{base}/{q}")

            await rounds(f"  {query[:32]}", lambda: load(ask, seconds=1.0, at_once=1), 1.0, 1)

        async def mixed(session: aiohttp.ClientSession, number: int) -> None:
            await get(session, f"{base}/{SEARCHES[number % len(SEARCHES)]}")

        await rounds("search, all of them in turn", lambda: load(mixed, seconds=seconds,
                     at_once=1), seconds, times)  # fmt: skip
        await rounds("create", lambda: load(creates(base), seconds=seconds, at_once=at_once),
                     seconds, times)  # fmt: skip
    async with started("--serve", "case") as it:
        print(f"  {it['held']} resources of the case, {it['rss_mib']} MiB resident")
        async with aiohttp.ClientSession() as session:
            taken = []
            for _ in range(9):
                began = time.perf_counter()
                size = await get(session, f"{it['url']}/{EVERYTHING}")
                taken.append((time.perf_counter() - began) * 1000)
        print(f"Encounter/$everything: {statistics.median(taken):.0f} ms (median of 9), "
              f"{size / 2**20:.1f} MiB")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="Observations held")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=8, help="requests under way")
    parser.add_argument("--serve", choices=["ours", "case", "naive"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.serve:
        asyncio.run(measure(options))
        return
    with contextlib.suppress(KeyboardInterrupt):
        if options.serve == "naive":
            asyncio.run(serve_naive())
        else:
            played = played_case() if options.serve == "case" else None
            asyncio.run(serve_ours(options.count, played))


if __name__ == "__main__":
    main()

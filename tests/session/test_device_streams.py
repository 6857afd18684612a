"""A case on real input: the stream of its monitors drives it, live and recorded."""

import asyncio
from pathlib import Path

import pytest

from environment.physical.devices import recorded
from environment.physical.devices.mllp import Sender
from environment.runtime.clock import WallClock
from scenarios.devices import from_file, write_hl7
from scenarios.live_devices import LiveDevices
from scenarios.reading import load
from scenarios.sending import lines_of
from scenarios.serving import play_served
from scenarios.session import run
from tests.session.test_two_clocks import raised, until

SPEED = 60.0


@pytest.mark.slow
def test_a_run_told_as_hl7_drives_the_case_to_the_same_alerts(tmp_path: Path) -> None:
    scenario = until(load("pelvis"), 900.0)
    first = run(scenario, seed=7).journal
    count = write_hl7(first, scenario, tmp_path / "pelvis.jsonl")
    assert count > 300
    assets = from_file(tmp_path / "pelvis.jsonl", scenario)
    assert set(assets) == {"ambulance_monitor"}
    again = run(scenario, seed=7, assets=assets).journal
    assert {row[1] for row in raised(first)} >= {"TRI-01", "HAE-02", "HAE-01"}
    assert raised(again) == raised(first)
    # The alert's reason is a reading that came as a message of the device.
    shown = next(c for c in again if c.name == "alert_raised" and c.value["rule"] == "HAE-01")
    reasons = [c for c in again.why(shown) if c.twin == "ambulance_monitor"]
    assert reasons
    assert again.verify() == len(again)


@pytest.mark.slow
@pytest.mark.wall_time
async def test_a_live_case_on_a_monitor_over_tcp_and_its_recording_give_the_same_alerts(
    tmp_path: Path,
) -> None:
    scenario = until(load("pelvis"), 700.0)
    lines = await asyncio.to_thread(lines_of, scenario, seed=7)
    path = tmp_path / "live.jsonl"
    devices = LiveDevices(scenario, hl7_port=0, record=path)
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def ready(url: str, where: dict[str, str]) -> None:
        address.set_result(where["ambulance_monitor"])

    playing = asyncio.create_task(
        play_served(
            scenario,
            seed=7,
            speed=SPEED,
            port=0,
            devices=devices,
            ready=ready,  # type: ignore[arg-type]
        )
    )
    port = int((await address).split(":")[1].split(",")[0])
    clock = WallClock(scenario.start, speed=SPEED)
    sender = Sender("127.0.0.1", port, clock)
    sending = asyncio.create_task(sender.run())
    for line in lines:
        await clock.sleep_until(line.at_s)
        sender.put(line.message)
    played = await playing
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    clock.close()
    live = raised(played.journal)
    assert {row[1] for row in live} >= {"TRI-01", "HAE-02"}
    stream = recorded.read(path)
    assert len(stream.lines) >= sender.answers["AA"] > 100
    again = await asyncio.to_thread(
        lambda: run(scenario, seed=7, assets=from_file(path, scenario)).journal
    )
    told, told_again = ([row[:3] for row in rows] for rows in (live, raised(again)))
    assert sorted(told) == sorted(told_again)
    # A third of a second on the wall, for a machine that has other work, is 20 s at this speed.
    late = [abs(a[3] - b[3]) for a, b in zip(sorted(live), sorted(raised(again)), strict=True)]
    assert max(late) <= SPEED / 3, f"live {live}\nagain {raised(again)}"

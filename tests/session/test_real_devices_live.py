"""A live case with real devices of every language, and its recording driving the case again."""

import asyncio
import json
from pathlib import Path

import pytest

from environment.physical.devices import nmea, recorded
from environment.physical.devices.mqtt import publishing
from scenarios.devices import from_file
from scenarios.errors import DeviceError
from scenarios.live_devices import LiveDevices
from scenarios.reading import parse
from scenarios.schema import Scenario
from scenarios.serving import play_served
from scenarios.session import run
from tests.environment.physical.devices.test_mqtt import mosquitto
from tests.scenarios.stage import HEAD
from tests.services import free_port

DEVICES = """
[[device]]
id = "ambulance_monitor"
kind = "monitor"
source = "mqtt"
patient_id = "MRN-1"

[[vehicle]]
id = "ambulance"
source = "nmea"
port = PORT
"""


def case(port: int) -> Scenario:
    return parse(HEAD.replace('"20:00"', '"00:20"') + DEVICES.replace("PORT", str(port)))


def test_devices_on_a_broker_need_to_know_which() -> None:
    with pytest.raises(DeviceError, match="--mqtt"):
        LiveDevices(case(free_port()))


@pytest.mark.slow
@pytest.mark.wall_time
async def test_a_monitor_on_mqtt_and_a_vehicle_on_nmea_are_recorded_and_replayed(
    tmp_path: Path,
) -> None:
    scenario, path = case(free_port()), tmp_path / "live.jsonl"
    async with mosquitto(tmp_path, free_port()) as broker:
        url = f"mqtt://{broker.host}:{broker.port}"
        devices = LiveDevices(scenario, mqtt=url, record=path)
        is_ready = asyncio.Event()
        told: dict[str, str] = {}

        def ready(url: str, where: dict[str, str]) -> None:
            told.update(where)
            is_ready.set()

        playing = asyncio.create_task(
            play_served(
                scenario,
                seed=1,
                speed=5,
                port=0,
                devices=devices,
                ready=ready,  # type: ignore[arg-type]
            )
        )
        await is_ready.wait()
        assert "MQTT" in told["ambulance_monitor"]
        assert "NMEA" in told["ambulance"]
        async with publishing(broker, "traumatwin/ambulance_monitor", name="device") as device:
            for number, hr in enumerate((104, 110)):
                at = f"2026-05-05T10:00:0{number}Z"
                fact = {"id": number, "patient": "MRN-1", "at": at, "values": {"hr": hr}}
                await device.publish("vitals", json.dumps(fact))
            vehicle = next(v for v in scenario.vehicles if v.id == "ambulance")
            _, writer = await asyncio.open_connection("127.0.0.1", vehicle.port)
            fix = nmea.sentence(scenario.start, *vehicle.where["accident_place"], 40)
            writer.write(fix.encode() + b"\r\n")
            await writer.drain()
            played = await playing
            writer.close()
    stream = recorded.read(path)
    said = [(line.device, line.format) for line in stream.lines if line.format != "hl7v2"]
    assert sorted(said) == [
        ("ambulance", "nmea"),
        ("ambulance_monitor", "json"),
        ("ambulance_monitor", "json"),
    ]

    def values(journal: object, twin: str, name: str) -> list[object]:
        return [
            c.value
            for c in journal  # type: ignore[attr-defined]
            if (c.kind, c.twin, c.name) == ("property", twin, name) and c.value is not None
        ]

    assert values(played.journal, "ambulance_monitor", "hr") == [104, 110]
    assert values(played.journal, "ambulance", "place")[-1] == "accident_place"
    again = await asyncio.to_thread(
        lambda: run(scenario, seed=1, assets=from_file(path, scenario)).journal
    )
    assert values(again, "ambulance_monitor", "hr") == [104, 110]
    assert values(again, "ambulance", "place")[-1] == "accident_place"
    assert devices.accounts()["ambulance_monitor"].taken == 2

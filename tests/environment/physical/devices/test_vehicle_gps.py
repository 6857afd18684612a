"""A vehicle that is followed by GPS: sentences, checksums, place, and the time that is left."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from environment.physical.devices import nmea
from environment.physical.devices.locator import VehicleLocator
from environment.physical.devices.nmea_door import NmeaDoor
from environment.runtime.clock import WallClock
from environment.runtime.world import World
from environment.twins import kinds
from tests.environment.physical.devices.stage import START, at
from tests.environment.physical.stage import Stage, play

PLACES = {"base": (44.155, 12.235), "hospital": (44.139, 12.243)}


def on_the_road(scene: Callable[[Stage, VehicleLocator], Awaitable[None]]) -> None:
    async def run(stage: Stage) -> None:
        vehicle = VehicleLocator("ambulance", PLACES, at="base", crew=("driver",), epoch=START)
        await stage.put("vehicle", vehicle, "ambulance")
        await scene(stage, vehicle)

    play(run)


def rmc(at_s: float, lat: float, lon: float, speed_kmh: float = 60.0) -> bytes:
    return nmea.sentence(at(at_s), lat, lon, speed_kmh).encode()


def test_a_drive_is_seen_from_departure_to_arrival() -> None:
    async def scene(stage: Stage, vehicle: VehicleLocator) -> None:
        await stage.until(10)
        vehicle.hear("nmea", rmc(10, *PLACES["base"], 0))
        assert stage.value("ambulance", "place") == "base"
        await stage.ask("ambulance", "drive", destination="hospital")
        await stage.until(60)
        vehicle.hear("nmea", rmc(60, 44.147, 12.239, 60))
        # 0.95 km to go as the crow flies, 1.23 km by road, at 60 km/h.
        assert stage.value("ambulance", "eta_s") == pytest.approx(60 + 73.7, abs=1)
        assert stage.value("ambulance", "speed_kmh") == pytest.approx(60, abs=0.1)
        await stage.until(130)
        vehicle.hear("nmea", rmc(130, *PLACES["hospital"], 2))
        assert stage.value("ambulance", "place") == "hospital"
        assert stage.value("ambulance", "status") == "waiting"
        assert stage.events("ambulance", "arrived")[0].value == {"place": "hospital"}

    on_the_road(scene)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("$GPRMC,140010.00,A,4409.3000,N,01214.1000,E,32.4,0.0,060531,,*00", "bad_checksum"),
        ("$GPRMC,140010.00,A,4409.3000,N,01214.1000,E,32.4,0.0,060531,,", "bad_checksum"),
        ("not a sentence", "malformed"),
        ("$GPRMC,140010.00,V,,,,,,,060531,,", "no_fix"),
    ],
)
def test_what_is_no_fix_is_refused_with_its_reason(sentence: str, reason: str) -> None:
    async def scene(stage: Stage, vehicle: VehicleLocator) -> None:
        await stage.until(20)
        text = sentence
        if reason not in ("bad_checksum", "malformed"):
            total = 0
            for sign in sentence[1:]:
                total ^= ord(sign)
            text = f"{sentence}*{total:02X}"
        vehicle.hear("nmea", text.encode())
        (refused,) = stage.events("ambulance", "message_refused")
        assert refused.value["reason"] == reason
        assert refused.value["raw"] == text
        assert stage.value("ambulance", "position") is None

    on_the_road(scene)


def test_sentences_of_other_kinds_are_counted_and_say_nothing() -> None:
    async def scene(stage: Stage, vehicle: VehicleLocator) -> None:
        vehicle.hear("nmea", b"$GPGSV,1,1,00*79")
        assert stage.events("ambulance", "message_refused") == []
        assert vehicle.account.counts == {"unsupported": 1}

    on_the_road(scene)


def test_gga_takes_its_day_from_the_sentence_before_it() -> None:
    async def scene(stage: Stage, vehicle: VehicleLocator) -> None:
        body = "GPGGA,140011.00,4409.3600,N,01214.1600,E,1,08,0.9,40.0,M,38.0,M,,"
        total = 0
        for sign in body:
            total ^= ord(sign)
        gga = f"${body}*{total:02X}".encode()
        await stage.until(12)
        vehicle.hear("nmea", gga)
        assert stage.events("ambulance", "message_refused")[0].value["reason"] == "no_time"
        vehicle.hear("nmea", rmc(10, *PLACES["base"]))
        vehicle.hear("nmea", gga)
        reading = stage.world.state("ambulance").values["position"]
        assert reading.effective == 11
        assert reading.value["lat"] == pytest.approx(44.156)

    on_the_road(scene)


def test_a_fix_in_json_that_lies_nowhere_is_refused_and_a_late_one_is_restated() -> None:
    async def scene(stage: Stage, vehicle: VehicleLocator) -> None:
        def fix(at_s: float, lat: float) -> bytes:
            told = {"id": 1, "at": at(at_s).isoformat(), "lat": lat, "lon": 12.2}
            return json.dumps(told).encode()

        await stage.until(60)
        vehicle.hear("json", fix(60, 44.2))
        vehicle.hear("json", fix(30, 44.1))
        vehicle.hear("json", fix(60, 444.0))
        assert stage.value("ambulance", "position")["lat"] == 44.2
        assert stage.history("ambulance", "position")[-1].quality == "restated"
        assert vehicle.account.counts == {"accepted": 2, "implausible": 1}

    on_the_road(scene)


@pytest.mark.wall_time
async def test_a_receiver_delivers_sentences_over_tcp() -> None:
    clock = WallClock(START, begin_s=100)
    world = World(clock, kinds())
    world.add("vehicle", "ambulance")
    vehicle = VehicleLocator("ambulance", PLACES, epoch=START)
    await world.attach(vehicle, serves=["ambulance"])
    door = NmeaDoor(vehicle)
    await door.open()
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(rmc(90, 44.15, 12.24) + b"\r\n" + b"x" * 5000 + b"\r\n" + rmc(91, 44.15, 12.24))
    writer.write(b"\r\n")
    async with asyncio.timeout(5):
        while vehicle.account.counts["accepted"] < 2:
            await clock.sleep(0.02)
    assert world.twin("ambulance").value("connected") is True
    writer.close()
    await writer.wait_closed()
    await door.close()
    assert world.twin("ambulance").value("connected") is False
    await world.close()
    clock.close()

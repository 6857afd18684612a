"""Devices on MQTT, over Debian's mosquitto: delivered once, caught up, and their last will."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from environment.errors import BadValueError, InvocationFailedError
from environment.physical.devices import hl7v2, mqtt_payloads
from environment.physical.devices.locator import VehicleLocator
from environment.physical.devices.monitor import RealMonitor
from environment.physical.devices.mqtt import Broker, Feeder, broker_of, publishing
from environment.runtime.clock import WallClock
from environment.runtime.world import World
from environment.twins import kinds
from tests.environment.physical.devices.stage import PATIENT, START, at, message
from tests.services import free_port, program

pytestmark = pytest.mark.wall_time
ROOT = Path(__file__).parents[4]
#: A device that ends without a word: its broker speaks its will.
DIES = """
import asyncio, os, sys
from environment.physical.devices.mqtt import Broker, publishing
async def live():
    async with publishing(Broker("127.0.0.1", int(sys.argv[1])), sys.argv[2], name="dies"):
        os._exit(0)
asyncio.run(live())
"""


@asynccontextmanager
async def mosquitto(folder: Path, port: int) -> AsyncIterator[Broker]:
    """A broker on loopback that keeps sessions, in a folder of the test."""
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
        f"persistence_location {folder}/\nlog_dest none\n"
    )
    where = program("mosquitto", package="mosquitto")
    process = await asyncio.create_subprocess_exec(
        where, "-c", config, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    continue
                writer.close()
                break
        yield Broker("127.0.0.1", port)
    finally:
        process.terminate()
        await process.wait()


def vitals(number: int, at_s: float, **values: object) -> str:
    return json.dumps(
        {"id": number, "patient": PATIENT, "at": at(at_s).isoformat(), "values": values}
    )


def lines(world: World) -> list[bool]:
    """What was said of the monitor's line."""
    return [c.value for c in world.journal if (c.twin, c.name) == ("monitor", "connected")]


async def until(clock: WallClock, met: object) -> None:
    async with asyncio.timeout(10):
        while not met():  # type: ignore[operator]
            await clock.sleep(0.02)


async def test_a_monitor_on_a_broker_delivers_once_catches_up_and_its_will_is_heard(
    tmp_path: Path,
) -> None:
    clock = WallClock(START, begin_s=1000)
    world = World(clock, kinds())
    world.add("monitor", "monitor")
    monitor = RealMonitor("monitor", patients=(PATIENT,), epoch=START)
    await world.attach(monitor, serves=["monitor"])
    twin, account = world.twin("monitor"), monitor.intake.account
    prefix = "traumatwin/monitor"
    async with mosquitto(tmp_path, free_port()) as broker:
        feeder = Feeder(broker, {prefix: monitor}, clock)
        await feeder.open("site")
        async with publishing(broker, prefix, name="device") as device:
            await device.publish("vitals", vitals(1, 990, hr=104, sbp={"value": 12, "unit": "kPa"}))
            await device.publish("vitals", vitals(1, 990, hr=104, sbp={"value": 12, "unit": "kPa"}))
            await device.publish("vitals", "{")
            await until(clock, lambda: account.received == 3)
            assert (twin.value("hr"), twin.value("sbp")) == (104, 90.01)
            assert twin.value("connected") is True
            await feeder.close()  # this side is away; the broker keeps
            await device.publish("vitals", vitals(2, 995, hr=105))
            await device.publish("vitals", vitals(3, 996, hr=106))
            await feeder.open("site")
            await until(clock, lambda: account.received == 5)
            assert account.counts == {"late": 3, "duplicate": 1, "malformed": 1}
        await until(clock, lambda: twin.value("connected") is False)
        assert lines(world)[-2:] == [True, False]
        said = len(lines(world))
        dying = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DIES, str(broker.port), prefix, cwd=ROOT
        )
        await dying.wait()
        await until(clock, lambda: lines(world)[said:] == [True, False])
        await feeder.close()
    await world.close()
    clock.close()


def test_a_message_says_the_same_in_json_as_in_hl7() -> None:
    raw = message("7", 10, method="cuff", sbp=98, dbp=61)
    first = hl7v2.read(raw)
    again = mqtt_payloads.read_vitals(mqtt_payloads.write_vitals(first).encode())
    assert (again.id, again.patients, again.taken) == (first.id, first.patients, first.taken)
    assert [(v.vital, v.value, v.unit, v.method) for v in again.values] == [
        (v.vital, v.value, v.unit, v.method) for v in first.values
    ]


async def test_a_vehicle_is_followed_by_position_and_by_sentences(tmp_path: Path) -> None:
    clock = WallClock(START, begin_s=1000)
    world = World(clock, kinds())
    world.add("vehicle", "ambulance")
    vehicle = VehicleLocator("ambulance", {"hospital": (44.139, 12.243)}, epoch=START)
    await world.attach(vehicle, serves=["ambulance"])
    twin, prefix = world.twin("ambulance"), "traumatwin/ambulance"
    async with mosquitto(tmp_path, free_port()) as broker:
        feeder = Feeder(broker, {prefix: vehicle}, clock)
        await feeder.open("site")
        async with publishing(broker, prefix, name="device") as device:
            fix = {"at": at(999).isoformat(), "lat": 44.19, "lon": 12.3, "speed_kmh": 71}
            await device.publish("position", json.dumps(fix))
            await until(clock, lambda: twin.value("position") is not None)
            assert twin.value("speed_kmh") == 71
        await feeder.close()
    await world.close()
    clock.close()


async def test_a_broker_that_is_not_there_is_said_at_once() -> None:
    clock = WallClock(START)
    feeder = Feeder(Broker("127.0.0.1", free_port()), {}, clock)
    with pytest.raises(InvocationFailedError, match="cannot be reached"):
        await feeder.open()
    await feeder.close()
    clock.close()


@pytest.mark.parametrize("url", ["http://broker", "mqtt://", "mqtt://broker:x", "broker:1883"])
def test_an_address_that_is_no_brokers_is_refused(url: str) -> None:
    with pytest.raises(BadValueError, match="mqtt"):
        broker_of(url)


def test_an_address_may_carry_user_password_and_tls() -> None:
    assert broker_of("mqtts://a%40b:c@host") == Broker("host", 8883, "a@b", "c", True)

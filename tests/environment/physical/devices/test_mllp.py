"""HL7 v2 over real sockets: delivered, acknowledged, and nothing lost when the line breaks."""

import asyncio

import pytest

from environment.model.change import JSON
from environment.physical.devices.mllp import Door, Sender
from environment.physical.devices.monitor import LARGEST_BYTES, RealMonitor
from environment.runtime.clock import WallClock
from environment.runtime.world import World
from environment.twins import kinds
from tests.environment.physical.devices.stage import PATIENT, START, message

pytestmark = pytest.mark.wall_time
ENVELOPE = b"\x0b%s\x1c\r"


class Ward:
    """A world on the wall clock with real monitors at one door."""

    def __init__(self, *names: str, begin_s: float = 1000.0) -> None:
        self.clock = WallClock(START, begin_s=begin_s)
        self.world = World(self.clock, kinds())
        self.monitors = {n: RealMonitor(n, patients=(PATIENT,), epoch=START) for n in names}
        self.door = Door(self.monitors)

    async def __aenter__(self) -> "Ward":
        for name, monitor in self.monitors.items():
            self.world.add("monitor", name)
            await self.world.attach(monitor, serves=[name])
        await self.door.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.door.close()
        await self.world.close()
        self.clock.close()

    def values(self, twin: str, name: str) -> list[JSON]:
        return [
            c.value
            for c in self.world.journal
            if (c.kind, c.twin, c.name) == ("property", twin, name) and c.quality != "stale"
        ]

    async def raw(self, *blocks: bytes) -> list[bytes]:
        """Say something on a line of its own, and read as many answers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.door.port)
        answers = []
        for block in blocks:
            writer.write(block)
            async with asyncio.timeout(5):
                answers.append(await reader.readuntil(b"\x1c\r"))
        writer.close()
        await writer.wait_closed()
        return answers


async def test_a_monitor_delivers_over_tcp_and_hears_that_it_was_taken() -> None:
    async with Ward("monitor") as ward:
        (answer,) = await ward.raw(ENVELOPE % message("42", 1000, hr=104))
        assert b"MSA|AA|42" in answer
        assert ward.values("monitor", "hr") == [104]
        async with asyncio.timeout(5):
            while ward.values("monitor", "connected") != [True, False]:
                await ward.clock.sleep(0.02)


async def test_what_is_no_message_is_rejected_and_the_line_goes_on() -> None:
    async with Ward("monitor") as ward:
        other_kind = message("7", 1000, hr=90).replace(b"ORU^R01^ORU_R01", b"ADT^A01")
        answers = await ward.raw(
            ENVELOPE % b"hello",
            ENVELOPE % other_kind,
            b"no beginning\x1c\r",
            ENVELOPE % message("43", 1000, hr=104),
        )
        assert b"MSA|AR|" in answers[0]
        assert b"MSA|AR|7" in answers[1]
        assert b"200^^HL70357" in answers[1]
        assert b"MSA|AR|" in answers[2]
        assert b"MSA|AA|43" in answers[3]
        assert ward.monitors["monitor"].intake.account.received == 4


async def test_an_oversized_message_is_rejected_and_others_are_still_taken() -> None:
    async with Ward("monitor") as ward:
        huge = message("8", 1000, hr=90) + b"NTE|1||" + b"x" * (3 * LARGEST_BYTES) + b"\r"
        (answer,) = await ward.raw(ENVELOPE % huge)
        assert b"MSA|AR|" in answer
        await ward.raw(ENVELOPE % message("9", 1000, hr=91))
        assert ward.values("monitor", "hr") == [91]


async def test_two_monitors_at_one_door_are_told_apart_by_their_names() -> None:
    async with Ward("ambulance", "shock_room") as ward:
        one = ENVELOPE % message("1", 1000, sender="ambulance", hr=90)
        two = ENVELOPE % message("1", 1000, sender="shock_room", hr=120)
        nobody = ENVELOPE % message("1", 1000, sender="pump", hr=1)
        answers = await ward.raw(one, two, nobody)
        assert [b"MSA|AA|1" in a for a in answers] == [True, True, False]
        assert ward.values("ambulance", "hr") == [90]
        assert ward.values("shock_room", "hr") == [120]


async def test_a_device_that_loses_its_line_keeps_and_delivers_every_message_once() -> None:
    async with Ward("monitor") as ward:
        sender = Sender("127.0.0.1", ward.door.port, ward.clock)
        running = asyncio.create_task(sender.run())
        for number in range(20):
            sender.put(message(str(number), 900 + number, hr=60 + number).decode())
        async with asyncio.timeout(20):
            await sender.delivered()
            port = ward.door.port
            await ward.door.close()  # the receiver is away ...
            for number in range(20, 40):
                sender.put(message(str(number), 900 + number, hr=60 + number).decode())
            again = Door(ward.monitors)
            await again.open(port=port)  # ... and comes back
            await sender.delivered()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await again.close()
        assert ward.values("monitor", "hr") == [60 + n for n in range(40)]
        assert sender.answers["AA"] == 40
        assert sender.connections >= 2

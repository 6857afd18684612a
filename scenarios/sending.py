"""A simulated monitor on the line: a case's monitors as devices that send HL7 v2 or publish."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from random import Random

from environment.physical.devices import hl7v2
from environment.physical.devices.faults import with_faults
from environment.physical.devices.mllp import Sender
from environment.physical.devices.mqtt import Broker, Publisher, publishing
from environment.physical.devices.mqtt_payloads import write_vitals
from environment.physical.devices.readings import UnreadableError
from environment.physical.devices.recorded import Line
from environment.physical.devices.transcript import transcribed
from environment.runtime.clock import WallClock
from scenarios import session
from scenarios.devices import identifiers, monitors
from scenarios.schema import Scenario

#: Real seconds without any answer after which a device gives up (engineering default).
GIVES_UP_S = 30.0


def lines_of(
    scenario: Scenario, *, seed: int, devices: Sequence[str] = (), faults: float = 0.0
) -> list[Line]:
    """What the monitors of a case would send: the case is played on the virtual clock first."""
    played = session.run(scenario, seed=seed)
    chosen = list(devices) or monitors(scenario)
    names = {name: identifiers(scenario, name)[0] for name in chosen}
    lines: Iterable[Line] = transcribed(played.journal, names, scenario.start)
    if faults:
        lines = [s.line for s in with_faults(lines, faults, Random(f"{seed}/faults"))]
    return list(lines)


def send(
    lines: Sequence[Line],
    scenario: Scenario,
    host: str,
    port: int,
    *,
    speed: float = 1.0,
    begin_s: float = 0.0,
    told: Callable[[Sender], None] | None = None,
) -> Sender:
    """Send a stream over MLLP, each message at its time; returns when all are acknowledged.

    Where nobody answers for long after the last one, the rest stays with the sender.
    """
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(
            _send(lines, scenario, host, port, speed=speed, begin_s=begin_s, told=told)
        )


async def _send(
    lines: Sequence[Line],
    scenario: Scenario,
    host: str,
    port: int,
    *,
    speed: float,
    begin_s: float,
    told: Callable[[Sender], None] | None,
) -> Sender:
    clock = WallClock(scenario.start, speed=speed, begin_s=begin_s)
    sender = Sender(host, port, clock)
    delivery = asyncio.create_task(sender.run())
    try:
        for line in lines:
            if line.at_s < begin_s:
                continue
            await clock.sleep_until(line.at_s)
            sender.put(line.message)
            if told is not None:
                told(sender)
        await _delivered(sender)
    finally:
        delivery.cancel()
        await asyncio.gather(delivery, return_exceptions=True)
        clock.close()
    return sender


def publish(
    lines: Sequence[Line],
    scenario: Scenario,
    broker: Broker,
    *,
    speed: float = 1.0,
    begin_s: float = 0.0,
) -> Counter[str]:
    """Publish a stream over MQTT, each message at its time; returns how many by device."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(_publish(lines, scenario, broker, speed=speed, begin_s=begin_s))


async def _publish(
    lines: Sequence[Line], scenario: Scenario, broker: Broker, *, speed: float, begin_s: float
) -> Counter[str]:
    clock = WallClock(scenario.start, speed=speed, begin_s=begin_s)
    topics = {d.id: d.topic or f"traumatwin/{d.id}" for d in scenario.devices}
    sent: Counter[str] = Counter()
    try:
        async with contextlib.AsyncExitStack() as stack:
            on_line: dict[str, Publisher] = {}
            for device in dict.fromkeys(line.device for line in lines):
                prefix = topics.get(device, f"traumatwin/{device}")
                entered = publishing(broker, prefix, name=f"traumatwin-{device}")
                on_line[device] = await stack.enter_async_context(entered)
            for line in lines:
                if line.at_s < begin_s:
                    continue
                try:
                    payload = write_vitals(hl7v2.read(line.message))
                except UnreadableError:
                    payload = line.message  # a fault stays one in this language too
                await clock.sleep_until(line.at_s)
                await on_line[line.device].publish("vitals", payload)
                sent[line.device] += 1
    finally:
        clock.close()
    return sent


async def _delivered(sender: Sender) -> None:
    """Wait for the last answers, as long as there are any."""
    while sender.waiting:
        before = sender.waiting
        try:
            async with asyncio.timeout(GIVES_UP_S):
                await sender.delivered()
        except TimeoutError:
            if sender.waiting == before:
                return

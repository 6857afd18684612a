"""MQTT: devices publish, a broker keeps, twins are fed; the only `aiomqtt`.

Topics are `<prefix>/vitals`, `/position`, `/nmea` and `/line`, the prefix being the device's own
(`traumatwin/<id>` unless the scenario says otherwise). Quality of service 1 and a session that the
broker keeps: what is published while this side is away comes afterwards, and what comes twice is
known by its number. The device's last will on `/line` says `down` when its line breaks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiomqtt
import structlog

from environment.errors import BadValueError, InvocationFailedError
from environment.physical.adapter import Clock
from environment.physical.devices.mqtt_payloads import DOWN, UP

log = structlog.get_logger()

AT_LEAST_ONCE = 1
#: The last part of a topic -> the format of what is published there.
FORMATS = {"vitals": "json", "position": "json", "nmea": "nmea"}
LINE = "line"
#: A broker that is away is asked again after this time (engineering default).
TRIES_AGAIN_S = 1.0


class Device(Protocol):
    """What the broker's messages go to."""

    def hear(self, form: str, raw: bytes) -> None:
        """Take a message."""

    def connection(self, is_up: bool) -> None:
        """The device's line has come up or gone down."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is, and who we are to it."""

    host: str
    port: int = 1883
    user: str | None = None
    password: str | None = None
    tls: bool = False

    def client(self, name: str, *, will: aiomqtt.Will | None = None) -> aiomqtt.Client:
        """A client of this broker, with a session that the broker keeps."""
        return aiomqtt.Client(
            self.host,
            self.port,
            username=self.user,
            password=self.password,
            identifier=name,
            clean_session=False,
            will=will,
            tls_params=aiomqtt.TLSParameters() if self.tls else None,
        )


def broker_of(url: str) -> Broker:
    """The broker of `mqtt://[user:password@]host[:port]` (or `mqtts://`)."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as wrong:
        raise BadValueError(f"{url}: the port is no number between 1 and 65535.") from wrong
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise BadValueError(f"{url}: expected mqtt://host:port or mqtts://host:port.")
    tls = parts.scheme == "mqtts"
    return Broker(
        parts.hostname,
        port or (8883 if tls else 1883),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        tls,
    )


class Feeder:
    """Brings what devices publish to their adapters, by the prefix of their topics."""

    def __init__(self, broker: Broker, devices: Mapping[str, Device], clock: Clock) -> None:
        self._broker, self._devices, self._clock = broker, dict(devices), clock
        self._task: asyncio.Task[None] | None = None
        self._up: asyncio.Future[None] | None = None

    async def open(self, name: str = "traumatwin") -> None:
        """Connect and subscribe; a broker that is not there is the caller's trouble."""
        loop = asyncio.get_running_loop()
        self._up = loop.create_future()
        self._task = loop.create_task(self._run(name, self._up))
        await self._up

    async def close(self) -> None:
        """End the line."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, name: str, up: asyncio.Future[None]) -> None:
        while True:
            try:
                async with self._broker.client(name) as client:
                    for prefix in self._devices:
                        await client.subscribe(f"{prefix}/+", qos=AT_LEAST_ONCE)
                    if not up.done():
                        up.set_result(None)
                    async for message in client.messages:
                        self._bring(str(message.topic), message.payload)
            except aiomqtt.MqttError as wrong:
                if not up.done():
                    where = f"{self._broker.host}:{self._broker.port}"
                    why = f"The MQTT broker at {where} cannot be reached: {wrong}."
                    up.set_exception(InvocationFailedError(why, "source_lost"))
                    return
                log.warning("broker_lost", why=str(wrong))
                for device in self._devices.values():
                    device.connection(False)
            await self._clock.sleep(TRIES_AGAIN_S)

    def _bring(self, topic: str, payload: object) -> None:
        prefix, _, last = topic.rpartition("/")
        device = self._devices.get(prefix)
        raw = payload if isinstance(payload, bytes) else str(payload).encode()
        if device is None or not raw:
            return
        if last == LINE:
            device.connection(raw.decode("utf-8", "replace").strip() == UP)
        elif last in FORMATS:
            device.hear(FORMATS[last], raw)
        else:
            log.info("topic_unknown", topic=topic)


class Publisher:
    """A device's side: its line is told, retained, and its last will is that it is down."""

    def __init__(self, client: aiomqtt.Client, prefix: str) -> None:
        self._client, self._prefix = client, prefix

    async def publish(self, last: str, payload: str) -> None:
        """Publish a message; returns when the broker has it."""
        await self._client.publish(f"{self._prefix}/{last}", payload, qos=AT_LEAST_ONCE)


@contextlib.asynccontextmanager
async def publishing(broker: Broker, prefix: str, *, name: str) -> AsyncIterator[Publisher]:
    """Be a device until the block ends; then it says itself that its line is down."""
    line = f"{prefix}/{LINE}"
    will = aiomqtt.Will(line, DOWN, qos=AT_LEAST_ONCE, retain=True)
    async with broker.client(name, will=will) as client:
        await client.publish(line, UP, qos=AT_LEAST_ONCE, retain=True)
        try:
            yield Publisher(client, prefix)
        finally:
            with contextlib.suppress(aiomqtt.MqttError):  # the broker has the will, then
                await client.publish(line, DOWN, qos=AT_LEAST_ONCE, retain=True)

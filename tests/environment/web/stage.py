"""A world on the web for tests: real kinds of twin, a lamp to switch, real time, loopback only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp

from environment.model.change import JSON, Change, Observation
from environment.physical.screen import Screen
from environment.runtime.access import Tokens
from environment.runtime.clock import WallClock
from environment.runtime.operations import Operations
from environment.runtime.world import World
from environment.twins import kinds
from environment.web.app import Served, make_site, serve
from environment.web.limits import Limits
from tests.environment.runtime.ward import START, Bulb, Lamp

ROLES = {
    "ivy": "instructor",
    "leo": "trauma_leader",
    "tom": "team_member",
    "rita": "rescuer",
    "olga": "operator",
    "wall": "display",
    "probe": "device",
    "rosa": "researcher",
    "assistant": "agent",
    "anna": "patient",
}
OWN = {
    "wall": ("wall",),
    "probe": ("probe",),
    "assistant": ("mind_assistant",),
    "anna": ("patient",),
}


class Stage:
    """The world, its site, and short ways to use both."""

    def __init__(self) -> None:
        self.clock = WallClock(START, speed=1)
        self.world = World(self.clock, {**kinds(), "lamp": Lamp})
        self.operations = Operations(self.world, ROLES)
        self.now_s = 0.0  # the clock that tokens follow
        numbers = count(1)
        self.tokens = Tokens(lambda: self.now_s, lambda: f"secret-number-{next(numbers)}")
        self.secrets = {
            name: self.tokens.issue(name, role, own=OWN.get(name, ()))
            for name, role in ROLES.items()
        }
        self.bulb = Bulb(takes_s=0.0)
        self.served: Served

    async def build(self) -> None:
        world = self.world
        for kind, name in (
            ("patient", "patient"),
            ("monitor", "probe"),
            ("display", "wall"),
            ("preh", "case"),
            ("mind", "mind_assistant"),
            ("lamp", "lamp"),
        ):
            world.add(kind, name, by="test")
        world.link("patient", "monitoredBy", "probe", by="test")
        world.link("case", "hasPatient", "patient", by="test")
        await world.attach(self.bulb, serves=["lamp"])
        await world.attach(Screen("wall", watched_by=[]), serves=["wall"])
        self.tell("patient", "name", "Anna Example")
        self.tell("patient", "age", 42)

    def tell(self, twin: str, member: str, value: JSON, at: float | None = None) -> Change | None:
        return self.world.observe(
            Observation(
                twin=twin,
                member=member,
                value=value,
                effective=self.clock.now() if at is None else at,
                source="test",
            )
        )

    @property
    def url(self) -> str:
        return self.served.url

    async def ask(
        self,
        method: str,
        path: str,
        by: str = "ivy",
        body: JSON = None,
        accept: str = "application/json, */*;q=0.1",
        **headers: str,
    ) -> Answer:
        """One request; the answer with its body read."""
        given = {"Accept": accept, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if by:
            given["Authorization"] = f"Bearer {self.secrets.get(by, by)}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                method,
                path if path.startswith("http") else f"{self.url}{path}",
                headers=given,
                json=body,
                allow_redirects=False,
            ) as response,
        ):
            return Answer(response, await response.text())

    @asynccontextmanager
    async def stream(
        self, path: str, by: str = "ivy", **headers: str
    ) -> AsyncIterator[AsyncIterator[Frame]]:
        """An open stream of server-sent events."""
        given = {k.replace("_", "-"): v for k, v in headers.items()}
        if by:
            given["Authorization"] = f"Bearer {self.secrets[by]}"
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.url}{path}", headers=given) as response,
        ):
            assert response.status == 200, await response.text()
            yield frames(response)


class Answer:
    """A response that has been read."""

    def __init__(self, response: aiohttp.ClientResponse, text: str) -> None:
        self.status, self.headers, self.text = response.status, response.headers, text
        self.type = response.content_type

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Frame:
    """One server-sent event."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.id, self.event = fields.get("id", ""), fields.get("event", "")
        self.data: Any = json.loads(fields["data"])


async def frames(response: aiohttp.ClientResponse) -> AsyncIterator[Frame]:
    """The events of a stream, comments left out."""
    fields: dict[str, str] = {}
    async for line in response.content:
        text = line.decode().rstrip("\r\n")
        if not text and "data" in fields:
            yield Frame(fields)
            fields = {}
        elif text and not text.startswith(":"):
            name, _, value = text.partition(": ")
            fields[name] = value


@asynccontextmanager
async def staged(*, open_role: str = "", limits: Limits | None = None) -> AsyncIterator[Stage]:
    """A stage that listens."""
    stage = Stage()
    await stage.build()
    site = make_site(
        stage.world,
        stage.operations,
        tokens=stage.tokens,
        open_role=open_role,
        limits=limits,
    )
    stage.served = await serve(site, port=0)
    try:
        yield stage
    finally:
        await stage.served.stop()
        await stage.operations.close()
        await stage.world.close()
        stage.clock.close()


async def within(seconds: float, awaitable: Any) -> Any:
    """The result, or a failed test."""
    async with asyncio.timeout(seconds):
        return await awaitable

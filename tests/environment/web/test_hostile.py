"""Slow and hostile clients harm nobody: they are hung up on, and others are answered meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from environment.web.limits import Limits
from tests.environment.web.stage import Stage, staged, within

pytestmark = pytest.mark.wall_time
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connection(stage: Stage) -> AsyncIterator[Ends]:
    host, port = stage.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()


def head(stage: Stage, line: str, **headers: str) -> bytes:
    rows = [f"{line} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {stage.secrets['ivy']}"]
    rows += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*rows, "", ""]).encode()


async def hung_up(reader: asyncio.StreamReader) -> bytes:
    """Everything that still comes, until the other side has hung up."""
    try:
        return bytes(await within(5, reader.read()))
    except ConnectionResetError:
        return b""


async def eventually(holds: Callable[[], object]) -> None:
    """Wait for something that nobody tells of."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come true within 5 s")


async def test_one_who_sends_a_request_by_the_byte_is_hung_up_on() -> None:
    async with staged(limits=Limits(silent_s=0.4)) as stage, connection(stage) as (reader, writer):
        for byte in b"GET /twins HTTP/1.1\r\nX-Slow: " + b"a" * 1_000:
            if reader.at_eof():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)
            assert (await stage.ask("GET", "/twins")).status == 200
        assert await hung_up(reader) == b""


async def test_one_who_says_nothing_or_nothing_more_is_hung_up_on() -> None:
    async with staged(limits=Limits(silent_s=0.3)) as stage:
        async with connection(stage) as (reader, _):
            assert await hung_up(reader) == b""
        async with connection(stage) as (reader, writer):
            writer.write(head(stage, "GET /twins"))
            assert (await hung_up(reader)).startswith(b"HTTP/1.1 200")


async def test_a_body_that_does_not_come_ends_with_408() -> None:
    async with staged(limits=Limits(body_s=0.2)) as stage, connection(stage) as (reader, writer):
        path = "POST /twins/lamp/lamp/operations/switch"
        writer.write(head(stage, path, Content_Length="100", Content_Type="application/json"))
        writer.write(b'{"on"')
        got = await within(5, reader.readuntil(b"\r\n"))
        assert got.startswith(b"HTTP/1.1 408")
        assert stage.world.journal.last("lamp", "switch") is None


async def test_a_head_that_is_too_large_is_refused_and_the_connection_ended(stage: Stage) -> None:
    async with connection(stage) as (reader, writer):
        writer.write(head(stage, "GET /twins", X_Large="x" * 100_000))
        assert (await hung_up(reader)).split(b"\r\n")[0].endswith(b"400 Bad Request")
    async with connection(stage) as (reader, writer):
        writer.write(head(stage, "GET /twins", **{f"X_{i}": "x" * 1_000 for i in range(2_000)}))
        # Hung up on with the rest unread, so that the answer may be lost on the way.
        assert b"200 OK" not in await hung_up(reader)
    assert (await stage.ask("GET", "/twins")).status == 200


async def test_silent_ones_make_room_for_those_who_say_something() -> None:
    async with staged(limits=Limits(connections=50)) as stage, AsyncExitStack() as ends:
        silent = [await ends.enter_async_context(connection(stage)) for _ in range(1_000)]
        assert (await stage.ask("GET", "/twins")).status == 200
        await asyncio.sleep(0.1)
        assert sum(not reader.at_eof() for reader, _ in silent) <= 50


async def test_when_all_have_something_to_say_a_further_one_is_not_let_in() -> None:
    async with staged(limits=Limits(connections=3)) as stage, AsyncExitStack() as ends:
        for _ in range(3):
            reader, writer = await ends.enter_async_context(connection(stage))
            writer.write(head(stage, "GET /stream"))
            assert (await within(5, reader.readline())).startswith(b"HTTP/1.1 200")
        reader, _ = await ends.enter_async_context(connection(stage))
        assert await hung_up(reader) == b""


@pytest.mark.parametrize("path", ["/stream", "/twins/mind/mind_assistant/events/said/observe"])
async def test_a_stream_whose_reader_has_stalled_is_ended_and_its_place_is_free(path: str) -> None:
    async with staged(limits=Limits(stalled_s=0.3)) as stage, connection(stage) as (reader, writer):
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # never reads again
        writer.write(head(stage, f"GET {path}"))
        streams = stage.served.site.streams
        await eventually(lambda: streams)
        text = "x" * 50_000
        for _ in range(400):
            stage.world.record("mind_assistant", "event", "said", {"text": text}, by="assistant")
        await eventually(lambda: not streams)


@pytest.mark.parametrize("what", ["stream", "properties/hr/longpoll"])
async def test_one_who_goes_before_the_answer_is_no_error_to_read_about(
    what: str, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    streams = stage.served.site.streams
    async with connection(stage) as (_, writer):
        writer.write(head(stage, f"GET /twins/patient/patient/{what}"))
        await eventually(lambda: streams)
        (waiting,) = streams.values()
        writer.transport.abort()
    assert waiting.transport is not None
    await eventually(waiting.transport.is_closing)
    stage.tell("probe", "hr", 90)
    await eventually(lambda: not streams)
    await stage.ask("GET", "/twins")
    assert [row.getMessage() for row in caplog.records if row.levelno >= logging.WARNING] == []

"""What others wrote for the Web of Things and linked data, against our twins (`*.test.mjs`)."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from environment.web.app import make_site, serve
from tests.environment.web.stage import Stage, staged

HERE = Path(__file__).parent
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.wall_time,
    pytest.mark.skipif(NODE is None, reason="needs Node.js 20 or later (`node`)"),
    pytest.mark.skipif(
        not (HERE / "node_modules").is_dir(), reason="run `npm ci` in tests/node first"
    ),
]


async def node(file: str, **told: str) -> None:
    """Run a file of Node's own tests."""
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        "--test",
        file,
        cwd=HERE,
        env={**os.environ, **told},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(60):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, output.decode()


async def test_a_client_that_others_wrote_finds_watches_and_operates_the_twins() -> None:
    async with staged() as closed, staged(open_role="instructor") as opened:
        token = closed.secrets["ivy"]
        await node("client.test.mjs", URL=closed.url, TOKEN=token, OPEN_URL=opened.url)


async def test_descriptions_keep_all_that_they_say_as_linked_data() -> None:
    async with staged(open_role="instructor") as opened:
        await node("jsonld.test.mjs", OPEN_URL=opened.url)


async def test_clients_miss_nothing_while_the_server_is_away() -> None:
    async with staged(open_role="instructor") as stage, control(stage) as url:
        await node("restart.test.mjs", OPEN_URL=stage.url, CONTROL=url)


@asynccontextmanager
async def control(stage: Stage) -> AsyncIterator[str]:
    """An address beside the site: a POST stops it, states findings, and lets it listen again."""
    host, port = stage.url.removeprefix("http://").split(":")

    async def restart(request: web.Request) -> web.Response:
        await stage.served.stop()
        for value in json.loads(await request.text()):
            stage.tell("patient", "finding", {"name": "pallor", "value": value})
        site = make_site(stage.world, stage.operations, tokens=stage.tokens, open_role="instructor")
        stage.served = await serve(site, host=host, port=int(port))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/", restart)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()

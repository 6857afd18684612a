"""node-wot, ajv and the TD playground against our twins (`client.test.mjs`)."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from tests.environment.web.stage import staged

HERE = Path(__file__).parent
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.wall_time,
    pytest.mark.skipif(NODE is None, reason="needs Node.js 20 or later (`node`)"),
    pytest.mark.skipif(
        not (HERE / "node_modules").is_dir(), reason="run `npm ci` in tests/node first"
    ),
]


async def test_a_client_that_others_wrote_finds_watches_and_operates_the_twins() -> None:
    async with staged() as closed, staged(open_role="instructor") as opened:
        told = {
            **os.environ,
            "URL": closed.url,
            "TOKEN": closed.secrets["ivy"],
            "OPEN_URL": opened.url,
        }
        process = await asyncio.create_subprocess_exec(
            str(NODE),
            "--test",
            "client.test.mjs",
            cwd=HERE,
            env=told,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(60):
            output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()

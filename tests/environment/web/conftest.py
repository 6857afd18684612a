"""The stage of the tests over HTTP."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.environment.web.stage import Stage, staged


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made

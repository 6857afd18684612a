"""The ward of the tests of the FHIR server."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.environment.fhir.server.ward import Ward, open_ward


@pytest_asyncio.fixture
async def ward() -> AsyncIterator[Ward]:
    async with open_ward() as made:
        yield made

"""Cases to start from: at the scene with the rescuers, in hospital with the trauma leader."""

from collections.abc import AsyncIterator

import pytest

from tests.agents.rules.case import Case


@pytest.fixture
async def road() -> AsyncIterator[Case]:
    """At the scene: the rescuers' assistant is on duty."""
    case = Case("rescuer_assistant")
    await case.begin()
    yield case
    await case.end()


@pytest.fixture
async def hospital() -> AsyncIterator[Case]:
    """In the shock room: the trauma leader's assistant is on duty."""
    case = Case("leader_assistant")
    await case.begin()
    await case.bring_in()
    yield case
    await case.end()

"""Cases to start from: at the scene with the rescuers, in hospital with the trauma leader."""

import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.agents.rules.case import Case, program


@pytest.fixture(scope="session", autouse=True)
def programs_stay() -> Iterator[None]:
    """The compiled plans live through all cases: the collector need not look at them each time."""
    for role in ("rescuer_assistant", "leader_assistant"):
        program(role)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


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

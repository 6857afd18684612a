"""A run that several tests read."""

import pytest

from scenarios.reading import load
from scenarios.schema import Scenario
from tests.scenarios.stage import Performed, perform, show, withdraw


@pytest.fixture(scope="session")
def pelvis() -> tuple[Scenario, Performed]:
    scenario = load("pelvis", branch="best")
    advice = [
        show(690, "HAE-02", "medium"),
        show(750, "HAE-02", "high"),
        show(751, "HAE-02", "high", on="shock_room_display"),
        show(900, "HAE-01", "high"),
        withdraw(2500, "HAE-01"),
    ]
    return scenario, perform(scenario, advice=advice)

"""The same scenario on both clocks, and with a real XMPP server between the agents' bodies."""

from pathlib import Path

import pytest

from environment.runtime.journal import Journal
from scenarios.reading import load
from scenarios.schema import Scenario
from scenarios.session import run

#: Scenario times of one alert may lie so far apart on the two clocks.
WITHIN_S = 5.0
#: Real seconds that a machine with other work may add, whatever the speed.
MACHINE_S = 0.5
UNTIL_S = 900.0  # 15 s of real time at 60 times its speed


def until(scenario: Scenario, ends_s: float) -> Scenario:
    return scenario.model_copy(update={"ends_s": ends_s})


def raised(journal: Journal) -> list[tuple[str, str, str, float]]:
    return [
        (c.twin, c.value["rule"], c.value["priority"], c.recorded)
        for c in journal
        if c.kind == "event" and c.name in ("alert_raised", "alert_changed")
    ]


def steps(journal: Journal) -> list[str]:
    return [c.value for c in journal.read(twin="preh", kind="phase")]


def same_alerts(
    one: list[tuple[str, str, str, float]],
    other: list[tuple[str, str, str, float]],
    *,
    speed: float = 1.0,
) -> bool:
    """Same rules and priorities, each within 5 s, the order free among those within 5 s.

    At a high speed a real moment is long: what a busy machine may add is counted in its time.
    """
    left = list(other)
    within_s = max(WITHIN_S, MACHINE_S * speed)
    for twin, rule, priority, at in one:
        match = next(
            (x for x in left if x[:3] == (twin, rule, priority) and abs(x[3] - at) <= within_s),
            None,
        )
        if match is None:
            return False
        left.remove(match)
    return not left


# The embedded server's own shutdown warns; nobody here can mend that.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.slow
@pytest.mark.wall_time
def test_the_wall_clock_with_xmpp_gives_the_alerts_of_the_virtual_one(tmp_path: Path) -> None:
    scenario = until(load("pelvis"), UNTIL_S)
    on_virtual = run(scenario, seed=7).journal
    on_wall = run(scenario, seed=7, speed=60, transport="xmpp").journal
    virtual, wall = raised(on_virtual), raised(on_wall)
    # the call comes when everything is there, however long the start has taken
    assert steps(on_virtual) == steps(on_wall)
    assert {rule for _, rule, _, _ in virtual} >= {"TRI-01", "HAE-02", "HAE-01"}
    assert same_alerts(virtual, wall, speed=60), f"virtual {virtual}\nwall {wall}"


def test_alerts_that_differ_are_seen_to_differ() -> None:
    one = [("wall", "HAE-01", "high", 100.0), ("wall", "HAE-02", "high", 103.0)]
    assert same_alerts(one, [one[1], one[0]])
    assert same_alerts(one, [("wall", "HAE-01", "high", 104.9), one[1]])
    assert not same_alerts(one, [("wall", "HAE-01", "high", 105.1), one[1]])
    assert not same_alerts(one, [("wall", "HAE-01", "medium", 100.0), one[1]])
    assert not same_alerts(one, one[:1])
    assert not same_alerts(one[:1], one)

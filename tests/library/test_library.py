"""Each scenario is its own acceptance test: its expectations must hold, in every branch."""

from pathlib import Path

import pytest

from scenarios import session
from scenarios.expectations import Verdict, judge
from scenarios.measures import measured
from scenarios.reading import load, names
from scenarios.story import Story

BRANCHES = [(name, b.name) for name in names() for b in load(name).branches]


def told(verdict: Verdict) -> list[str]:
    return [j.text for j in (*verdict.late, *verdict.missed, *verdict.violated)]


@pytest.mark.parametrize("name", names())
def test_the_expectations_of_a_scenario_hold(name: str) -> None:
    scenario = load(name)
    story = Story(session.run(scenario, seed=scenario.seed).journal)
    verdict = judge(story, scenario)
    assert told(verdict) == []
    assert verdict.precision is not None
    assert verdict.precision >= 0.8
    assert measured(story)["alert_load"]["most_in_30_min"] <= 12


@pytest.mark.slow
@pytest.mark.parametrize(("name", "branch"), BRANCHES)
def test_the_expectations_of_a_branch_hold(name: str, branch: str) -> None:
    scenario = load(name, branch=branch)
    played = session.run(scenario, seed=scenario.seed)
    assert told(judge(Story(played.journal), scenario)) == []


@pytest.mark.parametrize("name", names())
def test_a_scenario_names_what_must_and_must_not_be_alerted_and_its_traps(name: str) -> None:
    scenario = load(name)
    musts = {e.alert for e in scenario.expectations if e.alert and e.must == "always"}
    nevers = {e.alert for e in scenario.expectations if e.alert and e.must == "never"}
    assert len(musts) >= 3
    assert nevers
    assert scenario.traps
    assert scenario.debrief
    assert {"best"} <= {b.name for b in scenario.branches}
    assert len(scenario.branches) >= 2


def test_without_plans_nobody_is_advised_and_the_pelvis_case_ends_in_arrest(
    tmp_path: Path,
) -> None:
    scenario = load("pelvis")
    played = session.run(scenario, seed=scenario.seed, plans=tmp_path)
    story = Story(played.journal)
    assert story.alerts == []
    assert story.arrest_s == pytest.approx(45 * 60 + 15, abs=60)
    assert story.last("trauma", "final_destination") == "mortuary"

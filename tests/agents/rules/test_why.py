from environment.model.change import Change
from tests.agents.rules.case import TABLET, Case


def shown(case: Case, rule: str) -> Change:
    """The change by which an alert appeared."""
    return next(
        c for c in case.changes(TABLET) if c.name == "alert_raised" and c.value["rule"] == rule
    )


def walk(case: Case, change: Change) -> list[Change]:
    """From a change back to where it began."""
    by_seq = {c.seq: c for c in case.changes()}
    found = [change]
    while isinstance(found[-1].cause, int):
        found.append(by_seq[found[-1].cause])
    return found


async def test_from_an_alert_one_walks_back_to_the_reading(road: Case) -> None:
    road.feed(sbp=85, hr=95)
    await road.advance(3)
    names = [change.name for change in walk(road, shown(road, "HAE-01"))]
    assert names[0] == "alert_raised"
    assert "show" in names
    assert names[names.index("decided") + 1] in ("sbp", "hr")


async def test_the_decision_names_plan_file_line_and_the_beliefs_behind_it(road: Case) -> None:
    road.feed(sbp=85, hr=95)
    await road.advance(3)
    steps = walk(road, shown(road, "HAE-01"))
    decided = next(c for c in steps if c.name == "decided").value
    rule = next(f for f in decided["stack"] if f["plan"] == "hae_01_crossed")
    assert rule["file"] == "haemorrhage.asl"
    assert rule["line"] > 0
    reading = next(c for c in road.changes("patient") if c.name == "sbp" and c.value == 85)
    beliefs = {row["belief"].split("[")[0]: row["seq"] for row in decided["beliefs"]}
    assert beliefs["sbp(85)"] == reading.seq


async def test_the_acknowledgement_is_told_by_the_person_not_by_the_agent(road: Case) -> None:
    road.feed(sbp=85, hr=95)
    await road.advance(3)
    await road.acknowledge("HAE-01", "blood")
    seen = next(c for c in road.changes(TABLET) if c.name == "alert_acknowledged")
    assert {c.by for c in walk(road, seen)} == {"rescuer"}

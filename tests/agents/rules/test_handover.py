from collections.abc import AsyncIterator

import pytest

from tests.agents.rules.case import TABLET, WALL, Case, ago


@pytest.fixture
async def both() -> AsyncIterator[Case]:
    """At the scene, with both assistants awake."""
    case = Case("rescuer_assistant", "leader_assistant")
    await case.begin()
    yield case
    await case.end()


def raised(case: Case, display: str) -> list[str]:
    """The rules that were raised on a display, in order."""
    return [said.rule for said in case.history(display=display) if said.what == "raised"]


async def test_the_wall_shows_what_the_road_sees_once_the_patient_is_severe(both: Case) -> None:
    both.feed(sbp=85, hr=80)
    await both.advance(70)
    wall = both.world.twin(WALL).value("alert")
    assert wall["HAE-01"]["text"] == both.text("HAE-01")


async def test_an_alert_that_is_over_on_the_road_leaves_the_wall(both: Case) -> None:
    both.feed(sbp=85, hr=80)
    await both.advance(70)
    both.feed(sbp=125)
    await both.advance(40)
    assert "HAE-01" not in both.world.twin(WALL).value("alert")


async def test_nothing_is_raised_twice_at_the_handover(both: Case) -> None:
    both.note(temp=35.5, injury_at_s=ago(2000), at_patient_s=ago(1300))
    both.feed(sbp=85, hr=80)
    await both.advance(70)
    await both.bring_in()
    await both.advance(120)
    for display in (TABLET, WALL):
        rules = raised(both, display)
        assert len(set(rules)) == len(rules)
    assert both.alert("HAE-01") == "high"
    assert both.failures() == []


async def test_blood_that_the_road_asked_for_is_to_be_prepared_after_the_handover(
    both: Case,
) -> None:
    both.feed(sbp=95, hr=120)
    await both.advance(130)
    assert "to be ready on arrival" in both.text("HAE-02")
    await both.bring_in()
    await both.advance(60)
    assert "prepare massive transfusion" in both.world.twin(WALL).value("alert")["HAE-02"]["text"]


async def test_after_the_handover_the_tablet_is_empty_and_stays_so(both: Case) -> None:
    both.note(temp=35.5)
    both.feed(sbp=85, hr=80)
    await both.advance(70)
    await both.bring_in()
    both.feed(spo2=85)
    await both.advance(60)
    assert both.world.twin(TABLET).value("alert") == {}
    assert both.alert("BRE-01") == "high"


async def test_an_alert_that_is_being_drawn_at_the_handover_does_not_stay_on_the_tablet(
    both: Case,
) -> None:
    await both.ask("rescuer", "preh", "decide_severity", "severe", "looks very ill")
    await both.ask("rescuer", "preh", "advance", "transporting")
    both.feed(sbp=85, hr=95)
    await both.clock.sleep(0.05)  # half of what the screen takes
    await both.hand_over()
    await both.advance(5)
    assert both.world.twin(TABLET).value("alert") == {}
    assert both.alert("HAE-01") == "high"


async def test_a_hold_that_began_on_the_road_goes_on_in_hospital(both: Case) -> None:
    await both.ask("rescuer", "preh", "decide_severity", "severe", "looks very ill")
    both.feed(hr=92, sbp=100)
    await both.advance(100)
    await both.bring_in()
    await both.advance(25)
    assert both.alert("HAE-02") == "medium"


async def test_the_best_gcs_of_the_road_is_known_in_hospital(both: Case) -> None:
    both.note(gcs=15)
    await both.advance(2)
    both.note(gcs=14)
    await both.advance(2)
    await both.bring_in()
    both.note(gcs=13)
    await both.advance(3)
    assert "best was 15" in both.text("NEU-01")


async def test_the_leaders_assistant_clears_what_it_took_over(both: Case) -> None:
    both.feed(sbp=85, hr=80)
    await both.advance(70)
    await both.bring_in()
    both.feed(sbp=125)
    await both.advance(40)
    assert both.alert("HAE-01") is None


async def test_a_reason_given_on_the_road_holds_in_hospital(both: Case) -> None:
    both.note(condition={"98878": {"label": "Haemophilia A"}}, passport="read")
    both.note(passport_read_s=ago(320))
    await both.advance(3)
    await both.acknowledge("PAS-02", "factor is on its way")
    await both.bring_in()
    await both.advance(60)
    assert both.alert("PAS-02") is None

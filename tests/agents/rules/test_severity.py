import pytest

from environment.errors import RefusedError
from tests.agents.rules.case import TABLET, Case

YELLOW = ["pregnancy", "high_fall"]


async def asked(case: Case) -> None:
    """YELLOW items only, and the assessment is done: the assistant asks."""
    case.note(yellow=YELLOW)
    await case.ask("rescuer", "preh", "advance", "assessed")
    await case.advance(3)


async def test_yellow_items_alone_are_asked_once(road: Case) -> None:
    await asked(road)
    await road.advance(60)
    questions = [c for c in road.changes("preh") if c.name == "question"]
    assert len(questions) == 1
    assert "severity" in road.world.twin(TABLET).value("question")
    assert road.world.twin("preh").value("severity") is None


async def test_the_rescuers_answer_decides_and_is_recorded_with_its_author(road: Case) -> None:
    await asked(road)
    await road.ask("rescuer", TABLET, "answer", "severity", "severe")
    await road.advance(2)
    preh = road.world.twin("preh")
    assert (preh.value("severity"), preh.value("severity_by")) == ("severe", "rescuer")
    assert road.world.find("trauma") == ["trauma"]
    assert road.failures() == []


async def test_the_other_answer_makes_no_trauma_twin(road: Case) -> None:
    await asked(road)
    await road.ask("rescuer", TABLET, "answer", "severity", "not_severe")
    await road.advance(2)
    assert road.world.twin("preh").value("severity") == "not_severe"
    assert road.world.find("trauma") == []
    assert road.failures() == []


async def test_a_red_item_decides_without_a_question(road: Case) -> None:
    road.note(red=["active_bleeding"], yellow=YELLOW)
    await road.advance(3)
    preh = road.world.twin("preh")
    assert (preh.value("severity"), preh.value("severity_by")) == ("severe", "rescuer_assistant")
    assert "severity" not in (road.world.twin(TABLET).value("question") or {})
    road.feed(sbp=73, rr=30)  # the form is filled on after the decision
    await road.advance(10)
    road.feed(rr=16)  # nothing that does not last
    await road.advance(30)
    signs = {"hypotension_for_age", "pulse_above_pressure"}
    assert sorted(preh.value("red")) == sorted({"active_bleeding"} | signs)
    road.note(sedated=True)
    road.feed(rr=8)  # by now what was given
    await road.advance(40)
    assert "respiratory_rate" not in preh.value("red")


async def test_the_assistant_cannot_decide_on_yellow_items_by_itself(road: Case) -> None:
    road.note(yellow=YELLOW)
    with pytest.raises(RefusedError) as refused:
        await road.ask("rescuer_assistant", "preh", "decide_severity", "severe")
    assert refused.value.guard == "severity_is_supported"


async def test_the_assistant_cannot_decide_a_red_item_away(road: Case) -> None:
    road.note(red=["active_bleeding"], yellow=YELLOW)
    with pytest.raises(RefusedError):
        await road.ask(
            "rescuer_assistant", "preh", "decide_severity", "not_severe", "", "trauma", "rescuer"
        )


async def test_without_any_item_the_patient_is_not_severe_at_departure(road: Case) -> None:
    await road.ask("rescuer", "preh", "advance", "transporting")
    await road.advance(3)
    assert road.world.twin("preh").value("severity") == "not_severe"


async def test_the_trauma_team_is_pre_alerted_when_they_leave(road: Case) -> None:
    road.note(red=["active_bleeding"])
    await road.advance(3)
    await road.ask("rescuer", "preh", "advance", "transporting")
    await road.advance(2)
    sent = [c for c in road.changes("preh") if c.name == "pre_alert"]
    assert len(sent) == 1
    assert sent[0].value["atmist"]["age"] == 40

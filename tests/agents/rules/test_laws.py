import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environment.model.change import JSON
from environment.runtime.clock import VirtualLoop
from tests.agents.rules.case import TABLET, Case, ago

SIGNS = st.fixed_dictionaries(
    {},
    optional={
        "hr": st.sampled_from([45.0, 80.0, 100.0, 121.0, 150.0]),
        "sbp": st.sampled_from([60.0, 89.0, 94.0, 109.0, 125.0, 170.0]),
        "spo2": st.sampled_from([70.0, 89.0, 93.0, 95.0, 99.0]),
        "rr": st.sampled_from([8.0, 16.0, 30.0, 38.0]),
        "etco2": st.sampled_from([5.0, 30.0, 38.0, 60.0]),
        "temp": st.sampled_from([31.0, 34.5, 35.9, 36.1, 37.0]),
        "gcs": st.sampled_from([3, 8, 12, 15]),
        "age": st.sampled_from([3, 9, 15, 40, 82]),
        "pulse": st.booleans(),
        "intubated": st.booleans(),
        "ventilated": st.booleans(),
        "sedated": st.booleans(),
        "smoke": st.booleans(),
        "lactate": st.sampled_from([2.0, 4.0, 9.0]),
        "red_cells": st.sampled_from([2, 4]),
        "mechanism": st.sampled_from(["blunt", "penetrating"]),
        "red": st.sampled_from([[], ["pelvic_fracture"], ["active_bleeding"]]),
        "breath_sounds_left": st.sampled_from(["normal", "absent"]),
    },
)
COURSE = st.lists(st.tuples(SIGNS, st.sampled_from([2.0, 35.0, 130.0])), min_size=1, max_size=6)


async def _play(course: list[tuple[dict[str, JSON], float]]) -> Case:
    case = Case("rescuer_assistant")
    try:
        await case.begin()
        case.note(injury_at_s=ago(3000), at_patient_s=ago(1100))
        for facts, seconds in course:
            case.note(**facts)
            await case.advance(seconds)
    finally:
        await case.end()
    return case


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(COURSE)
def test_whatever_happens_alerts_follow_their_course(
    course: list[tuple[dict[str, JSON], float]],
) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        case = runner.run(_play(course))
    assert case.failures() == []
    standing: dict[str, str] = {}
    for said in case.history():
        if said.what == "raised":
            assert said.rule not in standing
            standing[said.rule] = said.priority
        elif said.what == "changed":
            assert said.rule in standing
            standing[said.rule] = said.priority
        elif said.what == "cleared":
            del standing[said.rule]
    assert standing == {rule: row["priority"] for rule, row in case.alerts().items()}
    on_the_glass = [c.value for c in case.changes(TABLET) if c.name == "shown"]
    assert all(len(shown) <= 3 for shown in on_the_glass)

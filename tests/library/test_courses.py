"""The courses of the scenarios, minute by minute, without noise and without agents."""

import pytest

from environment.runtime.states import state_at
from scenarios.clinical_time import seconds
from scenarios.reading import load
from scenarios.story import Story
from tests.scenarios.stage import perform

# HR, systolic, diastolic, RR; +-5 beats/min, +-5 mmHg, +-3 breaths/min as the library states them.
COURSES = {
    ("pelvis", "no_binder"): {
        "09:20": (105, 108, 83, 23),
        "11:00": (110, 99, 78, 25),
        "17:00": (118, 83, 65, 27),
        "22:00": (122, 73, 57, 29),
        "29:00": (127, 62, 49, 31),
        "34:00": (129, 56, 44, 32),
    },
    ("pelvis", "best"): {"29:00": (120, 78, 61, 28), "44:00": (92, 119, 87, 18)},
    ("pelvis", "late_advice"): {"42:00": (112, 100, 78, 25), "70:00": (107, 108, 84, 23)},
    ("tension", "to_ct"): {
        "12:30": (101, 129, 88, 23),
        "20:00": (119, 110, 77, 29),
        "24:00": (127, 94, 67, 38),
        "30:00": (132, 83, 59, 40),
        "31:30": (94, 130, 89, 19),
        "45:00": (116, 116, 88, 27),
        "52:00": (131, 81, 62, 33),
    },
    ("epidural", "default"): {
        "10:05": (92, 128, 78, 18),
        "22:00": (83, 143, 84, 16),
        "30:00": (62, 184, 95, 10),
        "34:00": (79, 145, 83, 16),
        "38:00": (72, 159, 88, 12),
        "51:55": (82, 141, 82, 12),
    },
    ("apixaban", "late_reversal"): {
        "15:00": (75, 129, 72, 19),
        "32:00": (79, 119, 70, 24),
        "42:00": (80, 106, 64, 26),
        "55:00": (82, 97, 59, 28),
        "62:00": (78, 120, 70, 23),
    },
}


@pytest.mark.parametrize("case", COURSES)
def test_the_course_follows_its_table(case: tuple[str, str]) -> None:
    run = perform(load(case[0], branch=case[1]))
    assert [f"{r.do}: {r.reason}" for r in run.refusals] == []
    for at, row in COURSES[case].items():
        state = state_at(run.journal, run.models, "patient", seconds(at))
        found = [state.get(name) for name in ("hr", "sbp", "dbp", "rr")]
        assert found == [
            pytest.approx(value, abs=tolerance)
            for value, tolerance in zip(row, (5, 5, 5, 3), strict=True)
        ], at


@pytest.mark.parametrize(
    ("name", "branch", "at"),
    [
        ("pelvis", "no_binder", "45:15"),
        ("pelvis", "worst", "28:30"),
        ("tension", "rsi_first", "31:40"),
        ("crash", "worst", "47:38"),
    ],
)
def test_the_untreated_patient_arrests_when_the_library_says(
    name: str, branch: str, at: str
) -> None:
    story = Story(perform(load(name, branch=branch)).journal)
    assert story.arrest_s == pytest.approx(seconds(at), abs=60)
    assert not story.is_alive


@pytest.mark.parametrize(
    ("name", "branch"),
    [("pelvis", "best"), ("pelvis", "late_advice"), ("tension", "best"), ("crash", "best")],
)
def test_the_treated_patient_lives_and_goes_to_intensive_care(name: str, branch: str) -> None:
    story = Story(perform(load(name, branch=branch)).journal)
    assert story.is_alive
    assert story.last("trauma", "final_destination") == "icu"

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.errors import BadValueError
from environment.model import scores
from environment.model.scores import ISS_REGIONS, Gcs, Mechanism


@dataclass(frozen=True)
class Worked:
    """One worked example, recomputed by hand from the published coefficients."""

    name: str
    age: float
    mechanism: Mechanism
    gcs: int
    sbp: float
    rr: float
    hr: float
    ais: tuple[int, ...]
    t_rts: int
    rts: float
    iss: int
    b: float
    ps: float
    ps_1987: float
    mgap: int
    gap: int
    si: float
    rsig: float


WORKED = [
    Worked("S1", 28, "blunt", 15, 125, 16, 84, (0, 0, 3, 0, 0, 0), 12, 7.8408, 9, 5.1379, 0.9942,
           0.9961, 29, 24, 0.67, 22.32),
    Worked("S2", 35, "blunt", 13, 85, 28, 128, (2, 0, 4, 3, 3, 1), 11, 7.1082, 34, 2.4581, 0.9212,
           0.9491, 25, 20, 1.51, 8.63),
    Worked("S3", 68, "blunt", 9, 100, 32, 110, (4, 1, 3, 0, 2, 0), 10, 6.6132, 29, 0.7324, 0.6753,
           0.7175, 16, 13, 1.10, 8.18),
    Worked("S4", 24, "penetrating", 14, 70, 34, 135, (0, 0, 4, 4, 0, 0), 9, 6.0848, 32, 1.4259,
           0.8063, 0.8177, 22, 21, 1.93, 7.26),
    Worked("S5", 60, "penetrating", 8, 75, 8, 120, (0, 0, 5, 2, 0, 0), 6, 3.9204, 29, -1.6649,
           0.1591, 0.0397, 11, 12, 1.60, 5.00),
    Worked("S6", 10, "penetrating", 15, 95, 24, 130, (0, 0, 0, 3, 2, 0), 12, 7.8408, 13, 4.8039,
           0.9919, 0.9947, 23, 22, 1.37, 10.96),
    Worked("S7", 45, "blunt", 3, 60, 4, 40, (5, 0, 4, 4, 0, 0), 3, 1.7560, 57, -3.7897, 0.0221,
           0.0189, 15, 10, 0.67, 4.50),
    Worked("S8", 82, "blunt", 14, 118, 20, 72, (4, 0, 0, 0, 2, 0), 12, 7.8408, 20, 2.4764, 0.9225,
           0.9424, 21, 18, 0.61, 22.94),
]  # fmt: skip
worked = pytest.mark.parametrize("case", WORKED, ids=lambda case: case.name)

gcs_values = st.integers(3, 15)
pressures = st.floats(0, 250)
rates = st.floats(0, 60)
ages = st.floats(0, 100)
severities = st.lists(st.tuples(st.sampled_from(ISS_REGIONS), st.integers(0, 6)), max_size=12)


@worked
def test_worked_example_of_the_revised_trauma_score(case: Worked) -> None:
    assert scores.t_rts(case.gcs, case.sbp, case.rr) == case.t_rts
    assert scores.rts(case.gcs, case.sbp, case.rr) == pytest.approx(case.rts, abs=5e-5)


@worked
def test_worked_example_of_the_injury_severity_score(case: Worked) -> None:
    assert scores.iss(zip(ISS_REGIONS, case.ais, strict=True)) == case.iss


@worked
def test_worked_example_of_survival(case: Worked) -> None:
    survival = scores.triss(case.rts, case.iss, case.age, case.mechanism)
    assert survival.b == pytest.approx(case.b, abs=2e-4)
    assert survival.probability == pytest.approx(case.ps, abs=1e-4)
    assert survival.coefficients == "MTOS AIS-90"


@worked
def test_worked_example_of_survival_with_the_coefficients_of_1987(case: Worked) -> None:
    survival = scores.triss(case.rts, case.iss, case.age, case.mechanism, "Boyd 1987 AIS-85")
    assert survival.probability == pytest.approx(case.ps_1987, abs=1e-4)


@worked
def test_worked_example_of_mgap_and_gap(case: Worked) -> None:
    # the tenth year counts as any other mechanism: MGAP has no child's row
    assert scores.mgap(case.mechanism, case.gcs, case.age, case.sbp) == case.mgap
    assert scores.gap(case.gcs, case.age, case.sbp) == case.gap


@worked
def test_worked_example_of_the_shock_indices(case: Worked) -> None:
    assert scores.shock_index(case.hr, case.sbp) == pytest.approx(case.si, abs=0.005)
    rsig = scores.reverse_shock_index_gcs(case.gcs, case.hr, case.sbp)
    assert rsig == pytest.approx(case.rsig, abs=0.006)


@pytest.mark.parametrize(
    ("rts", "iss", "age", "mechanism", "percent"),
    [
        (7.8408, 9, 28, "blunt", 99.42),
        (6.9048, 22, 68, "blunt", 82.53),
        (4.0932, 29, 60, "penetrating", 18.34),
    ],
)
def test_published_survival_examples_are_reproduced(
    rts: float, iss: int, age: float, mechanism: Mechanism, percent: float
) -> None:
    survival = scores.triss(rts, iss, age, mechanism)
    assert 100 * survival.probability == pytest.approx(percent, abs=0.006)


def test_survival_names_its_coefficients_and_refuses_unknown_ones() -> None:
    assert "MTOS AIS-90" in str(scores.triss(7.8408, 9, 28, "blunt"))
    with pytest.raises(BadValueError, match="Boyd 1987"):
        scores.triss(7.8408, 9, 28, "blunt", "Boyd")


@pytest.mark.parametrize(("age", "row"), [(14.9, "blunt"), (15, "penetrating")])
def test_a_child_is_counted_with_the_blunt_row(age: float, row: str) -> None:
    assert scores.triss(7.8408, 9, age, "penetrating").row == row


@pytest.mark.parametrize(
    ("gcs", "sbp", "rr", "codes"),
    [
        (15, 90, 10, (4, 4, 4)), (13, 89, 29, (4, 3, 4)), (12, 76, 30, (3, 3, 3)),
        (9, 75, 9, (3, 2, 2)), (8, 50, 6, (2, 2, 2)), (6, 49, 5, (2, 1, 1)),
        (5, 1, 1, (1, 1, 1)), (4, 0, 0, (1, 0, 0)), (3, 0, 0, (0, 0, 0)),
    ],
)  # fmt: skip
def test_boundaries_of_the_revised_trauma_score(
    gcs: int, sbp: float, rr: float, codes: tuple[int, int, int]
) -> None:
    assert scores.rts_codes(gcs, sbp, rr) == codes


@pytest.mark.parametrize(
    ("score", "priority"),
    [(12, "delayed"), (11, "urgent"), (10, "immediate"), (1, "immediate"), (0, "dead")],
)
def test_triage_sort_category(score: int, priority: str) -> None:
    assert scores.t_rts_priority(score) == priority


@given(gcs_values, gcs_values, pressures, rates)
def test_a_better_gcs_never_lowers_the_revised_trauma_score(
    one: int, other: int, sbp: float, rr: float
) -> None:
    low, high = sorted((one, other))
    assert scores.rts(low, sbp, rr) <= scores.rts(high, sbp, rr)


@given(pressures, pressures, gcs_values, rates)
def test_a_better_pressure_never_lowers_the_revised_trauma_score(
    one: float, other: float, gcs: int, rr: float
) -> None:
    low, high = sorted((one, other))
    assert scores.rts(gcs, low, rr) <= scores.rts(gcs, high, rr)


# --- consciousness --------------------------------------------------------------------------------


def test_a_component_that_cannot_be_tested_leaves_no_total() -> None:
    tubed = Gcs(eye=1, verbal="NT", motor=4)
    assert tubed.total is None
    assert str(tubed) == "E1VNTM4"


def test_every_response_has_words() -> None:
    lengths = {name: len(words) for name, words in scores.GCS_WORDS.items()}
    assert lengths == {"eye": 4, "verbal": 5, "verbal_under_5": 5, "motor": 6}


def test_a_gcs_is_the_sum_of_its_parts() -> None:
    assert Gcs(eye=2, verbal=3, motor=5).total == 10


@pytest.mark.parametrize(("eye", "verbal", "motor"), [(5, 5, 6), (4, 6, 6), (4, 5, 7), (0, 5, 6)])
def test_a_gcs_component_out_of_range_is_refused(eye: int, verbal: int, motor: int) -> None:
    with pytest.raises(BadValueError, match="runs from 1"):
        Gcs(eye=eye, verbal=verbal, motor=motor)


@pytest.mark.parametrize(
    ("total", "grade"), [(3, "severe"), (8, "severe"), (9, "moderate"), (12, "moderate"),
                         (13, "mild"), (15, "mild")],
)  # fmt: skip
def test_grade_of_head_injury(total: int, grade: str) -> None:
    assert scores.gcs_severity(total) == grade


def test_unreactive_pupils_lower_the_gcs() -> None:
    assert scores.gcs_pupils(3, 2) == 1
    with pytest.raises(BadValueError, match="0, 1 or 2"):
        scores.gcs_pupils(3, 3)


# --- anatomy --------------------------------------------------------------------------------------


@given(severities)
def test_an_injury_severity_score_is_one_that_can_occur(injuries: list[tuple[str, int]]) -> None:
    assert scores.iss(injuries) in scores.POSSIBLE_ISS
    assert scores.niss(injuries) in scores.POSSIBLE_ISS


@given(severities)
def test_the_new_score_is_never_below_the_old_one(injuries: list[tuple[str, int]]) -> None:
    assert scores.niss(injuries) >= scores.iss(injuries)


@given(severities, st.sampled_from(ISS_REGIONS), st.integers(0, 6))
def test_one_more_injury_never_lowers_the_score(
    injuries: list[tuple[str, int]], region: str, ais: int
) -> None:
    assert scores.iss([*injuries, (region, ais)]) >= scores.iss(injuries)


@pytest.mark.parametrize("total", [7, 15, 23, 28, 31, 39, 40, 46, 47, 53, 55, 56, 71, 74])
def test_some_totals_cannot_occur(total: int) -> None:
    assert total not in scores.POSSIBLE_ISS


def test_a_maximal_injury_is_seventy_five_whatever_else_there_is() -> None:
    assert scores.iss([("chest", 6), ("abdomen", 1)]) == 75


def test_the_same_region_counts_once_in_the_old_score_and_twice_in_the_new() -> None:
    injuries = [("chest", 4), ("chest", 3), ("abdomen", 2)]
    assert scores.iss(injuries) == 20
    assert scores.niss(injuries) == 29


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(BadValueError, match="head_neck"):
        scores.iss([("head", 3)])


# --- shock and deterioration ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("si", "grade"), [(0.59, "none"), (0.6, "mild"), (0.99, "mild"), (1.0, "moderate"),
                      (1.39, "moderate"), (1.4, "severe")],
)  # fmt: skip
def test_shock_by_index(si: float, grade: str) -> None:
    assert scores.shock_class(si) == grade


@pytest.mark.parametrize(
    ("lost", "grade"), [(0.0, "I"), (0.149, "I"), (0.15, "II"), (0.30, "II"), (0.31, "III"),
                        (0.40, "III"), (0.41, "IV")],
)  # fmt: skip
def test_class_of_blood_loss(lost: float, grade: str) -> None:
    assert scores.blood_loss_class(lost) == grade


def test_without_a_pressure_there_is_no_index() -> None:
    assert scores.shock_index(40, 0) is None
    assert scores.age_shock_index(80, 40, 0) is None
    assert scores.modified_shock_index(40, 0) is None
    assert scores.reverse_shock_index_gcs(3, 0, 60) is None


def test_indices_built_on_the_shock_index() -> None:
    assert scores.age_shock_index(70, 100, 100) == pytest.approx(70)
    assert scores.modified_shock_index(104, 80) == pytest.approx(1.3)
    assert scores.delta_shock_index(0.8, 1.0) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("age", "limit"), [(3.9, None), (4, 1.22), (6, 1.22), (7, 1.0), (12, 1.0), (13, 0.9),
                       (16, 0.9), (17, None)],
)  # fmt: skip
def test_a_childs_shock_index_limit(age: float, limit: float | None) -> None:
    assert scores.sipa_limit(age) == limit


def _news(**changes: object) -> scores.News2:
    usual: dict[str, object] = {
        "rr": 16, "spo2": 97, "on_oxygen": False, "sbp": 120, "hr": 70, "consciousness": "A",
        "temp": 37.0,
    }  # fmt: skip
    return scores.news2(**(usual | changes))  # type: ignore[arg-type]  # a table row


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"rr": 8}, 3), ({"rr": 9}, 1), ({"rr": 11}, 1), ({"rr": 12}, 0), ({"rr": 20}, 0),
        ({"rr": 21}, 2), ({"rr": 24}, 2), ({"rr": 25}, 3),
        ({"spo2": 91}, 3), ({"spo2": 92}, 2), ({"spo2": 94}, 1), ({"spo2": 96}, 0),
        ({"on_oxygen": True}, 2),
        ({"sbp": 90}, 3), ({"sbp": 91}, 2), ({"sbp": 101}, 1), ({"sbp": 111}, 0),
        ({"sbp": 219}, 0), ({"sbp": 220}, 3),
        ({"hr": 40}, 3), ({"hr": 41}, 1), ({"hr": 51}, 0), ({"hr": 91}, 1), ({"hr": 111}, 2),
        ({"hr": 131}, 3),
        ({"consciousness": "C"}, 3), ({"consciousness": "U"}, 3),
        ({"temp": 35.0}, 3), ({"temp": 35.1}, 1), ({"temp": 36.1}, 0), ({"temp": 38.1}, 1),
        ({"temp": 39.1}, 2),
        ({"spo2": 83, "scale": 2}, 3), ({"spo2": 84, "scale": 2}, 2), ({"spo2": 87, "scale": 2}, 1),
        ({"spo2": 88, "scale": 2}, 0), ({"spo2": 99, "scale": 2}, 0),
        ({"spo2": 93, "scale": 2, "on_oxygen": True}, 3),
        ({"spo2": 95, "scale": 2, "on_oxygen": True}, 4),
        ({"spo2": 97, "scale": 2, "on_oxygen": True}, 5),
    ],
)  # fmt: skip
def test_boundaries_of_news2(changes: dict[str, object], points: int) -> None:
    assert _news(**changes).total == points


@pytest.mark.parametrize(
    ("changes", "risk"),
    [({}, "low"), ({"rr": 8}, "low-medium"), ({"rr": 25, "hr": 111}, "medium"),
     ({"rr": 25, "hr": 131, "temp": 38.5}, "high")],
)  # fmt: skip
def test_risk_by_news2(changes: dict[str, object], risk: str) -> None:
    assert _news(**changes).risk == risk


# --- transfusion ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sbp", "hr", "score"), [(90, 120, 2), (91, 120, 1), (90, 119, 1), (91, 119, 0)]
)
def test_boundaries_of_abc(sbp: float, hr: float, score: int) -> None:
    assert scores.abc(penetrating=False, sbp=sbp, hr=hr, fast_positive=False).score == score


def test_abc_is_positive_at_two() -> None:
    assert scores.abc(penetrating=True, sbp=120, hr=120, fast_positive=False).positive is True


def test_abc_leaves_the_answer_open_while_an_unknown_item_could_decide() -> None:
    tally = scores.abc(penetrating=False, sbp=80, hr=100, fast_positive=None)
    assert tally.positive is None
    assert tally.unknown == ("FAST positive",)


def test_abc_is_negative_when_the_unknown_item_could_not_decide() -> None:
    assert scores.abc(penetrating=False, sbp=120, hr=100, fast_positive=None).positive is False


def test_rabt_counts_the_shock_index_and_the_pelvis() -> None:
    tally = scores.rabt(penetrating=False, si=1.0, pelvic_fracture=True, fast_positive=None)
    assert tally.positive is True


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({}, 0), ({"male": True}, 1), ({"sbp": 99}, 4), ({"sbp": 119}, 1), ({"sbp": 120}, 0),
        ({"hb": 6.9}, 8), ({"hb": 8.9}, 6), ({"hb": 9.9}, 4), ({"hb": 10.9}, 3), ({"hb": 11.9}, 2),
        ({"hb": 12}, 0), ({"fast_positive": True}, 3), ({"unstable_pelvis": True}, 6),
        ({"open_or_displaced_femur": True}, 3), ({"hr": 121}, 2), ({"hr": 120}, 0),
        ({"be": -10.1}, 4), ({"be": -6.1}, 3), ({"be": -2.1}, 1), ({"be": -2}, 0),
    ],
)  # fmt: skip
def test_boundaries_of_tash(changes: dict[str, object], points: int) -> None:
    usual: dict[str, object] = {
        "male": False, "sbp": 130, "hr": 80, "hb": 14, "be": 0, "fast_positive": False,
        "unstable_pelvis": False, "open_or_displaced_femur": False,
    }  # fmt: skip
    assert scores.tash(**(usual | changes)) == points  # type: ignore[arg-type]  # a table row


@given(st.integers(0, 27))
def test_each_point_of_tash_raises_the_probability(points: int) -> None:
    assert scores.tash_probability(points) < scores.tash_probability(points + 1)


def test_sixteen_points_of_tash_are_about_one_half() -> None:
    assert scores.tash_probability(16) == pytest.approx(0.5, abs=0.03)


def test_mclaughlin_needs_all_four() -> None:
    assert scores.mclaughlin(hr=106, sbp=109, ph=7.24, hct=31).positive is True
    assert scores.mclaughlin(hr=105, sbp=109, ph=7.24, hct=31).score == 3


def test_code_red_needs_all_three() -> None:
    red = scores.code_red(sbp=89, bleeding_suspected=True, poor_response_to_fluid=True)
    waiting = scores.code_red(sbp=89, bleeding_suspected=True, poor_response_to_fluid=None)
    assert red.positive is True
    assert waiting.positive is None


def test_three_units_within_an_hour_are_a_critical_administration() -> None:
    assert scores.critical_administrations([0, 1800, 3600]) == 1
    assert scores.critical_administrations([0, 1800, 3601]) == 0
    assert scores.critical_administrations([]) == 0


def test_a_second_busy_hour_counts_again_and_the_second_day_does_not() -> None:
    day = 24 * 3600.0
    assert scores.critical_administrations([0, 60, 120, 7200, 7260, 7320]) == 2
    assert scores.critical_administrations([0, day + 1, day + 2, day + 3]) == 0


def test_massive_transfusion_is_four_units_in_an_hour_or_ten_in_a_day() -> None:
    assert scores.is_massive_transfusion([0, 100, 200, 3600])
    assert not scores.is_massive_transfusion([0, 100, 200, 3701])
    assert scores.is_massive_transfusion([hour * 7200.0 for hour in range(10)])
    assert not scores.is_massive_transfusion([hour * 7200.0 for hour in range(9)])

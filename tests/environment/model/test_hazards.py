import pytest

from environment.errors import BadValueError
from environment.model import hazards
from environment.model.catalogue import DRUGS, PROCEDURES, substance
from environment.model.hazards import RARE_DISEASES, RareDisease, hazards_for
from environment.model.limits import THRESHOLDS
from environment.model.reversal import clock_text

every_row = pytest.mark.parametrize("row", RARE_DISEASES.values(), ids=lambda row: row.key)
CLASSES = {tag for drug in DRUGS.values() for tag in drug.classes}
CLASSES |= {"ace_inhibitor"}  # never given in trauma, so no drug of the catalogue carries it


def test_there_are_fifty_rows() -> None:
    assert len(RARE_DISEASES) == 50


@every_row
def test_a_row_names_what_the_catalogue_knows(row: RareDisease) -> None:
    clock_drugs = row.clock.drugs if row.clock else ()
    for name in (*row.do_drugs, *row.avoid_drugs, *row.senior_decision, *clock_drugs):
        assert substance(name).id == name
    assert set(row.avoid_classes) <= CLASSES
    assert set(row.avoid_procedures) <= set(PROCEDURES)
    assert {change.threshold for change in row.adapts} <= set(THRESHOLDS)
    assert set(row.dose_factors) <= CLASSES
    for name in row.alternatives:
        assert name in CLASSES or substance(name).id == name


@every_row
def test_a_row_says_hazard_do_and_source(row: RareDisease) -> None:
    assert row.hazard
    assert row.do
    assert row.avoid
    assert row.source


@every_row
def test_a_row_never_avoids_what_it_asks_for(row: RareDisease) -> None:
    for name in row.do_drugs:
        assert name not in row.avoid_drugs
        assert not set(substance(name).classes) & set(row.avoid_classes), name


@every_row
def test_words_added_to_a_rule_fit_the_wall(row: RareDisease) -> None:
    for rule, words in row.rules.items():
        assert len(words) <= 70, rule


@every_row
def test_a_row_that_forbids_a_drug_names_an_alternative(row: RareDisease) -> None:
    if row.avoid_drugs or row.avoid_classes or row.avoid_routes:
        assert row.alternative


def test_codes_are_used_once_and_unchecked_ones_say_so() -> None:
    codes = [code.code for row in RARE_DISEASES.values() for code in row.orpha]
    assert len(codes) == len(set(codes))
    assert [row.key for row in RARE_DISEASES.values() if not row.is_checked] == ["g6pd_deficiency"]
    assert "unchecked" in str(hazards.card(RARE_DISEASES["g6pd_deficiency"]))


@pytest.mark.parametrize(
    "condition",
    [98878, "98878", "ORPHA:98878", "orpha:98878", {"orpha": "ORPHA:98878"}, {"orpha": 98878},
     "haemophilia_a"],
)  # fmt: skip
def test_a_condition_is_found_in_every_spelling(condition: object) -> None:
    assert [row.key for row in hazards_for([condition])] == ["haemophilia_a"]


def test_two_codes_of_one_row_give_one_hazard() -> None:
    assert len(hazards_for([98896, 98895])) == 1


def test_an_unknown_condition_adds_nothing_and_is_named() -> None:
    assert hazards_for([616874, {"label": "no code"}, None]) == ()
    assert hazards.unmatched([616874, 98878]) == (616874,)


def test_a_misspelt_key_names_the_nearest() -> None:
    with pytest.raises(BadValueError, match="haemophilia_a"):
        hazards.disease("haemophilia")


def test_the_card_of_duchenne_says_what_to_avoid_and_to_continue() -> None:
    text = str(hazards.card(RARE_DISEASES["duchenne_becker"]))
    assert "AVOID suxamethonium; volatile agents" in text
    assert "CONTINUE the daily steroid" in text
    assert "ORPHA:98896" in text


# --- short clocks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "weight", "age", "text"),
    [
        ("haemophilia_a", 75, 19, "factor VIII 3750 IU"),
        ("haemophilia_a", None, 19, "factor VIII 50 IU/kg"),
        ("haemophilia_b", 60, 30, "factor IX 6000 IU"),
        ("adrenal_insufficiency", 75, 55, "hydrocortisone 100 mg"),
        ("adrenal_insufficiency", None, None, "hydrocortisone 100 mg"),
        ("adrenal_insufficiency", 20, 6, "hydrocortisone 40 mg"),
        ("congenital_adrenal_hyperplasia", None, 2, "hydrocortisone 25 mg"),
        ("congenital_adrenal_hyperplasia", None, 3, "hydrocortisone 50 mg"),
        ("congenital_adrenal_hyperplasia", None, 12, "hydrocortisone 100 mg"),
        ("urea_cycle_disorder", 20, 6, "glucose (dextrose) 10 g"),
        ("urea_cycle_disorder", 70, 30, "glucose (dextrose) 25 g"),
    ],
)
def test_the_drug_that_must_not_wait_comes_with_its_dose(
    key: str, weight: float | None, age: float | None, text: str
) -> None:
    assert clock_text(RARE_DISEASES[key], weight, age) == text


def test_steroid_and_glucose_are_insisted_on_at_ten_minutes_and_factor_at_fifteen() -> None:
    for row in RARE_DISEASES.values():
        if row.clock is not None:
            assert row.clock.medium_min == 5
            assert row.clock.high_min == (15 if row.clock.kind == "factor" else 10)


def test_several_factors_are_named_when_the_card_must_choose() -> None:
    assert "factor XIII" in clock_text(RARE_DISEASES["rare_factor_deficiency"], 70, 30)


def test_a_condition_without_a_clock_is_refused() -> None:
    with pytest.raises(BadValueError, match="no drug with a short clock"):
        clock_text(RARE_DISEASES["down_syndrome"], 70, 30)


# --- conflicts ------------------------------------------------------------------------------------


def test_conditions_that_disagree_are_both_shown() -> None:
    found = hazards.conflicts([RARE_DISEASES["myasthenia_gravis"]], ["asthma"])
    assert [conflict.second for conflict in found] == ["asthma"]
    assert "magnesium" in found[0].text


def test_a_conflict_is_found_from_what_one_row_asks_and_another_forbids() -> None:
    rows = [RARE_DISEASES["haemophilia_b"], RARE_DISEASES["antithrombin_deficiency"]]
    found = hazards.conflicts(rows)
    assert len(found) == 1
    assert "tranexamic acid" in found[0].text


def test_a_named_conflict_is_not_repeated() -> None:
    rows = [RARE_DISEASES["haemophilia_a"], RARE_DISEASES["antithrombin_deficiency"]]
    assert len(hazards.conflicts(rows)) == 1


def test_one_condition_alone_disagrees_with_nothing() -> None:
    assert hazards.conflicts([RARE_DISEASES["haemophilia_a"]], ["tbi"]) == ()


def test_rows_are_numbered_from_one_in_table_order() -> None:
    assert [row.number for row in RARE_DISEASES.values()] == list(range(1, 51))


def test_a_truth_value_is_no_code() -> None:
    assert hazards.orpha_code(True) is None
    assert hazards.orpha_code("MCAD") is None

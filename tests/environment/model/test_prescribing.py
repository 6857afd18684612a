import pytest

from environment.errors import BadValueError
from environment.model.hazards import hazards_for
from environment.model.prescribing import (
    Finding,
    Given,
    advised_against,
    cautions,
    check_dose,
    circumstances,
    contraindicated,
    default_dose,
    dose_text,
    questions,
)

HAEMOPHILIA = hazards_for([98878])
DUCHENNE = hazards_for([98896, 423])
ADDISON = hazards_for([85138])
STEINERT = hazards_for([273])


def _rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.priority) for finding in findings]


# --- DRG-01: interval and maximum -----------------------------------------------------------------


def test_an_ordinary_dose_raises_nothing() -> None:
    assert check_dose("tranexamic_acid", 1, "g", 80, 34) == []


def test_a_dose_repeated_too_soon_is_noticed() -> None:
    before = [Given(drug="fentanyl", amount=50, unit="ug", at_s=600)]
    found = check_dose("fentanyl", 50, "ug", 80, 34, before, at_s=720)
    assert _rules(found) == [("DRG-01", "medium")]
    assert "again after 2 min, interval 5 min" in found[0].text


def test_a_dose_repeated_after_its_interval_is_not() -> None:
    before = [Given(drug="fentanyl", amount=50, unit="ug", at_s=600)]
    assert check_dose("fentanyl", 50, "ug", 80, 34, before, at_s=900) == []


def test_another_drug_does_not_start_the_interval() -> None:
    before = [Given(drug="ketamine", amount=20, unit="mg", at_s=600)]
    assert check_dose("fentanyl", 50, "ug", 80, 34, before, at_s=620) == []


def test_a_total_above_the_maximum_is_high() -> None:
    before = [Given(drug="TXA", amount=2000, unit="mg", at_s=0)]
    found = check_dose("tranexamic_acid", 1, "g", 80, 34, before, at_s=3600)
    assert _rules(found) == [("DRG-01", "high")]
    assert "total 3 g over 2 g" in found[0].text


def test_a_total_exactly_at_the_maximum_is_allowed() -> None:
    before = [Given(drug="tranexamic_acid", amount=1, unit="g", at_s=0)]
    assert check_dose("tranexamic_acid", 1, "g", 80, 34, before, at_s=3600) == []


def test_yesterdays_dose_does_not_count() -> None:
    before = [Given(drug="paracetamol", amount=4, unit="g", at_s=0)]
    assert check_dose("paracetamol", 1, "g", 80, 34, before, at_s=25 * 3600) == []


def test_a_drug_meant_once_is_noticed_the_second_time() -> None:
    before = [Given(drug="suxamethonium", amount=100, unit="mg", at_s=0)]
    found = check_dose("suxamethonium", 100, "mg", 80, 34, before, at_s=7200)
    assert "meant once" in found[0].text


def test_myotonic_dystrophy_halves_the_maximum() -> None:
    before = [Given(drug="morphine", amount=10, unit="mg", at_s=0)]
    usual = check_dose("morphine", 5, "mg", 70, 34, before, at_s=3600)
    halved = check_dose("morphine", 5, "mg", 70, 34, before, at_s=3600, hazards=STEINERT)
    assert usual == []
    assert _rules(halved) == [("DRG-01", "high")]
    assert "Myotonic" in halved[0].text


def test_dantrolene_counts_per_kilogram() -> None:
    before = [Given(drug="dantrolene", amount=300, unit="mg", at_s=0)]
    assert _rules(check_dose("dantrolene", 112.5, "mg", 45, 20, [], at_s=600)) == []
    assert _rules(check_dose("dantrolene", 200, "mg", 45, 20, before, at_s=600)) == [
        ("DRG-01", "high")
    ]


@pytest.mark.parametrize(("amount_ug", "caught"), [(300, False), (301, True)])
def test_a_single_dose_above_the_largest_is_high(amount_ug: float, caught: bool) -> None:
    found = check_dose("fentanyl", amount_ug, "ug", 80, 34)
    assert _rules(found) == ([("DRG-01", "high")] if caught else [])


def test_a_day_is_exactly_twenty_four_hours() -> None:
    before = [Given(drug="paracetamol", amount=4, unit="g", at_s=0)]
    assert check_dose("paracetamol", 1, "g", 80, 34, before, at_s=86_400) != []
    assert check_dose("paracetamol", 1, "g", 80, 34, before, at_s=86_401) == []


def test_a_passport_halves_a_dose_that_has_only_a_range() -> None:
    # 70 kg: usual top 2.5 mg/kg is 175 mg, half of it 87.5 mg
    assert check_dose("propofol", 80, "mg", 70, 34, hazards=STEINERT) == []
    assert check_dose("propofol", 90, "mg", 70, 34, hazards=STEINERT) != []
    assert check_dose("propofol", 150, "mg", 70, 34) == []


def test_a_dose_recorded_for_later_does_not_count_yet() -> None:
    later = [Given(drug="fentanyl", amount=50, unit="ug", at_s=700)]
    assert check_dose("fentanyl", 50, "ug", 80, 34, later, at_s=600) == []


# --- DRG-03: children -----------------------------------------------------------------------------


def test_an_adult_dose_in_a_child_is_caught_and_the_childs_dose_named() -> None:
    found = check_dose("tranexamic_acid", 1, "g", 20, 6)
    assert _rules(found) == [("DRG-03", "medium")]
    assert found[0].alternative == "0.3 g"


@pytest.mark.parametrize(
    ("amount_mg", "caught"), [(675, False), (541, False), (539, True), (809, False), (811, True)]
)
def test_a_childs_dose_may_differ_by_a_fifth(amount_mg: float, caught: bool) -> None:
    found = check_dose("tranexamic_acid", amount_mg, "mg", 45, 14)
    assert bool(found) is caught


def test_a_childs_range_is_named_nearest_to_what_was_ordered() -> None:
    found = check_dose("ketamine", 100, "mg", 20, 6)
    assert found[0].alternative == "20-40 mg"
    assert check_dose("ketamine", 4, "mg", 20, 6) == []


def test_the_larger_dose_is_right_for_a_childs_head_injury_only() -> None:
    assert check_dose("tranexamic_acid", 600, "mg", 20, 6) != []
    assert check_dose("tranexamic_acid", 600, "mg", 20, 6, conditions={"tbi"}) == []


def test_adults_are_not_dosed_by_this_rule() -> None:
    assert check_dose("tranexamic_acid", 1, "g", 45, 16) == []


def test_without_a_weight_the_childs_age_gives_an_estimate_that_says_so() -> None:
    found = check_dose("tranexamic_acid", 1, "g", None, 6)
    assert "20 kg estimated" in found[0].text


def test_a_dose_in_the_wrong_kind_of_unit_is_refused() -> None:
    with pytest.raises(BadValueError, match="volume"):
        check_dose("tranexamic_acid", 10, "mL", 80, 34)


@pytest.mark.parametrize(
    ("drug", "weight", "age", "amount"),
    [
        ("tranexamic_acid", 80, 34, 1.0),
        ("tranexamic_acid", 20, 6, 0.3),
        ("dantrolene", 45, 14, 112.5),
        ("tranexamic_acid", 50, 16, 1.0),
        ("tranexamic_acid", 50, 15.9, 0.75),
        ("dantrolene", 80, 30, 200),
        ("adrenaline", 20, 6, 0.2),
        ("midazolam", 20, 6, 0.4),
        ("morphine", 80, 30, 5),
        ("fentanyl", 80, 30, 50),
        ("calcium_chloride", 20, 6, 2),
    ],
)
def test_the_default_dose_fits_the_patient(
    drug: str, weight: float, age: float, amount: float
) -> None:
    assert default_dose(drug, weight, age) == pytest.approx(amount)


def test_a_dose_is_written_for_the_wall() -> None:
    assert dose_text("dantrolene", 45, 14) == "112.5 mg"
    assert dose_text("factor_xi", 70, 30) == ""


# --- DRG-02: allergy, passport, limits ------------------------------------------------------------


def test_nothing_speaks_against_rocuronium_in_duchenne() -> None:
    assert contraindicated("rocuronium", hazards=DUCHENNE) == []


@pytest.mark.parametrize(
    ("drug", "instead"),
    [("suxamethonium", "rocuronium"), ("sevoflurane", "proPOFol"), ("isoflurane", "proPOFol"),
     ("methoxyflurane", "ketAMINE")],
)  # fmt: skip
def test_triggers_are_stopped_in_duchenne_with_the_alternative_named(
    drug: str, instead: str
) -> None:
    found = contraindicated(drug, hazards=hazards_for([98896]))
    assert _rules(found) == [("DRG-02", "high")]
    assert found[0].alternative == instead


@pytest.mark.parametrize(
    ("code", "drug", "instead"),
    [
        (79276, "thiopental", "proPOFol"),
        (79276, "phenytoin", "levETIRAcetam"),
        (29072, "ketamine", "proPOFol"),
        (29072, "glucagon", "glucose (dextrose)"),
        (550, "ringer_lactate", "sodium chloride 0.9 %"),
        (98879, "prothrombin_complex", "factor IX"),
        (682, "potassium_chloride", "ask which form first"),
        (3286, "adrenaline", "shock and beta-blocker"),
        (589, "gentamicin", "cefTRIAXone"),
    ],
)
def test_the_alternative_fits_the_drug_and_the_disease(code: int, drug: str, instead: str) -> None:
    assert contraindicated(drug, hazards=hazards_for([code]))[0].alternative == instead


def test_an_alternative_that_another_hazard_forbids_is_not_named() -> None:
    both = hazards_for([85138, 29072])  # etomidate is out, and ketamine too
    assert contraindicated("etomidate", hazards=both)[0].alternative == "proPOFol"
    assert contraindicated("etomidate", hazards=both[:1])[0].alternative == "ketAMINE"
    assert contraindicated("etomidate", hazards=hazards_for([79276]))[0].alternative == "proPOFol"
    for found in contraindicated("esketamine", hazards=both):
        assert "ket" not in found.alternative.lower()


def test_a_stop_says_in_a_few_words_why_and_keeps_the_rest_for_a_second_line() -> None:
    found = contraindicated("suxamethonium", hazards=hazards_for([98896]))[0]
    assert found.text == "Stop suxamethonium: Duchenne/Becker dystrophy"
    assert found.reason == "Duchenne/Becker dystrophy"
    assert "potassium arrest" in found.detail


def test_each_hazard_speaks_for_itself() -> None:
    assert len(contraindicated("suxamethonium", hazards=DUCHENNE)) == 2


@pytest.mark.parametrize("drug", ["ketorolac", "diclofenac", "aspirin"])
def test_nsaids_are_stopped_in_haemophilia(drug: str) -> None:
    assert _rules(contraindicated(drug, hazards=HAEMOPHILIA)) == [("DRG-02", "high")]


def test_any_intramuscular_order_is_stopped_in_haemophilia() -> None:
    found = contraindicated("ketamine", hazards=HAEMOPHILIA, route="im")
    assert "no im route" in found[0].text
    assert contraindicated("ketamine", hazards=HAEMOPHILIA, route="iv") == []


def test_etomidate_is_stopped_in_addison_and_ketamine_named() -> None:
    found = contraindicated("etomidate", hazards=ADDISON)
    assert found[0].alternative == "ketAMINE"


@pytest.mark.parametrize(
    ("drug", "labs", "stopped"),
    [
        ("suxamethonium", {"k": 5.6}, True),
        ("suxamethonium", {"k": 5.5}, False),
        ("suxamethonium", {}, False),
        ("mannitol", {"sbp": 89}, True),
        ("mannitol", {"sbp": 90}, False),
        ("hypertonic_saline", {"na": 161}, True),
    ],
)
def test_a_limit_that_is_known_to_be_passed_stops_a_drug(
    drug: str, labs: dict[str, float], stopped: bool
) -> None:
    assert bool(contraindicated(drug, labs=labs)) is stopped


def test_suxamethonium_is_allowed_on_the_day_of_the_burn() -> None:
    assert contraindicated("suxamethonium", conditions={"burn"}) == []
    assert contraindicated("suxamethonium", conditions={"burn_over_24h"}) != []


def test_mannitol_in_shock_names_hypertonic_saline() -> None:
    found = contraindicated("mannitol", labs={"sbp": 80})
    assert "saline" in found[0].alternative


@pytest.mark.parametrize("allergy", ["penicillin", "Penicillins", "amoxicillin_clavulanate",
                                     {"substance": "penicillin", "severity": "severe"},
                                     {"substance": "co-amoxiclav", "class": "penicillin"},
        {"substance": "co-amoxiclav", "group": "penicillin"},
                                     "beta-lactam"])  # fmt: skip
def test_a_penicillin_allergy_stops_cefazolin_and_names_clindamycin(allergy: object) -> None:
    found = contraindicated("cefazolin", [allergy])  # type: ignore[list-item]  # in every form
    assert _rules(found) == [("DRG-02", "high")]
    assert found[0].alternative == "clindamycin"


def test_a_mild_penicillin_allergy_leaves_cefazolin() -> None:
    allergy = {"substance": "penicillin", "severity": "mild"}
    assert contraindicated("cefazolin", [allergy]) == []
    assert contraindicated("amoxicillin_clavulanate", [allergy]) != []


def test_the_alternative_is_never_what_the_patient_is_allergic_to() -> None:
    found = contraindicated("cefazolin", ["penicillin", "clindamycin"])
    assert found[0].alternative == "vancomycin"
    paracetamol = contraindicated("ketorolac", ["paracetamol"], hazards=HAEMOPHILIA)
    assert paracetamol[0].alternative == ""
    assert contraindicated("clindamycin", ["clindamycin"])[0].alternative == "vancomycin"


def test_an_allergy_to_something_else_stops_nothing() -> None:
    assert contraindicated("fentanyl", ["latex", {"substance": "penicillin"}]) == []


def test_platelets_are_stopped_in_ttp() -> None:
    assert contraindicated("platelets", hazards=hazards_for([54057])) != []


def test_a_caution_is_no_reason_to_stop() -> None:
    assert contraindicated("propofol", conditions={"shock"}) == []
    assert cautions("propofol", {"shock"}) == ("shock: at most 0.5 mg/kg",)


def test_a_senior_decides_on_tranexamic_acid_with_antithrombin_deficiency() -> None:
    assert contraindicated("tranexamic_acid", hazards=hazards_for([82])) == []
    assert "senior" in questions("tranexamic_acid", hazards_for([82]))[0]


def test_a_tourniquet_on_brittle_bone_is_advised_against_not_forbidden() -> None:
    found = advised_against("tourniquet", hazards_for([666]))
    assert _rules(found) == [("DRG-02", "medium")]
    assert "unless life is at stake" in found[0].text


# --- the words of the case ------------------------------------------------------------------------


def test_a_skull_fracture_is_a_head_injury_and_a_scalp_wound_is_not() -> None:
    assert "tbi" in circumstances(injuries=[{"region": "head", "kind": "fracture"}])
    assert "tbi" not in circumstances(injuries=[{"region": "head", "kind": "wound"}])


@pytest.mark.parametrize(("hours", "stopped"), [(1, False), (24, False), (25, True)])
def test_a_burn_speaks_against_suxamethonium_after_a_day(hours: float, stopped: bool) -> None:
    words = circumstances(now_s=hours * 3600, burned_at_s=0)
    assert bool(contraindicated("suxamethonium", conditions=words)) is stopped


def test_a_bleeding_patient_gets_no_nsaid_and_nitrous_oxide_spares_a_pneumothorax() -> None:
    words = circumstances(
        bleeding=True, injuries=[{"region": "chest", "kind": "pneumothorax", "side": "left"}]
    )
    assert contraindicated("ketorolac", conditions=words)
    assert contraindicated("nitrous_oxide", conditions=words)
    assert contraindicated("fentanyl", conditions=words) == []


def test_a_tension_is_a_pneumothorax_and_the_second_birthday_ends_infancy() -> None:
    assert "pneumothorax" in circumstances(injuries=[{"region": "chest", "kind": "tension"}])
    assert "under_2_years" not in circumstances(age=2)
    assert "shock" in circumstances(in_shock=True)
    assert "crush" in circumstances(injuries=[{"region": "leg", "kind": "crush"}])


def test_a_caution_may_hang_on_a_condition_only() -> None:
    assert cautions("desmopressin", {"tbi"}) == ("head injury: hyponatraemia",)
    assert cautions("desmopressin") == ()


def test_a_passport_names_further_circumstances() -> None:
    words = circumstances(age=1, others=["renal_failure"])
    assert words == {"renal_failure", "under_2_years"}

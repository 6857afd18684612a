import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import rules
from agents.rules import PRIORITIES, RULES, Priority, Rule, message, rank
from environment.errors import BadValueError
from environment.model.catalogue import of_class, substance
from environment.model.hazards import RARE_DISEASES, RareDisease
from environment.model.limits import HOLDS
from environment.model.prescribing import contraindicated

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
TEXTS: list[tuple[Rule, Priority, str]] = [
    (rule, priority, variant)
    for rule in RULES.values()
    for priority in rule.priorities
    for variant in ("", *rule.variants)
]
every_text = pytest.mark.parametrize(
    ("rule", "priority", "variant"),
    TEXTS,
    ids=lambda value: value.id if isinstance(value, Rule) else str(value),
)

EXPECTED = {
    "HAE": 16, "BRE": 4, "AIR": 4, "NEU": 5, "DRG": 3, "INF": 1, "PRO": 5, "TRI": 1, "ARR": 1,
    "MET": 3, "PAS": 2,
}  # fmt: skip

SAMPLE: dict[str, object] = {
    "sbp": 82.0, "hr": 128.0, "limit": 90, "gcs": 7, "best": 15, "spo2": 88.0, "rr": 34.0,
    "si": 1.2345,
    "etco2": 58.0, "temp": 34.96, "minutes": 61, "seconds": 60, "closes": "16:42", "until": "16:42",
    "drug": "suxamethonium", "reason": "potassium above 5.5 mmol/L", "alternative": "rocuronium",
    "side": "left", "signs": "SpO2 88, RR 34", "score": 2, "items": "SBP, HR", "site": "left leg",
    "zone": 1, "ml": 1500, "ml_h": 300, "pupils": "left 6 mm", "k": 6.8, "glucose": 2.4, "ph": 7.12,
    "lactate": 9.3, "value": "Lactate 9.3", "usual": "300 mg", "dose": "1 g", "weight": 20,
    "red_cells": 6, "plasma": 2, "roles": "surgeon", "condition": "Haemophilia A",
    "hazard": "bleeds into the head", "avoid": "NSAID", "must_continue": "factor",
    "anticoagulant": "Apixaban", "reversal": "prothrombin complex 2900 IU", "weeks": 32,
    "criterion": "vomited twice", "voice": "hoarse", "injury": "burn", "rhythm": "PEA",
    "reading": 304, "passport_question": "antithrombin deficiency: a senior decides",
}  # fmt: skip
CARRIES_A_LIST = {"PAS-01"}


def test_every_family_has_all_its_rules() -> None:
    found = {family: sum(rule.startswith(family) for rule in RULES) for family in EXPECTED}
    assert found == EXPECTED
    assert len(RULES) == sum(EXPECTED.values())


@every_rule
def test_a_rule_says_its_source_and_what_silences_it(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{3}-\d\d", rule.id)
    assert rule.title
    assert rule.source
    assert rule.silenced_by
    assert rule.needs
    assert rule.priorities


@every_text
def test_a_full_text_fits_the_wall(rule: Rule, priority: Priority, variant: str) -> None:
    text = rule.message(priority, SAMPLE, variant)
    assert "{" not in text
    assert "[[" not in text
    assert f" {rules.UNKNOWN}" not in text
    if rule.id not in CARRIES_A_LIST:
        assert len(text) <= 80, text


@every_text
def test_a_text_shows_only_facts_that_somebody_documented(
    rule: Rule, priority: Priority, variant: str
) -> None:
    assert set(rule.facts(priority, variant)) <= set(SAMPLE)


@given(st.sampled_from(TEXTS), st.sets(st.sampled_from(sorted(SAMPLE))))
def test_a_text_survives_any_missing_fact(
    which: tuple[Rule, Priority, str], names: set[str]
) -> None:
    rule, priority, variant = which
    text = rule.message(priority, {name: SAMPLE[name] for name in names}, variant)
    assert text
    assert "{" not in text
    assert "[[" not in text
    assert "  " not in text


def test_a_missing_fact_takes_its_passage_along() -> None:
    assert message("HAE-01", "high", {"sbp": 82}) == ("SBP 82, low for age: find and stop bleeding")


def test_known_facts_are_filled_in() -> None:
    assert message("HAE-01", "high", {"sbp": 82.0, "limit": 90.0, "hr": 128}) == (
        "SBP 82, low for age (limit 90), HR 128: find and stop bleeding"
    )


def test_a_missing_number_that_a_text_needs_shows_as_a_question_mark() -> None:
    assert message("BRE-02", "medium", {}).startswith("RR ?")


def test_an_empty_fact_counts_as_missing() -> None:
    assert message(
        "DRG-02", "high", {"drug": "morphine", "reason": "allergy", "alternative": ""}
    ) == ("STOP morphine: allergy")


def test_a_shock_index_shows_two_decimals_and_a_temperature_one() -> None:
    assert "1.20" in message("HAE-02", "high", {"si": 1.2})
    assert "35.0" in message("HAE-11", "medium", {"temp": 34.96})


def test_a_fact_with_brackets_or_braces_is_shown_as_it_is() -> None:
    text = message("DRG-01", "medium", {"drug": "{x}", "reason": "[[y]]"})
    assert text == "{x}: [[y]]"


def test_words_of_the_passport_come_last() -> None:
    text = message("HAE-01", "high", {"sbp": 82, "passport": "steroid given?"})
    assert text.endswith("bleeding. steroid given?")


@pytest.mark.parametrize("row", RARE_DISEASES.values(), ids=lambda row: row.key)
def test_what_a_passport_forbids_fits_the_wall(row: RareDisease) -> None:
    forbidden = [*row.avoid_drugs, *(drug for tag in row.avoid_classes for drug in of_class(tag))]
    for drug in forbidden:
        for found in contraindicated(drug, hazards=[row]):
            facts = {
                "drug": substance(drug).label,
                "reason": found.reason,
                "alternative": found.alternative,
            }
            assert len(message(found.rule, found.priority, facts)) <= 90, facts


def test_tamponade_is_named_after_a_penetrating_injury() -> None:
    assert "pericardium" in message("BRE-03", "high", SAMPLE, "penetrating")


def test_arrest_names_the_four_causes_first() -> None:
    text = message("ARR-01", "high", {})
    assert [text.index(word) for word in ("hypovolaemia", "oxygen", "tension", "tamponade")]


def test_a_priority_that_a_rule_never_has_is_refused() -> None:
    with pytest.raises(BadValueError, match="only high"):
        message("HAE-01", "low", {})


def test_an_unknown_rule_or_variant_brings_the_nearest_one() -> None:
    with pytest.raises(BadValueError, match="HAE-01"):
        message("HAE_01", "high", {})
    with pytest.raises(BadValueError, match="Did you mean 'penetrating'"):
        message("BRE-03", "high", {}, "penetrating_injury")


# --- rank -----------------------------------------------------------------------------------------


def test_priority_goes_before_order() -> None:
    assert rank("PRO-04", "medium") < rank("PAS-01", "low")
    assert rank("HAE-06", "high") < rank("HAE-02", "medium")


def test_an_arrest_stands_above_everything() -> None:
    assert all(
        rank("ARR-01", "high") <= rank(rule.id, priority)
        for rule in RULES.values()
        for priority in rule.priorities
    )


@pytest.mark.parametrize("priority", PRIORITIES)
def test_passport_alerts_stand_above_process_and_bleeding_but_below_low_pressure(
    priority: Priority,
) -> None:
    assert rank("HAE-01", "high") < rank("PAS-02", "high")
    passport = [rank(rule.id, priority) for rule in RULES.values()
                if rule.id.startswith("PAS") and priority in rule.priorities]  # fmt: skip
    others = [rank(rule.id, priority) for rule in RULES.values()
              if rule.id.startswith(("PRO", "HAE-0")) and rule.id != "HAE-01"
              and priority in rule.priorities]  # fmt: skip
    assert all(mine < other for mine in passport for other in others)


def test_no_two_rules_share_a_rank() -> None:
    orders = [rule.order for rule in RULES.values()]
    assert orders == sorted(set(orders))


def test_in_arrest_process_alerts_are_silent_and_bleeding_and_breathing_folded() -> None:
    for rule in RULES.values():
        if rule.id.startswith("PRO"):
            assert rule.in_arrest == "suppressed"
        elif rule.id.startswith(("HAE", "BRE")):
            assert rule.in_arrest == "folded"
        assert rule.id != "ARR-01" or rule.in_arrest == "kept"


def test_holds_and_passport_words_belong_to_known_rules() -> None:
    assert set(HOLDS) <= set(RULES)
    assert {rule for row in RARE_DISEASES.values() for rule in row.rules} <= set(RULES)

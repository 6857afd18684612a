import pytest

from environment.errors import BadValueError
from environment.model.catalogue import substance
from environment.model.reversal import ANTICOAGULANTS, is_anticoagulant, reversal


@pytest.mark.parametrize(
    ("inr", "weight", "amount"),
    [(2.0, 70, 1750), (3.9, 120, 2500), (4.0, 70, 2450), (6.0, 120, 3500), (6.1, 70, 3500),
     (8.0, 120, 5000)],
)  # fmt: skip
def test_warfarin_is_reversed_by_inr_and_weight(inr: float, weight: float, amount: float) -> None:
    found = reversal("warfarin", inr, weight)
    assert (found.drug, found.amount) == ("prothrombin_complex", amount)
    assert "vitamin K 10 mg" in found.text


def test_warfarin_without_an_inr_asks_for_it() -> None:
    found = reversal("warfarin")
    assert found.amount is None
    assert found.text.startswith("INR now")


def test_apixaban_gets_prothrombin_complex_for_the_weight_or_andexanet() -> None:
    found = reversal("apixaban", None, 58)
    assert found.amount == 2900
    assert "1450-2900 IU" in found.text
    assert "andexanet" in found.text
    assert reversal("Eliquis", andexanet_available=True).drug == "andexanet"


def test_protamine_never_exceeds_fifty_milligrams() -> None:
    assert reversal("enoxaparin", last_dose=80, hours_since_dose=2).amount == 50
    assert reversal("enoxaparin", last_dose=40, hours_since_dose=2).text.startswith("Protamine 40")


def test_a_low_inr_asks_for_vitamin_k_alone() -> None:
    found = reversal("warfarin", 1.9, 70)
    assert (found.drug, found.amount, found.unit) == ("vitamin_k", 10, "mg")


def test_andexanet_begins_with_400_milligrams() -> None:
    assert reversal("apixaban", andexanet_available=True).amount == 400


def test_a_reversal_reads_as_its_text() -> None:
    found = reversal("dabigatran")
    assert str(found) == found.text


def test_prothrombin_complex_has_an_upper_limit() -> None:
    assert reversal("apixaban", None, 120).amount == 5000


def test_desmopressin_is_dosed_by_weight() -> None:
    assert "21 mcg (0.3 mcg/kg)" in reversal("clopidogrel", weight_kg=70).text
    assert "0.3 mcg/kg" in reversal("clopidogrel").text


def test_dabigatran_gets_idarucizumab() -> None:
    assert reversal("dabigatran").amount == 5


@pytest.mark.parametrize(("units", "amount"), [(4000, 40), (9000, 50), (None, None)])
def test_heparin_gets_protamine_by_the_last_hours(
    units: float | None, amount: float | None
) -> None:
    assert reversal("heparin", last_dose=units).amount == amount


@pytest.mark.parametrize(
    ("hours", "amount"), [(None, 40), (2, 40), (8, 20), (12, 20), (12.1, None)]
)
def test_enoxaparin_gets_less_protamine_with_time(
    hours: float | None, amount: float | None
) -> None:
    assert reversal("enoxaparin", last_dose=40, hours_since_dose=hours).amount == amount


def test_platelets_are_for_neurosurgery_only() -> None:
    assert reversal("clopidogrel", weight_kg=70).drug == "desmopressin"
    assert reversal("clopidogrel", weight_kg=70).amount == pytest.approx(21)
    assert reversal("clopidogrel", neurosurgery=True).drug == "platelets"


def test_an_antiplatelet_is_no_anticoagulant() -> None:
    assert is_anticoagulant("apixaban")
    assert not is_anticoagulant("aspirin")
    assert not is_anticoagulant("bisoprolol")


@pytest.mark.parametrize("name", ANTICOAGULANTS)
def test_every_reversal_is_in_the_catalogue_and_fits_the_wall(name: str) -> None:
    found = reversal(name, 3.0, 70, last_dose=40)
    assert substance(found.drug).id == found.drug
    assert all(substance(other).id == other for other in found.satisfied_by)
    assert len(found.text) <= 90


def test_an_unknown_anticoagulant_brings_the_nearest_name() -> None:
    with pytest.raises(BadValueError, match="Did you mean 'apixaban'"):
        reversal("apixabam")

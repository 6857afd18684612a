import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.errors import BadValueError
from environment.model import catalogue
from environment.model.catalogue import BLOOD, DIAGNOSTICS, DRUGS, INFUSIONS, PROCEDURES, Drug
from environment.model.vitals import VITALS

every_drug = pytest.mark.parametrize("row", DRUGS.values(), ids=lambda row: row.id)

ORIGINAL_PROCEDURES = [
    "orotracheal_intubation",
    "chest_tube",
    "pleural_decompression",
    "pelvic_binder",
    "high_flow_catheter",
    "pressure_infuser",
    "wound_suture",
    "external_fixator",
    "resuscitative_thoracotomy",
    "reboa",
    "supraglottic_airway",
    "fibroscopy",
    "drainage",
    "arterial_catheter",
    "haemostasis",
    "tourniquet",
    "als",
    "cricothyrotomy",
    "intraosseous_access",
    "bladder_catheter",
    "gastric_tube",
    "massive_transfusion_protocol",
    "antibiotic_prophylaxis",
    "electric_shock",
]
ORIGINAL_DRUGS = [
    "crystalloid",
    "o_negative_blood",
    "hypertonic_saline",
    "red_cells",
    "fresh_frozen_plasma",
    "fibrinogen",
    "tranexamic_acid",
    "platelets",
    "cryoprecipitate",
    "mannitol",
    "midazolam",
    "propofol",
    "fentanyl",
    "ketamine",
    "rocuronium",
    "suxamethonium",
    "thiopental",
    "morphine",
    "adrenaline",
    "atropine",
    "noradrenaline",
    "esketamine",
    "prothrombin_complex",
]
ORIGINAL_INFUSIONS = [
    "noradrenaline",
    "adrenaline",
    "propofol",
    "midazolam",
    "ketamine",
    "thiopental",
    "mannitol",
    "tranexamic_acid",
    "fentanyl",
    "rocuronium",
]
ORIGINAL_DIAGNOSTICS = [
    "whole_body_ct",
    "chest_abdomen_ct",
    "head_neck_ct",
    "pelvis_xray",
    "chest_xray",
    "ultrasound",
    "blood_gas",
    "rotem",
]
ADDED_DRUGS = [
    "etomidate",
    "calcium_chloride",
    "calcium_gluconate",
    "cefazolin",
    "gentamicin",
    "clindamycin",
    "vancomycin",
    "paracetamol",
    "ketorolac",
    "hydrocortisone",
    "dantrolene",
    "dextrose",
    "levetiracetam",
    "methoxyflurane",
    "nitrous_oxide",
    "lidocaine",
    "hydroxocobalamin",
    "factor_viii",
    "factor_ix",
    "vitamin_k",
    "idarucizumab",
    "andexanet",
    "protamine",
    "vasopressin",
    "desmopressin",
    "sugammadex",
    "insulin",
]


@pytest.mark.parametrize("name", ORIGINAL_PROCEDURES)
def test_a_procedure_of_the_original_report_is_tracked(name: str) -> None:
    assert catalogue.procedure(name).tracked


@pytest.mark.parametrize("name", ORIGINAL_DRUGS)
def test_a_drug_of_the_original_report_is_tracked(name: str) -> None:
    assert catalogue.substance(name).tracked


@pytest.mark.parametrize("name", ORIGINAL_INFUSIONS)
def test_an_infusion_of_the_original_report_is_tracked(name: str) -> None:
    assert catalogue.infusion(name).tracked


@pytest.mark.parametrize("name", ORIGINAL_DIAGNOSTICS)
def test_a_diagnostic_of_the_original_report_is_tracked(name: str) -> None:
    assert catalogue.diagnostic(name).tracked


@pytest.mark.parametrize("name", ADDED_DRUGS)
def test_a_drug_that_the_rules_name_is_in_the_catalogue(name: str) -> None:
    assert catalogue.drug(name).id == name


def test_the_four_procedures_with_a_start_and_a_stop_are_marked() -> None:
    tracked = {row.id for row in PROCEDURES.values() if row.time_dependent and row.tracked}
    assert {"als", "resuscitative_thoracotomy", "reboa", "tourniquet"} <= tracked


def test_a_tourniquet_holds_bleeding_but_does_not_end_it() -> None:
    assert not catalogue.procedure("tourniquet").haemorrhage_control
    assert catalogue.procedure("angioembolisation").haemorrhage_control
    assert catalogue.procedure("preperitoneal_packing").haemorrhage_control


def test_three_procedures_and_more_secure_the_airway() -> None:
    airway = {row.id for row in PROCEDURES.values() if row.airway}
    assert {"orotracheal_intubation", "supraglottic_airway", "cricothyrotomy"} <= airway
    assert "oxygen" not in airway


def test_default_tranexamic_acid_is_one_gram() -> None:
    row = catalogue.drug("tranexamic_acid")
    assert (row.default, row.unit) == (1.0, "g")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Succinylcholine", "suxamethonium"),
        ("TXA", "tranexamic_acid"),
        ("tranexamic acid", "tranexamic_acid"),
        ("T-POD", "pelvic_binder"),
        ("curaro", "rocuronium"),
        ("tac", "whole_body_ct"),
        ("FFP", "fresh_frozen_plasma"),
    ],
)
def test_people_may_use_other_names(said: str, found: str) -> None:
    assert catalogue.find(said).id == found


def test_an_unknown_name_brings_the_nearest_one() -> None:
    with pytest.raises(BadValueError, match="Did you mean 'propofol'"):
        catalogue.find("propofool")
    with pytest.raises(BadValueError, match="Did you mean 'tourniquet'"):
        catalogue.procedure("turniquet")


@every_drug
def test_a_row_of_a_drug_is_consistent(row: Drug) -> None:
    assert row.source
    assert row.routes
    assert set(row.routes) <= set(catalogue.ROUTES)
    assert row.classes
    assert catalogue.convert(1, row.unit, row.unit) == 1
    if row.alternative:
        assert row.alternative in DRUGS
        assert row.alternative != row.id
    for dose in row.doses:
        assert (dose.amount is None) != (dose.per_kg is None)
        if dose.per_kg:
            assert 0 < dose.per_kg[0] <= dose.per_kg[1]
    for reason in (*row.contra, *row.caution):
        assert bool(reason.condition) != bool(reason.lab)
        assert not reason.lab or reason.lab in VITALS
        assert not reason.alternative or reason.alternative in DRUGS


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("fentanyl", "fentaNYL"),
        ("ketamine", "ketAMINE"),
        ("ketorolac", "ketOROLAC"),
        ("propofol", "proPOFol"),
        ("cefazolin", "ceFAZolin"),
        ("levetiracetam", "levETIRAcetam"),
        ("dobutamine", "DOBUTamine"),
        ("dopamine", "DOPamine"),
    ],
)
def test_names_easily_mixed_up_have_tall_letters(name: str, label: str) -> None:
    assert catalogue.drug(name).label == label


def test_every_infusion_is_of_a_known_drug_and_its_default_lies_in_its_range() -> None:
    for row in INFUSIONS.values():
        assert row.drug in DRUGS
        assert row.low <= row.default <= row.high


def test_a_diagnostic_yields_values_of_the_one_table() -> None:
    for row in DIAGNOSTICS.values():
        assert set(row.results) <= set(VITALS), row.id


def test_o_negative_blood_counts_as_red_cells() -> None:
    assert {row.counts_as for row in BLOOD.values() if row.atc == "B05AX01"} == {"red_cells"}


def test_ids_are_unique_across_the_catalogue() -> None:
    ids = [*PROCEDURES, *DRUGS, *BLOOD, *DIAGNOSTICS]
    assert len(ids) == len(set(ids))


# --- amounts --------------------------------------------------------------------------------------


@given(st.floats(1e-3, 1e3))
def test_converting_there_and_back_changes_nothing(amount: float) -> None:
    there = catalogue.convert(amount, "g", "ug")
    assert catalogue.convert(there, "ug", "g") == pytest.approx(amount)


def test_mass_never_becomes_volume() -> None:
    with pytest.raises(BadValueError, match="is a mass"):
        catalogue.convert(1, "mg", "mL")


def test_an_unknown_unit_is_refused_with_a_hint() -> None:
    with pytest.raises(BadValueError, match="No unit 'gr'"):
        catalogue.convert(1, "gr", "mg")


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [(1.0, "g", "1 g"), (0.5, "mg", "0.5 mg"), (50, "ug", "50 mcg"), (3750, "[iU]", "3750 IU"),
     (2, "{unit}", "2 units")],
)  # fmt: skip
def test_an_amount_is_written_without_trailing_zero_or_greek(
    amount: float, unit: str, text: str
) -> None:
    assert catalogue.amount_text(amount, unit) == text

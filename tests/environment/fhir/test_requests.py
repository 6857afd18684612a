"""Acts from outside: one operation of the patient's twin each, or refused with the element."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.fhir.care import care
from environment.fhir.checks import InvalidResourceError
from environment.fhir.elements import Resource
from environment.fhir.requests import Asked, request_of
from environment.model.catalogue import BLOOD, DRUGS, PROCEDURES
from environment.model.change import JSON
from tests.environment.fhir.chart import Chart

PATIENT = {"reference": "Patient/patient"}
AT = "2026-01-15T14:20:00Z"


def given_drug(**changes: JSON) -> Resource:
    body: Resource = {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "medicationCodeableConcept": {
            "coding": [{"system": "http://www.whocc.no/atc", "code": "B02AA02"}]
        },
        "subject": PATIENT,
        "effectivePeriod": {"start": AT, "end": "2026-01-15T14:30:00Z"},
        "dosage": {"route": {"text": "iv"}, "dose": {"value": 1, "unit": "g", "code": "g"}},
    }
    body["dosage"]["dose"]["system"] = "http://unitsofmeasure.org"
    return {key: value for key, value in (body | changes).items() if value is not None}


def done(**changes: JSON) -> Resource:
    body = {
        "resourceType": "Procedure",
        "status": "in-progress",
        "code": {"text": "tourniquet"},
        "subject": PATIENT,
        "bodySite": [{"text": "left thigh"}],
    }
    return {key: value for key, value in (body | changes).items() if value is not None}


def test_a_drug_is_known_by_its_code_and_given_over_its_period() -> None:
    assert request_of(Chart().case, given_drug()) == Asked(
        twin="patient",
        operation="give_drug",
        arguments={
            "drug": "tranexamic_acid",
            "amount": 1.0,
            "unit": "g",
            "route": "iv",
            "over_min": 10.0,
        },
    )


@pytest.mark.parametrize(
    ("changes", "operation"),
    [
        ({}, "start_procedure"),
        ({"status": "stopped"}, "stop_procedure"),
        ({"status": "completed", "performedPeriod": {"start": AT, "end": AT}}, "stop_procedure"),
        ({"status": "completed", "code": {"text": "chest tube"}}, "perform"),
    ],
)
def test_the_status_of_a_procedure_says_what_is_asked(
    changes: dict[str, JSON], operation: str
) -> None:
    asked = request_of(Chart().case, done(**changes))
    assert asked.operation == operation
    assert asked.arguments["site"] == "left_thigh"


REFUSED: dict[str, tuple[Resource, str]] = {
    "another patient": (given_drug(subject={"reference": "Patient/other"}), ".subject: is about"),
    "something not done": (given_drug(status="not-done"), ".status: 'not-done'"),
    "an unknown drug": (
        given_drug(medicationCodeableConcept={"text": "tranexamic acd"}),
        "Did you mean 'tranexamic_acid'",
    ),
    "a dose in the wrong unit": (
        given_drug(dosage={"dose": {"value": 10, "unit": "mL"}}),
        ".dosage.dose.code: 10 mL is a volume",
    ),
    "a dose without a unit": (given_drug(dosage={"dose": {"value": 10}}), "needs a value and a"),
    "no dosage": (given_drug(dosage=None), ".dosage: needs a dose or a rate"),
    "an unknown route": (
        given_drug(dosage={"dose": {"value": 1, "unit": "g"}, "route": {"text": "ivv"}}),
        "Did you mean 'iv'",
    ),
    "half a bag of blood": (
        given_drug(
            medicationCodeableConcept={"text": "red_cells"},
            dosage={"dose": {"value": 0.5, "unit": "{unit}"}},
        ),
        "whole bags",
    ),
    "a medicine elsewhere": (
        given_drug(
            medicationCodeableConcept=None, medicationReference={"reference": "Medication/1"}
        ),
        "as a concept",
    ),
    "a code that two products share": (
        given_drug(
            medicationCodeableConcept={
                "coding": [{"system": "http://www.whocc.no/atc", "code": "B05AX01"}]
            },
            dosage={"dose": {"value": 1, "unit": "{unit}"}},
        ),
        "say which in its text",
    ),
    "an unknown procedure": (done(code={"text": "leeches"}), "Procedure.code: the catalogue has"),
    "no procedure": (done(code=None), "Procedure.code: is missing"),
    "a procedure that was not done": (done(status="not-done"), "Procedure.status"),
    "no act at all": ({"resourceType": "Flag", "status": "active", "code": {"text": "x"},
                       "subject": PATIENT}, "Flag is no act"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses(what: str) -> None:
    resource, says = REFUSED[what]
    with pytest.raises(InvalidResourceError) as refused:
        request_of(Chart().case, resource)
    assert says in str(refused.value)


@settings(max_examples=120, deadline=None)
@given(
    name=st.sampled_from(sorted(DRUGS)),
    amount=st.floats(0.1, 500).map(lambda v: round(v, 2)),
    data=st.data(),
)
def test_a_dose_that_goes_out_comes_back_as_the_same_operation(
    name: str, amount: float, data: st.DataObject
) -> None:
    row, chart = DRUGS[name], Chart()
    route = data.draw(st.sampled_from(row.routes))
    value = {"drug": name, "amount": amount, "unit": row.unit, "route": route, "total": amount}
    chart.event("patient", "drug_given", value, 900)
    (mapped,) = care(chart.case)
    asked = request_of(chart.case, mapped.resource)
    assert asked.operation == "give_drug"
    assert asked.arguments == {
        "drug": name,
        "amount": amount,
        "unit": row.unit,
        "route": route,
        "over_min": 0.0,
    }


@pytest.mark.parametrize("name", sorted(PROCEDURES))
def test_a_procedure_that_goes_out_comes_back_as_itself(name: str) -> None:
    chart = Chart()
    value = {"procedure": name, "site": "left_thigh", "change": "start", "details": {}}
    chart.event("patient", "procedure", value, 900)
    mapped = next(m for m in care(chart.case) if m.resource["resourceType"] == "Procedure")
    asked = request_of(chart.case, mapped.resource)
    assert (asked.operation, asked.arguments["procedure"]) == ("start_procedure", name)


@pytest.mark.parametrize("name", sorted(BLOOD))
def test_a_transfusion_that_goes_out_comes_back_as_itself(name: str) -> None:
    chart = Chart()
    value = {"product": name, "units": 2, "ml": 600, "bag": ""}
    chart.event("patient", "blood_given", value, 900)
    (mapped,) = care(chart.case)
    asked = request_of(chart.case, mapped.resource)
    assert asked.arguments == {"product": name, "units": 2}

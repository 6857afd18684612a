"""What our own checks refuse, each with the path of the element, and what they let pass."""

import json
import subprocess
import sys
from copy import deepcopy

import pytest

from environment.fhir.checks import (
    InvalidResourceError,
    check,
    operation_outcome,
    problems,
)
from environment.fhir.elements import Resource
from environment.fhir.models import parse, round_trip
from environment.model.change import JSON

HEART_RATE: Resource = {
    "resourceType": "Observation",
    "id": "hr-1",
    "status": "final",
    "category": [
        {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                    "code": "vital-signs",
                }
            ]
        }
    ],
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Heart rate"},
    "subject": {"reference": "Patient/p"},
    "effectiveDateTime": "2026-01-15T14:06:40Z",
    "valueQuantity": {
        "value": 121,
        "unit": "bpm",
        "system": "http://unitsofmeasure.org",
        "code": "/min",
    },
}


def with_(**changes: JSON) -> Resource:
    resource = deepcopy(HEART_RATE) | changes
    return {key: value for key, value in resource.items() if value is not None}


WRONG: dict[str, tuple[Resource, str, str]] = {
    "a status outside its binding": (
        with_(status="banana"),
        "Observation.status",
        "not one of its codes",
    ),
    "a missing status": (with_(status=None), "Observation.status", "missing"),
    "an element that does not exist": (
        with_(valueQuantitty={"value": 1}),
        "Observation.valueQuantitty",
        "Did you mean 'valueQuantity'",
    ),
    "an id of 65 characters": (with_(id="x" * 65), "Observation.id", "1 to 64"),
    "a subject of the wrong type": (
        with_(subject={"reference": "Practitioner/r"}),
        "Observation.subject",
        "may refer to",
    ),
    "a value and a reason for its absence": (
        with_(dataAbsentReason={"text": "stale"}),
        "Observation.dataAbsentReason",
        "obs-6",
    ),
    "two values": (with_(valueString="121"), "Observation.valueString", "one value"),
    "a vital sign that says nothing": (with_(valueQuantity=None), "Observation", "vs-2"),
    "the wrong unit": (
        with_(valueQuantity={**HEART_RATE["valueQuantity"], "code": "bpm"}),
        "Observation.valueQuantity.code",
        "is /min",
    ),
    "a time without a zone": (
        with_(effectiveDateTime="2026-01-15T14:06:40"),
        "Observation.effectiveDateTime",
        "is no dateTime",
    ),
    "a number written as text": (
        with_(valueQuantity={**HEART_RATE["valueQuantity"], "value": "121"}),
        "Observation.valueQuantity.value",
        "expected decimal",
    ),
    "a list where one is wanted": (
        with_(subject=[{"reference": "Patient/p"}]),
        "Observation.subject",
        "does not repeat",
    ),
    "one where a list is wanted": (
        with_(category={"text": "vital signs"}),
        "Observation.category",
        "repeats",
    ),
    "an empty code": (with_(code={}), "Observation.code", "ele-1"),
    "a period that ends before it starts": (
        with_(
            effectiveDateTime=None,
            effectivePeriod={"start": "2026-01-15T15:00:00Z", "end": "2026-01-15T14:00:00Z"},
        ),
        "Observation.effectivePeriod",
        "per-1",
    ),
    "a script in the narrative": (
        with_(
            text={
                "status": "generated",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>',
            }
        ),
        "Observation.text.div",
        "'script' is not allowed",
    ),
    "a narrative that is not XHTML": (
        with_(text={"status": "generated", "div": "<div>open"}),
        "Observation.text.div",
        "not well-formed",
    ),
    "entities in the narrative": (
        with_(text={"status": "generated", "div": '<!DOCTYPE d [<!ENTITY a "b">]><div>&a;</div>'}),
        "Observation.text.div",
        "no declarations",
    ),
    "a component with the Observation's own code": (
        with_(component=[{"code": HEART_RATE["code"], "valueBoolean": True}]),
        "Observation.component[0].code",
        "obs-7",
    ),
    "an extension without a value": (
        with_(extension=[{"url": "http://example.org/x"}]),
        "Observation.extension[0]",
        "ext-1",
    ),
    "an unknown type": (
        {"resourceType": "Observaton", "status": "final"},
        "$this.resourceType",
        "Did you mean 'Observation'",
    ),
    "an unknown type inside": (
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": {"resourceType": "FooType"}}],
        },
        "Bundle.entry[0].resource.resourceType",
        "no type 'FooType'",
    ),
    "a document without its Composition": (
        {
            "resourceType": "Bundle",
            "type": "document",
            "timestamp": "2026-01-15T14:00:00Z",
            "identifier": {"system": "http://example.org", "value": "1"},
            "entry": [{"fullUrl": "http://example.org/Observation/hr-1", "resource": HEART_RATE}],
        },
        "Bundle.entry[0].resource",
        "bdl-11",
    ),
    "an allergy without its status": (
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/p"}},
        "AllergyIntolerance.clinicalStatus",
        "ait-1",
    ),
    "an encounter status of a later release": (
        {
            "resourceType": "Encounter",
            "id": "e",
            "status": "completed",
            "class": {"code": "EMER"},
        },
        "Encounter.status",
        "not one of its codes",
    ),
    "an encounter without its class": (
        {"resourceType": "Encounter", "id": "e", "status": "finished"},
        "Encounter.class",
        "missing",
    ),
    "a clinical status outside its value set": (
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {"reference": "Patient/p"},
            "clinicalStatus": {"coding": [{"system": "http://example.org", "code": "active"}]},
        },
        "Condition.clinicalStatus",
        "required value set",
    ),
    "a dosage without an amount": (
        {
            "resourceType": "MedicationAdministration",
            "id": "m",
            "status": "completed",
            "medicationCodeableConcept": {"text": "x"},
            "subject": {"reference": "Patient/p"},
            "effectiveDateTime": "2026-01-15",
            "dosage": {"text": "some"},
        },
        "MedicationAdministration.dosage",
        "mad-1",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_refuses(what: str) -> None:
    resource, path, says = WRONG[what]
    found = [p for p in problems(resource) if p.path == path]
    assert found, [str(p) for p in problems(resource)]
    assert any(says in p.text for p in found), [p.text for p in found]


def test_a_right_resource_has_no_problems() -> None:
    assert list(problems(HEART_RATE)) == []


def test_temperature_may_be_in_fahrenheit() -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]}
    value = {"value": 98.6, "system": "http://unitsofmeasure.org", "code": "[degF]"}
    assert list(problems(with_(code=code, valueQuantity=value))) == []


def test_a_reference_that_nothing_answers_is_found_in_a_bundle() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": "http://example.org/Observation/hr-1", "resource": HEART_RATE}],
    }
    with pytest.raises(InvalidResourceError, match=r"subject\.reference: nothing here answers"):
        check(bundle)


def test_a_contained_resource_answers_its_reference() -> None:
    patient = {"resourceType": "Patient", "id": "p1"}
    resource = with_(contained=[patient], subject={"reference": "#p1"})
    check({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]})


def test_what_is_wrong_is_told_as_an_operation_outcome_with_the_element() -> None:
    outcome = operation_outcome(problems(with_(status="banana")))
    assert list(problems(outcome)) == []
    assert outcome["issue"][0]["expression"] == ["Observation.status"]
    assert outcome["issue"][0]["code"] == "code-invalid"


def test_the_model_refuses_an_unknown_type_inside_a_bundle_with_a_path() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "FooType"}}],
    }
    with pytest.raises(InvalidResourceError):
        parse(bundle)


def test_the_model_names_the_element_that_is_wrong() -> None:
    with pytest.raises(InvalidResourceError, match="Observation"):
        parse(with_(code=None))


def test_a_resource_comes_back_from_its_model_as_it_was() -> None:
    assert round_trip(HEART_RATE) == HEART_RATE


@pytest.mark.parametrize(
    "body", [None, 3, "x", [], {}, {"resourceType": 3}, {"resourceType": None}]
)
def test_what_is_no_resource_is_a_problem_and_not_a_crash(body: JSON) -> None:
    assert list(problems(body))


def test_mapping_a_case_does_not_import_the_models() -> None:
    code = (
        "import sys, environment.fhir.bundle, environment.fhir.states, environment.fhir.checks, "
        "scenarios.cli; print('fhir' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.strip().lower()) is False

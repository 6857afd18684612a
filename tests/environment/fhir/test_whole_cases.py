"""Whole cases, as they were run, against the models, HL7's JSON schema and our own checks."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from environment.fhir.bundle import document
from environment.fhir.case import Case, models_of
from environment.fhir.checks import dangling, problems
from environment.fhir.elements import Resource
from environment.fhir.models import round_trip
from environment.fhir.states import state_bundle
from environment.runtime.states import state_at
from environment.store import journal as store
from scenarios import session
from scenarios.reading import load
from scenarios.story import Story
from tests.environment.fhir.chart import inside, of_type
from tests.environment.fhir.published import needs_schema, schema

CASES = ("pelvis", "tension", "apixaban")  # S01, S02, S04
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("name", CASES)]


@cache
def played(name: str) -> session.Played:
    scenario = load(name)
    return session.run(scenario, seed=scenario.seed)


def case_of(name: str) -> Case:
    run = played(name)
    return Case(run.journal, run.models, run.start)


@cache
def document_of(name: str) -> Resource:
    return document(case_of(name))


def against_schema(resource: Resource) -> list[str]:
    kind = resource["resourceType"]
    wanted = {"$ref": f"#/definitions/{kind}", "definitions": schema()["definitions"]}
    found = jsonschema.Draft6Validator(wanted).iter_errors(resource)
    return [f"{kind}/{resource['id']} {e.json_path}: {e.message[:200]}" for e in found]


@needs_schema
def test_every_resource_passes_the_json_schema_of_r4(name: str) -> None:
    assert [e for r in inside(document_of(name)) for e in against_schema(r)] == []


def test_every_resource_goes_through_its_model_and_comes_back_the_same(name: str) -> None:
    changed = [r for r in inside(document_of(name)) if round_trip(r) != r]
    assert changed == []


def test_nothing_is_wrong_by_our_own_checks_and_no_reference_dangles(name: str) -> None:
    bundle = document_of(name)
    assert [str(p) for p in problems(bundle)] == []
    assert [str(p) for p in dangling(bundle)] == []


def test_ids_are_unique_and_every_resource_stands_in_a_section(name: str) -> None:
    first, *rest = inside(document_of(name))
    names = [f"{r['resourceType']}/{r['id']}" for r in rest]
    assert len(names) == len(set(names))
    told = {e["reference"] for s in first["section"] for e in s["entry"]}
    assert told | {first["subject"]["reference"]} == set(names)


def test_the_same_journal_gives_the_same_document(name: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    store.write(played(name).journal, path)
    journal = store.read(path)
    again = document(Case(journal, models_of(journal), played(name).start))
    assert json.dumps(again) == json.dumps(document_of(name))


def test_every_alert_that_the_run_tells_is_a_detected_issue(name: str) -> None:
    issues = of_type(inside(document_of(name)), "DetectedIssue")
    told = Counter(alert.rule for alert in Story(played(name).journal).alerts)
    assert Counter(issue["identifier"][0]["value"] for issue in issues) == told
    severities = {"high": "high", "medium": "moderate", "low": "low"}
    first = Story(played(name).journal).alerts[0]
    assert issues[0]["severity"] == severities[first.priority]


def test_every_act_on_the_patient_is_there_once(name: str) -> None:
    held = inside(document_of(name))
    events = Counter(c.name for c in Story(played(name).journal).medical_events())
    given = of_type(held, "MedicationAdministration")
    assert len(given) == events["drug_given"] + events["blood_given"]
    done = {r["id"] for r in of_type(held, "Procedure")}
    for change in Story(played(name).journal).medical_events():
        if change.name == "procedure" and change.value["change"] != "stop":
            assert f"procedure-{change.seq}" in done


def test_every_twin_has_a_state_bundle_at_every_stage(name: str) -> None:
    run, case = played(name), case_of(name)
    for at in (1500.0, 4000.0):
        for twin in run.models:
            bundle = state_bundle(case, state_at(run.journal, run.models, twin, at))
            found = [*problems(bundle), *dangling(bundle)]
            assert [str(p) for p in found] == [], (twin, at)
            names = [e["fullUrl"] for e in bundle["entry"]]
            assert len(names) == len(set(names)), (twin, at)


def test_a_reading_is_the_same_resource_in_a_state_and_in_the_document(name: str) -> None:
    run, case = played(name), case_of(name)
    held = {(r["resourceType"], r["id"]): r for r in inside(document_of(name))}
    shared = 0
    for at in (1500.0, 2500.0):
        bundle = state_bundle(case, state_at(run.journal, run.models, "trauma", at))
        for resource in inside(bundle):
            known = held.get((resource["resourceType"], resource["id"]))
            if known is not None:
                assert resource == known
                shared += 1
    assert shared > 20


def test_every_high_alert_leads_back_to_what_was_measured_or_decided(name: str) -> None:
    held = inside(document_of(name))
    why = {p["target"][0]["reference"]: p for p in of_type(held, "Provenance")}
    for issue in of_type(held, "DetectedIssue"):
        sources = [e["what"]["reference"] for e in why[f"DetectedIssue/{issue['id']}"]["entity"]]
        assert any(s.startswith("Device/mind-") for s in sources), issue["code"]["text"]
        if issue["identifier"][0]["value"] in ("HAE-01", "BRE-01"):
            assert any(s.startswith("Observation/") for s in sources), issue["code"]["text"]

"""What every kind of twin owes its readers; a new file of twins is held to it at once."""

import json
import re

import pytest

from environment.model.catalogue import DIAGNOSTICS, DRUGS, PROCEDURES
from environment.model.twin import Twin
from environment.model.vitals import of_kind
from environment.twins import kinds

KINDS = kinds()
EXPECTED = {
    "blood_bank", "central_unit", "device", "display", "mind", "monitor", "patient", "person",
    "place", "preh", "record", "room", "session", "trauma", "vehicle", "ventilator",
}  # fmt: skip


def test_the_kinds_of_the_design_are_there() -> None:
    assert set(KINDS) == EXPECTED


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_says_what_it_is_and_what_each_member_means(kind: str) -> None:
    model = KINDS[kind].describe()
    assert model["doc"].endswith(".")
    for group in ("properties", "events", "operations", "links"):
        for name, row in model[group].items():
            assert row["doc"].strip(), f"{kind}.{name} has no words"
    json.dumps(model)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_names_can_be_beliefs_and_units_are_declared(kind: str) -> None:
    twin: type[Twin] = KINDS[kind]
    names = [*twin.properties, *twin.events, *twin.operations]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert len(set(names)) == len(names), "one name, one member"
    for row in of_kind("monitor"):
        if row.key in twin.properties:
            assert twin.properties[row.key].horizon_s == row.horizon_s
            assert twin.properties[row.key].unit == row.unit


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_links_that_carry_values_and_follow_rules_name_declared_links(kind: str) -> None:
    twin = KINDS[kind]
    for declared in twin.properties.values():
        assert set(declared.via) <= set(twin.link_types), declared.name
    for rule in twin.follow_rules:
        assert not rule.rel or rule.rel in twin.link_types


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_guards_have_names_and_words_and_operations_can_be_undone_by_real_ones(kind: str) -> None:
    twin = KINDS[kind]
    for operation in twin.operations.values():
        assert all(guard.name and guard.doc.endswith(".") for guard in operation.guards)
        assert not operation.undo or operation.undo in twin.operations, operation.name


def test_treating_a_patient_is_never_open_to_an_agent() -> None:
    patient = KINDS["patient"]
    for operation in patient.operations.values():
        assert operation.roles, operation.name
        assert "agent" not in operation.roles, operation.name


def test_whatever_the_catalogue_holds_can_be_documented() -> None:
    assert {"orotracheal_intubation", "reboa", "tourniquet", "als"} <= set(PROCEDURES)
    assert {"tranexamic_acid", "noradrenaline", "crystalloid"} <= set(DRUGS)
    assert {"blood_gas", "rotem", "whole_body_ct"} <= set(DIAGNOSTICS)
    operations = set(KINDS["patient"].operations)
    assert {"perform", "start_procedure", "stop_procedure"} <= operations
    assert {"give_drug", "start_infusion", "change_infusion", "stop_infusion"} <= operations
    assert {"give_blood", "examine", "record_finding", "record_injury"} <= operations

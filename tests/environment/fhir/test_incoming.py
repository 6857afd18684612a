"""Observations from outside: what comes in, what is refused, and there and back again."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environment.fhir.bundle import resources
from environment.fhir.case import Case
from environment.fhir.checks import InvalidResourceError, check
from environment.fhir.elements import Resource
from environment.fhir.incoming import facts_of
from environment.fhir.observations import observations
from environment.fhir.states import state_bundle
from environment.model.change import JSON
from environment.model.frame import Reading
from environment.model.vitals import VITALS
from environment.runtime.clock import VirtualClock
from environment.runtime.world import World
from environment.twins import kinds
from tests.environment.fhir.chart import START, Chart, called, inside

CHART = Chart()
SENT: Resource = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
    "subject": {"reference": "Patient/patient"},
    "effectiveDateTime": "2026-01-15T15:10:00+01:00",
    "valueQuantity": {"value": 121, "system": "http://unitsofmeasure.org", "code": "/min"},
}


def sent(**changes: JSON) -> Resource:
    resource = deepcopy(SENT) | changes
    return {key: value for key, value in resource.items() if value is not None}


def test_a_heart_rate_becomes_a_fact_of_the_patient_at_its_time() -> None:
    (fact,) = facts_of(CHART.case, SENT, source="ward")
    assert (fact.twin, fact.member, fact.value, fact.source) == ("patient", "hr", 121.0, "ward")
    assert fact.effective == 600.0  # 14:10 in UTC


def test_a_value_of_a_monitors_metric_comes_from_that_monitor() -> None:
    device = {"reference": "http://example.org/fhir/DeviceMetric/monitor-1-hr"}
    (fact,) = facts_of(CHART.case, sent(device=device), source="gateway")
    assert fact.twin == "monitor_1"


def test_fahrenheit_is_converted() -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]}
    value = {"value": 98.6, "system": "http://unitsofmeasure.org", "code": "[degF]"}
    (fact,) = facts_of(CHART.case, sent(code=code, valueQuantity=value), source="ward")
    assert fact.value == pytest.approx(37.0)


def test_an_absent_value_is_no_fact() -> None:
    reason = {"text": "stale"}
    resource = sent(valueQuantity=None, dataAbsentReason=reason)
    assert facts_of(CHART.case, resource, source="ward") == []


REFUSED: dict[str, tuple[Resource, str]] = {
    "another patient": (
        sent(subject={"reference": "Patient/somebody-else"}),
        "Observation.subject: is about 'Patient/somebody-else'",
    ),
    "nobody": (sent(subject=None), "Observation.subject: is about 'nobody'"),
    "the wrong unit": (
        sent(valueQuantity={**SENT["valueQuantity"], "code": "/h"}),
        "Observation.valueQuantity.code",
    ),
    "no unit": (sent(valueQuantity={"value": 121}), "Observation.valueQuantity.code"),
    "an error taken back": (sent(status="entered-in-error"), "Observation.status"),
    "a day without a time": (sent(effectiveDateTime="2026-01-15"), "needs a date and time"),
    "no time": (sent(effectiveDateTime=None), "needs a date and time"),
    "an unknown code": (
        sent(code={"text": "Shoe size"}),
        "Observation.code: no known value has this code: Shoe size",
    ),
    "less than a number": (
        sent(valueQuantity={**SENT["valueQuantity"], "comparator": "<"}),
        "no comparator",
    ),
    "a text for a number": (sent(valueQuantity=None, valueString="fast"), "wants valueQuantity"),
    "another type": (
        {"resourceType": "Patient", "id": "p"},
        "resourceType: Patient is not an Observation",
    ),
    "a malformed body": (sent(status="banana"), "Observation.status"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses(what: str) -> None:
    resource, says = REFUSED[what]
    with pytest.raises(InvalidResourceError) as refused:
        facts_of(CHART.case, resource, source="ward")
    assert says in str(refused.value)


def readings() -> st.SearchStrategy[tuple[str, JSON]]:
    def values(key: str) -> st.SearchStrategy[tuple[str, JSON]]:
        row = VITALS[key]
        if row.value_type == "boolean":
            return st.tuples(st.just(key), st.booleans())
        if row.value_type == "text":
            return st.tuples(st.just(key), st.sampled_from(["A", "V", "0 Rh+", "AB Rh-"]))
        low, high = row.lowest or 0.0, row.highest or 100.0
        number = st.floats(low, high).map(lambda v: round(v, row.decimals))
        return st.tuples(st.just(key), number)

    return st.sampled_from(sorted(VITALS)).flatmap(values)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(readings(), min_size=1, max_size=6, unique_by=lambda row: row[0]),
    at_ms=st.integers(300_000, 7_200_000),
    on_monitor=st.booleans(),
)
def test_what_goes_out_comes_back_the_same(
    rows: list[tuple[str, JSON]], at_ms: int, on_monitor: bool
) -> None:
    chart, at = Chart(), at_ms / 1000
    kinds = {VITALS[key].kind for key, _ in rows}
    twin = "monitor_1" if on_monitor and kinds == {"monitor"} else "patient"
    found = {}
    for key, value in rows:
        seq = chart.says(twin, key, value, at)
        found[key] = Reading(value, at, at, twin, "good", seq, twin)
    case = chart.case
    back = [
        fact
        for mapped in observations(case, found)
        for fact in facts_of(case, mapped.resource, source="mirror")
    ]
    assert {(f.member, f.value, f.effective, f.twin) for f in back} == {
        (key, value, at, twin) for key, value in rows
    }


async def test_an_observation_from_outside_is_seen_in_the_twins_state() -> None:
    world = World(VirtualClock(START), kinds())
    world.add("patient", "patient")
    case = Case(world.journal, {t: type(twin) for t, twin in world.twins.items()}, START)
    await world.clock.sleep(610)
    for fact in facts_of(case, SENT, source="ward"):
        world.observe(fact)
    bundle = state_bundle(case, world.state("patient"))
    check(bundle)
    (rate,) = called(inside(bundle), "Heart rate")
    assert rate["valueQuantity"]["value"] == 121
    assert rate["effectiveDateTime"] == "2026-01-15T14:10:00Z"
    assert rate["issued"] == "2026-01-15T14:10:10Z"
    await world.clock.sleep(30)  # beyond the horizon of a heart rate
    (rate,) = called(inside(state_bundle(case, world.state("patient"))), "Heart rate")
    assert rate["dataAbsentReason"]["text"] == "stale"


async def test_a_value_beyond_what_can_be_is_refused_by_the_twin_and_audited() -> None:
    world = World(VirtualClock(START), kinds())
    world.add("patient", "patient")
    case = Case(world.journal, {t: type(twin) for t, twin in world.twins.items()}, START)
    value = {**SENT["valueQuantity"], "value": 900}
    (fact,) = facts_of(case, sent(valueQuantity=value), source="ward")
    assert world.observe(fact) is None
    (audit,) = [r for r in resources(case) if r["resourceType"] == "AuditEvent"]
    assert audit["outcome"] == "4"

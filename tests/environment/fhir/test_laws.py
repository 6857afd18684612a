"""Laws of the checks: whatever comes in, they answer; and what is valid stays so."""

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from environment.fhir.bundle import document
from environment.fhir.checks import dangling, problems
from environment.fhir.elements import ID, clean, resource_id
from environment.model.change import JSON
from tests.environment.fhir.chart import Chart

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


def small_document() -> JSON:
    chart = Chart()
    chart.reading("sbp", 84.0, 400)
    chart.says("patient", "allergy", {}, 410)
    value = {"drug": "ketamine", "amount": 80.0, "unit": "mg", "route": "iv", "total": 80.0}
    chart.event("patient", "drug_given", value, 500)
    return document(chart.case)


DOCUMENT = small_document()


def places(value: JSON, at: tuple[JSON, ...] = ()) -> list[tuple[JSON, ...]]:
    """The way to every value inside a document."""
    found = [at] if at else []
    if isinstance(value, dict):
        rows = list(value.items())
    else:
        rows = list(enumerate(value)) if isinstance(value, list) else []
    return found + [p for key, inner in rows for p in places(inner, (*at, key))]


PLACES = places(DOCUMENT)


def changed(at: tuple[JSON, ...], value: JSON) -> JSON:
    resource = deepcopy(DOCUMENT)
    inner = resource
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return resource


@settings(max_examples=150, deadline=None)
@given(at=st.sampled_from(PLACES), value=ANYTHING)
def test_whatever_stands_in_a_document_is_told_and_never_a_crash(
    at: tuple[JSON, ...], value: JSON
) -> None:
    found = changed(at, value)
    told = list(problems(found))
    if not told:
        list(dangling(found))


@settings(max_examples=60, deadline=None)
@given(value=ANYTHING)
def test_what_is_clean_holds_nothing_empty_and_stays_as_it_is(value: JSON) -> None:
    once = clean(value)
    assert clean(once) == once


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_an_id_is_always_an_id(parts: list[str]) -> None:
    assert ID.fullmatch(resource_id(*parts))


def test_the_document_that_the_laws_change_is_valid() -> None:
    assert [str(p) for p in [*problems(DOCUMENT), *dangling(DOCUMENT)]] == []

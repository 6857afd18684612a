"""Laws of terms: order, unification, printing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents.bdi.order import compare, sort_key
from agents.bdi.printing import number_text, term_text
from agents.bdi.syntax import parse_term
from agents.bdi.terms import Atom, Struct, Var, make_list, to_python, to_term
from agents.bdi.unification import copy_term, resolve, undo, unify

NAMES = st.sampled_from(["a", "b", "go", "patient_1"])
LEAVES = st.one_of(
    NAMES.map(Atom),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**53), 2**53).map(float),
    st.text(
        st.characters(
            blacklist_characters="\\\r\n\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e",
            blacklist_categories=["Cs"],
        ),
        max_size=6,
    ),
)


def _structures(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, max_size=3)
    return st.one_of(
        some.map(make_list),
        st.builds(lambda n, args: Struct(n, args), NAMES, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda n, args, ann: Struct(n, args, ann),
            NAMES,
            st.lists(inner, min_size=1, max_size=2),
            st.lists(NAMES.map(Atom), max_size=2),
        ),
    )


GROUND = st.recursive(LEAVES, _structures, max_leaves=8)


def _with_variables(variables: list[Var]) -> st.SearchStrategy[Any]:
    return st.recursive(st.one_of(LEAVES, st.sampled_from(variables)), _structures, max_leaves=6)


@given(GROUND)
def test_printing_and_parsing_gives_the_same_term(term: Any) -> None:
    assert compare(resolve(parse_term(term_text(term))), term) == 0


@given(st.lists(GROUND, max_size=5))
def test_the_order_is_total_and_sorting_is_stable_against_shuffling(terms: list[Any]) -> None:
    once = sorted(terms, key=sort_key)
    backwards = terms[::-1]
    again = sorted(backwards, key=sort_key)
    assert all(compare(a, b) == 0 for a, b in zip(once, again, strict=True))
    assert all(compare(a, b) == -compare(b, a) for a in terms for b in terms)


@given(GROUND)
def test_a_term_unifies_with_itself_and_with_its_copy(term: Any) -> None:
    assert unify(term, copy_term(term), [])


@given(st.data())
def test_what_unifies_is_equal_afterwards_and_undo_takes_it_back(data: st.DataObject) -> None:
    variables = [Var("X"), Var("Y"), Var("Z")]
    plain = st.recursive(
        st.one_of(NAMES.map(Atom), st.sampled_from(variables)),
        lambda inner: st.builds(
            lambda args: Struct("f", args), st.lists(inner, min_size=1, max_size=2)
        ),
        max_leaves=5,
    )
    a, b = data.draw(plain), data.draw(plain)
    trail: list[Any] = []
    unified = unify(a, b, trail)
    try:
        if unified:
            assert compare(resolve(a), resolve(b)) == 0
    except RecursionError:
        pass  # the terms hold themselves now, which is allowed
    undo(trail)
    assert all(v.ref is None for v in variables)
    assert unify(a, b, []) == unified


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_is_read_back_exactly(x: float) -> None:
    assert to_python(resolve(parse_term(number_text(x)))) == x


@given(
    st.recursive(
        st.one_of(st.integers(-1000, 1000), st.text("abc", max_size=3)),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=6,
    )
)
def test_python_values_come_back_as_they_went_in(value: Any) -> None:
    assert to_python(to_term(value)) == value


def test_terms_that_hold_themselves_unify_soon() -> None:
    x, y, z = Var("X"), Var("Y"), Var("Z")
    one = Struct("f", [z, Struct("f", [y, z])])
    other = Struct(
        "f", [y, Struct("f", [Struct("f", [Atom("a"), y]), Struct("f", [Atom("a"), z])])]
    )
    trail: list[Any] = []
    assert unify(one, other, trail)
    assert unify(x, Struct("g", [x]), trail)
    assert unify(x, Struct("g", [Struct("g", [x])]), trail)
    undo(trail)
    assert x.ref is y.ref is z.ref is None

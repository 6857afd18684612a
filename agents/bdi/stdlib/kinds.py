"""What kind of term something is, and taking terms apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.beliefs import SOURCE
from agents.bdi.mailbox import nested
from agents.bdi.order import sorted_annotations
from agents.bdi.stdlib.collections import OrderedMap, OrderedSet
from agents.bdi.terms import (
    EMPTY,
    PLAN,
    Atom,
    Struct,
    Term,
    Var,
    is_list,
    list_items,
    literal_parts,
    make,
    make_list,
)
from agents.bdi.unification import Trail, copy_term, has_free, undo, unify


def _is_plan(term: Term) -> bool:
    return term.__class__ is Struct and term.functor is PLAN


def _is_structure(term: Term) -> bool:
    if is_list(term):
        return True
    return term.__class__ is Struct and (bool(term.args) or term.functor.negated)


def _is_literal(term: Term) -> bool:
    return term.__class__ is Atom or (
        term.__class__ is Struct and not term.functor.name.startswith("{")
    )


_TESTS = {
    ".atom": lambda t: t.__class__ is Atom,
    ".number": lambda t: t.__class__ is float,
    ".string": lambda t: t.__class__ is str,
    ".list": is_list,
    ".literal": _is_literal,
    ".structure": _is_structure,
    ".ground": lambda t: not has_free(t),
    ".empty": lambda t: t is EMPTY or t == "" or (hasattr(t, "size") and t.size() == 0),
}


def _make_test(name: str, test: Any) -> Any:
    @builtin(name, 1)
    def check(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
        """Whether the argument is of this kind."""
        return bool(test(args[0]))

    return check


(
    atom_test,
    number_test,
    string_test,
    list_test,
    literal_test,
    structure_test,
    ground_test,
    empty_test,
) = (_make_test(name, test) for name, test in _TESTS.items())


def kinds_of(term: Term) -> list[str]:
    """The kinds that ``.type`` names, in its order."""
    if term.__class__ is Var:
        return ["free"]
    found = []
    if term.__class__ is float:
        found.append("number")
    if term.__class__ is str:
        found.append("string")
    if term.__class__ is Atom:
        found.append("atom")
    if _is_literal(term):
        found.append("literal")
    if is_list(term):
        found.append("list")
    if _is_structure(term):
        found.append("structure")
    if isinstance(term, OrderedMap):
        found.append("map")
    if isinstance(term, OrderedSet):
        found.append("set")
    if _is_plan(term):
        found.append("plan")
    if not has_free(term):
        found.append("ground")
    return found


@builtin(".type", 2)
def kind(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each kind of the term."""
    mark = len(trail)
    for name in kinds_of(args[0]):
        if unify(args[1], Atom(name), trail):
            yield True
        undo(trail, mark)


@builtin(".copy_term", 2)
def copy(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The term with fresh variables."""
    return unify(args[1], copy_term(args[0]), trail)


@builtin(".rename_apart", 2)
def rename_apart(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The term with fresh variables."""
    return unify(args[1], copy_term(args[0]), trail)


def _each(term: Term, change: Any) -> Term:
    if is_list(term):
        return make_list([change(t) for t in list_items(term)])
    return change(term)


@builtin(".add_annot", 3)
def add_annot(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The literal, or each of a list, with one annotation more."""

    def added(term: Term) -> Term:
        parts = literal_parts(term)
        if parts is None:
            return term
        return make(parts[0], parts[1], sorted_annotations([*parts[2], args[1]]))

    return unify(args[2], _each(args[0], added), trail)


@builtin(".add_nested_source", 3)
def add_nested_source(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The literal as said by a source, its own sources below that one."""
    return unify(args[2], nested(args[0], args[1]), trail)


@builtin(".remove_source_annot", 2)
def remove_source_annot(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The literal without its sources."""

    def removed(term: Term) -> Term:
        parts = literal_parts(term)
        if parts is None:
            return term
        kept = [a for a in parts[2] if not (a.__class__ is Struct and a.functor is SOURCE)]
        return make(parts[0], parts[1], tuple(kept))

    return unify(args[1], _each(args[0], removed), trail)

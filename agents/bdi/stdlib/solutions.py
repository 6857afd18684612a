"""All solutions of a formula."""

from __future__ import annotations

from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.formulas import Question, ask
from agents.bdi.order import sorted_annotations
from agents.bdi.terms import FALSE, TRUE, Term, make_list
from agents.bdi.unification import Trail, copy_term, undo, unify


def _all(ag: Any, term: Term, question: Question, trail: Trail) -> list[Term]:
    mark = len(trail)
    found = [copy_term(term) for _ in ask(ag, question, trail)]
    undo(trail, mark)
    return found


@builtin(".findall", 3)
def findall(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The values of a term over all solutions, in order."""
    return unify(args[2], make_list(_all(ag, args[0], args[1], trail)), trail)


@builtin(".setof", 3)
def setof(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The values of a term over all solutions, sorted, without doubles."""
    found = sorted_annotations(_all(ag, args[0], args[1], trail))
    return unify(args[2], make_list(found), trail)


@builtin(".count", 2)
def count(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """How many solutions there are."""
    mark = len(trail)
    number = 0
    for used in ask(ag, args[0], trail):
        number += 1
        _keep(ag, used)
    undo(trail, mark)
    return unify(args[1], float(number), trail)


@builtin(".eval", 2)
def evaluate(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Whether the formula has a solution, as true or false."""
    mark = len(trail)
    holds = next((True for _ in ask(ag, args[1], trail)), False)
    undo(trail, mark)
    return unify(args[0], TRUE if holds else FALSE, trail)

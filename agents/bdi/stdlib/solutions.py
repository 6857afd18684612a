"""All solutions of a formula."""

from __future__ import annotations

from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.formulas import Question, ask
from agents.bdi.order import sorted_annotations
from agents.bdi.terms import FALSE, TRUE, Term, make_list
from agents.bdi.unification import Trail, copy_term, undo, unify

#: Beliefs remembered behind one collection; more would not be read (engineering default).
MOST_ROWS = 24


def _all(ag: Any, term: Term, question: Question, trail: Trail) -> list[Term]:
    mark = len(trail)
    found = []
    rows: dict[int, Any] = {}
    for used in ask(ag, question, trail):
        found.append(copy_term(term))
        _keep(rows, used)
    undo(trail, mark)
    ag.rested_on[:] = rows.values()
    return found


def _keep(rows: dict[int, Any], used: Any) -> None:
    """Remembers what a solution rests on, for the explanation of who asked."""
    while used is not None and len(rows) < MOST_ROWS:
        row, used = used
        rows[id(row)] = row


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
    rows: dict[int, Any] = {}
    for used in ask(ag, args[0], trail):
        number += 1
        _keep(rows, used)
    undo(trail, mark)
    ag.rested_on[:] = rows.values()
    return unify(args[1], float(number), trail)


@builtin(".eval", 2)
def evaluate(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Whether the formula has a solution, as true or false."""
    mark = len(trail)
    holds = next((True for _ in ask(ag, args[1], trail)), False)
    undo(trail, mark)
    return unify(args[0], TRUE if holds else FALSE, trail)

"""Plans as terms: looking at them, adding and removing them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.failure import StepFailure
from agents.bdi.plan_changes import add_plan, relevant_plans, remove_plan
from agents.bdi.plans import Plan
from agents.bdi.printing import term_text, write_plan
from agents.bdi.terms import (
    EVENT,
    Atom,
    Functor,
    Struct,
    Term,
    Var,
    is_list,
    list_items,
    make,
    make_list,
    struct,
)
from agents.bdi.unification import Trail, copy_term, undo, unify


@builtin(".add_plan", 1, 3, body_only=True)
def add(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Adds a plan, or each of a list, at the end or at the beginning."""
    source = args[1] if len(args) > 1 else Atom("self")
    first = len(args) > 2 and args[2] is Atom("begin")
    items = list_items(args[0]) if is_list(args[0]) else [args[0]]
    for item in reversed(items) if first else items:
        add_plan(ag, item, source, first)
    return True


@builtin(".remove_plan", 1, 2, body_only=True)
def remove(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Removes plans by label, plan term, or a list of them."""
    remove_plan(ag, args[0], args[1] if len(args) > 1 else Atom("self"))
    return True


@builtin(".plan_label", 2)
def plan_label(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """The plan with a label, or the label of a plan."""
    if args[1].__class__ is Atom or args[1].__class__ is Struct:
        plan = ag.library.labels.get(args[1].name)
        return plan is not None and unify(args[0], copy_term(plan.term), trail)
    if args[0].__class__ is Struct:
        same = ag.library.same(args[0])
        return same is not None and unify(args[1], Atom(same.label), trail)
    return _labels(ag.plans, args, trail)


def _labels(plans: list[Plan], args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    mark = len(trail)
    for plan in plans:
        if unify(args[0], copy_term(plan.term), trail) and unify(args[1], Atom(plan.label), trail):
            yield True
        undo(trail, mark)


def _event(term: Term, action: str) -> Struct:
    if term.__class__ is not Struct or term.functor is not EVENT:
        raise StepFailure("wrong_arguments", f"{action}: an event is expected, as in {{+!g(X)}}")
    event: Struct = term
    return event


@builtin(".relevant_plans", 2, 3)
def all_relevant(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The plans for an event, and their labels."""
    found = relevant_plans(ag, _event(args[0], ".relevant_plans"))
    if not unify(args[1], make_list([copy_term(p.term) for p in found]), trail):
        return False
    return len(args) == 2 or unify(args[2], make_list([Atom(p.label) for p in found]), trail)


@builtin(".relevant_plan", 2)
def each_relevant(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each plan for an event."""
    mark = len(trail)
    for plan in relevant_plans(ag, _event(args[0], ".relevant_plan")):
        if unify(args[1], copy_term(plan.term), trail):
            yield True
        undo(trail, mark)


@builtin(".list_plans", 0, 1)
def list_plans(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Prints one plan a line, with where it comes from."""
    plans = relevant_plans(ag, _event(args[0], ".list_plans")) if args else ag.plans
    for plan in plans:
        sources = ag.library.sources[plan.label]
        place = struct("url", f"file:{plan.file}")
        label = (
            make(Functor(plan.label, 0), (), (*plan.label_term.ann, *sources, place))
            if plan.label_term.__class__ is Struct
            else make(Functor(plan.label, 0), (), (*sources, place))
        )
        out: list[str] = []
        write_plan(make(plan.term.functor, (label, *plan.term.args[1:])), out)
        ag.printer("".join(out) + ".")
    return True


@builtin(".get_src_info", 2)
def source_info(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Where a plan stands: ``source(File, Line)``."""
    same = ag.library.same(args[0]) if args[0].__class__ is Struct else None
    return same is not None and unify(
        args[1], struct("source", f"file:{same.file}", float(same.line)), trail
    )


__all__ = ["Var", "term_text"]

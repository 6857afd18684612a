"""Changing the plans of a running agent: adding, removing, and reloading a whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.bdi.beliefs import SOURCE_SELF
from agents.bdi.failure import StepFailure
from agents.bdi.lint import check_plan
from agents.bdi.plans import Plan
from agents.bdi.syntax import parse_plan
from agents.bdi.terms import (
    EVENT,
    NIL_BODY,
    PLAN,
    TRUE,
    Atom,
    Functor,
    Struct,
    Term,
    Var,
    deref,
    list_items,
    literal_parts,
    make,
    struct,
)
from agents.bdi.unification import copy_term, undo, unify

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent


def source_term(source: Term) -> Term:
    """``source(bob)`` for ``bob``."""
    return SOURCE_SELF if source is Atom("self") else struct("source", source)


def _as_plan_term(term: Term) -> Term:
    term = deref(term)
    if term.__class__ is str:
        text = term if term.rstrip().endswith(".") else term + "."
        return parse_plan(text).term
    if term.__class__ is Struct and term.functor is EVENT:
        return make(PLAN, (Var("_"), term, TRUE, NIL_BODY))
    if term.__class__ is not Struct or term.functor is not PLAN:
        raise StepFailure("wrong_arguments", "a plan is expected, as in {@l +!g(X) : c <- b}")
    return term


def label_name(label: Term) -> str | None:
    """The label of a plan term as text, None where it has none."""
    label = deref(label)
    parts = literal_parts(label)
    if parts is None or not parts[0].name:
        return None
    return parts[0].name


def add_plan(ag: Agent, term: Term, source: Term, first: bool) -> Plan:
    """Adds a plan told by a source; an equal one only gains that source."""
    plan_term = copy_term(_as_plan_term(term))
    library = ag.library
    said_by = source_term(source)
    known = library.same(plan_term)
    if known is not None:
        sources = library.sources[known.label]
        if said_by not in sources:
            sources.append(said_by)
        return known
    label = label_name(plan_term.args[0])
    if label is None:
        label = library.new_label()
        labelled: tuple[Term, ...] = (Atom(label), *plan_term.args[1:])
        plan_term = make(PLAN, labelled)
    elif label in library.labels:
        raise StepFailure(
            "internal_action", f".add_plan: the label '{label}' is already that of another plan"
        )
    event = deref(plan_term.args[1])
    file = "self" if source is Atom("self") else source.name
    if event.__class__ is not Struct or event.functor is not EVENT:
        raise StepFailure("wrong_arguments", ".add_plan: the plan has no trigger")
    plan = Plan(plan_term, file=file, line=1, label=label, sources=(said_by,))
    if source is not Atom("self"):
        problem = next(check_plan(plan, ag.actions), None)
        if problem is not None:
            raise StepFailure("internal_action", f".add_plan: {problem}")
    library.add(plan, first)
    return plan


def remove_plan(ag: Agent, which: Term, source: Term) -> None:
    """Takes this source from plans given by label, plan term, or a list of them."""
    which = deref(which)
    items = list_items(which) if which.__class__ is not Atom else [which]
    for item in items or [which]:
        if item.__class__ is Struct and item.functor is PLAN:
            label = label_name(item.args[0])
            if label is None:
                same = ag.library.same(item)
                label = same.label if same is not None else None
        else:
            label = label_name(item)
        if label is not None:
            ag.library.remove(label, source_term(source))


def relevant_plans(ag: Agent, event: Term) -> list[Plan]:
    """The plans whose trigger fits an event term, annotations aside."""
    op, literal = deref(event.args[0]).name, deref(event.args[1])
    if literal.__class__ is Var:
        return [p for p in ag.library.plans if p.op == op]
    parts = literal_parts(literal)
    if parts is None:
        return []
    functor: Functor = parts[0]
    found = []
    candidates = ag.library.trigger(op, functor)
    for plan in candidates.plans[len(candidates.scoped) :]:
        trigger = copy_term(plan.term.args[1])
        own = literal_parts(trigger.args[1])
        if own is None:
            found.append(plan)
            continue
        trail: list[object] = []
        if all(unify(a, b, trail) for a, b in zip(own[1], parts[1], strict=True)):
            found.append(plan)
        undo(trail)
    return found

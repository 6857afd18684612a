"""Beliefs and rules: at a chosen end, and away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.beliefs import SELF, RuleRow, with_source
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import Rule, annotation_ways
from agents.bdi.plans import CAUSE, Causes
from agents.bdi.printing import term_text
from agents.bdi.terms import (
    RULE,
    Atom,
    Struct,
    Term,
    deref,
    literal_parts,
    make,
    make_list,
    struct,
    to_term,
)
from agents.bdi.unification import Trail, copy_term, undo, unify


def _parts(term: Term, action: str) -> Any:
    parts = literal_parts(term)
    if parts is None:
        raise StepFailure("wrong_arguments", f"{action}: {term_text(term)} is no literal")
    return parts


def _assert(ag: Any, term: Term, last: bool, action: str) -> bool:
    term = deref(term)
    if term.__class__ is Struct and term.functor is RULE:
        rule = Rule(copy_term(term), "self", 0)
        pred = ag.beliefs_base.predicate(rule.functor)
        pred.link(RuleRow(pred, rule, SELF), last)
        return True
    functor, args, ann = _parts(term, action)
    cause = ag.current.stack[-1][CAUSE] if ag.current is not None else None
    ag.believe(None, functor, args, with_source(ann), cause, last)
    return True


@builtin(".asserta", 1)
def asserta(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Adds a belief or rule first."""
    return _assert(ag, args[0], False, ".asserta")


@builtin(".assertz", 1)
def assertz(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Adds a belief or rule last."""
    return _assert(ag, args[0], True, ".assertz")


@builtin(".abolish", 1)
def abolish(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Removes all beliefs that unify, whatever their source."""
    functor, patterns, ann = _parts(args[0], ".abolish")
    pred = ag.beliefs_base.predicates.get(functor)
    for row in list(pred or ()):
        if row.rule is not None:
            continue
        own: Trail = []
        fits = all(unify(a, b, own) for a, b in zip(patterns, row.args, strict=True))
        if fits and ann:
            fits = next(annotation_ways(ann, row.ann, [], own), False)
        undo(own)
        if fits:
            ag.beliefs_base.discard(row)
            ag._changed(None, "-", functor, row.args, (), None)
    return True


@builtin(".belief", 1)
def belief(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each stored belief that unifies; rules do not count."""
    functor, patterns, _ann = _parts(args[0], ".belief")
    mark = len(trail)
    for row in list(ag.beliefs_base.predicates.get(functor) or ()):
        if row.rule is None:
            if all(unify(a, b, trail) for a, b in zip(patterns, row.args, strict=True)):
                yield True
            undo(trail, mark)


@builtin(".relevant_rules", 2)
def relevant_rules(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The rules whose head unifies, as terms."""
    functor, patterns, _ann = _parts(args[0], ".relevant_rules")
    found = []
    for row in ag.beliefs_base.predicates.get(functor) or ():
        if row.rule is None:
            continue
        term = copy_term(row.rule.term)
        head = _parts(term.args[0], ".relevant_rules")
        own: Trail = []
        if all(unify(a, b, own) for a, b in zip(head[1], patterns, strict=True)):
            undo(own)
            found.append(term)
        undo(own)
    return unify(args[1], make_list(found), trail)


@builtin(".list_rules", 0)
def list_rules(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Prints one rule a line."""
    for row in ag.beliefs_base:
        if row.rule is not None:
            ag.printer(term_text(row.rule.term)[2:-2] + ".")
    return True


@builtin(".namespace", 1)
def namespace(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each namespace that has beliefs."""
    names = dict.fromkeys(
        p.functor.ns for p in ag.beliefs_base.predicates.values() if p.ring.next is not p.ring
    )
    mark = len(trail)
    for name in names:
        if unify(args[0], Atom(name), trail):
            yield True
        undo(trail, mark)


@builtin(".why", 2)
def why(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """What led to each belief that unifies: a list of because(Kind, Name, Id)."""
    from agents.bdi.why import of_belief

    functor, patterns, ann = _parts(args[0], ".why")
    for row in list(ag.beliefs_base.predicates.get(functor) or ()):
        if row.rule is not None:
            continue
        mark = len(trail)
        chain = make_list(
            [struct("because", Atom(b.kind), b.name, _told(b.id)) for b in of_belief(ag, row)]
        )
        own = make(functor, row.args, row.ann)
        if unify(make(functor, patterns, ann), own, trail) and unify(args[1], chain, trail):
            yield True
        undo(trail, mark)


def _told(number: Any) -> Term:
    """The host's number of a cause as a term."""
    if number is None:
        return Atom("none")
    if number.__class__ is Causes:
        return make_list([_told(n) for n in number])
    return to_term(number)

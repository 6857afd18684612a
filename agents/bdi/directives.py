"""Directives that rewrite clauses: namespaces and the goal patterns dg, bdg, ebdg and bc."""

from __future__ import annotations

from dataclasses import replace

from agents.bdi.formulas import RELATIONS, is_action_name
from agents.bdi.syntax import Clause
from agents.bdi.terms import (
    BODY,
    BRACED,
    DEFAULT_NS,
    EVENT,
    NIL_BODY,
    PLAN,
    RULE,
    TRUE,
    Atom,
    Functor,
    Place,
    Struct,
    Term,
    Var,
    VarLiteral,
    deref,
    literal_parts,
    make,
    struct,
)
from agents.bdi.unification import copy_term

# -- namespaces ----------------------------------------------------------------------------------


def in_namespace(clause: Clause, ns: str) -> Clause:
    """The clause with its literals in a namespace; arguments stay as they are."""
    if clause.kind == "plan":
        label, event, context, body = clause.term.args
        term = make(
            PLAN,
            (
                label,
                make(EVENT, (event.args[0], _literal(event.args[1], ns))),
                _formula(context, ns),
                _body(body, ns),
            ),
        )
        until = None if clause.goal_condition is None else _formula(clause.goal_condition, ns)
        return replace(
            clause,
            term=term,
            goal_condition=until,
            inner=[in_namespace(c, ns) for c in clause.inner],
        )
    if clause.kind == "rule":
        head, formula = clause.term.args
        return replace(clause, term=make(RULE, (_literal(head, ns), _formula(formula, ns))))
    return replace(clause, term=_literal(clause.term, ns))


def _literal(term: Term, ns: str) -> Term:
    if term.__class__ is Atom:
        return make(Functor(term.name, 0, ns), ())
    if term.__class__ is Struct and term.functor.ns == DEFAULT_NS:
        f = term.functor
        return make(Functor(f.name, f.arity, ns, f.negated), term.args, term.ann)
    if term.__class__ is VarLiteral and term.ns is None:
        return VarLiteral(term.var, term.ann, term.negated, ns)
    return term


def _formula(term: Term, ns: str) -> Term:
    parts = literal_parts(term)
    if parts is None or term in (TRUE, Atom("false")):
        return term
    f, args, _ann = parts
    if f.name in ("&", "|", "not"):
        return make(f, tuple([_formula(a, ns) for a in args]))
    if f.name in RELATIONS or is_action_name(f.name) or f.name.startswith("{"):
        return term
    return _literal(term, ns)


def _body(body: Term, ns: str) -> Term:
    body = deref(body)
    if body.__class__ is not Struct or body.functor is not BODY:
        return body
    kind, term, rest, place = body.args
    return make(BODY, (kind, _step(kind.name, term, ns), _body(rest, ns), place))


def _step(kind: str, term: Term, ns: str) -> Term:
    if kind != "act":
        return _formula(term, ns) if kind == "?" else _literal(term, ns)
    if term.__class__ is Struct:
        f = term.functor
        if f is BRACED:
            return make(BRACED, (_body(term.args[0], ns),))
        if f.name in (".if_then_else", ".loop", ".foreach"):
            test, *bodies = term.args
            return make(f, (_formula(test, ns), *[_step("act", b, ns) for b in bodies]))
        if f.name == ".fork":
            return make(f, (term.args[0], *[_step("act", b, ns) for b in term.args[1:]]))
    return term


# -- goal patterns -------------------------------------------------------------------------------


def expand_pattern(
    name: str, args: tuple[Term, ...], inner: list[Clause], line: int
) -> list[Clause] | None:
    """The clauses that a goal pattern stands for, None for an unknown one."""
    parts = literal_parts(args[0]) if args else None
    if name not in ("dg", "bdg", "ebdg", "bc") or parts is None:
        return None
    goal = args[0]

    def fresh() -> Term:
        return copy_term(goal)

    def plan(op: str, literal: Term, context: Term, *steps: tuple[str, Term]) -> Clause:
        body: Term = NIL_BODY
        for kind, term in reversed(steps):
            body = make(BODY, (Atom(kind), term, body, Place(line)))
        event = make(EVENT, (Atom(op), literal))
        return Clause("plan", make(PLAN, (Var("_"), event, context, body)), line)

    g = fresh()
    clauses = [plan("+!", g, g)]
    mark = f"p__{parts[0].name}"
    number = 0
    for clause in inner:
        if clause.kind != "plan" or clause.term.args[1].args[0].name != "+!":
            clauses.append(clause)
            continue
        label, event, context, body = clause.term.args
        literal = event.args[1]
        body = _append(body, ("?", literal), line)
        if name == "ebdg":
            number += 1
            tried = struct(mark, float(number), literal)
            unless = struct("not", tried)
            context = unless if context is TRUE else struct("&", unless, context)
            body = make(BODY, (Atom("+"), tried, body, Place(clause.line)))
        clauses.append(replace(clause, term=make(PLAN, (label, event, context, body))))
    if name in ("bdg", "ebdg"):
        g = fresh()
        clauses.append(plan("-!", g, TRUE, ("!", g)))
    if name == "bc":
        other = args[1].name if len(args) > 1 and args[1].__class__ is Atom else "bdg"
        if other == "bdg":
            g = fresh()
            clauses.append(plan("-!", g, TRUE, ("!", g)))
        g = fresh()
        clauses.append(plan("+!", g, TRUE, ("!", g)))
    g = fresh()
    done: list[tuple[str, Term]] = [("act", struct(".succeed_goal", g))]
    if name == "ebdg":
        done.insert(0, ("act", struct(".abolish", struct(mark, Var("_"), g))))
        h = fresh()
        clauses.append(plan("+", g, TRUE, *done))
        clauses.append(plan("-", h, TRUE, ("act", struct(".abolish", struct(mark, Var("_"), h)))))
    else:
        clauses.append(plan("+", g, TRUE, *done))
    return clauses


def _append(body: Term, step: tuple[str, Term], line: int) -> Term:
    body = deref(body)
    if body.__class__ is Struct and body.functor is BODY:
        return make(
            BODY, (body.args[0], body.args[1], _append(body.args[2], step, line), body.args[3])
        )
    last = make(BODY, (Atom(step[0]), step[1], NIL_BODY, Place(line)))
    if body is NIL_BODY:
        return last
    return make(BODY, (Atom("act"), body, last, Place(line)))

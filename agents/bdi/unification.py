"""Unification, copying and the search for free variables.

``unify(a, b, trail)`` makes the annotations on the left a subset of those on the right. What it
binds it notes in the trail, so that ``undo`` can take it back: a cell, or (frame, slot).

Long because every kind of term has its case in unification, in the search and in copying.
"""

from __future__ import annotations

from typing import Any

from agents.bdi.arithmetic import evaluate
from agents.bdi.order import compare, sorted_annotations
from agents.bdi.terms import (
    BODY,
    BRACED,
    EMPTY,
    NIL_BODY,
    Atom,
    Cons,
    Functor,
    OpenNamespace,
    Place,
    Struct,
    Tail,
    Term,
    Var,
    VarLiteral,
    deref,
    list_items,
    make,
    make_list,
)

# Engineering default: after so many pairs of open terms, those met again count as cyclic.
OPEN_PAIRS = 1_000
Trail = list[Any]  # cells, and pairs of a frame and the index of a slot


def undo(trail: Trail, mark: int = 0) -> None:
    """Takes back every binding noted after ``mark``."""
    while len(trail) > mark:
        noted = trail.pop()
        if noted.__class__ is tuple:
            noted[0][noted[1]] = None
        else:
            noted.ref = None


def unify(a: Term, b: Term, trail: Trail) -> bool:
    """Makes two terms equal if it can; on failure its bindings are undone."""
    mark = len(trail)
    if _unify(a, b, trail):
        return True
    undo(trail, mark)
    return False


def _unify(a: Term, b: Term, trail: Trail) -> bool:
    todo: list[tuple[Term, Term]] = []
    patience = OPEN_PAIRS
    seen: set[tuple[int, int]] = set()  # of pairs met since then: terms that hold themselves
    while True:
        if a.__class__ is Var:
            a = deref(a)
        if b.__class__ is Var:
            b = deref(b)
        if a is not b:
            ca, cb = a.__class__, b.__class__
            if ca is Var:
                if cb is VarLiteral:
                    b = resolve(b)
                a.ref = b
                trail.append(a)
            elif cb is Var:
                if ca is VarLiteral:
                    a = resolve(a)
                b.ref = a
                trail.append(b)
            elif ca is Struct and cb is Struct:
                if a.functor is not b.functor:
                    if not (a.functor.arithmetic or b.functor.arithmetic):
                        return False
                    if not _unify_expressions(a, b):
                        return False
                elif a.functor is BRACED:
                    if not _unify_bodies(a.args[0], b.args[0], trail):
                        return False
                else:
                    if a.ann and not unify_annotations(a.ann, b.ann, trail):
                        return False
                    if not a.ground and not b.ground:
                        patience -= 1
                        if patience < 0:
                            pair = (id(a), id(b))
                            if pair in seen:  # agreed so far, and will go on so
                                if not todo:
                                    return True
                                a, b = todo.pop()
                                continue
                            seen.add(pair)
                    todo.extend(zip(a.args, b.args, strict=True))
            elif ca is Cons:
                if cb is not Cons:
                    return False
                todo.append((a.tail, b.tail))
                a, b = a.head, b.head
                continue
            elif not _unify_odd(a, b, trail):
                return False
        if not todo:
            return True
        a, b = todo.pop()


def _unify_expressions(a: Term, b: Term) -> bool:
    x, y = evaluate(a), evaluate(b)
    return (x is not a or y is not b) and compare(x, y) == 0


def _unify_odd(a: Term, b: Term, trail: Trail) -> bool:
    ca, cb = a.__class__, b.__class__
    if ca is float or ca is str or cb is float or cb is str:
        if ca is Struct and a.functor.arithmetic:
            return bool(evaluate(a) == b)
        if cb is Struct and b.functor.arithmetic:
            return bool(evaluate(b) == a)
        return bool(a == b)
    if ca is VarLiteral or cb is VarLiteral:
        return _unify_var_literal(a, b, trail)
    if ca is OpenNamespace or cb is OpenNamespace:
        return _unify_namespaces(a, b, trail)
    if ca is Atom and cb is Struct:  # a = a[k]
        return b.functor is Functor(a.name, 0)
    if ca is Struct and cb is Atom:
        if a.functor is not Functor(b.name, 0):
            return False
        return not a.ann or unify_annotations(a.ann, (), trail)
    if ca is Atom or cb is Atom:
        return False
    return bool(a == b)


def _unify_var_literal(a: Term, b: Term, trail: Trail) -> bool:
    """``X[a|R] = p[a,b]``: the annotations by their rule, the variable to what is left."""
    x, y = resolve(a), resolve(b)
    if x.__class__ is not VarLiteral and y.__class__ is not VarLiteral:
        return _unify(x, y, trail)
    if x.__class__ is VarLiteral and y.__class__ is VarLiteral:
        return (
            x.negated == y.negated
            and unify_annotations(x.ann, y.ann, trail)
            and _unify(x.var, y.var, trail)
        )
    pattern, other = (x, y) if x.__class__ is VarLiteral else (y, x)
    if other.__class__ is Var:
        other.ref = pattern
        trail.append(other)
        return True
    if other.__class__ is Atom:
        functor, args, ann = Functor(other.name, 0), (), ()
    elif other.__class__ is Struct:
        functor, args, ann = other.functor, other.args, other.ann
    else:
        return False
    if pattern.negated:
        if not functor.negated:
            return False
        functor = Functor(functor.name, functor.arity, functor.ns, False)
    if pattern.ns is not None:
        if not _unify(
            Atom(pattern.ns) if isinstance(pattern.ns, str) else pattern.ns, Atom(functor.ns), trail
        ):
            return False
        functor = Functor(functor.name, functor.arity, "default", functor.negated)
    if not pattern.ann:
        return _unify(pattern.var, make(functor, args, ann), trail)
    left, right = (pattern.ann, ann) if pattern is x else (ann, pattern.ann)
    return unify_annotations(left, right, trail) and _unify(
        pattern.var, make(functor, args, ()), trail
    )


def _unify_namespaces(a: Term, b: Term, trail: Trail) -> bool:
    if a.__class__ is OpenNamespace and b.__class__ is OpenNamespace:
        return _unify(a.ns, b.ns, trail) and _unify(a.literal, b.literal, trail)
    opened, other = (a, b) if a.__class__ is OpenNamespace else (b, a)
    if other.__class__ is Atom:
        return _unify(opened.ns, Atom("default"), trail) and _unify(opened.literal, other, trail)
    if other.__class__ is not Struct:
        return False
    f = other.functor
    plain = make(Functor(f.name, f.arity, "default", f.negated), other.args, other.ann)
    return _unify(opened.ns, Atom(f.ns), trail) and (
        _unify(opened.literal, plain, trail)
        if opened is a
        else _unify(plain, opened.literal, trail)
    )


def _unify_bodies(a: Term, b: Term, trail: Trail) -> bool:
    """``{H;R} = {!a; b; ?c}``: a bare variable takes one step, at the end all that is left."""
    while True:
        a, b = deref(a), deref(b)
        if a.__class__ is not Struct or a.functor is not BODY:
            if a is NIL_BODY or b.__class__ is Var:
                return a is b or _unify(a, b, trail)
            return _unify(a, make(BRACED, (b,)), trail)
        variable = deref(a.args[1])
        if a.args[0].name == "act" and variable.__class__ is Var:
            rest = deref(a.args[2])
            if rest is NIL_BODY:
                return _unify(variable, make(BRACED, (b,)), trail)
            if b.__class__ is not Struct or b.functor is not BODY:
                return False
            head = make(BODY, (b.args[0], b.args[1], NIL_BODY, b.args[3]))
            if not _unify(variable, head, trail):
                return False
        else:
            if b.__class__ is not Struct or b.functor is not BODY:
                return False
            if a.args[0] is not b.args[0] or not _unify(a.args[1], b.args[1], trail):
                return False
        a, b = a.args[2], b.args[2]


def unify_annotations(left: tuple[Term, ...], right: tuple[Term, ...], trail: Trail) -> bool:
    """Every annotation on the left with one on the right; a tail takes the rest."""
    if left and left[-1].__class__ is Tail:
        tail = left[-1].var
        left = left[:-1]
    else:
        tail = None
    rest = list(right)
    extra: Term = None
    if rest and rest[-1].__class__ is Tail:
        extra = rest.pop().var
    missing = []
    for a in left:
        for i, b in enumerate(rest):
            if unify(a, b, trail):
                del rest[i]
                break
        else:
            missing.append(a)
    if missing and (extra is None or not _unify(make_list(missing), extra, trail)):
        return False
    return tail is None or _unify(tail, make_list(rest), trail)


def has_free(term: Term) -> bool:
    """Whether an unbound variable is reachable from the term."""
    todo = [term]
    seen: set[int] = set()  # identities, for membership only: a term may hold itself
    while todo:
        term = deref(todo.pop())
        cls = term.__class__
        if cls is float or cls is str or cls is Atom:
            continue
        if cls is Var:
            return True
        if id(term) in seen:
            continue
        if cls is Struct:
            if not term.ground:
                seen.add(id(term))
                todo.extend(term.args)
                todo.extend(term.ann)
        elif cls is Cons:
            if not term.ground:
                todo.append(term.tail)
                todo.append(term.head)
        elif cls is VarLiteral:
            todo.append(term.var)
            todo.extend(term.ann)
        elif cls is Tail:
            todo.append(term.var)
        elif cls is OpenNamespace:
            todo.append(term.ns)
            todo.append(term.literal)
    return False


def free_cells(terms: Any) -> list[Var]:
    """The unbound variables reachable from the terms, each once, in order."""
    found: list[Var] = []
    seen: set[int] = set()  # identities, for membership only
    todo = list(terms)
    todo.reverse()
    while todo:
        term = deref(todo.pop())
        cls = term.__class__
        if cls is float or cls is str or cls is Atom or term is None:
            continue
        if cls is Var:
            if id(term) not in seen:
                seen.add(id(term))
                found.append(term)
        elif cls is Struct:
            if not term.ground and id(term) not in seen:
                seen.add(id(term))
                todo.extend(reversed(term.ann))
                todo.extend(reversed(term.args))
        elif cls is Cons:
            if not term.ground and id(term) not in seen:
                seen.add(id(term))
                todo.append(term.tail)
                todo.append(term.head)
        elif cls is VarLiteral:
            todo.extend(reversed(term.ann))
            todo.append(term.var)
        elif cls is Tail:
            todo.append(term.var)
        elif cls is OpenNamespace:
            todo.append(term.literal)
            todo.append(term.ns)
    return found


def resolve(term: Term) -> Term:
    """The term with bound variables replaced and expressions evaluated; free ones stay."""
    return _rebuild(term, None)


def copy_term(term: Term, fresh: dict[int, Var] | None = None) -> Term:
    """The term with its free variables replaced by new ones, the same ones for the same."""
    return _rebuild(term, {} if fresh is None else fresh)


_renamed = [0]


def fresh_variable(name: str) -> Var:
    """A variable for a renamed copy."""
    return Var(name)


def _rebuild(term: Term, fresh: dict[int, Var] | None) -> Term:
    term = deref(term)
    cls = term.__class__
    if cls is float or cls is str or cls is Atom:
        return term
    if cls is Var:
        if fresh is None:
            return term
        known = fresh.get(id(term))
        if known is None:
            known = fresh[id(term)] = fresh_variable(term.name)
        return known
    if cls is Struct:
        if term.ground:
            return term
        args = tuple([_rebuild(a, fresh) for a in term.args])
        if term.functor.arithmetic:
            from agents.bdi.arithmetic import apply

            return apply(term.functor.name, args, make(term.functor, args))
        ann = merge_annotations(tuple([_rebuild(a, fresh) for a in term.ann]))
        return make(term.functor, args, ann)
    if cls is Cons:
        if term.ground:
            return term
        items = []
        while term.__class__ is Cons and not term.ground:
            items.append(_rebuild(term.head, fresh))
            term = deref(term.tail)
        return make_list(items, _rebuild(term, fresh))
    if cls is Tail:
        return Tail(_rebuild(term.var, fresh))
    if cls is VarLiteral:
        ns = term.ns if term.ns is None or isinstance(term.ns, str) else _rebuild(term.ns, fresh)
        ann = tuple([_rebuild(a, fresh) for a in term.ann])
        return with_literal(_rebuild(term.var, fresh), ann, term.negated, ns)
    if cls is OpenNamespace:
        return in_namespace(_rebuild(term.ns, fresh), _rebuild(term.literal, fresh))
    return term


def in_namespace(ns: Term, literal: Term) -> Term:
    """The literal in a namespace that may still be unknown."""
    if ns.__class__ is not Atom:
        return OpenNamespace(ns, literal)
    if literal.__class__ is Atom:
        return make(Functor(literal.name, 0, ns.name), ())
    if literal.__class__ is Struct:
        f = literal.functor
        return make(Functor(f.name, f.arity, ns.name, f.negated), literal.args, literal.ann)
    return literal


def with_literal(value: Term, ann: tuple[Term, ...], negated: bool, ns: Term) -> Term:
    """``X[ann]`` once ``X`` is known; the pattern itself while it is not."""
    if value.__class__ is Struct:
        functor, args, own = value.functor, value.args, value.ann
    elif value.__class__ is Atom:
        functor, args, own = Functor(value.name, 0), (), ()
    else:
        return VarLiteral(value, ann, negated, ns)
    if negated:
        functor = Functor(functor.name, functor.arity, functor.ns, not functor.negated)
    if isinstance(ns, str) or ns.__class__ is Atom:
        name = ns if isinstance(ns, str) else ns.name
        functor = Functor(functor.name, functor.arity, name, functor.negated)
    return make(functor, args, merge_annotations(own + ann) if ann else own)


def merge_annotations(ann: tuple[Term, ...]) -> tuple[Term, ...]:
    """Annotations in order, with the elements of a tail that is known put among them."""
    if not ann:
        return ann
    if ann[-1].__class__ is Tail:
        tail = deref(ann[-1].var)
        if tail.__class__ is Cons or tail is EMPTY:
            ann = ann[:-1] + tuple(list_items(tail))
        elif tail.__class__ is not Var:
            ann = ann[:-1]
    return sorted_annotations(ann) if len(ann) > 1 else ann


__all__ = [
    "Place",
    "Trail",
    "copy_term",
    "free_cells",
    "has_free",
    "in_namespace",
    "merge_annotations",
    "resolve",
    "undo",
    "unify",
    "unify_annotations",
    "with_literal",
]

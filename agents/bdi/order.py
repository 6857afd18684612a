"""The standard order of terms: number < string < list < atom, structure < variable.

Loops with a stack of their own, since terms may be deeper than Python's stack.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key
from itertools import count

from agents.bdi.terms import (
    DEFAULT_NS,
    EMPTY,
    Atom,
    Cons,
    Functor,
    OpenNamespace,
    Place,
    Slot,
    Struct,
    Tail,
    Term,
    Var,
    VarLiteral,
    deref,
)


def _rank(term: Term) -> int:
    cls = term.__class__
    if cls is float:
        return 0
    if cls is str:
        return 1
    if cls is Cons or term is EMPTY:
        return 2
    if cls is Atom or cls is Struct:
        return 3
    if cls is Var or cls is Slot:
        return 5
    return 4


def _head(term: Term) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
    if term.__class__ is Struct:
        return term.functor, term.args, term.ann
    return Functor(term.name, 0), (), ()


def compare(a: Term, b: Term) -> int:
    """-1, 0 or 1, as ``a`` stands before, beside or after ``b``."""
    todo = [(a, b)]
    patience = 200_000  # pairs with variables; engineering default: a cyclic term must not hang
    while todo:
        a, b = todo.pop()
        a, b = deref(a), deref(b)
        if a is b:
            continue
        rank, other = _rank(a), _rank(b)
        if rank != other:
            return -1 if rank < other else 1
        if rank <= 1:
            if a == b:
                continue
            return -1 if a < b else 1
        if rank == 2:
            if a is EMPTY:
                return -1
            if b is EMPTY:
                return 1
            todo.append((a.tail, b.tail))
            todo.append((a.head, b.head))
        elif rank == 3:
            if a.__class__ is Struct and not a.ground:
                patience -= 1
                if not patience:
                    return 0
            result = _compare_heads(a, b, todo)
            if result:
                return result
        else:
            result = _compare_others(a, b, todo)
            if result:
                return result
    return 0


def _compare_heads(a: Term, b: Term, todo: list[tuple[Term, Term]]) -> int:
    fa, args_a, ann_a = _head(a)
    fb, args_b, ann_b = _head(b)
    if fa is not fb:
        name_a, name_b = (fa.ns, fa.name, fa.negated), (fb.ns, fb.name, fb.negated)
        if name_a != name_b:
            return -1 if name_a < name_b else 1
    common = min(len(args_a), len(args_b))
    later: list[tuple[Term, Term]] = list(zip(args_a, args_b, strict=False))
    if len(args_a) != len(args_b):
        for x, y in later[:common]:
            result = compare(x, y)
            if result:
                return result
        return -1 if len(args_a) < len(args_b) else 1
    if ann_a or ann_b:
        later.extend(zip(ann_a, ann_b, strict=False))
        if len(ann_a) != len(ann_b):
            for x, y in later:
                result = compare(x, y)
                if result:
                    return result
            return -1 if len(ann_a) < len(ann_b) else 1
    later.reverse()
    todo.extend(later)
    return 0


def _compare_others(a: Term, b: Term, todo: list[tuple[Term, Term]]) -> int:
    if a.__class__ is b.__class__:
        if a.__class__ is Place:
            return 0
        if a.__class__ is Var or a.__class__ is Slot:
            if a.__class__ is Slot and a.index == b.index:
                return 0
            return -1 if (a.name, id_order(a)) < (b.name, id_order(b)) else 1
        if a.__class__ is Tail:
            todo.append((a.var, b.var))
            return 0
        if a.__class__ is VarLiteral:
            if a.negated != b.negated or len(a.ann) != len(b.ann):
                return -1 if (a.negated, len(a.ann)) < (b.negated, len(b.ann)) else 1
            todo.extend(zip(a.ann, b.ann, strict=True))
            todo.append((a.var, b.var))
            return 0
        if a.__class__ is OpenNamespace:
            todo.append((a.literal, b.literal))
            todo.append((a.ns, b.ns))
            return 0
    if a == b:
        return 0
    x, y = str(a), str(b)
    return -1 if x < y else 1


_serials = count(1)


def id_order(var: Term) -> int:
    """A number that tells two variables of one name apart."""
    if var.__class__ is Slot:
        index: int = var.index
        return index
    if not var.serial:
        var.serial = next(_serials)
    serial: int = var.serial
    return serial


def equal(a: Term, b: Term) -> bool:
    """Structural equality, annotations included; nothing is bound."""
    return compare(a, b) == 0


sort_key = cmp_to_key(compare)


def _annotation_key(term: Term) -> tuple[str, str, bool] | None:
    if term.__class__ is Struct:
        functor = term.functor
        return functor.ns, functor.name, functor.negated
    return (DEFAULT_NS, term.name, False) if term.__class__ is Atom else None


def _first(pair: tuple[tuple[str, str, bool] | None, Term]) -> tuple[str, str, bool]:
    assert pair[0] is not None
    return pair[0]


def sorted_annotations(ann: Iterable[Term]) -> tuple[Term, ...]:
    """The annotations as a set in standard order; a tail stays last."""
    items = [deref(a) for a in ann]
    tail: list[Term] = []
    if items and items[-1].__class__ is Tail:
        tail = [items.pop()]
    if len(items) > 1:
        keys = [_annotation_key(item) for item in items]
        if None not in keys and len(set(keys)) == len(keys):  # the names alone decide
            items = [item for _, item in sorted(zip(keys, items, strict=True), key=_first)]
            return tuple(items + tail)
        items.sort(key=sort_key)
        unique = [items[0]]
        for item in items[1:]:
            if compare(unique[-1], item):
                unique.append(item)
        items = unique
    return tuple(items + tail)

"""Templates: terms of a clause with numbered variables, and how a frame fills them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.bdi.arithmetic import apply
from agents.bdi.terms import (
    BRACED,
    Atom,
    Cons,
    OpenNamespace,
    Slot,
    Struct,
    Tail,
    Term,
    Var,
    VarLiteral,
    deref,
    make,
    make_list,
)
from agents.bdi.unification import (
    Trail,
    in_namespace,
    merge_annotations,
    resolve,
    unify,
    with_literal,
)

if TYPE_CHECKING:
    pass


Frame = list[Any]


class SlotNumbers:
    """Gives each variable of a clause its place in the frame."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.slots: dict[int, Slot] = {}
        self.names: list[str] = []
        self._keep: list[Var] = []  # so that no identity is used twice

    @property
    def size(self) -> int:
        """How long the frame is."""
        return self.base + len(self.names)

    def slot(self, var: Var) -> Slot:
        """The slot of a variable."""
        known = self.slots.get(id(var))
        if known is None:
            known = self.slots[id(var)] = Slot(self.size, var.name)
            self.names.append(var.name)
            self._keep.append(var)
        return known

    def template(self, term: Term) -> Term:
        """The term with its free variables replaced by slots."""
        term = deref(term)
        cls = term.__class__
        if cls is Var:
            return self.slot(term)
        if cls is Struct:
            if term.ground:
                return term
            args = tuple([self.template(a) for a in term.args])
            return make(term.functor, args, tuple([self.template(a) for a in term.ann]))
        if cls is Cons:
            items = []
            while term.__class__ is Cons:
                items.append(self.template(term.head))
                term = deref(term.tail)
            return make_list(items, self.template(term))
        if cls is Tail:
            return Tail(self.template(term.var))
        if cls is VarLiteral:
            ann = tuple([self.template(a) for a in term.ann])
            return VarLiteral(self.template(term.var), ann, term.negated, term.ns)
        if cls is OpenNamespace:
            return OpenNamespace(self.template(term.ns), self.template(term.literal))
        return term


def build(t: Term, env: Frame) -> Term:
    """A term from its template: slots filled, expressions evaluated."""
    cls = t.__class__
    if cls is Slot:
        value = env[t.index]
        if value is None:
            value = env[t.index] = Var(t.name)
            return value
        if value.__class__ is Var:
            value = deref(value)
        if value.__class__ is Struct and not value.ground:
            return resolve(value)
        return value
    if cls is Struct:
        if t.ground:
            return t
        functor = t.functor
        args = tuple([build(a, env) for a in t.args])
        if functor.arithmetic:
            return apply(functor.name, args, make(functor, args))
        if not t.ann:
            return make(functor, args)
        return make(functor, args, merge_annotations(tuple([build(a, env) for a in t.ann])))
    if cls is Cons:
        if t.ground:
            return t
        items = []
        while t.__class__ is Cons:
            items.append(build(t.head, env))
            t = t.tail
        return make_list(items, build(t, env))
    if cls is Var:
        return resolve(t)
    if cls is Tail:
        return Tail(build(t.var, env))
    if cls is VarLiteral:
        return with_literal(
            build(t.var, env), tuple([build(a, env) for a in t.ann]), t.negated, t.ns
        )
    if cls is OpenNamespace:
        return in_namespace(build(t.ns, env), build(t.literal, env))
    return t


def build_annotations(ann: tuple[Term, ...], env: Frame) -> tuple[Term, ...]:
    """Annotations from their templates."""
    if not ann:
        return ()
    return merge_annotations(tuple([build(a, env) for a in ann]))


def match(t: Term, env: Frame, value: Term, trail: Trail) -> bool:
    """Unifies a template with a term; bindings stay noted in the trail even on failure."""
    cls = t.__class__
    if cls is Slot:
        known = env[t.index]
        if known is None:
            env[t.index] = deref(value)
            trail.append((env, t.index))
            return True
        return unify(known, value, trail)
    if value.__class__ is Var:
        value = deref(value)
    if cls is float or cls is str:
        if value.__class__ is cls:
            return bool(t == value)
        return unify(t, value, trail)
    if cls is Atom:
        return t is value or (value.__class__ is not Atom and unify(t, value, trail))
    if cls is Struct and not t.ground and value.__class__ is Struct and not t.ann:
        functor = t.functor
        if functor.arithmetic or value.functor.arithmetic or functor is BRACED:
            return unify(build(t, env), value, trail)
        if functor is not value.functor:
            return False
        return all(match(a, env, b, trail) for a, b in zip(t.args, value.args, strict=True))
    if cls is Cons and not t.ground:
        while t.__class__ is Cons and value.__class__ is Cons:
            if not match(t.head, env, value.head, trail):
                return False
            t = t.tail
            value = deref(value.tail)
        if t.__class__ is not Cons:
            return match(t, env, value, trail)
        if value.__class__ is not Var:
            return False
    return unify(build(t, env), value, trail)


def lookups(args: tuple[Term, ...], env: Frame) -> tuple[Term, ...]:
    """What is known of the arguments of a query, to choose its rows; None for the unknown."""
    known = []
    for t in args:
        cls = t.__class__
        if cls is Slot:
            t = env[t.index]
            if t.__class__ is Var:
                t = deref(t)
            known.append(t)
        elif cls is Var:
            known.append(deref(t))
        elif cls is Struct and not t.ground:
            known.append(build(t, env))
        else:
            known.append(t)
    return tuple(known)

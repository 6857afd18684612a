"""The belief base: rows in order, by identity, and by first argument.

Per predicate there is a ring (the order), a dictionary from arguments to belief (identity), and,
from the first query that can use it, an index of the first argument.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from agents.bdi.order import sorted_annotations
from agents.bdi.terms import (
    Atom,
    Functor,
    Struct,
    Term,
    all_ground,
    deref,
    is_ground,
    make,
    source_of,
)
from agents.bdi.unification import Trail, unify

SOURCE = Functor("source", 1)
SOURCE_SELF = source_of(Atom("self"))
SOURCE_PERCEPT = source_of(Atom("percept"))
SELF = (SOURCE_SELF,)  # the annotations of a mental note; one constant, compared with `is`
INDEX_FROM = 8  # engineering default: below this many rows a walk is as fast as an index


class Belief:
    """One row: arguments, annotations, and what led to it."""

    __slots__ = ("ann", "args", "cause", "keys", "made", "next", "pred", "prev")

    rule = None

    def __init__(
        self,
        pred: Predicate | None,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
        made: Any = None,
    ) -> None:
        self.pred = pred
        self.args = args
        self.ann = ann
        self.cause = cause
        self.made = made  # the step that noted it
        self.keys: list[Hashable] | None = None  # percept keys that support it
        self.prev: Any = self
        self.next: Any = self

    def term(self) -> Term:
        """The belief as a literal with its annotations."""
        assert self.pred is not None
        return make(self.pred.functor, self.args, self.ann)


class RuleRow:
    """A rule in its place among the beliefs of its predicate."""

    __slots__ = ("ann", "args", "cause", "keys", "next", "pred", "prev", "rule")

    def __init__(self, pred: Predicate, rule: Any, ann: tuple[Term, ...]) -> None:
        self.pred = pred
        self.args: tuple[Term, ...] = ()
        self.ann = ann
        self.cause = None
        self.keys = None
        self.rule = rule
        self.prev: Any = self
        self.next: Any = self


class Predicate:
    """All beliefs and rules with one functor."""

    __slots__ = ("by_args", "by_first", "functor", "odd", "ring")

    def __init__(self, functor: Functor) -> None:
        self.functor = functor
        self.by_args: dict[tuple[Term, ...], Belief] = {}
        # Most first arguments have one row: it stands for itself, several in a list, last first.
        self.by_first: dict[Term, Belief | list[Belief]] | None = None
        self.odd = 0  # rows that only a walk finds: rules, and beliefs with variables
        self.ring = Belief(None, (), (), None)

    def __iter__(self) -> Iterator[Any]:
        ring = self.ring
        row = ring.next
        while row is not ring:
            following = row.next
            yield row
            row = following

    def link(self, row: Any, last: bool) -> None:
        """Puts a row first or last."""
        ring = self.ring
        if last:
            row.prev, row.next = ring.prev, ring
        else:
            row.prev, row.next = ring, ring.next
        row.prev.next = row
        row.next.prev = row
        if row.rule is not None or not _is_plain(row.args):
            self.odd += 1
            return
        self.by_args[row.args] = row
        index = self.by_first
        if index is not None:
            _enter(index, row, last)

    def unlink(self, row: Any) -> None:
        """Takes a row out."""
        row.prev.next = row.next
        row.next.prev = row.prev
        if row.rule is not None or not _is_plain(row.args):
            self.odd -= 1
            return
        del self.by_args[row.args]
        index = self.by_first
        if index is not None:
            first = row.args[0]
            rows = index[first]
            if not isinstance(rows, list):
                del index[first]
            else:
                rows.remove(row)
                if len(rows) == 1:
                    index[first] = rows[0]

    def first_index(self) -> dict[Term, Belief | list[Belief]]:
        """Rows by first argument, each list in reverse order so that a new row is appended."""
        index = self.by_first
        if index is None:
            index = self.by_first = {}
            row = self.ring.prev
            while row is not self.ring:
                if row.rule is None and row.args:
                    _enter(index, row, last=False)
                row = row.prev
        return index

    def rows(self, args: tuple[Term, ...]) -> Any:
        """The rows that may match arguments (dereferenced; None for an unbound one)."""
        by_args = self.by_args
        if self.odd:
            return iter(self)
        if not by_args:
            return ()
        flat = True
        for a in args:
            cls = a.__class__
            if cls is not Atom and cls is not float and cls is not str:
                flat = False
                break
        if flat:
            row = by_args.get(args)
            return () if row is None else (row,)
        if len(args) > 1 and len(by_args) > INDEX_FROM:
            first = args[0]
            cls = first.__class__
            if cls is Atom or cls is float or cls is str:
                found = self.first_index().get(first)
                if found.__class__ is list:
                    return reversed(found)
                return () if found is None else (found,)
        return iter(self)


def _enter(index: dict[Term, Belief | list[Belief]], row: Belief, last: bool) -> None:
    """Puts a row first or last among those with its first argument."""
    first = row.args[0]
    rows = index.get(first)
    if rows is None:
        index[first] = row
    elif not isinstance(rows, list):
        index[first] = [row, rows] if last else [rows, row]
    elif last:
        rows.insert(0, row)
    else:
        rows.append(row)


def _is_plain(args: tuple[Term, ...]) -> bool:
    """Whether a dictionary finds the row: no variables, no bare name with annotations."""
    for a in args:
        cls = a.__class__
        if cls is float or cls is Atom or cls is str:
            continue
        if cls is Struct:
            if not a.ground or not a.args or a.ann:
                return False
        elif not is_ground(a):
            return False
    return True


class BeliefBase:
    """What one agent believes."""

    def __init__(self) -> None:
        self.predicates: dict[Functor, Predicate] = {}

    def predicate(self, functor: Functor) -> Predicate:
        """The predicate of a functor, made at its first use."""
        found = self.predicates.get(functor)
        if found is None:
            found = self.predicates[functor] = Predicate(functor)
        return found

    def find(self, pred: Predicate, args: tuple[Term, ...]) -> Belief | None:
        """The belief with the same terms."""
        row = pred.by_args.get(args)
        if row is None and pred.odd:
            for other in pred:
                if other.rule is None and other.args == args:
                    found: Belief = other
                    return found
        return row

    def add(
        self,
        pred: Predicate,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any = None,
        last: bool = False,
        made: Any = None,
    ) -> tuple[Term, ...] | None:
        """Adds or merges; the annotations that are new, None where nothing is."""
        row = pred.by_args.get(args)
        if row is None and pred.odd:
            row = self.find(pred, args)
        if row is None:
            pred.link(Belief(pred, args, ann, cause, made), last)
            return ann
        new = tuple([a for a in ann if a not in row.ann])
        if not new:
            return None
        row.ann = sorted_annotations(row.ann + new)
        if cause is not None:
            row.cause = cause
        return new

    def match(
        self, pred: Predicate, args: tuple[Term, ...], ann: tuple[Term, ...], trail: Trail
    ) -> Belief | None:
        """The first belief that unifies by its arguments; its bindings stay."""
        if all_ground(args):
            return self.find(pred, args)
        for row in pred.rows(tuple([deref(a) for a in args])):
            if row.rule is None and _unify_all(args, row.args, trail):
                found: Belief = row
                return found
        return None

    def remove(self, row: Belief, ann: tuple[Term, ...]) -> bool:
        """Takes annotations from a belief, and the belief when no source is left."""
        own = row.ann
        for a in ann:
            if a not in own:
                return False
        left = tuple([a for a in own if a not in ann])
        if any(a.__class__ is Struct and a.functor is SOURCE for a in left):
            row.ann = left
        else:
            self.discard(row)
        return True

    def discard(self, row: Any) -> None:
        """Takes the belief or rule out, whatever its sources."""
        row.pred.unlink(row)

    def __iter__(self) -> Iterator[Any]:
        for pred in list(self.predicates.values()):
            yield from pred


def _unify_all(left: tuple[Term, ...], right: tuple[Term, ...], trail: Trail) -> bool:
    mark = len(trail)
    for a, b in zip(left, right, strict=True):
        if not unify(a, b, trail):
            from agents.bdi.unification import undo

            undo(trail, mark)
            return False
    return True


def with_source(ann: tuple[Term, ...]) -> tuple[Term, ...]:
    """The annotations with ``source(self)`` where they name no source."""
    if not ann:
        return SELF
    for a in ann:
        if a.__class__ is Struct and a.functor is SOURCE:
            return ann
    return sorted_annotations((*ann, SOURCE_SELF))

"""Beliefs as they change: notes, percepts, signals, each with its event."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from agents.bdi.beliefs import (
    SELF,
    SOURCE,
    SOURCE_PERCEPT,
    Belief,
    Predicate,
    with_source,
)
from agents.bdi.bodies import MOVED
from agents.bdi.intentions import Intention
from agents.bdi.order import sorted_annotations
from agents.bdi.plans import (
    Trigger,
)
from agents.bdi.posting import Posting
from agents.bdi.state import literal_from
from agents.bdi.syntax import parse_term
from agents.bdi.terms import (
    Functor,
    Struct,
    Term,
    Var,
    all_ground,
    literal_parts,
)
from agents.bdi.unification import Trail, copy_term, resolve, undo


class Believing(Posting):
    """An agent that believes and perceives."""

    def believe(
        self,
        owner: Intention | None,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
        last: bool = False,
    ) -> int | None:
        """Adds a belief; MOVED when the owner has to wait for the plan of its event."""
        if not all_ground(args):
            fresh: dict[int, Var] = {}
            args = tuple([copy_term(a, fresh) for a in args])
        base = self.beliefs_base
        made = None if self.current is None else self.current_step
        new = base.add(base.predicate(functor), args, ann, cause, last, made)
        if new is None:
            return None
        return self._changed(owner, "+", functor, args, new, cause)

    def believe_at(
        self,
        owner: Intention | None,
        pred: Predicate,
        trigger: Trigger,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """``believe`` for compiled steps, which know predicate and trigger."""
        row = pred.by_args.get(args)
        if row is None:
            if pred.odd or not all_ground(args):
                return self.believe(owner, pred.functor, args, ann, cause)
            pred.link(Belief(pred, args, ann, cause, self.current_step), False)
            new = ann
        else:
            if row.ann is ann:
                return None
            merged = self.beliefs_base.add(pred, args, ann, cause)
            if merged is None:
                return None
            new = merged
        if trigger.plans or self.waits:
            return self._changed(owner, "+", pred.functor, args, new, cause)
        return None

    def forget_at(
        self,
        owner: Intention | None,
        pred: Predicate,
        trigger: Trigger,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """``forget`` for compiled steps, which know predicate and trigger."""
        row = pred.by_args.get(args)
        if row is None:
            if not pred.odd and all_ground(args):
                return None
            return self.forget(owner, pred.functor, args, ann, cause)
        if row.ann is ann:
            pred.unlink(row)
        elif not self.beliefs_base.remove(row, ann):
            return None
        if trigger.plans or self.waits:
            return self._changed(owner, "-", pred.functor, args, ann, cause)
        return None

    def forget(
        self,
        owner: Intention | None,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """Removes the first belief that matches, for the sources named."""
        base = self.beliefs_base
        pred = base.predicates.get(functor)
        if pred is None:
            return None
        trail: Trail = []
        row = base.match(pred, args, ann, trail)
        if row is None or not base.remove(row, ann):
            undo(trail)
            return None
        return self._changed(owner, "-", functor, tuple([resolve(a) for a in args]), ann, cause)

    def replace_belief(
        self,
        owner: Intention | None,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        """``-+b``: the first belief of that functor goes, the new one comes."""
        base = self.beliefs_base
        pred = base.predicate(functor)
        for row in pred:
            if row.rule is None:
                gone = row.args
                if gone == args and row.ann == ann:
                    break
                if base.remove(row, SELF):
                    self._changed(None, "-", functor, gone, SELF, cause)
                break
        return self.believe(owner, functor, args, ann, cause)

    def _changed(
        self,
        owner: Intention | None,
        op: str,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
    ) -> int | None:
        trigger = self.library.trigger(op, functor)
        if self.waits:
            self._tell_waits(trigger, args, ann)
        if not trigger.plans:
            if owner is None and self.waits:
                self._arrived()
            return None
        self.events.append((trigger, args, ann, owner, None, cause))
        if owner is None:
            self._arrived()
            return None
        return MOVED

    def percept(self, key: Hashable, literal: Any, cause: Any = None) -> None:
        """Replaces what is perceived under a key; None removes it."""
        old = self._percepts.get(key)
        if literal is None:
            if old is not None:
                del self._percepts[key]
                self._lose_percept(key, old, cause)
            return
        functor, args, ann = literal_from(literal)
        ann = sorted_annotations((*ann, SOURCE_PERCEPT))
        if old is not None:
            row = old[0]
            if row.args == args and row.pred is not None and row.pred.functor is functor:
                self._percepts[key] = (row, ann)
                assert row.keys is not None
                self._refresh(row, old[1], ann)
                row.cause = cause
                return
            del self._percepts[key]
            self._lose_percept(key, old, cause)
        base = self.beliefs_base
        pred = base.predicate(functor)
        new = base.add(pred, args, ann, cause)
        found = base.find(pred, args)
        assert found is not None
        found.keys = [key] if found.keys is None else [*found.keys, key]
        self._percepts[key] = (found, ann)
        if new is None:
            found.cause = cause
        else:
            self.external_event("+", functor, args, new, cause)

    def _refresh(self, row: Belief, old: tuple[Term, ...], new: tuple[Term, ...]) -> None:
        if old == new:
            return
        if len(row.ann) == len(old):
            row.ann = new
        else:
            others = [a for a in row.ann if a not in old]
            row.ann = sorted_annotations([*others, *new])

    def _lose_percept(
        self, key: Hashable, old: tuple[Belief, tuple[Term, ...]], cause: Any
    ) -> None:
        row, ann = old
        assert row.keys is not None
        assert row.pred is not None
        row.keys.remove(key)
        if row.keys:
            kept: list[Term] = []
            for other in row.keys:
                kept.extend(self._percepts[other][1])
            row.ann = sorted_annotations([*[a for a in row.ann if a not in ann], *kept])
            return
        left = [a for a in row.ann if a not in ann]
        if any(a.__class__ is Struct and a.functor is SOURCE for a in left):
            row.ann = tuple(left)
            row.keys = None
        else:
            self.beliefs_base.discard(row)
        self.external_event("-", row.pred.functor, row.args, ann, cause)

    def signal(
        self,
        functor: str,
        args: Iterable[Any] = (),
        annotations: Iterable[Any] = (),
        cause: Any = None,
    ) -> None:
        """An external event ``+f(args)`` without a belief."""
        name, terms, ann = literal_from((functor, tuple(args), tuple(annotations)))
        if not any(a.__class__ is Struct and a.functor is SOURCE for a in ann):
            ann = sorted_annotations((*ann, SOURCE_PERCEPT))
        self.external_event("+", name, terms, ann, cause)

    def add_belief(self, literal: Any, cause: Any = None) -> None:
        """Adds a belief, as a text or (functor, args, annotations), with its event."""
        parts = self._parts(literal)
        self.believe(None, parts[0], parts[1], with_source(parts[2]), cause)

    def achieve(self, goal: Any, cause: Any = None) -> None:
        """Posts a goal, as a text or (functor, args, annotations)."""
        parts = self._parts(goal)
        self.spawn_goal(parts[0], parts[1], with_source(parts[2]), cause)

    def _parts(self, literal: Any) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
        if isinstance(literal, str):
            parts = literal_parts(resolve(parse_term(literal)))
            if parts is None:
                raise ValueError(f"no literal: {literal!r}")
            return parts
        return literal_from(literal)

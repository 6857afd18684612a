"""Which conditions cannot hold, because they need a belief that is not there at all.

A review whose condition needs `lactate(_)` need not be tried before there is a lactate. The test is
cheap and errs on one side only: what it calls impossible is; what it calls possible must be tried.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from agents.bdi import Agent, Atom, Program
from agents.bdi.formulas import K_AND, K_LIT, K_OR, Rule
from agents.bdi.terms import Functor, Term

# A condition, cut down to what it needs: a functor, a functor with the arguments that are given
# ("like", functor, pattern), ("and", parts), ("or", parts), or None for nothing. The engine's own
# formulas are tuples of no common type.
Need = Any

#: A predicate with more beliefs than this is not searched for one that fits.
SEARCHED = 24


def need_of(node: Any) -> Need:
    """What a formula needs: conjunctions and alternatives of beliefs; the rest asks for nothing."""
    if node is None:
        return None
    kind = node[0]
    if kind == K_LIT:
        pattern = tuple(a if a.__class__ in (Atom, float, str) else None for a in node[2])
        return ("like", node[1], pattern) if any(a is not None for a in pattern) else node[1]
    if kind == K_AND:
        parts = [p for p in (need_of(node[1]), need_of(node[2])) if p is not None]
        return ("and", tuple(parts)) if parts else None
    if kind == K_OR:
        either = (need_of(node[1]), need_of(node[2]))
        return None if None in either else ("or", either)
    return None


class Possibility:
    """Says of needs whether they can be met by what an agent believes now."""

    def __init__(self, program: Program) -> None:
        self._rules: dict[Functor, list[Need]] = {}
        for entry in program.initial:
            if isinstance(entry, Rule):
                self._rules.setdefault(entry.functor, []).append(need_of(entry.body))

    def ask(self, mind: Agent) -> "Asking":
        """A round of questions about one moment."""
        return Asking(self._rules, mind)


class Asking:
    """Answers for one moment; what was found is remembered for the round."""

    def __init__(self, rules: Mapping[Functor, list[Need]], mind: Agent) -> None:
        self._rules = rules
        self._predicates = mind.beliefs_base.predicates
        self._known: dict[Functor, bool] = {}

    def can_be(self, need: Need) -> bool:
        """Whether a need can be met."""
        if need is None:
            return True
        if need.__class__ is tuple:
            if need[0] == "like":
                return self._is_like(need[1], need[2])
            how, parts = need
            wanted = how == "or"
            for part in parts:
                if self.can_be(part) is wanted:
                    return wanted
            return not wanted
        known = self._known.get(need)
        if known is None:
            self._known[need] = True  # a rule that needs itself may be possible
            known = self._known[need] = self._is_there(need)
        return known

    def any_can_be(self, needs: Iterable[Need]) -> bool:
        """Whether one of several can be met."""
        return any(self.can_be(need) for need in needs)

    def _is_like(self, functor: Functor, pattern: tuple[Term, ...]) -> bool:
        if not self.can_be(functor):
            return False
        predicate = self._predicates[functor]
        if predicate.odd or len(predicate.by_args) > SEARCHED:
            return True
        for args in predicate.by_args:
            for want, have in zip(pattern, args, strict=True):
                if want is not None and want != have:
                    break
            else:
                return True
        return False

    def _is_there(self, functor: Functor) -> bool:
        predicate = self._predicates.get(functor)
        if predicate is None:
            return False
        rules = self._rules.get(functor, ())
        if len(predicate.by_args) or predicate.odd > len(rules):
            return True
        return self.any_can_be(rules)

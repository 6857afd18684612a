"""What an agent must judge anew when something changes, found in its own plans.

A plan `+!review(Rule, Priority) : condition` reads facts; this module finds which, through the
rules that the condition uses, so that a new plan is attended to without any list of its facts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from agents.bdi import Agent, Atom, Program, Struct
from agents.bdi.formulas import Rule
from agents.bdi.terms import Functor, Term
from agents.possibility import Asking, Need, Possibility, need_of
from agents.rules import PRIORITIES, RULES, rank
from environment.errors import BadValueError
from environment.model.limits import hold

Review = tuple[str, str]  # rule, priority

#: How many times a review that may fit is tried before that is asked again: trying costs little.
HOPEFUL_FOR = 20
RAISED, MET, GOING = Functor("raised", 2), Functor("met_since", 3), Functor("going", 2)


@dataclass(frozen=True, slots=True)
class Attention:
    """Which reviews read which facts; `order` ranks reviews, the most urgent first."""

    reads: Mapping[Review, frozenset[str]]
    by_fact: Mapping[str, tuple[Review, ...]]
    order: Mapping[Review, int]
    needs: Mapping[Review, tuple[Need, ...]]  # of each plan with a condition
    possibility: Possibility
    hopeful: dict[Review, int] = field(default_factory=dict)

    def due(self, names: list[str], mind: Agent) -> list[Review]:
        """The reviews that a change of these facts asks for, most urgent first.

        Left out is a review of which no plan can fit and of whose rule nothing stands.
        """
        found = {review for name in names for review in self.by_fact.get(name, ())}
        standing = _standing(mind)
        if "clock" in names:
            found |= set(self._on_their_way(mind))
        ask = self.possibility.ask(mind)
        return sorted(
            (
                review
                for review in found
                if review[0] in standing or review[0] not in RULES or self._may_fit(review, ask)
            ),
            key=self.order.__getitem__,
        )

    def _may_fit(self, review: Review, ask: Asking) -> bool:
        """Whether a plan of the review may fit; what may, is not asked again for a while."""
        left = self.hopeful.get(review, 0)
        if left:
            self.hopeful[review] = left - 1
            return True
        if not ask.any_can_be(self.needs[review]):
            return False
        self.hopeful[review] = HOPEFUL_FOR
        return True

    def _on_their_way(self, mind: Agent) -> Iterator[Review]:
        """Reviews whose condition waits for its alert, or whose alert waits for its end."""
        raised = {(str(r), str(p)) for r, p in _rows(mind, RAISED)}
        for rule, priority, _ in _rows(mind, MET):
            review = (str(rule), str(priority))
            if review in self.order and review not in raised:
                yield review
        going = {str(rule) for rule, _ in _rows(mind, GOING)}
        if going:
            yield from (review for review in self.order if review[0] in going)

    def misses(self, review: Review, stale: frozenset[str]) -> bool:
        """Whether a review reads a fact that is stale now."""
        return not stale.isdisjoint(self.reads.get(review, frozenset()))


def attention(program: Program) -> Attention:
    """Read off a program what its reviews depend on; agents of one program share the work."""
    return replace(_read_off(program, len(program.plans), len(program.initial)), hopeful={})


@lru_cache(maxsize=32)
def _read_off(program: Program, plans: int, initial: int) -> Attention:
    """The counts tell a program that has grown since."""
    heads: dict[str, set[str]] = {}
    for entry in program.initial:
        if isinstance(entry, Rule):
            head, body = entry.term.args
            heads.setdefault(next(_names(head)), set()).update(_names(body))
    reads: dict[Review, set[str]] = {}
    needs: dict[Review, list[Need]] = {}
    for plan in program.plans:
        if plan.op != "+!" or plan.functor is None or plan.functor.name != "review":
            continue
        rule, priority = plan.args
        if not isinstance(rule, str) or not isinstance(priority, Atom):
            continue
        if rule in RULES and str(priority) not in RULES[rule].priorities:
            speaks = ", ".join(RULES[rule].priorities)
            raise BadValueError(
                f"{plan.file}:{plan.line}: plan '{plan.label}' reviews {rule} at priority "
                f"'{priority}', which has no text. It speaks at: {speaks}."
            )
        facts = reads.setdefault((rule, str(priority)), set())
        facts |= _closure(set(_names(plan.term.args[2])), heads)
        if plan.context is not None:
            needs.setdefault((rule, str(priority)), []).append(need_of(plan.context))
    order = {review: i for i, review in enumerate(sorted(reads, key=_rank))}
    by_fact: dict[str, list[Review]] = {}
    for review in order:
        for name in reads[review]:
            by_fact.setdefault(name, []).append(review)
    return Attention(
        {review: frozenset(facts) for review, facts in reads.items()},
        {name: tuple(reviews) for name, reviews in by_fact.items()},
        order,
        {review: tuple(needs.get(review, ())) for review in reads},
        Possibility(program),
    )


def attend(mind: Agent, program: Program) -> Attention:
    """Give a mind what it needs to judge: its attention, and each rule's times as beliefs."""
    for rule in RULES.values():
        times = hold(rule.id)
        mind.add_belief(("hold", (rule.id, times.raise_s, times.clear_s)))
        mind.add_belief(("in_arrest", (rule.id, Atom(rule.in_arrest))))
        mind.add_belief(("standing", (rule.id, rule.order)))
    return attention(program)


def _rank(review: Review) -> tuple[int, int, str]:
    rule, priority = review
    for known in PRIORITIES:
        if known == priority and rule in RULES:
            return (*rank(rule, known), rule)
    # Not a rule of the table: bookkeeping, or a researcher's own; after the others.
    return (len(PRIORITIES), 0, rule)


def _names(term: object) -> Iterator[str]:
    """Every name that could be a belief in a formula; a few too many do no harm."""
    todo = [term]
    while todo:
        part = todo.pop()
        if isinstance(part, Struct):
            yield part.name
            todo.extend(part.args)
        elif isinstance(part, Atom):
            yield str(part)
        elif hasattr(part, "__iter__") and not isinstance(part, str):
            todo.extend(part)


def _closure(names: set[str], heads: Mapping[str, set[str]]) -> set[str]:
    todo, seen = list(names), set(names)
    while todo:
        for name in heads.get(todo.pop(), ()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def _standing(mind: Agent) -> set[str]:
    """Rules of which a condition holds, or an alert stands."""
    return {str(args[0]) for functor in (RAISED, MET, GOING) for args in _rows(mind, functor)}


def _rows(mind: Agent, functor: Functor) -> Iterable[tuple[Term, ...]]:
    """The arguments of each stored belief of a predicate."""
    predicate = mind.beliefs_base.predicates.get(functor)
    return () if predicate is None else predicate.by_args

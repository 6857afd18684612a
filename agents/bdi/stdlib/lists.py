"""Lists, ranges and chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import ask
from agents.bdi.order import compare, sort_key, sorted_annotations
from agents.bdi.printing import number_text
from agents.bdi.stdlib.collections import OrderedSet, Queue
from agents.bdi.terms import Cons, Term, Var, is_list, list_items, make_list
from agents.bdi.unification import Trail, copy_term, undo, unify


def items_of(term: Term, action: str) -> list[Term]:
    """The elements of a list, set or queue."""
    if is_list(term):
        return list_items(term)
    if isinstance(term, (OrderedSet, Queue)):
        return list(term.items)
    from agents.bdi.printing import term_text

    raise StepFailure("wrong_arguments", f"{action}: {term_text(term)} is no list")


def _number(term: Term, action: str) -> float:
    if term.__class__ is not float:
        from agents.bdi.printing import term_text

        raise StepFailure("wrong_arguments", f"{action}: {term_text(term)} is no number")
    value: float = term
    return value


def each(items: list[Term], pattern: Term, trail: Trail) -> Iterator[bool]:
    """Each item that unifies with the pattern."""
    mark = len(trail)
    for item in items:
        if unify(pattern, item, trail):
            yield True
        undo(trail, mark)


@builtin(".member", 2)
def member(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each element of a list or set."""
    return each(items_of(args[1], ".member"), args[0], trail)


@builtin(".nth", 3)
def nth(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """The element at an index; of an unbound index, each in turn."""
    items = items_of(args[1], ".nth")
    if args[0].__class__ is Var:
        return _places(items, args[0], args[2], trail)
    i = int(_number(args[0], ".nth"))
    if not 0 <= i < len(items):
        raise StepFailure("internal_action", f"nth: index {i} is out of bounds ({len(items)})")
    return unify(args[2], items[i], trail)


def _places(items: list[Term], index: Term, value: Term, trail: Trail) -> Iterator[bool]:
    mark = len(trail)
    for i, item in enumerate(items):
        if unify(value, item, trail) and unify(index, float(i), trail):
            yield True
        undo(trail, mark)


@builtin(".sort", 2)
def sort(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The list in standard order; doubles stay."""
    return unify(args[1], make_list(sorted(items_of(args[0], ".sort"), key=sort_key)), trail)


@builtin(".shuffle", 2)
def shuffle(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The list in an order drawn from the run's seed."""
    items = items_of(args[0], ".shuffle")
    ag.random.shuffle(items)
    return unify(args[1], make_list(items), trail)


def _extreme(items: list[Term], sign: int) -> Term:
    best = items[0]
    for item in items[1:]:
        if compare(item, best) * sign > 0:
            best = item
    return best


def _pick(args: tuple[Term, ...], trail: Trail, sign: int, action: str) -> bool:
    items = items_of(args[0], action)
    return bool(items) and unify(args[1], _extreme(items, sign), trail)


@builtin(".max", 2)
def largest(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The last element by standard order; of an empty list none."""
    return _pick(args, trail, 1, ".max")


@builtin(".min", 2)
def smallest(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The first element by standard order; of an empty list none."""
    return _pick(args, trail, -1, ".min")


def _pick_solution(ag: Any, args: tuple[Term, ...], trail: Trail, sign: int) -> bool:
    from agents.bdi.formulas import Question, node_of

    question = Question(node_of(args[1]), [], args[1])
    mark = len(trail)
    found = [copy_term(args[0]) for _ in ask(ag, question, trail)]
    undo(trail, mark)
    return bool(found) and unify(args[2], _extreme(found, sign), trail)


@builtin(".max", 3)
def largest_solution(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The largest value of a term over the solutions of a formula."""
    return _pick_solution(ag, args, trail, 1)


@builtin(".min", 3)
def smallest_solution(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The smallest value of a term over the solutions of a formula."""
    return _pick_solution(ag, args, trail, -1)


@builtin(".union", 3)
def union(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Everything in either list, sorted, without doubles."""
    items = [*items_of(args[0], ".union"), *items_of(args[1], ".union")]
    return unify(args[2], make_list(sorted_annotations(items)), trail)


@builtin(".intersection", 3)
def intersection(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Everything in both lists, sorted, without doubles."""
    other = OrderedSet(items_of(args[1], ".intersection"))
    kept = [i for i in items_of(args[0], ".intersection") if other.place(i)[1]]
    return unify(args[2], make_list(sorted_annotations(kept)), trail)


@builtin(".difference", 3)
def difference(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Everything in the first list only, sorted, without doubles."""
    other = OrderedSet(items_of(args[1], ".difference"))
    kept = [i for i in items_of(args[0], ".difference") if not other.place(i)[1]]
    return unify(args[2], make_list(sorted_annotations(kept)), trail)


@builtin(".prefix", 2)
def prefix(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each beginning of a list, the longest first."""
    items = items_of(args[1], ".prefix")
    return each([make_list(items[:n]) for n in range(len(items), -1, -1)], args[0], trail)


@builtin(".suffix", 2)
def suffix(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each end of a list, the longest first."""
    items = items_of(args[1], ".suffix")
    return each([make_list(items[n:]) for n in range(len(items) + 1)], args[0], trail)


@builtin(".sublist", 2)
def sublist(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each part of a list that stands together, by beginning and then the longest first."""
    items = items_of(args[1], ".sublist")
    parts = [make_list(items[a:b]) for a in range(len(items)) for b in range(len(items), a, -1)]
    return each([*parts, make_list([])], args[0], trail)


@builtin(".range", 3, 4)
def number_range(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Each number from one to another, both included."""
    start, stop = _number(args[1], ".range"), _number(args[2], ".range")
    step = _number(args[3], ".range") if len(args) > 3 else 1.0
    if step == 0:
        raise StepFailure("wrong_arguments", ".range: the step cannot be 0")
    return _range(args[0], start, stop, step, trail)


def _range(x: Term, start: float, stop: float, step: float, trail: Trail) -> Iterator[bool]:
    mark = len(trail)
    value = start
    while value <= stop if step > 0 else value >= stop:
        if unify(x, value, trail):
            yield True
        undo(trail, mark)
        value += step


@builtin(".random", 1)
def random_number(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """A number in [0, 1) from the run's seed."""
    return unify(args[0], ag.random.random(), trail)


@builtin(".random", 2)
def random_choice(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """An element of a list, or so many numbers."""
    if is_list(args[0]):
        items = list_items(args[0])
        return bool(items) and unify(args[1], items[int(ag.random.random() * len(items))], trail)
    count = int(_number(args[1], ".random"))
    return _randoms(ag, args[0], count, trail)


def _randoms(ag: Any, x: Term, count: int, trail: Trail) -> Iterator[bool]:
    mark = len(trail)
    made = 0
    while count == 0 or made < count:
        made += 1
        if unify(x, ag.random.random(), trail):
            yield True
        undo(trail, mark)


@builtin("math.set_random_seed", 1)
def set_random_seed(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Seeds the agent's own source of chance."""
    ag.random.seed(number_text(_number(args[0], "math.set_random_seed")))
    return True


__all__ = ["Cons", "each", "items_of"]

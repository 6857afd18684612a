"""Strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agents.bdi.actions import MANY, builtin
from agents.bdi.failure import StepFailure
from agents.bdi.printing import plain_text
from agents.bdi.syntax import parse_term
from agents.bdi.terms import EMPTY, Cons, Term, Var, is_list, list_items, make_list
from agents.bdi.unification import Trail, resolve, undo, unify
from agents.errors import PlanSyntaxError


@builtin(".concat", 2, MANY)
def concat(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Joins lists, or the text of anything else."""
    *parts, result = args
    if parts and all(is_list(p) for p in parts):
        items = [item for part in parts for item in list_items(part)]
        return unify(result, make_list(items), trail)
    return unify(result, "".join([plain_text(p) for p in parts]), trail)


@builtin(".length", 2)
def length(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """How long a string, list, map or set is."""
    value = args[0]
    if value.__class__ is str:
        return unify(args[1], float(len(value)), trail)
    if is_list(value):
        return unify(args[1], float(len(list_items(value))), trail)
    size = getattr(value, "size", None)
    return size is not None and unify(args[1], float(size()), trail)


@builtin(".substring", 2, 4)
def substring(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Where one text is in another, or the cut between two positions."""
    inner, outer = args[0], args[1]
    begin = args[2] if len(args) > 2 else None
    end = args[3] if len(args) > 3 else None
    if inner.__class__ is Var or outer.__class__ is Var:
        whole = plain_text(outer if inner.__class__ is Var else inner)
        if begin.__class__ is not float:
            raise StepFailure("wrong_arguments", ".substring: the begin must be a number")
        stop = int(end) if end.__class__ is float else len(whole)
        cut = whole[int(begin) : stop]
        if end.__class__ is Var:
            unify(end, float(stop), trail)
        return unify(inner if inner.__class__ is Var else outer, cut, trail)
    return _positions(plain_text(inner), plain_text(outer), begin, end, trail)


def _positions(inner: str, outer: str, begin: Term, end: Term, trail: Trail) -> Iterator[bool]:
    at = outer.find(inner)
    mark = len(trail)
    while at >= 0:
        if (begin is None or unify(begin, float(at), trail)) and (
            end is None or unify(end, float(at + len(inner)), trail)
        ):
            yield True
        undo(trail, mark)
        at = outer.find(inner, at + 1)


@builtin(".delete", 3)
def delete(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Takes out what unifies, or what stands at an index."""
    what, where, result = args
    if is_list(where):
        items = list_items(where)
        if what.__class__ is float:
            return unify(result, make_list(_without(items, int(what), int(what) + 1)), trail)
        kept = []
        for item in items:
            own: Trail = []
            fits = unify(what, item, own)
            undo(own)
            if not fits:
                kept.append(item)
        return unify(result, make_list(kept), trail)
    text = plain_text(where)
    if what.__class__ is float:
        return unify(result, text[: int(what)] + text[int(what) + 1 :], trail)
    return unify(result, text.replace(plain_text(what), ""), trail)


@builtin(".delete", 4)
def delete_range(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Takes out the range [begin, end)."""
    begin, end, where, result = args
    if begin.__class__ is not float or end.__class__ is not float:
        raise StepFailure("wrong_arguments", ".delete: begin and end must be numbers")
    if is_list(where):
        return unify(result, make_list(_without(list_items(where), int(begin), int(end))), trail)
    text = plain_text(where)
    return unify(result, text[: int(begin)] + text[int(end) :], trail)


def _without(items: list[Term], begin: int, end: int) -> list[Term]:
    return items[:begin] + items[end:]


@builtin(".replace", 4)
def replace(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Replaces every match of a regular expression."""
    try:
        made = re.sub(plain_text(args[1]), plain_text(args[2]), plain_text(args[0]))
    except re.error as error:
        raise StepFailure("internal_action", f"replace: bad pattern: {error}") from None
    return unify(args[3], made, trail)


@builtin(".reverse", 2)
def reverse(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """A list or a string backwards."""
    if is_list(args[0]):
        return unify(args[1], make_list(list_items(args[0])[::-1]), trail)
    return unify(args[1], plain_text(args[0])[::-1], trail)


@builtin(".upper_case", 2)
def upper_case(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The text in capitals."""
    return unify(args[1], plain_text(args[0]).upper(), trail)


@builtin(".lower_case", 2)
def lower_case(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The text in small letters."""
    return unify(args[1], plain_text(args[0]).lower(), trail)


@builtin(".term2string", 2)
def term2string(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Reads a term from a string, or writes it into one."""
    term, text = args
    if term.__class__ is Var:
        if text.__class__ is Var:
            raise StepFailure("wrong_arguments", ".term2string: both arguments are unbound")
        try:
            return unify(term, resolve(parse_term(plain_text(text))), trail)
        except PlanSyntaxError as error:
            raise StepFailure("internal_action", f"term2string: {error}") from None
    from agents.bdi.printing import term_text

    return unify(text, term if term.__class__ is str else term_text(term), trail)


__all__ = ["EMPTY", "Cons"]

"""Maps, sets and queues: mutable terms, sorted by the standard order."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from typing import Any

from agents.bdi.actions import builtin
from agents.bdi.failure import StepFailure
from agents.bdi.order import compare, sort_key
from agents.bdi.printing import term_text
from agents.bdi.terms import Atom, Term, Var, is_list, list_items, make_list
from agents.bdi.unification import Trail, undo, unify


class OrderedMap:
    """Keys and values, sorted by key."""

    def __init__(self) -> None:
        self.keys: list[Term] = []
        self.values: list[Term] = []

    def place(self, key: Term) -> tuple[int, bool]:
        """Where the key stands or belongs, and whether it is there."""
        i = bisect.bisect_left(self.keys, sort_key(key), key=sort_key)
        return i, i < len(self.keys) and compare(self.keys[i], key) == 0

    def put(self, key: Term, value: Term) -> None:
        """Sets the value of a key."""
        i, known = self.place(key)
        if known:
            self.values[i] = value
        else:
            self.keys.insert(i, key)
            self.values.insert(i, value)

    def size(self) -> int:
        """How many keys there are."""
        return len(self.keys)

    def term_text(self) -> str:
        """``{"s"->f(2),k->3}``, strings first as the standard order has them."""
        pairs = zip(self.keys, self.values, strict=True)
        return "{" + ",".join(f"{term_text(k)}->{term_text(v)}" for k, v in pairs) + "}"


class OrderedSet:
    """Terms without doubles, sorted."""

    def __init__(self, items: list[Term] | None = None) -> None:
        self.items: list[Term] = []
        for item in items or ():
            self.add(item)

    def place(self, item: Term) -> tuple[int, bool]:
        """Where the item stands or belongs, and whether it is there."""
        i = bisect.bisect_left(self.items, sort_key(item), key=sort_key)
        return i, i < len(self.items) and compare(self.items[i], item) == 0

    def add(self, item: Term) -> None:
        """Puts an item in."""
        i, known = self.place(item)
        if not known:
            self.items.insert(i, item)

    def size(self) -> int:
        """How many items there are."""
        return len(self.items)

    def term_text(self) -> str:
        """``{a,b}``."""
        return "{" + ",".join(term_text(i) for i in self.items) + "}"


class Queue:
    """First in, first out; or always the smallest first."""

    def __init__(self, by_priority: bool = False) -> None:
        self.items: list[Term] = []
        self.by_priority = by_priority

    def add(self, item: Term) -> None:
        """Puts an item in."""
        if self.by_priority:
            bisect.insort(self.items, item, key=sort_key)
        else:
            self.items.append(item)

    def size(self) -> int:
        """How many items wait."""
        return len(self.items)

    def term_text(self) -> str:
        """``[a, b]``."""
        return "[" + ", ".join(term_text(i) for i in self.items) + "]"


def _expect(value: Term, kind: type, action: str) -> Any:
    if not isinstance(value, kind):
        word = {OrderedMap: "map", OrderedSet: "set", Queue: "queue"}[kind]
        raise StepFailure("wrong_arguments", f"{action}: {term_text(value)} is no {word}")
    return value


@builtin(".map.create", 1)
def map_create(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """A new map."""
    return unify(args[0], OrderedMap(), trail)


@builtin(".map.put", 3)
def map_put(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Sets the value of a key; an unbound map is created."""
    target = args[0]
    if target.__class__ is Var:
        made = OrderedMap()
        unify(target, made, trail)
        target = made
    _expect(target, OrderedMap, ".map.put").put(args[1], args[2])
    return True


@builtin(".map.get", 3, 4)
def map_get(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """The value of a key, or the default; of an unbound key, each in turn."""
    own = _expect(args[0], OrderedMap, ".map.get")
    if args[1].__class__ is Var:
        return _pairs(own, args[1], args[2], trail)
    i, known = own.place(args[1])
    if known:
        return unify(args[2], own.values[i], trail)
    return len(args) == 4 and unify(args[2], args[3], trail)


def _pairs(own: OrderedMap, key: Term, value: Term, trail: Trail) -> Iterator[bool]:
    mark = len(trail)
    for k, v in list(zip(own.keys, own.values, strict=True)):
        if unify(key, k, trail) and unify(value, v, trail):
            yield True
        undo(trail, mark)


@builtin(".map.remove", 2, 3)
def map_remove(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Takes a key out and gives its value."""
    own = _expect(args[0], OrderedMap, ".map.remove")
    i, known = own.place(args[1])
    if not known:
        return False
    value = own.values.pop(i)
    own.keys.pop(i)
    return len(args) == 2 or unify(args[2], value, trail)


@builtin(".map.key", 2)
def map_key(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each key."""
    return _members(list(_expect(args[0], OrderedMap, ".map.key").keys), args[1], trail)


@builtin(".map.value", 2)
def map_value(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each value."""
    return _members(list(_expect(args[0], OrderedMap, ".map.value").values), args[1], trail)


def _members(items: list[Term], pattern: Term, trail: Trail) -> Iterator[bool]:
    mark = len(trail)
    for item in items:
        if unify(pattern, item, trail):
            yield True
        undo(trail, mark)


@builtin(".map.copy", 2)
def map_copy(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Another map with the same content."""
    own = _expect(args[0], OrderedMap, ".map.copy")
    made = OrderedMap()
    made.keys, made.values = list(own.keys), list(own.values)
    return unify(args[1], made, trail)


@builtin(".map.clear", 1)
def map_clear(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Empties the map."""
    own = _expect(args[0], OrderedMap, ".map.clear")
    own.keys, own.values = [], []
    return True


@builtin(".set.create", 1, 2)
def set_create(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """A new set, with the elements of a list."""
    return unify(args[0], OrderedSet(list_items(args[1]) if len(args) > 1 else None), trail)


@builtin(".set.add", 2)
def set_add(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Puts an element in."""
    _expect(args[0], OrderedSet, ".set.add").add(args[1])
    return True


def _elements(term: Term) -> list[Term]:
    return list(term.items) if isinstance(term, (OrderedSet, Queue)) else list_items(term)


@builtin(".set.add_all", 2)
def set_add_all(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Puts all elements in."""
    own = _expect(args[0], OrderedSet, ".set.add_all")
    for item in _elements(args[1]):
        own.add(item)
    return True


@builtin(".set.union", 2)
def set_union(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Puts all elements in."""
    return set_add_all(ag, args, trail)


@builtin(".set.remove", 2)
def set_remove(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Takes an element out."""
    own = _expect(args[0], OrderedSet, ".set.remove")
    i, known = own.place(args[1])
    if known:
        own.items.pop(i)
    return bool(known)


def _keep(own: OrderedSet, other: OrderedSet, inside: bool) -> None:
    own.items = [item for item in own.items if other.place(item)[1] is inside]


@builtin(".set.intersection", 2)
def set_intersection(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Keeps what the other holds too."""
    _keep(_expect(args[0], OrderedSet, ".set.intersection"), OrderedSet(_elements(args[1])), True)
    return True


@builtin(".set.difference", 2)
def set_difference(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Keeps what the other does not hold."""
    _keep(_expect(args[0], OrderedSet, ".set.difference"), OrderedSet(_elements(args[1])), False)
    return True


@builtin(".set.copy", 2)
def set_copy(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Another set with the same elements."""
    return unify(args[1], OrderedSet(_expect(args[0], OrderedSet, ".set.copy").items), trail)


@builtin(".set.clear", 1)
def set_clear(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Empties the set."""
    _expect(args[0], OrderedSet, ".set.clear").items = []
    return True


@builtin(".set.to_list", 2)
def set_to_list(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The elements as a list."""
    return unify(args[1], make_list(_expect(args[0], OrderedSet, ".set.to_list").items), trail)


@builtin(".queue.create", 1, 2)
def queue_create(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """A new queue; with ``priority`` always the smallest comes first."""
    return unify(args[0], Queue(len(args) > 1 and args[1] is Atom("priority")), trail)


@builtin(".queue.add", 2)
def queue_add(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Puts an element in."""
    _expect(args[0], Queue, ".queue.add").add(args[1])
    return True


@builtin(".queue.add_all", 2)
def queue_add_all(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Puts all elements in."""
    for item in _elements(args[1]):
        _expect(args[0], Queue, ".queue.add_all").add(item)
    return True


@builtin(".queue.head", 2)
def queue_head(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The first element, which stays."""
    own = _expect(args[0], Queue, ".queue.head")
    return bool(own.items) and unify(args[1], own.items[0], trail)


@builtin(".queue.remove", 2)
def queue_remove(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The first element, which goes."""
    own = _expect(args[0], Queue, ".queue.remove")
    return bool(own.items) and unify(args[1], own.items.pop(0), trail)


@builtin(".queue.copy", 2)
def queue_copy(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Another queue with the same elements."""
    own = _expect(args[0], Queue, ".queue.copy")
    made = Queue(own.by_priority)
    made.items = list(own.items)
    return unify(args[1], made, trail)


@builtin(".queue.clear", 1)
def queue_clear(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Empties the queue."""
    _expect(args[0], Queue, ".queue.clear").items = []
    return True


@builtin(".queue.to_list", 2)
def queue_to_list(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The elements as a list."""
    return unify(args[1], make_list(_expect(args[0], Queue, ".queue.to_list").items), trail)


__all__ = ["OrderedMap", "OrderedSet", "Queue", "is_list"]

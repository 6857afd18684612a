"""The terms of AgentSpeak: what beliefs, goals and plans are made of.

A number is a ``float``, a string is a ``str``; everything else has a small class of its own here.
Any other Python object may travel through plans untouched, as an opaque term.

Plans, bodies, events and rules are structures with the functors ``PLAN``, ``BODY``, ``EVENT`` and
``RULE``, which no program can write: so unification, order and copying need not know about them.

Long because every kind of term is a small class of its own, and all of them belong together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, TypeAlias

# A term is told apart by class tests that a type checker cannot follow, hence Any.
Term: TypeAlias = Any

DEFAULT_NS = "default"


_PLAIN_NAME = re.compile(
    r"(?!(?:not|div|mod|if|elif|else|for|while)\Z)"
    r"(?:\.?[a-z][A-Za-z0-9_]*(?:\.[a-zA-Z][A-Za-z0-9_]*)*"
    r"|'[^'\n]*'|[-+!?^<>=*/&|~{}.:@\\]+|_)"
)


_plain_names: set[str] = set()  # those seen so far: functors and atoms, which stay anyway


def written_name(name: str) -> str:
    """The name as programs write it: in quotes where it is no plain one (``Room-1``, ``µ``).

    So a name made in Python is the same name after a message; its ``text`` has no quotes.
    """
    if name in _plain_names:
        return name
    if _PLAIN_NAME.fullmatch(name):
        _plain_names.add(name)
        return name
    if "'" in name or "\n" in name:
        raise ValueError(
            f"{name!r} cannot be a name in AgentSpeak, even in quotes. Pass it as a string"
        )
    return f"'{name}'"


class Atom:
    """A name that stands for itself; equal names are the same object."""

    __slots__ = ("name", "text")
    _known: ClassVar[dict[str, Atom]] = {}
    name: str
    text: str  # the name without its quotes

    def __new__(cls, name: str) -> Atom:
        """The atom of a name."""
        known = cls._known.get(name)
        if known is None:
            written = written_name(name)
            if written != name:
                known = cls._known[name] = cls(written)
                return known
            known = cls._known[name] = object.__new__(cls)
            known.name = name
            known.text = name[1:-1] if name[0] == "'" else name
        return known

    def __reduce__(self) -> tuple[type[Atom], tuple[str]]:
        return (Atom, (self.name,))

    def __repr__(self) -> str:
        return f"Atom({self.name!r})"

    def __str__(self) -> str:
        return self.text


class Functor:
    """Namespace, sign, name and arity of a literal; equal ones are the same object."""

    __slots__ = ("arithmetic", "arity", "name", "negated", "ns")
    _known: ClassVar[dict[tuple[str, bool, str, int], Functor]] = {}
    ns: str
    negated: bool
    name: str
    arity: int
    arithmetic: bool

    def __new__(cls, name: str, arity: int, ns: str = DEFAULT_NS, negated: bool = False) -> Functor:
        """The functor of these parts."""
        key = (ns, negated, name, arity)
        known = cls._known.get(key)
        if known is None:
            known = cls._known[key] = object.__new__(cls)
            known.ns, known.negated, known.name, known.arity = key
            known.arithmetic = name in ARITHMETIC_NAMES and ns == DEFAULT_NS and not negated
        return known

    def __reduce__(self) -> tuple[type[Functor], tuple[str, int, str, bool]]:
        return (Functor, (self.name, self.arity, self.ns, self.negated))

    def __str__(self) -> str:
        prefix = "" if self.ns == DEFAULT_NS else f"{self.ns}::"
        return f"{prefix}{'~' if self.negated else ''}{self.name}/{self.arity}"


# Names that make a structure an expression. Functions are added when arithmetic.py is loaded.
ARITHMETIC_NAMES: set[str] = {"+", "-", "*", "/", "div", "mod", "**"}


def register_function_name(name: str) -> None:
    """Makes structures of this name expressions."""
    ARITHMETIC_NAMES.add(name)
    for functor in Functor._known.values():
        if functor.name == name and functor.ns == DEFAULT_NS:
            functor.arithmetic = True


class Var:
    """A variable at run time: a cell that is empty (``ref`` is None) or holds a term."""

    __slots__ = ("name", "ref", "serial")

    def __init__(self, name: str = "_", ref: Term = None) -> None:
        self.name = name
        self.ref = ref
        self.serial = 0  # given at its first comparison, so that the order is that of the run

    def __repr__(self) -> str:
        return f"Var({self.name!r})" if self.ref is None else f"Var({self.name!r}, {self.ref!r})"


class Slot:
    """A variable of a clause: the place in the frame where its value stands."""

    __slots__ = ("index", "name")

    def __init__(self, index: int, name: str) -> None:
        self.index = index
        self.name = name

    def __repr__(self) -> str:
        return f"Slot({self.index}, {self.name!r})"


class Tail:
    """The rest of an annotation pattern, as ``R`` in ``p[a|R]``; always its last element."""

    __slots__ = ("var",)

    def __init__(self, var: Term) -> None:
        self.var = var


class VarLiteral:
    """A variable that stands for a literal and adds to it: ``X[a|R]``, ``~X``, ``N::X``."""

    __slots__ = ("ann", "ground", "negated", "ns", "var")

    def __init__(
        self, var: Term, ann: tuple[Term, ...] = (), negated: bool = False, ns: Term = None
    ) -> None:
        self.var = var
        self.ann = ann
        self.negated = negated
        self.ns = ns
        self.ground = False


class OpenNamespace:
    """A literal whose namespace is a variable: ``N::v(_)``."""

    __slots__ = ("ground", "literal", "ns")

    def __init__(self, ns: Term, literal: Term) -> None:
        self.ns = ns
        self.literal = literal
        self.ground = False


class Struct:
    """A structure or literal: functor, arguments, annotations."""

    __slots__ = ("_hash", "ann", "args", "functor", "ground")

    def __init__(
        self,
        name: str,
        args: Iterable[Any] = (),
        ann: Iterable[Any] = (),
        *,
        ns: str = DEFAULT_NS,
        negated: bool = False,
    ) -> None:
        from agents.bdi.order import sorted_annotations

        self.args = tuple([to_term(a) for a in args])
        self.functor = Functor(written_name(name), len(self.args), ns, negated)
        self.ann = sorted_annotations([to_term(a) for a in ann])
        self.ground = all_ground(self.args) and all_ground(self.ann) and not self.functor.arithmetic
        self._hash: int | None = None

    @property
    def name(self) -> str:
        """The functor's name."""
        return self.functor.name

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other.__class__ is not Struct:
            return False
        if self.functor is not other.functor:
            return False
        try:
            return bool(self.args == other.args and self.ann == other.ann)
        except RecursionError:  # deeper than Python's stack
            from agents.bdi.order import equal

            return equal(self, other)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.functor, self.args, self.ann))
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return (make, (self.functor, self.args, self.ann))

    def __repr__(self) -> str:
        from agents.bdi.printing import term_text

        return f"<{term_text(self)}>"


class Cons:
    """One cell of a list."""

    __slots__ = ("_hash", "ground", "head", "tail")

    def __init__(self, head: Term, tail: Term) -> None:
        self.head = head
        self.tail = tail
        self.ground = is_ground(head) and is_ground(tail)
        self._hash: int | None = None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other.__class__ is not Cons:
            return False
        from agents.bdi.order import equal

        return equal(self, other)

    def __hash__(self) -> int:
        if self._hash is None:
            # A loop, since a list may be longer than Python's stack is deep.
            cells = []
            cell: Term = self
            while cell.__class__ is Cons and cell._hash is None:
                cells.append(cell)
                cell = cell.tail
            for known in reversed(cells):
                known._hash = hash((known.head, known.tail))
        assert self._hash is not None
        return self._hash

    def __iter__(self) -> Iterator[Term]:
        return iter(list_items(self))

    def __repr__(self) -> str:
        from agents.bdi.printing import term_text

        return f"<{term_text(self)}>"


class EmptyList:
    """The list without elements; there is one, ``EMPTY``."""

    __slots__ = ()
    ground = True

    def __iter__(self) -> Iterator[Term]:
        return iter(())

    def __reduce__(self) -> str:
        return "EMPTY"

    def __repr__(self) -> str:
        return "<[]>"


class Place:
    """Where a step stands in its file; equal to every other, so that it never hinders a match."""

    __slots__ = ("line",)

    def __init__(self, line: int) -> None:
        self.line = line

    def __eq__(self, other: object) -> bool:
        return other.__class__ is Place

    def __hash__(self) -> int:
        return 0


EMPTY = EmptyList()
TRUE = Atom("true")
FALSE = Atom("false")
NIL_BODY = Atom("{}")  # a body without steps; no program can write this name
PLAN = Functor("{plan}", 4)  # label, event, context, body
EVENT = Functor("{event}", 2)  # operator, literal
BODY = Functor("{body}", 4)  # kind of step, term, rest, place
BRACED = Functor("{braced}", 1)  # a body written as a term
RULE = Functor("{rule}", 2)  # head, formula
_new = object.__new__


def is_ground(term: Term) -> bool:
    """Whether the term holds no variable (an expression counts as one: it awaits evaluation)."""
    cls = term.__class__
    if cls is float or cls is str or cls is Atom:
        return True
    if cls is Var or cls is Slot or cls is Tail:
        return False
    ground: bool = getattr(term, "ground", True)
    return ground


def all_ground(terms: tuple[Term, ...]) -> bool:
    """Whether none of the terms holds a variable."""
    for term in terms:
        cls = term.__class__
        if cls is float or cls is Atom or cls is str:
            continue
        if cls is Var or cls is Slot or cls is Tail or not getattr(term, "ground", True):
            return False
    return True


def make(functor: Functor, args: tuple[Term, ...], ann: tuple[Term, ...] = ()) -> Term:
    """A structure from parts that are terms already; the atom where nothing but a name is left."""
    plain = not args and not ann and functor.ns == DEFAULT_NS and not functor.negated
    if plain and functor not in CONSTANTS:
        return Atom(functor.name)
    s: Struct = _new(Struct)
    s.functor = functor
    s.args = args
    s.ann = ann
    s.ground = not functor.arithmetic and all_ground(args) and (not ann or all_ground(ann))
    s._hash = None
    return s


def struct(name: str, *args: Term) -> Term:
    """A plain structure from a name and arguments that are terms already."""
    return make(Functor(name, len(args)), args)


# Functions without arguments, such as math.pi: expressions and no names. Filled by arithmetic.py.
CONSTANTS: set[Functor] = set()
_sources: dict[Atom, Term] = {}


def source_of(name: Atom) -> Term:
    """``source(name)``, the same object each time, so that finding it among others is quick."""
    known = _sources.get(name)
    if known is None:
        known = _sources[name] = struct("source", name)
    return known


def deref(term: Term) -> Term:
    """The term behind a chain of bound variables, or the last, unbound variable."""
    while term.__class__ is Var:
        ref = term.ref
        if ref is None:
            return term
        term = ref
    return term


def make_list(items: Iterable[Term], tail: Term = EMPTY) -> Term:
    """A list of the terms."""
    result = tail
    for item in reversed(list(items)):
        result = Cons(item, result)
    return result


def list_items(term: Term) -> list[Term]:
    """The elements of a list, dereferenced; an open tail is left out."""
    items = []
    term = deref(term)
    while term.__class__ is Cons:
        items.append(deref(term.head))
        term = deref(term.tail)
    return items


def is_list(term: Term) -> bool:
    """Whether the term is a list (its tail may be open)."""
    return term.__class__ is Cons or term is EMPTY


def to_term(value: Any) -> Term:
    """A Python value as a term: numbers, strings, booleans, lists; terms stay as they are."""
    cls = value.__class__
    if cls is float or cls is str or cls is Atom or cls is Struct or cls is Cons or cls is Var:
        return value
    if cls is bool:
        return TRUE if value else FALSE
    if cls is int:
        if abs(value) > 2**53:
            raise ValueError(f"{value} is too large for an AgentSpeak number (beyond 2**53)")
        return float(value)
    if isinstance(value, (list, tuple)):
        return make_list([to_term(v) for v in value])
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (int, float)):
        return float(value)
    if value is None:
        return Atom("none")
    return value


def to_python(term: Term) -> Any:
    """A term as a Python value: whole numbers as int, lists as list; atoms and structures stay."""
    term = deref(term)
    cls = term.__class__
    if cls is float:
        return int(term) if term.is_integer() and abs(term) < 2**53 else term
    if cls is Cons or cls is EmptyList:
        return [to_python(item) for item in list_items(term)]
    return term


def literal_parts(term: Term) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]] | None:
    """Functor, arguments and annotations of an atom or structure; None for any other term."""
    term = deref(term)
    if term.__class__ is Struct:
        return term.functor, term.args, term.ann
    if term.__class__ is Atom:
        return Functor(term.name, 0), (), ()
    return None

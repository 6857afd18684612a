"""The conjuncts of a context as generated tests and loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.bdi.compiled_parts import Cannot, RuleTable, Writer
from agents.bdi.compiled_rules import write_rule_goal, write_rule_negation
from agents.bdi.formulas import K_ACT, K_LIT, K_NOT, K_REL, Node
from agents.bdi.terms import (
    Atom,
    Cons,
    Slot,
    Struct,
    Tail,
    Term,
    all_ground,
)

if TYPE_CHECKING:
    pass


K_AND = 2
_MAX_LOOPS = 12  # CPython allows 20 nested blocks
COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "\\==": "!="}


def conjuncts(node: Node) -> list[Node]:
    """The parts of a conjunction, in order."""
    found: list[Node] = []
    todo = [node]
    while todo:
        node = todo.pop()
        if node[0] == K_AND:
            todo.append(node[2])
            todo.append(node[1])
        else:
            found.append(node)
    return found


def need_value(w: Writer, index: int, state: dict[int, str], flat: bool = False) -> str:
    """Makes sure, at run time, that a variable is no unbound one (or even plain)."""
    name = f"V{index}"
    kind = state[index]
    if flat and kind != "flat":
        w.line(f"if {name}.__class__ not in FLAT: {w.generic}")
        state[index] = "flat"
    elif kind == "any":
        w.line(f"if {name}.__class__ is Var: {w.generic}")
        state[index] = "value"
    return name


def write_goal(
    w: Writer, node: Node, state: dict[int, str], rows: list[str], rules: RuleTable
) -> None:
    """One conjunct, as tests and loops of the function that is being written."""
    mark, before = w.mark(), dict(state)
    try:
        kind = node[0]
        if kind == K_REL:
            _write_relation(w, node, state, negated=False)
        elif kind == K_LIT and node[1] not in rules:
            _write_literal(w, node, state, rows)
        elif kind == K_LIT:
            write_rule_goal(w, node, state, rows, rules)
        elif kind == K_NOT and node[1][0] == K_REL and node[1][1] != "=":
            _write_relation(w, node[1], state, negated=True)
        elif kind == K_NOT and node[1][0] == K_LIT and node[1][1] not in rules:
            _write_negation(w, node[1], state)
        elif kind == K_NOT and node[1][0] == K_LIT:
            write_rule_negation(w, node[1], state, rules)
        elif kind == 0:
            return
        else:
            raise Cannot  # noqa: TRY301 - one way out for all that the compiler leaves
    except Cannot:
        w.back_to(mark)
        state.clear()
        state.update(before)
        _write_solved(w, node, state, rows)


def expression(w: Writer, t: Term, state: dict[int, str]) -> str:
    """A name or constant that holds the value of a term."""
    cls = t.__class__
    if cls is Slot:
        if t.index not in state:
            raise Cannot
        return need_value(w, t.index, state)
    if cls is float or cls is str or cls is Atom:
        return w.constant(t)
    if cls is Struct and t.functor.arithmetic and t.functor.arity == 2:
        op = t.functor.name
        a = expression(w, t.args[0], state)
        b = expression(w, t.args[1], state)
        name = w.name("n")
        if op in ("+", "-", "*"):
            tests = [
                f"{x}.__class__ is float"
                for x, part in ((a, t.args[0]), (b, t.args[1]))
                if part.__class__ is not float
            ]
            test = " and ".join(tests) or "True"
            w.line(f"{name} = {a} {op} {b} if {test} else arith({op!r}, {a}, {b})")
        elif op in ("/", "div", "mod", "**"):
            w.line(f"{name} = arith({op!r}, {a}, {b})")
        else:
            raise Cannot
        return name
    if cls is not Slot and all_ground((t,)) and not (cls is Struct and t.functor.arithmetic):
        return w.constant(t)
    raise Cannot


def _write_relation(w: Writer, node: Node, state: dict[int, str], negated: bool) -> None:
    _kind, op, left, right, _term = node
    if op == "=" and left.__class__ is Slot and left.index not in state:
        value = expression(w, right, state)
        w.line(f"V{left.index} = {value}")
        state[left.index] = "value"
        return
    if op == "=" and right.__class__ is Slot and right.index not in state:
        value = expression(w, left, state)
        w.line(f"V{right.index} = {value}")
        state[right.index] = "value"
        return
    a, b = expression(w, left, state), expression(w, right, state)
    if op == "=":
        for x in (a, b):
            if x[0] in "Vn":
                w.line(f"if {x}.__class__ not in FLAT: {w.generic}")
            elif x[0] == "K" and w.constants[x].__class__ is not Atom:
                raise Cannot
        w.line(f"if {a} != {b}: {w.fail}")
        return
    sign = COMPARISONS.get(op)
    if sign is None:
        raise Cannot
    floats = [
        f"{x}.__class__ is float" for x, t in ((a, left), (b, right)) if t.__class__ is not float
    ]
    test = f"({a} {sign} {b})"
    if floats:
        test = f"({a} {sign} {b} if {' and '.join(floats)} else compare({a}, {b}) {sign} 0)"
    w.line(f"if {'' if negated else 'not '}{test}: {w.fail}")


def _write_literal(w: Writer, node: Node, state: dict[int, str], rows: list[str]) -> None:
    _kind, functor, args, ann, _term = node
    pred = w.predicate(functor)
    row = w.name("r")
    known: list[str | None] = []
    fresh: set[int] = set()
    for t in args:
        if t.__class__ is Slot and t.index not in state:
            if t.index in fresh:
                raise Cannot
            fresh.add(t.index)
            known.append(None)
        elif t.__class__ is Slot:
            known.append(need_value(w, t.index, state, flat=True))
        elif t.__class__ in (Atom, float, str):
            known.append(w.constant(t))
        elif t.__class__ is Struct and t.functor.arithmetic:
            value = expression(w, t, state)
            w.line(f"if {value}.__class__ not in FLAT: {w.generic}")
            known.append(value)
        else:
            raise Cannot
    w.line(f"if {pred}.odd: {w.generic}")
    if not fresh:
        key = "".join(f"{k}, " for k in known)
        w.line(f"{row} = {pred}.by_args.get(({key}))")
        w.line(f"if {row} is None: {w.fail}")
    else:
        if w.loops >= _MAX_LOOPS:
            raise Cannot
        if known[0] is not None:
            pattern = "".join(f"{k}, " for k in known)
            w.line(f"for {row} in {pred}.rows(({pattern})):")
            w.open_loop()
        else:
            end, nxt = w.name("end"), w.name("nxt")
            w.line(f"{end} = {pred}.ring; {nxt} = {end}.next")
            w.line(f"while {nxt} is not {end}:")
            w.open_loop()
            w.line(f"{row} = {nxt}; {nxt} = {row}.next")
        values = w.name("a")
        w.line(f"{values} = {row}.args")
        for i, t in enumerate(args):
            if known[i] is not None:
                w.line(f"if {values}[{i}] != {known[i]}: continue")
            else:
                w.line(f"V{t.index} = {values}[{i}]")
                state[t.index] = "value"
    rows.append(row)
    for a in ann:
        _write_row_annotation(w, a, row, state)


def _write_row_annotation(w: Writer, a: Term, row: str, state: dict[int, str]) -> None:
    if a.__class__ in (Atom, Struct) and all_ground((a,)):
        w.line(f"if {w.constant(a)} not in {row}.ann: {w.fail}")
        return
    if a.__class__ is not Struct or a.ann or a.functor.arithmetic or w.loops >= _MAX_LOOPS:
        raise Cannot
    x = w.name("x")
    w.line(f"for {x} in {row}.ann:")
    w.open_loop()
    functor = w.constant(a.functor)
    w.line(f"if {x}.__class__ is not Struct or {x}.functor is not {functor}: continue")
    for i, part in enumerate(a.args):
        if part.__class__ is Slot and part.index not in state:
            w.line(f"V{part.index} = {x}.args[{i}]")
            w.line(f"if V{part.index}.__class__ is Var: {w.generic}")
            state[part.index] = "value"
        elif part.__class__ is Slot:
            name = need_value(w, part.index, state, flat=True)
            w.line(f"if {x}.args[{i}] != {name}: continue")
        elif part.__class__ in (Atom, float, str):
            w.line(f"if {x}.args[{i}] != {w.constant(part)}: continue")
        else:
            raise Cannot


def _write_negation(w: Writer, node: Node, state: dict[int, str]) -> None:
    _kind, functor, args, ann, _term = node
    if any(not all_ground((a,)) or a.__class__ is Tail for a in ann):
        raise Cannot
    pred = w.predicate(functor)
    known: list[str] = []
    fresh: set[int] = set()
    for t in args:
        if t.__class__ is Slot and t.index not in state:
            if t.index in fresh:
                raise Cannot
            fresh.add(t.index)
            known.append("None")
        elif t.__class__ is Slot:
            known.append(need_value(w, t.index, state, flat=True))
        elif t.__class__ in (Atom, float, str):
            known.append(w.constant(t))
        else:
            raise Cannot
    w.line(f"if {pred}.odd: {w.generic}")
    key = "".join(f"{k}, " for k in known)
    if not fresh and not ann:
        w.line(f"if ({key}) in {pred}.by_args: {w.fail}")
    elif len(fresh) == len(args) and not ann:
        w.line(f"if {pred}.by_args: {w.fail}")
    else:
        wanted = "".join(f"{w.constant(a)}, " for a in ann)
        w.line(f"if exists({pred}, ({key}), ({wanted})): {w.fail}")


def _write_solved(w: Writer, node: Node, state: dict[int, str], rows: list[str]) -> None:
    """A conjunct that the interpreter solves, inside the generated function."""
    if w.loops >= _MAX_LOOPS:
        raise Cannot
    env, trail, used = w.name("env"), w.name("trail"), w.name("used")
    for index in slots_of(node):
        if index in state:
            need_value(w, index, state)
    cells = [f"V{i}" if i in state else "None" for i in range(w.base + len(w.names))]
    w.line(f"{env} = [{', '.join(cells)}]")
    w.line(f"{trail} = []")
    w.line(f"for {used} in solve(ag, {w.constant_of(node)}, {env}, {trail}):")
    w.open_loop()
    for index in slots_of(node):
        if index not in state and _binds(node):
            w.line(f"V{index} = {env}[{index}]")
            w.line(f"if V{index} is None: V{index} = Var({w.names[index - w.base]!r})")
            w.line(f"if V{index}.__class__ is Var: V{index} = deref(V{index})")
            state[index] = "any"
            if node[0] not in (K_LIT, K_REL, K_ACT):
                w.unsure.add(index)  # one branch may leave it open, in the interpreter's frame too
    rows.append(f"*{used}")


def _binds(node: Node) -> bool:
    return bool(node[0] != K_NOT)


def slots_of(node: Any) -> list[int]:
    """The variables of a formula or term, by their places."""
    found: list[int] = []
    todo = [node]
    while todo:
        t = todo.pop()
        if t.__class__ is Slot:
            if t.index not in found:
                found.append(t.index)
        elif t.__class__ is tuple:
            todo.extend(reversed(t))
        elif t.__class__ is Struct:
            todo.extend(reversed(t.ann))
            todo.extend(reversed(t.args))
        elif t.__class__ is Cons:
            todo.append(t.tail)
            todo.append(t.head)
        elif hasattr(t, "var"):
            todo.append(t.var)
            todo.extend(getattr(t, "ann", ()))
        elif hasattr(t, "literal"):
            todo.append(t.ns)
            todo.append(t.literal)
    return sorted(found)

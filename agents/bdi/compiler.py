"""Plans as Python functions: one that selects, one for each simple step.

What this compiler does not know it leaves to the interpreter, part by part: a conjunct is solved
by ``formulas.solve`` inside the generated loop, a step stays the closure of ``bodies.py``. Where a
generated function meets a value it was not made for (an unbound argument, a belief with variables,
a rule) it hands the whole call to the interpreter, before anything has changed.
"""

from __future__ import annotations

import linecache
from types import CodeType
from typing import TYPE_CHECKING, Any

from agents.bdi.bodies import StepInfo, body_steps
from agents.bdi.compiled_parts import RUNTIME, Cannot, RuleTable, Writer
from agents.bdi.compiled_rules import rule_rows, write_rule_goal, write_rule_negation
from agents.bdi.formulas import (
    FORMULA_ARGS,
    K_ACT,
    K_LIT,
    K_NOT,
    K_REL,
    RELATIONS,
    Node,
    is_action_name,
)
from agents.bdi.plans import VARS, Plan
from agents.bdi.terms import (
    BRACED,
    EMPTY,
    Atom,
    Cons,
    Functor,
    Slot,
    Struct,
    Tail,
    Term,
    all_ground,
    deref,
)

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent

K_AND = 2
_MAX_LOOPS = 12  # CPython allows 20 nested blocks
_COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "\\==": "!="}


class Code:
    """What became of one plan: a code object, shared by all agents, and what it refers to."""

    __slots__ = ("code", "constants", "makers", "predicates", "rules", "selects", "triggers")

    def __init__(self, writer: Writer, code: CodeType, selects: bool, makers: dict[Any, str]):
        self.code = code
        self.constants = writer.constants
        self.predicates = writer.predicates
        self.rules = writer.rules
        self.triggers = writer.triggers
        self.selects = selects
        self.makers = makers


def compile_plan(plan: Plan, explain: bool, rules: RuleTable) -> Code:
    """Generates the functions of one plan."""
    writer = Writer(plan, explain)
    selects = True
    known: set[int] = set()
    try:
        known = _write_select(writer, plan, rules)
    except Cannot:
        writer.reset()
        selects = False
        known = set()
    makers: dict[Any, str] = {}
    if not selects:
        known = {t.index for t in plan.args if t.__class__ is Slot}
    for kind, term in _all_steps(plan.body):
        key = (kind, id(term))
        if key in makers:
            continue
        name = f"make_{len(makers)}"
        mark = writer.mark()
        try:
            _write_step(writer, plan, name, kind, term, known)
        except Cannot:
            writer.back_to(mark)
            continue
        makers[key] = name
    if selects and writer.functions:
        writer.guard_select()
    source = writer.source()
    file = f"<plan {plan.label} of {plan.file}:{plan.line}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    return Code(writer, compile(source, file, "exec"), selects, makers)


def bind(ag: Agent, plan: Plan, code: Code) -> Any:
    """The select function of a plan for one agent."""
    scope: dict[str, Any] = dict(RUNTIME)
    scope.update(code.constants)
    for name, functor in code.predicates.items():
        scope[name] = ag.beliefs_base.predicate(functor)
    for name, (op, functor) in code.triggers.items():
        scope[name] = ag.library.trigger(op, functor)
    for name, rule in code.rules.items():
        scope[name] = rule_rows(ag, rule)
    scope.update(EVENTS=ag.events, WAITS=ag.waits, LIBRARY=ag.library, ACTIONS=ag.actions)
    exec(code.code, scope)
    bound = plan.clone({key: scope[name] for key, name in code.makers.items()})
    scope["PLAN"] = bound
    scope["FIRST"] = bound.first
    scope["GENERIC"] = bound.select
    return scope["select"] if code.selects else bound.select


def _all_steps(body: Term) -> list[tuple[str, Term]]:
    found = []
    for kind, term, _line in body_steps(body):
        found.append((kind, term))
        if term.__class__ is Struct and kind == "act":
            f = term.functor
            if f is BRACED:
                found.extend(_all_steps(term.args[0]))
            elif f.name in (".if_then_else", ".loop", ".foreach", ".fork"):
                for inner in term.args[1:]:
                    found.extend(_all_steps(inner))
    return found


# -- select --------------------------------------------------------------------------------------


def _write_select(w: Writer, plan: Plan, rules: RuleTable) -> set[int]:
    if plan.variable is not None or plan.until is not None:
        raise Cannot
    w.line("def select(ag, e):")
    w.indent()
    state: dict[int, str] = {}  # slot -> "value" or "flat"
    if plan.args:
        w.line("args = e[1]")
    for i, t in enumerate(plan.args):
        _write_match(w, t, f"args[{i}]", state)
    if plan.ann:
        _write_annotations(w, plan.ann, state)
    rows: list[str] = []
    goals = conjuncts(plan.context) if plan.context is not None else []
    for goal in goals:
        write_goal(w, goal, state, rows, rules)
    known = set(state) - w.unsure
    _write_frame(w, plan, state, rows)
    w.close()
    return known


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


def _write_match(w: Writer, t: Term, value: str, state: dict[int, str]) -> None:
    """Matches an argument of the event with a part of the trigger."""
    cls = t.__class__
    if cls is Slot:
        if t.index in state:
            w.line(f"x = {value}; y = V{t.index}")
            w.line("if x is not y:")
            w.line("    c = x.__class__")
            w.line(f"    if c not in FLAT or y.__class__ not in FLAT: {w.generic}")
            w.line("    if x != y: return None")
            return
        w.line(f"V{t.index} = {value}")
        w.line(f"if V{t.index}.__class__ is Var:")
        w.line(f"    V{t.index} = deref(V{t.index})")
        state[t.index] = "any"
        return
    w.line(f"x = {value}")
    w.line("if x.__class__ is Var: x = deref(x)")
    if cls is Atom or cls is float or cls is str:
        same = "is not" if cls is Atom else "!="
        w.line(f"if x {same} {w.constant(t)}:")
        w.line("    if x.__class__ in FLAT: return None")
        w.line(f"    {w.generic}")
        return
    if t is EMPTY:
        w.line("if x is not EMPTY:")
        w.line(f"    if x.__class__ is Var: {w.generic}")
        w.line("    return None")
        return
    if cls is Cons and not t.ground:
        name = w.name("c")
        w.line(f"{name} = x")
        w.line(f"if {name}.__class__ is not Cons:")
        w.line(f"    if {name}.__class__ is Var: {w.generic}")
        w.line("    return None")
        _write_match(w, t.head, f"{name}.head", state)
        _write_match(w, t.tail, f"{name}.tail", state)
        return
    if cls is Struct and not t.ground and not t.ann and not t.functor.arithmetic:
        if t.functor.name.startswith("{"):
            raise Cannot
        name = w.name("c")
        w.line(f"{name} = x")
        w.line(
            f"if {name}.__class__ is not Struct or {name}.functor is not {w.constant(t.functor)}:"
        )
        w.line(f"    if {name}.__class__ in FLAT: return None")
        w.line(f"    {w.generic}")
        for i, a in enumerate(t.args):
            _write_match(w, a, f"{name}.args[{i}]", state)
        return
    raise Cannot


def _write_annotations(w: Writer, ann: tuple[Term, ...], state: dict[int, str]) -> None:
    if len(ann) == 1 and ann[0].__class__ is Tail and ann[0].var.__class__ is Slot:
        if ann[0].var.index in state:
            raise Cannot
        w.line(f"V{ann[0].var.index} = make_list(e[2])")
        state[ann[0].var.index] = "value"
        return
    for a in ann:
        if a.__class__ in (Atom, Struct) and all_ground((a,)):
            w.line(f"if {w.constant(a)} not in e[2]: return None")
            continue
        if a.__class__ is not Struct or a.ann or a.functor.arithmetic:
            raise Cannot
        w.line("for x in e[2]:")
        w.line(f"    if x.__class__ is Struct and x.functor is {w.constant(a.functor)}:")
        for i, part in enumerate(a.args):
            if part.__class__ is Slot and part.index not in state:
                w.line(f"        V{part.index} = x.args[{i}]")
                w.line(f"        if V{part.index}.__class__ is Var: {w.generic}")
                state[part.index] = "value"
            elif part.__class__ in (Atom, float, str):
                w.line(f"        if x.args[{i}] != {w.constant(part)}: continue")
            else:
                raise Cannot
        w.line("        break")
        w.line("else:")
        w.line("    return None")


def _write_frame(w: Writer, plan: Plan, state: dict[int, str], rows: list[str]) -> None:
    values = [f"V{VARS + i}" if VARS + i in state else "None" for i in range(len(plan.names))]
    values.extend(["None"] * plan.extra)
    used, cause = "None", "e[5]"
    plain = [r for r in rows if not r.startswith("*")]
    chains = [r[1:] for r in rows if r.startswith("*")]
    if w.explain and plain:
        used = "(" + "".join(f"({r}, {r}.ann, {r}.cause), " for r in plain) + ")"
        w.line("cause = e[5]")
        w.line("if " + " or ".join(f"{r}.cause is not None" for r in plain) + ":")
        w.line("    cause = merge_causes(cause, (" + "".join(f"{r}.cause, " for r in plain) + "))")
        cause = "cause"
    tail = "".join(f", {v}" for v in values)
    w.line(f"frame = [FIRST, PLAN, e, None, {used}, {cause}{tail}]")
    if w.explain:
        for chain in chains:
            w.line(f"if {chain} is not None: note_used(frame, {chain})")
    w.line("return frame")


# -- conjuncts -----------------------------------------------------------------------------------


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
    sign = _COMPARISONS.get(op)
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
    for index in _slots_of(node):
        if index in state:
            need_value(w, index, state)
    cells = [f"V{i}" if i in state else "None" for i in range(w.base + len(w.names))]
    w.line(f"{env} = [{', '.join(cells)}]")
    w.line(f"{trail} = []")
    w.line(f"for {used} in solve(ag, {w.constant_of(node)}, {env}, {trail}):")
    w.open_loop()
    for index in _slots_of(node):
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


def _slots_of(node: Any) -> list[int]:
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


# -- steps ---------------------------------------------------------------------------------------


def _write_step(w: Writer, plan: Plan, name: str, kind: str, term: Term, known: set[int]) -> None:
    w.line(f"def {name}(N, R, GENERIC_STEP):")
    w.indent()
    w.line("def step(ag, it, fr):")
    w.indent()
    if kind in ("!", "!!"):
        _write_goal_step(w, plan, kind, term, known)
    elif kind in ("+", "-"):
        _write_belief_step(w, kind, term, known)
    elif kind == "?":
        _write_test_step(w, term, known)
    elif kind == "act" and term.__class__ is Struct and term.functor.name in RELATIONS:
        _write_constraint(w, term, known)
    elif kind == "act" and term.__class__ in (Struct, Atom) and is_action_name(term.name):
        _write_action(w, plan, term, known)
    else:
        raise Cannot
    w.dedent()
    w.line("return step")
    w.dedent()


def _plain_literal(term: Term) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
    if term.__class__ is Atom:
        return Functor(term.name, 0), (), ()
    if term.__class__ is not Struct or term.functor.name.startswith("{"):
        raise Cannot
    if not all_ground(term.ann) or any(a.__class__ is Tail for a in term.ann):
        raise Cannot
    return term.functor, term.args, term.ann


def _value(w: Writer, t: Term, known: set[int], names: list[str]) -> str:
    """A name or constant for a built argument of a step."""
    cls = t.__class__
    if cls is Slot:
        name = f"V{t.index}"
        if name in w.loaded:
            return name
        w.loaded.add(name)
        w.line(f"{name} = fr[{t.index}]")
        if t.index not in known:
            w.line(f"if {name} is None: {name} = fr[{t.index}] = Var({names[t.index - VARS]!r})")
        w.line(f"if {name}.__class__ in LOOSE: {name} = settle({name})")
        return name
    if cls in (float, str, Atom):
        return w.constant(t)
    if cls is Struct and t.functor.arithmetic:
        if t.functor.arity != 2 or t.functor.name not in ("+", "-", "*", "/", "div", "mod", "**"):
            return _built(w, t)
        a, b = _value(w, t.args[0], known, names), _value(w, t.args[1], known, names)
        name = w.name("n")
        op = t.functor.name
        if op in ("+", "-", "*"):
            tests = [
                f"{x}.__class__ is float"
                for x, part in ((a, t.args[0]), (b, t.args[1]))
                if part.__class__ is not float
            ]
            test = " and ".join(tests) or "True"
            w.line(f"{name} = {a} {op} {b} if {test} else arith({op!r}, {a}, {b})")
        else:
            w.line(f"{name} = arith({op!r}, {a}, {b})")
        return name
    if all_ground((t,)):
        return w.constant(t)
    if cls is Struct and not t.ann and not t.functor.name.startswith("{"):
        return _structure(w, t, known, names)
    return _built(w, t)


def _structure(w: Writer, t: Struct, known: set[int], names: list[str]) -> str:
    parts = [_value(w, a, known, names) for a in t.args]
    name = w.name("b")
    w.line(f"{name} = make({w.constant(t.functor)}, ({''.join(f'{p}, ' for p in parts)}))")
    return name


def _built(w: Writer, t: Term) -> str:
    name = w.name("b")
    w.line(f"{name} = build({w.constant_of(t)}, fr)")
    return name


def _tuple(w: Writer, args: tuple[Term, ...], known: set[int], names: list[str]) -> str:
    if args and all_ground(args):
        return w.constant_of(args)
    values = [_value(w, t, known, names) for t in args]
    return "(" + "".join(f"{v}, " for v in values) + ")"


def _write_goal_step(w: Writer, plan: Plan, kind: str, term: Term, known: set[int]) -> None:
    from agents.bdi.beliefs import with_source

    functor, args, ann = _plain_literal(term)
    if kind == "!!":
        built = _tuple(w, args, known, plan.names)
        w.line(
            f"ag.spawn_goal({w.constant(functor)}, {built}, "
            f"{w.constant_of(with_source(ann)) if ann else 'SELF'}, fr[5])"
        )
        w.line("fr[0] = N")
        w.line("return R")
        return
    trigger = w.trigger("+!", functor)
    built = _tuple(w, args, known, plan.names)
    w.line(f"args = {built}")
    w.line("fr[0] = N")
    if functor is plan.functor and plan.op in ("+!", "-!"):
        w.line("if N is None:")
        w.line("    if (fr[3] is None and fr[2][2] is SELF and it.fork is None")
        w.line("            and ag.atomic is None and not LIBRARY.has_meta")
        w.line("            and it.stack[-1] is fr):")
        w.line("        it.stack.pop()")
        w.line("    else:")
        w.line("        it.drop_finished(ag, fr)")
    if ann:
        w.line(
            f"ag.post_goal(it, '+!', {w.constant(functor)}, args, "
            f"{w.constant_of(with_source(ann))}, fr[5])"
        )
    else:
        w.line(f"if {trigger}.fail.plans or WAITS or LIBRARY.has_meta:")
        w.line(f"    ag.post_goal(it, '+!', {w.constant(functor)}, args, SELF, fr[5])")
        w.line("else:")
        w.line(f"    EVENTS.append(({trigger}, args, SELF, it, None, fr[5]))")
    w.line("return 1")


def _write_belief_step(w: Writer, kind: str, term: Term, known: set[int]) -> None:
    from agents.bdi.beliefs import with_source

    functor, args, ann = _plain_literal(term)
    pred, trigger = w.predicate(functor), w.trigger(kind, functor)
    built = _tuple(w, args, known, w.plan.names)
    w.line(f"args = {built}")
    w.line("fr[0] = N")
    source = w.constant_of(with_source(ann)) if ann else "SELF"
    call = "believe_at" if kind == "+" else "forget_at"
    w.line(f"return ag.{call}(it, {pred}, {trigger}, args, {source}, fr[5]) or R")


def _write_test_step(w: Writer, term: Term, known: set[int]) -> None:
    functor, args, ann = _plain_literal(term)
    if ann:
        raise Cannot
    pred = w.predicate(functor)
    w.line(f"if {pred}.odd: return GENERIC_STEP(ag, it, fr)")
    pattern: list[str] = []
    free: list[tuple[int, int]] = []
    for i, t in enumerate(args):
        if t.__class__ is Slot:
            name = f"V{t.index}"
            if any(index == t.index for index, _ in free):
                raise Cannot
            if name not in w.loaded:
                w.loaded.add(name)
                w.line(f"{name} = fr[{t.index}]")
                w.line(f"if {name}.__class__ is Var: {name} = deref({name})")
            open_too = "" if t.index in known else f"{name} is not None and "
            w.line(f"if {open_too}{name}.__class__ not in FLAT: return GENERIC_STEP(ag, it, fr)")
            pattern.append(name)
            if t.index not in known:
                free.append((t.index, i))
        elif t.__class__ in (Atom, float, str):
            pattern.append(w.constant(t))
        elif t.__class__ is Struct and t.functor.arithmetic:
            if any(i not in known for i in _slots_of(t)):
                raise Cannot
            value = _value(w, t, known, w.plan.names)
            w.line(f"if {value}.__class__ not in FLAT: return GENERIC_STEP(ag, it, fr)")
            pattern.append(value)
        else:
            raise Cannot
    key = "".join(f"{p}, " for p in pattern)
    if not free:
        w.line(f"r = {pred}.by_args.get(({key}))")
        w.line("if r is None: return GENERIC_STEP(ag, it, fr)")
    else:
        w.line(f"r = first_row({pred}, ({key}))")
        w.line("if r is None: return GENERIC_STEP(ag, it, fr)")
        for index, i in free:
            w.line(f"if V{index} is None: fr[{index}] = r.args[{i}]")
    if w.explain:
        w.line("note_used(fr, (r, None))")
    w.line("fr[0] = N")
    w.line("return R")


def _write_constraint(w: Writer, term: Term, known: set[int]) -> None:
    op, (left, right) = term.functor.name, term.args
    if op == "=":
        if left.__class__ is not Slot or left.index in _slots_of(right):
            raise Cannot
        if left.index in known:
            a, b = (_value(w, t, known, w.plan.names) for t in (left, right))
            w.line(f"if not unify({a}, {b}, []): return GENERIC_STEP(ag, it, fr)")
            w.line("fr[0] = N")
            w.line("return R")
            return
        w.line(f"if fr[{left.index}] is not None: return GENERIC_STEP(ag, it, fr)")
        w.line(f"fr[{left.index}] = {_value(w, right, known, w.plan.names)}")
    else:
        sign = _COMPARISONS.get(op)
        if sign is None or any(i not in known for i in _slots_of(term)):
            raise Cannot
        a, b = (_value(w, t, known, w.plan.names) for t in (left, right))
        w.line(
            f"if {a}.__class__ is not float or {b}.__class__ is not float "
            f"or not ({a} {sign} {b}): return GENERIC_STEP(ag, it, fr)"
        )
    w.line("fr[0] = N")
    w.line("return R")


def _write_action(w: Writer, plan: Plan, term: Term, known: set[int]) -> None:
    name = term.name
    args = term.args if term.__class__ is Struct else ()
    if name in FORMULA_ARGS or name in (".if_then_else", ".loop", ".foreach", ".fork", ".join"):
        raise Cannot
    built = _tuple(w, args, known, plan.names) if args else "()"
    action = w.name("A")
    w.late[action] = (name, len(args))
    w.line("trail = []")
    w.line(f"r = action_call(ACTIONS, {name!r}, {len(args)})(ag, {built}, trail)")
    w.line("if r is not True and r is not None:")
    w.line(f"    return after_action(fr, r, trail, N, R, {name!r}, step)")
    w.line("if fr[0] is step: fr[0] = N")
    w.line("return R")


def describe(info: StepInfo) -> str:
    """File and line of a step."""
    return f"{info.file}:{info.line}"


__all__ = ["Code", "bind", "compile_plan", "deref"]

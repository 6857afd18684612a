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

from agents.bdi.bodies import body_steps
from agents.bdi.compiled_goals import conjuncts, write_goal
from agents.bdi.compiled_parts import RUNTIME, Cannot, RuleTable, Writer
from agents.bdi.compiled_rules import rule_rows
from agents.bdi.compiled_steps import write_step
from agents.bdi.plans import VARS, Plan
from agents.bdi.terms import (
    BRACED,
    EMPTY,
    Atom,
    Cons,
    Slot,
    Struct,
    Tail,
    Term,
    all_ground,
)

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent


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
            write_step(writer, plan, name, kind, term, known)
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

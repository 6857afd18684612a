"""What lint says about beliefs, comparisons, and the operations of a declared world."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agents.bdi.bodies import body_steps
from agents.bdi.formulas import (
    FORMULA_ARGS,
    K_ACT,
    K_AND,
    K_LIT,
    K_NOT,
    K_OR,
    K_REL,
    Node,
    Rule,
    node_of,
)
from agents.bdi.plans import Plan
from agents.bdi.terms import (
    BODY,
    BRACED,
    EVENT,
    PLAN,
    RULE,
    Atom,
    Cons,
    Functor,
    Slot,
    Struct,
    Term,
    deref,
    literal_parts,
)
from agents.errors import did_you_mean

if TYPE_CHECKING:
    from agents.bdi.program import Program

_ORDER = ("<", "<=", ">", ">=")
_ADDS = ("+", "++", "+<", "+>", "-+")
_ADDING_ACTIONS = (".asserta", ".assertz")
_FORMULAS = {**FORMULA_ARGS, ".wait": (0,), ".max": (1,), ".min": (1,)}
_CONDITIONS = (".if_then_else", ".loop", ".foreach")


@dataclass(frozen=True, slots=True)
class World:
    """What a host adds to a program: names of beliefs and events, and operations to call.

    ``operations`` gives, for each name, the numbers of arguments it takes; ``callers`` says in
    which place an action of the plans takes such an operation, as in ``{".invoke": 1}``.
    """

    beliefs: Collection[str] = ()
    operations: Mapping[str, Collection[int]] = field(default_factory=dict)
    callers: Mapping[str, int] = field(default_factory=dict)


Found = tuple[str, str, int, str]  # code, file, line, message


def check_beliefs(program: Program, plans: list[Plan], world: World) -> Iterator[Found]:
    """Beliefs that are read and that nobody adds; events that nobody raises."""
    added = _added(program, plans)
    if added is None:
        return
    names = {f.name for f in added} | set(world.beliefs)
    # With no world declared, a plan for an event says that somebody outside raises it.
    raised = (
        set() if world.beliefs else {p.functor for p in plans if p.op in ("+", "-") and p.functor}
    )
    for functor, file, line, where in _read(program, plans):
        if functor in added or functor.name in world.beliefs or functor in raised:
            continue
        near = did_you_mean(functor.name, sorted(names))
        yield (
            "belief_never_added",
            file,
            line,
            f"{where} asks for {functor}, which nobody adds.{near}",
        )
    if not world.beliefs:
        return
    for plan in plans:
        what = plan.functor
        if plan.op not in ("+", "-") or what is None or what in added:
            continue
        if what.name not in world.beliefs and not _from_outside(plan):
            near = did_you_mean(what.name, sorted(names))
            yield (
                "event_never_raised",
                plan.file,
                plan.line,
                f"plan '{plan.label}' waits for {plan.trigger_text()}, which nobody raises.{near}",
            )


def _from_outside(plan: Plan) -> bool:
    """Whether the trigger asks for another source: what others tell, nobody here adds."""
    return any(
        a.__class__ is Struct and a.functor.name == "source" and a.args[0] is not Atom("self")
        for a in plan.ann
    )


def check_removals(program: Program, plans: list[Plan], world: World) -> Iterator[Found]:
    """``-b`` where only others tell ``b``: the step removes what has the source self."""
    added = _added(program, plans)
    if added is None:
        return
    told = {p.functor for p in plans if p.op == "+" and _from_outside(p)}
    for plan in plans:
        for step in plan.steps:
            info = step.info
            parts = literal_parts(info.term) if info.kind == "-" else None
            if parts is None or parts[0] in added:
                continue
            if parts[0] not in told and parts[0].name not in world.beliefs:
                continue
            if any(a.__class__ is Struct and a.functor.name == "source" for a in parts[2]):
                continue
            text = (
                f"plan '{plan.label}' removes {parts[0]}, which only others add: nothing happens. "
                f"Name the source, as in -{parts[0].name}(..)[source(percept)], or use .abolish"
            )
            yield ("removes_others_belief", info.file, info.line, text)


def check_operations(plans: list[Plan], world: World) -> Iterator[Found]:
    """Calls of operations that no twin of the declared world has."""
    if not world.operations:
        return
    for plan in plans:
        for step in plan.steps:
            info = step.info
            for name, args in _calls(info.term):
                place = world.callers.get(name)
                if place is None or place >= len(args):
                    continue
                parts = literal_parts(deref(args[place]))
                if parts is None:
                    continue
                where = f"plan '{plan.label}'"
                arities = world.operations.get(parts[0].name)
                if arities is None:
                    near = did_you_mean(parts[0].name, sorted(world.operations))
                    text = f"{where} calls {parts[0]}, which no twin offers.{near}"
                    yield ("unknown_operation", info.file, info.line, text)
                elif parts[0].arity not in arities:
                    takes = " or ".join(str(n) for n in sorted(arities))
                    text = f"{where} calls {parts[0]}; it takes {takes} arguments"
                    yield ("wrong_operation_arity", info.file, info.line, text)


# -- comparisons -----------------------------------------------------------------------------------


def check_comparisons(plan: Plan) -> Iterator[Found]:
    """``<`` and its like with a variable that nothing before them can bind."""
    bound = set(_slots((plan.args, plan.ann, plan.variable))) | {own for own, _ in plan.scope}
    where = f"plan '{plan.label}'"
    for name in _in_formula(plan.context, bound, plan.names):
        yield _unbound(name, where, plan.file, plan.line)
    yield from _in_body(plan, plan.body, bound)


def check_rule_comparisons(rule: Rule) -> Iterator[Found]:
    """The same in the body of a rule."""
    bound = set(_slots((rule.args,)))
    for name in _in_formula(rule.body, bound, []):
        yield _unbound(name, f"the rule for {rule.functor}", rule.file, rule.line)


def _unbound(name: str, where: str, file: str, line: int) -> Found:
    text = f"{where} compares {name}, which nothing before has bound: unbound is greater than all"
    return ("unbound_comparison", file, line, text)


def _in_body(plan: Plan, body: Term, bound: set[int]) -> Iterator[Found]:
    for kind, term, line in body_steps(body):
        formula: Node | None = None
        name = term.functor.name if term.__class__ is Struct else ""
        if (kind == "act" and name in _ORDER) or kind == "?":
            formula = node_of(term)
        elif kind == "act" and name in _CONDITIONS:
            formula = node_of(term.args[0])
        for variable in _in_formula(formula, bound, plan.names):
            yield _unbound(variable, f"plan '{plan.label}'", plan.file, line or plan.line)
        if kind == "act" and (name in _CONDITIONS or term.__class__ is Struct):
            for inner in _bodies(term):
                yield from _in_body(plan, inner, bound)
        bound.update(_slots(term))


def _bodies(term: Struct) -> Iterator[Term]:
    if term.functor is BRACED:
        yield term.args[0]
    elif term.functor.name in (*_CONDITIONS, ".fork"):
        for part in term.args[1:]:
            if part.__class__ is Struct and part.functor is BRACED:
                yield part.args[0]


def _in_formula(node: Node | None, bound: set[int], names: list[str]) -> Iterator[str]:
    """Names of variables that are compared unbound; what the formula may bind is noted."""
    if node is None:
        return
    kind = node[0]
    if kind == K_AND:
        yield from _in_formula(node[1], bound, names)
        yield from _in_formula(node[2], bound, names)
    elif kind == K_OR:
        left, right = set(bound), set(bound)
        yield from _in_formula(node[1], left, names)
        yield from _in_formula(node[2], right, names)
        bound.update(left | right)
    elif kind == K_NOT:
        yield from _in_formula(node[1], set(bound), names)
    elif kind == K_REL and node[1] in _ORDER:
        for slot in _slot_terms((node[2], node[3])):
            if slot.index not in bound:
                yield slot.name
                bound.add(slot.index)  # said once
    else:
        bound.update(_slots(node[1:]))


# -- what is added and what is read ----------------------------------------------------------------


def _added(program: Program, plans: list[Plan]) -> set[Functor] | None:
    """Everything that some clause adds; None where a variable is added, which may be anything."""
    found: set[Functor] = set()
    for entry in program.initial:
        found.add(entry.functor if isinstance(entry, Rule) else entry[0])
    for plan in plans:
        if plan.op == "+?" and plan.functor is not None:
            found.add(plan.functor)
        for kind, term in _steps_anywhere(plan.body):
            if kind in _ADDS or (kind == "act" and _action_name(term) in _ADDING_ACTIONS):
                what = deref(term if kind in _ADDS else term.args[0])
                if what.__class__ is Struct and what.functor is RULE:
                    what = deref(what.args[0])
                if what.__class__ is Struct and what.functor is PLAN:
                    continue
                parts = literal_parts(what)
                if parts is None:
                    return None
                found.add(parts[0])
    return found


def _read(program: Program, plans: list[Plan]) -> Iterator[tuple[Functor, str, int, str]]:
    for entry in program.initial:
        if isinstance(entry, Rule):
            for functor in _asked(entry.body):
                yield functor, entry.file, entry.line, f"the rule for {entry.functor}"
    for plan in plans:
        where = f"plan '{plan.label}'"
        for node in (plan.context, plan.until):
            for functor in _asked(node):
                yield functor, plan.file, plan.line, where
        for step in plan.steps:
            info = step.info
            term = info.term
            node = None
            if info.kind == "?":
                node = node_of(term)
            elif info.kind == "act" and _action_name(term) in _CONDITIONS:
                node = node_of(term.args[0])
            elif info.kind == "act" and "." in _action_name(term):
                node = node_of(term)
            for functor in _asked(node):
                yield functor, info.file, info.line, where


def _asked(node: Node | None) -> Iterator[Functor]:
    if node is None:
        return
    kind = node[0]
    if kind in (K_AND, K_OR):
        yield from _asked(node[1])
        yield from _asked(node[2])
    elif kind == K_NOT:
        yield from _asked(node[1])
    elif kind == K_LIT:
        yield node[1]
    elif kind == K_ACT:
        places = _FORMULAS.get(node[1], ())
        for i, a in enumerate(node[2]):
            if a.__class__ is tuple:
                yield from _asked(a[0])
            elif i in places and (node[1] == ".wait" or len(node[2]) == 3):
                yield from _asked_of_term(a)


def _asked_of_term(term: Term) -> Iterator[Functor]:
    term = deref(term)
    if term.__class__ is Atom or (
        term.__class__ is Struct and not term.functor.arithmetic and term.functor is not EVENT
    ):
        yield from _asked(node_of(term))


def _action_name(term: Term) -> str:
    if term.__class__ is Struct:
        name: str = term.functor.name
        return name
    return term.name if term.__class__ is Atom else ""


def _steps_anywhere(term: Any) -> Iterator[tuple[str, Term]]:
    """Every step of every body in a term, those of plan terms too."""
    todo = [term]
    while todo:
        t = deref(todo.pop())
        if t.__class__ is Struct:
            if t.functor is BODY:
                yield t.args[0].name, deref(t.args[1])
            todo.extend(t.args)
        elif t.__class__ is Cons:
            todo.extend((t.head, t.tail))


def _calls(term: Term) -> Iterator[tuple[str, tuple[Term, ...]]]:
    todo = [term]
    while todo:
        t = deref(todo.pop())
        if t.__class__ is Struct and t.functor is not BODY:
            if "." in t.functor.name:
                yield t.functor.name, t.args
            todo.extend(t.args)


def _slot_terms(parts: Any) -> Iterator[Slot]:
    todo = [parts]
    while todo:
        t = todo.pop()
        if t.__class__ is Slot:
            yield t
        elif t.__class__ is Struct:
            todo.extend(t.args)
            todo.extend(t.ann)
        elif t.__class__ is Cons:
            todo.extend((t.head, t.tail))
        elif t.__class__ is tuple:
            todo.extend(t)
        elif hasattr(t, "var"):
            todo.append(t.var)
            todo.extend(getattr(t, "ann", ()))
        elif hasattr(t, "literal"):
            todo.extend((t.ns, t.literal))


def _slots(parts: Any) -> Iterator[int]:
    return (slot.index for slot in _slot_terms(parts))

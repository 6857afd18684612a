"""Rules as Python generators: each answers a query with what it binds and what it rests on.

One function is written for a predicate and a pattern of bound arguments. It serves predicates that
have rules and no stored beliefs, and rules that do not ask themselves; the rest is solved by the
interpreter. What the function finds out at run time to be otherwise it leaves to it too (`Odd`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.bdi.compiled_parts import Cannot, RuleTable, Writer
from agents.bdi.formulas import Node, Rule
from agents.bdi.terms import Atom, Functor, Slot, Struct, Term

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent

_MAX_LOOPS = 12  # CPython allows 20 nested blocks


def rule_rows(ag: Agent, rule: Rule) -> Any:
    """The row of a rule in the base of an agent; None when it is not there (any more)."""
    for row in ag.beliefs_base.predicate(rule.functor):
        if row.rule is rule:
            return row
    return None


def write_rule_goal(
    w: Writer, node: Node, state: dict[int, str], rows: list[str], rules: RuleTable
) -> None:
    """A query of rules: a loop over their answers, or the first one when nothing is left open."""
    call, fresh = _call(w, node, state, rules)
    answer, used = w.name("u"), w.name("used")
    if fresh:
        if w.loops >= _MAX_LOOPS:
            raise Cannot
        w.line(f"for {answer} in {call}:")
        w.open_loop()
        for place, index in enumerate(fresh):
            w.line(f"V{index} = {answer}[{place}]")
            state[index] = "value"
    else:
        w.line(f"{answer} = next({call}, None)")
        w.line(f"if {answer} is None: {w.fail}")
    if w.explain:
        w.line(f"{used} = {answer}[-1]")
        rows.append(f"*{used}")


def write_rule_negation(w: Writer, node: Node, state: dict[int, str], rules: RuleTable) -> None:
    """The negation of a query of rules."""
    call, _ = _call(w, node, state, rules)
    w.line(f"if next({call}, None) is not None: {w.fail}")


def _call(w: Writer, node: Node, state: dict[int, str], rules: RuleTable) -> tuple[str, list[int]]:
    """The call of the rule function, and the variables that its answers bind."""
    from agents.bdi.compiled_goals import expression, need_value

    _kind, functor, args, ann, _term = node
    of_functor = rules[functor]
    if ann or of_functor is None or functor in w.writing:
        raise Cannot
    given: list[str] = []
    fresh: list[int] = []
    pattern = ""
    for t in args:
        if t.__class__ is Slot and t.index not in state:
            if t.index in fresh:
                raise Cannot
            fresh.append(t.index)
            pattern += "-"
            continue
        pattern += "+"
        if t.__class__ is Slot:
            value = need_value(w, t.index, state)
            if state[t.index] != "flat":
                w.line(
                    f"if {value}.__class__ not in FLAT and not getattr({value}, 'ground', True): "
                    f"{w.generic}"
                )
            given.append(value)
        elif t.__class__ in (Atom, float, str) or (t.__class__ is Struct and t.functor.arithmetic):
            given.append(expression(w, t, state))
        else:
            raise Cannot
    name = w.functions.get((functor, pattern))
    if name is None:
        name = _write_function(w, functor, pattern, of_functor, rules)
    return f"{name}({', '.join(['ag', *given])})", fresh


def _write_function(
    w: Writer, functor: Functor, pattern: str, of_functor: tuple[Rule, ...], rules: RuleTable
) -> str:
    """Write the generator for one pattern; returns its name."""
    name = f"R{len(w.functions)}"
    w.functions[(functor, pattern)] = name
    outer = w.begin_function(functor)
    try:
        given = [f"A{i}" for i, mode in enumerate(pattern) if mode == "+"]
        w.line(f"def {name}({', '.join(['ag', *given])}):")
        w.indent()
        predicate = w.predicate(functor)
        w.line(f"if {predicate}.by_args or {predicate}.odd != {len(of_functor)}: raise Odd")
        for rule in of_functor:
            _write_rule(w, rule, pattern, rules)
    except Cannot:
        del w.functions[(functor, pattern)]
        w.end_function(outer, keep=False)
        raise
    w.end_function(outer, keep=True)
    return name


def _write_rule(w: Writer, rule: Rule, pattern: str, rules: RuleTable) -> None:
    from agents.bdi.compiled_goals import conjuncts, expression, write_goal

    mark = w.mark()
    w.names = [f"R{i}" for i in range(rule.size)]
    w.line("for _ in ONCE:")
    w.open_loop()
    state: dict[int, str] = {}
    for i, t in enumerate(rule.args):
        if pattern[i] == "+":
            _match_head(w, t, f"A{i}", state)
    rows: list[str] = []
    for goal in conjuncts(rule.body):
        write_goal(w, goal, state, rows, rules)
    answers = []
    for i, t in enumerate(rule.args):
        if pattern[i] == "-":
            if t.__class__ is Slot and t.index in w.unsure:
                raise Cannot
            answers.append(expression(w, t, state))
    chain = "None"
    if w.explain:
        parts = "".join(f"{row.lstrip('*')}, " for row in rows)
        chain = f"chained(({w.rule(rule)}, None), ({parts}))"
    w.line(f"yield ({''.join(f'{a}, ' for a in answers)}{chain},)")
    w.close_to(mark)


def _match_head(w: Writer, t: Term, value: str, state: dict[int, str]) -> None:
    """Match a bound argument with a part of the head."""
    if t.__class__ is Slot:
        if t.index in state:
            w.line(f"if {value} != V{t.index}: {w.fail}")
            return
        w.line(f"V{t.index} = {value}")
        state[t.index] = "value"
    elif t.__class__ in (Atom, float, str):
        w.line(f"if {value} != {w.constant(t)}: {w.fail}")
    else:
        raise Cannot

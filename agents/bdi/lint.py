"""What looks wrong in a program before it runs.

A comment ``// lint: ok <code>`` on a line silences that code for the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.bdi.actions import Actions
from agents.bdi.formulas import RELATIONS, Rule, is_action_name
from agents.bdi.lint_beliefs import (
    World,
    check_beliefs,
    check_comparisons,
    check_operations,
    check_removals,
    check_rule_comparisons,
)
from agents.bdi.plans import VARS, Plan
from agents.bdi.terms import (
    BODY,
    EVENT,
    PLAN,
    Atom,
    Cons,
    Functor,
    Slot,
    Struct,
    Tail,
    Term,
    deref,
    literal_parts,
)
from agents.errors import did_you_mean

if TYPE_CHECKING:
    from agents.bdi.program import Program

_CONTROL = {".if_then_else", ".loop", ".foreach", ".fork", ".join"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that looks wrong, and where."""

    code: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.code}]"


def check_program(
    program: Program, actions: Actions | None, world: World | None = None
) -> list[Problem]:
    """Every problem, by file and line.

    The engine knows no world: whether a belief ever comes and an operation exists is asked only
    where the caller declares one (an empty one for a program that runs alone).
    """
    known = actions if actions is not None else Actions.standard()
    found: list[Problem] = []
    for entry in program.initial:
        if isinstance(entry, Rule):
            found.extend(_actions_in(entry.term, known, entry.file, entry.line, "the rule"))
    plans = [inner for plan in program.plans for inner in plan.with_inner()]
    goals = {p.functor for p in plans if p.op == "+!" and p.functor is not None}
    catches_all = any(p.op == "+!" and p.functor is None for p in plans)
    recoveries: dict[Functor, list[Plan]] = {}
    for plan in plans:
        if plan.label.startswith("p__"):
            found.append(
                Problem(
                    "unlabelled_plan",
                    plan.file,
                    plan.line,
                    f"plan {plan.trigger_text()} has no label",
                )
            )
        found.extend(check_plan(plan, known))
        if not catches_all:
            found.extend(_goals_without_plan(plan, goals))
        if plan.op == "-!" and plan.functor is not None:
            recoveries.setdefault(plan.functor, []).append(plan)
        found.extend(_lonely_variables(plan))
        found.extend(Problem(*p) for p in check_comparisons(plan))
    if not catches_all:
        for functor, _args, _ann in program.goals:
            if functor not in goals:
                found.append(_no_plan(functor, goals, program.file, 1, "the initial goal"))
    found.extend(_never_reached(program.plans))
    for rule in program.initial:
        if isinstance(rule, Rule):
            found.extend(Problem(*p) for p in check_rule_comparisons(rule))
    if world is not None:
        found.extend(Problem(*p) for p in check_beliefs(program, plans, world))
        found.extend(Problem(*p) for p in check_operations(plans, world))
        found.extend(Problem(*p) for p in check_removals(program, plans, world))
    for candidates in recoveries.values():
        if not any(_unconditional(p) for p in candidates):
            last = candidates[-1]
            found.append(
                Problem(
                    "conditional_recovery",
                    last.file,
                    last.line,
                    f"plan '{last.label}': every {last.trigger_text()} asks for something; "
                    "without an unconditional one the intention ends where none fits",
                )
            )
    silenced = _silenced(program)
    kept = [p for p in found if (p.file, p.line, p.code) not in silenced]
    return sorted(set(kept), key=lambda p: (p.file, p.line, p.code, p.message))


def _silenced(program: Program) -> set[tuple[str, int, str]]:
    marks = set()
    for file, text in program.texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            for code in re.findall(r"//\s*lint:\s*ok\s+(\w+)", line):
                marks.add((file, number, code))
                marks.add((file, number + 1, code))
    return marks


def check_plan(plan: Plan, known: Actions) -> Iterator[Problem]:
    """What is wrong with the actions of one plan."""
    where = f"plan '{plan.label}'"
    context = plan.term.args[2]
    yield from _actions_in(context, known, plan.file, plan.line, where)
    for name, _arity in _names_in(context):
        for definition in known.by_name.get(name, ()):
            if definition.body_only:
                yield Problem(
                    "action_in_context",
                    plan.file,
                    plan.line,
                    f"{where}: {name} cannot stand in a context",
                )
    for step in plan.steps:
        info = step.info
        yield from _actions_in(info.term, known, info.file, info.line, where)
        if info.kind == "act":
            parts = literal_parts(info.term)
            if parts is not None and _is_body_action(parts[0]):
                name, arity = parts[0].name, parts[0].arity
                if known.find(name, arity) is None:
                    near = did_you_mean(name, known.by_name)
                    if f".{name}" in known.by_name:
                        near = f" Did you mean '.{name}'?"
                    yield Problem(
                        "unknown_action",
                        info.file,
                        info.line,
                        f"{where} calls {name}/{arity}, which is no action.{near}",
                    )


def _is_body_action(functor: Functor) -> bool:
    return not (
        is_action_name(functor.name)
        or functor.name in RELATIONS
        or functor.name in ("&", "|", "not", "true", "false")
        or functor.name.startswith("{")
    )


def _names_in(term: Term) -> Iterator[tuple[str, int]]:
    todo = [term]
    while todo:
        term = deref(todo.pop())
        if term.__class__ is Atom:
            if is_action_name(term.name):
                yield term.name, 0
        elif term.__class__ is Struct:
            f = term.functor
            if f is PLAN or f is EVENT or f is BODY:
                if f is BODY:
                    todo.append(term.args[1])
                    todo.append(term.args[2])
                continue
            if is_action_name(f.name) and f.name not in _CONTROL:
                yield f.name, f.arity
            todo.extend(reversed(term.args))
        elif term.__class__ is Cons:
            todo.append(term.tail)
            todo.append(term.head)


def _actions_in(term: Term, known: Actions, file: str, line: int, where: str) -> Iterator[Problem]:
    from agents.bdi.arithmetic import AGENT_FUNCTIONS, FUNCTIONS

    for name, arity in _names_in(term):
        if known.find(name, arity) is not None:
            continue
        if (name, arity) in FUNCTIONS or (name, arity) in AGENT_FUNCTIONS:
            continue
        code = "wrong_arity" if name in known.by_name else "unknown_action"
        yield Problem(
            code, file, line, f"{where} calls {name}/{arity}: {known.complaint(name, arity)}"
        )


def _goals_without_plan(plan: Plan, goals: set[Functor]) -> Iterator[Problem]:
    for step in plan.steps:
        info = step.info
        if info.kind in ("!", "!!"):
            parts = literal_parts(info.term)
            if parts is not None and not parts[0].name.startswith("{") and parts[0] not in goals:
                yield _no_plan(parts[0], goals, info.file, info.line, f"plan '{plan.label}'")


def _no_plan(functor: Functor, goals: set[Functor], file: str, line: int, who: str) -> Problem:
    near = did_you_mean(str(functor), [str(g) for g in goals])
    return Problem(
        "goal_without_plan", file, line, f"{who} posts !{functor}, no plan has it.{near}"
    )


def _always_there(ann: Term) -> bool:
    """Whether every failed step brings the annotation, as it does ``error_msg(M)``."""
    return (
        ann.__class__ is Struct
        and ann.functor.name in ("error", "error_msg", "code", "code_src", "code_line")
        and ann.functor.arity == 1
        and ann.args[0].__class__ is Slot
    )


def _unconditional(plan: Plan) -> bool:
    if plan.context is not None:
        return False
    if not all(a.__class__ is Tail or _always_there(a) for a in plan.ann):
        return False
    return all(a.__class__ is Slot for a in plan.args)


def _never_reached(plans: list[Plan]) -> Iterator[Problem]:
    for i, plan in enumerate(plans):
        for earlier in plans[:i]:
            if (
                earlier.functor is not None
                and earlier.op == plan.op
                and earlier.functor is plan.functor
                and earlier.context is None
                and not earlier.ann
                and len({a.index for a in earlier.args if a.__class__ is Slot}) == len(earlier.args)
            ):
                yield Problem(
                    "never_reached",
                    plan.file,
                    plan.line,
                    f"plan '{plan.label}' is never reached: '{earlier.label}' (line "
                    f"{earlier.line}) takes every {plan.trigger_text()}",
                )
                break


def _lonely_variables(plan: Plan) -> Iterator[Problem]:
    counts: dict[int, int] = {}
    shared = {own - VARS for own, _ in plan.scope}
    inside = {name for inner in plan.inner for name in inner.names}

    def count(term: Any) -> None:
        todo = [term]
        while todo:
            t = todo.pop()
            if t.__class__ is Slot:
                counts[t.index] = counts.get(t.index, 0) + 1
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

    for part in (
        plan.args,
        plan.ann,
        plan.variable,
        _context_terms(plan.context),
        plan.body,
        _context_terms(plan.until),
    ):
        count(part)
    for i, name in enumerate(plan.names):
        if i in shared or (name in inside and name in plan.visible):
            continue
        if not name.startswith("_") and counts.get(VARS + i, 0) == 1:
            yield Problem(
                "variable_once",
                plan.file,
                plan.line,
                f"plan '{plan.label}': the variable {name} is used once. "
                f"Write _{name} if that is meant",
            )


def _context_terms(node: Any) -> Any:
    """The terms of a prepared formula, each once."""
    if node is None:
        return ()
    kind = node[0]
    if kind in (2, 3):  # and, or
        return (_context_terms(node[1]), _context_terms(node[2]))
    if kind == 4:  # not
        return _context_terms(node[1])
    if kind == 8:  # a variable
        return (node[1],)
    return (node[-1],) if len(node) > 1 else ()

"""Tests that are plans themselves: those labelled ``[test]``, with assertions."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

from agents.bdi.actions import Actions, builtin
from agents.bdi.coverage import Coverage, CoveredAgent
from agents.bdi.cycle import Agent
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import ask
from agents.bdi.order import compare
from agents.bdi.plans import Plan
from agents.bdi.printing import term_text
from agents.bdi.program import Program
from agents.bdi.terms import Atom, Struct, Term, literal_parts
from agents.bdi.trace import Reason
from agents.bdi.unification import Trail, unify

_MOST_CYCLES = 1_000_000  # of one test; engineering default
_LIMIT_S = 3600.0  # seconds of the test's own clock; engineering default


@builtin(".assert", 1)
def check(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Fails the test unless the formula has a solution."""
    for _ in ask(ag, args[0], trail):
        return True
    raise StepFailure("assertion", f"not true: {term_text(args[0].term)}")


@builtin(".assert_equals", 2, 3)
def check_equal(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Fails the test unless both are equal, numbers within a tolerance."""
    a, b = args[0], args[1]
    if len(args) > 2 and a.__class__ is float and b.__class__ is float:
        if abs(a - b) <= args[2]:
            return True
    elif compare(a, b) == 0:
        return True
    raise StepFailure("assertion", f"{term_text(a)} is not {term_text(b)}")


@builtin(".assert_added", 1)
def check_added(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Fails the test unless the belief is held."""
    parts = literal_parts(args[0])
    for row in (ag.beliefs_base.predicates.get(parts[0]) or ()) if parts is not None else ():
        if row.rule is None and unify(args[0], row.term(), trail):
            return True
    raise StepFailure("assertion", f"not believed: {term_text(args[0])}")


def is_test(plan: Plan) -> bool:
    """Whether a plan is labelled [test]."""
    label = plan.label_term
    return plan.op == "+!" and label.__class__ is Struct and Atom("test") in label.ann


def run_test(
    program: Program, plan: Plan, actions: Actions, coverage: Coverage | None = None
) -> str:
    """Runs one test in a fresh agent with a clock of its own; why it failed, or nothing."""
    time = [0.0]
    failures: list[Reason] = []
    options: dict[str, Any] = {
        "now": lambda: time[0],
        "random": random.Random(0),
        "actions": actions,
    }
    agent = (
        Agent("test", program, **options)
        if coverage is None
        else CoveredAgent("test", program, coverage=coverage, **options)
    )
    agent.on_failure(failures.append)
    assert plan.functor is not None
    agent.achieve((plan.functor.name, ()))
    while not failures:
        due = agent.run()
        if agent.cycle > _MOST_CYCLES:
            return f"{plan.file}:{plan.line}: not at its end after {_MOST_CYCLES} cycles"
        if agent.idle:
            if due is None or due > _LIMIT_S:
                break
            time[0] = max(time[0], due)
    if not failures:
        if any(f["plan"] == plan.label for it in agent.intentions() for f in it["frames"]):
            return f"{plan.file}:{plan.line}: not at its end after {_LIMIT_S:g} s of its clock"
        return ""
    first = failures[0]
    return f"{first.file}:{first.line}: {first.error}: {first.message}"


def with_assertions(actions: Actions) -> Actions:
    """The registry with what tests say beside."""
    for function in (check, check_equal, check_added):
        actions.add(function)
    return actions


def run_files(
    files: list[Path], actions: Actions | None = None, coverage: Coverage | None = None
) -> int:
    """Runs every test of the files; the exit code."""
    known = with_assertions(actions if actions is not None else Actions.standard())
    failed = 0
    for path in files:
        program = Program.load(path)
        for plan in program.plans:
            if not is_test(plan):
                continue
            why = run_test(program, plan, known, coverage)
            failed += bool(why)
            sys.stdout.write(f"{'FAILED' if why else 'passed'} {plan.label} {why}".rstrip() + "\n")
    return 1 if failed else 0

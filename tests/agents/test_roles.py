from pathlib import Path

import pytest

from agents import actions
from agents.bdi import Program
from agents.rules import RULES

ROLES = sorted((Path(__file__).parents[2] / "agents" / "roles").glob("*.asl"))
MOST_STEPS = 5  # a plan fits on a screen

every_role = pytest.mark.parametrize("path", ROLES, ids=lambda path: path.stem)


@every_role
def test_the_lint_finds_nothing_wrong(path: Path) -> None:
    registry = actions.registry()
    assert [str(problem) for problem in Program.load(path).check(registry)] == []


@every_role
def test_a_plan_has_five_steps_at_most(path: Path) -> None:
    long = [
        f"{plan.file}:{plan.line} {plan.label}"
        for plan in Program.load(path).plans
        if len(plan.steps) > MOST_STEPS
    ]
    assert long == []


@pytest.mark.parametrize("role", ["rescuer_assistant", "leader_assistant"])
def test_a_reason_settles_just_the_rules_that_say_so(role: str) -> None:
    program = Program.load(next(path for path in ROLES if path.stem == role))
    facts = [entry for entry in program.initial if isinstance(entry, tuple)]
    names = ("answered_by_reason", "single")
    settled = {args[0] for functor, args, _ in facts if functor.name in names}
    words = ("a reason given", "acknowledged")
    said = {rule.id for rule in RULES.values() if any(w in rule.silenced_by for w in words)}
    assert settled == said


@every_role
def test_no_two_plans_share_a_label(path: Path) -> None:
    labels = [plan.label for plan in Program.load(path).plans]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("role", ["rescuer_assistant", "leader_assistant"])
def test_every_rule_names_its_source(role: str) -> None:
    program = Program.load(next(path for path in ROLES if path.stem == role))
    named: dict[str, bool] = {}
    for plan in program.plans:
        if plan.op == "+!" and plan.functor is not None and plan.functor.name == "review":
            rule = plan.args[0]
            if isinstance(rule, str) and rule[3:4] == "-":
                named[rule] = named.get(rule, False) or "source(" in str(plan.label_term)
    assert [rule for rule, has_source in named.items() if not has_source] == []

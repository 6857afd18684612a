"""Taking up a changed program while the agent runs: plans, rules and initial beliefs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.bdi.beliefs import SELF, RuleRow, with_source
from agents.bdi.formulas import Rule
from agents.bdi.order import compare
from agents.bdi.plans import Plan, numbered
from agents.bdi.printing import term_text
from agents.bdi.terms import PLAN, Atom, Term, make, make_list, struct
from agents.bdi.unification import copy_term

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.program import Program


@dataclass(frozen=True, slots=True)
class Changes:
    """Labels of the plans that came, went and changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    replaced: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.replaced)


def reload(ag: Agent, program: Program) -> Changes:
    """Replaces what came from the agent's program files by what the new program says.

    Beliefs, percepts, events and intentions stay; plans told by others and plans added while
    running stay; initial goals are not posted again. Reloading the old program takes it all back.
    """
    library = ag.library
    files = set(ag.program.texts) | set(program.texts)
    own = [p for p in library.plans if p.file in files]
    other_rules = _rules(ag.program) != _rules(program)
    kept: set[int] = set()  # identities, for membership only
    plans: list[Plan] = []
    added: list[str] = []
    replaced: list[str] = []
    by_label = {p.label: p for p in own if not _is_invented(p)}
    nameless = [p for p in own if _is_invented(p)]
    for plan in program.plans:
        old = by_label.get(plan.label) if not _is_invented(plan) else _twin(plan, nameless)
        if old is None:
            added.append(plan.label)
            plans.append(_with_free_label(ag, plan, plans))
        elif _same(old, plan):
            kept.add(id(old))
            plans.append(plan if other_rules else old)
        else:
            kept.add(id(old))
            replaced.append(plan.label)
            plans.append(plan)
    removed = [p.label for p in own if id(p) not in kept]
    first_own = next((i for i, p in enumerate(library.plans) if p.file in files), 0)
    others = [(i, p) for i, p in enumerate(library.plans) if p.file not in files]
    taken = {p.label for p in plans}
    before = [p for i, p in others if i < first_own and p.label not in taken]
    after = [p for i, p in others if i >= first_own and p.label not in taken]
    if other_rules:  # compiled plans hold the rules that they were compiled with
        library.bound.clear()
        for _, other in others:
            other.coded = {}
    library.replace_all([*before, *plans, *after])
    _change_beliefs(ag, program)
    ag.program = program
    ag._fit_options()
    changes = Changes(tuple(added), tuple(removed), tuple(replaced))
    if changes:
        lists = [make_list([Atom(n) for n in names]) for names in (added, removed, replaced)]
        event: Any = struct("plans_changed", program.file, *lists)
        ag.external_event("+", event.functor, event.args, SELF, None)
    return changes


def _is_invented(plan: Plan) -> bool:
    return plan.label.startswith("p__")


def _content(plan: Plan) -> Term:
    return numbered(copy_term(make(PLAN, (Atom("_"), *plan.term.args[1:]))))


def _same(a: Plan, b: Plan) -> bool:
    return (
        a.line == b.line
        and a.file == b.file
        and term_text(a.label_term) == term_text(b.label_term)
        and a.more == b.more
        and compare(_content(a), _content(b)) == 0
    )


def _twin(plan: Plan, candidates: list[Plan]) -> Plan | None:
    for i, other in enumerate(candidates):
        if plan.more == other.more and compare(_content(plan), _content(other)) == 0:
            return candidates.pop(i)
    return None


def _with_free_label(ag: Agent, plan: Plan, taken: list[Plan]) -> Plan:
    if _is_invented(plan) and any(p.label == plan.label for p in (*ag.plans, *taken)):
        twin = plan.clone({})
        twin.coded = {}
        twin.label = ag.library.new_label()
        return twin
    return plan


def _key(entry: Any) -> str:
    if isinstance(entry, Rule):
        return term_text(numbered(copy_term(entry.term)))
    return term_text(make(*entry))


def _rules(program: Program) -> list[str]:
    return [_key(e) for e in program.initial if isinstance(e, Rule)]


def _change_beliefs(ag: Agent, program: Program) -> None:
    """Initial beliefs and rules that are new come, those that are gone go."""
    old = {_key(e): e for e in ag.program.initial}
    new = {_key(e): e for e in program.initial}
    base = ag.beliefs_base
    for key, entry in old.items():
        if key in new:
            continue
        if isinstance(entry, Rule):
            pred = base.predicate(entry.functor)
            for row in list(pred):
                if row.rule is not None and _key(row.rule) == key:
                    base.discard(row)
        else:
            functor, args, ann = entry
            ag.forget(None, functor, args, with_source(ann), None)
    for key, entry in new.items():
        if key in old:
            continue
        if isinstance(entry, Rule):
            pred = base.predicate(entry.functor)
            pred.link(RuleRow(pred, entry, SELF), last=True)
        else:
            functor, args, ann = entry
            ag.believe(None, functor, args, with_source(ann), None, last=True)

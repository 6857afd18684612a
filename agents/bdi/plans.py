"""Plans and the library of one agent: triggers, their candidates, adding and removing.

Long because plan, trigger and library index one another and are rebuilt together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from agents.bdi.beliefs import SOURCE_SELF
from agents.bdi.formulas import Node, node_of, solve
from agents.bdi.printing import literal_text, term_text, write_trigger
from agents.bdi.templates import Frame, SlotNumbers, build, match
from agents.bdi.terms import (
    BRACED,
    EVENT,
    NIL_BODY,
    PLAN,
    TRUE,
    Atom,
    Functor,
    OpenNamespace,
    Slot,
    Struct,
    Tail,
    Term,
    Var,
    VarLiteral,
    deref,
    make,
)
from agents.bdi.unification import Trail, undo, unify, unify_annotations

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent

# A frame: next step, plan, event, cut, beliefs used, cause, then the variables of the plan.
NEXT, PLAN_AT, EVENT_AT, CUT, USED, CAUSE, VARS = range(7)
# An event: trigger, arguments, annotations, intention, unbound cells, cause.
Event = tuple[Any, ...]
_SLEEPING, _AWAKING = Functor("jag_sleeping", 0), Functor("jag_awaking", 0)
_CAUGHT = Functor("kqml_received", 4)
MAX_USED = 64  # engineering default: a frame (a loop, say) remembers so many beliefs behind it
MAX_CAUSES = 16  # engineering default: a note remembers at most so many causes


class Causes(tuple[Any, ...]):
    """Several causes that came together, newest first; told apart from a cause that is a tuple."""

    __slots__ = ()


Select = Callable[["Agent", "Event"], "Frame | None"]
Chooser = Callable[["Agent", "Event", "tuple[Select, ...]"], "Frame | None"]


class Trigger:
    """What an event can be: operator and functor, with the plans of one agent for it."""

    __slots__ = ("by_first", "fail", "functor", "op", "plans", "rest", "scoped", "selects")

    def __init__(self, op: str, functor: Functor) -> None:
        self.op = op
        self.functor = functor
        self.plans: tuple[Plan, ...] = ()
        self.scoped: tuple[Plan, ...] = ()  # those of them that stand inside other plans
        self.selects: tuple[Select, ...] = ()
        self.by_first: dict[Term, tuple[Select, ...]] | None = None
        self.rest: tuple[Select, ...] = ()
        self.fail: Trigger | None = None  # of a goal: the trigger of its recovery plans

    def candidates(self, args: tuple[Term, ...]) -> tuple[Select, ...]:
        """The select functions of the plans that may be relevant, in library order."""
        index = self.by_first
        if index is None:
            return self.selects
        first = args[0]
        cls = first.__class__
        if cls is Atom or cls is float or cls is str:
            return index.get(first, self.rest)
        return self.selects

    def set_plans(
        self, plans: tuple[Plan, ...], selects: tuple[Select, ...], scoped: tuple[Plan, ...] = ()
    ) -> None:
        """Takes the candidates and builds the index of first arguments.

        One select function, the first, stands for all plans inside other plans.
        """
        self.plans = (*scoped, *plans)
        self.scoped = scoped
        self.by_first = None
        keys: list[Term] = [p.first_key() for p in plans]
        if scoped:
            from agents.bdi.scopes import select_in_scope

            selects = (select_in_scope, *selects)
            keys.insert(0, None)
        self.selects = selects
        if len(plans) < 4 or not self.functor.arity:
            return
        constants = dict.fromkeys(k for k in keys if k is not None)
        if len(constants) < 2:
            return
        groups: dict[Term, list[Select]] = {k: [] for k in constants}
        rest = []
        for select, key in zip(selects, keys, strict=True):
            if key is None:
                rest.append(select)
                for group in groups.values():
                    group.append(select)
            else:
                groups[key].append(select)
        self.rest = tuple(rest)
        self.by_first = {k: tuple(group) for k, group in groups.items()}

    def choose_by(self, choose: Chooser) -> None:
        """Puts one select function in the place of all: it asks every candidate and chooses."""
        candidates = self.selects

        def select(ag: Agent, event: Event) -> Frame | None:
            return choose(ag, event, candidates)

        self.selects = (select,)
        self.by_first = None

    def exchange(self, old: Select, new: Select) -> None:
        """Puts a compiled select function in the place of what it was made from."""
        self.selects = tuple([new if s is old else s for s in self.selects])
        index = self.by_first
        if index is not None:
            self.rest = tuple([new if s is old else s for s in self.rest])
            for key, group in index.items():
                if old in group:
                    index[key] = tuple([new if s is old else s for s in group])

    def text(self, args: tuple[Term, ...], ann: tuple[Term, ...] = ()) -> str:
        """``+!g(1)[source(self)]``."""
        return self.op + literal_text(self.functor, args, ann)


class Plan:
    """One plan, prepared: immutable once in a library, shared by all agents that loaded it."""

    __slots__ = (
        "ann",
        "args",
        "atomic",
        "body",
        "coded",
        "context",
        "extra",
        "file",
        "first",
        "functor",
        "inner",
        "label",
        "label_term",
        "line",
        "made",
        "more",
        "names",
        "op",
        "scope",
        "sources",
        "special",
        "steps",
        "term",
        "until",
        "variable",
        "visible",
    )

    def __init__(
        self,
        term: Struct,
        *,
        file: str,
        line: int,
        label: str,
        until: Term = None,
        sources: tuple[Term, ...] = (SOURCE_SELF,),
        outer: Plan | None = None,
    ) -> None:
        from agents.bdi.bodies import link_body

        self.term = term
        self.file = file
        self.line = line
        self.label = label
        self.sources = sources  # what the library of an agent starts with
        slots = SlotNumbers(VARS)
        label_term, event, context, body = (deref(a) for a in term.args)
        self.label_term = label_term
        event = deref(event)
        if event.__class__ is not Struct or event.functor is not EVENT:
            raise TypeError(f"a plan needs a trigger, as in +!g(X): {term_text(event)}")
        self.op: str = deref(event.args[0]).name
        literal = slots.template(deref(event.args[1]))
        seen = [] if outer is None else [n for n in outer.visible if not n.startswith("_")]
        self.visible: list[str] = [
            *seen,
            *(n for n in slots.names if n not in seen),
        ]  # to inner plans
        self.variable: Term = None
        self.functor: Functor | None = None
        self.args: tuple[Term, ...] = ()
        self.ann: tuple[Term, ...] = ()
        if literal.__class__ in (Slot, VarLiteral, OpenNamespace):
            self.variable = literal
        elif literal.__class__ is Atom:
            self.functor = Functor(literal.name, 0)
        else:
            self.functor, self.args, self.ann = literal.functor, literal.args, literal.ann
        context = slots.template(context)
        self.context: Node | None = None if context is TRUE else node_of(context)
        self.until: Node | None = None if until is None else node_of(slots.template(until))
        self.body = slots.template(body)
        self.atomic = label_term.__class__ is Struct and Atom("atomic") in label_term.ann
        self.special = self.atomic or (until is not None and self.op == "+!")
        self.more = "" if until is None else term_text(until)  # text that is not in the term
        self.extra = 0  # frame places that loops need beyond the variables
        self.steps: list[Any] = []
        self.inner: list[Plan] = []
        self.coded: dict[bool, Any] = {}  # what compiler.py made of it, with and without reasons
        self.made: dict[Any, Any] = {}  # makers of its compiled steps
        self.names = slots.names
        self.scope: list[tuple[int, int]] = []  # places that the plan around it fills
        if outer is not None:
            self.names.extend(n for n in seen if n not in self.names)
            self.scope = [(VARS + self.names.index(n), VARS + outer.names.index(n)) for n in seen]
        self.first = link_body(self, self.body)

    def enclose(self, inner: Plan) -> None:
        """Takes a plan that stands inside this one."""
        self.inner.append(inner)
        self.more += f"{{{term_text(inner.term)}{inner.more}}}"

    def takes(self, trigger: Trigger) -> bool:
        """Whether the plan is for events of this trigger."""
        return self.op == trigger.op and self.functor in (None, trigger.functor)

    def with_inner(self) -> Iterator[Plan]:
        """The plan and all that stand inside it."""
        yield self
        for plan in self.inner:
            yield from plan.with_inner()

    def clone(self, made: dict[Any, Any]) -> Plan:
        """The same plan with compiled steps, for the frames of one agent."""
        from agents.bdi.bodies import link_body

        twin: Plan = object.__new__(Plan)
        for name in Plan.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.made = made
        twin.extra = 0
        twin.steps = []
        twin.first = link_body(twin, twin.body)
        return twin

    def first_key(self) -> Term:
        """The constant that is the first argument, or None."""
        if self.variable is None and self.args:
            first = self.args[0]
            if first.__class__ in (Atom, float, str):
                return first
        return None

    def hidden_place(self) -> int:
        """A place in the frame for what a loop remembers."""
        self.extra += 1
        return VARS + len(self.names) + self.extra - 1

    def for_body(self, body: Term) -> Plan:
        """A plan without trigger that runs a body term in place of a step of this one."""
        from agents.bdi.bodies import link_body

        inner: Plan = object.__new__(Plan)
        slots = SlotNumbers(VARS)
        inner.term, inner.file = self.term, self.file
        inner.line, inner.label = self.line, self.label
        inner.label_term, inner.op, inner.variable, inner.functor = self.label_term, "", None, None
        inner.args, inner.ann, inner.context, inner.until = (), (), None, None
        inner.atomic, inner.extra, inner.steps, inner.inner = False, 0, [], []
        inner.coded, inner.made, inner.sources = {}, {}, ()
        inner.scope, inner.visible, inner.more, inner.special = [], [], "", False
        inner.body = slots.template(make(BRACED, (body,)))
        inner.names = slots.names
        inner.first = link_body(inner, inner.body)
        return inner

    def bindings(self, frame: Frame) -> dict[str, str]:
        """Values of the named variables, as text."""
        found = {}
        for name, value in zip(self.names, frame[VARS:], strict=False):
            if value is None or name.startswith("_"):
                continue
            value = deref(value)
            if value.__class__ is not Var:
                found[name] = term_text(value)
        return found

    def trigger_text(self) -> str:
        """``+sbp(V)[twin(P)]``."""
        out: list[str] = []
        write_trigger(self.term.args[1], out)
        return "".join(out)

    def relevant(self, event: Event, frame: Frame, trail: Trail) -> bool:
        """Unifies the trigger with an event; bindings stay noted in the trail."""
        if self.variable is not None:
            trigger = event[0]
            literal = make(trigger.functor, event[1], event[2])
            return unify(build(self.variable, frame), literal, trail)
        for t, value in zip(self.args, event[1], strict=True):
            if not match(t, frame, value, trail):
                return False
        if self.ann:
            wanted = tuple([build(a, frame) for a in self.ann if a.__class__ is not Tail])
            if self.ann[-1].__class__ is Tail:
                wanted = (*wanted, Tail(build(self.ann[-1].var, frame)))
            return unify_annotations(wanted, event[2], trail)
        return True

    def select(self, ag: Agent, event: Event) -> Frame | None:
        """A frame when the plan is relevant and applicable; otherwise nothing stays bound."""
        frame: Frame = [self.first, self, event, None, None, event[5]]
        frame.extend([None] * (len(self.names) + self.extra))
        return self.fill(ag, event, frame)

    def fill(self, ag: Agent, event: Event, frame: Frame) -> Frame | None:
        """The frame with what trigger and context bind, where both fit."""
        trail: Trail = []
        if self.relevant(event, frame, trail):
            if self.context is None:
                return frame
            try:
                for used in solve(ag, self.context, frame, trail):
                    if used is not None and ag.explain:
                        note_used(frame, used)
                    return frame
            except Exception as error:  # a context never fails an intention: it is false, and said
                ag.context_raised(event[0], error, self)
        undo(trail)
        return None

    def select_relevant(self, event: Event) -> bool:
        """Whether the trigger alone fits."""
        frame: Frame = [None] * (VARS + len(self.names) + self.extra)
        trail: Trail = []
        fits = self.relevant(event, frame, trail)
        undo(trail)
        return fits


def note_used(frame: Frame, used: Any) -> None:
    """Keeps, with their causes of this moment, the beliefs and rules that a solution rests on."""
    rows: list[Any] = []
    while used is not None:
        row, used = used
        rows.append((row, row.ann, row.cause))
    rows.reverse()
    known = frame[USED]
    if known is None:
        frame[USED] = tuple(rows)
    elif len(known) < MAX_USED:
        frame[USED] = known + tuple(rows)
    frame[CAUSE] = merge_causes(frame[CAUSE], [row[2] for row in rows])


def merge_causes(cause: Any, others: Iterable[Any]) -> Any:
    """One cause that stands for several; the distinct ones, at most sixteen."""
    found: list[Any] = []
    for other in others:
        if other is None or other is cause:
            continue
        for one in other if other.__class__ is Causes else (other,):
            if one not in found:
                found.append(one)
    if not found:
        return cause
    for one in cause if cause.__class__ is Causes else (cause,):
        if one is not None and one not in found:
            found.append(one)
    if all(one.__class__ is int for one in found):
        found.sort(reverse=True)
    return found[0] if len(found) == 1 else Causes(found[:MAX_CAUSES])


def flat_causes(cause: Any) -> tuple[Any, ...]:
    """The causes behind a merged one."""
    if cause is None:
        return ()
    return tuple(cause) if cause.__class__ is Causes else (cause,)


class PlanLibrary:
    """The plans of one agent in order, and the triggers that index them."""

    def __init__(self, plans: Iterable[Plan], compile_after: int = 3) -> None:
        self.plans: list[Plan] = list(plans)
        self.sources: dict[str, list[Term]] = {p.label: list(p.sources) for p in self.plans}
        self.triggers: dict[tuple[str, Functor], Trigger] = {}
        self.has_meta = False
        self.says_sleep = False  # whether a plan wants to know that the agent sleeps or wakes
        self.labels: dict[str, Plan] = {}
        self.variable_plans: dict[str, list[Plan]] = {}
        self.plans_of: dict[tuple[str, Functor], list[Plan]] = {}
        # Plans inside plans, by identity; they stay, as a running intention may hold them still.
        self.inner_plans: dict[int, Plan] = {}
        self.invented = 0
        self.choose: Chooser | None = None  # where somebody chooses among all options
        self.bound: dict[str, tuple[Plan, Select]] = {}  # compiled, by label
        self.catches: Trigger = self._catching()
        # Events until a plan is compiled; engineering default: one seen less is not worth it.
        self.compile_after = compile_after
        self.rebuild()

    def trigger(self, op: str, functor: Functor) -> Trigger:
        """The trigger of an operator and functor, made at its first use."""
        key = (op, functor)
        found = self.triggers.get(key)
        if found is None:
            found = self.triggers[key] = Trigger(op, functor)
            self.refresh(found)
            if op in ("+!", "+?"):
                found.fail = self.trigger("-" + op[1], functor)
        return found

    def fill(self, plan: Plan, ag: Agent, event: Event, frame: Frame) -> Frame | None:
        """The frame of a plan inside another, where trigger and context fit."""
        return plan.fill(ag, event, frame)

    def knows(self, op: str, functor: Functor) -> bool:
        """Whether some plan names this trigger."""
        return (op, functor) in self.plans_of or any(
            p.op == op and p.functor is functor for p in self.inner_plans.values()
        )

    def refresh(self, trigger: Trigger) -> None:
        """Brings the candidates of a trigger in line with the library."""
        plans = self._candidates((trigger.op, trigger.functor))
        selects = tuple([self._select_of(plan, trigger) for plan in plans])
        scoped = tuple([p for p in self.inner_plans.values() if p.takes(trigger)])
        trigger.set_plans(plans, selects, scoped)
        if self.choose is not None and trigger.selects:
            trigger.choose_by(self.choose)

    def _select_of(self, plan: Plan, trigger: Trigger) -> Select:
        """The compiled select function, or one that compiles once it is used often enough."""
        known = self.bound.get(plan.label)
        if known is not None and known[0] is plan:
            return known[1]
        if not self.compile_after:
            return plan.select
        left = self.compile_after

        def select(ag: Agent, event: Event) -> Frame | None:
            nonlocal left
            left -= 1
            if left > 0:
                return plan.select(ag, event)
            known = self.bound.get(plan.label)
            if known is None or known[0] is not plan:
                known = self.bound[plan.label] = (plan, self._compile(ag, plan))
            trigger.exchange(select, known[1])
            return known[1](ag, event)

        return select

    def _compile(self, ag: Agent, plan: Plan) -> Select:
        from agents.bdi.compiler import bind, compile_plan

        try:
            code = plan.coded.get(ag.explain)
            if code is None:
                code = plan.coded[ag.explain] = compile_plan(plan, ag.explain, ag.program.rules)
            made: Select = bind(ag, plan, code)
        except Exception as error:  # whatever stops the compiler, the interpreter can do
            ag.log("error", f"{plan.file}:{plan.line}: '{plan.label}' is not compiled: {error!r}")
            return plan.select
        return made

    def _candidates(self, key: tuple[str, Functor]) -> tuple[Plan, ...]:
        own = self.plans_of.get(key, [])
        wide = self.variable_plans.get(key[0])
        if not wide:
            return tuple(own)
        place = {id(p): i for i, p in enumerate(self.plans)}
        return tuple(sorted([*own, *wide], key=lambda p: place[id(p)]))

    def _catching(self) -> Trigger:
        """The trigger of the plans that take messages before the table does."""
        found = self.triggers["+!", _CAUGHT] = Trigger("+!", _CAUGHT)
        found.fail = self.triggers["-!", _CAUGHT] = Trigger("-!", _CAUGHT)
        return found

    def rebuild(self) -> None:
        """Brings every index in line with the list of plans."""
        self.plans_of = {}
        self.variable_plans = {}
        self.labels = {}
        for plan in self.plans:
            self.labels[plan.label] = plan
            for own in plan.inner:
                for inner in own.with_inner():
                    self.inner_plans[id(inner)] = inner
            if plan.functor is None:
                self.variable_plans.setdefault(plan.op, []).append(plan)
            else:
                self.plans_of.setdefault((plan.op, plan.functor), []).append(plan)
        self.says_sleep = self.knows("+", _SLEEPING) or self.knows("+", _AWAKING)
        self.has_meta = any(p.op.startswith("^") for p in (*self.plans, *self.inner_plans.values()))
        for trigger in self.triggers.values():
            self.refresh(trigger)

    def new_label(self) -> str:
        """A label that no plan has."""
        while True:
            self.invented += 1
            label = f"p__{self.invented}"
            if label not in self.labels:
                return label

    def add(self, plan: Plan, first: bool = False) -> None:
        """Puts a plan at the end, or first."""
        self.plans.insert(0 if first else len(self.plans), plan)
        self.sources[plan.label] = list(plan.sources)
        self.rebuild()

    def replace_all(self, plans: list[Plan]) -> None:
        """Takes another list of plans; those that stay keep their sources."""
        self.sources = {p.label: self.sources.get(p.label, list(p.sources)) for p in plans}
        self.plans = plans
        self.rebuild()

    def remove(self, label: str, source: Term = SOURCE_SELF) -> bool:
        """Takes a source from a plan, and the plan when none is left."""
        plan = self.labels.get(label)
        if plan is None:
            return False
        sources = self.sources[label]
        if source in sources:
            sources.remove(source)
        if sources:
            return False
        del self.sources[label]
        self.plans.remove(plan)
        self.rebuild()
        return True

    def same(self, term: Struct) -> Plan | None:
        """The plan with equal trigger, context and body."""
        from agents.bdi.order import compare
        from agents.bdi.unification import copy_term

        wanted = numbered(copy_term(make(PLAN, (Atom("_"), *term.args[1:]))))
        for plan in self.plans:
            own = numbered(copy_term(make(PLAN, (Atom("_"), *plan.term.args[1:]))))
            if compare(own, wanted) == 0:
                return plan
        return None


def numbered(term: Term) -> Term:
    """The term with its variables numbered in order, so that variants become equal."""
    return SlotNumbers(0).template(term)


__all__ = ["NIL_BODY", "Causes", "Event", "Plan", "PlanLibrary", "Trigger"]

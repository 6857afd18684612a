"""Plan bodies as chains of step functions: the reference reading of every kind of step.

A step gets (agent, intention, frame), puts its successor into the frame and answers ``None``
(to the end of the queue), ``MOVED`` (the intention waits elsewhere) or ``ENDED`` (no step left).

Long because each kind of step has its own function; control steps and forks stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agents.bdi.beliefs import with_source
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import (
    RELATIONS,
    build_arguments,
    first_solution,
    is_action_name,
    node_of,
    prepare_arguments,
    relation,
)
from agents.bdi.printing import literal_text, term_text
from agents.bdi.templates import Frame, build, build_annotations
from agents.bdi.terms import (
    BODY,
    BRACED,
    NIL_BODY,
    PLAN,
    Atom,
    Functor,
    OpenNamespace,
    Slot,
    Struct,
    Term,
    Var,
    VarLiteral,
    all_ground,
    deref,
)
from agents.bdi.unification import Trail, undo

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.intentions import Intention
    from agents.bdi.plans import Plan

Step = Callable[["Agent", "Intention", Frame], Any]
MOVED = 1
ENDED = 2
SUSPENDED = object()  # what an internal action answers when the intention has to wait
_USED, _CAUSE, _VARS = 4, 5, 6
_SUMS = (Functor("+", 2), Functor("-", 2))


class StepInfo:
    """What a step function stands for: its text and place."""

    __slots__ = ("file", "kind", "line", "plan", "term", "traced")

    def __init__(self, plan: Any, kind: str, term: Term, line: int) -> None:
        self.plan = plan
        self.kind = kind
        self.term = term
        self.line = line
        self.file: str = plan.file
        self.traced: Any = None  # how a trace records it

    def text(self, frame: Frame | None) -> str:
        """The step as bound in a frame."""
        term = self.term
        if frame is not None and term.__class__ is Struct and not term.ann:
            args = []
            for t in term.args:
                cls = t.__class__
                if cls is Slot:
                    value = frame[t.index]
                    args.append(t if value is None else deref(value))
                elif cls is float or cls is Atom or cls is str:
                    args.append(t)
                elif cls is Struct and t.functor in _SUMS and t.args[0].__class__ is Slot:
                    value, by = frame[t.args[0].index], t.args[1]
                    if value.__class__ is float and by.__class__ is float:
                        args.append(value + by if t.functor is _SUMS[0] else value - by)
                    else:
                        args.append(build(t, list(frame)))
                else:
                    args.append(build(t, list(frame)))
            return ("" if self.kind == "act" else self.kind) + literal_text(
                term.functor, tuple(args)
            )
        if frame is not None:
            term = shown(term, frame)
        return ("" if self.kind == "act" else self.kind) + term_text(term)


def shown(template: Term, frame: Frame) -> Term:
    """The template with what the frame knows; it changes nothing."""
    return build(template, list(frame))


def body_steps(body: Term) -> list[tuple[str, Term, int]]:
    """The steps of a body term, and its variable tail if it has one."""
    steps = []
    body = deref(body)
    while body.__class__ is Struct and body.functor is BODY:
        steps.append((body.args[0].name, deref(body.args[1]), body.args[3].line))
        body = deref(body.args[2])
    if body.__class__ is Struct and body.functor is BRACED:
        steps.extend(body_steps(body.args[0]))
    elif body is not NIL_BODY:
        steps.append(("act", body, steps[-1][2] if steps else 0))
    return steps


def link_body(plan: Plan, body: Term, following: Step | None = None) -> Step | None:
    """Chains the steps of a body; the first one, or a step that does nothing for an empty body."""
    steps = body_steps(body)
    if not steps:
        if following is not None:
            return following
        return noted(StepInfo(plan, "act", NIL_BODY, plan.line), _nothing)
    for kind, term, line in reversed(steps):
        following = link_step(plan, kind, term, line or plan.line, following)
    return following


def noted(info: StepInfo, step: Any) -> Step:
    """The step with its text and place attached."""
    step.info = info
    info.plan.steps.append(step)
    result: Step = step
    return result


def _nothing(ag: Agent, it: Intention, fr: Frame) -> Any:
    fr[0] = None
    return ENDED


def link_step(plan: Plan, kind: str, term: Term, line: int, nxt: Step | None) -> Step:
    """The step function of one step."""
    info = StepInfo(plan, kind, term, line)
    last = None if nxt is not None else ENDED
    step: Any
    if kind in ("!", "!!"):
        step = _goal_step(plan, kind, term, nxt, last)
    elif kind in _BELIEF_STEPS:
        step = _belief_step(kind, term, nxt, last)
    elif kind == "?":
        step = _test_step(term, nxt, last)
    else:
        step = _act_step(plan, info, term, nxt, last)
    maker = plan.made.get((kind, id(term)))
    if maker is not None:
        step.info = info
        step = maker(nxt, last, step)
    return noted(info, step)


def literal_of(term: Term, env: Frame) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]]:
    """Functor, arguments and annotations of a literal template; a variable must hold a literal."""
    cls = term.__class__
    if cls is Struct and not term.functor.name.startswith("{"):
        args = term.args if term.ground else tuple([build(a, env) for a in term.args])
        return term.functor, args, build_annotations(term.ann, env)
    if cls is Atom:
        return Functor(term.name, 0), (), ()
    value = build(term, env)
    if value.__class__ is Struct and not value.functor.name.startswith("{"):
        return value.functor, value.args, value.ann
    if value.__class__ is Atom:
        return Functor(value.name, 0), (), ()
    if value.__class__ in (Var, VarLiteral, OpenNamespace):
        raise StepFailure("body_var_without_value", f"{term_text(value)} has no value")
    raise StepFailure("body_var_not_literal", f"{term_text(value)} is no literal")


# -- goals ---------------------------------------------------------------------------------------


def _goal_step(plan: Plan, kind: str, term: Term, nxt: Step | None, last: Any) -> Step:
    if kind == "!!":

        def spawn(ag: Agent, it: Intention, fr: Frame) -> Any:
            value = held_body(term, fr)
            if value is not None:
                ag.start_body(value, fr)
            else:
                functor, args, ann = literal_of(term, fr)
                ag.spawn_goal(functor, args, with_source(ann), fr[_CAUSE])
            fr[0] = nxt
            return last

        return spawn

    tail = nxt is None and plan.op in ("+!", "-!")

    def achieve(ag: Agent, it: Intention, fr: Frame) -> Any:
        value = held_body(term, fr)
        if value is not None:
            fr[0] = nxt
            return run_body(ag, it, fr, value)
        functor, args, ann = literal_of(term, fr)
        fr[0] = nxt
        if tail and functor is plan.functor:
            it.drop_finished(ag, fr)
        ag.post_goal(it, "+!", functor, args, with_source(ann), fr[_CAUSE])
        return MOVED

    return achieve


def held_body(term: Term, fr: Frame) -> Term:
    """The body that a variable holds, None for anything else."""
    if term.__class__ is Slot or term.__class__ is Var:
        value = deref(fr[term.index] if term.__class__ is Slot else term)
        if value.__class__ is Struct and (value.functor is BRACED or value.functor is BODY):
            return value
    return None


def run_body(ag: Agent, it: Intention, fr: Frame, body: Term) -> Any:
    """Runs a body term in place, as a frame on top of this one."""
    outer: Plan = fr[1]
    inner = outer.for_body(body)
    frame: Frame = [inner.first, inner, None, None, fr[_USED], fr[_CAUSE]]
    frame.extend([None] * (len(inner.names) + inner.extra))
    it.stack.append(frame)
    return None


# -- beliefs -------------------------------------------------------------------------------------

_BELIEF_STEPS = ("+", "++", "+<", "+>", "-", "--", "-+")


def _belief_step(kind: str, term: Term, nxt: Step | None, last: Any) -> Step:
    def change(ag: Agent, it: Intention, fr: Frame) -> Any:
        value = build(term, fr) if term.__class__ is not Struct else term
        if value.__class__ is Struct and value.functor is PLAN:
            name, extra = (
                (".remove_plan", ())
                if kind[0] == "-"
                else (".add_plan", (Atom("self"), Atom("end" if kind == "+>" else "begin")))
            )
            ag.do_action(name, (build(value, fr), *extra), [])
            fr[0] = nxt
            return last
        functor, args, ann = literal_of(value, fr)
        fr[0] = nxt
        outside = kind in ("++", "--")
        owner = None if outside else it
        if kind[0] == "+":
            moved = ag.believe(owner, functor, args, with_source(ann), fr[_CAUSE], kind == "+>")
        elif kind == "-+":
            moved = ag.replace_belief(owner, functor, args, with_source(ann), fr[_CAUSE])
        else:
            moved = ag.forget(owner, functor, args, with_source(ann), fr[_CAUSE])
        return moved or last

    return change


# -- tests ---------------------------------------------------------------------------------------


def _test_step(term: Term, nxt: Step | None, last: Any) -> Step:
    node = node_of(term)
    single = term.__class__ in (Struct, Atom) and node[0] == 6  # K_LIT
    open_term = term.__class__ in (Slot, VarLiteral, OpenNamespace, Var)

    def test(ag: Agent, it: Intention, fr: Frame) -> Any:
        trail: Trail = []
        used = first_solution(ag, node, fr, trail)
        if used is not False:
            if used is not None and ag.explain:
                ag.note_used(fr, used)
            fr[0] = nxt
            return last
        undo(trail)
        if single or open_term:
            functor, args, ann = literal_of(term, fr)
            if ag.library.trigger("+?", functor).plans:
                fr[0] = nxt
                ag.post_goal(it, "+?", functor, args, with_source(ann), fr[_CAUSE])
                return MOVED
        raise StepFailure("test_goal_failed", f"Failed to test '{term_text(shown(term, fr))}'")

    return test


# -- actions, constraints, control ---------------------------------------------------------------


def _act_step(plan: Plan, info: StepInfo, term: Term, nxt: Step | None, last: Any) -> Step:
    cls = term.__class__
    if cls in (Slot, Var, VarLiteral, OpenNamespace):
        return _variable_step(term, nxt, last)
    if cls is Struct:
        f = term.functor
        if f is BRACED:
            return _block_step(link_body(plan, term.args[0], nxt), nxt, last)
        if f is BODY:
            return _block_step(link_body(plan, term, nxt), nxt, last)
        if f.name == ".if_then_else" and f.arity in (2, 3):
            from agents.bdi.control import if_step

            return if_step(plan, term, nxt, last)
        if f.name == ".loop" and f.arity == 2:
            from agents.bdi.control import while_step

            return while_step(plan, term, nxt, last)
        if f.name == ".foreach" and f.arity == 2:
            from agents.bdi.control import for_step

            return for_step(plan, term, nxt, last)
        if f.name == ".fork":
            from agents.bdi.forks import fork_step

            return fork_step(plan, term, nxt)
        if f.arity == 2 and f.name in RELATIONS:
            return _relation_step(term, nxt, last)
        if f.name in ("not", "&", "|"):
            return _constraint_step(term, nxt, last)
        if is_action_name(f.name):
            return _internal_step(f.name, prepare_arguments(f.name, term.args), nxt, last)
        return _body_action(term, nxt, last)
    if cls is Atom:
        if term.name in ("true", "false"):
            return _constraint_step(term, nxt, last)
        if is_action_name(term.name):
            return _internal_step(term.name, (), nxt, last)
        return _body_action(term, nxt, last)
    raise TypeError(f"no step: {term_text(term)}")


def _block_step(first: Step | None, nxt: Step | None, last: Any) -> Step:
    def block(ag: Agent, it: Intention, fr: Frame) -> Any:
        if first is None:
            fr[0] = nxt
            return last
        fr[0] = first
        return first(ag, it, fr)

    return block


def _variable_step(term: Term, nxt: Step | None, last: Any) -> Step:
    def run(ag: Agent, it: Intention, fr: Frame) -> Any:
        value = held_body(term, fr)
        fr[0] = nxt
        if value is None:
            functor, args, ann = literal_of(term, fr)
            from agents.bdi.terms import NIL_BODY, Place, make

            value = make(BODY, (Atom("act"), make(functor, args, ann), NIL_BODY, Place(0)))
        return run_body(ag, it, fr, value)

    return run


def _relation_step(term: Term, nxt: Step | None, last: Any) -> Step:
    op, left, right = term.functor.name, term.args[0], term.args[1]

    def check(ag: Agent, it: Intention, fr: Frame) -> Any:
        trail: Trail = []
        if not relation(op, left, right, fr, trail):
            undo(trail)
            raise constraint_failure(ag, it, fr, term)
        fr[0] = nxt
        return last

    return check


def constraint_failure(ag: Agent, it: Intention, fr: Frame, term: Term) -> StepFailure:
    """The failure of a constraint, with what was bound."""
    plan: Plan = fr[1]
    info = ag.step_info(fr)
    bound = ", ".join(f"{k}={v}" for k, v in plan.bindings(fr).items())
    line = info.line if info is not None else plan.line
    return StepFailure(
        "constraint_failed",
        f"Constraint {term_text(shown(term, fr))} was not satisfied "
        f"(file:{plan.file}:{line}) un={{{bound}}}",
    )


def _constraint_step(term: Term, nxt: Step | None, last: Any) -> Step:
    node = node_of(term)

    def check(ag: Agent, it: Intention, fr: Frame) -> Any:
        trail: Trail = []
        used = first_solution(ag, node, fr, trail)
        if used is False:
            undo(trail)
            raise constraint_failure(ag, it, fr, term)
        fr[0] = nxt
        return last

    return check


def _internal_step(name: str, args: tuple[Term, ...], nxt: Step | None, last: Any) -> Step:
    constant = all_ground(args) and not any(a.__class__ is tuple for a in args)

    def act(ag: Agent, it: Intention, fr: Frame) -> Any:
        trail: Trail = []
        built = args if constant else build_arguments(args, fr)
        result = ag.do_action(name, built, trail)
        if result is SUSPENDED:
            fr[0] = nxt
            return MOVED
        if result is False:
            undo(trail)
            raise StepFailure("ia_failed", f"{name} failed")
        # An action may have changed this very stack (.drop_intention, .succeed_goal, ...).
        if fr[0] is act:
            fr[0] = nxt
        return last

    return act


def _body_action(term: Term, nxt: Step | None, last: Any) -> Step:
    def act(ag: Agent, it: Intention, fr: Frame) -> Any:
        functor, args, _ann = literal_of(term, fr)
        trail: Trail = []
        result = ag.do_body_action(functor, args, trail)
        if result is False:
            undo(trail)
            raise StepFailure("action_failed", f"{functor.name} failed")
        fr[0] = nxt
        return MOVED if result is SUSPENDED else last

    return act

"""Goals and intentions: looking at them, ending them, holding them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agents.bdi import desires
from agents.bdi.actions import MANY, builtin
from agents.bdi.bodies import SUSPENDED
from agents.bdi.failure import StepFailure
from agents.bdi.plans import EVENT_AT, NEXT, PLAN_AT, VARS
from agents.bdi.printing import plain_text
from agents.bdi.terms import (
    BODY,
    BRACED,
    EVENT,
    NIL_BODY,
    Atom,
    Place,
    Struct,
    Term,
    Var,
    deref,
    literal_parts,
    make,
    make_list,
    struct,
)
from agents.bdi.unification import Trail, copy_term, undo, unify


@builtin(".fail", 0, MANY, body_only=True)
def fail(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Fails, with annotations for the recovery plan."""
    if not args:
        return False
    error = "internal_action"
    message = "fail"
    extra = []
    for a in args:
        extra.append(a)
        if a.__class__ is Struct and a.functor.arity == 1:
            if a.functor.name == "error_msg":
                message = plain_text(a.args[0])
            elif a.functor.name == "error":
                error = plain_text(a.args[0])
    raise StepFailure(error, message, tuple(extra))


@builtin(".drop_intention", 0, 1, body_only=True)
def drop_intention(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Intentions with the goal vanish; without argument the current one."""
    if not args:
        desires.vanish(ag, ag.current)
        return SUSPENDED
    desires.drop_intention(ag, args[0])
    return SUSPENDED if ag.current.dead else True


@builtin(".drop_event", 1, body_only=True)
def drop_event(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Waiting events of the goal go."""
    desires.drop_event(ag, args[0])
    return True


@builtin(".drop_desire", 1, body_only=True)
def drop_desire(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Intentions and waiting events of the goal go."""
    desires.drop_desire(ag, args[0])
    return SUSPENDED if ag.current.dead else True


@builtin(".drop_all_intentions", 0, body_only=True)
def drop_all_intentions(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Every intention vanishes, this one too."""
    for it in desires.living(ag):
        desires.vanish(ag, it)
    return SUSPENDED


@builtin(".drop_all_events", 0, body_only=True)
def drop_all_events(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Every waiting event goes."""
    for event in list(ag.events):
        if event[3] is not None:
            desires.vanish(ag, event[3])
    ag.events.clear()
    return True


@builtin(".drop_all_desires", 0, body_only=True)
def drop_all_desires(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Every event and intention goes, this one too."""
    drop_all_events(ag, args, trail)
    return drop_all_intentions(ag, args, trail)


@builtin(".drop_future_intention", 1, body_only=True)
def drop_future_intention(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Intentions whose top plan is still to post the goal vanish."""
    wanted = desires.pattern_of(args[0])
    for it in desires.living(ag):
        if it.stack and _will_post(it.stack[-1], wanted):
            desires.vanish(ag, it)
    return SUSPENDED if ag.current.dead else True


def _will_post(frame: Any, wanted: Any) -> bool:
    plan = frame[PLAN_AT]
    info = getattr(frame[NEXT], "info", None)
    body = plan.term.args[3]
    body = deref(body)
    later = info is None
    while body.__class__ is Struct and body.functor is BODY:
        later = later or (info is not None and body.args[3].line >= info.line)
        parts = literal_parts(body.args[1])
        posts = body.args[0].name in ("!", "!!") and parts is not None
        if later and posts and parts is not None and parts[0] is wanted[0]:
            return True
        body = deref(body.args[2])
    return False


@builtin(".succeed_goal", 1, body_only=True)
def succeed_goal(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The goal is achieved, wherever it is pursued."""
    desires.end_goal(ag, args[0], succeed=True)
    return True


@builtin(".fail_goal", 1, body_only=True)
def fail_goal(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """The goal fails, wherever it is pursued."""
    return SUSPENDED if desires.end_goal(ag, args[0], succeed=False) else True


@builtin(".suspend", 0, 1, body_only=True)
def suspend(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Intentions with the goal stop until they are resumed; without argument this one."""
    if not args:
        desires.suspend(ag, ag.current, Atom("suspended"))
        ag.current.parked = True
        return SUSPENDED
    pattern = desires.pattern_of(args[0])
    for it in desires.living(ag):
        if desires.holds_goal(ag, it, pattern):
            desires.suspend(ag, it, struct("suspended", args[0]))
            if it is ag.current:
                it.parked = True
    return SUSPENDED if ag.current.suspended is not None else True


@builtin(".resume", 1, body_only=True)
def resume(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Suspended intentions with the goal run again."""
    desires.resume(ag, args[0])
    return True


@builtin(".intend", 1, 2)
def intend(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each goal that some intention pursues and that is not suspended."""
    return _goals(ag, args, trail, suspended_too=False, events_too=False)


@builtin(".desire", 1, 2)
def desire(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each goal that is pursued, suspended, or waits as an event."""
    return _goals(ag, args, trail, suspended_too=True, events_too=True)


def _goals(
    ag: Any, args: tuple[Term, ...], trail: Trail, *, suspended_too: bool, events_too: bool
) -> Iterator[bool]:
    functor, patterns, ann = desires.pattern_of(args[0])
    mark = len(trail)
    found: list[tuple[Any, Any]] = []
    if events_too:
        found.extend((e, e[3]) for e in ag.events if e[0].op == "+!")
    for it in desires.living(ag):
        if it.suspended is None or suspended_too:
            found.extend((event, it) for _, event in it.goals())
    seen: list[Any] = []
    for event, it in found:
        if event[0].functor is not functor or any(event is s for s in seen):
            continue
        seen.append(event)
        if all(unify(a, b, trail) for a, b in zip(patterns, event[1], strict=True)):
            from agents.bdi.unification import unify_annotations

            if (not ann or unify_annotations(ann, event[2], trail)) and (
                len(args) == 1 or (it is not None and unify(args[1], intention_term(it), trail))
            ):
                yield True
        undo(trail, mark)


@builtin(".suspended", 2)
def suspended(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Whether the goal is suspended, and why."""
    pattern = desires.pattern_of(args[0])
    mark = len(trail)
    for it in desires.living(ag):
        if it.suspended is not None and desires.holds_goal(ag, it, pattern):
            if unify(args[1], it.suspended, trail):
                yield True
            undo(trail, mark)


def intention_term(it: Any) -> Term:
    """``intention(Id, [im(Label, {Trigger}, {Body}, [map(Var, Value), ..]), ..])``."""
    means = []
    for frame in reversed(it.stack):
        plan, event = frame[PLAN_AT], frame[EVENT_AT]
        trigger: Term = Atom("none")
        if event is not None:
            trigger = make(EVENT, (Atom(event[0].op), make(event[0].functor, event[1], event[2])))
        info = getattr(frame[NEXT], "info", None)
        body: Term = NIL_BODY
        if info is not None:
            body = make(
                BODY, (Atom(info.kind), copy_term(_shown(info, frame)), NIL_BODY, Place(info.line))
            )
        values = []
        for name, value in zip(plan.names, frame[VARS:], strict=False):
            if value is None or name.startswith("_") or deref(value).__class__ is Var:
                continue
            values.append(struct("map", name, deref(value)))
        means.append(
            struct("im", Atom(plan.label), trigger, make(BRACED, (body,)), make_list(values))
        )
    return struct("intention", float(it.id), make_list(means))


def _shown(info: Any, frame: Any) -> Term:
    from agents.bdi.bodies import shown

    return shown(info.term, frame)


@builtin(".current_intention", 1)
def current_intention(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The intention that asks."""
    return ag.current is not None and unify(args[0], intention_term(ag.current), trail)


@builtin(".intention", 2, 4)
def intention(ag: Any, args: tuple[Term, ...], trail: Trail) -> Iterator[bool]:
    """Each intention: id, state, and its stack, top first."""
    mark = len(trail)
    found = desires.living(ag)
    if len(args) == 4 and args[3] is Atom("current"):
        found = [ag.current]
    for it in found:
        if it.suspended is not None:
            state: Term = make_state("suspended", it.suspended)
        elif it.waiting is not None:
            state = make_state("waiting", it.waiting.reason)
        else:
            state = Atom("running")
        parts = (
            unify(args[0], float(it.id), trail)
            and unify(args[1], state, trail)
            and (len(args) == 2 or unify(args[2], intention_term(it).args[1], trail))
        )
        if parts:
            yield True
        undo(trail, mark)


def make_state(name: str, reason: Term) -> Term:
    """``waiting[reason(..)]``."""
    from agents.bdi.terms import Functor

    return make(Functor(name, 0), (), (struct("reason", reason),))

"""What other intentions may do to goals: drop, succeed, fail, suspend and resume them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.bdi.failure import StepFailure, can_recover, fail, recover
from agents.bdi.intentions import Intention, goal_matches
from agents.bdi.plans import Event
from agents.bdi.terms import Functor, Term, literal_parts

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent

Pattern = tuple[Functor, tuple[Term, ...], tuple[Term, ...]]


def pattern_of(goal: Term) -> Pattern:
    """The parts of a goal pattern."""
    parts = literal_parts(goal)
    if parts is None:
        raise StepFailure("wrong_arguments", "a goal is expected, as in .drop_intention(g(X))")
    return parts


def pending(ag: Agent, it: Intention) -> Event | None:
    """The event that the intention waits for, if it is still in the queue."""
    for event in ag.events:
        if event[3] is it:
            found: Event = event
            return found
    return None


def holds_goal(ag: Agent, it: Intention, pattern: Pattern) -> bool:
    """Whether the goal is in the stack, or about to be."""
    return any(goal_matches(event, *pattern) for _, event in it.goals())


def living(ag: Agent) -> list[Intention]:
    """All intentions, in order of creation; a fork is seen through its branches."""
    return [it for it in ag.alive.values() if not it.dead and not it.forked]


def drop_intention(ag: Agent, goal: Term) -> None:
    """Intentions that hold the goal vanish, without event or recovery."""
    pattern = pattern_of(goal)
    for it in living(ag):
        if holds_goal(ag, it, pattern):
            vanish(ag, it)


def vanish(ag: Agent, it: Intention) -> None:
    """Ends an intention silently; of a fork, all its branches."""
    if it.dead:
        return
    fork = it.fork
    if ag.library.has_meta:
        ag.goal_states(it, "dropped")
    if fork is not None:
        parent = fork.parent
        fork.abandon(ag)
        ag.discard(it)
        if parent.fork is not None:
            vanish(ag, parent)
    else:
        ag.discard(it)


def drop_event(ag: Agent, goal: Term, *, keep_owner: bool = True) -> None:
    """Waiting events ``+!g`` go; an intention that waits for one goes with it."""
    pattern = pattern_of(goal)
    for event in list(ag.events):
        if event[0].op == "+!" and goal_matches(event, *pattern):
            ag.events.remove(event)
            if event[3] is not None:
                vanish(ag, event[3])


def drop_desire(ag: Agent, goal: Term) -> None:
    """Both intentions and waiting events."""
    drop_event(ag, goal)
    drop_intention(ag, goal)


def interrupt(ag: Agent, it: Intention, height: int) -> None:
    """Cuts the stack above a height and takes the intention out of every queue."""
    for event in list(ag.events):
        if event[3] is it:
            ag.events.remove(event)
    if it in ag.running:
        ag.running.remove(it)
    if it.waiting is not None:
        wait = it.waiting
        if wait.finish() and wait.cancel is not None:
            wait.cancel()
    it.parked = False
    if it.fork is not None and height <= it.fork.base:
        fork = it.fork
        parent = fork.parent
        for branch in list(fork.branches):
            ag.discard(branch)
        fork.branches = []
        parent.forked = False
        del parent.stack[height:]
        return
    del it.stack[height:]


def _owner(it: Intention, height: int) -> Intention:
    while it.fork is not None and height <= it.fork.base:
        it = it.fork.parent
    return it


def end_goal(ag: Agent, goal: Term, succeed: bool) -> bool:
    """``.succeed_goal`` or ``.fail_goal``; whether the running intention was among them."""
    pattern = pattern_of(goal)
    touched = False
    for it in living(ag):
        if it.dead:
            continue
        waiting = pending(ag, it)
        if waiting is not None and waiting[0].op == "+!" and goal_matches(waiting, *pattern):
            _end(ag, it, len(it.stack), waiting, succeed)
            touched = touched or it is ag.current
            continue
        heights = [(h, e) for h, e in it.goals() if goal_matches(e, *pattern)]
        if heights:
            height, event = heights[-1]  # the outermost
            _end(ag, it, height, event, succeed)
            touched = touched or it is ag.current
    if succeed:
        for event in list(ag.events):
            if event[3] is None and event[0].op == "+!" and goal_matches(event, *pattern):
                ag.events.remove(event)
    return touched


def succeed(ag: Agent, it: Intention, height: int, event: Event) -> None:
    """A goal at a height of the stack ends well, whatever stands above it."""
    _end(ag, it, height, event, succeed=True)


def _end(ag: Agent, it: Intention, height: int, event: Event, succeed: bool) -> None:
    owner = _owner(it, height)
    interrupt(ag, it, height)
    if succeed:
        if ag.library.has_meta:
            ag.goal_state(event, "achieved")
            ag.goal_state(event, "finished")
        ag.ready(owner)
        return
    if ag.library.has_meta:
        ag.goal_state(event, "failed")
    if event[0].fail is not None and can_recover(owner, event[0].fail, len(owner.stack)):
        recover(ag, owner, event, len(owner.stack), None, None)
        return
    fail(ag, owner, StepFailure("unknown", "failed by .fail_goal"))


def deadline(ag: Agent, it: Intention, event: Event) -> None:
    """The time of a goal is over: if it is still there, it fails."""
    if it.dead:
        return
    failure = StepFailure("deadline_reached", "deadline reached")
    for holder in [it, *[b for b in living(ag) if b.fork is not None]]:
        for height, own in list(holder.goals()):
            if own is event:
                owner = _owner(holder, height)
                interrupt(ag, holder, height)
                fail(ag, owner, failure, goal=event)
                return
    if any(e is event for e in ag.events):
        interrupt(ag, it, len(it.stack))
        fail(ag, it, failure, goal=event)


def suspend(ag: Agent, it: Intention, reason: Term) -> None:
    """The intention stops until it is resumed."""
    if it.suspended is None:
        it.suspended = reason
        if it in ag.running:
            ag.running.remove(it)
            it.parked = True
        if ag.library.has_meta:
            ag.goal_states(it, "suspended")


def resume(ag: Agent, goal: Term) -> None:
    """Suspended intentions with the goal run again, once nothing else holds them."""
    pattern = pattern_of(goal)
    for it in living(ag):
        if it.suspended is not None and holds_goal(ag, it, pattern):
            it.suspended = None
            if ag.library.has_meta:
                ag.goal_states(it, "resumed")
            if it.parked:
                it.parked = False
                ag.running.append(it)


def goal_term(event: Event) -> Any:
    """The goal of an event as a literal."""
    from agents.bdi.terms import make

    return make(event[0].functor, event[1], event[2])

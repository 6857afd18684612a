"""Why a plan does not run: its trigger, or the first part of its context that does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.bdi.beliefs import SELF
from agents.bdi.bodies import shown
from agents.bdi.formulas import K_AND, K_NOT, K_OR, K_TRUE, K_VAR, Node, solve
from agents.bdi.plans import VARS, Plan
from agents.bdi.printing import term_text
from agents.bdi.syntax import parse_term
from agents.bdi.terms import EVENT, FALSE, TRUE, Struct, Term, literal_parts, struct
from agents.bdi.unification import Trail, undo
from agents.errors import BadTermError, did_you_mean

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent


def why_not(ag: Agent, label: str, event: str = "") -> str:
    """What keeps a plan from running on what is believed now, in one sentence.

    The event may be given, as ``+sbp(80)``; else it is made from what is believed.
    """
    plan = ag.library.labels.get(label)
    if plan is None:
        raise BadTermError(f"No plan '{label}'.{did_you_mean(label, ag.library.labels)}")
    where = f"'{label}' ({plan.file}:{plan.line})"
    events = [_given(ag, event)] if event else _events(ag, plan)
    if event and not plan.takes(events[0][0]):
        return f"{where}: it is for {plan.trigger_text()}, not for {event}."
    if not events:
        return f"{where}: nothing is believed that could trigger {plan.trigger_text()}."
    best: tuple[int, str] = (-1, "")
    for one in events:
        best = max(best, _reached(ag, plan, one), key=lambda found: found[0])
    if best[0] == -1 and event:
        return f"{where}: {event} does not fit the trigger {plan.trigger_text()}."
    if best[0] == -1:
        return f"{where}: no belief fits the trigger {plan.trigger_text()}."
    return f"{where}: {best[1]}."


def _given(ag: Agent, event: str) -> tuple[Any, ...]:
    """An event from its text."""
    term = parse_term("{" + event + "}")
    parts = None
    if term.__class__ is Struct and term.functor is EVENT:
        parts = literal_parts(term.args[1])
    if parts is None:
        raise BadTermError(f"'{event}' is no event. Write it as in +sbp(80) or +!stop(p1).")
    functor, args, ann = parts
    trigger = ag.library.trigger(term.args[0].name, functor)
    return (trigger, args, ann or SELF, None, None, None)


def _events(ag: Agent, plan: Plan) -> list[tuple[Any, ...]]:
    """Events that the plan might be relevant for, made from the beliefs of now."""
    if plan.functor is None:
        return []
    trigger = ag.library.trigger(plan.op, plan.functor)
    if plan.op not in ("+", "-"):
        asked = tuple([shown(a, [None] * (VARS + len(plan.names))) for a in plan.args])
        return [(trigger, asked, SELF, None, None, None)]
    pred = ag.beliefs_base.predicates.get(plan.functor)
    return [
        (trigger, row.args, row.ann, None, None, None) for row in pred or () if row.rule is None
    ]


def _reached(ag: Agent, plan: Plan, event: tuple[Any, ...]) -> tuple[int, str]:
    """How many parts of the context hold for an event, and what to say about the next one."""
    frame: list[Any] = [None] * (VARS + len(plan.names) + plan.extra)
    trail: Trail = []
    if not plan.relevant(event, frame, trail):
        undo(trail)
        return -1, ""
    parts = _parts(plan.context)
    known = [None] * VARS + frame[VARS:]
    for count in range(1, len(parts) + 1):
        node = _joined(parts[:count])
        own: Trail = []
        found = False
        for _ in solve(ag, node, frame, own):
            found = True
            known = [None] * VARS + [_kept(v) for v in frame[VARS:]]
            break
        undo(own)
        if not found:
            text = term_text(shown(node_term(parts[count - 1]), known))
            undo(trail)
            return count - 1, f"for {event[0].text(event[1])}, {text} does not hold"
    undo(trail)
    text = event[0].text(event[1])
    return len(parts), f"its context holds now for {text}; it waits for the next such event"


def _kept(value: Any) -> Any:
    from agents.bdi.unification import copy_term

    return None if value is None else copy_term(value)


def node_term(node: Node) -> Term:
    """The term of a prepared formula."""
    kind = node[0]
    if kind == K_NOT:
        return struct("not", node_term(node[1]))
    if kind in (K_AND, K_OR):
        return struct("&" if kind == K_AND else "|", node_term(node[1]), node_term(node[2]))
    if kind == K_VAR:
        return node[1]
    if len(node) > 1:
        return node[-1]
    return TRUE if kind == K_TRUE else FALSE


def _parts(node: Node | None) -> list[Node]:
    if node is None:
        return []
    if node[0] == K_AND:
        return [*_parts(node[1]), *_parts(node[2])]
    return [node]


def _joined(nodes: list[Node]) -> Node:
    joined = nodes[-1]
    for node in reversed(nodes[:-1]):
        joined = (K_AND, node, joined)
    return joined

"""Messages to other agents."""

from __future__ import annotations

from typing import Any

from agents.bdi import mailbox
from agents.bdi.actions import builtin
from agents.bdi.bodies import SUSPENDED
from agents.bdi.failure import StepFailure
from agents.bdi.plans import CAUSE
from agents.bdi.printing import plain_text
from agents.bdi.terms import Atom, Term, Var, deref, is_list, list_items, make_list, struct
from agents.bdi.unification import Trail, unify
from agents.bdi.waiting import Wait


def _performative(term: Term) -> str:
    term = deref(term)
    if term.__class__ is not Atom:
        raise StepFailure("wrong_arguments", f".send: {plain_text(term)} is no performative")
    name: str = term.text
    return name


def _receiver_failure(to: Term) -> StepFailure:
    return StepFailure("receiver_not_found", f"receiver not found: {plain_text(to)}")


@builtin(".send", 3, 5, body_only=True)
def send(ag: Any, args: tuple[Term, ...], trail: Trail) -> Any:
    """Sends a message; an ask with an answer variable waits for the answer."""
    to, content = args[0], args[2]
    if len(args) == 3 and to.__class__ is Atom and args[1].__class__ is Atom:
        it = ag.current
        cause = it.stack[-1][CAUSE] if it is not None and it.stack else None
        if not mailbox.send(ag, to, args[1].text, content, "", cause):
            raise _receiver_failure(to)
        return True
    performative = _performative(args[1])
    receivers = list_items(args[0]) if is_list(args[0]) else [args[0]]
    cause = ag.current.stack[-1][CAUSE] if ag.current is not None and ag.current.stack else None
    if len(args) > 3 and performative in mailbox.ASKS:
        return _ask(ag, args, performative, content, receivers, cause)
    reply_to = "" if len(args) < 4 or deref(args[3]).__class__ is Var else plain_text(args[3])
    for to in receivers:
        if not mailbox.send(ag, to, performative, content, reply_to, cause):
            raise _receiver_failure(to)
    return True


def _ask(
    ag: Any,
    args: tuple[Term, ...],
    performative: str,
    content: Term,
    receivers: list[Term],
    cause: Any,
) -> Any:
    number = ag.new_message_id()
    it = ag.current
    held = Wait(ag, it, struct("ask", make_list(receivers)))
    pending = mailbox.PendingAsk(held, args[3], len(receivers), is_list(args[0]))
    ag.asks[number] = pending
    it.waiting = held
    for to in receivers:
        if not mailbox.send(ag, to, performative, content, "", cause, number):
            del ag.asks[number]
            it.waiting = None
            raise _receiver_failure(to)
    if len(args) > 4:

        def late() -> None:
            if ag.asks.pop(number, None) is not None:
                ag.late_asks[number] = None
                mailbox.settle_ask(ag, pending, Atom("timeout"))

        held.cancel = ag.due.at(ag.now() + args[4] / 1000.0, late)
    return SUSPENDED


@builtin(".broadcast", 2, body_only=True)
def broadcast(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """Sends to every other agent that the host knows."""
    cause = ag.current.stack[-1][CAUSE] if ag.current is not None and ag.current.stack else None
    for name in ag.peers():
        if name != ag.name:
            mailbox.send(ag, Atom(name), _performative(args[0]), args[1], "", cause)
    return True


@builtin(".my_name", 1)
def my_name(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The agent's own name."""
    return unify(args[0], Atom(ag.name), trail)


@builtin(".all_names", 1)
def all_names(ag: Any, args: tuple[Term, ...], trail: Trail) -> bool:
    """The names of all agents that the host knows, this one among them."""
    names = dict.fromkeys([ag.name, *ag.peers()])
    return unify(args[0], make_list([Atom(n) for n in sorted(names)]), trail)

"""What our plans may do beside the standard library: typed functions, found by their decorator.

Their signatures and docstrings are the plan author's manual. `call.host` is the agent's body.
Clinical knowledge is asked for by the actions of `clinical.py`; `registry` holds all of them.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from agents import clinical
from agents.bdi import ActionFailed, Actions, Atom, Call, Struct, action, to_python
from agents.handover import atmist
from agents.host import Host, Term, plain
from agents.perception import as_term
from agents.rules import PRIORITIES, Priority, message
from environment.client import because
from environment.errors import InvocationFailedError, RefusedError, TwinError
from environment.model.change import JSON


def registry() -> Actions:
    """Every action that our plans may call: the standard library, ours, the clinical ones."""
    known = Actions.standard()
    known.add(sys.modules[__name__])
    known.add(clinical)
    return known


@action(".now")
def now(call: Call) -> float:
    """`.now(T)`: scenario seconds since the emergency call."""
    return call.now()


@action(".find")
def find(call: Call, kind: Atom) -> Iterator[Term]:
    """`.find(kind, T)`: a twin of this kind, the oldest first; fails if there is none."""
    host: Host = call.host
    for name in host.client.find(str(kind)):
        yield Atom(name)


@action(".find_linked")
def find_linked(call: Call, kind: Atom, rel: Atom, target: Atom) -> Iterator[Term]:
    """`.find_linked(kind, rel, target, T)`: a twin of this kind that has this link."""
    host: Host = call.host
    for name in host.client.find(str(kind), str(rel), str(target)):
        yield Atom(name)


@action(".find_all")
def find_all(call: Call, kind: Atom) -> Term:
    """`.find_all(kind, L)`: all twins of a kind, oldest first."""
    host: Host = call.host
    return [Atom(name) for name in host.client.find(str(kind))]


@action(".focus")
def focus(call: Call, twin: Atom) -> None:
    """`.focus(Twin)`: perceive a twin, with the values that it takes from others."""
    _focus(call.host, str(twin), own_only=False)


@action(".focus_own")
def focus_own(call: Call, twin: Atom) -> None:
    """`.focus_own(Twin)`: perceive a twin, without values that it takes from others."""
    _focus(call.host, str(twin), own_only=True)


def _focus(host: Host, twin: str, *, own_only: bool) -> None:
    try:
        host.focus.on(twin, own_only=own_only)
    except TwinError as error:
        raise ActionFailed(error.code, message=str(error)) from error


@action(".unfocus")
def unfocus(call: Call, twin: Atom) -> None:
    """`.unfocus(Twin)`: stop perceiving a twin."""
    host: Host = call.host
    host.focus.off(str(twin))


@action(".invoke")
async def invoke(call: Call, twin: Atom, operation: Term) -> Term:
    """`.invoke(Twin, op(Args..)[, Result])`: ask a twin; the intention waits until it is done.

    A refusal fails with `error(action_failed), reason(refused), guard(G), expected(E), found(F)`;
    an asset that cannot, with `reason(R)` and the message.
    """
    name, args = _operation(operation)
    return as_term(await _ask(call, str(twin), name, args))


def _operation(operation: Term) -> tuple[str, list[JSON]]:
    if isinstance(operation, Atom):
        return str(operation), []
    if isinstance(operation, Struct):
        return str(operation.name), [plain(a) for a in operation.args]
    raise ActionFailed(
        "bad_operation", message=f"an operation is a name or a structure: {operation}"
    )


async def _ask(call: Call, twin: str, name: str, args: list[JSON]) -> JSON:
    host: Host = call.host
    shown = ", ".join(str(a) for a in args)
    decision = host.decided(f"{twin}.{name}({shown})", call)
    try:
        with because(host.client.by, decision):
            return await host.client.invoke(twin, name, *args)
    except RefusedError as error:
        raise ActionFailed(
            "refused",
            message=str(error),
            guard=Atom(error.guard),
            expected=error.expected,
            found=error.found,
        ) from error
    except InvocationFailedError as error:
        raise ActionFailed(error.reason, message=str(error)) from error
    except TwinError as error:
        raise ActionFailed(error.code, message=str(error)) from error


@action(".tick")
def tick(call: Call, period_s: float) -> None:
    """`.tick(Seconds)`: perceive the time as `clock(T)` from now on, at this period."""
    host: Host = call.host
    host.tick(period_s)


@action(".remind")
def remind(call: Call, in_s: float, name: Term) -> None:
    """`.remind(Seconds, name)`: the signal `reminder(name)` comes after so many seconds."""
    host: Host = call.host
    host.remind(call.now() + in_s, str(to_python(name)))


@action(".say")
def say(call: Call, rule: str, priority: Atom, variant: Atom, facts: list[Term]) -> str:
    """`.say(Rule, Priority, Variant, Facts, Text)`: the words of an alert.

    `Variant` is `none` or one of the rule's special cases; `Facts` are `name(Value)`.
    """
    values = {f.name: plain(f.args[0]) for f in facts if isinstance(f, Struct) and f.args}
    shown = {name: _shown(value) for name, value in values.items() if value not in ([], None)}
    if "passport" in shown:
        shown["passport"] = "; ".join(shown["passport"])
    special = "" if str(variant) == "none" else str(variant)
    return message(rule, _priority(priority), shown, special)


def _shown(value: JSON) -> JSON:
    """Words for people: underscores are an identifier's."""
    if isinstance(value, list):
        return [_shown(v) for v in value]
    return value.replace("_", " ") if isinstance(value, str) else value


def _priority(priority: Atom) -> Priority:
    for known in PRIORITIES:
        if known == str(priority):
            return known
    raise ActionFailed("bad_priority", message=f"no priority '{priority}': high, medium or low")


@action(".clock_text")
def clock_text_of(call: Call, at_s: float) -> str:
    """`.clock_text(Seconds, Text)`: a scenario time as the time of day, `hh:mm`."""
    host: Host = call.host
    return (host.started + timedelta(seconds=at_s)).strftime("%H:%M")


@action(".due")
def due(call: Call, names: list[Term]) -> Term:
    """`.due(Names, L)`: what to judge now that these facts changed: `review(Rule, Priority)`."""
    host: Host = call.host
    found = host.attention.due([str(to_python(n)) for n in names], call.agent)
    return [_review(rule, priority) for rule, priority in found]


@cache  # the same few terms, asked for at every reading
def _review(rule: str, priority: str) -> Struct:
    return Struct("review", [rule, Atom(priority)])


@action(".misses")
def misses(call: Call, rule: str, priority: Atom) -> bool:
    """`.misses(Rule, Priority)`: true if a fact that the rule reads is stale now."""
    host: Host = call.host
    return host.attention.misses((rule, str(priority)), host.focus.stale)


@action(".fell")
def fell(call: Call, name: Atom, within_s: float) -> float:
    """`.fell(Name, Seconds, By)`: how far a vital sign lies below its highest in that time."""
    host: Host = call.host
    return host.focus.fall(str(name), call.now() - within_s)


@action(".pre_alert")
async def pre_alert(call: Call, preh: Atom, patient: Atom) -> Term:
    """`.pre_alert(PreH, Patient)`: pre-alert the trauma team with the ATMIST card."""
    card_now = _card(call.host, str(preh), str(patient))
    return as_term(await _ask(call, str(preh), "send_pre_alert", [card_now]))


@action(".hand_over")
async def hand_over(call: Call, preh: Atom, patient: Atom, to: Atom) -> Term:
    """`.hand_over(PreH, Patient, To)`: hand the patient over with the ATMIST card."""
    card_now = _card(call.host, str(preh), str(patient))
    return as_term(await _ask(call, str(preh), "hand_over", [card_now, str(to)]))


def _card(host: Host, preh: str, patient: str) -> JSON:
    return atmist(host.client.read(preh), host.client.read(patient), host.focus.first)

"""Messages: what each performative does at the receiver, and how asks are answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from agents.bdi.beliefs import SOURCE, SOURCE_SELF
from agents.bdi.formulas import first_solution, node_of, solve
from agents.bdi.order import sorted_annotations
from agents.bdi.printing import term_text
from agents.bdi.syntax import parse_content
from agents.bdi.terms import (
    BODY,
    BRACED,
    EMPTY,
    EVENT,
    PLAN,
    RULE,
    Atom,
    Cons,
    Functor,
    Struct,
    Term,
    deref,
    is_ground,
    list_items,
    literal_parts,
    make,
    make_list,
    source_of,
    struct,
    to_term,
)
from agents.bdi.unification import copy_term, undo, unify
from agents.errors import PlanSyntaxError

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.waiting import Wait

ASKS = ("askOne", "askAll", "askHow")
NEEDS_TRUST = ("tellHow", "untellHow", "unachieve")


class Message(NamedTuple):
    """One message between agents; the content is a term, or the text of one."""

    sender: str
    performative: str
    content: Any
    id: str = ""
    in_reply_to: str = ""
    cause: Any = None


@dataclass(slots=True)
class PendingAsk:
    """A synchronous ask that waits for its answers."""

    wait: Wait
    answer: Term
    receivers: int
    is_list: bool
    got: list[Term] = field(default_factory=list)


def process(ag: Agent, message: Message) -> None:
    """Handles one message; a bad one is answered and logged, and ends nothing."""
    content = message.content
    if content.__class__ is Struct and not message.in_reply_to and _is_flat(content):
        _take_flat(ag, message, content)
        return
    if isinstance(content, str):
        try:
            content = parse_content(content)
        except (PlanSyntaxError, RecursionError) as error:
            ag.log("warning", f"not understood, from {message.sender}: {error}")
            if message.performative != "not-understood":
                ag.outbox(
                    message.sender,
                    Message(
                        ag.name, "not-understood", Atom("syntax"), ag.new_message_id(), message.id
                    ),
                )
            return
    else:
        content = to_term(content)
        if not is_ground(content):
            content = copy_term(content)
    ask = ag.asks.get(message.in_reply_to) if message.in_reply_to else None
    if ask is not None and message.performative in ("tell", "untell", "tellHow"):
        take_answer(ag, ask, message, content)
        return
    if message.in_reply_to in ag.late_asks and message.in_reply_to:
        return
    _take(ag, message, content, not _holds_plan(content))


def _take_flat(ag: Agent, message: Message, content: Struct) -> None:
    """The usual messages, without questions that their contents cannot raise."""
    library = ag.library
    trigger = library.catches
    if not trigger.plans:
        if message.performative == "achieve":
            said = _said_by(message.sender)
            ag.spawn_ground(content.functor, content.args, said, message.cause)
            return
        if message.performative == "tell":
            said = _said_by(message.sender)
            ag.believe(None, content.functor, content.args, said, message.cause)
            return
    _take(ag, message, content, harmless=True)


def _take(ag: Agent, message: Message, content: Term, harmless: bool) -> None:
    """Hands a message that was read to the program, or to the table."""
    if not harmless and not ag.trusted(message.sender):
        ag.log("warning", f"refused plans from {message.sender}: not trusted")
        if message.performative in ASKS:
            reply(ag, message, "untell", Atom("false"))
        return
    library = ag.library
    trigger = library.catches
    if trigger.plans:
        args = (Atom(message.sender), Atom(message.performative), content, id_term(message.id))
        ag.events.append(
            (trigger, args, (SOURCE_SELF,), None, None, message.cause, None, (message, content))
        )
        return
    by_table(ag, message, content)


def _is_flat(content: Struct) -> bool:
    """Whether the arguments are names, numbers and strings: the usual content."""
    if content.ann or content.functor.name[0] == "{":
        return False
    for a in content.args:
        cls = a.__class__
        if cls is not float and cls is not Atom and cls is not str:
            return False
    return True


def _holds_plan(content: Term) -> bool:
    """Whether plans, bodies or rules stand in a content (an event alone does no harm)."""
    todo = [content]
    while todo:
        term = deref(todo.pop())
        if term.__class__ is Struct:
            if term.functor in (PLAN, BODY, BRACED, RULE):
                return True
            todo.extend(term.args)
            todo.extend(term.ann)
        elif term.__class__ is Cons:
            todo.append(term.head)
            todo.append(term.tail)
    return False


def id_term(text: str) -> Term:
    """A message's id as a term: a name where it can be one."""
    return Atom(text) if text[:1].islower() and text.isalnum() else text


def take_answer(ag: Agent, ask: PendingAsk, message: Message, content: Term) -> None:
    """Gives an answer to the intention that asked."""
    answer: Term
    if message.performative == "untell":
        answer = Atom("false")
    elif message.performative == "tellHow":
        answer = content
    else:
        answer = nested(content, Atom(message.sender))
    ask.got.append(answer)
    if len(ask.got) < ask.receivers:
        return
    del ag.asks[message.in_reply_to]
    settle_ask(ag, ask)


def settle_ask(ag: Agent, ask: PendingAsk, answer: Term = None) -> None:
    """Ends an ask with its answers, or with a given one."""
    from agents.bdi.failure import StepFailure

    if answer is None:
        answer = make_list(ask.got) if ask.is_list else ask.got[0]
    if ask.wait.done or ask.wait.it.dead:
        return
    trail: list[Any] = []
    if unify(ask.answer, answer, trail):
        ask.wait.go_on()
    else:
        ask.wait.fail(StepFailure("ask_failed", f"the answer {term_text(answer)} does not fit"))


_said: dict[str, tuple[Term, ...]] = {}


def _said_by(name: str) -> tuple[Term, ...]:
    """``[source(bob)]``, the same object each time."""
    known = _said.get(name)
    if known is None:
        known = _said[name] = (source_of(Atom(name)),)
    return known


def said_parts(
    content: Term, source: Atom
) -> tuple[Functor, tuple[Term, ...], tuple[Term, ...]] | None:
    """Functor, arguments and annotations of a content as said by a source."""
    if content.__class__ is Struct and not content.ann and content.functor.name[0] != "{":
        return content.functor, content.args, _said_by(source.text)
    return literal_parts(nested(content, source))


def nested(content: Term, source: Term) -> Term:
    """The content as said by a source: its own sources stand below that one."""
    if content.__class__ is Cons or content is EMPTY:
        return make_list([nested(item, source) for item in list_items(content)])
    parts = literal_parts(content)
    if parts is None or parts[0].name.startswith("{"):
        return content
    functor, args, ann = parts
    sources = [a for a in ann if a.__class__ is Struct and a.functor is SOURCE]
    others = [a for a in ann if not (a.__class__ is Struct and a.functor is SOURCE)]
    below = tuple([s for s in sources if s != make(SOURCE, (source,))])
    said = make(SOURCE, (source,), below) if below else source_of(source)
    return make(functor, args, sorted_annotations([*others, said]))


def by_table(ag: Agent, message: Message, content: Term) -> None:
    """What a performative does when no plan of the program catches the message."""
    performative = message.performative
    source = Atom(message.sender)
    if performative in NEEDS_TRUST and not ag.trusted(message.sender):
        ag.log("warning", f"refused {performative} from {message.sender}: not trusted")
        return
    if performative == "tell":
        for item in _each(content):
            told = said_parts(item, source)
            if told is None or not getattr(item, "ground", True):
                ag.log("warning", f"dropped a tell of {term_text(item)} from {message.sender}")
                continue
            ag.believe(None, told[0], told[1], told[2], message.cause)
    elif performative == "untell":
        for item in _each(content):
            told = said_parts(item, source)
            if told is not None:
                ag.forget(None, told[0], told[1], told[2], message.cause)
    elif performative == "achieve":
        for item in _each(content):
            told = said_parts(item, source)
            if told is None:
                ag.log("warning", f"dropped an achieve of {term_text(item)}")
                continue
            ag.spawn_goal(told[0], told[1], told[2], message.cause)
    elif performative == "unachieve":
        from agents.bdi.desires import drop_desire

        drop_desire(ag, content)
    elif performative == "signal":
        parts = literal_parts(nested(content, source))
        if parts is not None:
            ann = sorted_annotations([*parts[2], Atom("signal")])
            ag.external_event("+", parts[0], parts[1], ann, message.cause)
    elif performative in ASKS:
        _ask(ag, message, content, source)
    elif performative in ("tellHow", "untellHow"):
        _how(ag, performative, content, source)
    else:
        ag.log("warning", f"no plan for a message '{performative}' from {message.sender}")


def _each(content: Term) -> list[Term]:
    return list_items(content) if content.__class__ is Cons or content is EMPTY else [content]


def _how(ag: Agent, performative: str, content: Term, source: Term) -> None:
    from agents.bdi.failure import StepFailure
    from agents.bdi.plan_changes import add_plan, remove_plan

    for item in _each(content):
        try:
            if performative == "tellHow":
                add_plan(ag, item, source, first=False)
            else:
                remove_plan(ag, item, source)
        except (StepFailure, PlanSyntaxError, TypeError) as error:
            ag.log("warning", f"{performative} from {source.name} refused: {error}")


def reply(ag: Agent, message: Message, performative: str, content: Term, cause: Any = None) -> None:
    """Sends an answer back."""
    ag.outbox(
        message.sender,
        Message(ag.name, performative, content, ag.new_message_id(), message.id, cause),
    )


def _ask(ag: Agent, message: Message, content: Term, source: Term) -> None:
    if message.performative == "askHow":
        event = content
        if event.__class__ is not Struct or event.functor is not EVENT:
            reply(ag, message, "untell", Atom("false"))
            return
        from agents.bdi.plan_changes import relevant_plans

        reply(
            ag,
            message,
            "tellHow",
            make_list([copy_term(p.term) for p in relevant_plans(ag, event)]),
        )
        return
    parts = literal_parts(content)
    if parts is None:
        reply(ag, message, "untell", Atom("false"))
        return
    if message.performative == "askAll":
        found = [answer for answer, _ in _answers(ag, content)]
        reply(ag, message, "tell", make_list(found))
        return
    for answer, cause in _answers(ag, content):
        reply(ag, message, "tell", answer, cause)
        return
    functor, args, ann = parts
    trigger = ag.library.trigger("+?", functor)
    if not trigger.plans:
        reply(ag, message, "untell", content)
        return
    asked = literal_parts(nested(make(functor, args, ann), source))
    assert asked is not None

    def answer_to(ok: bool) -> None:
        if ok:
            reply(ag, message, "tell", copy_term(make(functor, args, ann)))
        else:
            reply(ag, message, "untell", content)

    ag.spawn_test(trigger, args, asked[2], message.cause, answer_to)


def _answers(ag: Agent, content: Term) -> Any:
    """Matching beliefs, without this agent's own source, with their causes."""
    parts = literal_parts(content)
    assert parts is not None
    functor, args, ann = parts
    trail: list[Any] = []
    for used in solve(ag, node_of(content), [], trail):
        row = used[0] if used is not None else None
        own: tuple[Term, ...] = ()
        while used is not None and used[1] is not None:
            used = used[1]
        if used is not None:
            row = used[0]
            if row.rule is None:
                own = tuple([a for a in row.ann if a != SOURCE_SELF])
        yield copy_term(make(functor, args, own or ann)), row.cause if row is not None else None
    undo(trail)


def send(
    ag: Agent,
    to: Term,
    performative: str,
    content: Term,
    in_reply_to: str = "",
    cause: Any = None,
    message_id: str = "",
) -> bool:
    """Sends to one receiver; false when nobody of that name is known."""
    if to.__class__ is not Atom:
        to = deref(to)
    name = to.text if to.__class__ is Atom else str(to)
    if content.__class__ is not Struct or not content.ground:
        content = copy_term(content)
    if not message_id:
        message_id = ag.new_message_id()
    message = Message(ag.name, performative, content, message_id, in_reply_to, cause)
    if name == ag.name:
        ag.receive(message)
        return True
    return ag.outbox(name, message)


__all__ = ["ASKS", "Message", "PendingAsk", "first_solution", "process", "send", "struct"]

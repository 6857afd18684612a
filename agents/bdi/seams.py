"""Where a researcher's own agent differs: selection, belief revision, the body, the belief base.

A subclass of ``Agent`` overrides one method; what it does not override costs nothing. Options may
also be filtered in the language, by a rule ``select__option(Event, Intention, Plan, Unifier)``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from agents.bdi.acting import Acting
from agents.bdi.beliefs import Predicate
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import Rule, first_solution, node_of
from agents.bdi.intentions import Intention
from agents.bdi.plans import PLAN_AT, VARS, Event, Trigger
from agents.bdi.templates import Frame
from agents.bdi.terms import (
    EVENT,
    Atom,
    Functor,
    Term,
    Var,
    deref,
    literal_parts,
    make,
    make_list,
    struct,
)
from agents.bdi.unification import Trail, copy_term, free_cells, undo

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent

_SELECT_OPTION = Functor("select__option", 4)


class Seams(Acting):
    """An agent whose choices can be overridden."""

    def select_event(self, events: deque[Event]) -> Event:
        """Takes the event to handle next out of the queue."""
        return events.popleft()

    def select_intention(self, running: deque[Intention]) -> Intention:
        """Takes the intention to run next out of the queue."""
        return running.popleft()

    def select_option(self, event: Event, options: list[Frame]) -> Frame | None:
        """The option to take, of all that are applicable in library order; None for none."""
        return options[0]

    def revise(self, change: str, belief: Term, owner: Intention | None) -> Iterable[Any]:
        """What is changed (pairs of ``+`` or ``-`` and a literal) where a note is to be.

        ``self.refuse(why)`` fails the step instead.
        """
        yield change, belief

    def refuse(self, why: str) -> StepFailure:
        """Fails the step of a belief that is not to be, with ``error(belief_revision_failed)``."""
        raise StepFailure("belief_revision_failed", why)

    # -- how overridden ones come into force ---------------------------------------------------

    def _fit_seams(self) -> None:
        own = type(self)
        if own.revise is not Seams.revise:
            for name in ("believe", "believe_at", "forget", "forget_at"):
                setattr(self, name, getattr(self, f"_revised_{name}"))
        self._queues = self._next_of_queues()
        self._fit_options()

    def _fit_options(self) -> None:
        """Asks for all options where somebody chooses among them."""
        overridden = type(self).select_option is not Seams.select_option
        by_rule = any(
            (e.functor if isinstance(e, Rule) else e[0]) is _SELECT_OPTION
            for e in self.program.initial
        )
        chooses = overridden or by_rule
        if chooses == (self.library.choose is not None):
            return
        self.library.choose = _chosen if chooses else None
        self.library.rebuild()

    def _next_of_queues(self) -> tuple[Callable[[], Event], Callable[[], Intention]]:
        """How the next event and the next intention are taken."""
        own = type(self)
        take_event: Callable[[], Event] = self.events.popleft
        take_intention: Callable[[], Intention] = self.running.popleft
        if own.select_event is not Seams.select_event:

            def take_event() -> Event:
                return self.select_event(self.events)

        if own.select_intention is not Seams.select_intention:

            def take_intention() -> Intention:
                return self.select_intention(self.running)

        return take_event, take_intention

    def _revised(
        self,
        change: str,
        owner: Intention | None,
        functor: Functor,
        args: tuple[Term, ...],
        ann: tuple[Term, ...],
        cause: Any,
        last: bool = False,
    ) -> int | None:
        moved: int | None = None
        for op, literal in list(self.revise(change, make(functor, args, ann), owner)):
            parts = literal_parts(literal)
            if parts is None:
                raise StepFailure("belief_revision_failed", "a revision changes literals only")
            if op == "+":
                done = Acting.believe(self, owner, *parts, cause, last)
            else:
                done = Acting.forget(self, owner, *parts, cause)
            moved = moved or done
        return moved

    def _revised_believe(self, owner: Any, *what: Any) -> int | None:
        return self._revised("+", owner, *what)

    def _revised_forget(self, owner: Any, *what: Any) -> int | None:
        return self._revised("-", owner, *what)

    def _revised_believe_at(
        self, owner: Any, pred: Predicate, trigger: Trigger, *what: Any
    ) -> int | None:
        return self._revised("+", owner, pred.functor, *what)

    def _revised_forget_at(
        self, owner: Any, pred: Predicate, trigger: Trigger, *what: Any
    ) -> int | None:
        return self._revised("-", owner, pred.functor, *what)


def _chosen(ag: Agent, event: Event, selects: Iterable[Any]) -> Frame | None:
    """Asks every candidate, and lets the agent choose; only the chosen one's bindings stay."""
    cells = free_cells([*event[1], *event[2]])
    options: list[Frame] = []
    bound: list[list[Term]] = []
    for select in selects:
        frame = select(ag, event)
        if frame is None:
            continue
        if not _passes(ag, event, frame):
            _restore(cells, [None] * len(cells))
            continue
        options.append(frame)
        bound.append([cell.ref for cell in cells])
        _restore(cells, [None] * len(cells))
    if not options:
        return None
    chosen = ag.select_option(event, options)
    if chosen is None:
        return None
    place = next(i for i, frame in enumerate(options) if frame is chosen)
    _restore(cells, bound[place])
    return chosen


def _restore(cells: list[Var], values: list[Term]) -> None:
    for cell, value in zip(cells, values, strict=True):
        cell.ref = value


def _passes(ag: Agent, event: Event, frame: Frame) -> bool:
    """Whether the program's own rule lets an option through, where it has one."""
    pred = ag.beliefs_base.predicates.get(_SELECT_OPTION)
    if pred is None or not pred.odd:
        return True
    plan = frame[PLAN_AT]
    values = [
        struct("map", name, copy_term(deref(value)))
        for name, value in zip(plan.names, frame[VARS:], strict=False)
        if value is not None and not name.startswith("_")
    ]
    trigger = make(EVENT, (Atom(event[0].op), make(event[0].functor, event[1], event[2])))
    it: Term = Atom("none") if event[3] is None else float(event[3].id)
    question = make(
        _SELECT_OPTION, (copy_term(trigger), it, copy_term(plan.term), make_list(values))
    )
    trail: Trail = []
    passes = first_solution(ag, node_of(question), [], trail) is not False
    undo(trail)
    return passes

"""Failure: from the step that failed down the stack to the goal that can be recovered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from agents.bdi.order import sorted_annotations
from agents.bdi.terms import Atom, Functor, Struct, Term, make, struct, to_term
from agents.bdi.unification import copy_term

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.intentions import Intention
    from agents.bdi.plans import Trigger

_PLAN, _EVENT, _CUT = 1, 2, 3
_ERROR, _ERROR_MSG = Functor("error", 1), Functor("error_msg", 1)
_PLACES = {"code", "code_src", "code_line"}


class StepFailure(Exception):  # noqa: N818 - a failure is an outcome, not a mistake
    """A step failed: its ``error(..)``, its message, and further annotations."""

    def __init__(
        self, error: str, message: str, annotations: tuple[Term, ...] = (), code: Term = None
    ) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.annotations = annotations
        self.code = code

    def at(self, code: Term) -> StepFailure:
        """The same failure, of a step that is bound elsewhere than where it is recovered."""
        return StepFailure(self.error, self.message, self.annotations, code)


class ActionFailed(Exception):  # noqa: N818 - the word that plan authors see, action_failed
    """What an action raises when the world says no: a reason, and annotations for ``-!g``."""

    def __init__(self, reason: str = "failed", message: str = "", **annotations: Any) -> None:
        super().__init__(message or reason)
        self.reason = reason
        self.message = message or reason
        self.annotations = annotations

    def step_failure(self) -> StepFailure:
        """The same as the failure of the step."""
        extra = [struct("reason", Atom(self.reason) if _is_name(self.reason) else self.reason)]
        for name, value in self.annotations.items():
            extra.append(struct(name, to_term(value)))
        return StepFailure("action_failed", self.message, tuple(extra))


def _is_name(text: str) -> bool:
    return text[:1].isalpha() and text[:1].islower() and text.replace("_", "a").isalnum()


def fail(
    ag: Agent,
    it: Intention,
    failure: StepFailure,
    goal: tuple[Any, ...] | None = None,
    info: Any = None,
) -> None:
    """Finds who recovers; ``goal`` is the event of a goal that found no plan."""
    try:
        _fail(ag, it, failure, goal, info)
    except RecursionError:  # a term that holds itself cannot be shown
        ag.log("error", f"intention {it.id} failed and cannot say how: {failure.message}")
        ag.discard(it)


def _fail(
    ag: Agent,
    it: Intention,
    failure: StepFailure,
    goal: tuple[Any, ...] | None,
    info: Any,
) -> None:
    if ag.has_listeners:
        ag.note_failure(it, failure, info)
    stack = it.stack
    if goal is not None and goal[0].fail is not None and can_recover(it, goal[0].fail, len(stack)):
        recover(ag, it, goal, len(stack), failure, info)
        return
    i = len(stack) - 1
    while i >= 0:
        fork = it.fork
        frame = stack[i]
        cut = frame[_CUT]
        if fork is not None and i <= fork.base:
            fork.branch_failed(ag, it, failure, info)
            return
        if cut is not None:
            i = cut - 1
            continue
        event = frame[_EVENT]
        if event is not None:
            trigger = event[0]
            if trigger.fail is not None:
                if ag.library.has_meta:
                    ag.goal_state(event, "failed")
                if can_recover(it, trigger.fail, i + 1):
                    recover(ag, it, event, i, failure, info)
                    return
            elif trigger.op == "+" and can_recover(
                it, ag.library.trigger("-", trigger.functor), i + 1
            ):
                break
        i -= 1
    if it.fork is not None:
        it.fork.branch_failed(ag, it, failure, info)
        return
    ag.unhandled(it, failure, info, goal)


def can_recover(it: Intention, trigger: Trigger, height: int) -> bool:
    """Whether there is a candidate: in the library, or inside a plan of the stack up to there."""
    if len(trigger.plans) > len(trigger.scoped):
        return True
    return bool(trigger.scoped) and any(
        plan.takes(trigger) for frame in it.stack[:height] for plan in frame[_PLAN].inner
    )


def recover(
    ag: Agent,
    it: Intention,
    event: tuple[Any, ...],
    cut: int,
    failure: StepFailure | None,
    info: Any,
) -> None:
    """Posts ``-!g`` with the goal as it was posted and the annotations of the error."""
    trigger = event[0].fail
    ann = event[2]
    if failure is not None:
        read = annotations_read(trigger.plans)
        if read is None or read:
            goal = make(event[0].functor, event[1])
            ann = sorted_annotations([*ann, *error_annotations(it, failure, info, goal, read)])
    cells = event[4]
    if cells is not None:
        ann = tuple([copy_term(a) for a in ann])
        for cell in cells:
            cell.ref = None
    ag.events.append((trigger, event[1], ann, it, None, event[5], cut))


def annotations_read(plans: Iterable[Any]) -> set[str] | None:
    """The names of the annotations that recovery plans read; None for all."""
    names: set[str] = set()
    for plan in plans:
        if plan.variable is not None:
            return None
        for a in plan.ann:
            if a.__class__ is Struct:
                names.add(a.functor.name)
            elif a.__class__ is not Atom:
                return None
            else:
                names.add(a.name)
    return names


def error_annotations(
    it: Intention, failure: StepFailure, info: Any, goal: Term, read: set[str] | None = None
) -> list[Term]:
    """``error(..)``, ``error_msg(..)``, ``code(..)``, ``code_src(..)``, ``code_line(..)``.

    The last three cost most and are left out where no recovery plan reads them. A failure that is
    no step's (a deadline) has the goal as its code.
    """
    found: list[Term] = []
    named = {a.functor.name for a in failure.annotations if a.__class__ is Struct}
    if "error" not in named:
        found.append(make(_ERROR, (Atom(failure.error),)))
    if "error_msg" not in named:
        found.append(make(_ERROR_MSG, (failure.message,)))
    if read is not None and not read & _PLACES:
        found.extend(failure.annotations)
        return found
    frame = it.stack[-1] if it.stack else None
    if failure.code is not None:
        found.append(make(Functor("code", 1), (copy_term(failure.code),)))
    elif info is not None and frame is not None:
        from agents.bdi.bodies import shown

        found.append(make(Functor("code", 1), (copy_term(shown(info.term, frame)),)))
    else:
        found.append(make(Functor("code", 1), (copy_term(goal),)))
    if frame is not None and info is None:
        plan = frame[1]
        found.append(struct("code_src", f"file:{plan.file}"))
        found.append(struct("code_line", float(plan.line)))
    elif info is not None:
        found.append(struct("code_src", f"file:{info.file}"))
        found.append(struct("code_line", float(info.line)))
    found.extend(failure.annotations)
    return found

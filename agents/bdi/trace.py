"""Why a step runs: plans, bindings, beliefs and causes, from the top of its intention down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents.bdi.plans import CAUSE, EVENT_AT, PLAN_AT, USED, flat_causes, merge_causes
from agents.bdi.printing import term_text
from agents.bdi.terms import make

if TYPE_CHECKING:
    from agents.bdi.cycle import Agent
    from agents.bdi.intentions import Intention


@dataclass(frozen=True, slots=True)
class Frame:
    """One plan in the stack of an intention."""

    plan: str
    file: str
    line: int
    trigger: str
    bindings: dict[str, str]
    beliefs: tuple[tuple[str, Any, str | None], ...]  # text, cause, file:line of a rule
    event_cause: Any


@dataclass(frozen=True, slots=True)
class Reason:
    """The explanation of one step."""

    step: str
    file: str
    line: int
    intention: int
    cycle: int
    frames: tuple[Frame, ...]
    all_causes: tuple[Any, ...] = ()
    error: str = ""
    message: str = ""

    @property
    def plan(self) -> str:
        """Label of the plan whose step it is."""
        return self.frames[0].plan if self.frames else ""

    @property
    def trigger(self) -> str:
        """What the plan answers."""
        return self.frames[0].trigger if self.frames else ""

    def causes(self) -> tuple[Any, ...]:
        """The distinct causes of the triggers and beliefs that led here, newest first."""
        return self.all_causes


def frame_of(frame: list[Any]) -> Frame:
    """One frame of an intention, as text."""
    plan = frame[PLAN_AT]
    event = frame[EVENT_AT]
    beliefs: list[tuple[str, Any, str | None]] = []
    for row, ann, cause in frame[USED] or ():
        if row.rule is not None:
            rule = row.rule
            head = rule.term.args[0]
            beliefs.append((term_text(head), None, f"{rule.file}:{rule.line}"))
        else:
            beliefs.append((term_text(make(row.pred.functor, row.args, ann)), cause, None))
    trigger = event[0].text(event[1], event[2]) if event is not None else plan.trigger_text()
    causes = flat_causes(event[5]) if event is not None else ()
    return Frame(
        plan=plan.label,
        file=plan.file,
        line=plan.line,
        trigger=trigger,
        bindings=plan.bindings(frame),
        beliefs=tuple(beliefs),
        event_cause=causes[0] if len(causes) == 1 else (causes or None),
    )


def reason_of(
    ag: Agent,
    it: Intention | None,
    info: Any,
    error: str = "",
    message: str = "",
    goal: tuple[Any, ...] | None = None,
) -> Reason:
    """The explanation of the step that an intention is at."""
    stack = it.stack if it is not None else []
    frames = tuple(frame_of(f) for f in reversed(stack))
    cause: Any = merge_causes(None, [f[CAUSE] for f in reversed(stack)])
    if goal is not None:
        cause = merge_causes(goal[5], [cause])
    top = stack[-1] if stack else None
    if info is not None:
        text, file, line = info.text(top), info.file, info.line
    elif goal is not None:
        text = goal[0].text(goal[1], goal[2])
        file, line = (frames[0].file, frames[0].line) if frames else ("", 0)
    else:
        text, file, line = "", frames[0].file if frames else "", frames[0].line if frames else 0
    return Reason(
        step=text,
        file=file,
        line=line,
        intention=it.id if it is not None else 0,
        cycle=ag.cycle,
        frames=frames,
        all_causes=flat_causes(cause),
        error=error,
        message=message,
    )

"""A trace of what an agent does: one JSON object a line, the same bytes for the same run.

Only an agent that is asked to trace pays for it: it is another class.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from json.encoder import encode_basestring
from typing import Any

from agents.bdi.cycle import Agent
from agents.bdi.failure import StepFailure
from agents.bdi.intentions import Intention
from agents.bdi.mailbox import Message
from agents.bdi.plans import CAUSE, NEXT, PLAN_AT, Event, flat_causes
from agents.bdi.printing import number_text, plain_text, term_text
from agents.bdi.program import Program
from agents.bdi.reloading import Changes
from agents.bdi.terms import to_term

_KINDS = {"!": "goal", "!!": "goal", "?": "test", "act": "action"}


class TracedAgent(Agent):
    """An agent that writes down every event, selection, step, failure and message."""

    def __init__(self, *args: Any, trace: Callable[[str], None], **options: Any) -> None:
        self._trace = trace
        self._lines = 0
        self._written_at: float | None = None
        self._time = ""
        self._labels: dict[str, str] = {}  # of plans, as JSON
        self._own = ""
        super().__init__(*args, **options)
        self._own = encode_basestring(self.name)
        self.has_listeners = True

    def _write(self, kind: str, **fields: Any) -> None:
        parts = [
            f', "{name}": {json.dumps(value, ensure_ascii=False, default=str)}'
            for name, value in fields.items()
            if value not in (None, (), "")
        ]
        self._trace(f"{self._begin(kind)}{''.join(parts)}}}")

    def _begin(self, kind: str) -> str:
        """What all lines begin with: number, time, agent, cycle and kind."""
        self._lines += 1
        now = self.now()
        if now != self._written_at:
            self._written_at = now
            self._time = number_text(float(now))
        return (
            f'{{"n": {self._lines}, "t": "{self._time}", "agent": {self._own}, '
            f'"cycle": {self.cycle}, "kind": "{kind}"'
        )

    def _write_step(
        self, kind: str, step: str, it: Intention | None, plan: Any, line: int, cause: Any
    ) -> None:
        """A line for a selection or a step: the usual ones, without a dictionary."""
        label = self._labels.get(plan.label)
        if label is None:
            label = self._labels[plan.label] = encode_basestring(plan.label)
        if cause is None:
            causes = "[]"
        elif cause.__class__ is int:
            causes = f"[{cause}]"
        else:
            all_causes = list(flat_causes(cause))
            if all(c.__class__ is int for c in all_causes):
                causes = str(all_causes)  # which is what JSON writes
            else:
                causes = json.dumps(all_causes, ensure_ascii=False, default=str)
        owner = "" if it is None else f', "intention": {it.id}'
        now = self.now()
        if now != self._written_at:
            self._written_at = now
            self._time = number_text(float(now))
        self._lines += 1
        self._trace(
            f'{{"n": {self._lines}, "t": "{self._time}", "agent": {self._own}, '
            f'"cycle": {self.cycle}, "kind": "{kind}", "step": {encode_basestring(step)}{owner}, '
            f'"plan": {label}, "line": {line}, "cause": {causes}}}'
        )

    def percept(self, key: Hashable, literal: Any, cause: Any = None) -> None:
        """Replaces what is perceived under a key, and writes it down."""
        text = None
        if literal is not None:
            shown = literal if literal.__class__ is not tuple else None
            text = (
                plain_text(to_term(shown))
                if shown is not None
                else f"{literal[0]}({','.join(term_text(to_term(a)) for a in literal[1])})"
            )
        self._write("percept", step=text or f"no {key}", cause=cause)
        super().percept(key, literal, cause)

    def receive(self, message: Message) -> None:
        """Takes a message, and writes it down."""
        content = (
            message.content
            if isinstance(message.content, str)
            else term_text(to_term(message.content))
        )
        self._write(
            "message",
            step=f"{message.performative} {content}",
            sender=message.sender,
            cause=list(flat_causes(message.cause)),
        )
        super().receive(message)

    def handle(self, event: Event) -> bool:
        """Finds the plan for an event, and writes down which."""
        text = event[0].text(event[1], event[2])
        chosen = super().handle(event)
        if chosen:
            it = event[3] if event[3] is not None else self._newest()
            plan = it.stack[-1][PLAN_AT] if it is not None and it.stack else None
            if plan is not None:
                self._write_step("select", text, it, plan, plan.line, event[5])
            else:
                self._write("select", step=text, cause=list(flat_causes(event[5])))
        return chosen

    def _newest(self) -> Intention | None:
        return next(reversed(self.alive.values()), None)

    def _step(self, it: Intention) -> None:
        frame = it.stack[-1]
        info = getattr(frame[NEXT], "info", None)
        if info is not None:
            kind = _KINDS.get(info.kind, "belief")
            step = info.text(frame)
            self._write_step(kind, step, it, frame[PLAN_AT], info.line, frame[CAUSE])
        super()._step(it)

    def note_failure(self, it: Intention, failure: StepFailure, info: Any) -> None:
        """Writes down a failure, whoever recovers it."""
        self._write(
            "fail",
            step=info.text(it.stack[-1]) if info is not None and it.stack else None,
            intention=it.id,
            error=failure.error,
            message=failure.message,
        )

    def reload(self, program: Program) -> Changes:
        """Takes up a changed program, and writes down what changed."""
        changes = super().reload(program)
        self._write(
            "reload",
            added=list(changes.added),
            removed=list(changes.removed),
            replaced=list(changes.replaced),
        )
        return changes

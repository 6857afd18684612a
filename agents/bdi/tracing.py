"""An agent that writes a trace of what it does: the same bytes for the same run.

Only an agent that is asked to trace pays for it: it is another class.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from json.encoder import encode_basestring
from typing import Any

from agents.bdi.cycle import Agent
from agents.bdi.failure import StepFailure
from agents.bdi.intentions import Intention
from agents.bdi.mailbox import Message
from agents.bdi.plans import CAUSE, NEXT, PLAN_AT, Event, Plan, flat_causes
from agents.bdi.printing import number_text, plain_text, term_text
from agents.bdi.program import Program
from agents.bdi.records import Trace, causes_text, place_of, traced_step
from agents.bdi.reloading import Changes
from agents.bdi.terms import to_term


class TracedAgent(Agent):
    """An agent that writes down every event, selection, step, failure and message.

    What is not written is that a plan's empty body was run.
    """

    def __init__(self, name: str, *args: Any, trace: Trace, **options: Any) -> None:
        self.trace = trace
        self._named = f', "agent": {encode_basestring(name)}, "cycle": '
        self._at: float | None = None
        self._begin = ""  # of each line of this moment, after its number
        self._cause: Any = None
        self._causes = "[]"
        self._places: dict[Plan, str] = {}
        super().__init__(name, *args, **options)
        self.has_listeners = True

    def run(self, max_cycles: int = 10_000) -> float | None:
        """Runs as every agent does; what was written is handed over when it is much."""
        self._note_time()
        try:
            return super().run(max_cycles)
        finally:
            if self.trace.full():
                self.trace.flush()

    def _note_time(self) -> None:
        now = self.now()
        if now != self._at:
            self._at = now
            self._begin = f', "t": "{number_text(float(now))}"{self._named}'

    def _write(self, kind: str, **fields: Any) -> None:
        """Writes a line with fields of its own; empty ones are left out."""
        self._note_time()
        shown = [f'"kind": "{kind}"']
        for name, value in fields.items():
            if value.__class__ is str:
                if value:
                    shown.append(f'"{name}": {encode_basestring(value)}')
            elif value.__class__ is int:
                shown.append(f'"{name}": {value}')
            elif value not in (None, ()):
                text = json.dumps(value, ensure_ascii=False, default=str)
                shown.append(f'"{name}": {text}')
        trace = self.trace
        trace.count += 1
        trace.lines.append(f'{{"n": {trace.count}{self._begin}{self.cycle}, {", ".join(shown)}}}\n')

    def _causes_of(self, cause: Any) -> str:
        self._cause, self._causes = cause, causes_text(cause)
        return self._causes

    def percept(self, key: Hashable, literal: Any, cause: Any = None) -> None:
        """Replaces what is perceived under a key, and writes it down."""
        if literal is None:
            text = f"no {key}"
        elif literal.__class__ is tuple:
            args = literal[1]
            text = f"{literal[0]}({','.join([_plain(a) for a in args])})"
        else:
            text = plain_text(to_term(literal))
        if cause is None or cause.__class__ is int:  # the usual: a line without a dictionary
            self._note_time()
            trace = self.trace
            trace.count = n = trace.count + 1
            behind = "" if cause is None else f', "cause": {cause}'
            trace.lines.append(
                f'{{"n": {n}{self._begin}{self.cycle}, "kind": "percept", '
                f'"step": {encode_basestring(text)}{behind}}}\n'
            )
        else:
            self._write("percept", step=text, cause=cause)
        Agent.percept(self, key, literal, cause)

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
        trace = self.trace
        text = trace.event(event[0], event[1], event[2])  # as it is before a plan binds it
        chosen = Agent.handle(self, event)
        if chosen:
            it = event[3] or next(reversed(self.alive.values()), None)
            plan = it.stack[-1][PLAN_AT] if it is not None and it.stack else None
            cause = event[5]
            causes = self._causes if cause is self._cause else self._causes_of(cause)
            trace.count += 1
            if plan is None or it is None:
                place = '"cause": '
            else:
                place = self._places.get(plan) or self._place(plan)
                place = f'"intention": {it.id}, {place}'
            trace.lines.append(
                f'{{"n": {trace.count}{self._begin}{self.cycle}{text}", {place}{causes}}}\n'
            )
        return chosen

    def _place(self, plan: Plan) -> str:
        place = self._places[plan] = place_of(plan, plan.line)
        return place

    def _step(self, it: Intention) -> None:
        frame = it.stack[-1]
        info = getattr(frame[NEXT], "info", None)
        if info is not None:
            step = info.traced or traced_step(info)
            if step is not None:
                trace = self.trace
                cause = frame[CAUSE]
                causes = self._causes if cause is self._cause else self._causes_of(cause)
                plan = frame[PLAN_AT]
                place = step.place if plan is step.plan else self._place(plan)
                text = step.text(frame, trace.texts)
                trace.count = n = trace.count + 1
                trace.lines.append(
                    f'{{"n": {n}{self._begin}{self.cycle}{text}", "intention": {it.id}, '
                    f"{place}{causes}}}\n"
                )
        Agent._step(self, it)

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


def _plain(value: Any) -> str:
    """An argument of a percept as it stands in a literal."""
    if value.__class__ is int:
        return str(value)
    return term_text(to_term(value))

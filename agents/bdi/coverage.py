"""Which plans were asked, chosen, finished and failed; which conditions were ever true or false.

A covered agent is another class, so that others pay nothing; its plans stay interpreted. One
``Coverage`` may collect from any number of agents and runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.bdi.bodies import shown
from agents.bdi.compiled_goals import conjuncts
from agents.bdi.cycle import Agent
from agents.bdi.failure import StepFailure
from agents.bdi.formulas import solve
from agents.bdi.intentions import Intention
from agents.bdi.plans import (
    CUT,
    NEXT,
    PLAN_AT,
    VARS,
    Event,
    Plan,
    PlanLibrary,
    Trigger,
    note_used,
)
from agents.bdi.printing import term_text
from agents.bdi.program import Program
from agents.bdi.templates import Frame
from agents.bdi.unification import Trail, undo
from agents.bdi.why_not import node_term

if TYPE_CHECKING:
    from agents.bdi.plans import Select


@dataclass(slots=True)
class PlanCoverage:
    """What happened to one plan."""

    label: str
    file: str
    line: int
    trigger: str
    considered: int = 0
    relevant: int = 0
    applicable: int = 0
    finished: int = 0
    failed: int = 0
    conditions: dict[str, list[int]] = field(default_factory=dict)  # seen true, seen false
    steps: dict[tuple[int, str], int] = field(default_factory=dict)  # by line and text

    def note_step(self, plan: Plan, line: int, kind: str, term: Any) -> None:
        """Counts a step that ran."""
        key = (line, _step_text(plan, kind, term))
        self.steps[key] = self.steps.get(key, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """Plain values, in a fixed order."""
        return {
            "plan": self.label,
            "file": self.file,
            "line": self.line,
            "trigger": self.trigger,
            "considered": self.considered,
            "relevant": self.relevant,
            "applicable": self.applicable,
            "finished": self.finished,
            "failed": self.failed,
            "conditions": [
                {"condition": text, "true": true, "false": false}
                for text, (true, false) in self.conditions.items()
            ],
            "steps": [
                {"line": line, "step": text, "count": count}
                for (line, text), count in sorted(self.steps.items())
            ],
        }


class Coverage:
    """Counts of all plans of some programs, by file and label."""

    def __init__(self) -> None:
        self.plans: dict[tuple[str, str], PlanCoverage] = {}
        self.texts: dict[str, str] = {}

    def declare(self, program: Program) -> None:
        """Takes up the plans of a program, so that those never asked show too."""
        self.texts.update(program.texts)
        for plan in program.plans:
            for each in plan.with_inner():
                self.of(each)

    def of(self, plan: Plan) -> PlanCoverage:
        """The counts of one plan."""
        key = (plan.file, plan.label)
        found = self.plans.get(key)
        if found is None:
            found = PlanCoverage(plan.label, plan.file, plan.line, plan.trigger_text())
            for node in conjuncts(plan.context) if plan.context is not None else ():
                found.conditions.setdefault(_condition(plan, node), [0, 0])
            for step in plan.steps:
                info = step.info
                found.steps.setdefault((info.line, _step_text(plan, info.kind, info.term)), 0)
            self.plans[key] = found
        return found

    def as_json(self) -> list[dict[str, Any]]:
        """One object for each plan, in order of file and line."""
        return [p.as_json() for p in self._sorted()]

    def _sorted(self) -> list[PlanCoverage]:
        return sorted(self.plans.values(), key=lambda p: (p.file, p.line, p.label))

    def table(self) -> str:
        """One line for each plan, and what was never seen."""
        rows = self._sorted()
        width = max([len(p.label) for p in rows], default=4)
        lines = [f"{'plan':{width}} considered relevant applicable finished failed"]
        for p in rows:
            lines.append(
                f"{p.label:{width}} {p.considered:10} {p.relevant:8} {p.applicable:10}"
                f" {p.finished:8} {p.failed:6}"
            )
            for text, (true, false) in p.conditions.items():
                if p.considered and not (true and false):
                    outcome = "never asked" if not (true or false) else "true"
                    if outcome == "true":
                        outcome = "never false" if true else "never true"
                    lines.append(f"{'':{width}}   {outcome}: {text}")
        ran = sum(1 for p in rows if p.applicable)
        lines.append(f"{ran} of {len(rows)} plans ran")
        silent = [p.label for p in rows if p.trigger.startswith("-!") and not p.applicable]
        if silent:
            lines.append(f"recovery plans that never ran: {', '.join(silent)}")
        return "\n".join(lines)

    def marks(self) -> str:
        """The texts of the files, with how often the plan or steps of a line ran before it."""
        lines: list[str] = []
        for file, text in sorted(self.texts.items()):
            counts: dict[int, int] = {}
            for plan in self.plans.values():
                if plan.file != file:
                    continue
                counts[plan.line] = counts.get(plan.line, 0) + plan.applicable
                for (line, _text), count in plan.steps.items():
                    counts[line] = max(counts.get(line, 0), count)
            lines.append(file)
            for number, line_text in enumerate(text.split("\n"), 1):
                count_text = str(counts[number] or "never") if number in counts else ""
                lines.append(f"{count_text:>7} | {line_text}".rstrip())
        return "\n".join(lines)

    def write(self, path: Path) -> None:
        """JSON for a ``.json`` file, else the table and the marked texts."""
        import json

        if path.suffix == ".json":
            text = json.dumps(self.as_json(), ensure_ascii=False, indent=1)
        else:
            text = f"{self.table()}\n\n{self.marks()}"
        path.write_text(f"{text}\n", encoding="utf-8")


class CoveredAgent(Agent):
    """An agent that counts what its plans do."""

    def __init__(self, *args: Any, coverage: Coverage, **options: Any) -> None:
        self.coverage = coverage
        super().__init__(*args, **options)
        self.has_listeners = True
        coverage.declare(self.program)

    def make_library(self, plans: list[Plan], compile_after: int) -> PlanLibrary:
        """A library whose plans are counted when they are asked."""
        return _CoveredLibrary(plans, self.coverage)

    def _step(self, it: Intention) -> None:
        frame = it.stack[-1]
        info = getattr(frame[NEXT], "info", None)
        if info is not None and frame[PLAN_AT].op:
            own = self.coverage.of(frame[PLAN_AT])
            own.note_step(frame[PLAN_AT], info.line, info.kind, info.term)
        super()._step(it)

    def _finish(self, it: Intention) -> bool:
        i = len(it.stack) - 1
        while i >= 0 and it.stack[i][NEXT] is None:
            frame = it.stack[i]
            if frame[PLAN_AT].op:
                self.coverage.of(frame[PLAN_AT]).finished += 1
            i = i - 1 if frame[CUT] is None else frame[CUT] - 1
        return super()._finish(it)

    def note_failure(self, it: Intention, failure: StepFailure, info: Any) -> None:
        """Counts a failure for the plan whose step it was."""
        super().note_failure(it, failure, info)
        if it.stack and it.stack[-1][PLAN_AT].op:
            self.coverage.of(it.stack[-1][PLAN_AT]).failed += 1


class _CoveredLibrary(PlanLibrary):
    def __init__(self, plans: list[Plan], coverage: Coverage) -> None:
        self._coverage = coverage
        super().__init__(plans, compile_after=0)

    def rebuild(self) -> None:
        super().rebuild()
        self.has_meta = True  # no frame goes before its plan is counted as finished

    def _select_of(self, plan: Plan, trigger: Trigger) -> Select:
        def select(ag: Agent, event: Event) -> Frame | None:
            frame: Frame = [plan.first, plan, event, None, None, event[5]]
            frame.extend([None] * (len(plan.names) + plan.extra))
            return self.fill(plan, ag, event, frame)

        return select

    def fill(self, plan: Plan, ag: Agent, event: Event, frame: Frame) -> Frame | None:
        """The same as without coverage, with each outcome counted."""
        counts = self._coverage.of(plan)
        nodes = conjuncts(plan.context) if plan.context is not None else []
        seen = [counts.conditions[_condition(plan, node)] for node in nodes]
        counts.considered += 1
        trail: Trail = []
        if not plan.relevant(event, frame, trail):
            undo(trail)
            return None
        counts.relevant += 1
        if _holds(ag, nodes, seen, 0, frame, trail):
            counts.applicable += 1
            return frame
        undo(trail)
        return None


def _holds(
    ag: Agent, nodes: list[Any], seen: list[list[int]], at: int, frame: Frame, trail: Trail
) -> bool:
    """The first solution of a conjunction, part by part."""
    if at == len(nodes):
        return True
    found = False
    for used in solve(ag, nodes[at], frame, trail):
        if not found:
            found = True
            seen[at][0] += 1
        if _holds(ag, nodes, seen, at + 1, frame, trail):
            if used is not None and ag.explain:
                note_used(frame, used)
            return True
    if not found:
        seen[at][1] += 1
    return False


def _names(plan: Plan) -> Frame:
    return [None] * (VARS + len(plan.names) + plan.extra)


def _condition(plan: Plan, node: Any) -> str:
    return term_text(shown(node_term(node), _names(plan)))


def _step_text(plan: Plan, kind: str, term: Any) -> str:
    return ("" if kind == "act" else kind) + term_text(shown(term, _names(plan)))

"""The screen as an asset: what is on the glass. It reports back what it shows.

A page in a browser may take its place; then the page reports what it drew and what was tapped.
"""

from __future__ import annotations

from collections.abc import Sequence

from environment.errors import InvocationFailedError, did_you_mean
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.simulated import SimulatedAsset

DRAWS_IN_S = 0.1  # from the command to the glass; engineering default
AT_ONCE = 3  # never more alerts at once on the glass
RANK = {"high": 0, "medium": 1, "low": 2}


class Screen(SimulatedAsset):
    """One display with alerts, lines, suggestions and questions."""

    def __init__(
        self,
        twin: str,
        *,
        watched_by: Sequence[str] = (),
        draws_in_s: float = DRAWS_IN_S,
        source: str = "",
    ) -> None:
        super().__init__(source or twin)
        self.twin = twin
        self._watched_by = tuple(watched_by)
        self._draws_in_s = draws_in_s
        self._alerts: dict[str, dict[str, JSON]] = {}
        self._order: dict[str, int] = {}
        self._lines: dict[str, JSON] = {}
        self._suggestions: dict[str, dict[str, JSON]] = {}
        self._questions: dict[str, dict[str, JSON]] = {}
        self._shown: list[str] = []

    def begin(self) -> None:
        """An empty glass."""
        if self._watched_by:
            self.tell(self.twin, "watched_by", list(self._watched_by))

    # -- alerts ------------------------------------------------------------------------------------

    async def do_show(
        self, command: Command, rule: str, priority: str, text: str, order: int = 100
    ) -> JSON:
        """Show an alert, or change one that is shown."""
        await self._draw()
        self._order[rule] = order
        old = self._alerts.get(rule)
        if old is not None and (old["priority"], old["text"]) == (priority, text):
            return rule
        escalated = old is not None and RANK[priority] < RANK[old["priority"]]
        self._alerts[rule] = {
            "priority": priority,
            "text": text,
            "since_s": old["since_s"] if old else self.now(),
            # somebody saw to the milder one, nobody yet to this
            "acknowledged": bool(old and old["acknowledged"] and not escalated),
        }
        self._report_alerts(command)
        event = "alert_raised" if old is None else "alert_changed"
        self.tell(self.twin, event, {"rule": rule, "priority": priority, "text": text}, command)
        return rule

    async def do_withdraw(self, command: Command, rule: str, reason: str) -> JSON:
        """Take an alert off."""
        await self._draw()
        self._open(self._alerts, rule, "alert")
        del self._alerts[rule]
        self._report_alerts(command)
        self.tell(self.twin, "alert_cleared", {"rule": rule, "reason": reason}, command)
        return rule

    async def do_acknowledge(self, command: Command, rule: str, reason: str, by: str) -> JSON:
        """Somebody sees to it: it gives way to those that nobody sees to."""
        await self._draw()
        alert = self._open(self._alerts, rule, "alert")
        self._alerts[rule] = {**alert, "acknowledged": True}
        self._report_alerts(command)
        value = {"rule": rule, "by": by, "reason": reason}
        self.tell(self.twin, "alert_acknowledged", value, command)
        return rule

    def _report_alerts(self, command: Command) -> None:
        self.tell(self.twin, "alert", dict(self._alerts), command)
        shown = sorted(self._on_the_glass())
        if shown != self._shown:
            self._shown = shown
            self.tell(self.twin, "shown", shown, command)

    def _on_the_glass(self) -> list[str]:
        def rank(rule: str) -> tuple[int, bool, int, float, str]:
            alert, order = self._alerts[rule], self._order[rule]
            return RANK[alert["priority"]], alert["acknowledged"], order, -alert["since_s"], rule

        return sorted(self._alerts, key=rank)[:AT_ONCE]

    # -- lines, suggestions, questions -------------------------------------------------------------

    async def do_write(self, command: Command, name: str, text: str) -> JSON:
        """Write a line; an empty text wipes it."""
        await self._draw()
        if text:
            self._lines[name] = text
        else:
            self._lines.pop(name, None)
        self.tell(self.twin, "line", dict(self._lines), command)
        return name

    async def do_suggest(self, command: Command, name: str, text: str) -> JSON:
        """Show something that could be done."""
        await self._draw()
        old = self._suggestions.get(name)
        if old is not None and old["text"] == text:
            return name
        self._suggestions[name] = {"text": text, "since_s": old["since_s"] if old else self.now()}
        self.tell(self.twin, "suggestion", dict(self._suggestions), command)
        self.tell(self.twin, "suggested", {"name": name, "text": text}, command)
        return name

    async def do_drop_suggestion(self, command: Command, name: str) -> JSON:
        """Take a suggestion off."""
        await self._draw()
        self._open(self._suggestions, name, "suggestion")
        del self._suggestions[name]
        self.tell(self.twin, "suggestion", dict(self._suggestions), command)
        return name

    async def do_ask(self, command: Command, name: str, text: str, options: list[str]) -> JSON:
        """Show a question."""
        await self._draw()
        self._questions[name] = {"text": text, "options": list(options), "since_s": self.now()}
        self.tell(self.twin, "question", dict(self._questions), command)
        return name

    async def do_answer(self, command: Command, name: str, answer: str, by: str) -> JSON:
        """Somebody chooses; the question goes."""
        question = self._open(self._questions, name, "question")
        if question["options"] and answer not in question["options"]:
            raise InvocationFailedError(
                f"'{answer}' is no answer to '{name}'.{did_you_mean(answer, question['options'])}",
                "no_such_option",
            )
        del self._questions[name]
        self.tell(self.twin, "question", dict(self._questions), command)
        value = {"question": name, "answer": answer, "by": by}
        self.tell(self.twin, "answered", value, command)
        return answer

    # -- small things ------------------------------------------------------------------------------

    async def _draw(self) -> None:
        if self._draws_in_s > 0.0:
            await self.clock.sleep(self._draws_in_s)

    def _open(self, shown: dict[str, dict[str, JSON]], name: str, what: str) -> dict[str, JSON]:
        found = shown.get(name)
        if found is None:
            raise InvocationFailedError(
                f"{self.twin} shows no {what} '{name}'.{did_you_mean(name, shown)}", "not_shown"
            )
        return found

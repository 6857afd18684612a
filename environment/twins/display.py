"""A display: the wall of the shock room, a tablet. Its asset is the screen."""

from typing import Literal

from environment.model.change import JSON
from environment.model.guards import CARERS, HAS_REASON, STAFF, has_key
from environment.model.members import Event, Link, Property, gains, loses, operation
from environment.model.twin import Twin

Priority = Literal["high", "medium", "low"]


class Display(Twin):
    """What people can see: alerts (the three highest on the glass), lines, questions."""

    alert = Property(
        "map", "Open alerts, by rule.", fields=("priority", "text", "since_s", "acknowledged")
    )
    shown = Property("words", "The alerts on the glass: never more than three.")
    line = Property("map", "Lines of information, by name.")
    suggestion = Property("map", "What could be done next, by name.", fields=("text", "since_s"))
    question = Property("map", "Open questions, by name.", fields=("text", "options", "since_s"))
    watched_by = Property("words", "Who looks at it.")

    alert_raised = Event("An alert appeared.", fields=("rule", "priority", "text"))
    alert_changed = Event("An alert was escalated.", fields=("rule", "priority", "text"))
    alert_cleared = Event("An alert went.", fields=("rule", "reason"))
    alert_acknowledged = Event("Somebody has seen to an alert.", fields=("rule", "by", "reason"))
    suggested = Event("Something to do was suggested.", fields=("name", "text"))
    answered = Event("A question was answered.", fields=("question", "answer", "by"))

    located_in = Link("locatedIn", "Where it hangs.", inverse="holds")

    @operation(
        effect=gains("alert", "rule"), within_s=5, roles=("agent", "instructor"), undo="withdraw"
    )
    async def show(self, rule: str, priority: Priority, text: str, order: int = 100) -> JSON:
        """Show an alert, or raise the priority of one that is shown.

        Among alerts of equal priority those with a smaller `order` stand first.
        """
        return await self.port.command("show", rule=rule, priority=priority, text=text, order=order)

    @operation(
        effect=loses("alert", "rule"),
        within_s=5,
        guards=[has_key("alert", "rule")],
        roles=("agent", "instructor"),
    )
    async def withdraw(self, rule: str, reason: str) -> JSON:
        """Take an alert off."""
        return await self.port.command("withdraw", rule=rule, reason=reason)

    @operation(guards=[has_key("alert", "rule"), HAS_REASON], roles=CARERS)
    async def acknowledge(self, rule: str, reason: str) -> JSON:
        """Say that an alert is being seen to, and how."""
        return await self.port.command("acknowledge", rule=rule, reason=reason, by=self.port.caller)

    @operation(roles=STAFF)
    async def write(self, name: str, text: str) -> JSON:
        """Write one line of information (`eta`, `leader`, `next_step` ...)."""
        return await self.port.command("write", name=name, text=text)

    @operation(effect=gains("suggestion", "name"), within_s=5, roles=("agent", "instructor"))
    async def suggest(self, name: str, text: str) -> JSON:
        """Suggest something to do; people decide."""
        return await self.port.command("suggest", name=name, text=text)

    @operation(
        effect=loses("suggestion", "name"),
        within_s=5,
        guards=[has_key("suggestion", "name")],
        roles=("agent", "instructor"),
    )
    async def drop_suggestion(self, name: str) -> JSON:
        """Take a suggestion off: done, or no longer right."""
        return await self.port.command("drop_suggestion", name=name)

    @operation(effect=gains("question", "name"), within_s=5, roles=("agent", "instructor"))
    async def ask(self, name: str, text: str, options: list[str]) -> JSON:
        """Ask the people in front of it to choose."""
        return await self.port.command("ask", name=name, text=text, options=options)

    @operation(guards=[has_key("question", "name")], roles=CARERS)
    async def answer(self, name: str, answer: str) -> JSON:
        """Answer a question."""
        return await self.port.command("answer", name=name, answer=answer, by=self.port.caller)

"""What a script still holds, as an instructor sees it: what comes next, and what waits."""

from dataclasses import asdict

from environment.model.change import JSON
from scenarios.team import Team

#: How much of what comes next is told.
NEXT = 12


def coming(team: Team) -> dict[str, JSON]:
    """What the script, or a simulated person, does next, by its name in the agenda.

    What would come after the end does not come.
    """
    rows = team.agenda.upcoming().items()
    in_time = [(name, plan) for name, plan in rows if plan.at_s <= team.scenario.ends_s]
    return {
        name: {**asdict(plan), "given": dict(plan.given), "only_if": dict(plan.only_if)}
        for name, plan in in_time[:NEXT]
    }


def waiting(team: Team) -> dict[str, JSON]:
    """The triggers that have not fired, by name, each with what it waits for."""
    told: dict[str, JSON] = {}
    for name, one in team.waiting.items():
        if one.done:
            continue
        trigger = one.trigger
        if trigger.when is None:
            cause: dict[str, JSON] = {"for": trigger.on, "test": {"done": dict(trigger.on_with)}}
        else:
            cause = trigger.when.told()
        given = dict(trigger.arguments)
        told[name] = {"by": trigger.by, "do": trigger.do, "given": given, **cause}
    return told

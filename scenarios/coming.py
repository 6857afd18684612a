"""What a script still holds, as an instructor sees it: what comes next, and what waits."""

from dataclasses import asdict

from environment.model.change import JSON
from scenarios.team import Team

#: How much of what comes next is told.
NEXT = 12


def coming(team: Team) -> dict[str, JSON]:
    """What the script, or a simulated person, does next, by its name in the agenda."""
    upcoming = list(team.agenda.upcoming().items())[:NEXT]
    return {name: {**asdict(plan), "given": dict(plan.given)} for name, plan in upcoming}


def waiting(team: Team) -> dict[str, JSON]:
    """The triggers that have not fired, by name, each with what it waits for."""
    told: dict[str, JSON] = {}
    for name, one in team.waiting.items():
        if one.done:
            continue
        when = one.trigger.when
        if when is None:
            cause, test = one.trigger.on, {"done": dict(one.trigger.on_with)}
        else:
            cause = f"{when.twin}.{when.property}"
            shown = when.model_dump(by_alias=True, exclude_unset=True)
            test = {k: v for k, v in shown.items() if k not in ("twin", "property")}
        told[name] = {
            "by": one.trigger.by,
            "do": one.trigger.do,
            "given": dict(one.trigger.arguments),
            "for": cause,
            "test": test,
        }
    return told

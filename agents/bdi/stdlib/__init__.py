"""The internal actions that every program has, one module per topic."""

from __future__ import annotations

from types import ModuleType


def modules() -> list[ModuleType]:
    """The modules of the standard library."""
    from agents.bdi.stdlib import (
        belief_actions,
        collections,
        goal_actions,
        kinds,
        lists,
        message_actions,
        output,
        plan_actions,
        solutions,
        system_actions,
        text,
        time_actions,
    )

    return [
        belief_actions,
        collections,
        goal_actions,
        kinds,
        lists,
        message_actions,
        output,
        plan_actions,
        solutions,
        system_actions,
        text,
        time_actions,
    ]

"""What an action may ask of the agent's body, and how terms become plain values."""

from datetime import datetime
from typing import Any, Protocol

from agents.attention import Attention
from agents.bdi import Atom, Call, to_python
from agents.perception import Focus
from environment.client import TwinClient
from environment.model.change import JSON, Change

# A term of the engine: number, string, Atom, Struct, list. It has no common base class.
Term = Any


#: Beliefs and events that a body gives its mind, beside properties and events of twins.
GIVEN = frozenset(
    {"clock", "hold", "in_arrest", "life", "link", "my_room", "observed", "phase", "reminder"}
    | {"stale", "standing"}
)


class Host(Protocol):
    """The body of the agent that calls an action."""

    client: TwinClient
    focus: Focus
    attention: Attention
    started: datetime

    def decided(self, act: str, call: Call) -> Change:
        """Publish an act and its reason on the mind twin."""

    def tick(self, period_s: float) -> None:
        """Perceive the time, `clock(T)`, at each period."""

    def remind(self, at_s: float, name: str) -> None:
        """Signal `reminder(name)` to the agent at a scenario time."""


def plain(value: Term) -> JSON:
    """A term as JSON: atoms become texts, `none` nothing, lists lists."""
    value = to_python(value)
    if isinstance(value, Atom):
        name = str(value)
        return {"true": True, "false": False, "none": None}.get(name, name)
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value

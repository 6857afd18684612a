"""How an asset, real or simulated, is coupled to its twins: readings come in, commands go out.

A simulated monitor and a monitor that speaks HL7 v2 follow this one protocol.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from environment.model.change import JSON, Change, Observation, Quality


class Clock(Protocol):
    """The part of the run's clock that an asset may use: scenario seconds, timers, no polling."""

    start: datetime

    def now(self) -> float:
        """Scenario seconds since the call."""

    async def sleep(self, seconds: float) -> None:
        """Let scenario time pass."""

    def call_at(self, at_s: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back at a scenario time (at once if it is over); returns what cancels it."""

    def every(
        self, period_s: float, callback: Callable[[float], None], *, first_at: float | None = None
    ) -> Callable[[], None]:
        """Call back with the due time at each period; returns what ends it."""


class Feed(Protocol):
    """Where an asset puts what it observes. Call it in the event loop only."""

    def observe(self, observation: Observation) -> Change | None:
        """Give one fact; returns its change, None if it was refused or a duplicate."""

    def readings(
        self,
        twin: str,
        values: Mapping[str, JSON],
        effective: float,
        source: str,
        *,
        quality: Quality = "good",
    ) -> None:
        """Give several properties of one twin that were true at one moment: the fast path."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a twin asks its asset to do, and because of which change (`cause`, a seq)."""

    twin: str
    name: str
    arguments: Mapping[str, JSON]
    by: str
    cause: int | None


class Adapter(Protocol):
    """One asset, or one device that feeds and serves one or several twins."""

    source: str

    def provides(self) -> Mapping[str, Mapping[str, float]]:
        """Twin -> member -> expected period in seconds (0: when it happens), told before data."""

    async def start(self, feed: Feed, clock: Clock) -> None:
        """Begin to observe."""

    async def stop(self) -> None:
        """End; no call of the feed follows."""

    async def command(self, command: Command) -> JSON:
        """Do it; raise `InvocationFailedError` when it cannot be done."""

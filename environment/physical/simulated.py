"""What every simulated asset shares: its feed, its clock, its timers, and how it takes commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from environment.errors import InvocationFailedError, did_you_mean
from environment.model.change import JSON, Observation, Quality
from environment.physical.adapter import Clock, Command, Feed


class SimulatedAsset:
    """Base of the simulated assets: `do_<name>` methods take the commands of that name."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._feed: Feed | None = None
        self._clock: Clock | None = None
        self._timers: list[Callable[[], None]] = []

    def provides(self) -> Mapping[str, Mapping[str, float]]:
        """Members that come regularly; the simulated asset names none unless it says so."""
        return {}

    async def start(self, feed: Feed, clock: Clock) -> None:
        """Begin to observe."""
        self._feed, self._clock = feed, clock
        self.begin()

    def begin(self) -> None:
        """What to report first, and which timers to set."""

    async def stop(self) -> None:
        """End all timers; nothing is reported after this."""
        for cancel in self._timers:
            cancel()
        self._timers.clear()
        self._feed = None

    async def command(self, command: Command) -> JSON:
        """Carry out what a twin asks for."""
        do = getattr(self, f"do_{command.name}", None)
        if do is None:
            known = [name[3:] for name in dir(self) if name.startswith("do_")]
            raise InvocationFailedError(
                f"{self.source} cannot '{command.name}'.{did_you_mean(command.name, known)}",
                "unknown_command",
            )
        return await do(command, **command.arguments)

    # -- for the assets themselves -----------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """The run's clock; there is none before the start."""
        if self._clock is None:
            raise InvocationFailedError(f"{self.source} has not been started.", "not_started")
        return self._clock

    def now(self) -> float:
        """Scenario seconds."""
        return self.clock.now()

    def tell(
        self,
        twin: str,
        member: str,
        value: JSON,
        because: Command | None = None,
        *,
        at_s: float | None = None,
        quality: Quality = "good",
    ) -> None:
        """Report one fact about a twin, with the command that led to it."""
        if self._feed is None:
            return
        self._feed.observe(
            Observation(
                twin=twin,
                member=member,
                value=value,
                effective=self.now() if at_s is None else at_s,
                source=self.source,
                quality=quality,
                by=because.by if because else self.source,
                cause=because.cause if because else None,
            )
        )

    def tell_all(
        self, twin: str, values: Mapping[str, JSON], because: Command | None = None
    ) -> None:
        """Report several facts about a twin, true now."""
        for member, value in values.items():
            self.tell(twin, member, value, because)

    def stream(
        self, twin: str, values: Mapping[str, JSON], at_s: float, *, quality: Quality = "good"
    ) -> None:
        """Report values that come by the second: the fast path."""
        if self._feed is not None and values:
            self._feed.readings(twin, values, at_s, self.source, quality=quality)

    def every(self, period_s: float, do: Callable[[float], None], *, first_at: float) -> None:
        """Do something regularly until the stop."""
        self._timers.append(self.clock.every(period_s, do, first_at=first_at))

    def later(self, at_s: float, do: Callable[[], None]) -> Callable[[], None]:
        """Do something once at a time, unless stopped; returns what cancels it."""
        cancel = self.clock.call_at(at_s, do)
        self._timers.append(cancel)
        return cancel

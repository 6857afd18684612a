"""What simulated people will do and when: looked at, brought forward, left out by an instructor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from environment.model.change import JSON, Cause

#: Seconds in which things of the script count as one: notes of one call (engineering default).
TOGETHER_S = 5.0


class Timer(Protocol):
    """The part of the run's clock that people need."""

    def now(self) -> float:
        """Scenario seconds."""

    def schedule(self, at_s: float, job: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back at a scenario time; returns what cancels it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One thing that somebody will do; `why` is the advice that he answers, if any.

    `only_if` says what must hold then (`for`, `test`); empty: it is done in any case.
    """

    at_s: float
    by: str
    do: str
    given: Mapping[str, JSON] = field(default_factory=dict)
    why: str = ""
    only_if: Mapping[str, JSON] = field(default_factory=dict)


def _nothing() -> None:
    """Nobody has asked to be told."""


class Agenda:
    """Things planned, in the order in which they are due; `changed` and `came` tell an instructor.

    `came` follows something that has come about by the clock, and what belongs to it.
    """

    def __init__(self, clock: Timer) -> None:
        self._clock = clock
        self._rows: dict[str, tuple[Planned, Callable[[Cause | None], None]]] = {}
        self._cancels: dict[str, Callable[[], None]] = {}
        self._drops: dict[str, Callable[[], None]] = {}
        self._counts: dict[str, int] = {}
        self.changed: Callable[[], None] = _nothing
        self.came: Callable[[], None] = _nothing

    def add(
        self,
        source: str,
        planned: Planned,
        do: Callable[[Cause | None], None],
        *,
        dropped: Callable[[], None] = _nothing,
    ) -> None:
        """Plan something; `dropped` is called if it will not be done.

        Its name says where it comes from, so that whoever lives through it again finds it again.
        """
        self._counts[source] = number = self._counts.get(source, 0) + 1
        name = source if number == 1 else f"{source}-{number}"
        self._rows[name], self._drops[name] = (planned, do), dropped

        def due() -> None:
            self._forget(name)
            do(None)
            self.changed()
            if not any(
                0 <= row.at_s - planned.at_s <= TOGETHER_S for row, _ in self._rows.values()
            ):
                self.came()

        job = f"{name}: {planned.by} {planned.do}"
        self._cancels[name] = self._clock.schedule(round(planned.at_s, 3), job, due)
        self.changed()

    def upcoming(self) -> dict[str, Planned]:
        """What is planned, by name, the next first."""
        rows = sorted(self._rows.items(), key=lambda row: row[1][0].at_s)
        return {name: planned for name, (planned, _) in rows}

    def bring_forward(self, name: str, cause: Cause | None) -> None:
        """Do it now."""
        _, do = self._rows[name]
        self._cancel(name)
        do(cause)
        self.changed()

    def skip(self, name: str) -> None:
        """Leave it out."""
        dropped = self._drops[name]
        self._cancel(name)
        dropped()
        self.changed()

    def close(self) -> None:
        """Nothing more will be done."""
        for name in tuple(self._rows):
            self._cancel(name)

    def _cancel(self, name: str) -> None:
        self._cancels[name]()
        self._forget(name)

    def _forget(self, name: str) -> None:
        del self._rows[name], self._drops[name]
        self._cancels.pop(name, None)

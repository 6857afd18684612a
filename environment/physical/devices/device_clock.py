"""A device's own time as scenario time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: A value may seem to be this much in the future: clocks differ (engineering default).
MAY_BE_AHEAD_S = 2.0


class DeviceClock:
    """Turns a device's instants into scenario seconds.

    With an `epoch` (the instant of the call, by the device's clock) it is that and no other.
    Without one it is learned from the first message, which is taken to come at once; if later ones
    seem to come from the future, because the session stood still meanwhile, it is learned anew.
    """

    def __init__(self, epoch: datetime | None = None) -> None:
        self.epoch = None if epoch is None else epoch.astimezone(UTC)
        self._learns = epoch is None

    def meet(self, instant: datetime, now_s: float) -> float | None:
        """What a message sent at `instant` and come at `now_s` teaches: by how much it moved."""
        if not self._learns:
            return None
        begins = instant - timedelta(seconds=now_s)
        if self.epoch is None:
            self.epoch = begins
            return 0.0
        if self.seconds(instant) > now_s + MAY_BE_AHEAD_S:
            moved = (begins - self.epoch).total_seconds()
            self.epoch = begins
            return moved
        return None

    def seconds(self, instant: datetime) -> float:
        """Scenario seconds of an instant, to the tenth of a millisecond as devices tell it."""
        if self.epoch is None:
            raise ValueError("This clock has not met its device yet.")
        return round((instant - self.epoch).total_seconds(), 4)

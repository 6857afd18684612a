"""What a monitor twin went through, told as the HL7 v2 messages of a device.

The way back of the intake: a journal, or a run while it goes on, becomes a stream that a real
monitor could have sent. What the twin knows and no message can say (commands) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from environment.model.change import Change
from environment.model.nomenclature import Method
from environment.model.vitals import VITALS
from environment.physical.devices.hl7v2 import observation, oru
from environment.physical.devices.recorded import Line

_TOLD = ("good", "cuff", "restated")


class Transcript:
    """Turns changes, in their order, into messages; `tell` is given each as it is complete.

    `monitors` says what each monitor calls its patient.
    """

    def __init__(
        self, monitors: Mapping[str, str], start: datetime, tell: Callable[[Line], None]
    ) -> None:
        self._monitors, self._start = dict(monitors), start
        self._tell = tell
        self._count = 0
        self._key: tuple[str, float, float] | None = None
        self._rows: list[tuple[str, float | None, Method, str, str]] = []

    def add(self, change: Change) -> None:
        """One change more; those of other twins end a message too, for time has passed."""
        row = _row(change) if change.twin in self._monitors else None
        if row is None:
            if self._key is not None and change.recorded > self._key[2]:
                self.end()
            return
        key = (change.twin, change.effective, change.recorded)
        if key != self._key:
            self.end()
            self._key = key
        self._rows.append(row)

    def end(self) -> None:
        """The message that was begun is complete."""
        if self._key is None:
            return
        (monitor, effective, recorded), self._key = self._key, None
        self._count += 1
        rows = [
            observation(i, vital, value, method=method, flag=flag, status=status)
            for i, (vital, value, method, flag, status) in enumerate(self._rows, 1)
        ]
        self._rows = []
        message = oru(
            f"{monitor}-{self._count}",
            self._start + timedelta(seconds=recorded),
            self._start + timedelta(seconds=effective),
            self._monitors[monitor],
            rows,
            sender=monitor,
        )
        self._tell(Line(recorded, monitor, "hl7v2", message))


def transcribed(
    changes: Iterable[Change], monitors: Mapping[str, str], start: datetime
) -> Iterator[Line]:
    """The stream of finished changes."""
    told: list[Line] = []
    transcript = Transcript(monitors, start, told.append)
    for change in changes:
        transcript.add(change)
        yield from told
        told.clear()
    transcript.end()
    yield from told


def _row(change: Change) -> tuple[str, float | None, Method, str, str] | None:
    """One change as a value of a message: vital, value, method, OBX-8, OBX-11; None: not said."""
    if change.kind == "event" and change.name == "artefact":
        return change.value["member"], float(change.value["value"]), "", "QUES", "F"
    if change.kind != "property" or change.quality not in _TOLD:
        return None
    if change.name == "poor_signal" and change.value is True:
        return "spo2", None, "", "", "X"
    row = VITALS.get(change.name)
    if row is None or row.kind != "monitor":
        return None
    return change.name, float(change.value), "cuff" if change.quality == "cuff" else "", "", "F"

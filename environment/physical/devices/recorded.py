r"""A recorded device stream: each message as it came, with its time; to write, to read, to replay.

A text file, one JSON object a line. The first line is the head::

    {"stream": "traumatwin devices", "version": 1, "scenario": "pelvis", "start": null}

`start` is the instant of the call by the devices' clocks; null where each is to be met anew at its
first message, as it was live. Every other line is one message, in the order in which they came::

    {"at_s": 661.0, "device": "ambulance_monitor", "format": "hl7v2", "message": "MSH|^~\\&|..."}

`at_s` are scenario seconds; `format` is hl7v2, json (see `mqtt_payloads.py`) or nmea.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from environment.errors import BadValueError
from environment.physical.devices.locator import VehicleLocator
from environment.physical.devices.monitor import RealMonitor

NAME, VERSION = "traumatwin devices", 1
FORMATS = ("hl7v2", "json", "nmea")


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it came."""

    at_s: float
    device: str
    format: str
    message: str


@dataclass(frozen=True, slots=True)
class Stream:
    """A whole recording."""

    scenario: str
    start: datetime | None
    lines: tuple[Line, ...]

    def devices(self) -> tuple[str, ...]:
        """Who speaks in it, in the order of their first words."""
        return tuple(dict.fromkeys(line.device for line in self.lines))

    def of(self, device: str) -> tuple[Line, ...]:
        """What one device said."""
        return tuple(line for line in self.lines if line.device == device)


class Recorder:
    """Writes a stream while it comes; every line is on disk before the next one."""

    def __init__(self, path: Path, scenario: str, *, start: datetime | None = None) -> None:
        try:
            self._file: TextIO = path.open("w", encoding="utf-8")
        except OSError as wrong:
            raise BadValueError(f"{path} cannot be written: {wrong.strerror}.") from wrong
        self._write(_head(scenario, start))

    def add(self, line: Line) -> None:
        """One message more."""
        self._write(_row(line))

    def close(self) -> None:
        """Nothing is written after this."""
        self._file.close()

    def _write(self, row: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._file.flush()


def write(path: Path, scenario: str, lines: Iterable[Line], *, start: datetime | None) -> int:
    """A whole stream; returns the number of messages."""
    recorder = Recorder(path, scenario, start=start)
    count = 0
    for line in lines:
        recorder.add(line)
        count += 1
    recorder.close()
    return count


def read(path: Path) -> Stream:
    """A recording; `BadValueError` names the line that is wrong."""
    try:
        texts = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadValueError(f"{path}: cannot be read as a device stream: {wrong}.") from wrong
    head = _object(path, 1, texts[0]) if texts else {}
    if head.get("stream") != NAME or head.get("version") != VERSION:
        raise BadValueError(
            f"{path}:1: not a device stream of version {VERSION}. `traumatwin serve --record` and "
            "`traumatwin report RUN --hl7` write one."
        )
    try:
        start = None if head.get("start") is None else datetime.fromisoformat(head["start"])
    except (TypeError, ValueError) as wrong:
        raise BadValueError(f"{path}:1: 'start' must be a time in ISO 8601 or null.") from wrong
    if start is not None and start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    return Stream(str(head.get("scenario", "")), start, tuple(_lines(path, texts)))


def _lines(path: Path, texts: Sequence[str]) -> Iterator[Line]:
    before = float("-inf")
    for number, text in enumerate(texts[1:], 2):
        if not text.strip():
            continue
        row = _object(path, number, text)
        at_s, device, form = row.get("at_s"), row.get("device"), row.get("format", "hl7v2")
        message = row.get("message")
        if isinstance(at_s, bool) or not isinstance(at_s, (int, float)):
            raise BadValueError(f"{path}:{number}: 'at_s' must be scenario seconds, got {at_s!r}.")
        if at_s < before:
            raise BadValueError(f"{path}:{number}: {at_s:g} s comes after {before:g} s.")
        if not isinstance(device, str) or not isinstance(message, str) or form not in FORMATS:
            raise BadValueError(
                f"{path}:{number}: needs 'device' and 'message' as texts, and 'format' as one of "
                f"{', '.join(FORMATS)}."
            )
        before = float(at_s)
        yield Line(before, device, form, message)


def _object(path: Path, number: int, text: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except ValueError as wrong:
        raise BadValueError(f"{path}:{number}: not JSON: {wrong}.") from wrong
    if not isinstance(row, dict):
        raise BadValueError(f"{path}:{number}: not a JSON object.")
    return row


def _head(scenario: str, start: datetime | None) -> dict[str, Any]:
    at = None if start is None else start.astimezone(UTC).isoformat()
    return {"stream": NAME, "version": VERSION, "scenario": scenario, "start": at}


def _row(line: Line) -> dict[str, Any]:
    return {
        "at_s": line.at_s,
        "device": line.device,
        "format": line.format,
        "message": line.message,
    }


class Speaks(Protocol):
    """A device's adapter, as far as a recording can be its voice."""

    def hear(self, form: str, raw: bytes) -> None:
        """Take a message in one of the formats of a stream."""

    def later(self, at_s: float, do: Callable[[], None]) -> Callable[[], None]:
        """Do something once at a time."""


class _Replay:
    """Says each recorded line at the time at which it came."""

    def __init__(self, lines: Sequence[Line], device: Speaks) -> None:
        self._lines = iter(lines)
        self._device = device
        self._next: Line | None = None

    def begin(self) -> None:
        """Wait for the next message: only one is a timer, so a recording of hours is cheap."""
        self._next = next(self._lines, None)
        if self._next is not None:
            self._device.later(self._next.at_s, self._speak)

    def _speak(self) -> None:
        line = self._next
        if line is not None:
            self.begin()
            self._device.hear(line.format, line.message.encode())


class ReplayedMonitor(RealMonitor):
    """A monitor whose messages were recorded: each comes at the time at which it came."""

    def __init__(
        self, twin: str, lines: Sequence[Line], *, patients: Collection[str], start: datetime | None
    ) -> None:
        super().__init__(twin, patients=patients, epoch=start)
        self._replay = _Replay(lines, self)

    def begin(self) -> None:
        """Wait for the first message."""
        self._replay.begin()


class ReplayedVehicle(VehicleLocator):
    """A vehicle whose fixes were recorded."""

    def __init__(
        self,
        twin: str,
        lines: Sequence[Line],
        places: Mapping[str, tuple[float, float]],
        *,
        at: str = "",
        crew: tuple[str, ...] = (),
        start: datetime | None = None,
    ) -> None:
        super().__init__(twin, places, at=at, crew=crew, epoch=start)
        self._replay = _Replay(lines, self)

    def begin(self) -> None:
        """Say what is known without the receiver, and wait for its first fix."""
        super().begin()
        self._replay.begin()

"""A report of the original TraumaTracker, read and repaired: what is wrong with it is said.

Reports of its two years of use come in two versions and with the faults of forms filled in by
voice: numbers as text, times of day without a zone, events out of order, totals that do not add up.
Each repair is a line for people; nothing is repaired silently, and nothing is thrown away.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from scenarios.errors import ReportError

#: Our key -> names that reports use for it, in lower case; the first is the one that we write.
STREAM_NAMES = {
    "temp": ("temp", "temperature"),
    "hr": ("hr", "heartrate"),
    "dbp": ("dia", "dbp"),
    "sbp": ("sys", "sbp", "bp"),
    "spo2": ("spo2",),
    "etco2": ("etco2",),
    "rr": ("rr", "respiratoryrate"),
}
GENDERS = {"m": "M", "male": "M", "f": "F", "female": "F"}
DESTINATIONS = {
    "icu": "icu",
    "intensive care": "icu",
    "ward": "ward",
    "sub-intensive": "sub_intensive",
    "sub_intensive": "sub_intensive",
    "transfer": "transfer",
    "mortuary": "mortuary",
}
ISS_GROUPS = ("head_neck", "face", "chest", "abdomen", "extremities", "external")
YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of the vital signs' stream."""

    at: datetime
    source: str
    vital: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of the report; `content` as the report has it."""

    at: datetime
    place: str
    type: str
    content: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class TrackerReport:
    """A report, repaired."""

    source: dict[str, Any]  # as it came; `Any`: JSON
    start: datetime
    end: datetime
    injured: datetime | None
    head: dict[str, Any]
    readings: list[Reading]
    events: list[Entry]
    injuries: list[tuple[str, str, int]]  # group, text, AIS
    repairs: list[str] = field(default_factory=list)


def is_report(path: Path) -> bool:
    """Whether a file looks like a report of TraumaTracker, and not like an exported run."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and "format" not in told


def read(path: Path, zone: tzinfo = UTC) -> TrackerReport:
    """A report from its file; times of day are those of `zone`."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise ReportError(f"{path} is not a report of TraumaTracker: {wrong}.") from wrong
    if not isinstance(told, dict) or "startDate" not in told or "events" not in told:
        raise ReportError(
            f"{path} is not a report of TraumaTracker: it needs at least startDate, startTime and "
            "events. `traumatwin report RUN --traumatracker FILE` writes one."
        )
    return _Repair(told, str(path), zone).report()


class _Repair:
    """Reads one report, and says what had to be mended."""

    def __init__(self, told: dict[str, Any], where: str, zone: tzinfo) -> None:
        self.told, self.where, self.zone = told, where, zone
        self.repairs: list[str] = []

    def report(self) -> TrackerReport:
        told = self.told
        start = self._instant(told.get("startDate"), told.get("startTime"), "start", required=True)
        end = self._instant(told.get("endDate"), told.get("endTime"), "end", day=start)
        events = self._events(start)
        latest = max([start, *(e.at for e in events)])
        if end is None:
            end = latest
            self.repairs.append("the end is missing: the time of the last event stands for it")
        elif end < start and end + timedelta(days=1) >= latest:
            end += timedelta(days=1)
            self.repairs.append("the end is before the start: it is read as of the next day")
        if end < latest:
            end = latest
            self.repairs.append("events come after the end: the end is that of the last one")
        info = _table(told.get("traumaInfo"))
        injured = self._instant(info.get("accidentDate"), info.get("accidentTime"), "accident")
        if injured is not None and injured > start:
            self.repairs.append("the accident is after the start: its time is kept as text only")
            injured = None
        readings = [r for r in self._readings(events) if r.at <= end]
        return TrackerReport(
            source=told,
            start=start,
            end=end,
            injured=injured,
            head=self._head(info),
            readings=sorted(readings, key=lambda r: r.at),
            events=[e for e in events if e.type != "vital-signs-mon"],
            injuries=list(self._injuries()),
            repairs=self.repairs,
        )

    # -- the head ------------------------------------------------------------------------------

    def _head(self, info: Mapping[str, Any]) -> dict[str, Any]:
        told = self.told
        gender = info.get("gender")
        known = GENDERS.get(str(gender).lower()) if gender else None
        if gender and known != gender:
            self._say("traumaInfo.gender", gender, known)
        goal = told.get("finalDestination")
        destination = DESTINATIONS.get(str(goal).lower()) if goal else None
        if goal and destination != goal:
            self._say("finalDestination", goal, destination)
        age = self._number(info.get("age"), "traumaInfo.age")
        return {
            "code": str(info.get("code") or told.get("_id") or "imported"),
            "leader": str(told.get("startOperatorId") or ""),
            "leader_title": str(told.get("startOperatorDescription") or ""),
            "team": [str(m) for m in told.get("traumaTeamMembers") or ()],
            "late": self._flag(
                told.get("secondaryActivation", told.get("delayedActivation")),
                "secondaryActivation",
            ),
            "gender": known,
            "age": age,
            "dispatch_code": info.get("admissionCode") or None,
            "deceased": self._flag(info.get("erDeceased"), "traumaInfo.erDeceased"),
            "penetrating": str(info.get("accidentType")).lower() == "penetrating",
            "vehicle": str(info.get("vehicle") or ""),
            "destination": destination,
            "criteria": {
                name: self._flag(value, f"majorTraumaCriteria.{name}")
                for name, value in _table(told.get("majorTraumaCriteria")).items()
                if name in ("dynamic", "physiological", "anatomical")
            },
            "anamnesis": {
                name: self._flag(value, f"anamnesi.{name}")
                for name, value in _table(told.get("anamnesi")).items()
                if name in ("antiplatelets", "anticoagulants", "nao")
            },
        }

    def _injuries(self) -> Iterator[tuple[str, str, int]]:
        told = _table(self.told.get("iss"))
        worst: dict[str, int] = {}
        for group in ISS_GROUPS:
            rows = told.get(group) or ()
            for row in rows if isinstance(rows, list) else ():
                ais = self._number(_table(row).get("ais"), f"iss.{group}")
                if ais is None or not 1 <= ais <= 6:
                    self.repairs.append(f"iss.{group}: an injury without an AIS of 1 to 6 left out")
                    continue
                worst[group] = max(worst.get(group, 0), int(ais))
                yield group, str(row.get("injury") or ""), int(ais)
        top = sorted(worst.values(), reverse=True)[:3]
        total = 75 if 6 in top else sum(a * a for a in top)
        if worst and told.get("total") != total:
            self._say("iss.total", told.get("total"), total)

    # -- values over time ----------------------------------------------------------------------

    def _readings(self, events: list[Entry]) -> Iterator[Reading]:
        rows = self.told.get("vitalSignsObservations") or ()
        for i, row in enumerate(rows if isinstance(rows, list) else ()):
            where = f"vitalSignsObservations[{i}]"
            at = self._stamp(_table(row).get("timestamp"), where)
            values = _table(row).get("vitalsigns") or _table(row).get("vitalSigns") or ()
            if at is None:
                continue
            for value in values:
                told = _table(value)
                found = self._reading(
                    at, str(row.get("source") or ""), told.get("type"), told.get("value"), where
                )
                if found is not None:
                    yield found
        moved = [e for e in events if e.type == "vital-signs-mon"]
        if moved:
            self.repairs.append(
                f"{len(moved)} events vital-signs-mon: their values are part of the stream"
            )
        for entry in moved:
            for name, value in entry.content.items():
                found = self._reading(entry.at, "", name, value, "vital-signs-mon")
                if found is not None:
                    yield found

    def _reading(
        self, at: datetime, source: str, name: object, value: object, where: str
    ) -> Reading | None:
        wanted = str(name).lower().replace(" ", "").replace("_", "")
        vital = next((key for key, names in STREAM_NAMES.items() if wanted in names), None)
        number = self._number(value, f"{where}.{name}")
        if vital is None or number is None:
            if value not in (None, ""):
                self.repairs.append(f"{where}: {name} {value!r} is no vital sign: left out")
            return None
        return Reading(at=at, source=source, vital=vital, value=number)

    def _events(self, start: datetime) -> list[Entry]:
        found: list[Entry] = []
        numbers: list[object] = []
        before: datetime = start
        rows = self.told.get("events")
        for i, row in enumerate(rows if isinstance(rows, list) else ()):
            told = _table(row)
            at = self._instant(told.get("date"), told.get("time"), f"events[{i}]", day=before)
            if at is None:
                at = before
                self.repairs.append(f"events[{i}]: no time: that of the event before it")
            content = told.get("content")
            found.append(
                Entry(
                    at=at,
                    place=str(told.get("place") or ""),
                    type=str(told.get("type") or ""),
                    content=content if isinstance(content, dict) else {"text": content},
                )
            )
            numbers.append(told.get("eventId"))
            before = at
        if numbers != list(range(len(numbers))):
            self.repairs.append("eventId is not 0, 1, 2 ...: events are numbered anew")
        ordered = sorted(found, key=lambda e: e.at)
        if ordered != found:
            self.repairs.append("events are not in the order of their times: sorted")
        return ordered

    # -- single fields -------------------------------------------------------------------------

    def _say(self, where: str, was: object, now: object) -> None:
        self.repairs.append(f"{where}: {was!r} is read as {now!r}")

    def _number(self, value: object, where: str) -> float | None:
        if isinstance(value, bool) or value is None or value == "":
            return None
        if isinstance(value, (int, float)):
            return float(value) if abs(value) < 1e9 else None
        try:
            number = float(str(value).strip().replace(",", "."))
        except ValueError:
            return None
        self._say(where, value, number)
        return number

    def _flag(self, value: object, where: str) -> bool:
        if isinstance(value, bool) or value is None:
            return bool(value)
        found = YES.get(str(value).lower(), False)
        self._say(where, value, found)
        return found

    def _instant(
        self,
        date: object,
        time: object,
        where: str,
        *,
        day: datetime | None = None,
        required: bool = False,
    ) -> Any:  # a datetime if required, else one or None
        text = str(time or "").strip()
        on = str(date or "").strip()
        if not on and text and day is not None:
            on = day.astimezone(self.zone).strftime("%Y-%m-%d")
            self.repairs.append(f"{where}: no date: {on}")
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d"):
            for clock in ("%H:%M:%S", "%H:%M"):
                try:
                    at = datetime.strptime(f"{on} {text}", f"{form} {clock}").replace(
                        tzinfo=self.zone
                    )
                except ValueError:
                    continue
                if (form, clock) != ("%Y-%m-%d", "%H:%M:%S"):
                    self._say(where, f"{on} {text}", at.strftime("%Y-%m-%d %H:%M:%S"))
                return at.astimezone(UTC)
        if required:
            raise ReportError(
                f"{self.where}: the {where} is '{on} {text}'; expected a date as 2020-01-31 and a "
                "time as 14:05:00."
            )
        if on or text:
            self.repairs.append(f"{where}: '{on} {text}' is no time: left out")
        return None

    def _stamp(self, value: object, where: str) -> datetime | None:
        try:
            at = datetime.strptime(str(value), "%Y%m%d%H%M%S").replace(tzinfo=self.zone)
        except ValueError:
            self.repairs.append(f"{where}: {value!r} is no timestamp: left out")
            return None
        return at.astimezone(UTC)


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

"""NMEA 0183: a GPS receiver's sentences as fixes; the only `pynmea2`.

RMC gives time, date, position and speed; GGA gives time and position, and takes its date from the
RMC before it. A sentence without a checksum, or with a wrong one, is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pynmea2

from environment.physical.devices.readings import UnreadableError

KMH_PER_KNOT = 1.852  # by definition


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a receiver was, and when; speed where it says so."""

    at: datetime
    lat: float
    lon: float
    speed_kmh: float | None = None


def read(sentence: str, day: date | None) -> Fix:
    """A sentence as a fix; `day` is the date of the sentences before it."""
    try:
        # The library has no types; what a sentence has depends on its kind.
        said: Any = pynmea2.parse(sentence.strip(), check=True)
    except pynmea2.ChecksumError as wrong:
        why = f"the checksum is missing or wrong: {sentence.strip()[:40]}"
        raise UnreadableError("bad_checksum", why) from wrong
    except (ValueError, IndexError, AttributeError) as wrong:
        raise UnreadableError("malformed", "no sentence of NMEA 0183") from wrong
    kind = getattr(said, "sentence_type", "")
    if kind not in ("RMC", "GGA"):
        raise UnreadableError("unsupported", f"sentences {kind or '?'} are not read; RMC, GGA are")
    has_fix = said.status == "A" if kind == "RMC" else str(said.gps_qual) not in ("0", "None", "")
    if not has_fix or not said.lat or not said.lon:
        raise UnreadableError("no_fix", "the receiver does not know where it is")
    try:
        at = _instant(said, kind, day)
        lat, lon = float(said.latitude), float(said.longitude)
        knots = said.spd_over_grnd if kind == "RMC" else None
        speed = None if knots in (None, "") else round(float(knots) * KMH_PER_KNOT, 1)
    except UnreadableError:
        raise
    except (ValueError, TypeError, AttributeError) as wrong:
        raise UnreadableError("malformed", "a field is no number") from wrong
    return checked(Fix(at, round(lat, 6), round(lon, 6), speed))


def checked(fix: Fix) -> Fix:
    """The fix, if it lies on the earth."""
    if not (-90 <= fix.lat <= 90 and -180 <= fix.lon <= 180):
        raise UnreadableError("implausible", f"{fix.lat:g}, {fix.lon:g} is nowhere on the earth")
    return fix


def _instant(said: Any, kind: str, day: date | None) -> datetime:
    if kind == "RMC":
        day = said.datestamp
    if not isinstance(day, date) or not said.timestamp:
        raise UnreadableError("no_time", "it does not say on which day, or when")
    return datetime.combine(day, said.timestamp.replace(tzinfo=UTC))


def sentence(at: datetime, lat: float, lon: float, speed_kmh: float) -> str:
    """An RMC sentence with its checksum, as a receiver sends it."""
    at = at.astimezone(UTC)
    ns, ew = "N" if lat >= 0 else "S", "E" if lon >= 0 else "W"
    told = pynmea2.RMC(
        "GP",
        "RMC",
        (
            f"{at:%H%M%S}.{at.microsecond // 10000:02d}",
            "A",
            _degrees(abs(lat), 2),
            ns,
            _degrees(abs(lon), 3),
            ew,
            f"{speed_kmh / KMH_PER_KNOT:.2f}",
            "0.0",
            f"{at:%d%m%y}",
            "",
            "",
        ),
    )
    return str(told)


def _degrees(value: float, digits: int) -> str:
    """Degrees and minutes in one number, as NMEA writes them."""
    whole = int(value)
    return f"{whole:0{digits}d}{(value - whole) * 60:07.4f}"

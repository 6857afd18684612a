"""What a search compares: tokens, dates as ranges, quantities, normalised texts."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from environment.errors import BadValueError
from environment.model.change import JSON

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
OPEN = float("inf")
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(?P<part>\.\d+)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Range:
    """A span of time, seconds since 1970: from `low`, up to and without `high`."""

    low: float
    high: float


@lru_cache(maxsize=4096)
def moment(text: str) -> Range:
    """The span that a date of FHIR stands for, as precise as it is written."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise BadValueError(f"'{text}' is no date: expected 2026, 2026-01-15 or 2026-01-15T14:00Z.")
    part = {k: v for k, v in found.groupdict().items() if v is not None}
    try:
        year, month, day = (int(part.get(k, "1")) for k in ("year", "month", "day"))
        hour, minute, second = (int(part.get(k, "0")) for k in ("hour", "minute", "second"))
        low = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp()
    except (ValueError, OverflowError) as wrong:
        raise BadValueError(f"'{text}' is no date: {wrong}.") from None
    low += second - min(second, 59)  # a leap second
    zone = part.get("zone", "Z")
    if zone != "Z":
        ahead = int(zone[1:3]) * 3600 + int(zone[4:]) * 60
        low -= ahead if zone[0] == "+" else -ahead
    if "part" in part:
        low += float(part["part"])
        return Range(low, low + 10.0 ** -(len(part["part"]) - 1))
    days = 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365
    spans = {"second": 1.0, "minute": 60.0, "day": 86400.0}
    for name, span in spans.items():
        if name in part:
            return Range(low, low + span)
    return Range(low, low + 86400.0 * (monthrange(year, month)[1] if "month" in part else days))


def span(value: JSON) -> Range | None:
    """The span of a date, an instant or a Period; None for what is none."""
    try:
        if isinstance(value, str):
            return moment(value)
        if isinstance(value, dict) and ("start" in value or "end" in value):
            low = moment(value["start"]).low if "start" in value else -OPEN
            high = moment(value["end"]).high if "end" in value else OPEN
            return Range(low, high)
    except (BadValueError, TypeError):
        return None  # a resource whose dates are wrong was refused; a Timing has no one span
    return None


def compared(prefix: str, wanted: Range, found: Range, now: float) -> bool:
    """Whether a span is what a date with its prefix asks for (R4, search, prefixes)."""
    if prefix == "ap":
        # About: within a tenth of the time between then and now.
        slack = 0.1 * abs(now - wanted.low)
        return found.low < wanted.high + slack and found.high > wanted.low - slack
    inside = wanted.low <= found.low and found.high <= wanted.high
    return {
        "eq": inside,
        "ne": not inside,
        "gt": found.high > wanted.high,
        "lt": found.low < wanted.low,
        "ge": found.high > wanted.high or inside,
        "le": found.low < wanted.low or inside,
        "sa": found.low >= wanted.high,
        "eb": found.high <= wanted.low,
    }[prefix]


def prefixed(text: str) -> tuple[str, str]:
    """A value's prefix (`eq` without one) and the rest."""
    if len(text) > 2 and text[:2] in PREFIXES and not text[2:3].isalpha():
        return text[:2], text[2:]
    return "eq", text


def decimal_range(text: str) -> tuple[float, float, float]:
    """A number with the half of its last digit on each side: value, low, high."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadValueError(f"'{text}' is no number.") from None
    if not number.is_finite() or abs(number.adjusted()) > 300:
        raise BadValueError(f"'{text}' is no number that can be compared.")
    exponent = int(number.as_tuple().exponent)
    # R4 gives 100 as [99.5, 100.5), 5.40e-3 as [0.005395, 0.005405) and 1e2 as [95, 105).
    half = Decimal(5).scaleb(exponent - 2 if exponent > 0 else exponent - 1)
    return float(number), float(number - half), float(number + half)


def tokens(value: JSON, system: str) -> Iterator[tuple[str, str]]:
    """(system, code) pairs of a code, Coding, CodeableConcept, Identifier, contact or flag."""
    if isinstance(value, str):
        yield system, value
    elif isinstance(value, bool):
        yield "", "true" if value else "false"
    elif isinstance(value, dict):
        codings = value.get("coding")
        if isinstance(codings, list):
            for row in codings:
                yield from tokens(row, "")
        else:
            code = value.get("code", value.get("value"))
            if isinstance(code, str):
                yield str(value.get("system", "")), code


def spoken(value: JSON) -> Iterator[str]:
    """The words that a code comes with: its text and displays, normalised."""
    if isinstance(value, dict):
        for row in (value, *value.get("coding", ())):
            for name in ("text", "display"):
                if isinstance(row.get(name), str):
                    yield normal(row[name])
        kind = value.get("type")
        if isinstance(kind, dict):
            yield from spoken(kind)


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """A text as it is compared: no accents, no case, single blanks."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(kept.casefold().split())


def quantity_units(value: JSON) -> list[str]:
    """Under which units a quantity is found: any, `system|code`, and its code or unit alone."""
    found = [""]
    if isinstance(value.get("code"), str):
        found += [f"{value.get('system', '')}|{value['code']}", f"|{value['code']}"]
    if isinstance(value.get("unit"), str) and value.get("unit") != value.get("code"):
        found.append(f"|{value['unit']}")
    return list(dict.fromkeys(found))


def instant(start: datetime, at_s: float) -> str:
    """Scenario seconds as an instant with milliseconds."""
    at = start + timedelta(milliseconds=round(at_s * 1000))
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""Clinical time: `mm:ss` from the emergency call, negative before it; seconds inside."""

import re

_CLOCK = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")


def seconds(text: object) -> float:
    """Seconds of a time written `mm:ss`, `hh:mm:ss`, or either with a minus before the call."""
    match = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'{text!r} is not a time; write "11:20" (or "-02:00" before the call)')
    sign, first, second, third = match.groups()
    total = int(first) * 60 + int(second)
    if third is not None:
        total = total * 60 + int(third)
    return float(-total if sign else total)


def clock(at_s: float | None) -> str:
    """A time as people in the room say it: 680 s is `11:20`."""
    if at_s is None:
        return "-"
    whole = round(abs(at_s))
    return f"{'-' if at_s < 0 and whole else ''}{whole // 60:02d}:{whole % 60:02d}"

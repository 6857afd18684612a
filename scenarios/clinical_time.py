"""Clinical time: `mm:ss` from the emergency call, `h:mm:ss` from an hour on, negative before it.

Seconds inside. A second counts once it is over, here and on the pages.
"""

import re

_CLOCK = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")

#: What a sum of floating-point seconds may lack.
_NEARLY = 1e-6


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
    """A time as people in the room say it: 680 s is `11:20`, 3680 s `1:01:20`."""
    if at_s is None:
        return "-"
    whole = int(abs(at_s) + _NEARLY)
    sign = "-" if at_s < 0 and whole else ""
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{sign}{minutes:02d}:{rest:02d}"
    return f"{sign}{minutes // 60}:{minutes % 60:02d}:{rest:02d}"

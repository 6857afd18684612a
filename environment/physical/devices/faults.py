"""A device stream with the faults that real devices and lines have, each kind as often as asked.

For tests and for `traumatwin monitor --faults`: of a good stream each message may get one fault,
drawn from a seeded generator. Sizes are engineering defaults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from environment.physical.devices.monitor import LARGEST_BYTES
from environment.physical.devices.recorded import Line

#: After this time a delayed message comes, in seconds: an hour of 1 Hz knows later values then.
LATE_BETWEEN_S = (5.0, 25.0)
#: A message that only changes places with the next one.
OVERTAKEN_S = 1.2
#: A correction comes after this time.
CORRECTED_AFTER_S = 3.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One message on the line, and what is wrong with it (empty: nothing)."""

    line: Line
    fault: str = ""


def _whole(line: Line) -> Iterator[Sent]:
    yield Sent(line)


def _wrong_patient(line: Line) -> Iterator[Sent]:
    message = re.sub(r"\rPID\|\|\|[^\r]*", r"\rPID|||SOMEBODY-ELSE", line.message)
    yield Sent(replace(line, message=message), "wrong_patient")


def _no_patient(line: Line) -> Iterator[Sent]:
    yield Sent(replace(line, message=re.sub(r"\rPID[^\r]*", "", line.message)), "no_patient")


def _wrong_unit(line: Line) -> Iterator[Sent]:
    message = re.sub(
        r"(\rOBX\|\d+\|NM\|[^|]*\|\|[^|]*\|)[^|]*", r"\g<1>262656^MDC_DIM_DIMLESS^MDC", line.message
    )
    yield Sent(replace(line, message=message), "wrong_unit")


def _other_unit(line: Line) -> Iterator[Sent]:
    """Pressures in kilopascals: another unit, but one that the table knows."""

    def kilopascals(found: re.Match[str]) -> str:
        return f"{found[1]}{float(found[2]) * 0.133322387415:.3f}|265987^MDC_DIM_KILO_PASCAL^MDC"

    pattern = r"(\rOBX\|\d+\|NM\|[^|]*\|\|)([^|]+)\|266016\^MDC_DIM_MMHG\^MDC"
    yield Sent(replace(line, message=re.sub(pattern, kilopascals, line.message)), "converted")


def _malformed(line: Line) -> Iterator[Sent]:
    yield Sent(replace(line, message=line.message.replace("\rOBR|", "\r|BR|", 1)), "malformed")


def _oversized(line: Line) -> Iterator[Sent]:
    note = "\rNTE|1||" + "x" * LARGEST_BYTES
    yield Sent(replace(line, message=line.message.rstrip("\r") + note + "\r"), "oversized")


def _unsupported(line: Line) -> Iterator[Sent]:
    message = line.message.replace("ORU^R01^ORU_R01", "ADT^A01^ADT_A01", 1)
    yield Sent(replace(line, message=message), "unsupported")


def _duplicate(line: Line) -> Iterator[Sent]:
    yield Sent(line)
    yield Sent(replace(line, at_s=line.at_s + 0.25), "duplicate")


def _out_of_order(line: Line) -> Iterator[Sent]:
    yield Sent(replace(line, at_s=line.at_s + OVERTAKEN_S), "out_of_order")


def _corrected(line: Line) -> Iterator[Sent]:
    """The device finds that its heart rate was wrong, and says so in a message of its own."""
    yield Sent(line)
    message = re.sub(r"(\|ORU\^R01\^ORU_R01\|)([^|]*)", r"\g<1>\g<2>-C", line.message)
    message = re.sub(r"\|F(?=\r|$)", "|C", message)
    yield Sent(Line(line.at_s + CORRECTED_AFTER_S, line.device, "hl7v2", message), "corrected")


#: The kinds, in a fixed order; `late` is drawn apart, since its delay is.
KINDS: dict[str, Callable[[Line], Iterator[Sent]]] = {
    "wrong_patient": _wrong_patient,
    "no_patient": _no_patient,
    "wrong_unit": _wrong_unit,
    "converted": _other_unit,
    "malformed": _malformed,
    "oversized": _oversized,
    "unsupported": _unsupported,
    "duplicate": _duplicate,
    "out_of_order": _out_of_order,
    "corrected": _corrected,
}


def with_faults(lines: Iterable[Line], share: float, chance: Random) -> list[Sent]:
    """A stream in which each kind of fault befalls the given share of the messages."""
    found: list[Sent] = []
    names = ["late", *KINDS]
    if share * len(names) > 1:
        raise ValueError(f"{len(names)} kinds of fault cannot each befall {share:.0%}.")
    given = list(lines)
    for line in given:
        drawn = chance.random()
        if line is given[-1] or (found and found[-1].fault == "out_of_order"):
            drawn = 1.0  # whoever overtakes another is in order himself
        kind = names[int(drawn / share)] if share and drawn < share * len(names) else ""
        if kind == "late":
            delay = chance.uniform(*LATE_BETWEEN_S)
            found.append(Sent(replace(line, at_s=round(line.at_s + delay, 3)), "late"))
        else:
            found.extend(KINDS.get(kind, _whole)(line))
    return sorted(found, key=lambda sent: sent.line.at_s)

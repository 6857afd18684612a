"""HL7 v2 ORU^R01: reading a monitor's messages, writing them, and acknowledging; the only `hl7`.

Read as IHE's device profile (DEC, PCD-01) and common monitors write them: OBX-3 and OBX-6 coded in
MDC or LOINC and UCUM, OBX-11 as the status of the value, OBX-8 as what the device thinks of it,
OBX-14, or else OBR-7, or else MSH-7 as the time at which it was true. The time zone of a time
without one is that of MSH-7, or UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import hl7

from environment.model.nomenclature import Method, mdc_of, mdc_unit_of, term_of, ucum_of
from environment.model.vitals import VITALS
from environment.physical.devices.readings import Report, Status, UnreadableError, Value

VERSION = "2.6"
#: The head: MSH, a field separator, and two to five encoding characters, none of them twice.
_HEAD = re.compile(r"MSH([^\w\s])([^\w\s]{2,5})\1")
#: OBX-11 (table 0085): what has become of a value.
_STATUS: Mapping[str, Status] = {
    **dict.fromkeys(("F", "R", "P", "S", "U", "A", "B", "V", ""), "given"),
    "C": "corrected",
    **dict.fromkeys(("D", "W"), "withdrawn"),
    **dict.fromkeys(("X", "N", "I", "O"), "absent"),
}
#: OBX-8: the device doubts the value, or it is not a patient's.
_DOUBTFUL = frozenset(("QUES", "INV", "CAL", "TEST", "DEMO"))
_UNAVAILABLE = "NAV"
#: What may go wrong inside the parser on text that is not HL7 v2.
_PARSER_SAYS_NO = (hl7.HL7Exception, ValueError, IndexError, KeyError, AssertionError)
_ESCAPES = str.maketrans(
    {sign: f"\\{name}\\" for sign, name in zip("|^&~\\", "FSTRE", strict=True)}
    | {"\r": " ", "\n": " "}
)
# The library's containers have no types.
_Segment = Any


def legible_id(text: str) -> str:
    """MSH-10 of a message that may be broken behind it; empty if it cannot be read."""
    head = text.split("\r", 1)[0].split("\n", 1)[0]
    if not _HEAD.match(head):
        return ""
    fields = head.split(head[3])
    return fields[9] if len(fields) > 9 else ""


def read(raw: bytes | str) -> Report:
    """A message as a report; `UnreadableError` says what is wrong with it."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise UnreadableError("malformed", f"not UTF-8: {wrong.reason}") from wrong
    lines = text.strip().replace("\r\n", "\r").replace("\n", "\r")
    if not _HEAD.match(lines):
        raise UnreadableError("malformed", "it does not begin with MSH and its separators")
    if len(set(lines[3 : lines.find(lines[3], 4)])) != lines.find(lines[3], 4) - 3:
        raise UnreadableError("malformed", "two of its separators are the same character")
    number = legible_id(lines)
    try:
        message = hl7.parse(lines)
        head = message.segment("MSH")
    except _PARSER_SAYS_NO as wrong:
        raise UnreadableError("malformed", f"not HL7 v2: {wrong}", id=number) from wrong
    _judge_head(head, number)
    sent = _time(_text(head, 7), UTC)
    rows = list(_rows(message, _zone(_text(head, 7)), number))
    patient = next((s for s in message if _text(s, 0) == "PID"), None)
    return Report(
        id=number,
        sender=_text(head, 3),
        patients=_identifiers(patient) if patient is not None else (),
        taken=sent,
        values=tuple(rows),
        raw=text,
    )


def _judge_head(head: _Segment, number: str) -> None:
    kind, event = _text(head, 9, 1), _text(head, 9, 2)
    if kind != "ORU":
        why = f"messages of type {kind or 'none'} are not taken; ORU^R01 is"
        raise UnreadableError("unsupported", why, id=number, code="200")
    if event != "R01":
        why = f"the event {event or 'none'} is not taken; ORU^R01 is"
        raise UnreadableError("unsupported", why, id=number, code="201")
    if _text(head, 11, 1) not in ("P", "T", "D"):
        raise UnreadableError("unsupported", "MSH-11 is none of P, T, D", id=number, code="202")
    if not re.fullmatch(r"2\.[3-8](\.\d)?", _text(head, 12, 1)):
        why = f"MSH-12 is {_text(head, 12, 1) or 'empty'}; 2.3 to 2.8 are taken"
        raise UnreadableError("unsupported", why, id=number, code="203")
    if not number:
        raise UnreadableError("malformed", "MSH-10 is empty: it has no number", code="101")


def _rows(message: _Segment, zone: tzinfo, number: str) -> Iterator[Value]:
    taken: datetime | None = None
    count = 0
    for segment in message:
        name = _text(segment, 0)
        if not re.fullmatch(r"[A-Z][A-Z0-9]{2}", name):
            raise UnreadableError("malformed", f"{name[:20]!r} is no segment", id=number)
        if name == "OBR":
            taken = _time(_text(segment, 7), zone)
        elif name == "OBX":
            count += 1
            yield _value(segment, count, taken, zone)


def _value(obx: _Segment, at: int, taken: datetime | None, zone: tzinfo) -> Value:
    codes = [tuple(_text(obx, 3, c + i) for i in range(3)) for c in (1, 4)]
    term = next((t for c, n, s in codes if (t := term_of(c, s, n)) is not None), None)
    flags = {_text(obx, 8, 1, repetition=i) for i in range(len(obx[8]) if len(obx) > 8 else 0)}
    status = _STATUS.get(_text(obx, 11), "given")
    text = _text(obx, 5)
    if status == "given" and (not text or _UNAVAILABLE in flags):
        status = "absent"
    return Value(
        at=at,
        code="^".join(codes[0]),
        vital=term.vital if term else "",
        value=_number(text),
        unit=ucum_of(_text(obx, 6, 1), _text(obx, 6, 2)),
        status=status,
        doubtful=bool(flags & _DOUBTFUL),
        method=term.method if term else "",
        taken=_time(_text(obx, 14), zone) or taken,
    )


def _identifiers(pid: _Segment) -> tuple[str, ...]:
    """PID-3, every repetition, and the older PID-2."""
    count = len(pid[3]) if len(pid) > 3 else 0
    found = [_text(pid, 3, 1, repetition=i) for i in range(count)] or [_text(pid, 2)]
    return tuple(name for name in found if name)


def _text(segment: _Segment, field: int, component: int = 1, *, repetition: int = 0) -> str:
    """One component, or an empty text where the segment is shorter."""
    try:
        part = segment[field][repetition]
        if not isinstance(part, str):
            part = part[component - 1]
        elif component > 1:
            return ""
        text = str(part if isinstance(part, str) else part[0]).strip()
    except IndexError:
        return ""
    return _unescaped(text, segment) if segment.esc in text else text


def _unescaped(text: str, segment: _Segment) -> str:
    """What was meant by the escape sequences of the separators."""
    _, fields, repetitions, components, parts = segment.separators
    signs = {"F": fields, "S": components, "T": parts, "R": repetitions, "E": segment.esc}
    esc = re.escape(segment.esc)
    return re.sub(f"{esc}([FSTRE]){esc}", lambda found: signs[found[1]], text)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None  # NaN compares false, too


def _zone(text: str) -> tzinfo:
    """The zone that a time names; UTC if it names none."""
    found = re.fullmatch(r"[\d.]+([+-])(\d{2})(\d{2})", text)
    if found is None or int(found[2]) > 14:
        return UTC
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(offset if found[1] == "+" else -offset)


def _time(text: str, zone: tzinfo) -> datetime | None:
    if not re.fullmatch(r"\d{8}(\d{2}){0,3}(\.\d{1,4})?([+-]\d{4})?", text):
        return None
    try:
        at = hl7.parse_datetime(text)
    except ValueError:
        return None
    found: datetime = at if at.tzinfo is not None else at.replace(tzinfo=zone)
    return found.astimezone(UTC)


# -- writing ---------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """A text that means nothing to a parser."""
    return text.translate(_ESCAPES)


def stamp(at: datetime) -> str:
    """A time to the tenth of a millisecond, with its zone."""
    at = at.astimezone(UTC)
    return f"{at:%Y%m%d%H%M%S}.{at.microsecond // 100:04d}+0000"


def head_of(kind: str, number: str, at: datetime, *, sender: str, receiver: str) -> str:
    """An MSH segment."""
    return (
        f"MSH|^~\\&|{escaped(sender)}||{escaped(receiver)}||{stamp(at)}||{kind}"
        f"|{escaped(number)}|P|{VERSION}||||||UNICODE UTF-8"
    )


def observation(
    number: int,
    vital: str,
    value: float | None,
    *,
    method: Method = "",
    flag: str = "",
    status: str = "F",
) -> str:
    """An OBX segment, coded in MDC, with LOINC beside it."""
    row = VITALS[vital]
    term = mdc_of(vital, method) or mdc_of(vital)
    code = f"{term.code}^{term.name}^MDC" if term else "^^"
    if row.loinc:
        code += f"^{row.loinc}^{escaped(row.label)}^LN"
    mdc_unit = mdc_unit_of(vital)
    unit = f"{mdc_unit[0]}^{mdc_unit[1]}^MDC" if mdc_unit else f"{escaped(row.unit)}^^UCUM"
    told = "" if value is None else f"{value:.10g}"
    return f"OBX|{number}|NM|{code}||{told}|{unit}||{flag}|||{status}"


def oru(
    number: str, at: datetime, taken: datetime, patient: str, rows: Sequence[str], *, sender: str
) -> str:
    """A monitor's message; `at` is when it is sent, `taken` when its values were true."""
    return "\r".join(
        (
            head_of("ORU^R01^ORU_R01", number, at, sender=sender, receiver="traumatwin"),
            f"PID|||{escaped(patient)}",
            f"OBR|1|||MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^^MDC|||{stamp(taken)}",
            *rows,
            "",
        )
    )


def acknowledgement(
    code: str, number: str, at: datetime, problems: Sequence[tuple[str, str, str, str]] = ()
) -> str:
    """ACK: MSA with AA, AE or AR; one ERR for each (where, code of table 0357, severity, why)."""
    kept = [
        head_of("ACK^R01^ACK", f"A{number}"[:20], at, sender="traumatwin", receiver=""),
        f"MSA|{code}|{escaped(number)}",
    ]
    for where, wrong, severity, why in problems:
        kept.append(f"ERR||{where}|{wrong}^^HL70357|{severity}||||{escaped(why)}")
    return "\r".join((*kept, ""))


def read_acknowledgement(raw: bytes | str) -> tuple[str, str]:
    """The code and the number that an ACK speaks of; two empty texts if it is none."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    try:
        told = hl7.parse(text).segment("MSA")
    except _PARSER_SAYS_NO:
        return "", ""
    return _text(told, 1), _text(told, 2)


def sender_of(raw: bytes) -> str:
    """MSH-3 of a message, as far as it is legible: who delivers it."""
    head = raw[:2000].decode("utf-8", "replace").split("\r", 1)[0]
    if not _HEAD.match(head):
        return ""
    fields = head.split(head[3])
    return fields[2].split(head[4])[0] if len(fields) > 2 else ""

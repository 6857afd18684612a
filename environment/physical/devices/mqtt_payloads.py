"""The JSON that devices publish over MQTT: one object a message.

Vital signs, on the topic `<prefix>/<monitor>/vitals`::

    {"id": "1042", "patient": "patient", "at": "2026-01-15T14:02:11.000Z",
     "values": {"hr": 92, "sbp": {"value": 14.4, "unit": "kPa", "method": "cuff"},
                "spo2": {"value": null}, "temp": {"value": 36.4, "status": "corrected"}}}

A position, on `<prefix>/<vehicle>/position`::

    {"id": "88", "at": "2026-01-15T14:02:11Z", "lat": 44.1712, "lon": 12.2648, "speed_kmh": 71}

Keys of `values` are those of the table of vitals, or codes of MDC or LOINC. A bare number is in the
table's unit. `status`: given, corrected, withdrawn; `method`: cuff, pleth; `quality`: doubtful.
A monitor's line, retained, on `<prefix>/<device>/line`: `up` or `down`; `down` is its last will.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from environment.model.nomenclature import term_of, ucum_of
from environment.model.vitals import VITALS
from environment.physical.devices.readings import Report, Status, UnreadableError, Value

UP, DOWN = "up", "down"


def read_vitals(raw: bytes) -> Report:
    """A message as a report; `UnreadableError` says what is wrong with it."""
    told = read_object(raw)
    number = _id(told)
    values = told.get("values")
    if not isinstance(values, Mapping) or not values:
        raise UnreadableError(
            "malformed", "'values' must be an object that is not empty", id=number
        )
    patient = told.get("patient")
    if patient is not None and not isinstance(patient, str):
        raise UnreadableError("malformed", "'patient' must be a text", id=number)
    sender = told.get("sender", "")
    if not isinstance(sender, str):
        raise UnreadableError("malformed", "'sender' must be a text", id=number)
    return Report(
        id=number,
        sender=sender,
        patients=(patient,) if patient else (),
        taken=instant_of(told, number),
        values=tuple(
            _value(i, code, row, number) for i, (code, row) in enumerate(values.items(), 1)
        ),
        raw=raw.decode("utf-8"),
    )


def _value(at: int, code: str, row: Any, number: str) -> Value:  # what JSON gives
    told: Mapping[str, Any] = row if isinstance(row, Mapping) else {"value": row}
    unknown = set(told) - {"value", "unit", "status", "method", "quality"}
    if unknown:
        why = f"'{code}': unknown field '{min(unknown)}'"
        raise UnreadableError("malformed", why, id=number)
    term = None if code in VITALS else term_of(code, name=code)
    is_ours = code in VITALS and VITALS[code].kind == "monitor"
    vital = code if is_ours else term.vital if term else ""
    value, status = told.get("value"), told.get("status", "given")
    if status not in get_args(Status):
        why = f"'{code}': status must be given, corrected or withdrawn"
        raise UnreadableError("malformed", why, id=number)
    if value is None and status == "given":
        status = "absent"
    unit = told.get("unit")
    return Value(
        at=at,
        code=code,
        vital=vital,
        value=finite(value),
        unit=ucum_of(str(unit)) if unit is not None else (VITALS[vital].unit if vital else ""),
        status=status,
        doubtful=told.get("quality") == "doubtful",
        method=str(told.get("method") or (term.method if term else "")),
    )


def write_vitals(report: Report) -> str:
    """A report as a device would publish it; values without a vital sign of ours are left out."""
    values: dict[str, Any] = {}
    taken = report.taken
    for value in report.values:
        if value.vital:
            told: dict[str, Any] = {"value": value.value, "unit": value.unit}
            if value.status in ("corrected", "withdrawn"):
                told["status"] = value.status
            if value.doubtful:
                told["quality"] = "doubtful"
            if value.method:
                told["method"] = value.method
            values[value.vital] = told
            taken = value.taken or taken
    at = "" if taken is None else taken.astimezone(UTC).isoformat()
    patient = next(iter(report.patients), None)
    return json.dumps(
        {"id": report.id, "sender": report.sender, "patient": patient, "at": at, "values": values}
    )


def finite(value: object) -> float | None:
    """A number that is one; None for anything else, NaN and what no sensor can mean."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e12:
        return None
    return float(value)


def read_object(raw: bytes) -> Mapping[str, Any]:
    """One JSON object; `UnreadableError` where it is none."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError) as wrong:
        raise UnreadableError("malformed", f"not JSON: {wrong}") from wrong
    if not isinstance(told, dict):
        raise UnreadableError("malformed", "not a JSON object")
    return told


def _id(told: Mapping[str, Any]) -> str:
    number = told.get("id")
    if isinstance(number, bool) or not isinstance(number, (str, int)) or number == "":
        raise UnreadableError("malformed", "'id' must be a text or a whole number")
    return str(number)


def instant_of(told: Mapping[str, Any], number: str = "") -> datetime:
    """The field `at`: ISO 8601 with its offset."""
    text = told.get("at")
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None:
        raise UnreadableError("no_time", "'at' must be a time in ISO 8601", id=number)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

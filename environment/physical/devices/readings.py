"""What one message of a monitor says, whatever language it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: What a value is: given, corrected (replaces what was said of that moment), withdrawn, or absent
#: because the device has none.
Status = Literal["given", "corrected", "withdrawn", "absent"]

#: Why a message, or a value in it, was not taken.
Reason = Literal[
    "duplicate",
    "malformed",
    "oversized",
    "unsupported",
    "unknown_sender",
    "no_patient",
    "wrong_patient",
    "wrong_unit",
    "unknown_code",
    "not_a_number",
    "no_time",
    "no_fix",
    "bad_checksum",
    "clock_ahead",
    "implausible",
    "identifier_reused",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a message."""

    at: int  # which one in the message, from 1: what a reply points to
    code: str  # as the device said it, for the record
    vital: str  # a key of the table of vitals; empty if the code means none
    value: float | None
    unit: str  # UCUM where it is known
    status: Status = "given"
    doubtful: bool = False  # the device itself does not trust it
    method: str = ""  # "cuff", "pleth" or nothing
    taken: datetime | None = None  # when it was true; None: as the message says


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One message of a monitor, read."""

    id: str  # the sender's own number of it
    sender: str
    patients: tuple[str, ...]  # identifiers of whom it speaks of
    taken: datetime | None  # when the values were true
    values: tuple[Value, ...]
    raw: str


class UnreadableError(ValueError):
    """A message that cannot be read: why, and what of its head was legible."""

    def __init__(self, reason: Reason, why: str, *, id: str = "", code: str = "100") -> None:
        super().__init__(why)
        self.reason, self.why, self.id = reason, why, id
        self.code = code  # HL7 table 0357: what kind of error

"""The one record of everything that happens: a `Change`; and the incoming fact that leads to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

# A JSON value. `Any` because a recursive alias makes every reader of a value cast it.
JSON = Any

ChangeKind = Literal["property", "event", "operation", "phase", "life", "link"]
Cause = int | tuple[str, int]

#: How far a value may be trusted. `stale` marks the moment at which a value stopped being one;
#: `restated` a late fact about the past; `cuff` a pressure from an intermittent cuff.
Quality = str

FIELDS = (
    "seq",
    "twin",
    "kind",
    "name",
    "value",
    "effective",
    "recorded",
    "source",
    "quality",
    "by",
    "cause",
)

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact about one twin. Screens, agents, debrief and exports all read these.

    Times are seconds of scenario time, counted from the emergency call.
    """

    seq: int
    twin: str
    kind: ChangeKind
    name: str
    value: JSON
    effective: float  # when it was true of the asset
    recorded: float  # when we learned it
    source: str
    quality: Quality
    by: str
    cause: Cause | None = None  # seq of the change that led to this one, or (journal, seq)

    def row(self) -> tuple[JSON, ...]:
        """All fields in their fixed order, as the stores and the hash chain see them."""
        return (
            self.seq,
            self.twin,
            self.kind,
            self.name,
            self.value,
            self.effective,
            self.recorded,
            self.source,
            self.quality,
            self.by,
            self.cause,
        )


def change_from_row(row: Sequence[JSON]) -> Change:
    """The change that `Change.row` was taken from."""
    cause = row[10]
    return Change(
        seq=row[0],
        twin=row[1],
        kind=row[2],
        name=row[3],
        value=row[4],
        effective=row[5],
        recorded=row[6],
        source=row[7],
        quality=row[8],
        by=row[9],
        cause=(cause[0], cause[1]) if isinstance(cause, (list, tuple)) else cause,
    )


def canonical(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no blanks, no NaN."""
    if value is None:
        return "null"
    if value.__class__ is int:  # most causes: no need of an encoder
        return str(value)
    return _encode(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One incoming fact from a source, not yet judged. Idempotent by (`source`, `source_seq`).

    A `unit` is given only when it differs from the one that the model declares, or to be checked.
    `member` names a property or an event of the twin.
    """

    twin: str
    member: str
    value: JSON
    effective: float
    source: str
    source_seq: int | None = None
    unit: str = ""
    quality: Quality = "good"
    by: str = ""
    cause: Cause | None = None

"""For Schemathesis: most paths name a twin and a member that are there; else all were 404."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import schemathesis

TWINS = (
    ("patient", "patient", ("give_drug", "hr", "age", "finding", "record_injury")),
    ("lamp", "lamp", ("switch", "on", "power", "switch")),
    ("monitor", "probe", ("hr", "sbp", "silence")),
    ("display", "wall", ("show", "clear", "alert_raised")),
    ("preh", "case", ("advance", "flag", "call_time")),
    ("mind", "mind_assistant", ("said", "state", "role")),
)


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Put known names in, by what was drawn; one draw in eight stays as it is."""
    if not path_parameters:
        return path_parameters
    number = crc32(repr(sorted(path_parameters.items())).encode())
    if number % 8 == 0:
        return path_parameters
    kind, name, members = TWINS[number // 8 % len(TWINS)]
    known = {
        "kind": kind,
        "id": name,
        "name": members[number // 64 % len(members)],
        "group": ("properties", "events")[number % 2],
        "seq": str(number % 20),
        "invocation": f"switch-{number % 4}",
    }
    return {key: known.get(key, value) for key, value in path_parameters.items()}


@schemathesis.hook
def map_query(
    context: schemathesis.HookContext, query: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Ask for no change that lies ahead: that is rightly answered 503, after a wait."""
    if not query or not isinstance(query.get("min_seq"), int):
        return query
    return {**query, "min_seq": min(query["min_seq"], 1)}

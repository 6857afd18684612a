"""Expectations that no run meets, or none in which nobody takes part."""

from collections.abc import Iterator, Mapping
from typing import Any

from scenarios.clinical_time import clock, seconds
from scenarios.schema import Scenario
from scenarios.script import DEFAULT_BRANCH, Expect
from scenarios.source import Place

Problem = tuple[Place, str]
#: The lists of people's acts.
ACTS = ("event", "respond", "trigger")


def beyond_the_end(s: Scenario) -> Iterator[Problem]:
    """Windows that open when the scenario is over."""
    for i, e in enumerate(s.expectations):
        if e.earliest_s is not None and e.earliest_s > s.ends_s:
            what = f"no branch can meet it: it lies after the end ({clock(s.ends_s)})."
            yield ("expect", i, "earliest"), what


def unscripted(s: Scenario) -> Iterator[Problem]:
    """Required actions that are in nobody's script, or only when it is too late.

    An act counts wherever it stands, also in another branch; only what no branch has is told. What
    agents may do themselves is left out by whoever asks.
    """
    for i, e in enumerate(s.expectations):
        if e.action and e.rated == "required" and s.branch == DEFAULT_BRANCH:
            yield from ((("expect", i), what) for what in _never_done(s, e))


def _never_done(s: Scenario, e: Expect) -> Iterator[str]:
    acts = [row for row in _acts(s) if _is_it(row, e)]
    name = f"'{e.action}'" + (f" with {dict(e.arguments)}" if e.arguments else "")
    if not acts:
        yield (
            f"only somebody who takes part can meet it: nobody is to do {name} in any event, "
            "response or trigger."
        )
        return
    if e.by_s is None or not all(isinstance(act.get("at"), str) for act in acts):
        return
    first = min(seconds(row["at"]) for row in acts)
    if first > e.by_s:
        yield (
            f"only somebody who takes part can meet it: {name} comes at {clock(first)} at the "
            f"earliest, and is expected by {clock(e.by_s)}."
        )


def _acts(s: Scenario) -> Iterator[Mapping[str, Any]]:
    """Everything that people may do, in all branches, as the file writes it (`Any`: TOML)."""
    rows: list[tuple[str, dict[str, Any]]] = [
        (e.name, {"at": clock(e.at_s), "do": e.do, "with": e.arguments}) for e in s.events
    ]
    rows += [(a.name, {"do": a.do, "with": a.arguments}) for a in (*s.responses, *s.triggers)]
    yield from (row for _, row in rows)
    for branch in s.branches:
        yield from ({**row, **branch.change[name]} for name, row in rows if name in branch.change)
        for key in ACTS:
            yield from getattr(branch, key)


def _is_it(row: Mapping[str, Any], e: Expect) -> bool:
    given = row.get("with", {})
    return row.get("do") == e.action and all(given.get(k) == v for k, v in e.arguments.items())

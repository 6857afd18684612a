"""A run that is taken up from its journal goes on as if nothing had been."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import pytest

from environment.model.change import Change
from environment.runtime.journal import Journal
from scenarios.reading import load
from scenarios.resuming import TakenUp, resume
from scenarios.schema import Scenario
from scenarios.session import run
from tests.session.stage import minutes

SEED = 7


@cache
def pelvis() -> Scenario:
    return load("pelvis").model_copy(update={"ends_s": minutes("15:30")})


@cache
def unbroken() -> Journal:
    return run(pelvis(), seed=SEED).journal


def up_to(at_s: float, more: int = 0) -> Sequence[Change]:
    """What had been recorded by then, and so many changes more."""
    rows = list(unbroken())
    return rows[: max(0, sum(c.recorded <= at_s for c in rows) + more)]


def taken_up(changes: Sequence[Change]) -> Journal:
    return resume(pelvis(), changes, seed=SEED).journal


def alerts(journal: Iterable[Change]) -> list[tuple[str, str, str, str]]:
    return [
        (c.twin, c.name, c.value["rule"], c.value.get("priority", ""))
        for c in journal
        if c.kind == "event" and c.name.startswith("alert_")
    ]


def happened(journal: Iterable[Change]) -> Counter[tuple[str, str, str, str]]:
    """How often each thing happened, values that come by the second apart."""
    return Counter(
        (c.twin, c.kind, c.name, c.value["status"] if c.kind == "operation" else "")
        for c in journal
        if c.kind != "property" and c.name != "resumed"
    )


# In the first moment, on the way, in the middle of an alert, while an answer is thought about.
CUTS = [("00:00", -300), ("00:00", 0), ("05:17", 0), ("09:04", 3), ("11:00", 2), ("14:24", 6)]


@pytest.mark.parametrize(("at", "more"), CUTS)
def test_a_run_taken_up_anywhere_goes_on_to_the_same_end(at: str, more: int) -> None:
    known = up_to(minutes(at), more)
    journal = taken_up(known)
    assert list(journal)[: len(known)] == list(known)
    assert alerts(journal) == alerts(unbroken())
    assert happened(journal) == happened(unbroken())
    assert journal.verify() == len(journal)


def test_the_world_says_that_it_was_taken_up_and_what_may_be_missing() -> None:
    told: list[TakenUp] = []
    known = up_to(minutes("12:00"))
    journal = resume(pelvis(), known, seed=SEED, told=told.append).journal
    event = journal.last("central_unit", "resumed")
    assert event is not None
    assert event.value["after"] == len(known) == told[0].after
    assert told[0].may_miss_s == pytest.approx(0.2)
    assert told[0].at_s == known[-1].recorded


def test_readings_that_were_not_written_any_more_are_made_good() -> None:
    last = next(c for c in unbroken() if c.name == "hr" and c.effective == minutes("12:00"))
    journal = taken_up(list(unbroken())[: last.seq])
    names = {c.name for c in journal if c.effective == minutes("12:00") and c.name != "resumed"}
    assert {"hr", "sbp", "spo2"} <= names


def test_an_invocation_that_was_under_way_is_carried_out_once() -> None:
    rows = unbroken()
    (running,) = [
        c
        for c in rows
        if c.name == "apply_tourniquet" and c.kind == "operation" and c.value["status"] == "running"
    ][:1]
    journal = taken_up(list(rows)[: running.seq])
    number = running.value["invocation"]
    course = [
        c.value["status"]
        for c in journal
        if c.kind == "operation" and c.value["invocation"] == number
    ]
    assert course[:4] == ["requested", "accepted", "running", "completed"]
    assert course.count("completed") == 1


def test_the_body_is_as_it_was_and_not_as_at_the_call() -> None:
    known = up_to(minutes("14:00"))
    journal = taken_up(known)
    later = minutes("15:00")
    was, now = (
        {c.name: c.value for c in run if c.effective == later and c.twin == "ambulance_monitor"}
        for run in (unbroken(), journal)
    )
    assert {"hr", "sbp"} <= set(was)
    for name in ("hr", "sbp", "rr", "spo2"):
        assert now[name] == pytest.approx(was[name], abs=1)

"""Doses in a script that the catalogue doubts: meant so, or a slip of the decimal point."""

from collections.abc import Iterator, Sequence

from environment.errors import TwinError
from environment.model.prescribing import check_dose
from scenarios.schema import Scenario
from scenarios.script import Act
from scenarios.source import Place

Problem = tuple[Place, str]
#: Which operations name a dose.
GIVES = ("give_drug", "order_drug")


def doubtful(s: Scenario) -> Iterator[Problem]:
    """Single doses beyond the most, or outside what is usual for a child's weight (DRG-01, DRG-03).

    What was given before is left out: who acts on advice may come at any time.
    """
    lists: tuple[tuple[str, Sequence[Act]], ...] = (
        ("event", s.events),
        ("respond", s.responses),
        ("trigger", s.triggers),
    )
    for key, acts in lists:
        for i, act in enumerate(acts):
            if act.operation in GIVES:
                yield from (((key, i, "with"), what) for what in _said_of(s, act))


def _said_of(s: Scenario, act: Act) -> Iterator[str]:
    given = act.arguments
    try:
        found = check_dose(
            str(given["drug"]),
            float(given["amount"]),
            str(given["unit"]),
            s.patient.weight_kg,
            s.patient.age,
        )
    except (KeyError, TypeError, ValueError, TwinError):
        return  # what is wrong with it is told as a problem
    yield from (f"the dose is doubtful: {finding}." for finding in found)

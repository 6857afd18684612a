"""What became of every message of a device: each is counted once, under one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

#: How a message was taken, and what became of its values.
TAKEN = {
    "accepted": "taken",
    "converted": "taken, a unit converted",
    "late": "taken late: caught up, or restated where a later value was known",
    "out_of_order": "taken out of order: restated",
    "corrected": "taken as a correction: restated",
    "empty": "acknowledged, it held no value of a vital sign",
}


class Account:
    """Messages by outcome; `sent` equals the sum, so that nothing is lost unseen."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, outcome: str) -> None:
        """One message more."""
        self.counts[outcome] += 1

    @property
    def received(self) -> int:
        """All messages."""
        return sum(self.counts.values())

    @property
    def taken(self) -> int:
        """Those whose values became changes of the twin."""
        return sum(n for outcome, n in self.counts.items() if outcome in TAKEN)

    def rows(self) -> Iterator[tuple[str, int]]:
        """Outcome and number: what was taken first, then what was refused, by name."""
        for outcome in TAKEN:
            if self.counts[outcome]:
                yield outcome, self.counts[outcome]
        for outcome in sorted(set(self.counts) - set(TAKEN)):
            yield f"refused: {outcome}", self.counts[outcome]

    def table(self) -> str:
        """The account as lines of text that end with the sum."""
        rows = [*self.rows(), ("received", self.received)]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {count:>6}" for name, count in rows)

"""Looking into a mind: beliefs with their age, intentions, plan texts, why and why not.

Looking changes nothing in the mind and is not recorded.
"""

from itertools import islice

from agents.bdi import Agent, Program, Struct, term_text
from agents.bdi.beliefs import Belief
from agents.bdi.terms import make
from agents.errors import BadTermError
from environment.model.change import JSON

#: Beliefs told at most; more would not be read (engineering default).
MOST = 2000


class Insight:
    """One mind, to look into while it lives."""

    def __init__(self, mind: Agent, program: Program) -> None:
        self._mind, self._program = mind, program

    def seen(self) -> JSON:
        """What it believes, what it is at, which plans it has."""
        mind = self._mind
        rows = (row for row in mind.beliefs_base if row.rule is None)
        return {
            "beliefs": [
                _belief(term_text(row.term()), term_text(make(row.pred.functor, row.args, ())), row)
                for row in islice(rows, MOST)
            ],
            "intentions": mind.intentions(),
            "plans": [
                {"label": p.label, "trigger": p.trigger_text(), "file": p.file, "line": p.line}
                for p in mind.library.plans
            ],
        }

    def texts(self) -> JSON:
        """The plans as they were written, by file."""
        return self._program.texts

    def why(self, belief: str) -> JSON:
        """The chain behind a belief, the nearest link first; empty if it is no longer held."""
        try:
            chain = self._mind.why(belief)
        except BadTermError:
            return []
        return [
            {"kind": b.kind, "name": b.name, "id": b.id if isinstance(b.id, (int, str)) else None}
            for b in chain
        ]

    def why_not(self, plan: str) -> str:
        """What keeps a plan from running now, in one sentence."""
        try:
            return self._mind.why_not(plan)
        except BadTermError as wrong:
            return str(wrong)


def _belief(text: str, bare: str, row: Belief) -> dict[str, JSON]:
    """A belief as it is written, without and with its annotations, and what these say."""
    told: dict[str, JSON] = {}
    for note in row.ann:
        if isinstance(note, Struct) and len(note.args) == 1:
            argument = note.args[0]
            is_number = isinstance(argument, (int, float)) and not isinstance(argument, bool)
            told.setdefault(note.functor.name, argument if is_number else term_text(argument))
    return {
        "text": text,
        "belief": bare,
        "at_s": told.get("at"),
        "source": told.get("source", ""),
        "twin": told.get("twin", ""),
        "quality": told.get("quality", ""),
        "seq": row.cause if isinstance(row.cause, int) else None,
    }

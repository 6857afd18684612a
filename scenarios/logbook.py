"""What an instructor writes down in a session: moments to come back to, marks, notes.

It is half of the asset behind the session's twin, which shows them as maps; `director.py` is the
half that acts.
"""

from environment.errors import InvocationFailedError
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.simulated import SimulatedAsset
from environment.runtime.journal import Journal
from environment.twins.session import NOW_S
from scenarios.clinical_time import clock


class Logbook(SimulatedAsset):
    """Keeps the maps of the session's twin; numbers count up, none is used twice."""

    def __init__(self, twin: str, journal: Journal) -> None:
        super().__init__(twin)
        self._twin, self._journal = twin, journal
        self._maps: dict[str, dict[str, JSON]] = {
            name: {} for name in ("bookmark", "mark", "noted", "injected", "held")
        }
        self._marks = self._notes = 0
        self._told: dict[str, JSON] = {}

    async def do_set_bookmark(self, command: Command, label: str) -> JSON:
        """Remember this moment."""
        name = first = label or clock(int(self.now()))  # as clocks on the pages show it
        number = 1
        while name in self._maps["bookmark"]:
            number += 1
            name = f"{first} ({number})"
        self._keep("bookmark", name, {"at_s": self.now(), "seq": len(self._journal)}, command)
        return name

    async def do_set_mark(self, command: Command, rating: str, note: str, about: int) -> JSON:
        """Note what was good or bad."""
        self._marks += 1
        number = str(self._marks)
        row = {"rating": rating, "note": note, "at_s": self.now(), "about": about}
        self._keep("mark", number, row, command)
        return number

    async def do_unmark(self, command: Command, number: str) -> JSON:
        """Take a note back; its number is not used again."""
        self._drop("mark", number, command)
        return number

    async def do_note(
        self, command: Command, text: str, at_s: float, about: int, number: str
    ) -> JSON:
        """Write something down for the debrief, or write it anew."""
        if not text.strip():
            raise InvocationFailedError("A note without a word says nothing.", "no_text")
        if number and number not in self._maps["noted"]:
            raise InvocationFailedError(f"There is no note {number}.", "no_note")
        if not number:
            self._notes += 1
            number = str(self._notes)
        moment = self.now() if at_s == NOW_S else min(at_s, self.now())
        row = {"text": text.strip(), "at_s": moment, "about": about, "by": command.by}
        self._keep("noted", number, row, command)
        return number

    async def do_unnote(self, command: Command, number: str) -> JSON:
        """Take a note back; its number is not used again."""
        self._drop("noted", number, command)
        return number

    def _keep(self, name: str, key: str, row: JSON, command: Command) -> None:
        self._maps[name][key] = row
        self._say(name, dict(self._maps[name]), command)

    def _drop(self, name: str, key: str, command: Command) -> None:
        self._maps[name].pop(key)
        self._say(name, dict(self._maps[name]), command)

    def _say(self, name: str, value: JSON, command: Command | None = None) -> None:
        if command is not None or self._told.get(name) != value:
            self._told[name] = value
            self.tell(self._twin, name, value, command)

"""A person's pager and whereabouts. What people decide and do is not here."""

from __future__ import annotations

from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.simulated import SimulatedAsset


class PersonSim(SimulatedAsset):
    """A person who can be called; `comes_after_s` is None for one who comes by the script only."""

    def __init__(
        self,
        twin: str,
        *,
        role: str = "",
        title: str = "",
        place: str = "",
        reads: str = "",
        comes_after_s: float | None = None,
        source: str = "",
    ) -> None:
        super().__init__(source or twin)
        self.twin = twin
        self._facts = {
            name: value
            for name, value in (
                ("role", role), ("title", title), ("place", place), ("reads", reads)
            )
            if value
        }  # fmt: skip
        self._comes_after_s = comes_after_s

    def begin(self) -> None:
        """Say who it is and where."""
        self.tell_all(self.twin, self._facts)
        self.tell_all(self.twin, {"called": False, "present": "place" in self._facts})

    async def do_call(self, command: Command, to: str) -> JSON:
        """The pager rings."""
        self.tell(self.twin, "called", True, command)
        text = {"text": f"Come to {to}.", "priority": "high"}
        self.tell(self.twin, "notified", text, command)
        if self._comes_after_s is not None:
            self.later(self.now() + self._comes_after_s, lambda: self._be_at(command, to))
        return to

    async def do_arrive(self, command: Command, place: str) -> JSON:
        """The person is there."""
        self._be_at(command, place)
        return place

    def _be_at(self, command: Command, place: str) -> None:
        self.tell(self.twin, "place", place, command)
        self.tell(self.twin, "present", True, command)

"""A room with its staff: what must be ready, how long that takes, who is in it."""

from __future__ import annotations

from collections.abc import Mapping

from environment.errors import InvocationFailedError
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.simulated import SimulatedAsset

CLEANING_S = 900.0  # engineering default


class RoomSim(SimulatedAsset):
    """A room; `checklist` gives for each item the seconds that the staff need for it."""

    def __init__(
        self,
        twin: str,
        *,
        type: str = "",
        checklist: Mapping[str, float] | None = None,
        status: str = "free",
        source: str = "",
    ) -> None:
        super().__init__(source or twin)
        self.twin = twin
        self._type = type or twin
        self._takes_s = dict(checklist or {})
        self._ready = dict.fromkeys(self._takes_s, False)
        self._doing: set[str] = set()
        self._people: set[str] = set()
        self._patient = ""
        self._case = ""
        self._status = status

    def begin(self) -> None:
        """Say what it is for and how it stands."""
        self.tell_all(self.twin, {"type": self._type, "status": self._status, "people": []})
        if self._takes_s:
            self.tell(self.twin, "checklist", dict(self._ready))

    async def do_reserve(self, command: Command, case: str, until_s: float = -1.0) -> JSON:
        """Keep it for a case."""
        self._case = case
        self.tell(self.twin, "reserved_for", case, command)
        if until_s >= 0.0:
            self.tell(self.twin, "reserved_until_s", until_s, command)
            self.later(until_s, lambda: self._lapse(command, case))
        if self._status == "free":
            self._be("reserved", command)
        return case

    def _lapse(self, command: Command, case: str) -> None:
        if self._case == case and not self._patient:
            self._free(command)

    async def do_release(self, command: Command, case: str) -> JSON:
        """Give it back."""
        if self._case != case:
            raise InvocationFailedError(
                f"{self.twin} is kept for '{self._case or 'nobody'}', not for '{case}'.",
                "not_yours",
            )
        self._free(command)
        return case

    def _free(self, command: Command) -> None:
        self._case = ""
        self.tell(self.twin, "reserved_for", "", command)
        if not self._patient and self._status != "cleaning":
            self._be("free", command)

    async def do_prepare(self, command: Command, item: str) -> JSON:
        """The staff get one thing ready; it is when they say so."""
        if self._ready.get(item) or item in self._doing:
            return item
        self._doing.add(item)
        if self._status in ("free", "reserved"):
            self._be("preparing", command)
        self.later(self.now() + self._takes_s.get(item, 60.0), lambda: self._done(command, item))
        return item

    def _done(self, command: Command, item: str) -> None:
        self._doing.discard(item)
        self._ready[item] = True
        self.tell(self.twin, "checklist", dict(self._ready), command)
        if all(self._ready.values()):
            if self._status == "preparing":
                self._be("ready", command)
            self.tell(self.twin, "prepared", {"case": self._case}, command)

    async def do_enter(self, command: Command, who: str, is_patient: bool = False) -> JSON:
        """Somebody comes in."""
        if is_patient:
            self._patient = who
            self.tell(self.twin, "patient", who, command)
            self._be("occupied", command)
        else:
            self._people.add(who)
            self.tell(self.twin, "people", sorted(self._people), command)
        return who

    async def do_leave(self, command: Command, who: str) -> JSON:
        """Somebody goes; after a patient the room is cleaned."""
        if who == self._patient and who:
            self._patient = ""
            self.tell(self.twin, "patient", "", command)
            self._ready = dict.fromkeys(self._takes_s, False)
            self._be("cleaning", command)
            self.later(self.now() + CLEANING_S, lambda: self._cleaned(command))
        elif who in self._people:
            self._people.discard(who)
            self.tell(self.twin, "people", sorted(self._people), command)
        else:
            raise InvocationFailedError(f"'{who}' is not in {self.twin}.", "not_here")
        return who

    def _cleaned(self, command: Command) -> None:
        if self._status == "cleaning":
            self._be("reserved" if self._case else "free", command)
            if self._takes_s:
                self.tell(self.twin, "checklist", dict(self._ready), command)

    def _be(self, status: str, command: Command) -> None:
        self._status = status
        self.tell(self.twin, "status", status, command)

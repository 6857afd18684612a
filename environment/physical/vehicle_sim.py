"""A vehicle on roads: places, travel times, position and estimated arrival."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from environment.errors import InvocationFailedError, did_you_mean
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.simulated import SimulatedAsset

POSITION_EVERY_S = 15.0  # engineering default: how often its locator reports
ROAD_KM_PER_MIN = 1.0  # with signals, town and country mixed; engineering default


class VehicleSim(SimulatedAsset):
    """A vehicle; `travel_s` gives the seconds between two places, either way round."""

    def __init__(
        self,
        twin: str,
        places: Mapping[str, tuple[float, float]],
        travel_s: Mapping[tuple[str, str], float],
        *,
        at: str,
        crew: tuple[str, ...] = (),
        status: str = "available",
        source: str = "",
    ) -> None:
        super().__init__(source or twin)
        self.twin = twin
        self._places = dict(places)
        self._travel_s = dict(travel_s)
        self._crew = crew
        self._status = status
        self.place = self._known(at)
        self._home = at
        self._goes: tuple[str, float, float] | None = None  # destination, left, arrives
        self._ends: list[Callable[[], None]] = []

    def provides(self) -> dict[str, dict[str, float]]:
        """The position, all the time."""
        return {self.twin: {"position": POSITION_EVERY_S}}

    def begin(self) -> None:
        """Say where it stands and how far everything is."""
        self.tell_all(
            self.twin,
            {
                "status": self._status,
                "place": self.place,
                "crew": list(self._crew),
                "distance_km": self._distances(),
            },
        )
        self._locate(self.now())
        self.every(POSITION_EVERY_S, self._locate, first_at=self.now() + POSITION_EVERY_S)

    async def do_drive(self, command: Command, destination: str) -> JSON:
        """Set out; returns the estimated arrival."""
        self._known(destination)
        for cancel in self._ends:
            cancel()
        self._ends.clear()
        now = self.now()
        arrives = now + self._seconds(self.place, destination)
        left = self.place
        self._goes = (destination, now, arrives)
        self.tell(self.twin, "destination", destination, command)
        self.tell(self.twin, "status", "driving", command)
        self.tell(self.twin, "departed", {"place": left, "destination": destination}, command)
        self._locate(now)
        self._ends.append(self.later(arrives, lambda: self._arrive(command)))
        return arrives

    def delay(self, seconds: float) -> None:
        """Traffic: the arrival comes later."""
        if self._goes is None:
            return
        destination, left, arrives = self._goes
        self._goes = (destination, left, arrives + seconds)
        for cancel in self._ends:
            cancel()
        self._ends = [self.later(arrives + seconds, lambda: self._arrive(None))]
        self._locate(self.now())

    def _arrive(self, command: Command | None) -> None:
        if self._goes is None:
            return
        destination, _, _ = self._goes
        self._goes, self.place = None, destination
        self.tell(self.twin, "place", destination, command)
        self.tell(
            self.twin, "status", "available" if destination == self._home else "waiting", command
        )
        self.tell(self.twin, "distance_km", self._distances(), command)
        self._locate(self.now())
        self.tell(self.twin, "arrived", {"place": destination}, command)

    def _locate(self, at_s: float) -> None:
        here = self._places[self.place]
        if self._goes is not None:
            destination, left, arrives = self._goes
            done = min(1.0, max(0.0, (at_s - left) / max(1.0, arrives - left)))
            there = self._places[destination]
            here = (here[0] + done * (there[0] - here[0]), here[1] + done * (there[1] - here[1]))
            self.tell(self.twin, "eta_s", arrives, at_s=at_s)
        position = {"lat": round(here[0], 5), "lon": round(here[1], 5)}
        self.tell(self.twin, "position", position, at_s=at_s)

    def _known(self, place: str) -> str:
        if place not in self._places:
            raise InvocationFailedError(
                f"{self.source}: no road to '{place}'.{did_you_mean(place, self._places)}",
                "no_such_place",
            )
        return place

    def _seconds(self, start: str, end: str) -> float:
        if start == end:
            return 0.0
        seconds = self._travel_s.get((start, end), self._travel_s.get((end, start)))
        if seconds is None:
            raise InvocationFailedError(
                f"{self.source}: no travel time from '{start}' to '{end}'.", "no_route"
            )
        return seconds

    def _distances(self) -> dict[str, JSON]:
        found: dict[str, JSON] = {}
        for place in sorted(self._places):
            pair = self._travel_s.get((self.place, place), self._travel_s.get((place, self.place)))
            if place == self.place:
                found[place] = 0.0
            elif pair is not None:
                found[place] = round(pair / 60.0 * ROAD_KM_PER_MIN, 1)
        return found

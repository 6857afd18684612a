"""A real vehicle behind its twin: its GPS tells, and its crew is told by radio."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from environment.errors import InvocationFailedError, did_you_mean
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.devices import nmea
from environment.physical.devices.account import Account
from environment.physical.devices.device_clock import MAY_BE_AHEAD_S, DeviceClock
from environment.physical.devices.intake import KEPT_CHARACTERS
from environment.physical.devices.monitor import Kept
from environment.physical.devices.mqtt_payloads import finite, instant_of, read_object
from environment.physical.devices.readings import UnreadableError
from environment.physical.simulated import SimulatedAsset

#: How often a receiver in a rescue vehicle reports (engineering default; many send every second).
POSITION_EVERY_S = 5.0


class VehicleLocator(SimulatedAsset):
    """Feeds a vehicle twin from a GPS receiver, in JSON or in NMEA 0183.

    A fix that is not later than the last one is restated by the twin's own rule; the same fix again
    is a duplicate. Where the vehicle goes is said by whoever sends it.
    """

    def __init__(
        self,
        twin: str,
        places: Mapping[str, tuple[float, float]],
        *,
        at: str = "",
        crew: tuple[str, ...] = (),
        epoch: datetime | None = None,
        source: str = "",
        keep: Kept | None = None,
    ) -> None:
        super().__init__(source or twin)
        self.twin = twin
        self.account = Account()
        self.keep = keep
        self._places = dict(places)
        self._at, self._crew = at, crew
        self._clock_of_it = DeviceClock(epoch)
        self._day: date | None = None
        self._seen: set[nmea.Fix] = set()
        self._lost = False

    def provides(self) -> dict[str, dict[str, float]]:
        """The position, all the time."""
        return {self.twin: {"position": POSITION_EVERY_S}}

    def begin(self) -> None:
        """Say what is known without the receiver."""
        self.tell_all(
            self.twin,
            {
                "gps": True,
                "status": "available",
                "crew": list(self._crew),
                "places": {n: {"lat": p[0], "lon": p[1]} for n, p in self._places.items()},
            },
        )
        if self._at:
            self.tell(self.twin, "place", self._at)

    def connection(self, is_up: bool) -> None:
        """Its line has come up or gone down."""
        self.tell(self.twin, "connected", is_up)

    # -- what comes in -------------------------------------------------------------------------

    def hear(self, form: str, raw: bytes) -> None:
        """Take a message in one of the formats of a stream."""
        text = raw.decode("utf-8", "replace")
        if self.keep is not None:
            self.keep(form, text)
        try:
            fix = self._fix(raw) if form == "json" else nmea.read(text, self._day)
            self._take(fix)
        except UnreadableError as wrong:
            self.account.add(wrong.reason)
            # Receivers say much else, and in a tunnel nothing for long: no event each second.
            if wrong.reason == "unsupported" or (wrong.reason == "no_fix" and self._lost):
                return
            self._lost = wrong.reason == "no_fix"
            fact = {
                "reason": wrong.reason,
                "why": wrong.why,
                "id": wrong.id,
                "raw": text[:KEPT_CHARACTERS],
                "characters": len(text),
            }
            self.tell(self.twin, "message_refused", fact)

    def _fix(self, raw: bytes) -> nmea.Fix:
        told = read_object(raw)
        lat, lon = finite(told.get("lat")), finite(told.get("lon"))
        if lat is None or lon is None:
            raise UnreadableError("malformed", "'lat' and 'lon' must be degrees")
        return nmea.checked(nmea.Fix(instant_of(told), lat, lon, finite(told.get("speed_kmh"))))

    def _take(self, fix: nmea.Fix) -> None:
        now = self.now()
        self._clock_of_it.meet(fix.at, now)
        at_s = self._clock_of_it.seconds(fix.at)
        if at_s > now + MAY_BE_AHEAD_S:
            raise UnreadableError("clock_ahead", f"{at_s - now:.1f} s in the future")
        if fix in self._seen:
            raise UnreadableError("duplicate", "this fix has been taken already")
        self._seen.add(fix)
        self._lost = False
        self._day = fix.at.date()
        at_s = min(at_s, now)
        if fix.speed_kmh is not None:
            self.tell(self.twin, "speed_kmh", fix.speed_kmh, at_s=at_s)
        self.tell(self.twin, "position", {"lat": fix.lat, "lon": fix.lon}, at_s=at_s)
        self.account.add("accepted")

    # -- commands: what people tell the crew ---------------------------------------------------

    async def do_drive(self, command: Command, destination: str) -> JSON:
        """The crew is told where to go; position and arrival follow from the receiver."""
        if destination not in self._places:
            raise InvocationFailedError(
                f"{self.source}: no place '{destination}' is known."
                f"{did_you_mean(destination, self._places)}",
                "no_such_place",
            )
        left = self._at
        self._at = destination
        self.tell(self.twin, "destination", destination, command)
        self.tell(self.twin, "status", "driving", command)
        self.tell(self.twin, "departed", {"place": left, "destination": destination}, command)
        return destination

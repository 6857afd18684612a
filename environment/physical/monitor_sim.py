"""A body seen through a vital-signs monitor: noise, artefacts, lag, a cuff, and silence.

Chance comes from the seeded generator that the monitor is given; with `noise=0` the numbers are the
body's own, rounded as the screen shows them. Sizes are engineering defaults; the delay of pulse
oximetry (20 to 40 s at the finger) is textbook.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from environment.errors import InvocationFailedError, did_you_mean
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.physiology import Body, Signs
from environment.physical.simulated import SimulatedAsset

SIGMA = {"hr": 1.0, "sbp": 1.5, "dbp": 1.2, "map": 1.0, "rr": 0.6, "spo2": 0.4, "etco2": 0.5}
MEMORY = 0.9  # how much of the noise is still there a second later
OXIMETER_LAG_S = 25
CUFF_TAKES_S = 30.0
CUFF_FAILS_BELOW = 50.0  # systolic pressure that a cuff does not find
ARTEFACTS_PER_HOUR = 4.0
GAS = ("etco2", "rr")  # what a capnometer reads, pulse or no pulse
PRESSURES = ("sbp", "dbp", "map")
MEASURES = ("hr", "rr", "spo2", "etco2", "pressure")


@dataclass(slots=True)
class _Distortion:
    member: str
    by: float
    until_s: float


class MonitorSim(SimulatedAsset):
    """A simulated monitor; `bodies` are the patients whom it can be attached to, by twin id."""

    def __init__(
        self,
        twin: str,
        bodies: Mapping[str, Body],
        random: Random,
        *,
        noise: float = 1.0,
        lag_s: int = OXIMETER_LAG_S,
        measures: tuple[str, ...] = MEASURES,
        source: str = "",
    ) -> None:
        super().__init__(source or twin)
        for name in measures:
            if name not in MEASURES:
                raise InvocationFailedError(
                    f"A monitor does not measure {name!r}.{did_you_mean(name, MEASURES)}"
                )
        self.twin = twin
        self._bodies = bodies
        self._random = random
        self._noise = noise
        self._measures = measures
        self._body: Body | None = None
        self._drift = dict.fromkeys(SIGMA, 0.0)
        self._saturation: deque[float] = deque(maxlen=max(1, lag_s))
        self._cuff_interval_s: float | None = None
        self._next_cuff_s = 0.0
        self._silent_until_s = float("-inf")
        self._keeps = False
        self._kept: list[tuple[float, dict[str, JSON]]] = []
        self._unplugged: frozenset[str] = frozenset()
        self._distortions: list[_Distortion] = []
        self._poor: bool | None = None

    def provides(self) -> Mapping[str, Mapping[str, float]]:
        """Vital signs at 1 Hz; pressure as often as it is measured."""
        members = {name: 1.0 for name in self._measures if name != "pressure"}
        if "pressure" in self._measures:
            members |= dict.fromkeys(PRESSURES, self._cuff_interval_s or 1.0)
        return {self.twin: members}

    def begin(self) -> None:
        """Say what it is set to, and start the second hand."""
        self.tell_all(self.twin, {"attached": False, "pressure_by": "arterial_line"})
        self.every(1.0, self._second, first_at=float(int(self.now()) + 1))

    # -- what an instructor may do to it -------------------------------------------------------

    def silence(self, seconds: float, *, sends_later: bool = False) -> None:
        """Send nothing for a while: a lost connection; what it kept may come afterwards."""
        self._silent_until_s = self.now() + seconds
        self._keeps = sends_later

    def unplug(self, *members: str) -> None:
        """Take single sensors off, until plugged in again."""
        self._unplugged |= frozenset(members)

    def plug(self, *members: str) -> None:
        """Put single sensors back; without names all."""
        self._unplugged = self._unplugged - frozenset(members) if members else frozenset()

    def distort(self, member: str, by: float, seconds: float) -> None:
        """Show a value that is off for a while: a cuff on the wrong arm, a probe that slips."""
        self._distortions.append(_Distortion(member, by, self.now() + seconds))

    # -- commands ------------------------------------------------------------------------------

    async def do_attach(self, command: Command, patient: str) -> JSON:
        """Put the sensors on a patient."""
        body = self._bodies.get(patient)
        if body is None:
            raise InvocationFailedError(
                f"{self.source}: there is no patient '{patient}'."
                f"{did_you_mean(patient, self._bodies)}",
                "no_such_patient",
            )
        self._body = body
        self._saturation.clear()
        self._next_cuff_s = self.now()
        self.tell(self.twin, "attached", True, command)
        return patient

    async def do_detach(self, command: Command) -> JSON:
        """Take the sensors off."""
        self._body = None
        self._saturation.clear()
        self.tell(self.twin, "attached", False, command)
        return True

    async def do_measure_by(self, command: Command, how: str, interval_s: float = 120.0) -> JSON:
        """Change between arterial line and cuff."""
        self._cuff_interval_s = None if how == "arterial_line" else interval_s
        self._next_cuff_s = self.now()
        if self._cuff_interval_s is not None:
            self.tell(self.twin, "cuff_interval_s", interval_s, command)
        self.tell(self.twin, "pressure_by", how, command)
        return how

    # -- the second hand -----------------------------------------------------------------------

    def _second(self, at_s: float) -> None:
        body = self._body
        if body is None:
            return
        body.advance(at_s)
        signs = body.signs()
        self._saturation.append(signs.spo2)
        self._wander()
        poor = signs.spo2_poor
        if at_s < self._silent_until_s:
            if self._keeps and signs.pulse:
                self._kept.append((at_s, self._shown(signs, poor, at_s)))
            return
        for then, values in self._kept:
            self.stream(self.twin, values, then)
        self._kept.clear()
        if poor is not self._poor:
            self._poor = poor
            self.tell(self.twin, "poor_signal", poor)
        shown = self._shown(signs, poor, at_s)
        if not signs.pulse:
            # The rhythm is seen by people; the gas of compressed lungs is the one number left.
            if signs.etco2 > 0.0:
                self.stream(self.twin, {k: v for k, v in shown.items() if k in GAS}, at_s)
            return
        self.stream(self.twin, shown, at_s)
        self._cuff(signs, at_s)
        self._artefact(at_s)

    def _shown(self, signs: Signs, poor: bool, at_s: float) -> dict[str, JSON]:
        true: dict[str, float] = {}
        if "hr" in self._measures:
            true["hr"] = signs.hr
        if "rr" in self._measures:
            true["rr"] = signs.rr
        if "spo2" in self._measures and not poor:
            true["spo2"] = self._saturation[0]
        if "etco2" in self._measures:
            true["etco2"] = signs.etco2
        if "pressure" in self._measures and self._cuff_interval_s is None:
            true |= {"sbp": signs.sbp, "dbp": signs.dbp, "map": signs.map}
        return self._numbers(true, at_s)

    def _numbers(self, true: dict[str, float], at_s: float) -> dict[str, JSON]:
        shown: dict[str, JSON] = {}
        for member, value in true.items():
            if member in self._unplugged:
                continue
            value += self._drift[member]
            for distortion in self._distortions:
                if distortion.member == member and at_s < distortion.until_s:
                    value += distortion.by
            top = 100.0 if member == "spo2" else 300.0
            shown[member] = float(round(min(top, max(0.0, value))))
        return shown

    def _cuff(self, signs: Signs, at_s: float) -> None:
        every_s = self._cuff_interval_s
        if every_s is None or at_s < self._next_cuff_s or "pressure" not in self._measures:
            return
        self._next_cuff_s = at_s + every_s
        if signs.sbp < CUFF_FAILS_BELOW:
            self._next_cuff_s = at_s + CUFF_TAKES_S  # it tries again
            return
        true = {"sbp": signs.sbp, "dbp": signs.dbp, "map": signs.map}
        self.stream(self.twin, self._numbers(true, at_s), at_s, quality="cuff")

    def _wander(self) -> None:
        if not self._noise:
            return
        kick = (1.0 - MEMORY**2) ** 0.5 * self._noise
        for member, sigma in SIGMA.items():
            self._drift[member] = MEMORY * self._drift[member] + self._random.gauss(
                0.0, sigma * kick
            )

    def _artefact(self, at_s: float) -> None:
        if self._noise and self._random.random() < self._noise * ARTEFACTS_PER_HOUR / 3600.0:
            member = self._random.choice(("spo2", "sbp", "hr"))
            value = {"spo2": 71.0, "sbp": 268.0, "hr": 236.0}[member]
            self.tell(self.twin, "artefact", {"member": member, "value": value}, at_s=at_s)

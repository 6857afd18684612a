"""A ventilator on a simulated body: its settings, and the pressure that it meets."""

from __future__ import annotations

from environment.errors import InvocationFailedError
from environment.model.change import JSON
from environment.physical.adapter import Command
from environment.physical.physiology import Body
from environment.physical.simulated import SimulatedAsset

COMPLIANCE_ML_CMH2O = 50.0  # healthy lung and chest wall of an adult (textbook 50 to 80)
RESISTIVE_CMH2O = 8.0  # tube and flow; engineering default
TENSION_CMH2O = 25.0  # added at tension severity 1; engineering default
REPORT_EVERY_S = 10.0


class VentilatorSim(SimulatedAsset):
    """A ventilator that is connected when the body is ventilated through a tube."""

    def __init__(self, twin: str, patient: str, body: Body, *, source: str = "") -> None:
        super().__init__(source or twin)
        self.twin = twin
        self.patient = patient
        self.body = body
        self._connected: bool | None = None

    def provides(self) -> dict[str, dict[str, float]]:
        """Airway pressure, while it runs."""
        return {self.twin: {"airway_pressure": REPORT_EVERY_S}}

    def begin(self) -> None:
        """Say that nobody is on it yet, and look every 10 s."""
        self._look(self.now())
        self.every(REPORT_EVERY_S, self._look, first_at=self.now() + REPORT_EVERY_S)

    async def do_set(
        self,
        command: Command,
        rate: float,
        tidal_ml: float,
        peep: float = 5.0,
        oxygen_fraction: float = 0.5,
    ) -> JSON:
        """Change the settings."""
        self.body.advance(self.now())
        if self.body.s.airway == "own":
            raise InvocationFailedError(
                f"{self.source}: the patient has no tube to be ventilated through.", "no_airway"
            )
        self.body.treat(
            "ventilator", on=True, rr=rate, vt_ml=tidal_ml, peep=peep, fio2=oxygen_fraction
        )
        self._report_settings(command)
        self._look(self.now())
        return rate

    def _report_settings(self, command: Command | None) -> None:
        s = self.body.s
        settings: dict[str, JSON] = {
            "rate": s.vent_rr,
            "tidal_ml": s.vent_vt_ml,
            "peep": s.peep,
            "oxygen_fraction": s.fio2,
        }
        self.tell_all(self.twin, settings, command)
        self.tell(self.twin, "settings_changed", settings, command)
        self.tell(self.patient, "ventilation_changed_s", self.now(), command)

    def _look(self, at_s: float) -> None:
        self.body.advance(at_s)
        s = self.body.s
        connected = s.ventilated and s.airway != "own"
        if connected is not self._connected:
            self._connected = connected
            self.tell(self.twin, "connected", connected)
            if connected:
                self._report_settings(None)
        if connected:
            value = float(round(self._pressure(), 0))
            self.tell(self.twin, "airway_pressure", value, at_s=at_s)
            self.tell(self.patient, "airway_pressure", value, at_s=at_s)

    def _pressure(self) -> float:
        s = self.body.s
        scale = 80.0 / max(5.0, s.p.weight_kg) if "child" in s.conditions else 1.0
        elastic = s.vent_vt_ml * scale / COMPLIANCE_ML_CMH2O
        return min(60.0, s.peep + elastic + RESISTIVE_CMH2O + TENSION_CMH2O * s.tension)

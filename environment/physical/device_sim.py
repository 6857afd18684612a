"""Diagnostic devices: they look at the body when they start, and answer after their turnaround."""

from __future__ import annotations

from collections.abc import Mapping

from environment.errors import InvocationFailedError, did_you_mean
from environment.model.catalogue import DIAGNOSTICS, Diagnostic, diagnostic
from environment.model.change import JSON
from environment.physical import examination
from environment.physical.adapter import Command
from environment.physical.physiology import Body
from environment.physical.simulated import SimulatedAsset

# What each type of device can do: rows of the catalogue by kind or id.
ABLE: dict[str, frozenset[str]] = {
    "ultrasound": frozenset({"ultrasound"}),
    "x_ray": frozenset({"xray"}),
    "ct": frozenset({"ct"}),
    "blood_gas": frozenset({"blood_gas", "glucose_test"}),
    "rotem": frozenset({"rotem"}),
    "laboratory": frozenset({"laboratory", "ecg"}),
}


class DeviceSim(SimulatedAsset):
    """One device. `pace` scales its turnaround; `scripted` results go before the body's truth."""

    def __init__(
        self,
        twin: str,
        type: str,
        bodies: Mapping[str, Body],
        *,
        blood_group: str = "0+",
        scripted: Mapping[str, Mapping[str, JSON]] | None = None,
        pace: float = 1.0,
        source: str = "",
    ) -> None:
        super().__init__(source or twin)
        if type not in ABLE:
            raise InvocationFailedError(f"There is no device '{type}'.{did_you_mean(type, ABLE)}")
        self.twin = twin
        self.type = type
        self._bodies = bodies
        self._blood_group = blood_group
        self._scripted = {key: dict(value) for key, value in (scripted or {}).items()}
        self._pace = pace

    def begin(self) -> None:
        """Say what it is and that it can be used."""
        self.tell_all(self.twin, {"type": self.type, "status": "available"})

    async def do_set_available(self, command: Command, available: bool) -> JSON:
        """Take it out of use, or back."""
        self.tell(self.twin, "status", "available" if available else "unavailable", command)
        return available

    async def do_examine(self, command: Command, diagnostic: str, patient: str) -> JSON:
        """Start; the sample or image is of now, the answer comes later."""
        row = self._row(diagnostic)
        body = self._bodies.get(patient)
        if body is None:
            raise InvocationFailedError(
                f"{self.source}: there is no patient '{patient}'."
                f"{did_you_mean(patient, self._bodies)}",
                "no_such_patient",
            )
        now = self.now()
        body.advance(now)
        result = self._look(row, body)
        ready = now + row.minutes * 60.0 * self._pace
        # a laboratory takes the next sample while this one runs
        if row.kind != "laboratory":
            self.tell(self.twin, "status", "in_use", command)
        self.tell(self.twin, "patient", patient, command)
        self.tell(self.twin, "ready_s", ready, command)
        value = {"diagnostic": diagnostic, "patient": patient, "ready_s": ready}
        self.tell(self.twin, "started", value, command)
        if row.kind == "ct":
            # the clock of the first scan starts here; what it shows comes with the result
            self.tell(patient, "diagnostic", {"diagnostic": diagnostic, "result": None}, command)
        self.later(ready, lambda: self._answer(command, row, diagnostic, patient, result, now))
        return ready

    def _row(self, name: str) -> Diagnostic:
        row = diagnostic(name)
        able = ABLE[self.type]
        if row.id not in able and row.kind not in able:
            can = [d.id for d in DIAGNOSTICS.values() if d.id in able or d.kind in able]
            raise InvocationFailedError(
                f"{self.source} ({self.type}) cannot do '{name}'.{did_you_mean(name, can)}",
                "cannot_do_this",
            )
        return row

    def _look(self, row: Diagnostic, body: Body) -> dict[str, JSON]:
        if row.kind == "laboratory":
            result = examination.laboratory(body, row.results, self._blood_group)
        elif row.kind == "ct":
            result = examination.scan(body, row.sites)
        elif row.kind == "xray":
            result = examination.film(body, row.id)
        elif row.id in ("efast", "ultrasound"):
            result = examination.efast(body)
        elif row.kind == "ecg":
            result = {"rhythm": body.signs().rhythm}
        else:
            result = dict(body.signs().findings)  # a cardiotocogram: what the scenario scripts
        return result | self._scripted.get(row.id, {})

    def _answer(
        self,
        command: Command,
        row: Diagnostic,
        name: str,
        patient: str,
        result: dict[str, JSON],
        taken_s: float,
    ) -> None:
        if row.kind == "laboratory":
            for member, value in result.items():
                self.tell(patient, member, value, command, at_s=taken_s)
            shown: dict[str, JSON] = {"values": result, "started_s": taken_s}
        else:
            shown = {**result, "started_s": taken_s}
        self.tell(patient, "diagnostic", {"diagnostic": name, "result": shown}, command)
        self.tell(self.twin, "last_result", {"diagnostic": name, **shown}, command)
        if row.kind != "laboratory":
            self.tell(self.twin, "status", "available", command)
        value = {"diagnostic": name, "patient": patient, "result": shown}
        self.tell(self.twin, "result", value, command)

    def script(self, diagnostic: str, **result: JSON) -> None:
        """Let the next answers of a diagnostic carry these values, as a scenario's file says."""
        self._scripted.setdefault(diagnostic, {}).update(result)

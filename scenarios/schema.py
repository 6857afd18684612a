"""A scenario file as models: who, where, what is hurt; what happens is in `script.py`.

How a file becomes a `Scenario`, with all that can be wrong with it, is in `reading.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import ConfigDict, Field, PrivateAttr, field_validator, model_validator

from scenarios.errors import Problem
from scenarios.script import (
    Branch,
    Event,
    Expect,
    Named,
    Part,
    Respond,
    Time,
    Trigger,
    Value,
)

#: Who may ask twins for operations; the words that the guards know.
Role = Literal[
    "rescuer", "operator", "trauma_leader", "team_member", "instructor", "relative", "agent"
]


class Passport(Part):
    """The patient passport: what becomes known once the person is identified."""

    readable: bool = True
    conditions: dict[str, str] = Field(default={})  # ORPHA code -> label
    allergies: dict[str, dict[str, str]] = Field(default={})  # substance -> group, severity
    anticoagulant: str = "none"
    antiplatelet: str = "none"


class Anamnesis(Part):
    """What can be learnt from the patient or the family without a passport."""

    anticoagulant: str = "none"
    antiplatelet: str = "none"
    allergies: dict[str, dict[str, str]] = Field(default={})
    medication: list[str] = Field(default=[])
    history: str = ""


class Patient(Part):
    """Who is hurt; `body` states the physiology's own parameters and conditions."""

    id: str = "patient"
    name: str = ""
    age: float = Field(ge=0, le=120)
    sex: Literal["female", "male"] = "male"
    weight_kg: float = Field(ge=0.4, le=400)
    pregnancy_weeks: float = Field(default=0, ge=0, le=45)
    anamnesis: Anamnesis = Anamnesis()
    passport: Passport | None = None
    body: dict[str, Value] = Field(default={})

    def facts(self) -> dict[str, Value]:
        """What everybody sees at once, as properties of the patient twin."""
        rows = {"age": self.age, "sex": self.sex, "weight_kg": self.weight_kg}
        return rows | {"pregnancy_weeks": self.pregnancy_weeks}

    def passport_facts(self) -> dict[str, Value] | None:
        """What the passport tells, as properties of the patient twin; None without one."""
        held = self.passport
        if held is None:
            return None
        if not held.readable:
            return {}
        return {
            "condition": {code: {"label": label} for code, label in held.conditions.items()},
            "allergy": held.allergies,
            "anticoagulant": held.anticoagulant,
            "antiplatelet": held.antiplatelet,
        }


class Injury(Named):
    """An injury of the simulated body: `kind` and the fields of that kind; `ais` for the report."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str
    at_s: Time = Field(alias="at")
    region: str = ""
    label: str = ""
    ais: int | None = Field(default=None, ge=1, le=6)

    def body_table(self) -> dict[str, Value]:
        """What the body reads: kind, start and the fields of the kind."""
        return {"kind": self.kind, "start_s": self.at_s, **(self.model_extra or {})}


class Course(Named):
    """A parameter of the body over time: a number, or [time, value] pairs, linear between them."""

    parameter: str
    values: float | list[tuple[Time, float]]
    steps: bool = False


class ScriptedFinding(Named):
    """What can be found at a time, whatever the body's model says; held until the next."""

    at_s: Time = Field(alias="at")
    gcs: int | None = Field(default=None, ge=3, le=15)
    pupil_left: float | None = Field(default=None, ge=1, le=9)
    pupil_right: float | None = Field(default=None, ge=1, le=9)
    temp_c: float | None = Field(default=None, ge=20, le=44)
    fetal_hr: float | None = Field(default=None, ge=0, le=240)


class Place(Part):
    """A place of the accident."""

    id: str
    address: str = ""
    kind_of_place: str = "road"
    hazards: list[str] = Field(default=[])


#: Latitude and longitude, degrees.
PLACES = {
    "base": (44.155, 12.235),
    "accident_place": (44.190, 12.300),
    "hospital": (44.139, 12.243),
}


class Vehicle(Part):
    """A rescue vehicle, and how many minutes it takes to each destination from where it is then."""

    id: str
    place: str = "base"
    crew: list[str] = Field(default=[])
    minutes: dict[str, float] = Field(default={"accident_place": 7.5, "hospital": 12.0})
    where: dict[str, tuple[float, float]] = Field(default=PLACES)
    source: Literal["simulated", "mqtt", "nmea"] = "simulated"
    topic: str = ""  # of its GPS over MQTT; by default traumatwin/<id>
    port: int = Field(default=0, ge=0, le=65535)  # where its GPS sends NMEA 0183 over TCP

    @model_validator(mode="after")
    def _has_its_line(self) -> Self:
        if self.source == "nmea" and not self.port:
            raise ValueError("source 'nmea' needs the 'port' at which its GPS delivers")
        if self.source != "nmea" and self.port:
            raise ValueError(f"'port' is of source 'nmea', not of '{self.source}'")
        if self.source != "mqtt" and self.topic:
            raise ValueError(f"'topic' is of source 'mqtt', not of '{self.source}'")
        return self

    @property
    def travel_s(self) -> dict[tuple[str, str], float]:
        """Seconds of travel: out to the accident, on to the hospital, and back to the base."""
        route = [self.place, *self.minutes]
        return {
            (start, end): self.minutes[end] * 60.0
            for start, end in zip(route, self.minutes, strict=False)
        }


class Room(Part):
    """A room of the hospital and what must be ready in it."""

    id: str
    type: str
    checklist: list[str] = Field(default=[])
    display: str = ""


class Person(Part):
    """Somebody who works on the case; `reads` are the displays that this person watches."""

    id: str
    role: Role = "team_member"
    title: str = ""
    place: str = ""
    reads: list[str] = Field(default=[])
    team_role: str = ""


class Device(Part):
    """A monitor, a ventilator or a diagnostic device."""

    id: str
    kind: Literal["monitor", "ventilator", "device"] = "device"
    type: str = ""
    room: str = ""
    pressure_by: Literal["arterial_line", "cuff"] = "arterial_line"
    cuff_interval_s: float = Field(default=120, ge=30)
    noise: float = Field(default=1.0, ge=0)  # scales the monitor's small noise; 0 is none
    source: Literal["simulated", "hl7", "mqtt"] = "simulated"
    port: int = Field(default=0, ge=0, le=65535)  # where it delivers HL7 v2 over MLLP
    sender: str = ""  # its name in MSH-3 where several share a port; by default its id
    topic: str = ""  # over MQTT; by default traumatwin/<id>
    patient_id: str = (
        ""  # what it calls the patient (PID-3); by default the twin's id; * is anybody
    )

    @model_validator(mode="after")
    def _has_its_line(self) -> Self:
        if self.source != "simulated" and self.kind != "monitor":
            raise ValueError(f"a {self.kind} cannot speak '{self.source}'; monitors can")
        if self.source == "hl7" and not self.port:
            raise ValueError("source 'hl7' needs the 'port' at which it delivers")
        if self.source != "hl7" and (self.port or self.sender):
            raise ValueError(f"'port' and 'sender' are of source 'hl7', not of '{self.source}'")
        if self.source != "mqtt" and self.topic:
            raise ValueError(f"'topic' is of source 'mqtt', not of '{self.source}'")
        return self


class BloodBank(Part):
    """What the blood bank holds, by product."""

    stock: dict[str, int] = Field(default={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a scenario was read from."""

    name: str  # what the command line calls it
    path: str
    text: str
    branch: str
    places: Mapping[str, tuple[tuple[str | int, ...], ...]]  # list -> where each entry stands
    lines: Mapping[tuple[str | int, ...], int]
    remarks: tuple[Problem, ...] = ()  # what is odd, but no mistake


class Scenario(Part):
    """One scenario, ready to run."""

    id: str
    title: str
    version: str = "1"
    licence: str = "Apache-2.0"
    author: str = ""
    source: str = ""  # of a published case, with its licence
    level: Literal["beginner", "intermediate", "advanced"] = "intermediate"
    goals: list[str] = Field(default=[])
    start: datetime
    ends_s: Time = Field(alias="ends")
    seed: int = 1
    patient: Patient
    injuries: list[Injury] = Field(default=[], alias="injury")
    courses: list[Course] = Field(default=[], alias="course")
    findings: list[ScriptedFinding] = Field(default=[], alias="finding")
    agents: list[str] = Field(default=[])
    places: list[Place] = Field(default=[], alias="place")
    vehicles: list[Vehicle] = Field(default=[], alias="vehicle")
    rooms: list[Room] = Field(default=[], alias="room")
    people: list[Person] = Field(default=[], alias="person")
    devices: list[Device] = Field(default=[], alias="device")
    displays: list[str] = Field(default=[], alias="display")
    blood_bank: BloodBank = BloodBank()
    events: list[Event] = Field(default=[], alias="event")
    responses: list[Respond] = Field(default=[], alias="respond")
    triggers: list[Trigger] = Field(default=[], alias="trigger")
    branches: list[Branch] = Field(default=[], alias="branch")
    expectations: list[Expect] = Field(default=[], alias="expect")
    traps: list[str] = Field(default=[])
    debrief: list[str] = Field(default=[])
    media: list[str] = Field(default=[])
    #: By language: the author's words, and what they become for readers of it.
    translation: dict[str, dict[str, str]] = Field(default={})
    _origin: Origin = PrivateAttr()

    @field_validator("start")
    @classmethod
    def _absolute(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("needs its offset from UTC, as in 2026-01-15T14:00:00Z")
        return value.astimezone(UTC)

    @property
    def origin(self) -> Origin:
        """Where it was read from."""
        return self._origin

    @property
    def name(self) -> str:
        """What the command line calls it: the file's name."""
        return self._origin.name

    @property
    def branch(self) -> str:
        """The branch that is applied, `default` for none."""
        return self._origin.branch

    @property
    def injury_at_s(self) -> float:
        """When the first injury happened."""
        return min((i.at_s for i in self.injuries), default=0.0)

    @property
    def roles(self) -> dict[str, str]:
        """Who may do what: person or agent -> role, as the operations' guards know it."""
        people: dict[str, str] = {p.id: p.role for p in self.people}
        return people | dict.fromkeys(self.agents, "agent")

    @property
    def twins(self) -> dict[str, str]:
        """Every twin id with its kind; `preh` and `trauma` come into the world during the run."""
        rows = {"central_unit": "central_unit", "preh": "preh", "trauma": "trauma"}
        rows[self.patient.id] = "patient"
        rows |= {p.id: "place" for p in self.places} | {v.id: "vehicle" for v in self.vehicles}
        rows |= {p.id: "person" for p in self.people} | {r.id: "room" for r in self.rooms}
        rows |= {d.id: d.kind for d in self.devices} | dict.fromkeys(self.displays, "display")
        rows |= {"blood_bank": "blood_bank"} | {f"mind_{a}": "mind" for a in self.agents}
        return rows

    def body_table(self) -> dict[str, Value]:
        """The simulated body as plain data: `patient`, `injury`, `script`."""
        patient = {
            "age_years": self.patient.age,
            "sex": self.patient.sex,
            "weight_kg": self.patient.weight_kg,
            **self.patient.body,
        }
        if self.patient.pregnancy_weeks >= 28:
            patient["conditions"] = [*patient.get("conditions", ()), "pregnant"]
        script: dict[str, Value] = {}
        for course in self.courses:
            pairs = course.values
            how = "steps" if course.steps else "linear"
            script[course.parameter] = (
                {how: [list(p) for p in pairs]} if isinstance(pairs, list) else pairs
            )
        for finding in sorted(self.findings, key=lambda f: f.at_s):
            for member in ("gcs", "pupil_left", "pupil_right", "temp_c", "fetal_hr"):
                value = getattr(finding, member)
                if value is not None:
                    script.setdefault(member, []).append([finding.at_s, value])
        return {
            "patient": patient,
            "injury": [i.body_table() for i in self.injuries],
            "script": script,
        }

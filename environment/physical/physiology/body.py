"""The simulated body: deterministic, without noise, driven by injuries, scripts and treatments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass

from environment.errors import did_you_mean

from . import (
    airway,  # noqa: F401 - registers its treatments
    arrest,
    breathing,
    chest,
    circulation,
    haemostasis,  # noqa: F401 - registers its treatments
    head,
    holding,
    medicine,  # noqa: F401 - registers its treatments
    metabolism,
    pharmacology,
    volumes,
)
from .course import course
from .errors import PhysiologyError, UnknownParameterError
from .injuries import (
    Abruption,
    AdrenalCrisis,
    AirwayNarrowing,
    Bleed,
    Burn,
    Contusion,
    HeadInjury,
    Injury,
    Pneumothorax,
    Smoke,
    Tamponade,
    injury_from,
)
from .parameters import BodyParameters, baseline, parameters
from .signs import Signs, read
from .state import Pleura, Script, State, Wound, fresh
from .treatment import apply

# What a scenario may script; the word it uses, and the field of the state.
SCRIPTABLE: dict[str, str] = {
    "hr0": "hr0", "map0": "map0", "pp0": "pp0", "rr0": "rr0", "rr_pain": "rr_pain",
    "shunt": "shunt0", "hrmax": "hrmax", "hr_slope": "hr_slope", "l50": "l50",
    "fio2": "fio2", "potassium": "potassium", "glucose": "glucose", "sodium": "sodium",
    "calcium": "calcium", "lactate": "lactate", "supine": "supine", "peep": "peep",
    "vent_rr": "vent_rr", "vent_vt_ml": "vent_vt_ml", "hyperthermia": "hyperthermia_m",
}  # fmt: skip
FINDINGS = frozenset({"gcs", "pupil_left", "pupil_right", "temp_c", "fetal_hr"})
HELD = frozenset({"gcs", "pupil_left", "pupil_right", "supine"})  # keep a value until the next


@dataclass(frozen=True, slots=True)
class Bleeding:
    """How one wound stands: where it is and what it has lost."""

    site: str
    region: str
    flow_ml_min: float
    lost_ml: float


class Body:
    """One patient's physiology. `advance(t)` brings it to a time, `treat` acts, `signs` looks."""

    __slots__ = ("_start_s", "_steps", "s", "step_s")

    def __init__(
        self,
        patient: BodyParameters | None = None,
        injuries: Iterable[Injury] = (),
        scripts: Mapping[str, object] | None = None,
        *,
        start_s: float | None = None,
        step_s: float = 1.0,
    ) -> None:
        given = list(injuries)
        patient = patient or BodyParameters()
        if start_s is None:
            start_s = min([0.0, *(i.start_s for i in given)])
        if not 0.0 < step_s <= 2.0:
            raise PhysiologyError(f"A step of {step_s:g} s is not above 0 and at most 2 s.")
        self._start_s = start_s
        self._steps = 0
        self.step_s = step_s
        self.s: State = fresh(patient, baseline(patient), start_s)
        self.s.injured_s = min((i.start_s for i in given), default=start_s)
        for one in given:
            _hurt(self.s, one)
        for name, values in (scripts or {}).items():
            self.script(name, values)
        self._settle()

    @property
    def time_s(self) -> float:
        """The body's own time, in seconds from the call."""
        return self.s.t_s

    @property
    def bleeding(self) -> tuple[Bleeding, ...]:
        """The wounds, in the order of the scenario."""
        return tuple(
            Bleeding(w.injury.site, w.injury.region, w.flow_ml_min, w.lost_ml)
            for w in self.s.wounds
        )

    @property
    def airway_narrowing(self) -> float:
        """How narrow the airway is, 0 to 1."""
        return self.s.narrowing.at(self.s.t_s) if self.s.narrowing is not None else 0.0

    @property
    def inhaled_smoke(self) -> bool:
        """Whether the patient breathed smoke."""
        return self.s.cohb > 0.05

    @property
    def haematoma_ml(self) -> float | None:
        """The haematoma in the skull beyond its reserve; None without a head injury."""
        return None if self.s.haematoma is None else self.s.haematoma.at(self.s.t_s)

    @property
    def had_tranexamic_acid(self) -> bool:
        """Whether tranexamic acid works."""
        return self.s.txa_start_s is not None

    def pneumothorax(self, side: str) -> float:
        """Severity of the air in one pleural space."""
        return max((x.severity for x in self.s.pleurae if x.injury.side == side), default=0.0)

    @property
    def is_alive(self) -> bool:
        """Whether there is a circulation, or it could still be brought back."""
        return self.s.rhythm != "asystole"

    def script(self, name: str, values: object) -> None:
        """Let a parameter or a finding follow a course; GCS and pupils keep each value."""
        if name not in SCRIPTABLE and name not in FINDINGS:
            known = (*SCRIPTABLE, *FINDINGS)
            raise UnknownParameterError(
                f"Nothing to script named {name!r}.{did_you_mean(name, known)}"
            )
        follows = course(values, steps=name in HELD)
        self.s.scripts = [x for x in self.s.scripts if x.name != name]
        self.s.scripts.append(Script(name, follows))

    def hurt(self, one: Injury) -> None:
        """Add an injury while the body is running."""
        _hurt(self.s, one)

    def treat(self, treatment: str, /, **details: object) -> None:
        """Do a treatment, by its name (`TREATMENTS` lists them), at the body's present time."""
        apply(self.s, treatment, details)

    def hold(self, name: str, to: float, over_s: float = 0.0) -> float:
        """Move a vital sign to a value and keep it there, whatever the body would do (`HOLDABLE`).

        It starts where it stands now, which is returned; so does a second hold of the same sign.
        """
        now = float(getattr(self.signs(), "temp_c" if name == "temp" else name, 0.0))
        holding.hold(self.s, name, now, to, over_s)
        return now

    def release(self, name: str, over_s: float = 0.0) -> None:
        """Let a held vital sign go back to the body's own."""
        holding.release(self.s, name, over_s)

    @property
    def held(self) -> tuple[holding.Held, ...]:
        """The vital signs that are held, or on their way back."""
        return holding.standing(self.s)

    def advance(self, to_s: float) -> None:
        """Step until a time; times in the past change nothing."""
        while self._start_s + (self._steps + 1) * self.step_s <= to_s + 1e-9:
            self.step()

    def step(self) -> None:
        """One step of `step_s` seconds."""
        self._steps += 1
        self.s.t_s = self._start_s + self._steps * self.step_s
        _step(self.s, self.step_s)

    def signs(self) -> Signs:
        """What can be seen and measured now."""
        return read(self.s)

    def copy(self) -> Body:
        """The same body, independent from now on: save, restore, preview."""
        twin = object.__new__(Body)
        twin._start_s, twin._steps, twin.step_s = self._start_s, self._steps, self.step_s
        twin.s = deepcopy(self.s)
        return twin

    def _settle(self) -> None:
        # a patient who was on air for years: let the gases rest before the first step
        s = self.s
        _follow(s)
        chest.obstruct(s, 0.0)
        s.deficit = max(0.0, 1.0 - s.bv_ml / s.base.bv0_ml) + s.obstruction
        circulation.settle(s)
        for _ in range(300):
            breathing.breathe(s, 2.0)
        circulation.circulate(s, 1e-9)


def _step(s: State, dt: float) -> None:
    if s.scripts:
        _follow(s)
    chest.obstruct(s, dt)
    pharmacology.act(s, dt)
    head.press(s, dt)
    circulation.circulate(s, dt)
    if s.holds:
        holding.hold_circulation(s)
    arrest.tire(s, dt)
    breathing.breathe(s, dt)
    if s.holds:
        holding.hold_oxygen(s)
    volumes.flow(s, dt)
    metabolism.metabolise(s, dt)


def _follow(s: State) -> None:
    for script in s.scripts:
        if s.t_s < script.course.times[0]:
            continue
        value = script.course.at(s.t_s)
        if value == script.written:
            continue
        script.written = value
        if script.name in FINDINGS:
            s.findings[script.name] = value
        else:
            field = SCRIPTABLE[script.name]
            setattr(s, field, bool(value) if field == "supine" else value)


def _hurt(s: State, one: Injury) -> None:
    match one:
        case Bleed():
            s.wounds.append(Wound(one))
        case Pneumothorax():
            s.pleurae.append(Pleura(one))
        case Tamponade():
            s.tamponade = one.severity
        case AirwayNarrowing():
            s.narrowing = one.severity
        case HeadInjury():
            s.haematoma, s.co2_reactivity = one.volume_ml, one.co2_ml_per_mmhg
        case Contusion():
            s.contusions.append(one.shunt)
        case Burn():
            s.burn_percent, s.burn_start_s = one.percent, one.start_s
        case Smoke():
            s.cohb, s.cyanide, s.cyanide_start_s = one.cohb, one.cyanide, one.start_s
        case AdrenalCrisis():
            s.adrenal = one.severity
        case Abruption():
            s.abruption_start_s = one.start_s


def body_from(table: Mapping[str, object], *, step_s: float = 1.0) -> Body:
    """A body from plain data: `patient`, a list of `injury`, and `script` courses."""
    known = ("patient", "injury", "script", "start_s")
    for name in table:
        if name not in known:
            raise UnknownParameterError(f"A body has no {name!r}.{did_you_mean(name, known)}")
    patient, hurts, scripts = (
        table.get("patient", {}),
        table.get("injury", []),
        table.get("script", {}),
    )
    start = table.get("start_s")
    if not isinstance(patient, Mapping) or not isinstance(scripts, Mapping):
        raise PhysiologyError("A body's 'patient' and 'script' must be tables.")
    if not isinstance(hurts, list):
        raise PhysiologyError("A body's 'injury' must be a list of tables.")
    from_s = course([[start, 0.0]]).start_s if isinstance(start, (str, int, float)) else None
    return Body(
        parameters(patient),
        [injury_from(one) for one in hurts],
        scripts,
        start_s=from_s,
        step_s=step_s,
    )

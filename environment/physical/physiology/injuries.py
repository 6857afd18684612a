"""What is wrong with the body, and how it develops. Each kind is one frozen record.

A course (severity, flow, shunt) is a number, or a list of [time, value] pairs; see `course.py`.
Times are seconds of scenario time from the emergency call; before the injury they are negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Literal

from environment.errors import did_you_mean

from .course import Course, course, seconds
from .errors import UnknownInjuryError, UnknownSiteError

Side = Literal["left", "right"]
Region = Literal["head", "chest", "abdomen", "pelvis", "limb", "junction"]

# Where a wound may be. What fits it follows: a tourniquet a limb, a binder the pelvis.
SITES: dict[str, Region] = {
    "scalp": "head", "face": "head",
    "neck": "junction", "axilla": "junction", "groin": "junction",
    "heart": "chest", "chest": "chest", "ribs": "chest", "lung": "chest", "haemothorax": "chest",
    "abdomen": "abdomen", "liver": "abdomen", "spleen": "abdomen", "kidney": "abdomen",
    "bowel": "abdomen", "aorta": "abdomen", "retroperitoneum": "abdomen", "placenta": "abdomen",
    "pelvis": "pelvis",
    "arm": "limb", "forearm": "limb", "hand": "limb", "thigh": "limb", "femur": "limb",
    "leg": "limb", "tibia": "limb", "foot": "limb", "fractures": "limb",
}  # fmt: skip
# What a balloon in the aorta cuts off.
BELOW_ZONE_1: frozenset[Region] = frozenset(("abdomen", "pelvis", "limb"))
BELOW_ZONE_3: frozenset[Region] = frozenset(("pelvis", "limb"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bleed:
    """A bleeding wound; its flow follows the pressure."""

    site: str
    flow_ml_min: Course  # at the patient's own mean pressure
    pressure_mmhg: float = 0.0  # of the surroundings: 0 open wound, 10-25 filling belly or pelvis
    start_s: float = 0.0
    clots: bool = False
    follows_pressure: bool = True  # False: as a pump would, for comparison with other engines

    def __post_init__(self) -> None:
        if self.site.split("_")[-1] not in SITES:
            raise UnknownSiteError(
                f"No site {self.site!r} for a wound.{did_you_mean(self.site, SITES)}"
            )

    @property
    def region(self) -> Region:
        """Which part of the body the wound is in; `left_thigh` is a thigh."""
        return SITES[self.site.split("_")[-1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pneumothorax:
    """Air in one pleural space; under tension it obstructs the circulation too."""

    severity: Course  # 0 to 1; above 1 under ventilation
    side: Side = "right"
    tension: bool = True
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tamponade:
    """Blood in the pericardium."""

    severity: Course
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AirwayNarrowing:
    """Oedema or a foreign body in the airway; 1 is closed."""

    severity: Course
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadInjury:
    """A haematoma inside the skull, in mL beyond what the skull's reserve takes up."""

    volume_ml: Course
    co2_ml_per_mmhg: float = 0.3  # vessels' answer to carbon dioxide; engineering default
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contusion:
    """Bruised or flooded lung: shunt added to the patient's own."""

    shunt: Course
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """Burned skin, in percent of the body surface."""

    percent: float
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoke:
    """Inhaled carbon monoxide (fraction of haemoglobin) and cyanide (0 to 1)."""

    cohb: float = 0.0
    cyanide: float = 0.0
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdrenalCrisis:
    """Lack of cortisol, 0 to 1, until hydrocortisone is given."""

    severity: Course
    start_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Abruption:
    """Placental abruption: its blood loss is a `Bleed`; this is what it does to fibrinogen."""

    start_s: float = 0.0


Injury = (
    Bleed | Pneumothorax | Tamponade | AirwayNarrowing | HeadInjury | Contusion | Burn | Smoke
    | AdrenalCrisis | Abruption
)  # fmt: skip

KINDS: dict[str, Callable[..., Injury]] = {
    "bleed": Bleed,
    "pneumothorax": Pneumothorax,
    "tamponade": Tamponade,
    "airway_narrowing": AirwayNarrowing,
    "head_injury": HeadInjury,
    "contusion": Contusion,
    "burn": Burn,
    "smoke": Smoke,
    "adrenal_crisis": AdrenalCrisis,
    "abruption": Abruption,
}
_COURSES = frozenset({"flow_ml_min", "severity", "volume_ml", "shunt"})


def injury(kind: str, **given: object) -> Injury:
    """An injury by its kind and fields; courses and times as a scenario file writes them."""
    make = KINDS.get(kind)
    if make is None:
        raise UnknownInjuryError(f"No injury of kind {kind!r}.{did_you_mean(kind, KINDS)}")
    known = {f.name: f for f in fields(make)}  # type: ignore[arg-type]  # all are dataclasses
    for name in given:
        if name not in known:
            raise UnknownInjuryError(f"Injury {kind!r} has no {name!r}.{did_you_mean(name, known)}")
    for name, f in known.items():
        if f.default is MISSING and name not in given:
            raise UnknownInjuryError(f"Injury {kind!r} needs {name!r}.")
    return make(**{name: _field(name, value) for name, value in given.items()})


def injury_from(table: Mapping[str, object]) -> Injury:
    """An injury from one table of a scenario file: `kind` and the fields of that kind."""
    kind = table.get("kind")
    if not isinstance(kind, str):
        raise UnknownInjuryError(f"Injury {dict(table)!r} needs a 'kind'.{did_you_mean('', KINDS)}")
    return injury(kind, **{name: value for name, value in table.items() if name != "kind"})


def _field(name: str, value: object) -> object:
    if name in _COURSES:
        return course(value)
    if name == "start_s" and isinstance(value, (str, int, float)):
        return seconds(value)
    return value

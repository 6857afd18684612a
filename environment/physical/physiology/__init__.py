"""The simulated body: physiology of an injured patient, for training and research only."""

from .body import Bleeding, Body, body_from
from .course import Course, course, seconds
from .errors import PhysiologyError
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
    injury,
    injury_from,
)
from .parameters import BodyParameters
from .signs import Signs

__all__ = [
    "Abruption",
    "AdrenalCrisis",
    "AirwayNarrowing",
    "Bleed",
    "Bleeding",
    "Body",
    "BodyParameters",
    "Burn",
    "Contusion",
    "Course",
    "HeadInjury",
    "Injury",
    "PhysiologyError",
    "Pneumothorax",
    "Signs",
    "Smoke",
    "Tamponade",
    "body_from",
    "course",
    "injury",
    "injury_from",
    "seconds",
]

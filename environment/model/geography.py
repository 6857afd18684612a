"""Where things are: distance over the ground, the nearest known place, the time that is left."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088  # mean radius, IUGG
#: Roads are longer than the straight line by about this factor (engineering default; published
#: detour factors of European road networks lie between 1.2 and 1.4).
DETOUR = 1.3
#: A vehicle that is nearer than this stands at the place (engineering default).
AT_PLACE_KM = 0.15
#: What a rescue vehicle makes on average, signals and town included, in km/h (engineering default).
USUAL_KMH = 60.0

Position = tuple[float, float]  # latitude and longitude, degrees


def distance_km(a: Position, b: Position) -> float:
    """Great-circle distance (haversine)."""
    lat_a, lon_a, lat_b, lon_b = map(radians, (*a, *b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2.0 * EARTH_KM * asin(min(1.0, sqrt(half)))


def place_at(here: Position, places: Mapping[str, Position]) -> str:
    """The known place where this is; empty if it is none."""
    near = min(places, key=lambda name: (distance_km(here, places[name]), name), default="")
    return near if near and distance_km(here, places[near]) <= AT_PLACE_KM else ""


def seconds_left(here: Position, there: Position, speed_kmh: float | None) -> float:
    """Time to a place by road.

    Half of the speed that counts is the present one and half the usual one: a red light does not
    make the estimate run away, and a motorway does not make it a promise.
    """
    speed = USUAL_KMH if speed_kmh is None else (USUAL_KMH + max(0.0, speed_kmh)) / 2.0
    return distance_km(here, there) * DETOUR / speed * 3600.0

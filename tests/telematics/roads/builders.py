"""Roads on a plane in metres, and drives along them with a receiver's errors."""

import itertools
import math
import random
from collections.abc import Sequence
from typing import Any

from telematics.fix import Fix
from telematics.roads import METRES_PER_DEGREE, RoadStretch
from telematics.units import kmh_to_mps
from tests.telematics.builders import at

LAT, LON = 31.0, 121.0
PER_LON = METRES_PER_DEGREE * math.cos(math.radians(LAT))
XY = tuple[float, float]


def place(x: float, y: float) -> tuple[float, float]:
    return LAT + y / METRES_PER_DEGREE, LON + x / PER_LON


def road(key: int, *points: XY, **described) -> RoadStretch:
    given: dict[str, Any] = {
        "name": f"road {key}",
        "road_class": "arterial",
        "key": key,
        "lanes": 2,
    } | described
    return RoadStretch(line=[place(*point) for point in points], **given)


def drive_along(
    points: Sequence[XY],
    kmh: float,
    *,
    every_s: float = 1.0,
    noise_m: float = 0.0,
    bias: XY = (0.0, 0.0),
    seed: int = 0,
) -> list[Fix]:
    """Reports along a line at one speed, with errors that last, as those of receivers do."""
    chance = random.Random(seed)
    off_x = off_y = 0.0
    reports, along, seconds = [], 0.0, 0.0
    length = sum(math.dist(a, b) for a, b in itertools.pairwise(points))
    while along <= length:
        (x, y), course = position(points, along)
        off_x, off_y = (0.9 * off + math.sqrt(1 - 0.81) * chance.gauss(0, noise_m) for off in (off_x, off_y))
        lat, lon = place(x + off_x + bias[0], y + off_y + bias[1])
        course = (course + chance.gauss(0, 2 if noise_m else 0)) % 360
        reports.append(
            Fix(at(seconds), lat, lon, kmh_to_mps(kmh), course, satellites=9, accuracy_m=noise_m or 3.0)
        )
        along, seconds = along + kmh_to_mps(kmh) * every_s, seconds + every_s
    return reports


def position(points: Sequence[XY], along: float) -> tuple[XY, float]:
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        length = math.dist((x1, y1), (x2, y2))
        if along <= length:
            share = along / length
            course = math.degrees(math.atan2(x2 - x1, y2 - y1)) % 360
            return (x1 + share * (x2 - x1), y1 + share * (y2 - y1)), course
        along -= length
    return points[-1], 0.0

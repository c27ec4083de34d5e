"""Builders of days of driving: a bus that follows a line drawn in metres, and stands where it is told."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from telematics.fix import Fix
from telematics.learning.routes import DrivenDay

ZONE = ZoneInfo("Asia/Shanghai")
ORIGIN_LAT, ORIGIN_LON = 31.0, 121.0
METRES_PER_LAT = 111_195.0
METRES_PER_LON = METRES_PER_LAT * math.cos(math.radians(ORIGIN_LAT))
MONDAY = date(2026, 11, 23)
CRUISE_MPS = 10.0
Point = tuple[float, float]


def lat_lon(place: Point) -> tuple[float, float]:
    """A place given in metres east and north."""
    return ORIGIN_LAT + place[1] / METRES_PER_LAT, ORIGIN_LON + place[0] / METRES_PER_LON


def drive(
    line: Sequence[Point],
    halts: Mapping[float, float],
    begins: time,
    *,
    day: date = MONDAY,
    period_s: float = 5.0,
    noise_m: float = 1.0,
    chance: Random | None = None,
) -> list[Fix]:
    """The reports of a bus that follows a line at 36 km/h and stands, after so many metres, for so many seconds."""
    chance = chance or Random(str(day))
    marks = [0.0]
    for before, after in pairwise(line):
        marks.append(marks[-1] + math.dist(before, after))
    moment, along, fixes = datetime.combine(day, begins, ZONE).astimezone(UTC), 0.0, []
    waiting = sorted(halts.items())
    left_s = 0.0
    while True:
        part = min(max(sum(mark <= along for mark in marks) - 1, 0), len(line) - 2)
        share = (along - marks[part]) / (marks[part + 1] - marks[part])
        (x, y), (to_x, to_y) = line[part], line[part + 1]
        course = math.degrees(math.atan2(to_x - x, to_y - y)) % 360
        place = (
            x + share * (to_x - x) + chance.gauss(0, noise_m),
            y + share * (to_y - y) + chance.gauss(0, noise_m),
        )
        lat, lon = lat_lon(place)
        fixes.append(
            Fix(time=moment, lat=lat, lon=lon, speed_mps=0.0 if left_s > 0 else CRUISE_MPS, course_deg=course)
        )
        if along >= marks[-1] and left_s <= 0:
            return fixes
        moment += timedelta(seconds=period_s)
        if left_s > 0:
            left_s -= period_s
        elif waiting and along + CRUISE_MPS * period_s >= waiting[0][0]:
            along, left_s = waiting.pop(0)
        else:
            along = min(along + CRUISE_MPS * period_s, marks[-1])


def parked(place: Point, begins: time, minutes: int, day: date = MONDAY) -> list[Fix]:
    """The reports of a bus that stands at its depot, one a minute."""
    lat, lon = lat_lon(place)
    first = datetime.combine(day, begins, ZONE).astimezone(UTC)
    return [
        Fix(time=first + timedelta(minutes=number), lat=lat, lon=lon, speed_mps=0.0)
        for number in range(minutes)
    ]


def days_of(*fixes: list[Fix]) -> list[DrivenDay]:
    """Days one after the other from a Monday on."""
    return [DrivenDay(MONDAY + timedelta(days=number), one) for number, one in enumerate(fixes)]

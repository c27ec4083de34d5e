"""The shifted datums of maps published in mainland China, GCJ-02 and Baidu's BD-09, to and from WGS-84.

The published offset formula on the Krasovsky 1940 ellipsoid, as in the front-end's `china.js`; both ways agree within
a centimetre. All angles in degrees.
"""

import math
from collections.abc import Callable
from enum import StrEnum

SEMI_MAJOR_AXIS_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The rectangle in which the shift is applied."""
ROUNDS = 4
BAIDU_WAVE = math.pi * 3000 / 180
BAIDU_EAST, BAIDU_NORTH = 0.0065, 0.006

LonLat = tuple[float, float]


class Datum(StrEnum):
    """In what coordinates are given."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(datum: Datum) -> Callable[[float, float], LonLat]:
    """What turns (lon, lat) of a datum into WGS-84."""
    return {Datum.WGS84: as_given, Datum.GCJ02: gcj02_to_wgs84, Datum.BD09: bd09_to_wgs84}[datum]


def as_given(lon: float, lat: float) -> LonLat:
    """WGS-84 stays as it is."""
    return lon, lat


def is_shifted(lon: float, lat: float) -> bool:
    """Whether a place lies in the rectangle in which the shift is applied."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """(lon, lat) in GCJ-02; unchanged outside China."""
    if not is_shifted(lon, lat):
        return lon, lat
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """(lon, lat) in WGS-84, by iteration, since the formula has no inverse; unchanged outside China."""
    if not is_shifted(lon, lat):
        return lon, lat
    guess = (lon, lat)
    for _round in range(ROUNDS):
        east, north = _offset(*guess)
        guess = (lon - east, lat - north)
    return guess


def bd09_to_wgs84(lon: float, lat: float) -> LonLat:
    """(lon, lat) in WGS-84 of a place that Baidu's maps give."""
    x, y = lon - BAIDU_EAST, lat - BAIDU_NORTH
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * BAIDU_WAVE)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * BAIDU_WAVE)
    return gcj02_to_wgs84(radius * math.cos(angle), radius * math.sin(angle))


def wgs84_to_bd09(lon: float, lat: float) -> LonLat:
    """(lon, lat) as Baidu's maps give a place."""
    x, y = wgs84_to_gcj02(lon, lat)
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * BAIDU_WAVE)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * BAIDU_WAVE)
    return radius * math.cos(angle) + BAIDU_EAST, radius * math.sin(angle) + BAIDU_NORTH


def _offset(lon: float, lat: float) -> LonLat:
    """How far GCJ-02 lies east and north of WGS-84."""
    x, y = lon - 105, lat - 35
    radius = math.sqrt(abs(x))
    ripple = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * radius
    north_m += (2 / 3) * (ripple + _waves(y, 20, 40))
    north_m += (2 / 3) * (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * radius
    east_m += (2 / 3) * (ripple + _waves(x, 20, 40))
    east_m += (2 / 3) * (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi))
    sin_lat = math.sin(math.radians(lat))
    magic = 1 - ECCENTRICITY_SQUARED * sin_lat * sin_lat
    meridian_m = SEMI_MAJOR_AXIS_M * (1 - ECCENTRICITY_SQUARED) / (magic * math.sqrt(magic))
    parallel_m = SEMI_MAJOR_AXIS_M / math.sqrt(magic) * math.cos(math.radians(lat))
    return math.degrees(east_m / parallel_m), math.degrees(north_m / meridian_m)


def _waves(value: float, full: float, third: float) -> float:
    return full * math.sin(value * math.pi) + third * math.sin(value / 3 * math.pi)

"""Distances, bearings and projections on the sphere, good to centimetres over a bus's stretch of road."""

import math

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG)."""


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points given in degrees, by the haversine formula, in metres."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat = math.sin((phi2 - phi1) / 2)
    half_lon = math.sin(math.radians(lon2 - lon1) / 2)
    return (
        2 * EARTH_RADIUS_M * math.asin(math.sqrt(half_lat**2 + math.cos(phi1) * math.cos(phi2) * half_lon**2))
    )


def bearing_deg(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Initial bearing from the first point to the second, degrees true, 0 to 360."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    dlon = math.radians(lon2 - lon1)
    y = math.sin(dlon) * math.cos(phi2)
    x = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(dlon)
    return math.degrees(math.atan2(y, x)) % 360


def moved(lat: float, lon: float, bearing: float, metres: float) -> tuple[float, float]:
    """The point `metres` away from (lat, lon) towards `bearing` degrees, as (lat, lon) in degrees."""
    phi, theta, delta = math.radians(lat), math.radians(bearing), metres / EARTH_RADIUS_M
    phi2 = math.asin(math.sin(phi) * math.cos(delta) + math.cos(phi) * math.sin(delta) * math.cos(theta))
    lon2 = math.radians(lon) + math.atan2(
        math.sin(theta) * math.sin(delta) * math.cos(phi), math.cos(delta) - math.sin(phi) * math.sin(phi2)
    )
    return math.degrees(phi2), (math.degrees(lon2) + 540) % 360 - 180


def angle_between_deg(a: float, b: float) -> float:
    """The smaller angle between two bearings, 0 to 180 degrees."""
    return abs((a - b + 180) % 360 - 180)

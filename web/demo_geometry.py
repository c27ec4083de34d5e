"""The simulator's places as the database keeps them."""

from django.contrib.gis.geos import LineString, Polygon

LatLon = tuple[float, float]


def line(points: tuple[LatLon, ...]) -> LineString:
    """A line of (lat, lon) pairs."""
    return LineString([(lon, lat) for lat, lon in points], srid=4326)


def polygon(ring: tuple[LatLon, ...]) -> Polygon:
    """An area inside a ring of (lat, lon) pairs, closed or not."""
    points = [(lon, lat) for lat, lon in ring]
    return Polygon(points if points[0] == points[-1] else [*points, points[0]], srid=4326)

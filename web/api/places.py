"""Places as they go out: degrees, WGS-84."""

from typing import Any

from django.contrib.gis.geos import LineString, Point
from ninja import Field, Schema


class Place(Schema):
    """A place on the earth."""

    lon_deg: float = Field(description="Degrees east, WGS-84.")
    lat_deg: float = Field(description="Degrees north, WGS-84.")


def place_of(point: Point | None) -> dict[str, float] | None:
    """A point as it goes out."""
    return {"lon_deg": point.x, "lat_deg": point.y} if point else None


def line_of(line: LineString) -> list[dict[str, Any]]:
    """A line as it goes out."""
    return [{"lon_deg": lon, "lat_deg": lat} for lon, lat in line.coords]

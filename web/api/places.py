"""Places as they come in and go out: degrees, WGS-84."""

from typing import Annotated, Any

from django.contrib.gis.geos import LineString, Point
from ninja import Field, Schema

from web.api.payload import Input

WGS84 = 4326
MOST_POINTS = 10_000
Longitude = Annotated[float, Field(ge=-180, le=180, strict=True, description="Degrees east, WGS-84.")]
Latitude = Annotated[float, Field(ge=-90, le=90, strict=True, description="Degrees north, WGS-84.")]


class Place(Schema):
    """A place on the earth."""

    lon_deg: float = Field(description="Degrees east, WGS-84.")
    lat_deg: float = Field(description="Degrees north, WGS-84.")


class GivenPlace(Input):
    """A place on the earth."""

    lon_deg: Longitude
    lat_deg: Latitude

    @property
    def point(self) -> Point:
        """As records keep it."""
        return Point(self.lon_deg, self.lat_deg, srid=WGS84)


GivenWay = Annotated[list[GivenPlace], Field(min_length=2, max_length=MOST_POINTS)]


def place_of(point: Point | None) -> dict[str, float] | None:
    """A point as it goes out."""
    return {"lon_deg": point.x, "lat_deg": point.y} if point else None


def line_of(line: LineString) -> list[dict[str, Any]]:
    """A line as it goes out."""
    return [{"lon_deg": lon, "lat_deg": lat} for lon, lat in line.coords]


def line_through(places: list[GivenPlace]) -> LineString:
    """A line through places, as records keep it."""
    return LineString([(one.lon_deg, one.lat_deg) for one in places], srid=WGS84)

"""The map that we draw ourselves: land, roads, routes, stops and schools as GeoJSON."""

from collections.abc import Iterable
from typing import Any

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.utils import timezone

from fleet.routes.models import Area, Direction, Road, RoutePattern, Stop
from fleet.routes.queries import patterns_on

CACHE_KEY = "basemap"
CACHE_S = 300
CHINA = {"lon": 104.2, "lat": 35.9, "zoom": 3.5}


def basemap() -> dict[str, Any]:
    """All layers, WGS-84; made anew every few minutes at most."""
    drawn: dict[str, Any] | None = cache.get(CACHE_KEY)
    if drawn is None:
        drawn = draw()
        cache.set(CACHE_KEY, drawn, CACHE_S)
    return drawn


def draw() -> dict[str, Any]:
    """All layers as they are now."""
    patterns = patterns_on(timezone.localdate()).select_related("route__school")
    schools = {one.route.school: school_end(one) for one in patterns}
    areas = list(Area.objects.all())
    return {
        "roads": collection(
            feature(
                "LineString",
                road.line.coords,
                names(road) | {"road_class": road.road_class, "tunnel": road.tunnel},
            )
            for road in Road.objects.all()
        ),
        "areas": collection(
            feature("Polygon", area.outline.coords, names(area) | {"kind": area.kind}) for area in areas
        ),
        "area_names": collection(
            feature("Point", area.outline.point_on_surface.coords, names(area) | {"kind": area.kind})
            for area in areas
        ),
        "routes": collection(feature("LineString", one.line.coords, names(one.route)) for one in patterns),
        "stops": collection(
            feature("Point", stop.place.coords, names(stop)) for stop in Stop.objects.current()
        ),
        "schools": collection(feature("Point", place, names(school)) for school, place in schools.items()),
        "bounds": extent(RoutePattern) or extent(Road),
    }


def school_end(pattern: RoutePattern) -> Any:
    """Where a pattern's line meets the school."""
    return pattern.line[-1 if pattern.direction == Direction.TO_SCHOOL else 0]


def extent(model: type[RoutePattern] | type[Road]) -> list[float] | None:
    """West, south, east and north of all lines of a model; None where there are none."""
    around = model.objects.aggregate(bounds=Extent("line"))["bounds"]
    return around and list(around)


def opening_view() -> dict[str, float]:
    """Where the map opens: the middle of our routes and roads, or all of China where there are none."""
    bounds = basemap()["bounds"]
    if bounds is None:
        return CHINA
    west, south, east, north = bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2, "zoom": 12.0}


def names(thing: Any) -> dict[str, str]:
    """Both names of a thing, Chinese and English."""
    return {"name_zh": thing.name, "name_en": thing.name_en or thing.name}


def feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    """One GeoJSON feature."""
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A GeoJSON feature collection."""
    return {"type": "FeatureCollection", "features": list(features)}

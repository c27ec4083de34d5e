"""Reads: roads, routes and stops."""

from collections.abc import Iterator

from fleet.routes.models import Road
from telematics.roads import RoadStretch


def road_stretches() -> Iterator[RoadStretch]:
    """Every road, as the rules look roads up."""
    for name, road_class, line in Road.objects.values_list("name", "road_class", "line").iterator():
        yield RoadStretch(name, road_class, [(lat, lon) for lon, lat in line.coords])

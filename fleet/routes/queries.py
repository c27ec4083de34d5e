"""Reads: roads, routes, their patterns and stops."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from fleet.records import RecordQuerySet
from fleet.routes.models import Road, Route, RoutePattern, Stop
from telematics.roads import RoadStretch


def road_stretches() -> Iterator[RoadStretch]:
    """Every road, as the rules look roads up."""
    for name, road_class, line in Road.objects.values_list("name", "road_class", "line").iterator():
        yield RoadStretch(name, road_class, [(lat, lon) for lon, lat in line.coords])


def patterns_on(day: date) -> RecordQuerySet:
    """The patterns that are valid on a day, whatever its weekday."""
    not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    return RoutePattern.objects.current().filter(not_over, valid_from__lte=day)


def stops_of(route: Route, day: date) -> list[Stop]:
    """The stops that a route serves on a day, each once, in the order in which they are served first."""
    patterns = patterns_on(day).filter(route=route).order_by("-direction", "pk")
    served = (one.stop for pattern in patterns for one in pattern.pattern_stops.select_related("stop").all())
    return list(dict.fromkeys(served))

"""Reads: roads, routes, their patterns and stops."""

from collections.abc import Iterator
from datetime import date

from django.contrib.gis.geos import Polygon
from django.db.models import Exists, OuterRef, Q

from fleet.grants import reach_with
from fleet.people.models import User
from fleet.records import RecordQuerySet
from fleet.routes.models import (
    ExceptionalDay,
    LowVisibility,
    PatternStop,
    Road,
    RoadImport,
    Route,
    RoutePattern,
    Stop,
    Term,
)
from fleet.routes.stop_states import stops_near
from telematics.geometry import angle_between_deg
from telematics.roads import RoadStretch

SAME_PLACE_M = 30.0
"""Stops nearer than that may be the same one; an approval holds for a stop that is moved no farther."""
OPPOSITE_DEG = 90.0
DESCRIBED = (
    "name", "road_class", "forward_kmh", "backward_kmh", "oneway", "lanes", "centre_line", "urban",
)  # fmt: skip
"""The fields of a road that are those of a stretch."""


def routes_for(person: User, permission: str = "routes.view_route") -> RecordQuerySet:
    """The routes, archived ones too, for which a person has a permission; it agrees with the rule of that name."""
    reached = reach_with(person, permission)
    found = Route.objects.filter(Q(school__in=reached) | Q(buses__operator__in=reached))
    return Route.objects.filter(pk__in=found.values("pk")).select_related("school")


def stops_for(person: User, permission: str = "routes.view_stop") -> RecordQuerySet:
    """The stops, archived ones too, for which a person has a permission; it agrees with the rule of that name."""
    reached = reach_with(person, permission)
    routes = Q(pattern__route__school__in=reached) | Q(pattern__route__buses__operator__in=reached)
    served = PatternStop.objects.filter(routes, stop=OuterRef("pk"))
    return Stop.objects.filter(Q(organisation__in=reached) | Q(school__in=reached) | Exists(served))


def terms_for(person: User, permission: str = "routes.view_term") -> RecordQuerySet:
    """The terms, archived ones too, for which a person has a permission."""
    return Term.objects.filter(school__in=reach_with(person, permission)).select_related("school")


def exceptional_days_for(person: User, permission: str = "routes.view_exceptionalday") -> RecordQuerySet:
    """The exceptional days, archived ones too, for which a person has a permission."""
    return ExceptionalDay.objects.filter(school__in=reach_with(person, permission)).select_related("school")


def low_visibility_for(person: User, permission: str = "routes.view_lowvisibility") -> RecordQuerySet:
    """The times of low visibility, taken back ones too, for which a person has a permission."""
    reached = reach_with(person, permission)
    return LowVisibility.objects.filter(organisation__in=reached).select_related("organisation")


def road_stretches(within: Polygon | None = None) -> Iterator[RoadStretch]:
    """Every road, as the rules look roads up; its key stays the same where its extract is imported anew.

    Args:
        within: only roads whose bounding box touches this one's.
    """
    roads = Road.objects.all() if within is None else Road.objects.filter(line__bboverlaps=within)
    for pk, way_id, line, *described in roads.values_list("pk", "way_id", "line", *DESCRIBED).iterator():
        places = [(lat, lon) for lon, lat in line.coords]
        key = -pk if way_id is None else way_id
        yield RoadStretch(**dict(zip(DESCRIBED, described, strict=True)), line=places, key=key)


def newest_road_import() -> int:
    """Number of the last import of roads; 0 where there was none."""
    return RoadImport.objects.values_list("pk", flat=True).order_by("-pk").first() or 0


def patterns_on(day: date) -> RecordQuerySet:
    """The patterns that are valid on a day, whatever its weekday."""
    not_over = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    return RoutePattern.objects.current().filter(not_over, valid_from__lte=day)


def patterns_from(day: date) -> RecordQuerySet:
    """The patterns that hold on a day or after it."""
    return RoutePattern.objects.current().exclude(valid_until__lt=day)


def stops_of(route: Route, day: date) -> list[Stop]:
    """The stops that a route serves on a day, each once, in the order in which they are served first."""
    patterns = patterns_on(day).filter(route=route).order_by("-direction", "pk")
    served = (one.stop for pattern in patterns for one in pattern.pattern_stops.select_related("stop").all())
    return list(dict.fromkeys(served))


def duplicates_of(stop: Stop) -> list[tuple[float, Stop]]:
    """The stops in use within 30 m of one, which may be the same: their distance in metres, the nearest first.

    Stops over the road from each other, which lie on different sides of it as their buses drive, are two stops.
    """
    near = stops_near(Stop.objects.current().exclude(pk=stop.pk), stop.place.y, stop.place.x, SAME_PLACE_M)
    return [(metres, one) for metres, one in near if not are_opposite(stop, one)]


def are_opposite(one: Stop, other: Stop) -> bool:
    """Whether buses come to two stops from opposite directions; where that is not known, they may be the same."""
    if one.approach_deg is None or other.approach_deg is None:
        return False
    return angle_between_deg(one.approach_deg, other.approach_deg) > OPPOSITE_DEG

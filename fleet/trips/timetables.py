"""Trips as the matching and the prediction take them; patterns are made once and kept, for they don't change."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils import timezone

from fleet.regulations.calendars import china_calendar
from fleet.routes.models import RoutePattern as StoredPattern
from fleet.trips.days import day_kind, midnight_s
from fleet.trips.models import StopVisit, Trip
from telematics.timetable import PatternStop, PlannedTrip, RoutePattern

PATTERNS_KEPT = 4096


def planned_trip(trip: Trip, visits: Iterable[StopVisit]) -> PlannedTrip:
    """A trip with its planned times; its id is the trip's.

    Args:
        trip: the trip.
        visits: its stops in their order.
    """
    stops = list(visits)
    zone = timezone.get_default_timezone()
    midnight = midnight_s(trip.service_date, zone)
    return PlannedTrip(
        trip_id=str(trip.pk),
        pattern=pattern_of(trip.pattern_id, tuple((str(one.stop_id), one.distance_m) for one in stops)),
        day_kind=day_kind(trip.service_date, china_calendar()),
        midnight_s=midnight,
        stop_clock_s=[one.planned_at.timestamp() - midnight for one in stops],
    )


@lru_cache(PATTERNS_KEPT)
def pattern_of(pk: int, stops: tuple[tuple[str, float], ...]) -> RoutePattern:
    """A pattern with its line; the same object each time, so that its line is made ready once."""
    line = StoredPattern.objects.values_list("line", flat=True).get(pk=pk)
    return RoutePattern(
        pattern_id=str(pk),
        line=[(lat, lon) for lon, lat in line.coords],
        stops=[PatternStop(stop, at_m) for stop, at_m in stops],
    )

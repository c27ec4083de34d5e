"""Reads: what the checks of a way need to know of it."""

from datetime import date

from fleet.pupils.queries import assignments_on
from fleet.pupils.riders import capacity_of, riders_by_weekday
from fleet.routes.checks import Concern, ServedStop, Stretch, WayFacts, check_way
from fleet.routes.models import HazardousStretch, PatternStop, RoutePattern, SideOfRoad
from fleet.routes.pattern_changes import lat_lons


def concerns_of(pattern: RoutePattern, today: date) -> list[Concern]:
    """Everything questionable about a way on a day."""
    return check_way(facts_of(pattern, today), today)


def facts_of(pattern: RoutePattern, today: date) -> WayFacts:
    """What is known of a way; where pupils live is not recorded, so how far they walk is not known."""
    stops = list(pattern.pattern_stops.select_related("stop").order_by("order"))
    stretches = HazardousStretch.objects.current().filter(pattern=pattern)
    return WayFacts(
        line=lat_lons(pattern.line),
        stops=[served(one) for one in stops],
        ride_s=stops[-1].offset_s - stops[0].offset_s if stops else 0,
        stretches=[Stretch(one.begins_m, one.ends_m, one.protected) for one in stretches],
        most_riders=max(riders_by_weekday(pattern, today).values()),
        capacity=capacity_of(pattern),
        pupils_without_home=assignments_on(today).filter(pattern=pattern).values("pupil").distinct().count(),
    )


def served(one: PatternStop) -> ServedStop:
    """A stop of a way."""
    stop = one.stop
    return ServedStop(
        stop=stop.pk,
        lat=stop.place.y,
        lon=stop.place.x,
        approach_deg=stop.approach_deg,
        is_off_road=stop.side == SideOfRoad.OFF_ROAD,
        distance_m=one.distance_m,
        approved_on=stop.approved_on,
        approved_until=stop.approved_until,
    )

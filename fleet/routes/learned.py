"""Writes: a route as it was learned from driving, once somebody has confirmed it: all of it, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.gis.geos import LineString, Point
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.routes.models import Route, RoutePattern, SideOfRoad, Stop
from fleet.routes.pattern_changes import PlannedStop, Way, draw_pattern
from fleet.routes.patterns import EVERY_WEEKDAY
from fleet.routes.queries import SAME_PLACE_M, are_opposite
from fleet.routes.route_changes import add_departure, create_route
from fleet.routes.stop_changes import create_stop
from fleet.vehicles.models import Bus
from telematics.geometry import distance_m


@dataclass(frozen=True)
class ConfirmedStop:
    """A stop of a way that somebody has confirmed.

    Attributes:
        stop: that is recorded; None where one is to be.
        name: of a new one.
        place: of a new one, WGS-84.
        approach_deg: course on which buses come to it, where that is known.
        offset_s: planned arrival after the departure from the first stop; None to have it estimated.
        dwell_s: planned standing time.
    """

    stop: Stop | None
    name: str
    place: Point
    approach_deg: float | None = None
    offset_s: int | None = None
    dwell_s: int = 20


@dataclass(frozen=True)
class ConfirmedWay:
    """A way that somebody has confirmed.

    Attributes:
        direction: a `Direction`.
        line: WGS-84, as the bus drives.
        stops: in order.
        departures: local times at the first stop.
        valid_from: first day.
        weekdays: bit 0 is Monday.
    """

    direction: str
    line: LineString
    stops: Sequence[ConfirmedStop]
    departures: Sequence[time]
    valid_from: date
    weekdays: int = EVERY_WEEKDAY


class WayRefusedError(Exception):
    """A way can't be kept; nothing was stored.

    Attributes:
        way: its number among those confirmed, from 0.
        error: what is wrong with it.
    """

    def __init__(self, way: int, error: ValidationError) -> None:
        super().__init__(f"way {way}")
        self.way, self.error = way, error


@transaction.atomic
def keep_learned(
    *,
    route: Route | None,
    details: Mapping[str, object],
    ways: Sequence[ConfirmedWay],
    bus: Bus,
    keeper: Organisation,
    by: User,
) -> Route:
    """Keep a route with its ways, their new stops and their departures.

    Args:
        route: that runs the ways from now on; None to make one.
        details: of a new one: `name` and `school` at least.
        ways: that were confirmed.
        bus: whose driving they were learned from, and that departs.
        keeper: who keeps the new stops.
        by: who does it.

    Raises:
        PermissionDenied: where `by` may not change the route, or stops of the keeper.
        RecordError: where the route is archived, or the bus does not serve its school.
        ValidationError: of the route, naming each field that can't be right.
        WayRefusedError: of one of the ways.
    """
    reason = _("Learned from the driving of %s") % bus
    if not ways:
        raise ValidationError(_("Keep one way at least."))
    kept = route or create_route(by=by, reason=reason, **details)
    made: list[Stop] = []
    for number, way in enumerate(ways):
        try:
            pattern = draw_confirmed(kept, way, made, keeper, by=by, reason=reason)
        except ValidationError as error:
            raise WayRefusedError(number, error) from error
        for at in sorted(set(way.departures)):
            add_departure(pattern=pattern, at=at, bus=bus, by=by, reason=reason)
    return kept


def draw_confirmed(
    route: Route, way: ConfirmedWay, made: list[Stop], keeper: Organisation, *, by: User, reason: str
) -> RoutePattern:
    """Draw a way; its new stops are added to those that were `made` for the ways before it."""
    before = list(made)
    planned = []
    for one in way.stops:
        stop = one.stop or same_stop(before, one)
        if stop is None:
            stop = create_stop(by=by, reason=reason, **stop_details(one, keeper, route.school))
            made.append(stop)
        planned.append(PlannedStop(stop, one.offset_s, one.dwell_s))
    drawn = Way(way.direction, way.line, planned, way.valid_from, way.weekdays)
    return draw_pattern(route=route, way=drawn, by=by, reason=reason)


def stop_details(one: ConfirmedStop, keeper: Organisation, school: Organisation) -> dict[str, Any]:
    """What is recorded of a new stop: its approval and markings are not known yet."""
    return {
        "name": one.name,
        "place": one.place,
        "approach_deg": None if one.approach_deg is None else round(one.approach_deg, 1) % 360,
        "side": SideOfRoad.RIGHT if one.approach_deg is not None else "",
        "organisation": keeper,
        "school": school,
    }


def same_stop(made: Sequence[Stop], one: ConfirmedStop) -> Stop | None:
    """A stop that was just made for the way before within 30 m, which buses do not come to from over the road."""
    wanted = Stop(place=one.place, approach_deg=one.approach_deg)
    near = [
        (distance_m(one.place.y, one.place.x, stop.place.y, stop.place.x), stop.pk, stop)
        for stop in made
        if not are_opposite(wanted, stop)
    ]
    metres, _pk, nearest = min(near, default=(SAME_PLACE_M + 1, 0, None))
    return nearest if metres <= SAME_PLACE_M else None

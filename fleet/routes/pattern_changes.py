"""Writes: the ways that a route runs. One that has trips is never changed: another takes its place from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.contrib.gis.geos import LineString
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.pupils.assignments import follow_pattern
from fleet.pupils.models import Pupil
from fleet.records import RecordError, archive_record, refuse_archived, refuse_unless_allowed, save_record
from fleet.routes.models import (
    Departure,
    HazardousStretch,
    LimiterStretch,
    PatternStop,
    Route,
    RoutePattern,
    Stop,
)
from fleet.routes.patterns import EVERY_WEEKDAY, Stretch
from fleet.routes.route_changes import CHANGE, changeable, locked_route
from telematics.line import Line, Place
from telematics.stops_on_line import OffLineError, StopOrderError, StopPlace, places_along

FEWEST_STOPS = 2
PLANNED_MPS = 6.0
"""22 km/h between stops, where nobody has said otherwise: what is planned is learned from the trips later."""
ON_LINE_M = 30.0


@dataclass(frozen=True)
class PlannedStop:
    """A stop of a way to be.

    Attributes:
        stop: where.
        offset_s: planned arrival after the departure from the first stop; None to have it estimated.
        dwell_s: planned standing time.
    """

    stop: Stop
    offset_s: int | None = None
    dwell_s: int = 20


@dataclass(frozen=True)
class Way:
    """How a route is to run in one direction.

    Attributes:
        direction: a `Direction`.
        line: WGS-84, as the bus drives.
        stops: in order.
        valid_from: first day.
        weekdays: bit 0 is Monday.
        valid_until: last day; None where no end is known.
    """

    direction: str
    line: LineString
    stops: Sequence[PlannedStop]
    valid_from: date
    weekdays: int = EVERY_WEEKDAY
    valid_until: date | None = None


@transaction.atomic
def draw_pattern(*, route: Route, way: Way, by: User, reason: str = "") -> RoutePattern:
    """Give a route a way to run.

    Args:
        route: whose.
        way: how.
        by: who does it.
        reason: kept in the history.

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where the route is archived.
        ValidationError: naming what can't be right: "stops", with the stop, "line", or a field.
    """
    route = locked_route(route)
    refuse_unless_allowed(by, CHANGE, route)
    refuse_archived(route)
    return stored(RoutePattern(route=route), way, by=by, reason=reason)


@transaction.atomic
def redraw_pattern(
    pattern: RoutePattern, way: Way, *, by: User, reason: str = ""
) -> tuple[RoutePattern, list[Pupil]]:
    """Have a route run another way in place of one.

    A way without trips is changed itself. One that has trips ends before the first day of the new one, which takes
    over its departures, its dangerous stretches, its speed limiters and the stops of its pupils.

    Args:
        pattern: the way up to now.
        way: the way from then on; its direction stays.
        by: who does it.
        reason: kept in the history.

    Returns:
        The pattern as it holds from then on, and the pupils whose stop it does not serve any more.

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where it is archived.
        ValidationError: as `draw_pattern` does; "valid_from" where it would change what has run; "line" where it
            leaves a dangerous stretch, or one with a limiter, of the way up to now.
    """
    changeable(pattern, by)
    way = replace(way, direction=pattern.direction)
    if not pattern.trips.exists() and not pattern.stop_assignments.exists():
        stretches = moved_stretches(pattern, way)
        PatternStop.objects.filter(pattern=pattern).delete()
        changed = stored(pattern, way, by=by, reason=reason)
        for stretch in stretches:
            save_record(stretch, by=by, reason=reason)
        return changed, []
    return follow(pattern, way, by=by, reason=reason)


def follow(pattern: RoutePattern, way: Way, *, by: User, reason: str) -> tuple[RoutePattern, list[Pupil]]:
    """Store the way that takes the place of one that has run, and end that one; see `redraw_pattern`."""
    if way.valid_from <= timezone.localdate():
        message = _("What has run stays as it was: another way holds from tomorrow at the earliest.")
        raise ValidationError({"valid_from": message})
    stretches = moved_stretches(pattern, way)
    departures = list(Departure.objects.current().filter(pattern=pattern))
    for departure in departures:
        archive_record(departure, by=by, reason=reason or _("Another way takes its place."))
    end(pattern, way.valid_from - timedelta(days=1), by=by, reason=reason)
    made = stored(RoutePattern(route=pattern.route), way, by=by, reason=reason)
    for departure in departures:
        save_record(Departure(pattern=made, at=departure.at, bus=departure.bus), by=by, reason=reason)
    for stretch in stretches:
        stretch.pk, stretch.pattern = None, made
        stretch._state.adding = True
        save_record(stretch, by=by, reason=reason)
    return made, follow_pattern(pattern, made, by=by, reason=reason)


@transaction.atomic
def end_pattern(pattern: RoutePattern, *, last_day: date, by: User, reason: str = "") -> RoutePattern:
    """Have a way run for the last time on a day.

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where it is archived, or ends earlier already.
        ValidationError: where the day is over.
    """
    changeable(pattern, by)
    if last_day < timezone.localdate():
        raise ValidationError({"valid_until": _("What has run stays as it was: give today or a later day.")})
    if pattern.valid_until and pattern.valid_until <= last_day:
        raise RecordError(_("It ends on %(day)s already.") % {"day": pattern.valid_until})
    end(pattern, last_day, by=by, reason=reason)
    return pattern


@transaction.atomic
def withdraw_pattern(pattern: RoutePattern, *, by: User, reason: str) -> RoutePattern:
    """Take out of use a way that was drawn by mistake and has never been run.

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where it is archived, or has trips or pupils.
    """
    changeable(pattern, by)
    if pattern.trips.exists() or pattern.stop_assignments.exists():
        raise RecordError(_("It has trips or pupils already: end it instead."))
    for departure in Departure.objects.current().filter(pattern=pattern):
        archive_record(departure, by=by, reason=reason)
    archive_record(pattern, by=by, reason=reason)
    return pattern


def end(pattern: RoutePattern, last_day: date, *, by: User, reason: str) -> None:
    """Have a pattern hold up to a day; one that had not begun by then is archived."""
    if last_day < pattern.valid_from:
        archive_record(pattern, by=by, reason=reason or _("Ended before it began."))
        return
    if pattern.valid_until is None or pattern.valid_until > last_day:
        pattern.valid_until = last_day
        save_record(pattern, by=by, reason=reason)


def stored(pattern: RoutePattern, way: Way, *, by: User, reason: str) -> RoutePattern:
    """Store a pattern with its stops where they lie along its line."""
    places = places_of(way)
    pattern.direction, pattern.weekdays = way.direction, way.weekdays
    pattern.valid_from, pattern.valid_until = way.valid_from, way.valid_until
    pattern.line, pattern.length_m = way.line, length_m(way.line)
    save_record(pattern, by=by, reason=reason)
    offsets = offsets_s(way, places)
    PatternStop.objects.bulk_create(
        PatternStop(
            pattern=pattern,
            stop=planned.stop,
            order=order,
            distance_m=place.along_m,
            offset_s=offset,
            dwell_s=planned.dwell_s,
        )
        for order, (planned, place, offset) in enumerate(
            zip(way.stops, places, offsets, strict=True), start=1
        )
    )
    return pattern


def places_of(way: Way) -> list[Place]:
    """Where the stops of a way lie along its line.

    Raises:
        ValidationError: "stops", with the names of those that the line does not pass in this order; or "line".
    """
    if len(way.stops) < FEWEST_STOPS:
        raise ValidationError({"stops": _("A way has two stops or more.")})
    if archived := [str(one.stop) for one in way.stops if one.stop.archived_at]:
        raise ValidationError({"stops": _("These stops are archived: %s.") % ", ".join(archived)})
    wanted = [StopPlace(one.stop.place.y, one.stop.place.x, one.stop.approach_deg) for one in way.stops]
    try:
        return places_along(lat_lons(way.line), wanted)
    except OffLineError as error:
        names = ", ".join(str(way.stops[number].stop) for number in error.stops)
        message = _("These stops are farther than 60 m from the line: %s.") % names
        raise ValidationError({"stops": message}) from error
    except StopOrderError as error:
        message = _("The line does not come to “%s” after the stops before it.")
        raise ValidationError({"stops": message % way.stops[error.stop].stop}) from error
    except ValueError as error:
        raise ValidationError({"line": _("A line has two points or more that differ.")}) from error


def offsets_s(way: Way, places: Sequence[Place]) -> list[int]:
    """The planned arrival at each stop; estimated from the distance where none is given.

    Raises:
        ValidationError: "stops", where a stop would be reached before the one before it.
    """
    offsets: list[int] = []
    left_s, left_m = 0, places[0].along_m
    for planned, place in zip(way.stops, places, strict=True):
        offset = planned.offset_s
        if offset is None:
            offset = left_s + round((place.along_m - left_m) / PLANNED_MPS)
        if offsets and offset <= offsets[-1]:
            message = _("“%s” would be reached before the stop before it.") % planned.stop
            raise ValidationError({"stops": message})
        offsets.append(offset)
        left_s, left_m = offset + (planned.dwell_s if len(offsets) > 1 else 0), place.along_m
    return offsets


def moved_stretches(pattern: RoutePattern, way: Way) -> list[Stretch]:
    """The dangerous stretches and the speed limiters of a pattern as they lie on another line, not stored.

    Raises:
        ValidationError: "line", naming the first that is not on it.
    """
    before, after = Line(lat_lons(pattern.line)), lat_lons(way.line)
    stretches: list[Stretch] = [
        *HazardousStretch.objects.current().filter(pattern=pattern),
        *LimiterStretch.objects.current().filter(pattern=pattern),
    ]
    for stretch in stretches:
        ends = [StopPlace(*before.point_at(at_m)) for at_m in (stretch.begins_m, stretch.ends_m)]
        try:
            first, last = places_along(after, ends, ON_LINE_M)
        except ValueError as error:
            raise ValidationError({"line": left_by_line(stretch)}) from error
        stretch.begins_m, stretch.ends_m = first.along_m, last.along_m
    return stretches


def left_by_line(stretch: Stretch) -> str:
    """What is said of a stretch that another line does not have."""
    if isinstance(stretch, HazardousStretch):
        message = _("The line leaves a dangerous stretch: %s. If that is so, archive the stretch first.")
        return message % stretch.get_kind_display()
    message = _(
        "The line leaves a stretch with a speed limiter: %s. If that is so, archive the stretch first."
    )
    return message % stretch


def length_m(line: LineString) -> float:
    """The length of a line on the ground."""
    return Line(lat_lons(line)).length_m


def lat_lons(line: LineString) -> list[tuple[float, float]]:
    """The points of a line, as `telematics` takes them."""
    return [(lat, lon) for lon, lat, *_height in line.coords]

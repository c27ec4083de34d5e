"""Writes: routes, departures, dangerous stretches and speed limiters. The ways are in `pattern_changes`."""

from collections.abc import Mapping
from datetime import time
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.records import (
    RecordError,
    archive_record,
    create_record,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)
from fleet.routes.models import Departure, HazardousStretch, LimiterStretch, Route, RoutePattern
from fleet.vehicles.models import Bus

CHANGE = "routes.change_route"
ROUTE_FIELDS = frozenset({"name", "name_en", "school"})
STRETCH_FIELDS = frozenset({"kind", "begins_m", "ends_m", "protected", "note"})
LIMITER_FIELDS = frozenset({"begins_m", "ends_m", "limit_kmh", "note"})

OfPattern = TypeVar("OfPattern", Departure, HazardousStretch, LimiterStretch)


@transaction.atomic
def create_route(*, by: User, reason: str = "", **details: object) -> Route:
    """Put a route of a school into the registry; `name` and `school` at least.

    Raises:
        PermissionDenied: where `by` may not change routes of that school.
        RecordError: for a field that can't be given.
        ValidationError: naming each field that can't be right.
    """
    route = Route()
    set_fields(route, details, ROUTE_FIELDS)
    refuse_unless_allowed(by, CHANGE, route)
    save_record(route, by=by, reason=reason)
    return route


@transaction.atomic
def change_route(route: Route, changes: Mapping[str, object], *, by: User, reason: str = "") -> Route:
    """Change what a route is called, or its school; one that has ways to run stays with its school.

    Raises:
        PermissionDenied: where `by` may not change it.
        RecordError: where it is archived, a field can't be changed so, or its school can't.
        ValidationError: naming each field that can't be right.
    """
    route = locked_route(route)
    refuse_unless_allowed(by, CHANGE, route)
    refuse_archived(route)
    school = route.school_id
    set_fields(route, changes, ROUTE_FIELDS)
    if route.school_id != school and route.patterns.exists():
        raise RecordError(_("A route that has ways to run stays with its school. Draw another route."))
    refuse_unless_allowed(by, CHANGE, route)
    save_record(route, by=by, reason=reason)
    return route


@transaction.atomic
def archive_route(route: Route, *, by: User, reason: str) -> Route:
    """Take a route out of use; it runs no more from now on.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where buses still name it; and as `archive_record` does.
    """
    route = locked_route(route)
    refuse_unless_allowed(by, "routes.archive_route", route)
    if buses := list(route.buses.filter(archived_at=None)):
        raise RecordError(
            _("These buses still run the route: %(buses)s.") % {"buses": ", ".join(map(str, buses))}
        )
    archive_record(route, by=by, reason=reason)
    return route


@transaction.atomic
def restore_route(route: Route, *, by: User, reason: str = "") -> Route:
    """Bring an archived route back into use.

    Raises:
        PermissionDenied: where `by` may not archive it.
        RecordError: where it is not archived.
    """
    route = locked_route(route)
    refuse_unless_allowed(by, "routes.archive_route", route)
    restore_record(route, by=by, reason=reason)
    return route


@transaction.atomic
def add_departure(
    *, pattern: RoutePattern, at: time, by: User, bus: Bus | None = None, reason: str = ""
) -> Departure:
    """Have a pattern run at a time of its days; the trips of the coming days follow.

    Args:
        pattern: which way.
        at: local time.
        by: who does it.
        bus: that runs it, where it is known; two departures of one bus are a double run.
        reason: kept in the history.

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where the pattern is archived or over, or the bus does not serve the school.
        ValidationError: where the same departure is there already.
    """
    changeable(pattern, by)
    refuse_over(pattern)
    refuse_bus_of_others(pattern, bus)
    departure = Departure(pattern=pattern, at=at, bus=bus)
    save_record(departure, by=by, reason=reason)
    return departure


@transaction.atomic
def change_departure(
    departure: Departure, *, at: time, bus: Bus | None, by: User, reason: str = ""
) -> Departure:
    """Give a departure another time or bus.

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where it is archived, or the bus does not serve the school.
        ValidationError: where the same departure is there already.
    """
    changeable(departure.pattern, by)
    departure.refresh_from_db()
    refuse_archived(departure)
    refuse_bus_of_others(departure.pattern, bus)
    departure.at, departure.bus = at, bus
    save_record(departure, by=by, reason=reason)
    return departure


@transaction.atomic
def add_stretch(*, pattern: RoutePattern, by: User, reason: str = "", **details: object) -> HazardousStretch:
    """Record a dangerous part of a pattern's line (校车安全管理条例 Art 28).

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where the pattern is archived, or a field can't be given.
        ValidationError: naming each field that can't be right.
    """
    changeable(pattern, by)
    stretch = HazardousStretch(pattern=pattern)
    create_record(stretch, details, STRETCH_FIELDS, by=by, reason=reason)
    return stretch


@transaction.atomic
def add_limiter(*, pattern: RoutePattern, by: User, reason: str = "", **details: object) -> LimiterStretch:
    """Have buses go slower on a part of a pattern's line than the law asks for, from now on (Art 10).

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: where the pattern is archived, or a field can't be given.
        ValidationError: naming each field that can't be right.
    """
    changeable(pattern, by)
    limiter = LimiterStretch(pattern=pattern)
    create_record(limiter, details, LIMITER_FIELDS, by=by, reason=reason)
    return limiter


@transaction.atomic
def archive_of_pattern(one: OfPattern, *, by: User, reason: str) -> OfPattern:
    """Take a departure, a dangerous stretch or a speed limiter out of use.

    Raises:
        PermissionDenied: where `by` may not change the route.
        RecordError: as `archive_record` does.
    """
    changeable(one.pattern, by)
    one.refresh_from_db()
    archive_record(one, by=by, reason=reason)
    return one


def changeable(pattern: RoutePattern, by: User) -> Route:
    """The route of a pattern, locked, where `by` may change it and the pattern is in use.

    Raises:
        PermissionDenied: where `by` may not.
        RecordError: where the route or the pattern is archived.
    """
    route = locked_route(pattern.route)
    refuse_unless_allowed(by, CHANGE, route)
    refuse_archived(route)
    pattern.refresh_from_db()
    refuse_archived(pattern)
    return route


def refuse_over(pattern: RoutePattern) -> None:
    """Refuse what comes after the last day of a pattern.

    Raises:
        RecordError: saying so.
    """
    if pattern.valid_until and pattern.valid_until < timezone.localdate():
        raise RecordError(_("This way was run until %(day)s only.") % {"day": pattern.valid_until})


def refuse_bus_of_others(pattern: RoutePattern, bus: Bus | None) -> None:
    """Refuse a bus that is archived, or serves another school.

    Raises:
        RecordError: saying so.
    """
    if bus is None:
        return
    refuse_archived(bus)
    if bus.school_id not in (None, pattern.route.school_id):
        raise RecordError(_("Bus %(bus)s serves another school.") % {"bus": bus})


def locked_route(route: Route) -> Route:
    """The route as it is stored, with its row locked until the transaction ends."""
    locked: Route = Route.objects.select_for_update().get(pk=route.pk)
    return locked

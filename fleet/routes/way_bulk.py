"""Writes: ways of routes from a spreadsheet: their stops in order and their departures; the line is drawn later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.contrib.gis.geos import LineString
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fleet.bulk import Bulk
from fleet.clashes import Clash
from fleet.people.models import User
from fleet.records import RecordError, refuse_archived, refuse_unless_allowed
from fleet.routes.models import PatternStop, Route, RoutePattern
from fleet.routes.pattern_changes import (
    PlannedStop,
    Way,
    length_m,
    offsets_s,
    places_of,
    stored,
    withdraw_pattern,
)
from fleet.routes.route_changes import CHANGE, add_departure, archive_route, create_route, locked_route

GIVEN = "given_way"
DWELL_S = 20


def school_of(pattern: RoutePattern) -> set[int | None]:
    """The school whose route a pattern is, or would be."""
    given = vars(pattern).get(GIVEN)
    return {given["school"].pk if given else pattern.route.school_id}


@dataclass(frozen=True)
class WayBulk(Bulk):
    """Ways, each with the name of its route, its stops, times and departures; few enough to be stored one by one."""

    def fill(self, record: Any, values: Mapping[str, Any]) -> None:
        """Give a way values; its line is straight from stop to stop."""
        record.direction, record.weekdays = values["direction"], values["weekdays"]
        record.valid_from, record.valid_until = values["valid_from"], values.get("valid_until")
        vars(record)[GIVEN] = dict(values)
        if route := Route.objects.current().filter(school=values["school"], name=values["route"]).first():
            record.route = route
        places = [stop.place for stop in values["stops"]]
        if len({place.coords for place in places}) > 1:
            record.line = LineString([place.coords for place in places], srid=4326)
            record.length_m = length_m(record.line)
        record.archived_at = None

    def judge(self, record: Any) -> None:
        """Stops and times fit each other, and the bus serves the school.

        Raises:
            ValidationError: naming each field that can't be right.
        """
        given = vars(record)[GIVEN]
        minutes = given.get("minutes")
        if minutes and len(minutes) != len(given["stops"]):
            message = _("There are %(minutes)d times for %(stops)d stops.")
            raise ValidationError(
                {"minutes": message % {"minutes": len(minutes), "stops": len(given["stops"])}}
            )
        bus = given.get("bus")
        if bus and bus.school_id not in {None, given["school"].pk}:
            raise ValidationError({"bus": _("Bus %(bus)s serves another school.") % {"bus": bus}})
        if record.line is not None:
            way = way_of(record)
            offsets_s(way, places_of(way))

    def clashes(self, records: Sequence[Any]) -> list[Clash]:
        """Ways of one route and direction that hold on the same days, among those to be stored."""
        return [
            Clash(
                later, "valid_from", _("Another pattern of this direction holds on some of these days."), one
            )
            for one, later in combinations(records, 2)
            if hold_together(one, later)
        ]

    @transaction.atomic
    def store(self, *, new: Sequence[Any], changed: Sequence[Any], by: User, reason: str) -> None:
        """Add ways, or bring archived ones back; a route that is not there is made.

        Raises:
            PermissionDenied: where `by` may not change a route.
            RecordError: where one can't be stored.
        """
        self.refuse_out_of_reach((*new, *changed), self.change, by)
        try:
            for one in (*new, *changed):
                store_way(one, by=by, reason=reason)
        except ValidationError as error:
            raise RecordError(" ".join(error.messages)) from error

    @transaction.atomic
    def take_out(self, records: Sequence[Any], *, by: User, reason: str) -> None:
        """Take out of use ways that have not been run, and routes that nothing else runs.

        Raises:
            PermissionDenied: where `by` may not change one of them.
            RecordError: where one has trips or pupils, or was changed.
        """
        for one in records:
            made_by = one.history.earliest("history_id").history_change_reason
            withdraw_pattern(one, by=by, reason=reason)
            route = locked_route(one.route)
            versions = list(route.history.values_list("history_change_reason", flat=True))
            if versions == [made_by] and not RoutePattern.objects.current().filter(route=route).exists():
                archive_route(route, by=by, reason=reason)


def store_way(one: RoutePattern, *, by: User, reason: str) -> None:
    """Store a way of a file, with its route where that is not there, its stops and its departures."""
    given = vars(one)[GIVEN]
    route = Route.objects.current().filter(school=given["school"], name=given["route"]).first()
    if route is None:
        details = {"name": given["route"], "name_en": given.get("route_en") or "", "school": given["school"]}
        route = create_route(by=by, reason=reason, **details)
    route = locked_route(route)
    refuse_unless_allowed(by, CHANGE, route)
    refuse_archived(route)
    if one.pk and (one.trips.exists() or one.stop_assignments.exists()):
        raise RecordError(_("“%s” was run before: what has run stays as it was.") % one)
    one.route = route
    PatternStop.objects.filter(pattern=one.pk).delete()
    stored(one, way_of(one), by=by, reason=reason)
    for at in sorted(given.get("departures") or ()):
        add_departure(pattern=one, at=at, bus=given.get("bus"), by=by, reason=reason)


def way_of(record: RoutePattern) -> Way:
    """The way that a filled record is to be."""
    given = vars(record)[GIVEN]
    minutes = given.get("minutes") or [None] * len(given["stops"])
    stops = [
        PlannedStop(stop, None if after is None else round(float(after) * 60), DWELL_S)
        for stop, after in zip(given["stops"], minutes, strict=True)
    ]
    return Way(record.direction, record.line, stops, record.valid_from, record.weekdays, record.valid_until)


def hold_together(one: RoutePattern, other: RoutePattern) -> bool:
    """Whether two filled ways are of one route and direction, and share a day."""
    first, second = vars(one)[GIVEN], vars(other)[GIVEN]
    is_same = all(first[name] == second[name] for name in ("route", "school", "direction"))
    begins = max(one.valid_from, other.valid_from)
    ends = [pattern.valid_until for pattern in (one, other) if pattern.valid_until]
    return is_same and bool(one.weekdays & other.weekdays) and all(begins <= end for end in ends)


WAYS = WayBulk(RoutePattern, frozenset(), CHANGE, CHANGE, organisations_of=school_of)

"""Writes: routes, stops and calendars from a timetable, all or none; and back again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib.gis.geos import LineString, Point
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from fleet.people.models import User
from fleet.pupils.models import StopAssignment
from fleet.records import Record, RecordError, archive_record, refuse_unless_allowed, save_record
from fleet.routes import calendar_changes
from fleet.routes.geodata import WGS84_SRID
from fleet.routes.gtfs_plan import Choices, FeedPlan, RouteChange, StopPlan, WayChange
from fleet.routes.models import Departure, ExceptionalDay, Route, RoutePattern, Stop, Term
from fleet.routes.pattern_changes import PlannedStop, Way, draw_pattern, end, offsets_s, places_of
from fleet.routes.route_changes import CHANGE, archive_route, create_route
from fleet.routes.stop_changes import archive_stop, create_stop
from fleet.trips.models import Trip, TripState

KINDS: Mapping[str, type[Record]] = {
    one._meta.model_name or "": one for one in (Stop, Route, RoutePattern, Departure, Term, ExceptionalDay)
}
CALENDAR_KINDS = ("term", "exceptionalday")
BATCH = 500
MOST_NAMED = 10
UNDONE_IN = ("departure", "routepattern", "route", "stop", "exceptionalday", "term")
"""What refers to others goes first; and what was made, before what it took the place of comes back."""
NOT_RUN = (TripState.PLANNED, TripState.CANCELLED)


class Done(NamedTuple):
    """What an import did to a record.

    Attributes:
        kind: of the record, a key of `KINDS`.
        before: id of its version before, none where it was made.
        after: id of the version that was left.
    """

    kind: str
    pk: int
    before: int | None
    after: int


class Objection(NamedTuple):
    """What stands against importing a feed: where in it, and why."""

    file: str
    field: str
    message: str


def objections(plan: FeedPlan) -> list[Objection]:
    """Everything that stands against a plan; nothing is stored."""
    found = []
    for stop in plan.stops.values():
        if stop.existing is None:
            found += [Objection("stops.txt", *one) for one in faults_of(new_stop(stop))]
    for route in plan.routes:
        if route.existing is None:
            made = Route(name=route.plan.name, name_en=route.plan.name_en)
            found += [Objection("routes.txt", *one) for one in faults_of(made)]
        for change in route.ways:
            found += [Objection(*one) for one in against(change, route, plan)]
    return list(dict.fromkeys(found))


def against(change: WayChange, route: RouteChange, plan: FeedPlan) -> Iterator[tuple[str, str, str]]:
    """What stands against a way."""
    stops = {key: one.existing or new_stop(one) for key, one in plan.stops.items()}
    way = way_of(change, stops)
    try:
        offsets_s(way, places_of(way))
    except ValidationError as error:
        yield "shapes.txt", "shape_id", f"{route.plan.name}: {' '.join(error.messages)}"
    if any(one.stop_assignments.exists() for one in change.replaces):
        message = _(
            "“%s” would run another way, and pupils are assigned to its stops. Change it on its page."
        )
        yield "stop_times.txt", "trip_id", message % route.plan.name


def faults_of(record: Record) -> Iterator[tuple[str, str]]:
    """What the fields of a record can't hold, with the names that GTFS has for them."""
    names = {"name": "route_long_name" if isinstance(record, Route) else "stop_name"}
    try:
        record.clean_fields(exclude=["organisation", "school"])
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            yield names.get(field, field), f"{record}: {' '.join(messages)}"


def new_stop(plan: StopPlan) -> Stop:
    """A stop as it would be."""
    place = Point(plan.stop.lon, plan.stop.lat, srid=WGS84_SRID)
    return Stop(name=plan.stop.name, name_en=plan.stop.name_en, place=place)


def way_of(change: WayChange, stops: Mapping[str, Stop]) -> Way:
    """A way, as it is drawn."""
    planned = [
        PlannedStop(stops[key], arrival_s, dwell_s)
        for key, (arrival_s, dwell_s) in zip(change.way.stops, change.way.profile, strict=True)
    ]
    line = LineString([(lon, lat) for lat, lon in change.way.line], srid=WGS84_SRID)
    return Way(change.direction, line, planned, change.first, change.way.weekdays, change.last)


@transaction.atomic
def apply_import(
    plan: FeedPlan,
    choices: Choices,
    *,
    by: User,
    reason: str,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Done]:
    """Store what a plan says, all or nothing.

    Args:
        plan: as of now, without objections.
        choices: by which it was made.
        by: who imports.
        reason: kept in the history.
        tell: is told how many routes are done, of how many.

    Returns:
        What was done, in its order: what `undo_import` takes.

    Raises:
        PermissionDenied: where `by` may not change the school's routes, the keeper's stops or the calendar.
        RecordError, ValidationError: where something can't be as things stand now.
    """
    refuse_unless_allowed(by, CHANGE, Route(school=choices.school))
    made: list[Record] = []
    changed: list[tuple[Record, int]] = []
    stops: dict[str, Stop] = {}
    for key, one in plan.stops.items():
        stops[key] = one.existing or created_stop(one, choices, by=by, reason=reason)
        if one.existing is None:
            made.append(stops[key])
    for number, route in enumerate(plan.routes):
        tell(number, len(plan.routes))
        of = route.existing
        if of is None:
            names = {"name": route.plan.name, "name_en": route.plan.name_en}
            of = create_route(by=by, reason=reason, school=choices.school, **names)
            made.append(of)
        for change in route.ways:
            for replaced in change.replaces:
                changed += ended(replaced, change.first, by=by, reason=reason)
        for change in route.ways:
            pattern = change.pattern or draw_pattern(
                route=of, way=way_of(change, stops), by=by, reason=reason
            )
            made += [] if change.pattern else [pattern]
            made += added_departures(pattern, change, by=by, reason=reason)
    made += added_days(plan, choices, by=by, reason=reason)
    newest = newest_versions([*made, *(one for one, _before in changed)])
    return [
        *(Done(kind_of(one), one.pk, before, newest[kind_of(one), one.pk]) for one, before in changed),
        *(Done(kind_of(one), one.pk, None, newest[kind_of(one), one.pk]) for one in made),
    ]


def created_stop(plan: StopPlan, choices: Choices, *, by: User, reason: str) -> Stop:
    """Put a stop of the feed into the registry."""
    draft = new_stop(plan)
    return create_stop(
        by=by,
        reason=reason,
        name=draft.name,
        name_en=draft.name_en,
        place=draft.place,
        organisation=choices.keeper,
        school=choices.school,
    )


def ended(pattern: RoutePattern, first: date, *, by: User, reason: str) -> list[tuple[Record, int]]:
    """End a way before the first day of the one that takes its place; with its version before."""
    pattern.refresh_from_db()
    last_day = first - timedelta(days=1)
    if pattern.archived_at or (pattern.valid_until and pattern.valid_until <= last_day):
        return []
    before = newest_versions([pattern])[kind_of(pattern), pattern.pk]
    end(pattern, last_day, by=by, reason=reason)
    return [(pattern, before)]


def added_departures(pattern: RoutePattern, change: WayChange, *, by: User, reason: str) -> list[Departure]:
    """Have a pattern run at further times."""
    departures = [Departure(pattern=pattern, at=at) for at in change.departures]
    if departures:
        kept: dict[str, Any] = {"batch_size": BATCH, "default_user": by, "default_change_reason": reason}
        bulk_create_with_history(departures, Departure, **kept)
    return departures


def added_days(plan: FeedPlan, choices: Choices, *, by: User, reason: str) -> list[Record]:
    """Put the terms and the days that differ into the school's calendar."""
    if plan.days is None:
        return []
    made: list[Record] = []
    for first, last in plan.days.terms:
        name = f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
        given = {"school": choices.school, "name": name, "valid_from": first, "valid_until": last}
        made.append(calendar_changes.create_term(by=by, reason=reason, **given))
    for day, weekday in plan.days.exceptions.items():
        told = {"school": choices.school, "day": day, "as_weekday": weekday, "note": _("From a timetable")}
        made.append(calendar_changes.create_exceptional_day(by=by, reason=reason, **told))
    return made


def kind_of(record: Record) -> str:
    """The kind of a record, as `Done` names it."""
    return record._meta.model_name or ""


def newest_versions(records: Iterable[Record]) -> dict[tuple[str, int], int]:
    """The newest version of each record."""
    return versions_of((kind_of(one), one.pk) for one in records)


def versions_of(named: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The newest version of each record, by kind and id."""
    by_kind: dict[str, list[int]] = {}
    for kind, pk in named:
        by_kind.setdefault(kind, []).append(pk)
    found: dict[tuple[str, int], int] = {}
    for kind, pks in by_kind.items():
        for begin in range(0, len(pks), BATCH):
            rows = KINDS[kind].history.filter(id__in=pks[begin : begin + BATCH])
            newest = rows.values_list("id").annotate(newest=Max("history_id")).order_by()
            found |= {(kind, pk): version for pk, version in newest}
    return found


@transaction.atomic
def undo_import(done: Sequence[Done], *, by: User, reason: str) -> None:
    """Archive what an import has made, and bring back what it has ended; all, or nothing.

    Args:
        done: what the import did, in its order.
        by: who undoes it.
        reason: kept in the history.

    Raises:
        PermissionDenied: where `by` may not.
        RecordError: naming what was changed since, has run, or has pupils.
    """
    records: dict[str, dict[int, Any]] = {
        kind: model._default_manager.in_bulk([one.pk for one in done if one.kind == kind])
        for kind, model in KINDS.items()
    }
    refuse_if_changed(done, records)
    patterns = [one.pk for one in done if one.kind == "routepattern"]
    if Trip.objects.filter(pattern__in=patterns).exclude(state__in=NOT_RUN).exists():
        raise RecordError(_("Some of these routes have run. What has run stays as it was."))
    if StopAssignment.objects.current().filter(pattern__in=patterns).exists():
        raise RecordError(_("Pupils have been assigned to some of these routes. Take them off first."))
    routes = list(records["route"].values())
    routes += [one.route for one in records["routepattern"].values()]
    for route in dict.fromkeys(routes):
        refuse_unless_allowed(by, CHANGE, route)
    for one in sorted(done, key=lambda each: (UNDONE_IN.index(each.kind), each.before is not None)):
        take_back(one, records[one.kind][one.pk], by=by, reason=reason)


def take_back(done: Done, record: Any, *, by: User, reason: str) -> None:
    """Undo what was done to one record."""
    if done.before is not None:
        version = type(record).history.get(history_id=done.before)
        record.valid_until, record.archived_at = version.valid_until, version.archived_at
        save_record(record, by=by, reason=reason)
    elif isinstance(record, Stop):
        archive_stop(record, by=by, reason=reason)
    elif isinstance(record, Route):
        archive_route(record, by=by, reason=reason)
    elif done.kind in CALENDAR_KINDS:
        calendar_changes.archive(record, by=by, reason=reason)
    else:
        archive_record(record, by=by, reason=reason)


def refuse_if_changed(done: Sequence[Done], records: Mapping[str, Mapping[int, Any]]) -> None:
    """Refuse to take back what was changed after the import.

    Raises:
        RecordError: naming some of it.
    """
    newest = versions_of((one.kind, one.pk) for one in done)
    changed = [records[one.kind][one.pk] for one in done if newest.get((one.kind, one.pk)) != one.after]
    if changed:
        names = ", ".join(str(one) for one in changed[:MOST_NAMED])
        raise RecordError(
            _("It can't be undone, because these were changed since: %s. Change them by hand.") % names
        )

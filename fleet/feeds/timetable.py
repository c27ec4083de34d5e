"""Reads: the timetable of some organisations, as GTFS Schedule has it: what runs today or later."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max, Q
from django.utils import timezone

from fleet.organisations.models import Organisation
from fleet.regulations.calendars import china_calendar
from fleet.routes.models import (
    Departure,
    Direction,
    ExceptionalDay,
    PatternStop,
    Route,
    RoutePattern,
    Stop,
    Term,
)
from fleet.routes.queries import patterns_from
from fleet.routes.school_days import SchoolDays, runs_on
from telematics.transit.schedule import (
    TO_HOME,
    TO_SCHOOL,
    Agency,
    Call,
    Schedule,
    Service,
    Trip,
    service_of,
)
from telematics.transit.schedule import Route as FeedRoute
from telematics.transit.schedule import Stop as FeedStop
from telematics.transit.writing import Publisher, write_schedule

DIRECTIONS = {Direction.TO_SCHOOL: TO_SCHOOL, Direction.TO_HOME: TO_HOME}
NO_ADDRESS = "https://schoolrun.invalid/"
"""Stands where GTFS demands an address and this installation has told none (RFC 2606)."""
LANGUAGE = "zh"
KEPT_S = 3600
KINDS = (Organisation, Route, RoutePattern, Departure, Stop, Term, ExceptionalDay)


class Known(NamedTuple):
    """By what trips are recognised: the shape of each trip, and the routes, by their ids in the timetable."""

    shapes: dict[str, str]
    routes: frozenset[str]


def schedule_feed(organisations: Collection[int], today: date, publisher: str) -> bytes:
    """The timetable as a zipped feed.

    Args:
        organisations: ids of the schools whose routes, and the operators whose buses' departures are in it.
        today: what has run before that only is left out.
        publisher: who gives it.
    """
    key = key_of("feed", organisations, today, publisher)
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = write_schedule(timetable(organisations, today), Publisher(publisher, address(), LANGUAGE))
        cache.set(key, kept, KEPT_S)
    return kept


def known_trips(organisations: Collection[int], today: date) -> Known:
    """What the timetable of the same moment holds."""
    key = key_of("known", organisations, today)
    kept: Known | None = cache.get(key)
    if kept is None:
        told = timetable(organisations, today)
        kept = Known({one.trip_id: one.shape_id for one in told.trips.values()}, frozenset(told.routes))
        cache.set(key, kept, KEPT_S)
    return kept


def key_of(what: str, organisations: Collection[int], today: date, publisher: str = "") -> str:
    """Under which the cache keeps something; another key once anything has changed of which timetables are made."""
    named = f"{sorted(organisations)} {today} {publisher} {address()} {changed_at()}"
    return f"gtfs-{what}-{sha256(named.encode()).hexdigest()}"


def changed_at() -> datetime:
    """When anything was changed last of which timetables are made."""
    newest = (kind.history.aggregate(newest=Max("history_date"))["newest"] for kind in KINDS)
    return max((one for one in newest if one), default=datetime.fromtimestamp(0, UTC))


def address() -> str:
    """Where this installation is."""
    return str(settings.PUBLIC_URL) or NO_ADDRESS


def timetable(organisations: Collection[int], today: date) -> Schedule:
    """The timetable of some organisations from a day on."""
    departures = departures_of(organisations, today)
    patterns = {one.pattern_id: one.pattern for one in departures}
    days = days_of(patterns.values(), today)
    running = [one for one in departures if one.pattern_id in days]
    calls = calls_of(days.keys())
    services = {pk: service_named(patterns[pk], found) for pk, found in days.items()}
    trips = [trip_of(one, services[one.pattern_id], calls[one.pattern_id]) for one in running]
    routes = {patterns[pk].route for pk in days}
    schools = {route.school for route in routes}
    stops = {one.stop for pk in days for one in calls[pk]}
    return Schedule(
        agencies={one.agency_id: one for one in map(agency_of, schools)},
        stops={one.stop_id: one for one in map(stop_of, stops)},
        routes={one.route_id: one for one in map(route_of, routes)},
        services={one.service_id: one for one in services.values()},
        shapes={str(pk): tuple((lat, lon) for lon, lat, *_ in patterns[pk].line.coords) for pk in days},
        trips={one.trip_id: one for one in trips},
    )


def departures_of(organisations: Collection[int], today: date) -> list[Departure]:
    """The departures of schools, and of operators' buses, that are in use on a day or later."""
    ours = Q(pattern__route__school__in=organisations) | Q(bus__operator__in=organisations)
    found = Departure.objects.current().filter(
        ours,
        pattern__in=patterns_from(today).filter(pattern_stops__order=2),
        pattern__route__archived_at=None,
    )
    return list(found.select_related("pattern__route__school").order_by("pk"))


def days_of(patterns: Iterable[RoutePattern], today: date) -> dict[int, frozenset[date]]:
    """The days on which patterns run, from the first day of the terms that are not over; without what is past."""
    found = list(patterns)
    schools = {one.route.school_id for one in found}
    terms: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for term in Term.objects.current().filter(school__in=schools, valid_until__gte=today):
        terms[term.school_id].append((term.valid_from, term.valid_until))
    exceptions: dict[int, dict[date, int | None]] = defaultdict(dict)
    for one in ExceptionalDay.objects.current().filter(school__in=schools):
        exceptions[one.school_id][one.day] = one.as_weekday
    weekdays = {
        school: weekdays_of(SchoolDays(terms[school], exceptions[school]), today) for school in schools
    }
    days = {}
    for pattern in found:
        runs = frozenset(
            day
            for day, weekday in weekdays[pattern.route.school_id].items()
            if pattern.valid_from <= day <= (pattern.valid_until or day)
            and runs_on(pattern.weekdays, weekday)
        )
        if runs and max(runs) >= today:
            days[pattern.pk] = runs
    return days


def weekdays_of(school: SchoolDays, today: date) -> dict[date, int]:
    """The weekday as which a school runs on each day of its terms, and on the exceptional days besides."""
    in_terms = (
        first + timedelta(days=number)
        for first, last in school.terms
        for number in range((last - first).days + 1)
    )
    begins = min([today, *(first for first, _last in school.terms)])
    days = {*in_terms, *(day for day in school.exceptions if day >= begins)}
    calendar = china_calendar()
    found = ((day, school.runs_as(day, calendar)) for day in sorted(days))
    return {day: weekday for day, weekday in found if weekday is not None}


def calls_of(patterns: Iterable[int]) -> dict[int, list[PatternStop]]:
    """The stops of patterns, in their order."""
    found: dict[int, list[PatternStop]] = defaultdict(list)
    stops = PatternStop.objects.filter(pattern__in=list(patterns)).select_related("stop")
    for one in stops.order_by("pattern", "order"):
        found[one.pattern_id].append(one)
    return found


def service_named(pattern: RoutePattern, days: frozenset[date]) -> Service:
    """The days of a pattern, under a name that is the same wherever the days are."""
    told = f"{pattern.weekdays} {' '.join(day.isoformat() for day in sorted(days))}"
    return service_of(sha256(told.encode()).hexdigest()[:12], days, pattern.weekdays)


def trip_of(departure: Departure, service: Service, stops: list[PatternStop]) -> Trip:
    """A departure with its times."""
    pattern = departure.pattern
    return Trip(
        trip_id=str(departure.pk),
        route_id=str(pattern.route_id),
        service_id=service.service_id,
        calls=timed(departure.at, pattern.length_m, stops),
        direction=DIRECTIONS[Direction(pattern.direction)],
        shape_id=str(pattern.pk),
        headsign=stops[-1].stop.name,
    )


def timed(at: time, length_m: float, stops: list[PatternStop]) -> tuple[Call, ...]:
    """The stops of a departure with their times; no bus leaves a stop after it comes to the next."""
    starts_s = at.hour * 3600 + at.minute * 60 + at.second
    arrivals = [starts_s + one.offset_s for one in stops]
    leaves = [
        min(arrival + (one.dwell_s if number else 0), after)
        for number, (one, arrival, after) in enumerate(
            zip(stops, arrivals, [*arrivals[1:], arrivals[-1]], strict=True)
        )
    ]
    return tuple(
        Call(one.order, str(one.stop_id), arrival, leave, min(one.distance_m, length_m))
        for one, arrival, leave in zip(stops, arrivals, leaves, strict=True)
    )


def agency_of(school: Organisation) -> Agency:
    """A school, as GTFS names who answers for routes."""
    zone = timezone.get_default_timezone_name()
    return Agency(str(school.pk), school.name, address(), zone, LANGUAGE)


def route_of(route: Route) -> FeedRoute:
    """A route."""
    return FeedRoute(str(route.pk), route.name, str(route.school_id), route.name_en)


def stop_of(stop: Stop) -> FeedStop:
    """A stop."""
    return FeedStop(str(stop.pk), stop.name, stop.place.y, stop.place.x, stop.name_en)

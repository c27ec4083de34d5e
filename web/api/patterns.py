"""Patterns: the ways that a route runs, with stops in order. What has run stays: another way follows it."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from fleet.people.models import User
from fleet.routes.models import Departure, Direction, PatternStop, RoutePattern
from fleet.routes.pattern_changes import PlannedStop, Way, draw_pattern, end_pattern, redraw_pattern
from fleet.routes.queries import routes_for, stops_for
from fleet.tokens.models import Scope
from web.api.auth import reading, writing
from web.api.fields import CLOCK, Count, Day, Id, StrictId
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.payload import Change, Input, all_referred
from web.api.places import GivenWay, Place, line_of, line_through
from web.api.weekdays import IsoWeekdays, bits_of, iso_weekdays_of
from web.person import person_of

READ, WRITE = Scope.REGISTRY_READ, Scope.ROUTES_WRITE
router = Router(tags=["routes"], auth=reading(READ))

MOST_STOPS = 80
LONGEST_S = 86_400
MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5]


class PatternStopAnswer(Schema):
    """A stop's place in a pattern."""

    stop_id: int
    order: int
    distance_m: float = Field(description="Along the pattern's line.")
    offset_s: int = Field(description="Planned arrival, after the departure from the first stop.")
    dwell_s: int = Field(description="Planned standing time.")


class DepartureAnswer(Schema):
    """A time at which a pattern is run; two of one bus are a double run."""

    id: int
    pattern_id: int
    at: Annotated[str, Field(pattern=CLOCK, description="Local time.")]
    bus_id: int | None
    archived_at: datetime | None

    @staticmethod
    def resolve_at(departure: Departure) -> str:
        """Hours and minutes."""
        return f"{departure.at:%H:%M}"


class PatternAnswer(Schema):
    """The way of a route in one direction, on some weekdays, for some time."""

    id: int
    route_id: int
    direction: Direction
    iso_weekdays: list[int] = Field(description="1 is Monday.")
    valid_from: date
    valid_until: date | None
    length_m: float
    line: list[Place]
    stops: list[PatternStopAnswer]
    departures: list[DepartureAnswer]
    archived_at: datetime | None

    @staticmethod
    def resolve_iso_weekdays(pattern: RoutePattern) -> list[int]:
        """The weekdays on which it runs."""
        return iso_weekdays_of(pattern.weekdays)

    @staticmethod
    def resolve_line(pattern: RoutePattern) -> list[dict[str, Any]]:
        """Where it runs."""
        return line_of(pattern.line)

    @staticmethod
    def resolve_stops(pattern: RoutePattern) -> list[PatternStop]:
        """Its stops, in order."""
        return list(pattern.pattern_stops.all())

    @staticmethod
    def resolve_departures(pattern: RoutePattern) -> list[Departure]:
        """When it is run, as far as that was read with it."""
        return list(pattern.departures.all())


class RedrawnAnswer(Schema):
    """A pattern as it holds from then on."""

    pattern: PatternAnswer
    pupils_without_stop: int = Field(
        description="Pupils whose stop it does not serve any more: find others for them."
    )


class GivenStop(Input):
    """A stop of a way to be."""

    stop_id: StrictId
    offset_s: Annotated[int, Field(ge=0, le=LONGEST_S, strict=True)] | None = Field(
        None, description="Planned arrival after the departure; estimated where it is left out."
    )
    dwell_s: Count = Field(20, description="Planned standing time.")


class GivenPattern(Change):
    """How a route is to run in one direction."""

    line: GivenWay = Field(description="As the bus drives.")
    stops: Annotated[list[GivenStop], Field(min_length=2, max_length=MOST_STOPS)] = Field(
        description="In order."
    )
    valid_from: Day
    valid_until: Day | None = None
    iso_weekdays: IsoWeekdays = MONDAY_TO_FRIDAY


class NewPattern(GivenPattern):
    """A way for a route to run."""

    direction: Direction


class PatternEnd(Change):
    """The last day of a way."""

    last_day: Day


def patterns_told() -> QuerySet[RoutePattern]:
    """The patterns in use, with what is told of each."""
    departures = Prefetch("departures", Departure.objects.current())
    found: QuerySet[RoutePattern] = RoutePattern.objects.current()
    return found.prefetch_related("pattern_stops", departures)


def found_pattern(person: User, pk: int) -> RoutePattern:
    """A pattern, archived ones too, of a route that a person may see; 404 otherwise."""
    departures = Prefetch("departures", Departure.objects.current())
    patterns = RoutePattern.objects.filter(route__in=routes_for(person)).select_related("route__school")
    found: RoutePattern = get_object_or_404(patterns.prefetch_related("pattern_stops", departures), pk=pk)
    return found


def way_of(person: User, payload: GivenPattern, direction: str) -> Way:
    """The way in a body.

    Raises:
        ValidationError: naming `stops`, where one is not there, or may not be seen.
    """
    wanted = [one.stop_id for one in payload.stops]
    stops = {one.pk: one for one in all_referred(stops_for(person).current(), wanted, "stops")}
    return Way(
        direction=direction,
        line=line_through(payload.line),
        stops=[PlannedStop(stops[one.stop_id], one.offset_s, one.dwell_s) for one in payload.stops],
        valid_from=payload.valid_from,
        weekdays=bits_of(payload.iso_weekdays),
        valid_until=payload.valid_until,
    )


@router.get("/routes/{pk}/patterns", response=Page[PatternAnswer])
def list_patterns(
    request: HttpRequest, pk: Id, filters: Query[RecordFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """The ways of a route, those that are over, too; the newest first."""
    route = get_object_or_404(routes_for(person_of(request)), pk=pk)
    departures = Prefetch("departures", Departure.objects.current())
    patterns = route.patterns.prefetch_related("pattern_stops", departures)
    return page_of(filters.filter(patterns), paging, "-valid_from")


@router.get("/patterns/{pk}", response=PatternAnswer)
def show_pattern(request: HttpRequest, pk: Id) -> RoutePattern:
    """One way of a route."""
    return found_pattern(person_of(request), pk)


@router.post("/routes/{pk}/patterns", auth=writing(WRITE), response={201: PatternAnswer})
def add_pattern(request: HttpRequest, pk: Id, payload: NewPattern) -> Status[RoutePattern]:
    """Give a route a way to run; then give it departures, and its trips are planned."""
    person = person_of(request)
    route = get_object_or_404(routes_for(person), pk=pk)
    way = way_of(person, payload, payload.direction)
    made = draw_pattern(route=route, way=way, by=person, reason=payload.reason)
    return Status(201, found_pattern(person, made.pk))


@router.post("/patterns/{pk}/redraw", auth=writing(WRITE), response=RedrawnAnswer)
def redraw(request: HttpRequest, pk: Id, payload: GivenPattern) -> dict[str, Any]:
    """Have another way take the place of one; what has run stays, and the new one holds from a later day.

    Departures, dangerous stretches and the stops of pupils are carried over.
    """
    person = person_of(request)
    pattern = found_pattern(person, pk)
    way = way_of(person, payload, pattern.direction)
    made, left = redraw_pattern(pattern, way, by=person, reason=payload.reason)
    return {"pattern": found_pattern(person, made.pk), "pupils_without_stop": len(left)}


@router.post("/patterns/{pk}/end", auth=writing(WRITE), response=PatternAnswer)
def end(request: HttpRequest, pk: Id, payload: PatternEnd) -> RoutePattern:
    """Have a way run for the last time on a day; one that had not begun by then is archived."""
    person = person_of(request)
    end_pattern(found_pattern(person, pk), last_day=payload.last_day, by=person, reason=payload.reason)
    return found_pattern(person, pk)

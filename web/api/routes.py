"""Routes with their patterns, and stops; for reading."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, FilterLookup, Query, Router, Schema

from fleet.routes.models import Direction, PatternStop, Route, RoutePattern, SideOfRoad, Stop, StopKind
from fleet.routes.queries import routes_for, stops_for
from fleet.tokens.models import Scope
from web.api.auth import reading
from web.api.fields import Id, Known, Line, MaybeText
from web.api.paging import Page, Paging, RecordFilter, page_of
from web.api.places import Place, line_of, place_of
from web.person import person_of

router = Router(tags=["routes"], auth=reading(Scope.REGISTRY_READ))
WEEKDAYS = 7


class RouteAnswer(Schema):
    """A route of a school, by which permits and plate cards name it."""

    id: int
    name: str
    name_en: MaybeText
    school_id: int
    archived_at: datetime | None


class PatternStopAnswer(Schema):
    """A stop's place in a pattern."""

    stop_id: int
    order: int
    distance_m: float = Field(description="Along the pattern's line.")
    offset_s: int = Field(description="Planned arrival, after the departure from the first stop.")
    dwell_s: int = Field(description="Planned standing time.")


class PatternAnswer(Schema):
    """The way of a route in one direction, on some weekdays, for some time."""

    id: int
    direction: Direction
    iso_weekdays: list[int] = Field(description="1 is Monday.")
    valid_from: date
    valid_until: date | None
    length_m: float
    line: list[Place]
    stops: list[PatternStopAnswer]

    @staticmethod
    def resolve_iso_weekdays(pattern: RoutePattern) -> list[int]:
        """The weekdays on which it runs."""
        return [day + 1 for day in range(WEEKDAYS) if pattern.weekdays >> day & 1]

    @staticmethod
    def resolve_line(pattern: RoutePattern) -> list[dict[str, Any]]:
        """Where it runs."""
        return line_of(pattern.line)

    @staticmethod
    def resolve_stops(pattern: RoutePattern) -> list[PatternStop]:
        """Its stops, in order."""
        return list(pattern.pattern_stops.all())


class RouteDetail(RouteAnswer):
    """A route with the ways that it runs."""

    patterns: list[PatternAnswer]

    @staticmethod
    def resolve_patterns(route: Route) -> list[RoutePattern]:
        """Its patterns that are not archived."""
        return list(route.patterns.all())


class StopAnswer(Schema):
    """A stop (校车安全管理条例 Art 28, 32)."""

    id: int
    name: str
    name_en: MaybeText
    place: Place
    approach_deg: float | None = Field(description="Heading of the bus that arrives, degrees true.")
    side: Annotated[SideOfRoad | None, Known]
    kind: Annotated[StopKind | None, Known]
    organisation_id: int
    school_id: int | None
    approval_number: MaybeText
    approved_on: date | None
    approved_until: date | None
    archived_at: datetime | None

    @staticmethod
    def resolve_place(stop: Stop) -> dict[str, float] | None:
        """Where it is."""
        return place_of(stop.place)


class RouteFilter(RecordFilter):
    """Which routes."""

    q: Annotated[Line | None, FilterLookup(["name__icontains", "name_en__icontains"])] = None
    school_id: Id | None = None


class StopFilter(RouteFilter):
    """Which stops."""

    organisation_id: Id | None = None


@router.get("/routes", response=Page[RouteAnswer])
def list_routes(
    request: HttpRequest,
    filters: Query[RouteFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "pk", "-pk"] = "name",
) -> dict[str, Any]:
    """The routes that you may see."""
    return page_of(filters.filter(routes_for(person_of(request))), paging, order)


@router.get("/routes/{pk}", response=RouteDetail)
def show_route(request: HttpRequest, pk: Id) -> Route:
    """One route, with the ways that it runs."""
    patterns = RoutePattern.objects.current().prefetch_related("pattern_stops")
    found: Route = get_object_or_404(
        routes_for(person_of(request)).prefetch_related(Prefetch("patterns", patterns)), pk=pk
    )
    return found


@router.get("/stops", response=Page[StopAnswer])
def list_stops(
    request: HttpRequest,
    filters: Query[StopFilter],
    paging: Query[Paging],
    order: Literal["name", "-name", "pk", "-pk"] = "name",
) -> dict[str, Any]:
    """The stops that you may see."""
    return page_of(filters.filter(stops_for(person_of(request))), paging, order)


@router.get("/stops/{pk}", response=StopAnswer)
def show_stop(request: HttpRequest, pk: Id) -> Stop:
    """One stop."""
    found: Stop = get_object_or_404(stops_for(person_of(request)), pk=pk)
    return found

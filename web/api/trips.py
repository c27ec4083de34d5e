"""Trips: each run of a pattern on a day, where it is along its way, and when it is expected where."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema, Status

from fleet.audit.models import Action
from fleet.people.models import User
from fleet.pupils.riders import StopRiders, pupils_of_trip
from fleet.routes.models import Direction, RoutePattern
from fleet.routes.queries import routes_for
from fleet.tokens.models import Scope
from fleet.trips import changes
from fleet.trips.models import StopVisit, Trip, TripEvent, TripState, VisitState
from fleet.trips.punctuality import lateness
from fleet.trips.queries import BoardRow, complete, predictions_at, progress_of, shown, stops_of, trips_for
from fleet.trips.states import Obstacle
from fleet.trips.words import OBSTACLES, event_in_words
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for
from web.api.auth import reading, writing
from web.api.fields import SAYING_SOMETHING, Day, Id, MaybeText, Moment, StrictId, told_in_place
from web.api.paging import Page, Paging, page_of
from web.api.payload import Input, needed, referred
from web.person import person_of
from web.trips.board import note_crews

READ, WRITE = Scope.TRIPS_READ, Scope.TRIPS_WRITE
router = Router(tags=["trips"], auth=reading(READ))

Why = Annotated[str, Field(max_length=200, pattern=SAYING_SOMETHING, description="Told to whoever waits.")]


class TripAnswer(Schema):
    """One run of a pattern on a day."""

    id: int
    pattern_id: int
    route_id: int
    school_id: int
    direction: Direction
    service_date: date
    starts_at: datetime = Field(description="Planned departure.")
    ends_at: datetime = Field(description="Planned arrival at the last stop.")
    planned_bus_id: int | None
    bus_id: int | None
    is_substituted: bool = Field(description="Another bus runs than was planned.")
    driver_id: int | None
    attendant_id: int | None
    state: TripState
    started_at: datetime | None
    ended_at: datetime | None
    late_s: int = Field(description="How late it was, is, or is expected to be; 0 where nothing is known.")
    late_reason: MaybeText
    gate_check_id: int | None = Field(description="The word of the gate on which it was let go.")
    version: int = Field(description="Grows with each change; send back what you have seen.")

    @staticmethod
    def resolve_route_id(trip: Trip) -> int:
        """The route of its pattern."""
        return int(trip.pattern.route_id)

    @staticmethod
    def resolve_school_id(trip: Trip) -> int:
        """The school that it serves."""
        return int(trip.pattern.route.school_id)

    @staticmethod
    def resolve_direction(trip: Trip) -> str:
        """Which way the children go."""
        return str(trip.pattern.direction)

    @staticmethod
    def resolve_late_s(trip: Trip) -> int:
        """How late it is."""
        return round(lateness(trip, progress_of(trip), timezone.now()).total_seconds())


class ObstacleAnswer(Schema):
    """Something that keeps a trip from being let go."""

    code: Annotated[Obstacle, told_in_place(Obstacle)]
    text: str


class ProgressAnswer(Schema):
    """Where a trip is along its line."""

    reported_at: datetime | None = Field(description="Event time of the newest report.")
    distance_m: float | None = Field(description="Along the pattern's line.")
    phase: MaybeText
    predicted_at: datetime | None


class TripDetail(TripAnswer):
    """A trip, where it is, and what keeps it from being let go."""

    progress: ProgressAnswer | None
    obstacles: list[ObstacleAnswer] = Field(description="Of a planned trip; empty where it may be let go.")

    @staticmethod
    def resolve_progress(trip: Trip) -> Any:
        """Where it is; null before anything is known."""
        return progress_of(trip)

    @staticmethod
    def resolve_obstacles(trip: Trip) -> list[dict[str, Any]]:
        """What keeps it from being let go."""
        row = BoardRow(trip, lateness(trip, progress_of(trip), timezone.now()))
        complete([row])
        return [{"code": one, "text": str(OBSTACLES[one])} for one in row.obstacles]


class PredictedArrival(Schema):
    """When a bus is expected at a stop: 80 of 100 arrivals lie in the range."""

    median_at: datetime
    low_at: datetime
    high_at: datetime


class StopVisitAnswer(Schema):
    """A trip's stop: planned, predicted while it is ahead, and what is known of it."""

    order: int
    stop_id: int
    distance_m: float = Field(description="Along the pattern's line.")
    planned_at: datetime
    predicted: PredictedArrival | None
    state: VisitState
    arrived_at: datetime | None
    departed_at: datetime | None
    uncertainty_s: float | None = Field(description="Between the reports that show it.")
    confidence: float | None = Field(description="From 0 to 1.")


class TripEventAnswer(Schema):
    """Something that happened to a trip; the system did what nobody did."""

    id: int
    at: datetime
    kind: str
    title: str
    by_id: int | None
    reason: MaybeText

    @staticmethod
    def resolve_title(event: TripEvent) -> str:
        """What it is called, for people."""
        return event_in_words(event.kind)


class RiderAnswer(Schema):
    """A pupil of a trip."""

    pupil_id: int
    name: str
    is_absent: bool
    is_reported_late: bool = Field(description="The absence was reported after the departure.")


class StopRidersAnswer(Schema):
    """The pupils of a trip's stop."""

    order: int
    stop_id: int
    expected: int = Field(description="How many are not absent.")
    riders: list[RiderAnswer]


class TripFilter(FilterSchema):
    """Which trips."""

    service_date: Day | None = None
    since: Annotated[Day | None, FilterLookup("service_date__gte")] = None
    before: Annotated[Day | None, FilterLookup("service_date__lt")] = None
    state: TripState | None = None
    direction: Annotated[Direction | None, FilterLookup("pattern__direction")] = None
    school_id: Annotated[Id | None, FilterLookup("pattern__route__school")] = None
    route_id: Annotated[Id | None, FilterLookup("pattern__route")] = None
    pattern_id: Id | None = None
    bus_id: Id | None = None
    driver_id: Id | None = None


class NewTrip(Input):
    """A run besides the timetable."""

    pattern_id: StrictId
    starts_at: Moment
    bus_id: StrictId | None = None
    reason: Why


def trips_told(person: User) -> QuerySet[Trip]:
    """The trips that a person may see, with what is told of each."""
    return shown(trips_for(person))


def found_trip(person: User, pk: int, action: Action | None = Action.VIEW) -> Trip:
    """A trip that a person may see; 404 otherwise. The access log has the look at its crew."""
    trip = get_object_or_404(trips_told(person).distinct(), pk=pk)
    if action:
        note_crews(person, action, [trip])
    return trip


def usable_buses(person: User) -> QuerySet[Bus]:
    """The buses that a person may name for a trip."""
    return buses_for(person, "vehicles.change_bus").filter(archived_at=None)


@router.get("/trips", response=Page[TripAnswer])
def list_trips(
    request: HttpRequest,
    filters: Query[TripFilter],
    paging: Query[Paging],
    order: Literal["starts_at", "-starts_at", "pk", "-pk"] = "starts_at",
) -> dict[str, Any]:
    """The trips that you may see."""
    person = person_of(request)
    page = page_of(filters.filter(trips_told(person)).distinct(), paging, order)
    note_crews(person, Action.LIST, page["items"])
    return page


@router.post("/trips", auth=writing(WRITE), response={201: TripDetail})
def add_trip(request: HttpRequest, payload: NewTrip) -> Status[Trip]:
    """Plan a run besides the timetable."""
    person = person_of(request)
    patterns = RoutePattern.objects.current().filter(route__in=routes_for(person)).select_related("route")
    made = changes.add_trip(
        pattern=needed(patterns, payload.pattern_id, "pattern_id"),
        starts_at=payload.starts_at,
        bus=referred(usable_buses(person), payload.bus_id, "bus_id"),
        reason=payload.reason,
        by=person,
    )
    return Status(201, found_trip(person, made.pk, Action.VIEW))


@router.get("/trips/{pk}", response=TripDetail)
def show_trip(request: HttpRequest, pk: Id) -> Trip:
    """One trip."""
    return found_trip(person_of(request), pk)


@router.get("/trips/{pk}/stops", response=list[StopVisitAnswer])
def list_visits(request: HttpRequest, pk: Id) -> list[dict[str, Any]]:
    """The stops of a trip in order, with what is predicted and what is known."""
    trip = found_trip(person_of(request), pk, None)
    predicted = predictions_at(progress_of(trip))
    return [told_visit(visit, predicted) for visit, _range in stops_of(trip)]


def told_visit(visit: StopVisit, predicted: dict[int, dict[str, datetime]]) -> dict[str, Any]:
    """A stop as it goes out."""
    own = {name: getattr(visit, name) for name in StopVisitAnswer.model_fields if hasattr(visit, name)}
    return own | {"predicted": predicted.get(visit.order) if visit.state == VisitState.AHEAD else None}


@router.get("/trips/{pk}/events", response=Page[TripEventAnswer])
def list_events(request: HttpRequest, pk: Id, paging: Query[Paging]) -> dict[str, Any]:
    """What happened to a trip, the first first."""
    trip = found_trip(person_of(request), pk, None)
    return page_of(trip.events.all(), paging, "at")


@router.get("/trips/{pk}/pupils", auth=reading(Scope.PUPILS_READ), response=list[StopRidersAnswer])
def list_riders(request: HttpRequest, pk: Id) -> list[dict[str, Any]]:
    """Whom a trip carries, for who runs it, from the day before until its day is over; the access log has it."""
    person = person_of(request)
    return [told_riders(one) for one in pupils_of_trip(person, found_trip(person, pk, None))]


def told_riders(at_stop: StopRiders) -> dict[str, Any]:
    """The pupils of a stop as they go out."""
    return {
        "order": at_stop.order,
        "stop_id": at_stop.stop.pk,
        "expected": at_stop.expected,
        "riders": [
            {
                "pupil_id": rider.pupil.pk,
                "name": rider.pupil.name,
                "is_absent": rider.absence is not None,
                "is_reported_late": rider.is_late,
            }
            for rider in at_stop.riders
        ],
    }

"""Writes: the trips of the coming days, from departures and calendars; may be run at any time, and again.

Trips that have left, or that somebody has let go, are never touched. A trip that the plan has lost is cancelled, not
deleted, so that whoever waited for it is told; it comes back when the plan has it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fleet.dispatch.queries import Crews, usual_crews
from fleet.family.changed import family_changed
from fleet.people.models import Attendant, Driver
from fleet.regulations.calendars import china_calendar
from fleet.regulations.working_days import WorkingCalendar
from fleet.routes.models import Departure, ExceptionalDay, PatternStop, Term
from fleet.routes.queries import patterns_on
from fleet.routes.school_days import SchoolDays, runs_on
from fleet.trips.days import departs_at
from fleet.trips.models import StopVisit, Trip, TripEvent, TripState
from fleet.trips.states import Step
from fleet.trips.words import changed_plan

DAYS_AHEAD = 7
BATCH = 500


@dataclass(frozen=True)
class Generated:
    """What one run of the generation did, in numbers of trips."""

    added: int = 0
    changed: int = 0
    cancelled: int = 0
    revived: int = 0

    def __add__(self, other: "Generated") -> "Generated":
        return Generated(
            self.added + other.added,
            self.changed + other.changed,
            self.cancelled + other.cancelled,
            self.revived + other.revived,
        )


@dataclass(frozen=True)
class Plan:
    """A departure on a day."""

    departure: Departure
    starts_at: datetime
    stops: Sequence[PatternStop]

    @property
    def ends_at(self) -> datetime:
        """Planned arrival at the last stop."""
        return self.starts_at + timedelta(seconds=self.stops[-1].offset_s)


def generate_ahead(now: datetime, days: int = DAYS_AHEAD) -> Generated:
    """Generate the trips of today and of so many days after it, each day in a transaction of its own."""
    today = timezone.localtime(now).date()
    done = Generated()
    for number in range(days + 1):
        done += generate(today + timedelta(days=number), now)
    return done


@transaction.atomic
def generate(day: date, now: datetime, calendar: WorkingCalendar | None = None) -> Generated:
    """Bring the trips of a day in line with the plan.

    Args:
        day: the service day.
        now: departures up to now are left as they are.
        calendar: public holidays; those of China where none is given.
    """
    plans = plans_of(day, calendar or china_calendar())
    known = Trip.objects.filter(service_date=day, departure__isnull=False)
    trips = {one.departure_id: one for one in known.select_for_update(of=("self",))}
    ahead = {pk: plan for pk, plan in plans.items() if plan.starts_at > now}
    lost = [trip for pk, trip in trips.items() if pk not in plans and trip.starts_at > now]
    came_back = cancelled_by_plan(trips[pk].pk for pk in ahead if pk in trips)
    revived = {pk for pk in ahead if pk in trips and trips[pk].pk in came_back}
    changed = [pk for pk in ahead if pk in trips and (pk in revived or differs(trips[pk], ahead[pk]))]
    for pk in changed:
        follow_plan(trips[pk], ahead[pk], now, Step.PLAN_AGAIN if pk in revived else "replanned")
    cancelled = [trip for trip in lost if trip.state == TripState.PLANNED]
    for trip in cancelled:
        trip.state = TripState.CANCELLED
        trip.version += 1
        TripEvent.objects.create(trip=trip, at=now, kind=Step.CANCEL, reason=changed_plan())
    Trip.objects.bulk_update(cancelled, ("state", "version"), batch_size=BATCH)
    family_changed([trip.pk for trip in cancelled])
    added = add_trips([ahead[pk] for pk in ahead if pk not in trips], day)
    return Generated(added, len(changed) - len(revived), len(cancelled), len(revived))


def plans_of(day: date, calendar: WorkingCalendar) -> dict[int, Plan]:
    """What runs on a day, by departure."""
    weekdays = weekday_of_schools(day, calendar)
    patterns = [
        pattern
        for pattern in patterns_on(day)
        .filter(route__archived_at__isnull=True, route__school__in=weekdays)
        .select_related("route")
        if runs_on(pattern.weekdays, weekdays[pattern.route.school_id])
    ]
    stops: dict[int, list[PatternStop]] = defaultdict(list)
    for stop in PatternStop.objects.filter(pattern__in=patterns).order_by("pattern", "order"):
        stops[stop.pattern_id].append(stop)
    departures = Departure.objects.current().filter(pattern__in=patterns).select_related("bus", "pattern")
    zone = timezone.get_default_timezone()
    return {
        one.pk: Plan(one, departs_at(day, one.at, zone), stops[one.pattern_id])
        for one in departures
        if stops[one.pattern_id]
    }


def weekday_of_schools(day: date, calendar: WorkingCalendar) -> dict[int, int]:
    """The weekday as which each school runs on a day; those that don't run are left out."""
    terms: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for school, first, last in (
        Term.objects.current()
        .filter(valid_from__lte=day, valid_until__gte=day)
        .values_list("school_id", "valid_from", "valid_until")
    ):
        terms[school].append((first, last))
    exceptions: dict[int, dict[date, int | None]] = defaultdict(dict)
    for school, weekday in (
        ExceptionalDay.objects.current().filter(day=day).values_list("school_id", "as_weekday")
    ):
        exceptions[school][day] = weekday
    found = {
        school: SchoolDays(terms[school], exceptions[school]).runs_as(day, calendar)
        for school in {*terms, *exceptions}
    }
    return {school: weekday for school, weekday in found.items() if weekday is not None}


def cancelled_by_plan(trips: Iterable[int]) -> set[int]:
    """The ids of those trips that the plan alone has cancelled last, and no person."""
    events = TripEvent.objects.filter(trip__in=list(trips), trip__state=TripState.CANCELLED, kind=Step.CANCEL)
    last_by = dict(events.order_by("at", "pk").values_list("trip_id", "by_id"))
    return {trip for trip, by in last_by.items() if by is None}


def differs(trip: Trip, plan: Plan) -> bool:
    """Whether a trip that nobody has let go yet is planned otherwise now."""
    return trip.state == TripState.PLANNED and (
        (trip.starts_at, trip.ends_at, trip.pattern_id, trip.planned_bus_id)
        != (plan.starts_at, plan.ends_at, plan.departure.pattern_id, bus_of(plan))
    )


def bus_of(plan: Plan) -> int | None:
    """The bus of a departure; none that is archived."""
    bus = plan.departure.bus
    return bus.pk if bus and bus.archived_at is None else None


def follow_plan(trip: Trip, plan: Plan, now: datetime, kind: str) -> None:
    """Have a trip run as it is planned now; a substitute that somebody has named stays."""
    before = {"starts_at": trip.starts_at.isoformat(), "planned_bus": trip.planned_bus_id}
    if not trip.is_substituted:
        trip.bus_id = bus_of(plan)
    trip.planned_bus_id = bus_of(plan)
    trip.pattern_id = plan.departure.pattern_id
    trip.starts_at, trip.ends_at = plan.starts_at, plan.ends_at
    trip.state = TripState.PLANNED
    trip.version += 1
    trip.save()
    trip.visits.all().delete()
    StopVisit.objects.bulk_create(visits_of(trip, plan.stops))
    TripEvent.objects.create(trip=trip, at=now, kind=kind, details={"before": before})


def add_trips(plans: Sequence[Plan], day: date) -> int:
    """Add the trips of a day that are not there yet."""
    crews = usual_crews({bus for plan in plans if (bus := bus_of(plan))}, day)
    trips = [
        Trip(
            pattern_id=plan.departure.pattern_id,
            departure=plan.departure,
            service_date=day,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            planned_bus_id=bus_of(plan),
            bus_id=bus_of(plan),
            **crew_fields(crews, bus_of(plan), plan.departure.pattern.route_id),
        )
        for plan in plans
    ]
    Trip.objects.bulk_create(trips, batch_size=BATCH)
    store_visits(zip(trips, (plan.stops for plan in plans), strict=True))
    return len(trips)


def crew_fields(
    crews: Mapping[int, Crews], bus: int | None, route: int
) -> dict[str, Driver | Attendant | None]:
    """Who usually runs a route with a bus, as a trip names them."""
    crew = crews[bus].on(route) if bus else None
    return {"driver": crew.driver if crew else None, "attendant": crew.attendant if crew else None}


def store_visits(trips: Iterable[tuple[Trip, Sequence[PatternStop]]]) -> None:
    """Give trips that are new their stops."""
    visits = (visit for trip, stops in trips for visit in visits_of(trip, stops))
    StopVisit.objects.bulk_create(visits, batch_size=BATCH)


def visits_of(trip: Trip, stops: Sequence[PatternStop]) -> list[StopVisit]:
    """The stops of a trip with their planned times; nothing is known of them yet."""
    return [
        StopVisit(
            trip=trip,
            stop_id=stop.stop_id,
            order=stop.order,
            distance_m=stop.distance_m,
            planned_at=trip.starts_at + timedelta(seconds=stop.offset_s),
        )
        for stop in stops
    ]

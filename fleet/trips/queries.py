"""Reads: trips in a person's reach, the board of a day, and what a trip's page shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from fleet.dispatch.models import GateCheck
from fleet.duty.models import SignIn
from fleet.duty.queries import drivers_at_wheel
from fleet.grants import GRANTS, reach_with
from fleet.people.models import Driver, User
from fleet.trips.changes import gate_word
from fleet.trips.models import OPEN_STATES, Progress, StopVisit, Trip, TripEvent, TripState, VisitState
from fleet.trips.punctuality import LATE_AT, lateness
from fleet.trips.states import Obstacle, Situation, obstacles_at_gate

VIEW, EXPORT = "trips.view_trip", "trips.export_trip"
RAN_UNLET, SUBSTITUTE_SEEN = "ran_unlet", "substitute_seen"
DRIVEN_STATES = (TripState.PLANNED, TripState.DISPATCHED, TripState.RUNNING)
SIGNED_BEFORE = timedelta(minutes=45)
"""A driver who signs in on a bus so long before a trip, or later, does so to drive it."""


@dataclass
class BoardRow:
    """A trip on the board.

    Attributes:
        trip: the trip.
        late: how late it is, or is expected to be.
        obstacles: what keeps it from being let go.
        next_stop: the first stop ahead of one that is under way.
        expected: predicted arrival there; from and until.
        ran_unlet: it runs though nobody let it go.
        seen_instead: that another bus was seen on its way: `bus` and `plate` in its details.
        at_wheel: who is signed in on its bus now, where that is not its driver.
    """

    trip: Trip
    late: timedelta
    obstacles: tuple[Obstacle, ...] = ()
    next_stop: StopVisit | None = None
    expected: tuple[datetime, datetime] | None = None
    ran_unlet: bool = False
    seen_instead: TripEvent | None = None
    at_wheel: Driver | None = None

    @property
    def is_late(self) -> bool:
        """Whether it is later than is on time."""
        return self.late > LATE_AT

    @property
    def late_minutes(self) -> int:
        """Whole minutes."""
        return int(self.late.total_seconds() // 60)


def trips_for(person: User, permission: str = VIEW) -> QuerySet[Trip]:
    """The trips for which a person has a permission; it agrees with the rule of that name."""
    reached = reach_with(person, permission)
    wanted = Q(pattern__route__school__in=reached) | Q(bus__operator__in=reached)
    if GRANTS[permission].for_oneself and person.is_active:
        wanted |= Q(driver__user=person) | Q(attendant__user=person)
    return Trip.objects.filter(wanted)


def drivers_on_duty(person: User, day: date) -> dict[int, Driver]:
    """Who drives each bus that a trip of a day has under way, by the bus's id, of trips that a person may see.

    Of two trips of one bus, the one that runs counts, not the one that is let go already.
    """
    under_way = (TripState.DISPATCHED, TripState.RUNNING)
    trips = trips_for(person).filter(service_date=day, state__in=under_way, driver__isnull=False)
    found = trips.exclude(bus=None).select_related("driver").distinct().order_by("-starts_at", "-pk")
    by_duty = sorted(found, key=lambda trip: trip.state == TripState.RUNNING)
    return {trip.bus_id: trip.driver for trip in by_duty if trip.bus_id and trip.driver}


def shown(trips: QuerySet[Trip]) -> QuerySet[Trip]:
    """Trips with all that a row names."""
    return trips.select_related(
        "pattern__route__school", "bus__operator", "planned_bus", "driver", "attendant", "progress"
    )


def board(person: User, day: date, now: datetime, text: str = "", state: str = "") -> list[BoardRow]:
    """The trips of a day in a person's reach: open ones that are late first, then by departure.

    Args:
        person: who looks.
        day: service day.
        now: the present.
        text: of a plate, a route, a school, a driver.
        state: of trips, or "late"; empty for all.
    """
    trips = shown(trips_for(person).filter(service_date=day))
    if text:
        trips = trips.filter(
            Q(bus__plate__icontains=text)
            | Q(pattern__route__name__icontains=text)
            | Q(pattern__route__name_en__icontains=text)
            | Q(pattern__route__school__name__icontains=text)
            | Q(driver__name__icontains=text)
        )
    if state in TripState.values:
        trips = trips.filter(state=state)
    rows = [BoardRow(trip, lateness(trip, progress_of(trip), now)) for trip in trips]
    if state == "late":
        rows = [row for row in rows if row.is_late]
    return sorted(rows, key=urgency)


def urgency(row: BoardRow) -> tuple[bool, float, datetime, int]:
    """What comes first: what is open and late, the latest first."""
    is_urgent = row.is_late and row.trip.state in OPEN_STATES
    late_s = -row.late.total_seconds() if is_urgent else 0.0
    return (not is_urgent, late_s, row.trip.starts_at, row.trip.pk)


def progress_of(trip: Trip) -> Progress | None:
    """Where a trip is; None before anything is known."""
    found: Progress | None = getattr(trip, "progress", None)
    return found


def complete(rows: Sequence[BoardRow]) -> None:
    """Add what only the rows of an open page need, in four queries."""
    trips = [row.trip for row in rows]
    ahead: dict[int, StopVisit] = {}
    visits = StopVisit.objects.filter(trip__in=trips, state=VisitState.AHEAD).select_related("stop")
    for visit in visits.order_by("-order"):
        ahead[visit.trip_id] = visit
    checks = newest_checks(trips)
    noted = noted_events(trips)
    wheels = drivers_at_wheel({trip.bus_id for trip in trips if trip.bus_id}, timezone.now())
    for row in rows:
        trip = row.trip
        if trip.state == TripState.PLANNED:
            word = gate_word(trip, checks.get((trip.bus_id, trip.starts_at)))
            row.obstacles = obstacles_at_gate(Situation(has_bus=trip.bus_id is not None, gate=word))
        row.ran_unlet = RAN_UNLET in noted[trip.pk] and trip.state == TripState.PLANNED
        seen = noted[trip.pk].get(SUBSTITUTE_SEEN)
        if seen and seen.details.get("bus") != trip.bus_id:
            row.seen_instead = seen
        row.at_wheel = other_driver(trip, wheels.get(trip.bus_id or 0))
        progress = progress_of(trip)
        if progress and progress.phase and trip.state not in (TripState.CLOSED, TripState.CANCELLED):
            row.next_stop = ahead.get(trip.pk)
            row.expected = expected_at(progress, row.next_stop)


def other_driver(trip: Trip, signed: SignIn | None) -> Driver | None:
    """Who has signed in on a trip's bus to drive it, where that is not its driver."""
    if signed is None or trip.state not in DRIVEN_STATES or signed.driver_id == trip.driver_id:
        return None
    is_for_it = trip.starts_at - SIGNED_BEFORE <= signed.since <= trip.ends_at
    return signed.driver if is_for_it else None


def newest_checks(trips: Sequence[Trip]) -> dict[tuple[int | None, datetime], GateCheck]:
    """What the gate was asked last about each bus at each departure, with overrides."""
    found = GateCheck.objects.filter(
        bus__in={trip.bus_id for trip in trips if trip.bus_id},
        starts_at__in={trip.starts_at for trip in trips},
    ).select_related("override__confirmation")
    return {(check.bus_id, check.starts_at): check for check in found.order_by("pk")}


def noted_events(trips: Sequence[Trip]) -> dict[int, dict[str, TripEvent]]:
    """What was noticed by itself of each trip, the newest of each kind."""
    noted: dict[int, dict[str, TripEvent]] = defaultdict(dict)
    events = TripEvent.objects.filter(trip__in=trips, kind__in=(RAN_UNLET, SUBSTITUTE_SEEN))
    for event in events.order_by("at", "pk"):
        noted[event.trip_id][event.kind] = event
    return noted


def expected_at(progress: Progress, visit: StopVisit | None) -> tuple[datetime, datetime] | None:
    """The predicted range of arrival at a stop."""
    told = predictions_at(progress).get(visit.order) if visit else None
    return (told["low_at"], told["high_at"]) if told else None


def predictions_at(progress: Progress | None) -> dict[int, dict[str, datetime]]:
    """What is predicted of a trip: by the order of the stop, `median_at`, `low_at` and `high_at`."""
    return {
        one["order"]: {
            f"{name}_at": datetime.fromtimestamp(one[name], UTC) for name in ("median", "low", "high")
        }
        for one in (progress.predictions if progress else [])
    }


def stops_of(trip: Trip) -> list[tuple[StopVisit, tuple[datetime, datetime] | None]]:
    """A trip's stops, each with its predicted range while it is ahead."""
    progress = progress_of(trip)
    visits = trip.visits.select_related("stop").order_by("order")
    return [
        (visit, expected_at(progress, visit) if progress and visit.state == VisitState.AHEAD else None)
        for visit in visits
    ]

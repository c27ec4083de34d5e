"""The demo's pupils ride: they board and get off as the simulated buses go, and crews count, walk and close.

Most of it goes well. One case is staged: the attendant of one bus forgets the walk through it, once, and the alarm
goes from the attendant to the coordinator before the walk is made.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from fleet.ledger.changes import record_count, record_pupil, record_walk, review_all
from fleet.ledger.models import CountedWhat, HeadCount, PupilDeed, WalkThrough
from fleet.ledger.queries import records_of
from fleet.organisations.models import Membership, Role
from fleet.people.models import Attendant, Driver, User
from fleet.pupils.models import Pupil
from fleet.pupils.riders import StopRiders, riders_of
from fleet.routes.models import Direction
from fleet.trips.changes import TripError, move_trip
from fleet.trips.models import StopVisit, Trip, TripState, VisitState
from fleet.trips.states import Step
from fleet.turns import in_turns
from fleet.vehicles.models import Bus
from telematics.rules.ledger import Line, PupilState, ledger_of
from telematics.simulator.dice import dice

log = structlog.get_logger(__name__)

EVERY_S = 5.0
NO_SHOWS = 0.02
"""Share of the pupils who are not at their stop and whom nobody has reported absent."""
GETTING_OFF = timedelta(seconds=25)
"""After the arrival everybody is off, and counted."""
WALKED = timedelta(seconds=50)
"""After the arrival both have walked through the bus."""
FORGETFUL = 11
"""Number of the bus whose attendant forgets the walk on the first trip that ends."""
FORGETS_FOR = timedelta(minutes=12)
BEHIND = (VisitState.DEPARTED, VisitState.SKIPPED, VisitState.UNKNOWN)


def give_accounts() -> None:
    """An account to every driver and attendant who has none; nobody signs in with them but their ledgers."""
    for model, role in ((Driver, Role.DRIVER), (Attendant, Role.ATTENDANT)):
        without = list(model.objects.current().filter(user=None).order_by("pk"))
        accounts = [User(username=f"{role.value}{one.pk}", full_name=one.name) for one in without]
        for account in accounts:
            account.set_unusable_password()
        User.objects.bulk_create(accounts)
        Membership.objects.bulk_create(
            Membership(person=account, organisation_id=one.operator_id, role=role)
            for one, account in zip(without, accounts, strict=True)
        )
        for one, account in zip(without, accounts, strict=True):
            one.user = account
        model.objects.bulk_update(without, ("user",))


def ride_along(now: datetime) -> int:
    """Keep the ledgers of all trips that run; gives how many have closed."""
    yesterday = timezone.localtime(now).date() - timedelta(days=1)
    under_way = Trip.objects.filter(
        state__in=(TripState.RUNNING, TripState.CLOSING),
        service_date__gte=yesterday,
        driver__user__isnull=False,
        attendant__user__isnull=False,
    )
    crew = ("pattern__route", "bus", "driver__user", "attendant__user")
    return sum(keep_ledger(trip, now) for trip in in_turns(under_way.select_related(*crew)))


@transaction.atomic
def keep_ledger(trip: Trip, now: datetime) -> bool:
    """Record what has happened on a trip by now; gives whether it has closed."""
    riders = riders_of(trip.pattern, trip.service_date, trip.starts_at)
    visits = {one.order: one for one in trip.visits.order_by("order")}
    if not visits:
        return False
    lines = {line.pupil: line for line in ledger_of(records_of(trip, riders)).lines}
    recorded = sum(1 for _one in tap(trip, riders, visits, lines, now))
    recorded += count(trip, riders, visits, now)
    is_walked = walk(trip, now)
    if recorded or is_walked:
        review_all(trip)
    return is_walked and close(trip)


def driver_of(trip: Trip) -> User:
    """The account of a trip's driver."""
    return User.objects.get(driver=trip.driver_id)


def attendant_of(trip: Trip) -> User:
    """The account of a trip's attendant."""
    return User.objects.get(attendant=trip.attendant_id)


def tap(
    trip: Trip, riders: list[StopRiders], visits: dict[int, StopVisit], lines: dict[int, Line], now: datetime
) -> Iterator[int]:
    """Board and let off whoever has come to their stop; each pupil that something was recorded of."""
    first, last = min(visits), max(visits)
    to_school = trip.pattern.direction == Direction.TO_SCHOOL
    for stop in riders:
        on, off = (stop.order, last) if to_school else (first, stop.order)
        for rider in stop.riders:
            line = lines.get(rider.pupil.pk)
            if line is None:
                continue
            state = line.state
            if state == PupilState.EXPECTED and is_behind(trip, visits[on], last):
                shows = dice("shows", trip.pk, rider.pupil.pk).random() >= NO_SHOWS
                record(trip, rider.pupil, PupilDeed.BOARDING if shows else PupilDeed.NO_SHOW, visits[on], now)
                state = PupilState.ABOARD if shows else PupilState.NO_SHOW
                yield rider.pupil.pk
            if state == PupilState.ABOARD and is_off(trip, visits[off], last, now):
                record(trip, rider.pupil, PupilDeed.ALIGHTING, visits[off], now)
                yield rider.pupil.pk


def record(trip: Trip, pupil: Pupil, deed: PupilDeed, visit: StopVisit, now: datetime) -> None:
    """A tap of the attendant."""
    record_pupil(
        trip=trip,
        pupil=pupil,
        deed=deed,
        order=visit.order,
        at=visit.departed_at or visit.arrived_at or min(visit.planned_at, now),
        by=attendant_of(trip),
        is_last=False,
    )


def is_behind(trip: Trip, visit: StopVisit, last: int) -> bool:
    """Whether a bus has left a stop; of the last one, whether it has come there."""
    if trip.state == TripState.CLOSING:
        return True
    return visit.state in BEHIND and visit.order != last


def is_off(trip: Trip, visit: StopVisit, last: int, now: datetime) -> bool:
    """Whether those who get off at a stop have."""
    if trip.state == TripState.CLOSING:
        return now - (trip.ended_at or trip.ends_at) >= GETTING_OFF
    return visit.state in BEHIND and visit.order != last


def count(trip: Trip, riders: list[StopRiders], visits: dict[int, StopVisit], now: datetime) -> int:
    """Count those aboard once all have boarded, and those who got off once all have; gives how many counts."""
    first, last = min(visits), max(visits)
    to_school = trip.pattern.direction == Direction.TO_SCHOOL
    done = set(HeadCount.objects.filter(trip=trip).values_list("kind", flat=True))
    boarding = [one.order for one in riders if one.riders and one.order != last] if to_school else [first]
    last_boarding = max(boarding, default=first)
    ledger = ledger_of(records_of(trip, riders))
    made = 0
    are_all_on = not any(line.state == PupilState.EXPECTED for line in ledger.lines)
    is_countable = are_all_on and is_behind(trip, visits[last_boarding], last)
    if riders and CountedWhat.ABOARD not in done and is_countable:
        take_count(trip, CountedWhat.ABOARD, ledger.aboard + ledger.left, last_boarding)
        made += 1
    is_over = trip.state == TripState.CLOSING and is_off(trip, visits[last], last, now)
    if riders and CountedWhat.OFF not in done and is_over and not ledger.aboard:
        take_count(trip, CountedWhat.OFF, ledger.left, last)
        made += 1
    return made


def take_count(trip: Trip, kind: CountedWhat, number: int, order: int) -> None:
    """A count of the attendant."""
    record_count(trip=trip, kind=kind, count=number, order=order, by=attendant_of(trip), is_last=False)


def walk(trip: Trip, now: datetime) -> bool:
    """Both walk through the bus after its end; gives whether both have."""
    ended_at = trip.ended_at or trip.ends_at
    if trip.state != TripState.CLOSING or now - ended_at < WALKED:
        return False
    done = set(WalkThrough.objects.filter(trip=trip).values_list("by", flat=True))
    attendant = attendant_of(trip)
    crew = [driver_of(trip), attendant]
    if is_forgotten(trip, now - ended_at):
        crew.remove(attendant)
    for one in crew:
        if one.pk not in done:
            record_walk(trip=trip, by=one, is_empty=True, is_last=False)
    return len(crew) == 2


def is_forgotten(trip: Trip, since: timedelta) -> bool:
    """Whether this is the staged case: the first trip of one bus to end, in the first minutes."""
    buses = list(Bus.objects.order_by("pk").values_list("pk", flat=True)[FORGETFUL : FORGETFUL + 1])
    if trip.bus_id not in buses or since >= FORGETS_FOR:
        return False
    return not Trip.objects.filter(bus=trip.bus_id, state=TripState.CLOSED).exists()


def close(trip: Trip) -> bool:
    """Close a trip; a ledger that does not balance keeps it open, as it should."""
    trip.refresh_from_db()
    try:
        move_trip(trip=trip, step=Step.CLOSE, by=attendant_of(trip))
    except TripError as error:
        log.warning("demo_trip_stays_open", trip=trip.pk, why=str(error))
        return False
    return True

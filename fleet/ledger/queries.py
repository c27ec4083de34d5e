"""Reads: the child ledger of a trip, from its records and the roster of the day."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from fleet.ledger.models import (
    Correction,
    CountingMachine,
    HeadCount,
    OccupancyReport,
    PupilEvent,
    RollCall,
    RollCallEntry,
    Walker,
    WalkThrough,
)
from fleet.people.models import User
from fleet.pupils.models import SchoolClass
from fleet.pupils.riders import StopRiders, riders_of
from fleet.routes.models import Direction
from fleet.trips.models import Trip, TripEvent, TripState
from fleet.trips.states import Step
from telematics.rules import ledger_records as rules
from telematics.rules.counts_aboard import Count, CountSource
from telematics.rules.ledger import Ledger, ledger_of
from telematics.rules.ledger_records import TripRecords

CREW_STATES = (TripState.PLANNED, TripState.DISPATCHED, TripState.RUNNING, TripState.CLOSING)


def ledger_for(trip: Trip) -> Ledger:
    """The ledger of a trip as it stands."""
    return ledger_of(records_of(trip))


def records_of(trip: Trip, riders: Iterable[StopRiders] | None = None) -> TripRecords:
    """All that is recorded of a trip, for the rules.

    Args:
        trip: with its pattern and route.
        riders: the roster, where it has been read already.
    """
    stored = list(PupilEvent.objects.filter(trip=trip))
    is_to_school = trip.pattern.direction == Direction.TO_SCHOOL
    return TripRecords(
        roster=roster_of(trip, riders, {one.pupil_id for one in stored}),
        events=tuple(event_of(one) for one in stored),
        counts=tuple(count_of(one) for one in HeadCount.objects.filter(trip=trip)),
        walks=tuple(
            rules.WalkThrough(
                key=str(one.key),
                role=rules.CrewRole(one.role),
                by=one.by_id,
                at=one.at,
                is_empty=one.is_empty,
            )
            for one in WalkThrough.objects.filter(trip=trip)
        ),
        corrections=tuple(undoing_of(one) for one in Correction.objects.filter(trip=trip)),
        roll_call=tuple(roll_entries(trip, {one.pupil_id for one in stored})) if is_to_school else (),
        is_to_school=is_to_school,
        arrived_at=trip.ended_at,
        boarded_there=boarded_there(stored),
    )


def event_of(stored: PupilEvent) -> rules.PupilEvent:
    """A row as the rules take it."""
    return rules.PupilEvent(
        key=str(stored.key),
        pupil=stored.pupil_id,
        deed=rules.Deed(stored.deed),
        at=stored.at,
        stop=stored.order,
        by=stored.by_id,
        to_trip=stored.to_trip_id,
        is_handed_over=stored.is_handed_over,
    )


def count_of(stored: HeadCount) -> rules.HeadCount:
    """A row as the rules take it."""
    return rules.HeadCount(
        key=str(stored.key),
        kind=rules.CountKind(stored.kind),
        count=stored.count,
        at=stored.at,
        stop=stored.order,
        by=stored.by_id,
    )


def undoing_of(stored: Correction) -> rules.Correction:
    """A row as the rules take it."""
    return rules.Correction(key=str(stored.key), undoes=str(stored.undoes), by=stored.by_id, at=stored.at)


def occupancy_count(stored: OccupancyReport) -> Count:
    """What a machine said, as the rules take it."""
    return Count(
        key=f"occupancy:{stored.pk}",
        source=CountSource(stored.source),
        at=stored.at,
        lowest=stored.lowest,
        highest=stored.highest,
    )


def roster_of(
    trip: Trip, riders: Iterable[StopRiders] | None, recorded: set[int]
) -> tuple[rules.Expected, ...]:
    """Whom a trip carries; of a run with two buses, those whom the other one has taken are not expected here."""
    read = riders_of(trip.pattern, trip.service_date, trip.starts_at) if riders is None else riders
    elsewhere = taken_by_others(trip) - recorded
    return tuple(
        rules.Expected(rider.pupil.pk, stop.order, rider.absence is not None)
        for stop in read
        for rider in stop.riders
        if rider.pupil.pk not in elsewhere
    )


def taken_by_others(trip: Trip) -> set[int]:
    """Pupils who boarded another trip of the same pattern that runs at the same time."""
    others = Trip.objects.filter(
        pattern=trip.pattern_id, starts_at__lt=trip.ends_at, ends_at__gt=trip.starts_at
    ).exclude(pk=trip.pk)
    if not others:
        return set()
    undone = Correction.objects.filter(trip__in=others).values("undoes")
    boarded = PupilEvent.objects.filter(trip__in=others, deed=rules.Deed.BOARDING).exclude(key__in=undone)
    return set(boarded.values_list("pupil", flat=True))


def boarded_there(stored: Iterable[PupilEvent]) -> frozenset[tuple[int, int]]:
    """Which of those who went on by another trip its ledger has."""
    wanted = {(one.pupil_id, one.to_trip_id) for one in stored if one.to_trip_id}
    if not wanted:
        return frozenset()
    trips = {trip for _pupil, trip in wanted}
    undone = Correction.objects.filter(trip__in=trips).values("undoes")
    found = PupilEvent.objects.filter(trip__in=trips, deed=rules.Deed.BOARDING).exclude(key__in=undone)
    return frozenset(wanted & set(found.values_list("pupil", "trip")))


def roll_entries(trip: Trip, pupils: set[int]) -> list[rules.RollEntry]:
    """What teachers found in class after a trip had departed, of some pupils."""
    found = RollCallEntry.objects.filter(
        roll_call__day=trip.service_date, roll_call__at__gte=trip.starts_at, pupil__in=pupils
    )
    return [
        rules.RollEntry(
            key=str(one.roll_call.key),
            pupil=one.pupil_id,
            is_present=one.is_present,
            by=one.roll_call.by_id,
            at=one.roll_call.at,
        )
        for one in found.select_related("roll_call")
    ]


def newest_roll_call(school_class: SchoolClass) -> RollCall | None:
    """The roll-call of today that counts."""
    today = RollCall.objects.filter(school_class=school_class, day=timezone.localdate())
    return today.select_related("by").order_by("at", "pk").last()


def occupancy_reports(trip: Trip, until: datetime) -> QuerySet[OccupancyReport]:
    """What machines said from a trip's start to a moment."""
    since = trip.started_at or trip.starts_at
    return OccupancyReport.objects.filter(bus=trip.bus_id, at__gte=since, at__lte=until)


def newest_of_machines(trip: Trip, now: datetime) -> list[OccupancyReport]:
    """What each machine said last while a trip ran, the most trusted first."""
    found = occupancy_reports(trip, trip.ended_at or now)
    newest = (found.filter(source=machine).order_by("at").last() for machine in CountingMachine)
    return [one for one in newest if one is not None]


def crew_of(trip: Trip) -> int | None:
    """The crew's number aboard; None where nobody is named to drive."""
    return 1 + (trip.attendant_id is not None) if trip.driver_id else None


def closed_at(trip: Trip) -> datetime | None:
    """When a trip was closed."""
    if trip.state != TripState.CLOSED:
        return None
    event = TripEvent.objects.filter(trip=trip, kind=Step.CLOSE).order_by("pk").last()
    return event.at if event else None


def arrived_after_closing(trip: Trip, closed: datetime) -> datetime | None:
    """When the first record came that was not here when a trip was closed."""
    kinds = (PupilEvent, HeadCount, WalkThrough, Correction)
    late = (
        kind.objects.filter(trip=trip, received_at__gt=closed).order_by("received_at").first()
        for kind in kinds
    )
    return min((one.received_at for one in late if one), default=None)


def trips_of_crew(person: User, now: datetime) -> list[Trip]:
    """The trips of today that a person drives or attends and that are not over, the next first."""
    own = Q(driver__user=person) | Q(attendant__user=person)
    found = Trip.objects.filter(own, service_date=timezone.localtime(now).date(), state__in=CREW_STATES)
    return list(found.select_related("pattern__route__school", "bus").order_by("starts_at", "pk"))


def roles_of(person: User, trip: Trip) -> list[Walker]:
    """As what a person is aboard."""
    crew = {Walker.DRIVER: trip.driver, Walker.ATTENDANT: trip.attendant}
    return [role for role, member in crew.items() if member is not None and member.user_id == person.pk]

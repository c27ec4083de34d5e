"""A trip with a crew who sign in, pupils at its stops, and a ledger that is kept as it should be."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from fleet.ledger.changes import record_count, record_pupil, record_walk
from fleet.ledger.models import CountedWhat, PupilDeed
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.pupils.models import Pupil, SchoolClass
from fleet.trips.models import Trip, TripState
from tests.fleet.builders import person
from tests.pupils.builders import assigned, pupil, school_class, teacher
from tests.trips.builders import Line, line, trip_of


@dataclass
class Ride:
    """A trip that runs, and who is there."""

    line: Line
    trip: Trip
    driver: User
    attendant: User
    teacher: User
    school_class: SchoolClass
    pupils: list[Pupil]

    @property
    def coordinator(self) -> User:
        return self.line.where.coordinator

    @property
    def orders(self) -> list[int]:
        return list(self.trip.visits.order_by("order").values_list("order", flat=True))

    def board(self, child: Pupil, by: User | None = None, **more: Any):
        given = {"order": self.orders[0], **more}
        return record_pupil(
            trip=self.trip, pupil=child, deed=PupilDeed.BOARDING, by=by or self.attendant, **given
        )

    def alight(self, child: Pupil, by: User | None = None, **more: Any):
        given = {"order": self.orders[-1], **more}
        return record_pupil(
            trip=self.trip, pupil=child, deed=PupilDeed.ALIGHTING, by=by or self.attendant, **given
        )

    def count(self, number: int, kind: CountedWhat = CountedWhat.ABOARD, **more: Any):
        order = self.orders[-2] if kind == CountedWhat.ABOARD else self.orders[-1]
        return record_count(
            trip=self.trip, kind=kind, count=number, by=self.attendant, **{"order": order, **more}
        )

    def walk(self, *people: User, is_empty: bool = True) -> None:
        for one in people or (self.driver, self.attendant):
            record_walk(trip=self.trip, by=one, is_empty=is_empty)

    def reach_school(self, ago: timedelta = timedelta(0)) -> None:
        Trip.objects.filter(pk=self.trip.pk).update(
            state=TripState.CLOSING, ended_at=timezone.now() - ago, version=self.trip.version + 1
        )
        self.trip.refresh_from_db()

    def run(self) -> None:
        """All that it takes for the trip to close."""
        for child in self.pupils:
            self.board(child)
        self.count(len(self.pupils))
        self.reach_school()
        for child in self.pupils:
            self.alight(child)
        self.count(len(self.pupils), CountedWhat.OFF)
        self.walk()


def ride(pupils: int = 2, started_ago: timedelta = timedelta(minutes=20)) -> Ride:
    one = line()
    crew = [person(role, one.where.operator) for role in (Role.DRIVER, Role.ATTENDANT)]
    for record, account in zip((one.driver, one.attendant), crew, strict=True):
        record.user = account
        record.save()
    trip = trip_of(one, starts_at=timezone.now() - started_ago)
    Trip.objects.filter(pk=trip.pk).update(
        state=TripState.RUNNING,
        started_at=trip.starts_at,
        ends_at=timezone.now() + timedelta(minutes=10),
        service_date=timezone.localdate(),
    )
    trip.refresh_from_db()
    one.pattern.weekdays = 127
    one.pattern.save()
    taught = teacher(one.where)
    room = school_class(one.where, taught)
    children = [pupil(one.where, name=f"学生{number}", school_class=room) for number in range(pupils)]
    first = one.pattern.pattern_stops.order_by("order")[0].order
    for child in children:
        assigned(one.where, child, one.pattern, order=first, weekdays=127)
    driver, attendant = crew
    return Ride(one, trip, driver, attendant, taught, room, children)

"""A school whose bus runs every morning, its trips, and what the gate said of them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from fleet.dispatch.models import GateCheck
from fleet.people.models import Attendant, Driver
from fleet.routes.models import Departure, RoutePattern, Term
from fleet.trips.changes import add_trip
from fleet.trips.generation import generate
from fleet.trips.models import Trip
from fleet.vehicles.models import Bus
from tests.people.builders import attendant, driver
from tests.routes.builders import route
from tests.vehicles.builders import Place, place, registered

MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)
EARLY = time(7, 10)
MIDNIGHT = datetime(2026, 11, 22, 16, tzinfo=timezone.get_fixed_timezone(0))
STOPS = ("村口", "桥头", "集市", "学校")


@dataclass(frozen=True)
class Line:
    """A route with one departure in the morning, and who runs it."""

    where: Place
    pattern: RoutePattern
    departure: Departure
    bus: Bus
    driver: Driver
    attendant: Attendant


def line(at: time = EARLY, where: Place | None = None, stops: tuple[str, ...] = STOPS) -> Line:
    where = where or place()
    made = route(where.school, stops=stops).patterns.get()
    bus = registered(where)
    Term.objects.create(
        school=where.school, name="term", valid_from=date(2026, 1, 1), valid_until=date(2027, 12, 31)
    )
    departure = Departure.objects.create(pattern=made, at=at, bus=bus)
    return Line(where, made, departure, bus, driver(where), attendant(where))


def trips_on(day: date) -> list[Trip]:
    generate(day, datetime.combine(day, time(0), timezone.get_default_timezone()))
    return list(Trip.objects.filter(service_date=day))


def trip_of(one: Line, starts_at: datetime | None = None) -> Trip:
    """A trip with its crew, planned to start in an hour."""
    made = add_trip(
        pattern=one.pattern,
        starts_at=starts_at or timezone.now() + timedelta(hours=1),
        bus=one.bus,
        reason="test",
        by=one.where.coordinator,
    )
    made.driver, made.attendant = one.driver, one.attendant
    made.save()
    return made


def gate_check(trip: Trip, *, allowed: bool = True, **changes: Any) -> GateCheck:
    """The gate's word about a trip as it stands, or with other details."""
    given: dict[str, Any] = {
        "bus": trip.bus,
        "driver": trip.driver,
        "attendant": trip.attendant,
        "route": trip.pattern.route,
        "starts_at": trip.starts_at,
    }
    check = GateCheck(
        **given | changes, allowed=allowed, facts={}, refusals=[], numbers={}, profile="test",
        checked_by=trip.pattern.route.school.memberships.get().person,
    )  # fmt: skip
    check.save()
    return check

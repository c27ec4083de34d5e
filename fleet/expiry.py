"""What lapses when: buses, drivers, attendants, permits and their steps, stops, and the installation itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import rules
from django.db.models import QuerySet

from fleet.dispatch.facts import driver_numbers
from fleet.lapses import Lapse
from fleet.people.lapses import lapses_of_attendants, lapses_of_drivers
from fleet.people.models import Attendant, Driver, User
from fleet.people.queries import attendants_for, drivers_for
from fleet.permits.lapses import lapses_of_permits
from fleet.permits.models import UsePermit
from fleet.permits.queries import permits_seen_by
from fleet.regulations.lapses import ACT as CHANGE_LAW
from fleet.regulations.lapses import lapses_of_law
from fleet.regulations.profile import HERE
from fleet.regulations.queries import NoProfileError, profile_for
from fleet.routes.lapses import lapses_of_stops
from fleet.routes.models import Stop
from fleet.routes.queries import stops_for
from fleet.vehicles.lapses import lapses_of_buses
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for


@dataclass(frozen=True)
class Scope:
    """The records of which it is asked what lapses."""

    buses: QuerySet[Bus]
    drivers: QuerySet[Driver]
    attendants: QuerySet[Attendant]
    permits: QuerySet[UsePermit]
    stops: QuerySet[Stop]


def expiring(person: User, until: date, today: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed already, of all that a person may see.

    Args:
        person: who looks.
        until: the last day that counts.
        today: in the local zone.
    """
    seen = Scope(
        buses_for(person),
        drivers_for(person),
        attendants_for(person),
        permits_seen_by(person),
        stops_for(person),
    )
    yield from expiring_of(seen, until, today)
    if rules.has_perm(CHANGE_LAW, person):
        yield from lapses_of_law(until, today)


def expiring_everywhere(until: date, today: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed already, in the whole installation."""
    all_of = Scope(
        Bus.objects.all(),
        Driver.objects.all(),
        Attendant.objects.all(),
        UsePermit.objects.all(),
        Stop.objects.all(),
    )
    yield from expiring_of(all_of, until, today)
    yield from lapses_of_law(until, today)


def expiring_of(scope: Scope, until: date, today: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed already, of some records.

    Where no regulation profile is in force, what follows from its numbers is not known.
    """
    try:
        numbers = profile_for(HERE, today).values
    except NoProfileError:
        numbers = {}
    of_drivers = driver_numbers(numbers) if numbers else None
    check_months = int(numbers["operator.violation_check_months"]) if numbers else None
    inspection_months = int(numbers["bus.inspection_interval_months"]) if numbers else None
    yield from lapses_of_buses(scope.buses, until, inspection_months)
    yield from lapses_of_drivers(scope.drivers, until, today, of_drivers, check_months)
    yield from lapses_of_attendants(scope.attendants, until)
    yield from lapses_of_permits(scope.permits, until)
    yield from lapses_of_stops(scope.stops, until)

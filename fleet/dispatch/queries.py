"""Reads: the gate's checks in a person's reach, and whom a trip may be planned with."""

from django.db.models import Q, QuerySet

from fleet.dispatch.models import GateCheck
from fleet.people.models import Attendant, Driver, User
from fleet.people.queries import attendants_for, drivers_for
from fleet.vehicles.models import Bus
from fleet.vehicles.queries import buses_for


def checks_for(person: User) -> QuerySet[GateCheck]:
    """The gate's checks of the buses for which a person may see them, with what became of each."""
    seen = GateCheck.objects.filter(bus__in=buses_for(person, "dispatch.view_gatecheck"))
    return seen.select_related("bus", "driver", "attendant", "override__confirmation")


def drivers_for_trip(person: User, bus: Bus) -> QuerySet[Driver]:
    """The drivers that a trip of a bus may be planned with: those of its operator, and all that a person may see."""
    seen = drivers_for(person).values("pk")
    return Driver.objects.current().filter(Q(operator=bus.operator_id) | Q(pk__in=seen))


def attendants_for_trip(person: User, bus: Bus) -> QuerySet[Attendant]:
    """The attendants that a trip of a bus may be planned with, as `drivers_for_trip`."""
    seen = attendants_for(person).values("pk")
    return Attendant.objects.current().filter(
        Q(operator__in=[bus.operator_id, bus.school_id]) | Q(pk__in=seen)
    )

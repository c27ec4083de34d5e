"""Who may see and run trips, by memberships that reach the bus's operator or the route's school."""

from fleet.grants import Grant, declare
from fleet.people.models import User
from fleet.trips.models import Trip
from fleet.vehicles.permissions import AT_SCHOOL, OVERSEEING, RUNNING


def organisations_of(trip: Trip) -> tuple[int | None, ...]:
    """Whom a trip serves, and who runs its bus."""
    return (trip.pattern.route.school_id, trip.bus.operator_id if trip.bus else None)


def is_crew_of(person: User, trip: Trip) -> bool:
    """Whether a person drives a trip, or attends it."""
    return any(member is not None and member.user_id == person.pk for member in (trip.driver, trip.attendant))


declare(
    {
        "trips.view_trip": Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING), for_oneself=True),
        "trips.run_trip": Grant(RUNNING, for_oneself=True),
    },
    organisations_of,
    is_about=is_crew_of,
)
declare(
    {
        "trips.change_trip": Grant(RUNNING),  # substitutes, cancels, explains lateness
        "trips.export_trip": Grant((*RUNNING, *AT_SCHOOL)),
    },
    organisations_of,
)

"""Who may see and handle alarms, by memberships that reach whoever runs the bus or whom it serves."""

from fleet.alarms.models import Alarm, Suppression
from fleet.grants import Grant, declare
from fleet.people.models import User
from fleet.trips.permissions import is_crew_of
from fleet.vehicles.permissions import AT_SCHOOL, OVERSEEING, RUNNING

VIEW = "alarms.view_alarm"
HANDLE = "alarms.handle_alarm"
EXPORT = "alarms.export_alarm"
VIEW_SUPPRESSION = "alarms.view_suppression"
SUPPRESS = "alarms.change_suppression"


def organisations_of(alarm: Alarm) -> tuple[int | None, int | None]:
    """Who runs the bus, and whom it serves."""
    return alarm.operator_id, alarm.school_id


def is_about(person: User, alarm: Alarm) -> bool:
    """Whether an alarm is about a driver, or about the trip of a driver or attendant."""
    if alarm.driver is not None and alarm.driver.user_id == person.pk:
        return True
    return alarm.trip is not None and is_crew_of(person, alarm.trip)


def organisation_of(suppression: Suppression) -> tuple[int]:
    """For whose buses it holds."""
    return (suppression.organisation_id,)


declare(
    {VIEW: Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING), for_oneself=True)},
    organisations_of,
    is_about=is_about,
)
declare(
    {HANDLE: Grant((*RUNNING, *AT_SCHOOL)), EXPORT: Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING))},
    organisations_of,
)
declare(
    {
        VIEW_SUPPRESSION: Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
        SUPPRESS: Grant(RUNNING),
    },
    organisation_of,
)

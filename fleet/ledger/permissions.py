"""Who may keep a trip's child ledger, look at it, and take a roll-call.

The crew of a trip keep its ledger, also those whom others have replaced meanwhile, for their tablet may send later;
coordinators correct it. Principals and safety officers look at it. A class teacher calls the roll of the own class.
What machines count on a bus is sent by the accounts of those who run it or serve aboard.
"""

from fleet.grants import Grant, declare
from fleet.people.models import Attendant, Driver, User
from fleet.pupils.permissions import school_of, teaches
from fleet.trips.models import Trip, TripEvent
from fleet.trips.permissions import is_crew_of, organisations_of
from fleet.vehicles.permissions import ABOARD, AT_SCHOOL, RUNNING
from fleet.vehicles.permissions import organisations_of as organisations_of_bus

KEEP, VIEW, CALL_ROLL = "ledger.keep_ledger", "ledger.view_ledger", "ledger.call_roll"
REPORT_OCCUPANCY = "ledger.report_occupancy"
SUBSTITUTED = "substituted"


def was_crew_of(person: User, trip: Trip) -> bool:
    """Whether a person drives or attends a trip, or did before somebody took over."""
    if is_crew_of(person, trip):
        return True
    replaced = TripEvent.objects.filter(trip=trip, kind=SUBSTITUTED).values_list("details", flat=True)
    former = {"driver": Driver, "attendant": Attendant}
    return any(
        former[name].objects.filter(pk=details[name][0], user=person).exists()
        for details in replaced
        for name in former.keys() & details.keys()
    )


declare(
    {KEEP: Grant(RUNNING, for_oneself=True)},
    organisations_of,
    is_about=was_crew_of,
)
declare(
    {VIEW: Grant((*RUNNING, *AT_SCHOOL), for_oneself=True)},
    organisations_of,
    is_about=is_crew_of,
)
declare(
    {CALL_ROLL: Grant(AT_SCHOOL, for_oneself=True)},
    school_of,
    is_about=teaches,
)
declare({REPORT_OCCUPANCY: Grant((*RUNNING, *ABOARD))}, organisations_of_bus)

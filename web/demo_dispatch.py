"""The demo's dispatch: usual crews, this morning's checks of most buses, and what the gate said of their first run.

Invented, and the same for the same day. The gate refuses the bus of the unqualified driver, the one with a defect and
the one without an attendant, and what nobody has checked; it allows the others.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils import timezone

from fleet.dispatch.changes import check_trip, record_pre_trip_check
from fleet.dispatch.models import ItemState
from fleet.dispatch.plan import TripPlan, stages_of
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.situation import Answer
from fleet.organisations.changes import change_organisation
from fleet.organisations.models import Organisation, SchoolStage
from fleet.people.models import User
from fleet.vehicles.changes import assign_crew
from telematics.simulator import model
from web.demo_permits import RUNS
from web.demo_registry import REASON, Crew

CHECKED_AT = time(6, 5)
UNCHECKED_EVERY = 10
"""Every so many buses one has not been checked this morning, nor has its gate been asked."""

STAGES = {
    "kindergarten": SchoolStage.KINDERGARTEN,
    "primary": SchoolStage.PRIMARY,
    "middle": SchoolStage.MIDDLE,
}


def fill_dispatch(crews: Sequence[Crew], simulated: model.District, *, by: User, today: date) -> None:
    """Assign the crews, check the buses and ask the gate.

    Args:
        crews: who usually runs each bus, in the order of `simulated`.
        simulated: the district that is driven.
        by: who may do all of it.
        today: in the local zone.
    """
    name_stages(crews, simulated, by=by)
    for number, crew in enumerate(crews):
        assign_crew(
            bus=crew.bus,
            by=by,
            reason=REASON,
            driver=crew.driver,
            attendant=crew.attendant,
            valid_from=today.replace(day=1),
        )
        if number % UNCHECKED_EVERY != UNCHECKED_EVERY - 1 or crew.attendant is None:
            look_at(crew, by=by, today=today)
            ask(crew, by=by, today=today)


def name_stages(crews: Sequence[Crew], simulated: model.District, *, by: User) -> None:
    """Whom each school teaches, which decides what bus its pupils may ride."""
    named: dict[int, Organisation] = {}
    for crew, drawn in zip(crews, simulated.buses, strict=True):
        school = crew.bus.school
        if school is None:
            continue
        if school.pk not in named:
            stage = STAGES[simulated.schools[drawn.school].kind]
            named[school.pk] = change_organisation(school, {"stage": stage}, by=by, reason=REASON)
        crew.bus.school = named[school.pk]


def look_at(crew: Crew, *, by: User, today: date) -> None:
    """The check before the first run, with everything in order."""
    zone = timezone.get_current_timezone()
    record_pre_trip_check(
        bus=crew.bus,
        driver=crew.driver,
        attendant=crew.attendant,
        items=dict.fromkeys(ITEMS, ItemState.OK),
        card_displayed=True,
        sober=True,
        fit=True,
        checked_at=min(timezone.now(), datetime.combine(today, CHECKED_AT, zone)),
        by=by,
    )


def ask(crew: Crew, *, by: User, today: date) -> None:
    """Ask the gate about the first run."""
    bus = crew.bus
    check_trip(
        plan=TripPlan(
            bus=bus,
            starts_at=datetime.combine(today, RUNS[0][0], timezone.get_current_timezone()),
            route=bus.route,
            driver=crew.driver,
            attendant=crew.attendant,
            stages=stages_of(bus),
            pupils=(bus.capacity_pupils or 0) * 9 // 10,
            adults=2 if crew.attendant else 1,
            front_seat_free=Answer.MET,
            nobody_else_rides=Answer.MET,
            running_allowed=Answer.MET,
        ),
        by=by,
    )

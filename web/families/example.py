"""A family's card with an example child: what a school's settings let families see."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from fleet.family.legs import ChildToday, FamilyDay, Leg, Prediction, Whereabouts
from fleet.family.models import DriverName, SchoolPrivacy
from fleet.family.names import surname_of
from fleet.family.stages import Facts, Stage
from fleet.organisations.models import Organisation
from fleet.people.models import Driver
from fleet.pupils.models import Pupil
from fleet.routes.models import Direction, Route, RoutePattern, Stop
from fleet.trips.models import StopVisit, Trip, TripState
from fleet.trips.states import State
from fleet.vehicles.models import Bus
from web.parent.cards import cards_of

PLATE = "苏E00001"
NOBODY = 0
"""The id of what is not there: the example is shown, and leads nowhere."""


def example_card(school: Organisation, privacy: SchoolPrivacy, now: datetime) -> str:
    """The card of an example child whose bus comes in some minutes, as HTML; nothing of it is stored."""
    soon = now + timedelta(minutes=7)
    driver = Driver(name=_("Jianguo Wang"))
    pattern = RoutePattern(route=Route(name="1", school=school), direction=Direction.TO_SCHOOL)
    trip = Trip(
        pk=NOBODY, pattern=pattern, bus=Bus(pk=NOBODY, plate=PLATE), driver=driver, state=TripState.RUNNING,
        starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=30), service_date=now.date(),
    )  # fmt: skip
    visit = StopVisit(trip=trip, stop=Stop(name=_("Village gate")), planned_at=soon)
    pupil = Pupil(pk=NOBODY, name=_("Example child"), school=school)
    leg = Leg(
        trip=trip,
        pupil=pupil,
        visit=visit,
        school_visit=visit,
        stage=Stage.COMING,
        facts=Facts(State.RUNNING, trip.starts_at, trip.ends_at, shown_before=privacy.shown_before),
        absence=None,
        prediction=Prediction(soon, soon - timedelta(minutes=1), soon + timedelta(minutes=2)),
        whereabouts=Whereabouts(120.0, 31.0, None, now - timedelta(seconds=12)),
        stops_away=3,
        plate=PLATE if privacy.shows_plate else "",
        driver=name_shown(driver.name, DriverName(privacy.driver_name)),
        walking=timedelta(minutes=5),
    )
    return cards_of(FamilyDay([ChildToday(pupil, [leg], now, privacy.telephone)], soon))


def name_shown(name: str, how: DriverName) -> str:
    """As much of a driver's name as a school shows."""
    if how == DriverName.NONE:
        return ""
    return name if how == DriverName.FULL else surname_of(name)

"""A trip that somebody wants to let run: what the gate is asked about."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fleet.dispatch.situation import Answer, Stage
from fleet.organisations.models import SchoolStage
from fleet.people.models import Attendant, Driver
from fleet.routes.models import Route
from fleet.vehicles.models import Bus

UNKNOWN = Answer.UNKNOWN

STAGES_TAUGHT = {
    SchoolStage.KINDERGARTEN: frozenset({Stage.KINDERGARTEN}),
    SchoolStage.PRIMARY: frozenset({Stage.PRIMARY}),
    SchoolStage.MIDDLE: frozenset({Stage.MIDDLE}),
    SchoolStage.PRIMARY_AND_MIDDLE: frozenset({Stage.PRIMARY, Stage.MIDDLE}),
}


@dataclass(frozen=True)
class TripPlan:
    """What somebody wants to let run, with what is known at departure only.

    Attributes:
        bus: the vehicle.
        starts_at: departure.
        route: to be driven.
        driver: who drives.
        attendant: who looks after the pupils.
        stops: names of the stops to be served, where not all of the route's.
        hazards_protected: of a route that was not approved, as the coordinator found.
        stages: of the pupils.
        pupils: aboard at most.
        adults: aboard at most, with the driver.
        front_seat_free: no pupil is put in the front passenger seat.
        nobody_else_rides: besides pupils, driver and attendants.
        running_allowed: running is not suspended.
        ends_at: planned end; where it is not known, the driver has to have some driving time left, however little.
    """

    bus: Bus
    starts_at: datetime
    route: Route | None = None
    driver: Driver | None = None
    attendant: Attendant | None = None
    stops: frozenset[str] | None = None
    hazards_protected: Answer = UNKNOWN
    stages: frozenset[Stage] | None = None
    pupils: int | None = None
    adults: int | None = None
    front_seat_free: Answer = UNKNOWN
    nobody_else_rides: Answer = UNKNOWN
    running_allowed: Answer = UNKNOWN
    ends_at: datetime | None = None

    @property
    def day(self) -> date:
        """The local day on which it starts."""
        return timezone.localtime(self.starts_at).date()


def stages_of(bus: Bus) -> frozenset[Stage] | None:
    """The stages of the pupils whom a bus serves, by its school; None where that is not known."""
    taught = bus.school.stage if bus.school else ""
    return STAGES_TAUGHT[SchoolStage(taught)] if taught else None

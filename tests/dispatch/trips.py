"""A district in which one trip has everything that the law asks for, as the registry holds it."""

from datetime import date, datetime, time

from django.utils import timezone

from fleet.dispatch.changes import check_trip, record_pre_trip_check
from fleet.dispatch.models import GateCheck, ItemState, PreTripCheck
from fleet.dispatch.plan import TripPlan
from fleet.dispatch.pre_trip import ITEMS
from fleet.dispatch.situation import Answer, Stage
from fleet.people.attendants import AttendantCheck, CheckKind
from fleet.people.drivers import (
    Condition,
    DriverCondition,
    DriverQualification,
    MedicalCertificate,
)
from fleet.people.models import Attendant, Driver
from fleet.permits.cards import CardText
from fleet.vehicles.models import Bus, Equipment, Insurance, Maintenance, SeatCheck
from fleet.vehicles.upkeep import EquipmentKind, InsuranceKind, MaintenanceKind
from tests.permits.builders import TODAY, District, days

MET = Answer.MET
DRIVER_ID, SUBSTITUTE_ID, ATTENDANT_ID = "320311198001010017", "320311198001010033", "320311198502020028"


class PermittedTrip:
    """A trip with everything that the law asks for but its plate card and this day's check of the bus."""

    def __init__(self, bus: Bus | None = None) -> None:
        self.district = District(bus)
        self.bus = self.equipped_bus()
        self.driver = self.qualified_driver()
        self.attendant = self.checked_attendant()
        self.route = self.district.route
        self.district.inspect(days(80))
        self.permit = self.district.permit()

    def equipped_bus(self):
        bus = self.district.bus
        bus.owner, bus.bus_type = "县校车公司", "primary"
        bus.capacity_pupils, bus.capacity_adults = 32, 3
        bus.first_registered_on = days(-900)
        bus.save()
        coordinator = self.district.coordinator
        for kind in (InsuranceKind.CARRIER_LIABILITY, InsuranceKind.COMPULSORY_TRAFFIC):
            Insurance.objects.create(
                bus=bus, kind=kind, insurer="x", policy_number=kind, valid_from=days(-9), valid_until=days(9)
            )
        for equipment in EquipmentKind:
            Equipment.objects.create(bus=bus, kind=equipment)
        Maintenance.objects.create(
            bus=bus, kind=MaintenanceKind.ROUTINE, done_on=days(-9), work="x", next_due_on=days(9)
        )
        SeatCheck.objects.create(
            bus=bus, checked_at=timezone.now(), checked_by=coordinator, seats_pupils=32, seats_adults=3
        )
        return bus

    def qualified_driver(self, identity_number=DRIVER_ID):
        driver = Driver.objects.create(
            name="王师傅",
            identity_number=identity_number,
            born_on=date(1980, 1, 1),
            operator=self.district.operator,
            licence_class="A1",
            licence_first_issued_on=days(-3000),
            licence_class_since=days(-3000),
            licence_valid_until=days(600),
        )
        DriverQualification.objects.create(
            driver=driver,
            number=f"Q{identity_number}",
            issuer="x",
            issued_on=days(-10),
            valid_from=days(-10),
            valid_until=days(300),
        )
        for condition in Condition.values:
            DriverCondition.objects.create(
                driver=driver, condition=condition, state="met", established_on=days(-10), evidence="x"
            )
        MedicalCertificate.objects.create(
            driver=driver, examined_on=days(-10), valid_until=days(90), fit=True
        )
        return driver

    def checked_attendant(self):
        attendant = Attendant.objects.create(
            name="李老师", identity_number=ATTENDANT_ID, operator=self.district.operator
        )
        for kind in CheckKind.values:
            AttendantCheck.objects.create(
                attendant=attendant, kind=kind, done_on=days(-10), passed=True, evidence="x"
            )
        return attendant

    def check_bus(self, **changes) -> PreTripCheck:
        """Look at the bus before the trip; everything is in order where nothing else is said."""
        given = {
            "driver": self.driver,
            "attendant": self.attendant,
            "items": dict.fromkeys(ITEMS, ItemState.OK) | changes.pop("items", {}),
            "card_displayed": True,
            "sober": True,
            "fit": True,
            "by": self.district.coordinator,
        }
        return record_pre_trip_check(bus=self.bus, **{**given, **changes})

    def plan(self, **changes) -> TripPlan:
        given = {
            "bus": self.bus,
            "starts_at": datetime.combine(TODAY, time(7, 0), timezone.get_current_timezone()),
            "route": self.route,
            "driver": self.driver,
            "attendant": self.attendant,
            "stages": frozenset({Stage.PRIMARY}),
            "pupils": 30,
            "adults": 2,
            "front_seat_free": MET,
            "nobody_else_rides": MET,
            "running_allowed": MET,
        }
        return TripPlan(**{**given, **changes})

    def check(self, **changes) -> GateCheck:
        return check_trip(plan=self.plan(**changes), by=self.district.coordinator)


class LawfulTrip(PermittedTrip):
    """A district in which one trip has everything that the law asks for."""

    def __init__(self) -> None:
        super().__init__()
        text = CardText(
            "县校车公司", (self.driver,), self.route, ("村口", "学校"), ((time(6, 40), time(7, 30)),)
        )
        self.card = self.district.card(self.permit, text)
        self.check_bus()

"""Trips asked of the gate with what the registry knows: recorded, refused, allowed, and overridden by two."""

import json
from datetime import date, datetime, time

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from fleet.append_only import AppendOnly, AppendOnlyError
from fleet.dispatch.changes import OverrideError, check_trip, confirm_override, may_leave, request_override
from fleet.dispatch.facts import TripPlan, licence_fits, years_between
from fleet.dispatch.models import ExceptionReason, GateCheck
from fleet.dispatch.situation import Answer, PreTripFacts, Stage
from fleet.organisations.models import Role
from fleet.people.attendants import AttendantCheck, CheckKind
from fleet.people.drivers import (
    Condition,
    DriverCondition,
    DriverQualification,
    MedicalCertificate,
)
from fleet.people.models import Attendant, Driver
from fleet.permits.cards import CardText, end_card
from fleet.permits.models import CardState
from fleet.vehicles.models import Equipment, Insurance, Maintenance, SeatCheck
from fleet.vehicles.upkeep import Defect, EquipmentKind, InsuranceKind, MaintenanceKind, Severity
from tests.fleet.builders import person
from tests.permits.builders import TODAY, District, days
from tests.routes.builders import route

pytestmark = pytest.mark.django_db
MET = Answer.MET
DRIVER_ID, SUBSTITUTE_ID, ATTENDANT_ID = "320311198001010017", "320311198001010033", "320311198502020028"


class LawfulTrip:
    """A district in which one trip has everything that the law asks for."""

    def __init__(self) -> None:
        self.district = District()
        self.bus = self.equipped_bus()
        self.driver = self.qualified_driver()
        self.attendant = self.checked_attendant()
        self.route = self.district.route
        self.district.inspect(days(80))
        text = CardText(
            "县校车公司", (self.driver,), self.route, ("村口", "学校"), ((time(6, 40), time(7, 30)),)
        )
        self.card = self.district.card(self.district.permit(), text)

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
            "card_displayed": MET,
            "sober": MET,
            "fit": MET,
            "pre_trip": PreTripFacts(TODAY, MET, MET, MET, MET, MET, MET, MET),
        }
        return TripPlan(**{**given, **changes})

    def check(self, **changes) -> GateCheck:
        return check_trip(plan=self.plan(**changes), by=self.district.coordinator)


@pytest.fixture
def trip():
    return LawfulTrip()


def codes(check):
    return [refusal["code"] for refusal in check.refusals]


def test_a_trip_with_all_its_papers_is_allowed_and_recorded(trip):
    check = trip.check()
    assert codes(check) == []
    assert check.allowed
    kept = GateCheck.objects.get()
    assert (kept.profile, kept.checked_by) == ("cn-2022", trip.district.coordinator)
    assert kept.facts["bus"]["plate"] == trip.bus.plate
    assert kept.facts["trip"]["starts_at"] == "07:00:00"
    assert kept.numbers["driver.age_max"] == 60
    assert trip.driver.name not in json.dumps(kept.facts, ensure_ascii=False)
    assert DRIVER_ID not in json.dumps(kept.facts)


def lapse_insurance(trip):
    Insurance.objects.filter(kind=InsuranceKind.CARRIER_LIABILITY).update(valid_until=days(-1))


def lose_card(trip):
    end_card(card=trip.card, state=CardState.LOST, ended_on=TODAY, reason="x", by=trip.district.coordinator)


def report_defect(trip):
    Defect.objects.create(
        bus=trip.bus,
        description="brakes",
        severity=Severity.CRITICAL,
        blocks_dispatch=True,
        found_at=timezone.now(),
        reported_by=trip.district.coordinator,
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lapse_insurance, ["carrier_insurance_lapsed"]),
        (lose_card, ["plate_card_missing"]),
        (report_defect, ["defect_open"]),
        (lambda trip: Equipment.objects.filter(kind="escape_hammer").update(expires_on=days(-1)), ["hammer_missing"]),
        (lambda trip: SeatCheck.objects.update(seats_pupils=40), ["seats_altered"]),
        (lambda trip: Maintenance.objects.update(next_due_on=days(-1)), ["maintenance_overdue"]),
        (lambda trip: Driver.objects.update(licence_class="B1"), ["licence_unfit"]),
        (lambda trip: MedicalCertificate.objects.update(fit=False), ["medical_lapsed"]),
        (
            lambda trip: DriverCondition.objects.filter(condition="no_abuse").update(state="not_met"),
            ["driver_abuse"],
        ),
        (
            lambda trip: AttendantCheck.objects.filter(kind="training").update(passed=False),
            ["attendant_untrained"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_registry_is_refused(trip, change, expected):
    change(trip)
    for record in (trip.bus, trip.driver, trip.attendant):
        record.refresh_from_db()
    check = trip.check()
    assert codes(check) == expected
    assert not check.allowed


def test_a_bus_without_an_attendant_is_refused(trip):
    assert "attendant_missing" in codes(trip.check(attendant=None))


def test_the_driver_is_recognised_under_another_record_as_attendant(trip):
    Attendant.objects.filter(pk=trip.attendant.pk).update(identity_number=DRIVER_ID)
    trip.attendant.refresh_from_db()
    assert codes(trip.check()) == ["attendant_is_driver"]


def test_a_substitute_driver_whom_the_card_does_not_name_is_refused(trip):
    substitute = trip.qualified_driver(SUBSTITUTE_ID)
    assert codes(trip.check(driver=substitute)) == ["driver_not_on_card"]


def test_what_nobody_has_confirmed_is_unknown_and_refused(trip):
    bare = TripPlan(bus=trip.bus, starts_at=trip.plan().starts_at, route=trip.route, driver=trip.driver)
    check = check_trip(plan=bare, by=trip.district.coordinator)
    unknown = {refusal["code"] for refusal in check.refusals if refusal["unknown"]}
    assert {"too_many_pupils", "brakes_unsafe", "driver_not_sober", "plate_card_not_displayed"} <= unknown


def test_a_bus_of_which_nothing_is_recorded_is_refused(trip):
    check = check_trip(
        plan=TripPlan(bus=trip.district.another_bus(), starts_at=trip.plan().starts_at),
        by=trip.district.coordinator,
    )
    assert {"permit_missing", "plate_card_missing", "inspection_lapsed", "driver_not_on_card"} <= set(
        codes(check)
    )


def test_who_does_not_answer_for_the_bus_may_not_ask(trip):
    for someone in (person(), person(Role.COORDINATOR, District().operator)):
        with pytest.raises(PermissionDenied):
            check_trip(plan=trip.plan(), by=someone)
    assert not GateCheck.objects.exists()


def off_route(trip, **changes):
    """A check of a trip that is driven round an obstacle, with its stops served."""
    other = route(trip.district.school, "二号线", stops=())
    stops = frozenset({"村口", "学校"})
    return trip.check(**{"route": other, "stops": stops, "hazards_protected": MET, **changes})


def test_two_people_override_a_refusal_of_the_route_alone(trip):
    check = off_route(trip)
    override = request_override(
        check=check, exception=ExceptionReason.WORKS, reason="bridge closed", by=trip.district.coordinator
    )
    assert not may_leave(check)
    with pytest.raises(PermissionDenied, match="Another person"):
        confirm_override(override=override, by=trip.district.coordinator)
    assert not may_leave(check)
    confirm_override(override=override, by=trip.district.administrator)
    assert may_leave(check)
    with pytest.raises(OverrideError, match="confirmed already"):
        confirm_override(override=override, by=trip.district.administrator)


@pytest.mark.parametrize(
    "changes",
    [{"pupils": 64}, {"attendant": None}, {"route": None}, {"hazards_protected": Answer.UNKNOWN}],
    ids=str,
)
def test_what_the_law_does_not_except_cannot_be_overridden(trip, changes):
    check = off_route(trip, **changes)
    with pytest.raises(OverrideError, match="Article 30"):
        request_override(
            check=check, exception=ExceptionReason.WORKS, reason="x", by=trip.district.coordinator
        )


def test_an_override_needs_a_refusal_a_reason_and_is_asked_for_once(trip):
    by = trip.district.coordinator
    with pytest.raises(OverrideError, match="Article 30"):
        request_override(check=trip.check(), exception=ExceptionReason.WORKS, reason="x", by=by)
    check = off_route(trip)
    with pytest.raises(OverrideError, match="Say what"):
        request_override(check=check, exception=ExceptionReason.WORKS, reason=" ", by=by)
    with pytest.raises(PermissionDenied):
        request_override(check=check, exception=ExceptionReason.WORKS, reason="x", by=person())
    request_override(check=check, exception=ExceptionReason.WORKS, reason="x", by=by)
    with pytest.raises(OverrideError, match="already"):
        request_override(check=check, exception=ExceptionReason.WORKS, reason="x", by=by)


def test_checks_and_overrides_cannot_be_changed_or_deleted(trip):
    check = off_route(trip)
    override = request_override(
        check=check, exception=ExceptionReason.WORKS, reason="x", by=trip.district.coordinator
    )
    confirmation = confirm_override(override=override, by=trip.district.administrator)
    rows: tuple[AppendOnly, ...] = (check, override, confirmation)
    for row in rows:
        for attempt in (
            row.save,
            row.delete,
            type(row)._default_manager.all().delete,
            lambda row=row: type(row)._default_manager.update(pk=0),
        ):
            with pytest.raises(AppendOnlyError):
                attempt()


@pytest.mark.parametrize(
    ("since", "day", "years"),
    [
        (date(1966, 3, 1), date(2026, 3, 1), 60),
        (date(2000, 2, 29), date(2026, 2, 28), 26),
        (date(2000, 7, 1), date(2026, 6, 30), 25 + 364 / 365),
    ],
)
def test_years_are_whole_on_anniversaries(since, day, years):
    assert years_between(since, day) == pytest.approx(years)


def test_a_driver_is_too_old_from_the_day_after_the_birthday():
    assert years_between(date(1966, 3, 1), date(2026, 3, 2)) > 60


@pytest.mark.parametrize(
    ("seats", "licence", "fits"),
    [
        (9, "C1", MET),
        (10, "C1", Answer.NOT_MET),
        (19, "B1", MET),
        (20, "B1", Answer.NOT_MET),
        (20, "A1", MET),
        (20, "", Answer.UNKNOWN),
        (None, "A1", Answer.UNKNOWN),
    ],
)
def test_a_licence_covers_buses_up_to_a_size(trip, seats, licence, fits):
    trip.bus.capacity_pupils = seats and seats - 1
    trip.bus.capacity_adults = seats and 1
    trip.driver.licence_class = licence
    assert licence_fits(trip.driver, trip.bus) is fits

"""Reads: drivers and attendants in a person's reach, what is known of each, and what lapses."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from fleet.grants import GRANTS, reach_with
from fleet.people.attendants import Attendant, AttendantCheck, CheckKind
from fleet.people.drivers import Driver, DriverQualification, MedicalCertificate
from fleet.people.models import User
from fleet.people.standing import (
    Condition,
    DriverFacts,
    DriverNumbers,
    Evidence,
    Medical,
    Period,
    Points,
    Review,
    Standing,
    State,
    Training,
    standing,
)
from fleet.records import Lapse, RecordQuerySet


def drivers_for(person: User, permission: str = "people.view_driver") -> RecordQuerySet:
    """The drivers, archived ones too, for whom a person has a permission."""
    return Driver.objects.filter(members_with(person, permission)).select_related("operator")


def attendants_for(person: User, permission: str = "people.view_attendant") -> RecordQuerySet:
    """The attendants, archived ones too, for whom a person has a permission."""
    return Attendant.objects.filter(members_with(person, permission)).select_related("operator")


def members_with(person: User, permission: str) -> Q:
    """The records for which a person has a permission; it agrees with the rule of that name."""
    reached = Q(operator__in=reach_with(person, permission))
    return reached | Q(user=person) if GRANTS[permission].for_oneself else reached


def facts_of(driver: Driver) -> DriverFacts:
    """What is recorded of a driver, as it is judged."""
    return DriverFacts(
        born_on=driver.born_on,
        licence_first_issued_on=driver.licence_first_issued_on,
        licence_class_since=driver.licence_class_since,
        licence_valid_until=driver.licence_valid_until,
        evidence=tuple(
            Evidence(Condition(one.condition), State(one.state), one.established_on)
            for one in driver.drivercondition_set.filter(archived_at=None).order_by("-pk")
        ),
        points=tuple(
            Points(one.cycle_from, one.points) for one in driver.pointsrecord_set.filter(archived_at=None)
        ),
        qualifications=tuple(
            Period(one.valid_from, one.valid_until)
            for one in driver.driverqualification_set.filter(archived_at=None)
        ),
        reviews=tuple(
            Review(one.cycle_ended_on, one.reviewed_on, one.passed)
            for one in driver.annualreview_set.filter(archived_at=None).order_by("-pk")
        ),
        medicals=tuple(
            Medical(one.examined_on, one.valid_until, one.fit)
            for one in driver.medicalcertificate_set.filter(archived_at=None).order_by("-pk")
        ),
        training=tuple(
            Training(one.held_on, float(one.hours))
            for one in driver.traininghours_set.filter(archived_at=None)
        ),
    )


def standing_of(driver: Driver, day: date, numbers: DriverNumbers) -> Standing:
    """Judge a driver by what is recorded."""
    return standing(facts_of(driver), day, numbers)


def attendant_states(attendant: Attendant, day: date) -> dict[str, State]:
    """For each kind of check of an attendant whether the newest one on `day` was passed and is still valid."""
    states = dict.fromkeys(CheckKind.values, State.UNKNOWN)
    checks = attendant.checks.filter(archived_at=None, done_on__lte=day).order_by("done_on", "pk")
    for check in checks:
        good = check.passed and (check.valid_until is None or day <= check.valid_until)
        states[check.kind] = State.MET if good else State.NOT_MET
    return states


def lapses_of_crew(person: User, until: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed, of the drivers and attendants that a person may see.

    Only the newest of each kind counts: what was renewed does not lapse.
    """
    yield from lapses_of_drivers(person, until)
    seen = attendants_for(person).current()
    attendants = seen.in_bulk()
    newest = (
        AttendantCheck.objects.current()
        .filter(attendant__in=seen, valid_until__isnull=False)
        .values_list("attendant", "kind")
        .annotate(ends=Max("valid_until"))
        .filter(ends__lte=until)
        .order_by("ends", "attendant", "kind")
    )
    for attendant, kind, ends in newest:
        yield Lapse(attendants[attendant], str(CheckKind(kind).label), ends)


def lapses_of_drivers(person: User, until: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed, of the drivers that a person may see."""
    seen = drivers_for(person).current()
    drivers = seen.in_bulk()
    for driver in drivers.values():
        if driver.licence_valid_until and driver.licence_valid_until <= until:
            yield Lapse(driver, _("Driving licence"), driver.licence_valid_until)
    for model in (DriverQualification, MedicalCertificate):
        newest = (
            model.objects.current()
            .filter(driver__in=seen)
            .values_list("driver")
            .annotate(ends=Max("valid_until"))
            .filter(ends__lte=until)
            .order_by("ends", "driver")
        )
        for driver, ends in newest:
            yield Lapse(drivers[driver], str(model._meta.verbose_name), ends)

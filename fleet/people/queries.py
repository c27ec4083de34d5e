"""Reads: drivers and attendants in a person's reach, and what is known of each."""

from datetime import date

from django.db.models import Q

from fleet.grants import GRANTS, reach_with
from fleet.people.attendants import Attendant
from fleet.people.checks import check_states, newest_checks
from fleet.people.drivers import Driver
from fleet.people.facts import facts_of
from fleet.people.models import User
from fleet.people.standing import DriverNumbers, Standing, State, standing
from fleet.records import RecordQuerySet


def drivers_for(person: User, permission: str = "people.view_driver") -> RecordQuerySet:
    """The drivers, archived ones too, for whom a person has a permission."""
    return Driver.objects.filter(members_with(person, permission)).select_related("operator")


def attendants_for(person: User, permission: str = "people.view_attendant") -> RecordQuerySet:
    """The attendants, archived ones too, for whom a person has a permission."""
    return Attendant.objects.filter(members_with(person, permission)).select_related("operator")


def members_with(person: User, permission: str) -> Q:
    """The records for which a person has a permission; it agrees with the rule of that name."""
    reached = Q(operator__in=reach_with(person, permission))
    oneself = person.is_active and GRANTS[permission].for_oneself
    return reached | Q(user=person) if oneself else reached


def standing_of(driver: Driver, day: date, numbers: DriverNumbers) -> Standing:
    """Judge a driver by what is recorded."""
    return standing(facts_of(driver), day, numbers)


def attendant_states(attendant: Attendant, day: date) -> dict[str, State]:
    """For each kind of check of an attendant whether the newest one on `day` was passed and is still valid."""
    checks = newest_checks(Attendant.objects.filter(pk=attendant.pk), day)
    return check_states(checks.get(attendant.pk, {}), day)

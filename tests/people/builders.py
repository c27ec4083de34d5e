"""Drivers and attendants of whom everything is recorded, as of a day."""

from datetime import date
from typing import Any, TypeVar

from django.utils import timezone

from fleet.people import changes
from fleet.people.attendants import Attendant, CheckKind
from fleet.people.drivers import Condition, Driver, LicenceClass, State
from fleet.people.identity_number import check_character
from fleet.people.models import User
from fleet.people.standing import ONE_DAY, DriverNumbers, add_months, current_cycle
from tests.fleet.builders import numbers
from tests.vehicles.builders import Place

Member = TypeVar("Member", Driver, Attendant)

LICENSED = date(2010, 9, 1)
LAW = DriverNumbers(
    licence_years=3,
    least_age=25,
    most_age=60,
    points_cycles=3,
    full_points=12,
    evidence_months=12,
    review_days=30,
    medical_months=6,
    training_hours=3,
)


def identity_number(born_on: date = date(1985, 3, 2)) -> str:
    first = f"329900{born_on:%Y%m%d}{next(numbers) % 1000:03d}"
    return first + check_character(first)


def driver(where: Place, user: User | None = None, **details) -> Driver:
    given: dict[str, Any] = {
        "name": f"Driver {next(numbers)}",
        "identity_number": identity_number(),
        "operator": where.operator,
        "licence_class": LicenceClass.A1,
        "licence_first_issued_on": LICENSED,
        "licence_class_since": date(2015, 5, 1),
        "licence_valid_until": add_months(timezone.localdate(), 48),
    }
    return of_account(changes.create_driver(by=where.coordinator, **given | details), user)


def of_account(member: Member, user: User | None) -> Member:
    """Someone's record, as that of an account."""
    type(member).objects.filter(pk=member.pk).update(user=user)
    member.user = user
    return member


def attendant(where: Place, user: User | None = None, **details) -> Attendant:
    given: dict[str, Any] = {
        "name": f"Attendant {next(numbers)}",
        "identity_number": identity_number(),
        "operator": where.operator,
    }
    return of_account(changes.create_attendant(by=where.coordinator, **given | details), user)


def qualified_driver(where: Place) -> Driver:
    """A driver who meets every condition today."""
    someone, by, today = driver(where), where.coordinator, timezone.localdate()
    cycle = current_cycle(LICENSED, today)
    for condition in Condition:
        changes.record_condition(
            driver=someone, by=by, condition=condition, state=State.MET, established_on=today, evidence="seen"
        )
    changes.record_qualification(
        driver=someone, by=by, number=f"Q{next(numbers)}", issuer="police", issued_on=date(2020, 1, 1),
        valid_from=date(2020, 1, 1), valid_until=add_months(today, 24),
    )  # fmt: skip
    changes.record_review(
        driver=someone, by=by, cycle_ended_on=cycle - ONE_DAY, reviewed_on=cycle, passed=True
    )
    changes.record_medical(
        driver=someone, by=by, examined_on=today, valid_until=add_months(today, 6), fit=True
    )
    changes.record_training(
        driver=someone, by=by, held_on=cycle - ONE_DAY, hours="3.0", subject="traffic law"
    )
    for years in range(4):
        changes.record_points(
            driver=someone, by=by, cycle_from=add_months(cycle, -12 * years), points=3, checked_on=today
        )
    return someone


def checked_attendant(where: Place, valid_until: date | None = None) -> Attendant:
    """An attendant who has passed every check today."""
    someone = attendant(where)
    for kind in CheckKind:
        changes.record_attendant_check(
            attendant=someone, by=where.coordinator, kind=kind, done_on=timezone.localdate(), passed=True,
            valid_until=valid_until, evidence="certificate",
        )  # fmt: skip
    return someone

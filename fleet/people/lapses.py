"""What lapses of drivers and attendants; of what was renewed, only the newest."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from fleet.lapses import Lapse
from fleet.people.attendants import Attendant, AttendantCheck, CheckKind
from fleet.people.drivers import Driver, PointsRecord
from fleet.people.due import Due, due_days, points_check_by
from fleet.people.facts import facts_of_all
from fleet.people.standing import DriverNumbers

WORDS = {
    Due.LICENCE: _("Driving licence"),
    Due.QUALIFICATION: _("Driver's qualification"),
    Due.MEDICAL: _("Medical certificate"),
    Due.AGE: _("Age limit of drivers"),
    Due.ANNUAL_REVIEW: _("Annual review"),
    Due.TRAINING: _("Hours of study for the annual review"),
    Due.EVIDENCE: _("Evidence of a driver's conditions"),
    Due.POINTS_CHECK: _("Look-up of violations and points"),
}
POINTS_CHECK_NOTICE_DAYS = 7
"""It is due each month: an earlier notice would come right after the last look-up."""


def lapses_of_drivers(
    drivers: QuerySet[Driver],
    until: date,
    today: date,
    numbers: DriverNumbers | None,
    check_months: int | None,
) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed, of drivers in service.

    Args:
        drivers: all that count.
        until: the last day that counts.
        today: in the local zone.
        numbers: of the regulation profile of today; None where there is none.
        check_months: between two look-ups of a driver's violations and points; None where no law says.
    """
    current = drivers.filter(archived_at=None)
    facts = facts_of_all(current)
    checks = PointsRecord.objects.current().filter(driver__in=current.order_by().values("pk"))
    checked_on = dict(checks.order_by().values_list("driver").annotate(Max("checked_on")))
    for driver in current:
        days = due_days(facts[driver.pk], today, numbers)
        if check_by := points_check_by(checked_on.get(driver.pk), facts[driver.pk], check_months):
            days[Due.POINTS_CHECK] = check_by
        for due, day in days.items():
            if day <= until:
                yield lapse_of_driver(driver, due, day)


def lapse_of_driver(driver: Driver, due: Due, day: date) -> Lapse:
    """What runs out of a driver's."""
    notice = {"first_notice_days": POINTS_CHECK_NOTICE_DAYS} if due == Due.POINTS_CHECK else {}
    return Lapse(
        driver,
        due.value,
        WORDS[due],
        day,
        act="people.change_driver",
        belongs_to=(driver.operator_id,),
        **notice,
    )


def lapses_of_attendants(attendants: QuerySet[Attendant], until: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed, of attendants in service."""
    current = attendants.filter(archived_at=None)
    by_id = current.in_bulk()
    newest = (
        AttendantCheck.objects.current()
        .filter(attendant__in=current.order_by().values("pk"), valid_until__isnull=False)
        .order_by()
        .values_list("attendant", "kind")
        .annotate(ends=Max("valid_until"))
        .filter(ends__lte=until)
    )
    for pk, kind, ends in newest:
        yield Lapse(
            by_id[pk],
            f"check:{kind}",
            CheckKind(kind).label,
            ends,
            act="people.change_attendant",
            belongs_to=(by_id[pk].operator_id,),
        )

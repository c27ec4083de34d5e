"""Notices before something lapses, to each person who can act."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import override

from fleet.expiry import expiring
from fleet.grants import people_with
from fleet.people.models import User
from fleet.permits.models import ExpiryNotice
from fleet.records import Lapse

DAYS_BEFORE = (1, 7, 30, 60)


def days_before(lapses_on: date, today: date) -> int | None:
    """Which notice is due: of 60, 30, 7 and 1 days the least that is not yet passed; None for none."""
    left = (lapses_on - today).days
    return next((days for days in DAYS_BEFORE if 0 <= left <= days), None)


def notify(person: User, today: date) -> None:
    """Tell a person what lapses; a notice that was given before is not given again."""
    due = [
        notice_of(person, lapse, days)
        for lapse in expiring(person, today + timedelta(days=max(DAYS_BEFORE)))
        if (days := days_before(lapse.lapses_on, today)) is not None
    ]
    ExpiryNotice.objects.bulk_create(due, ignore_conflicts=True)


def notice_of(person: User, lapse: Lapse, days: int) -> ExpiryNotice:
    """The notice of one lapse."""
    return ExpiryNotice(
        person=person,
        subject_key=f"{lapse.object._meta.label_lower}:{lapse.object.pk}",
        subject=str(lapse.object),
        what=lapse.what,
        lapses_on=lapse.lapses_on,
        days_before=days,
    )


def notify_all(today: date) -> int:
    """Tell everybody who can act; in one language, so that nothing is told twice in two.

    Returns:
        How many notices are new.
    """
    before = ExpiryNotice.objects.count()
    with override(settings.LANGUAGE_CODE):
        for person in people_with("permits.change_usepermit").order_by("pk").iterator():
            notify(person, today)
    return ExpiryNotice.objects.count() - before


def unread(person: User) -> QuerySet[ExpiryNotice]:
    """The notices that a person has not marked as read."""
    return ExpiryNotice.objects.filter(person=person, read_at__isnull=True)


@transaction.atomic
def mark_all_read(*, by: User) -> None:
    """The person has read all notices."""
    unread(by).update(read_at=timezone.now())

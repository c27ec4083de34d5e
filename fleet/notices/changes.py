"""Writes: whoever can act is told what lapses, once for each time; people mark notices as read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from fleet.expiry import expiring_everywhere
from fleet.grants import people_with, reach_with
from fleet.lapses import Lapse
from fleet.notices.due import DAYS_BEFORE, days_before
from fleet.notices.models import ExpiryNotice
from fleet.notices.queries import language_of, unread
from fleet.people.crew import CrewMember
from fleet.people.models import User
from fleet.regulations.permissions import administrators_of_all

BATCH = 500
LONGEST_TEXT = 160


def notify_all(today: date) -> int:
    """Tell everybody who can act what lapses soon or has lapsed; what was told before is not told again.

    Args:
        today: in the local zone.

    Returns:
        How many notices are new.
    """
    before = ExpiryNotice.objects.count()
    until = today + timedelta(days=max(DAYS_BEFORE))
    due = [one for one in expiring_everywhere(until, today) if due_notice(one, today) is not None]
    for person, lapses in who_can_act(due):
        notify(person, lapses, today)
    return ExpiryNotice.objects.count() - before


def notify(person: User, lapses: Iterable[Lapse], today: date) -> None:
    """Tell a person, in their language, of lapses whose notice is due; what was told before is not told again."""
    with override(language_of(person)):
        told = [
            ExpiryNotice(
                person=person,
                subject_key=one.subject_key,
                key=one.key,
                subject=one.subject[:LONGEST_TEXT],
                what=str(one.what)[:LONGEST_TEXT],
                lapses_on=one.lapses_on,
                days_before=days,
            )
            for one in lapses
            if (days := due_notice(one, today)) is not None
        ]
    ExpiryNotice.objects.bulk_create(told, batch_size=BATCH, ignore_conflicts=True)


def due_notice(lapse: Lapse, today: date) -> int | None:
    """Which notice of a lapse is due."""
    return days_before(lapse.lapses_on, today, lapse.first_notice_days)


def who_can_act(lapses: Iterable[Lapse]) -> Iterator[tuple[User, list[Lapse]]]:
    """Who can act on which lapses, a person perhaps more than once: by permission, and drivers on their own."""
    by_act: dict[str, dict[int | None, list[Lapse]]] = defaultdict(lambda: defaultdict(list))
    of_account: dict[int, list[Lapse]] = defaultdict(list)
    of_all: list[Lapse] = []
    for one in lapses:
        if not one.belongs_to:
            of_all.append(one)
        for organisation in one.belongs_to:
            by_act[one.act][organisation].append(one)
        if isinstance(one.object, CrewMember) and one.object.user_id:
            of_account[one.object.user_id].append(one)
    for act, by_organisation in by_act.items():
        for person in people_with(act).order_by("pk"):
            reached = by_organisation.keys() & reach_with(person, act)
            yield person, [one for organisation in reached for one in by_organisation[organisation]]
    for person in User.objects.filter(pk__in=of_account, is_active=True).order_by("pk"):
        yield person, of_account[person.pk]
    for person in administrators_of_all().order_by("pk"):
        yield person, of_all


@transaction.atomic
def mark_all_read(*, by: User) -> None:
    """The person has read all notices."""
    unread(by).update(read_at=timezone.now())

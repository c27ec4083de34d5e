"""Writes: who is in class, which crosses the child ledger: whoever rode and is missing is found at once."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.evidence.changes import seal
from fleet.ledger.changes import LedgerError, not_in_future
from fleet.ledger.findings import review
from fleet.ledger.models import PupilEvent, RollCall, RollCallEntry
from fleet.ledger.permissions import CALL_ROLL
from fleet.people.models import User
from fleet.pupils.models import Pupil, SchoolClass
from fleet.records import refuse_unless_allowed
from fleet.trips.models import Trip


@transaction.atomic
def call_roll(
    *,
    school_class: SchoolClass,
    absent: Collection[int],
    by: User,
    key: UUID | None = None,
    at: datetime | None = None,
) -> RollCall:
    """Record who is in class today; a later roll-call of the day counts instead of an earlier.

    Args:
        school_class: which.
        absent: ids of the pupils who are not there.
        by: who looked.
        key: names the roll-call; the same one again changes nothing.
        at: when; now where it is not given.

    Raises:
        PermissionDenied: for who may not.
        LedgerError: for a pupil of another class.
    """
    refuse_unless_allowed(by, CALL_ROLL, school_class)
    known: RollCall | None = RollCall.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    pupils = list(Pupil.objects.current().filter(school_class=school_class))
    if unknown := set(absent) - {one.pk for one in pupils}:
        raise LedgerError(_("%(number)d of these pupils are of another class.") % {"number": len(unknown)})
    moment = not_in_future(at)
    made = RollCall(
        key=key or uuid4(),
        school_class=school_class,
        day=timezone.localtime(moment).date(),
        at=moment,
        by=by,
    )
    made.save()
    entries = RollCallEntry.objects.bulk_create(
        RollCallEntry(roll_call=made, pupil=one, is_present=one.pk not in absent) for one in pupils
    )
    seal([made, *entries])
    for trip in trips_with(pupils, made.day):
        review(trip, timezone.now())
    return made


def trips_with(pupils: list[Pupil], day: date) -> list[Trip]:
    """The trips of a day that carried some pupils."""
    carried = PupilEvent.objects.filter(pupil__in=pupils, trip__service_date=day).values("trip")
    return list(
        Trip.objects.filter(pk__in=carried).select_related("pattern__route", "bus", "driver", "attendant")
    )

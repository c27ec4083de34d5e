"""Writes: a pupil stays at home; who reports it late is marked, and what was reported can be taken back."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.pupils.changes import locked
from fleet.pupils.models import Absence, Pupil
from fleet.pupils.periods import ONE_DAY
from fleet.pupils.riders import departures_of
from fleet.records import RecordError, archive_record, refuse_archived, refuse_unless_allowed, save_record
from fleet.routes.models import Direction

REPORT = "pupils.report_absence"
LONGEST = timedelta(days=200)
"""A term: for longer the stop of the pupil is ended instead."""


@transaction.atomic
def report_absence(
    *,
    pupil: Pupil,
    first_day: date,
    by: User,
    last_day: date | None = None,
    direction: Direction | str = "",
    reason: str = "",
) -> Absence:
    """Say that a pupil does not ride. Reported after the first departure that it is for, it is marked late.

    Args:
        pupil: who stays away.
        first_day: today or later.
        by: somebody of the school, the class teacher or a guardian.
        last_day: `first_day` where none is given.
        direction: both where none is given.
        reason: why, for people; need not be given.

    Raises:
        PermissionDenied: where `by` may not.
        RecordError: where the pupil is archived.
        ValidationError: naming each field that can't be right; `first_day` with the code "known", where an absence
            is reported already for some of the days.
    """
    pupil = locked(pupil)
    refuse_unless_allowed(by, REPORT, pupil)
    refuse_archived(pupil)
    last_day = last_day or first_day
    if first_day < timezone.localdate():
        raise ValidationError(
            {"first_day": _("This day is over. An absence is reported for today or later.")}
        )
    if last_day - first_day > LONGEST:
        raise ValidationError({"last_day": _("At most %(days)d days.") % {"days": LONGEST.days}})
    absence = Absence(
        pupil=pupil,
        first_day=first_day,
        last_day=last_day,
        direction=direction,
        reason=reason,
        reported_by=by,
    )
    departure = min(departures_of(pupil, first_day, direction), default=None)
    absence.is_late = departure is not None and timezone.now() > departure
    save_record(absence, by=by, reason=reason)
    return absence


@transaction.atomic
def withdraw_absence(absence: Absence, *, by: User, reason: str = "") -> Absence:
    """Take an absence back: the pupil rides from today on; days on which it stayed away stay recorded.

    Raises:
        PermissionDenied: where `by` may not report absences of the pupil.
        RecordError: where it is taken back already, or over.
    """
    refuse_unless_allowed(by, REPORT, locked(absence.pupil))
    absence.refresh_from_db()
    today = timezone.localdate()
    if absence.archived_at:
        raise RecordError(_("This absence is taken back already."))
    if absence.last_day < today:
        raise RecordError(_("This absence is over."))
    reason = reason or _("Taken back")
    if absence.first_day < today:
        absence.last_day = today - ONE_DAY
        save_record(absence, by=by, reason=reason)
    else:
        archive_record(absence, by=by, reason=reason)
    return absence

"""Writes: low visibility is declared for an area, ends, or is taken back; never for a time that is past."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.records import (
    archive_record,
    refuse_archived,
    refuse_unless_allowed,
    restore_record,
    save_record,
    set_fields,
)
from fleet.routes.models import LowVisibility

FIELDS = frozenset({"organisation", "weather", "since", "until", "note"})
CHANGE, ARCHIVE = "routes.change_lowvisibility", "routes.archive_lowvisibility"
AT_ONCE = timedelta(minutes=2)
"""Who fills in a form at nine means nine, though it is a minute past by now."""


@transaction.atomic
def declare_low_visibility(*, by: User, reason: str = "", **details: object) -> LowVisibility:
    """Switch low visibility on for an area, from now or later on.

    Args:
        by: who does it.
        reason: why.
        details: `organisation`, `weather`, `since` (now where it is not given), `until`, `note`.

    Raises:
        PermissionDenied: where `by` may not do that there.
        RecordError: for a field that can't be given.
        ValidationError: naming each field that can't be right.
    """
    one = LowVisibility()
    now = timezone.now()
    set_fields(one, {"since": now} | {name: value for name, value in details.items() if value}, FIELDS)
    refuse_unless_allowed(by, CHANGE, one)
    one.since = begun(one.since, now)
    refuse_past_end(one, now)
    save_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def change_low_visibility(
    one: LowVisibility, changes: Mapping[str, object], *, by: User, reason: str = ""
) -> LowVisibility:
    """Change what is still to come of it, most often its end.

    Raises:
        PermissionDenied: where `by` may not do that there, or where it is to hold.
        RecordError: where it is archived, or a field can't be changed so.
        ValidationError: where it would change what has been in force already.
    """
    one = locked(one)
    refuse_unless_allowed(by, CHANGE, one)
    refuse_archived(one)
    now, was = timezone.now(), (one.since, one.until, one.organisation_id)
    set_fields(one, changes, FIELDS)
    refuse_unless_allowed(by, CHANGE, one)
    if was[0] <= now and (one.since, one.organisation_id) != (was[0], was[2]):
        raise ValidationError({"since": _("It has begun: only its end can be changed. Add another.")})
    if was[1] and was[1] <= now:
        raise ValidationError({"until": _("It is over. Add another.")})
    if was[0] > now:
        one.since = begun(one.since, now)
    refuse_past_end(one, now)
    save_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def end_low_visibility(one: LowVisibility, *, by: User, reason: str = "") -> LowVisibility:
    """Let it end now.

    Raises:
        PermissionDenied: where `by` may not do that there.
        RecordError: where it is archived.
        ValidationError: where it is over already.
    """
    return change_low_visibility(one, {"until": timezone.now()}, by=by, reason=reason)


@transaction.atomic
def archive(one: LowVisibility, *, by: User, reason: str) -> LowVisibility:
    """Take it back: it holds no longer; until now it has held.

    Raises:
        PermissionDenied: where `by` may not do that there.
        RecordError: as `archive_record` does.
    """
    one = locked(one)
    refuse_unless_allowed(by, ARCHIVE, one)
    archive_record(one, by=by, reason=reason)
    return one


@transaction.atomic
def restore(one: LowVisibility, *, by: User, reason: str = "") -> LowVisibility:
    """Put back what has not begun yet.

    Raises:
        PermissionDenied: where `by` may not do that there.
        RecordError: where it is not archived.
        ValidationError: where it has begun: what was in force does not change afterwards.
    """
    one = locked(one)
    refuse_unless_allowed(by, ARCHIVE, one)
    if one.since <= timezone.now():
        raise ValidationError(_("It has begun: only its end can be changed. Add another."))
    restore_record(one, by=by, reason=reason)
    return one


def begun(since: datetime, now: datetime) -> datetime:
    """When it begins: now, where that was a moment ago.

    Raises:
        ValidationError: where it lies further back.
    """
    if since < now - AT_ONCE:
        raise ValidationError(
            {"since": _("It can't begin in the past: nobody is held to what could not be known.")}
        )
    return max(since, now)


def refuse_past_end(one: LowVisibility, now: datetime) -> None:
    """Refuse an end that is past, or before the beginning.

    Raises:
        ValidationError: saying so.
    """
    if one.until is None:
        return
    if one.until < now - AT_ONCE:
        raise ValidationError({"until": _("It can't have ended in the past.")})
    one.until = max(one.until, now)
    if one.until < one.since:
        raise ValidationError({"until": _("It ends after it begins.")})


def locked(one: LowVisibility) -> LowVisibility:
    """A record as it is stored, with its row locked until the transaction ends."""
    found: LowVisibility = LowVisibility.objects.select_for_update().get(pk=one.pk)
    return found

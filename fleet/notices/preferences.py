"""Writes: how people want to be told of alarms, what they have read, and the gateways of an organisation."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from fleet.notices.models import AlarmNotice, Hook, NoticePreferences
from fleet.notices.permissions import CHANGE_HOOK
from fleet.organisations.models import Organisation
from fleet.people.models import User
from fleet.records import refuse_unless_allowed, sign_change

SECRET_BYTES = 32


def set_notice_preferences(*, person: User, changes: Mapping[str, Any]) -> NoticePreferences:
    """Keep what a person has chosen."""
    kept, _ = NoticePreferences.objects.update_or_create(person=person, defaults=dict(changes))
    return kept


def mark_alarm_notices_read(*, by: User) -> int:
    """The person has read all notices of alarms; how many were new."""
    return AlarmNotice.objects.filter(person=by, read_at=None).update(read_at=timezone.now())


@transaction.atomic
def add_hook(*, organisation: Organisation, name: str, url: str, by: User) -> Hook:
    """Name a gateway through which people of an organisation, and of those below it, are told.

    Raises:
        PermissionDenied: for who may not.
        ValidationError: naming each field that can't be right.
    """
    made = Hook(organisation=organisation, name=name, url=url, secret=secrets.token_urlsafe(SECRET_BYTES))
    refuse_unless_allowed(by, CHANGE_HOOK, made)
    made.full_clean()
    sign_change(made, by=by, reason=name)
    made.save()
    return made


@transaction.atomic
def end_hook(*, hook: Hook, by: User, reason: str) -> None:
    """Send nothing to a gateway any more.

    Raises:
        PermissionDenied: for who may not.
    """
    refuse_unless_allowed(by, CHANGE_HOOK, hook)
    hook.archived_at = timezone.now()
    sign_change(hook, by=by, reason=reason)
    hook.save()

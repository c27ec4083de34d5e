"""Writes: passwords, second factors, sessions and addresses of accounts, each told in the security log."""

import structlog
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from fleet.audit.origin import current_origin
from fleet.family.freshness import guardian_stamp, touch
from fleet.people.account_permissions import CHANGE_USER
from fleet.people.models import User
from fleet.records import refuse_unless_allowed, sign_change
from web.accounts.models import LONGEST_BROWSER, EventKind, SecurityEvent, TemporaryPassword

log = structlog.get_logger(__name__)

UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that can't be taken for one another when a password is read out."""
GROUPS, GROUP_LENGTH = 4, 4


def record_event(
    kind: EventKind, *, person: User | None, by: User | None = None, reason: str = "", browser: str = ""
) -> None:
    """Add to the security log what happened to an account.

    Args:
        kind: what happened.
        person: whose account it is, where it is anybody's.
        by: who did it, where it was not the person.
        reason: why, where it was said.
        browser: what the browser calls itself.
    """
    address = current_origin().address
    SecurityEvent.objects.create(
        kind=kind, person=person, by=by, reason=reason, address=address, browser=browser[:LONGEST_BROWSER]
    )
    log.info(
        "security",
        kind=kind.value,
        person=person and person.pk,
        by=by and by.pk,
        address=address,
    )


@transaction.atomic
def issue_temporary_password(*, person: User, by: User, reason: str) -> str:
    """Give a person a password that must be changed at the next sign-in; all their sessions end.

    Returns:
        The password, to be handed over; it is not kept in clear.

    Raises:
        PermissionDenied: `by` may not change this person.
        ValidationError: no reason was given.
    """
    refuse_reset(person, by, reason)
    password = "-".join(get_random_string(GROUP_LENGTH, UNMISTAKABLE) for _group in range(GROUPS))
    person.set_password(password)
    person.save(update_fields=["password"])
    TemporaryPassword.objects.update_or_create(person=person)
    end_sessions(person)
    record_event(EventKind.PASSWORD_ISSUED, person=person, by=by, reason=reason)
    return password


@transaction.atomic
def reset_second_factor(*, person: User, by: User, reason: str) -> None:
    """Take away the second factors of a person whose phone is lost, with their recovery codes; all sessions end.

    Raises:
        PermissionDenied: `by` may not change this person.
        ValidationError: no reason was given.
    """
    refuse_reset(person, by, reason)
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    record_event(EventKind.SECOND_FACTOR_RESET, person=person, by=by, reason=reason)


def refuse_reset(person: User, by: User, reason: str) -> None:
    """Refuse to reset what guards an account without permission or reason, or one's own past its guards."""
    if by == person:
        raise PermissionDenied(_("Change your own on your account page."))
    refuse_unless_allowed(by, CHANGE_USER, person)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})


@transaction.atomic
def change_own_password(person: User, password: str) -> None:
    """Set the password that a person has chosen; every session but the present one ends with the old one."""
    person.set_password(password)
    person.save(update_fields=["password"])
    TemporaryPassword.objects.filter(person=person).delete()
    record_event(EventKind.PASSWORD_CHANGED, person=person)


@transaction.atomic
def change_own_email(person: User, email: str) -> None:
    """Set the address to which a person's notices go."""
    sign_change(person, by=person, reason="")
    person.email = email
    person.save(update_fields=["email"])


@transaction.atomic
def end_own_sessions(person: User, sessions: list[UserSession]) -> None:
    """End sessions that a person has chosen from their own."""
    for session in sessions:
        session.end()
    if sessions:
        record_event(EventKind.SESSIONS_ENDED, person=person)


def end_sessions(person: User, but: str | None = None) -> None:
    """End a person's sessions.

    Args:
        person: whose sessions end.
        but: the key of one that goes on.
    """
    for session in UserSession.objects.filter(user=person).exclude(session_key=but or ""):
        session.end()
    touch([guardian_stamp(person.pk)])

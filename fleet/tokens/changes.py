"""Writes: tokens are made, used and revoked."""

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.records import RecordError, refuse_unless_allowed
from fleet.tokens.models import AccessToken, Scope
from fleet.tokens.permissions import MAY_REVOKE
from fleet.tokens.secret import digest_of, new_secret

DEFAULT_LIFETIME_DAYS = 90
LONGEST_LIFETIME_DAYS = 365
USE_NOTED_EVERY = timedelta(hours=1)
"""Nobody needs the last use more exactly, and each note is a write."""


@transaction.atomic
def create_token(
    *, person: User, name: str, scopes: Collection[Scope], lifetime_days: int = DEFAULT_LIFETIME_DAYS
) -> tuple[AccessToken, str]:
    """Make a token that acts for a person.

    Args:
        person: who makes it, for themselves.
        name: what it is for.
        scopes: what it may be used for.
        lifetime_days: until it expires, a year at most.

    Returns:
        The token and its secret, which is known only now.

    Raises:
        PermissionDenied: where the account is closed.
        ValidationError: naming each field that can't be right.
    """
    if not person.is_active:
        raise PermissionDenied(_("This account is closed."))
    if not scopes:
        raise ValidationError({"scopes": _("Choose what the token may be used for.")})
    if not 1 <= lifetime_days <= LONGEST_LIFETIME_DAYS:
        message = _("A token lives for at least a day and at most %(days)s.")
        raise ValidationError({"lifetime_days": message % {"days": LONGEST_LIFETIME_DAYS}})
    secret, now = new_secret(), timezone.now()
    token = AccessToken(
        person=person,
        name=name.strip(),
        scopes=sorted(Scope(scope).value for scope in scopes),
        digest=digest_of(secret),
        ending=secret[-4:],
        created_at=now,
        expires_at=now + timedelta(days=lifetime_days),
    )
    token.full_clean()
    token.save()
    return token, secret


@transaction.atomic
def revoke_token(token: AccessToken, *, by: User) -> AccessToken:
    """Make a token useless from now on.

    Returns:
        The token as it is stored now.

    Raises:
        PermissionDenied: where it is neither `by`'s own nor of somebody whom `by` administers.
        RecordError: where it is revoked already.
    """
    token = AccessToken.objects.select_for_update().get(pk=token.pk)
    refuse_unless_allowed(by, MAY_REVOKE, token)
    if token.revoked_at:
        raise RecordError(_("This token is revoked already."))
    token.revoked_at, token.revoked_by = timezone.now(), by
    token.save(update_fields=["revoked_at", "revoked_by"])
    return token


def note_use(token: AccessToken) -> None:
    """Note that a token was used, to the hour."""
    now = timezone.now()
    AccessToken.objects.filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY), pk=token.pk
    ).update(last_used_at=now)

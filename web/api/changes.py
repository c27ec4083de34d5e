"""Writes: tokens that are made and revoked on the website, told in the security log too."""

from collections.abc import Collection

from django.db import transaction

from fleet.people.models import User
from fleet.tokens import changes as tokens
from fleet.tokens.models import AccessToken, Scope
from web.accounts.changes import record_event
from web.accounts.models import EventKind


@transaction.atomic
def create_token(
    *, person: User, name: str, scopes: Collection[Scope], lifetime_days: int
) -> tuple[AccessToken, str]:
    """Make a token, as `fleet.tokens.changes.create_token` does."""
    made = tokens.create_token(person=person, name=name, scopes=scopes, lifetime_days=lifetime_days)
    record_event(EventKind.TOKEN_MADE, person=person)
    return made


@transaction.atomic
def revoke_token(token: AccessToken, *, by: User) -> None:
    """Revoke a token, as `fleet.tokens.changes.revoke_token` does."""
    tokens.revoke_token(token, by=by)
    record_event(EventKind.TOKEN_REVOKED, person=token.person, by=None if by == token.person else by)

"""Reads: the token that a program shows, and the tokens that a person may see."""

from django.db.models import QuerySet
from django.utils import timezone

from fleet.organisations.directory import people_changeable_by
from fleet.people.models import User
from fleet.tokens.models import AccessToken
from fleet.tokens.secret import digest_of


def valid_token(secret: str) -> AccessToken | None:
    """The token with this secret; None where there is none that is valid, or its person's account is closed."""
    token = AccessToken.objects.select_related("person").filter(digest=digest_of(secret)).first()
    if token is None or not token.is_valid_at(timezone.now()) or not token.person.is_active:
        return None
    return token


def tokens_of(person: User) -> QuerySet[AccessToken]:
    """A person's own tokens, those too that are good no more."""
    return AccessToken.objects.filter(person=person).select_related("person", "revoked_by")


def tokens_administered_by(person: User) -> QuerySet[AccessToken]:
    """The tokens of the people whom a person administers; it agrees with the rule `tokens.revoke_accesstoken`."""
    people = people_changeable_by(person)
    return AccessToken.objects.filter(person__in=people).select_related("person", "revoked_by")

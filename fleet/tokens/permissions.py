"""Who may revoke an access token: whom it acts for, and who administers that person."""

import rules

from fleet.people.models import User
from fleet.tokens.models import AccessToken

MAY_REVOKE = "tokens.revoke_accesstoken"


@rules.predicate
def is_own(person: User, token: AccessToken) -> bool:
    """Whether the token acts for the person."""
    return person.is_active and token.person_id == person.pk


@rules.predicate
def administers(person: User, token: AccessToken) -> bool:
    """Whether the person may change the account that the token acts for."""
    return bool(rules.has_perm("people.change_user", person, token.person))


rules.add_perm(MAY_REVOKE, is_own | administers)

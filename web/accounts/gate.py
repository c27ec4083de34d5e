"""What a person must do before anything else: change a temporary password, set up a second factor."""

from enum import Enum

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef

from fleet.organisations.models import Membership, Role
from fleet.people.models import User
from web.accounts.models import TemporaryPassword

SECOND_FACTOR_ROLES = (Role.ADMINISTRATOR, Role.POLICE_OFFICER)
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
ALWAYS_OPEN = frozenset({"login", "logout", "account_login", "account_logout", "set_language", "health"})


class Duty(Enum):
    """Something to be done first: the page on which it is done, and those that are needed for it."""

    CHANGE_PASSWORD = "account_change_password", frozenset[str]()
    SET_UP_SECOND_FACTOR = (
        "mfa_activate_totp",
        frozenset(
            {"mfa_add_webauthn", "account_reauthenticate", "account_change_password"},
        ),
    )

    def __init__(self, page: str, others: frozenset[str]) -> None:
        self.page = page
        self.open_pages = others | {page} | ALWAYS_OPEN


def duty_of(person: User) -> Duty | None:
    """What a person must do first, if anything; read anew each time, so that a role given now counts now."""
    one = OuterRef("pk")
    held = Membership.objects.current().filter(person=one, role__in=SECOND_FACTOR_ROLES)
    factors = Authenticator.objects.filter(user=one, type__in=SECOND_FACTORS)
    is_temporary, is_bound, is_guarded = (
        User.objects.filter(pk=person.pk)
        .values_list(
            Exists(TemporaryPassword.objects.filter(person=one)),
            Exists(held),
            Exists(factors),
        )
        .get()
    )
    if is_temporary:
        return Duty.CHANGE_PASSWORD
    if settings.ENVIRONMENT.require_mfa and is_bound and not is_guarded:
        return Duty.SET_UP_SECOND_FACTOR
    return None

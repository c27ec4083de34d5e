"""The state of an account, in a word."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from fleet.people.models import User


class AccountState(NamedTuple):
    """A state, as stylesheets and people call it."""

    name: str
    word: str


def account_state(person: User) -> AccountState:
    """Whether a person can sign in, could after setting a password, or can't."""
    if not person.is_active:
        return AccountState("archived", _("Closed"))
    if not person.has_usable_password():
        return AccountState("checked", _("Invited"))
    return AccountState("current", _("Open"))

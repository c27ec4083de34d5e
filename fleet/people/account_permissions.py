"""Who may see, invite and change the accounts of people, by the memberships that each of them has."""

import rules

from fleet.grants import reach_with
from fleet.organisations.directory import people_changeable_by, people_for, people_invitable_by
from fleet.organisations.permissions import CHANGE_ORGANISATION, may_grant
from fleet.people.models import User

VIEW_USER = "people.view_user"
INVITE_USER = "people.invite_user"
CHANGE_USER = "people.change_user"


def may_see(person: User, other: User | None) -> bool:
    """Whether a person may see an account; without one, whether that of anybody else."""
    return may_grant(person, None) if other is None else people_for(person).filter(pk=other.pk).exists()


def may_invite(person: User, other: User | None) -> bool:
    """Whether a person may give somebody the link that sets the first password."""
    if other is None:
        return bool(may_grant(person, None))
    return people_invitable_by(person).filter(pk=other.pk).exists()


def is_administrator_above(person: User, other: User | None) -> bool:
    """Whether a person administers every organisation in which another one serves."""
    if other is None:
        return bool(reach_with(person, CHANGE_ORGANISATION))
    return people_changeable_by(person).filter(pk=other.pk).exists()


rules.add_perm(VIEW_USER, rules.predicate(may_see))
rules.add_perm(INVITE_USER, rules.predicate(may_invite))
rules.add_perm(CHANGE_USER, rules.predicate(is_administrator_above))

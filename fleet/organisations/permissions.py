"""Who may see and change organisations, and who may see, give and end memberships."""

from collections import defaultdict

import rules

from fleet.grants import Grant, declare
from fleet.organisations.models import Membership, Role
from fleet.organisations.places import GRANTERS
from fleet.people.models import User

VIEW_ORGANISATION = "organisations.view_organisation"
EXPORT_ORGANISATION = "organisations.export_organisation"
CHANGE_ORGANISATION = "organisations.change_organisation"
ARCHIVE_ORGANISATION = "organisations.archive_organisation"
"""To move or archive one: nobody decides so on the organisation in which they serve."""
GRANT_MEMBERSHIP = "organisations.grant_membership"
VIEW_MEMBERSHIP = "organisations.view_membership"

RUNNING = (Role.ADMINISTRATOR, Role.COORDINATOR)
AT_SCHOOL = (Role.PRINCIPAL, Role.SAFETY_OFFICER)
OVERSEEING = (Role.POLICE_OFFICER, Role.INSPECTOR)

declare(
    {
        VIEW_ORGANISATION: Grant((*RUNNING, *AT_SCHOOL, *OVERSEEING)),
        EXPORT_ORGANISATION: Grant((*RUNNING, *OVERSEEING)),
        CHANGE_ORGANISATION: Grant((Role.ADMINISTRATOR,)),
    },
    lambda organisation: (organisation.pk,),
)
declare(
    {ARCHIVE_ORGANISATION: Grant((Role.ADMINISTRATOR,))},
    lambda organisation: (organisation.parent_id,),
)


def granting(role: Role) -> str:
    """The permission with which a role is given: one for all roles that the same people give."""
    return "organisations.grant_as_" + "_or_".join(GRANTERS[role])


ROLES_GRANTED_WITH: dict[str, list[Role]] = defaultdict(list)
"""The roles that each such permission gives."""
for _role in Role:
    ROLES_GRANTED_WITH[granting(_role)].append(_role)

declare(
    {name: Grant(GRANTERS[given[0]]) for name, given in ROLES_GRANTED_WITH.items()},
    lambda membership: (membership.organisation_id,),
)


@rules.predicate
def may_grant(person: User, membership: Membership | None) -> bool:
    """Whether a person may give, and end, a membership; without one, whether any at all."""
    if membership is None:
        return any(rules.has_perm(name, person) for name in ROLES_GRANTED_WITH)
    return bool(rules.has_perm(granting(Role(membership.role)), person, membership))


@rules.predicate
def is_own(person: User, membership: Membership | None) -> bool:
    """Whether a membership is the person's own."""
    return person.is_active and membership is not None and membership.person_id == person.pk


rules.add_perm(GRANT_MEMBERSHIP, may_grant)
rules.add_perm(VIEW_MEMBERSHIP, may_grant | is_own)

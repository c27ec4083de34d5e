"""Who may say what families see, and revoke the links that guardians have shared."""

import rules

from fleet.family.models import ShareToken
from fleet.grants import Grant, declare
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.pupils.models import Pupil
from fleet.pupils.permissions import is_guardian_of

CHANGE_PRIVACY = "family.change_schoolprivacy"
MAY_SHARE = "family.share_trip"
MAY_REVOKE = "family.revoke_sharetoken"

declare(
    {CHANGE_PRIVACY: Grant((Role.ADMINISTRATOR, Role.PRINCIPAL))},
    lambda privacy: (privacy.school_id,),
)


@rules.predicate
def may_share(person: User, pupil: Pupil) -> bool:
    """Whether a person is a guardian of a child."""
    return person.is_active and is_guardian_of(person, pupil)


rules.add_perm(MAY_SHARE, may_share)


@rules.predicate
def is_of_family(person: User, share: ShareToken) -> bool:
    """Whether a person is a guardian of the child whose trips are shared."""
    return bool(may_share(person, share.pupil))


@rules.predicate
def keeps_pupil(person: User, share: ShareToken) -> bool:
    """Whether a person keeps the register in which the child is."""
    return bool(rules.has_perm("pupils.link_guardian", person, share.pupil))


rules.add_perm(MAY_REVOKE, is_of_family | keeps_pupil)

"""Who may see permits, apply, decide and issue plate cards, by memberships that reach the applicant."""

from collections.abc import Callable

import rules
from django.db.models import Q, QuerySet

from fleet.organisations.models import Kind, Organisation, Role
from fleet.organisations.queries import reach
from fleet.people.models import User
from fleet.permits.models import UsePermit

MAY_DECIDE = (Role.ADMINISTRATOR,)
MAY_APPLY = (*MAY_DECIDE, Role.COORDINATOR)
MAY_VIEW = (*MAY_APPLY, Role.PRINCIPAL)

ROLES = {
    "permits.view_usepermit": MAY_VIEW,
    "permits.change_usepermit": MAY_APPLY,
    "permits.decide_usepermit": MAY_DECIDE,
    "permits.issue_platecard": MAY_DECIDE,
}
"""The roles that have each permission. Who runs buses applies; a decision is recorded by an administrator."""


def permits_seen_by(person: User) -> QuerySet[UsePermit]:
    """The permits that a person may see: of an applicant in reach, or for a bus of an organisation in reach."""
    organisations = reach(person, MAY_VIEW)
    seen = UsePermit.objects.filter(
        Q(applicant__in=organisations)
        | Q(buses__operator__in=organisations)
        | Q(buses__school__in=organisations)
    )
    return UsePermit.objects.filter(pk__in=seen.values("pk"))


def applicants_of(person: User) -> QuerySet[Organisation]:
    """The organisations that a person may apply for."""
    return Organisation.objects.filter(pk__in=reach(person, MAY_APPLY), kind__in=(Kind.SCHOOL, Kind.OPERATOR))


def held_with(roles: tuple[Role, ...]) -> Callable[[User, UsePermit | None], bool]:
    """Whether a person has one of `roles` for the applicant; without a permit, whether for any organisation."""

    def held(person: User, permit: UsePermit | None) -> bool:
        organisations = reach(person, roles)
        return bool(organisations) if permit is None else permit.applicant_id in organisations

    return held


def sees_permit(person: User, permit: UsePermit | None) -> bool:
    """Whether a permit is among those that a person may see; without one, whether any could be."""
    if permit is None:
        return bool(reach(person, MAY_VIEW))
    return permits_seen_by(person).filter(pk=permit.pk).exists()


for name, roles in ROLES.items():
    rules.set_perm(name, rules.predicate(held_with(roles), name=name))
rules.set_perm("permits.view_usepermit", rules.predicate(sees_permit, name="permits.view_usepermit"))

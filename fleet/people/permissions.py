"""Who may do what with the records of drivers and attendants, by memberships that reach their employer."""

from collections.abc import Callable

import rules

from fleet.organisations.models import Role
from fleet.organisations.queries import reach
from fleet.people.crew import CrewMember
from fleet.people.models import User

MAY_CHANGE = (Role.ADMINISTRATOR, Role.COORDINATOR)
MAY_VIEW = (*MAY_CHANGE,)
MAY_VIEW_IDENTITY = (Role.ADMINISTRATOR,)

ROLES: dict[str, tuple[Role, ...]] = {
    f"people.{action}_{kind}": roles
    for kind in ("driver", "attendant")
    for action, roles in (
        ("change", MAY_CHANGE),
        ("archive", MAY_CHANGE),
        ("export", MAY_CHANGE),
    )
}
OPEN_TO_ONESELF: dict[str, tuple[Role, ...]] = {
    "people.view_driver": MAY_VIEW,
    "people.view_attendant": MAY_VIEW,
    "people.view_driver_identity": MAY_VIEW_IDENTITY,
    "people.view_attendant_identity": MAY_VIEW_IDENTITY,
}
"""The roles that have each permission; those of the second table everybody has for their own record."""


def held_with(roles: tuple[Role, ...], *, or_oneself: bool) -> Callable[[User, CrewMember | None], bool]:
    """Whether a person has one of `roles` for an employer; without a record, whether for any organisation."""

    def held(person: User, member: CrewMember | None) -> bool:
        organisations = reach(person, roles)
        if member is None:
            return bool(organisations)
        return member.operator_id in organisations or (or_oneself and member.user_id == person.pk)

    return held


for name, roles in ROLES.items():
    rules.set_perm(name, rules.predicate(held_with(roles, or_oneself=False), name=name))
for name, roles in OPEN_TO_ONESELF.items():
    rules.set_perm(name, rules.predicate(held_with(roles, or_oneself=True), name=name))

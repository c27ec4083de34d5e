"""Who may do what with a bus and its papers, by memberships that reach its operator or its school."""

from collections.abc import Callable

import rules

from fleet.organisations.models import Role
from fleet.organisations.queries import reach
from fleet.people.models import User
from fleet.vehicles.models import Bus

MAY_CHANGE = (Role.ADMINISTRATOR, Role.COORDINATOR)
MAY_VIEW = (*MAY_CHANGE, Role.PRINCIPAL)
MAY_CHECK = (*MAY_CHANGE, Role.PRINCIPAL)

ROLES = {
    "vehicles.view_bus": MAY_VIEW,
    "vehicles.change_bus": MAY_CHANGE,
    "vehicles.archive_bus": MAY_CHANGE,
    "vehicles.export_bus": MAY_CHANGE,
    "vehicles.check_bus": MAY_CHECK,
    "vehicles.release_defect": MAY_CHANGE,
}
"""The roles that have each permission; `check_bus` is to count seats and report defects."""


def held_with(roles: tuple[Role, ...]) -> Callable[[User, Bus | None], bool]:
    """Whether a person has one of `roles` for a bus; without a bus, whether for any organisation."""

    def held(person: User, bus: Bus | None) -> bool:
        organisations = reach(person, roles)
        if bus is None:
            return bool(organisations)
        return bus.operator_id in organisations or bus.school_id in organisations

    return held


for name, roles in ROLES.items():
    rules.set_perm(name, rules.predicate(held_with(roles), name=name))

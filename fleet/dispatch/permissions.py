"""Who may ask the dispatch gate about a bus, see its answers, and override it where the law allows."""

import rules

from fleet.organisations.models import Role
from fleet.vehicles.permissions import held_with

MAY_CHECK = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.PRINCIPAL)

for name in ("dispatch.check_trip", "dispatch.view_gatecheck", "dispatch.override_gate"):
    rules.set_perm(name, rules.predicate(held_with(MAY_CHECK), name=name))

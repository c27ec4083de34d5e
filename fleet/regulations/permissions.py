"""Who may see, change and approve regulation profiles, which hold for the whole installation."""

import rules

from fleet.organisations.models import Membership, Role
from fleet.people.models import User


@rules.predicate
def is_administrator_of_all(person: User) -> bool:
    """An administrator of an organisation that has none above it."""
    roots = Membership.objects.current().filter(role=Role.ADMINISTRATOR, organisation__parent__isnull=True)
    return person.is_active and roots.filter(person=person).exists()


rules.add_perm("regulations.view_profile", rules.is_authenticated)
rules.add_perm("regulations.change_profile", is_administrator_of_all)
rules.add_perm("regulations.approve_profile", is_administrator_of_all)

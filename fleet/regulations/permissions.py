"""Who may see, change and approve regulation profiles, which hold for the whole installation."""

import rules
from django.db.models import QuerySet

from fleet.organisations.models import Membership, Role
from fleet.people.models import User


@rules.predicate
def is_administrator_of_all(person: User) -> bool:
    """An administrator of an organisation that has none above it."""
    return administrators_of_all().filter(pk=person.pk).exists()


def administrators_of_all() -> QuerySet[User]:
    """The administrators of organisations that have none above them."""
    roots = Membership.objects.current().filter(role=Role.ADMINISTRATOR, organisation__parent__isnull=True)
    return User.objects.filter(is_active=True, pk__in=roots.values("person"))


rules.add_perm("regulations.view_profile", rules.is_authenticated)
rules.add_perm("regulations.change_profile", is_administrator_of_all)
rules.add_perm("regulations.approve_profile", is_administrator_of_all)

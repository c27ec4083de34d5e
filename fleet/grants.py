"""Which roles may do what: one table of permissions, each checked at the object and turned into a scope for queries.

A permission is held by roles, and a role by a membership in an organisation; it reaches down to all that lies below.
The apps declare theirs in `permissions.py`; queries ask `reach_with`, everything else asks `rules.has_perm`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import rules
from django.db.models import QuerySet

from fleet.organisations.models import AUTHORITIES, Kind, Membership, Role
from fleet.organisations.queries import EVERY_KIND, reach
from fleet.people.models import User


@dataclass(frozen=True)
class Grant:
    """Who holds a permission.

    Attributes:
        roles: the roles that have it, for all that their membership reaches.
        by_authority: only memberships in a district, the police or a supervisor count: nobody decides on an
            application of their own organisation.
        for_oneself: everybody has it for the record that is about them.
    """

    roles: tuple[Role, ...]
    by_authority: bool = False
    for_oneself: bool = False

    @property
    def kinds(self) -> Collection[Kind]:
        """The kinds of organisation in which a role counts."""
        return AUTHORITIES if self.by_authority else EVERY_KIND


GRANTS: dict[str, Grant] = {}
"""Every permission that is declared with roles, by name."""


def declare(
    grants: Mapping[str, Grant],
    organisations_of: Callable[[Any], Iterable[int | None]],
    *,
    is_about: Callable[[User, Any], bool] = lambda _person, _one: False,
) -> None:
    """Make permissions known to `rules`.

    Args:
        grants: who holds each, by its name.
        organisations_of: ids of the organisations that an object belongs to; reaching one of them is enough.
        is_about: whether an object is the record of a person.
    """
    for name, grant in grants.items():
        GRANTS[name] = grant
        rules.set_perm(name, rules.predicate(held(name, grant, organisations_of, is_about), name=name))


def held(
    name: str,
    grant: Grant,
    organisations_of: Callable[[Any], Iterable[int | None]],
    is_about: Callable[[User, Any], bool],
) -> Callable[[User, Any], bool]:
    """A predicate: whether a person has a permission for an object; without one, whether for any organisation."""

    def predicate(person: User, one: Any) -> bool:
        reached = reach_with(person, name)
        if one is None:
            return bool(reached)
        if not reached.isdisjoint(organisations_of(one)):
            return True
        return person.is_active and grant.for_oneself and is_about(person, one)

    return predicate


def reach_with(person: User, permission: str) -> set[int]:
    """Ids of the organisations for which a person has a permission; nobody whose account is closed has any."""
    if not person.is_active:
        return set()
    grant = GRANTS[permission]
    return reach(person, grant.roles, grant.kinds)


def permissions_anywhere(person: User) -> set[str]:
    """Names of the permissions that a person has for any organisation, in one query: what menus offer."""
    if not person.is_active:
        return set()
    roles = set(
        Membership.objects.current()
        .filter(person=person)
        .values_list("role", "organisation__kind")
        .order_by()
    )
    return {
        name
        for name, grant in GRANTS.items()
        if any(role in grant.roles and kind in grant.kinds for role, kind in roles)
    }


def people_with(permission: str) -> QuerySet[User]:
    """The people who have a permission for any organisation."""
    grant = GRANTS[permission]
    holders = Membership.objects.current().filter(role__in=grant.roles, organisation__kind__in=grant.kinds)
    return User.objects.filter(is_active=True, pk__in=holders.values("person"))

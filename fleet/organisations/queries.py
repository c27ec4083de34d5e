"""Reads: which organisations a person's memberships reach."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from fleet.organisations.models import (
    OVERSEEING_ROLES,
    OVERSEERS,
    Kind,
    Membership,
    Organisation,
    Role,
)
from fleet.people.models import User

EVERY_ROLE = tuple(Role)
EVERY_KIND = tuple(Kind)


def reach(
    person: User, roles: Collection[Role] = EVERY_ROLE, kinds: Collection[Kind] = EVERY_KIND
) -> set[int]:
    """Ids of the organisations in which `person` has one of `roles`, and of all below them.

    Who oversees, for the police or a supervisor, reaches all that lies below the organisation which that belongs to.

    Args:
        person: whose memberships count, without those that have ended.
        roles: that count.
        kinds: of organisation in which a role counts.
    """
    found = Membership.objects.current().filter(person=person, role__in=roles, organisation__kind__in=kinds)
    own = set()
    for role, organisation, kind, above in found.values_list(
        "role", "organisation_id", "organisation__kind", "organisation__parent_id"
    ):
        oversees = role in OVERSEEING_ROLES and kind in OVERSEERS and above is not None
        own |= {organisation, above} if oversees else {organisation}
    return with_all_below(own)


def with_all_below(organisations: Iterable[int]) -> set[int]:
    """The ids given and those of every organisation under them."""
    waiting = list(organisations)
    if not waiting:
        return set()
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Organisation.objects.values_list("pk", "parent_id"):
        children[parent].append(pk)
    found: set[int] = set()
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting.extend(children[pk])
    return found


def root_of_each() -> dict[int, int]:
    """For every organisation, the id of the one at the top of its tree."""
    parents = dict(Organisation.objects.values_list("pk", "parent_id"))

    def root(pk: int) -> int:
        above = parents[pk]
        return pk if above is None else root(above)

    return {pk: root(pk) for pk in parents}

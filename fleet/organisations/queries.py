"""Reads: which organisations a person's memberships reach."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from fleet.organisations.models import Membership, Organisation, Role
from fleet.people.models import User

EVERY_ROLE = tuple(Role)


def reach(person: User, roles: Collection[Role] = EVERY_ROLE) -> set[int]:
    """Ids of the organisations in which `person` has one of `roles`, and of all below them."""
    own = Membership.objects.filter(person=person, role__in=roles).values_list("organisation_id", flat=True)
    return with_all_below(own)


def with_all_below(organisations: Iterable[int]) -> set[int]:
    """The ids given and those of every organisation under them."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Organisation.objects.values_list("pk", "parent_id"):
        children[parent].append(pk)
    found: set[int] = set()
    waiting = list(organisations)
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

"""Every role, in every place, against every permission: at the object, in the lists, and nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest
import rules
from django.db.models import QuerySet
from rules.permissions import permissions as all_permissions

from fleet.audit.queries import accesses_for
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.people.queries import attendants_for, drivers_for
from fleet.permits.queries import permits_seen_by
from fleet.routes.queries import routes_for, stops_for
from fleet.vehicles.queries import buses_for
from tests.fleet.builders import person
from tests.matrix.expected import expected, rows
from tests.matrix.world import World, world

pytestmark = pytest.mark.django_db

EVERYWHERE = {"regulations.view_profile", "regulations.change_profile", "regulations.approve_profile"}
"""They are about the whole installation; tests/regulations has them."""

LISTS: dict[str, Callable[[User, str], QuerySet[Any]]] = {
    "bus": buses_for,
    "driver": drivers_for,
    "attendant": attendants_for,
    "route": routes_for,
    "stop": stops_for,
}
LISTS_OF_ONE_PERMISSION: dict[str, Callable[[User], QuerySet[Any]]] = {
    "permits.view_usepermit": permits_seen_by,
    "audit.view_accessrecord": accesses_for,
}


def listed(someone: User, permission: str, name: str) -> QuerySet[Any] | None:
    """The list of the objects for which someone has a permission; None where no page lists them so."""
    if permission in LISTS_OF_ONE_PERMISSION:
        return LISTS_OF_ONE_PERMISSION[permission](someone)
    return LISTS[name](someone, permission) if name in LISTS else None


def named(reached_as: str) -> str:
    return reached_as.partition("+")[0].replace("_", " ")


def disagreements(there: World, someone: User, wanted: dict[str, bool]) -> list[str]:
    """The permissions that the rule, or the list, gives otherwise than the table."""
    found = []
    for permission, (_marks, reached_as, _own) in rows().items():
        one, should = there.objects[named(reached_as)], wanted[permission]
        in_list = listed(someone, permission, named(reached_as))
        if rules.has_perm(permission, someone, one) != should:
            found.append(f"{permission}: the rule is not {should}")
        if in_list is not None and in_list.filter(pk=one.pk).exists() != should:
            found.append(f"{permission}: the list is not {should}")
    return found


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says_and_no_more(role):
    there = world()
    wrong = {}
    for where in there.places:
        wanted = {
            permission: expected(marks[role], role, where, reached_as)
            for permission, (marks, reached_as, _own) in rows().items()
        }
        wrong[where] = disagreements(there, there.person(role, where), wanted)
    assert wrong == {where: [] for where in there.places}


def test_whom_a_record_is_about_may_see_it_and_nothing_else():
    there = world()
    for name, themselves in there.themselves.items():
        wanted = {
            permission: own and named(reached_as) == name
            for permission, (_marks, reached_as, own) in rows().items()
        }
        assert disagreements(there, themselves, wanted) == []


@pytest.mark.parametrize("role", Role)
def test_a_membership_that_has_ended_and_an_account_that_is_closed_give_nothing(role):
    there = world()
    former, closed = there.person(role, "district"), there.person(role, "district")
    former.memberships.update(archived_at="2026-01-01T00:00Z")
    closed.is_active = False
    closed.save()
    nothing = dict.fromkeys(rows(), False)
    assert disagreements(there, former, nothing) == []
    assert disagreements(there, closed, nothing) == []


def test_a_superuser_without_a_role_may_do_nothing():
    nothing = dict.fromkeys(rows(), False)
    assert disagreements(world(), person(is_superuser=True, is_staff=True), nothing) == []


def test_the_table_leaves_out_no_permission():
    assert set(rows()) | EVERYWHERE == set(all_permissions)

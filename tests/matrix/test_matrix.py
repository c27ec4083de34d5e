"""Every role, in every place, against every permission: at the object, in the lists, and nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest
import rules
from django.db.models import QuerySet
from rules.permissions import permissions as all_permissions

from fleet.alarms.queries import alarms_for, suppressions_for
from fleet.audit.queries import accesses_for
from fleet.feeds.queries import contracts_for
from fleet.grants import GRANTS
from fleet.notices.queries import hooks_for
from fleet.organisations.directory import (
    memberships_for,
    organisations_for,
    people_changeable_by,
    people_for,
    people_invitable_by,
)
from fleet.organisations.models import Role
from fleet.people.models import User
from fleet.people.queries import attendants_for, drivers_for
from fleet.permits.queries import permits_seen_by
from fleet.pupils.queries import classes_for, pupils_for
from fleet.routes.queries import (
    exceptional_days_for,
    low_visibility_for,
    routes_for,
    stops_for,
    terms_for,
)
from fleet.vehicles.queries import buses_for
from tests.fleet.builders import person
from tests.matrix.expected import ROWS, Row
from tests.matrix.world import World, world

pytestmark = pytest.mark.django_db

EVERYWHERE = {"regulations.view_profile", "regulations.change_profile", "regulations.approve_profile"}
"""They are about the whole installation; tests/regulations has them."""

LISTS: dict[str, Callable[[User, str], QuerySet[Any]]] = {
    "alarm": alarms_for,
    "suppression": suppressions_for,
    "hook": hooks_for,
    "bus": buses_for,
    "driver": drivers_for,
    "attendant": attendants_for,
    "route": routes_for,
    "stop": stops_for,
    "term": terms_for,
    "exceptional_day": exceptional_days_for,
    "low_visibility": low_visibility_for,
    "pupil": pupils_for,
    "class": classes_for,
    "operator": organisations_for,
}
LISTS_OF_ONE_PERMISSION: dict[str, Callable[[User], QuerySet[Any]]] = {
    "permits.view_usepermit": permits_seen_by,
    "audit.view_accessrecord": accesses_for,
    "feeds.view_feedcontract": contracts_for,
    "organisations.view_membership": memberships_for,
    "people.view_user": people_for,
    "people.change_user": people_changeable_by,
    "people.invite_user": people_invitable_by,
}


def listed(someone: User, row: Row) -> QuerySet[Any] | None:
    """The list of the objects for which someone has a permission; None where no page lists them so."""
    if row.permission in LISTS_OF_ONE_PERMISSION:
        return LISTS_OF_ONE_PERMISSION[row.permission](someone)
    is_listed = row.object in LISTS and row.permission in GRANTS
    return LISTS[row.object](someone, row.permission) if is_listed else None


def disagreements(there: World, someone: User, allowed: Callable[[Row], bool]) -> list[str]:
    """What the rule, or the list, gives otherwise than the table."""
    found = []
    for row in ROWS:
        one, should, in_list = there.objects[row.object], allowed(row), listed(someone, row)
        if rules.has_perm(row.permission, someone, one) != should:
            found.append(f"{row.permission} of {row.object}: the rule is not {should}")
        if in_list is not None and in_list.filter(pk=one.pk).exists() != should:
            found.append(f"{row.permission} of {row.object}: the list is not {should}")
    return found


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says_and_no_more(role):
    there = world()
    for where in there.places:

        def allowed(row: Row, where=where) -> bool:
            return row.allows(role, where)

        assert disagreements(there, there.person(role, where), allowed) == [], where


def test_whom_a_record_is_about_may_see_it_and_nothing_else():
    there = world()
    for themselves in there.themselves.values():
        about = {name for name, someone in there.themselves.items() if someone == themselves}
        roles = [Role(one.role) for one in themselves.memberships.all()]

        def allowed(row: Row, about=about, roles=roles) -> bool:
            return (row.own and row.object in about) or any(row.allows(role, "operator") for role in roles)

        assert disagreements(there, themselves, allowed) == []


@pytest.mark.parametrize("role", Role)
def test_a_membership_that_has_ended_and_an_account_that_is_closed_give_nothing(role):
    there = world()
    former, closed = there.person(role, "district"), there.person(role, "district")
    former.memberships.update(archived_at="2026-01-01T00:00Z")
    closed.is_active = False
    closed.save()
    assert disagreements(there, former, nothing) == []
    assert disagreements(there, closed, nothing) == []


def test_whose_account_is_closed_does_not_even_see_the_own_record():
    there = world()
    for themselves in there.themselves.values():
        themselves.is_active = False
        themselves.save()
        assert disagreements(there, themselves, nothing) == []


def test_a_superuser_without_a_role_may_do_nothing():
    assert disagreements(world(), person(is_superuser=True, is_staff=True), nothing) == []


def nothing(_row: Row) -> bool:
    return False


def test_the_table_leaves_out_no_permission():
    of_the_table = {row.permission for row in ROWS} | EVERYWHERE
    assert {
        name for name in all_permissions if not name.startswith("organisations.grant_as_")
    } == of_the_table

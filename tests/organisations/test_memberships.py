"""Memberships: who gives which role where, what fits, and that somebody always administers the top."""

from typing import Any

import pytest
import rules
from django.core.exceptions import PermissionDenied, ValidationError

from fleet.organisations.changes import archive_organisation, end_membership, grant_membership
from fleet.organisations.directory import (
    memberships_for,
    organisations_for,
    organisations_staffed_by,
    people_changeable_by,
    people_for,
    people_invitable_by,
    roles_grantable,
)
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.organisations.permissions import ARCHIVE_ORGANISATION, CHANGE_ORGANISATION, VIEW_ORGANISATION
from fleet.organisations.places import GRANTERS, KINDS_OF_ROLE
from fleet.people.models import User
from fleet.records import RecordError
from tests.fleet.builders import organisation, person
from tests.organisations.builders import membership, tree

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_held_only_where_it_fits(role, kind):
    there = tree()
    someone = person(Role.ADMINISTRATOR, there.operator)
    give: dict[str, Any] = {
        "person": someone,
        "organisation": there.of(kind),
        "role": role,
        "by": there.administrator,
    }
    if kind in KINDS_OF_ROLE[role] and not (kind == Kind.OPERATOR and role == Role.ADMINISTRATOR):
        assert grant_membership(**give).archived_at is None
        return
    with pytest.raises(ValidationError) as error:
        grant_membership(**give)
    assert set(error.value.message_dict) == {"role"}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("giver", Role)
def test_each_role_gives_only_the_roles_of_the_table(giver, kind):
    where, someone = tree().of(kind), person()
    by = person(giver, where)
    given = {role for role in Role if giver in GRANTERS[role]}
    assert set(roles_grantable(by, where)) == {role for role in given if kind in KINDS_OF_ROLE[role]}
    allowed = {
        role
        for role in Role
        if rules.has_perm(
            "organisations.grant_membership", by, Membership(person=someone, organisation=where, role=role)
        )
    }
    assert allowed == given


@pytest.mark.parametrize(
    ("giver", "given"), [(Role.PRINCIPAL, Role.CLASS_TEACHER), (Role.ADMINISTRATOR, Role.PRINCIPAL)]
)
def test_nobody_gives_a_role_beyond_the_own_reach(giver, given):
    there = tree()
    other = organisation(Kind.SCHOOL, there.district)
    by = person(giver, there.school)
    someone = person(Role.GUARD, there.school)
    for where in (other, tree().school):
        with pytest.raises(PermissionDenied):
            grant_membership(person=someone, organisation=where, role=given, by=by)
    assert grant_membership(person=someone, organisation=there.school, role=given, by=by).pk


def test_nobody_gives_a_role_to_themselves():
    there = tree()
    with pytest.raises(PermissionDenied, match="themselves"):
        grant_membership(
            person=there.administrator, organisation=there.school, role=Role.PRINCIPAL, by=there.administrator
        )
    assert Membership.objects.filter(person=there.administrator).count() == 1


def test_nobody_draws_in_a_person_whom_they_cannot_see():
    there, elsewhere = tree(), tree()
    stranger = person(Role.GUARD, elsewhere.school)
    with pytest.raises(PermissionDenied):
        grant_membership(person=stranger, organisation=there.school, role=Role.GUARD, by=there.administrator)


def test_a_role_is_given_once_ended_with_a_reason_and_begins_again_with_its_history():
    there = tree()
    guard = person(Role.GUARD, there.school)
    held = membership(guard)
    give: dict[str, Any] = {
        "person": guard,
        "organisation": there.school,
        "role": Role.GUARD,
        "by": there.administrator,
    }
    with pytest.raises(ValidationError, match="already"):
        grant_membership(**give)
    with pytest.raises(RecordError, match="why"):
        end_membership(held, by=there.administrator, reason=" ")
    end_membership(held, by=there.administrator, reason="moved away")
    with pytest.raises(RecordError, match="already"):
        end_membership(held, by=there.administrator, reason="again")
    again = grant_membership(**give, reason="came back")
    assert again.pk == held.pk
    assert again.archived_at is None
    reasons = [one.history_change_reason for one in again.history.order_by("history_id")]
    assert reasons[-2:] == ["moved away", "came back"]


def test_nothing_is_given_in_an_archived_organisation_nor_to_a_closed_account():
    there = tree()
    guard = person(Role.GUARD, there.school)
    give: dict[str, Any] = {"person": guard, "role": Role.GUARD, "by": there.administrator}
    gone = organisation(Kind.SCHOOL, there.district)
    archive_organisation(gone, by=there.administrator, reason="closed")
    with pytest.raises(RecordError, match="archived"):
        grant_membership(organisation=gone, **give)
    guard.is_active = False
    guard.save()
    with pytest.raises(RecordError, match="closed"):
        grant_membership(organisation=organisation(Kind.SCHOOL, there.district), **give)


def test_the_last_administrator_of_the_top_stays_and_one_below_may_go():
    there = tree()
    with pytest.raises(RecordError, match="last administrator"):
        end_membership(membership(there.administrator), by=there.administrator, reason="tired")
    below = person(Role.ADMINISTRATOR, there.school)
    assert end_membership(membership(below), by=there.administrator, reason="left").archived_at
    second = person(Role.ADMINISTRATOR, there.district)
    assert end_membership(membership(there.administrator), by=second, reason="left").archived_at


def test_an_administrator_whose_account_is_closed_does_not_count_as_the_second():
    there = tree()
    person(Role.ADMINISTRATOR, there.district, is_active=False)
    with pytest.raises(RecordError, match="last administrator"):
        end_membership(membership(there.administrator), by=there.administrator, reason="tired")


def test_who_gives_a_role_sees_who_has_it_and_nobody_else_does():
    there = tree()
    serving = {
        role: person(role, there.of(KINDS_OF_ROLE[role][0])) for role in Role if role != Role.ADMINISTRATOR
    }
    seen = {
        role: {one.role for one in memberships_for(someone).exclude(person=someone)}
        for role, someone in serving.items()
    }
    assert seen.pop(Role.PRINCIPAL) == {
        Role.SAFETY_OFFICER,
        Role.CLASS_TEACHER,
        Role.GUARD,
        Role.GUARDIAN,
    }
    assert seen.pop(Role.COORDINATOR) == {Role.DRIVER, Role.ATTENDANT}
    assert not any(seen.values())
    assert memberships_for(there.administrator).count() == len(Role)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", Kind)
def test_lists_agree_with_the_rules_at_the_object(role, kind):
    there, elsewhere = tree(), tree()
    for around in (there, elsewhere):
        for held in Role:
            person(held, around.of(KINDS_OF_ROLE[held][-1]))
    both = person(Role.GUARD, there.school)
    Membership.objects.create(person=both, organisation=elsewhere.school, role=Role.GUARD)
    former = person(Role.GUARD, there.school)
    end_membership(membership(former), by=there.administrator, reason="left")
    person()
    someone = person(role, there.of(kind))
    lists: dict[str, tuple[Any, Any]] = {
        VIEW_ORGANISATION: (Organisation, organisations_for(someone)),
        CHANGE_ORGANISATION: (Organisation, organisations_for(someone, CHANGE_ORGANISATION)),
        ARCHIVE_ORGANISATION: (Organisation, organisations_for(someone, ARCHIVE_ORGANISATION)),
        "organisations.view_membership": (Membership, memberships_for(someone)),
        "people.view_user": (User, people_for(someone)),
        "people.invite_user": (User, people_invitable_by(someone)),
        "people.change_user": (User, people_changeable_by(someone)),
    }
    for permission, (model, listed) in lists.items():
        allowed = {one for one in model.objects.all() if rules.has_perm(permission, someone, one)}
        assert set(listed) == allowed, permission


def test_a_list_of_where_one_gives_roles_leaves_out_what_is_archived():
    there = tree()
    archive_organisation(there.operator, by=there.administrator, reason="closed")
    assert there.operator not in organisations_staffed_by(there.administrator)
    assert there.school in organisations_staffed_by(there.administrator)
    assert list(organisations_staffed_by(person(Role.PRINCIPAL, there.school))) == [there.school]


def test_who_was_closed_out_sees_nobody_and_gives_nothing():
    there = tree()
    closed = person(Role.ADMINISTRATOR, there.district, is_active=False)
    assert not memberships_for(closed).exists()
    assert not people_for(closed).exists()
    assert not people_changeable_by(closed).exists()
    guard = person(Role.GUARD, there.school)
    with pytest.raises(PermissionDenied):
        end_membership(membership(guard), by=closed, reason="revenge")

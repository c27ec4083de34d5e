"""Organisations: what may lie where, who may change it, and that none is archived that still has something."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.organisations.changes import (
    archive_organisation,
    change_organisation,
    create_organisation,
    end_membership,
    move_organisation,
    restore_organisation,
)
from fleet.organisations.models import AUTHORITIES, Kind, Membership, Organisation, Role, SchoolStage
from fleet.organisations.places import GRANTERS, KINDS_ABOVE, KINDS_OF_ROLE, kinds_below, roles_in
from fleet.permits.models import PermitState, UsePermit
from fleet.records import RecordError
from tests.fleet.builders import bus, organisation, person
from tests.organisations.builders import membership, tree
from tests.people.builders import attendant, driver
from tests.vehicles.builders import Place

pytestmark = pytest.mark.django_db


def named(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.message_dict)


def test_a_school_is_made_below_ones_own_district_and_the_history_says_by_whom_and_why():
    there = tree()
    made = create_organisation(
        parent=there.district,
        by=there.administrator,
        reason="new school",
        name="一小",
        kind=Kind.SCHOOL,
        stage=SchoolStage.PRIMARY,
    )
    entry = made.history.get()
    assert (entry.history_user, entry.history_change_reason) == (there.administrator, "new school")
    assert made.parent == there.district


@pytest.mark.parametrize("above", Kind)
@pytest.mark.parametrize("kind", Kind)
def test_each_kind_lies_only_where_the_table_says(kind, above):
    there = tree()
    make = {"parent": there.of(above), "by": there.administrator, "name": "new", "kind": kind}
    if above in KINDS_ABOVE[kind]:
        assert create_organisation(**make).pk
        return
    with pytest.raises(ValidationError) as error:
        create_organisation(**make)
    assert named(error) == {"parent"}
    assert not Organisation.objects.filter(name="new").exists()


def test_who_administers_a_school_or_an_operator_can_make_nothing_that_decides_on_it():
    for kind in (Kind.SCHOOL, Kind.OPERATOR):
        assert not set(kinds_below(kind)) & set(AUTHORITIES)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"stage": "university"}, "stage"),
        ({"kind": Kind.OPERATOR, "stage": SchoolStage.PRIMARY}, "stage"),
        ({"name": "taken"}, "name"),
    ],
)
def test_what_cannot_be_right_is_refused_by_the_name_of_its_field(details, field):
    there = tree()
    organisation(Kind.SCHOOL, there.district, "taken")
    before = Organisation.objects.count()
    with pytest.raises(ValidationError) as error:
        create_organisation(
            parent=there.district, by=there.administrator, **{"name": "new", "kind": Kind.SCHOOL} | details
        )
    assert named(error) == {field}
    assert Organisation.objects.count() == before


def test_a_name_that_an_archived_one_has_leads_to_bringing_it_back():
    there = tree()
    archive_organisation(there.school, by=there.administrator, reason="closed")
    with pytest.raises(ValidationError, match="bring that one back"):
        create_organisation(
            parent=there.district, by=there.administrator, name=there.school.name, kind=Kind.SCHOOL
        )


def test_the_kind_is_decided_once():
    there = tree()
    with pytest.raises(RecordError, match="kind"):
        change_organisation(there.school, {"kind": Kind.POLICE}, by=there.administrator)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_change_organisations(role):
    there = tree()
    someone = person(role, there.district)
    with pytest.raises(PermissionDenied):
        change_organisation(there.school, {"name": "mine"}, by=someone)
    with pytest.raises(PermissionDenied):
        create_organisation(parent=there.district, by=someone, name="mine", kind=Kind.SCHOOL)


def test_an_administrator_changes_the_own_organisation_but_neither_moves_nor_archives_it():
    there = tree()
    own = person(Role.ADMINISTRATOR, there.school)
    assert change_organisation(there.school, {"name": "better"}, by=own).name == "better"
    with pytest.raises(PermissionDenied):
        archive_organisation(there.school, by=own, reason="no")
    with pytest.raises(PermissionDenied):
        move_organisation(there.school, to=there.supervisor, by=own, reason="no")


def test_a_move_needs_the_permission_in_both_places():
    there, elsewhere = tree(), tree()
    with pytest.raises(PermissionDenied):
        move_organisation(there.school, to=elsewhere.district, by=there.administrator, reason="grab")
    Membership.objects.create(
        person=there.administrator, organisation=elsewhere.district, role=Role.ADMINISTRATOR
    )
    moved = move_organisation(there.school, to=elsewhere.district, by=there.administrator, reason="reform")
    assert moved.parent == elsewhere.district


def test_nothing_is_moved_below_itself():
    top = organisation()
    middle = organisation(Kind.DISTRICT, top)
    lowest = organisation(Kind.DISTRICT, middle)
    by = person(Role.ADMINISTRATOR, top)
    for to in (middle, lowest):
        with pytest.raises(ValidationError) as error:
            move_organisation(middle, to=to, by=by, reason="circle")
        assert named(error) == {"parent"}
    with pytest.raises(PermissionDenied):
        move_organisation(top, to=lowest, by=by, reason="circle")


def test_the_top_is_not_archived():
    there = tree()
    with pytest.raises(PermissionDenied):
        archive_organisation(there.district, by=there.administrator, reason="over")


@settings(deadline=None)  # each move is a transaction
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
def test_no_moves_make_a_circle(moves):
    top = organisation()
    by = person(Role.ADMINISTRATOR, top)
    places = [top]
    for _number in range(4):
        places.append(organisation(Kind.DISTRICT, places[-1]))
    for what, to in moves:
        try:
            move_organisation(places[what], to=places[to], by=by, reason="shuffle")
        except (ValidationError, PermissionDenied):
            continue
    for place in Organisation.objects.filter(pk__in=[one.pk for one in places]):
        steps, above = 0, place
        while above.parent_id:
            above, steps = Organisation.objects.get(pk=above.parent_id), steps + 1
            assert steps < len(places)
        assert above == top


def occupied(what: str, there: Any) -> Any:
    where = Place(there.district, there.operator, there.school, there.administrator, there.administrator)
    if what == "bus of an operator":
        return bus(there.operator).operator
    if what == "bus of a school":
        bus(there.operator, there.school)
        return there.school
    if what in {"driver", "attendant"}:
        {"driver": driver, "attendant": attendant}[what](where)
        return there.operator
    if what == "membership":
        person(Role.PRINCIPAL, there.school)
        return there.school
    if what == "organisation below it":
        organisation(Kind.SCHOOL, there.school)
        return there.school
    UsePermit.objects.create(applicant=there.school)
    return there.school


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("bus of an operator", "1 buses"),
        ("bus of a school", "1 buses"),
        ("driver", "1 drivers"),
        ("attendant", "1 attendants"),
        ("membership", "1 memberships"),
        ("organisation below it", "1 organisations below it"),
        ("permit", "1 use permits"),
    ],
)
def test_what_still_has_something_is_not_archived(what, told):
    there = tree()
    full = occupied(what, there)
    with pytest.raises(RecordError, match=told):
        archive_organisation(full, by=there.administrator, reason="closed")
    full.refresh_from_db()
    assert full.archived_at is None


def test_a_permit_that_was_refused_keeps_no_organisation():
    there = tree()
    UsePermit.objects.create(applicant=there.school, state=PermitState.REFUSED)
    assert archive_organisation(there.school, by=there.administrator, reason="closed").archived_at


def test_an_archived_organisation_comes_back_only_below_one_that_is_in_use():
    there = tree()
    area = organisation(Kind.DISTRICT, there.district)
    school = organisation(Kind.SCHOOL, area)
    for one in (school, area):
        archive_organisation(one, by=there.administrator, reason="reform")
    with pytest.raises(RecordError, match="archived"):
        restore_organisation(school, by=there.administrator)
    restore_organisation(area, by=there.administrator)
    assert restore_organisation(school, by=there.administrator).archived_at is None


def test_nothing_is_made_below_an_archived_organisation_nor_changed_in_it():
    there = tree()
    area = organisation(Kind.DISTRICT, there.district)
    archive_organisation(area, by=there.administrator, reason="reform")
    with pytest.raises(RecordError, match="archived"):
        create_organisation(parent=area, by=there.administrator, name="new", kind=Kind.SCHOOL)
    with pytest.raises(RecordError, match="archived"):
        change_organisation(area, {"name": "new"}, by=there.administrator)
    with pytest.raises(RecordError, match="archived"):
        move_organisation(there.school, to=area, by=there.administrator, reason="there")


def test_after_the_last_membership_has_ended_a_school_can_be_archived():
    there = tree()
    principal = person(Role.PRINCIPAL, there.school)
    end_membership(membership(principal), by=there.administrator, reason="school closes")
    assert archive_organisation(there.school, by=there.administrator, reason="closed").archived_at


def test_the_tables_know_every_kind_and_every_role():
    assert set(KINDS_ABOVE) == set(Kind)
    assert set(KINDS_OF_ROLE) == set(GRANTERS) == set(Role)
    assert all(roles_in(kind) for kind in Kind)

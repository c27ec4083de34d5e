"""Organisations, and people with their roles, from spreadsheets."""

import pytest
from django.utils import translation

from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.people.models import User
from tests.fleet.builders import bus, organisation, person
from tests.registry.builders import checked, imported, problems, undone
from web.registry.models import ImportState
from web.registry.spreadsheets.catalogue import SUBJECTS

pytestmark = pytest.mark.django_db
ORGANISATIONS, PEOPLE = SUBJECTS["organisations"], SUBJECTS["people"]
PLACES = "Belongs to,Kind,Name,English name,Stage\n"
STAFF = "User name,Name,Organisation,Role,Telephone\n"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def district():
    return organisation(name="District")


@pytest.fixture
def administrator(district):
    return person(Role.ADMINISTRATOR, district)


@pytest.fixture
def school(district):
    return organisation(Kind.SCHOOL, district, "School")


def test_schools_and_operators_are_made_below_what_one_administers(administrator, district):
    text = PLACES + "District,School,第二小学,Second School,Primary school\nDistrict,Operator,平安客运,,\n"
    run = imported(ORGANISATIONS, administrator, text)
    assert run.state == ImportState.APPLIED, run.problems
    made = Organisation.objects.get(name="第二小学")
    assert (made.parent, made.stage, made.history.get().history_user) == (district, "primary", administrator)
    assert undone(administrator, run).state == ImportState.UNDONE
    assert Organisation.objects.current().get() == district


def test_organisations_that_cannot_lie_there_or_are_there_as_another_kind_are_told(administrator, school):
    text = (
        PLACES + "School,Operator,客运,,\nDistrict,Operator,School,,\nDistrict,Police,交警,,Primary school\n"
    )
    run = checked(ORGANISATIONS, administrator, text)
    assert [line.split(":")[0] for line in problems(run)] == ["2 Belongs to", "3 Name", "4 Stage"]


def test_the_undo_of_an_organisation_in_use_is_refused_saying_what_it_has(administrator):
    run = imported(ORGANISATIONS, administrator, PLACES + "District,Operator,平安客运,,\n")
    bus(Organisation.objects.get(name="平安客运"))
    assert "1 buses" in undone(administrator, run).refusal
    assert Organisation.objects.get(name="平安客运").archived_at is None


def test_people_get_an_account_without_password_once_and_each_role(administrator, district, school):
    text = (
        STAFF + "wang,王红,School,Principal,138\nwang,,School,Safety officer,\nli,李四,District,Inspector,\n"
    )
    run = imported(PEOPLE, administrator, text)
    assert (run.state, run.created_count) == (ImportState.APPLIED, 3), run.problems
    wang = User.objects.get(username="wang")
    assert (wang.full_name, wang.telephone, wang.has_usable_password()) == ("王红", "138", False)
    assert wang.history.get().history_change_reason == "Import of file.csv"
    assert set(wang.memberships.values_list("role", flat=True)) == {"principal", "safety_officer"}
    assert checked(PEOPLE, administrator, text).unchanged_count == 3


def test_undo_ends_the_roles_and_the_file_can_be_imported_again(administrator, school):
    text = STAFF + "wang,王红,School,Principal,\n"
    undone(administrator, imported(PEOPLE, administrator, text))
    assert not Membership.objects.current().filter(person__username="wang").exists()
    assert imported(PEOPLE, administrator, text).state == ImportState.APPLIED
    assert Membership.objects.current().filter(person__username="wang").count() == 1
    assert User.objects.filter(username="wang").count() == 1


def test_an_account_is_never_changed_nor_taken_over(administrator, district, school):
    stranger = person(Role.PRINCIPAL, organisation(Kind.SCHOOL, organisation()))
    known = person(Role.GUARD, school, full_name="张三")
    closed = person(Role.GUARD, school, full_name="赵六", is_active=False)
    text = STAFF + (
        f"{stranger.username},王红,School,Principal,\n"
        f"{known.username},李四,School,Principal,\n"
        f"{closed.username},赵六,School,Principal,\n"
        f"{administrator.username},,School,Principal,\n"
        "new,,School,Principal,\n"
    )
    told = problems(checked(PEOPLE, administrator, text))
    assert [line.split(":")[0] for line in told] == [
        "2 User name", "3 Name", "4 User name", "5 User name", "6 Name"
    ]  # fmt: skip


def test_roles_that_do_not_fit_or_may_not_be_given_are_told_by_row(district, school):
    principal = person(Role.PRINCIPAL, school)
    text = STAFF + "a,A,School,Guard,\nb,B,School,Principal,\nc,C,District,Guard,\n"
    told = problems(checked(PEOPLE, principal, text))
    assert [line.split(":")[0] for line in told] == ["3 Role", "4 Organisation"]
    administrator = person(Role.ADMINISTRATOR, district)
    told = problems(checked(PEOPLE, administrator, STAFF + "a,A,School,Police officer,\n"))
    assert "can be held only in" in told[0]


def test_hundreds_of_people_take_few_queries(administrator, school, django_assert_max_num_queries):
    rows = [f"user{n},Name {n},School,Guardian,\n" for n in range(300)]
    with django_assert_max_num_queries(120):
        run = imported(PEOPLE, administrator, STAFF + "".join(rows))
    assert run.created_count == 300, run.problems[:3]

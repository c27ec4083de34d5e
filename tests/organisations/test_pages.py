"""Pages of organisations and people: who sees what, forms that name the field, few queries, what is shown once."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from fleet.organisations.changes import archive_organisation
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.people import accounts
from fleet.people.models import User
from tests.fleet.builders import bus, organisation, person
from tests.organisations.builders import membership, tree
from tests.people.builders import driver
from tests.vehicles.builders import Place

pytestmark = pytest.mark.django_db
GOOD = "a long enough password"


@pytest.fixture(autouse=True)
def without_second_factor(monkeypatch):
    """Administrators get in by their password: what is asked of them first is tested elsewhere."""
    monkeypatch.setattr("web.accounts.middleware.duty_of", lambda _person: None)


def signed_in(someone: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(someone)
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def names(response) -> list[str]:
    return [row.record.username for row in response.context["table"].page.object_list]


def test_the_tree_shows_what_lies_in_reach_with_its_counts():
    there, elsewhere = tree(), tree()
    bus(there.operator, there.school)
    person(Role.PRINCIPAL, there.school)
    page = text_of(signed_in(there.administrator).get(reverse("organisation_tree")))
    assert f"{there.school.name} School 1 bus · 1 person" in page
    assert elsewhere.school.name not in page


def test_the_tree_keeps_what_is_searched_for_and_what_lies_above():
    there = tree()
    client = signed_in(there.administrator)
    found = text_of(client.get(reverse("organisation_tree"), {"q": there.school.name.upper()}))
    assert there.school.name in found
    assert there.district.name in found
    assert there.operator.name not in found
    assert "Nothing fits" in text_of(client.get(reverse("organisation_tree"), {"q": "nowhere"}))


@pytest.mark.parametrize("count", [1, 30])
def test_pages_take_few_queries_for_any_number_of_organisations_and_people(
    count, django_assert_max_num_queries
):
    there = tree()
    for _number in range(count):
        school = organisation(Kind.SCHOOL, there.district)
        person(Role.PRINCIPAL, school)
        person(Role.GUARD, there.school)
    client = signed_in(there.administrator)
    pages = (
        reverse("organisation_tree"),
        reverse("organisation_list"),
        reverse("organisation_detail", args=[there.school.pk]),
        reverse("person_list"),
        reverse("person_detail", args=[User.objects.filter(memberships__role=Role.GUARD)[0].pk]),
    )
    for page in pages:
        with django_assert_max_num_queries(55):
            assert client.get(page).status_code == 200


def test_an_organisation_is_added_below_another_on_the_page():
    there = tree()
    client = signed_in(there.administrator)
    address = f"{reverse('organisation_new')}?parent={there.district.pk}"
    assert client.get(address).context["form"].initial["parent"] == str(there.district.pk)
    given = {"parent": there.district.pk, "kind": "school", "name": "一小", "stage": "primary"}
    refused = client.post(address, given | {"kind": "castle"})
    assert set(refused.context["form"].errors) == {"kind", "stage"}
    made = client.post(address, given)
    assert made["Location"] == reverse("organisation_detail", args=[Organisation.objects.get(name="一小").pk])


def test_an_organisation_is_moved_in_its_form_with_a_reason_and_moved_back_by_undo():
    there = tree()
    client = signed_in(there.administrator)
    address = reverse("organisation_edit", args=[there.school.pk])
    given = {"parent": there.supervisor.pk, "name": there.school.name, "name_en": "", "stage": ""}
    assert "Say why" in text_of(client.post(address, given))
    client.post(address, given | {"name": "renamed", "reason": "reform"})
    there.school.refresh_from_db()
    assert (there.school.parent, there.school.name) == (there.supervisor, "renamed")
    version = there.school.history.first().pk
    client.post(reverse("organisation_undo", args=[there.school.pk, version]))
    there.school.refresh_from_db()
    assert there.school.parent == there.district


def test_a_change_that_is_refused_in_part_changes_nothing():
    there = tree()
    given = {"parent": there.supervisor.pk, "name": "renamed", "name_en": "", "stage": ""}
    signed_in(there.administrator).post(reverse("organisation_edit", args=[there.school.pk]), given)
    there.school.refresh_from_db()
    assert there.school.name != "renamed"


def test_archiving_tells_what_is_still_there():
    there = tree()
    person(Role.PRINCIPAL, there.school)
    client = signed_in(there.administrator)
    address = reverse("organisation_archive", args=[there.school.pk])
    page = client.post(address, {"reason": "closed"}, follow=True)
    assert "1 memberships" in text_of(page)
    archive_organisation(there.police, by=there.administrator, reason="merged")
    shown = text_of(client.get(reverse("organisation_detail", args=[there.police.pk])))
    assert "Bring back" in shown


@pytest.mark.parametrize("role", Role)
def test_pages_answer_404_for_what_is_out_of_reach(role):
    there, elsewhere = tree(), tree()
    stranger = person(Role.GUARD, elsewhere.school)
    client = signed_in(person(role, there.district))
    pages = [
        reverse("organisation_detail", args=[elsewhere.school.pk]),
        reverse("organisation_edit", args=[elsewhere.school.pk]),
        reverse("membership_end", args=[membership(stranger).pk]),
        *(
            reverse(name, args=[stranger.pk])
            for name in (
                "person_detail", "person_edit", "person_close", "person_password", "person_second_factor",
                "membership_new", "record_link",
            )
        ),
    ]  # fmt: skip
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    for name in ("person_reopen", "person_invite"):
        assert client.post(reverse(name, args=[stranger.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.GUARD, Role.CLASS_TEACHER, Role.GUARDIAN, Role.DRIVER])
def test_who_gives_no_roles_has_no_pages_of_people(role):
    there = tree()
    client = signed_in(person(role, there.school))
    for name in ("person_list", "person_new", "organisation_tree", "organisation_new"):
        assert client.get(reverse(name)).status_code == 404


def test_people_are_searched_and_filtered():
    there = tree()
    guard = person(Role.GUARD, there.school, full_name="王卫")
    teacher = person(Role.CLASS_TEACHER, there.school, full_name="李师", telephone="13900000000")
    other = person(Role.GUARD, organisation(Kind.SCHOOL, there.district))
    closed = person(Role.GUARD, there.school, is_active=False)
    former = person(Role.GUARD, there.school)
    former.memberships.update(archived_at="2026-01-01T00:00Z")
    for one in (guard, teacher, other):
        one.set_password(GOOD)
        one.save()
    teacher.set_unusable_password()
    teacher.save()
    client = signed_in(there.administrator)

    def found(**asked) -> set[str]:
        return set(names(client.get(reverse("person_list"), asked)))

    everybody = {one.username for one in (there.administrator, guard, teacher, other)}
    assert found() == everybody
    assert found(q="王") == found(q=guard.username) == {guard.username}
    assert found(q="139000") == {teacher.username}
    assert found(role="guard") == {guard.username, other.username}
    assert found(role="guard", organisation=there.school.pk) == {guard.username}
    assert found(state="closed") == {closed.username}
    assert teacher.username in found(state="invited")
    assert guard.username not in found(state="invited")
    assert found(state="former") == {former.username}
    assert found(state="all") == everybody | {closed.username, former.username}


@pytest.mark.parametrize("order", ["full_name", "username", "last_login", "state", "-last_login"])
def test_people_are_sorted(order):
    there = tree()
    for _number in range(3):
        person(Role.GUARD, there.school)
    assert len(names(signed_in(there.administrator).get(reverse("person_list"), {"sort": order}))) == 4


def test_a_new_person_gets_a_link_that_is_shown_once_and_sets_the_password():
    there = tree()
    principal = person(Role.PRINCIPAL, there.school)
    client = signed_in(principal)
    given = {
        "full_name": "李师", "username": "teacher.li", "organisation": there.school.pk,
        "role": "class_teacher", "email": "", "telephone": "", "reason": "",
    }  # fmt: skip
    page = client.post(reverse("person_new"), given)
    assert "no-store" in page["Cache-Control"]
    link = re.search(r"http://testserver(/invitation/[^\s<]+/)", page.content.decode())
    assert link
    made = User.objects.get(username="teacher.li")
    assert "/invitation/" not in client.get(reverse("person_detail", args=[made.pk])).content.decode()

    stranger = Client(headers={"accept-language": "en"})
    weak = stranger.post(link[1], {"new_password1": "12345678", "new_password2": "12345678"})
    assert weak.context["form"].errors
    answer = stranger.post(link[1], {"new_password1": GOOD, "new_password2": GOOD})
    assert answer["Location"] == "/sign-in/"
    made.refresh_from_db()
    assert made.check_password(GOOD)
    assert "used or has expired" in text_of(stranger.get(link[1]))
    assert "used or has expired" in text_of(stranger.post(link[1], {"new_password1": GOOD}))


def test_a_form_of_a_person_names_the_field_that_is_wrong():
    there = tree()
    client = signed_in(there.administrator)
    refused = client.post(
        reverse("person_new"),
        {
            "full_name": "", "username": "with space", "email": "nowhere",
            "organisation": there.school.pk, "role": "king",
        },
    )  # fmt: skip
    assert set(refused.context["form"].errors) == {"full_name", "username", "email", "role"}
    misfit = client.post(
        reverse("person_new"),
        {"full_name": "A", "username": "a", "organisation": there.school.pk, "role": "police_officer"},
    )
    assert set(misfit.context["form"].errors) == {"role"}
    assert not User.objects.filter(username="a").exists()


def test_a_principal_is_offered_the_own_school_and_its_roles_only():
    there = tree()
    organisation(Kind.SCHOOL, there.district)
    form = signed_in(person(Role.PRINCIPAL, there.school)).get(reverse("person_new")).context["form"]
    assert list(form.fields["organisation"].queryset) == [there.school]
    offered = {value for value, _label in form.fields["role"].choices} - {""}
    assert offered == {"safety_officer", "class_teacher", "guard", "guardian"}


def test_an_account_is_closed_and_reopened_on_its_page():
    there = tree()
    guard = person(Role.GUARD, there.school)
    client = signed_in(there.administrator)
    address = reverse("person_close", args=[guard.pk])
    assert client.post(address, {"reason": ""}).context["form"].errors
    page = client.post(address, {"reason": "left"}, follow=True)
    assert "Reopen the account" in text_of(page)
    assert "left" in text_of(page)
    assert "/invitation/" in client.post(reverse("person_reopen", args=[guard.pk])).content.decode()
    assert User.objects.get(pk=guard.pk).is_active


def test_a_temporary_password_is_shown_once_and_works():
    there = tree()
    guard = person(Role.GUARD, there.school)
    page = signed_in(there.administrator).post(
        reverse("person_password", args=[guard.pk]), {"reason": "forgotten"}
    )
    guard.refresh_from_db()
    assert "no-store" in page["Cache-Control"]
    assert guard.check_password(page.context["secret"])


def test_a_second_factor_is_reset_for_a_reason():
    there = tree()
    guard = person(Role.GUARD, there.school)
    page = signed_in(there.administrator).post(
        reverse("person_second_factor", args=[guard.pk]), {"reason": "phone lost"}, follow=True
    )
    assert "is taken away" in text_of(page)
    assert guard.security_events.get().reason == "phone lost"


def test_a_membership_is_given_and_ended_on_the_pages():
    there = tree()
    guard = person(Role.GUARD, there.school)
    client = signed_in(there.administrator)
    client.post(
        reverse("membership_new", args=[guard.pk]),
        {"organisation": there.operator.pk, "role": "driver", "reason": "drives too"},
    )
    given = Membership.objects.get(person=guard, role=Role.DRIVER)
    assert given.organisation == there.operator
    page = client.post(reverse("membership_end", args=[given.pk]), {"reason": "no more"}, follow=True)
    assert "no longer Driver" in text_of(page)
    given.refresh_from_db()
    assert given.archived_at
    last = reverse("membership_end", args=[membership(there.administrator).pk])
    assert "last administrator" in text_of(client.post(last, {"reason": "tired"}))


def test_a_principal_sees_neither_how_an_account_is_guarded_nor_other_memberships():
    there, elsewhere = tree(), tree()
    guard = person(Role.GUARD, there.school, telephone="13912345678")
    Membership.objects.create(person=guard, organisation=elsewhere.operator, role=Role.DRIVER)
    page = text_of(signed_in(person(Role.PRINCIPAL, there.school)).get(f"/people/{guard.pk}/"))
    assert "Second factor" not in page
    assert elsewhere.operator.name not in page
    assert "13912345678" not in page
    assert "139" in page


def test_a_driver_is_linked_to_the_record_on_the_page():
    there = tree()
    coordinator = person(Role.COORDINATOR, there.operator)
    where = Place(there.district, there.operator, there.school, coordinator, coordinator)
    record = driver(where)
    someone = person(Role.DRIVER, there.operator)
    client = signed_in(coordinator)
    address = reverse("record_link", args=[someone.pk])
    assert client.post(address, {"driver": ""}).context["form"].errors
    client.post(address, {"driver": record.pk})
    record.refresh_from_db()
    assert record.user == someone
    assert "There is no record to link" in text_of(client.get(address))


def test_an_invitation_can_be_made_again_by_who_staffs_the_school():
    there = tree()
    principal = person(Role.PRINCIPAL, there.school)
    first = accounts.create_person(
        username="guard", full_name="Guard", organisation=there.school, role=Role.GUARD, by=principal
    )
    client = signed_in(principal)
    assert "New invitation link" in text_of(client.get(f"/people/{first.person.pk}/"))
    assert "/invitation/" in client.post(f"/people/{first.person.pk}/invite/").content.decode()
    assert accounts.invited_person(first.token) is None

"""Accounts: opened with a link that is good once, closed at once, and changed by administrators above only."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from fleet.grants import reach_with
from fleet.organisations.directory import people_changeable_by
from fleet.organisations.models import Kind, Membership, Organisation, Role
from fleet.organisations.permissions import VIEW_ORGANISATION
from fleet.people import accounts
from fleet.people.models import User
from fleet.records import RecordError
from tests.fleet.builders import organisation, person
from tests.organisations.builders import membership, tree
from tests.people.builders import attendant, driver
from tests.vehicles.builders import Place, place

pytestmark = pytest.mark.django_db
GOOD = "a long enough password"


def invited(there, role: Role = Role.GUARD, **details) -> accounts.Invited:
    given = {
        "username": "guard.wang", "full_name": "王卫", "organisation": there.school, "role": role,
        "by": there.administrator,
    }  # fmt: skip
    return accounts.create_person(**given | details)


def test_a_new_person_has_a_membership_and_a_history_that_keeps_no_password():
    there = tree()
    made = invited(there, reason="new guard").person
    assert membership(made).role == Role.GUARD
    entry = made.history.get()
    assert (entry.history_user, entry.history_change_reason) == (there.administrator, "new guard")
    kept = {field.name for field in entry._meta.fields}
    assert not kept & {"password", "last_login", "invitation"}


def test_signing_in_adds_nothing_to_the_history():
    made = invited(tree()).person
    made.last_login = timezone.now()
    made.save(update_fields=["last_login"])
    assert made.history.count() == 1
    made.full_name = "王卫国"
    made.save()
    assert made.history.count() == 2


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "with space"}, "username"),
        ({"username": "taken"}, "username"),
        ({"full_name": " "}, "full_name"),
        ({"email": "nowhere"}, "email"),
        ({"telephone": "1" * 33}, "telephone"),
        ({"role": Role.DRIVER, "organisation_kind": Kind.DISTRICT}, "role"),
    ],
)
def test_what_cannot_be_right_is_refused_by_field_and_nothing_is_half_written(details, field):
    there = tree()
    User.objects.create_user("taken")
    before = User.objects.count(), Membership.objects.count()
    if kind := details.get("organisation_kind"):
        details = {"role": details["role"], "organisation": there.of(kind)}
    with pytest.raises(ValidationError) as error:
        invited(there, **details)
    assert set(error.value.message_dict) == {field}
    assert (User.objects.count(), Membership.objects.count()) == before


def test_who_may_not_give_the_role_opens_no_account():
    there = tree()
    principal = person(Role.PRINCIPAL, there.school)
    assert invited(there, by=principal).person.pk
    with pytest.raises(PermissionDenied):
        invited(there, Role.PRINCIPAL, by=principal, username="other")
    assert not User.objects.filter(username="other").exists()


def test_an_invitation_sets_the_password_once():
    made = invited(tree())
    assert not made.person.has_usable_password()
    assert accounts.invited_person(made.token) == made.person
    accounts.accept_invitation(made.token, GOOD)
    assert User.objects.get(pk=made.person.pk).check_password(GOOD)
    assert accounts.invited_person(made.token) is None
    with pytest.raises(RecordError, match="expired"):
        accounts.accept_invitation(made.token, "another long password")
    assert User.objects.get(pk=made.person.pk).check_password(GOOD)


def test_a_weak_password_is_refused_and_the_invitation_stays_good():
    made = invited(tree())
    with pytest.raises(ValidationError) as error:
        accounts.accept_invitation(made.token, "12345678")
    assert set(error.value.message_dict) == {"password"}
    assert accounts.invited_person(made.token) == made.person


@pytest.mark.parametrize(("late_by", "good"), [(-1, True), (1, False)])
def test_an_invitation_ends_after_a_week(monkeypatch, late_by, good):
    made = invited(tree())
    then = (timezone.now() + accounts.INVITATION_GOOD_FOR + timedelta(minutes=late_by)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: then)
    assert (accounts.invited_person(made.token) is not None) is good


def test_a_forged_invitation_is_none():
    made = invited(tree())
    for forged in ("", "x", made.token[:-1] + ("A" if made.token[-1] != "A" else "B"), made.token + "x"):
        assert accounts.invited_person(forged) is None


def test_a_new_invitation_makes_the_one_before_void_and_is_only_for_who_has_no_password():
    there = tree()
    first = invited(there)
    second = accounts.invite_again(first.person, by=there.administrator)
    assert accounts.invited_person(first.token) is None
    accounts.accept_invitation(second.token, GOOD)
    with pytest.raises(RecordError, match="no invitation"):
        accounts.invite_again(first.person, by=there.administrator)


def test_a_principal_invites_the_own_staff_again_but_nobody_who_serves_elsewhere_too():
    there = tree()
    principal = person(Role.PRINCIPAL, there.school)
    made = invited(there, by=principal).person
    assert accounts.invite_again(made, by=principal).token
    Membership.objects.create(person=made, organisation=there.operator, role=Role.ATTENDANT)
    with pytest.raises(PermissionDenied):
        accounts.invite_again(made, by=principal)


def test_a_closed_account_loses_everything_at_once():
    there = tree()
    coordinator = person(Role.COORDINATOR, there.district)
    browser = Client()
    browser.force_login(coordinator)
    assert browser.get("/").status_code == 200
    accounts.close_account(coordinator, by=there.administrator, reason="left")
    closed = User.objects.get(pk=coordinator.pk)
    assert reach_with(closed, VIEW_ORGANISATION) == set()
    assert not closed.has_usable_password()
    assert browser.get("/")["Location"].startswith("/sign-in/")
    accounts.reopen_account(closed, by=there.administrator, reason="back")
    assert browser.get("/")["Location"].startswith("/sign-in/"), "the old session stays dead"
    assert reach_with(User.objects.get(pk=coordinator.pk), VIEW_ORGANISATION)


def test_closing_needs_a_reason_and_leaves_an_administrator_at_the_top():
    there = tree()
    second = person(Role.ADMINISTRATOR, there.district)
    with pytest.raises(RecordError, match="why"):
        accounts.close_account(second, by=there.administrator, reason="")
    accounts.close_account(second, by=there.administrator, reason="left")
    with pytest.raises(RecordError, match="already"):
        accounts.close_account(second, by=there.administrator, reason="left")
    with pytest.raises(PermissionDenied):
        accounts.close_account(there.administrator, by=there.administrator, reason="left")
    above = organisation(Kind.DISTRICT)
    there.district.parent = above
    there.district.save()
    top = person(Role.ADMINISTRATOR, above)
    assert not accounts.close_account(there.administrator, by=top, reason="left").is_active
    other = person(Role.ADMINISTRATOR, above)
    accounts.close_account(other, by=top, reason="left")
    assert User.objects.get(pk=top.pk).is_active


def test_an_open_invitation_ends_with_the_account():
    there = tree()
    made = invited(there)
    accounts.close_account(made.person, by=there.administrator, reason="mistake")
    assert accounts.invited_person(made.token) is None


def test_only_an_administrator_above_all_that_a_person_does_changes_the_account():
    there, elsewhere = tree(), tree()
    guard = person(Role.GUARD, there.school)
    below = person(Role.ADMINISTRATOR, there.school)
    change = {"full_name": "新名", "email": "new@example.com", "telephone": "10000000000"}
    changed = accounts.change_person(guard, change, by=below, reason="married")
    assert (changed.full_name, changed.email) == ("新名", "new@example.com")
    for by in (guard, person(Role.PRINCIPAL, there.school), elsewhere.administrator):
        with pytest.raises(PermissionDenied):
            accounts.change_person(guard, change, by=by)
    with pytest.raises(PermissionDenied):
        accounts.change_person(there.administrator, change, by=below)
    Membership.objects.create(person=guard, organisation=elsewhere.school, role=Role.GUARD)
    for by in (below, there.administrator, elsewhere.administrator):
        with pytest.raises(PermissionDenied):
            accounts.change_person(guard, change, by=by)


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "is_active", "password", "username"])
def test_nothing_else_of_an_account_can_be_changed_so(field):
    there = tree()
    guard = person(Role.GUARD, there.school)
    with pytest.raises(RecordError, match=field):
        accounts.change_person(guard, {field: "1"}, by=there.administrator)


def test_who_has_never_served_anywhere_is_changed_by_nobody():
    assert not people_changeable_by(tree().administrator).filter(pk=person().pk).exists()


def linkable(where: Place, made) -> User:
    role = Role.DRIVER if made._meta.model_name == "driver" else Role.ATTENDANT
    return person(role, where.operator)


@pytest.mark.parametrize("make", [driver, attendant])
def test_a_record_is_linked_to_the_account_of_who_serves_there(make):
    where = place()
    made = make(where)
    someone = linkable(where, made)
    accounts.link_record(made, someone, by=where.coordinator, reason="account opened")
    made.refresh_from_db()
    assert made.user == someone
    assert made.history.first().history_change_reason == "account opened"
    accounts.link_record(made, None, by=where.coordinator)
    made.refresh_from_db()
    assert made.user is None


def test_a_record_is_not_linked_to_who_serves_elsewhere_nor_to_oneself():
    where = place()
    made = driver(where)
    administrator = person(Role.ADMINISTRATOR, where.district)
    for wrong in (person(Role.ATTENDANT, where.operator), person(Role.GUARD, where.school)):
        with pytest.raises(ValidationError) as error:
            accounts.link_record(made, wrong, by=administrator)
        assert set(error.value.message_dict) == {"user"}
    with pytest.raises(PermissionDenied):
        accounts.link_record(made, where.coordinator, by=where.coordinator)
    with pytest.raises(PermissionDenied):
        accounts.link_record(made, person(Role.DRIVER, place().operator), by=where.coordinator)


def test_one_account_is_one_driver():
    where = place()
    first, second = driver(where), driver(where)
    someone = linkable(where, first)
    accounts.link_record(first, someone, by=where.coordinator)
    with pytest.raises(ValidationError) as error:
        accounts.link_record(second, someone, by=where.coordinator)
    assert set(error.value.message_dict) == {"user"}


def test_founding_makes_the_top_and_its_administrator():
    made = accounts.found(name="示范区", kind=Kind.DISTRICT, username="first")
    top = Organisation.objects.get()
    assert (top.parent, membership(made.person).role) == (None, Role.ADMINISTRATOR)
    assert top.history.get().history_user == made.person
    accounts.accept_invitation(made.token, GOOD)


def test_founding_is_whole_or_not_at_all():
    with pytest.raises(ValidationError) as error:
        accounts.found(name="", kind=Kind.DISTRICT, username="first")
    assert set(error.value.message_dict) == {"name"}
    assert not User.objects.exists()
    with pytest.raises(ValidationError):
        accounts.found(name="所", kind=Kind.POLICE, username="first")

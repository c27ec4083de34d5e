"""Passwords: what they must be, who changes them, and those that somebody else has chosen."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from fleet.organisations.models import Role
from tests.accounts.builders import PASSWORD, account, events_of, give, guarded_account, signed_in
from tests.fleet.builders import person
from web.accounts.changes import issue_temporary_password, reset_second_factor

pytestmark = pytest.mark.django_db
CHANGE = "/account/password/"
NEW = "quite another sentence"


def change(browser, new=NEW, again=None, old=PASSWORD):
    return browser.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again or new})


def administrator_of(someone):
    return person(Role.ADMINISTRATOR, someone.memberships.get().organisation)


def test_the_rules_are_read_before_the_mistake():
    page = signed_in(account()).get(CHANGE).content.decode()
    assert "at least 10 characters" in page
    assert page.index("at least 10 characters") < page.index('name="password1"')


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("short one", "at least 10 characters"),
        ("1029384756", "entirely numeric"),
        ("password123", "too common"),
        (PASSWORD, "present password"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(new, complaint):
    someone = account()
    assert complaint in change(signed_in(someone), new).content.decode()
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


def test_a_password_like_the_user_name_is_refused():
    someone = account()
    someone.username = "wanglaoshi2012"
    someone.save()
    assert "too similar" in change(signed_in(someone), "wanglaoshi2013").content.decode()


def test_who_does_not_know_the_present_password_does_not_change_it():
    someone = account()
    assert "not your present password" in change(signed_in(someone), old="wrong").content.decode()
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


def test_two_that_differ_are_refused():
    someone = account()
    assert change(signed_in(someone), again="quite another sentense").status_code == 200
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


def test_a_changed_password_ends_all_other_sessions():
    someone = account()
    here, elsewhere = signed_in(someone), signed_in(someone)
    assert change(here)["Location"] == "/account/"
    assert here.get("/").status_code == 200
    assert elsewhere.get("/")["Location"].startswith("/sign-in/")
    assert events_of(someone)[-1] == "password_changed"


def test_a_temporary_password_is_changed_before_anything_else():
    someone = account()
    temporary = issue_temporary_password(person=someone, by=administrator_of(someone), reason="forgotten")
    browser = Client()
    assert give(browser, someone, temporary).status_code == 302
    assert browser.get("/")["Location"] == CHANGE
    assert browser.get("/account/sessions/")["Location"] == CHANGE
    assert "Somebody else gave you" in browser.get(CHANGE).content.decode()
    change(browser, old=temporary)
    assert browser.get("/").status_code == 200


def test_a_temporary_password_comes_before_the_second_factor():
    someone = account(Role.POLICE_OFFICER)
    temporary = issue_temporary_password(person=someone, by=administrator_of(someone), reason="new account")
    browser = Client()
    give(browser, someone, temporary)
    assert browser.get("/")["Location"] == CHANGE
    change(browser, old=temporary)
    assert browser.get("/")["Location"] == "/account/second-factor/app/"


def test_a_temporary_password_ends_the_sessions_and_the_old_password():
    someone = account()
    browser = signed_in(someone)
    issue_temporary_password(person=someone, by=administrator_of(someone), reason="stolen")
    assert browser.get("/")["Location"].startswith("/sign-in/")
    assert "do not match" in give(Client(), someone).content.decode()


def test_temporary_passwords_are_long_and_never_the_same():
    someone = account()
    above = administrator_of(someone)
    given = {issue_temporary_password(person=someone, by=above, reason="x") for _ in range(5)}
    assert len(given) == 5
    assert {len(one) for one in given} == {19}


def test_a_lost_phone_is_made_good_by_an_administrator_above():
    someone, key = guarded_account()
    browser = signed_in(someone, key=key)
    above = administrator_of(someone)
    reset_second_factor(person=someone, by=above, reason="phone lost")
    assert not Authenticator.objects.filter(user=someone).exists()
    assert browser.get("/")["Location"].startswith("/sign-in/")
    event = someone.security_events.filter(kind="second_factor_reset").get()
    assert (event.by, event.reason) == (above, "phone lost")


@pytest.mark.parametrize("reset", [reset_second_factor, issue_temporary_password])
def test_only_an_administrator_above_resets_and_nobody_their_own(reset):
    someone, stranger = account(Role.ADMINISTRATOR), account(Role.ADMINISTRATOR)
    colleague = person(Role.COORDINATOR, someone.memberships.get().organisation)
    for by in (stranger, colleague, someone):
        with pytest.raises(PermissionDenied):
            reset(person=someone, by=by, reason="because")
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


@pytest.mark.parametrize("reset", [reset_second_factor, issue_temporary_password])
def test_a_reset_has_a_reason(reset):
    someone = account()
    with pytest.raises(ValidationError, match="Say why"):
        reset(person=someone, by=administrator_of(someone), reason=" ")

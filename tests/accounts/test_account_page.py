"""The account page: what is known of a person, and what they change themselves."""

import pytest
from django.db import DatabaseError, transaction

from fleet.append_only import AppendOnlyError
from tests.accounts.builders import account, events_of, signed_in
from web.accounts.changes import record_event
from web.accounts.models import EventKind, SecurityEvent

pytestmark = pytest.mark.django_db
PAGE = "/account/"


def test_it_tells_name_tasks_and_what_happened():
    someone = account()
    page = signed_in(someone).get(PAGE).content.decode()
    assert someone.username in page
    assert "Coordinator" in page
    assert "Signed in" in page
    assert "Chrome 120 · Windows 10" in page


def test_the_address_for_notices_is_changed():
    someone = account()
    browser = signed_in(someone)
    assert browser.post(PAGE, {"email": "a@example.org"})["Location"] == PAGE
    someone.refresh_from_db()
    assert someone.email == "a@example.org"


def test_what_is_no_address_is_refused_by_name():
    someone = account()
    page = signed_in(someone).post(PAGE, {"email": "nobody"}).content.decode()
    assert "Enter a valid email address" in page
    someone.refresh_from_db()
    assert someone.email == ""


def test_every_page_leads_to_it():
    assert f'href="{PAGE}"' in signed_in(account()).get("/").content.decode()


def test_signing_out_is_asked_about_and_told():
    someone = account()
    browser = signed_in(someone)
    assert "Sign out of Schoolrun?" in browser.get("/sign-out/").content.decode()
    browser.post("/sign-out/")
    assert events_of(someone) == ["signed_in", "signed_out"]


def test_the_security_log_can_only_be_added_to():
    signed_in(account())
    event = SecurityEvent.objects.get()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        SecurityEvent.objects.all()._raw_delete("default")


def test_a_list_of_events_takes_as_many_queries_for_many_as_for_few(django_assert_max_num_queries):
    someone = account()
    browser = signed_in(someone)
    with django_assert_max_num_queries(25) as few:
        browser.get(PAGE)
        count = len(few)
    for _ in range(20):
        record_event(EventKind.SIGNED_OUT, person=someone, by=someone)
    with django_assert_max_num_queries(count):
        browser.get(PAGE)

"""The poll: 304 from the cache alone, never while anything has changed, and nothing for who is shut out."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import Client
from django.utils import timezone

from fleet.family.changed import family_changed
from fleet.family.changes import set_preferences
from fleet.family.freshness import Shown, is_unchanged, remember, stamps_of, touch
from fleet.trips.changes import explain_lateness
from fleet.trips.models import Trip, VisitState
from tests.parent.builders import Family
from web.parent.poll import held_tag, unchanged_first

pytestmark = pytest.mark.django_db(transaction=True)
ASKED_PAGES = "asked the pages"


def scope(browser: Client, tag: str, path: str = "/family/now.json") -> dict[str, Any]:
    cookie = "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())
    headers = [(b"if-none-match", tag.encode()), (b"cookie", cookie.encode())]
    return {"type": "http", "method": "GET", "path": path, "headers": headers}


def poll(browser: Client) -> str:
    return browser.get("/family/now.json").headers["ETag"]


def test_unchanged_poll_is_answered_without_the_database(
    home: Family, browser: Client, django_assert_num_queries
):
    tag = poll(browser)
    with django_assert_num_queries(0):
        assert held_tag(scope(browser, tag)) == tag


def test_application_answers_304_itself_and_leaves_the_rest_to_the_pages(home: Family, browser: Client):
    tag = poll(browser)
    sent: list[Any] = []

    async def pages(*_request: Any) -> None:
        sent.append(ASKED_PAGES)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message.get("status"))

    application = async_to_sync(unchanged_first(pages))
    application(scope(browser, tag), None, send)
    assert sent[0] == 304
    for other in (scope(browser, '"other"'), scope(browser, tag, "/family/"), scope(Client(), tag)):
        sent.clear()
        application(other, None, send)
        assert sent == [ASKED_PAGES]


def test_changed_trip_is_seen_at_the_next_poll(home: Family, browser: Client):
    tag = poll(browser)
    home.set_visit(2, VisitState.DEPARTED, arrived_at=timezone.now(), departed_at=timezone.now())
    family_changed([home.trip.pk])
    assert held_tag(scope(browser, tag)) is None
    assert poll(browser) != tag


def test_every_change_of_a_trip_by_hand_is_seen(home: Family, browser: Client):
    tag = poll(browser)
    trip = Trip.objects.get(pk=home.trip.pk)
    explain_lateness(trip=trip, reason="Road closed", by=home.line.where.coordinator)
    assert held_tag(scope(browser, tag)) is None


def test_other_trips_change_nothing(home: Family, browser: Client):
    tag = poll(browser)
    family_changed([home.trip.pk + 1])
    assert held_tag(scope(browser, tag)) == tag


def test_changed_preferences_are_seen(home: Family, browser: Client):
    tag = poll(browser)
    set_preferences(guardian=home.guardian, changes={"walking_minutes": 20})
    assert held_tag(scope(browser, tag)) is None


def test_poll_after_signing_out_is_not_answered_from_the_cache(home: Family, browser: Client):
    tag = poll(browser)
    asked = scope(browser, tag)
    browser.post("/sign-out/")
    assert held_tag(asked) is None


def test_tag_of_one_session_says_nothing_to_another(home: Family, browser: Client):
    tag = poll(browser)
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = "somebody else's"
    assert held_tag(scope(other, tag)) is None


def test_pages_answer_304_too_where_the_cache_was_lost(home: Family, browser: Client):
    tag = poll(browser)
    assert browser.get("/family/now.json", headers={"if-none-match": tag}).status_code == 304


def test_nothing_is_remembered_beyond_the_next_turn_of_the_clock():
    now = timezone.now()
    shown = Shown('"tag"', stamps_of(["family-trip-1"]))
    remember("key", shown, now, turns_at=now)
    assert not is_unchanged("key", '"tag"')
    remember("key", shown, now, turns_at=now + timedelta(hours=1))
    assert is_unchanged("key", '"tag"')
    touch(["family-trip-1"])
    assert not is_unchanged("key", '"tag"')


def test_minutes_that_pass_do_not_make_another_picture(home: Family, browser: Client):
    tag = poll(browser)
    assert poll(browser) == tag

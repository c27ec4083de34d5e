"""Sessions: seen in words, ended one by one or all, short for administrators, and gone for WebSockets too."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.test import Client
from django.utils import timezone

from fleet.organisations.models import Role
from tests.accounts.builders import (
    CHROME_ON_WINDOWS,
    SAFARI_ON_IPHONE,
    account,
    events_of,
    guarded_account,
    signed_in,
)
from tests.web.browser import connecting, watching
from web.accounts.activity import ADMINISTRATOR_IDLE_S, SEEN_AT
from web.accounts.sessions import browser_in_words
from web.live import consumers

SIGNED_OUT = 4401
LIST = "/account/sessions/"


@pytest.fixture
def fresh_channel_layer():
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


def rows(browser):
    return browser.get(LIST).context["sessions"]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME_ON_WINDOWS, "Chrome 120 · Windows 10"),
        (SAFARI_ON_IPHONE, "Mobile Safari 17 · iOS 17"),
        ("", "Unknown browser"),
        ("something of its own", "Unknown browser"),
    ],
)
def test_a_browser_is_told_in_words(user_agent, words):
    assert browser_in_words(user_agent) == words


@pytest.mark.django_db
def test_each_session_is_listed_with_browser_and_address_and_this_one_first():
    someone = account()
    signed_in(someone, SAFARI_ON_IPHONE)
    here = signed_in(someone)
    this, other = rows(here)
    assert (this.is_current, this.browser, this.address) == (True, "Chrome 120 · Windows 10", "127.0.0.1")
    assert (other.is_current, other.browser) == (False, "Mobile Safari 17 · iOS 17")
    assert "This browser" in here.get(LIST).content.decode()


@pytest.mark.django_db
def test_sessions_of_others_are_neither_listed_nor_ended():
    foreign = account()
    theirs, mine = signed_in(foreign), signed_in(account())
    assert len(rows(mine)) == 1
    pk = UserSession.objects.get(user=foreign).pk
    assert mine.post(f"{LIST}{pk}/end/").status_code == 404
    assert theirs.get("/").status_code == 200


@pytest.mark.django_db
def test_one_session_is_ended_and_no_other():
    someone = account()
    lost, kept, here = (signed_in(someone) for _ in range(3))
    pk = UserSession.objects.get(session_key=lost.session.session_key).pk
    here.post(f"{LIST}{pk}/end/")
    assert lost.get("/")["Location"].startswith("/sign-in/")
    assert kept.get("/").status_code == here.get("/").status_code == 200
    assert events_of(someone)[-1] == "sessions_ended"


@pytest.mark.django_db
def test_this_session_is_ended_by_signing_out_only():
    someone = account()
    here = signed_in(someone)
    assert here.post(f"{LIST}{UserSession.objects.get().pk}/end/").status_code == 404


@pytest.mark.django_db
def test_all_others_are_ended_at_once():
    someone = account()
    others, here = [signed_in(someone) for _ in range(3)], signed_in(someone)
    here.post(f"{LIST}end-others/")
    assert [one.get("/").status_code for one in others] == [302] * 3
    assert here.get("/").status_code == 200
    assert len(rows(here)) == 1


@pytest.mark.django_db
def test_a_session_that_is_used_is_seen_once_a_minute():
    here = signed_in(account())
    long_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=long_ago)
    here.get("/")
    assert UserSession.objects.get().last_seen_at == long_ago
    session = here.session
    session[SEEN_AT] -= 60
    session.save()
    here.get("/")
    assert UserSession.objects.get().last_seen_at > long_ago


@pytest.mark.django_db
def test_an_administrators_session_ends_when_it_was_not_used_for_half_an_hour():
    someone, key = guarded_account(Role.ADMINISTRATOR)
    assert signed_in(someone, key=key).session.get_expiry_age() == ADMINISTRATOR_IDLE_S


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "is_short"), [(Role.ADMINISTRATOR, True), (Role.COORDINATOR, False)])
def test_so_it_is_without_a_second_factor_too(role, is_short):
    session = signed_in(account(role)).session
    assert (session.get_expiry_age() <= ADMINISTRATOR_IDLE_S) == is_short


@pytest.mark.django_db
def test_an_idle_session_that_is_over_is_a_strangers(settings):
    settings.SESSION_COOKIE_AGE = settings.ACCOUNT_SESSION_COOKIE_AGE = -1
    browser = Client()
    browser.force_login(account())
    assert browser.get("/").status_code == 302


async def test_a_websocket_of_an_ended_session_is_closed(transactional_db, fresh_channel_layer, monkeypatch):
    monkeypatch.setattr(consumers, "CHECK_SCOPE_S", 0.0)
    monkeypatch.setattr(consumers, "HEARTBEAT_S", 0.1)
    someone = await sync_to_async(account)()
    here = await sync_to_async(signed_in)(someone)
    elsewhere = await sync_to_async(signed_in)(someone)
    async with watching(elsewhere) as screen:
        await screen.next("snapshot")
        await sync_to_async(here.post)(f"{LIST}end-others/")
        assert await screen.closing_code() == SIGNED_OUT


async def test_a_websocket_is_closed_to_who_has_a_second_factor_to_set_up(
    transactional_db, fresh_channel_layer
):
    browser = await sync_to_async(signed_in)(await sync_to_async(account)(Role.ADMINISTRATOR))
    async with connecting(browser) as screen:
        assert await screen.closing_code() == SIGNED_OUT

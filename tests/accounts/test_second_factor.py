"""Second factors: who must have one, what they let in, and what they keep out."""

import re
import time

import msgspec
import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client

from fleet.organisations.models import Membership, Role
from tests.accounts.builders import (
    PASSWORD,
    account,
    events_of,
    fresh_code,
    give,
    give_code,
    guarded_account,
    signed_in,
)
from web.accounts.adapters import SIGNED_IN_AT
from web.accounts.gate import SECOND_FACTOR_ROLES
from web.accounts.middleware import DutyMiddleware
from web.demo_second_factor import code_now, new_key

pytestmark = pytest.mark.django_db
SET_UP = "/account/second-factor/app/"
CODES = "/account/second-factor/recovery-codes/"


@pytest.fixture
def set_up(django_capture_on_commit_callbacks):
    """Sets up an app in a browser."""

    def set_up(client: Client):
        key = client.get(SET_UP).context["form"].secret
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(SET_UP, {"code": code_now(key)})

    return set_up


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<li><code>(\d+)</code></li>", client.get(CODES).content.decode())


@pytest.mark.parametrize("role", Role)
def test_those_whose_role_asks_for_it_set_it_up_before_anything_else(role):
    browser = signed_in(account(role))
    answers = {path: browser.get(path) for path in ("/", "/devices/", "/account/", "/live/basemap.json")}
    led = {
        path: answer.status_code == 302 and answer["Location"] == SET_UP for path, answer in answers.items()
    }
    assert set(led.values()) == {role in SECOND_FACTOR_ROLES}


def test_nobody_is_led_there_where_the_installation_does_not_ask_for_it(settings):
    settings.ENVIRONMENT = msgspec.structs.replace(settings.ENVIRONMENT, require_mfa=False)
    assert signed_in(account(Role.ADMINISTRATOR)).get("/").status_code == 200


def test_the_api_says_no_instead_of_leading_elsewhere(rf):
    request = rf.get("/api/v1/buses/")
    request.user = account(Role.ADMINISTRATOR)
    request.resolver_match = None
    answer = DutyMiddleware(lambda _request: HttpResponse()).process_view(request)
    assert answer is not None
    assert answer.status_code == 403


def test_a_role_that_is_given_later_asks_at_the_next_page():
    someone = account(Role.COORDINATOR)
    browser = signed_in(someone)
    assert browser.get("/").status_code == 200
    Membership.objects.create(
        person=someone, organisation=someone.memberships.get().organisation, role=Role.ADMINISTRATOR
    )
    assert browser.get("/")["Location"] == SET_UP


def test_setting_it_up_opens_the_door_and_shows_recovery_codes_once(set_up):
    someone = account(Role.ADMINISTRATOR)
    browser = signed_in(someone)
    assert set_up(browser)["Location"] == CODES
    assert len(recovery_codes(browser)) == 10
    assert recovery_codes(browser) == []
    assert browser.get("/").status_code == 200
    assert set(events_of(someone)) == {"signed_in", "second_factor_added", "recovery_codes_made"}


def test_the_picture_of_the_key_is_drawn_here():
    page = signed_in(account(Role.ADMINISTRATOR)).get(SET_UP)
    assert page.context["totp_svg_data_uri"].startswith("data:image/svg+xml;base64,")
    assert page.context["totp_url"].startswith("otpauth://totp/")


def test_a_wrong_code_sets_nothing_up():
    someone = account(Role.ADMINISTRATOR)
    browser = signed_in(someone)
    browser.get(SET_UP)
    answer = browser.post(SET_UP, {"code": "000000"})
    assert "not right" in answer.content.decode()
    assert not Authenticator.objects.filter(user=someone).exists()


def test_setting_it_up_ends_the_sessions_that_began_without_it(set_up):
    someone = account()
    here, elsewhere = signed_in(someone), signed_in(someone)
    set_up(here)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/")["Location"].startswith("/sign-in/")


def test_the_password_alone_no_longer_signs_in():
    someone, key = guarded_account()
    browser = Client()
    assert give(browser, someone)["Location"] == "/sign-in/code/"
    assert browser.get("/")["Location"].startswith("/sign-in/")
    assert give_code(browser, fresh_code(key))["Location"] == "/"
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(("language", "label"), [("zh-hans", "验证码"), ("en", "Verification code")])
def test_the_code_is_asked_for_by_its_name_in_the_language_of_the_page(language, label):
    someone, _key = guarded_account()
    browser = Client(headers={"accept-language": language})
    give(browser, someone)
    assert f'<label for="code">{label}</label>' in browser.get("/sign-in/code/").content.decode()


def test_the_page_asked_for_is_reached_past_the_code():
    someone, key = guarded_account()
    browser = Client()
    browser.post("/sign-in/", {"username": someone.username, "password": PASSWORD, "next": "/devices/"})
    assert give_code(browser, fresh_code(key))["Location"] == "/devices/"


def test_a_code_is_good_once():
    someone, key = guarded_account()
    code = fresh_code(key)
    first, second = Client(), Client()
    give(first, someone)
    give_code(first, code)
    give(second, someone)
    assert "not right" in give_code(second, code).content.decode()


def test_after_five_wrong_codes_the_right_one_is_refused_too_from_anywhere():
    someone, key = guarded_account()
    browser = Client()
    give(browser, someone)
    for _ in range(5):
        give_code(browser, "000000")
    other = Client(REMOTE_ADDR="192.0.2.9")
    give(other, someone)
    assert "Wait five minutes" in give_code(other, code_now(key)).content.decode()
    assert events_of(someone).count("code_wrong") == 5


def test_a_recovery_code_signs_in_once(set_up):
    someone = account()
    browser = signed_in(someone)
    set_up(browser)
    code = recovery_codes(browser)[0]
    for works in (True, False):
        stranger = Client()
        give(stranger, someone)
        give_code(stranger, code)
        assert (stranger.get("/").status_code == 200) == works


def test_somebody_else_can_sign_in_instead_of_giving_the_code():
    someone, _key = guarded_account()
    browser = Client()
    give(browser, someone)
    assert browser.post("/sign-out/", {"next": "/sign-in/"})["Location"] == "/sign-in/"
    assert browser.get("/sign-in/").status_code == 200


def test_what_guards_the_account_is_changed_only_by_who_shows_again_to_be_the_person():
    browser = signed_in(account())
    session = browser.session
    session[SIGNED_IN_AT] = time.time() - 6 * 60
    session.save()
    answer = browser.get(SET_UP)
    assert answer["Location"].startswith("/account/confirm/")
    assert browser.post("/account/confirm/", {"password": "wrong", "next": SET_UP}).status_code == 200
    assert browser.post("/account/confirm/", {"password": PASSWORD, "next": SET_UP})["Location"] == SET_UP
    assert browser.get(SET_UP).status_code == 200


def test_who_removes_a_factor_that_the_role_asks_for_sets_up_another():
    someone, key = guarded_account()
    browser = signed_in(someone, key=key)
    assert browser.post("/account/second-factor/app/remove/").status_code == 302
    assert browser.get("/")["Location"] == SET_UP
    assert events_of(someone)[-1] == "second_factor_removed"


def test_keys_are_not_kept_in_clear():
    someone, key = guarded_account()
    assert key not in str(Authenticator.objects.get(user=someone).data)


def test_keys_are_still_read_after_the_secret_key_has_changed(settings):
    someone, key = guarded_account()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = new_key()
    browser = Client()
    give(browser, someone)
    assert give_code(browser, fresh_code(key)).status_code == 302


@pytest.mark.parametrize("path", ["/account/second-factor/", "/account/second-factor/passkeys/add/"])
def test_every_page_of_it_opens(path):
    assert signed_in(account()).get(path).status_code == 200


def test_passkeys_of_others_are_not_found():
    assert signed_in(account()).post("/account/second-factor/passkeys/1/remove/").status_code == 404


@pytest.mark.parametrize("path", ["signup", "email", "password/reset", "login", "3rdparty"])
@pytest.mark.parametrize("prefix", ["accounts", "account"])
def test_pages_of_the_library_that_are_not_used_are_not_there(client, prefix, path):
    client.force_login(account())
    assert client.get(f"/{prefix}/{path}/").status_code == 404

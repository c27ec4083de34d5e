"""An administrator signs in for the first time, guards the account, ends a session; a guesser is locked out."""

import re

import pytest
from playwright.sync_api import Page, expect

from fleet.organisations.models import Role
from tests.accounts.builders import PASSWORD, account
from tests.journeys_accounts.conftest import OpenPage
from web.accounts.lock_out import FAILURES_BY_NAME
from web.demo_second_factor import code_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIVE_MAP = re.compile(r"//[^/]+/$")


def give(page: Page, username: str, password: str) -> None:
    page.goto("/sign-in/?next=/account/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_administrator_is_led_to_a_second_factor_and_ends_a_forgotten_session(open_page: OpenPage) -> None:
    username = account(Role.ADMINISTRATOR).username
    here = open_page()
    give(here, username, PASSWORD)
    expect(here.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    here.goto("/devices/")
    expect(here.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
    key = here.locator(".enrolment code").inner_text()
    here.get_by_label("Give the code that the app shows.").fill(code_now(key))
    here.get_by_role("button", name="Go on").click()
    codes = here.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    with here.expect_download() as saved:
        here.get_by_role("link", name="Save as a file").click()
    assert saved.value.path().read_text().split() == codes
    here.get_by_role("link", name="I have kept them: go on").click()
    here.wait_for_url(LIVE_MAP)

    forgotten = open_page()
    give(forgotten, username, PASSWORD)
    forgotten.get_by_label("Verification code").fill(codes[0])
    forgotten.get_by_role("button", name="Go on").click()
    expect(forgotten.get_by_role("heading", name="My account")).to_be_visible()

    here.goto("/account/sessions/")
    expect(here.get_by_text("This browser")).to_have_count(1)
    here.get_by_role("button", name="End the session of").click()
    expect(here.get_by_text("You are signed in nowhere else.")).to_be_visible()
    forgotten.reload()
    expect(forgotten.get_by_role("heading", name="Sign in to Schoolrun")).to_be_visible()


def test_wrong_passwords_lock_out_and_say_for_how_long(open_page: OpenPage) -> None:
    username = account().username
    page = open_page()
    for _ in range(FAILURES_BY_NAME - 1):
        give(page, username, "wrong")
        expect(page.get_by_role("alert").first).to_contain_text("do not match")
    give(page, username, "wrong")
    expect(page.get_by_role("heading", name="Locked for now")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Try again in 15 minutes.")
    give(page, username, PASSWORD)
    expect(page.get_by_role("heading", name="Locked for now")).to_be_visible()


def test_a_passkey_guards_the_account_and_signs_in_alone(open_page: OpenPage) -> None:
    username = account(Role.POLICE_OFFICER).username
    page = open_page()
    authenticator = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    give(page, username, PASSWORD)
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_label("A name to know it by").fill("Duty phone")
    page.get_by_label("Sign me in with it alone").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/account/second-factor/")
    expect(page.get_by_text("Duty phone")).to_be_visible()

    page.context.clear_cookies()
    give(page, username, PASSWORD)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(LIVE_MAP)
    page.goto("/account/")
    expect(page.get_by_role("heading", name="My account")).to_be_visible()

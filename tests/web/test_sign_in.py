"""Nothing is visible without signing in, whatever the address; and every page is guarded by its headers."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern

from fleet.organisations.models import Role
from tests.fleet.builders import organisation, person

pytestmark = pytest.mark.django_db
OPEN = {
    "sign-in/", "language/", "health/", "family/manifest.webmanifest", "family/worker.js", "link/",
}  # fmt: skip
OPEN_WHERE_PUBLISHED = {"accuracy/1/"}
OPEN_WITH_A_SECRET = {
    "c/x", "invitation/x/", "link/x/", "family/shared/x/", "family/shared/x.json", "family/shared/x.ics",
}  # fmt: skip
"""What the code of a card, an invitation or a family's link opens to whoever holds it; each has tests of its own."""
API = "api/"
ANY_VALUE = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def addresses(patterns=None, before: str = "") -> Iterator[str]:
    """Every address that the site answers, with some value for each of its variables."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        here = before + example(entry.pattern)
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from addresses(entry.url_patterns, here)


def example(pattern) -> str:
    if not isinstance(pattern, RoutePattern):
        return f"{str(pattern).removeprefix('^')}x"
    text = str(pattern)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        text = text.replace(f"<{kind}:{name}>", ANY_VALUE[kind])
        text = text.replace(f"<{name}>", "x")
    return text


GUARDED = sorted(set(addresses()) - OPEN - OPEN_WITH_A_SECRET - OPEN_WHERE_PUBLISHED)


def test_the_walk_finds_the_pages_that_there_are():
    assert {"", "devices/", "devices/1/assign/", "live/trail/1/", "sign-out/", "access-log/"} <= set(GUARDED)


def test_a_stranger_is_sent_to_sign_in_from_every_page(client):
    pages = [one for one in GUARDED if not one.startswith(API)]
    open_to_all = [
        (method, address)
        for address in pages
        for method, answer in (("get", client.get(f"/{address}")), ("post", client.post(f"/{address}")))
        if (answer.status_code, answer.get("Location", "").split("?")[0]) != (302, "/sign-in/")
    ]
    assert open_to_all == []


def test_a_program_without_a_token_gets_a_problem_from_every_address_of_the_api(client):
    operations = [one for one in GUARDED if one.startswith(API)]
    answers = {
        (method, address): (answer.status_code, answer["Content-Type"].partition(";")[0])
        for address in operations
        for method, answer in (
            ("get", client.get(f"/{address}")),
            ("post", client.post(f"/{address}", {}, "application/json")),
        )
    }
    assert set(answers.values()) <= {(status, "application/problem+json") for status in (401, 404, 405)}
    assert sum(status == 401 for status, _kind in answers.values()) > len(operations) // 2


@pytest.mark.parametrize("address", sorted(OPEN_WITH_A_SECRET))
def test_a_secret_that_is_none_opens_nothing(client, address):
    assert client.get(f"/{address}").status_code in (400, 404, 410)


def test_the_marks_of_djangos_administration_give_nothing(client):
    client.force_login(person(is_staff=True, is_superuser=True))
    assert client.get("/admin/").status_code == 404
    assert client.get("/devices/").status_code == 404


@pytest.mark.parametrize("address", sorted(OPEN))
def test_what_is_open_answers_strangers(client, address):
    assert client.get(f"/{address}").status_code in (200, 302)


def test_signing_in_leads_to_the_page_asked_for_and_signing_out_back(client):
    someone = person()
    someone.set_password("a long enough password")
    someone.save()
    page = client.get("/devices/", follow=True)
    given = {"username": someone.username, "next": page.context["redirect_field_value"]}
    assert client.post("/sign-in/", given | {"password": "wrong"}).context["form"].errors
    answer = client.post("/sign-in/", given | {"password": "a long enough password"})
    assert answer["Location"] == "/devices/"
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_a_person_who_was_deactivated_is_a_stranger(client):
    someone = person(Role.COORDINATOR, organisation())
    client.force_login(someone)
    assert client.get("/").status_code == 200
    someone.is_active = False
    someone.save()
    assert client.get("/").status_code == 302


def test_no_sign_in_leads_to_another_site(client):
    client.force_login(person())
    answer = client.get("/sign-in/", {"next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_post_without_its_token_is_refused():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person(Role.COORDINATOR, organisation()))
    assert browser.post("/devices/1/assign/").status_code == 403


@pytest.mark.parametrize("address", ["/sign-in/", "/", "/devices/", "/no-such-page/"])
def test_every_page_is_guarded_by_its_headers(client, address):
    client.force_login(person(Role.COORDINATOR, organisation()))
    headers = client.get(address).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "script-src" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_has_scripts_in_it_which_the_policy_would_stop(client):
    client.force_login(person(Role.COORDINATOR, organisation()))
    for address in ("/", "/devices/"):
        page = client.get(address).content.decode()
        assert not [one for one in page.split("<script")[1:] if "src=" not in one and "json" not in one]
        assert " onclick=" not in page


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "登录"), ("en", "Sign in")])
def test_the_language_switch_is_remembered(client, language, word):
    answer = client.post("/language/", {"language": language, "next": "/sign-in/"}, follow=True)
    page = answer.content.decode()
    assert word in page
    assert f'<html lang="{language}' in page
    assert word in client.get("/sign-in/").content.decode()


def test_pages_speak_chinese_where_the_browser_asks_for_nothing_else(client):
    assert "登录" in client.get("/sign-in/").content.decode()
    english = client.get("/sign-in/", headers={"accept-language": "en-GB,en;q=0.9"})
    assert "Sign in" in english.content.decode()

"""Pages of access tokens: made, shown once, listed, revoked by oneself and by an administrator above."""

import pytest
from django.test import Client
from django.urls import reverse

from fleet.organisations.models import Role
from fleet.tokens.models import AccessToken, Scope
from fleet.tokens.secret import PREFIX, digest_of
from tests.accounts.builders import account, give
from tests.api.builders import Caller, problem
from tests.fleet.builders import person
from tests.vehicles.builders import place
from web.accounts.models import EventKind

pytestmark = pytest.mark.django_db


def just_signed_in(someone) -> Client:
    browser = Client()
    give(browser, someone)
    return browser


def test_a_token_is_shown_once_and_only_its_digest_is_kept():
    someone = account()
    browser = just_signed_in(someone)
    answer = browser.post(
        reverse("token_new"), {"name": "nightly", "scopes": ["registry:read"], "lifetime_days": "90"}
    )
    secret = answer.context["secret"]
    token = AccessToken.objects.get(person=someone)
    assert secret.startswith(PREFIX)
    assert (token.digest, token.scopes) == (digest_of(secret), [Scope.REGISTRY_READ.value])
    assert (token.expires_at - token.created_at).days == 90
    assert "no-store" in answer["Cache-Control"]
    assert secret not in browser.get(reverse("token_list")).content.decode()
    bearer = Client(headers={"Authorization": f"Bearer {secret}"})
    assert bearer.get("/api/v1/buses").status_code == 200
    token.refresh_from_db()
    assert token.last_used_at


def test_the_security_log_of_the_owner_tells_of_tokens_made_and_revoked():
    owner = account()
    above = person(Role.ADMINISTRATOR, owner.memberships.get().organisation)
    browser = just_signed_in(owner)
    made = browser.post(
        reverse("token_new"), {"name": "nightly", "scopes": ["registry:read"], "lifetime_days": "90"}
    )
    browser.force_login(above)
    browser.post(reverse("token_revoke", args=[made.context["token"].pk]))
    told = owner.security_events.filter(kind__startswith="token").order_by("pk").values_list("kind", "by")
    assert list(told) == [(EventKind.TOKEN_MADE, None), (EventKind.TOKEN_REVOKED, above.pk)]


def test_the_account_page_leads_to_the_tokens():
    browser = just_signed_in(account())
    assert reverse("token_list") in browser.get(reverse("account")).content.decode()


def test_who_has_not_signed_in_lately_confirms_it_first():
    browser = Client()
    browser.force_login(account())
    assert browser.get(reverse("token_new"))["Location"].startswith(reverse("account_reauthenticate"))


def test_a_token_without_scope_or_for_ever_is_refused_at_its_field():
    browser = just_signed_in(account())
    answer = browser.post(reverse("token_new"), {"name": "x", "lifetime_days": "9999"})
    assert set(answer.context["form"].errors) == {"scopes", "lifetime_days"}
    assert not AccessToken.objects.exists()


def test_a_token_is_revoked_by_its_owner_and_by_an_administrator_above_and_by_nobody_else():
    where = place()
    owner = person(Role.COORDINATOR, where.operator)
    others = {
        "administrator above": (person(Role.ADMINISTRATOR, where.district), True),
        "colleague": (where.coordinator, False),
        "administrator elsewhere": (person(Role.ADMINISTRATOR, place().district), False),
        "owner": (owner, True),
    }
    for someone, may in others.values():
        caller = Caller(owner)
        browser = Client()
        browser.force_login(someone)
        answer = browser.post(reverse("token_revoke", args=[caller.token.pk]))
        assert answer.status_code == (302 if may else 404)
        assert caller.get("/buses").status_code == (401 if may else 200)


def test_an_administrator_sees_the_tokens_of_their_people_only():
    where = place()
    Caller(where.coordinator)
    Caller(place().coordinator)
    browser = Client()
    browser.force_login(person(Role.ADMINISTRATOR, where.district))
    listed = browser.get(reverse("tokens_administered")).context["tokens"]
    assert [token.person for token in listed] == [where.coordinator]
    browser.force_login(where.principal)
    assert browser.get(reverse("tokens_administered")).status_code in {200, 404}


def test_the_document_and_its_page_are_for_those_who_are_signed_in_or_have_a_token():
    assert problem(Client().get("/api/v1/openapi.json"), 401)
    assert Client().get(reverse("api_documentation")).status_code == 302
    caller = Caller(place().principal, [Scope.GATE_READ])
    assert caller.get("/openapi.json").json()["openapi"].startswith("3.")
    browser = Client()
    browser.force_login(caller.person)
    assert browser.get("/api/v1/openapi.json").status_code == 200
    page = browser.get(reverse("api_documentation")).content.decode()
    assert "https://" not in page


def test_what_is_nowhere_is_a_problem_too():
    caller = Caller(place().principal)
    assert problem(caller.get("/nothing"), 404)
    answer = caller.client.put("/api/v1/buses")
    assert problem(answer, 405)
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}

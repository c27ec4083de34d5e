"""Pages of regulation profiles: read by all, changed by administrators of all, approved by another."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from fleet.organisations.models import Kind, Role
from fleet.regulations.models import RegulationProfile, Status
from tests.fleet.builders import organisation, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def signed_in(someone) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(someone)
    return client


@pytest.fixture
def country():
    return organisation()


@pytest.fixture
def one(country):
    return signed_in(person(Role.ADMINISTRATOR, country))


@pytest.fixture
def other(country):
    return signed_in(person(Role.ADMINISTRATOR, country))


def page(name, profile=None, **more):
    return reverse(name, kwargs={"pk": profile.pk, **more} if profile else None)


def current():
    return RegulationProfile.objects.get(code="cn-2022")


def drafted(client) -> RegulationProfile:
    answer = client.post(
        page("profile_draft", current()), {"valid_from": "2027-01-01", "enabled": "on", "reason": "Order 172"}
    )
    made = RegulationProfile.objects.get(code="cn-v3")
    assert answer.url == page("profile_detail", made)
    return made


def number(**changes):
    return {
        "key": "driver.age_max",
        "value": "63",
        "unit": "years",
        "bound": "at_most",
        "certainty": "secondary",
        "reason": "Order 172",
    } | changes


def test_everybody_who_is_signed_in_reads_the_law_and_what_is_to_be_confirmed(country):
    client = signed_in(person(Role.PRINCIPAL, organisation(Kind.SCHOOL, country)))
    listed = client.get(page("profile_list")).content.decode()
    assert "China (national)" in listed
    assert "switched off" in listed
    shown = client.get(page("profile_detail", current())).content.decode()
    assert "校车安全管理条例 第三十五条" in shown
    assert "to be confirmed" in shown
    assert "Draft the next version" not in shown


def test_nobody_else_gets_a_form_or_changes_anything(country):
    client = signed_in(person(Role.COORDINATOR, country))
    for address in (
        page("profile_draft", current()),
        page("profile_province"),
        page("profile_number", current()),
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, number()).status_code == 404
    client.post(page("profile_step", current(), step="propose"), {"reason": "x"})
    assert RegulationProfile.objects.count() == 4


def test_a_version_goes_from_draft_to_approval_through_two_people(one, other):
    draft = drafted(one)
    one.post(page("profile_number", draft), number())
    shown = one.get(page("profile_detail", draft)).content.decode()
    assert "Changed since" in shown
    assert "at most 60 years" in shown
    assert "at most 63 years" in shown
    one.post(page("profile_step", draft, step="propose"), {"reason": "ready"})
    refused = one.post(page("profile_step", draft, step="approve"), {"reason": "mine"}, follow=True)
    assert "Another administrator" in refused.content.decode()
    other.post(page("profile_step", draft, step="approve"), {"reason": "read it"})
    draft.refresh_from_db()
    assert draft.status == Status.APPROVED
    assert "read it" in other.get(page("profile_detail", draft)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value": "many"}, "Enter a number."),
        ({"key": "Age"}, "Give a key such as driver.age_max."),
        ({"bound": "about"}, "Select a valid choice"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_a_number_that_cannot_be_right_is_refused_at_its_field(one, wrong, words):
    draft = drafted(one)
    answer = one.post(page("profile_number", draft), number(**wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert draft.numbers.get(key="driver.age_max").value == 60


def test_a_province_begins_without_numbers_and_says_whose_it_has(one):
    one.post(
        page("profile_province"),
        {"jurisdiction": "CN-JS", "name": "江苏", "valid_from": "2027-01-01", "reason": "provincial rule"},
    )
    made = RegulationProfile.objects.get(jurisdiction="CN-JS")
    assert "those of CN" in one.get(page("profile_detail", made)).content.decode()
    refused = one.post(
        page("profile_province"),
        {"jurisdiction": "JS", "name": "x", "valid_from": "2027-01-01", "reason": "x"},
    )
    assert "CN-JS" in refused.content.decode()


def test_a_number_is_removed_from_a_draft_and_not_from_what_is_approved(one):
    draft = drafted(one)
    one.post(page("profile_step", draft, step="remove"), {"key": "speed.hazard", "reason": "x"})
    one.post(page("profile_step", current(), step="remove"), {"key": "speed.hazard", "reason": "x"})
    assert not draft.numbers.filter(key="speed.hazard").exists()
    assert current().numbers.filter(key="speed.hazard").exists()


def test_a_step_that_there_is_not_is_not_found(one):
    assert one.post(page("profile_step", current(), step="delete"), {"reason": "x"}).status_code == 404
    assert one.get(page("profile_step", current(), step="approve")).status_code == 405

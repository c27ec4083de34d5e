"""Pages on which feeds are opened, seen and closed, and the timetable is taken away."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fleet.audit.models import AccessRecord
from fleet.feeds.models import FeedContract
from fleet.organisations.models import Role
from tests.accounts.builders import PASSWORD, give
from tests.feeds.builders import contract, there_and_back
from tests.fleet.builders import person
from tests.trips.builders import Line

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Line:
    return there_and_back()


def signed_in(someone) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(someone)
    return browser


def just_signed_in(someone) -> Client:
    """A browser in which somebody has given the password a moment ago."""
    someone.set_password(PASSWORD)
    someone.save()
    browser = Client(headers={"Accept-Language": "en"})
    give(browser, someone)
    return browser


def test_an_administrator_opens_feeds_and_is_shown_the_token_once(there):
    by = person(Role.ADMINISTRATOR, there.where.district)
    browser = just_signed_in(by)
    day = timezone.localdate() + timedelta(days=30)
    answer = browser.post(
        reverse("feed_new"),
        {"partner": "Maps", "number": "7", "organisation": there.where.school.pk, "feeds": ["schedule", "alerts"],
         "valid_until": day.isoformat()},
    )  # fmt: skip
    made = FeedContract.objects.get()
    assert (made.feeds, made.token.person, made.organisation) == (
        ["alerts", "schedule"],
        by,
        there.where.school,
    )
    page = answer.content.decode()
    assert answer.context["secret"] in page
    assert f"/api/feeds/{made.pk}/gtfs.zip" in page
    listed = browser.get(reverse("feed_list")).content.decode()
    assert answer.context["secret"] not in listed
    assert f"/api/feeds/{made.pk}/alerts.pb" in listed


def test_an_administrator_closes_them(there):
    made, _secret, _by = contract(there)
    above = person(Role.ADMINISTRATOR, there.where.district)
    answer = signed_in(above).post(reverse("feed_close", args=[made.pk]), follow=True)
    assert "The feeds are closed" in answer.content.decode()
    made.refresh_from_db()
    assert made.token.revoked_by == above


def test_others_find_no_such_pages(there):
    made, _secret, _by = contract(there)
    for someone in (there.where.coordinator, there.where.principal):
        assert signed_in(someone).get(reverse("feed_list")).status_code == 404
        assert signed_in(someone).post(reverse("feed_close", args=[made.pk])).status_code == 404
    stranger = there_and_back()
    elsewhere = signed_in(person(Role.ADMINISTRATOR, stranger.where.district))
    assert made.partner not in elsewhere.get(reverse("feed_list")).content.decode()
    assert elsewhere.post(reverse("feed_close", args=[made.pk])).status_code == 404


def test_a_token_of_ones_own_is_never_good_for_feeds(there):
    browser = just_signed_in(person(Role.ADMINISTRATOR, there.where.district))
    answer = browser.post(
        reverse("token_new"), {"name": "x", "scopes": ["feeds:read"], "lifetime_days": "90"}
    )
    assert "secret" not in answer.context


def test_who_may_take_routes_away_takes_the_timetable_and_it_is_kept(there):
    page = signed_in(there.where.coordinator).get(reverse("import_list")).content.decode()
    assert reverse("gtfs_export") in page
    assert reverse("feed_list") not in page
    answer = signed_in(there.where.coordinator).get(reverse("gtfs_export"))
    assert answer.getvalue().startswith(b"PK")
    assert AccessRecord.objects.filter(person=there.where.coordinator, name__contains="GTFS").exists()
    assert signed_in(person(Role.GUARD, there.where.school)).get(reverse("gtfs_export")).status_code == 404

"""Feeds are given to the token of a contract that has them, and to nobody else; each fetch is kept."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from google.transit import gtfs_realtime_pb2 as pb

from fleet.audit.models import AccessRecord, Channel
from fleet.feeds.changes import close_feed
from fleet.feeds.models import Feed, FeedContract
from fleet.organisations.models import Membership, Role
from fleet.tokens.models import Scope
from tests.api.builders import Caller, fields, problem
from tests.feeds.builders import contract, there_and_back
from tests.fleet.builders import person
from tests.trips.builders import Line

pytestmark = pytest.mark.django_db
NAMES = ["gtfs.zip", "vehicle-positions.pb", "trip-updates.pb", "alerts.pb"]


@pytest.fixture
def there() -> Line:
    return there_and_back()


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


def address(of: FeedContract, name: str = "gtfs.zip") -> str:
    return f"/api/feeds/{of.pk}/{name}"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_given_to_strangers_to_sessions_and_to_other_tokens(there, name):
    made, _secret, by = contract(there)
    assert problem(Client().get(address(made, name)), 401)
    browser = Client()
    browser.force_login(by)
    assert problem(browser.get(address(made, name)), 401)
    others = Caller(by, [one for one in Scope if one != Scope.FEEDS_READ])
    assert problem(others.client.get(address(made, name)), 403)
    assert problem(Caller(by, [Scope.FEEDS_READ]).client.get(address(made, name)), 404)
    _other, secret, _by = contract(there)
    assert problem(bearer(secret).get(address(made, name)), 404)


def test_the_token_of_a_contract_opens_its_feeds(there):
    made, secret, _by = contract(there)
    schedule = bearer(secret).get(address(made))
    assert schedule["Content-Type"] == "application/zip"
    assert "stops.txt" in zipfile.ZipFile(io.BytesIO(schedule.content)).namelist()
    for name in NAMES[1:]:
        answer = bearer(secret).get(address(made, name))
        assert answer["Content-Type"] == "application/x-protobuf"
        feed = pb.FeedMessage()
        feed.ParseFromString(answer.content)
        assert feed.header.gtfs_realtime_version == "2.0"
        told = bearer(secret).get(address(made, name), {"format": "json"}).json()
        assert told["header"]["incrementality"] == "FULL_DATASET"


def test_it_opens_nothing_else(there):
    _made, secret, _by = contract(there)
    assert problem(bearer(secret).get("/api/v1/buses"), 403)
    assert problem(bearer(secret).post("/api/v1/buses"), 403)


def test_what_the_contract_does_not_give_is_refused(there):
    made, secret, _by = contract(there, feeds=[Feed.SCHEDULE])
    assert bearer(secret).get(address(made)).status_code == 200
    assert problem(bearer(secret).get(address(made, "alerts.pb")), 403)
    assert problem(bearer(secret).get(address(made, "pupils.pb")), 404)


def test_a_contract_that_is_closed_or_over_opens_nothing(there):
    made, secret, by = contract(there)
    FeedContract.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert problem(bearer(secret).get(address(made)), 404)
    close_feed(made, by=by)
    assert problem(bearer(secret).get(address(made)), 401)


def test_it_opens_nothing_once_who_opened_it_may_not_do_so_any_more(there):
    made, secret, by = contract(there)
    Membership.objects.filter(person=by).update(archived_at=timezone.now())
    assert problem(bearer(secret).get(address(made)), 404)


def test_each_fetch_stands_in_the_access_log_of_the_organisation(there):
    made, secret, by = contract(there)
    for name in NAMES:
        bearer(secret).get(address(made, name))
    rows = AccessRecord.objects.filter(organisation=there.where.school, kind="feeds.feedcontract")
    assert [one.purpose for one in rows.order_by("pk")] == ["schedule", "positions", "updates", "alerts"]
    assert {(one.person, one.name, one.channel) for one in rows} == {(by, str(made), Channel.API)}


def test_what_a_program_has_already_is_not_sent_again(there):
    made, secret, _by = contract(there)
    for name in NAMES:
        first = bearer(secret).get(address(made, name))
        assert first["Last-Modified"]
        again = bearer(secret).get(address(made, name), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    since = bearer(secret).get(address(made))["Last-Modified"]
    assert bearer(secret).get(address(made), headers={"If-Modified-Since": since}).status_code == 304


def test_parameters_that_nobody_knows_are_refused(there):
    made, secret, _by = contract(there)
    assert fields(bearer(secret).get(address(made, "alerts.pb"), {"frmat": "json"})) == {"frmat"}
    assert fields(bearer(secret).get(address(made, "alerts.pb"), {"format": "xml"})) == {"format"}
    assert problem(bearer(secret).post(address(made)), 405)


def test_who_fetches_too_often_is_told_to_wait(there, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    made, secret, _by = contract(there)
    answers = [bearer(secret).get(address(made, "alerts.pb")) for _ in range(5)]
    refused = next(one for one in answers if one.status_code == 429)
    assert problem(refused, 429)
    assert int(refused["Retry-After"]) > 0


def test_nobody_but_an_administrator_opens_feeds_and_not_for_longer_than_a_year(there):
    from fleet.feeds.changes import open_feed

    given = {"organisation": there.where.school, "partner": "p", "number": "1", "feeds": ["schedule"]}
    day = timezone.localdate()
    with pytest.raises(PermissionDenied):
        open_feed(by=there.where.coordinator, valid_until=day, **given)
    by = person(Role.ADMINISTRATOR, there.where.school)
    for wrong in (day - timedelta(days=1), day + timedelta(days=400)):
        with pytest.raises(ValidationError):
            open_feed(by=by, valid_until=wrong, **given)
    with pytest.raises(ValidationError):
        open_feed(by=by, valid_until=day, **given | {"feeds": ["pupils"]})

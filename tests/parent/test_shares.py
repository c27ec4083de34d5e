"""Shared links: one child's trip in its window, nothing else, revocable, counted and logged."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from fleet.audit.models import AccessRecord
from fleet.family.models import ShareToken
from fleet.family.shares import revoke_share, share_trips
from fleet.pupils.linking import revoke_link
from fleet.pupils.models import Guardianship
from fleet.trips.models import TripState, VisitState
from tests.fleet.builders import person
from tests.parent.builders import Family

pytestmark = pytest.mark.django_db
KINDS = ("/", ".json", ".ics")


@pytest.fixture
def link(home: Family) -> tuple[ShareToken, str]:
    return share_trips(pupil=home.child, name="grandma", days=30, by=home.guardian)


def opened(secret: str, kind: str = ".json"):
    return Client(headers={"accept-language": "en"}).get(f"/family/shared/{secret}{kind}")


def test_opens_the_trip_in_its_window_without_the_childs_name(home: Family, link):
    _share, secret = link
    trip = opened(secret).json()["trips"][0]
    assert trip["plate"] == home.line.bus.plate
    assert trip["stops_away"] == 2
    assert trip["position"]["lon"] == 120.011
    for kind in KINDS:
        content = opened(secret, kind).content.decode()
        assert home.child.name not in content
        assert home.line.where.school.name not in content


@pytest.mark.parametrize(
    "state", [TripState.PLANNED, TripState.CLOSING, TripState.CLOSED, TripState.CANCELLED]
)
def test_opens_nothing_outside_the_window(home: Family, link, state: TripState):
    home.set_trip(state=state)
    assert opened(link[1]).json()["trips"] == []
    page = opened(link[1], "/").content.decode()
    assert "Nothing to see now" in page
    assert home.line.bus.plate not in page


def test_opens_nothing_once_the_stop_is_passed(home: Family, link):
    home.set_visit(3, VisitState.DEPARTED, departed_at=timezone.now())
    assert opened(link[1]).json()["trips"] == []


def test_calendar_has_the_plan_and_in_the_window_the_prediction(home: Family, link):
    events = Calendar.from_ical(opened(link[1], ".ics").content).walk("VEVENT")
    assert len(events) == 1
    assert "Predicted between" in str(events[0]["description"])
    home.set_trip(state=TripState.PLANNED)
    event = Calendar.from_ical(opened(link[1], ".ics").content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == home.visit().planned_at.replace(microsecond=0)
    assert "Predicted" not in str(event["description"])


def test_each_look_is_logged_in_the_name_of_who_has_shared_it(home: Family, link):
    for kind in KINDS:
        opened(link[1], kind)
    look = AccessRecord.objects.get(object_id=home.child.pk, kind="pupils.pupil")
    assert look.person == home.guardian
    assert "grandma" in look.purpose
    assert ShareToken.objects.get().last_used_at is not None


@pytest.mark.parametrize("revoker", ["guardian", "school"])
def test_revoked_link_opens_nothing(home: Family, link, revoker: str):
    share, secret = link
    revoke_share(share, by=home.guardian if revoker == "guardian" else home.line.where.principal)
    for kind in KINDS:
        assert opened(secret, kind).status_code == 404


def test_link_of_who_is_no_guardian_any_more_opens_nothing(home: Family, link):
    revoke_link(Guardianship.objects.get(), by=home.line.where.principal, reason="moved")
    assert opened(link[1]).status_code == 404


def test_ended_link_opens_nothing(link):
    ShareToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert opened(link[1]).status_code == 404


def test_only_a_guardian_shares(home: Family):
    for other in (person(), home.line.where.coordinator, home.line.where.principal):
        with pytest.raises(PermissionDenied):
            share_trips(pupil=home.child, name="me", days=1, by=other)


def test_stranger_does_not_revoke(link):
    with pytest.raises(PermissionDenied):
        revoke_share(link[0], by=person())


def test_secret_is_not_stored(link):
    share, secret = link
    assert secret not in repr(ShareToken.objects.values().get())
    assert share.digest != secret


def test_guessing_is_slowed_down(link, monkeypatch):
    monkeypatch.setattr("web.parent.share_views.WINDOW_S", 10**10)  # else a minute may end on the way
    answers = [opened("schoolrun_guess").status_code for _try in range(61)]
    assert answers == [404] * 60 + [429]


def test_answers_are_kept_by_nobody(link):
    answer = opened(link[1])
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_guardian_makes_a_link_and_sees_it_once(home: Family, browser: Client):
    address = f"/family/children/{home.child.pk}/"
    page = browser.post(f"{address}links/", {"name": "grandma", "days": 7})
    assert "/family/shared/schoolrun_" in page.content.decode()
    again = browser.get(address).content.decode()
    assert "grandma" in again
    assert "/family/shared/schoolrun_" not in again
    browser.post(f"{address}links/{ShareToken.objects.get().pk}/revoke/")
    assert ShareToken.objects.get().revoked_by == home.guardian

"""What families are told: each kind once, in time, as they have chosen; pushes come, encrypted."""

import base64
import json
import stat
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from fleet.deliveries import FIRST_PAUSE, DeliveryState
from fleet.family.changed import take_changes
from fleet.family.changes import set_preferences, subscribe
from fleet.family.models import FamilyNotice, NoticeKind, PushDelivery, PushSubscription
from fleet.family.notices import is_quiet
from fleet.family.push import send_due
from fleet.family.vapid import application_server_key, key_file
from fleet.pupils.absences import report_absence
from fleet.trips.changes import explain_lateness, move_trip
from fleet.trips.models import Trip, TripState, VisitState
from fleet.trips.states import Step
from tests.fleet.builders import person
from tests.parent.builders import Browser, Family, running_family, subscribed
from tests.parent.push_service import PushService, running_push_service
from tests.vehicles.builders import registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    with running_push_service() as made:
        settings.PUSH_SERVICES = [made.origin]
        yield made


@pytest.fixture
def phone(home: Family, service: PushService) -> Browser:
    return subscribed(home.guardian, f"{service.origin}/push/1")


def told(home: Family) -> set[str]:
    take_changes([home.trip.pk])
    return set(FamilyNotice.objects.filter(guardian=home.guardian).values_list("kind", flat=True))


def test_far_bus_has_departed_and_near_bus_is_some_stops_away(home: Family):
    set_preferences(guardian=home.guardian, changes={"stops_away": 1})
    assert told(home) == {NoticeKind.DEPARTED}
    home.set_visit(2, VisitState.DEPARTED)
    assert told(home) == {NoticeKind.DEPARTED, NoticeKind.STOPS_AWAY}


def test_arriving_is_told_on_the_lower_bound(home: Family):
    now = timezone.now()
    home.predict(now + timedelta(seconds=119), now + timedelta(minutes=4), now + timedelta(minutes=7))
    assert NoticeKind.ARRIVING in told(home)


def test_each_kind_is_told_once(home: Family):
    for _again in range(3):
        told(home)
        home.set_trip(version=home.trip.version + 1)
    assert FamilyNotice.objects.count() == 1


def test_arrival_at_school_is_told(home: Family):
    home.set_visit(4, VisitState.ARRIVED, arrived_at=timezone.now())
    assert told(home) == {NoticeKind.AT_SCHOOL}


def test_lateness_is_told_with_its_reason(home: Family, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        trip = Trip.objects.get(pk=home.trip.pk)
        explain_lateness(trip=trip, reason="Road closed", by=home.line.where.coordinator)
    notice = FamilyNotice.objects.get(kind=NoticeKind.LATE)
    assert notice.details["reason"] == "Road closed"


def test_lateness_that_is_predicted_is_told_in_minutes(home: Family):
    now = timezone.now()
    home.predict(now + timedelta(minutes=14), now + timedelta(minutes=17), now + timedelta(minutes=20))
    assert NoticeKind.LATE in told(home)
    assert FamilyNotice.objects.get(kind=NoticeKind.LATE).details["minutes"] == 10


def test_cancelled_trip_is_told(home: Family, django_capture_on_commit_callbacks):
    home.set_trip(state=TripState.DISPATCHED)
    with django_capture_on_commit_callbacks(execute=True):
        trip = Trip.objects.get(pk=home.trip.pk)
        move_trip(trip=trip, step=Step.CANCEL, by=home.line.where.coordinator, reason="snow")
    assert FamilyNotice.objects.get().kind == NoticeKind.CANCELLED


def test_substitute_is_told_with_its_plate(home: Family):
    other = registered(home.line.where)
    home.set_trip(bus=other)
    assert NoticeKind.SUBSTITUTE in told(home)
    assert FamilyNotice.objects.get(kind=NoticeKind.SUBSTITUTE).details["plate"] == other.plate


def test_who_rides_not_is_told_nothing(home: Family):
    report_absence(pupil=home.child, first_day=timezone.localdate(), by=home.guardian)
    assert told(home) == set()


def test_unwanted_kinds_are_not_told(home: Family):
    set_preferences(guardian=home.guardian, changes={"kinds": [NoticeKind.CANCELLED.value]})
    assert told(home) == set()


def test_families_of_other_trips_are_told_nothing(home: Family):
    other = running_family()
    told(home)
    assert not FamilyNotice.objects.filter(guardian=other.guardian).exists()


def test_bus_that_has_passed_tells_nothing(home: Family):
    home.set_visit(3, VisitState.DEPARTED, departed_at=timezone.now())
    assert told(home) == set()


def test_push_reaches_the_browser_encrypted_and_names_no_child(
    home: Family, phone: Browser, service: PushService
):
    told(home)
    assert send_due() == 1
    headers, body = service.bodies[0]
    assert headers["content-encoding"] == "aes128gcm"
    assert b"stops" not in body
    message = service.messages(phone)[0]
    assert message["body"] == "Your child's bus is 2 stops away."
    assert message["url"] == "/family/"
    assert home.child.name not in json.dumps(message, ensure_ascii=False)
    assert PushDelivery.objects.get().state == DeliveryState.SENT
    assert send_due() == 0


def test_push_is_signed_with_the_installations_key(home: Family, phone: Browser, service: PushService):
    told(home)
    send_due()
    signed = dict(part.strip().split("=", 1) for part in service.bodies[0][0]["authorization"][6:].split(","))
    assert signed["k"] == application_server_key()
    claims = json.loads(base64.urlsafe_b64decode(signed["t"].split(".")[1] + "=="))
    assert claims["aud"] == service.origin
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600


def test_push_that_fails_is_tried_again_later_each_time(home: Family, phone: Browser, service: PushService):
    service.answers = [503, 503]
    told(home)
    now = timezone.now()
    assert send_due(now) == 0
    assert send_due(now + FIRST_PAUSE / 2) == 0
    assert service.answers == [503]
    assert send_due(now + FIRST_PAUSE) == 0
    assert PushDelivery.objects.get().next_try_at == now + FIRST_PAUSE * 3
    assert send_due(now + FIRST_PAUSE * 3) == 1


def test_push_that_is_too_old_is_given_up(home: Family, phone: Browser, service: PushService):
    told(home)
    assert send_due(timezone.now() + timedelta(hours=1)) == 0
    assert PushDelivery.objects.get().state == DeliveryState.GIVEN_UP
    assert service.bodies == []


@pytest.mark.parametrize("status", [404, 410])
def test_browser_that_has_unsubscribed_is_forgotten(
    home: Family, phone: Browser, service: PushService, status: int
):
    service.answers = [status]
    told(home)
    send_due()
    assert not PushSubscription.objects.exists()
    assert PushDelivery.objects.get().state == DeliveryState.GONE


def test_quiet_hours_keep_the_notice_and_push_nothing(home: Family, phone: Browser, service: PushService):
    local = timezone.localtime()
    until = (local + timedelta(hours=1)).time()
    set_preferences(
        guardian=home.guardian,
        changes={"quiet_from": (local - timedelta(hours=1)).time(), "quiet_until": until},
    )
    told(home)
    assert send_due() == 0
    assert PushDelivery.objects.get().state == DeliveryState.QUIET
    assert FamilyNotice.objects.exists()


@pytest.mark.parametrize(
    ("at", "quiet"), [("22:00", True), ("05:59", True), ("06:00", False), ("21:59", False), ("12:00", False)]
)
def test_quiet_hours_reach_over_midnight(at: str, quiet: bool):
    from datetime import time

    assert is_quiet(time.fromisoformat(at), time(22), time(6)) is quiet


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9/push",
        "https://localhost/push",
        "https://169.254.169.254/latest",
        "https://fcm.googleapis.com.evil.example/push",
        "http://fcm.googleapis.com/push",
        "https://user@fcm.googleapis.com/push",
    ],
)
def test_only_push_services_are_pushed_to(home: Family, endpoint: str):
    with pytest.raises(ValidationError):
        subscribed(home.guardian, endpoint)


def test_browser_belongs_to_who_sat_at_it_last(home: Family, phone: Browser):
    other = person()
    given = {"p256dh": phone.subscription.p256dh, "auth": phone.subscription.auth, "language": "en"}
    subscribe(guardian=other, endpoint=phone.subscription.endpoint, **given)
    assert PushSubscription.objects.get().guardian == other

"""Alarms come to people: once each, over the ways they chose, at any hour where a life may be in danger."""

import hashlib
import hmac
import json
from datetime import time, timedelta

import pytest
from django.core import mail
from django.test import Client

from fleet.alarms.models import Alarm
from fleet.deliveries import DeliveryState
from fleet.notices.models import AlarmNotice, Hook, NoticeDelivery
from fleet.notices.preferences import set_notice_preferences
from fleet.notices.sending import SIGNATURE_HEADER, WORTH_TELLING, send_due
from fleet.notices.telling import tell_of_alarms
from fleet.organisations.models import Kind, Role
from telematics.rules.episode import Severity
from tests.alarms.builders import NOON, coordinator, episode, tell
from tests.fleet.builders import bus as make_bus
from tests.fleet.builders import organisation, person
from tests.parent.builders import subscribed
from tests.parent.push_service import running_push_service

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(minutes=2)


@pytest.fixture
def bus():
    district = organisation()
    return make_bus(organisation(Kind.OPERATOR, district), organisation(Kind.SCHOOL, district))


@pytest.fixture
def watching(bus):
    made = coordinator(bus)
    made.email, made.language = "c@example.org", "en"
    made.save()
    return made


@pytest.fixture
def service(settings):
    settings.MAIL_NOTICES = True
    with running_push_service() as made:
        settings.PUSH_SERVICES = [made.origin]
        yield made


def states():
    return list(NoticeDelivery.objects.order_by("pk").values_list("target", "state"))


def test_each_is_told_once_however_often_it_is_looked(bus, watching, service):
    tell(bus, episode())
    assert [tell_of_alarms(NOW) for _ in range(3)] == [1, 0, 0]
    assert [send_due(NOW) for _ in range(3)] == [1, 0, 0]
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["c@example.org"], f"Overloading · {bus.plate}")
    assert "/alarms/" in sent.body


def test_those_of_a_higher_level_are_told_when_it_is_reached(bus, watching):
    head = person(Role.PRINCIPAL, bus.school)
    tell(bus, episode(severity=Severity.EMERGENCY))
    tell_of_alarms(NOW)
    Alarm.objects.update(level=2)
    tell_of_alarms(NOW)
    assert list(AlarmNotice.objects.order_by("pk").values_list("person", flat=True)) == [watching.pk, head.pk]


def test_a_push_is_one_that_the_browser_can_read_and_has_no_name(bus, watching, service):
    browser = subscribed(watching, f"{service.origin}/1")
    tell(bus, episode())
    tell_of_alarms(NOW)
    send_due(NOW)
    (message,) = service.messages(browser)
    assert message["title"] == f"Overloading · {bus.plate}"
    assert message["url"] == f"/alarms/{Alarm.objects.get().pk}/"


def test_a_gateway_gets_signed_json_and_the_same_id_when_it_is_sent_again(bus, watching, service):
    Hook.objects.create(
        organisation=bus.operator.parent, name="sms", url=f"{service.origin}/hook", secret="secret"
    )
    watching.email = ""
    watching.save()
    service.answers = [503]
    tell(bus, episode())
    tell_of_alarms(NOW)
    assert send_due(NOW) == 0
    (delivery,) = NoticeDelivery.objects.all()
    assert (delivery.state, delivery.answer, delivery.next_try_at > NOW) == (
        DeliveryState.WAITING,
        "HTTP 503",
        True,
    )
    assert send_due(NOW) == 0
    assert send_due(delivery.next_try_at) == 1
    ((headers, body),) = service.bodies
    signed = dict(part.split("=") for part in headers[SIGNATURE_HEADER.lower()].split(","))
    expected = hmac.new(b"secret", f"{signed['t']}.".encode() + body, hashlib.sha256).hexdigest()
    assert signed["v1"] == expected
    assert json.loads(body)["id"] == f"notice-{delivery.pk}"


@pytest.mark.parametrize(("severity", "state"), [
    (Severity.HIGH, DeliveryState.QUIET), (Severity.EMERGENCY, DeliveryState.WAITING),
])  # fmt: skip
def test_quiet_hours_hold_everything_but_emergencies(bus, watching, severity, state):
    all_day = {"quiet_from": time(0), "quiet_until": time(23, 59)}
    set_notice_preferences(person=watching, changes=all_day)
    tell(bus, episode(severity=severity))
    tell_of_alarms(NOW)
    assert states() == [("mail", state)]


@pytest.mark.parametrize(
    ("severity", "count"), [(Severity.MEDIUM, 0), (Severity.HIGH, 0), (Severity.EMERGENCY, 1)]
)
def test_who_wants_no_mail_gets_none_but_of_emergencies(bus, watching, severity, count):
    set_notice_preferences(person=watching, changes={"channels": ["push"]})
    tell(bus, episode(severity=severity))
    tell_of_alarms(NOW)
    assert NoticeDelivery.objects.count() == count
    assert AlarmNotice.objects.count() == 1


def test_a_mail_that_was_broken_off_is_never_sent_again(bus, watching, service):
    tell(bus, episode())
    tell_of_alarms(NOW)
    NoticeDelivery.objects.update(state=DeliveryState.SENDING)
    assert send_due(NOW + timedelta(minutes=30)) == 0
    assert mail.outbox == []


def test_what_is_old_is_given_up(bus, watching, service):
    tell(bus, episode())
    tell_of_alarms(NOW)
    assert send_due(NOW + WORTH_TELLING + timedelta(minutes=1)) == 0
    assert states() == [("mail", DeliveryState.GIVEN_UP)]


def test_what_is_resolved_or_old_troubles_nobody(bus, watching):
    tell(bus, episode())
    assert tell_of_alarms(NOW + timedelta(days=2)) == 0
    Alarm.objects.update(state="resolved")
    assert tell_of_alarms(NOW) == 0


def signed_in(someone):
    browser = Client()
    browser.force_login(someone)
    return browser


def test_the_page_shows_what_one_was_told_and_keeps_how_one_wants_to_be_told(bus, watching):
    tell(bus, episode())
    tell_of_alarms(NOW)
    browser = signed_in(watching)
    assert bus.plate in browser.get("/notices/").content.decode()
    chosen = {"channels": ["mail"], "least_severity": "medium", "quiet_from": "22:00", "quiet_until": "06:00"}
    assert browser.post("/notices/", chosen).status_code == 302
    assert browser.post("/notices/", chosen | {"quiet_until": ""}).status_code == 422
    assert browser.post("/notices/read/").status_code == 302
    assert AlarmNotice.objects.get().read_at is not None


def test_administrators_name_gateways_and_see_deliveries_and_coordinators_do_not(bus, watching):
    tell(bus, episode())
    tell_of_alarms(NOW)
    administrator = signed_in(person(Role.ADMINISTRATOR, bus.operator))
    fields = {"organisation": bus.operator_id, "name": "sms", "url": "https://sms.example/in"}
    assert Hook.objects.count() == 0
    page = administrator.post("/notices/gateways/", fields).content.decode()
    hook = Hook.objects.get()
    assert hook.secret in page
    assert hook.secret not in administrator.get("/notices/gateways/").content.decode()
    assert administrator.post("/notices/gateways/", fields | {"url": "ftp://x"}).status_code == 422
    assert "c@example.org" not in administrator.get("/notices/deliveries/").content.decode()
    for address in ("/notices/gateways/", "/notices/deliveries/"):
        assert signed_in(watching).get(address).status_code == 404
    assert administrator.post(f"/notices/gateways/{hook.pk}/end/").status_code == 302

"""Driving time that runs out is told before it has: to the driver and to the coordinator, over their channels."""

from datetime import timedelta

import pytest
from django.core import mail

from fleet.alarms.models import Alarm
from fleet.duty.follow import follow_drivers
from fleet.notices.models import AlarmNotice, NoticeDelivery
from fleet.notices.preferences import set_notice_preferences
from fleet.notices.sending import send_due
from fleet.notices.telling import tell_of_alarms
from fleet.organisations.models import Membership, Role
from tests.duty_log.builders import EIGHT, drove, hours, signed
from tests.fleet.builders import person
from tests.people.builders import driver
from tests.vehicles.builders import place, registered

pytestmark = pytest.mark.django_db

LIMIT = EIGHT + hours(4)


@pytest.fixture
def there():
    made = place()
    coordinator = person(Role.COORDINATOR, made.operator)
    coordinator.email = "coordinator@example.org"
    coordinator.save()
    return made


@pytest.fixture
def tired(there):
    account = person()
    account.email = "driver@example.org"
    account.save()
    one, bus = driver(there, user=account), registered(there)
    signed(one, bus, EIGHT)
    drove(bus, EIGHT, "D4h")
    return one


def follow(driver, now):
    """What happens each minute."""
    follow_drivers({driver.pk: now - timedelta(minutes=15)}, now)
    tell_of_alarms(now)


def told():
    return sorted(AlarmNotice.objects.values_list("person__email", flat=True))


def test_driver_and_coordinator_are_told_once_before_the_limit(there, tired, settings):
    settings.MAIL_NOTICES = True
    follow_drivers({tired.pk: EIGHT}, LIMIT - timedelta(minutes=35))
    follow(tired, LIMIT - timedelta(minutes=34))
    assert told() == []
    for minutes in (29, 28, 10, 1):
        now = LIMIT - timedelta(minutes=minutes)
        follow(tired, now)
        assert told() == ["coordinator@example.org", "driver@example.org"]
        send_due(now)
    assert sorted(to for message in mail.outbox for to in message.to) == told()
    assert Alarm.objects.get().rule == "driving_time_warning"


def test_where_an_operator_has_no_coordinator_the_one_above_is_told(there, tired):
    there.coordinator.email = "district@example.org"
    there.coordinator.save()
    Membership.objects.filter(organisation=there.operator).delete()
    follow_drivers({tired.pk: EIGHT}, LIMIT - timedelta(minutes=20))
    tell_of_alarms(LIMIT - timedelta(minutes=20))
    assert told() == ["district@example.org", "driver@example.org"]


def test_the_driver_may_open_what_the_notice_leads_to(client, tired):
    follow_drivers({tired.pk: EIGHT}, LIMIT - timedelta(minutes=20))
    tell_of_alarms(LIMIT - timedelta(minutes=20))
    client.force_login(tired.user)
    assert client.get(f"/alarms/{Alarm.objects.get().pk}/").status_code == 200
    assert str(Alarm.objects.get().get_rule_display()) in client.get("/notices/").content.decode()


def test_who_wants_emergencies_only_finds_it_on_the_page_alone(tired):
    set_notice_preferences(person=tired.user, changes={"least_severity": "emergency"})
    follow_drivers({tired.pk: EIGHT}, LIMIT - timedelta(minutes=20))
    tell_of_alarms(LIMIT - timedelta(minutes=20))
    assert AlarmNotice.objects.filter(person=tired.user).exists()
    assert not NoticeDelivery.objects.filter(notice__person=tired.user).exists()

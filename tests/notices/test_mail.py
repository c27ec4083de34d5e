"""E-mails: one a day and person, in their language, logged, never twice, never an identity number."""

import smtplib
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from fleet.notices.changes import mark_all_read, notify_all
from fleet.notices.mail import claimed, mail_notices
from fleet.notices.models import ExpiryNotice, MailDelivery, MailState
from fleet.notices.queries import deliveries_for, unread
from fleet.notices.tasks import send_mail
from fleet.organisations.models import Role
from tests.fleet.builders import organisation, person
from tests.permits.builders import TODAY, District, days


@pytest.fixture
def district(db, settings) -> District:
    """The coordinator, who has an address, is told that an inspection and a driver's qualification end."""
    settings.MAIL_NOTICES = True
    made = District()
    made.inspect(days(20))
    made.driver(valid_until=days(5))
    made.coordinator.email, made.coordinator.language = "c@example.org", "en"
    made.coordinator.save()
    notify_all(TODAY)
    return made


def refusing(error: BaseException):
    return patch.object(EmailBackend, "send_messages", side_effect=error)


def test_one_message_with_all_notices_in_the_language_of_the_person(district):
    assert mail_notices(TODAY) == 1
    (sent,) = mail.outbox
    assert sent.to == ["c@example.org"]
    assert sent.subject.startswith("Schoolrun: ")
    assert f"{district.bus.plate} · Vehicle inspection" in sent.body
    assert "Driver's qualification" in sent.body
    delivery = MailDelivery.objects.get()
    assert (delivery.state, delivery.language) == (MailState.SENT, "en")
    assert delivery.notices == unread(district.coordinator).count()


def test_no_identity_number_is_in_a_message(district):
    mail_notices(TODAY)
    driver = district.operator.drivers.get()
    assert driver.name in mail.outbox[0].body
    assert driver.identity_number not in mail.outbox[0].body


def test_nothing_is_sent_twice(district):
    mail_notices(TODAY)
    assert mail_notices(TODAY) == 0
    assert mail_notices(days(1)) == 0
    assert len(mail.outbox) == 1


def test_what_is_new_is_sent_the_next_day(district):
    mail_notices(TODAY)
    notify_all(days(13))
    assert mail_notices(TODAY) == 0
    assert mail_notices(days(13)) == 1
    assert len(mail.outbox) == 2


def test_what_was_read_is_not_mailed(district):
    mark_all_read(by=district.coordinator)
    assert mail_notices(TODAY) == 0


def test_nothing_is_sent_where_no_server_is_configured(district, settings):
    settings.MAIL_NOTICES = False
    assert send_mail() == 0
    assert not MailDelivery.objects.exists()


@pytest.mark.parametrize("error", [smtplib.SMTPRecipientsRefused({}), ConnectionRefusedError("no server")])
def test_what_the_server_refuses_is_logged_and_sent_with_the_next_run(district, error):
    with refusing(error):
        assert mail_notices(TODAY) == 0
    failed = MailDelivery.objects.get()
    assert failed.state == MailState.FAILED
    assert failed.error
    assert mail_notices(TODAY) == 1
    assert set(
        ExpiryNotice.objects.filter(person=district.coordinator).values_list("delivery", flat=True)
    ) == {MailDelivery.objects.get(state=MailState.SENT).pk}


def test_a_message_that_was_broken_off_is_not_repeated(district):
    with refusing(KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
        mail_notices(TODAY)
    assert MailDelivery.objects.get().state == MailState.SENDING
    assert mail_notices(TODAY) == 0
    assert mail_notices(days(1)) == 0


def test_of_two_processes_one_claims_the_message(district):
    notices = list(unread(district.coordinator))
    assert claimed(district.coordinator, notices, TODAY) is not None
    assert claimed(district.coordinator, notices, TODAY) is None


def test_administrators_see_the_mail_of_those_whom_they_reach(district):
    mail_notices(TODAY)
    assert deliveries_for(district.administrator).count() == 1
    assert not deliveries_for(district.coordinator).exists()
    assert not deliveries_for(person(Role.ADMINISTRATOR, organisation())).exists()


def test_the_log_is_shown_to_administrators_only(client, district):
    mail_notices(TODAY)
    client.force_login(district.administrator)
    assert "c@example.org" in client.get(reverse("expiry_mail")).content.decode()
    client.force_login(district.coordinator)
    assert client.get(reverse("expiry_mail")).status_code == 404

"""Subscriptions: each report once for its period, to who may still read it, in the language that was chosen."""

from datetime import date, timedelta
from smtplib import SMTPException
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.locmem import EmailBackend

from fleet.audit.models import AccessRecord, Action
from fleet.notices.models import MailState
from fleet.organisations.models import Membership
from fleet.records import RecordError
from fleet.reports.changes import subscribe, unsubscribe
from fleet.reports.mail import claimed, mail_reports
from fleet.reports.models import ReportDelivery
from fleet.reports.tasks import send_reports
from tests.fleet.builders import organisation, person
from tests.reports.builders import week

pytestmark = pytest.mark.django_db

NEXT_MONDAY = date(2026, 11, 30)


@pytest.fixture
def one(settings):
    settings.MAIL_NOTICES = True
    made = week()
    principal = made.line.where.principal
    principal.email = "p@example.org"
    principal.save()
    return made


@pytest.fixture
def weekly(one):
    return taken(one)


def taken(one, kind="weekly", language="en"):
    where = one.line.where
    return subscribe(organisation=where.school, kind=kind, language=language, by=where.principal)


def test_a_week_is_sent_once_with_its_pdf_and_logged(one, weekly):
    assert mail_reports(NEXT_MONDAY) == 1
    assert mail_reports(NEXT_MONDAY) == 0
    assert mail_reports(NEXT_MONDAY + timedelta(days=6)) == 0
    (sent,) = mail.outbox
    assert sent.to == ["p@example.org"]
    assert sent.subject.startswith("Safety report: ")
    name, content, kind = sent.attachments[0]
    assert (name, kind) == ("report-2026-11-23-2026-11-29.pdf", "application/pdf")
    assert content.startswith(b"%PDF")
    assert one.line.driver.name not in sent.body
    delivery = ReportDelivery.objects.get()
    assert (delivery.state, delivery.first) == (MailState.SENT, date(2026, 11, 23))
    assert AccessRecord.objects.filter(person=one.line.where.principal, action=Action.EXPORT).count() == 1


def test_the_next_week_is_sent_in_its_turn(weekly):
    assert [mail_reports(NEXT_MONDAY + timedelta(days=days)) for days in (0, 7)] == [1, 1]


def test_a_report_comes_in_the_language_that_was_chosen(one):
    taken(one, kind="monthly", language="zh-hans")
    assert mail_reports(date(2026, 12, 1)) == 1
    assert mail.outbox[0].subject.startswith("安全报告：")


def test_who_may_not_read_it_any_more_gets_none(one, weekly):
    Membership.objects.filter(person=one.line.where.principal).update(archived_at=one.trip.starts_at)
    assert mail_reports(NEXT_MONDAY) == 0
    assert not ReportDelivery.objects.exists()


def test_what_has_ended_is_not_sent(one, weekly):
    unsubscribe(subscription=weekly, by=one.line.where.principal)
    assert mail_reports(NEXT_MONDAY) == 0
    assert taken(one).pk != weekly.pk


def test_what_the_server_refuses_is_tried_again(weekly):
    with patch.object(EmailBackend, "send_messages", side_effect=SMTPException("no")):
        assert mail_reports(NEXT_MONDAY) == 0
    assert ReportDelivery.objects.get().state == MailState.FAILED
    assert mail_reports(NEXT_MONDAY) == 1


def test_what_another_process_has_claimed_is_left_to_it(weekly):
    days = (date(2026, 11, 23), date(2026, 11, 29))
    assert claimed(weekly, days)
    assert claimed(weekly, days) is None
    assert mail_reports(NEXT_MONDAY) == 0


def test_nothing_is_sent_where_no_server_is_configured(weekly, settings):
    settings.MAIL_NOTICES = False
    assert send_reports() == 0


def test_one_subscribes_once_to_what_one_may_read_and_with_an_address(one, weekly):
    where = one.line.where
    with pytest.raises(ValidationError):
        taken(one)
    with pytest.raises(PermissionDenied):
        subscribe(organisation=organisation(), kind="weekly", language="en", by=where.principal)
    with pytest.raises(RecordError):
        subscribe(organisation=where.school, kind="weekly", language="en", by=where.coordinator)
    with pytest.raises(RecordError):
        unsubscribe(subscription=weekly, by=person())

"""E-mails with reports: each once for its period, to who may still read it.

A report is claimed in the database before it is given to the mail server. One that the server refuses is marked as
failed and tried again with the next run; one that was broken off is never repeated, since it may have arrived.
No driver is named: a mailbox is read by more than it belongs to, and on the page each look is logged.
"""

from datetime import date
from smtplib import SMTPException

import rules
import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from fleet.audit.changes import record_export
from fleet.notices.models import MailState
from fleet.reports.models import ReportDelivery, ReportSubscription, Rhythm
from fleet.reports.periods import MONTH, WEEK, last_complete
from fleet.reports.permissions import VIEW
from fleet.reports.printing import print_report
from fleet.reports.queries import report_of
from fleet.reports.subjects import subject_of
from fleet.reports.tables import days_of, title_of

log = structlog.get_logger(__name__)

LONGEST_ERROR = 200
TEMPLATE = "reports/mail.txt"
PERIODS: dict[str, str] = {Rhythm.WEEKLY: WEEK, Rhythm.MONTHLY: MONTH}


def mail_reports(today: date) -> int:
    """Send the newest report that is complete to each who subscribes to it and has not got it.

    Args:
        today: in the local zone.

    Returns:
        How many the mail server took; none where no server is configured.
    """
    if not settings.MAIL_NOTICES:
        return 0
    found = ReportSubscription.objects.current().filter(person__is_active=True).exclude(person__email="")
    due = [
        (one, last_complete(PERIODS[one.kind], today))
        for one in found.select_related("person", "organisation").order_by("pk")
    ]
    sent = set(
        ReportDelivery.objects.filter(subscription__in=[one.pk for one, _days in due])
        .exclude(state=MailState.FAILED)
        .values_list("subscription_id", "first")
    )
    waiting = [(one, days) for one, days in due if (one.pk, days[0]) not in sent]
    if not waiting:
        return 0
    with get_connection() as connection:
        return sum(mail_report(one, days, connection) for one, days in waiting)


def mail_report(one: ReportSubscription, days: tuple[date, date], connection: BaseEmailBackend) -> bool:
    """Send a report; whether the mail server took it. Who may not read it any more gets none."""
    if one.organisation.archived_at or not rules.has_perm(VIEW, one.person, one.organisation):
        return False
    delivery = claimed(one, days)
    if delivery is None:
        return False
    try:
        message(delivery, connection).send()
    except (SMTPException, OSError) as error:
        failed = {"state": MailState.FAILED, "error": str(error)[:LONGEST_ERROR]}
        ReportDelivery.objects.filter(pk=delivery.pk).update(**failed)
        log.warning("report_mail_failed", delivery=delivery.pk, error=repr(error))
        return False
    ReportDelivery.objects.filter(pk=delivery.pk).update(state=MailState.SENT)
    return True


def claimed(one: ReportSubscription, days: tuple[date, date]) -> ReportDelivery | None:
    """The report of a period, taken by this process; None where another has taken it."""
    first, last = days
    try:
        with transaction.atomic():
            return ReportDelivery.objects.create(
                subscription=one, first=first, last=last, address=one.person.email
            )
    except IntegrityError:
        return None


def message(delivery: ReportDelivery, connection: BaseEmailBackend) -> EmailMessage:
    """The message with the PDF, in the language that was chosen; the access log has it."""
    one = delivery.subscription
    with override(one.language):
        report = report_of(
            one.person,
            subject_of(one.organisation),
            delivery.first,
            delivery.last,
            timezone.now(),
            with_drivers=False,
        )
        title, days = title_of(report), days_of(report)
        body = render_to_string(
            TEMPLATE, {"person": one.person, "title": title, "days": days, "address": settings.PUBLIC_URL}
        )
        made = EmailMessage(f"{title}, {days}", body, to=[delivery.address], connection=connection)
        made.attach(f"report-{delivery.first}-{delivery.last}.pdf", print_report(report), "application/pdf")
        record_export(by=one.person, what=f"{title} {delivery.first} – {delivery.last}", purpose=f"{one}")
    return made

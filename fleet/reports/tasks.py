"""Scheduled work: reports are sent to those who subscribe to them."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.reports.mail import mail_reports

log = structlog.get_logger(__name__)


@shared_task
def send_reports() -> int:
    """Send the reports of the last week and the last month that were not sent yet."""
    sent = mail_reports(timezone.localdate())
    log.info("reports_mailed", messages=sent)
    return sent

"""Scheduled work: people are told what lapses, on the page and by e-mail."""

import structlog
from celery import shared_task
from django.utils import timezone

from fleet.notices.changes import notify_all
from fleet.notices.mail import mail_notices

log = structlog.get_logger(__name__)


@shared_task
def notify_expiries() -> int:
    """Tell whoever can act what lapses in 60, 30, 7 and 1 days, or has lapsed."""
    told = notify_all(timezone.localdate())
    log.info("expiries_notified", notices=told)
    return told


@shared_task
def send_mail() -> int:
    """Send what people were told and have not read."""
    sent = mail_notices(timezone.localdate())
    log.info("notices_mailed", messages=sent)
    return sent
